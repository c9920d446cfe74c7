"""The tables that people edit: what one row names, the code must know."""

from typing import get_args

from lockstep.catalogue.person_fields import ALL, OWNER, QUALIFYING, SYNCED
from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE, FLOWS, WANTED
from lockstep.domain.person import Person
from lockstep.domain.sales_activity import SalesEvent


def kinds() -> set[str]:
    """Every type of event that the intake takes."""
    union = get_args(SalesEvent)[0]
    return {kind for model in get_args(union) for kind in get_args(model.model_fields["type"].annotation)}


def test_the_intake_takes_the_twelve_kinds() -> None:
    """Eight of sales activities, three of reminders, and the opt-out."""
    assert len(kinds()) == 12


def test_only_kinds_that_come_in_are_routed_and_only_to_flows_that_are() -> None:
    """A misspelled row would route nothing and say nothing."""
    assert set(WANTED) <= kinds()
    assert {flow for flows in WANTED.values() for flow in flows} <= set(FLOWS)


def test_emails_and_calls_go_to_salesforce() -> None:
    """What a seller sent or called, and nothing that merely happened to it."""
    logged = {kind for kind, flows in WANTED.items() if ACTIVITIES_TO_SALESFORCE in flows}
    assert logged == {"email.sent", "call.logged"}


def test_each_synced_field_is_a_field_of_a_person() -> None:
    """By the same name, each once, and nothing else (PPL-12, PPL-14)."""
    names = [field.ours for field in SYNCED]
    assert sorted(names) == sorted(Person.__dataclass_fields__)


def test_qualification_reads_seven_fields_more() -> None:
    """The type, the deletion and the five of the owner, of which only some may be missing."""
    assert len(QUALIFYING) == 7
    assert len(OWNER) == 5
    assert len({field.rest for field in ALL}) == len(ALL)
    assert {field.ours for field in QUALIFYING if not field.optional} == {
        "salesforce_type",
        "deleted_in_salesforce",
        "owner_email",
    }
