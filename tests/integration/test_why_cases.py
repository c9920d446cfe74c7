"""Why names the true first cause, in cases made by acts and not by editing the store."""

import pytest

from lockstep.catalogue.reason_texts import REASON_TEXTS
from tests.integration import why_cases_newest  # noqa: F401 - it enters its cases
from tests.integration.why_cases import CASES
from tests.prepared import prepared


@pytest.mark.acceptance(130)
@pytest.mark.invariant("I18")
@pytest.mark.parametrize("name", CASES)
def test_why_names_the_first_cause(name: str) -> None:
    """The first failing check, its reason, what mends it and who can, with how it was and how it is."""
    world, wanted = prepared(), CASES[name]
    asked = wanted.act(world)
    why = world.ask("GET", f"/why/{asked}").body
    text = REASON_TEXTS[wanted.reason]
    assert why["failed"] == wanted.failed
    (failing,) = [check for check in why["checks"] if check["code"] == wanted.failed]
    assert (failing["reason"], failing["who"]) == (wanted.reason, text.who)
    assert text.meaning in why["answer"] or failing["then"] != "fail"
    assert wanted.words in f"{failing['then_value']} {failing['now_value']} {why['answer']}"
    earlier = why["checks"][: why["checks"].index(failing)]
    assert {check["then"] for check in earlier} <= {"pass", "not reached", "not known"}


def test_there_are_enough_cases() -> None:
    """Thirty cases at least, of fifteen kinds at least."""
    assert len(CASES) >= 30
    assert len({case.reason for case in CASES.values()}) >= 15
