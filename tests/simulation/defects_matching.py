"""Planted defects of matching and identity; see `defects.py`."""

from tests.simulation.defects import DEFECTS, Patch, sees

__all__ = ["DEFECTS"]


@sees("M32", "converted_under_mail_and_call", unmet="a thousand random stories did not meet it")
def a_record_that_is_gone_has_no_successor(patch: Patch) -> None:
    """Nobody asks whom a record became."""
    patch.setattr("lockstep.salesforce.client.Salesforce.successors", lambda _self, _ids: {})


@sees("M33", "the_id_comes_late", unmet="no person of a random story gains an id later")
def nobody_waits_for_a_person(patch: Patch) -> None:
    """The people sync wakes nobody."""
    patch.setattr("people_from_marketo.late.wake", lambda *_: None)
