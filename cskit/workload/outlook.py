"""Will the hours suffice in the months to come, how many people would have to be hired, and by when?

Load is drawn from the months there were: a line and a season on the logarithm of hours, with all their doubt. Capacity
is contracted hours without leave, new members at part of theirs until they work alone.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cskit.data import Data
from cskit.periods import add_months
from cskit.run import Run
from cskit.settings import Workload
from cskit.shared import shared
from cskit.stats.intervals import Interval
from cskit.workload.hours import by_month, contracted, recorded_since, team
from cskit.workload.people import independence

__all__ = ["Outlook", "forecast", "hires_needed", "outlook"]

Array = NDArray[np.float64]
LEAST, SEASON = 12, 24  # months of history needed, and from which a season is told from it
WORLDS, DRAWS = 400, 250  # truths that fit the history, and courses drawn from each
MONTH = 365.25 / 12


@dataclass(frozen=True)
class Outlook:
    """Load against capacity.

    Parameters
    ----------
    months : DataFrame, index first days of the months to come, columns load, low, high, room, overload
        Hours expected with their interval, hours planned to be worked at most, chance that the load is above.
    history : Series of float, index first days of months
        Hours there were.
    overload : float
        Chance that the next three months together are above plan; ``around`` how far that chance is known.
    hires, hires_range : int, Interval
        People to hire now so that the chance in each month, once they work alone, is what is accepted.
    added : array, shape (months,)
        Hours one hire, decided now, adds to ``room``.
    decide_by : date or None
        First day of the last month in which that can be decided without an overload before; a day that has passed
        means that it is late already. None where nobody is needed.
    lead, ramp : float
        Months from decision to first day, and from there to working alone.
    courses : array, shape (draws, months)
        Loads drawn.

    Examples
    --------
    >>> round(ahead.overload, 2), ahead.hires, ahead.lead
    (0.0, 0, 3)
    """

    months: pd.DataFrame
    history: pd.Series
    overload: float
    around: Interval
    hires: int
    hires_range: Interval
    added: Array
    decide_by: date | None
    lead: float
    ramp: float
    courses: Array

    def overload_with(self, hires: int) -> float:
        """The greatest chance of overload in a month in which so many more work alone."""
        full = _full(self.added)
        room = self.months["room"].to_numpy() + hires * self.added
        return float((self.courses > room).mean(axis=0)[full].max())


@shared
def outlook(run: Run) -> Outlook | None:
    """Draw the months to come; None without contracted hours, or with less than a year of records.

    >>> round(outlook(run).overload, 2)
    0.0
    """
    rules, since = run.settings.workload, recorded_since(run.data)
    if since is None or not run.data.has("csms", "weekly_hours"):
        return None
    history = _history(run.data, rules, since)
    if len(history) < LEAST:
        return None
    ahead = pd.DatetimeIndex([pd.Timestamp(add_months(_next(run.data), n)) for n in range(rules.outlook.months)])
    rng = np.random.default_rng(run.settings.report.seed)
    mean, spread, carried = forecast(history, ahead, rng)
    noise = rng.standard_normal((WORLDS, DRAWS, len(ahead)))
    for month in range(1, len(ahead)):
        noise[..., month] = carried * noise[..., month - 1] + np.sqrt(1 - carried**2) * noise[..., month]
    courses = np.exp(mean[:, None, :] + spread[:, None, None] * noise)
    known = independence(run).median
    ramp = rules.outlook.ramp_months if known is None else known / MONTH
    room = _room(run.data, rules, ahead, ramp)
    tail = (1 - run.settings.report.confidence) / 2
    flat = courses.reshape(-1, len(ahead))
    low, high = np.quantile(flat, [tail, 1 - tail], axis=0)
    months = pd.DataFrame(
        {
            "load": np.median(flat, axis=0),
            "low": low,
            "high": high,
            "room": room,
            "overload": (flat > room).mean(axis=0),
        },
        index=ahead,
    )
    each = (courses[:, :, :3].sum(axis=2) > room[:3].sum()).mean(axis=1)
    added = _added(rules, ahead, ramp)
    hires, reach = hires_needed(mean, spread, room, added, rules.outlook.overload_at_most, tail)
    by = _decide_by(months["overload"], rules, ramp) if hires else None
    ends = Interval(*(float(end) for end in np.quantile(each, [tail, 1 - tail])))
    lead = rules.outlook.lead_months
    return Outlook(months, history, float(each.mean()), ends, hires, reach, added, by, lead, ramp, flat)


def forecast(history: pd.Series, ahead: pd.DatetimeIndex, rng: np.random.Generator) -> tuple[Array, Array, float]:
    """Truths that fit the history: for each, the mean of the logarithm of hours of each month ahead, and its spread.

    Parameters
    ----------
    history : Series of float, index first days of consecutive months
        Above 0, 12 or more; from 24 on a season is told.
    ahead : DatetimeIndex, shape (months,)
    rng : Generator

    Returns
    -------
    array, shape (worlds, months)
    array, shape (worlds,)
        Drawn from the posterior of least squares under a flat prior (Gelman et al., "Bayesian Data Analysis", 14.2), so
        that a course drawn from each is a draw from the Student predictive distribution.
    float
        How much of a month's departure from trend and season the next one carries on, 0 to 0.8: where months lean on
        one another, so many say less, and the posterior is as much wider (an AR(1) course).
    """
    season = len(history) >= SEASON
    design, later = (_design(index, history.index[0], season) for index in (pd.DatetimeIndex(history.index), ahead))
    y = np.log(history.to_numpy(float))
    inverse = np.linalg.pinv(design.T @ design)
    beta = inverse @ design.T @ y
    left, residual = np.eye(len(y)) - design @ inverse @ design.T, y - design @ beta
    carried = _carried(residual, left)
    alike = carried ** np.abs(np.subtract.outer(np.arange(len(y)), np.arange(len(y))))
    seen = left @ alike
    df = np.trace(seen) ** 2 / np.trace(seen @ seen)
    spread = np.sqrt(df * float(residual @ residual) / np.trace(seen) / rng.chisquare(df, WORLDS))
    covariance = inverse @ design.T @ alike @ design @ inverse
    root = np.linalg.cholesky(covariance + 1e-12 * np.eye(len(inverse)))
    drawn = beta + spread[:, None] * (rng.standard_normal((WORLDS, len(beta))) @ root.T)
    return drawn @ later.T, spread, carried


def _carried(residual: Array, left: Array) -> float:
    """How much of a month's departure the next one carries on: the lag-one correlation, without what fitting adds."""
    square = float(residual @ residual)
    if square < 1e-12:
        return 0.0
    fitted = float(np.trace(left @ np.eye(len(left), k=1) @ left) / np.trace(left))
    return float(np.clip(residual[1:] @ residual[:-1] / square - fitted, 0.0, 0.8))


def hires_needed(
    mean: Array, spread: Array, room: Array, added: Array, accepted: float, tail: float = 0.025
) -> tuple[int, Interval]:
    """The fewest hires, decided now, that keep the chance of overload in every month they can help.

    Parameters
    ----------
    mean, spread : arrays of :func:`forecast`
    room, added : array, shape (months,)
        Hours planned without hires, and what one hire adds; months where it adds less than its full hours are passed
        over, unless it never gets there: then the last month counts.
    accepted : float
        Chance of overload.

    Examples
    --------
    A load that is known, 130 hours, on 100 planned ones; one hire adds 20:

    >>> hires_needed(np.log([[130.0]]), np.array([1e-9]), np.array([100.0]), np.array([20.0]), 0.2)
    (2, Interval(low=2.0, high=2.0))
    """
    from scipy.special import ndtri

    full = _full(added)
    limit = np.exp(mean[:, full] + spread[:, None] * ndtri(1 - accepted))
    each = np.ceil(np.maximum(0, ((limit - room[full]) / added[full]).max(axis=1) - 1e-9)) + 0.0
    # All truths together: the least number with which the chance, over them, is what is accepted.
    hires = 0
    while hires < each.max():
        z = (np.log(room[full] + hires * added[full]) - mean[:, full]) / spread[:, None]
        if (_above(z).mean(axis=0) <= accepted).all():
            break
        hires += 1
    return hires, Interval(*(float(end) for end in np.quantile(each, [tail, 1 - tail], method="nearest")))


def _full(added: Array) -> NDArray[np.intp]:
    """Months in which a hire works alone: the last, where none does by then."""
    daily = added / added.max() if added.max() else added
    return np.flatnonzero(daily >= 0.9)  # months differ by their days


def _above(z: Array) -> Array:
    from scipy.special import ndtr

    return np.asarray(ndtr(-z))


def _next(data: Data) -> date:
    return add_months(data.as_of.replace(day=1), 1)


def _history(data: Data, rules: Workload, since: date) -> pd.Series:
    """Hours of whole months, from the first whose every successor has some."""
    begin = since if since.day == 1 else add_months(since.replace(day=1), 1)
    begin = max(begin, add_months(_next(data), -rules.outlook.history))
    if begin >= _next(data):
        return pd.Series(dtype=float)
    hours = by_month(data, rules, begin, data.as_of)
    empty = np.flatnonzero(hours.to_numpy() <= 0)
    return hours.iloc[empty[-1] + 1 :] if len(empty) else hours


def _design(months: pd.DatetimeIndex, first: pd.Timestamp, season: bool) -> Array:
    away = (months.year - first.year) * 12 + months.month - first.month
    columns = [np.ones(len(months)), np.asarray(away, float)]
    if season:
        columns += [np.asarray(months.month == month, float) for month in range(2, 13)]
    return np.column_stack(columns)


def _room(data: Data, rules: Workload, ahead: pd.DatetimeIndex, ramp: float) -> Array:
    """Hours planned to be worked at most, of the people there are."""
    people, rooms = team(data), []
    for month in ahead:
        last = month + pd.offsets.MonthEnd(1)
        learnt = (last - people["joined_on"]).dt.days / MONTH
        part = (learnt / ramp).clip(0, 1).fillna(1.0) if ramp else pd.Series(1.0, people.index)
        part = part.where(people["independent_on"].isna(), 1.0)
        rooms.append(float((contracted(people, month.date(), last.date()) * part).sum()))
    return rules.planned_load * (1 - rules.leave) * np.array(rooms)


def _added(rules: Workload, ahead: pd.DatetimeIndex, ramp: float) -> Array:
    """What one hire, decided now, adds in each month."""
    asked = rules.outlook
    weeks = np.asarray(ahead.days_in_month, float) / 7
    there = np.arange(len(ahead)) - asked.lead_months
    part = np.clip((there + 0.5) / ramp, 0, 1) if ramp else np.ones(len(ahead))
    part = np.where(there < 0, 0.0, np.where(there + 1 >= ramp, 1.0, part))
    return rules.planned_load * (1 - rules.leave) * asked.weekly_hours * asked.cs_share * weeks * part


def _decide_by(overload: pd.Series, rules: Workload, ramp: float) -> date | None:
    """The first month above what is accepted, less the months until a hire works alone."""
    above = overload.index[overload > rules.outlook.overload_at_most]
    if above.empty:
        return None
    return add_months(above[0].date(), -(rules.outlook.lead_months + int(np.ceil(ramp))))
