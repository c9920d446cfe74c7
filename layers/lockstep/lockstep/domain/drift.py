"""What changed between two descriptions of Task by one user, as far as it touches what is written; pure.

Promises that a field which others see is told as hidden and not as missing (F063), and that whatever can be written
since is named apart, because items may wait for just that (F062).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lockstep.domain.task import KEY_FIELD, FieldRight, TaskSchema

KINDS = frozenset({"Email", "Reply", "Call"})


@dataclass(frozen=True, slots=True)
class Drift:
    """Sentences for people, and whether the user may write something now that was not there or not allowed before."""

    notes: tuple[str, ...] = ()
    gained: bool = False


def drift(before: TaskSchema, after: TaskSchema, written: Collection[str], seen_by_others: Collection[str]) -> Drift:
    """The changes of what Lockstep writes, and fields that it does not fill and that are required since."""
    notes: list[str] = []
    gained = False
    for name in written:
        old, new = before.fields.get(name), after.fields.get(name)
        if old is None and new is None:
            continue
        if new is None:
            hidden = name in seen_by_others
            notes.append(f"{name} is {'hidden from this user' if hidden else 'gone'} since; it is left out.")
        elif old is None:
            notes.append(f"{name} is there now.")
        else:
            notes += _changed(old, new)
        gained = gained or _more(old, new)
    notes += _of_type(before, after)
    if before.key_usable != after.key_usable:
        notes.append(
            f"{KEY_FIELD} can {'be used as a key now' if after.key_usable else 'not be used as a key any more'}."
        )
    notes += [f"{name} is required now, and Lockstep does not fill it." for name in after.required - before.required]
    return Drift(tuple(notes), gained or bool((after.type_values - before.type_values) & KINDS))


def _more(old: FieldRight | None, new: FieldRight | None) -> bool:
    could = (old is not None and (old.createable, old.updateable)) or (False, False)
    can = (new is not None and (new.createable, new.updateable)) or (False, False)
    return any(now and not then for now, then in zip(can, could, strict=True))


def _changed(old: FieldRight, new: FieldRight) -> Iterator[str]:
    if old.kind != new.kind:
        yield f"{new.name} is of the type {new.kind} now, it was {old.kind}."
    if old.length != new.length and new.length:
        yield f"{new.name} takes {new.length} characters now, it took {old.length}."
    if (old.createable, old.updateable) != (new.createable, new.updateable):
        yield f"{new.name} can {'be written now' if _more(old, new) else 'not be written any more'}."


def _of_type(before: TaskSchema, after: TaskSchema) -> Iterator[str]:
    for kind in sorted((before.type_values ^ after.type_values) & KINDS):
        yield f"Type has {'the value' if kind in after.type_values else 'no value'} {kind} now."
