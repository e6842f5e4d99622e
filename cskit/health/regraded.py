"""The same customers by other rules: what was seen of them stays, only the grading is done again."""

from dataclasses import replace

import numpy as np
import pandas as pd

from cskit.health.analysis import Study, restudied
from cskit.health.backtest import Backtest, churn_days, looked_back_at
from cskit.health.score import points, weights
from cskit.run import Run
from cskit.settings import Health

__all__ = ["CAP", "Regrading", "changed_grades", "parts"]

CAP = "cap"  # beside the items: what the caps did
LEAST = 0.05  # points of a score that are printed as some


class Regrading:
    """A study and its back-test by the rules tried last; asked again by the same, it says the same at once."""

    def __init__(self, run: Run, study: Study, proof: Backtest | None):
        self.run, self.published, self.proved = run, study, proof
        self.gone = churn_days(run.data) if proof else None
        self._study, self._proof = study, proof

    def study(self, rules: Health) -> Study:
        """All grades of the report by these rules."""
        if self._study.rules != rules:
            self._study = restudied(self.run, self.published, rules)
        return self._study

    def proof(self, rules: Health) -> Backtest | None:
        """What followed the grades of the past, had they been given by these rules."""
        if self._proof and self.proved and self.gone is not None and self._proof.rules != rules:
            shots = tuple(shot.by(rules) for shot in self.proved.shots)
            self._proof = looked_back_at(replace(self.proved, rules=rules), shots, self.gone, self.run.data.as_of)
        return self._proof


def changed_grades(before: Study, after: Study) -> pd.DataFrame:
    """Who gets another grade by the other rules, and what moved the score.

    Returns
    -------
    DataFrame, index customer_id, columns then, now, change, and one column per item and for the caps
        Grades; points of the score; and the points that each item's weight and bands, and the caps, added to it. The
        greatest fall first.

    Examples
    --------
    >>> changed_grades(health, health).shape
    (0, 15)
    """
    then, now = before.now.scores, after.now.scores
    other = then.index[(then["grade"].fillna("") != now["grade"].fillna("")).to_numpy()]
    frame = pd.DataFrame({"then": then.loc[other, "grade"], "now": now.loc[other, "grade"]})
    frame["change"] = now.loc[other, "score"] - then.loc[other, "score"]
    raw = before.now.raw.loc[other]
    frame = frame.join(parts(raw, before.rules, after.rules))
    frame[CAP] = frame["change"] - frame[list(after.rules.items)].sum(axis=1)
    return frame.sort_values("change", kind="stable")


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
