"""Is the way of onboarding settled: one flow, tried on a few first, alike in length, with an early result?"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from cskit.data import Data
from cskit.once import once
from cskit.periods import months_away
from cskit.result import Result
from cskit.run import Run
from cskit.settings import Flow as Rules
from cskit.shared import shared

__all__ = ["Settled", "settled", "tried"]

LEAST = 4  # onboardings of a route below which its quartiles say nothing; arbitrary


@dataclass(frozen=True)
class Settled(Result):
    """The flow over recent onboardings.

    Parameters
    ----------
    recent : int
        Onboardings begun in the months looked at.
    version, same_flow : str, float or None
        The version most of them follow, and the share that does, of those with a version; None where none has one.
    routes : DataFrame, columns route, n, median, lower, upper
        Days of the onboardings completed in those months: median and quartiles; routes with too few are left out.
    days_spread : float or None
        Upper quartile / lower quartile within routes: the geometric mean over the onboardings.
    steps, same_steps : int, float or None
        Steps of most onboardings, and the share of them with exactly these; None where steps are not recorded.
    versions : DataFrame, columns version, first_on, tried, most_from, started, in_time, judged
        See :func:`tried`.

    Examples
    --------
    >>> page.flow.recent, page.flow.version, round(page.flow.same_flow, 2)
    (120, 'v3', 1.0)
    """

    recent: int
    version: str
    same_flow: float | None
    routes: pd.DataFrame
    days_spread: float | None
    steps: int
    same_steps: float | None
    versions: pd.DataFrame


@shared
def settled(run: Run) -> Settled | None:
    """How alike recent onboardings are, and how each version came about; None where none are recorded.

    >>> settled(run).recent
    120
    """
    if not run.data.has("onboardings"):
        return None
    rules, rows = run.settings.growth.flow, _rows(run.data)
    since = pd.Timestamp(months_away(run.data.as_of, -rules.months))
    recent = rows[rows["started_on"] > since]
    done = rows[rows["completed_on"] > since]
    named = recent["flow_version"].dropna().value_counts()
    version, share = (str(named.index[0]), float(named.iloc[0] / named.sum())) if len(named) else ("", None)
    routes = _routes(done)
    count, same = _steps(run.data, done["onboarding_id"])
    return Settled(
        len(recent), version, share, routes, _spread(routes), count, same, tried(rows, rules, run.data.as_of)
    )


def tried(rows: pd.DataFrame, rules: Rules, as_of: object) -> pd.DataFrame:
    """How each version of the flow came about.

    Parameters
    ----------
    rows : DataFrame, columns flow_version, started_on, completed_on

    Returns
    -------
    DataFrame, columns version, first_on, tried, most_from, started, in_time, judged
        By the day each was first followed. ``tried``: onboardings before the month in which more than half of those
        begun followed it, ``most_from``, which is empty where none was. ``in_time``: completed within ``result_days``
        of the version's first onboarding, of those ``started`` within them; ``judged``: that time is over.

    Examples
    --------
    v2 was tried on one onboarding before March, when most followed it:

    >>> rows = pd.DataFrame({
    ...     "flow_version": ["v1", "v2", "v1", "v2", "v2"],
    ...     "started_on": pd.to_datetime(["2023-01-10", "2023-01-25", "2023-01-30", "2023-03-01", "2023-03-05"]),
    ...     "completed_on": pd.to_datetime(["2023-02-28", "2023-04-10", None, None, None])})
    >>> tried(rows, run.settings.growth.flow, run.data.as_of).drop(columns=["first_on", "judged"])
      version  tried most_from  started  in_time
    0      v1      0 2023-01-01        2        1
    1      v2      1 2023-03-01        3        1
    """
    known = rows.dropna(subset=["flow_version"])
    month = known["started_on"].dt.to_period("M")
    found = []
    for version, own in known.groupby("flow_version"):
        first = own["started_on"].min()
        share = (known["flow_version"] == version).groupby(month).mean()
        most = share.index[share > 0.5]
        start = most[0].to_timestamp() if len(most) else pd.NaT
        until = first + timedelta(days=rules.result_days)
        found.append(
            {
                "version": str(version), "first_on": first,
                "tried": int((own["started_on"] < start).sum()) if len(most) else len(own), "most_from": start,
                "started": int((own["started_on"] <= until).sum()),
                "in_time": int((own["completed_on"] <= until).sum()),
                "judged": until <= pd.Timestamp(as_of),  # type: ignore[arg-type]
            }
        )  # fmt: skip
    columns = ["version", "first_on", "tried", "most_from", "started", "in_time", "judged"]
    return pd.DataFrame(found, columns=columns).sort_values(["first_on", "version"], ignore_index=True)


@once
def _rows(data: Data) -> pd.DataFrame:
    table = data.table("onboardings")
    columns = ("onboarding_id", "route", "flow_version", "started_on", "completed_on")
    rows = table.select(*columns).order_by("started_on", "onboarding_id").to_pandas()
    version = rows["flow_version"].replace("", None)
    days = {name: pd.to_datetime(rows[name]) for name in ("started_on", "completed_on")}
    return rows.assign(flow_version=version, **days)


def _routes(done: pd.DataFrame) -> pd.DataFrame:
    days = (done["completed_on"] - done["started_on"]).dt.days + 1.0  # the first day is one of work, too
    found = []
    for route, own in days.groupby(done["route"]):
        if len(own) >= LEAST:
            lower, median, upper = np.quantile(own, [0.25, 0.5, 0.75])
            found.append((route, len(own), float(median), float(lower), float(upper)))
    return pd.DataFrame(found, columns=["route", "n", "median", "lower", "upper"])


def _spread(routes: pd.DataFrame) -> float | None:
    if routes.empty:
        return None
    each = np.log((routes["upper"] / routes["lower"]).to_numpy(float))
    return float(np.exp(np.average(each, weights=routes["n"].to_numpy(float))))


def _steps(data: Data, done: pd.Series) -> tuple[int, float | None]:
    """Steps of most of these onboardings, and the share that has exactly those."""
    if not data.has("onboarding_steps") or done.empty:
        return 0, None
    table = data.table("onboarding_steps").select("onboarding_id", "step")
    rows = table.order_by("onboarding_id", "step").to_pandas()
    lists = rows[rows["onboarding_id"].isin(done)].groupby("onboarding_id")["step"].agg(tuple)
    if lists.empty:
        return 0, None
    most = lists.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return len(most.index[0]), float(most.iloc[0] / len(lists))
