"""Law of docs/architecture.md: its picture of an item's life has exactly the legal moves, its table the keys in use."""

import re
from pathlib import Path

from lockstep.domain.item import MOVES, State
from tests.laws.repository import LAYER, text

PAGE = text(Path("docs/architecture.md"))
LATER = {State.RECEIVED, State.SUPERSEDED, State.ERASED}  # for flows that do not exist yet


def test_the_life_of_an_item_has_the_legal_moves() -> None:
    """Every move between the states in use is an arrow of the picture, and no other is."""
    drawn = set(re.findall(r"^    (\w+) --> (\w+)", PAGE, re.MULTILINE))
    legal = {(start, end) for start, ends in MOVES.items() for end in ends if not LATER & {start, end}}
    assert drawn == {(str(start), str(end)) for start, end in legal}


def test_the_keys_are_those_of_the_store() -> None:
    """Every kind of key that the store writes is listed, and every listed partition is written."""
    code = "\n".join(path.read_text() for path in sorted((LAYER / "store").glob("*.py")))
    written = set(re.findall(r'"([A-Z_]+)#', code)) | set(re.findall(r'(?:Key|query)\("([A-Z_]+)"', code))
    rows = re.findall(r"^\| (`.+?) \| (.+?) \|", PAGE.split("## The table")[1], re.MULTILINE)
    partitions = set(re.findall(r"`([A-Z_]+)", " ".join(partition for partition, _ in rows)))
    anywhere = set(re.findall(r"`([A-Z_]+)", " ".join(f"{partition} {sort}" for partition, sort in rows)))
    assert written - anywhere == set()
    assert partitions - written == set()
