"""Ways in which something goes missing, each brought about by acts in the simulators and through the interface."""

from collections.abc import Callable
from dataclasses import dataclass

from lockstep.domain.reason import Reason
from tests.prepared import call, contact, email, known, opened, own, person, report, settings
from tests.signed import event
from tests.workspace import ADMIN, OTHER, SELLER, Workspace

BCC = "emailtosalesforce@1a.le.salesforce.example"


@dataclass(frozen=True, slots=True)
class Case:
    """One way: what happens, and the check that is to be named as the first that failed."""

    act: Callable[[Workspace], str]
    failed: str
    reason: Reason
    words: str = ""


CASES: dict[str, Case] = {}


def case(
    failed: str, reason: Reason, words: str = ""
) -> Callable[[Callable[[Workspace], str]], Callable[[Workspace], str]]:
    """Enter a way in the list; it answers with the event id that is asked about."""

    def entered(act: Callable[[Workspace], str]) -> Callable[[Workspace], str]:
        CASES[act.__name__] = Case(act, failed, reason, words)
        return act

    return entered


# --- what an admin or a seller decided --------------------------------------------------------------------------------


@case("kind", Reason.KIND_OFF, f"by {ADMIN}")
def emails_are_switched_off(world: Workspace) -> str:
    """Emails off at the time; switched on since."""
    settings(world, log_emails=False, log_replies=False)
    asked = email(world, known(world))
    settings(world, log_emails=True)
    return asked


@case("kind", Reason.KIND_OFF, "calls are not logged (since settings version 2")
def calls_are_switched_off(world: Workspace) -> str:
    """Calls off."""
    settings(world, log_calls=False)
    return call(world, known(world))


@case("kind", Reason.KIND_OFF, f"by {SELLER}")
def the_seller_switched_calls_off(world: Workspace) -> str:
    """On for all, off by the seller's own choice."""
    own(world, log_calls=False)
    return call(world, known(world))


@case("kind", Reason.KIND_OFF, "replies are not logged")
def replies_are_switched_off(world: Workspace) -> str:
    """The email is logged, its reply is not to be a Task."""
    settings(world, log_replies=False)
    who = known(world)
    email(world, who)
    return report(world, "email.replied", who, email_id="m1")


@case("kind", Reason.NOT_ROUTED)
def a_reminder(world: Workspace) -> str:
    """No flow takes reminders yet."""
    return report(world, "reminder.created", known(world), reminder_id="r1")


@case("event", Reason.NOT_SENT, "the email's status is draft")
def a_draft(world: Workspace) -> str:
    """A draft is no sent email."""
    return email(world, known(world), status="draft")


@case("event", Reason.NOT_SENT, "the email's status is blocked")
def a_blocked_email(world: Workspace) -> str:
    """Blocked before it was sent."""
    return email(world, known(world), status="blocked")


@case("event", Reason.NOT_OUTBOUND, "inbound")
def an_inbound_call(world: Workspace) -> str:
    """Somebody called the seller."""
    return call(world, known(world), direction="inbound")


@case("choices", Reason.OUTCOME_REQUIRED, "no outcome and no reason")
def a_call_without_an_outcome(world: Workspace) -> str:
    """Outcome and reason are required."""
    required = {"call_outcome_required": True, "call_reason_required": True}
    settings(world, call_outcomes=["Answered"], call_reasons=["Renewal"], **required)
    return call(world, known(world))


@case("method", Reason.LOGGED_BY_BCC, "carried the seller's Email to Salesforce address")
def filed_by_a_blind_copy(world: Workspace) -> str:
    """The seller's mails are filed by Email to Salesforce."""
    own(world, email_method="bcc", bcc_address=BCC)
    return email(world, known(world), bcc=[BCC])


@case("method", Reason.BCC_MISSING, "did not carry")
def the_blind_copy_was_forgotten(world: Workspace) -> str:
    """The address is known and was not on the mail."""
    own(world, email_method="bcc", bcc_address=BCC)
    return email(world, known(world))


@case("method", Reason.BCC_MISSING, "has given no Email to Salesforce address")
def no_address_for_blind_copies(world: Workspace) -> str:
    """An admin chose BCC for all, and this seller has no address."""
    settings(world, log_replies=False, email_method="bcc")
    return email(world, known(world))


# --- seller and connection --------------------------------------------------------------------------------------------


@case("user", Reason.USER_UNKNOWN, "is no user")
def nobody_knows_the_seller(world: Workspace) -> str:
    """An address that was never added."""
    return email(world, known(world), OTHER)


@case("connection", Reason.NO_CONNECTION, "never connected")
def the_seller_never_connected(world: Workspace) -> str:
    """A user without a connection."""
    world.ask("POST", "/users", {"email": OTHER})
    return email(world, known(world), OTHER)


@case("connection", Reason.NO_CONNECTION, "disconnected since")
def the_seller_disconnected(world: Workspace) -> str:
    """Connected once, and not at the time."""
    world.ask("DELETE", f"/connections/salesforce/{SELLER}")
    return call(world, known(world))


@case("connection", Reason.CONNECTION_EXPIRED, "blocked since")
def access_was_revoked_in_salesforce(world: Workspace) -> str:
    """A Salesforce admin revoked the tokens."""
    world.salesforce.act("revoke_user", {"user": SELLER})
    return email(world, known(world))


@case("connection", Reason.CONNECTION_EXPIRED, "the user is inactive in Salesforce")
def the_seller_is_inactive_in_salesforce(world: Workspace) -> str:
    """A Salesforce admin deactivated the user."""
    world.salesforce.act("set_active", {"user": SELLER, "active": False})
    return email(world, known(world))


@case("connection", Reason.API_DISABLED, "blocked since")
def the_profile_lost_the_api(world: Workspace) -> str:
    """The seller's profile may not use the API any more."""
    world.salesforce.act("set_api_enabled", {"user": SELLER, "enabled": False})
    return email(world, known(world))


@case("kind", Reason.KIND_OFF, "calls are not logged")
def switched_off_and_not_connected(world: Workspace) -> str:
    """Two things at once: the switch is asked before the connection."""
    settings(world, log_calls=False)
    world.ask("DELETE", f"/connections/salesforce/{SELLER}")
    return call(world, known(world))


# --- the person -------------------------------------------------------------------------------------------------------


@case("person", Reason.PERSON_UNKNOWN, "nobody with the Marketo id 77")
def nobody_has_this_marketo_id(world: Workspace) -> str:
    """The sender's id is wrong."""
    asked = email(world, 77)
    world.care(700)
    return asked


@case("person", Reason.NO_SALES_OWNER, "not active")
def a_queue_owns_the_person(world: Workspace) -> str:
    """The lead has no sales owner."""
    return email(world, person(world, contact(world), leadOwnerEmailAddress=None))


@case("person", Reason.NOT_IN_SALESFORCE, "not active")
def the_person_is_in_marketo_only(world: Workspace) -> str:
    """Marketo never synced the person to Salesforce."""
    return call(world, person(world, sfdcType=None))


@case("person", Reason.DELETED_IN_MARKETO, "not active")
def the_person_was_deleted_in_marketo(world: Workspace) -> str:
    """Deleted before the email was reported."""
    who = known(world)
    world.marketo.act("delete", {"id": who})
    world.poll(300)
    return email(world, who)


@case("record", Reason.NO_SF_ID_FOR_CALL, "never searched by address")
def a_call_to_somebody_without_an_id(world: Workspace) -> str:
    """The address would match, but calls stop at the id."""
    contact(world, Email="ada@example.net")
    return call(world, person(world, email="ada@example.net"))


@case("record", Reason.NO_SF_RECORD, "has the address ada@example.net")
def nobody_has_the_address(world: Workspace) -> str:
    """No id, and nobody in Salesforce has the address."""
    return email(world, person(world, email="ada@example.net"))


@case("record", Reason.NO_SF_RECORD, "no address to search by")
def neither_id_nor_address(world: Workspace) -> str:
    """Nothing to find the record by."""
    return email(world, person(world))


@case("record", Reason.SF_RECORD_GONE, "not there any more")
def the_contact_was_deleted_before_the_call(world: Workspace) -> str:
    """The id leads to a deleted contact."""
    sfid = contact(world)
    who = person(world, sfid)
    world.salesforce.act("delete", {"id": sfid})
    return call(world, who)


@case("record", Reason.SF_RECORD_GONE, "has the address gone@example.net")
def the_contact_was_deleted_and_nobody_has_the_address(world: Workspace) -> str:
    """An email goes on to the address, and finds nobody there."""
    sfid = contact(world)
    who = person(world, sfid, email="gone@example.net")
    world.salesforce.act("delete", {"id": sfid})
    return email(world, who)


@case("object", Reason.OBJECT_NOT_LOGGED, "a contact; logged to are lead")
def contacts_are_not_logged_to(world: Workspace) -> str:
    """Only leads are logged to, and the person is a contact."""
    settings(world, log_to=["lead"])
    return email(world, known(world))


@case("object", Reason.OBJECT_NOT_LOGGED, "a lead; logged to are contact")
def the_address_is_that_of_a_lead(world: Workspace) -> str:
    """Only contacts are logged to, and the address leads to a lead."""
    settings(world, log_to=["contact"])
    world.salesforce.seed([{"type": "Lead", "LastName": "Lovell", "Company": "Acme", "Email": "ada@example.net"}])
    return email(world, person(world, email="ada@example.net"))


@case("rule", Reason.AMBIGUOUS_MATCH, "2 records have the address")
def two_contacts_have_the_address(world: Workspace) -> str:
    """No rule says which of them."""
    settings(world, duplicate_rule="none")
    for _ in range(2):
        contact(world, Email="ada@example.net")
    return email(world, person(world, email="ada@example.net"))


# --- Salesforce -------------------------------------------------------------------------------------------------------


@case("salesforce", Reason.VALIDATION_REFUSED, "Call the customer first")
def a_validation_rule_refuses_it(world: Workspace) -> str:
    """A rule of the organization; its message is told."""
    rule = {"object": "Task", "when": {"Subject": "Hello"}, "message": "Call the customer first"}
    world.salesforce.act("validation_rule", rule)
    return email(world, known(world))


@case("salesforce", Reason.RECORD_LOCKED)
def the_record_stays_locked(world: Workspace) -> str:
    """Somebody else holds the row at every try."""
    who = known(world)
    lock = {"fault": "record_error", "path": "/composite/sobjects", "code": "UNABLE_TO_LOCK_ROW", "times": 1000}
    world.salesforce.faults.load([lock])
    asked = email(world, who)
    for _ in range(48):
        world.care(3_600)
    return asked


@case("quota", Reason.TOO_MANY_REFUSED, "Call the customer first")
def many_before_it_were_refused(world: Workspace) -> str:
    """A rule refuses five in a row, and the flow halts before the sixth."""
    settings(world, rejection_limit=5)
    rule = {"object": "Task", "when": {"Subject": "Hello"}, "message": "Call the customer first"}
    world.salesforce.act("validation_rule", rule)
    who = known(world)
    for number in range(5):
        email(world, who, email_id=f"m{number}")
    return email(world, who, email_id="m6")


@case("quota", Reason.QUOTA_SPENT, "no calls before")
def the_calls_of_the_day_are_used_up(world: Workspace) -> str:
    """The organization's allowance is gone; the email waits."""
    who = known(world)
    world.salesforce.limits({"calls_per_24h": 1000, "used": 1000})
    world.world.events.accept([event("evt_1", "email.sent", person=who)])
    world.play_stream()
    world.play_queue("activities_to_salesforce")
    return "evt_1"


@case("attempts", Reason.VENDOR_BUSY)
def salesforce_is_under_maintenance(world: Workspace) -> str:
    """Writes fail for now, and are repeated."""
    who = known(world)
    world.salesforce.act("maintenance", {"on": True})
    return email(world, who)


@case("read-back", Reason.CANNOT_TELL)
def the_answer_was_lost(world: Workspace) -> str:
    """Sent, and the line broke before the answer."""
    who = known(world)
    world.salesforce.faults.load([{"fault": "drop_after_commit", "path": "/composite/sobjects"}])
    return email(world, who)


# --- the life of an email ---------------------------------------------------------------------------------------------


@case("email", Reason.EMAIL_UNKNOWN)
def an_open_of_an_email_never_reported(world: Workspace) -> str:
    """The sent email was never reported."""
    asked = opened(world, known(world))
    world.care(700)
    return asked


@case("email", Reason.EMAIL_NOT_LOGGED, "NOT_SENT")
def an_open_of_an_email_not_logged(world: Workspace) -> str:
    """Its email is no Task: the sender called it failed."""
    who = known(world)
    email(world, who, status="failed")
    return opened(world, who)


@case("fields", Reason.FIELDS_WITHHELD, "MSE_Viewed__c")
def an_open_without_the_field(world: Workspace) -> str:
    """The seller may not edit the one field that would show it."""
    who = known(world)
    email(world, who)
    rights = {"user": SELLER, "object": "Task", "field": "MSE_Viewed__c"}
    world.salesforce.act("set_permissions", {**rights, "read": True, "edit": False})
    world.ask("POST", f"/connections/salesforce/{SELLER}/refresh-fields")
    return opened(world, who)


@case("task", Reason.TASK_DELETED, "is deleted in Salesforce")
def an_open_after_the_task_was_deleted(world: Workspace) -> str:
    """Somebody deleted the logged Task."""
    who = known(world)
    email(world, who)
    world.salesforce.act("delete", {"id": world.tasks()[0]["Id"]})
    world.clock.advance(120)
    return opened(world, who)


@case("email", Reason.NOTHING_TO_UPDATE)
def a_campaign_without_an_email(world: Workspace) -> str:
    """The person entered a campaign of which no email is logged."""
    return report(world, "campaign.added", known(world), campaign={"id": "c1", "name": "Spring"})
