"""Onboarding: intervals whose truth is known, and sentences that are to stay silent. See ``benchmarks.coverage``."""

from math import log

import numpy as np
import pandas as pd
from scipy.special import expit

from benchmarks.coverage import Intervals, Silence
from cskit.onboarding.flow import ratio_of_sums
from cskit.onboarding.versions import compare_within
from cskit.stats.competing import incidence
from cskit.stats.crossing import crossing, crossing_of_rise
from cskit.stats.intervals import Interval, clustered_mean, difference, share_change, wilson
from cskit.stats.steps import steps
from cskit.stats.weighting import weighted_shares

Drawn = tuple[float, Interval]
Random = np.random.Generator
ALL = Interval(-np.inf, np.inf)
SHARES = (0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)
MONTHS = np.arange(1, 13)


def self_share(rng: Random, truth: float, n: int) -> Drawn:
    return truth, wilson(rng.binomial(n, truth), n)


def self_share_change(rng: Random, truth: tuple[float, float], n: int) -> Drawn:
    now, before = truth
    return now - before, share_change((rng.binomial(n, now), n), (rng.binomial(n, before), n))


def crossing_fixed(rng: Random, truth: tuple[float, float], n: int) -> Drawn:
    """Twelve months of a rise: crossing at a month, with a slope in log odds. An open set holds every truth."""
    at, slope = truth
    found = crossing(MONTHS, rng.binomial(n, expit(slope * (MONTHS - at))), np.full(12, n))
    return at, found.interval if found and found.interval else ALL


def crossing_window(rng: Random, truth: tuple[float, float], n: int) -> Drawn:
    """Six low months, the rise, and half a year lowered again: the rise is found first, as in the analysis."""
    at, slope = truth
    up = expit(slope * (MONTHS - at))
    share = np.r_[np.full(6, up[0]), up, up[-1] - 0.02 * np.arange(1, 7)]
    own = rng.binomial(n, np.clip(share, 0, 1))
    _months, found = crossing_of_rise(own, np.full(24, n))
    at += 6
    return at, found.interval if found and found.interval else ALL


def _durations(rng: Random, leaving: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Days to complete or to leave (exponential, means 40 and as many as ``leaving`` makes), watched 30 to 200 days."""
    complete, leave = rng.exponential(40, n), rng.exponential(40 * (1 - leaving) / leaving, n)
    watched = rng.uniform(30, 200, n)
    days = np.minimum(np.minimum(complete, leave), watched)
    return np.ceil(days), np.where(days == watched, 0, np.where(complete < leave, 1, 2))


def _rate(leaving: float) -> float:
    return 1 / 40 / (1 - leaving)


def completed_by(rng: Random, truth: tuple[float, int], n: int) -> Drawn:
    leaving, day = truth
    true = (1 - leaving) * (1 - np.exp(-_rate(leaving) * day))
    return true, incidence(*_durations(rng, leaving, n)).by(day)[1]


def median_days(rng: Random, leaving: float, n: int) -> Drawn:
    """The first day by which half have completed; an end left open holds every truth on its side."""
    true = np.ceil(-log(1 - 0.5 / (1 - leaving)) / _rate(leaving))
    found = incidence(*_durations(rng, leaving, n))
    low = found.median_low if found.median_low is not None else np.inf
    high = found.median_high if found.median_high is not None else np.inf
    return float(true), Interval(0.0 if low == np.inf else low, high)


def _left(rng: Random, truth: tuple[float, float], n: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Two groups of about n: large customers seldom are in the group and seldom leave; the group adds its own."""
    effect, confounding = truth
    large, plan = rng.random(2 * n) < 0.5, rng.normal(size=2 * n)
    group = rng.random(2 * n) < expit(-confounding * (large - 0.5) + 0.5 * plan)
    chance = np.where(large, 0.15, 0.35) + effect * group
    return group, rng.random(2 * n) < chance, {"large": large.astype(float), "plan": plan}


def churn_difference(rng: Random, truth: tuple[float, float], n: int) -> Drawn:
    found = weighted_shares(*_left(rng, truth, n))
    return truth[0], found.interval if found else ALL


def _items(rng: Random, mean: float, n: int) -> np.ndarray:
    """Share of five items known: customers differ, answers of one customer go together."""
    return rng.binomial(5, rng.beta(mean * 2, (1 - mean) * 2, n)) / 5


def hearing_coverage(rng: Random, truth: float, n: int) -> Drawn:
    return truth, clustered_mean(_items(rng, truth, n))


def route_gap(rng: Random, truth: tuple[float, float], n: int) -> Drawn:
    own, high = (_items(rng, mean, n) for mean in truth)
    ends = difference(own.mean(), clustered_mean(own), high.mean(), clustered_mean(high))
    return truth[0] - truth[1], ends


def waiting_share(rng: Random, truth: float, n: int) -> Drawn:
    """Days of waiting for the customer over all days: each onboarding its own share and its own length."""
    days, share = rng.gamma(4, 12, n), rng.beta(truth * 6, (1 - truth) * 6, n)
    return truth, ratio_of_sums(days * share, days)[1]


def versions_on_time(rng: Random, truth: tuple[float, float], n: int) -> Drawn:
    """Half of the newer ones are of one route, a third of the older ones; each route has its own level."""
    now, before = truth
    frames = []
    for level, part in ((now, 0.5), (before, 1 / 3)):
        own = rng.random(n) < part
        value = rng.random(n) < np.where(own, level, level - 0.1)
        frames.append(pd.DataFrame({"route": np.where(own, "self", "hybrid"), "value": value.astype(float)}))
    found = compare_within(*frames)
    return now - before, found.change if found else ALL


RISES = tuple((at, slope) for at in (3.0, 5.0, 6.5, 9.0) for slope in (0.15, 0.25, 0.4))
GAPS = ((0.2, 0.2), (0.5, 0.5), (0.3, 0.5), (0.6, 0.8), (0.8, 0.9))
LEAVING = tuple((leaving, day) for leaving in (0.05, 0.15, 0.3) for day in (20, 40, 90))
INTERVALS = [
    Intervals("self share, Wilson", SHARES, self_share),
    Intervals("change of the self share, Newcombe", GAPS, self_share_change),
    Intervals("crossing of half, Fieller, n a month", RISES, crossing_fixed, runs=2000),
    Intervals("crossing of half, the rise found first, n a month", RISES, crossing_window, runs=1000),
    Intervals("completed by a day, Aalen-Johansen", LEAVING, completed_by, runs=2000),
    Intervals("median days, Aalen-Johansen", (0.05, 0.15, 0.3), median_days, runs=2000),
    Intervals("completed on time, Wilson", (0.6, 0.75, 0.9), self_share),
    Intervals(
        "unknown against known churn, weighted, n each",
        tuple((effect, strength) for effect in (0.0, 0.1, 0.25) for strength in (0.0, 1.0, 2.0)),
        churn_difference,
        runs=2000,
    ),
    Intervals("hearing coverage, score over customers", (0.3, 0.5, 0.65, 0.8), hearing_coverage),
    Intervals("coverage of two routes, MOVER", GAPS, route_gap),
    Intervals("share of waiting for the customer, jackknife", (0.3, 0.5, 0.75), waiting_share),
    Intervals(
        "flow versions on time, within routes", ((0.7, 0.7), (0.8, 0.6), (0.9, 0.8)), versions_on_time, runs=1000
    ),
]


def says_share_moved(rng: Random) -> bool:
    return 0 not in self_share_change(rng, (0.6, 0.6), 30)[1]


def says_step(rng: Random) -> bool:
    return bool(steps(rng.binomial(20, 0.5, 30), np.full(30, 20), rng))


def says_step_in_rough_months(rng: Random) -> bool:
    """Months with an opinion of their own: a share between a fifth and four fifths, mostly."""
    return bool(steps(rng.binomial(20, rng.beta(6, 6, 30)), np.full(30, 20), rng))


def says_version_better(rng: Random) -> bool:
    """Three measures of 60 onboardings each, as the analysis takes them, none of which moved."""
    level = 1 - 0.05 / 3
    for values in (
        lambda: np.minimum(rng.lognormal(3.4, 0.5, 60), 120) / 120,
        lambda: (rng.random(60) < 0.75).astype(float),
        lambda: _items(rng, 0.5, 60),
    ):
        frames = [pd.DataFrame({"route": np.tile(["self", "self", "hybrid"], 20), "value": values()}) for _ in "ab"]
        if compare_within(*frames, level).moved:
            return True
    return False


def says_unknown_leave_more(rng: Random) -> bool:
    return 0 not in churn_difference(rng, (0.0, 1.5), 60)[1]


def says_routes_differ(rng: Random) -> bool:
    return 0 not in route_gap(rng, (0.6, 0.6), 20)[1]


SILENCES = [
    Silence("the self share rose or fell", says_share_moved),
    Silence("the self share changed its level", says_step, runs=1000),
    Silence("the self share changed its level, rough months", says_step_in_rough_months, runs=1000),
    Silence("the newer flow is better or worse, three measures", says_version_better, runs=1000),
    Silence("unknown customers leave more or less often", says_unknown_leave_more, runs=2000),
    Silence("less or more is learnt in one route", says_routes_differ),
]
