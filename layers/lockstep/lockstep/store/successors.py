"""Who a Salesforce person became: remembered, so that the next activity goes there at once (LS-11, I30).

Promises that 15- and 18-character ids are one key, that chains are followed to their end, and that a record
which was seen alive has no successor any more, so that no circle is ever stored (F076).
"""

from collections.abc import Mapping, Sequence

from lockstep.domain.ids import SalesforceId
from lockstep.store.table import Action, Delete, Key, Put, Table
from lockstep.store.unit import Group, commit


def _row(record: str) -> Key:
    return Key(f"SUCCESSOR#{record[:15]}", "SUCCESSOR")


class Successors:
    """Successors in one table."""

    def __init__(self, table: Table):
        self._table = table

    def of(self, records: Sequence[SalesforceId]) -> dict[SalesforceId, SalesforceId]:
        """Those of these records that became another one, with the last one that is known."""
        links: dict[SalesforceId, SalesforceId] = {}
        asked: set[SalesforceId] = set()
        wanted = set(records)
        while wanted:
            asked |= wanted
            by_key = {_row(record): record for record in wanted}
            found = {by_key[key]: SalesforceId(row["id"]) for key, row in self._table.get_many(list(by_key)).items()}
            links |= found
            wanted = set(found.values()) - asked
        return {record: end for record in records if (end := _end(record, links)) != record}

    def remember(self, became: Mapping[SalesforceId, SalesforceId]) -> None:
        """Keep who became whom; each successor was just seen alive."""
        alive = sorted(set(became.values()))
        moved = {old: new for old, new in became.items() if old not in alive}
        groups = [Group(old, _put(old, new)) for old, new in moved.items()]
        groups += [Group(one, [Delete(_row(one))]) for one in alive]
        commit(self._table, groups, shard=lambda: 0)


def _put(old: SalesforceId, new: SalesforceId) -> list[Action]:
    return [Put(_row(old), {"id": new})]


def _end(start: SalesforceId, links: Mapping[SalesforceId, SalesforceId]) -> SalesforceId:
    passed = {start}
    here = start
    while here in links and links[here] not in passed:
        here = links[here]
        passed.add(here)
    return here
