"""Are onboardings done by the day that was agreed, what is overdue, and how many run at once?"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cskit.data import Data
from cskit.metrics import Metric
from cskit.onboarding.cases import cases
from cskit.onboarding.flow import open_steps
from cskit.periods import Period
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.intervals import Interval, share_change, wilson

__all__ = ["Due", "Timeliness", "due_in", "due_rows", "overdue", "parallel", "timeliness"]


@dataclass(frozen=True, slots=True)
class Due(Result):
    """Onboardings due in a period.

    Examples
    --------
    >>> Due(3, 4).share
    0.75
    """

    on_time: int
    due: int

    @property
    def share(self) -> float | None:
        return self.on_time / self.due if self.due else None


@dataclass(frozen=True)
class Timeliness(Result):
    """On time, overdue and in parallel.

    Parameters
    ----------
    now, before : Due
    interval, change : Interval
        Of the share now, and of its change.
    overdue : DataFrame, as of :func:`overdue`
    people : DataFrame, as of :func:`parallel`

    Examples
    --------
    >>> list(pace.overdue.columns)
    ['onboarding_id', 'customer_id', 'name', 'route', 'due_on', 'days', 'step', 'responsible']
    """

    now: Due
    before: Due
    interval: Interval
    change: Interval
    overdue: pd.DataFrame
    people: pd.DataFrame
    metrics: tuple[Metric, ...]


@shared
def timeliness(run: Run) -> Timeliness:
    """All of it for a run's period.

    >>> list(timeliness(run).overdue.columns)
    ['onboarding_id', 'customer_id', 'name', 'route', 'due_on', 'days', 'step', 'responsible']
    """
    level = run.settings.report.confidence
    rows = cases(run.data)
    now = due_in(rows, run.period)
    before = due_in(cases(run.data.at(run.compare_to.end)), run.compare_to)
    around = wilson(now.on_time, now.due, level)
    moved = share_change((now.on_time, now.due), (before.on_time, before.due), level)
    late = overdue(rows, run.data)
    on_time = run.metric(
        "onboarding.on_time",
        now.share,
        "estimated",
        around if now.due else None,
        moved if now.due and before.due else None,
        n=now.due,
        n_before=before.due,
        before=before.share,
    )
    open_now = int((rows["completed_on"].isna() & rows["left_on"].isna()).sum())
    count = run.metric("onboarding.overdue", len(late), "counted", n=open_now)
    return Timeliness(now, before, around, moved, late, parallel(rows, run.period), (on_time, count))


def due_in(rows: pd.DataFrame, period: Period) -> Due:
    """How many of the onboardings due in a period were completed by then.

    One done on its day, one late, and one of a customer who left before the day, which does not count:

    >>> days = {"due_on": ["2023-04-10", "2023-04-20", "2023-04-25"],
    ...         "completed_on": ["2023-04-10", "2023-04-21", None], "left_on": [None, None, "2023-04-15"]}
    >>> due_in(pd.DataFrame(days).apply(pd.to_datetime), run.period)
    Due(on_time=1, due=2)
    """
    counted = due_rows(rows, period)
    return Due(int(counted["on_time"].sum()), len(counted))


def due_rows(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The onboardings due in a period that count, with a column on_time of bool.

    Open past the due date is late, as is a customer that left after it; who left before it does not count.

    Open on its day is late, unless the period ends that day:

    >>> days = {"due_on": ["2023-04-10", "2023-04-20", "2023-06-30"], "completed_on": ["2023-04-10", None, None],
    ...         "left_on": [None, None, None]}
    >>> due_rows(pd.DataFrame(days).apply(pd.to_datetime), run.period)[["due_on", "on_time"]]
          due_on  on_time
    0 2023-04-10     True
    1 2023-04-20    False
    """
    due = rows[rows["due_on"].between(pd.Timestamp(period.start), pd.Timestamp(period.end))]
    done = due["completed_on"].notna() & (due["completed_on"] <= due["due_on"])
    away = ~done & due["left_on"].notna() & (due["left_on"] <= due["due_on"])
    today = pd.Timestamp(period.end)
    waiting = ~done & due["completed_on"].isna() & (due["due_on"] >= today)
    return due.assign(on_time=done)[~away & ~waiting]


def overdue(rows: pd.DataFrame, data: Data) -> pd.DataFrame:
    """Open onboardings past their due date, the longest first.

    Returns
    -------
    DataFrame, columns onboarding_id, customer_id, name, route, due_on, days, step, responsible
        The step that is open and who it waits for; empty text where steps are not recorded.

    Examples
    --------
    >>> overdue(cases(run.data), run.data)[["onboarding_id", "days", "step", "responsible"]].head(2)
      onboarding_id  days         step responsible
    0       B000027   916  data import    customer
    1       B000042   882  data import    customer
    """
    today = pd.Timestamp(data.as_of)
    late = rows[rows["completed_on"].isna() & rows["left_on"].isna() & (rows["due_on"] < today)]
    late = late.assign(days=(today - late["due_on"]).dt.days)
    names = data.table("customers").select("customer_id", "name").to_pandas() if data.has("customers") else None
    late = late.assign(name=None) if names is None else late.merge(names, on="customer_id", how="left")
    late["name"] = late["name"].fillna(late["customer_id"])
    current = open_steps(data).drop_duplicates("onboarding_id", keep="last")
    late = late.merge(current[["onboarding_id", "step", "responsible"]], on="onboarding_id", how="left")
    late = late.assign(step=late["step"].fillna(""), responsible=late["responsible"].fillna(""))
    shown = ["onboarding_id", "customer_id", "name", "route", "due_on", "days", "step", "responsible"]
    return late.sort_values(["days", "onboarding_id"], ascending=[False, True], ignore_index=True)[shown]


def parallel(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Cases in parallel by person, over the days of a period.

    Returns
    -------
    DataFrame, columns csm_id, mean, peak
        Of who had any; onboardings that nobody is named for are left out.

    Examples
    --------
    One person's two onboardings of 60 and 46 of 91 days overlap; the third is nobody's.

    >>> rows = pd.DataFrame({"csm_id": ["M1", "M1", None],
    ...                      "started_on": pd.to_datetime(["2023-04-01", "2023-05-16", "2023-04-01"]),
    ...                      "completed_on": pd.to_datetime(["2023-05-30", None, None]), "left_on": pd.NaT})
    >>> parallel(rows, run.period).round(2)
      csm_id  mean  peak
    0     M1  1.16     2
    """
    days = pd.date_range(period.start, period.end)
    own = rows[rows["csm_id"].notna() & (rows["csm_id"] != "")]
    end = own[["completed_on", "left_on"]].min(axis=1).fillna(pd.Timestamp(date.max.replace(year=2261)))
    found = []
    for person, mine in own.assign(end=end).groupby("csm_id"):
        starts, ends = mine["started_on"].to_numpy(), mine["end"].to_numpy()
        running = np.searchsorted(np.sort(starts), days, side="right") - np.searchsorted(np.sort(ends), days)
        if running.max() > 0:
            found.append((person, float(running.mean()), int(running.max())))
    table = pd.DataFrame(found, columns=["csm_id", "mean", "peak"])
    return table.sort_values(["mean", "csm_id"], ascending=[False, True], ignore_index=True)
