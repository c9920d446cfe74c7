"""The machine: a story from a seed, played on a stage, audited at every step and when all is quiet.

Promises that a seed gives the same story on every machine, and that a failing story is handed back as short as leaving
out acts can make it. `python -m tests.simulation.machine --seed 7` plays one; `--from 0 --to 20000` plays many.
"""

import argparse
import itertools
import json
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lockstep.store.codec import stamp
from tests.simulation import (
    acts_aimed,
    acts_life,
    acts_rollup,
    acts_trouble,
    audits_life,
    audits_rollup,
    audits_trouble,
)
from tests.simulation.acts import ACTS, SELLERS, connect, new_person
from tests.simulation.audits import Broken, audit_quiet, audit_step, items
from tests.simulation.stage import Stage

JOINED = (
    acts_life,
    audits_life,
    acts_trouble,
    audits_trouble,
    acts_rollup,
    audits_rollup,
    acts_aimed,
)  # flows that enter their acts and audits into the tables
SEEDS = Path(__file__).parent / "seeds"
Step = tuple[str, int, int]
HEAL = (1, 65, 320, 400, 900, 3600, 3 * 3600, 6 * 3600, 9 * 3600, 13 * 3600, 25 * 3600, 25 * 3600)


@dataclass(frozen=True)
class Story:
    """What a run is made of: the draw of the world, and the acts."""

    seed: int
    acts: tuple[Step, ...]

    @classmethod
    def of(cls, seed: int, length: int = 0) -> "Story":
        """The story of a seed."""
        dice = random.Random(seed)
        names = list(ACTS)
        weights = [ACTS[name][0] for name in names]
        drawn = dice.choices(names, weights, k=length or dice.randrange(15, 36))
        return cls(seed, tuple((name, dice.randrange(1000), dice.randrange(1000)) for name in drawn))

    def text(self) -> str:
        """The story, one act a line."""
        return "\n".join([f"seed {self.seed}", *(f"  {name} {a} {b}" for name, a, b in self.acts)])


@contextmanager
def short_load() -> Iterator[None]:
    """The pass over all ids asks for few ids at a time and ends behind two empty ranges: the same code, fewer calls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("people_from_marketo.load.RANGE", 30)  # first: it imports what the next lines patch
        patch.setattr("lockstep.domain.load.RANGE", 30)
        patch.setattr("lockstep.domain.load.EMPTY_RANGES", 2)
        yield


def opened(seed: int) -> Stage:
    """A stage with a few loaded people and two connected sellers; the seed decides the details."""
    stage = Stage(seed)
    dice = random.Random(-1 - seed)
    stage.sellers = list(SELLERS)
    if dice.random() < 0.3:
        stage.keyed = False
        stage.salesforce.act("remove_field", {"object": "Task", "name": "Lockstep_Key__c"})
    skew = dice.choice((0, 0, 170, -170))
    stage.marketo.clock.advance(skew)
    for _ in range(dice.randrange(3, 8)):
        new_person(stage, dice.randrange(1000))
    stage.connect_marketo()
    for seller in SELLERS:
        stage.connect_seller(seller)
    stage.switch_on()
    if dice.random() < 0.5:
        acts_rollup.rollups_switched(stage, dice.randrange(3), 0)
    if dice.random() < 0.3:
        acts_life.fields_filled_in(stage, dice.randrange(2), 0)
    stage.request_load()
    stage.flush()
    return stage


def heal(stage: Stage) -> None:
    """All faults end, sellers are connected again, and time passes until nothing waits."""
    since = stamp(stage.clock.now())
    stage.boundary.blows, stage.boundary.watches, stage.queue.refuse_next = [], [], 0
    stage.salesforce.faults.load([])
    stage.marketo.faults.load([])
    stage.salesforce.limits({"calls_per_24h": 1_000_000})
    stage.marketo.limits({"calls_per_20s": 100, "late_s": 0})
    stage.salesforce.act("clear_rules", {})
    stage.salesforce.act("maintenance", {"on": False})
    for seller in SELLERS:
        stage.salesforce.act("set_api_enabled", {"user": seller, "enabled": True})
        stage.salesforce.act("approve_user", {"user": seller})
        if not connect(stage, seller):
            raise Broken("heal", f"{seller} could not connect again")
    for count, seconds in enumerate(HEAL):
        stage.turn(seconds)
        if count > 3 and stage.quiet and people_complete(stage, since):
            return
    left = [(row["event_id"], row["state"], row.get("reason"), row["history"][-1]) for row in stage.waiting()]
    raise Broken("heal", f"not quiet: items {left}, {len(stage.stream)} stream, {stage.queue.messages}")


def people_complete(stage: Stage, since: str) -> bool:
    """Whether the load is done and the feeds were followed until after the last change."""
    positions = stage.world.cursors.read("people_from_marketo")
    return bool(positions["load"]["state"] == "done" and positions["changes"]["watermark"] > since)


def play(story: Story, watch: Callable[[Stage], None] = audit_step) -> Stage:
    """Play and audit; raises Broken (or whatever the world itself refuses)."""
    with short_load():
        stage = opened(story.seed)
        for name, a, b in story.acts:
            ACTS[name][1](stage, a, b)
            watch(stage)
        heal(stage)
        audit_quiet(stage)
    return stage


def watched(story: Story) -> Counter[str]:
    """What a story comes through: blows, states of items, people who are gone, workers who lost their fence."""
    seen: Counter[str] = Counter()
    stage = play(story)
    seen.update(blow.split(" ")[0] for blow in stage.boundary.struck)
    seen.update(step["state"] for item in items(stage) for step in item["history"])
    for lead in stage.marketo.world.leads:
        seen["merged" if lead.merged_into else "deleted" if lead.deleted else "living"] += 1
    seen["refused"] += stage.table.refused
    seen["overtaken"] += sum(item["state"] == "SUPERSEDED" for item in items(stage))
    seen["filled in"] += sum(item["effect"] == "fields" for item in items(stage))
    seen["poison"] += len(stage.dead_poison)
    seen["other version"] += stage.of_tomorrow
    seen["day spent"] += acts_trouble.PEOPLE_A_DAY in stage.record.day_calls.values()
    return +seen


def trouble(story: Story) -> str | None:
    """What is wrong with a story: the audit's name and words, or None."""
    try:
        play(story)
    except Broken as broken:
        return str(broken)
    except Exception:  # noqa: BLE001 - a bug of the machine or of the product: both are wanted here
        return traceback.format_exc()
    return None


def kind_of(text: str | None) -> str | None:
    """The audit that saw it, or the last line of the trace."""
    return text and (text.split(":")[0] if "Traceback" not in text else text.strip().splitlines()[-1][:60])


def shortest(story: Story, wrong: str) -> Story:
    """The story without every act that the same failure can do without."""
    kind = kind_of(wrong)
    acts = list(story.acts)
    size = max(1, len(acts) // 2)
    while size:
        start = 0
        while start < len(acts):
            shorter = Story(story.seed, tuple(acts[:start] + acts[start + size :]))
            if kind_of(trouble(shorter)) == kind:
                acts = list(shorter.acts)
            else:
                start += size
        size //= 2
    return Story(story.seed, tuple(acts))


def kept() -> list[Path]:
    """Every story that ever failed."""
    return sorted(SEEDS.glob("*.json"))


def read(path: Path) -> Story:
    """A kept story."""
    held = json.loads(path.read_text())
    return Story(held["seed"], tuple((name, a, b) for name, a, b in held["acts"]))


def keep(story: Story, wrong: str) -> Path:
    """Keep a story for ever."""
    path = SEEDS / f"{story.seed:06d}.json"
    acts = ",\n  ".join(json.dumps(step) for step in story.acts)
    path.write_text(f'{{"seed": {story.seed}, "saw": {json.dumps(wrong[:300])}, "acts": [\n  {acts}\n]}}\n')
    return path


def explain(seed: int, wrong: str) -> str:
    """What a failing run prints."""
    short = shortest(Story.of(seed), wrong)
    return f"{wrong}\n\nthe shortest story:\n{short.text()}\n\nagain: make replay SEED={seed}"


def main(words: Sequence[str]) -> int:
    """Play one seed or many; returns how many failed."""
    parser = argparse.ArgumentParser(prog="tests.simulation.machine")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--to", type=int, default=500, dest="last")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--defects", nargs="*", metavar="M1")
    given = parser.parse_args(words)
    if given.defects is not None:
        return hunt(given.defects)
    seeds = [given.seed] if given.seed is not None else range(given.first, given.last)
    begun, failed = time.monotonic(), 0
    for count, seed in enumerate(seeds, 1):
        wrong = trouble(Story.of(seed))
        if wrong:
            failed += 1
            print(explain(seed, wrong), file=sys.stderr, flush=True)
            if given.keep:
                keep(shortest(Story.of(seed), wrong), wrong)
        if not count % 500:
            print(f"{count} runs, {failed} failed, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    seconds = time.monotonic() - begun
    print(f"{len(seeds)} runs in {seconds:.0f} s, {failed} failed", file=sys.stderr)
    return min(failed, 1)


def hunt(numbers: Sequence[str], seeds: int = 2000) -> int:
    """Plant each defect (or these) and play random stories until one sees it; returns 1 where one survives."""
    import tests.simulation.defects_connections
    import tests.simulation.defects_life
    import tests.simulation.defects_matching
    import tests.simulation.defects_rollup  # noqa: F401 - they enter their defects into the table
    from tests.simulation.defects import DEFECTS

    survivors = []
    for number, defect in ((number, DEFECTS[number]) for number in numbers or DEFECTS):
        if defect.unmet and not numbers:
            print(f"{number}: seen by its story alone: {defect.unmet}", file=sys.stderr, flush=True)
            continue
        with pytest.MonkeyPatch.context() as patch:
            defect.plant(patch)
            found = next((seed for seed in range(seeds) if trouble(Story.of(seed))), None)
        print(f"{number}: {'survives' if found is None else f'seen by seed {found}'}", file=sys.stderr, flush=True)
        survivors += [number] if found is None else []
    return min(len(survivors), 1)


def chunks(runs: int, size: int) -> list[range]:
    """The seeds of a test run in portions."""
    return [
        range(start, min(start + size, runs)) for start in itertools.islice(itertools.count(0, size), -(-runs // size))
    ]


if __name__ == "__main__":
    import tests.conftest  # noqa: F401 - the environment of all tests

    sys.exit(main(sys.argv[1:]))
