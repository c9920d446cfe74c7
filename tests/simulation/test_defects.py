"""The tests of the tests: each planted defect is seen by its story, and by nobody where it is not planted."""

import pytest

from tests.simulation import defects_connections, defects_life, defects_rollup
from tests.simulation.audits import complaints
from tests.simulation.corpus import TALES, played
from tests.simulation.defects_matching import DEFECTS


def seen(number: str, patch: pytest.MonkeyPatch | None) -> bool:
    """Whether the defect's story ends badly."""
    defect = DEFECTS[number]
    if patch:
        defect.plant(patch)
    try:
        return complaints(played(TALES[defect.tale], keyed=defect.keyed)) != []
    except AssertionError:
        return True


JOINED = (defects_connections, defects_life, defects_rollup)  # defects that enter themselves into the table
PLANTED = [
    pytest.param("M1", marks=pytest.mark.defect("M1")),
    pytest.param("M3", marks=pytest.mark.defect("M3")),
    pytest.param("M4", marks=pytest.mark.defect("M4")),
    pytest.param("M5", marks=pytest.mark.defect("M5")),
    pytest.param("M6", marks=pytest.mark.defect("M6")),
    pytest.param("M7", marks=pytest.mark.defect("M7")),
    pytest.param("M8", marks=pytest.mark.defect("M8")),
    pytest.param("M11", marks=pytest.mark.defect("M11")),
    pytest.param("M14", marks=pytest.mark.defect("M14")),
    pytest.param("M15", marks=pytest.mark.defect("M15")),
    pytest.param("M18", marks=pytest.mark.defect("M18")),
    pytest.param("M9", marks=pytest.mark.defect("M9")),
    pytest.param("M10", marks=pytest.mark.defect("M10")),
    pytest.param("M12", marks=pytest.mark.defect("M12")),
    pytest.param("M13", marks=pytest.mark.defect("M13")),
    pytest.param("M16", marks=pytest.mark.defect("M16")),
    pytest.param("M17", marks=pytest.mark.defect("M17")),
    pytest.param("M19", marks=pytest.mark.defect("M19")),
    pytest.param("M21", marks=pytest.mark.defect("M21")),
    pytest.param("M22", marks=pytest.mark.defect("M22")),
    pytest.param("M23", marks=pytest.mark.defect("M23")),
    pytest.param("M24", marks=pytest.mark.defect("M24")),
    pytest.param("M25", marks=pytest.mark.defect("M25")),
    pytest.param("M26", marks=pytest.mark.defect("M26")),
    pytest.param("M27", marks=pytest.mark.defect("M27")),
    pytest.param("M28", marks=pytest.mark.defect("M28")),
    pytest.param("M29", marks=pytest.mark.defect("M29")),
    pytest.param("M30", marks=pytest.mark.defect("M30")),
    pytest.param("M31", marks=pytest.mark.defect("M31")),
    pytest.param("M32", marks=pytest.mark.defect("M32")),
    pytest.param("M33", marks=pytest.mark.defect("M33")),
    pytest.param("M34", marks=pytest.mark.defect("M34")),
    pytest.param("M35", marks=pytest.mark.defect("M35")),
    pytest.param("M36", marks=pytest.mark.defect("M36")),
    pytest.param("M37", marks=pytest.mark.defect("M37")),
]


@pytest.mark.parametrize("number", PLANTED)
def test_a_planted_defect_is_seen(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The smallest story that can see a defect sees it; a defect that survives is a hole in this suite."""
    assert seen(number, monkeypatch)


def test_every_defect_is_planted() -> None:
    """No defect stands in the table and is never tried."""
    tried = [str(getattr(param, "values", (param,))[0]) for param in PLANTED]
    assert sorted(tried) == sorted(DEFECTS)
