"""People as Marketo tells of them: look-up by id, and the feeds of changes, deletions and merges.

Promises that one malformed record never hides the others of its page, that an empty page is not taken
for the end, and that `unsubscribed` is never asked for (PPL-30).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pydantic import ConfigDict, TypeAdapter, ValidationError

from lockstep.catalogue import person_fields
from lockstep.domain.ids import MarketoId, SalesforceId, salesforce_id
from lockstep.domain.person import MarketoRecord, Person
from lockstep.domain.reason import Reason
from lockstep.engine.errors import Halt
from lockstep.exchange.http import unavailable
from lockstep.marketo.client import Answer, Marketo
from lockstep.marketo.wire import Activity, DescribedField, ids_in, instant

MOST_IDS = 300
PAGE = "300"
_NEW_LEAD, _MERGE_LEADS = 12, 32
_ACTIVITIES = TypeAdapter(list[Activity], config=ConfigDict(defer_build=True))
_DESCRIBED = TypeAdapter(list[DescribedField], config=ConfigDict(defer_build=True))
_LABELS = {field.ours: field.label for field in person_fields.ALL}
_TEXTS = tuple(
    field.ours for field in person_fields.SYNCED
    if field.ours != "marketo_id" and not field.ours.startswith("salesforce_")
)  # fmt: skip
_SALESFORCE_IDS = tuple(field.ours for field in person_fields.SYNCED if field.ours.startswith("salesforce_"))


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Our names -> this instance's REST names; `warnings` name the fields that stay empty."""

    names: dict[str, str]
    warnings: tuple[str, ...] = ()


class Malformed(NamedTuple):
    """A record that cannot be taken as it is, and why."""

    id: MarketoId
    sentence: str


@dataclass(frozen=True, slots=True)
class Read:
    """One look-up: what was found and when, by Marketo's clock. Ids that are not in it do not exist."""

    records: tuple[MarketoRecord, ...]
    malformed: tuple[Malformed, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class PageToken:
    """Where a feed begins."""

    token: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class ChangePage:
    """People that changed, in the order of the feed, each once; go on with `token` while `more`."""

    ids: tuple[MarketoId, ...]
    token: str
    more: bool
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Merge:
    """Records that became one."""

    winner: MarketoId
    losers: tuple[MarketoId, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class MergePage:
    """Merges, in the order of the feed."""

    merges: tuple[Merge, ...]
    token: str
    more: bool
    as_of: datetime


class People:
    """What the people flow asks of Marketo."""

    def __init__(self, marketo: Marketo) -> None:
        self._marketo = marketo

    def fields(self) -> FieldMap:
        """The REST names of the twenty fields in this instance (PPL-13); Halt names what is missing."""
        answer = self._marketo.ask("/rest/v1/leads/describe.json", {})
        try:
            return resolved(_DESCRIBED.validate_python(answer.envelope.result))
        except ValidationError:
            raise unavailable("Marketo's description of its fields is not understood") from None

    def by_ids(self, ids: Sequence[int], names: Mapping[str, str]) -> Read:
        """The records of up to 300 ids in one call; absent ones are deleted, merged or were never there."""
        if not 0 < len(ids) <= MOST_IDS:
            raise ValueError(f"1 to {MOST_IDS} ids a call, not {len(ids)}")
        params = {
            "filterType": "id",
            "filterValues": ",".join(str(one) for one in ids),
            "fields": ",".join(sorted({"id", *names.values()})),
            "batchSize": PAGE,
        }
        answer = self._marketo.ask("/rest/v1/leads.json", params)
        if answer.envelope.more_result:
            raise unavailable("Marketo cut a look-up by ids into pages")
        records: list[MarketoRecord] = []
        malformed: list[Malformed] = []
        for row in answer.envelope.result:
            read = record(row, names)
            if isinstance(read, Malformed):
                malformed.append(read)
            else:
                records.append(read)
        return Read(tuple(records), tuple(malformed), answer.as_of)

    def paging_token(self, since: datetime) -> PageToken:
        """The token of a feed that begins at `since`."""
        params = {"sinceDatetime": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        answer = self._marketo.ask("/rest/v1/activities/pagingtoken.json", params)
        if not answer.envelope.next_page_token:
            raise unavailable("Marketo gave no paging token")
        return PageToken(answer.envelope.next_page_token, answer.as_of)

    def changes(self, token: str, names: Mapping[str, str]) -> ChangePage:
        """People of whom one of these fields changed, and new people (PPL-18, PPL-20)."""
        asked = sorted(set(names.values()) - {"id"})
        params = {"nextPageToken": token, "fields": ",".join(asked), "batchSize": PAGE}
        answer = self._marketo.ask("/rest/v1/activities/leadchanges.json", params)
        return self._page(answer, token, frozenset(asked))

    def deletions(self, token: str) -> ChangePage:
        """People that were deleted in Marketo (PPL-20)."""
        params = {"nextPageToken": token, "batchSize": PAGE}
        return self._page(self._marketo.ask("/rest/v1/activities/deletedleads.json", params), token, None)

    def merges(self, token: str) -> MergePage:
        """Records that were merged into one another (PPL-26)."""
        params = {"nextPageToken": token, "activityTypeIds": str(_MERGE_LEADS), "batchSize": PAGE}
        answer = self._marketo.ask("/rest/v1/activities.json", params)
        items = [item for item in _items(answer) if item.type_id == _MERGE_LEADS]
        merges = tuple(_merge(item, answer.as_of) for item in items)
        return MergePage(merges, _next(answer, token), answer.envelope.more_result, answer.as_of)

    def _page(self, answer: Answer, token: str, asked: frozenset[str] | None) -> ChangePage:
        ids = dict.fromkeys(MarketoId(item.person) for item in _items(answer) if _concerns(item, asked))
        return ChangePage(tuple(ids), _next(answer, token), answer.envelope.more_result, answer.as_of)


def _items(answer: Answer) -> list[Activity]:
    try:
        return _ACTIVITIES.validate_python(answer.envelope.result)
    except ValidationError:
        raise unavailable("a page of Marketo's feed is not understood") from None


def _next(answer: Answer, token: str) -> str:
    if answer.envelope.next_page_token:
        return answer.envelope.next_page_token
    if answer.envelope.more_result:
        raise unavailable("Marketo says that its feed goes on, but not where")
    return token


def _concerns(item: Activity, asked: frozenset[str] | None) -> bool:
    if asked is None or item.type_id == _NEW_LEAD or item.fields is None:
        return True
    return any(changed.name in asked for changed in item.fields)


def _merge(item: Activity, otherwise: datetime) -> Merge:
    losers = (MarketoId(one) for one in ids_in(item.attribute("Merge IDs")) if one != item.person)
    return Merge(MarketoId(item.person), tuple(losers), instant(item.at) or otherwise)


def resolved(described: Sequence[DescribedField]) -> FieldMap:
    """Ours -> REST names out of a describe; raises Halt with every required field that is not there (PPL-13)."""
    rest = {field.rest.name for field in described if field.rest} | {"id"}
    names: dict[str, str] = {}
    missing: list[str] = []
    warnings: list[str] = []
    for wanted in person_fields.ALL:
        labelled = [f.rest.name for f in described if f.rest and _same(f.display_name, wanted.display_name)]
        found = wanted.rest if wanted.rest in labelled or (not labelled and wanted.rest in rest) else None
        if found or labelled:
            names[wanted.ours] = found or labelled[0]
        elif wanted.optional:
            warnings.append(f"Marketo has no field {wanted.label} ({wanted.rest}); it stays empty.")
        else:
            missing.append(f"{wanted.label} ({wanted.rest})")
    if missing:
        detail = (
            f"This Marketo instance lacks {_listed(missing)}. Ask its administrator to show or create "
            f"{'it' if len(missing) == 1 else 'them'} under Admin > Field Management, then run "
            "`lockstep connect marketo` again."
        )
        raise Halt(Reason.VALIDATION_REFUSED, detail, scope="connection")
    return FieldMap(names, tuple(warnings))


def _same(display_name: str, wanted: str | None) -> bool:
    return wanted is not None and display_name.strip().casefold() == wanted.casefold()


def _listed(names: Sequence[str]) -> str:
    noun = "the field " if len(names) == 1 else "the fields "
    return noun + (names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1])


def record(row: Any, names: Mapping[str, str]) -> MarketoRecord | Malformed:
    """One row of Get Leads; unknown members are ignored, null and blank and missing are one."""
    try:
        marketo_id = MarketoId(int(row["id"]))
    except (KeyError, TypeError, ValueError):
        raise unavailable("Marketo sent a record without its id") from None
    values = {ours: row.get(rest) for ours, rest in names.items()}
    problems = [_LABELS[ours] for ours in names if isinstance(values[ours], dict | list)]
    if problems:
        return Malformed(marketo_id, f"Its {_and(problems)} cannot be read as text; correct it in Marketo.")
    ids: dict[str, SalesforceId | None] = {}
    for ours in _SALESFORCE_IDS:
        try:
            ids[ours] = _salesforce_id(values.get(ours))
        except ValueError:
            problems.append(_LABELS[ours])
    if problems:
        sentence = f"Its {_and(problems)} is not a Salesforce id of 15 or 18 characters; correct it in Marketo."
        return Malformed(marketo_id, sentence)
    person = Person(marketo_id, **{ours: _text(values.get(ours)) for ours in _TEXTS}, **ids)  # type: ignore[arg-type]
    kind = _text(values.get("salesforce_type"))
    return MarketoRecord(
        person,
        salesforce_type=kind.lower() if kind else None,
        deleted_in_salesforce=str(values.get("deleted_in_salesforce")).strip().lower() in ("true", "1"),
        has_owner=any(_text(values.get(ours)) for ours in person_fields.OWNER),
    )


def _and(labels: Sequence[str]) -> str:
    return " and ".join(labels)


def _text(value: Any) -> str | None:
    return (str(value).strip() or None) if value is not None else None


def _salesforce_id(value: Any) -> SalesforceId | None:
    text = _text(value)
    return salesforce_id(text) if text else None
