"""Which way did efficiency and knowledge go together?"""

from dataclasses import dataclass

import pandas as pd

from cskit.onboarding.knowledge import answers
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared

__all__ = ["Course", "course"]

SMALLEST = 5  # onboardings of a quarter to be a point of the path: as small as the minimum cell


@dataclass(frozen=True)
class Course(Result):
    """The path through the quarters.

    Parameters
    ----------
    points : DataFrame, index first day of the quarter, columns self_share, coverage, n
        Onboardings older than N days by their quarter of start.

    Examples
    --------
    >>> list(path.points.columns)
    ['self_share', 'coverage', 'n']
    """

    points: pd.DataFrame

    @property
    def stations(self) -> dict[str, pd.Timestamp]:
        """Quarters worth a name: the start, the peak of the self share, the newest; one may be another."""
        quarters = self.points.index
        return {"start": quarters[0], "peak": self.points["self_share"].idxmax(), "now": quarters[-1]}


@shared
def course(run: Run) -> Course | None:
    """Self share (efficiency) and hearing coverage (knowledge), quarter by quarter of start.

    Returns
    -------
    Course or None
        None without hearings, or with fewer than two quarters of some size.

    Examples
    --------
    >>> list(course(run).points.columns)
    ['self_share', 'coverage', 'n']
    """
    each = answers(run.data, run.settings)
    if each is None or each.empty:
        return None
    quarter = each["started_on"].dt.to_period("Q").dt.to_timestamp()
    grouped = each.assign(self_share=(each["route"] == "self").astype(float)).groupby(quarter)
    points = pd.DataFrame({
        "self_share": grouped["self_share"].mean(), "coverage": grouped["share"].mean(), "n": grouped.size(),
    })  # fmt: skip
    points = points[points["n"] >= SMALLEST]
    return Course(points) if len(points) >= 2 else None
