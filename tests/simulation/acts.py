"""What may happen in a story: each act is a name and two numbers, so that any list of acts is a story.

Promises that an act which makes no sense at its time does nothing, so that acts can be left out of a failing story one
by one until it is as short as it gets.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from local.simulators.kernel.population import users
from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE, PEOPLE_FROM_MARKETO
from tests.selling import OWNER
from tests.signed import content
from tests.simulation.boundary import Kind
from tests.simulation.stage import Stage
from tests.simulation.vendor_faults import LOST, MARKETO_FAULTS, SALESFORCE_FAULTS
from tests.workspace import ADMIN, APP, request

Act = Callable[[Stage, int, int], None]
ACTS: dict[str, tuple[int, Act]] = {}
CANARY = "kanarienvogel"
SELLERS = ("seller1@example.com", "seller2@example.com")


def act(weight: int) -> Callable[[Act], Act]:
    """Enter an act with its weight in the draw."""

    def enter(done: Act) -> Act:
        ACTS[done.__name__] = (weight, done)
        return done

    return enter


# --- people -----------------------------------------------------------------------------------------------------------


def new_person(stage: Stage, fate: int) -> int:
    """A person in both vendors; `fate` decides how the two know each other."""
    number = len(stage.people) + 1
    email = f"{CANARY}{number if fate % 7 else max(1, number - 1)}@example.net"
    kind = ("Lead", "Contact")[fate % 2]
    names = {"LastName": f"Person {number}", "Email": email} | ({"Company": "Acme"} if kind == "Lead" else {})
    sfid = stage.salesforce.seed([{"type": kind, **names}])[0]
    link = {f"sfdc{kind}Id": sfid} if fate % 5 else {}  # without: found by address only
    owner: dict[str, Any] = OWNER if fate % 11 else {}
    record = {"sfdcType": kind.lower(), "email": email, "lastName": f"Person {number}", **link, **owner}
    if not fate % 13:
        record = {"email": email, "lastName": f"Person {number}"}
    marketo_id = 1 + max([lead.id for lead in stage.marketo.world.leads] or [0])
    stage.marketo.seed([{"type": "lead", "id": marketo_id, **record}])
    stage.people.append(marketo_id)
    return marketo_id


def person_at(stage: Stage, choice: int) -> int:
    """One of the people, mostly one of the first two."""
    return stage.people[choice % len(stage.people)]


def living(stage: Stage, choice: int) -> int | None:
    """A person that Marketo still has, marked as touched by a human."""
    person = person_at(stage, choice)
    if stage.marketo.world.leads.living(person) is None:
        return None
    stage.record.touched_people.add(person)
    return person


@act(2)
def person_appears(stage: Stage, a: int, b: int) -> None:
    """Somebody new in both vendors."""
    stage.record.touched_people.add(new_person(stage, a))


@act(2)
def person_changes(stage: Stage, a: int, b: int) -> None:
    """A marketer edits a field; now and then the address, in another spelling."""
    person = living(stage, a)
    if person is not None:
        fields = {"lastName": f"Renamed {b}"} if b % 3 else {"email": f" {CANARY.upper()}{b % 4}@Example.net".strip()}
        stage.marketo.act("update", {"id": person, "fields": fields})


@act(1)
def person_deleted(stage: Stage, a: int, b: int) -> None:
    """Deleted in Marketo, now and then in Salesforce too; now and then brought back."""
    lead = stage.marketo.world.leads.by_id[person_at(stage, a)]
    stage.record.touched_people.add(lead.id)
    if lead.deleted:
        if lead.merged_into is None:
            stage.marketo.act("undelete", {"id": lead.id})
        return
    sfid = lead.values.get("sfdcLeadId") or lead.values.get("sfdcContactId")
    if sfid and b % 2:
        _salesforce(stage, "delete", {"id": sfid})
    if b % 3:
        stage.marketo.act("delete", {"id": lead.id})


@act(2)
def people_merged(stage: Stage, a: int, b: int) -> None:
    """Two people become one in Marketo; chains come from merging again."""
    one, other = living(stage, a), living(stage, b)
    if one is not None and other is not None and one != other:
        stage.marketo.act("merge", {"winner": one, "losers": [other]})


@act(1)
def lead_converted(stage: Stage, a: int, b: int) -> None:
    """A lead becomes a contact in Salesforce; Marketo hears of it, or not yet."""
    person = living(stage, a)
    lead = stage.marketo.world.leads.by_id[person] if person else None
    if lead is None or not lead.values.get("sfdcLeadId"):
        return
    made = _salesforce(stage, "convert", {"lead": lead.values["sfdcLeadId"]})
    if b % 2 and made:
        contact = next((one for one in made if one.startswith("003")), None)
        stage.marketo.act("convert", {"lead": lead.id, **({"contact": contact} if contact else {})})


@act(1)
def owner_changes(stage: Stage, a: int, b: int) -> None:
    """The owner goes to the queue, or comes back."""
    person = living(stage, a)
    if person is not None:
        stage.marketo.act("change_owner", {"id": person, "owner": users()[b % 3].email if b % 2 else None})


def _salesforce(stage: Stage, name: str, arguments: dict[str, Any]) -> list[str]:
    try:
        return stage.salesforce.act(name, arguments)
    except Exception:  # noqa: BLE001 - the record may be gone or converted: then nothing happens
        return []


# --- sellers ----------------------------------------------------------------------------------------------------------


def activity(stage: Stage, a: int, b: int) -> dict[str, Any]:
    """An email, a call, or something that makes no Task, of one seller with one person."""
    number = len(stage.record.sent) + 1
    kind = ("email.sent", "email.sent", "call.logged", "email.opened", "unsubscribe.created")[b % 5]
    when = stage.clock.now() - timedelta(minutes=b % 90)
    common: dict[str, Any] = {"occurred_at": when.isoformat(), "user": SELLERS[a % len(SELLERS)]}
    data: dict[str, Any] = {"email_id": f"em_{number}"}
    if kind == "email.sent":
        text = f"{CANARY} {'ä𝄞' * 200 if b % 7 == 0 else number}"
        data |= {
            "subject": text,
            "body_text": f"{CANARY} body",
            "template": {"name": "T"},
            "url": "https://e.example/1",
        }
    if kind == "call.logged":
        data = {"direction": "outbound", "outcome": "Answered", "notes": f"{CANARY} notes", "duration_s": 60}
    return content(f"evt_{number}", kind, person=person_at(stage, a // 2), **common, **data)


@act(12)
def seller_acts(stage: Stage, a: int, b: int) -> None:
    """One activity, reported at once."""
    stage.send_letter([activity(stage, a, b)])


@act(3)
def seller_reports_many(stage: Stage, a: int, b: int) -> None:
    """Several activities in one letter, one of them twice."""
    events: list[dict[str, Any]] = []
    for step in range(2 + b % 4):
        event = activity(stage, a + step * 2, b + step)
        event["id"] = f"evt_{len(stage.record.sent) + 1 + step}"
        events.append(event)
    stage.send_letter([*events, events[0]])


@act(3)
def sender_repeats(stage: Stage, a: int, b: int) -> None:
    """A sender delivers an old letter again, or what it still owes."""
    if a % 2 and stage.record.letters:
        stage.post_letter(stage.record.letters[b % len(stage.record.letters)])
    else:
        stage.post_owed()


@act(1)
def stranger_forges(stage: Stage, a: int, b: int) -> None:
    """A body that was altered, or whose signature is old, changes nothing (I25)."""
    event = activity(stage, a, b) | {"id": "evt_forged"}
    request = stage.sender.request(str(event).replace("'", '"'))
    if a % 2:
        request["body"] = request["body"].replace("evt_forged", "evt_forget")
    else:
        signed = stage.sender.sign(request["body"], at=stage.clock.now() - timedelta(seconds=301))
        request["headers"] = signed
    before = dict(stage.inner._rows)
    blows, stage.boundary.blows = stage.boundary.blows, []
    answer = stage.attempt("webhook_intake", request)
    stage.boundary.blows = blows
    if answer is None or answer["statusCode"] == 202 or before != stage.inner._rows:
        stage.record.violations.append("I25: a forged body was taken or changed the store")


# --- deliveries and time ----------------------------------------------------------------------------------------------


@act(8)
def stream_plays(stage: Stage, a: int, b: int) -> None:
    """Some stream records reach the relay, now and then twice or backwards."""
    stage.play_some(1 + a % 8, doubled=b % 5 == 0, backwards=b % 3 == 0)


@act(12)
def queue_plays(stage: Stage, a: int, b: int) -> None:
    """Some messages reach a worker, now and then twice."""
    flow = ACTIVITIES_TO_SALESFORCE if a % 4 else PEOPLE_FROM_MARKETO
    stage.deliver(flow, 1 + a % 10, doubled=b % 5 == 0)


@act(8)
def care_runs(stage: Stage, a: int, b: int) -> None:
    """Time passes and the care schedule runs."""
    stage.clock.advance((1, 30, 65, 130, 320)[a % 5])
    stage.attempt("ledger_care", {})


@act(6)
def people_polled(stage: Stage, a: int, b: int) -> None:
    """Time passes and the people schedule runs, now and then twice."""
    stage.clock.advance((1, 60, 300, 310)[a % 4])
    for _ in range(1 + (b % 4 == 0)):
        stage.attempt(PEOPLE_FROM_MARKETO, {})


@act(1)
def time_jumps(stage: Stage, a: int, b: int) -> None:
    """Hours in which no schedule runs."""
    stage.clock.advance((900, 3600, 3 * 3600, 13 * 3600)[a % 4])


@act(1)
def load_asked(stage: Stage, a: int, b: int) -> None:
    """An admin asks for another pass over all people."""
    stage.request_load(reconcile=a % 2 == 0)


BLOWS: tuple[Kind, ...] = ("kill", "kill", "overtake", "overtake", "hold", "cut")
STRENGTHS = {"hold": (5, 31, 125, 240)}


@act(14)
def blow_armed(stage: Stage, a: int, b: int) -> None:
    """Within the next crossings a worker dies, is overtaken, held up or cut off."""
    kind = BLOWS[b % len(BLOWS)]
    strengths = STRENGTHS.get(kind)
    stage.boundary.arm(1 + a % 45, kind, strengths[b // 6 % len(strengths)] if strengths else b // 6)


# --- admins -----------------------------------------------------------------------------------------------------------


@act(1)
def settings_switched(stage: Stage, a: int, b: int) -> None:
    """An admin switches a kind off or on."""
    stage.record.settings_changed = True
    stage.attempt("workspace_api", ask_as_admin("PATCH", "/settings", {("log_emails", "log_calls")[a % 2]: b % 2 == 0}))


@act(1)
def seller_disconnects(stage: Stage, a: int, b: int) -> None:
    """A seller disconnects."""
    seller = SELLERS[a % len(SELLERS)]
    stage.record.touched_sellers.add(seller)
    stage.attempt("workspace_api", ask_as_admin("DELETE", f"/connections/salesforce/{seller}"))


@act(2)
def seller_connects(stage: Stage, a: int, b: int) -> None:
    """A seller connects, or connects anew."""
    connect(stage, SELLERS[a % len(SELLERS)])


@act(2)
def tokens_end(stage: Stage, a: int, b: int) -> None:
    """Access tokens expire; now and then the whole approval is taken back."""
    seller = SELLERS[a % len(SELLERS)]
    if b % 4:
        stage.salesforce.act("expire_tokens", {"user": seller})
    else:
        stage.record.touched_sellers.add(seller)
        stage.salesforce.act("revoke_user", {"user": seller})


@act(1)
def api_switched(stage: Stage, a: int, b: int) -> None:
    """A seller loses the right to use the API, or gets it back."""
    seller = SELLERS[a % len(SELLERS)]
    stage.record.touched_sellers.add(seller)
    stage.salesforce.act("set_api_enabled", {"user": seller, "enabled": b % 2 == 0})


@act(2)
def salesforce_objects(stage: Stage, a: int, b: int) -> None:
    """A rule refuses Tasks, a field disappears for a seller, or maintenance begins; and ends again."""
    match a % 6:
        case 0 | 1:
            stage.record.objecting = True
            rule = {"object": "Task", "when": {"Priority": "Normal"}, "message": "no"}
            stage.salesforce.act("validation_rule", rule)
        case 2 | 3:
            stage.salesforce.act("clear_rules", {})
        case 4:
            stage.salesforce.act("maintenance", {"on": b % 2 == 0})
        case 5:
            field = ("MSE_Template__c", "MSE_Details__c", "Description" if stage.keyed else "MSE_Campaign__c")[b % 3]
            seller, edit = SELLERS[b // 3 % 2], b % 5 == 0
            right = {"user": seller, "object": "Task", "field": field, "read": edit or b % 2 == 0, "edit": edit}
            stage.salesforce.act("set_permissions", right)


def connect(stage: Stage, seller: str) -> bool:
    """Connect through the interface; whether it was answered."""
    (token,) = stage.salesforce.act("issue_refresh_token", {"user": seller})
    body = {"method": "refresh_token", "refresh_token": token, **APP}
    answer = stage.attempt("workspace_api", ask_as_admin("PUT", f"/connections/salesforce/{seller}", body))
    return answer is not None and answer["statusCode"] < 300


def ask_as_admin(method: str, target: str, body: Any = None) -> dict[str, Any]:
    """A request of the admin."""
    return request(method, target, body, {"email": ADMIN, "lockstep_role": "admin"})


# --- vendors ----------------------------------------------------------------------------------------------------------


@act(6)
def salesforce_fails(stage: Stage, a: int, b: int) -> None:
    """The next calls to Salesforce meet a fault: writes mostly, else queries or logins."""
    path = ("/composite/sobjects", "/composite/sobjects", "/query", "/oauth2/token")[b % 4]
    fault = SALESFORCE_FAULTS[a % len(SALESFORCE_FAULTS)]
    planned(stage, [fault | {"path": path, "times": 1 + b // 4 % 3}])


def planned(stage: Stage, faults: list[dict[str, Any]]) -> None:
    """A new plan; a write that is late already is not seen late on top.

    The simulator carries out a late write at the next call behind its time, which may be minutes later, and dates
    its visibility from then. Both together would pass the settle time, up to which a vendor may be late.
    """
    late = bool(stage.salesforce.faults._late)
    stage.salesforce.faults.load([fault for fault in faults if not (late and fault["fault"] == "late_visible")])


@act(3)
def records_refused(stage: Stage, a: int, b: int) -> None:
    """Records of the next writes are locked or refused; now and then only those of a repeat, behind a lost answer."""
    write = {"path": "/composite/sobjects"}
    lost = LOST[b % len(LOST)]
    code = ("UNABLE_TO_LOCK_ROW", "FIELD_CUSTOM_VALIDATION_EXCEPTION")[a % 2]
    stage.record.objecting |= bool(a % 2)
    refused = {"fault": "record_error", "code": code, "match": CANARY, "times": 1 + a % 8}
    refused["after"] = max(1, len(stage.waiting())) if lost else 0
    planned(stage, [*(write | fault for fault in lost), write | refused])


@act(4)
def marketo_fails(stage: Stage, a: int, b: int) -> None:
    """The next calls to Marketo meet a fault."""
    path = ("/rest", "/rest/v1/leads.json", "/activities", "/identity")[b % 4]
    fault = MARKETO_FAULTS[a % len(MARKETO_FAULTS)]
    stage.marketo.faults.load([fault | {"path": path, "times": 1 + b // 4 % 3, "after": b // 12 % 3}])


@act(1)
def quota_changes(stage: Stage, a: int, b: int) -> None:
    """Somebody else uses up an allowance."""
    match a % 5:
        case 4:
            stage.queue.refuse_next = 1 + b % 3
        case 0:
            stage.salesforce.limits({"calls_per_24h": 0})
        case 1:
            stage.salesforce.limits({"calls_per_24h": 100_000})
        case 2:
            stage.marketo.limits({"calls_per_20s": 3})
        case 3:
            stage.marketo.limits({"late_s": (0, 60, 280)[b % 3]})
