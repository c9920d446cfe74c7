"""The rarer lead calls: Push Lead, cookies, partitions, and fields through the API."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.marketo import MarketoSimulator


def test_pushing_a_lead_is_an_upsert_that_a_campaign_can_hear(api: Any, marketo: MarketoSimulator) -> None:
    """The record is created, then updated; each time a type 145 names the program, the source and the reason."""
    (program,) = marketo.seed([{"type": "program", "name": "Webinar"}])
    asked = {"programName": "Webinar", "source": "Form", "reason": "Signed up", "lookupField": "email"}
    record = {"email": "a@example.net", "firstName": "Ada"}
    first = api.post("leads/push", {**asked, "input": [record]})["result"][0]
    again = api.post("leads/push", {**asked, "input": [{**record, "firstName": "Eve"}]})["result"][0]
    assert (first["status"], again["status"], first["id"]) == ("created", "updated", again["id"])
    pushed = api.activities(145)
    assert [entry["primaryAttributeValueId"] for entry in pushed] == [program, program]
    assert {"name": "Reason", "value": "Signed up"} in pushed[0]["attributes"]
    assert api.code(api.post("leads/push", {**asked, "programName": "No", "input": [record]})) == "1013"


def test_a_cookie_is_given_to_a_lead(api: Any) -> None:
    """Associate answers without a result; what is no cookie is 1012, an unknown lead 1004."""
    (made,) = api.sync({"email": "a@example.net"})
    cookie = "id:123-ABC-456&token:_mch-example.com-1594662481190-60776"
    assert "result" not in api.post(f"leads/{made['id']}/associate", {}, cookie=cookie)
    assert api.lead(made["id"], "cookies")["cookies"] == cookie
    assert api.code(api.post(f"leads/{made['id']}/associate", {}, cookie="x")) == "1012"
    assert api.code(api.post("leads/99/associate", {}, cookie=cookie)) == "1004"


@pytest.mark.simulator("marketo-15")
def test_there_is_one_partition(api: Any) -> None:
    """Default is accepted everywhere, every other name is 1008, and a move without a name 1009."""
    (made,) = api.sync({"email": "a@example.net"}, partitionName="Default")
    refused = api.post("leads", {"partitionName": "Asia", "input": [{"email": "b@example.net"}]})
    assert api.code(refused) == "1008"
    moves = [{"id": made["id"], "partitionName": name} for name in ("Default", "Asia", "")]
    result = api.post("leads/partitions", {"input": [*moves, {"id": 99, "partitionName": "Default"}]})["result"]
    assert result[0] == {"id": made["id"], "status": "updated"}
    assert [entry["reasons"][0]["code"] for entry in result[1:]] == ["1008", "1009", "1004"]


@pytest.mark.simulator("marketo-37")
def test_fields_are_made_through_the_api(api: Any) -> None:
    """A field made by the API is described and can be written; a known name is 1017, the 101st field 1028."""
    field = {"displayName": "Pet Name", "name": "petName", "dataType": "string"}
    assert api.post("leads/schema/fields", {"input": [field]})["result"] == [{"name": "petName", "status": "created"}]
    assert api.get("leads/schema/fields/petName")["result"][0]["isApiCreated"] is True
    (made,) = api.sync({"email": "a@example.net", "petName": "Fluffy"})
    assert api.lead(made["id"], "petName")["petName"] == "Fluffy"
    assert api.code(api.post("leads/schema/fields", {"input": [field]})) == "1017"
    more = [{**field, "name": f"pet{number}"} for number in range(100)]
    assert api.code(api.post("leads/schema/fields", {"input": more})) == "1028"
    assert api.code(api.post("leads/schema/fields", {"input": [{**field, "name": "2pets"}]})) == "1003"
    first = api.get("leads/schema/fields", batchSize=100)
    rest = api.get("leads/schema/fields", batchSize=100, nextPageToken=first["nextPageToken"])
    assert (first["moreResult"], rest["moreResult"]) == (True, False)
    names = {entry["rest"]["name"] for entry in api.get("leads/describe")["result"]}
    assert {entry["name"] for entry in first["result"] + rest["result"]} == names
