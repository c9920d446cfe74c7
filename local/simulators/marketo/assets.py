"""What Marketo's marketers build: folders, static lists, programs and campaigns.

A subscription always has the folders that it is delivered with; everything else is seeded or made through the API.
Lists remember their members; names of lists and folders are unique, so a second one of a name is refused (709).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.simulators.marketo.envelope import Refused
from local.simulators.marketo.members import Members

WORKSPACE = "Default"
DELIVERED = "2020-08-14T20:43:13Z"
_DELIVERED = (
    (1, "Marketing Activities", "Zone", 0),
    (2, "Lead Database", "Zone", 0),
    (3, "Default", "Zone", 1),
    (5, "Default", "Zone", 2),
    (12, "Group Lists", "List", 5),
    (15, "Active Marketing Programs", "Marketing Folder", 3),
)


@dataclass(slots=True)
class Folder:
    """A folder of the tree; `parent` is 0 at the top."""

    id: int
    name: str
    kind: str = "List"
    parent: int = 5
    description: str | None = None
    created: str = DELIVERED
    system: bool = False


@dataclass(slots=True)
class StaticList:
    """A static list and its members."""

    id: int
    name: str
    created: str
    updated: str
    folder: int = 12
    description: str | None = None
    program: str = ""
    members: Members = field(default_factory=Members)


@dataclass(slots=True)
class Program:
    """A marketing program."""

    id: int
    name: str
    created: str
    updated: str
    kind: str = "Default"
    channel: str = "Content"
    status: str = ""
    folder: int = 15
    description: str = ""


@dataclass(slots=True)
class Campaign:
    """A smart campaign; only a trigger campaign is active or not, and only an active one can be requested."""

    id: int
    name: str
    created: str
    updated: str
    kind: str = "batch"
    active: bool = False
    program: int = 0
    description: str = ""


def _delivered() -> dict[int, Folder]:
    return {row[0]: Folder(*row, system=True) for row in _DELIVERED}


@dataclass(slots=True)
class Assets:
    """Everything of a subscription that is not a person and not an activity."""

    folders: dict[int, Folder] = field(default_factory=_delivered)
    lists: dict[int, StaticList] = field(default_factory=dict)
    programs: dict[int, Program] = field(default_factory=dict)
    campaigns: dict[int, Campaign] = field(default_factory=dict)

    def path(self, folder: Folder) -> str:
        """The folder's place in the tree, from the top."""
        above = self.folders.get(folder.parent)
        return f"{self.path(above) if above else ''}/{folder.name}"

    def list_named(self, name: str) -> StaticList | None:
        """The static list of this name."""
        return next((entry for entry in self.lists.values() if entry.name == name), None)

    def add_list(self, name: str, now: str, folder: int = 12, description: str | None = None) -> StaticList:
        """A new static list; 709 when the name is taken, 710 when there is no such folder."""
        if folder not in self.folders:
            raise Refused("710")
        if self.list_named(name):
            raise Refused("709", f"Static List with the name '{name}' already exists")
        number = max(self.lists, default=1000) + 1
        self.lists[number] = StaticList(number, name, now, now, folder, description)
        return self.lists[number]

    def add_folder(self, name: str, now: str, parent: int, description: str | None = None) -> Folder:
        """A new folder; 709 when its parent has one of that name, 710 when there is no such parent."""
        above = self.folders.get(parent)
        if above is None:
            raise Refused("710")
        if any(entry.name == name and entry.parent == parent for entry in self.folders.values()):
            raise Refused("709", f"Folder with the name '{name}' already exists")
        number = max(self.folders) + 1
        self.folders[number] = Folder(number, name, above.kind, parent, description, now)
        return self.folders[number]

    def seed(self, kind: str, record: Mapping[str, Any], now: str) -> int:
        """Put a folder, list, program or campaign into the truth; its id."""
        seeders = {"folder": self._seed_folder, "list": self._seed_list}
        if kind in seeders:
            return seeders[kind](record, now)
        return self._seed_program(record, now) if kind == "program" else self._seed_campaign(record, now)

    def _seed_folder(self, record: Mapping[str, Any], now: str) -> int:
        """A folder of a known name takes the place of the old one."""
        old = next((entry for entry in self.folders.values() if entry.name == record["name"]), None)
        number = int(record.get("id") or (old.id if old else max(self.folders) + 1))
        made = Folder(number, record["name"], created=now)
        if old:
            made = Folder(number, old.name, old.kind, old.parent, old.description, old.created, old.system)
            del self.folders[old.id]
        made.kind = str(record.get("folderType") or made.kind)
        made.parent = int(record.get("parent") or made.parent)
        made.description = record.get("description") or made.description
        self.folders[number] = made
        return number

    def _seed_list(self, record: Mapping[str, Any], now: str) -> int:
        number = int(record.get("id", 0)) or max(self.lists, default=1000) + 1
        made = StaticList(number, str(record.get("name") or f"List {number}"), now, now)
        made.folder, made.description = int(record.get("folder", made.folder)), record.get("description")
        made.program = str(record.get("programName", ""))
        made.members = Members(int(lead) for lead in record.get("leads", ()))
        self.lists[number] = made
        return number

    def _seed_program(self, record: Mapping[str, Any], now: str) -> int:
        number = int(record.get("id", 0)) or max(self.programs, default=1000) + 1
        made = Program(number, str(record.get("name") or f"Program {number}"), now, now)
        made.created, made.updated = record.get("createdAt", now), record.get("updatedAt", now)
        made.kind, made.channel = record.get("programType", made.kind), record.get("channel", made.channel)
        made.status, made.folder = record.get("status", made.status), int(record.get("folder", made.folder))
        self.programs[number] = made
        return number

    def _seed_campaign(self, record: Mapping[str, Any], now: str) -> int:
        number = int(record.get("id", 0)) or max(self.campaigns, default=1000) + 1
        made = Campaign(number, str(record.get("name") or f"Campaign {number}"), now, now)
        made.created, made.updated = record.get("createdAt", now), record.get("updatedAt", now)
        made.kind, made.active = record.get("campaignType", made.kind), bool(record.get("active"))
        made.program = int(record.get("program", 0))
        self.campaigns[number] = made
        return number
