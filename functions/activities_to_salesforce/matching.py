"""Which Salesforce record an activity belongs to; every step leaves a trace (LS-07 to LS-09, LS-33)."""

from collections.abc import Mapping, Sequence

from lockstep.domain.person import Person
from lockstep.domain.sales_activity import CallLogged, EmailEngagement, EmailSent
from lockstep.domain.task import Match


def by_id(person: Person) -> tuple[str | None, str]:
    """The record whose id the person carries, contact before lead (LS-07)."""
    if person.salesforce_contact_id:
        return person.salesforce_contact_id, "by the person's contact id"
    if person.salesforce_lead_id:
        return person.salesforce_lead_id, "by the person's lead id"
    return None, "the person has no Salesforce id"


def address(person: Person, activity: EmailSent | EmailEngagement | CallLogged) -> str | None:
    """What to search by: the person's address, else the one that the mail went to; never for calls."""
    if isinstance(activity, CallLogged):
        return None
    mailed = isinstance(activity, EmailSent) and len(activity.data.to) == 1
    only = activity.data.to[0] if mailed else None
    found = person.email or only
    return found.strip().lower() if found and "@" in found else None


def by_address(
    searched: str, matches: Mapping[str, Sequence[Match]], owner: str, gone: str | None = None
) -> tuple[Match | None, str]:
    """`owner_match_then_newest` among contacts and unconverted leads with this address (LS-08, LS-09)."""
    found = [match for match in matches.get(searched, ()) if match.id != gone]
    if not found:
        return None, "no contact or unconverted lead has the address"
    own = [match for match in found if match.owner_id == owner]
    best = max(own or found, key=lambda match: (match.created_at, match.id))
    how = "owned by the seller, newest" if own else "newest"
    return best, f"by address: {best.kind} {best.id}, {how} of {len(found)}"
