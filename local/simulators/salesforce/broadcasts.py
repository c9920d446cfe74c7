"""What an administrator sets up so that Salesforce tells of changes, and what goes wrong with it on command."""

from collections.abc import Mapping
from typing import Any

from local.simulators.salesforce.events.capture import SHAPES
from local.simulators.salesforce.events.outbound import Action
from local.simulators.salesforce.org import Org

Arguments = Mapping[str, Any]


def outbound_message(org: Org, arguments: Arguments) -> list[str]:
    """`outbound_message {object, fields, endpoint}`: from now on changes of the object are told there."""
    kind = org.schema.find(str(arguments["object"]))
    if kind is None:
        raise ValueError(f"there is no object {arguments['object']}")
    fields = tuple(kind.lower[str(name).lower()].name for name in arguments.get("fields", ()))
    action = Action(org.world.mint.mint("04k"), kind.name, fields, str(arguments.get("endpoint", "")))
    org.outbound.actions.append(action)
    org.world.watched = True
    return [action.id]


def send_outbound(org: Org, arguments: Arguments) -> list[str]:
    """`send_outbound {duplicate?, backwards?}`: deliver what is due; names what was acknowledged."""
    duplicate, backwards = bool(arguments.get("duplicate")), bool(arguments.get("backwards"))
    return org.outbound.deliver(org, duplicate=duplicate, backwards=backwards)


def capture_changes(org: Org, arguments: Arguments) -> list[str]:
    """`capture_changes {objects, shape?}`: events as an event relay or the AppFlow source gives them."""
    shape = str(arguments.get("shape", "relay"))
    if shape not in SHAPES:
        raise ValueError(f"there is no shape {shape}; there are {', '.join(SHAPES)}")
    org.capture.objects, org.capture.shape = set(arguments["objects"]), shape
    org.world.watched = True
    return []


def gap(org: Org, arguments: Arguments) -> list[str]:
    """`gap {object, times?, overflow?}`: coming events have no data; or at once one without ids."""
    name = str(arguments["object"])
    if arguments.get("overflow"):
        org.capture.overflow(org, name)
    else:
        org.capture.gaps[name] = int(arguments.get("times", 1))
    return []
