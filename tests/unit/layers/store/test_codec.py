"""Rows and values: what is written is read back, by this version and by an older one."""

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from local.fakes.memory_table import MemoryTable
from lockstep.domain.ids import ItemKey, MarketoId, UserEmail
from lockstep.domain.item import Item, State, Step
from lockstep.domain.person import Person, PersonRecord
from lockstep.domain.reason import Reason
from lockstep.domain.task import FieldRight, TaskSchema
from lockstep.engine.budget import Window
from lockstep.store import codec
from lockstep.store.table import Key, Put

INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
MAYBE = st.none() | TEXT

STEPS = st.builds(
    Step, at=INSTANTS, state=st.sampled_from(State), reason=st.none() | st.sampled_from(Reason), note=TEXT
)
ITEMS = st.builds(
    Item,
    flow=st.just("f"),
    key=TEXT.map(ItemKey),
    connection=TEXT.map(UserEmail),
    event_id=TEXT,
    kind=st.just("email.sent"),
    person_id=st.integers(1, 2**53).map(MarketoId),
    occurred_at=INSTANTS,
    received_on=st.dates(date(2000, 1, 1)),
    state=st.sampled_from(State),
    reason=st.none() | st.sampled_from(Reason),
    cause=MAYBE,
    lease_until=st.none() | INSTANTS,
    due_at=st.none() | INSTANTS,
    withheld=st.lists(TEXT, max_size=3).map(tuple),
    history=st.lists(STEPS, max_size=3).map(tuple),
)
PEOPLE = st.builds(
    PersonRecord,
    marketo_id=st.integers(1, 2**53).map(MarketoId),
    person=st.none() | st.builds(Person, st.integers(1, 9).map(MarketoId), first_name=MAYBE, email=MAYBE),
    reason=st.none() | st.sampled_from(Reason),
    as_of=INSTANTS,
    received_on=st.dates(date(2000, 1, 1)),
    synced_at=INSTANTS,
    merged_into=st.none() | st.integers(1, 9).map(MarketoId),
    merged_from=st.lists(st.integers(1, 9).map(MarketoId), max_size=3).map(tuple),
)
SCHEMAS = st.builds(
    TaskSchema,
    fields=st.dictionaries(
        st.text("abc", min_size=1),
        st.builds(FieldRight, TEXT, TEXT, st.integers(0, 32_000), createable=st.booleans(), updateable=st.booleans()),
        max_size=3,
    ),
    type_values=st.frozensets(TEXT, max_size=3),
    type_has_default=st.booleans(),
    key_usable=st.booleans(),
    read_at=INSTANTS,
)
WINDOWS = st.builds(
    Window,
    slots=st.lists(INSTANTS, max_size=4).map(tuple),
    permits=st.dictionaries(st.text("abc", min_size=1), INSTANTS, max_size=3),
    day=st.just("2026-11-02"),
    used=st.dictionaries(st.sampled_from(["live", "people"]), st.integers(0, 9)),
    parked_until=st.none() | INSTANTS,
)


@given(st.one_of(ITEMS, PEOPLE, SCHEMAS, WINDOWS))
def test_what_is_stored_is_read_back(thing: Item | PersonRecord | TaskSchema | Window) -> None:
    """Through a table that takes only what DynamoDB takes; members that a newer version added are ignored (I34)."""
    table = MemoryTable()
    table.transact([Put(Key("P", "s"), codec.row(thing))])
    stored = table.get(Key("P", "s")) or {}
    assert codec.read(type(thing), stored | {"added_later": [1]}) == thing


@given(INSTANTS, INSTANTS, st.integers(-14 * 60, 14 * 60))
def test_instants_sort_as_text(one: datetime, other: datetime, minutes: int) -> None:
    """In order of time, in one width, whatever their offset was."""
    assert (codec.stamp(one) < codec.stamp(other)) == (one < other)
    assert len(codec.stamp(one)) == 27
    assert codec.stamp(one.astimezone(timezone(timedelta(minutes=minutes)))) == codec.stamp(one)
    assert codec.instant(codec.stamp(one)) == one


def test_nothing_is_stored_for_none() -> None:
    """An absent member and None are one thing, so that a condition on absence can be trusted."""
    assert codec.row(Step(datetime(2026, 11, 2, tzinfo=UTC), State.READY)) == {
        "at": "2026-11-02T00:00:00.000000Z",
        "state": "READY",
        "note": "",
    }
