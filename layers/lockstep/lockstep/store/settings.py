"""Settings as versioned rows: the present one and every one before it."""

from typing import Any

from lockstep.domain.settings import Settings, VersionedSettings
from lockstep.engine.ports import Clock
from lockstep.store.codec import stamp
from lockstep.store.table import Equals, Key, Missing, Put, Refused, Table

CURRENT = Key("SETTINGS", "CURRENT")


class SettingsChanged(Exception):
    """Somebody else changed the settings meanwhile (S38); read them again and repeat."""


class SettingsStore:
    """The settings of the stack."""

    def __init__(self, table: Table, clock: Clock):
        self._table = table
        self._clock = clock

    def current(self) -> VersionedSettings:
        """The settings in force; version 0 are the defaults that nobody changed."""
        row = self._table.get(CURRENT)
        return _read(row) if row else VersionedSettings()

    def at(self, version: int) -> VersionedSettings | None:
        """The settings as they stood in one version; None where there never was such a version."""
        if version == 0:
            return VersionedSettings()
        row = self._table.get(_version_row(version))
        return _read(row) if row else None

    def save(self, values: Settings, *, by: str, over: int) -> VersionedSettings:
        """Put `values` in force as the version after `over`; raises SettingsChanged on a race."""
        new = VersionedSettings(version=over + 1, values=values, changed_at=stamp(self._clock.now()), changed_by=by)
        row = new.model_dump(mode="json")
        try:
            self._table.transact(
                [
                    Put(CURRENT, row, (Equals("version", over) if over else Missing(),)),
                    Put(_version_row(new.version), row, (Missing(),)),
                ]
            )
        except Refused:
            raise SettingsChanged(f"settings are no longer at version {over}") from None
        return new

    def history(self, limit: int = 50) -> list[VersionedSettings]:
        """Versions, newest first."""
        rows = self._table.query("SETTINGS", prefix="V#", limit=limit, newest_first=True)
        return [_read(row) for row in rows]


def _version_row(version: int) -> Key:
    return Key("SETTINGS", f"V#{version:08d}")


def _read(row: dict[str, Any]) -> VersionedSettings:
    known = {n: v for n, v in row["values"].items() if n in Settings.model_fields}
    return VersionedSettings(**(row | {"values": known}))
