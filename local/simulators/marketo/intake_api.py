"""The rarer lead calls: Push Lead, associating a cookie, partitions, and lead fields through the API.

There is one partition, Default; every other name is refused with 1008.
"""

from __future__ import annotations

import re
from typing import Any

from local.simulators.marketo.answer import Answer, listed
from local.simulators.marketo.envelope import Refused
from local.simulators.marketo.fields import Field
from local.simulators.marketo.incoming import Ask
from local.simulators.marketo.leads_api import LeadCalls, Record
from local.simulators.marketo.paging import page
from local.simulators.marketo.world import PUSHED

PARTITION = "Default"
MOST_FIELDS = 100
FIELD_KINDS = (
    "boolean", "currency", "date", "datetime", "email", "float", "integer", "percent", "phone", "score", "string",
    "url",
)  # fmt: skip


class IntakeCalls:
    """The lead database's rarer calls about leads and their fields."""

    def __init__(self, leads: LeadCalls) -> None:
        self._leads, self.world = leads, leads.world

    def push(self, ask: Ask) -> Answer:
        """POST leads/push.json: an upsert, and one type 145 that a campaign can wait for."""
        body = ask.json()
        name = body.get("programName")
        program = next((entry for entry in self.world.assets.programs.values() if entry.name == name), None)
        if name and program is None:
            raise Refused("1013", f"Program '{name}' not found")
        answer = self._leads.upsert(ask, "createOrUpdate", body.get("lookupField") or "email")
        told = {"Source": body.get("source"), "Reason": body.get("reason"), "API Method Name": "pushLeadToMarketo"}
        for entry in answer.body["result"]:
            if "id" in entry:
                self.world.log(PUSHED, self.world.lead(entry["id"]), primary_id=program.id if program else None,
                               primary=program.name if program else None, attributes=told)  # fmt: skip
        return answer

    def associate(self, ask: Ask, lead_id: str) -> Answer:
        """POST leads/{id}/associate.json: no result; 1012 for what is no cookie of Munchkin's."""
        cookie = ask.given.required("cookie")[0]
        if not re.search(r"(^|token:)_mch-\S+", cookie):
            raise Refused("1012", f"Invalid cookie value '{cookie}'")
        self.world.leads.put(self.world.lead(int(lead_id)), "cookies", cookie)
        return Answer(records=1)

    def partitions(self, _ask: Ask) -> Answer:
        """GET leads/partitions.json."""
        return listed([{"id": 1, "name": PARTITION, "description": "Initial system lead partition"}])

    def move(self, ask: Ask) -> Answer:
        """POST leads/partitions.json."""
        return self._leads.each(ask, ask.inputs(), self._move_one)

    def _move_one(self, record: Record) -> Record:
        if not record.get("partitionName"):
            raise Refused("1009")
        if record["partitionName"] != PARTITION:
            raise Refused("1008", f"Access denied to partition '{record['partitionName']}'")
        return {"id": self.world.lead(int(record.get("id") or 0)).id, "status": "updated"}

    # --- fields --------------------------------------------------------------------------------------------------

    def fields(self, ask: Ask) -> Answer:
        """GET leads/schema/fields.json."""
        shown, rest = page(ask, sorted(self.world.book.by_name.values(), key=lambda field: field.id))
        return listed([_told(field) for field in shown], **rest, moreResult=bool(rest))

    def field(self, _ask: Ask, name: str) -> Answer:
        """GET leads/schema/fields/{name}.json."""
        return listed([_told(self.world.book.named(name))])

    def make_fields(self, ask: Ask) -> Answer:
        """POST leads/schema/fields.json: 1017 for a known name, 1028 beyond a hundred; all or none."""
        inputs = ask.inputs()
        for record in inputs:
            self._check_field(record)
        made = sum(field.by_api for field in self.world.book.by_name.values())
        if made + len(inputs) > MOST_FIELDS:
            raise Refused("1028")
        for record in inputs:
            kind = "integer" if record["dataType"] == "score" else str(record["dataType"])
            self.world.book.add(str(record["name"]), kind, str(record["displayName"]), by_api=True)
        return listed([{"name": record["name"], "status": "created"} for record in inputs])

    def _check_field(self, record: dict[str, Any]) -> None:
        for name in ("name", "displayName", "dataType"):
            if not record.get(name):
                raise Refused("1002", f"Missing value for required parameter '{name}'")
        if record["name"] in self.world.book.by_name:
            raise Refused("1017", f"Field '{record['name']}' already exists")
        if record["dataType"] not in FIELD_KINDS or not re.fullmatch(r"[A-Za-z]\w{0,99}", str(record["name"])):
            raise Refused("1003", f"Invalid field '{record['name']}'")


def _told(field: Field) -> dict[str, Any]:
    told: dict[str, Any] = {"displayName": field.display, "name": field.name, "description": "", "dataType": field.kind}
    told |= {"length": field.length} if field.length else {}
    flags = {"isHidden": False, "isHtmlEncodingInEmail": True, "isSensitive": False}
    return {**told, **flags, "isCustom": field.custom, "isApiCreated": field.by_api}
