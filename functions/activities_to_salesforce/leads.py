"""A lead for an address that nobody in Salesforce has (`no_match_rule`), made in the seller's name and once.

Promises that the intent stands in the store before the call, for all sellers together; that a lost answer is settled
by the search for the address after the settle time and never by a second lead; and that a refusal needs a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from activities_to_salesforce import answers
from activities_to_salesforce.desk import Desk
from activities_to_salesforce.rules import Target
from lockstep.catalogue.retry_schedules import TRANSIENT
from lockstep.domain.cause import by_hand
from lockstep.domain.ids import SalesforceId
from lockstep.domain.item import Item, Outcome, needs_you, retry
from lockstep.domain.person import Person
from lockstep.domain.reason import Reason
from lockstep.domain.task import Written
from lockstep.domain.text import cut, one_line
from lockstep.engine.errors import Defer, Halt, SyncError, UnknownOutcome
from lockstep.runtime.lane import Moves
from lockstep.salesforce.halving import Result, answered
from lockstep.store.newleads import NewLead

FIRST, LAST, COMPANY = 40, 80, 255  # salesforce-api.md 11: lengths, in UTF-16 units


@dataclass(frozen=True, slots=True)
class Answer:
    """What there is for an address now: a lead, or why not yet or not at all."""

    lead_id: SalesforceId | None = None
    trouble: SyncError | None = None
    note: str = ""


def draft(person: Person | None, address: str) -> dict[str, str]:
    """The fields of a new lead: the person's names and company, else what the address says of them."""
    local, _, domain = address.rpartition("@")
    first = one_line(person.first_name or "") if person else ""
    last = one_line(person.last_name or "") if person else ""
    company = one_line(person.company or "") if person else ""
    fields = {
        "FirstName": cut(first, FIRST),
        "LastName": cut(last or local, LAST),
        "Company": cut(company or domain, COMPANY),
        "Email": address,
    }
    return {name: value for name, value in fields.items() if value}


def _draft_of(desk: Desk, target: Target) -> dict[str, str]:
    known = desk.person(target.item)
    return draft(known.record.person if known else None, target.search or "")


def made_for(desk: Desk, targets: Sequence[Target]) -> tuple[list[Target], Moves]:
    """The targets that have a lead now, and what becomes of the others."""
    drafts = {target.search or "": _draft_of(desk, target) for target in targets}
    found = _answers(desk, drafts)
    placed: list[Target] = []
    moves: Moves = []
    for target in targets:
        answer = found[target.search or ""]
        if answer.lead_id:
            trace = f"{target.trace}; nobody has the address, so lead {answer.lead_id} was created"
            placed.append(replace(target, who=answer.lead_id, trace=trace))
        else:
            moves.append((target.item, _outcome(desk, target.item, answer)))
    return placed, moves


def _answers(desk: Desk, drafts: Mapping[str, dict[str, str]]) -> dict[str, Answer]:
    """For each address the lead that there is, or that is made now; who is in doubt waits for the settle time."""
    now = desk.clock.now()
    known = desk.new_leads.of(drafts)
    found: dict[str, Answer] = {}
    wanted: list[tuple[NewLead, NewLead | None]] = []
    for address in drafts:
        begun = known.get(address)
        if begun and begun.lead_id:
            found[address] = Answer(begun.lead_id)
        elif begun and now < begun.begun_at + desk.settle_time:
            found[address] = Answer(note=f"a lead for this address was begun by {begun.seller}")
        else:
            wanted.append((NewLead(address, now, desk.user), begun))
    ours = desk.new_leads.begin(wanted)
    mine = {lead.address for lead in ours}
    others = {new.address: Answer(note="another worker begins a lead for this address") for new, _ in wanted}
    return found | {a: answer for a, answer in others.items() if a not in mine} | _created(desk, ours, drafts)


def _created(desk: Desk, leads: list[NewLead], drafts: Mapping[str, dict[str, str]]) -> dict[str, Answer]:
    if not leads:
        return {}
    results = _send(desk, leads, [drafts[lead.address] for lead in leads])
    made = [(lead, result.id) for lead, result in zip(leads, results, strict=True) if isinstance(result, Written)]
    desk.new_leads.made(made)
    unsure = (Written, UnknownOutcome)
    desk.new_leads.dropped([lead for lead, one in zip(leads, results, strict=True) if not isinstance(one, unsure)])
    return {
        lead.address: Answer(result.id) if isinstance(result, Written) else Answer(trouble=result)
        for lead, result in zip(leads, results, strict=True)
    }


def _send(desk: Desk, leads: list[NewLead], rows: list[dict[str, str]]) -> list[Result]:
    """One call; what certainly was not executed leaves no intent behind."""
    try:
        return answered(rows, desk.open().create_leads)
    except (Defer, Halt):
        desk.new_leads.dropped(leads)
        raise


def _outcome(desk: Desk, item: Item, answer: Answer) -> Outcome:
    """Nobody knows yet: look again when the address can be searched with certainty, as often as for any failure."""
    if answer.trouble and not isinstance(answer.trouble, UnknownOutcome):
        return answers.after_write(item, answer.trouble, desk.moment, desk.chance, "creating a lead")
    note = answer.trouble.detail if answer.trouble else answer.note
    if item.attempts >= len(TRANSIENT.steps):
        return needs_you(Reason.CANNOT_TELL, by_hand(item.connection), f"creating a lead: {note}")
    return retry(desk.clock.now() + desk.settle_time, Reason.CANNOT_TELL, f"creating a lead: {note}")
