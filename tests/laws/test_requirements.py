"""Law of the locks: every package is pinned with its hashes, and tests run on what is deployed."""

import re
from pathlib import Path

import pytest

from tests.laws.repository import ROOT

LAYER = Path("layers/dependencies/requirements.txt")
DEV = Path("requirements/dev.txt")
PINNED = re.compile(
    r"[\w.-]+(\[[\w,-]+\])?==\S+( ; .+?)?"  # name, extras, version, marker
    r"( \\\n    --hash=sha256:[0-9a-f]{64})+"
    r"(\n    #.*)*"  # who wants it
)
LOCKS = [LAYER, DEV, Path("requirements/sam.txt"), Path("requirements/cloud.txt")]


def pins(lock: Path) -> dict[str, str]:
    """Name -> version of one lock."""
    lines = (ROOT / lock).read_text().splitlines()
    return dict(re.match(r"([\w.-]+)==([^\s;]+)", line).groups() for line in lines if re.match(r"[\w.-]+==", line))  # type: ignore[misc, union-attr]


def wanted(lock: Path) -> set[str]:
    """The names that the .in file of a lock asks for itself."""
    lines = (ROOT / lock.with_suffix(".in")).read_text().splitlines()
    names = [re.match(r"[A-Za-z0-9][\w.-]*", line) for line in lines]
    return {re.sub(r"[-_.]+", "-", name.group()).lower() for name in names if name}


@pytest.mark.parametrize("lock", LOCKS, ids=str)
def test_every_pin_has_hashes(lock: Path) -> None:
    """Each package of a lock is pinned to one version and carries at least one hash; nothing else is in the file."""
    blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    bare = [block.splitlines()[0] for block in blocks if not block.startswith("#") and not PINNED.fullmatch(block)]
    assert not bare


@pytest.mark.parametrize("lock", LOCKS, ids=str)
def test_what_is_asked_for_is_locked(lock: Path) -> None:
    """Each name in the .in file stands in its lock."""
    assert wanted(lock) <= set(pins(lock))


def test_tests_run_what_is_deployed() -> None:
    """Each package of the layer is in the developers' environment, in the same version."""
    ours, theirs = pins(DEV), pins(LAYER)
    assert {name: ours.get(name) for name in theirs} == theirs


def test_the_runtime_brings_boto3() -> None:
    """The layer does not carry boto3, which comes with the Lambda runtime."""
    assert not {"boto3", "botocore"} & set(pins(LAYER))
