"""Do customers that we do not know leave more often?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cskit.onboarding.cases import with_traits
from cskit.onboarding.knowledge import answers
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.weighting import Weighted, weighted_shares

__all__ = ["FEWEST", "Leaving", "leaving"]

FEWEST = 5  # churns below which nothing is compared: one more or less would turn the picture. Arbitrary.


@dataclass(frozen=True)
class Leaving(Result):
    """Churn of unknown and of known customers, after the day on which they were told apart.

    Parameters
    ----------
    unknown, known : (int, int)
        Churned, of how many.
    weighted : Weighted or None
        Unknown against known, weighted for who chooses which route; None where one group has fewer than 2.
    days : int
        Watched after that day.

    Examples
    --------
    >>> leaving(run).days
    365
    """

    unknown: tuple[int, int]
    known: tuple[int, int]
    weighted: Weighted | None
    days: int

    @property
    def churned(self) -> int:
        return self.unknown[0] + self.known[0]

    @property
    def enough(self) -> bool:
        """Whether there are churns enough to compare."""
        return self.churned >= FEWEST


@shared
def leaving(run: Run) -> Leaving | None:
    """Known or unknown on day N after the start; churn within the year after that day, of who was there then.

    Who was watched for less than that year is left out. Weights make segment, plan, seats and the month of the start
    alike; the route is not among them, as it is how a customer becomes unknown.

    Returns
    -------
    Leaving or None
        None without hearings, where churn is not recorded, or nobody was watched so long.

    Examples
    --------
    >>> leaving(run).days
    365
    """
    rules = run.settings.onboarding
    rows = answers(run.data, run.settings)
    recorded = run.data.has("churns") or run.data.has("customers", "churned_on")
    if rows is None or rows.empty or not recorded:
        return None
    rows = rows.drop_duplicates("customer_id")
    told = rows["started_on"] + pd.Timedelta(days=rules.hearing_days)
    until = told + pd.Timedelta(days=rules.churn_days)
    there = rows["left_on"].isna() | (rows["left_on"] > told)
    watched = there & (until <= pd.Timestamp(run.data.as_of))
    left = (rows["left_on"] <= until).astype(float)
    rows = with_traits(rows.assign(left=left)[watched], run.data)
    if rows.empty:
        return None
    unknown = (rows["share"] < rules.known_from - 1e-9).to_numpy(bool)
    churned = rows["left"].to_numpy(bool)
    counts = [(int(churned[own].sum()), int(own.sum())) for own in (unknown, ~unknown)]
    weighted = weighted_shares(unknown, churned, _columns(rows), run.settings.report.confidence)
    return Leaving(counts[0], counts[1], weighted, rules.churn_days)


def _columns(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """What was known before the route was chosen: indicators but the first of each, and numbers."""
    out = {}
    for name in ("segment", "plan"):
        for value in sorted(rows[name].unique())[1:]:
            out[f"{name} {value}"] = (rows[name] == value).to_numpy(float)
    seats = rows["seats"]
    if seats.notna().any():
        out["seats"] = np.log1p(seats.fillna(seats.median()).to_numpy(float))
    first = rows["started_on"].min()
    out["start"] = (rows["started_on"] - first).dt.days.to_numpy(float)
    return out
