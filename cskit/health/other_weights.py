"""What would other weights change, and which ones do the churns so far ask for?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cskit.health.backtest import Backtest
from cskit.health.score import AT_RISK, ceilings, grade_of, points, weights
from cskit.health.snapshot import Snapshot
from cskit.result import Result
from cskit.settings import Health
from cskit.stats.logistic import logistic

__all__ = ["Learnt", "Sensitivity", "learnt", "sensitivity"]

DRAWS = 200
LEAST = 0.01  # of the whole score: a weight in params may not be nothing

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sensitivity(Result):
    """Grades under other weights.

    Parameters
    ----------
    graded : int
    changed, at_risk : array of int, shape (draws,)
        Grades that differ from today's, and customers at risk, when all weights move at once.
    single : DataFrame, index dimension or item, columns less, more
        Grades that change when only this one is moved down or up as far as it goes, the largest first.

    Examples
    --------
    >>> other.graded
    481
    """

    graded: int
    changed: NDArray[np.int64]
    at_risk: NDArray[np.int64]
    single: pd.DataFrame

    @property
    def usual(self) -> tuple[int, int, int]:
        """Grades that change: the median of the draws, and what 9 in 10 of them lie between."""
        low, middle, high = np.percentile(self.changed, [5, 50, 95], method="nearest")
        return int(middle), int(low), int(high)


def sensitivity(shot: Snapshot, rules: Health, seed: int) -> Sensitivity | None:
    """Move every weight of dimensions and items by up to ``other_weights.move`` of itself, and grade again.

    Weights are drawn independently and evenly, then made to add up again; in addition each is moved alone.

    Returns
    -------
    Sensitivity or None
        None where nobody has a grade.

    Examples
    --------
    >>> sensitivity(health.now, health.rules, run.settings.report.seed).graded
    481
    """
    here = shot.scores["grade"].notna()
    if not here.any():
        return None
    raw, today = shot.raw[here], shot.scores.loc[here, "grade"].to_numpy(str)
    given, top = points(raw, rules), np.minimum(100.0, ceilings(raw, rules).min(axis=1).fillna(np.inf).to_numpy(float))
    move, rng = rules.other_weights.move, np.random.default_rng(seed)
    names = [*rules.dimensions, *rules.items]
    factors = rng.uniform(1 - move, 1 + move, (DRAWS, len(names)))
    drawn = _grades(given, top, _moved(rules, names, factors), rules)
    alone = np.repeat(np.ones((1, len(names))), 2 * len(names), axis=0)
    for place in range(len(names)):
        alone[2 * place : 2 * place + 2, place] = 1 - move, 1 + move
    single = (_grades(given, top, _moved(rules, names, alone), rules) != today[:, None]).sum(axis=0).reshape(-1, 2)
    frame = pd.DataFrame(single, index=names, columns=["less", "more"])
    frame = frame.loc[frame.max(axis=1).sort_values(ascending=False, kind="stable").index]
    changed = (drawn != today[:, None]).sum(axis=0)
    return Sensitivity(int(here.sum()), changed, np.isin(drawn, AT_RISK).sum(axis=0), frame)


@dataclass(frozen=True)
class Learnt(Result):
    """Weights that the churns of the back-test ask for, beside those set by hand.

    Parameters
    ----------
    items : DataFrame, index item, columns dimension, hand, learnt, turned
        Shares of the whole score. ``turned``: more points went with more churn, so that it gets the least there is.
    churns : int
    trust : float
        How far from the hand's weights the churns alone may pull, 0 to 1.

    Examples
    --------
    >>> offered.churns, round(offered.trust, 2)
    (14, 0.22)
    """

    items: pd.DataFrame
    churns: int
    trust: float

    @property
    def yaml(self) -> str:
        """The same as a part of a params file, to be pasted by who decides for it."""
        dimensions = self.items.groupby("dimension", sort=False)["learnt"].sum()
        rounded = {str(name): _rounded(self.items.loc[own.index, "learnt"] / own.sum())
                   for name, own in self.items.groupby("dimension", sort=False)["learnt"]}  # fmt: skip
        whole = _rounded(dimensions)
        lines = ["settings:", "  health:", "    dimensions:"]
        lines += [f"      {name}: {whole[name]:.3f}" for name in dimensions.index]
        lines += ["    items:"]
        lines += [f"      {item}: {{weight: {share:.3f}}}" for own in rounded.values() for item, share in own.items()]
        return "\n".join(lines) + "\n"


def learnt(proof: Backtest | None) -> Learnt | None:
    """Weights learnt from later churn, pulled towards those set by hand.

    What a score falls short of 100 is the weighted sum of what each known item falls short, over the coverage. Churn is
    regressed on those, by ridge logistic regression towards the multiple of the hand's weights that fits best; the hand
    counts as much as ``prior_churns`` churns would, and nothing beyond ``free_churns``. An item that nobody is known by
    stays where the hand has it.

    Returns
    -------
    Learnt or None
        None without a back-test, with too few churns, or where lower scores did not churn more: nothing to pull along.

    References
    ----------
    Hoerl and Kennard (1970) for the ridge. Where churn is rare, the information of one churn about a coefficient is the
    variance of its item among those likely to churn: that is what each churn of the prior is taken to weigh.

    Examples
    --------
    >>> learnt(proof).churns
    14
    """
    if proof is None or not proof.enough:
        return None
    rules, given = proof.rules, proof.rules.other_weights
    hand = weights(rules)
    short = pd.concat([_short(shot, rules).assign(day=pd.Timestamp(shot.as_of)) for shot in proof.shots])
    rows = proof.rows.merge(short.reset_index(names="customer_id"), on=["day", "customer_id"])
    lost, churned = rows[list(hand.index)].to_numpy(float), rows["churned"].to_numpy(bool)
    ones = np.ones((len(rows), 1))
    line = np.column_stack([ones, lost @ hand.to_numpy()])
    by_hand = logistic(line, churned, penalty=[0, 0.1])
    slope = float(by_hand.coefficients[1])
    if slope <= 0:
        return None
    churns = int(churned.sum())
    prior = 0.0 if churns > given.free_churns else given.prior_churns
    likely = by_hand.chance(line)[:, None] / by_hand.chance(line).sum()
    spread = (likely * (lost - (likely * lost).sum(axis=0)) ** 2).sum(axis=0)
    penalty = prior * spread + 1e-6  # an item that never varies stays where the hand has it
    towards = np.concatenate([by_hand.coefficients[:1], slope * hand.to_numpy()])  # where the search begins, too
    fit = logistic(np.column_stack([ones, lost]), churned, penalty=np.concatenate([[0.0], penalty]), towards=towards)
    pulled = fit.coefficients[1:]
    share = np.maximum(pulled, 0) / np.maximum(pulled, 0).sum()
    share = np.maximum(share, LEAST) / np.maximum(share, LEAST).sum()
    columns = {"dimension": [rules.items[name].dimension for name in hand.index], "hand": hand, "learnt": share}
    frame = pd.DataFrame(columns, index=hand.index).assign(turned=pulled < 0)
    return Learnt(frame, churns, churns / (churns + prior))


def _short(shot: Snapshot, rules: Health) -> pd.DataFrame:
    """What each known item falls short of all its points, over the coverage, before any cap; 0 where it is unknown."""
    given, weight = points(shot.raw, rules), weights(rules)
    known = given.notna().mul(weight).sum(axis=1)
    return ((100 - given) / 100).div(known.where(known > 0), axis=0).fillna(0.0)


def _moved(rules: Health, names: list[str], factors: Floats) -> Floats:
    """Weights of the items in the whole score, a row for each row of factors, adding up to 1."""
    place = {name: number for number, name in enumerate(names)}
    part = pd.DataFrame({name: item.weight * factors[:, place[name]] for name, item in rules.items.items()})
    dimension = np.array([item.dimension for item in rules.items.values()])
    found = np.zeros(part.shape)
    for name, weight in rules.dimensions.items():
        own = dimension == name
        if own.any():
            mine = part.to_numpy()[:, own]
            found[:, own] = mine / mine.sum(axis=1, keepdims=True) * weight * factors[:, [place[name]]]
    return found / found.sum(axis=1, keepdims=True)


def _grades(given: pd.DataFrame, top: Floats, weight: Floats, rules: Health) -> NDArray[np.str_]:
    """Grade of each customer (rows) under each set of weights (columns)."""
    known = given.notna().to_numpy(float) @ weight.T
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.nan_to_num(given.to_numpy()) @ weight.T / known
    return grade_of(np.minimum(value, top[:, None]), rules)


def _rounded(shares: pd.Series) -> pd.Series:
    """Shares in thousandths that add up to 1: the largest takes what rounding leaves."""
    found = shares.round(3)
    return found.where(found.index != found.idxmax(), found + 1 - found.sum())
