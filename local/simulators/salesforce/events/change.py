"""One committed change of one record, and what of it is new."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
BY_HAND = "com/salesforce/api/soap/62.0;client=SfdcInternalAPI/"
# Fields that say nothing of their own; a person's name is told in its parts.
UNTOLD = frozenset({"SystemModstamp", "Id", "IsDeleted", "LastModifiedById"})


@dataclass(frozen=True, slots=True)
class Change:
    """A record before and after; `origin` says which program wrote it."""

    object: str
    row: Row
    before: Row | None
    origin: str

    @property
    def kind(self) -> str:
        """CREATE, UPDATE, DELETE or UNDELETE."""
        if self.before is None:
            return "CREATE"
        was, is_gone = bool(self.before.get("IsDeleted")), bool(self.row.get("IsDeleted"))
        if was is is_gone:
            return "UPDATE"
        return "DELETE" if is_gone else "UNDELETE"

    def fields(self) -> dict[str, Any]:
        """The values that the change is about; a field that was cleared is None."""
        if self.kind == "DELETE":
            return {}
        before = self.before or {}
        if self.kind == "UPDATE":
            names = [name for name in {**before, **self.row} if before.get(name) != self.row.get(name)]
        else:
            names = list(self.row)
        untold = UNTOLD | ({"Name"} if "LastName" in self.row else set())
        return {name: self.row.get(name) for name in names if name not in untold}


def origin_of(version: int, options: str) -> str:
    """How a call's program is named: `Sforce-Call-Options: client=NAME` comes back in the events of its writes."""
    named = dict(part.strip().partition("=")[::2] for part in options.split(","))
    client = f";client={named['client']}" if named.get("client") else ""
    return f"com/salesforce/api/rest/{version}.0{client}"
