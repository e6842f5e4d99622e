"""Did the people who answered both waves change their minds?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cskit.metrics import Metric
from cskit.nps.analysis import Study
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.paired import Moved, paired_change, stuart_maxwell

__all__ = ["Panel", "migration", "paired"]


@dataclass(frozen=True)
class Panel(Result):
    """The people who gave a score in both waves.

    Parameters
    ----------
    n : int
    moved : Moved or None
        Their own change; None where they are fewer than the minimum cell, or fewer than two.
    steps : DataFrame, index and columns 1, 0, -1
        People by category before (rows) and now (columns).
    p : float
        Of Stuart and Maxwell: how often chance alone would move the three shares so much or more.

    Examples
    --------
    >>> panel.n, round(panel.p, 2)
    (13, 0.15)
    """

    n: int
    moved: Moved | None
    steps: pd.DataFrame
    p: float
    metrics: tuple[Metric, ...]

    @property
    def ways(self) -> tuple[int, int, int]:
        """How many moved to a higher category, stayed, moved to a lower one."""
        steps = self.steps.to_numpy()
        up = int(np.tril(steps, -1).sum())
        same = int(np.trace(steps))
        return up, same, int(steps.sum()) - up - same

    @property
    def direction(self) -> str:
        """``up``, ``down``, or ``unclear`` where the interval holds none."""
        return self.moved.interval.direction() if self.moved else "unclear"


@shared
def paired(run: Run, study: Study) -> Panel | None:
    """The change of the people who answered both waves; it is about them, not about all customers.

    Returns
    -------
    Panel or None
        None where there is no earlier wave to compare with.

    Examples
    --------
    >>> paired(run, waves).n
    13
    """
    if study.before is None:
        return None
    both = study.now.people.join(study.before.people["value"].rename("earlier"), how="inner")
    n, moved = len(both), None
    if n >= max(2, study.minimum_cell):
        moved = paired_change(both["value"] - both["earlier"], both["company"], study.confidence)
    steps = migration(both["earlier"], both["value"])
    points, around = (moved.points, moved.interval) if moved else (None, None)
    change = run.metric("nps.paired_change", points, "estimated", around, n=n if moved else None)
    return Panel(n, moved, steps, stuart_maxwell(steps)[2], (change,))


def migration(earlier: pd.Series, later: pd.Series) -> pd.DataFrame:
    """People by category before (rows) and now (columns), promoters first.

    >>> migration(pd.Series([1.0, 0, 0]), pd.Series([1.0, 1, -1])).to_numpy().tolist()
    [[1, 0, 0], [1, 0, 1], [0, 0, 0]]
    """
    kinds = [1, 0, -1]
    return pd.crosstab(earlier, later).reindex(index=kinds, columns=kinds, fill_value=0)
