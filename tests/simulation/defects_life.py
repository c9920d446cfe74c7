"""Planted defects of reliability.md 6.7 that need the life of an email, a day, a merge or a setting to be seen."""

from typing import Any
from zoneinfo import ZoneInfo

from activities_to_salesforce import probe, rendering, writing
from lockstep.engine.errors import SyncError
from lockstep.marketo.people import People as MarketoPeople
from lockstep.marketo.people import Read
from lockstep.runtime.observability import logger
from lockstep.runtime.wiring import world
from lockstep.salesforce import session
from lockstep.store.people import People
from tests.simulation.defects import Patch, sees


@sees("M9", "a_task_of_the_same_author", keyed=False)
def ours_by_its_author(patch: Patch) -> None:
    """A Task of the seller for the person counts as our write, since the seller made it."""
    patch.setattr(probe, "_in", lambda tasks, target: next((one for one in tasks if one.who_id == target.who), None))


@sees("M10", "late_in_the_evening")
def days_of_our_own_midnight(patch: Patch) -> None:
    """A day begins at our midnight, not at the seller's."""
    patch.setattr(rendering, "ZoneInfo", lambda _name: ZoneInfo("UTC"))


@sees("M12", "opted_out_and_merged")
def the_newest_record_wins(patch: Patch) -> None:
    """Whether somebody opted out is what the record that was changed last says."""

    def opted_out(self: People, person: int) -> Any:
        rows = self._table.query(f"PERSON#{person}", prefix="OPT_OUT#", limit=1)
        return rows[0] if rows else None

    patch.setattr(People, "opted_out", opted_out)


@sees("M13", "a_range_is_not_answered")
def nobody_answered_so_nobody_is_there(patch: Patch) -> None:
    """A look-up that fails counts as one that found nobody."""
    honest = MarketoPeople.by_ids

    def by_ids(self: MarketoPeople, ids: Any, names: Any) -> Read:
        try:
            return honest(self, ids, names)
        except SyncError:
            return Read((), (), world().now())

    patch.setattr(MarketoPeople, "by_ids", by_ids)


@sees("M16", "the_answer_is_lost")
def bodies_in_the_log(patch: Patch) -> None:
    """What is sent is logged, to see what happens."""
    honest = session.Session.write

    def write(self: session.Session, method: str, path: str, body: Any) -> Any:
        logger().info("sending", extra={"body": body})
        return honest(self, method, path, body)

    patch.setattr(session.Session, "write", write)


@sees("M17", "words_that_do_not_fit")
def cut_by_bytes(patch: Patch) -> None:
    """Texts are shortened by their bytes."""
    patch.setattr(rendering, "cut", lambda text, limit: text.encode()[:limit].decode(errors="replace"))


@sees("M19", "a_template_changes_in_between", unmet="no admin acts while a worker is at work")
def settings_of_the_moment(patch: Patch) -> None:
    """What is written follows the settings of the moment of writing, not those of the judgement."""
    honest = writing.Writer._render

    def render(self: writing.Writer, target: Any) -> rendering.Rendered:
        before, self._desk.settings = self._desk.settings, world().settings.current()
        try:
            return honest(self, target)
        finally:
            self._desk.settings = before

    patch.setattr(writing.Writer, "_render", render)
