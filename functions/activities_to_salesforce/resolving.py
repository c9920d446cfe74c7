"""From what a person names to the records that are written to: successors, addresses, roles, several Tasks.

Promises that what was decided for an item once is not decided anew, that each question is asked of Salesforce once
for a whole call, and that whatever an activity becomes besides its first Task is an item of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from activities_to_salesforce import leads, matching
from activities_to_salesforce.desk import Desk
from activities_to_salesforce.matching import Choice
from activities_to_salesforce.rules import Target
from lockstep.domain.ids import MarketoId, SalesforceId
from lockstep.domain.item import Outcome, skipped
from lockstep.domain.person import Heirs, heir
from lockstep.domain.reason import Reason
from lockstep.runtime.lane import Moves
from lockstep.store.people import Known

Judged = tuple[Target, Target | Outcome]


Placing = tuple[Target, list[str]]  # a target with the records that it goes to


def resolve(desk: Desk, owner: str, targets: Sequence[Target]) -> list[Target]:
    """The targets with the record of each; the others have their reason."""
    by_id = _kept(desk, _successors(desk, [target for target in targets if target.who]))
    searched = [target for target in targets if target.who is None]
    found = [(target, [target.who or ""]) for target in by_id]
    return _split(desk, found + (_by_address(desk, owner, searched) if searched else []))


def again(desk: Desk, owner: str, targets: Sequence[Target]) -> list[Judged]:
    """Whose record is gone: on to its successor, for emails to the address, or the reason (LS-11, LS-33).

    Where the record itself lives, what it was related to is gone.
    """
    if not targets:
        return []
    lives = desk.open().successors(sorted({SalesforceId(target.who) for target in targets if target.who}))
    _remember(desk, targets, lives)
    judged: list[Judged] = []
    left: list[Target] = []
    for target in targets:
        last = lives.get(SalesforceId(target.who or ""))
        if last:
            judged.append((target, _loggable(desk, _moved(target, last))))
        elif target.search:
            left.append(target)
        else:
            judged.append((target, skipped(Reason.SF_RECORD_GONE, f"{target.trace}; {target.who} is gone")))
    return judged + _searched_again(desk, owner, left)


def _moved(target: Target, last: SalesforceId) -> Target:
    if last == target.who:
        return replace(target, related=None, trace=f"{target.trace}; without {target.related or 'a related record'}")
    related = target.related if last.startswith(matching.CONTACT) else None
    return replace(target, who=last, related=related, trace=f"{target.trace}; {target.who} became {last}")


def _loggable(desk: Desk, target: Target) -> Target | Outcome:
    if target.fixed or matching.loggable(target.who or "", desk.settings.values):
        return target
    kind = "contacts" if (target.who or "").startswith(matching.CONTACT) else "leads"
    return skipped(Reason.OBJECT_NOT_LOGGED, f"{target.trace}: {kind} are not logged to")


def _successors(desk: Desk, targets: Sequence[Target]) -> list[Judged]:
    """Those whose record became another one go there at once."""
    judged: list[Judged] = []
    for target in targets:
        known, who = desk.person(target.item), SalesforceId(target.who or "")
        last = heir(who, known.heirs_in(desk.organization)) if known and not target.doubtful else who
        there = target if last == who else _moved(target, last)
        judged.append((there, _loggable(desk, there)))
    return judged


def _remember(desk: Desk, targets: Sequence[Target], lives: Heirs) -> None:
    """Keep with each person what their records became, so that the next activity goes there at once."""
    became: dict[MarketoId, tuple[Known, dict[SalesforceId, SalesforceId]]] = {}
    for target in targets:
        who = SalesforceId(target.who or "")
        known, last = desk.person(target.item), lives.get(who, who)
        if known and last != who:
            became.setdefault(known.record.marketo_id, (known, {}))[1][who] = last
    desk.people.remember(list(became.values()), desk.organization)


def _kept(desk: Desk, judged: Sequence[Judged]) -> list[Target]:
    """Settle what has its outcome; the others."""
    desk.settle([(target.item, found) for target, found in judged if isinstance(found, Outcome)])
    return [found for _, found in judged if isinstance(found, Target)]


def _choices(desk: Desk, owner: str, targets: Sequence[Target]) -> list[tuple[Target, Choice]]:
    """What the addresses lead to, without what is known to be gone."""
    client, settings = desk.open(), desk.settings.values
    matches = client.find_by_email(sorted({target.search for target in targets if target.search}))
    found = {t.item.key: [m for m in matches.get(t.search or "", ()) if m.id != t.who] for t in targets}
    open_ids = {match.id for some in found.values() if matching.undecided(some, settings) for match in some}
    tasks = client.task_counts(sorted(open_ids)) if open_ids else {}
    return [(target, matching.choose(found[target.item.key], settings, owner, tasks)) for target in targets]


def _by_address(desk: Desk, owner: str, targets: Sequence[Target]) -> list[Placing]:
    found: list[Placing] = []
    moves: Moves = []
    unknown: list[Target] = []
    for target, choice in _choices(desk, owner, targets):
        traced = replace(target, trace=f"{target.trace}; {choice.trace}")
        if choice.matches:
            found.append((traced, [match.id for match in choice.matches]))
        elif choice.reason is Reason.NO_SF_RECORD and desk.settings.values.no_match_rule == "create_lead":
            unknown.append(traced)
        else:
            moves.append((target.item, skipped(choice.reason or Reason.NO_SF_RECORD, traced.trace)))
    created, waiting = leads.made_for(desk, unknown) if unknown else ([], [])
    desk.settle([*moves, *waiting])
    return found + [(target, [target.who or ""]) for target in created]


def _searched_again(desk: Desk, owner: str, targets: Sequence[Target]) -> list[Judged]:
    """An email whose record is gone goes to whoever has the address; nobody is made anew who was deleted."""
    judged: list[Judged] = []
    found: list[Placing] = []
    for target, choice in _choices(desk, owner, targets) if targets else ():
        traced = replace(target, related=None, trace=f"{target.trace}; {target.who} is gone; {choice.trace}")
        if choice.matches:
            found.append((traced, [match.id for match in choice.matches]))
        else:
            none = choice.reason in (None, Reason.NO_SF_RECORD)
            reason = Reason.SF_RECORD_GONE if none or choice.reason is None else choice.reason
            judged.append((target, skipped(reason, traced.trace)))
    return judged + [(target, target) for target in _split(desk, found)]


def _split(desk: Desk, placings: Sequence[Placing]) -> list[Target]:
    """Each target at its first place; for every other place an item of its own is opened."""
    held = _roles(desk, placings)
    found: list[Target] = []
    for target, records in placings:
        places = [(record, related) for record in records for related in held.get(record, [None])]
        if target.fixed or len(places) == 1:
            related = target.related if target.fixed else places[0][1]
            found.append(replace(target, who=records[0], related=related))
        elif item := desk.events.fan_out(target.item, target.activity, places[: matching.MOST_RECORDS]):
            found.append(replace(target, item=item, who=item.record, related=item.related, fixed=True))
    return found


def _roles(desk: Desk, placings: Sequence[Placing]) -> Mapping[str, Sequence[str | None]]:
    """What the contacts among these records hold a role in, where Tasks are related to that (LS-10)."""
    relation = desk.settings.values.what_id
    free = {record for target, records in placings if not target.fixed for record in records}
    contacts = sorted(SalesforceId(record) for record in free if record.startswith(matching.CONTACT))
    if relation == "none" or not contacts:
        return {}
    held = desk.open().roles(relation, contacts)
    return {contact: found[:1] if relation == "account" else found for contact, found in held.items()}
