"""Settings as somebody wants them: checked as a whole, told as differences, and put in force over a known version.

Promises that nothing is in force before the whole of it makes sense, and that a seller's own choices come from
that seller alone: an admin's change, and a return to an older version, leave them as they are.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from lockstep.domain.ids import UserEmail
from lockstep.domain.settings import SellerChoices, Settings, VersionedSettings
from lockstep.runtime.wiring import World
from lockstep.store.settings import SettingsChanged
from workspace_api.problems import bad_request, conflict, forbidden, sentences

ADMINS = tuple(name for name in Settings.model_fields if name != "sellers")
_ADDRESS_ALONE = {"bcc_address"}
_TRIES = 5  # sellers who choose at the same instant
_NOT_HERE = "Nothing was changed. Each seller chooses for the own account: PATCH /my/settings, lockstep my-settings."


def changed(before: Settings, changes: Mapping[str, Any]) -> Settings:
    """The settings with an admin's changes in them; raises Problem with a sentence for each mistake."""
    if "sellers" in changes:
        raise bad_request(_NOT_HERE)
    try:
        return Settings.model_validate(before.model_dump() | dict(changes))
    except ValidationError as error:
        listed = ", ".join(ADMINS)
        raise bad_request(f"Nothing was changed. {sentences(error.errors())} The settings are {listed}.") from None


def put_in_force(here: World, before: VersionedSettings, values: Settings, by: str) -> VersionedSettings:
    """A new version, unless nothing changes; raises Problem where somebody was faster."""
    if values == before.values:
        return before
    try:
        return here.settings.save(values, by=by, over=before.version)
    except SettingsChanged:
        raise moved(here.settings.current().version) from None


def moved(version: int) -> Exception:
    """Somebody else changed the settings meanwhile (S38)."""
    detail = "Nothing was changed: somebody else changed the settings meanwhile. Read them again and repeat."
    return conflict(detail, version=version)


def choose(here: World, user: UserEmail, changes: Mapping[str, Any]) -> VersionedSettings:
    """Put a seller's own choices in force (LS-06, LS-34); raises Problem where they widen or are locked."""

    def chosen(values: Settings) -> Settings:
        return values.model_copy(update={"sellers": {**values.sellers, user: _choice(values, user, changes)}})

    return _retried(here, user, chosen)


def _retried(here: World, user: UserEmail, change: Callable[[Settings], Settings]) -> VersionedSettings:
    for _ in range(_TRIES):
        before = here.settings.current()
        values = change(before.values)
        if values == before.values:
            return before
        try:
            return here.settings.save(values, by=user, over=before.version)
        except SettingsChanged:
            continue
    raise moved(here.settings.current().version)


def _choice(values: Settings, user: UserEmail, changes: Mapping[str, Any]) -> SellerChoices:
    before = values.sellers.get(user, SellerChoices())
    try:
        own = SellerChoices.model_validate(before.model_dump() | dict(changes))
    except ValidationError as error:
        listed = ", ".join(SellerChoices.model_fields)
        raise bad_request(f"Nothing was changed. {sentences(error.errors())} Yours are {listed}.") from None
    different = {name for name in SellerChoices.model_fields if getattr(own, name) != getattr(before, name)}
    if values.team_override and different - _ADDRESS_ALONE:
        raise forbidden(
            "Nothing was changed: an admin's team_override is on, so the same settings hold for every seller. "
            "Only your bcc_address is yours; ask an admin for the rest."
        )
    if mistakes := [text for name in sorted(different) if (text := _mistake(values, own, name))]:
        raise bad_request(f"Nothing was changed. {' '.join(mistakes)}")
    return own


def _mistake(values: Settings, own: SellerChoices, name: str) -> str | None:
    """What is wrong with one choice, in a sentence; choices narrow what an admin allows and never widen it."""
    if getattr(own, name) is True and not getattr(values, name):
        return f"{name}: an admin has switched this off, and your own choice can only narrow."
    method = own.email_method or values.email_method
    if name == "log_replies" and own.log_replies and (own.log_emails is False or method != "api"):
        return "log_replies: needs your log_emails on and your email_method api."
    if name == "email_method" and own.email_method == "bcc" and own.bcc_address is None:
        return "email_method: bcc needs your bcc_address, the Email to Salesforce address of your Salesforce settings."
    return None


def differences(before: Settings, after: Settings) -> list[str]:
    """What changes from one version to another, each in a line."""
    found = [line for name in ADMINS if (line := _line(name, before, after))]
    for user in sorted({*before.sellers, *after.sellers}):
        old, new = before.sellers.get(user, SellerChoices()), after.sellers.get(user, SellerChoices())
        found += [f"{user}: {line}" for name in SellerChoices.model_fields if (line := _line(name, old, new))]
    return found


def _line(name: str, before: BaseModel, after: BaseModel) -> str | None:
    old, new = getattr(before, name), getattr(after, name)
    return None if old == new else f"{name}: {in_words(old)} -> {in_words(new)}"


def in_words(value: Any) -> str:
    """A setting's value as people read it."""
    match value:
        case bool():
            return "on" if value else "off"
        case None | () | "":
            return "not set"
        case tuple():
            return ", ".join(map(in_words, value))
        case dict():
            return ", ".join(f"{name}: {one}" for name, one in value.items()) or "not set"
        case BaseModel():
            return str(getattr(value, "name", value))
    return str(value)
