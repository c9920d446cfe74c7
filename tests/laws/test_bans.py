"""Law of the adapters: time, ids, chance and the environment enter the product through one file each."""

import ast
from pathlib import Path

from tests.laws.repository import dotted, imports_of, python_files, tree

BANNED = {
    "os.environ", "os.getenv", "time.time", "time.time_ns", "time.sleep", "datetime.now", "datetime.utcnow",
    "datetime.today", "date.today", "uuid.uuid1", "uuid.uuid4",
}  # fmt: skip
ENVIRONMENT = {"os.environ", "os.getenv"}
RUNTIME = Path("layers/lockstep/lockstep/runtime")
MAY = {
    RUNTIME / "settings.py": ENVIRONMENT,
    RUNTIME / "adapters.py": BANNED - ENVIRONMENT | {"random"},
}


def test_each_banned_name_is_used_in_its_one_file() -> None:
    """What ruff exempts as a whole file is narrowed here to the names that the file is for."""
    wrong = []
    for path in python_files("functions/", "layers/"):
        used = {dotted(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
        used |= {name for name in imports_of(path) if name == "random" or name.startswith("random.")}
        used = {banned for name in used for banned in (BANNED | {"random"}) if _is(name, banned)}
        wrong += [f"{path}: {name}" for name in sorted(used - MAY.get(path, set()))]
    assert not wrong


def _is(name: str, banned: str) -> bool:
    return name == banned or name.endswith("." + banned) or name.startswith(banned + ".")


def test_the_environment_is_read_by_one_file() -> None:
    """No other file imports a name that reads the environment under another name."""
    wrong = [
        str(path)
        for path in python_files("functions/", "layers/")
        if path not in MAY and imports_of(path) & {"os.environ", "os.getenv", "time.time", "time.sleep", "uuid.uuid4"}
    ]
    assert not wrong
