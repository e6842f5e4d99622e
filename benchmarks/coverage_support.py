"""Intervals and sentences on support; see benchmarks/coverage.py."""

from itertools import product

import numpy as np
import pandas as pd

from benchmarks.coverage import Intervals, Silence
from cskit.settings import HandlingMinutes, Opening, Roadmap, Silent, SilentDays, Support
from cskit.stats.intervals import Interval, difference
from cskit.stats.survival import Completion, completion
from cskit.support.channels import freed
from cskit.support.shares import Share, moved, share_of

Rng = np.random.Generator
QUARTER = (50, 100, 200)  # inquiries of a quarter
PERIOD = 90.0  # days; an inquiry not answered by its end is open
RULES = Support(
    opening=Opening(country="", days=["mon"], hours=(9, 18), closed=[]),
    standard_minutes=HandlingMinutes(phone=20, email=20, chat=15, form=25, other=20),
    moved_share=0.3,
    moved_to=["email"],
    silent=Silent(days=SilentDays(contact=1, use=1, ticket=1, answer=1), least_known=2, needed=None),
    journey_months=12,
    roadmap=Roadmap(steps={}, outcome={}),
)


def _visits(rng: Rng, share: float, spread: float, customers: int) -> Share:
    """Customers whose own shares scatter; a few visits each, and as many of nobody known."""
    own = rng.beta(share * (1 / spread - 1), (1 - share) * (1 / spread - 1), customers)
    n = 1 + rng.poisson(2, customers)
    yes, strangers = rng.binomial(n, own), customers
    alone = (rng.random(strangers) < share).astype(int)
    whose = pd.Series([*map(str, range(customers)), *[None] * strangers], dtype=object)
    found = share_of(pd.Series([*yes, *alone]), pd.Series([*n, *np.ones(strangers, int)]), whose, 0.95)
    assert found is not None
    return found


def _resolved(rng: Rng, truth: tuple[float, float], n: int) -> tuple[float, Interval]:
    share, spread = truth
    return share, _visits(rng, share, spread, n).around


def _replies(rng: Rng, median: float, shape: float, n: int) -> Completion:
    """Log-normal times from a moment within the period; open where it ended before."""
    days, seen = median * np.exp(rng.normal(0, shape, n)), rng.uniform(0, PERIOD, n)
    return completion(np.minimum(days, seen), days <= seen)


def _quantile(share: float):
    def once(rng: Rng, truth: tuple[float, float], n: int) -> tuple[float, Interval]:
        median, shape = truth
        z = {0.5: 0.0, 0.9: 1.2815515655446004}[share]
        _value, low, high = _replies(rng, median, shape, n).quantile(share)
        return median * float(np.exp(z * shape)), Interval(low or 0.0, np.inf if high is None else high)

    return once


def _change(one: Completion, other: Completion) -> Interval:
    ends = [(each.median, each.median_low, each.median_high) for each in (one, other)]
    if any(None in each for each in ends):
        return Interval(-np.inf, np.inf)
    (a, a_low, a_high), (b, b_low, b_high) = ends
    return difference(a, Interval(a_low, a_high), b, Interval(b_low, b_high))  # type: ignore[arg-type]


def _slower(rng: Rng, truth: tuple[float, float], n: int) -> tuple[float, Interval]:
    ratio, shape = truth
    return 3.0 * ratio - 3.0, _change(_replies(rng, 3.0 * ratio, shape, n), _replies(rng, 3.0, shape, n))


def _freed(rng: Rng, truth: tuple[float, float], n: int) -> tuple[float, Interval]:
    """Log-normal minutes, n by phone and n by mail."""
    ratio, shape = truth
    means = (20.0 * ratio, 20.0)
    minutes = [mean * np.exp(rng.normal(-(shape**2) / 2, shape, n)) for mean in means]
    rows = pd.DataFrame(
        {"channel": np.repeat(["phone", "email"], n), "minutes": np.concatenate(minutes), "estimated": False}
    )
    found = freed(rows, RULES, 0.95)
    assert found is not None
    assert found.around is not None
    return 0.3 * n * (means[0] - means[1]) / 60, found.around


def _share_moved(rng: Rng) -> bool:
    around = moved(*(_visits(rng, 0.75, 0.2, 60) for _side in range(2)))
    return around is not None and 0 not in around


def _median_moved(rng: Rng) -> bool:
    return 0 not in _change(*(_replies(rng, 3.0, 1.0, 60) for _side in range(2)))


INTERVALS = [
    Intervals("self-resolution over customers", list(product([0.5, 0.8], [0.05, 0.3])), _resolved),
    Intervals("median time, some open", list(product([1.0, 20.0], [0.6, 1.2])), _quantile(0.5), QUARTER),
    Intervals("time of 9 in 10, some open", list(product([1.0, 10.0], [0.6, 1.2])), _quantile(0.9), QUARTER),
    Intervals("change of a median time", list(product([1.0, 1.5], [0.6, 1.2])), _slower, QUARTER),
    Intervals("hours freed by moving phone", list(product([1.0, 1.6], [0.4, 0.7])), _freed),
]
SILENCES = [
    Silence("self-resolution moved", _share_moved),
    Silence("median time moved", _median_moved),
]
