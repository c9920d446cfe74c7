"""Page: settings, versioned and validated."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import ValidationError

from lockstep.domain.settings import Settings, VersionedSettings
from lockstep.runtime.wiring import world
from lockstep.store.settings import SettingsChanged
from workspace_api.access import caller_of
from workspace_api.pages import page
from workspace_api.problems import bad_request, conflict, sentences
from workspace_api.views import View

router = page()


class HistoryView(View):
    """Versions, newest first."""

    versions: list[VersionedSettings]


@router.get("/settings", summary="The settings in force")
def read_settings() -> VersionedSettings:
    """Values with their version; version 0 are the defaults."""
    return world().settings.current()


@router.route("/settings", ["PUT", "PATCH"], summary="Change settings")
def change_settings(
    changes: Annotated[
        dict[str, Any],
        Body(description="Settings to change, by name; with `version`, only if that version is still in force"),
    ],
) -> VersionedSettings:
    """Puts a new version in force; what is not named stays. Each mistake is answered with a sentence."""
    here, caller = world(), caller_of(router.context)
    before = here.settings.current()
    wanted = dict(changes)
    version = wanted.pop("version", before.version)
    if version != before.version:
        raise _moved(before.version)
    try:
        values = Settings.model_validate(before.values.model_dump() | wanted)
    except ValidationError as error:
        names = ", ".join(Settings.model_fields)
        raise bad_request(f"Nothing was changed. {sentences(error.errors())} The settings are {names}.") from None
    if values == before.values:
        return before
    try:
        return here.settings.save(values, by=caller.email, over=before.version)
    except SettingsChanged:
        raise _moved(here.settings.current().version) from None


def _moved(version: int) -> Exception:
    detail = "Nothing was changed: somebody else changed the settings meanwhile. Read them again and repeat."
    return conflict(detail, version=version)


@router.get("/settings/history", summary="All versions of the settings")
def read_settings_history() -> HistoryView:
    """Who changed what when."""
    return HistoryView(versions=world().settings.history())
