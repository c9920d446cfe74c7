"""Planted defects of the newest activity; see `defects.py`."""

from collections.abc import Iterable
from dataclasses import replace

from lockstep.domain.rollup import News, Standing
from tests.simulation.defects import Patch, sees


@sees("M34", "an_older_mail_comes_late")
def whatever_comes_last_counts(patch: Patch) -> None:
    """An older activity that arrives later overwrites a newer one."""

    def after(self: Standing, news: Iterable[News]) -> Standing:
        return replace(self, newest=tuple(news))

    patch.setattr(Standing, "after", after)
