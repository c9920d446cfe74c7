"""What became of an item, in words."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from lockstep.catalogue.reason_texts import REASON_TEXTS
from lockstep.domain.ids import ItemKey, MarketoId, UserEmail
from lockstep.domain.item import Item, State, Step
from lockstep.domain.reason import Reason
from workspace_api.views import WORDS, ItemView, sentence

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ITEM = Item(
    flow="activities_to_salesforce",
    key=ItemKey("K"),
    connection=UserEmail("seller1@example.com"),
    event_id="evt_1",
    kind="email.sent",
    person_id=MarketoId(1),
    occurred_at=NOW,
    received_on=date(2026, 11, 2),
)


def test_every_state_has_its_word() -> None:
    """The words of experience.md 10.2 cover every state."""
    assert set(WORDS) == set(State)


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_sentence(state: State) -> None:
    """Each state is told in a sentence that names the destination."""
    told = sentence(replace(ITEM, state=state, remote_id="00T5g0000000001AAA", reason=Reason.VENDOR_BUSY))
    assert "Salesforce" in told
    assert told.endswith(".")


@pytest.mark.parametrize("reason", Reason)
def test_a_parked_item_tells_meaning_and_remedy(reason: Reason) -> None:
    """What needs somebody is told with what it means and what to do."""
    told = sentence(replace(ITEM, state=State.NEEDS_YOU, reason=reason))
    text = REASON_TEXTS[reason]
    assert told == f"Not logged to Salesforce: {text.title}. {text.meaning} {text.remedy}"


def test_a_logged_item_names_record_time_and_what_was_left_out() -> None:
    """The sentence of a logged item holds the record's id, when, and the fields that were withheld."""
    done = replace(
        ITEM, state=State.CONFIRMED, remote_id="00T1", withheld=("Type",), history=(Step(NOW, State.CONFIRMED),)
    )
    assert sentence(done) == (
        "Logged to Salesforce as 00T1 on 2026-11-02 09:00:00 UTC. Left out, because the user may not write them: Type."
    )


def test_a_waiting_item_tells_when_it_is_looked_at_next() -> None:
    """What will be retried says when."""
    later = replace(ITEM, state=State.RETRY_AT, reason=Reason.RECORD_LOCKED, due_at=NOW)
    assert sentence(later).startswith("Not yet logged to Salesforce: ")
    assert sentence(later).endswith("Next look: 2026-11-02 09:00:00 UTC.")
    assert ItemView.of(later).next_look_at == NOW
