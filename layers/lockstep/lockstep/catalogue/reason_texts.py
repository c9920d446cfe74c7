"""What each reason means in plain words, what to do about it, and who can: the texts of CLI, API and pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lockstep.domain.reason import Reason

Who = Literal["the seller", "an admin", "a Salesforce admin", "a Marketo admin", "the sender", "Lockstep", "nobody"]


@dataclass(frozen=True, slots=True)
class ReasonText:
    """Title, meaning and remedy of one reason; `who` can act."""

    title: str
    meaning: str
    remedy: str
    who: Who


_MARKETO, _SALESFORCE = "a Marketo admin", "a Salesforce admin"

REASON_TEXTS: Mapping[Reason, ReasonText] = {
    # people
    Reason.NOT_IN_SALESFORCE: ReasonText(
        "Not in Salesforce",
        "Marketo knows this person, but the person is neither a lead nor a contact in Salesforce.",
        "Sync the person to Salesforce in Marketo; Lockstep takes the change by itself.",
        _MARKETO,
    ),
    Reason.NO_SALES_OWNER: ReasonText(
        "No sales owner",
        "The record in Salesforce has no user as its owner; often it sits in a queue.",
        "Give the lead or contact an owner in Salesforce; Lockstep takes the change by itself.",
        _SALESFORCE,
    ),
    Reason.DELETED_IN_SALESFORCE: ReasonText(
        "Deleted in Salesforce",
        "The lead or contact was deleted in Salesforce; the history is kept here.",
        "Restore the record in Salesforce, or sync the person to Salesforce again in Marketo.",
        _SALESFORCE,
    ),
    Reason.DELETED_IN_MARKETO: ReasonText(
        "Deleted in Marketo",
        "Marketo no longer has this person; the history is kept here.",
        "Nothing needs to be done. A person created anew in Marketo gets a new Marketo id.",
        "nobody",
    ),
    Reason.MERGED_IN_MARKETO: ReasonText(
        "Merged in Marketo",
        "This record was merged into another one, which carries on with both histories.",
        "Look at the surviving person.",
        "nobody",
    ),
    Reason.CAP_REACHED: ReasonText(
        "Limit of people reached",
        "The Workspace holds 1,500,000 people, which is its limit, so this person is not stored.",
        "Reduce the people with a sales owner, then start the people load again.",
        _MARKETO,
    ),
    Reason.MALFORMED_RECORD: ReasonText(
        "Record cannot be read",
        "A field of this person in Marketo holds something that is not what the field is for.",
        "Correct the field in Marketo; Lockstep takes the change by itself.",
        _MARKETO,
    ),
    # activities
    Reason.NO_CONNECTION: ReasonText(
        "No Salesforce connection",
        "The seller has no Salesforce connection, and nobody else's is ever used instead.",
        "Connect the seller (`lockstep connect salesforce`); activities of the last 7 days are logged then.",
        "the seller",
    ),
    Reason.KIND_OFF: ReasonText(
        "This kind is not logged",
        "Logging of this kind of activity was switched off when it was judged.",
        "Switch the kind on in the settings (`lockstep settings set log_emails=true log_calls=true`).",
        "an admin",
    ),
    Reason.NO_SF_RECORD: ReasonText(
        "No record in Salesforce",
        "Neither the person's Salesforce id nor the email address leads to a lead or contact in Salesforce.",
        "Create the lead or contact in Salesforce, or correct its email address.",
        _SALESFORCE,
    ),
    Reason.NO_SF_ID_FOR_CALL: ReasonText(
        "Call without a Salesforce id",
        "The person has no Salesforce id. Calls are logged by that id only; an email address does not help.",
        "Sync the person to Salesforce in Marketo before calling.",
        _MARKETO,
    ),
    Reason.SF_RECORD_GONE: ReasonText(
        "Record gone from Salesforce",
        "The lead or contact that this was to be logged to was deleted or converted in Salesforce.",
        "Restore the record in Salesforce if it is still needed.",
        _SALESFORCE,
    ),
    Reason.AMBIGUOUS_MATCH: ReasonText(
        "Several records match",
        "The email address belongs to several records in Salesforce, and no rule picks one of them.",
        "Merge the duplicates in Salesforce.",
        _SALESFORCE,
    ),
    Reason.NOT_SENT: ReasonText(
        "Email was not sent",
        "The email was a draft, scheduled, blocked or failed; only sent emails are logged.",
        "Nothing needs to be done.",
        "nobody",
    ),
    Reason.NOT_OUTBOUND: ReasonText(
        "Not an outbound call",
        "Only calls that the seller made are logged.",
        "Nothing needs to be done.",
        "nobody",
    ),
    Reason.NOT_ROUTED: ReasonText(
        "Stored, goes nowhere",
        "The activity is in the person's history; activities of this kind are not written to any other system.",
        "Nothing needs to be done.",
        "nobody",
    ),
    Reason.PERSON_UNKNOWN: ReasonText(
        "Person unknown",
        "The Workspace does not know the person that the activity names.",
        "Check the Marketo id that was sent, and whether the people load has been started and is done.",
        "an admin",
    ),
    Reason.USER_UNKNOWN: ReasonText(
        "Seller unknown",
        "The activity names a seller who is not a user of this Workspace.",
        "Add the seller (`lockstep users add`), or correct the address at the sender.",
        "an admin",
    ),
    Reason.NO_MARKETO_ID: ReasonText(
        "No Marketo id",
        "The activity does not say which person in Marketo it belongs to.",
        "Send the person's Marketo id with the activity.",
        "the sender",
    ),
    # errors
    Reason.CONNECTION_EXPIRED: ReasonText(
        "Connection expired",
        "The login was refused: access was revoked, has run out, or the credentials have changed.",
        "Connect again (`lockstep connect`); what waits is written then.",
        "the seller",
    ),
    Reason.API_DISABLED: ReasonText(
        "Salesforce API not allowed",
        "Salesforce does not allow this user or organization to use its API (API_CURRENTLY_DISABLED).",
        "Give the user's profile the permission API Enabled (Enterprise, Unlimited, or Professional with the API "
        "add-on), then run `lockstep refresh-fields` for the user.",
        _SALESFORCE,
    ),
    Reason.VALIDATION_REFUSED: ReasonText(
        "Refused by a rule",
        "A rule of the other system (a validation rule, a required field, a trigger) refuses the record as it is.",
        "Read the vendor's message, then change the rule or the data there.",
        _SALESFORCE,
    ),
    Reason.PERMISSION_REFUSED: ReasonText(
        "Permission missing",
        "The user may not write this record or one of its fields.",
        "Grant the right under Setup > Security > Field Accessibility or on the profile, then run "
        "`lockstep refresh-fields` for the user.",
        _SALESFORCE,
    ),
    Reason.RECORD_LOCKED: ReasonText(
        "Record is locked",
        "Another change or an approval holds the record in Salesforce.",
        "Nothing needs to be done; Lockstep tries again. If an approval holds it for days, finish the approval.",
        "Lockstep",
    ),
    Reason.DUPLICATE_REFUSED: ReasonText(
        "Refused as a duplicate",
        "A duplicate rule in Salesforce refuses the record.",
        "Let the duplicate rule allow Tasks, or merge the duplicates.",
        _SALESFORCE,
    ),
    Reason.VENDOR_BUSY: ReasonText(
        "The other system is busy",
        "The other system was not reachable, in maintenance or too busy, and did not execute the call.",
        "Nothing needs to be done; Lockstep tries again.",
        "Lockstep",
    ),
    Reason.QUOTA_SPENT: ReasonText(
        "Day's calls are used up",
        "The calls that the other system allows for today are used up; waiting items go on after the reset.",
        "Nothing needs to be done. If it happens every day, raise the quota with the vendor and in the settings.",
        "an admin",
    ),
    Reason.CANNOT_TELL: ReasonText(
        "Checking whether it arrived",
        "The write was sent and its answer was lost. Lockstep looks it up by its key before it writes again.",
        "Nothing needs to be done.",
        "Lockstep",
    ),
    Reason.UNCLASSIFIED_VENDOR_CODE: ReasonText(
        "Unknown error of the other system",
        "The other system answered with an error code that Lockstep does not know, so nothing is repeated by guess.",
        "Read the vendor's message, and report the code to the maintainers of Lockstep.",
        "an admin",
    ),
}
