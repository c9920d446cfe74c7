"""The tables that people edit: what one row names, the code must know."""

from typing import get_args

from lockstep.catalogue.person_fields import ALL, OWNER, QUALIFYING, SYNCED
from lockstep.catalogue.routes import FLOWS, WANTED
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
    assert {flow for wishes in WANTED.values() for flow, _ in wishes} <= set(FLOWS)


def test_emails_calls_and_replies_may_become_tasks() -> None:
    """What a seller sent or called, and the answer; what merely happened to an email is told on its Task (LS-16)."""
    wishes = {(kind, effect) for kind, wanted in WANTED.items() for _, effect in wanted}
    assert {kind for kind, effect in wishes if effect == "task"} == {"email.sent", "call.logged", "email.replied"}
    assert {kind for kind, effect in wishes if effect == "life"} == {
        *(f"email.{what}" for what in ("opened", "clicked", "replied", "bounced")),
        "campaign.added",
        "campaign.removed",
    }


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
