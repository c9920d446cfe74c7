"""Which Salesforce record an activity belongs to; every step leaves a trace (LS-07 to LS-10, LS-33); pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lockstep.domain.ids import SalesforceId
from lockstep.domain.person import Person
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import CallLogged, EmailEngagement, EmailSent
from lockstep.domain.settings import Settings
from lockstep.domain.task import Match

CONTACT = "003"
MOST_RECORDS = 20  # Tasks that one activity may become, whatever the rules would allow
NAMED = 5  # candidates that a trace names

Matches = Sequence[Match]
Counts = Mapping[SalesforceId, int]


def by_id(person: Person) -> tuple[SalesforceId | None, str]:
    """The record whose id the person carries, contact before lead (LS-07)."""
    if person.salesforce_contact_id:
        return person.salesforce_contact_id, "by the person's contact id"
    if person.salesforce_lead_id:
        return person.salesforce_lead_id, "by the person's lead id"
    return None, "the person has no Salesforce id"


def loggable(record: str, settings: Settings) -> bool:
    """Whether activities go to records of this kind (`log_to`); ids name their kind."""
    return ("contact" if record.startswith(CONTACT) else "lead") in settings.log_to


def address(person: Person, activity: EmailSent | EmailEngagement | CallLogged) -> str | None:
    """What to search by: the person's address, else the one that the mail went to; never for calls."""
    if isinstance(activity, CallLogged):
        return None
    mailed = isinstance(activity, EmailSent) and len(activity.data.to) == 1
    only = activity.data.to[0] if mailed else None
    found = person.email or only
    return found.strip().lower() if found and "@" in found else None


@dataclass(frozen=True, slots=True)
class Choice:
    """The records that an address leads to (several under the rule `all`), or the reason for none."""

    matches: tuple[Match, ...]
    trace: str
    reason: Reason | None = None


def choose(found: Matches, settings: Settings, owner: str, tasks: Counts) -> Choice:
    """Of those who have an address the ones to log to: by kind first, then by `duplicate_rule` (LS-08, LS-09)."""
    if not found:
        return Choice((), "no contact or unconverted lead has the address", Reason.NO_SF_RECORD)
    left = [match for match in found if match.kind.lower() in settings.log_to]
    if not left:
        note = f"the address leads to {_named(found)}, and that kind is not logged to"
        return Choice((), note, Reason.OBJECT_NOT_LOGGED)
    if len(left) == 1:
        return Choice((left[0],), f"by address: {_named(left)}, the only one")
    if settings.duplicate_rule == "none":
        return Choice((), f"the address leads to {_named(left)}", Reason.AMBIGUOUS_MATCH)
    if settings.duplicate_rule == "all":
        every = sorted(left, key=_age)
        return Choice(tuple(every[:MOST_RECORDS]), f"by address: each of {_named(every)}")
    best, how = _RULES[settings.duplicate_rule](left, owner, tasks)
    return Choice((best,), f"by address: {best.kind} {best.id}, {how} of {len(left)}")


def undecided(found: Matches, settings: Settings) -> bool:
    """Whether the rule needs to know how many Tasks these have."""
    left = [match for match in found if match.kind.lower() in settings.log_to]
    return settings.duplicate_rule == "most_tasks" and len(left) > 1


def _named(matches: Matches) -> str:
    shown = [f"{match.kind} {match.id}" for match in sorted(matches, key=_age)[:NAMED]]
    more = len(matches) - len(shown)
    return ", ".join([*shown, f"and {more} more"] if more > 0 else shown)


def _age(match: Match) -> tuple[object, str]:
    return match.created_at, match.id


def _newest(found: Matches) -> Match:
    return max(found, key=_age)


def _contacts(found: Matches) -> Matches:
    return [match for match in found if match.kind == "Contact"] or found


def _own_then_newest(found: Matches, owner: str, _tasks: Counts) -> tuple[Match, str]:
    own = [match for match in found if match.owner_id == owner]
    return _newest(own or found), "owned by the seller, newest" if own else "newest"


def _most_tasks(found: Matches, _owner: str, tasks: Counts) -> tuple[Match, str]:
    most = max(tasks.get(match.id, 0) for match in found)
    return _newest([match for match in found if tasks.get(match.id, 0) == most]), f"with the most Tasks ({most})"


def _newest_contact(found: Matches, _owner: str, _tasks: Counts) -> tuple[Match, str]:
    return _newest(_contacts(found)), "contacts first, newest"


def _oldest_contact(found: Matches, _owner: str, _tasks: Counts) -> tuple[Match, str]:
    return min(_contacts(found), key=_age), "contacts first, oldest"


_RULES: dict[str, Callable[[Matches, str, Counts], tuple[Match, str]]] = {
    "contact_first_newest": _newest_contact,
    "contact_first_oldest": _oldest_contact,
    "most_tasks": _most_tasks,
    "owner_match_then_newest": _own_then_newest,
}
