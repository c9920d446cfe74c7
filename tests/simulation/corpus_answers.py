"""Named stories of odd answers, of automation in the vendors, and of clocks that leap."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx

from tests.signed import content
from tests.simulation.acts import CANARY
from tests.simulation.audits import items
from tests.simulation.corpus_reading import renamed
from tests.simulation.scenes import LOGGING, WRITE, call, faulty, mail, tale
from tests.simulation.stage import Stage

Results = list[Any]
NOT_FITTING: tuple[Callable[[Results], Results], ...] = (
    lambda results: results[:-1],
    lambda results: [*results, results[-1]],
    lambda results: [results[0], None, *results[2:]],
)
ODD: tuple[Callable[[bytes], bytes], ...] = (
    lambda page: page[: page.index(b'New"') + 2],
    lambda page: page.decode().encode("utf-16"),
    lambda page: page.decode().encode("latin-1"),
    lambda page: page[:-1],
    lambda page: b"",
)


@tale
def results_that_do_not_fit(stage: Stage) -> None:
    """Writes in turn are answered with a result too few, with one too many, and with a null among them (F022)."""
    turns = list(NOT_FITTING)

    def spoil(request: httpx.Request, body: bytes) -> bytes:
        if WRITE not in request.url.path or not turns:
            return body
        return json.dumps(turns.pop(0)(json.loads(body))).encode()

    stage.network.spoil = spoil
    for _ in NOT_FITTING:
        for person in range(3):
            mail(stage, person)
        stage.flush()
    assert [row["state"] for row in items(stage)] == ["UNKNOWN"] * 9


@tale
def our_key_is_a_duplicate(stage: Stage) -> None:
    """The repeat of a lost write is refused because the key is taken: by the first write (F041)."""
    message = "duplicate value found: Lockstep_Key__c duplicates value on record with id: "

    def taken() -> None:
        for task in stage.tasks():
            faulty(
                stage,
                {"fault": "record_error", "code": "DUPLICATE_VALUE", "match": CANARY, "body": message + task["Id"]},
            )

    faulty(stage, {"fault": "drop_after_commit"})
    mail(stage)
    stage.flush()
    if stage.keyed:
        taken()
    stage.turn(400)


@tale
def automation_changes_what_was_written(stage: Stage) -> None:
    """A trigger in Salesforce spells the subject otherwise, moves the day's priority and trims the text (F045)."""
    mail(stage)
    call(stage, 1)
    stage.boundary.when(LOGGING, "http after P", lambda: _automated(stage))
    stage.flush()
    stage.turn(400)


def _automated(stage: Stage) -> None:
    for task in stage.tasks():
        fields = {"Subject": task["Subject"].upper(), "Priority": "High", "Description": task["Description"].strip()}
        stage.salesforce.act("update", {"id": task["Id"], "fields": fields})


@tale
def pages_that_are_cut_or_garbled(stage: Stage) -> None:
    """Pages of people are cut inside a quoted name, one character short, empty, or in another encoding (F064)."""
    turns = list(ODD)

    def spoil(request: httpx.Request, body: bytes) -> bytes:
        page = "/leads.json" in request.url.path and b'New"' in body
        return turns.pop(0)(body) if page and turns else body

    stage.network.spoil = spoil
    renamed(stage, 0, "Né New")
    for _ in ODD:
        mark = stage.record.watermark
        stage.turn(300)
        assert stage.record.watermark == mark
    stage.turn(300)
    assert not turns


@tale
def news_without_an_item_comes_again(stage: Stage) -> None:
    """An event that no flow wants, which nothing but itself remembers, is delivered three times (F104)."""
    when = stage.clock.now().isoformat()
    stage.send_letter([content("evt_1", "unsubscribe.created", person=stage.people[0], occurred_at=when)])
    for _ in range(2):
        stage.post_letter(stage.record.letters[0])
    stage.flush()


@tale
def our_clock_leaps(stage: Stage) -> None:
    """Our own clock jumps nearly five minutes ahead while a worker writes, and is put back an hour later (F106)."""
    renamed(stage, 0, "New")
    mail(stage, 1)
    vendors = (stage.marketo.clock, stage.salesforce.clock)

    def leap(seconds: int) -> None:
        stage.clock.advance(seconds)
        if stage.boundary.worker:  # no time has passed: it has as long to live as before
            stage.boundary.worker.until += timedelta(seconds=seconds)
        for vendor in vendors:  # they follow our clock: put them back
            vendor.advance(-seconds)

    stage.boundary.when(LOGGING, "http after P", lambda: leap(290))
    stage.flush()
    stage.turn(3600)
    leap(-290)
    mail(stage, 1)
    stage.turn(300)
