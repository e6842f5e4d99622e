"""Which rows made the figures on onboarding?"""

import numpy as np
import pandas as pd

from cskit.onboarding.analysis import Study
from cskit.onboarding.balance import Plan
from cskit.onboarding.cases import cases
from cskit.onboarding.duration import COMPLETED, LEFT, OPEN, durations
from cskit.onboarding.inputs import Balance
from cskit.onboarding.knowledge import heard_in
from cskit.onboarding.mix import ROUTES
from cskit.onboarding.rise import Rise
from cskit.onboarding.timeliness import Timeliness, due_rows
from cskit.rows import Behind
from cskit.run import Run

__all__ = ["onboarding_balance", "onboarding_hearings", "onboarding_months", "onboardings", "unknown_customers"]

ENDS = {COMPLETED: "completed", LEFT: "left", OPEN: "open"}
HEARD = ["onboarding_id", "customer_id", "route", "started_on", "reached_on"]
COSTS = (
    *("segment", "route", "onboardings_of_segment", "arr_of_customer", "hours", "knowledge", "churn"),
    *("hourly_cost", "gross_margin", "knowledge_min", "hours_max", "loss_max", "share_now", "share_balanced"),
)


def onboardings(run: Run, pace: Timeliness) -> Behind:
    """Every onboarding: who, how, when, and in which figures of the period it counts.

    ``days`` until it ended (``ended``: completed, left, open), of those started in the last 12 months; ``on_time`` of
    those due in the period that count; ``overdue`` now.

    >>> len(onboardings(run, pace).frame)
    347
    """
    rows = cases(run.data)
    last = durations(run.data).set_index("onboarding_id")
    due = due_rows(rows, run.period).set_index("onboarding_id")["on_time"]
    who, begun = rows["onboarding_id"], rows["started_on"]
    frame = rows.assign(
        started_in_period=begun.between(pd.Timestamp(run.period.start), pd.Timestamp(run.period.end)),
        days=who.map(last["days"]),
        ended=who.map(last["event"].map(ENDS)),
        on_time=who.map(due),
        overdue=who.isin(pace.overdue["onboarding_id"]),
    )
    names = ("self_share", "median_days", "on_time", "overdue")
    return Behind("onboardings", frame, tuple(f"onboarding.{name}" for name in names))


def onboarding_months(study: Study, rise: Rise) -> Behind:
    """Onboardings by month of start and route: columns month, high_touch, hybrid, self, all, self_share, in_rise.

    ``in_rise``: the fitted crossing rests on it.

    >>> len(onboarding_months(onboarding, rise).frame)
    39
    """
    months = study.months
    total = months.sum(axis=1)
    frame = months.assign(
        all=total, self_share=months["self"] / total.where(total > 0), in_rise=months.index.isin(rise.months.index)
    )
    frame = frame.rename_axis("month").reset_index()
    names = ("self_share_max", "crossover_month", "crossing")
    return Behind("onboarding_months", frame, tuple(f"onboarding.{name}" for name in names))


def onboarding_hearings(run: Run) -> Behind:
    """Onboardings that reached their day N in the period (``reached_on``), and what was learnt by then.

    A column ``learnt_...`` for each required item, and ``share`` of them.

    >>> len(onboarding_hearings(run).frame)
    30
    """
    required = run.settings.onboarding.required_items
    each = heard_in(run.data, run.settings, run.period)
    frame = pd.DataFrame(columns=[*HEARD, *required, "share"]) if each is None else each
    frame = frame[[*HEARD, *required, "share"]].rename(columns={item: f"learnt_{item}" for item in required})
    return Behind("onboarding_hearings", frame, ("onboarding.hearing_coverage",))


def unknown_customers(study: Study) -> Behind:
    """Customers known too little, the least known first: columns customer_id, name and known, a share.

    >>> len(unknown_customers(onboarding).frame)
    174
    """
    columns = ["customer_id", "name", "known"]
    frame = study.unknown.rows[columns] if study.unknown else pd.DataFrame(columns=columns)
    return Behind("unknown_customers", frame, ("onboarding.unknown_customers",))


def onboarding_balance(found: Balance | None) -> Behind:
    """What the linear programme was given, and the mix it found: a row a segment and route, columns ``COSTS``.

    Shares are of the segment's onboardings; a limit that is not set, and a mix that cannot be, are empty.

    >>> len(onboarding_balance(balance).frame)
    9
    """
    frame = pd.DataFrame(columns=list(COSTS)) if found is None else _programme(found)
    return Behind("onboarding_balance", frame, ("onboarding.balance_self_share", "onboarding.knowledge_price"))


def _programme(found: Balance) -> pd.DataFrame:
    costs, limits, segments = found.evidence.costs, found.limits, found.evidence.segments
    best = found.best.mix if isinstance(found.best, Plan) else np.full(costs.hours.shape, np.nan)
    each = len(ROUTES)
    columns = {
        "segment": np.repeat(segments, each),
        "route": np.tile(ROUTES, len(segments)),
        "onboardings_of_segment": np.repeat(costs.customers, each).astype(int),
        "arr_of_customer": np.repeat(costs.arr, each),
        **{name: getattr(costs, name).ravel() for name in ("hours", "knowledge", "churn")},
        "hourly_cost": costs.hourly,
        "gross_margin": costs.margin,
        "knowledge_min": limits.knowledge,
        "hours_max": limits.hours,
        "loss_max": limits.loss,
        "share_now": found.mix_now.ravel(),
        "share_balanced": best.ravel(),
    }
    return pd.DataFrame(columns)[list(COSTS)]
