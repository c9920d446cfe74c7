"""A seeded world worth looking at: a year of activities with the attributes that each type really has."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest

from local.simulators.marketo import MarketoSimulator

YEAR = 365 * 86_400
LIVES = (12, 21, 32)  # what became of a person, apart from what they did: came, converted, merged


@pytest.fixture(scope="module")
def seeded() -> MarketoSimulator:
    """Four hundred people with a dozen activities each."""
    return MarketoSimulator(people=400, activities=12)


def test_everybody_has_a_year_of_them(seeded: MarketoSimulator) -> None:
    """Each person has exactly the asked number within a year of creation, spread out, in the order of their ids."""
    born = {lead.id: lead.created for lead in seeded.world.leads}
    spans = defaultdict(list)
    for activity in seeded.world.feed.all():
        if activity.type_id not in LIVES and activity.primary != "Unsubscribed":
            spans[activity.lead_id].append(activity.second - born[activity.lead_id])
    assert {len(seconds) for seconds in spans.values()} == {12}
    assert len(spans) == len(born)
    assert all(0 < second <= YEAR for seconds in spans.values() for second in seconds)
    assert all(max(seconds) - min(seconds) > YEAR / 2 for seconds in spans.values())
    ids = [activity.id for activity in seeded.world.feed.all()]
    assert ids == sorted(ids)


def test_attributes_are_those_of_the_type(seeded: MarketoSimulator) -> None:
    """Every attribute is one that types.json lists for the type, with a value of its data type."""
    kinds = {"integer": int, "boolean": bool, "string": str, "text": str, "date": str, "datetime": str}
    types = {entry["id"]: entry for entry in _types(seeded)}
    seen: Counter[int] = Counter()
    for activity in seeded.world.feed.all():
        known = {entry["name"]: kinds[entry["dataType"]] for entry in types[activity.type_id]["attributes"]}
        assert set(activity.attributes) <= set(known), activity
        for name, value in activity.attributes.items():
            fits = list if name == "Merge IDs" else known[name]
            assert value is None or isinstance(value, fits), (activity.type_id, name, value)
        seen[activity.type_id] += 1
    assert set(seen) >= {1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 21, 22, 24, 25, 27, 32, 34, 39, 40, 41, 45, 46,
                         104, 173}  # fmt: skip


def test_the_stories_hang_together(seeded: MarketoSimulator) -> None:
    """Nobody opens a mail that was not sent to them, scores add up, lists hold who joined last, who left is out."""
    sent: dict[int, set[int | None]] = defaultdict(set)
    scores: dict[int, int] = defaultdict(int)
    status: dict[int, str | None] = {}
    members: dict[int | None, set[int]] = defaultdict(set)
    for activity in seeded.world.feed.all():
        lead = activity.lead_id
        if activity.type_id == 6:
            sent[lead].add(activity.primary_id)
        if activity.type_id in (7, 8, 9, 10, 11):
            assert activity.primary_id in sent[lead]
        if activity.type_id == 22:
            assert activity.attributes["Old Value"] == scores[lead]
            scores[lead] += int(activity.attributes["Change Value"])
        if activity.change and activity.change.name == "leadStatus":
            assert activity.change.old == status.get(lead)
            status[lead] = activity.change.new
        if activity.type_id == 24:
            members[activity.primary_id].add(lead)
        if activity.type_id == 25:
            members[activity.primary_id].discard(lead)
    assert all(seeded.world.lead(lead).values["leadScore"] == score for lead, score in scores.items())
    assert all(seeded.world.lead(lead).values["leadStatus"] == value for lead, value in status.items())
    unsubscribed = {lead.values.get("email") for lead in seeded.world.leads if lead.values.get("unsubscribed")}
    left = {a.lead_id for a in seeded.world.feed.between([9], 0, 2**40)}
    assert left
    asked = {a.lead_id for a in seeded.world.feed.between([13], 0, 2**40) if a.primary == "Unsubscribed"}
    assert asked
    assert unsubscribed == {seeded.world.lead(lead).values["email"] for lead in left | asked}
    bounced = {a.lead_id for a in seeded.world.feed.between([8], 0, 2**40)}
    assert bounced == {lead.id for lead in seeded.world.leads if lead.values.get("emailInvalid")}
    assert {number: set(entry.members) for number, entry in seeded.world.assets.lists.items()} == members


def test_the_same_seed_makes_the_same_history(seeded: MarketoSimulator) -> None:
    """Two starts agree in every activity; another seed does not."""
    again = MarketoSimulator(people=400, activities=12)
    assert seeded.records("activity") == again.records("activity")
    assert seeded.records("activity") != MarketoSimulator(seed=8, people=400, activities=12).records("activity")


def _types(simulator: MarketoSimulator) -> list[dict[str, Any]]:
    from local.simulators.marketo.activity_types import types_with

    return types_with(simulator.switches.type_ids)
