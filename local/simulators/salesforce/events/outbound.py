"""Outbound messages: what changed is told by SOAP in batches, in its state of that moment, until it is acknowledged."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import httpx

from local.simulators.salesforce.events.change import Change

if TYPE_CHECKING:
    from local.simulators.salesforce.org import Org

BATCH = 100
KEPT_SECONDS = 86_400
FIRST_WAIT, LONGEST_WAIT = 15.0, 7_200.0
ACKNOWLEDGED = re.compile(rb"<(?:\w+:)?Ack>\s*true\s*</")
Post = Callable[[str, bytes, Mapping[str, str]], tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class Action:
    """What an administrator set up: an object, the fields to tell, and who listens."""

    id: str
    object: str
    fields: tuple[str, ...]
    endpoint: str


@dataclass(slots=True)
class Notification:
    """One record's change on its way; `due` is when it is tried next."""

    id: str
    action: Action
    record_id: str
    made: float
    due: float
    wait: float = FIRST_WAIT


def post(endpoint: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Send to a listener on this machine; one that cannot be reached has not acknowledged."""
    try:
        answer = httpx.post(endpoint, content=body, headers=dict(headers), timeout=10)
    except httpx.HTTPError:
        return 0, b""
    return answer.status_code, answer.content


@dataclass
class Outbound:
    """The actions, and what waits to be acknowledged; tests put their own `send` in place."""

    send: Post = post
    actions: list[Action] = field(default_factory=list)
    waiting: list[Notification] = field(default_factory=list)

    def commit(self, org: "Org", changes: Iterable[Change]) -> None:
        """Note what is to be told; deletions are not."""
        now = org.clock.timestamp()
        for change in changes:
            for action in self.actions:
                if action.object == change.object and change.kind != "DELETE":
                    made = org.world.mint.mint("04l")
                    self.waiting.append(Notification(made, action, change.row["Id"], now, now))

    def deliver(self, org: "Org", *, duplicate: bool = False, backwards: bool = False) -> list[str]:
        """Send what is due; names the notifications that were acknowledged."""
        now = org.clock.timestamp()
        self.waiting = [one for one in self.waiting if now - one.made <= KEPT_SECONDS]
        done: list[str] = []
        for action in self.actions:
            due = [one for one in self.waiting if one.action is action and one.due <= now]
            due = due[::-1] if backwards else due
            for start in range(0, len(due), BATCH):
                batch = due[start : start + BATCH]
                taken = [self._accepted(org, action, batch) for _ in range(1 + duplicate)]
                done += [one.id for one in batch] if all(taken) else []
                for one in batch:
                    one.due, one.wait = now + one.wait, min(2 * one.wait, LONGEST_WAIT)
        self.waiting = [one for one in self.waiting if one.id not in set(done)]
        return done

    def _accepted(self, org: "Org", action: Action, batch: Sequence[Notification]) -> bool:
        rows = [(one.id, org.world.find(one.record_id)) for one in batch]
        live = [(name, org.world.full(action.object, row)) for name, row in rows if row is not None]
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        status, body = self.send(action.endpoint, _envelope(org, action, live), headers)
        return status == 200 and ACKNOWLEDGED.search(body) is not None


def _envelope(org: "Org", action: Action, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> bytes:
    url = f"https://yourInstance.salesforce.com/services/Soap/{{}}/62.0/{org.world.org_id[:15]}"
    told = "".join(_notification(action, name, row) for name, row in rows)
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        ' <soapenv:Body>\n  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">\n'
        f"   <OrganizationId>{org.world.org_id}</OrganizationId>\n   <ActionId>{action.id}</ActionId>\n"
        f'   <SessionId xsi:nil="true"/>\n   <EnterpriseUrl>{url.format("c")}</EnterpriseUrl>\n'
        f"   <PartnerUrl>{url.format('u')}</PartnerUrl>\n{told}"
        "  </notifications>\n </soapenv:Body>\n</soapenv:Envelope>"
    )
    return lines.encode()


def _notification(action: Action, name: str, row: Mapping[str, Any]) -> str:
    told = [("Id", row["Id"])] + [(key, row[key]) for key in sorted(action.fields) if row.get(key) is not None]
    inside = "".join(f"     <sf:{key}>{_text(value)}</sf:{key}>\n" for key, value in told)
    spaces = f'xsi:type="sf:{action.object}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"'
    record = f"    <sObject {spaces}>\n{inside}    </sObject>\n"
    return f"   <Notification>\n    <Id>{name}</Id>\n{record}   </Notification>\n"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return escape(str(value).replace(".000+0000", ".000Z"))
