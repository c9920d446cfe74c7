"""The campaign calls of the lead database: campaigns, and asking a trigger campaign to take people in."""

from __future__ import annotations

from typing import Any

from local.simulators.marketo.answer import Answer, listed
from local.simulators.marketo.assets import WORKSPACE, Campaign
from local.simulators.marketo.envelope import Refused
from local.simulators.marketo.incoming import Ask
from local.simulators.marketo.paging import page
from local.simulators.marketo.world import REQUEST_CAMPAIGN, World

MOST_LEADS = 100


class CampaignCalls:
    """The lead database's calls about smart campaigns."""

    def __init__(self, world: World) -> None:
        self.world = world

    def campaigns(self, ask: Ask) -> Answer:
        """GET campaigns.json."""
        ids, names, programs = ask.given.whole("id"), ask.given.whole("name"), ask.given.whole("programName")
        found = [
            entry
            for _number, entry in sorted(self.world.assets.campaigns.items())
            if (not ids or str(entry.id) in ids)
            and (not names or entry.name in names)
            and (not programs or self._program(entry) in programs)
        ]
        entries, rest = page(ask, found)
        return listed([self._told(entry) for entry in entries], **rest)

    def one(self, _ask: Ask, campaign_id: str) -> Answer:
        """GET campaigns/{id}.json."""
        return listed([self._told(self._campaign(campaign_id))])

    def trigger(self, ask: Ask, campaign_id: str) -> Answer:
        """POST campaigns/{id}/trigger.json: each lead gets a type 47."""
        campaign = self._campaign(campaign_id)
        given = ask.json().get("input")
        leads = given.get("leads") if isinstance(given, dict) else None
        if not isinstance(leads, list) or not leads:
            raise Refused("1002", "Missing value for required parameter 'leads'")
        if len(leads) > MOST_LEADS:
            raise Refused("1003", f"Too many leads: at most {MOST_LEADS}")
        if campaign.kind != "trigger" or not campaign.active:
            raise Refused("1003", f"Campaign {campaign.id} is not an active trigger campaign")
        for lead in [self.world.lead(int(entry["id"])) for entry in leads]:
            self.world.log(REQUEST_CAMPAIGN, lead, primary_id=campaign.id, primary=campaign.name,
                           attributes={"Source": "Web service API"}, campaign_id=campaign.id)  # fmt: skip
        return listed([{"id": campaign.id}])

    def _campaign(self, campaign_id: str) -> Campaign:
        try:
            return self.world.assets.campaigns[int(campaign_id)]
        except KeyError:
            raise Refused("1013", f"Campaign {campaign_id} not found") from None

    def _program(self, entry: Campaign) -> str:
        program = self.world.assets.programs.get(entry.program)
        return program.name if program else ""

    def _told(self, entry: Campaign) -> dict[str, Any]:
        told: dict[str, Any] = {"id": entry.id, "name": entry.name, "type": entry.kind}
        if program := self._program(entry):
            told |= {"programName": program, "programId": entry.program}
        told |= {"workspaceName": WORKSPACE, "createdAt": entry.created, "updatedAt": entry.updated}
        return {**told, "active": entry.active}
