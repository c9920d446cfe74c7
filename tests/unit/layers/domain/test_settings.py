"""Settings: defaults that do nothing, tokens in any case, one sentence for each mistake."""

import pytest
from pydantic import ValidationError

from lockstep.domain.message import Nudge
from lockstep.domain.settings import TOKENS, Settings, VersionedSettings


def test_nothing_is_logged_unless_an_admin_wants_it() -> None:
    """Version 0 are the defaults: both kinds off, the subject as it was sent."""
    defaults = VersionedSettings()
    assert (defaults.version, defaults.values.log_emails, defaults.values.log_calls) == (0, False, False)
    assert defaults.values.subject_template == "{{activity_subject}}"


@pytest.mark.parametrize("token", [*TOKENS, *(name.title() for name in TOKENS), "ACTIVITY_TYPE"])
@pytest.mark.parametrize("form", ["{{%s}}", "{{ %s }}", "Re: {{%s}} - {{%s}}"])
def test_tokens_in_any_case(token: str, form: str) -> None:
    """Each token is taken, with blanks around it and more than once."""
    template = form.replace("%s", token)
    assert Settings(subject_template=template).subject_template == template


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{Activity_Typo}}", "there is no token {{Activity_Typo}}; the tokens are {{activity_type}}"),
        ("{{7*7}}", "not whole"),
        ("{{activity_type", "not whole"),
        ("activity_type}}", "not whole"),
        ("{{{{activity_type}}}}", "not whole"),
        ("x" * 1001, "at most 1000"),
    ],
)
def test_a_template_that_cannot_be_rendered_is_refused(template: str, why: str) -> None:
    """The sentence names the mistake."""
    with pytest.raises(ValidationError, match=why.replace("{", r"\{").replace("*", r"\*")):
        Settings(subject_template=template)


WRONG = [{"log_email": True}, {"log_emails": "maybe"}, {"marketo_daily_quota": 10}, {"marketo_daily_quota": "many"}]


@pytest.mark.parametrize("wrong", WRONG)
def test_unknown_and_impossible_settings_are_refused(wrong: dict[str, object]) -> None:
    """A misspelled name does not pass silently."""
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


def test_a_nudge_survives_newer_senders() -> None:
    """Members that this version does not know are ignored (I34)."""
    nudge = Nudge("flow", "a@example.com")
    assert Nudge.of(nudge.wire() | {"v": 2, "trace": "x"}) == nudge


BARE = {"v": 1, "flow": "f", "connection": "c"}
NO_NUDGES: list[object] = [
    None,
    [],
    {},
    BARE | {"v": "1"},
    BARE | {"flow": ""},
    BARE | {"flow": 5},
    {"v": 1, "flow": "f"},
]


@pytest.mark.parametrize("body", NO_NUDGES)
def test_what_is_no_nudge_is_refused(body: object) -> None:
    """With a sentence that says what is missing."""
    with pytest.raises(ValueError, match="a nudge"):
        Nudge.of(body)
