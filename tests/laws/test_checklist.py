"""Law of the checklist: the fields that a Salesforce admin is told to make are those that are written and simulated."""

import re
from pathlib import Path

from local.simulators.salesforce.schema.activity import CUSTOM_FIELDS
from lockstep.catalogue.task_attributes import TASK_ATTRIBUTES
from lockstep.catalogue.task_shapes import KINDS as DESCRIBED
from lockstep.catalogue.task_shapes import TASK_SHAPES
from lockstep.domain.task import KEY_FIELD
from tests.laws.repository import text

PAGE = text(Path("docs/how-to/salesforce-admin-checklist.md"))
KINDS = {"Text": "string", "URL": "url", "Checkbox": "boolean"}


def listed() -> list[tuple[str, str, int, str]]:
    """Name, kind, length and label of each attribute field on the page."""
    rows = re.findall(r"^\| `(\w+__c)` \| ([^|]+) \| (\w+) \| (\d+|-) \|", PAGE, re.MULTILINE)
    return [(name, KINDS[kind], 0 if length == "-" else int(length), label) for name, label, kind, length in rows]


def test_the_fields_are_those_of_the_simulated_organization() -> None:
    """Names, types, lengths and labels are the ones that every test writes to."""
    assert listed() == list(CUSTOM_FIELDS)


def test_the_fields_are_those_that_are_written() -> None:
    """Each attribute of the catalogue is listed, and something sets each of them."""
    assert [(name, label) for name, _, _, label in listed()] == [(each.name, each.label) for each in TASK_ATTRIBUTES]
    assert [each.name for each in TASK_ATTRIBUTES if not (each.path or each.constant or each.life)] == []


def test_the_fields_are_those_that_are_checked() -> None:
    """The field check knows each field of the page, and the key, by type and length."""
    shapes = {name: (shape.made, shape.length) for name, shape in TASK_SHAPES.items() if name != KEY_FIELD}
    assert {(name, kind in DESCRIBED[shapes[name][0]], length) for name, kind, length, _ in listed()} == {
        (name, True, length) for name, (_, length) in shapes.items()
    }


def test_the_key_field_is_described() -> None:
    """The key field stands with its length and the three marks that an upsert needs."""
    assert re.search(rf"`{KEY_FIELD}` .*Text, 64 .*External ID.*Unique.*case-sensitive", PAGE)
