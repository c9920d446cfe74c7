"""The Marketo client room against the Marketo simulator: tokens, limits, faults, feeds."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest

from local.fakes.manual_clock import ManualClock
from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Transport, serving
from local.simulators.marketo import MarketoSimulator
from lockstep.domain.ids import MarketoId
from lockstep.domain.reason import Reason
from lockstep.engine.errors import Halt, QuotaSpent, SyncError, Throttled, Unavailable, UnknownOutcome
from lockstep.marketo.auth import Credentials
from lockstep.marketo.client import Marketo, marketo_address
from lockstep.marketo.people import ChangePage, People
from tests.unit.layers.vendors import Gate, Tokens

OWN = "http://marketo.test"
PEOPLE = 60
FIRST = 1001  # the simulator's first id
ALL = range(FIRST, FIRST + 300)


class Instance:
    """One simulated instance, one shared token, any number of clients."""

    def __init__(self, people: int = PEOPLE):
        self.clock = ManualClock()
        self.simulator = MarketoSimulator(people=people, clock=SimClock(follow=self.clock.now))
        self.tokens = Tokens(self.clock)
        self.http = httpx.Client(transport=Transport(self.simulator), timeout=5)

    def client(self, secret: str = "demo-secret", http: httpx.Client | None = None, url: str = OWN) -> Marketo:
        """A worker's client."""
        return Marketo(
            http or self.http, base_url=marketo_address(url, own=url), credentials=Credentials("demo-client", secret),
            tokens=self.tokens, gate=Gate(), clock=self.clock,
        )  # fmt: skip

    def people(self) -> People:
        """A worker's people."""
        return People(self.client())

    def fault(self, fault: str, path: str = "/rest/", **more: Any) -> None:
        """One fault on the next call."""
        self.simulator.faults.load([{"fault": fault, "path": path, **more}])

    def truth(self) -> list[dict[str, Any]]:
        """All leads."""
        return self.simulator.records("lead")


@pytest.fixture
def instance() -> Iterator[Instance]:
    """A seeded instance."""
    made = Instance()
    yield made
    made.http.close()


def all_changes(room: People, token: str, names: dict[str, str]) -> tuple[list[int], str]:
    """The feed of changes to its end, and where it goes on."""
    found: list[int] = []
    page = ChangePage((), token, more=True, as_of=ManualClock().now())
    while page.more:
        page = room.changes(page.token, names)
        found += page.ids
    return found, page.token


def test_every_person_arrives_as_it_is(instance: Instance) -> None:
    """The whole instance is read by ids, field by field as the truth has it, in one call for 300 ids."""
    room = instance.people()
    fields = room.fields()
    calls = len(instance.simulator.calls)
    read = room.by_ids(ALL, fields.names)
    assert len(instance.simulator.calls) == calls + 1
    truth = {lead["id"]: lead for lead in instance.truth() if not lead["deleted"]}
    assert {one.person.marketo_id for one in read.records} == set(truth)
    for one in read.records:
        lead = truth[one.person.marketo_id]
        assert one.person.email == lead.get("email")
        assert one.person.salesforce_contact_id == lead.get("sfdcContactId")
        assert (one.salesforce_type or "") == (lead.get("sfdcType") or "").lower()
        assert one.has_owner == any(str(lead.get(name) or "") for name in lead if name.startswith("leadOwner"))
    assert fields.warnings == ()


@pytest.mark.acceptance(25)
def test_an_instance_without_a_field_is_refused_by_name(instance: Instance) -> None:
    """Marketo without the LinkedIn field: connecting stops and names it."""
    instance.simulator.act("remove_field", {"name": "linkedInProfileURL"})
    with pytest.raises(Halt, match="linkedInProfileURL"):
        instance.people().fields()


def test_a_field_that_vanishes_later_stops_the_connection(instance: Instance) -> None:
    """A field removed after connecting is told as such, not as 'no people'."""
    room = instance.people()
    names = room.fields().names
    instance.simulator.act("remove_field", {"name": "title"})
    with pytest.raises(Halt, match="connect marketo"):
        room.by_ids([FIRST], names)


def test_wrong_credentials(instance: Instance) -> None:
    """The sentence says what is wrong and what to do; the secret stands nowhere in it."""
    with pytest.raises(Halt, match="client id and secret") as caught:
        People(instance.client(secret="wrong-secret")).fields()
    assert caught.value.reason == Reason.CONNECTION_EXPIRED
    assert "wrong-secret" not in str(caught.value)


def test_an_unreachable_instance() -> None:
    """Nobody listens: deferred, with the host in the sentence."""
    with serving(MarketoSimulator(people=0)) as url:
        pass
    made = Instance(0)
    with httpx.Client(timeout=2) as http, pytest.raises(Unavailable, match=r"127\.0\.0\.1"):
        People(made.client(http=http, url=url)).fields()


@pytest.mark.invariant("I15")
@pytest.mark.fault("F001")
def test_a_token_that_dies_costs_one_identity_call(instance: Instance) -> None:
    """A token that dies in the middle of a read is renewed once and no page is lost."""
    room = instance.people()
    names = room.fields().names
    token = room.paging_token(instance.clock.now() - timedelta(days=2_000)).token
    whole, _ = all_changes(room, token, names)
    before = instance.simulator.identity.calls
    instance.fault("expire_token")
    again, _ = all_changes(room, token, names)
    assert again == whole
    assert instance.simulator.identity.calls == before + 1


@pytest.mark.invariant("I15")
@pytest.mark.fault("F002")
def test_twenty_workers_share_one_renewal(instance: Instance) -> None:
    """Twenty workers with one keeper meet the end of the token together: one identity call."""
    names = instance.people().fields().names
    instance.simulator.identity.expire()
    before, together = instance.simulator.identity.calls, threading.Barrier(20)

    def work(number: int) -> int:
        room = instance.people()
        together.wait()
        return len(room.by_ids([number], names).records)

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(work, ALL[:20])) == 20
    assert instance.simulator.identity.calls == before + 1


def test_tokens_run_out_by_the_hour(instance: Instance) -> None:
    """`expires_in` is time left: after the hour the keeper asks anew by itself, without a failed call."""
    room = instance.people()
    room.fields()
    instance.clock.advance(3_601)
    room.fields()
    assert instance.simulator.identity.calls == 2
    assert not instance.simulator.quota.failures(instance.clock.now(), 1)[0]["errors"]


@pytest.mark.parametrize(("limits", "code", "kind"), [
    ({"calls_per_20s": 0}, "606", Throttled), ({"concurrent": 0}, "615", Throttled),
    ({"calls_per_day": 0}, "607", QuotaSpent),
])  # fmt: skip
def test_limits_are_three_things(instance: Instance, limits: dict[str, int], code: str, kind: type[SyncError]) -> None:
    """606, 615 and 607 as the instance says them; after the reset of the day calls go on."""
    instance.simulator.limits(limits)
    with pytest.raises(kind) as caught:
        instance.people().fields()
    assert caught.value.code == code
    if isinstance(caught.value, QuotaSpent):
        assert caught.value.until is not None
        instance.clock.set(caught.value.until)
        instance.simulator.limits({"calls_per_day": 10})
        assert instance.people().fields().names


READS: list[tuple[str, dict[str, Any]]] = [
    ("drop_before_commit", {}), ("drop_after_commit", {}), ("html", {}), ("truncate", {}), ("slow", {"seconds": 30}),
    ("status", {"code": 503}), ("status", {"code": 604}), ("status", {"code": 608}), ("status", {"code": 713}),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "more"), READS)
@pytest.mark.fault("F044")
def test_a_read_in_trouble_is_later(instance: Instance, fault: str, more: dict[str, Any]) -> None:
    """Dropped, slow, HTML, half JSON and Marketo's transient codes: deferred, and the next call is whole."""
    room = instance.people()
    names = room.fields().names
    instance.fault(fault, **more)
    with pytest.raises(Unavailable):
        room.by_ids(ALL, names)
    assert len(room.by_ids(ALL, names).records) == PEOPLE


@pytest.mark.parametrize(("fault", "more", "written"), [
    ("drop_before_commit", {}, 0), ("drop_after_commit", {}, 1), ("html", {}, 0), ("truncate", {}, 1),
    ("slow", {"seconds": 30}, 1), ("status", {"code": 502}, 0), ("status", {"code": 604}, 0),
    ("status", {"code": 604, "after_commit": True}, 1),
])  # fmt: skip
@pytest.mark.fault("F023", "F024", "F025")
def test_a_write_in_trouble_is_unknown(instance: Instance, fault: str, more: dict[str, Any], written: int) -> None:
    """Executed or not, the answer is the same 'nobody knows', and nothing is sent twice."""
    client = instance.client()
    client.ask("/rest/v1/leads/describe.json", {})
    before = len(instance.truth())
    instance.fault(fault, **more)
    with pytest.raises(UnknownOutcome):
        client.tell("/rest/v1/leads.json", {"action": "createOnly", "input": [{"email": "new@example.org"}]})
    assert len(instance.truth()) == before + written


@pytest.mark.parametrize("fault", ["html", "truncate", "drop_before_commit"])
@pytest.mark.fault("F003")
def test_an_identity_service_in_trouble_ends_nothing(instance: Instance, fault: str) -> None:
    """The login is deferred, and works the next time."""
    instance.fault(fault, path="/identity/")
    with pytest.raises(Unavailable):
        instance.people().fields()
    assert instance.people().fields().names


def test_the_feed_of_changes(instance: Instance) -> None:
    """New people and changes of our fields are told from a token on, others are not, and nothing is told twice."""
    room = instance.people()
    names = room.fields().names
    token = room.paging_token(instance.clock.now()).token
    _, token = all_changes(room, token, names)
    instance.clock.advance(10)
    instance.simulator.act("update", {"id": FIRST, "fields": {"title": "Chief"}})
    instance.simulator.act("update", {"id": FIRST + 1, "fields": {"leadScore": 7}})
    instance.simulator.act("change_owner", {"id": FIRST + 2, "owner": "seller1@example.com"})
    (new,) = instance.simulator.seed([{"type": "lead", "email": "new@example.org"}])
    changed, token = all_changes(room, token, names)
    assert {FIRST, new} <= set(changed) <= {FIRST, FIRST + 2, new}
    assert all_changes(room, token, names)[0] == []


@pytest.mark.parametrize("sparse", ["", "empty", "missing"])
@pytest.mark.parametrize("no_ids", [True, False])
def test_sparse_feeds_lose_nothing(instance: Instance, sparse: str, no_ids: bool) -> None:
    """Empty and short pages, with and without `result`, with and without ids: the same people."""
    room = instance.people()
    names = room.fields().names
    token = room.paging_token(instance.clock.now() - timedelta(days=2_000)).token
    whole, _ = all_changes(room, token, names)
    instance.simulator.limits({"sparse": sparse, "no_ids": no_ids})
    assert set(all_changes(room, token, names)[0]) == set(whole) != set()


def test_deletions_and_merges(instance: Instance) -> None:
    """A deleted person and a merge are told by their own feeds; look-ups find neither."""
    room = instance.people()
    names = room.fields().names
    token = room.paging_token(instance.clock.now()).token
    ids = [lead["id"] for lead in instance.truth() if not lead["deleted"] and not lead.get("sfdcType")][:4]
    instance.clock.advance(5)
    instance.simulator.act("delete", {"id": ids[0]})
    for as_list in (False, True):
        instance.simulator.limits({"merge_ids_as_list": as_list})
        instance.simulator.act("merge", {"winner": ids[1], "losers": [ids[2 + as_list]]})
    assert ids[0] in room.deletions(token).ids
    page = room.merges(token)
    assert [(merge.winner, merge.losers) for merge in page.merges] == [
        (ids[1], (MarketoId(ids[2]),)), (ids[1], (MarketoId(ids[3]),)),
    ]  # fmt: skip
    assert page.merges[0].at == instance.clock.now()
    assert [one.person.marketo_id for one in room.by_ids(ids, names).records] == [ids[1]]


@pytest.mark.fault("F040")
def test_a_question_too_long_for_an_address(instance: Instance) -> None:
    """300 ids of sixteen digits pass as a form where their address would be refused."""
    room = instance.people()
    names = room.fields().names
    (far,) = instance.simulator.seed([{"type": "lead", "id": 9_007_199_254_740_001, "email": "far@example.org"}])
    ids = [*range(9_007_199_254_739_702, 9_007_199_254_740_001), far]
    wide = names | {f"pad{n}": f"{name}" for n, name in enumerate(names.values())}
    read = room.by_ids(ids, wide | {"x": "anonymousIP" + "," * 3_000})
    assert [one.person.email for one in read.records] == ["far@example.org"]
    assert instance.simulator.calls[-1].method == "POST"


def test_over_a_real_connection(instance: Instance) -> None:
    """The same over loopback HTTP: gzip, keep-alive, and a connection that the vendor breaks."""
    with serving(instance.simulator) as url, httpx.Client(timeout=5) as http:
        room = People(instance.client(http=http, url=url))
        names = room.fields().names
        assert len(room.by_ids(ALL, names).records) > 0
        instance.fault("drop_after_commit")
        with pytest.raises(Unavailable):
            room.by_ids([FIRST], names)
        assert room.by_ids([FIRST], names).as_of == instance.clock.now()
