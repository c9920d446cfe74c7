"""The lead calls: look-ups, writes, deletion, merge and describe.

Results of writes stand in the order of their records; a record that is refused is skipped and the others go through.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from local.simulators.kernel.faults import FaultPlan
from local.simulators.marketo.answer import Answer, listed
from local.simulators.marketo.envelope import Refused, skipped
from local.simulators.marketo.fields import DEFAULT_FIELDS
from local.simulators.marketo.incoming import Ask
from local.simulators.marketo.leads import SYSTEM, Lead, system_values
from local.simulators.marketo.tokens import LEADS, Place, read_token, write_token
from local.simulators.marketo.world import BY_API, World

MOST_VALUES = 300
MOST_MATCHES = 1000
ACTIONS = ("createOrUpdate", "createOnly", "updateOnly", "createDuplicate")
Record = dict[str, Any]


class LeadCalls:
    """The lead database's calls about leads."""

    def __init__(self, world: World, faults: FaultPlan) -> None:
        self.world, self._faults = world, faults

    # --- reading -------------------------------------------------------------------------------------------------

    def find(self, ask: Ask) -> Answer:
        """GET leads.json: by filterType and up to 300 values."""
        name = ask.given.required("filterType")[0]
        values = ask.given.required("filterValues")
        if name not in self.world.book.searchable():
            raise Refused("1011", f"Lookup field '{name}' not supported")
        if len(values) > MOST_VALUES:
            raise Refused("1003", f"Too many filter values: at most {MOST_VALUES}")
        fields = self.fields(ask)
        leads = self.world.leads.find(name, values)
        if len(leads) > MOST_MATCHES:
            raise Refused("1003", "Too many results match the filter")
        token, size = ask.given.one("nextPageToken"), ask.batch_size()
        start = read_token(token).number if token else 0
        result = [shown(lead, fields) for lead in leads[start : start + size]]
        if start + size >= len(leads):
            return listed(result)
        return listed(result, nextPageToken=write_token(Place(LEADS, 0, start + size)), moreResult=True)

    def one(self, ask: Ask, lead_id: str) -> Answer:
        """GET lead/{id}.json."""
        return listed([shown(self.world.lead(int(lead_id)), self.fields(ask))])

    def describe(self, _ask: Ask) -> Answer:
        """GET leads/describe.json."""
        return listed([field.describe() for field in self.world.book.by_name.values()])

    def describe2(self, _ask: Ask) -> Answer:
        """GET leads/describe2.json."""
        book = self.world.book
        return listed([
            {
                "name": "API Lead",
                "searchableFields": [[name] for name in book.searchable()],
                "fields": [field.describe2() for field in book.by_name.values()],
            }
        ])  # fmt: skip

    def companies(self, _ask: Ask) -> Answer:
        """The company calls, which a subscription with a native sync to Salesforce does not have."""
        raise Refused("1018")

    def fields(self, ask: Ask) -> list[tuple[str, bool | None]]:
        """The asked fields, or the usual six, with what each shows when it is empty."""
        return self.world.book.empties(ask.given.many("fields") or list(DEFAULT_FIELDS))

    # --- writing -------------------------------------------------------------------------------------------------

    def sync(self, ask: Ask) -> Answer:
        """POST leads.json."""
        body = ask.json()
        if body.get("partitionName") and body["partitionName"] != "Default":
            raise Refused("1008", f"Access denied to partition '{body['partitionName']}'")
        return self.upsert(ask, body.get("action") or "createOrUpdate", body.get("lookupField") or "email")

    def upsert(self, ask: Ask, action: str, lookup: str) -> Answer:
        """The records of a call, each created or updated as the action says."""
        inputs = ask.inputs()
        if action not in ACTIONS:
            raise Refused("1003", f"Invalid value for action '{action}'")
        if lookup not in self.world.book.searchable():
            if lookup in self.world.book.by_name:
                raise Refused("1011", f"Lookup field '{lookup}' not supported")
            raise Refused("1006", f"Lookup field '{lookup}' not found")
        return self.each(ask, inputs, lambda record: self.sync_one(record, action, lookup))

    def delete(self, ask: Ask) -> Answer:
        """POST leads/delete.json and DELETE leads.json, ids in the body or, without one, in the query."""
        if ask.request.body and not ask.given.many("id"):
            inputs = ask.inputs()
        else:
            inputs = [{"id": number} for number in ask.given.required("id")]
        if len(inputs) > MOST_VALUES:
            raise Refused("1003", "Too many records: at most 300")
        return self.each(ask, inputs, self._delete_one)

    def merge(self, ask: Ask, winner_id: str) -> Answer:
        """POST leads/{id}/merge.json."""
        losers = ask.given.numbers("leadId") + ask.given.numbers("leadIds")
        if not losers:
            raise Refused("1002", "Missing value for required parameter 'leadId'")
        self.world.merge(int(winner_id), losers, ask.given.one("mergeInCRM").lower() == "true")
        return Answer(records=len(losers))

    def each(self, ask: Ask, inputs: list[Record], deal: Callable[[Record], Record]) -> Answer:
        """Deal with the records one by one; a refused one is skipped."""
        fault = self._faults.take(ask.request, "record_error")
        result = []
        for record in inputs:
            try:
                if fault and fault.match in json.dumps(record, ensure_ascii=False):
                    raise Refused(str(fault.code), str(fault.body or ""))
                result.append(deal(record))
            except Refused as refused:
                result.append(skipped(refused))
        return listed(result)

    def sync_one(self, record: Record, action: str, lookup: str) -> Record:
        """One record created or updated; `Refused` says why it is skipped."""
        if "id" in record and action in ("createOnly", "createDuplicate"):
            raise Refused("1003", "Invalid data: id with a create action")
        values = self.world.read({name: value for name, value in record.items() if name != "id"})
        if fixed := next((name for name in values if self.world.book.named(name).read_only), None):
            raise Refused("1003", f"Field '{fixed}' is read only")
        matches = [] if action == "createDuplicate" else self._matches(record, action, lookup)
        if len(matches) > 1:
            raise Refused("1007")
        if matches and action == "createOnly":
            raise Refused("1005")
        if matches:
            self.world.update(matches[0], values, BY_API)
            return {"id": matches[0].id, "status": "updated"}
        if action == "updateOnly" or lookup == "id":
            raise Refused("1004")
        return {"id": self.world.create(values, BY_API).id, "status": "created"}

    def _matches(self, record: Record, action: str, lookup: str) -> list[Lead]:
        value = record.get(lookup)
        if value is None or value == "":
            return []
        leads = self.world.leads.find(lookup, [value])
        race = self.world.switches.upsert_race_s
        if action == "createOrUpdate" and race:
            now = self.world.clock.timestamp()
            return [lead for lead in leads if now - lead.created >= race]
        return leads

    def _delete_one(self, record: Record) -> Record:
        number = str(record.get("id", ""))
        if not number.isdigit():
            raise Refused("1003", f"Invalid value for field 'id' and value '{number}'")
        return {"id": self.world.delete(int(number)).id, "status": "deleted"}


def asked_ids(ask: Ask) -> list[int]:
    """The lead ids of a call, from its parameters or else from its JSON; at most 300."""
    numbers = ask.given.numbers("id") + ask.given.numbers("leadId")
    if not numbers:
        numbers = [_number(record) for record in ask.inputs()]
    if len(numbers) > MOST_VALUES:
        raise Refused("1003", f"Too many records: at most {MOST_VALUES}")
    return numbers


def _number(record: Record) -> int:
    if not str(record.get("id", "")).isdigit():
        raise Refused("1003", f"Invalid value for field 'id' and value '{record.get('id')}'")
    return int(record["id"])


def shown(lead: Lead, fields: list[tuple[str, bool | None]]) -> Record:
    """A lead as a look-up shows it: the asked fields in their order, empty ones too."""
    values = lead.values
    told = {name: values.get(name, empty) for name, empty in fields}
    told["id"] = lead.id
    if not SYSTEM.isdisjoint(told):
        told |= {name: value for name, value in system_values(lead).items() if name in told and name not in values}
    return told
