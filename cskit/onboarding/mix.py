"""Which routes do customers take, and when did self-onboarding overtake high touch?"""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from cskit.data import Data
from cskit.periods import Period
from cskit.result import Result
from cskit.stats.intervals import Interval, wilson

__all__ = ["ROUTES", "Mix", "crossover_month", "highest_month", "mix", "mix_by_month"]

ROUTES = ("high_touch", "hybrid", "self")


@dataclass(frozen=True, slots=True)
class Mix(Result):
    """Onboardings started in some months, by route.

    Examples
    --------
    >>> january = Mix(high_touch=48, hybrid=0, self_=12)
    >>> january.self_share, january.n
    (0.2, 60)
    """

    high_touch: int
    hybrid: int
    self_: int

    @property
    def n(self) -> int:
        return self.high_touch + self.hybrid + self.self_

    @property
    def self_share(self) -> float | None:
        """Self over all routes; None without onboardings."""
        return self.self_ / self.n if self.n else None

    def interval(self, confidence: float = 0.95) -> Interval:
        """Wilson interval of the self share, as a tendency of the months to come."""
        return wilson(self.self_, self.n, confidence)


def mix_by_month(data: Data) -> pd.DataFrame:
    """Onboardings started in each month, by route.

    Returns
    -------
    DataFrame, index first days of months without gaps, columns high_touch, hybrid, self
        Counts; empty where nothing started yet.

    Examples
    --------
    >>> list(mix_by_month(run.data).columns)
    ['high_touch', 'hybrid', 'self']
    """
    table = data.table("onboardings")
    month = table.started_on.truncate("M").cast("date")
    counts = table.group_by(month=month, route=table.route).aggregate(n=table.count()).to_pandas()
    if counts.empty:
        return pd.DataFrame(columns=list(ROUTES), dtype=int)
    counts["month"] = pd.to_datetime(counts["month"])
    wide = counts.pivot(index="month", columns="route", values="n")
    months = pd.date_range(wide.index.min(), wide.index.max(), freq="MS")
    return wide.reindex(index=months, columns=list(ROUTES)).fillna(0).astype(int)


def mix(months: pd.DataFrame, period: Period) -> Mix:
    """The mix of a period from that of its months.

    >>> mix(onboarding.months, run.period)
    Mix(high_touch=5, hybrid=7, self_=18)
    """
    within = months.loc[str(period.start) : str(period.end)] if len(months) else months
    return Mix(*(int(within[route].sum()) for route in ROUTES))


def crossover_month(months: pd.DataFrame) -> date | None:
    """First month with more self than high-touch onboardings.

    None when there is none yet, or when the records begin above: what went before is not known.

    Examples
    --------
    >>> two = pd.DataFrame({"high_touch": [32, 27], "hybrid": 0, "self": [28, 33]},
    ...                    index=pd.to_datetime(["2021-04-01", "2021-05-01"]))
    >>> crossover_month(two).isoformat()
    '2021-05-01'
    """
    over = months.index[months["self"] > months["high_touch"]]
    return over[0].date() if len(over) and over[0] > months.index[0] else None


def highest_month(months: pd.DataFrame, smallest: int = 5) -> tuple[date, Mix] | None:
    """The month with the largest self share, the first of equals; None where no month is large enough.

    Parameters
    ----------
    months : DataFrame
        As of :func:`mix_by_month`.
    smallest : int
        Months with fewer onboardings are passed over: one of one would be 100 %. Arbitrary, the minimum cell's size.

    Examples
    --------
    1 of 1, then 8 of 10 and 12 of 15:

    >>> three = pd.DataFrame({"high_touch": [0, 2, 3], "hybrid": 0, "self": [1, 8, 12]},
    ...                      index=pd.to_datetime(["2021-04-01", "2021-05-01", "2021-06-01"]))
    >>> month, found = highest_month(three)
    >>> month.isoformat(), found.self_share
    ('2021-05-01', 0.8)
    """
    total = months.sum(axis=1)
    share = (months["self"] / total).where(total >= smallest).dropna()
    if share.empty:
        return None
    place = months.index.tolist().index(share.idxmax())
    counts = months[list(ROUTES)].to_numpy()[place]
    return months.index[place].date(), Mix(*(int(count) for count in counts))
