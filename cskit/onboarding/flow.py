"""Where does an onboarding's time go, who is waited for, and how far is the flow followed?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cskit.data import Data
from cskit.onboarding.cases import cases, days_between
from cskit.once import once
from cskit.periods import months_away
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.intervals import Interval, quantile, wilson

__all__ = ["Flow", "flow", "in_order", "open_steps", "ratio_of_sums", "recorded_steps"]

EMPTY = ["onboarding_id", "step", "responsible", "started_on", "due_on", "done_on"]


@dataclass(frozen=True)
class Flow(Result):
    """Steps of the onboardings started in the last 12 months.

    Parameters
    ----------
    steps : DataFrame, index step in order, columns n, median, mean, share, customer
        Days of the steps done; ``share`` of all days, ``customer``: share of its days in which the customer's turn was.
    waiting : (float, Interval) or None
        Share of all days in which the customer's turn was.
    waiting_n : int
        Onboardings behind it.
    open : DataFrame, columns step, responsible, n, longest
        What is open today, and for how many days at most.
    followed : int
        Completed onboardings with every step done in order, of ``completed``.
    completed : int
    interval : Interval
        Of followed / completed.
    skipped, unordered : int
        Of the completed ones: with a step missing, and with all but in another order.

    Examples
    --------
    >>> steps.waiting_n, steps.followed, steps.completed
    (117, 94, 94)
    """

    steps: pd.DataFrame
    waiting: tuple[float, Interval] | None
    waiting_n: int
    open: pd.DataFrame
    followed: int
    completed: int
    interval: Interval
    skipped: int
    unordered: int


@shared
def flow(run: Run, months: int = 12) -> Flow | None:
    """All of it; None without steps of these months.

    >>> flow(run).waiting_n
    117
    """
    rows = recorded_steps(run.data)
    started = cases(run.data)
    recent = started[started["started_on"] > pd.Timestamp(months_away(run.data.as_of, -months))]
    rows = rows[rows["onboarding_id"].isin(recent["onboarding_id"])]
    if rows.empty:
        return None
    level = run.settings.report.confidence
    order = in_order(rows)
    rows = rows.assign(days=days_between(rows["started_on"], rows["done_on"]))
    timed = rows[rows["days"].notna()]
    theirs = timed["days"].where(timed["responsible"] == "customer", 0.0)
    each = timed.assign(theirs=theirs).groupby("onboarding_id")[["theirs", "days"]].sum()
    known = bool(timed["responsible"].isin(["customer", "cs"]).any()) and each["days"].sum() > 0
    waiting = ratio_of_sums(each["theirs"].to_numpy(), each["days"].to_numpy(), level) if known else None
    done = recent[recent["completed_on"].notna() & recent["onboarding_id"].isin(rows["onboarding_id"])]
    missing, unordered = _departed_from(rows[rows["onboarding_id"].isin(done["onboarding_id"])], order)
    followed = len(done) - missing - unordered
    return Flow(
        _by_step(timed.assign(theirs=theirs), order),
        waiting,
        len(each),
        _open_now(run.data),
        followed,
        len(done),
        wilson(followed, len(done), level),
        missing,
        unordered,
    )


@once
def recorded_steps(data: Data) -> pd.DataFrame:
    """Steps of all onboardings, with dates; empty where none came with the data.

    >>> list(recorded_steps(run.data).columns)
    ['onboarding_id', 'step', 'responsible', 'started_on', 'due_on', 'done_on']
    """
    if not data.has("onboarding_steps"):
        return pd.DataFrame({name: pd.Series(dtype="datetime64[ns]" if "_on" in name else "object") for name in EMPTY})
    rows = data.table("onboarding_steps").order_by("onboarding_id", "started_on", "step").to_pandas()
    return rows.assign(**{name: pd.to_datetime(rows[name]) for name in ("started_on", "due_on", "done_on")})


def in_order(rows: pd.DataFrame) -> list[str]:
    """The flow's steps in their usual order: by mean place among the steps of an onboarding.

    A step belongs to the flow where at least half of the onboardings have it.

    Parameters
    ----------
    rows : DataFrame
        As of :func:`recorded_steps`.

    Examples
    --------
    Of three onboardings one began with the import, and one had a survey:

    >>> rows = pd.DataFrame({
    ...     "onboarding_id": list("aabbcc"),
    ...     "step": ["import", "kick-off", "kick-off", "import", "kick-off", "survey"],
    ...     "started_on": pd.to_datetime(["2023-04-03", "2023-04-04", "2023-05-01", "2023-05-08",
    ...                                   "2023-06-05", "2023-06-12"]),
    ...     "due_on": pd.NaT, "done_on": pd.NaT})
    >>> in_order(rows)
    ['kick-off', 'import']
    """
    begun = rows.assign(at=rows["started_on"].fillna(rows["done_on"]).fillna(rows["due_on"]))
    begun = begun[begun["at"].notna()]
    # Steps begun on the same day: what is done first comes first.
    begun = begun.sort_values(["at", "done_on"], kind="stable", na_position="last")
    place = begun.groupby("onboarding_id").cumcount()
    mean, size = place.groupby(begun["step"]).mean(), begun.groupby("step")["onboarding_id"].nunique()
    usual = mean[size >= 0.5 * rows["onboarding_id"].nunique()]
    return [str(step) for step in usual.sort_values(kind="stable").index]


def open_steps(data: Data) -> pd.DataFrame:
    """Steps begun and not done, of onboardings that still run: columns onboarding_id, step, responsible, started_on.

    >>> list(open_steps(run.data).columns)
    ['onboarding_id', 'step', 'responsible', 'started_on', 'due_on', 'done_on']
    """
    running = cases(data)
    running = running[running["completed_on"].isna() & running["left_on"].isna()]
    rows = recorded_steps(data)
    rows = rows[rows["onboarding_id"].isin(running["onboarding_id"])]
    rows = rows[rows["started_on"].notna() & rows["done_on"].isna()]
    return rows.sort_values(["started_on", "onboarding_id", "step"], ignore_index=True)


def ratio_of_sums(part: np.ndarray, whole: np.ndarray, confidence: float = 0.95) -> tuple[float, Interval]:
    """A share of sums over onboardings, each of which is one cluster.

    Returns
    -------
    share, Interval
        Student's, of the jackknife variance, kept within 0 to 1; Wilson's where all are alike.

    References
    ----------
    Cochran (1977), "Sampling Techniques", 6.17: leaving out one onboarding at a time holds up in small samples.

    Examples
    --------
    >>> share, around = ratio_of_sums(np.array([10.0, 0, 20, 10]), np.array([20.0, 20, 40, 20]))
    >>> share, around.low < 0.4 < around.high
    (0.4, True)
    """
    share, n = float(part.sum() / whole.sum()), len(whole)
    if n < 2:
        return share, Interval(0.0, 1.0)
    rest = np.maximum(whole.sum() - whole, 1e-12)
    without = (part.sum() - part) / rest
    error = np.sqrt((n - 1) / n * np.sum((without - without.mean()) ** 2))
    if error <= 1e-12:
        return share, wilson(share * n, n, confidence)
    half = quantile(confidence, n - 1) * float(error)
    return share, Interval(max(0.0, share - half), min(1.0, share + half))


def _by_step(timed: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    grouped = timed.groupby("step")
    total = float(timed["days"].sum()) or 1.0
    table = pd.DataFrame({
        "n": grouped["days"].size(), "median": grouped["days"].median(), "mean": grouped["days"].mean(),
        "share": grouped["days"].sum() / total, "customer": grouped["theirs"].sum() / grouped["days"].sum(),
    })  # fmt: skip
    return table.reindex([step for step in order if step in table.index]).fillna({"customer": 0.0})


def _open_now(data: Data) -> pd.DataFrame:
    rows = open_steps(data)
    rows = rows.assign(days=(pd.Timestamp(data.as_of) - rows["started_on"]).dt.days, responsible=rows["responsible"])
    rows["responsible"] = rows["responsible"].fillna("")
    table = rows.groupby(["step", "responsible"])["days"].agg(n="size", longest="max").reset_index()
    return table.sort_values(["n", "step", "responsible"], ascending=[False, True, True], ignore_index=True)


def _departed_from(rows: pd.DataFrame, order: list[str]) -> tuple[int, int]:
    """Onboardings with a step of the flow not done, and those that did all in another order."""
    done = rows[rows["step"].isin(order)].pivot_table(
        index="onboarding_id", columns="step", values="done_on", aggfunc="max", dropna=False
    )
    done = done.reindex(columns=order, index=rows["onboarding_id"].unique())
    skipped = done.isna().any(axis=1)
    days = done[~skipped].to_numpy("datetime64[D]").astype("int64")
    return int(skipped.sum()), int((np.diff(days, axis=1) < 0).any(axis=1).sum()) if len(days) else 0
