"""Named stories of reading and of identity; each docstring says what goes wrong."""

from typing import Any

from local.simulators.kernel.population import users
from lockstep.store.table import Change, Key
from tests.selling import OWNER
from tests.simulation.scenes import LOGGING, PEOPLE, lead_of, mail, tale, touched
from tests.simulation.stage import Stage

# --- reading ----------------------------------------------------------------------------------------------------------


def renamed(stage: Stage, person: int, name: str) -> None:
    """A marketer renames one of the people."""
    stage.marketo.act("update", {"id": stage.people[person], "fields": {"lastName": name}})


@tale
def changes_that_show_late(stage: Stage) -> None:
    """A change is dated nearly five minutes back, behind what was read already (F049)."""
    stage.turn(300)
    stage.marketo.limits({"late_s": 280})
    stage.clock.advance(280)
    renamed(stage, 0, "Late")
    stage.turn(1)


@tale
def one_stamp_over_a_page_edge(stage: Stage) -> None:
    """More people than a page holds change in one second (F051)."""
    ids = [1000 + number for number in range(310)]
    stage.marketo.seed([{"type": "lead", "id": one, "sfdcType": "lead", "lastName": "Old", **OWNER} for one in ids])
    stage.turn(300)
    for one in ids:
        stage.marketo.act("update", {"id": one, "fields": {"lastName": f"New {one}"}})


@tale
def the_page_that_failed(stage: Stage) -> None:
    """The second page of changes ends in an error, the one behind it in half a body (F061)."""
    stage.clock.advance(400)
    renamed(stage, 0, "New")
    stage.marketo.act("delete", {"id": stage.people[1]})
    touched(stage, 0, 1)
    half: dict[str, Any] = {"fault": "truncate", "path": "leads.json"}
    none: dict[str, Any] = {"fault": "drop_after_commit", "path": "deletedleads"}
    stage.marketo.faults.load([half, none])
    stage.turn(1)
    stage.turn(1)


@tale
def the_token_dies_mid_page(stage: Stage) -> None:
    """Marketo's token ends between the page of changes and the look at the people on it (F001)."""
    renamed(stage, 0, "New")
    stage.marketo.faults.load([{"fault": "expire_token", "path": "leads.json"}])
    stage.turn(300)


@tale
def the_quota_ends_at_the_last_page(stage: Stage) -> None:
    """607 on the last feed of a pass (F013)."""
    renamed(stage, 0, "New")
    stage.marketo.faults.load([{"fault": "status", "code": 607, "path": "/activities", "after": 1}])
    stage.turn(300)
    stage.turn(60)


@tale
def somebody_else_uses_the_rate(stage: Stage) -> None:
    """606 and 615 for an hour, because another integration takes nearly everything (F011, F012)."""
    stage.marketo.limits({"calls_per_20s": 2, "concurrent": 1})
    renamed(stage, 0, "New")
    for _ in range(12):
        stage.turn(300)
    stage.marketo.limits({"concurrent": 10})


@tale
def the_schedule_overtakes_itself(stage: Stage) -> None:
    """The people schedule runs a second time inside its own run, and then three hours late (F066)."""
    renamed(stage, 0, "New")
    stage.boundary.when(PEOPLE, "http before GET /rest/v1/leads.json", lambda: stage.attempt(PEOPLE, {}))
    stage.turn(300)
    renamed(stage, 0, "Newer")
    stage.turn(3 * 3600)


@tale
def the_reader_oversleeps(stage: Stage) -> None:
    """A reader stands still between reading a page and storing it, and another one reads further (F031, F066)."""
    renamed(stage, 0, "New")

    def overslept() -> None:
        stage.clock.advance(400)
        renamed(stage, 0, "Newest")
        stage.attempt(PEOPLE, {})

    stage.boundary.when(PEOPLE, "http after GET /rest/v1/leads.json", overslept)
    stage.turn(300)


@tale
def a_position_of_the_year_2999(stage: Stage) -> None:
    """The stored position lies in the far future; afterwards somebody changes (F065)."""
    row = Key(f"CURSOR#{PEOPLE}", "CURSOR")
    stage.inner.transact([Change(row, set={"changes": {"watermark": "2999-01-01T00:00:00.000000Z"}})])
    renamed(stage, 0, "New")
    stage.attempt(PEOPLE, {})
    stage.flush()


@tale
def a_position_nobody_understands(stage: Stage) -> None:
    """The stored position is of a form that this version cannot read (F065)."""
    stage.inner.transact([Change(Key(f"CURSOR#{PEOPLE}", "CURSOR"), set={"changes": {"page": 7}})])
    renamed(stage, 0, "New")
    stage.attempt(PEOPLE, {})
    stage.flush()


# --- identity ---------------------------------------------------------------------------------------------------------


@tale
def merged_mid_flight(stage: Stage) -> None:
    """Two people become one while the mail to the loser is being written (F069)."""
    touched(stage, 0, 1)
    mail(stage, 0)
    mail(stage, 1)
    pair = {"winner": stage.people[1], "losers": [stage.people[0]]}
    stage.boundary.when(LOGGING, "http before P", lambda: stage.marketo.act("merge", pair))
    stage.flush()
    stage.turn(300)
    mail(stage, 0)


@tale
def a_chain_of_merges(stage: Stage) -> None:
    """A into B, B into C; the mail to A lands on C (F068)."""
    touched(stage, 0, 1, 2)
    stage.marketo.act("merge", {"winner": stage.people[1], "losers": [stage.people[0]]})
    stage.turn(300)
    stage.marketo.act("merge", {"winner": stage.people[2], "losers": [stage.people[1]]})
    stage.turn(300)
    mail(stage, 0)


@tale
def converted_mid_flight(stage: Stage) -> None:
    """A lead becomes a contact between the look and the write (F067)."""
    touched(stage, 0)
    mail(stage)
    lead = {"lead": lead_of(stage, 0)}
    stage.boundary.when(LOGGING, "http before P", lambda: stage.salesforce.act("convert", lead))
    stage.flush()


@tale
def deleted_while_waiting(stage: Stage) -> None:
    """The person is deleted in both vendors while the activity waits (F070)."""
    touched(stage, 0)
    mail(stage)
    stage.salesforce.act("delete", {"id": lead_of(stage, 0)})
    stage.marketo.act("delete", {"id": stage.people[0]})
    stage.turn(300)


@tale
def back_from_the_dead(stage: Stage) -> None:
    """Deleted and brought back between two looks (F059)."""
    touched(stage, 0)
    stage.marketo.act("delete", {"id": stage.people[0]})
    stage.marketo.act("undelete", {"id": stage.people[0]})
    stage.turn(300)


@tale
def merged_just_before_a_load(stage: Stage) -> None:
    """A merge and a deletion, and before anybody looked, another pass over all people (F069)."""
    touched(stage, 0, 1, 2)
    stage.marketo.act("merge", {"winner": stage.people[1], "losers": [stage.people[0]]})
    stage.marketo.act("delete", {"id": stage.people[2]})
    stage.clock.advance(400)
    stage.request_load()
    stage.flush()


@tale
def the_owner_leaves_and_returns(stage: Stage) -> None:
    """The owner goes to the queue and comes back (F074)."""
    touched(stage, 0)
    stage.marketo.act("change_owner", {"id": stage.people[0], "owner": None})
    stage.turn(300)
    mail(stage)
    stage.turn(30)
    stage.marketo.act("change_owner", {"id": stage.people[0], "owner": users()[0].email})
    stage.turn(300)
    mail(stage)


@tale
def merged_into_somebody_who_is_gone(stage: Stage) -> None:
    """Merged into a person who is deleted before anybody read it (F068)."""
    touched(stage, 0)
    winner = 900
    stage.marketo.seed([{"type": "lead", "id": winner, "sfdcType": "contact", "lastName": "Short", **OWNER}])
    stage.marketo.act("merge", {"winner": winner, "losers": [stage.people[0]]})
    stage.marketo.act("delete", {"id": winner})
    stage.turn(300)
    mail(stage)


@tale
def the_reader_dies_between_two_writes(stage: Stage) -> None:
    """Killed behind the first write that follows a page of people (F026)."""
    renamed(stage, 0, "New")
    stage.clock.advance(700)
    dies = stage.boundary.kill
    watch = stage.boundary.when
    watch(PEOPLE, "http after GET /rest/v1/leads.json", lambda: watch(PEOPLE, "table.transact before", dies, skip=1))
    stage.attempt(PEOPLE, {})
    stage.flush()


@tale
def a_token_nobody_knows(stage: Stage) -> None:
    """A pass was left in its middle, and Marketo no longer knows the token of the next page (F053)."""
    row = Key(f"CURSOR#{PEOPLE}", "CURSOR")
    place = dict(stage.inner.get(row) or {})["changes"] | {"until": "2026-11-02T09:00:00.000000Z", "token": "gone"}
    stage.inner.transact([Change(row, set={"changes": place})])
    renamed(stage, 0, "New")
    stage.attempt(PEOPLE, {})
    stage.flush()


@tale
def pages_with_nothing_on_them(stage: Stage) -> None:
    """Every other page is empty and says that there is more (F054)."""
    stage.marketo.limits({"sparse": "empty"})
    renamed(stage, 0, "New")
    stage.turn(300)


@tale
def the_vendors_are_ahead(stage: Stage) -> None:
    """Both vendors' clocks are nearly five minutes ahead of ours (F056, F106)."""
    _skewed(stage, 290)


@tale
def the_vendors_are_behind(stage: Stage) -> None:
    """Both vendors' clocks are nearly five minutes behind ours (F009, F106)."""
    _skewed(stage, -290)


def _skewed(stage: Stage, seconds: int) -> None:
    stage.marketo.clock.advance(seconds)
    stage.salesforce.clock.advance(seconds)
    renamed(stage, 0, "New")
    mail(stage, 1)
    stage.turn(300)
    stage.marketo.act("delete", {"id": stage.people[2]})
    touched(stage, 2)
    stage.turn(3600)
    mail(stage, 1)


@tale
def an_address_that_changes(stage: Stage) -> None:
    """The person's address changes between the mail and its log, to that of somebody else (F072, F073)."""
    other = stage.marketo.world.leads.by_id[stage.people[1]].values["email"]
    mail(stage)
    stage.marketo.act("update", {"id": stage.people[0], "fields": {"email": other.upper()}})
    stage.attempt(PEOPLE, {})
    stage.flush()
    mail(stage)
