"""template.yaml as data, for laws and for tests that want a function's environment; the only reader of it in tests.

Promises the short forms (!Ref, !Sub, !GetAtt ...) as the long ones that CloudFormation defines.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).parent.parent / "template.yaml"


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags."""


def _long_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    else:
        raise TypeError(f"no CloudFormation value: {node}")
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _long_form)


@cache
def template() -> dict[str, Any]:
    """The whole template."""
    parsed: dict[str, Any] = yaml.load(PATH.read_text(), Loader=_Loader)  # noqa: S506 - a SafeLoader with tags
    return parsed


def resources(kind: str = "") -> dict[str, dict[str, Any]]:
    """Name -> resource in the order written, all or those of one type."""
    found: dict[str, dict[str, Any]] = template()["Resources"]
    return {name: resource for name, resource in found.items() if not kind or resource["Type"] == kind}


def properties(name: str) -> dict[str, Any]:
    """The properties of one resource."""
    found: dict[str, Any] = template()["Resources"][name].get("Properties", {})
    return found


def folders() -> dict[str, str]:
    """Folder under functions/ -> stem of its resources' names, in the template's order."""
    handlers = {name: properties(name)["Handler"] for name in resources("AWS::Serverless::Function")}
    return {handler.split(".")[0]: name.removesuffix("Function") for name, handler in handlers.items()}


def triggers(folder: str) -> list[str]:
    """The types of the events that start one function."""
    return [event["Type"] for event in properties(f"{folders()[folder]}Function")["Events"].values()]


def variables(folder: str) -> dict[str, Any]:
    """The environment variables of one function, Globals' and its own, unresolved."""
    shared: dict[str, Any] = template()["Globals"]["Function"]["Environment"]["Variables"]
    own: dict[str, Any] = properties(f"{folders()[folder]}Function").get("Environment", {}).get("Variables", {})
    return {**shared, **own}


def default(parameter: str) -> Any:
    """What a stack parameter is when nobody gives it."""
    return template()["Parameters"][parameter].get("Default")
