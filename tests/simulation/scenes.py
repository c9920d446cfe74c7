"""What small named stories stand on: a stage that is ready, people who act on it, and how a story ends.

A story gets a stage with three people and two sellers, all loaded and connected; what it leaves behind is healed and
audited by whoever plays it.
"""

from collections.abc import Callable
from typing import Any

from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE, PEOPLE_FROM_MARKETO
from tests.signed import content
from tests.simulation.acts import CANARY, SELLERS, new_person
from tests.simulation.machine import heal, short_load
from tests.simulation.stage import Stage

Tale = Callable[[Stage], None]
TALES: dict[str, Tale] = {}
LOGGING, PEOPLE = ACTIVITIES_TO_SALESFORCE, PEOPLE_FROM_MARKETO
WRITE = "/composite/sobjects"


def tale(done: Tale) -> Tale:
    """Enter a story into the corpus."""
    TALES[done.__name__] = done
    return done


def scene(*, keyed: bool = True, people: int = 3) -> Stage:
    """A stage with loaded people, contacts and leads in turn, and two connected sellers."""
    stage = Stage()
    stage.sellers = list(SELLERS)
    stage.keyed = keyed
    if not keyed:
        stage.salesforce.act("remove_field", {"object": "Task", "name": "Lockstep_Key__c"})
    for number in range(people):
        new_person(stage, (2, 3, 4, 6, 8, 9, 12, 14, 16, 17)[number % 10])
    stage.connect_marketo()
    for seller in SELLERS:
        stage.connect_seller(seller)
    stage.switch_on()
    stage.request_load()
    stage.flush()
    return stage


def played(story: Tale, *, keyed: bool = True) -> Stage:
    """A story, played and healed."""
    with short_load():
        stage = scene(keyed=keyed)
        story(stage)
        heal(stage)
    return stage


def mail(stage: Stage, person: int = 0, seller: int = 0, **data: Any) -> str:
    """A seller's email to one of the people comes in; its id."""
    return _report(stage, "email.sent", person, seller, {"email_id": "em", "subject": f"{CANARY} mail", **data})


def call(stage: Stage, person: int = 0, seller: int = 0) -> str:
    """A seller's call with one of the people comes in; its id."""
    return _report(stage, "call.logged", person, seller, {"direction": "outbound", "notes": f"{CANARY} notes"})


def _report(stage: Stage, kind: str, person: int, seller: int, data: dict[str, Any]) -> str:
    number = len(stage.record.sent) + 1
    when = {"occurred_at": stage.clock.now().isoformat(), "user": SELLERS[seller]}
    stage.send_letter([content(f"evt_{number}", kind, person=stage.people[person], **when, **data)])
    return f"evt_{number}"


def faulty(stage: Stage, *faults: dict[str, Any], path: str = WRITE) -> None:
    """The next calls to Salesforce meet these faults."""
    stage.salesforce.faults.load([{"path": path, **fault} for fault in faults])


def lead_of(stage: Stage, person: int) -> str:
    """The Salesforce id of one of the people."""
    values = stage.marketo.world.leads.by_id[stage.people[person]].values
    return str(values.get("sfdcLeadId") or values.get("sfdcContactId"))


def touched(stage: Stage, *people: int) -> None:
    """These people were touched by a human, so that their activities may end otherwise."""
    stage.record.touched_people |= {stage.people[person] for person in people}
