"""Every named story crossed with every audit, in an organization with the key field and in one without."""

from typing import Any

import pytest

from tests.simulation.audits import complaints, items
from tests.simulation.corpus import TALES, played
from tests.simulation.stage import Stage


def ends(stage: Stage) -> list[tuple[str, str, str | None]]:
    """How each activity ended: event, state, reason."""
    return sorted((row["event_id"], row["state"], row.get("reason")) for row in items(stage))


@pytest.mark.invariant("I1")
@pytest.mark.invariant("I2")
@pytest.mark.invariant("I3")
@pytest.mark.invariant("I4")
@pytest.mark.invariant("I5")
@pytest.mark.invariant("I14")
@pytest.mark.invariant("I15")
@pytest.mark.invariant("I16")
@pytest.mark.invariant("I17")
@pytest.mark.invariant("I18")
@pytest.mark.invariant("I19")
@pytest.mark.invariant("I22")
@pytest.mark.invariant("I27")
@pytest.mark.invariant("I28")
@pytest.mark.invariant("I29")
@pytest.mark.invariant("I30")
@pytest.mark.invariant("I31")
@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "keyless"])
@pytest.mark.parametrize("name", TALES)
def test_no_story_breaks_an_invariant(name: str, keyed: bool) -> None:
    """Whatever goes wrong, every invariant holds when all is quiet again."""
    assert complaints(played(TALES[name], keyed=keyed)) == []


LOGGED: list[tuple[str, Any]] = [("CONFIRMED", None)]
MAIL_AND_CALL = LOGGED * 2


@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "keyless"])
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        pytest.param("the_answer_is_lost", MAIL_AND_CALL, marks=pytest.mark.fault("F023")),
        pytest.param("the_request_is_lost", LOGGED, marks=pytest.mark.fault("F024")),
        pytest.param("the_worker_dies_behind_the_write", LOGGED, marks=pytest.mark.fault("F026")),
        pytest.param("the_worker_dies_before_the_write", LOGGED, marks=pytest.mark.fault("F027")),
        pytest.param("two_workers_one_seller", LOGGED * 2, marks=pytest.mark.fault("F030")),
        pytest.param("the_lease_ends_while_writing", LOGGED, marks=pytest.mark.fault("F031")),
        pytest.param("the_lease_ends_behind_the_write", LOGGED, marks=pytest.mark.fault("F031")),
        pytest.param("not_seen_yet", LOGGED, marks=pytest.mark.fault("F032")),
        pytest.param("many_rows_are_locked", LOGGED * 6, marks=pytest.mark.fault("F033")),
        pytest.param("a_rule_behind_the_lost_answer", LOGGED, marks=pytest.mark.fault("F034")),
        pytest.param("answers_are_slow", LOGGED, marks=pytest.mark.fault("F020")),
        pytest.param("the_relay_dies", LOGGED * 2, marks=pytest.mark.fault("F092")),
        pytest.param("too_many_at_once", LOGGED, marks=pytest.mark.fault("F016")),
        pytest.param("tokens_end_under_everybody", LOGGED * 2, marks=pytest.mark.fault("F001")),
        pytest.param("two_logins_at_once", LOGGED, marks=pytest.mark.fault("F002")),
        pytest.param("the_login_fails_for_a_while", LOGGED, marks=pytest.mark.fault("F003")),
        pytest.param("keys_cannot_be_opened", LOGGED, marks=pytest.mark.fault("F100")),
        pytest.param("nudges_are_not_taken", LOGGED, marks=pytest.mark.fault("F096")),
        pytest.param("a_letter_comes_ten_times", LOGGED, marks=pytest.mark.fault("F104")),
        pytest.param("a_poisoned_message", LOGGED, marks=pytest.mark.fault("F091")),
        pytest.param("messages_of_another_version", LOGGED, marks=[
            pytest.mark.fault("F101"), pytest.mark.invariant("I34")]),
        pytest.param("half_an_hour_without_a_network", LOGGED * 6, marks=[
            pytest.mark.fault("F102"), pytest.mark.fault("F019")]),
        pytest.param("converted_behind_the_lost_answer", MAIL_AND_CALL, marks=pytest.mark.fault("F067")),
        pytest.param("disconnected_mid_flight", LOGGED, marks=pytest.mark.fault("F109")),
        pytest.param("switched_off_behind_the_lost_answer", LOGGED, marks=pytest.mark.fault("F107")),
        pytest.param("converted_under_mail_and_call", LOGGED * 3, marks=pytest.mark.fault("F067")),
        pytest.param("the_id_comes_late", LOGGED, marks=pytest.mark.fault("F075")),
        pytest.param("a_chain_of_merges", LOGGED, marks=pytest.mark.fault("F068")),
        pytest.param("results_that_do_not_fit", LOGGED * 9, marks=pytest.mark.fault("F022")),
        pytest.param("our_key_is_a_duplicate", LOGGED, marks=pytest.mark.fault("F041")),
        pytest.param("automation_changes_what_was_written", LOGGED * 2, marks=pytest.mark.fault("F045")),
        pytest.param("our_clock_leaps", LOGGED * 2, marks=pytest.mark.fault("F106")),
        pytest.param("deleted_while_waiting", [("SKIPPED", "PERSON_UNKNOWN")], marks=pytest.mark.fault("F070")),
    ],
)  # fmt: skip
def test_a_story_of_writing_ends_as_it_should(name: str, wanted: list[tuple[str, str | None]], keyed: bool) -> None:
    """Each activity of the story ends logged, or skipped for the reason that is true."""
    assert [end[1:] for end in ends(played(TALES[name], keyed=keyed))] == wanted


@pytest.mark.parametrize(
    ("name", "last_name"),
    [
        pytest.param("changes_that_show_late", "Late", marks=pytest.mark.fault("F049")),
        pytest.param("one_stamp_over_a_page_edge", "Person 1", marks=pytest.mark.fault("F051")),
        pytest.param("the_page_that_failed", "New", marks=pytest.mark.fault("F061")),
        pytest.param("the_quota_ends_at_the_last_page", "New", marks=pytest.mark.fault("F013")),
        pytest.param("somebody_else_uses_the_rate", "New", marks=[
            pytest.mark.fault("F011"), pytest.mark.fault("F012")]),
        pytest.param("the_schedule_overtakes_itself", "Newer", marks=pytest.mark.fault("F066")),
        pytest.param("a_token_nobody_knows", "New", marks=pytest.mark.fault("F053")),
        pytest.param("pages_with_nothing_on_them", "New", marks=pytest.mark.fault("F054")),
        pytest.param("the_vendors_are_ahead", "New", marks=[pytest.mark.fault("F056"), pytest.mark.fault("F106")]),
        pytest.param("the_vendors_are_behind", "New", marks=[pytest.mark.fault("F009"), pytest.mark.fault("F106")]),
        pytest.param("the_reader_oversleeps", "Newest", marks=pytest.mark.fault("F052")),
        pytest.param("pages_that_are_cut_or_garbled", "Né New", marks=pytest.mark.fault("F064")),
        pytest.param("our_clock_leaps", "New", marks=pytest.mark.fault("F106")),
        pytest.param("a_position_of_the_year_2999", "New", marks=[
            pytest.mark.fault("F065"), pytest.mark.invariant("I6")]),
        pytest.param("a_position_nobody_understands", "New", marks=[
            pytest.mark.fault("F065"), pytest.mark.invariant("I6")]),
    ],
)  # fmt: skip
def test_a_story_of_reading_ends_with_the_truth(name: str, last_name: str) -> None:
    """The Workspace holds the last version of the person that changed, and everybody else as they are."""
    stage = played(TALES[name])
    assert complaints(stage) == []
    assert stage.profile(stage.people[0]).last_name == last_name


@pytest.mark.fault("F069")
@pytest.mark.parametrize("name", ["merged_mid_flight", "merged_just_before_a_load"])
def test_losers_of_a_merge_point_to_who_lives(name: str) -> None:
    """A loser is known as merged, and points to the survivor."""
    stage = played(TALES[name])
    assert stage.person(stage.people[0]).merged_into == stage.people[1]


@pytest.mark.fault("F074")
def test_an_owner_who_returns_brings_the_person_back() -> None:
    """The mail of the meantime has its reason, the one behind it is logged, and nothing is doubled."""
    stage = played(TALES["the_owner_leaves_and_returns"])
    assert complaints(stage) == []
    assert ends(stage)[-1][1:] == ("CONFIRMED", None)


@pytest.mark.fault("F045")
@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "keyless"])
def test_what_automation_made_of_a_task_stands(keyed: bool) -> None:
    """A Task that a trigger changed is logged as it is: each was sent once, and nothing is written over it."""
    stage = played(TALES["automation_changes_what_was_written"], keyed=keyed)
    assert complaints(stage) == []
    assert {(task["Subject"].isupper(), task["Priority"]) for task in stage.tasks()} == {(True, "High")}
    assert len(stage.record.writes) == len(stage.tasks()) == 2
