"""Settings as people type them: NAME=VALUE, lists with commas, anything as JSON."""

import json
from collections.abc import Mapping
from typing import Any

from cli.problem import CliProblem

_WORDS = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}
_NOTHING = {"", "none", "null", "default"}


def changes(texts: list[str], present: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, each value read as the setting's present value is; what is unknown is left to the interface."""
    return dict(_change(text, present) for text in texts)


def _change(text: str, present: Mapping[str, Any]) -> tuple[str, Any]:
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name:
        raise CliProblem(f"{text} is not NAME=VALUE.")
    if value.startswith(("[", "{")) and not isinstance(present.get(name), str):
        return name, _json(name, value)
    return name, _read(name, value, present.get(name))


def _json(name: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        raise CliProblem(f"{name}: what begins with [ or {{ must be JSON; quote it for your shell.") from None


def _read(name: str, value: str, present: Any) -> Any:
    match present:
        case list():
            return [part.strip() for part in value.split(",") if part.strip()]
        case dict():
            return dict(_pair(name, part) for part in value.split(",") if part.strip())
        case str():
            return value
    if present is None and value.lower() in _NOTHING:
        return None
    if value.lower() in _WORDS:
        return _WORDS[value.lower()]
    return int(value) if value.isascii() and value.isdigit() else value


def _pair(name: str, text: str) -> tuple[str, str]:
    key, colon, value = text.partition(":")
    if not colon:
        raise CliProblem(f"{name}: {text.strip()} is not KEY:VALUE.")
    return key.strip(), value.strip()
