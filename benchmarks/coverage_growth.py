"""Intervals and sentences on growth; see benchmarks/coverage.py."""

from itertools import product

import numpy as np

from benchmarks.coverage import Intervals, Silence
from cskit.stats.economics import BetaGeometric, lifetime_value, stay_interval
from cskit.stats.intervals import Interval, share_change, wilson

Rng = np.random.Generator
YEARS = 5  # params money.ltv_years


def _watched(rng: Rng, alpha: float, beta: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    """n customers who came over eight years and are watched in the last four: by year of life, there and left."""
    came = rng.integers(0, 8, n)
    leave = rng.beta(alpha, beta, n)
    life = rng.geometric(np.maximum(leave, 1e-12))  # the year of life in which each leaves
    there, left = np.zeros(8), np.zeros(8)
    for year in range(1, 9):
        watched = (came + year - 1 >= 4) & (came + year <= 8) & (life >= year)
        there[year - 1], left[year - 1] = watched.sum(), (watched & (life == year)).sum()
    return there, left


def _uneven(rng: Rng, truth: tuple[float, float], n: int) -> tuple[float, Interval]:
    """Years a new customer is there, of five, where customers differ in their chance to leave."""
    return BetaGeometric(*truth, 0.0).stay(YEARS), stay_interval(*_watched(rng, *truth, n), YEARS)


def _even(rng: Rng, churn: float, n: int) -> tuple[float, Interval]:
    """The same where all leave with one chance, from one year of n customers."""

    def stay(share: float) -> float:
        return lifetime_value(1.0, share, periods=YEARS) or 0.0

    around = wilson(int(rng.binomial(n, churn)), n)
    return stay(churn), Interval(stay(around.high), stay(around.low))


CHURNS = (0.01, 0.03, 0.1, 0.25)
INTERVALS = [
    Intervals("years of five a customer stays, one churn for all", CHURNS, _even, sizes=(200, 500, 1000)),
    Intervals(
        "years of five a customer stays, shifted beta-geometric",
        [(mean * total, (1 - mean) * total) for mean, total in product((0.02, 0.05, 0.15), (2.0, 8.0, 50.0))],
        _uneven,
        sizes=(100, 300, 1000),
        runs=1000,
    ),
]


def _cohort_speaks(rng: Rng) -> bool:
    """Two years of starts that stay alike, 120 and 90 customers."""
    kept = [int(rng.binomial(n, 0.95)) for n in (120, 90)]
    return share_change((kept[1], 90), (kept[0], 120)).direction() != "unclear"


SILENCES = [Silence("newer customers stay more or less often (two cohorts alike)", _cohort_speaks)]
