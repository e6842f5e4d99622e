"""Does the newest version of the flow do better than the one before?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cskit.onboarding.cases import cases, days_between
from cskit.onboarding.knowledge import answers
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.intervals import Interval, clustered_mean, wilson
from cskit.stats.weighting import standardised

__all__ = ["HORIZON", "Compared", "Versions", "compare_within", "versions"]

HORIZON = 120  # days an onboarding is watched for; what takes longer counts so long. Arbitrary.


@dataclass(frozen=True, slots=True)
class Compared(Result):
    """One measure of two versions, within routes.

    Parameters
    ----------
    now, before : float
        Means over the routes both took, in the newest version's mix of them.
    change : Interval
        Of ``now - before``.
    n, n_before : int

    Examples
    --------
    >>> days, coverage = (flows.measures[name] for name in ("days", "coverage"))
    >>> round(days.now - days.before, 1), days.moved
    (0.7, False)
    >>> round(coverage.now - coverage.before, 2), coverage.moved
    (0.13, True)
    """

    now: float
    before: float
    change: Interval
    n: int
    n_before: int

    @property
    def moved(self) -> bool:
        return 0 not in self.change


@dataclass(frozen=True)
class Versions(Result):
    """The newest version against the one before.

    Parameters
    ----------
    now, before : str
    measures : dict of str to Compared
        ``days``, ``on_time``, ``coverage``, as far as their tables came with the data.

    Examples
    --------
    >>> flows.now, flows.before
    ('v3', 'v2')
    """

    now: str
    before: str
    measures: dict[str, Compared]


@shared
def versions(run: Run) -> Versions | None:
    """Compare within routes, as newer versions also changed who takes which route.

    Returns
    -------
    Versions or None
        None where fewer than two versions are recorded. The intervals hold together: each is at the level that lets
        one of the three claim a change by chance no more often than one alone might.

    Examples
    --------
    >>> versions(run).now
    'v3'
    """
    rows = cases(run.data)
    rows = rows[rows["flow_version"].notna() & (rows["flow_version"] != "")]
    order = rows.groupby("flow_version")["started_on"].median().sort_values(kind="stable").index
    if len(order) < 2:
        return None
    before, now = str(order[-2]), str(order[-1])
    measured = _measures(run, rows)
    level = 1 - (1 - run.settings.report.confidence) / len(measured)
    found = {}
    for name, values in measured.items():
        known = rows.assign(value=values.reindex(rows.index))
        known = known[known["value"].notna()]
        newer, older = (known[known["flow_version"] == version] for version in (now, before))
        compared = compare_within(newer, older, level)
        if compared:
            scale = HORIZON if name == "days" else 1
            found[name] = Compared(
                compared.now * scale,
                compared.before * scale,
                Interval(compared.change.low * scale, compared.change.high * scale),
                compared.n,
                compared.n_before,
            )
    return Versions(now, before, found)


def compare_within(now: pd.DataFrame, before: pd.DataFrame, confidence: float = 0.95) -> Compared | None:
    """Difference of means within routes, weighted by the newer ones' mix.

    Parameters
    ----------
    now, before : DataFrame, columns route, value
        Values within 0 to 1. Routes with fewer than 2 on either side are left out.

    Returns
    -------
    Compared or None
        None where no route is left.

    Examples
    --------
    One on high touch is too few:

    >>> now = pd.DataFrame({"route": ["self"] * 3 + ["high_touch"], "value": [0.4, 0.5, 0.6, 0.1]})
    >>> before = pd.DataFrame({"route": ["self"] * 3 + ["high_touch"] * 2, "value": [0.8, 0.9, 0.7, 0.2, 0.3]})
    >>> found = compare_within(now, before)
    >>> round(found.now, 2), round(found.before, 2), found.n, found.n_before, found.moved
    (0.5, 0.8, 3, 3, False)
    """
    parts, weights, means = [], [], []
    for route in sorted(set(now["route"]) & set(before["route"])):
        one, zero = (frame.loc[frame["route"] == route, "value"].to_numpy(float) for frame in (now, before))
        if min(len(one), len(zero)) >= 2:
            around, around_zero = _around(one, confidence), _around(zero, confidence)
            parts.append((float(len(one)), float(one.mean()), around, float(zero.mean()), around_zero))
            weights.append((len(one), len(zero)))
            means.append((one.mean(), zero.mean()))
    if not parts:
        return None
    share = [part[0] for part in parts]
    _value, change = standardised(parts)
    average = np.average(means, axis=0, weights=share)
    n, n_before = (int(sum(pair[side] for pair in weights)) for side in (0, 1))
    return Compared(float(average[0]), float(average[1]), change, n, n_before)


def _around(values: np.ndarray, confidence: float) -> Interval:
    yes_or_no = np.isin(values, (0.0, 1.0)).all()
    return wilson(float(values.sum()), len(values), confidence) if yes_or_no else clustered_mean(values, confidence)


def _measures(run: Run, rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Each measure by row, nan where it is not known yet; shares, days as a share of ``HORIZON``."""
    today = pd.Timestamp(run.data.as_of)
    old = rows["started_on"] + pd.Timedelta(days=HORIZON) <= today
    taken = days_between(rows["started_on"], rows["completed_on"]).fillna(HORIZON).clip(0, HORIZON) / HORIZON
    found = {"days": taken.where(old)}
    if rows["due_on"].notna().any():
        late = rows["completed_on"].isna() | (rows["completed_on"] > rows["due_on"])
        left = rows["completed_on"].isna() & (rows["left_on"] <= rows["due_on"])
        due = rows["due_on"].notna() & (rows["due_on"] < today) & ~left
        found["on_time"] = (~late).astype(float).where(due)
    known = answers(run.data, run.settings)
    if known is not None and not known.empty:
        found["coverage"] = known["share"].reindex(rows.index)
    return found
