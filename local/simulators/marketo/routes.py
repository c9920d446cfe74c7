"""Which call answers which path and method."""

from __future__ import annotations

import re
from collections.abc import Callable

from local.simulators.kernel.faults import FaultPlan
from local.simulators.marketo.activities_api import ActivityCalls
from local.simulators.marketo.answer import Answer
from local.simulators.marketo.assets_api import AssetCalls
from local.simulators.marketo.bulk_api import BulkCalls
from local.simulators.marketo.campaigns_api import CampaignCalls
from local.simulators.marketo.custom_api import CustomCalls
from local.simulators.marketo.imports import ImportCalls
from local.simulators.marketo.intake_api import IntakeCalls
from local.simulators.marketo.leads_api import LeadCalls
from local.simulators.marketo.lists_api import ListCalls
from local.simulators.marketo.world import World

Handler = Callable[..., Answer]
Table = dict[str, dict[str, Handler]]
Routes = list[tuple[re.Pattern[str], dict[str, Handler]]]
_ID = r"(\d+)"
_NAME = r"([^/]+)"


def routes_of(world: World, faults: FaultPlan, statistics: Table) -> Routes:
    """All routes of one subscription."""
    leads = LeadCalls(world, faults)
    database = {
        **_leads(leads),
        **_intake(IntakeCalls(leads)),
        **_lists(ListCalls(leads)),
        **_activities(ActivityCalls(world, faults)),
        **_custom(CustomCalls(world, faults)),
        **_campaigns(CampaignCalls(world)),
        **statistics,
    }
    return [
        *_compiled("/rest/v1", database),
        *_compiled("/rest/asset/v1", _assets(AssetCalls(world))),
        *_compiled("/bulk/v1", _bulk(BulkCalls(world, faults))),
        *_compiled("/bulk/v1", _imports(ImportCalls(leads, faults))),
    ]


def _compiled(prefix: str, table: Table) -> Routes:
    return [(re.compile(rf"{prefix}/{path}\.json"), methods) for path, methods in table.items()]


def _leads(calls: LeadCalls) -> Table:
    return {
        "leads": {"GET": calls.find, "POST": calls.sync, "DELETE": calls.delete},
        f"lead/{_ID}": {"GET": calls.one},
        "leads/delete": {"POST": calls.delete, "DELETE": calls.delete},
        f"leads/{_ID}/merge": {"POST": calls.merge},
        "leads/describe": {"GET": calls.describe},
        "leads/describe2": {"GET": calls.describe2},
        "companies": {"GET": calls.companies, "POST": calls.companies},
        "companies/delete": {"POST": calls.companies},
        "companies/describe": {"GET": calls.companies},
    }


def _intake(calls: IntakeCalls) -> Table:
    return {
        "leads/push": {"POST": calls.push},
        f"leads/{_ID}/associate": {"POST": calls.associate},
        "leads/partitions": {"GET": calls.partitions, "POST": calls.move},
        "leads/schema/fields": {"GET": calls.fields, "POST": calls.make_fields},
        f"leads/schema/fields/{_NAME}": {"GET": calls.field},
    }


def _lists(calls: ListCalls) -> Table:
    members = {"GET": calls.members, "POST": calls.add, "DELETE": calls.remove}
    return {
        "lists": {"GET": calls.lists},
        f"lists/{_ID}": {"GET": calls.one},
        f"lists/{_ID}/leads": members,
        f"list/{_ID}/leads": members,
        f"lists/{_ID}/leads/ismember": {"GET": calls.is_member},
        f"leads/{_ID}/listMembership": {"GET": calls.of_lead},
    }


def _activities(calls: ActivityCalls) -> Table:
    return {
        "activities": {"GET": calls.activities},
        "activities/types": {"GET": calls.types},
        "activities/pagingtoken": {"GET": calls.token},
        "activities/leadchanges": {"GET": calls.changes},
        "activities/deletedleads": {"GET": calls.deleted},
    }


def _custom(calls: CustomCalls) -> Table:
    one = f"activities/external/type/{_NAME}"
    return {
        "activities/external": {"POST": calls.add},
        "activities/external/types": {"GET": calls.types},
        "activities/external/type": {"POST": calls.create},
        f"{one}/describe": {"GET": calls.describe},
        f"{one}/approve": {"POST": calls.approve},
        f"{one}/discardDraft": {"POST": calls.discard},
        f"{one}/delete": {"POST": calls.delete},
        f"{one}/attributes/(create|update|delete)": {"POST": calls.attributes},
        one: {"POST": calls.update},
    }


def _campaigns(calls: CampaignCalls) -> Table:
    return {
        "campaigns": {"GET": calls.campaigns},
        f"campaigns/{_ID}": {"GET": calls.one},
        f"campaigns/{_ID}/trigger": {"POST": calls.trigger},
    }


def _assets(calls: AssetCalls) -> Table:
    return {
        "folders": {"GET": calls.folders, "POST": calls.make_folder},
        "folder/byName": {"GET": calls.folder_by_name},
        f"folder/{_ID}": {"GET": calls.folder},
        "staticLists": {"GET": calls.lists, "POST": calls.make_list},
        "staticList/byName": {"GET": calls.list_by_name},
        f"staticList/{_ID}": {"GET": calls.list, "POST": calls.change_list},
        f"staticList/{_ID}/delete": {"POST": calls.delete_list},
        "programs": {"GET": calls.programs},
        "program/byName": {"GET": calls.program_by_name},
        f"program/{_ID}": {"GET": calls.program},
        f"folder/{_ID}/(?:tokens|content)": {"GET": lambda ask, _folder: calls.nothing(ask)},
        "(?:smartLists|smartCampaigns|emails|forms|landingPages|segmentation)": {"GET": calls.nothing},
    }


def _bulk(calls: BulkCalls) -> Table:
    kind = "(leads|activities)"
    return {
        f"{kind}/export/create": {"POST": calls.create},
        f"{kind}/export/{_NAME}/enqueue": {"POST": calls.enqueue},
        f"{kind}/export/{_NAME}/cancel": {"POST": calls.cancel},
        f"{kind}/export/{_NAME}/status": {"GET": calls.status},
        f"{kind}/export/{_NAME}/file": {"GET": calls.file},
        f"{kind}/export": {"GET": calls.jobs},
    }


def _imports(calls: ImportCalls) -> Table:
    return {
        "leads": {"POST": calls.create},
        f"leads/batch/{_ID}": {"GET": calls.status},
        f"leads/batch/{_ID}/(failures|warnings)": {"GET": calls.rows},
    }
