"""The static list calls: lists, members, adding, removing and asking who is a member.

Adding a member again says `added`; results stand in the order of the asked ids, and a refused one keeps its id. Pages
of members say by their token alone that there is more.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from local.simulators.kernel.clock import write_instant
from local.simulators.marketo.answer import Answer, listed
from local.simulators.marketo.assets import WORKSPACE, StaticList
from local.simulators.marketo.envelope import Refused, skipped
from local.simulators.marketo.incoming import Ask
from local.simulators.marketo.leads_api import LeadCalls, asked_ids, shown
from local.simulators.marketo.paging import page, rest_after, start_of
from local.simulators.marketo.world import ADDED, REMOVED


class ListCalls:
    """The lead database's calls about static lists."""

    def __init__(self, leads: LeadCalls) -> None:
        self._leads, self.world = leads, leads.world

    def lists(self, ask: Ask) -> Answer:
        """GET lists.json."""
        given = ask.given
        filters = {"id": given.whole("id"), "name": given.whole("name"), "programName": given.whole("programName")}
        found = [
            entry
            for _number, entry in sorted(self.world.assets.lists.items())
            if (not filters["id"] or str(entry.id) in filters["id"])
            and (not filters["name"] or entry.name in filters["name"])
            and (not filters["programName"] or entry.program in filters["programName"])
            and given.one("workspaceName", WORKSPACE) == WORKSPACE
        ]
        entries, rest = page(ask, found)
        return listed([_told(entry) for entry in entries], **rest)

    def one(self, _ask: Ask, list_id: str) -> Answer:
        """GET lists/{id}.json."""
        return listed([_told(self._list(list_id))])

    def members(self, ask: Ask, list_id: str) -> Answer:
        """GET lists/{id}/leads.json, and the older list/{id}/leads.json."""
        fields, living = self._leads.fields(ask), self.world.leads.living
        start, size = start_of(ask), ask.batch_size()
        found = (lead for number in self._list(list_id).members.after(start) if (lead := living(number)))
        leads, more = list(islice(found, size)), next(found, None) is not None
        return listed([shown(lead, fields) for lead in leads], **(rest_after(leads[-1].id) if more else {}))

    def add(self, ask: Ask, list_id: str) -> Answer:
        """POST lists/{id}/leads.json."""
        asked, members = self._list(list_id), self._list(list_id).members
        result = []
        for number in asked_ids(ask):
            if self.world.leads.living(number) is None:
                result.append(skipped(Refused("1004"), id=number))
                continue
            if number not in members:
                members.add(number)
                self._note(asked, number, ADDED)
            result.append({"id": number, "status": "added"})
        return listed(result)

    def remove(self, ask: Ask, list_id: str) -> Answer:
        """DELETE lists/{id}/leads.json."""
        asked, members = self._list(list_id), self._list(list_id).members
        result = []
        for number in asked_ids(ask):
            if self.world.leads.living(number) is None:
                result.append(skipped(Refused("1004"), id=number))
            elif number not in members:
                result.append(skipped(Refused("1015"), id=number))
            else:
                members.discard(number)
                self._note(asked, number, REMOVED)
                result.append({"id": number, "status": "removed"})
        return listed(result)

    def is_member(self, ask: Ask, list_id: str) -> Answer:
        """GET lists/{id}/leads/ismember.json."""
        members, result = self._list(list_id).members, []
        for number in asked_ids(ask):
            if self.world.leads.living(number) is None:
                result.append(skipped(Refused("1004"), id=number))
            else:
                result.append({"id": number, "status": "memberof" if number in members else "notmemberof"})
        return listed(result)

    def of_lead(self, ask: Ask, lead_id: str) -> Answer:
        """GET leads/{id}/listMembership.json."""
        lead = self.world.lead(int(lead_id))
        found = [entry for _id, entry in sorted(self.world.assets.lists.items()) if lead.id in entry.members]
        entries, rest = page(ask, found)
        told = [{"listId": entry.id, "createdAt": entry.updated, "updatedAt": entry.updated} for entry in entries]
        return listed(told, **rest, moreResult=bool(rest))

    def _list(self, list_id: str) -> StaticList:
        try:
            return self.world.assets.lists[int(list_id)]
        except KeyError:
            raise Refused("1013", f"Static list {list_id} not found") from None

    def _note(self, asked: StaticList, number: int, type_id: int) -> None:
        asked.updated = write_instant(self.world.clock.now())
        self.world.note_list(self.world.lead(number), asked, type_id)


def _told(entry: StaticList) -> dict[str, Any]:
    told: dict[str, Any] = {"id": entry.id, "name": entry.name}
    told |= {"description": entry.description} if entry.description else {}
    told |= {"programName": entry.program} if entry.program else {}
    return {
        **told,
        "workspaceName": WORKSPACE,
        "createdAt": entry.created,
        "updatedAt": entry.updated,
    }
