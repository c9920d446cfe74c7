"""What the door refuses: forgeries, bodies that are no events, giants; and that nothing of them stays."""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.senders import NEW, OLD, Secrets, Sender, answer_of, event, refused
from tests.world import SimWorld


@pytest.fixture
def sender() -> Sender:
    """A sender with the present secret."""
    return Sender(SimWorld())


# --- forgeries --------------------------------------------------------------------------------------------------------


def _tampered(headers: dict[str, str]) -> dict[str, dict[str, str]]:
    stamp, signature = int(headers["webhook-timestamp"]), headers["webhook-signature"]
    flipped = signature[:-3] + ("A" if signature[-3] != "A" else "B") + signature[-2:]
    signed_id = headers["webhook-id"]
    return {
        "unsigned": {"content-type": "application/json"},
        "no id": {n: v for n, v in headers.items() if n != "webhook-id"},
        "no timestamp": {n: v for n, v in headers.items() if n != "webhook-timestamp"},
        "no signature": {n: v for n, v in headers.items() if n != "webhook-signature"},
        "flipped bit": headers | {"webhook-signature": flipped},
        "empty signature": headers | {"webhook-signature": "v1,"},
        "unknown version": headers | {"webhook-signature": signature.replace("v1,", "v9,")},
        "no version": headers | {"webhook-signature": signature.removeprefix("v1,")},
        "joined by the gateway": headers | {"webhook-signature": f"{signature},{signature}"},
        "other id": headers | {"webhook-id": "delivery-2"},
        "id twice": headers | {"webhook-id": f"{signed_id},{signed_id}"},
        "header twice": headers | {"Webhook-Id": signed_id},
        "stop in the id": headers | {"webhook-id": f"{signed_id}.{stamp}"},
        "other timestamp": headers | {"webhook-timestamp": str(stamp + 1)},
        "padded timestamp": headers | {"webhook-timestamp": f"0{stamp}"},
        "signed timestamp": headers | {"webhook-timestamp": f"+{stamp}"},
        "fraction": headers | {"webhook-timestamp": f"{stamp}.0"},
        "milliseconds": headers | {"webhook-timestamp": f"{stamp}000"},
        "no number": headers | {"webhook-timestamp": "now"},
        "other digits": headers | {"webhook-timestamp": "١٧٩٥٣٣٩٨٦٠"},
        "huge number": headers | {"webhook-timestamp": "9" * 400},
    }


@pytest.mark.fault("F104")
@pytest.mark.invariant("I25")
def test_what_is_not_truly_signed_changes_nothing(sender: Sender) -> None:
    """Every way of getting a header wrong has the same answer, 401, and leaves no trace (S01, S03, S05, S44)."""
    body = json.dumps(event())
    for name, headers in _tampered(sender.sign(body)).items():
        answer = sender.post(body, headers)
        assert answer == sender.post(body, {}), name
        assert "sign the raw body" in refused(sender, answer, 401)


@pytest.mark.fault("F104")
@pytest.mark.invariant("I25")
def test_another_body_under_a_good_signature_changes_nothing(sender: Sender) -> None:
    """An altered, re-serialised, cut or undecodable body does not fit its signature (S01)."""
    body = json.dumps(event())
    headers = sender.sign(body)
    changed: list[str | bytes] = [
        body.replace("1042", "1043"),
        json.dumps(event(), indent=1),
        body[:-1],
        body + " ",
        "",
        b"\xff" + body.encode(),
    ]
    for other in changed:
        assert refused(sender, sender.post(other, headers), 401)
    broken = {"headers": sender.sign(""), "body": "%%%", "isBase64Encoded": True}
    assert refused(sender, answer_of(sender.world.call("webhook_intake", broken)), 401)


@pytest.mark.fault("F104")
@pytest.mark.parametrize(("offset", "status"), [(-301, 401), (-300, 202), (300, 202), (301, 401)])
def test_a_signature_lives_five_minutes_by_our_clock(sender: Sender, offset: int, status: int) -> None:
    """Five minutes early or late is accepted, a second more is not, whatever the machine's clock says (S03)."""
    body = json.dumps(event())
    at = sender.world.clock.now() + timedelta(seconds=offset)
    assert sender.post(body, sender.sign(body, at=at)).status == status


@pytest.mark.fault("F104")
@pytest.mark.parametrize(
    ("accepted", "signing", "status"),
    [((NEW,), NEW, 202), ((NEW, OLD), OLD, 202), ((NEW, OLD), NEW, 202), ((NEW,), OLD, 401), ((OLD,), NEW, 401)],
)
def test_a_rotation_leaves_no_gap(accepted: tuple[str, ...], signing: str, status: int) -> None:
    """While two secrets are accepted, either signs; a secret that is no longer accepted does not (S04)."""
    sender = Sender(SimWorld(), secret=signing, secrets=Secrets(accepted))
    assert sender.send(event()).status == status


def test_one_good_signature_among_several_is_enough(sender: Sender) -> None:
    """A sender in rotation signs with both of its secrets, and may add versions that we do not know (S04)."""
    body = json.dumps(event())
    good = sender.sign(body)
    other = Sender(sender.world, secret=OLD).sign(body)["webhook-signature"]
    both = f"v1a,AAAA {other} {good['webhook-signature']}"
    assert sender.post(body, good | {"webhook-signature": both}).status == 202


def test_the_names_of_headers_are_read_in_any_case(sender: Sender) -> None:
    """Header names have no case; their values have."""
    body = json.dumps(event())
    assert sender.post(body, {name.title(): value for name, value in sender.sign(body).items()}).status == 202


def test_a_secret_that_is_none_does_not_shut_the_door() -> None:
    """A secret that is not base64 is passed over while another is good; with no good one the sender may repeat."""
    broken = Sender(SimWorld(), secrets=Secrets(("a", NEW)))
    assert broken.send(event()).status == 202
    assert Sender(SimWorld(), secrets=Secrets(("a",))).send(event()).status == 503


HEADER = st.text(st.characters(codec="utf-8"), max_size=40)


@pytest.mark.invariant("I25")
@given(values=st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), HEADER))
def test_headers_of_any_shape_are_refused_calmly(values: dict[str, str]) -> None:
    """Whatever stands in the headers, the answer is 401 and the store stays empty (S05)."""
    sender = Sender(SimWorld())
    body = json.dumps(event())
    assert refused(sender, sender.post(body, sender.sign(body) | {"webhook-signature": "v1,AAAA"} | values), 401)


# --- bodies that are refused ------------------------------------------------------------------------------------------


def _wrapped(text: str) -> str:
    return f'{{"type": "email.sent", "data": {{"note": {text}}}}}'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "$ is not JSON"),
        ("{", "$ is not JSON"),
        ("[" * 10_000, "$ is nested deeper than 10 levels"),
        (_wrapped("[" * 9 + "]" * 9), "$.data.note[0][0][0][0][0][0][0][0] is nested deeper"),
        (_wrapped("1e400"), "$.data.note is a number too large"),
        (_wrapped("9" * 5_000), "$.data.note is a number beyond 64 bits"),
        (_wrapped("NaN"), "$.data.note is NaN"),
        (_wrapped("-Infinity"), "$.data.note is -Infinity"),
        (_wrapped('{"a": 1, "a": 2}'), "$.data.note.a stands twice"),
        (_wrapped(r'"\u0000"'), "$.data.note holds a character that cannot be stored"),
        (_wrapped(r'["x", "\ud800"]'), "$.data.note[1] holds a character that cannot be stored"),
        (_wrapped(r'{"\udfff": 1}'), r'$.data.note["\udfff"] is a name with a character'),
        ("null", "$ is neither an event nor"),
        ("[]", "$ is neither an event nor"),
        ("{}", "$ is neither an event nor"),
        ('{"events": []}', "$.events is not a list of 1 to 100 events"),
        ('{"events": {}}', "$.events is not a list of 1 to 100 events"),
        ('{"events": [1]}', "$.events[0] is not an event"),
        ('{"events": [{}], "more": 1}', "$.more does not belong beside events"),
    ],
)
def test_a_body_that_is_no_batch_of_events_is_refused_with_its_path(sender: Sender, body: str, said: str) -> None:
    """What is not strict JSON of one event or a batch gets 400 and the JSON path of the first mistake (S06)."""
    assert refused(sender, sender.post(body), 400).startswith(said)


def test_a_batch_has_at_most_a_hundred_events(sender: Sender) -> None:
    """A batch of 101 is refused whole."""
    assert "$.events is not a list of 1 to 100" in refused(sender, sender.send(*map(event, range(101))), 400)


def test_compressed_bodies_are_not_unpacked(sender: Sender) -> None:
    """A gzip bomb is no text and stays packed (S06)."""
    bomb = gzip.compress(b"0" * 10_000_000)
    assert refused(sender, sender.post(bomb, sender.sign("")), 401)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "a b"}, "$.events[3].id is not an id"),
        ({"id": 5}, "$.events[3].id is not accepted"),
        ({"type": "email.lost"}, "$.events[3].type is none of call.logged, "),
        ({"type": []}, "$.events[3].type is none of call.logged, "),
        ({"occurred_at": "yesterday"}, "$.events[3].occurred_at is not accepted (an instant is a text such as"),
        ({"occurred_at": 1_795_339_860}, "$.events[3].occurred_at is not accepted (an instant is a text such as"),
        ({"occurred_at": "2026-11-02T08:30:00"}, "$.events[3].occurred_at is not accepted (input should have timezone"),
        (
            {"occurred_at": "0001-01-01T00:00:00+14:00"},
            "$.events[3].occurred_at is not accepted (an instant lies between",
        ),
        ({"user": "nobody"}, "$.events[3].user is not an email address"),
        ({"person": {"marketo_id": "1042"}}, "$.events[3].person.marketo_id is not accepted"),
        ({"person": {"marketo_id": True}}, "$.events[3].person.marketo_id is not accepted"),
        ({"person": {"marketo_id": 2**60}}, "$.events[3].person.marketo_id is not accepted"),
        ({"person": {}}, "$.events[3].person.marketo_id is missing"),
        ({"person": {"marketo_id": 1, "email": "a@b"}}, "$.events[3].person.email is not a member of an event"),
        ({"data": {"to": ["a@b.example", 5]}}, "$.events[3].data.to[1] is not accepted"),
        ({"data": {"from": 5}}, "$.events[3].data.from is not accepted"),
        ({"data": {"campaign": {"id": []}}}, "$.events[3].data.campaign.id is not accepted"),
        ({"data": {"status": "lost"}}, "$.events[3].data.status is not accepted"),
        ({"extra": 1}, "$.events[3].extra is not a member of an event"),
    ],
)
def test_one_bad_event_refuses_the_whole_batch(sender: Sender, wrong: dict[str, Any], said: str) -> None:
    """A mistake in one of five events gives 400 with its JSON path, and none of the five is stored (I29)."""
    batch = [event(number) for number in range(5)]
    batch[3] |= wrong
    detail = refused(sender, sender.send(*batch), 400)
    assert detail.startswith(said)
    assert detail.endswith("nothing was stored: correct it and send the body again.")


def test_what_is_missing_is_named(sender: Sender) -> None:
    """An event without a member that every event has is refused with the path at which it is missing."""
    for name in ("id", "occurred_at", "user", "person", "data"):
        without = {member: value for member, value in event().items() if member != name}
        assert refused(sender, sender.send(without), 400).startswith(f"$.{name} is missing")


@pytest.mark.fault("F039")
@pytest.mark.invariant("I29")
def test_a_giant_is_refused_at_the_door(sender: Sender) -> None:
    """A body over 1 MiB and an event over 256 KiB get 413 and nothing of them is stored."""
    inside = "x" * (1024 * 1024)
    assert "1 MiB" in refused(sender, sender.post(inside + "x", {}), 413)
    big = event(2, data={"body_text": "é" * (128 * 1024)})
    assert refused(sender, sender.send(event(), big), 413).startswith("$.events[1] is an event larger than 256 KiB")
    unfolding = ",".join(["1e15"] * 40_000)
    assert refused(sender, sender.post(_wrapped(f"[{unfolding}]")), 400)


def test_the_largest_event_that_is_allowed_fits_a_row(sender: Sender) -> None:
    """An event of nearly 256 KiB in a script of three bytes a character is stored."""
    assert sender.send(event(data={"body_text": "漢" * 87_000})).statuses == ["stored"]


def test_nothing_that_was_sent_comes_back_or_into_the_log(
    sender: Sender, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither a refusal nor a log line nor a metric holds a value of the body (S21, S42)."""
    sender.send(event(data={"subject": "canary-17"}))
    sender.send(event(data={"subject": "canary-17", "note": 1}))
    for wrong in ({"type": "canary-17"}, {"user": "canary-17"}, {"data": {"status": "canary-17"}}, {"id": "canary 17"}):
        assert "canary" not in json.dumps(sender.send(event() | wrong).body)
    sender.post('{"canary-17"', sender.sign("x"))
    written = "".join(str(vars(record)) for record in caplog.records) + "".join(capsys.readouterr())
    assert "other content under a known id" in written
    assert "Signature not accepted" in written
    assert "canary" not in written
