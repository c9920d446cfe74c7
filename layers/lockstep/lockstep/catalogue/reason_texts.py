"""What each reason means in words, what to do about it, and who can.

One row for each Reason; the pages, the command line and the runbook show nothing else.
"""

from dataclasses import dataclass
from typing import Literal

from lockstep.domain.reason import Reason

Who = Literal["seller", "Salesforce admin", "Marketo admin", "Lockstep admin", "nobody"]


@dataclass(frozen=True, slots=True)
class ReasonText:
    """One reason for people: a title, what happened, what mends it, and who can do that."""

    title: str
    meaning: str
    remedy: str
    who: Who


REASON_TEXTS: dict[Reason, ReasonText] = {
    # people
    Reason.NOT_IN_SALESFORCE: ReasonText(
        "Not in Salesforce",
        "The person is known to Marketo only and has no lead or contact in Salesforce.",
        "Sync the person to Salesforce from Marketo; Lockstep takes the person over with the next change.",
        "Marketo admin",
    ),
    Reason.NO_SALES_OWNER: ReasonText(
        "No sales owner",
        "The lead or contact belongs to a queue or to nobody, so no seller works with this person.",
        "Make a user the owner of the lead or contact in Salesforce.",
        "Salesforce admin",
    ),
    Reason.DELETED_IN_SALESFORCE: ReasonText(
        "Deleted in Salesforce",
        "The lead or contact of this person was deleted in Salesforce.",
        "Restore the record from the recycle bin, or sync the person to Salesforce again from Marketo.",
        "Salesforce admin",
    ),
    Reason.DELETED_IN_MARKETO: ReasonText(
        "Deleted in Marketo",
        "The person was deleted in Marketo, which is the only source of people.",
        "Nothing is wrong; a person created anew in Marketo arrives as a new one.",
        "nobody",
    ),
    Reason.MERGED_IN_MARKETO: ReasonText(
        "Merged in Marketo",
        "The person was merged into another one in Marketo and lives on there with its history.",
        "Nothing is wrong; look at the person it was merged into.",
        "nobody",
    ),
    Reason.CAP_REACHED: ReasonText(
        "Too many people",
        "The Workspace holds as many people as it may, 1,500,000, so this one was not stored.",
        "Take the sales owner from people whom nobody works with, or delete them in Marketo; then load again.",
        "Marketo admin",
    ),
    Reason.MALFORMED_RECORD: ReasonText(
        "Record cannot be read",
        "Marketo answered with a value in this record that cannot be what its field says it is.",
        "Correct the record in Marketo; the note in the history names the field.",
        "Marketo admin",
    ),
    # activities
    Reason.NO_CONNECTION: ReasonText(
        "No connection",
        "The seller has no Salesforce connection, and an activity is only ever written in its seller's own name.",
        "Connect the seller to Salesforce; activities of the last 7 days are then logged by themselves.",
        "seller",
    ),
    Reason.KIND_OFF: ReasonText(
        "Kind not logged",
        "Logging of this kind of activity was switched off when the activity was judged.",
        "Switch the kind on in the settings; activities judged before stay as they are until they are retried.",
        "Lockstep admin",
    ),
    Reason.NO_SF_RECORD: ReasonText(
        "No record in Salesforce",
        "The person has no Salesforce id here, and no live lead or contact in Salesforce has the address.",
        "Sync the person to Salesforce, or correct the email address there.",
        "Salesforce admin",
    ),
    Reason.NO_SF_ID_FOR_CALL: ReasonText(
        "No Salesforce id for a call",
        "A call is logged only to a person whose Salesforce id is known here; an email address does not help.",
        "Sync the person to Salesforce, so that the id arrives with the person.",
        "Marketo admin",
    ),
    Reason.SF_RECORD_GONE: ReasonText(
        "Record in Salesforce is gone",
        "The lead or contact that the activity belongs to was deleted in Salesforce and no other one was found.",
        "Restore the record in Salesforce and retry the item.",
        "Salesforce admin",
    ),
    Reason.AMBIGUOUS_MATCH: ReasonText(
        "Several records match",
        "Several leads or contacts have this address and no rule says which of them to log to.",
        "Merge the duplicates in Salesforce and retry the item.",
        "Salesforce admin",
    ),
    Reason.NOT_SENT: ReasonText(
        "Email was not sent",
        "The email is a draft, is scheduled, failed or was blocked, and only sent emails are logged.",
        "Nothing is wrong; the email is logged when its sender reports it as sent.",
        "nobody",
    ),
    Reason.NOT_OUTBOUND: ReasonText(
        "Not an outbound call",
        "The call came in or was never made, and only outbound calls are logged.",
        "Nothing is wrong; incoming calls are not logged.",
        "nobody",
    ),
    Reason.NOT_ROUTED: ReasonText(
        "Not wanted anywhere",
        "No flow takes this kind of activity, so it was stored and goes nowhere.",
        "Nothing is wrong; the activity stands in the history of the person.",
        "nobody",
    ),
    Reason.PERSON_UNKNOWN: ReasonText(
        "Person unknown",
        "No person with this Marketo id is in the Workspace.",
        "Check the Marketo id that the sender gave; if it is right, start the load of people and retry the item.",
        "Lockstep admin",
    ),
    Reason.USER_UNKNOWN: ReasonText(
        "Seller unknown",
        "The address that the sender gave for the seller is no user of the Workspace.",
        "Add the seller as a user, or correct the address at the sender; on connecting, the last 7 days are logged.",
        "Lockstep admin",
    ),
    Reason.NO_MARKETO_ID: ReasonText(
        "No Marketo id",
        "The activity does not say which Marketo person it is about.",
        "Let the sender name the person by the Marketo id and report the activity again.",
        "Lockstep admin",
    ),
    Reason.OBJECT_NOT_LOGGED: ReasonText(
        "Kind of record not logged to",
        "The person has no record in Salesforce of a kind that log_to (for Tasks) or rollups names.",
        "Add the kind to that setting, then retry the item.",
        "Lockstep admin",
    ),
    Reason.OUTCOME_REQUIRED: ReasonText(
        "Call without outcome or reason",
        "The settings ask for an outcome or a reason of each call, and this one was reported without it.",
        "Choose one and report the call again, or let the settings not require it and retry the item.",
        "seller",
    ),
    Reason.LOGGED_BY_BCC: ReasonText(
        "Left to Email to Salesforce",
        "The seller's emails reach Salesforce by a blind copy of each mail, and this mail carried the address.",
        "Nothing is wrong; Salesforce files the mail by itself, without the fields and replies.",
        "nobody",
    ),
    Reason.BCC_MISSING: ReasonText(
        "Blind copy is missing",
        "The seller's emails reach Salesforce by a blind copy, and this mail did not carry the address for it.",
        "Let the sender add the address that GET /sending names, or set email_method to api and retry the item.",
        "seller",
    ),
    Reason.EMAIL_UNKNOWN: ReasonText(
        "Email unknown",
        "It happened to an email that was never reported as sent.",
        "Let the sender report the sent email with the same email_id; what happened to it is then looked at again.",
        "Lockstep admin",
    ),
    Reason.EMAIL_NOT_LOGGED: ReasonText(
        "Its email is not logged",
        "It happened to an email that is no Task in Salesforce, so there is nothing to update.",
        "Ask why the email was not logged; once it is, what happened to it follows by itself.",
        "nobody",
    ),
    Reason.NOTHING_TO_UPDATE: ReasonText(
        "Nothing to update",
        "No email of this campaign is logged, so no Task can change; or rollup_fields names no field for it.",
        "Nothing is wrong; an email that is logged later carries its campaign itself.",
        "nobody",
    ),
    Reason.TASK_DELETED: ReasonText(
        "Task was deleted",
        "Somebody deleted the logged Task in Salesforce; it is neither made again nor updated.",
        "Restore the Task from the recycle bin in Salesforce and retry the item.",
        "Salesforce admin",
    ),
    Reason.FIELDS_WITHHELD: ReasonText(
        "No field to write to",
        "The fields that would show this on the Task or record are missing, hidden or read-only for the seller.",
        "Create the fields or grant access under Security Controls > Field Accessibility; then refresh.",
        "Salesforce admin",
    ),
    Reason.GATHERED: ReasonText(
        "Gathered for one update",
        "The Task was updated less than a minute ago, or another write to the record is under way.",
        "Nothing to do; it is written when that time is over.",
        "nobody",
    ),
    Reason.NEWER_ACTIVITY: ReasonText(
        "A newer activity counts",
        "The record in Salesforce shows the newest activity, and a newer one than this is known.",
        "Nothing is wrong; the note names the newer one.",
        "nobody",
    ),
    # errors
    Reason.CONNECTION_EXPIRED: ReasonText(
        "Connection expired",
        "Salesforce or Marketo no longer accepts the stored credentials, so everything under them waits.",
        "Connect again; what waited then goes on by itself.",
        "seller",
    ),
    Reason.API_DISABLED: ReasonText(
        "API is switched off",
        "Salesforce does not allow this user or this edition to use its API.",
        "Give the user the API Enabled permission, or add API access to the edition; then connect the user again.",
        "Salesforce admin",
    ),
    Reason.VALIDATION_REFUSED: ReasonText(
        "Refused by a rule",
        "A validation rule, a required field or a limit of Salesforce refused the record; the note says which.",
        "Change the rule, or let it pass Tasks that Lockstep writes; then retry the item.",
        "Salesforce admin",
    ),
    Reason.PERMISSION_REFUSED: ReasonText(
        "Not permitted",
        "The seller may not write this record or one of its fields in Salesforce.",
        "Grant access under Security Controls > Field Accessibility or in the sharing rules; then retry the item.",
        "Salesforce admin",
    ),
    Reason.RECORD_LOCKED: ReasonText(
        "Record is locked",
        "The record was held by an approval or by another transaction each time it was tried.",
        "Unlock the record or finish the approval; Lockstep repeats, and after its last try the item can be retried.",
        "Salesforce admin",
    ),
    Reason.DUPLICATE_REFUSED: ReasonText(
        "Refused as a duplicate",
        "A duplicate rule of Salesforce refused the record.",
        "Let the duplicate rule pass Tasks that Lockstep writes; then retry the item.",
        "Salesforce admin",
    ),
    Reason.VENDOR_BUSY: ReasonText(
        "The other side is busy",
        "Salesforce or Marketo was down, slow or had too many calls at once.",
        "Nothing to do; Lockstep repeats with growing waits.",
        "nobody",
    ),
    Reason.QUOTA_SPENT: ReasonText(
        "Quota spent",
        "The allowed calls of the day are used up, by Lockstep or by others who share them.",
        "Nothing to do; the work goes on when the quota starts anew. Raise the quota if this happens often.",
        "nobody",
    ),
    Reason.STORAGE_FULL: ReasonText(
        "No storage left",
        "The Salesforce organization has no storage left for new records.",
        "Delete or archive records in Salesforce, or buy storage; Lockstep looks again every hour.",
        "Salesforce admin",
    ),
    Reason.CANNOT_TELL: ReasonText(
        "Outcome unknown",
        "The record was sent and the answer never came, so nobody can say yet whether it was written.",
        "Lockstep looks for the record before it writes again; if it had to give up, look in Salesforce and retry.",
        "Lockstep admin",
    ),
    Reason.UNCLASSIFIED_VENDOR_CODE: ReasonText(
        "Error that Lockstep does not know",
        "Salesforce or Marketo answered with a code that is in none of their documents; the note says which.",
        "Report the code to those who run Lockstep, and retry the item when the cause is mended.",
        "Lockstep admin",
    ),
    Reason.TOO_MANY_REFUSED: ReasonText(
        "Halted after too many refusals",
        "Salesforce refused so many records in a row that logging was halted before it filed more of them.",
        "Mend what the refusals name (a validation rule, a required field, a mapping), then run lockstep resume.",
        "Salesforce admin",
    ),
    Reason.OTHER_ORGANIZATION: ReasonText(
        "Another organization",
        "The login belongs to another Salesforce organization or sandbox than the one of this Workspace.",
        "Connect a user of the same organization, or confirm the change to the other one.",
        "Lockstep admin",
    ),
    Reason.INTERNAL_FAULT: ReasonText(
        "Fault of Lockstep",
        "Lockstep itself failed on this item, so it was set aside and the others went on without it.",
        "Report it to those who develop Lockstep, and retry the item after an update.",
        "Lockstep admin",
    ),
}


def mendable(reason: Reason) -> bool:
    """Whether somebody can do something about it, so that a retry may end otherwise."""
    return REASON_TEXTS[reason].who != "nobody"
