"""Of those who started in a year, how many are still there, and how long does a new customer stay?"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cskit.data import Data
from cskit.facts import departures
from cskit.growth.money import arr_on_days
from cskit.once import once
from cskit.periods import fiscal_year_start
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.intervals import Interval, share_change, wilson

__all__ = ["YEARS", "Cohorts", "Lives", "cohorts", "lives"]

YEARS = 3  # after the start, shown


@dataclass(frozen=True)
class Lives(Result):
    """How long customers have been with us, of those whose leaving would be known.

    Parameters
    ----------
    rows : DataFrame, index customer_id, columns started, left
        ``left`` is empty for who is there.
    since : date
        First day of the fiscal year of the first churn on record: who left before is not known, so nobody is watched
        before.
    as_of : date

    Examples
    --------
    Neither the second customer's second year nor the third's first is over:

    >>> days = {"started": ["2020-04-01", "2022-01-10", "2023-05-01"], "left": ["2021-08-31", None, None]}
    >>> Lives(pd.DataFrame(days).apply(pd.to_datetime), date(2020, 4, 1), date(2023, 6, 30)).by_age()
    (array([2, 1, 0, 0]), array([0, 1, 0, 0]))
    """

    rows: pd.DataFrame
    since: date
    as_of: date

    def by_age(self) -> tuple[np.ndarray, np.ndarray]:
        """By year of a customer's life, the first first: how many were watched through it, and left in it.

        A year counts only once it would be over, for those who left in it as well: otherwise the newest would look as
        if all of them left.
        """
        started, left = self.rows["started"], self.rows["left"]
        there, gone = [0], [0]
        for year in range(1, self.as_of.year - int(started.dt.year.min()) + 2):
            begin, end = _years_after(started, year - 1), _years_after(started, year)
            watched = (begin >= pd.Timestamp(self.since)) & (end <= pd.Timestamp(self.as_of)) & ~(left < begin)
            there.append(int(watched.sum()))
            gone.append(int((watched & (left < end)).sum()))
        return np.array(there[1:]), np.array(gone[1:])


@dataclass(frozen=True)
class Cohorts(Result):
    """Who started in a fiscal year, and how many were still there one, two and three years on.

    Parameters
    ----------
    rows : DataFrame, columns cohort, customers, arr_share, and of each year t there_t, kept_t, low_t, high_t
        ``cohort``: the fiscal year, or ``earlier`` for who came before churns were recorded, counted from then on.
        ``there_t``: whose t-th year is over; ``kept_t``: of them still there, with its interval. ``arr_share``: ARR now
        of that at the end of the fiscal year of the start.
    change : Interval or None
        Of the share kept a year after the start, the newest cohort against the oldest of those watched from the start.
    compared : tuple of str
        Those two cohorts, the older first; empty where there are not two.

    Examples
    --------
    >>> str(page.cohorts.since), round(page.cohorts.confidence, 2)
    ('2020-04-01', 0.95)
    """

    rows: pd.DataFrame
    since: date
    change: Interval | None
    compared: tuple[str, ...]
    confidence: float


@once
def lives(data: Data, first_fiscal_month: int) -> Lives | None:
    """When each customer came and left; None where either is not recorded, or nobody has left.

    >>> str(lives(run.data, 4).since)
    '2020-04-01'
    """
    gone = departures(data)
    if gone is None or not data.has("customers", "contracted_on"):
        return None
    people = data.table("customers")
    people = people.filter(people.contracted_on.notnull()).select("customer_id", "contracted_on")
    left = gone.select(whose="customer_id", left="effective_on")
    rows = people.left_join(left, people.customer_id == left.whose).order_by("customer_id").to_pandas()
    started, last = pd.to_datetime(rows["contracted_on"]), pd.to_datetime(rows["left"])
    if last.notna().sum() == 0:
        return None
    frame = pd.DataFrame({"started": started.to_numpy(), "left": last.to_numpy()}, index=rows["customer_id"])
    return Lives(frame, fiscal_year_start(last.min().date(), first_fiscal_month), data.as_of)


@shared
def cohorts(run: Run) -> Cohorts | None:
    """Retention by fiscal year of start.

    >>> str(cohorts(run).since)
    '2020-04-01'
    """
    level, month = run.settings.report.confidence, run.settings.calendar.first_fiscal_month
    found = lives(run.data, month)
    if found is None:
        return None
    started, begin = found.rows["started"], pd.Timestamp(found.since)
    years = "FY" + (started.dt.year - (started.dt.month < month)).astype(str)
    own = years.where(started >= begin, "earlier")
    counted = started.where(started >= begin, begin)
    shares = _arr_shares(run, own, found.since)
    rows = [
        _row(str(name), found.rows.loc[whose, "left"], counted[whose], found.as_of, level, shares)
        for name, whose in own.groupby(own).groups.items()
    ]
    frame = pd.DataFrame(rows).sort_values("cohort", key=lambda names: names.replace("earlier", ""), ignore_index=True)
    watched = frame[(frame["cohort"] != "earlier") & (frame["there_1"] > 0)]
    if len(watched) < 2:
        return Cohorts(frame, found.since, None, (), level)
    (old, new), pair = watched.iloc[[0, -1]].to_dict("records"), tuple(watched["cohort"].iloc[[0, -1]])
    change = share_change((new["kept_1"], new["there_1"]), (old["kept_1"], old["there_1"]), level)
    return Cohorts(frame, found.since, change, pair, level)


def _row(
    name: str, left: pd.Series, begin: pd.Series, as_of: date, level: float, shares: dict[str, float]
) -> dict[str, object]:
    row: dict[str, object] = {"cohort": name, "customers": len(left), "arr_share": shares.get(name, np.nan)}
    for year in range(1, YEARS + 1):
        over = _years_after(begin, year)
        seen = over <= pd.Timestamp(as_of)
        there, kept = int(seen.sum()), int((seen & ~(left < over)).sum())
        around = wilson(kept, there, level)
        row |= {f"there_{year}": there, f"kept_{year}": kept, f"low_{year}": around.low, f"high_{year}": around.high}
    return row


def _arr_shares(run: Run, own: pd.Series, since: date) -> dict[str, float]:
    """ARR now of each cohort, of that at the end of the fiscal year of its start."""
    ends, year = {}, run.period.fiscal_year.previous()
    while year.start >= since:
        ends[year.name], year = year.end, year.previous()
    arr = arr_on_days(run.data, {*ends.values(), run.data.as_of})
    found = {}
    for name, day in ends.items():
        of = arr.reindex(own.index[own == name]).fillna(0.0)
        if len(arr) and of[day].sum() > 0:
            found[name] = float(of[run.data.as_of].sum() / of[day].sum())
    return found


def _years_after(days: pd.Series, years: int) -> pd.Series:
    return days + pd.DateOffset(years=years)
