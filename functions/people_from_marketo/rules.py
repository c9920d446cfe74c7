"""Who is stored, with a reason for everybody who is not; pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from lockstep.domain.ids import MarketoId
from lockstep.domain.person import MarketoRecord, PersonRecord
from lockstep.domain.reason import Reason

IN_SALESFORCE = frozenset({"lead", "contact"})


@dataclass(frozen=True, slots=True)
class Reading:
    """The circumstances of one read: the vendor's clock, ours, and how many more may be stored."""

    as_of: datetime
    now: datetime
    room: int


def disqualified(seen: MarketoRecord) -> Reason | None:
    """PPL-06 to PPL-11: why a record may not be stored, or None where it may."""
    if seen.salesforce_type not in IN_SALESFORCE:
        return Reason.NOT_IN_SALESFORCE
    if seen.deleted_in_salesforce:
        return Reason.DELETED_IN_SALESFORCE
    return None if seen.has_owner else Reason.NO_SALES_OWNER


def decide(seen: MarketoRecord, known: PersonRecord | None, reading: Reading) -> PersonRecord | None:
    """What to keep of a record now; None where nothing changes or what is kept is newer (PPL-27)."""
    if known and known.as_of > reading.as_of:
        return None
    reason = disqualified(seen)
    stored = known is not None and known.person is not None
    if reason is None and not stored and reading.room <= 0:
        reason = Reason.CAP_REACHED
    new = PersonRecord(
        marketo_id=seen.person.marketo_id,
        person=seen.person if stored or reason is None else None,
        reason=reason,
        as_of=reading.as_of,
        received_on=known.received_on if known else reading.now.date(),
        synced_at=reading.now,
        merged_from=known.merged_from if known else (),
    )
    return None if known and new.same_as(known) else new


def malformed(person: MarketoId, known: PersonRecord | None, reading: Reading) -> PersonRecord | None:
    """A record that cannot be read is passed over; a person already stored stays as it was."""
    if known:
        return None
    return PersonRecord(person, reading.as_of, reading.now.date(), reading.now, reason=Reason.MALFORMED_RECORD)


def gone(known: PersonRecord, reading: Reading) -> PersonRecord | None:
    """A person deleted in Marketo becomes inactive and keeps its history (item 18)."""
    if known.merged_into or known.reason is Reason.DELETED_IN_MARKETO:
        return None
    return replace(known, reason=Reason.DELETED_IN_MARKETO, as_of=reading.as_of, synced_at=reading.now)


def merged(loser: PersonRecord, winner: MarketoId, reading: Reading) -> PersonRecord | None:
    """The loser of a merge becomes inactive and points to its survivor (PPL-26)."""
    if winner in (loser.merged_into, loser.marketo_id):
        return None
    return replace(
        loser,
        reason=Reason.MERGED_IN_MARKETO,
        merged_into=winner,
        as_of=reading.as_of,
        synced_at=reading.now,
    )


def survivor(winner: PersonRecord, losers: tuple[PersonRecord, ...], reading: Reading) -> PersonRecord | None:
    """The survivor holds the histories of all who were merged into it."""
    joined = {*winner.merged_from}
    for loser in losers:
        joined |= {loser.marketo_id, *loser.merged_from}
    joined.discard(winner.marketo_id)
    merged_from = tuple(sorted(joined))
    if merged_from == winner.merged_from:
        return None
    return replace(winner, merged_from=merged_from, as_of=reading.as_of, synced_at=reading.now)


def gained(old: PersonRecord | None, new: PersonRecord) -> tuple[MarketoId, ...]:
    """Whose waiting activities may be logged now: a record in Salesforce has come, or a survivor (LS-16c)."""
    selves = (new.marketo_id, *new.merged_from)
    if new.merged_into:
        return () if old and old.merged_into else selves
    if not new.active or (old and old.active and _records(old) == _records(new)):
        return ()
    return selves


def _records(known: PersonRecord) -> tuple[str | None, str | None]:
    person = known.person
    return (person.salesforce_contact_id, person.salesforce_lead_id) if person else (None, None)
