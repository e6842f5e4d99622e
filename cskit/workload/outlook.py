"""Will the hours suffice in the months to come, how many people would have to be hired, and by when?

Load is drawn from the months there were: a line and a season on the logarithm of hours, with all their doubt. Capacity
is contracted hours without leave, new members at part of theirs until they work alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cskit.data import Data
from cskit.periods import add_months
from cskit.result import Result
from cskit.run import Run
from cskit.settings import Settings, Workload
from cskit.shared import shared
from cskit.stats.intervals import Interval
from cskit.workload.hours import by_month, contracted, recorded_since, team
from cskit.workload.people import independence
from cskit.workload.whatif import Mixes

__all__ = ["Drawn", "Outlook", "against", "drawn", "forecast", "hires_needed", "moved", "outlook"]

Array = NDArray[np.float64]
LEAST, SEASON = 12, 24  # months of history needed, and from which a season is told from it
WORLDS, DRAWS = 400, 250  # truths that fit the history, and courses drawn from each
MONTH = 365.25 / 12


@dataclass(frozen=True)
class Drawn(Result):
    """What the months to come are drawn from, and the draws: whatever is planned, they stay.

    Parameters
    ----------
    history : Series of float, index first days of months
        Hours there were.
    ahead : DatetimeIndex, shape (months,)
    mean, spread : array
        See :func:`forecast`.
    loads : array, shape (months, worlds * draws)
        Loads drawn for each month, in order.
    expected : array, shape (3, months)
        Their median and the ends of their interval.
    quarter : array, shape (worlds, draws)
        Load of the first three months together.
    contracted : array, shape (people, months)
        Hours of each person there is.
    learning : array of the same shape
        Months since each joined, at the end of each month; nan where all hours count.
    ramp : float or None
        Months until a new member works alone, as joiners did; None where none is known.

    Examples
    --------
    >>> found = ahead.drawn
    >>> str(found.ahead[0].date()), found.loads.shape, round(found.ramp, 1)
    ('2023-07-01', (12, 100000), 5.8)
    """

    history: pd.Series
    ahead: pd.DatetimeIndex
    mean: Array
    spread: Array
    loads: Array
    expected: Array
    quarter: Array
    contracted: Array
    learning: Array
    ramp: float | None


@dataclass(frozen=True)
class Outlook(Result):
    """Load against capacity.

    Parameters
    ----------
    months : DataFrame, index first days of the months to come, columns load, low, high, room, overload
        Hours expected with their interval, hours planned to be worked at most, chance that the load is above.
    overload : float
        Chance that the next three months together are above plan; ``around`` how far that chance is known.
    hires, hires_range : int, Interval
        People to hire now, beyond those planned, so that the chance in each month, once they work alone, is what is
        accepted.
    added : array, shape (months,)
        Hours one hire, decided now, adds to ``room``.
    accepted : float
        Chance of overload in a month that is accepted.
    planned : mapping of first day to int
        Hires that are planned already and begin in these months; their hours are in ``room``.
    decide_by : date or None
        First day of the last month in which that can be decided without an overload before; a day that has passed
        means that it is late already. None where nobody is needed.
    lead, ramp : float
        Months from decision to first day, and from there to working alone.
    more : float
        Hours a month above those drawn.
    drawn : Drawn

    Examples
    --------
    >>> round(ahead.overload, 2), ahead.hires, ahead.lead
    (0.0, 0, 3)
    """

    months: pd.DataFrame
    overload: float
    around: Interval
    hires: int
    hires_range: Interval
    added: Array
    accepted: float
    planned: Mapping[date, int]
    decide_by: date | None
    lead: float
    ramp: float
    more: float
    drawn: Drawn

    @property
    def history(self) -> pd.Series:
        """Hours there were, by month."""
        return self.drawn.history

    def overload_with(self, hires: int) -> float:
        """The greatest chance of overload in a month in which so many more work alone."""
        full = _full(self.added)
        room = self.months["room"].to_numpy() + hires * self.added - self.more
        return float(_over(self.drawn.loads, room)[full].max())


def moved(run: Run, found: Outlook | None, mixes: Mixes | None) -> Outlook | None:
    """The months to come had the modes changed as asked, all at once; None where that changes nothing.

    >>> round(moved(run, ahead, mixes).more)
    -74
    """
    return against(found.drawn, run.settings, mixes.more) if found and mixes and mixes.more else None


@shared
def outlook(run: Run) -> Outlook | None:
    """Draw the months to come; None without contracted hours, or with less than a year of records.

    >>> round(outlook(run).overload, 2)
    0.0
    """
    found = drawn(run)
    return against(found, run.settings) if found else None


def drawn(run: Run) -> Drawn | None:
    """Loads of the months to come, and whose hours there are for them; None as :func:`outlook`.

    Hours of July, in the middle, and the ends of their interval:

    >>> found = drawn(run)
    >>> len(found.history), found.expected[:, 0].round(-1).tolist()
    (36, [590.0, 480.0, 730.0])
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
    tail = (1 - run.settings.report.confidence) / 2
    loads = np.sort(courses.reshape(-1, len(ahead)).T)
    expected = np.quantile(loads, [0.5, tail, 1 - tail], axis=1)
    known = independence(run).median
    ramp = None if known is None else known / MONTH
    quarter = courses[:, :, :3].sum(axis=2)
    return Drawn(history, ahead, mean, spread, loads, expected, quarter, *_people(run.data, ahead), ramp)


def against(found: Drawn, settings: Settings, more: float = 0.0) -> Outlook:
    """Set the months drawn against the hours planned to be worked.

    Parameters
    ----------
    found : Drawn
    settings : Settings
    more : float
        Hours a month by which the load would be other than drawn.

    Examples
    --------
    >>> busier = against(ahead.drawn, run.settings, more=300.0)
    >>> ahead.hires, busier.hires
    (0, 2)

    To have them work alone before the first month above plan, that would have had to be decided long ago:

    >>> str(busier.decide_by)
    '2022-11-01'
    """
    rules = settings.workload
    ramp = float(rules.outlook.ramp_months) if found.ramp is None else found.ramp
    planned = _planned(rules, found.ahead)
    room = _room(found, rules, ramp) + sum(
        (n * _added(rules, found.ahead, ramp, _months_from(found.ahead[0], day)) for day, n in planned.items()),
        start=np.zeros(len(found.ahead)),
    )
    left = room - more
    load, low, high = np.maximum(found.expected + more, 0.0)
    overload = _over(found.loads, left)
    months = pd.DataFrame(
        {"load": load, "low": low, "high": high, "room": room, "overload": overload}, index=found.ahead
    )
    each = (found.quarter > left[:3].sum()).mean(axis=1)
    tail = (1 - settings.report.confidence) / 2
    lead, accepted = rules.outlook.lead_months, rules.outlook.overload_at_most
    added = _added(rules, found.ahead, ramp, lead)
    hires, reach = hires_needed(found.mean, found.spread, left, added, accepted, tail)
    by = _decide_by(months["overload"], rules, ramp) if hires else None
    ends = Interval(*(float(end) for end in np.quantile(each, [tail, 1 - tail])))
    chance = float(each.mean())
    return Outlook(months, chance, ends, hires, reach, added, accepted, planned, by, lead, ramp, more, found)


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

    Examples
    --------
    Hours that grew by 2 % every month, and no doubt of it:

    >>> history = pd.Series(100 * 1.02 ** np.arange(12), pd.date_range("2022-04-01", periods=12, freq="MS"))
    >>> later = pd.date_range("2023-04-01", periods=3, freq="MS")
    >>> mean, spread, carried = forecast(history, later, np.random.default_rng(0))
    >>> np.exp(mean.mean(axis=0)).round(1).tolist(), carried
    ([126.8, 129.4, 131.9], 0.0)
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
        there = np.maximum(room[full] + hires * added[full], 1e-9)  # other modes may ask for more than there is
        z = (np.log(there) - mean[:, full]) / spread[:, None]
        if (_above(z).mean(axis=0) <= accepted).all():
            break
        hires += 1
    return hires, Interval(*(float(end) for end in np.quantile(each, [tail, 1 - tail], method="nearest")))


def _over(loads: Array, room: Array) -> Array:
    """The share of each month's loads, which are in order, that is above its room."""
    pairs = zip(loads, room, strict=True)
    return np.array([(len(own) - np.searchsorted(own, most, side="right")) / len(own) for own, most in pairs])


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


def _people(data: Data, ahead: pd.DatetimeIndex) -> tuple[Array, Array]:
    """Hours of each person in each month, and months since each joined; nan for who works alone."""
    people = team(data)
    ends = ahead + pd.offsets.MonthEnd(1)
    spans = zip(ahead, ends, strict=True)
    hours = [contracted(people, first.date(), last.date()).to_numpy(float) for first, last in spans]
    learnt = [((last - people["joined_on"]).dt.days / MONTH).where(people["independent_on"].isna()) for last in ends]
    return np.array(hours).T, np.array(learnt, float).T


def _room(found: Drawn, rules: Workload, ramp: float) -> Array:
    """Hours planned to be worked at most, of the people there are."""
    part = np.clip(found.learning / ramp, 0, 1) if ramp else np.ones_like(found.learning)
    hours = (found.contracted * np.where(np.isnan(part), 1.0, part)).sum(axis=0)
    return np.asarray(rules.planned_load * (1 - rules.leave) * hours)


def _planned(rules: Workload, ahead: pd.DatetimeIndex) -> dict[date, int]:
    """Hires that are still to come; those of months that have passed are in the team, or are not."""
    days = {date.fromisoformat(f"{month}-01"): n for month, n in sorted(rules.outlook.hires.items()) if n}
    return {day: n for day, n in days.items() if ahead[0].date() <= day <= ahead[-1].date()}


def _months_from(first: pd.Timestamp, day: date) -> int:
    return (day.year - first.year) * 12 + day.month - first.month


def _added(rules: Workload, ahead: pd.DatetimeIndex, ramp: float, begins: int) -> Array:
    """What one hire adds in each month, from the month in which it begins, growing evenly until it works alone."""
    asked = rules.outlook
    weeks = np.asarray(ahead.days_in_month, float) / 7
    there = np.arange(len(ahead)) - begins
    part = np.clip((there + 0.5) / ramp, 0, 1) if ramp else np.ones(len(ahead))
    part = np.where(there < 0, 0.0, np.where(there + 1 >= ramp, 1.0, part))
    return rules.planned_load * (1 - rules.leave) * asked.weekly_hours * asked.cs_share * weeks * part


def _decide_by(overload: pd.Series, rules: Workload, ramp: float) -> date | None:
    """The first month above what is accepted, less the months until a hire works alone."""
    above = overload.index[overload > rules.outlook.overload_at_most]
    if above.empty:
        return None
    return add_months(above[0].date(), -(rules.outlook.lead_months + int(np.ceil(ramp))))
