"""The seeded people: one made-up world that both simulators project from.

The same seed gives the same people on every machine, and a larger world begins with the people of a smaller one.
Of a hundred people about twenty are unknown to Salesforce, twenty sit in a queue, three were deleted there, and the
rest are owned by a user; about three share somebody else's address.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

FIRST_MARKETO_ID = 1001
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

_NAMES = (
    ("Ada", "Lovell"), ("Grace", "Hooper"), ("José", "García"), ("Zoë", "Müller"), ("Søren", "Østergård"),
    ("明", "王"), ("さくら", "佐藤"), ("민준", "김"), ("Анна", "Иванова"), ("Γιώργος", "Παππάς"),
    ("محمد", "الفارسي"), ("נועה", "לוי"), ("आरव", "शर्मा"), ("Nguyễn", "Văn An"), ("Seán", "O'Brien"),
    ("Łukasz", "Żółć"), ("Ana", "Conceição"), ("Iñaki", "Etxeberria"), ("Ola", "Nordmann"), ("Mary-Jane", "de la Cruz"),
)  # fmt: skip
_COMPANIES = (
    "Northwind",
    "Umbrella & Sons",
    "Café Zürich",
    "株式会社さくら",
    "Acme, Inc.",
    "Globex",
    "Initech",
    "Ромашка",
)
_TITLES = ("Buyer", "Head of Sales", "CTO", "Marketing Manager", "Ingénieure", "Office Manager", "")
_SOURCES = ("Web", "Trade Show", "Partner", "Cold Call", "Word of mouth", "")


def salesforce_id(prefix: str, number: int) -> str:
    """An 18-character Salesforce id of the seeded org, with its correct case checksum."""
    digits = ""
    for _ in range(9):
        number, rest = divmod(number, 62)
        digits = _DIGITS[rest] + digits
    return with_checksum(f"{prefix}5g0{digits}")


def with_checksum(fifteen: str) -> str:
    """The 18-character form of a 15-character id."""
    suffix = ""
    for start in (0, 5, 10):
        chunk = fifteen[start : start + 5]
        suffix += _CHECK[sum(1 << place for place, letter in enumerate(chunk) if "A" <= letter <= "Z")]
    return fifteen + suffix


ORG_ID = salesforce_id("00D", 7)
QUEUE_ID = salesforce_id("00G", 1)
QUEUE_NAME = "Inbound Leads"
FULL_PROFILE = "full"
RESTRICTED_PROFILE = "restricted"


@dataclass(frozen=True, slots=True)
class SeedUser:
    """A Salesforce user; the username is the email address."""

    id: str
    email: str
    first_name: str
    last_name: str
    title: str
    phone: str
    profile: str
    is_admin: bool = False
    is_active: bool = True

    @property
    def username(self) -> str:
        """The Salesforce login name."""
        return self.email


@dataclass(frozen=True, slots=True)
class SeedPerson:
    """One person; `kind` is lead, contact or "" (only in Marketo), `owner_id` a user, the queue or ""."""

    marketo_id: int
    first_name: str
    last_name: str
    email: str
    company: str
    title: str
    phone: str
    linkedin: str
    source: str
    kind: str
    lead_id: str
    contact_id: str
    account_id: str
    opportunity_id: str
    owner_id: str
    deleted: bool
    created_at: datetime

    @property
    def crm_id(self) -> str:
        """The id of the Lead or Contact in Salesforce, or ""."""
        return self.contact_id or self.lead_id


@cache
def users() -> tuple[SeedUser, ...]:
    """Sellers 1 to 4 (seller 2 restricted), an administrator, and other owners, one of them inactive."""
    sellers = [
        _user(n, f"seller{n}@example.com", ("Sam", "Seller"), RESTRICTED_PROFILE if n == 2 else FULL_PROFILE)
        for n in range(1, 5)
    ]
    admin = SeedUser(
        salesforce_id("005", 5), "admin@example.com", "Alex", "Admin", "Administrator", "", FULL_PROFILE, True
    )
    others = [_user(n, f"owner{n}@example.com", ("Olive", "Owner"), FULL_PROFILE, n != 8) for n in (6, 7, 8)]
    return (*sellers, admin, *others)


def _user(number: int, email: str, name: tuple[str, str], profile: str, active: bool = True) -> SeedUser:
    phone = f"+1 555 01{number:02d}"
    return SeedUser(
        salesforce_id("005", number), email, name[0], f"{name[1]} {number}", "Account Executive", phone, profile,
        is_active=active,
    )  # fmt: skip


def user_by_id(user_id: str) -> SeedUser | None:
    """The user with this id; None for a queue or an unknown id."""
    return next((user for user in users() if user.id == user_id), None)


def population(seed: int, people: int) -> list[SeedPerson]:
    """The first so many people of this seed's world."""
    dice = random.Random(seed)
    owners = [user.id for user in users() if not user.is_admin]
    emails: list[str] = []
    world = []
    for index in range(people):
        email = _email(dice, index, emails)
        emails.append(email)
        world.append(_person(dice, index, email, owners))
    return world


def _email(dice: random.Random, index: int, earlier: list[str]) -> str:
    fate = dice.random()
    if fate < 0.03 and earlier:
        return earlier[int(dice.random() * len(earlier))]
    return "" if fate < 0.04 else f"person{index + 1}@example.net"


def _person(dice: random.Random, index: int, email: str, owners: list[str]) -> SeedPerson:
    fate, number = dice.random(), index + 1
    kind = "" if fate < 0.20 else "contact" if fate < 0.45 else "lead"
    queued = kind == "lead" and fate < 0.65
    account = 1 + int(dice.random() * (index // 10 + 1))
    first, last = _NAMES[int(dice.random() * len(_NAMES))]
    owner = QUEUE_ID if queued else owners[int(dice.random() * len(owners))] if kind else ""
    return SeedPerson(
        marketo_id=FIRST_MARKETO_ID + index,
        first_name=first,
        last_name=f"{last} {number}",
        email=email,
        company=f"{_COMPANIES[account % len(_COMPANIES)]} {account}",
        title=_TITLES[number % len(_TITLES)],
        phone=f"+1 555 {number:07d}" if number % 5 else "",
        linkedin=f"https://linkedin.example/in/person{number}" if number % 3 == 0 else "",
        source=_SOURCES[number % len(_SOURCES)],
        kind=kind,
        lead_id=salesforce_id("00Q", number) if kind == "lead" else "",
        contact_id=salesforce_id("003", number) if kind == "contact" else "",
        account_id=salesforce_id("001", account) if kind == "contact" else "",
        opportunity_id=salesforce_id("006", number) if kind == "contact" and number % 4 == 0 else "",
        owner_id=owner,
        deleted=fate >= 0.97,
        created_at=_BEGIN + timedelta(minutes=7 * index),
    )
