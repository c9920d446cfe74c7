"""Page: settings, versioned and validated, with their consequences before they are in force (experience.md 10.6)."""

from itertools import pairwise
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import BaseModel, ConfigDict, Field

from lockstep.domain.settings import Settings, VersionedSettings
from lockstep.runtime.wiring import world
from workspace_api.access import caller_of
from workspace_api.changing import changed, differences, moved, put_in_force
from workspace_api.pages import page
from workspace_api.previewing import Preview, preview
from workspace_api.problems import not_found
from workspace_api.views import View

router = page()
_CHANGES = "Settings to change, by name; with `version`, only if that version is still in force"


class VersionView(VersionedSettings):
    """One version, and what it changed."""

    changes: list[str] = Field(description="Against the version before, each in a line")


class HistoryView(View):
    """Versions, newest first."""

    versions: list[VersionView]


class Return(BaseModel):
    """Which version to go back to."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    version: int = Field(ge=0, description="0 are the defaults")


@router.get("/settings", summary="The settings in force")
def read_settings() -> VersionedSettings:
    """Values with their version; version 0 are the defaults. Sellers see their own choices only."""
    found, caller = world().settings.current(), caller_of(router.context)
    if caller.admin:
        return found
    own = {user: choices for user, choices in found.values.sellers.items() if caller.sees(user)}
    return found.model_copy(update={"values": found.values.model_copy(update={"sellers": own})})


@router.route("/settings", ["PUT", "PATCH"], summary="Change settings")
def change_settings(changes: Annotated[dict[str, Any], Body(description=_CHANGES)]) -> VersionedSettings:
    """Puts a new version in force; what is not named stays. Each mistake is answered with a sentence."""
    here = world()
    before, wanted = _over(changes)
    return put_in_force(here, before, changed(before.values, wanted), caller_of(router.context).email)


@router.post("/settings/preview", summary="What a change of settings would do, before it is made")
def preview_settings(changes: Annotated[dict[str, Any], Body(description=_CHANGES)]) -> Preview:
    """Judges what waits or was parked in the last 30 days under the settings as they would be; changes nothing."""
    before, wanted = _over(changes)
    return preview(world(), before.values, changed(before.values, wanted))


@router.post("/settings/revert", summary="Put an older version in force again")
def revert_settings(back: Annotated[Return, Body()]) -> VersionedSettings:
    """The values of that version become the newest one; each seller's own choices stay as they are now."""
    here = world()
    before, then = here.settings.current(), here.settings.at(back.version)
    if then is None:
        raise not_found(f"There is no version {back.version} of the settings; the newest is {before.version}.")
    values = Settings.model_validate(then.values.model_dump() | {"sellers": before.values.sellers})
    return put_in_force(here, before, values, caller_of(router.context).email)


@router.get("/settings/history", summary="All versions of the settings")
def read_settings_history() -> HistoryView:
    """Who changed what when."""
    versions = world().settings.history()
    oldest = world().settings.at(versions[-1].version - 1) if versions else None
    shown = [
        VersionView(**dict(one), changes=differences(before.values, one.values))
        for one, before in pairwise([*versions, oldest or VersionedSettings()])
    ]
    return HistoryView(versions=shown)


def _over(changes: dict[str, Any]) -> tuple[VersionedSettings, dict[str, Any]]:
    """The settings in force and the changes wanted, if they were made over that version."""
    before, wanted = world().settings.current(), dict(changes)
    if wanted.pop("version", before.version) != before.version:
        raise moved(before.version)
    return before, wanted
