"""Laws that hold at every instant, counted from the rows themselves and not from what the product says of them."""

from collections import Counter
from datetime import date

from local.fakes.memory_table import MemoryTable
from lockstep.catalogue.reason_texts import mendable
from lockstep.domain.balance import RECEIVED, Balance, column
from lockstep.domain.item import Item, State
from lockstep.store import codec
from lockstep.store.codec import stamp
from lockstep.store.ledger import Ledger

LISTED = {State.READY, State.LEASED, State.UNKNOWN}


def items(table: MemoryTable, flow: str) -> list[Item]:
    """Every item of a flow."""
    return [codec.read(Item, row) for row in table.rows(f"ITEM#{flow}#")]


def books(table: MemoryTable, ledger: Ledger, flow: str) -> None:
    """I1: the books of each day say what a recount of the items says."""
    counted: dict[date, Counter[str]] = {}
    for item in items(table, flow):
        counts = counted.setdefault(item.received_on, Counter())
        counts.update([RECEIVED, column(item.state, item.reason)])
    for day, counts in counted.items():
        balance = ledger.balance(flow, day)
        assert balance == Balance.of(counts), f"{day}: the books say {balance}, the items {dict(counts)}"
        assert balance.balanced


def lists(table: MemoryTable, flow: str) -> None:
    """Each item stands on exactly the lists of its state: never lost, never left behind."""
    expected = {"READY#": set[str](), "DUE#": set[str](), "WAIT#": set[str]()}
    for item in items(table, flow):
        if item.state in LISTED and item.due_at is None:
            expected["READY#"].add(f"{flow}#{item.connection}/{stamp(item.occurred_at)}#{item.key}")
        if item.due_at:
            expected["DUE#"].add(f"{stamp(item.due_at)}#{item.key}")
        causes = {item.cause} if item.cause else set()
        if item.state in (State.NEEDS_YOU, State.SKIPPED) and item.reason and mendable(item.reason):
            causes.add(f"hand:{item.connection}")
        expected["WAIT#"] |= {f"{cause}/{flow}#{item.key}" for cause in causes}
    found = {
        "READY#": {f"{row['pk'].removeprefix('READY#')}/{row['sk']}" for row in table.rows(f"READY#{flow}#")},
        "DUE#": {row["sk"] for row in table.rows(f"DUE#{flow}#")},
        "WAIT#": {f"{row['pk'].removeprefix('WAIT#')}/{row['sk']}" for row in table.rows("WAIT#") if flow in row["sk"]},
    }
    assert found == expected


def explained(table: MemoryTable, flow: str) -> None:
    """I18, I3: who waits for a person or was skipped has a reason; who is confirmed has a remote record."""
    for item in items(table, flow):
        if item.state in (State.SKIPPED, State.NEEDS_YOU, State.RETRY_AT, State.UNKNOWN):
            assert item.reason, item
        if item.state is State.CONFIRMED:
            assert item.remote_id, item
        assert item.history[-1].state is item.state, item
