"""Intervals and sentences on workload; see benchmarks/coverage.py."""

from itertools import product

import numpy as np
import pandas as pd

from benchmarks.coverage import Intervals, Silence
from cskit.stats.before_after import typical_change
from cskit.stats.intervals import Interval
from cskit.stats.pooling import pooled
from cskit.stats.survival import completion
from cskit.workload.outlook import DRAWS, WORLDS, forecast
from cskit.workload.people import LEAST
from cskit.workload.rollout import upper_bound

Rng = np.random.Generator
AHEAD = 12


def _before_after(rng: Rng, truth: tuple[float, float, float], n: int) -> tuple[float, Interval]:
    """n cases a side, log-normal; two cases a customer, customers as far apart as the truth says."""
    ratio, noise, alike = truth
    late = np.repeat([False, True], n)
    whose = rng.integers(0, n, 2 * n)  # half of the customers are seen on both sides
    apart = rng.normal(0, noise * np.sqrt(alike), n)[whose]
    y = apart + rng.normal(0, noise * np.sqrt(1 - alike), 2 * n) + np.log(ratio) * late
    found = typical_change(np.exp(y), late, whose)
    return ratio, found.interval if found else Interval(0, np.inf)


def _person(rng: Rng, truth: tuple[float, float], n: int) -> tuple[float, Interval]:
    """One of six people, n cases each for n / 2 customers who differ; how far the first is from the mean."""
    spread, alike = truth
    own = rng.normal(0, spread, 6)
    who = np.repeat(np.arange(6), n)
    whose = who * 1000 + np.tile(np.arange(n) % (n // 2), 6)
    customers = pd.factorize(whose)[0]
    apart = rng.normal(0, 0.4 * np.sqrt(alike), customers.max() + 1)[customers]
    y = own[who] + apart + rng.normal(0, 0.4 * np.sqrt(1 - alike), 6 * n)
    found = pooled(y, who, np.zeros(6 * n), whose)
    assert found is not None
    return float(own[0] - own.mean()), Interval(*found.groups.loc[0, ["own_low", "own_high"]])


def _independence(rng: Rng, truth: tuple[float, float], n: int) -> tuple[float, Interval]:
    """Median days to work alone; joiners spread over three years, those of the last months not there yet."""
    scale, shape = truth
    days = np.ceil(scale * rng.weibull(shape, n))
    seen = rng.uniform(0, 1000, n)
    found = completion(np.minimum(days, seen), days <= seen)
    low, high = found.median_low, found.median_high
    return float(np.ceil(scale * np.log(2) ** (1 / shape))), Interval(low or 0.0, np.inf if high is None else high)


def _course(rng: Rng, truth: tuple[float, float, float, float], months: int) -> tuple[float, Interval]:
    """Hours of the twelfth month ahead, after so many months with trend, season, noise, and what a month carries on."""
    trend, season, noise, carried = truth
    index = pd.date_range("2020-01-01", periods=months + AHEAD, freq="MS")
    t = np.arange(months + AHEAD)
    away = rng.normal(0, noise, len(t))
    for month in t[1:]:
        away[month] = carried * away[month - 1] + np.sqrt(1 - carried**2) * away[month]
    hours = np.exp(6 + trend * t + season * np.sin(2 * np.pi * t / 12) + away)
    history = pd.Series(hours[:months], index[:months])
    mean, spread, _carried = forecast(history, index[months:], rng)
    drawn = np.exp(mean[:, -1:] + spread[:, None] * rng.standard_normal((WORLDS, DRAWS)))
    return float(hours[-1]), Interval(*np.quantile(drawn, [0.025, 0.975]))


def _complaints(rng: Rng, truth: float, n: int) -> tuple[float, Interval]:
    return truth, Interval(0.0, upper_bound(int(rng.binomial(n, truth)), n, 0.95))


RATIOS, NOISES, ALIKE = (0.5, 0.8, 1.0, 1.25), (0.3, 0.8), (0.0, 0.5)
INTERVALS = [
    Intervals("initiative: a typical case after / before", list(product(RATIOS, NOISES, ALIKE)), _before_after),
    Intervals("person against the mean of six", list(product((0.0, 0.2), (0.0, 0.5))), _person, runs=1500),
    Intervals(
        "median days to independence", [(150.0, 1.0), (150.0, 2.0), (90.0, 1.5), (250.0, 3.0)], _independence, runs=1500
    ),
    Intervals(
        "hours of the twelfth month ahead (months of history)",
        list(product((0.0, 0.01), (0.0,), (0.05, 0.15), (0.0, 0.2))),
        _course,
        sizes=(12, 20),
        runs=1500,
    ),
    Intervals(
        "hours of the twelfth month ahead, with a season",
        list(product((0.0, 0.01), (0.0, 0.2), (0.05, 0.15), (0.0, 0.3))),
        _course,
        sizes=(24, 36),
        runs=1500,
    ),
]


def _initiative_speaks(rng: Rng) -> bool:
    _true, around = _before_after(rng, (1.0, 0.6, 0.5), 30)
    return 1.0 not in around


def _person_speaks(rng: Rng) -> bool:
    who = np.repeat(np.arange(6), 40)
    whose = who * 100 + np.r_[np.tile(np.arange(10), 24)]
    whose = np.where(rng.random(len(whose)) < 0.4, who * 100, whose)  # one customer has many of the cases
    apart = rng.normal(0, 0.3, 600)[whose]
    y = apart + rng.normal(0, 0.3, len(who))
    found = pooled(y, who, rng.integers(0, 3, len(who)), whose, least=LEAST)
    return bool(found is not None and (found.groups["p"] < 0.05).any())


SILENCES = [
    Silence("an initiative made a typical case lighter or heavier (customers differ)", _initiative_speaks),
    Silence("somebody of six needs less or more time (customers differ)", _person_speaks, runs=3000),
]
