"""What sellers write and say: emails, calls and campaigns with texts in several scripts."""

from random import Random
from typing import Any

from local.simulators.kernel.population import SeedPerson

Data = dict[str, Any]
_SUBJECTS = (
    "Your question from the fair", "Prices for next year", "Shall we talk on Thursday?", "Ihr Angebot",
    "見積書の件", "Une question & <une> réponse", "Following up", "Новые условия", "🚀 New in spring",
)  # fmt: skip
_TEMPLATES = ("Introduction", "Follow-up", "Offer", "Thank you")
_CAMPAIGNS = ("Spring outreach", "Trade fair", "Renewals")
_OUTCOMES = ("Connected", "Left voicemail", "Not interested", "Call back")
_SITE = "https://workspace.example.com"


def campaign(dice: Random) -> Data:
    """A sales campaign at some day and step."""
    number = dice.randrange(len(_CAMPAIGNS))
    name, step = _CAMPAIGNS[number], dice.randint(1, 4)
    return {"id": number, "name": name, "url": f"{_SITE}/campaigns/{number}", "day": 3 * step - 2, "step": step}


def email(dice: Random, user: str, who: SeedPerson, of: Data | None) -> Data:
    """An email, most of the time sent."""
    number = dice.getrandbits(40)
    template = dice.randrange(len(_TEMPLATES))
    others = ("draft", "scheduled", "failed", "blocked")
    data: Data = {
        "email_id": f"mail-{number:010x}",
        "subject": dice.choice(_SUBJECTS),
        "body_text": f"Dear {who.first_name},\n\n{'Here is what we talked about. ' * dice.randint(1, 12)}\n\nBest",
        "from": user,
        "to": [who.email] if who.email else [],
        "status": "sent" if dice.random() < 0.9 else dice.choice(others),
        "url": f"{_SITE}/emails/{number:010x}",
        "template": {"id": template, "name": _TEMPLATES[template], "url": f"{_SITE}/templates/{template}"},
    }
    return data | ({"campaign": of} if of else {})


def call(dice: Random, who: SeedPerson) -> Data:
    """A call, most of the time going out."""
    number = dice.getrandbits(40)
    answered = dice.random() < 0.7
    return {
        "call_id": f"call-{number:010x}",
        "phone": who.phone or "+1 555 0100",
        "direction": "outbound" if dice.random() < 0.85 else "inbound",
        "status": "completed" if answered else "no answer",
        "outcome": dice.choice(_OUTCOMES) if answered else "No answer",
        "reason": "Follow-up",
        "duration_s": dice.randint(20, 1800) if answered else 0,
        "recording_url": f"{_SITE}/recordings/{number:010x}" if answered else None,
        "notes": f"Talked to {who.first_name}." if answered else "",
    }
