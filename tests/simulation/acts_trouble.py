"""What may befall the stack itself: unreadable messages, a deployment in between, a day that is nearly spent."""

from typing import Any

from lockstep.catalogue.routes import FLOWS
from lockstep.store.table import Change, Key
from tests.simulation.acts import act
from tests.simulation.stage import Poison, Stage

UNREADABLE: tuple[Any, ...] = ("not a nudge", {"v": "one"}, {"v": 1, "flow": 7}, [], None)
KEPT_AS = ("ITEM", "EVENT", "PROFILE", "LINK", "CURSOR", "SETTINGS", "WINDOW")
NEWEST = ("lanes", "waiting")  # members that the version before did not write
PEOPLE_A_DAY = 12_000  # of 25,000 calls: its own 28 % and the 20 % that nobody has reserved


@act(1)
def message_poisoned(stage: Stage, a: int, b: int) -> None:
    """Somebody puts a message into a queue that no version can read."""
    stage.record.poisoned = True
    stage.poison.append(Poison(tuple(FLOWS)[a % len(FLOWS)], UNREADABLE[b % len(UNREADABLE)], stage.clock.now()))


@act(2)
def version_changes(stage: Stage, a: int, b: int) -> None:
    """Rows and nudges of another version lie about: with members of tomorrow, and without the newest of today."""
    stage.of_tomorrow = b % 2 == 0
    rows = [key for key in stage.inner._rows if key.sk in KEPT_AS]
    for key in rows[a % 3 :: 1 + b % 4]:
        stage.inner.transact([Change(key, set={"of_tomorrow": {"unknown": [1, None]}})])
    budget = Key("BUDGET#marketo", "WINDOW")
    if budget in rows and a % 2:
        stage.inner.transact([Change(budget, remove=NEWEST)])


@act(1)
def day_nearly_spent(stage: Stage, a: int, b: int) -> None:
    """Other workers have made nearly all the calls that the people's class may make today."""
    row = stage.inner._rows.get(Key("BUDGET#marketo", "WINDOW"))
    if row is None or row["day"] != stage.today():
        return
    spent = PEOPLE_A_DAY - b % 30
    stage.record.day_calls[stage.today()] = spent
    used = {**row["used"], "people": spent}
    stage.inner.transact([Change(Key("BUDGET#marketo", "WINDOW"), set={"used": used}, add={"version": 1})])
