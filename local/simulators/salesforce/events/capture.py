"""Change data capture: committed changes as events, in the two shapes in which EventBridge gets them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import md5
from typing import TYPE_CHECKING, Any

from local.simulators.kernel.clock import write_instant
from local.simulators.salesforce import ids
from local.simulators.salesforce.events.change import Change
from local.simulators.salesforce.schema.field import Field

if TYPE_CHECKING:
    from local.simulators.salesforce.org import Org

FIRST_COMMIT = 1_745_500_706_683_617_281  # beyond what a float can hold
SHAPES = ("relay", "appflow")
Event = dict[str, Any]


@dataclass
class Capture:
    """The events of the objects that are watched, in the order of their commits; `sent` is the local sink."""

    objects: set[str] = field(default_factory=set)
    shape: str = "relay"
    sent: list[Event] = field(default_factory=list)
    gaps: dict[str, int] = field(default_factory=dict)
    _commits: int = 0

    def commit(self, org: "Org", changes: Iterable[Change]) -> None:
        """Tell one transaction; records that changed alike share an event."""
        alike: dict[tuple[str, str, str], list[Change]] = {}
        for change in changes:
            if change.object in self.objects:
                alike.setdefault((change.object, change.kind, _content(change)), []).append(change)
        self._commits += 1 if alike else 0
        for place, same in enumerate(alike.values(), start=1):
            self._tell(org, same[0].object, self._header(org, same, place), same[0])

    def overflow(self, org: "Org", name: str) -> None:
        """So much changed in one transaction that no ids are told."""
        self._commits += 1
        header = self._common(org, name, "GAP_OVERFLOW", 1) | {"recordIds": [f"{ids.PREFIXES[name]}*"]}
        self._tell(org, name, header, None)

    def _header(self, org: "Org", same: list[Change], place: int) -> Event:
        name, kind = same[0].object, same[0].kind
        if self.gaps.get(name, 0) > 0:
            self.gaps[name] -= 1
            return self._common(org, name, f"GAP_{kind}", place) | {"recordIds": [one.row["Id"] for one in same]}
        fields = same[0].fields()
        paths = [_path(org, name, key) for key in fields] if kind == "UPDATE" else []
        nulled = [_path(org, name, key) for key, value in fields.items() if value is None]
        return self._common(org, name, kind, place) | {
            "recordIds": [one.row["Id"] for one in same],
            "changeOrigin": same[0].origin,
            "commitUser": same[0].row["LastModifiedById"],
            "nulledFields": nulled,
            "changedFields": paths,
        }

    def _common(self, org: "Org", name: str, kind: str, place: int) -> Event:
        mark = md5(f"{self._commits}".encode(), usedforsecurity=False).hexdigest()
        return {
            "entityName": name,
            "recordIds": [],
            "changeType": kind,
            "changeOrigin": "",
            "transactionKey": f"{mark[:8]}-{mark[8:12]}-{mark[12:16]}-{mark[16:20]}-{mark[20:]}",
            "sequenceNumber": place,
            "commitTimestamp": int(org.clock.timestamp() * 1000),
            "commitNumber": FIRST_COMMIT + self._commits,
            "commitUser": org.user("admin@example.com"),
            "nulledFields": [],
            "diffFields": [],
            "changedFields": [],
        }

    def _tell(self, org: "Org", name: str, header: Event, change: Change | None) -> None:
        payload: Event = {"ChangeEventHeader": header}
        if change is not None and not header["changeType"].startswith("GAP"):
            payload |= _nested(org, name, change.fields())
        mark = md5(f"{len(self.sent)}".encode(), usedforsecurity=False).hexdigest()
        relayed = {"payload": payload, "schemaId": md5(name.encode(), usedforsecurity=False).hexdigest()[:22]}
        self.sent.append(
            {
                "version": "0",
                "id": mark,
                "detail-type": f"{name}ChangeEvent",
                "source": f"aws.partner/salesforce.com/{org.world.org_id}/{ids.number('0YL', 1)}",
                "account": "000000000000",
                "time": write_instant(org.clock.now()),
                "region": "us-east-1",
                "resources": [],
                "detail": relayed if self.shape == "relay" else payload,
            }
        )


def _content(change: Change) -> str:
    return repr(
        sorted((key, repr(value)) for key, value in change.fields().items()) if change.kind == "UPDATE" else change
    )


def _field(org: "Org", name: str, key: str) -> Field | None:
    return org.schema.objects[name].fields.get(key)


def _path(org: "Org", name: str, key: str) -> str:
    found = _field(org, name, key)
    return f"{found.compound}.{_part(found)}" if found is not None and _inside(found) else key


def _nested(org: "Org", name: str, fields: Mapping[str, Any]) -> Event:
    """The values, those of names and addresses inside their compound; moments with Z."""
    made: Event = {}
    for key, value in fields.items():
        found = _field(org, name, key)
        if found is None:
            continue
        told = value.replace("+0000", "Z") if found.type == "datetime" and value is not None else value
        if found.compound is not None and _inside(found):
            made.setdefault(found.compound, {})[_part(found)] = told
        else:
            made[key] = told
    return made


def _inside(found: Field) -> bool:
    return found.compound not in {None, found.name} and found.compound != "Fiscal"


def _part(found: Field) -> str:
    return found.name.removeprefix((found.compound or "").removesuffix("Address"))
