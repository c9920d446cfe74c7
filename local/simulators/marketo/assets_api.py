"""The asset calls that clients of the lead database need: folders, static lists and programs.

Asset answers carry `errors` and `warnings`, write dates with a zone behind the Z, and page by offset and maxReturn.
Smart lists and smart campaigns are known as empty collections only.
"""

from __future__ import annotations

import json
from typing import Any

from local.simulators.kernel.clock import read_instant, write_instant
from local.simulators.marketo.answer import Answer, assets
from local.simulators.marketo.assets import WORKSPACE, Folder, Program, StaticList
from local.simulators.marketo.envelope import Refused
from local.simulators.marketo.incoming import Ask
from local.simulators.marketo.world import World

_MOST, _USUAL = 200, 20
_LETTERS = {"Email": "EBP", "Event": "ME", "Engagement": "NP"}
_HOST = "https://app-sj01.marketo.com"


class AssetCalls:
    """The asset API."""

    def __init__(self, world: World) -> None:
        self.world, self._book = world, world.assets

    # --- folders -------------------------------------------------------------------------------------------------

    def folders(self, ask: Ask) -> Answer:
        """GET folders.json."""
        return _page(ask, [self._folder(entry) for _id, entry in sorted(self._book.folders.items())])

    def folder(self, _ask: Ask, folder_id: str) -> Answer:
        """GET folder/{id}.json."""
        entry = self._book.folders.get(int(folder_id))
        return assets([self._folder(entry)] if entry else [])

    def folder_by_name(self, ask: Ask) -> Answer:
        """GET folder/byName.json."""
        name = _blank(ask, "name")
        return assets([self._folder(entry) for entry in self._book.folders.values() if entry.name == name])

    def make_folder(self, ask: Ask) -> Answer:
        """POST folders.json, a form."""
        name, parent = _blank(ask, "name"), _folder_of(_blank(ask, "parent"))
        made = self._book.add_folder(name, self._now(), parent, ask.given.one("description") or None)
        return assets([self._folder(made)])

    # --- static lists --------------------------------------------------------------------------------------------

    def lists(self, ask: Ask) -> Answer:
        """GET staticLists.json."""
        return _page(ask, [_list(entry) for _id, entry in sorted(self._book.lists.items())])

    def list(self, _ask: Ask, list_id: str) -> Answer:
        """GET staticList/{id}.json."""
        entry = self._book.lists.get(int(list_id))
        return assets([_list(entry)] if entry else [])

    def list_by_name(self, ask: Ask) -> Answer:
        """GET staticList/byName.json."""
        entry = self._book.list_named(_blank(ask, "name"))
        return assets([_list(entry)] if entry else [])

    def make_list(self, ask: Ask) -> Answer:
        """POST staticLists.json, a form whose folder is JSON."""
        name, folder = _blank(ask, "name"), _folder_of(_blank(ask, "folder"))
        made = self._book.add_list(name, self._now(), folder, ask.given.one("description") or None)
        return assets([_list(made)])

    def change_list(self, ask: Ask, list_id: str) -> Answer:
        """POST staticList/{id}.json, a form."""
        entry = self._book.lists.get(int(list_id))
        if entry is None:
            raise Refused("702")
        entry.name = ask.given.one("name") or entry.name
        entry.description = ask.given.one("description") or entry.description
        entry.updated = self._now()
        return assets([_list(entry)])

    def delete_list(self, _ask: Ask, list_id: str) -> Answer:
        """POST staticList/{id}/delete.json."""
        if self._book.lists.pop(int(list_id), None) is None:
            raise Refused("702")
        return assets([{"id": int(list_id)}])

    # --- programs ------------------------------------------------------------------------------------------------

    def programs(self, ask: Ask) -> Answer:
        """GET programs.json, narrowed by earliestUpdatedAt and latestUpdatedAt."""
        earliest, latest = _instant(ask, "earliestUpdatedAt"), _instant(ask, "latestUpdatedAt")
        found = [
            self._program(entry)
            for _id, entry in sorted(self._book.programs.items())
            if (not earliest or entry.updated >= earliest) and (not latest or entry.updated <= latest)
        ]
        return _page(ask, found)

    def program(self, _ask: Ask, program_id: str) -> Answer:
        """GET program/{id}.json."""
        entry = self._book.programs.get(int(program_id))
        return assets([self._program(entry)] if entry else [])

    def program_by_name(self, ask: Ask) -> Answer:
        """GET program/byName.json."""
        name = _blank(ask, "name")
        return assets([self._program(entry) for entry in self._book.programs.values() if entry.name == name])

    def nothing(self, _ask: Ask) -> Answer:
        """A collection without anything in it."""
        return assets([])

    # --- shapes --------------------------------------------------------------------------------------------------

    def _now(self) -> str:
        return write_instant(self.world.clock.now())

    def _folder(self, entry: Folder) -> dict[str, Any]:
        above = {"parent": {"id": entry.parent, "type": "Folder"}} if entry.parent else {}
        return {
            "name": entry.name,
            "description": entry.description,
            "createdAt": f"{entry.created}+0000",
            "updatedAt": f"{entry.created}+0000",
            "url": None,
            "folderId": {"id": entry.id, "type": "Folder"},
            "folderType": entry.kind,
            **above,
            "path": self._book.path(entry),
            "isArchive": False,
            "isSystem": entry.system,
            "accessZoneId": 1,
            "workspace": WORKSPACE,
            "id": entry.id,
        }

    def _program(self, entry: Program) -> dict[str, Any]:
        folder = self._book.folders.get(entry.folder)
        return {
            "id": entry.id,
            "name": entry.name,
            "description": entry.description,
            "createdAt": f"{entry.created}+0000",
            "updatedAt": f"{entry.updated}+0000",
            "url": f"{_HOST}/#{_LETTERS.get(entry.kind, 'PG')}{entry.id}A1",
            "type": entry.kind,
            "channel": entry.channel,
            "folder": {"type": "Folder", "value": entry.folder, "folderName": folder.name if folder else ""},
            "status": entry.status,
            "workspace": WORKSPACE,
            **({"headStart": False} if entry.kind == "Email" else {}),
        }


def _list(entry: StaticList) -> dict[str, Any]:
    told: dict[str, Any] = {"id": entry.id, "name": entry.name}
    told |= {"description": entry.description} if entry.description else {}
    return {
        **told,
        "createdAt": f"{entry.created}+0000",
        "updatedAt": f"{entry.created}+0000",
        "folder": {"id": entry.folder, "type": "Folder"},
        "computedUrl": f"{_HOST}/#ST{entry.id}A1",
        "workspace": WORKSPACE,
    }


def _page(ask: Ask, entries: list[dict[str, Any]]) -> Answer:
    given = ask.given
    offset, most = max([0, *given.numbers("offset")]), max([0, *given.numbers("maxReturn")]) or _USUAL
    if most > _MOST:
        raise Refused("701", f"maxReturn cannot be greater than {_MOST}")
    return assets(entries[offset : offset + most])


def _blank(ask: Ask, name: str) -> str:
    value = ask.given.one(name)
    if not value:
        raise Refused("701", f"{name} cannot be blank")
    return value


def _folder_of(text: str) -> int:
    try:
        given = json.loads(text)
        return int(given["id"] if isinstance(given, dict) else given)
    except (ValueError, KeyError, TypeError):
        raise Refused("701", "folder must be a JSON object with id and type") from None


def _instant(ask: Ask, name: str) -> str:
    text = ask.given.one(name)
    try:
        return write_instant(read_instant(text.replace(" ", "+"))) if text else ""
    except ValueError:
        raise Refused("704", f"Invalid date format for {name}") from None
