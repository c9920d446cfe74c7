"""A Workspace in which everything that can be logged is on, and short words for what people do there."""

from typing import Any

from tests.signed import event
from tests.workspace import APP, SELLER, Workspace

OWNED = {"leadOwnerEmailAddress": "owner6@example.com"}


def prepared() -> Workspace:
    """Both vendors and a seller connected, everything that can be logged switched on."""
    world = Workspace()
    assert world.ask("PUT", "/connections/marketo", APP).status == 200
    assert world.connect().status == 200
    settings(world, log_emails=True, log_calls=True, log_replies=True)
    return world


def settings(world: Workspace, **changes: Any) -> None:
    """An admin changes settings."""
    answer = world.ask("PATCH", "/settings", changes)
    assert answer.status == 200, answer.body


def own(world: Workspace, **changes: Any) -> None:
    """The seller chooses for the own account."""
    answer = world.ask("PATCH", "/my/settings", changes, user=SELLER)
    assert answer.status == 200, answer.body


def contact(world: Workspace, **fields: Any) -> str:
    """A contact made in Salesforce."""
    return world.salesforce.seed([{"type": "Contact", "LastName": "Lovell", **fields}])[0]


def person(world: Workspace, sfid: str | None = None, **fields: Any) -> int:
    """A person in Marketo, brought into the Workspace."""
    kind = {"sfdcType": "contact", "sfdcContactId": sfid} if sfid else {"sfdcType": "contact"}
    (number,) = world.marketo.seed([{"type": "lead", **OWNED, **kind, **fields}])
    world.start_load()
    return number


def known(world: Workspace) -> int:
    """A person with a contact."""
    return person(world, contact(world))


def email(world: Workspace, who: int, user: str = SELLER, **data: Any) -> str:
    """A sent email comes in."""
    data = {"subject": "Hello", "body_text": "Dear all", "email_id": "m1"} | data
    return report(world, "email.sent", who, user, **data)


def call(world: Workspace, who: int, user: str = SELLER, **data: Any) -> str:
    """A logged call comes in."""
    return report(world, "call.logged", who, user, **data)


def opened(world: Workspace, who: int, **data: Any) -> str:
    """An open of the email comes in."""
    return report(world, "email.opened", who, SELLER, **{"email_id": "m1", **data})


def report(world: Workspace, kind: str, who: int, user: str = SELLER, **data: Any) -> str:
    """Something comes in, and everything that follows happens."""
    ident = f"evt_{len(world.table.rows('EVENT#')) + 1}"
    assert world.report(event(ident, kind, person=who, user=user, **data)) == ["stored"]
    return ident
