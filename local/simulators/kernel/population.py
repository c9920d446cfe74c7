"""The seeded people: one made-up world that both simulators project from.

The same seed gives the same people on every machine, and a larger world begins with the people of a smaller one.
Of a hundred people about twenty are unknown to Salesforce, twenty sit in a queue, three were deleted there, and the
rest are owned by a user; about three share somebody else's address, two opted out of mail, six contacts were leads
once, and two had a double that was merged into them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from local.simulators.kernel.names import NAMES, Company, company

FIRST_MARKETO_ID = 1001
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

_TITLES = (
    "Buyer", "Head of Sales", "CTO", "Marketing Manager", "Ingénieure", "Office Manager", "Geschäftsführer", "営業部長",
    "Директор", "مدير المشتريات", "",
)  # fmt: skip
_SOURCES = ("Web", "Trade Show", "Partner", "Cold Call", "Word of mouth", "")
MOST_MERGED = FIRST_MARKETO_ID - 1  # who was merged away had one of the ids before the first
_MERGED_LATER = 50_000_000  # their Salesforce ids are far from everybody else's


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
QUEUES = {salesforce_id("00G", 1): "Inbound Leads", salesforce_id("00G", 2): "Partner Leads"}
QUEUE_ID, PARTNER_QUEUE_ID = QUEUES
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
    """One person; `kind` is lead, contact or "" (only in Marketo), `owner_id` a user, a queue or "".

    A contact with a `lead_id` was converted; `merged_id` and `merged_crm_id` are of the double that this one took in.
    """

    marketo_id: int
    first_name: str
    last_name: str
    email: str
    firm: Company
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
    opted_out: bool
    do_not_call: bool
    merged_id: int
    merged_crm_id: str

    @property
    def company(self) -> str:
        """The company's name."""
        return self.firm.name

    @property
    def crm_id(self) -> str:
        """The id of the Lead or Contact in Salesforce, or ""."""
        return self.contact_id or self.lead_id

    @property
    def queued(self) -> bool:
        """Whether a queue owns this person."""
        return self.owner_id in QUEUES


@cache
def users() -> tuple[SeedUser, ...]:
    """Sellers 1 to 4 (seller 2 restricted), an administrator, and other owners, one of them inactive."""
    sellers = [
        _user(n, f"seller{n}@example.com", ("Sam", f"Seller {n}"), RESTRICTED_PROFILE if n == 2 else FULL_PROFILE)
        for n in range(1, 5)
    ]
    admin = SeedUser(
        salesforce_id("005", 5), "admin@example.com", "Alex", "Admin", "Administrator", "", FULL_PROFILE, True
    )
    names = {6: ("Olivia", "Marsh"), 7: ("大輔", "伊藤"), 8: ("Мария", "Соколова")}
    others = [_user(n, f"owner{n}@example.com", name, FULL_PROFILE, n != 8) for n, name in names.items()]
    return (*sellers, admin, *others)


def _user(number: int, email: str, name: tuple[str, str], profile: str, active: bool = True) -> SeedUser:
    phone = f"+1 555 01{number:02d}"
    return SeedUser(
        salesforce_id("005", number), email, *name, "Account Executive", phone, profile, is_active=active
    )  # fmt: skip


def user_by_id(user_id: str) -> SeedUser | None:
    """The user with this id; None for a queue or an unknown id."""
    return next((user for user in users() if user.id == user_id), None)


def population(seed: int, people: int) -> list[SeedPerson]:
    """The first so many people of this seed's world."""
    makers = _Makers(random.Random(seed), random.Random(f"{seed}/lives"))
    return [makers.person(index) for index in range(people)]


class _Makers:
    """Makes one person after the other; who comes later may share an address with who came before."""

    def __init__(self, dice: random.Random, lives: random.Random) -> None:
        self._dice, self._lives = dice, lives
        self._owners = [user.id for user in users() if not user.is_admin]
        self._emails: list[str] = []
        self._opted_out: dict[str, bool] = {}

    def person(self, index: int) -> SeedPerson:
        """The person of this place."""
        dice, number = self._dice, index + 1
        shared = self._shared_email()
        fate = dice.random()
        kind = "" if fate < 0.20 else "contact" if fate < 0.45 else "lead"
        account = 1 + int(dice.random() * (index // 5 + 5))
        name, firm = NAMES[int(dice.random() * len(NAMES))], company(account)
        email = f"{name.login}{number}@{firm.domain}" if shared is None else shared
        self._emails.append(email)
        merged = 1 + number // 50 if kind and number % 50 == 25 and number // 50 < MOST_MERGED else 0
        return SeedPerson(
            marketo_id=FIRST_MARKETO_ID + index,
            first_name=name.first,
            last_name=name.last,
            email=email,
            firm=firm,
            title=_TITLES[number % len(_TITLES)],
            phone=f"+1 555 {number:07d}" if number % 5 else "",
            linkedin=f"https://linkedin.example/in/{name.login.replace('.', '-')}-{number}" if number % 3 == 0 else "",
            source=_SOURCES[number % len(_SOURCES)],
            kind=kind,
            lead_id=salesforce_id("00Q", number) if kind == "lead" or (kind and number % 4 == 1) else "",
            contact_id=salesforce_id("003", number) if kind == "contact" else "",
            account_id=salesforce_id("001", account) if kind == "contact" else "",
            opportunity_id=salesforce_id("006", number) if kind == "contact" and number % 4 == 0 else "",
            owner_id=self._owner(kind, fate, number),
            deleted=fate >= 0.97,
            created_at=_BEGIN + timedelta(minutes=7 * index),
            opted_out=self._out(email),
            do_not_call=self._lives.random() < 0.01,
            merged_id=merged,
            merged_crm_id=salesforce_id("00Q" if kind == "lead" else "003", _MERGED_LATER + number) if merged else "",
        )

    def _shared_email(self) -> str | None:
        """Somebody else's address, none at all, or (None) one of the person's own."""
        fate = self._dice.random()
        if fate < 0.03 and self._emails:
            return self._emails[int(self._dice.random() * len(self._emails))]
        return "" if fate < 0.04 else None

    def _owner(self, kind: str, fate: float, number: int) -> str:
        if kind == "lead" and fate < 0.65:
            return QUEUE_ID if number % 5 else PARTNER_QUEUE_ID
        return self._owners[int(self._dice.random() * len(self._owners))] if kind else ""

    def _out(self, email: str) -> bool:
        """An opt-out belongs to the address: whoever has it is out."""
        drawn = self._lives.random() < 0.02
        return self._opted_out.setdefault(email, drawn) if email else False
