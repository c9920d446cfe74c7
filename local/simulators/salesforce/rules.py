"""The organisation's own objections to a record: validation rules, duplicate rules, maintenance, and ordered failures.

A rule that an administrator sets stays until it is taken away; an ordered failure (`record_error` in the fault plan) is
used up by the records that it hits.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.simulators.kernel.faults import Fault, FaultPlan
from local.simulators.kernel.http import Request
from local.simulators.salesforce.codes import known
from local.simulators.salesforce.problems import Problem, Refused
from local.simulators.salesforce.strictness import Strictness

MAINTENANCE = "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE"


class SalesforceFaults(FaultPlan):
    """The fault plan with failures that hit single records of a call."""

    def ordered(self, request: Request, *kinds: str) -> Sequence[Fault]:
        """The failures of these kinds that concern this call and what it sets going."""
        return [fault for fault in self._faults if fault.fault in kinds and fault.concerns(request)]


@dataclass(slots=True)
class ValidationRule:
    """Refuses records of an object whose fields have these values."""

    object: str
    when: Mapping[str, Any]
    message: str
    code: str = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    fields: Sequence[str] = ()

    def hits(self, record: Mapping[str, Any]) -> bool:
        """Whether a record is refused."""
        return all(record.get(name) == value for name, value in self.when.items())


class Rules:
    """Everything that the organisation objects to at present."""

    def __init__(self) -> None:
        self.validation: list[ValidationRule] = []
        self.maintenance = False
        self.present: Sequence[Fault] = ()
        self.strictness = Strictness()

    def check(self, object_name: str, values: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
        """Raise what speaks against storing these values."""
        if self.maintenance:
            text = "Your organization is undergoing maintenance; inserts, updates and deletes are not allowed"
            raise Refused(Problem(MAINTENANCE, text, []))
        if self.present:
            self._ordered({**(before or {}), **values})
        for rule in self.validation:
            if rule.object == object_name and rule.hits({**(before or {}), **values}):
                raise Refused(Problem(rule.code, rule.message, list(rule.fields)))

    def _ordered(self, record: Mapping[str, Any]) -> None:
        text = json.dumps(record, ensure_ascii=False)
        for fault in self.present:
            if fault.times > 0 and fault.match in text:
                if fault.after > 0:
                    fault.after -= 1
                    continue
                fault.times -= 1
                raise Refused(problem_of(fault))


def problem_of(fault: Fault) -> Problem:
    """The error that a fault orders by its code; its body may bring the message, and the fields with it."""
    code = str(fault.code)
    kind = known(code)
    body = fault.body if isinstance(fault.body, Mapping) else {"message": fault.body}
    message = str(body.get("message") or kind.words)
    detail = _duplicates(message) if code == "DUPLICATES_DETECTED" else None
    return Problem(code, message, list(body.get("fields", [])) if kind.of_record else None, kind.status, detail)


def _duplicates(message: str) -> dict[str, Any]:
    """The extra object of a duplicate rule, under the key that Salesforce really sends."""
    return {
        "duplicateResut": {
            "allowSave": True,
            "duplicateRule": "Standard_Rule",
            "duplicateRuleEntityType": "Lead",
            "errorMessage": message,
            "matchResults": [],
        }
    }
