"""An activity, a Task or a field explained: what it was, every check of its items, and the first that failed."""

from lockstep.domain.ids import SalesforceId
from lockstep.domain.item import Item, State
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import EVENTS, SalesEvent
from lockstep.runtime.wiring import World
from lockstep.store.events import items_of
from lockstep.store.mails import place_of
from workspace_api import reading, why_field, why_item
from workspace_api.access import Caller
from workspace_api.problems import conflict, not_found
from workspace_api.reading import ActivityView
from workspace_api.why_around import Around, around
from workspace_api.why_field import FieldFacts
from workspace_api.why_task import Traced, trace
from workspace_api.why_views import CheckView, ItemWhyView, WhyView, item_view

NEWS = 200  # events of the person that are looked through for the life of an email
_LIFE = ("email.opened", "email.clicked", "email.replied", "email.bounced", "campaign.added", "campaign.removed")


def activity(here: World, caller: Caller, event_id: str, field: str | None) -> WhyView | None:
    """An activity by its event id, or a field of its Task; None where the caller sees none."""
    found = reading.activity(here, caller, event_id)
    if found is None:
        return None
    return _field(here, found, field, event_id) if field else _activity(here, found)


def _activity(here: World, found: ActivityView) -> WhyView:
    event = EVENTS.validate_python(found.content)
    views = [_explained(here, item, event) for item in _items(here, found)]
    if not views:
        return _unrouted(found)
    first = next((view for view in views if view.failed), views[0])
    return WhyView(
        asked=found.id,
        kind="activity",
        answer=" ".join(dict.fromkeys(view.answer for view in views)),
        failed=first.failed,
        checks=first.checks,
        activity=found,
        items=views,
    )


def _items(here: World, found: ActivityView) -> list[Item]:
    got = (here.ledger.get(view.flow, view.key) for view in found.items)
    return [item for item in got if item]


def _explained(here: World, item: Item, event: SalesEvent) -> ItemWhyView:
    return item_view(item, why_item.explained(around(here, item, event)))


def _unrouted(found: ActivityView) -> WhyView:
    received = f"reported as {found.id}, {found.received_at:%Y-%m-%d %H:%M} UTC"
    checks = [
        CheckView.now_only("received", "The activity was received", None, received),
        CheckView.now_only("kind", "A flow takes this kind of activity", Reason.NOT_ROUTED, found.type),
    ]
    return WhyView(asked=found.id, kind="activity", answer=found.answer, failed="kind", checks=checks, activity=found)


def task(here: World, caller: Caller, task_id: SalesforceId, field: str | None) -> WhyView:
    """A Task by its Salesforce id: the activity that made it; raises Problem where nobody can say."""
    traced = trace(here, caller, task_id)
    if traced.item is None or not caller.sees(traced.item.connection):
        raise _untraced(task_id, traced)
    found = reading.activity(here, caller, traced.item.event_id)
    if found is None:
        raise _untraced(task_id, traced)
    if field:
        return _field(here, found, field, task_id, traced.item)
    told = _activity(here, found)
    gone = " It is deleted in Salesforce." if traced.task and traced.task.get("IsDeleted") else ""
    answer = f"{task_id} was made by {found.type} {found.id} of {found.seller}.{gone} {told.answer}"
    return told.model_copy(update={"asked": task_id, "kind": "task", "answer": answer})


def _untraced(task_id: SalesforceId, traced: Traced) -> Exception:
    if not traced.asked:
        return conflict(
            f"What made {task_id} is read from Salesforce, and there is no connection to ask with, or its calls are "
            "used up: connect your account (lockstep connect salesforce), or name the activity."
        )
    who = ", ".join(traced.asked)
    if traced.task:
        return not_found(f"{task_id} is in Salesforce, but no activity of yours made it. Asked as {who}.")
    trouble = f" Salesforce could not be asked: {traced.trouble}" if traced.trouble else ""
    return not_found(f"There is no Task {task_id} that {who} can see, deleted ones included.{trouble}")


def _field(here: World, found: ActivityView, field: str, asked: str, made: Item | None = None) -> WhyView:
    """Why a field of an activity's Task is empty."""
    event = EVENTS.validate_python(found.content)
    item = made or _main(_items(here, found))
    if item is None:
        return _unrouted(found)
    name = why_field.spelled(field)
    what = around(here, item, event)
    told = item_view(item, why_item.explained(what))
    checks = why_field.explained(what, name, _facts(here, what), told.answer)
    last = checks[-1]
    answer = f"{name} is not empty: {last.value}." if last.passed else _with_news(here, what, name, last.answer)
    return WhyView(
        asked=asked,
        kind="field",
        answer=answer,
        failed=None if last.passed else last.code,
        checks=[CheckView.of_field(one) for one in checks],
        activity=found,
        items=[told],
    )


def _main(items: list[Item]) -> Item | None:
    """The item whose Task is meant: the logged one before the others."""
    return min(items, key=lambda item: (item.state is not State.CONFIRMED, item.effect), default=None)


def _facts(here: World, what: Around) -> FieldFacts:
    others = (here.connections.schema(user) for user in here.connections.users() if user != what.seller.user)
    where = place_of(what.event)
    mail = here.mails.of([where]).get(where) if where else None
    return FieldFacts(mail, _news(here, what), {name for schema in others if schema for name in schema.fields})


def _news(here: World, what: Around) -> list[SalesEvent]:
    """What was reported of the life of this mail, by its own id or by its campaign."""
    where = place_of(what.event)
    lines = here.people.history(what.item.person_id, NEWS) if where else []
    events = here.events.get_many([line["id"] for line in lines if line["type"] in _LIFE])
    lives = [item for event in events.values() for item in items_of(event, here.ledger) if item.effect == "life"]
    places = here.mails.places(lives, events)
    return [events[item.event_id] for item in lives if places.get(item.key) == where]


def _with_news(here: World, what: Around, name: str, answer: str) -> str:
    """Where something was reported and the Task does not show it: what became of that report."""
    attribute = why_field.ATTRIBUTES.get(name)
    if attribute is None or attribute.life is None:
        return answer
    for event in _news(here, what):
        for item in items_of(event, here.ledger):
            held = here.ledger.get(item.flow, item.key) if item.effect == "life" else None
            if held and held.state is not State.CONFIRMED:
                return f"{answer} {_explained(here, held, event).answer}"
    return answer
