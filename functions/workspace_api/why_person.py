"""Why a person is missing or not active, and how a seller stands: what must be so, as it is now (behaviour.md 10)."""

from datetime import timedelta

from lockstep.domain.cause import by_hand
from lockstep.domain.connection import ConnectionState
from lockstep.domain.ids import MarketoId
from lockstep.domain.item import Item
from lockstep.domain.person import PersonRecord
from lockstep.domain.reason import Reason
from lockstep.domain.settings import VersionedSettings
from lockstep.runtime.wiring import World
from workspace_api import flows, reading
from workspace_api.field_check import check
from workspace_api.why_around import SALESFORCE, Seller
from workspace_api.why_views import CheckView

_ORDER = (
    ("record", "The record can be read", (Reason.MALFORMED_RECORD,)),
    ("marketo", "The person is in Marketo", (Reason.DELETED_IN_MARKETO, Reason.MERGED_IN_MARKETO)),
    ("salesforce", "The person has a record in Salesforce", (Reason.NOT_IN_SALESFORCE, Reason.DELETED_IN_SALESFORCE)),
    ("owner", "A sales owner has it, not a queue", (Reason.NO_SALES_OWNER,)),
    ("cap", "There is room in the Workspace", (Reason.CAP_REACHED,)),
)
_LATE = timedelta(minutes=15)
MOST = 500  # parked activities of a seller that are counted


def person_checks(here: World, marketo_id: int) -> list[CheckView]:
    """What must be so for a person to be in the Workspace, in order."""
    load = reading.load_progress(here)
    known = here.people.known([marketo_id]).get(MarketoId(marketo_id))
    started = f"load of people: {load.state}" if load else "the load of people was never started: lockstep start-load"
    found = [CheckView.now_only("started", "The load of people was started", None, started, failed=load is None)]
    if known is None:
        value = f"Marketo has told of nobody with the id {marketo_id} yet"
        found.append(CheckView.now_only("known", "Marketo has told of the person", None, value, failed=True))
        return [*found, _fresh(here)]
    record = known.record
    read = f"read {record.synced_at:%Y-%m-%d %H:%M} UTC"
    found.append(CheckView.now_only("known", "Marketo has told of the person", None, read))
    found += [_of(record, *one) for one in _ORDER]
    return [*found, _fresh(here), _linked(record)]


def _of(record: PersonRecord, code: str, title: str, reasons: tuple[Reason, ...]) -> CheckView:
    failed = record.reason if record.reason in reasons else None
    value = f"merged into {record.merged_into}" if failed is Reason.MERGED_IN_MARKETO else str(failed or "yes")
    return CheckView.now_only(code, title, failed, value)


def _fresh(here: World) -> CheckView:
    upto = flows.watermark(here)
    late = upto is None or here.now() - upto > _LATE
    value = f"changes are read up to {upto:%Y-%m-%d %H:%M} UTC" if upto else "no change was read yet"
    return CheckView.now_only("fresh", "Changes in Marketo are read up to now", None, value, failed=late)


def _linked(record: PersonRecord) -> CheckView:
    person = record.person
    contact, lead = (person.salesforce_contact_id, person.salesforce_lead_id) if person else (None, None)
    told = f"contact {contact}" if contact else f"lead {lead}" if lead else "none: calls are not logged without one"
    return CheckView.now_only("id", "A Salesforce id is known", None, told, failed=not (contact or lead))


def seller_checks(here: World, seller: Seller, settings: VersionedSettings) -> list[CheckView]:
    """What must be so for a seller's activities to be logged, in order."""
    rules = settings.values.of(seller.user)
    kinds = {"emails": rules.log_emails, "calls": rules.log_calls, "replies": rules.log_replies}
    on = [kind for kind, is_on in kinds.items() if is_on]
    told = f"on: {', '.join(on) or 'none'} (settings version {settings.version})"
    found = [
        CheckView.now_only("user", "The seller is a user of the Workspace", None, seller.user, failed=not seller.known),
        _connection(seller),
        CheckView.now_only("kind", "Something is logged", None if on else Reason.KIND_OFF, told),
    ]
    if rules.log_emails and rules.email_method == "bcc":
        missing = None if rules.bcc_address else Reason.BCC_MISSING
        address = rules.bcc_address or "no address"
        found.append(CheckView.now_only("method", "Emails by a blind copy have an address", missing, address))
    return [*found, *_fields(seller), _quota(here), _parked(here, seller)]


def _connection(seller: Seller) -> CheckView:
    link, title = seller.link, "The seller is connected to Salesforce"
    if link is None or link.state is ConnectionState.DISCONNECTED:
        return CheckView.now_only("connection", title, Reason.NO_CONNECTION, link.state if link else "never connected")
    reason = (link.reason or Reason.CONNECTION_EXPIRED) if link.state is ConnectionState.BLOCKED else None
    return CheckView.now_only("connection", title, reason, f"{link.state} since {link.since:%Y-%m-%d %H:%M} UTC")


def _fields(seller: Seller) -> list[CheckView]:
    if seller.schema is None:
        return []
    wrong = [one.field for one in check(seller.schema, (), ("Email", "Call"))]
    value = f"{len(wrong)} of them will not carry everything: {', '.join(wrong)}" if wrong else "all of them"
    return [CheckView.now_only("fields", "The seller may write the fields of Tasks", None, value, failed=bool(wrong))]


def _quota(here: World) -> CheckView:
    until = here.budgets.parked(SALESFORCE)
    value = f"no calls before {until:%Y-%m-%d %H:%M} UTC" if until else "calls are made"
    return CheckView.now_only("quota", "Calls of Salesforce are left", Reason.QUOTA_SPENT if until else None, value)


def _parked(here: World, seller: Seller) -> CheckView:
    number = 0
    last: Item | None = None
    while number < MOST and (items := here.ledger.waiting_for(by_hand(seller.user), after=last)):
        number, last = number + len(items), items[-1]
    value = f"{number:,}{' or more' if number >= MOST else ''} were skipped or need somebody"
    return CheckView.now_only("parked", "Nothing of the seller is parked", None, value, failed=number > 0)
