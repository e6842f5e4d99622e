"""The same customers by other rules: what was seen of them stays, only the grading is done again."""

from dataclasses import replace

import numpy as np
import pandas as pd

from cskit.explore import Latest
from cskit.health.analysis import Study, restudied
from cskit.health.backtest import Backtest, churn_days, looked_back_at
from cskit.health.score import points, weights
from cskit.health.snapshot import Snapshot
from cskit.run import Run
from cskit.settings import Health

__all__ = ["CAP", "Regrading", "changed_grades", "parts", "with_parts"]

CAP = "cap"  # beside the items: what the caps did


class Regrading:
    """A study and its back-test by the rules tried last; asked again by the same, it says the same at once.

    Attributes
    ----------
    now : callable of Health, giving a Snapshot
        The grades of the day alone: the first thing that is asked.
    study : callable of Health, giving a Study
        All grades of the report.
    proof : callable of Health, giving a Backtest or None
        What followed the grades of the past, had they been given by these rules.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> other = settings_with({"health": {"grades": {"good": 80}}}).health
    >>> again = Regrading(run, health, proof)
    >>> again.now(other).count("good"), again.study(other).now is again.now(other)
    (300, True)
    """

    def __init__(self, run: Run, study: Study, proof: Backtest | None):
        self.run, self.published, self.proved = run, study, proof
        self.gone = churn_days(run.data) if proof else None
        self.now = Latest(study.now.by, (study.rules, study.now))
        self.study = Latest(self._restudied, (study.rules, study))
        self.proof = Latest(self._looked_back_at, (study.rules, proof))

    def _restudied(self, rules: Health) -> Study:
        return restudied(self.run, self.published, rules, self.now(rules))

    def _looked_back_at(self, rules: Health) -> Backtest | None:
        if self.proved is None or self.gone is None:
            return None
        shots = tuple(shot.by(rules) for shot in self.proved.shots)
        return looked_back_at(replace(self.proved, rules=rules), shots, self.gone, self.run.data.as_of)


def changed_grades(before: Snapshot, after: Snapshot) -> pd.DataFrame:
    """Who gets another grade by the other rules, the greatest fall first.

    Returns
    -------
    DataFrame, index customer_id, columns then, now, change
        Both grades, and the points by which the score is another.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> other = settings_with({"health": {"grades": {"good": 80}}}).health
    >>> rows = changed_grades(health.now, health.now.by(other))
    >>> len(rows), rows["then"].unique().tolist(), rows["now"].unique().tolist()
    (82, ['good'], ['sound'])
    """
    then, now = before.scores, after.scores
    other = np.flatnonzero(then["grade"].to_numpy(object) != now["grade"].to_numpy(object))
    frame = then.iloc[other][["grade"]].rename(columns={"grade": "then"})
    change = now["score"].to_numpy()[other] - then["score"].to_numpy()[other]
    return frame.assign(now=now["grade"].to_numpy(object)[other], change=change).sort_values("change", kind="stable")


def with_parts(rows: pd.DataFrame, raw: pd.DataFrame, before: Health, after: Health) -> pd.DataFrame:
    """Rows of :func:`changed_grades` with the points that each item's weight and bands, and the caps, added.

    >>> from cskit.params import settings_with
    >>> other = settings_with({"health": {"dimensions": {"deployment": 0.1, "engagement": 0.4}}}).health
    >>> rows = changed_grades(health.now, health.now.by(other))
    >>> told = with_parts(rows, health.now.raw, health.rules, other)
    >>> bool((told[[*other.items, CAP]].sum(axis=1) - told["change"]).abs().max() < 1e-9)
    True
    """
    own = parts(raw.loc[rows.index], before, after)
    return rows.join(own.assign(**{CAP: rows["change"] - own.sum(axis=1)}))


def parts(raw: pd.DataFrame, before: Health, after: Health) -> pd.DataFrame:
    """Points that each item adds to the score, caps aside, when other rules take the place of those before.

    A score is the mean of points x by weights w that add up to 1 over what is known. Its change is the sum over items
    of dw * (x - s) + w * dx, with x, w and the score s taken midway: exact, and an item whose weight grows adds where
    it is better than the whole, and takes where it is worse.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> one = settings_with().health
    >>> other = settings_with({"health": {"dimensions": {"deployment": 0.1, "engagement": 0.4}}}).health
    >>> raw = pd.DataFrame({name: [np.nan] for name in one.items}).assign(licence_use=0.8, relationship=1.0)
    >>> parts(raw, one, other)[["licence_use", "relationship"]].round(1).values.tolist()
    [[-14.1, -7.5]]
    """
    x, w = zip(*(_known(raw, rules) for rules in (before, after)), strict=True)
    middle, share = (x[0] + x[1]) / 2, (w[0] + w[1]) / 2
    whole = np.nansum(np.stack([x[0] * w[0], x[1] * w[1]]), axis=(0, 2))[:, None] / 2
    found = (w[1] - w[0]) * (middle - whole) + share * (x[1] - x[0])
    return pd.DataFrame(np.nan_to_num(found), index=raw.index, columns=list(after.items))


def _known(raw: pd.DataFrame, rules: Health) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Points of the items, and their shares of what is known of each customer."""
    given = points(raw, rules).to_numpy()
    weight = np.where(np.isnan(given), 0.0, weights(rules).to_numpy())
    with np.errstate(invalid="ignore", divide="ignore"):
        return given, weight / weight.sum(axis=1, keepdims=True)
