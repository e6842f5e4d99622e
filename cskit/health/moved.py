"""What moved a customer's score between two days, and what moved the portfolio?

The score of a set of items: those in the set as they are now, the others as they were then, with all caps applied. An
item's part is its Shapley value in that: its effect averaged over every order in which the items may have changed. The
parts of a customer add up to the change of its score, whatever appeared, vanished or was capped; nothing is left over.
"""

from dataclasses import dataclass
from functools import cached_property
from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cskit.health.score import ceilings, points, weights
from cskit.health.snapshot import Snapshot
from cskit.result import Result
from cskit.settings import Health

__all__ = ["Moved", "attribute", "moved"]

AT_ONCE = 4_000_000  # numbers held at a time: about 32 MB
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Moved(Result):
    """Changes of the scores of customers that had one on both days.

    Parameters
    ----------
    start, end : Snapshot
    parts : DataFrame, index customer_id, one column per item
        Points that the item added to the score; a row adds up to ``change``.
    change : Series, index customer_id
        Score at the end minus score at the start.

    Examples
    --------
    >>> list(since.parts.columns)
    ['setup_done', 'licence_use', 'days_since_contact', 'relationship', 'feature_breadth',
    'usage_depth', 'goals_on_way', 'account_nps', 'contact_changed', 'open_severe_tickets',
    'arr_change', 'notice_given']
    """

    start: Snapshot
    end: Snapshot
    parts: pd.DataFrame
    change: pd.Series

    @property
    def items(self) -> pd.DataFrame:
        """What each item did to the portfolio, the largest movement first.

        Returns
        -------
        DataFrame, index item, columns gain, loss, up, down
            Points added and taken over all customers, and how many customers each concerned.
        """
        gain, loss = self.parts.clip(lower=0).sum(), self.parts.clip(upper=0).sum()
        up, down = (self.parts > 1e-9).sum(), (self.parts < -1e-9).sum()
        frame = pd.DataFrame({"gain": gain, "loss": loss, "up": up, "down": down})
        order = (frame["gain"] - frame["loss"]).sort_values(ascending=False, kind="stable").index
        return frame.loc[[name for name in order if frame["up"][name] + frame["down"][name]]]

    def reasons(self, customer: str, most: int = 2) -> tuple[tuple[str, float], ...]:
        """The items that moved a customer's score most the way it went, with their points."""
        own = self._parts_of.get(customer)
        if own is None:
            return ()
        way = np.sign(self.change[customer])
        with_it = sorted((place for place, part in enumerate(own) if part * way >= 0.05), key=lambda k: -own[k] * way)
        return tuple((str(self.parts.columns[place]), own[place]) for place in with_it[:most])

    @cached_property
    def _parts_of(self) -> dict[str, tuple[float, ...]]:
        """Rows as plain numbers: lists ask for every customer's, one by one."""
        return dict(zip(self.parts.index, map(tuple, self.parts.to_numpy().tolist()), strict=True))


def moved(start: Snapshot, end: Snapshot, rules: Health) -> Moved:
    """Attribute the change of every score between two snapshots to the items.

    >>> list(moved(health.before, health.now, health.rules).parts.columns)
    ['setup_done', 'licence_use', 'days_since_contact', 'relationship', 'feature_breadth',
    'usage_depth', 'goals_on_way', 'account_nps', 'contact_changed', 'open_severe_tickets',
    'arr_change', 'notice_given']
    """
    scored = [shot.scores.index[shot.scores["score"].notna()] for shot in (start, end)]
    both = scored[0].intersection(scored[1]).sort_values()
    then, now = start.raw.loc[both], end.raw.loc[both]
    change = end.scores.loc[both, "score"] - start.scores.loc[both, "score"]
    return Moved(start, end, attribute(then, now, rules), change.rename("change"))


def attribute(then: pd.DataFrame, now: pd.DataFrame, rules: Health) -> pd.DataFrame:
    """Shapley values of the items in the change of each customer's score; exact, by all subsets of what changed.

    Parameters
    ----------
    then, now : DataFrame, index customer_id, one float column per item
        Raw values of the same customers on two days; each has something known on both.
    rules : Health

    Returns
    -------
    DataFrame, index customer_id, one column per item and per cap

    Notes
    -----
    With k changed items there are 2^k subsets; params know twelve, so it is 4,096 at the most. Where a subset leaves
    nothing known (all that was known has vanished, what appeared is not counted yet), the score stays as it was.

    References
    ----------
    Shapley (1953), "A value for n-person games".

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> rules = settings_with().health
    >>> none = pd.DataFrame({name: [np.nan] for name in rules.items}).assign(notice_given=0.0)
    >>> then, now = none.assign(licence_use=0.75, relationship=3.0), none.assign(licence_use=0.35, relationship=4.0)
    >>> attribute(then, now, rules)[["licence_use", "relationship"]].round(2).values.tolist()
    [[-22.73, 16.36]]
    """
    names = list(then.columns)
    given = [_of_items(raw, rules, names) for raw in (then, now)]
    caps = [ceilings(raw, rules).reindex(columns=names, fill_value=np.inf).to_numpy() for raw in (then, now)]
    changed = (given[0] != given[1]) & ~(np.isnan(given[0]) & np.isnan(given[1])) | (caps[0] != caps[1])
    weight = weights(rules).reindex(names, fill_value=0.0).to_numpy()
    parts, sizes = np.zeros(changed.shape), changed.sum(axis=1)
    for k in range(1, int(sizes.max(initial=0)) + 1):
        rows = np.flatnonzero(sizes == k)
        for some in np.array_split(rows, max(1, len(rows) * 2**k // AT_ONCE)):
            if len(some):
                # Which items changed, first; a stable sort keeps their order.
                players = np.argsort(~changed[some], axis=1, kind="stable")[:, :k]
                own = [table[some] for table in (*given, *caps)]
                parts[some[:, None], players] = _shapley(own[0], own[1], own[2], own[3], weight, players)
    return pd.DataFrame(parts, index=then.index, columns=names)


def _of_items(raw: pd.DataFrame, rules: Health, names: list[str]) -> Floats:
    return points(raw, rules).reindex(columns=names).to_numpy(float)


def _shapley(
    then: Floats, now: Floats, cap_then: Floats, cap_now: Floats, weight: Floats, players: NDArray[np.intp]
) -> Floats:
    """Shapley values of k players of each customer: arrays of customers by items in, customers by k out."""
    k, rows = players.shape[1], np.arange(len(players))[:, None]
    masks = (np.arange(2**k)[:, None] >> np.arange(k)) & 1

    def summed(before: Floats, after: Floats) -> Floats:
        """Weighted sum over the items of each customer, subset by subset."""
        step = ((after - before) * weight)[rows, players]
        return np.asarray((before @ weight) + masks @ step.T)

    coverage = summed((~np.isnan(then)).astype(float), (~np.isnan(now)).astype(float))
    total = summed(np.nan_to_num(then), np.nan_to_num(now))
    others = cap_then.copy()
    np.put_along_axis(others, players, np.inf, axis=1)
    top = np.broadcast_to(np.minimum(100.0, others.min(axis=1)), coverage.shape)
    for place in range(k):
        one, zero = cap_now[rows[:, 0], players[:, place]], cap_then[rows[:, 0], players[:, place]]
        if np.isfinite(one).any() or np.isfinite(zero).any():
            top = np.minimum(top, np.where(masks[:, place, None] == 1, one, zero))
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.minimum(np.where(coverage > 1e-12, total / coverage, np.nan), top)
    value = np.where(np.isnan(value), value[0], value)
    share = np.array([factorial(s) * factorial(k - s - 1) / factorial(k) for s in range(k)])
    size = masks.sum(axis=1)
    found = np.empty((len(players), k))
    for place in range(k):
        without = np.flatnonzero(masks[:, place] == 0)
        found[:, place] = share[size[without]] @ (value[without + 2**place] - value[without])
    return found
