"""One end for an activity that bears on several records."""

from datetime import UTC, date, datetime, timedelta

import pytest

from local.fakes.manual_clock import SeededChance
from lockstep.domain.ids import ItemKey, MarketoId, SalesforceId, UserEmail
from lockstep.domain.item import Item, State
from lockstep.domain.reason import Reason
from lockstep.domain.task import Written
from lockstep.engine.errors import Locked, Reject, Throttled, UnknownOutcome
from lockstep.salesforce.errors import FieldsRefused
from lockstep.salesforce.halving import Result
from rollups_to_salesforce.answers import Answers, combined
from rollups_to_salesforce.rules import Part, Wish

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
ITEM = Item(
    "rollups_to_salesforce", ItemKey("K"), UserEmail("a@example.com"), "evt_1", "email.sent", MarketoId(1), NOW,
    date(2026, 11, 2), "rollup",
)  # fmt: skip
CONTACT, ACCOUNT = SalesforceId("003000000000001AAA"), SalesforceId("001000000000001AAA")
WISH = Wish(ITEM, (Part("Contact", CONTACT, ()), Part("Account", ACCOUNT, ())))
DONE = Written(CONTACT, created=False)
GONE = Reject(Reason.SF_RECORD_GONE, "entity is deleted")
REFUSED = Reject(Reason.VALIDATION_REFUSED, "a rule says no")
LOCKED = Locked(Reason.RECORD_LOCKED, "locked")
UNSEEN = FieldsRefused(Reason.PERMISSION_REFUSED, "not seen", ["X__c"])

ENDS: list[tuple[Result | None, Result | None, State, Reason | None]] = [
    (DONE, Written(ACCOUNT, created=False), State.CONFIRMED, None),
    (DONE, REFUSED, State.NEEDS_YOU, Reason.VALIDATION_REFUSED),
    (DONE, GONE, State.CONFIRMED, None),
    (GONE, GONE, State.SKIPPED, Reason.SF_RECORD_GONE),
    (REFUSED, LOCKED, State.RETRY_AT, Reason.RECORD_LOCKED),
    (DONE, None, State.RETRY_AT, Reason.GATHERED),
    (DONE, UNSEEN, State.CONFIRMED, None),
    (UNSEEN, GONE, State.SKIPPED, Reason.FIELDS_WITHHELD),
    (Throttled(Reason.VENDOR_BUSY, "busy"), DONE, State.RETRY_AT, Reason.VENDOR_BUSY),
]


@pytest.mark.parametrize(("first", "second", "state", "reason"), ENDS)
def test_what_is_open_comes_before_what_is_done(
    first: Result | None, second: Result | None, state: State, reason: Reason | None
) -> None:
    """A retry comes before a refusal, a refusal before success, success before a record that is gone."""
    results = {sfid: one for sfid, one in ((CONTACT, first), (ACCOUNT, second)) if one}
    outcome = combined(WISH, Answers(results, {}, NOW, LATER), SeededChance(1))
    assert (outcome.state, outcome.reason) == (state, reason)
    assert (outcome.due_at is not None) == (state is State.RETRY_AT)


def test_a_lost_answer_is_not_repeated_before_it_has_certainly_arrived() -> None:
    """However short the schedule's first step, the repeat waits until the record is let go."""
    answers = Answers({CONTACT: UnknownOutcome("lost"), ACCOUNT: LOCKED}, {}, NOW, LATER)
    outcome = combined(WISH, answers, SeededChance(1))
    assert (outcome.state, outcome.due_at, outcome.counted) == (State.RETRY_AT, LATER, True)


def test_what_was_left_out_on_any_record_is_noted() -> None:
    """Fields that a save refused stand beside those that describe had hidden, each once."""
    left_out = {CONTACT: ("Contact.A__c (read-only)",), ACCOUNT: ("Account.A__c (hidden or missing)",)}
    answers = Answers({CONTACT: DONE, ACCOUNT: Written(ACCOUNT, created=False)}, left_out, NOW, LATER)
    wish = Wish(ITEM, WISH.parts, ("Account.A__c (hidden or missing)",))
    told = combined(wish, answers, SeededChance(1)).withheld
    assert told == ("Account.A__c (hidden or missing)", "Contact.A__c (read-only)")
