"""Whether a record may be written, in Salesforce's order of objections, and in which form it is kept.

The order: a body that cannot be read, unknown fields, field-level security, required fields, lengths and picklists and
references, the organisation's own rules, duplicates, locks. Objections of one kind share one problem. The first step
that objects ends the check.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.simulators.salesforce import references
from local.simulators.salesforce.access import Access, Permissions
from local.simulators.salesforce.problems import Problem, Refused, invalid_cross_reference, no_such_column, not_writable
from local.simulators.salesforce.rules import Rules
from local.simulators.salesforce.schema.catalogue import ObjectType
from local.simulators.salesforce.schema.field import NUMBER_TYPES, Field
from local.simulators.salesforce.table import Row
from local.simulators.salesforce.values import Convert, converter
from local.simulators.salesforce.world import World

Values = dict[str, Any]


@dataclass(slots=True)
class Plan:
    """What one user may write to one object, compiled: field by name, with its converter and rights."""

    user_id: str
    access: Access
    fields: dict[str, tuple[Field, Convert]]
    lower: dict[str, str]
    createable: frozenset[str]
    updateable: frozenset[str]
    required: tuple[str, ...]
    never_null: frozenset[str]
    references: tuple[Field, ...]
    unique: tuple[Field, ...]


def _plan(user_id: str, access: Access) -> Plan:
    visible = access.visible.values()
    everything = access.object.fields.values()
    return Plan(
        user_id=user_id,
        access=access,
        fields={field.name: (field, converter(field)) for field in visible},
        lower={field.name.lower(): field.name for field in visible},
        createable=frozenset(field.name for field in visible if access.createable(field)),
        updateable=frozenset(field.name for field in visible if access.updateable(field)),
        required=tuple(field.name for field in everything if field.required),
        never_null=frozenset(field.name for field in everything if not field.nillable and field.type != "boolean"),
        references=tuple(field for field in everything if field.type == "reference"),
        unique=tuple(field for field in everything if field.unique),
    )


class Validator:
    """Judges writes against schema, rights, rules and the records that are there."""

    def __init__(self, world: World, permissions: Permissions, rules: Rules) -> None:
        self.world, self.permissions, self.rules = world, permissions, rules
        self._plans: dict[tuple[str, str], tuple[tuple[int, int], Plan]] = {}

    def plan(self, user_id: str, kind: ObjectType) -> Plan:
        """The compiled rights of a user on an object."""
        stamp = self.permissions.stamp()
        known = self._plans.get((user_id, kind.name))
        if known is None or known[0] != stamp:
            known = (stamp, _plan(user_id, self.permissions.access(user_id, kind)))
            self._plans[user_id, kind.name] = known
        return known[1]

    def check(self, user_id: str, kind: ObjectType, body: Mapping[str, Any], before: Row | None) -> Values:
        """The values to store, or `Refused`."""
        plan = self.plan(user_id, kind)
        if not plan.access.may_edit or not kind.writable:
            text = "insufficient access rights on object id"
            raise Refused(Problem("INSUFFICIENT_ACCESS_OR_READONLY", text, [], 403))
        named = self._named(plan, body)
        if self.rules.strictness.on:
            self._strictly(plan, named)
        self._writable(plan, named, before)
        _required(plan, named, before)
        values = _converted(plan, named)
        self._references(plan, values, before)
        self.rules.check(kind.name, values, before)
        self._unique(plan, values, before)
        self._locks(values, before)
        return values

    def _named(self, plan: Plan, body: Mapping[str, Any]) -> Values:
        fields, named = plan.fields, {}
        for name, value in body.items():
            if name in fields:
                named[name] = value
            elif name != "attributes":
                canonical, kept = self._odd(plan, name, value)
                named[canonical] = kept
        return named

    def _odd(self, plan: Plan, name: str, value: Any) -> tuple[str, Any]:
        canonical = plan.lower.get(name.lower())
        if canonical is not None:
            self.rules.strictness.object_to(f"The field {canonical} was written {name}")
            return canonical, value
        if isinstance(value, Mapping):
            for field in plan.references:
                if field.relationship == name and not field.polymorphic:
                    return field.name, references.by_key(self.world, field, value)
        raise Refused(no_such_column(name, plan.access.object.name))

    def _strictly(self, plan: Plan, named: Values) -> None:
        for name, value in named.items():
            if isinstance(value, str) and plan.fields[name][0].type in {"boolean", *NUMBER_TYPES}:
                self.rules.strictness.object_to(f"The value of {name} was sent as text")

    def _writable(self, plan: Plan, named: Iterable[str], before: Row | None) -> None:
        allowed = plan.createable if before is None else plan.updateable
        forbidden = [name for name in named if name not in allowed]
        if forbidden:
            raise Refused(not_writable(forbidden))

    def _references(self, plan: Plan, values: Values, before: Row | None) -> None:
        problems = [
            problem
            for field in plan.references
            if values.get(field.name) is not None
            and (before is None or before.get(field.name) != values[field.name])
            and (problem := self._target(plan, field, values[field.name])) is not None
        ]
        if plan.access.object.name in {"Task", "Event"}:
            problems += references.lead_with_what(values, before)
        if problems:
            raise Refused(*problems)

    def _target(self, plan: Plan, field: Field, target_id: str) -> Problem | None:
        problem = references.wrong_target(self.world, plan.access.object.name, field, target_id)
        if problem is None and target_id in self.permissions.hidden_records(plan.user_id):
            return invalid_cross_reference([field.name])
        return problem

    def _unique(self, plan: Plan, values: Values, before: Row | None) -> None:
        for field in plan.unique:
            value = values.get(field.name)
            if value is None:
                continue
            table = self.world.tables[plan.access.object.name]
            for other in table.find(field.name, [value]):
                if (before is None or other != before["Id"]) and not self.world.is_deleted(other):
                    text = f"duplicate value found: {field.name} duplicates value on record with id: {other[:15]}"
                    raise Refused(Problem("DUPLICATE_VALUE", text, [field.name]))

    def _locks(self, values: Values, before: Row | None) -> None:
        if not self.world.locked:
            return
        merged = {**(before or {}), **values}
        concerned = {merged.get(name) for name in ("Id", "WhoId", "WhatId", "AccountId")}
        held = concerned & self.world.locked
        if held:
            text = f"unable to obtain exclusive access to this record or 1 records: {min(str(one) for one in held)}"
            raise Refused(Problem("UNABLE_TO_LOCK_ROW", text, []))


def _required(plan: Plan, named: Values, before: Row | None) -> None:
    if before is None:
        missing = [name for name in plan.required if named.get(name) in (None, "")]
    else:
        missing = [name for name, value in named.items() if value in (None, "") and name in plan.never_null]
    if missing:
        text = f"Required fields are missing: [{', '.join(missing)}]"
        raise Refused(Problem("REQUIRED_FIELD_MISSING", text, missing))


def _converted(plan: Plan, named: Values) -> Values:
    values: Values = {}
    problems: dict[str, Problem] = {}
    for name, value in named.items():
        try:
            values[name] = plan.fields[name][1](value)
        except Problem as problem:
            if problem.code == "JSON_PARSER_ERROR":
                raise
            _gather(problems, problem)
    if problems:
        raise Refused(*problems.values())
    return values


def _gather(problems: dict[str, Problem], problem: Problem) -> None:
    known = problems.get(problem.code)
    if known is None:
        problems[problem.code] = problem
        return
    known.message = f"{known.message}; {problem.message}"
    known.fields = [*(known.fields or []), *(problem.fields or [])]
