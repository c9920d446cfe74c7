"""The custom activity calls: metadata of the types, and adding records of approved ones.

Adding is write-once and knows no key: the same input twice makes two activities. A refused record says `errors` where
the lead calls say `reasons`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from local.simulators.kernel.clock import read_instant, write_instant
from local.simulators.kernel.faults import FaultPlan
from local.simulators.marketo.answer import Answer, listed
from local.simulators.marketo.custom_types import (
    LARGEST_ATTRIBUTES,
    LONGEST_PRIMARY,
    CustomType,
    Spec,
    read_value,
)
from local.simulators.marketo.envelope import Refused
from local.simulators.marketo.feed import Activity
from local.simulators.marketo.incoming import Ask
from local.simulators.marketo.world import World

REQUIRED = ("leadId", "activityDate", "activityTypeId", "primaryAttributeValue", "attributes")
Record = dict[str, Any]


class CustomCalls:
    """The lead database's calls about custom activities."""

    def __init__(self, world: World, faults: FaultPlan) -> None:
        self.world, self._faults = world, faults

    # --- types ---------------------------------------------------------------------------------------------------

    def types(self, _ask: Ask) -> Answer:
        """GET activities/external/types.json."""
        return listed([entry.told() for entry in self.world.custom.living()])

    def create(self, ask: Ask) -> Answer:
        """POST activities/external/type.json."""
        return listed([self.world.custom.create(ask.json(), self._now()).told(draft=True)])

    def describe(self, ask: Ask, api_name: str) -> Answer:
        """GET activities/external/type/{apiName}/describe.json."""
        draft = ask.given.one("draft").lower() == "true"
        return listed([self.world.custom.named(api_name).told(draft)])

    def update(self, ask: Ask, api_name: str) -> Answer:
        """POST activities/external/type/{apiName}.json."""
        return self._changed(api_name, lambda entry: self.world.custom.update(entry, ask.json()))

    def approve(self, _ask: Ask, api_name: str) -> Answer:
        """POST activities/external/type/{apiName}/approve.json."""
        return self._changed(api_name, self.world.custom.approve)

    def discard(self, _ask: Ask, api_name: str) -> Answer:
        """POST activities/external/type/{apiName}/discardDraft.json."""
        return self._changed(api_name, self.world.custom.discard)

    def delete(self, _ask: Ask, api_name: str) -> Answer:
        """POST activities/external/type/{apiName}/delete.json; 1022 for a type that has records."""
        entry = self.world.custom.named(api_name)
        if self.world.feed.has(entry.id):
            raise Refused("1022")
        told = entry.told()
        entry.deleted = True
        return listed([{**told, "status": entry.status, "updatedAt": self._now()}])

    def attributes(self, ask: Ask, api_name: str, verb: str) -> Answer:
        """POST activities/external/type/{apiName}/attributes/create, update or delete.json."""
        given = ask.json().get("attributes")
        if not isinstance(given, list) or not given:
            raise Refused("1002", "Missing value for required parameter 'attributes'")
        custom = self.world.custom
        verbs = {"create": custom.add_attributes, "update": custom.change_attributes, "delete": custom.drop_attributes}
        return self._changed(api_name, lambda entry: verbs[verb](entry, given))

    def _changed(self, api_name: str, change: Callable[[CustomType], None]) -> Answer:
        entry = self.world.custom.named(api_name)
        change(entry)
        entry.updated = self._now()
        return listed([entry.told(draft=True)])

    def _now(self) -> str:
        return write_instant(self.world.clock.now())

    # --- records -------------------------------------------------------------------------------------------------

    def add(self, ask: Ask) -> Answer:
        """POST activities/external.json."""
        fault = self._faults.take(ask.request, "record_error")
        result = []
        for record in ask.inputs():
            try:
                if fault and fault.match in json.dumps(record, ensure_ascii=False):
                    raise Refused(str(fault.code), str(fault.body or ""))
                result.append(self._add_one(record))
            except Refused as refused:
                errors = [{"code": refused.code, "message": refused.message}]
                result.append({"status": "skipped", "errors": errors})
        return listed(result)

    def _add_one(self, record: Record) -> Record:
        for name in REQUIRED:
            if record.get(name) is None:
                raise Refused("1002", f"Missing value for required parameter '{name}'")
        spec, type_id = self._spec(record["activityTypeId"])
        second = _second(record["activityDate"])
        primary = read_value(spec.primary["dataType"], record["primaryAttributeValue"])
        if len(str(record["primaryAttributeValue"])) > LONGEST_PRIMARY:
            raise Refused("1003", f"primaryAttributeValue exceeds max length of {LONGEST_PRIMARY}")
        told = _values(spec, record["attributes"])
        lead_id = record["leadId"]
        if not str(lead_id).isdigit():
            raise Refused("1001", f"Invalid value '{lead_id}'. Required of type 'Integer'")
        lead = self.world.lead(int(lead_id))
        made = self.world.feed.add(Activity(second, 0, type_id, lead.id, None, str(primary), told))
        return {"id": made.id, "marketoGUID": str(made.id), "status": "added"}

    def _spec(self, type_id: Any) -> tuple[Spec, int]:
        for entry in self.world.custom.approved():
            if str(type_id) == str(entry.id):
                return entry.spec(), entry.id
        raise Refused("1003", f"Invalid value for field 'activityTypeId' and value '{type_id}'")


def _second(text: Any) -> int:
    try:
        return int(read_instant(str(text)).timestamp())
    except ValueError:
        raise Refused("1001", f"Invalid value '{text}'. Required of type 'datetime'") from None


def _values(spec: Spec, given: Any) -> dict[str, Any]:
    """The attributes by display name, given by name or apiName."""
    if not isinstance(given, list):
        raise Refused("1001", "Invalid value for 'attributes'. Required of type 'list'")
    if len(json.dumps(given, ensure_ascii=False).encode()) > LARGEST_ATTRIBUTES:
        raise Refused("1049")
    known = {entry[key]: entry for key in ("name", "apiName") for entry in spec.attributes}
    told = {}
    for attribute in given:
        name = attribute.get("name") or attribute.get("apiName") if isinstance(attribute, dict) else None
        if name not in known:
            raise Refused("1006", f"Attribute '{name}' not found")
        told[known[name]["name"]] = read_value(known[name]["dataType"], attribute.get("value"))
    return {name: value for name, value in told.items() if value is not None}
