"""What the organisation says about itself: versions, resources, objects, fields, limits."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import Any

from local.simulators.salesforce.access import Access
from local.simulators.salesforce.answers import Answer
from local.simulators.salesforce.api.ask import Ask
from local.simulators.salesforce.ids import MASTER_RECORD_TYPE
from local.simulators.salesforce.schema.catalogue import Child, ObjectType

OLDEST, NEWEST = 31, 67
_SEASONS = {0: "Winter", 1: "Spring", 2: "Summer"}
_SCOPES = {
    "everything": "All {}",
    "mine": "My {}",
    "queue_owned": "Queue owned {}",
    "scopingRule": "Filter by scope",
    "team": "My team's {}",
    "user_owned": "User owned {}",
}
_ALLOWANCES = {
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryJobs": 10_000,
    "DataStorageMB": 1_024,
    "FileStorageMB": 10_240,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 5_000,
    "SingleEmail": 5_000,
}


def versions() -> list[dict[str, str]]:
    """GET /services/data: the only resource without a token."""
    made = []
    for number in range(OLDEST, NEWEST + 1):
        # Version 41 came out as Winter '18; three a year since and before.
        year, season = divmod(number - 41 + 3 * 18, 3)
        label = f"{_SEASONS[season]} '{year:02d}"
        made.append({"label": label, "url": f"/services/data/v{number}.0", "version": f"{number}.0"})
    return made


def resources(ask: Ask) -> Answer:
    """GET /services/data/vNN.0."""
    names = ("composite", "jobs", "limits", "query", "queryAll", "sobjects")
    return Answer(200, {name: f"{ask.root}/{name}" for name in names} | {"identity": _identity(ask)})


def limits(ask: Ask) -> Answer:
    """GET /limits."""
    quota = ask.org.quota
    name = "DailyApiRequests"
    body = {name: {"Max": quota.calls_per_24h, "Remaining": max(quota.calls_per_24h - quota.used, 0)}}
    return Answer(200, body | {key: {"Max": most, "Remaining": most} for key, most in _ALLOWANCES.items()})


def record_counts(ask: Ask) -> Answer:
    """GET /limits/recordCount[?sObjects=A,B]: how many rows there are, about; objects without any are left out."""
    tables = ask.org.world.tables
    wanted = ask.parameters["sObjects"].split(",") if "sObjects" in ask.parameters else list(tables)
    kinds = [kind.name for name in wanted if (kind := ask.org.schema.find(name)) is not None]
    counts = [{"count": len(tables[name].rows), "name": name} for name in kinds if tables[name].rows]
    return Answer(200, {"sObjects": counts})


def all_objects(ask: Ask) -> Answer:
    """GET /sobjects, with ETag and Last-Modified."""

    def body() -> dict[str, Any]:
        kinds = [
            _summary(ask, access)
            for kind in ask.org.schema.objects.values()
            if (access := ask.org.permissions.access(ask.user_id, kind)).may_read
        ]
        return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": kinds}

    return _cached(ask, "", body)


def basic(ask: Ask) -> Answer:
    """GET /sobjects/T."""
    kind = ask.org.records.kind(ask.user_id, ask.parts[1])
    access = ask.org.permissions.access(ask.user_id, kind)
    return Answer(200, {"objectDescribe": _summary(ask, access), "recentItems": []})


def describe(ask: Ask) -> Answer:
    """GET /sobjects/T/describe, with ETag and Last-Modified."""
    kind = ask.org.records.kind(ask.user_id, ask.parts[1])
    access = ask.org.permissions.access(ask.user_id, kind)
    return _cached(ask, kind.name, lambda: _described(ask, access))


def _cached(ask: Ask, name: str, body: Callable[[], dict[str, Any]]) -> Answer:
    """304 where the caller has the answer already."""
    stamp = ask.org.permissions.stamp()
    changed = ask.org.described.setdefault(stamp, float(int(ask.org.clock.timestamp())))
    tag = f'"{sha256(f"{stamp}/{ask.user_id}/{name}/{ask.version}".encode()).hexdigest()[:8]}"'
    headers = [("ETag", tag), ("Last-Modified", format_datetime(datetime.fromtimestamp(changed, UTC), usegmt=True))]
    return Answer(304, headers=headers) if _unchanged(ask, tag, changed) else Answer(200, body(), headers)


def _unchanged(ask: Ask, tag: str, changed: float) -> bool:
    known = ask.headers.get("if-none-match")
    if known is not None:
        return tag in known or known.strip() == "*"
    since = ask.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return parsedate_to_datetime(since).timestamp() >= changed
    except ValueError:
        return False


def _identity(ask: Ask) -> str:
    return f"{ask.base_url}/id/{ask.org.world.org_id}/{ask.user_id}"


def _summary(ask: Ask, access: Access) -> dict[str, Any]:
    kind = access.object
    writable = kind.writable and access.may_edit
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": writable,
        "custom": False,
        "customSetting": False,
        "deepCloneable": kind.name == "Opportunity",
        "deletable": kind.deletable and access.may_edit,
        "deprecatedAndHidden": False,
        "feedEnabled": kind.deletable,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": kind.prefix,
        "label": kind.label,
        "labelPlural": kind.plural,
        "layoutable": kind.writable,
        "mergeable": kind.mergeable,
        "mruEnabled": kind.writable,
        "name": kind.name,
        "queryable": True,
        "replicateable": True,
        "retrieveable": True,
        "searchable": kind.writable,
        "triggerable": kind.writable,
        "undeletable": kind.deletable,
        "updateable": writable,
        "urls": _urls(ask, kind),
    }


def _described(ask: Ask, access: Access) -> dict[str, Any]:
    kind = access.object
    fields = [
        item.describe(createable=access.createable(item), updateable=access.updateable(item))
        for item in access.visible.values()
    ]
    return _summary(ask, access) | {
        "urls": _urls(ask, kind) | _pages(ask, kind),
        "actionOverrides": [],
        "childRelationships": [_child(child) for child in kind.children],
        "compactLayoutable": kind.writable,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": fields,
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [_master_record_type(ask, kind)],
        "searchLayoutable": kind.writable,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": _scopes(kind),
    }


def _child(child: Child) -> dict[str, Any]:
    return {
        "cascadeDelete": child.cascade,
        "childSObject": child.object,
        "deprecatedAndHidden": False,
        "field": child.field,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": child.relationship,
        "restrictedDelete": False,
    }


def _master_record_type(ask: Ask, kind: ObjectType) -> dict[str, Any]:
    layout = f"{ask.root}/sobjects/{kind.name}/describe/layouts/{MASTER_RECORD_TYPE}"
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": MASTER_RECORD_TYPE,
        "urls": {"layout": layout},
    }


def _scopes(kind: ObjectType) -> list[dict[str, str]]:
    labels = {name: label.format(kind.plural.lower()) for name, label in _SCOPES.items()}
    return [{"label": label, "name": name} for name, label in labels.items() if name in kind.scopes]


def _pages(ask: Ask, kind: ObjectType) -> dict[str, str]:
    """Where people see the records; only objects with pages have them."""
    if not kind.writable:
        return {}
    pages = {"uiDetailTemplate": "{ID}", "uiEditTemplate": "{ID}/e", "uiNewRecord": f"{kind.prefix}/e"}
    return {name: f"{ask.base_url}/{path}" for name, path in pages.items()}


def _urls(ask: Ask, kind: ObjectType) -> dict[str, str]:
    base = f"{ask.root}/sobjects/{kind.name}"
    return {
        "compactLayouts": f"{base}/describe/compactLayouts",
        "rowTemplate": f"{base}/{{ID}}",
        "approvalLayouts": f"{base}/describe/approvalLayouts",
        "listviews": f"{base}/listviews",
        "describe": f"{base}/describe",
        "quickActions": f"{base}/quickActions",
        "layouts": f"{base}/describe/layouts",
        "sobject": base,
    }
