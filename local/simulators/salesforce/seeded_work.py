"""What the seeded sellers have on their desks: opportunities and accounts with contact roles, and people's tasks.

Everything hangs on the seeded people; open tasks and opportunities are due around the end of 2026, so that some are
overdue and some are to come.
"""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from local.simulators.kernel.population import SeedPerson
from local.simulators.salesforce import instants
from local.simulators.salesforce.org import Org

OPEN_FROM = datetime(2026, 8, 3, 8, tzinfo=UTC)
_STAGES = (
    ("Prospecting", 10, "Pipeline"), ("Qualification", 10, "Pipeline"), ("Needs Analysis", 20, "Pipeline"),
    ("Proposal/Price Quote", 75, "Best Case"), ("Negotiation/Review", 90, "Commit"), ("Closed Won", 100, "Closed"),
    ("Closed Lost", 0, "Omitted"),
)  # fmt: skip
_KINDS = (("renewal", "Existing Customer - Upgrade"), ("first order", "New Customer"), ("pilot", "New Customer"))
_ROLES = ("Decision Maker", "Economic Buyer", "Evaluator", "Influencer", "Technical Buyer", "Executive Sponsor")
_SUBJECTS = (
    ("Call", "Call"), ("Email", "Email"), ("Send Quote", None), ("Send Letter", None),
    ("Angebot nachfassen", "Call"),
    ("見積書を送る", "Email"), ("Подготовить договор", None), ("مكالمة متابعة", "Call"),
    ("Préparer la démo", "Meeting"),
    ("Follow up after the webinar", None), ("Ask about the budget", "Call"), ("Renewal: who signs?", None),
)  # fmt: skip
_WORDS = (
    "",
    "",
    "Was friendly, wants to hear from us after the holidays.",
    "Zuerst die Preise klären.\n\nDann anrufen.",
)
_CLOSED, _OPEN = "Completed", ("Not Started", "In Progress", "Waiting on someone else", "Deferred")
_MOST_TASKS = 3
DAY = timedelta(days=1)


class Work:
    """Puts one person's opportunity and tasks into the organisation, person after person."""

    def __init__(self, org: Org, dice: random.Random) -> None:
        self._world, self._dice = org.world, dice
        self._colleagues: dict[str, str] = {}

    def of(self, person: SeedPerson) -> None:
        """Whatever hangs on this person; a deleted one, or one in a queue, has no tasks."""
        if person.opportunity_id:
            self._opportunity(person)
        if person.kind == "contact" and not person.deleted:
            self._account_role(person)
            self._colleagues[person.account_id] = person.contact_id
        if not person.deleted and not person.queued:
            for _ in range(int(self._dice.random() * (_MOST_TASKS + 2)) - 1):
                self._task(person)

    def _opportunity(self, person: SeedPerson) -> None:
        stage, probability, forecast = self._pick(_STAGES)
        kind, type_ = self._pick(_KINDS)
        closed, amount = stage.startswith("Closed"), 500 * (1 + int(self._dice.random() * 200))
        due = person.created_at + 90 * DAY if closed else OPEN_FROM + (1 + int(self._dice.random() * 240)) * DAY
        values = {
            **_stamps(person.created_at),
            "Id": person.opportunity_id,
            "Name": f"{person.company} {kind}",
            "AccountId": person.account_id,
            "ContactId": person.contact_id,
            "StageName": stage,
            "Probability": probability,
            "ForecastCategoryName": forecast,
            "Amount": float(amount),
            "ExpectedRevenue": amount * probability / 100,
            "Type": type_,
            "CloseDate": due.date().isoformat(),
            "IsClosed": closed,
            "IsWon": stage == "Closed Won",
            "OwnerId": person.owner_id,
            "IsDeleted": person.deleted,
        }
        self._world.insert("Opportunity", values, person.owner_id)
        self._role(person, person.contact_id, primary=True)
        if colleague := self._colleagues.get(person.account_id):
            self._role(person, colleague, primary=False)

    def _account_role(self, person: SeedPerson) -> None:
        """One contact in three plays a named part in the account; the first of an account is its primary one."""
        if person.marketo_id % 3 == 0:
            values = {"AccountId": person.account_id, "ContactId": person.contact_id, "Role": self._pick(_ROLES)}
            values |= {"IsPrimary": person.account_id not in self._colleagues, **_stamps(person.created_at)}
            self._world.insert("AccountContactRole", values, person.owner_id)

    def _role(self, person: SeedPerson, contact_id: str, *, primary: bool) -> None:
        values = {"OpportunityId": person.opportunity_id, "ContactId": contact_id, "IsPrimary": primary}
        values |= {"Role": self._pick(_ROLES), "IsDeleted": person.deleted, **_stamps(person.created_at)}
        self._world.insert("OpportunityContactRole", values, person.owner_id)

    def _task(self, person: SeedPerson) -> None:
        subject, kind = self._pick(_SUBJECTS)
        done, fate = self._dice.random() < 0.55, self._dice.random()
        made = (person.created_at + 300 * fate * DAY) if done else OPEN_FROM + 90 * fate * DAY
        due = made + (1 + int(self._dice.random() * (20 if done else 150))) * DAY
        values: dict[str, Any] = {
            **_stamps(made),
            **(_changed(due) if done else {}),
            "Subject": subject,
            "WhoId": person.crm_id,
            "WhatId": (person.opportunity_id or person.account_id) if person.kind == "contact" else None,
            "Status": _CLOSED if done else self._pick(_OPEN),
            "Priority": "Low" if fate < 0.15 else "High" if fate > 0.8 else "Normal",
            "ActivityDate": due.date().isoformat() if fate > 0.05 else None,
            "Description": self._pick(_WORDS) or None,
            "OwnerId": person.owner_id,
            "Type": kind,
            **(_call(fate) if done and kind == "Call" else {}),
        }
        self._world.insert("Task", values, person.owner_id)

    def _pick(self, choices: Any) -> Any:
        return choices[int(self._dice.random() * len(choices))]


def _stamps(moment: datetime) -> dict[str, str]:
    return dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), instants.stamp(moment))


def _changed(moment: datetime) -> dict[str, str]:
    return dict.fromkeys(("LastModifiedDate", "SystemModstamp"), instants.stamp(moment))


def _call(fate: float) -> dict[str, Any]:
    """A telephone call that was made."""
    answered = fate < 0.7
    told = {"TaskSubtype": "Call", "CallType": "Outbound", "CallDurationInSeconds": int(fate * 600) if answered else 0}
    return {**told, "CallDisposition": "Answered" if answered else "No answer"}
