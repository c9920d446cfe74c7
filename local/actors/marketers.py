"""Marketers and administrators at work: what changes in both vendors' own pages before and while sellers sell.

An act is what the simulators' control routes take; `also` is what follows on the other side, because Marketo's own
Salesforce sync would bring it over.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from local.actors.cast import Cast
from local.simulators.kernel.population import SeedPerson, users

Vendor = Literal["marketo", "salesforce"]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a human does; `word` names it for those who watch."""

    vendor: Vendor
    word: str
    body: dict[str, Any] = field(default_factory=dict)


def before(cast: Cast) -> Iterator[Act]:
    """What makes people whom Marketo knows without their Salesforce id, with and without a known address."""
    nothing = {"sfdcLeadId": None, "sfdcContactId": None}
    for one in cast.searched:
        yield _update(one, "lost the Salesforce id", nothing)
    for one in cast.nowhere:
        yield _update(one, "lost the Salesforce id", nothing | {"email": f"nobody{one.marketo_id}@example.org"})


def afterwards(cast: Cast) -> Iterator[Act]:
    """Half of those who lacked their Salesforce id get it: Marketo's sync has caught up."""
    for one in cast.nowhere[: -(-len(cast.nowhere) // 2)]:
        name = "sfdcLeadId" if one.kind == "lead" else "sfdcContactId"
        yield _update(one, "gained the Salesforce id", {name: one.crm_id})


def meanwhile(cast: Cast, seed: int) -> list[Act]:
    """What happens while sellers sell, in a seeded order."""
    acts = [*_edits(cast, seed), *_departures(cast)]
    Random(f"{seed}/marketers").shuffle(acts)
    return acts


def _edits(cast: Cast, seed: int) -> Iterator[Act]:
    dice = Random(f"{seed}/edits")
    sellers = [user.email for user in users() if user.email.startswith("seller")]
    for one in cast.updated:
        yield _update(one, "updated", {"title": "Head of Buying", "phone": f"+44 20 {one.marketo_id:08}"})
    for one in cast.handed_over:
        yield Act("marketo", "handed over", _owner(one.marketo_id, dice.choice(sellers)))
    for one in cast.adopted:
        yield Act("marketo", "got an owner", _owner(one.marketo_id, dice.choice(sellers)))
    for one in cast.orphaned:
        yield Act("marketo", "lost the owner", _owner(one.marketo_id, None))
    for one in cast.converted:
        yield Act("salesforce", "converted", {"act": "convert", "lead": one.lead_id, "marketo_id": one.marketo_id})


def _departures(cast: Cast) -> Iterator[Act]:
    for winner, loser in cast.merges:
        yield Act("marketo", "merged", {"act": "merge", "winner": winner.marketo_id, "losers": [loser.marketo_id]})
    for one in cast.deleted:
        yield Act("marketo", "deleted", {"act": "delete", "type": "lead", "id": one.marketo_id})
    for one in cast.gone:
        yield Act("salesforce", "deleted in Salesforce", {"act": "delete", "id": one.crm_id})


def _update(one: SeedPerson, word: str, fields: dict[str, Any]) -> Act:
    return Act("marketo", word, {"act": "update", "type": "lead", "id": one.marketo_id, "fields": fields})


def _owner(marketo_id: int, owner: str | None) -> dict[str, Any]:
    return {"act": "change_owner", "type": "lead", "id": marketo_id, "owner": owner}
