"""Law of the catalogue: what one table names, every other table that must know it knows."""

import ast
import dataclasses
import importlib
from collections.abc import Mapping

from pydantic import BaseModel

from lockstep.catalogue.person_fields import SYNCED
from lockstep.domain.reason import Reason
from tests.laws.repository import functions_in, python_files

CATALOGUE = "layers/lockstep/lockstep/catalogue/"


def texts() -> dict[Reason, object]:
    """The table of texts: the mapping of that module whose keys are reasons."""
    for value in vars(importlib.import_module("lockstep.catalogue.reason_texts")).values():
        if isinstance(value, Mapping) and value and all(isinstance(key, Reason) for key in value):
            return dict(value)
    raise AssertionError("catalogue/reason_texts.py has no mapping with reasons as keys")


def parts(row: object) -> list[object]:
    """The fields of one row."""
    if isinstance(row, BaseModel):
        return [value for _, value in row]
    if dataclasses.is_dataclass(row):
        return [getattr(row, field.name) for field in dataclasses.fields(row)]
    return list(row) if isinstance(row, tuple) else [row]


def test_every_reason_has_its_texts() -> None:
    """Each reason of the closed list has a row of texts, and no row is for a reason that is gone."""
    assert set(texts()) == set(Reason)


def test_texts_say_something() -> None:
    """Each text for a reason is a non-empty sentence or word, and none repeats the code at the reader."""
    wrong = {
        reason: row
        for reason, row in texts().items()
        for part in parts(row)
        if isinstance(part, str) and (not part.strip() or ("_" in reason.value and reason.value in part))
    }
    assert not wrong


def test_the_catalogue_is_data() -> None:
    """A function in the catalogue is one line long, so that tables stay tables."""
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path in python_files(CATALOGUE)
        for node in functions_in(path)
        if len(node.body) - (ast.get_docstring(node) is not None) > 1
    ]
    assert not long


def test_the_person_has_thirteen_fields() -> None:
    """The table of a person's fields has the thirteen rows of the design (PPL-05)."""
    assert len(SYNCED) == 13
