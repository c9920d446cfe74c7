"""Refusals in words: one sentence for each mistake, never with the value."""

import json
from http import HTTPStatus

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from workspace_api.problems import Problem, not_found, sentences


class Body(BaseModel):
    """A body with every kind of mistake."""

    model_config = ConfigDict(extra="forbid")

    name: str
    secret: SecretStr
    number: int = Field(default=0, ge=3)

    @field_validator("name")
    @classmethod
    def _named(cls, value: str) -> str:
        if value == "bad":
            raise ValueError("that name is taken; choose another one")
        return value


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "name is missing. secret is missing."),
        ({"name": "bad", "secret": "canary"}, "name: that name is taken; choose another one."),
        ({"name": "a", "secret": ["canary"]}, "secret: input should be a valid string."),
        ({"name": "a", "secret": "canary", "number": 1}, "number: input should be greater than or equal to 3."),
        ({"name": "a", "secret": "canary", "more": "canary"}, "There is no more."),
    ],
)
def test_each_mistake_is_a_sentence(body: dict[str, object], expected: str) -> None:
    """A missing, wrong, small, unknown or refused member is named with what is wrong, and never repeated."""
    with pytest.raises(ValidationError) as caught:
        Body.model_validate(body)
    assert sentences(caught.value.errors()) == expected


def test_a_problem_is_an_rfc_9457_answer() -> None:
    """The answer has the four members, what was added to them, the content type, and the headers asked for."""
    answer = not_found("There is no such thing.", reason={"code": "X"}, headers={"Allow": "GET"}).answer()
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Allow"] == "GET"
    assert json.loads(answer.body or "") == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such thing.",
        "reason": {"code": "X"},
    }


def test_a_title_of_its_own() -> None:
    """A problem may carry a title that says more than its status."""
    assert Problem(HTTPStatus.CONFLICT, "x", title="Second confirmation needed").title == "Second confirmation needed"
