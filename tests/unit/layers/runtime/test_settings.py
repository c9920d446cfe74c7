"""The environment of a function: what is missing, wrong or unsafe is named before anything runs."""

import pytest

from lockstep.runtime.settings import Environment, environment
from tests.world import ENVIRONMENT


def set_up(patch: pytest.MonkeyPatch, **changed: str) -> None:
    """An environment as the template sets it, with changes."""
    for name, value in (ENVIRONMENT | changed).items():
        patch.setenv(name, value)


def test_what_is_missing_or_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every such variable in one sentence, and none of their values."""
    set_up(monkeypatch, LEASE_SECONDS="secret words")
    monkeypatch.delenv("TABLE_NAME")
    with pytest.raises(RuntimeError, match=r"missing or wrong: TABLE_NAME, LEASE_SECONDS$"):
        environment()


@pytest.mark.invariant("I2")
@pytest.mark.parametrize("name", ["SETTLE_SECONDS", "LEASE_SECONDS"])
def test_no_worker_outlives_the_settle_time_or_its_lease(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Without the key field, a worker that writes after others have looked in vain would double: it does not start."""
    set_up(monkeypatch, **{name: "60"})
    with pytest.raises(RuntimeError, match=rf"WORKER_TIMEOUT \(60\) must be less than {name} \(60\)"):
        environment()
    set_up(monkeypatch, **{name: "61"})
    assert isinstance(environment(), Environment)
