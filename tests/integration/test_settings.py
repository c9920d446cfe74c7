"""Settings over the interface: checked, previewed, put in force, taken back, and each seller's own choices."""

from typing import Any

import pytest

from tests.signed import event
from tests.workspace import ADMIN, APP, OTHER, SELLER, Workspace

OWNED = {"sfdcType": "contact", "leadOwnerEmailAddress": "owner6@example.com"}


@pytest.fixture
def world() -> Workspace:
    """Marketo and a seller connected, nothing switched on."""
    here = Workspace()
    assert here.ask("PUT", "/connections/marketo", APP).status == 200
    assert here.connect().status == 200
    return here


def person(world: Workspace) -> int:
    """One person with a contact, loaded."""
    contact = world.salesforce.seed([{"type": "Contact", "LastName": "Lovell"}])[0]
    (number,) = world.marketo.seed([{"type": "lead", **OWNED, "sfdcContactId": contact}])
    world.start_load()
    return number


def patch(world: Workspace, **changes: Any) -> Any:
    """An admin's change, taken."""
    answer = world.ask("PATCH", "/settings", changes)
    assert answer.status == 200, answer.body
    return answer.body


@pytest.mark.acceptance(52)
def test_log_replies_needs_emails_by_the_api(world: Workspace) -> None:
    """Log Replies cannot be switched on while the API method is off, nor the method be taken from under it."""
    refused = world.ask("PATCH", "/settings", {"log_replies": True})
    assert refused.status == 400
    assert "log_replies needs log_emails on and email_method api" in refused.detail
    patch(world, log_emails=True, email_method="bcc")
    assert world.ask("PATCH", "/settings", {"log_replies": True}).status == 400
    assert patch(world, email_method="api", log_replies=True)["values"]["log_replies"] is True
    assert world.ask("PATCH", "/settings", {"email_method": "bcc"}).status == 400
    assert world.ask("GET", "/settings").body["values"]["email_method"] == "api"


@pytest.mark.acceptance(61)
@pytest.mark.parametrize("name", ["call_outcomes", "call_reasons"])
def test_the_sixteenth_choice_is_refused(world: Workspace, name: str) -> None:
    """Fifteen outcomes and fifteen reasons are taken; the sixteenth is refused with a sentence."""
    fifteen = [f"Choice {number}" for number in range(15)]
    patch(world, **{name: fifteen})
    refused = world.ask("PATCH", "/settings", {name: [*fifteen, "One more"]})
    assert refused.status == 400
    assert f"{name}: at most 15, not 16." in refused.detail
    kept = world.ask("GET", "/settings").body["values"][name]
    assert [one["name"] if name == "call_outcomes" else one for one in kept] == fifteen


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"log_to": ["account"]}, "log_to.0: must be 'contact' or 'lead'."),
        ({"duplicate_rule": "newest"}, "duplicate_rule: must be 'contact_first_newest'"),
        ({"log_emails": "perhaps"}, "log_emails: must be true or false."),
        ({"call_outcome_required": True}, "call_outcome_required needs call_outcomes to choose from."),
        ({"rollups": ["lead"]}, "rollups needs rollup_fields"),
        ({"rollup_fields": {"last_replied": "a b"}}, "rollup_fields.last_replied"),
        ({"call_outcomes": [{"kind": "x"}]}, "call_outcomes.0.name is missing. There is no call_outcomes.0.kind."),
        ({"sellers": {SELLER: {"log_calls": False}}}, "PATCH /my/settings"),
    ],
)
def test_each_mistake_is_a_sentence(world: Workspace, changes: dict[str, Any], sentence: str) -> None:
    """What is wrong is named with what would be right, and nothing is in force."""
    refused = world.ask("PATCH", "/settings", changes)
    assert refused.status == 400
    assert sentence in refused.detail
    assert refused.detail.startswith("Nothing was changed.")
    assert world.ask("GET", "/settings").body["version"] == 0


def test_the_history_says_what_changed_and_an_older_version_comes_back(world: Workspace) -> None:
    """Each version tells its changes in lines; a return is a new version, and sellers keep their choices."""
    patch(world, log_emails=True, call_outcomes=["Answered", "Voicemail"])
    patch(world, log_to=["lead"])
    world.ask("PATCH", "/my/settings", {"log_emails": False}, user=SELLER)
    back = world.ask("POST", "/settings/revert", {"version": 1})
    assert (back.status, back.body["version"], back.body["changed_by"]) == (200, 4, ADMIN)
    assert back.body["values"]["log_to"] == ["contact", "lead"]
    assert back.body["values"]["sellers"][SELLER]["log_emails"] is False
    changes = [one["changes"] for one in world.ask("GET", "/settings/history").body["versions"]]
    assert changes == [
        ["log_to: lead -> contact, lead"],
        [f"{SELLER}: log_emails: not set -> off"],
        ["log_to: contact, lead -> lead"],
        ["log_emails: off -> on", "call_outcomes: not set -> Answered, Voicemail"],
    ]
    assert world.ask("POST", "/settings/revert", {"version": 9}).status == 404
    assert world.ask("POST", "/settings/revert", {"version": 0}).body["values"]["log_emails"] is False


@pytest.mark.acceptance(63)
def test_the_team_override_replaces_and_locks(world: Workspace) -> None:
    """With the override the admin's settings hold for a seller who had chosen otherwise, and cannot be left."""
    patch(world, log_emails=True, log_calls=True)
    mine = world.ask("PATCH", "/my/settings", {"log_calls": False}, user=SELLER)
    assert (mine.status, mine.body["log_calls"], mine.body["locked"]) == (200, False, False)
    who = person(world)
    world.report(event("evt_1", "call.logged", person=who))
    assert world.tasks() == []
    patch(world, team_override=True)
    mine = world.ask("GET", "/my/settings", user=SELLER).body
    assert (mine["log_calls"], mine["locked"]) == (True, True)
    refused = world.ask("PATCH", "/my/settings", {"log_emails": False}, user=SELLER)
    assert refused.status == 403
    assert "team_override" in refused.detail
    world.report(event("evt_2", "call.logged", person=who))
    assert len(world.tasks()) == 1
    patch(world, team_override=False)
    assert world.ask("GET", "/my/settings", user=SELLER).body["log_calls"] is False


def test_sellers_narrow_and_never_widen(world: Workspace) -> None:
    """A seller cannot switch on what an admin has off, and sees nobody else's choices (LS-34)."""
    refused = world.ask("PATCH", "/my/settings", {"log_calls": True}, user=SELLER)
    assert refused.status == 400
    assert "your own choice can only narrow" in refused.detail
    patch(world, log_emails=True)
    assert "needs your bcc_address" in world.ask("PATCH", "/my/settings", {"email_method": "bcc"}, user=SELLER).detail
    assert "There is no log_to" in world.ask("PATCH", "/my/settings", {"log_to": ["lead"]}, user=SELLER).detail
    world.ask("PATCH", "/my/settings", {"log_emails": False}, user=SELLER)
    assert world.ask("GET", "/settings", user=OTHER).body["values"]["sellers"] == {}
    assert set(world.ask("GET", "/settings", user=SELLER).body["values"]["sellers"]) == {SELLER}
    assert set(world.ask("GET", "/settings").body["values"]["sellers"]) == {SELLER}


@pytest.mark.acceptance(53)
def test_the_sender_is_told_what_a_mail_needs(world: Workspace) -> None:
    """Under BCC the seller's address is named for the mail; under the API nothing has to be on it."""
    assert world.ask("GET", "/sending", user=SELLER).body["email_logging"] == "off"
    patch(world, log_emails=True, call_reasons=["Renewal"])
    sending = world.ask("GET", "/sending", user=SELLER).body
    assert (sending["email_logging"], sending["bcc"], sending["call_reasons"]) == ("api", [], ["Renewal"])
    address = "emailtosalesforce@1a.le.salesforce.example"
    world.ask("PATCH", "/my/settings", {"email_method": "bcc", "bcc_address": address}, user=SELLER)
    for asked in ({"user": SELLER}, {"user": ADMIN}):
        sending = world.ask("GET", f"/sending?user={SELLER}", **asked).body
        assert (sending["email_logging"], sending["bcc"]) == ("bcc", [address])
    assert world.ask("GET", f"/sending?user={SELLER}", user=OTHER).status == 403
    world.ask("PATCH", "/my/settings", {"email_method": None, "bcc_address": None}, user=SELLER)
    patch(world, email_method="bcc")
    assert "none is logged" in world.ask("GET", "/sending", user=SELLER).body["text"]
    assert "bcc_address is not set" in world.ask("GET", "/my/settings", user=SELLER).body["notes"][0]


def test_a_preview_tells_the_consequence_and_changes_nothing(world: Workspace) -> None:
    """What was skipped because its kind was off is counted as loggable under the new settings, and comes true."""
    who = person(world)
    patch(world, log_emails=True)
    world.report(*(event(f"evt_{n}", "call.logged", person=who) for n in range(3)))
    world.report(event("evt_4", "call.logged", person=who, direction="inbound"))
    before = world.table.rows()
    seen = world.ask("POST", "/settings/preview", {"log_calls": True}).body
    assert world.table.rows() == before
    assert seen["answer"] == [
        "3 waiting calls would become loggable; what was skipped goes when it is retried (lockstep retry)."
    ]
    assert seen["changes"] == ["log_calls: off -> on"]
    counts = {one["code"]: (one["before"], one["after"]) for one in seen["judged"]}
    assert counts == {"KIND_OFF": (4, 0), "LOGGABLE": (0, 3), "NOT_OUTBOUND": (0, 1)}
    assert (seen["looked_at"], seen["complete"], seen["calls"]) == (4, True, 1)
    assert "sellers would log more than now" in seen["warnings"][0]
    patch(world, log_calls=True)
    world.ask("POST", "/retries", {"filter": {"reason": "KIND_OFF"}, "dry_run": False})
    world.run_until_quiet()
    assert len(world.tasks()) == 3


def test_a_preview_of_log_to_tells_who_is_left_out(world: Workspace) -> None:
    """Leads alone: what would go to contacts is counted as not logged, before anything is changed."""
    who = person(world)
    patch(world, log_emails=True)
    world.report(*(event(f"evt_{n}", "call.logged", person=who) for n in range(2)))
    seen = world.ask("POST", "/settings/preview", {"log_calls": True, "log_to": ["lead"]}).body
    counts = {one["code"]: (one["before"], one["after"]) for one in seen["judged"]}
    assert counts == {"KIND_OFF": (2, 0), "OBJECT_NOT_LOGGED": (0, 2)}


def test_a_preview_warns_of_the_override_and_of_what_is_lost(world: Workspace) -> None:
    """Switching the override on says for how many it holds; switching a kind off says what would not be logged."""
    patch(world, log_emails=True)
    world.ask("PATCH", "/my/settings", {"log_emails": False}, user=SELLER)
    warned = world.ask("POST", "/settings/preview", {"team_override": True}).body["warnings"]
    assert warned[0].startswith("1 of 2 sellers would log more than now.")
    assert warned[1] == "team_override holds for all 2 sellers; 1 of them had chosen otherwise."
    refused = world.ask("POST", "/settings/preview", {"log_email": True})
    assert "There is no log_email" in refused.detail
    assert world.ask("POST", "/settings/preview", {}).body["answer"] == [
        "Nothing that waits or was parked would end otherwise."
    ]
