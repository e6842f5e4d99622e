"""Which rows made the figures on health?"""

import pandas as pd

from cskit.health.analysis import Study
from cskit.health.backtest import Backtest
from cskit.health.history import Ages
from cskit.health.snapshot import Snapshot
from cskit.rows import Behind

__all__ = ["health_backtest", "health_customers", "health_inputs"]

LOOKED_BACK = ["day", "customer_id", "score", "grade", "provisional", "churned", "days", "gone_on", "reason"]
SCORED = ["score", "low", "high", "coverage", "provisional", "certainly_at_risk", "possibly_at_risk"]
COUNTED = (
    *("good", "sound", "caution", "action", "provisional", "coverage"),
    *("at_risk", "at_risk_vs_year_start", "improved", "newly_at_risk"),
)


def health_customers(study: Study) -> Behind:
    """Everybody who was a customer on one of the days compared, with the grade of each day.

    A grade is ``unknown`` where no item was known, and empty where there was no such customer; ``SCORED`` is of now.
    ``at_risk_move`` against the year's start: of who was at risk then improved, left, unknown or still; or new.

    >>> len(health_customers(health).frame)
    484
    """
    shots = {"now": study.now, "at_year_start": study.start, "before": study.before, "a_year_before": study.year_before}
    frame = pd.DataFrame({f"grade_{when}": _grades(shot) for when, shot in shots.items()})
    frame = frame.join(study.now.scores[SCORED]).assign(at_risk_move=_moves(study)).sort_index()
    frame = frame.rename_axis("customer_id").reset_index()
    frame.insert(1, "name", frame["customer_id"].map(study.customers["name"]))
    return Behind("health_customers", frame, tuple(f"health.{name}" for name in COUNTED))


def health_inputs(study: Study, found: Ages) -> Behind:
    """Every known input: columns customer_id, item, value, age_days, allowed_days, stale.

    No age: its information has no date, or does not grow old.

    >>> len(health_inputs(health, known).frame)
    4023
    """
    items = list(found.days)
    frame = _long(study.now.raw[items], "value").assign(
        age_days=_long(found.days, "days")["days"],
        allowed_days=_long(found.allowed, "days")["days"],
        stale=_long(found.stale, "stale")["stale"],
    )
    frame = frame[frame["value"].notna()].sort_values(["customer_id", "item"], ignore_index=True)
    return Behind("health_inputs", frame, ("health.stale_inputs",))


def health_backtest(proof: Backtest | None) -> Behind:
    """Every customer on every day looked back at, columns ``LOOKED_BACK``: grade, and what became of it.

    >>> len(health_backtest(proof).frame)
    1708
    """
    frame = pd.DataFrame(columns=LOOKED_BACK) if proof is None else proof.rows[LOOKED_BACK]
    frame = frame.sort_values(["day", "customer_id"], ignore_index=True)
    return Behind("health_backtest", frame, ("health.auc", "health.good_churned"))


def _grades(shot: Snapshot) -> pd.Series:
    return shot.scores["grade"].fillna("unknown")


def _moves(study: Study) -> pd.Series:
    moved = study.moved
    ways = {"improved": moved.improved, "left": moved.churned, "unknown": moved.unknown, "new": moved.new}
    found = dict.fromkeys(study.start.at_risk, "still") | {who: way for way, own in ways.items() for who in own}
    return pd.Series(found, dtype=object)


def _long(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """A row a customer and item, item after item."""
    return frame.rename_axis("customer_id").reset_index().melt("customer_id", var_name="item", value_name=name)
