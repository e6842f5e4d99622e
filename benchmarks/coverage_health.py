"""Health: does the interval of the back-test hold at few churns, and does nothing speak where grades say nothing?

Truths, declared beforehand: areas of 0.6 to 0.95, in companies of 60 and 200, where scores of those who churn and those
who stay are normal, exponential, or where some churns come out of the blue while the others are plain to see.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.coverage import Intervals, Silence
from cskit.stats.auc import auc
from cskit.stats.calibration import calibration
from cskit.stats.intervals import Interval, wilson
from cskit.stats.logrank import permuted

__all__ = ["INTERVALS", "SILENCES"]

AREAS = (0.6, 0.7, 0.8, 0.9, 0.95)
DAYS = 5


def _scores(rng: np.random.Generator, shape: str, area: float, churns: int, others: int) -> tuple[Any, Any]:
    """Risk of who churns and of who stays, so that the first is higher with the chance ``area``."""
    from scipy.special import ndtri

    stays = rng.normal(0, 1, others)
    if shape == "normal":
        return rng.normal(np.sqrt(2) * ndtri(area), 1, churns), stays
    if shape == "exponential":
        return rng.exponential(area / (1 - area), churns), rng.exponential(1, others)
    foreseen = rng.random(churns) < 2 * area - 1
    return rng.normal(0, 1, churns) + 99 * foreseen, stays


def _area(rng: np.random.Generator, truth: tuple[str, float, int], churns: int) -> tuple[float, Interval]:
    shape, area, company = truth
    high, low = _scores(rng, shape, area, churns, company - churns)
    return area, auc(np.concatenate([high, low]), np.arange(company) < churns).interval


def _area_over_days(rng: np.random.Generator, truth: tuple[str, float, int], churns: int) -> tuple[float, Interval]:
    """The same churns spread over days, those who stay being the same customers with like scores on each."""
    shape, area, company = truth
    high, low = _scores(rng, shape, area, churns, company)
    day = rng.integers(0, DAYS, churns)
    # 0.8 of the spread is the customer's own, the rest the day's: together as wide as before.
    stays = np.sqrt(0.8) * low[None, :] + np.sqrt(0.2) * rng.normal(0, 1, (DAYS, company))
    value = np.concatenate([high, stays.ravel()])
    event = np.arange(len(value)) < churns
    stratum = np.concatenate([day, np.repeat(np.arange(DAYS), company)])
    return area, auc(value, event, stratum).interval


def _chances(rng: np.random.Generator, slope: float, churns: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Chances said of 300 customers, and churns that come with ``slope`` times their log odds, as many on average."""
    from scipy.optimize import brentq
    from scipy.special import expit

    odds = rng.normal(0, 1, 300)
    base = brentq(lambda at: expit(at + slope * odds).sum() - churns, -15, 10)
    # Said with the same average, whatever the slope: only that is wrong.
    said = brentq(lambda at: expit(at + odds).sum() - churns, -15, 10)
    return expit(said + odds), rng.random(300) < expit(base + slope * odds)


def _slope(rng: np.random.Generator, slope: float, churns: int) -> tuple[float, Interval]:
    found = calibration(*_chances(rng, slope, churns))
    return slope, found.around_slope if found else Interval(-np.inf, np.inf)


def _intercept(rng: np.random.Generator, more: float, churns: int) -> tuple[float, Interval]:
    said, _came = _chances(rng, 1.0, churns)
    odds = np.log(said / (1 - said))
    found = calibration(said, rng.random(300) < 1 / (1 + np.exp(-odds - more)))
    return more, found.around_intercept if found else Interval(-np.inf, np.inf)


def _lift(rng: np.random.Generator, truth: tuple[float, float], churns: int) -> tuple[float, Interval]:
    """Churn among the share at risk, so many times the average; the churns are those that came."""
    risky, times = truth
    mine = rng.binomial(churns, risky * times)
    around = wilson(mine, churns)
    return times, Interval(around.low / risky, around.high / risky)


def _claims(rng: np.random.Generator, churns: int) -> bool:
    """Lower scores are said to churn more, where scores are drawn by lot; the same customers on each day."""
    low = rng.normal(0, 1, 100)
    value = (low[None, :] + 0.5 * rng.normal(0, 1, (DAYS, 100))).ravel()
    event = np.zeros(DAYS * 100, bool)
    event[rng.choice(100, churns, replace=False) + 100 * rng.integers(0, DAYS, churns)] = True
    return auc(value, event, np.repeat(np.arange(DAYS), 100)).interval.low > 0.5


def _grades_differ(rng: np.random.Generator, churns: int) -> bool:
    """The log-rank test by reshuffling, grades as uneven as they are and drawn by lot once per customer."""
    grade = np.tile(rng.choice(4, 100, p=[0.03, 0.05, 0.2, 0.72]), DAYS)
    event = np.zeros(DAYS * 100, bool)
    event[rng.choice(100, churns, replace=False) + 100 * rng.integers(0, DAYS, churns)] = True
    days = np.where(event, rng.integers(1, 180, DAYS * 100), 180)
    p = permuted(days, event, grade, np.repeat(np.arange(DAYS), 100), seed=int(rng.integers(2**31)), draws=199)
    return p is not None and p < 0.05


TRUTHS = [
    (shape, area, n) for shape in ("normal", "exponential", "out of the blue") for area in AREAS for n in (60, 200)
]
INTERVALS = (
    Intervals("AUC; n: churns", TRUTHS, _area, (5, 10, 30)),
    Intervals(
        "AUC over several days; n: churns",
        [(shape, area, 60) for shape in ("normal", "out of the blue") for area in AREAS],
        _area_over_days,
        (5, 10, 30),
    ),
    Intervals("calibration slope; n: churns", (0.5, 1.0, 1.5), _slope, (5, 10, 30), 400),
    Intervals("calibration in the large; n: churns", (-0.5, 0.0, 0.5), _intercept, (5, 10, 30), 400),
    Intervals(
        "lift; n: churns",
        [(risky, times) for risky in (0.05, 0.1, 0.2) for times in (1.0, 2.0, 4.0)],
        _lift,
        (20, 50, 100),
    ),
)
SILENCES = (
    Silence("lower scores churned more, 5 churns", lambda rng: _claims(rng, 5)),
    Silence("lower scores churned more, 10 churns", lambda rng: _claims(rng, 10)),
    Silence("lower scores churned more, 30 churns", lambda rng: _claims(rng, 30)),
    Silence("grades differ in churn (log-rank), 10 churns", lambda rng: _grades_differ(rng, 10), 1000),
    Silence("fewer or more churns than said, 10 expected", lambda rng: 0 not in _intercept(rng, 0.0, 10)[1], 1000),
)
