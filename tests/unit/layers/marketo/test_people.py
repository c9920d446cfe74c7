"""People as Marketo tells of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local.fakes.manual_clock import ManualClock
from lockstep.catalogue import person_fields
from lockstep.domain.ids import MarketoId, SalesforceId
from lockstep.domain.person import MarketoRecord, Person
from lockstep.engine.errors import Halt, Unavailable
from lockstep.engine.ports import Token
from lockstep.marketo.auth import Credentials
from lockstep.marketo.client import Marketo, marketo_address
from lockstep.marketo.people import Malformed, Merge, People, record
from lockstep.marketo.wire import ids_in, instant
from tests.unit.layers.vendors import Gate, Scripted, Tokens, Vendor, json

NAMES = {field.ours: field.rest for field in person_fields.ALL}
CONTACT15, CONTACT18 = "0035w00003fXyZa", SalesforceId("0035w00003fXyZaAAK")


def people(*script: Scripted) -> tuple[People, Vendor]:
    """People of a scripted Marketo."""
    vendor, clock = Vendor(*script), ManualClock()
    marketo = Marketo(
        vendor.client(), base_url=marketo_address("https://1.mktorest.com"), credentials=Credentials("id", "secret"),
        tokens=Tokens(clock, Token("t")), gate=Gate(), clock=clock,
    )  # fmt: skip
    return People(marketo), vendor


def envelope(**members: Any) -> Any:
    """A successful answer."""
    return json({"requestId": "1#2", "success": True, **members})


def described(*without: str) -> list[dict[str, Any]]:
    """A describe of an instance that lacks some fields."""
    return [
        {"id": n, "displayName": field.display_name or field.label, "rest": {"name": field.rest, "readOnly": False}}
        for n, field in enumerate(person_fields.ALL)
        if field.rest not in without
    ]


def test_the_twenty_fields_are_resolved() -> None:
    """Describe gives every field its REST name, `id` also where describe does not list it (PPL-13)."""
    room, _ = people(envelope(result=described("id")))
    fields = room.fields()
    assert fields.names == NAMES
    assert fields.warnings == ()


def test_an_owner_field_goes_by_its_display_name() -> None:
    """Where an instance names an owner field otherwise, its label finds it; the catalogue's own name wins a tie."""
    rows = described("leadOwnerEmailAddress", "leadOwnerJobTitle")
    rows += [
        {"displayName": "lead owner email address ", "rest": {"name": "ownerMail"}},
        {"displayName": "Lead Owner Job Title", "rest": {"name": "leadOwnerTitle_copy"}},
        {"displayName": "Lead Owner Job Title", "rest": {"name": "leadOwnerJobTitle"}},
        {"displayName": "Only in SOAP", "soap": {"name": "Soapy"}},
    ]
    names = people(envelope(result=rows))[0].fields().names
    assert (names["owner_email"], names["owner_title"]) == ("ownerMail", "leadOwnerJobTitle")


@pytest.mark.acceptance(25)
def test_a_missing_field_is_named_with_what_to_do() -> None:
    """Each missing required field stands in one sentence with the place where an administrator mends it."""
    room, _ = people(envelope(result=described("linkedInProfileURL", "sfdcType")))
    with pytest.raises(Halt) as caught:
        room.fields()
    assert "linkedInProfileURL" in caught.value.detail
    assert "sfdcType" in caught.value.detail
    assert "Field Management" in caught.value.detail


def test_a_missing_optional_field_warns() -> None:
    """Without the account field the connection stands, and says that it stays empty."""
    fields = people(envelope(result=described("sfdcAccountId", "leadOwnerJobTitle")))[0].fields()
    assert "salesforce_account_id" not in fields.names
    assert len(fields.warnings) == 2
    assert "sfdcAccountId" in fields.warnings[0]


def test_a_look_up_asks_once_for_all() -> None:
    """300 ids are one call that names id and the twenty fields; what is not in the answer is not there."""
    room, vendor = people(envelope(result=[{"id": 7, "sfdcType": "Lead"}]))
    read = room.by_ids(range(1, 301), NAMES)
    params = vendor.requests[0].url.params
    assert (params["filterType"], params["filterValues"]) == ("id", ",".join(str(n) for n in range(1, 301)))
    assert set(params["fields"].split(",")) == set(NAMES.values())
    assert "unsubscribed" not in params["fields"]
    assert [one.person.marketo_id for one in read.records] == [7]
    assert read.as_of == datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("ids", [[], list(range(301))])
def test_a_look_up_has_its_bounds(ids: list[int]) -> None:
    """Neither none nor more than 300 ids are asked for."""
    with pytest.raises(ValueError, match="1 to 300"):
        people()[0].by_ids(ids, NAMES)


def test_a_whole_record() -> None:
    """The thirteen fields arrive trimmed, ids in 18 characters, blank as nothing, unknown members unread."""
    row = {
        "id": 12, "firstName": " Ann ", "lastName": "Lee", "sfdcContactId": CONTACT15, "sfdcLeadId": "", "phone": 4711,
        "company": "  ", "title": None, "email": "Ann@Example.com", "leadSource": "Web", "sfdcType": " Contact ",
        "sfdcIsDeleted": False, "leadOwnerPhoneNumber": "1", "unsubscribed": True, "new": {"x": 1},
    }  # fmt: skip
    assert record(row, NAMES) == MarketoRecord(
        Person(
            MarketoId(12), first_name="Ann", last_name="Lee", salesforce_contact_id=CONTACT18, email="Ann@Example.com",
            phone="4711", source="Web",
        ),
        salesforce_type="contact", deleted_in_salesforce=False, has_owner=True,
    )  # fmt: skip


@pytest.mark.parametrize("ours", person_fields.OWNER)
def test_any_owner_field_is_an_owner(ours: str) -> None:
    """One of the five is enough; blanks are none (PPL-08, PPL-09)."""
    assert record_of(**{NAMES[ours]: "x"}).has_owner
    assert not record_of(**{NAMES[ours]: "  "}).has_owner


def record_of(**members: Any) -> MarketoRecord:
    """A record with these members."""
    read = record({"id": 1, **members}, NAMES)
    assert isinstance(read, MarketoRecord)
    return read


@pytest.mark.parametrize(
    ("value", "deleted"), [(True, True), ("true", True), ("1", True), (False, False), (None, False)]
)
def test_deletion_in_salesforce_is_read_in_every_spelling(value: Any, deleted: bool) -> None:
    """Booleans, texts and null."""
    assert record_of(sfdcIsDeleted=value).deleted_in_salesforce is deleted


def test_one_malformed_record_spares_the_others() -> None:
    """A bad Salesforce id or a list for a text is reported by id and field; the rest of the page is read."""
    rows = [{"id": 1, "sfdcLeadId": "00Q-nonsense"}, {"id": 2, "title": ["a"]}, {"id": 3}]
    read = people(envelope(result=rows))[0].by_ids([1, 2, 3], NAMES)
    assert [one.person.marketo_id for one in read.records] == [3]
    assert [bad.id for bad in read.malformed] == [1, 2]
    assert "Salesforce lead ID" in read.malformed[0].sentence
    assert "nonsense" not in read.malformed[0].sentence
    assert isinstance(read.malformed[1], Malformed)


def test_a_record_without_id_spoils_the_page() -> None:
    """What cannot be named cannot be reported, so the read does not count."""
    with pytest.raises(Unavailable):
        people(envelope(result=[{"firstName": "Ann"}]))[0].by_ids([1], NAMES)


def change(person: int, kind: int, *names: str) -> dict[str, Any]:
    """One item of the change feed."""
    fields = [{"id": 1, "name": name, "newValue": "a", "oldValue": "b"} for name in names]
    return {"marketoGUID": "x", "leadId": person, "activityDate": "2026-11-02T09:00:00Z", "activityTypeId": kind,
            "fields": fields, "attributes": []}  # fmt: skip


def test_changes_are_those_of_the_asked_fields() -> None:
    """New people count always, changes only of our fields, each person once, in the order of the feed."""
    items = [change(5, 13, "leadScore"), change(9, 13, "title"), change(4, 12), change(9, 13, "leadScore", "phone")]
    room, vendor = people(envelope(result=items, nextPageToken="T2==", moreResult=True))
    page = room.changes("T1==", NAMES)
    assert (page.ids, page.token, page.more) == ((9, 4), "T2==", True)
    assert vendor.requests[0].url.params["nextPageToken"] == "T1=="
    assert "id" not in vendor.requests[0].url.params["fields"].split(",")


def test_an_empty_page_is_not_the_end() -> None:
    """A page without `result` that says `moreResult` goes on with the new token."""
    page = people(envelope(nextPageToken="T2", moreResult=True))[0].changes("T1", NAMES)
    assert (page.ids, page.token, page.more) == ((), "T2", True)


def test_a_page_that_goes_nowhere_does_not_count() -> None:
    """More without a token is incomplete; the end without one keeps the old token."""
    with pytest.raises(Unavailable):
        people(envelope(moreResult=True))[0].changes("T1", NAMES)
    assert people(envelope(moreResult=False))[0].deletions("T1").token == "T1"


def test_a_garbled_item_does_not_count() -> None:
    """An item without its person makes the page incomplete instead of being skipped."""
    with pytest.raises(Unavailable):
        people(envelope(result=[{"activityTypeId": 13}], nextPageToken="T"))[0].changes("T1", NAMES)


def test_deletions() -> None:
    """The deleted feed names people by `leadId`, also where an item has no id of its own."""
    items = [{"marketoGUID": "a", "leadId": "77", "activityTypeId": 37, "primaryAttributeValue": "Ann Lee"}]
    assert people(envelope(result=items, nextPageToken="T2"))[0].deletions("T1").ids == (77,)


@pytest.mark.parametrize("losers", [[3, 4], "[3, 4]", "3,4", ["3", "4"]])
def test_merges(losers: Any) -> None:
    """Losers are read from a list or a text; other types on the page are left aside."""
    items = [
        {"leadId": 2, "activityTypeId": 32, "activityDate": "2026-11-02T08:00:00+0000",
         "attributes": [{"name": "Merge IDs", "value": losers}, {"name": "Master Updated", "value": True}]},
        {"leadId": 9, "activityTypeId": 1},
    ]  # fmt: skip
    room, vendor = people(envelope(result=items, nextPageToken="T2"))
    page = room.merges("T1")
    assert page.merges == (Merge(MarketoId(2), (MarketoId(3), MarketoId(4)), datetime(2026, 11, 2, 8, tzinfo=UTC)),)
    assert vendor.requests[0].url.params["activityTypeIds"] == "32"


def test_ids_in_anything() -> None:
    """Numbers, texts, lists and nothing."""
    assert [ids_in(value) for value in (5, None, "", [1, 1, 2])] == [(5,), (), (), (1, 2)]


@pytest.mark.parametrize("written", [
    "2026-11-02T09:00:00Z", "2026-11-02T09:00:00+0000", "2026-11-02T01:00:00-08:00", "2026-11-02T09:00:00Z+0000",
    "2026-11-02 09:00:00",
])  # fmt: skip
def test_dates_in_every_spelling(written: str) -> None:
    """All forms that Marketo uses are one instant (trap 16)."""
    assert instant(written) == datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_dates_that_are_none() -> None:
    """A text that is no date is nothing."""
    assert instant("soon") is None


def test_the_paging_token() -> None:
    """A feed begins at a second in UTC; an answer without a token does not count."""
    room, vendor = people(envelope(nextPageToken="ABC===="), envelope())
    since = datetime.fromisoformat("2026-11-02T10:00:00.5+01:00")
    assert room.paging_token(since).token == "ABC===="
    assert vendor.requests[0].url.params["sinceDatetime"] == "2026-11-02T09:00:00Z"
    with pytest.raises(Unavailable):
        room.paging_token(since)


def test_no_field_of_opting_out_is_ever_read() -> None:
    """The catalogue has no `unsubscribed`, so no call names it (PPL-30)."""
    assert not any("unsubscribed" in rest.lower() for rest in NAMES.values())


def test_a_record_is_read_by_the_catalogues_names() -> None:
    """The thirteen synced fields are the members of a person, neither more nor fewer (PPL-14)."""
    assert {field.ours for field in person_fields.SYNCED} == set(Person.__dataclass_fields__)
