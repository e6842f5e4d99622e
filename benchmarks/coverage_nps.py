"""NPS: the truths on which its intervals and sentences are measured, declared beforehand.

Companies answer with several people. With an agreement of 0.6 two people of one company both repeat the company's one
opinion 6 times in 10, and otherwise speak for themselves. Sizes are 1 to 3 people, companies are half as many as n.
"""

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.coverage import Intervals, Silence
from cskit.nps.moves import change
from cskit.nps.segments import compared
from cskit.nps.silent import answered_by
from cskit.nps.waves import Wave, score_wave
from cskit.nps.weighting import vote
from cskit.stats.clusters import clustered_share
from cskit.stats.intervals import Interval
from cskit.stats.multiple import holm
from cskit.stats.nps import (
    Answers,
    NpsCounts,
    design_effect,
    nps_change,
    nps_interval,
    of_finite,
    tango,
    tango_change,
)
from cskit.stats.paired import paired_change
from cskit.stats.trend import nps_slope

# Shares of promoters, passives, detractors.
SHARES = ((0.25, 0.56, 0.19), (0.5, 0.3, 0.2), (0.4, 0.2, 0.4), (0.1, 0.5, 0.4), (0.2, 0.2, 0.6), (0.7, 0.25, 0.05))
PAIRS = tuple((one, other) for one in SHARES[:3] for other in SHARES[2:5])
AGREEMENTS = tuple((shares, agreement) for shares in SHARES for agreement in (0.0, 0.3, 0.6))
STEADY = tuple((shares, stay) for shares in SHARES[:5] for stay in (0.0, 0.5, 0.8))
KINDS = np.array([1.0, 0.0, -1.0])
SIZES = (1, 1, 2, 3)

Rng = np.random.Generator
Truth = Any


def _nps(shares: tuple[float, ...]) -> float:
    return 100 * (shares[0] - shares[2])


def _said(
    rng: Rng, companies: np.ndarray, minds: np.ndarray, agreement: float, shares: tuple[float, ...]
) -> np.ndarray:
    own = rng.choice(KINDS, len(companies), p=shares)
    return np.where(rng.random(len(companies)) < np.sqrt(agreement), minds[companies], own)


def _teams(rng: Rng, companies: int) -> np.ndarray:
    return np.repeat(np.arange(companies), rng.choice(SIZES, companies))


def _wave(rng: Rng, companies: int, agreement: float, shares: tuple[float, ...], start: int = 0) -> Answers:
    team = _teams(rng, companies)
    return Answers(_said(rng, team, rng.choice(KINDS, companies, p=shares), agreement, shares), start + team)


def _counts(rng: Rng, shares: tuple[float, ...], n: int) -> NpsCounts:
    return NpsCounts(*(int(part) for part in rng.multinomial(n, shares)))


def _adjusted_wald(rng: Rng, truth: Truth, n: int) -> tuple[float, Interval]:
    return _nps(truth), nps_interval(_counts(rng, truth, n))


def _tango(rng: Rng, truth: Truth, n: int) -> tuple[float, Interval]:
    return _nps(truth), tango(_counts(rng, truth, n))


def _change(rng: Rng, truth: Truth, n: int) -> tuple[float, Interval]:
    return _nps(truth[0]) - _nps(truth[1]), nps_change(_counts(rng, truth[0], n), _counts(rng, truth[1], n))


def _mover(rng: Rng, truth: Truth, n: int) -> tuple[float, Interval]:
    return _nps(truth[0]) - _nps(truth[1]), tango_change(_counts(rng, truth[0], n), _counts(rng, truth[1], n))


def _clustered(rng: Rng, truth: Truth, n: int) -> tuple[float, Interval]:
    shares, agreement = truth
    own = _wave(rng, n // 2, agreement, shares)
    return _nps(shares), nps_interval(own.counts, 0.95, *design_effect(own))


def _clustered_change(rng: Rng, truth: Truth, n: int, same: bool) -> tuple[float, Interval]:
    shares, agreement = truth
    minds = rng.choice(KINDS, n // 2, p=shares)
    now, before = (_teams(rng, n // 2) for _ in range(2))
    first = Answers(_said(rng, now, minds, agreement, shares), now)
    others = minds if same else rng.choice(KINDS, n // 2, p=shares)
    second = Answers(_said(rng, before, others, agreement, shares), before if same else before + n)
    return 0.0, nps_change(first.counts, second.counts, 0.95, *design_effect(first, second))


def _same(rng: Rng, truth: Truth, n: int) -> tuple[float, Interval]:
    return _clustered_change(rng, truth, n, True)


def _others(rng: Rng, truth: Truth, n: int) -> tuple[float, Interval]:
    return _clustered_change(rng, truth, n, False)


def _panel(rng: Rng, truth: Truth, n: int, of_one: int) -> tuple[np.ndarray, np.ndarray]:
    """People keep their category or draw it anew; of companies of several people, 7 in 10 follow their company."""
    shares, stay = truth
    company = np.arange(n) // of_one

    def moves(size: int) -> np.ndarray:
        before = rng.choice(KINDS, size, p=shares)
        return np.where(rng.random(size) < stay, before, rng.choice(KINDS, size, p=shares)) - before

    together, own = moves(company.max() + 1)[company], moves(n)
    return np.where(rng.random(n) < (0.7 if of_one > 1 else 0), together, own), company


def _paired(rng: Rng, truth: Truth, n: int) -> tuple[float, Interval]:
    return 0.0, paired_change(*_panel(rng, truth, n, 1)).interval


def _paired_companies(rng: Rng, truth: Truth, n: int) -> tuple[float, Interval]:
    return 0.0, paired_change(*_panel(rng, truth, n, 3)).interval


def _voters(rng: Rng, truth: Truth, n: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """People of n companies; the large half thinks less of us where the truth says so."""
    shares, agreement, worse = truth
    size = rng.choice(SIZES, n)
    mood = [np.array(shares) - worse * np.array([1, 0, -1]) * (1 if one > 1 else 0) for one in size]
    minds = np.array([rng.choice(KINDS, p=one) for one in mood])
    team = np.repeat(np.arange(n), size)
    own = np.array([rng.choice(KINDS, p=mood[one]) for one in team])
    value = np.where(rng.random(len(team)) < np.sqrt(agreement), minds[team], own)
    return pd.DataFrame({"value": value, "company": team}), size, team


def _company_equal(rng: Rng, truth: Truth, n: int) -> tuple[float, Interval]:
    people, size, team = _voters(rng, truth, n)
    return _nps(truth[0]) - 200 * truth[2] * 0.5, vote(people, pd.Series(1 / size[team])).interval


def _arr_weighted(rng: Rng, truth: Truth, n: int) -> tuple[float, Interval]:
    """ARR is lognormal (sigma 1) and twice as much where a company is large."""
    people, size, team = _voters(rng, truth, n)
    arr = rng.lognormal(0, 1, n) * np.where(size > 1, 2, 1)
    return _nps(truth[0]) - 200 * truth[2] * 2 / 3, vote(people, pd.Series((arr / size)[team])).interval


def _survey_weights(rng: Rng, truth: Truth, n: int) -> tuple[float, Interval]:
    """Half of the people weigh three times as much as the others, and think otherwise."""
    shares, _agreement, worse = truth
    heavy = rng.random(n) < 0.5
    value = np.where(heavy, rng.choice(KINDS, n, p=np.array(shares) - worse * KINDS), rng.choice(KINDS, n, p=shares))
    own = Answers(value, np.arange(n), np.where(heavy, 3.0, 1.0))
    return _nps(shares) - 200 * worse * 0.75, nps_interval(own.counts, 0.95, *design_effect(own))


def _finite(rng: Rng, truth: Truth, n: int) -> tuple[float, Interval]:
    """Of twice as many as answer, who answers by chance."""
    shares, agreement = truth
    team = _teams(rng, 2 * n)[: 2 * n]
    said = _said(rng, team, rng.choice(KINDS, team.max() + 1, p=shares), agreement, shares)
    chosen = rng.permutation(len(team))[:n]
    own = Answers(said[chosen], team[chosen])
    return 100 * said.mean(), nps_interval(of_finite(own.counts, len(team)), 0.95, *design_effect(own))


def _answered(rng: Rng, companies: int, rate: float, agreement: float) -> tuple[np.ndarray, np.ndarray]:
    team = _teams(rng, companies)
    own = rng.random(len(team)) < rate
    together = (rng.random(companies) < rate)[team]
    return np.where(rng.random(len(team)) < np.sqrt(agreement), together, own), team


def _rate(rng: Rng, truth: Truth, n: int) -> tuple[float, Interval]:
    return truth[0], clustered_share(*_answered(rng, n // 2, *truth))[0]


VOTES = tuple((shares, agreement, worse) for shares in SHARES[:3] for agreement in (0.0, 0.6) for worse in (0.0, 0.1))
RATES = tuple((rate, agreement) for rate in (0.3, 0.5, 0.8) for agreement in (0.0, 0.3, 0.6))

INTERVALS = [
    Intervals("NPS, adjusted Wald", SHARES, _adjusted_wald),
    Intervals("NPS, Tango", SHARES, _tango, runs=1500),
    Intervals("change, adjusted Wald", PAIRS, _change),
    Intervals("change, MOVER-Tango", PAIRS, _mover, runs=1000),
    Intervals("NPS, companies of 1-3 people", AGREEMENTS, _clustered, runs=2000),
    Intervals("change, the same companies", AGREEMENTS, _same, runs=2000),
    Intervals("change, other companies", AGREEMENTS, _others, runs=2000),
    Intervals("paired change", STEADY, _paired, runs=2000),
    Intervals("paired change, companies of 3", STEADY, _paired_companies, runs=2000),
    Intervals("NPS, one vote a company", VOTES, _company_equal, runs=1000),
    Intervals("NPS, ARR-weighted", VOTES, _arr_weighted, runs=1000),
    Intervals("NPS, survey weights", VOTES, _survey_weights, runs=2000),
    Intervals("NPS of a finite population", AGREEMENTS, _finite, runs=1500),
    Intervals("response rate, companies", RATES, _rate, runs=2000),
]


def _scored(rng: Rng, companies: int, agreement: float, name: str, minds: np.ndarray | None = None) -> Wave:
    """A wave as the analysis sees it; the same companies as any other, unless every answer stands alone."""
    shares, team = SHARES[0], _teams(rng, companies) if agreement else np.arange(companies)
    minds = rng.choice(KINDS, companies, p=shares) if minds is None else minds
    said = _said(rng, team, minds, agreement, shares)
    who = np.char.add(name if not agreement else "C", team.astype(str))
    forms = pd.DataFrame({"respondent": range(len(team)), "company": who, "customer": who, "score": 8 + 2 * said})
    return score_wave(name, pd.Timestamp("2023-04-14").date(), forms.assign(weight=np.nan))


def _says_change(rng: Rng, agreement: float) -> bool:
    companies = 48 if not agreement else 28
    return (
        change(_scored(rng, companies, agreement, "now"), _scored(rng, companies, agreement, "before")).direction
        != "unclear"
    )


def _says_paired(rng: Rng) -> bool:
    return 0 not in paired_change(*_panel(rng, (SHARES[0], 0.5), 20, 2)).interval


def _segmented(rng: Rng, agreement: float = 0.3):  # type: ignore[no-untyped-def]
    now, before = (_scored(rng, 60, agreement, name) for name in ("now", "before"))
    segment = pd.Series({f"C{n}": "abcd"[n % 4] for n in range(60)})
    return compared(now.people, before.people, segment)


def _says_segment(rng: Rng) -> bool:
    return not _segmented(rng).told(0.95).empty


def _says_steady(rng: Rng) -> bool:
    return 0 not in (_segmented(rng).interval or Interval(-1, 1))


def _says_silent(rng: Rng) -> bool:
    yes, team = _answered(rng, 40, 0.45, 0.4)
    people = pd.DataFrame({"answered": yes.astype(int), "company": team})
    parts = [answered_by(people, pd.Series(team).map(lambda one, k=k: "abcd"[one * k % 4])) for k in (1, 3)]
    return bool((holm(pd.concat(parts)["p"]) < 0.05).any())


def _says_trend(rng: Rng, waves: int, agreement: float) -> bool:
    companies = 28 if agreement else 48
    drawn = (
        [_wave(rng, companies, agreement, SHARES[0]) for _ in range(waves)]
        if agreement
        else [Answers(rng.choice(KINDS, companies, p=SHARES[0]), np.arange(companies)) for _ in range(waves)]
    )
    return nps_slope(np.arange(waves) / 2, drawn).direction != "unclear"


SILENCES = [
    Silence("change, every answer of its own", lambda rng: _says_change(rng, 0.0), 2000),
    Silence("change, companies of one mind", lambda rng: _says_change(rng, 0.6), 2000),
    Silence("change of those who answered both", _says_paired),
    Silence("any segment moved", _says_segment, 1000),
    Silence("change at steady segments", _says_steady, 1000),
    Silence("any group answers more or less often", _says_silent, 1000),
    Silence("trend of 4 waves", lambda rng: _says_trend(rng, 4, 0.0), 2000),
    Silence("trend of 4 waves, companies of one mind", lambda rng: _says_trend(rng, 4, 0.6), 2000),
]
