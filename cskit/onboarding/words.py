"""Sentences on onboarding."""

from functools import partial

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.metrics import Metric
from cskit.onboarding.analysis import Study
from cskit.onboarding.knowledge import Coverage
from cskit.onboarding.words_balance import balance, balance_rows
from cskit.onboarding.words_course import course, rise, share_steps
from cskit.onboarding.words_knowledge import groups_rows, items, items_rows, leaving
from cskit.onboarding.words_pace import (
    flow,
    flow_rows,
    followed,
    on_time,
    overdue,
    overdue_rows,
    parallel,
    parallel_rows,
    versions,
    versions_rows,
)
from cskit.rows import Rows
from cskit.run import Run
from cskit.show import Decision, Finding, Headline
from cskit.stats.intervals import Interval

__all__ = [
    "balance", "balance_rows", "course", "days", "decision", "flow", "flow_rows", "followed", "groups_rows", "headline",
    "items", "items_rows", "knowledge", "leaving", "mix", "on_time", "overdue", "overdue_rows", "parallel",
    "parallel_rows", "rise", "share_steps", "unknown", "unknown_rows", "verdict", "versions", "versions_rows",
]  # fmt: skip

KEYS = (
    "onboarding.self_share",
    "onboarding.median_days",
    "onboarding.hearing_coverage",
    "onboarding.unknown_customers",
)


def headline(run: Run, study: Study) -> Headline:
    """The opening of the report.

    >>> print(headline(run, onboarding).verdict)
    60 % of 30 onboardings were self-onboarding. 64 % of what we must learn is learnt in time; 174 of
    481 customers are unknown to us.
    """
    return run.headline("onboarding_mix", verdict(study), KEYS, study.metrics)


def verdict(study: Study) -> str:
    """Self share of the period beside what we know of customers: efficiency never stands alone.

    >>> print(verdict(onboarding))
    60 % of 30 onboardings were self-onboarding. 64 % of what we must learn is learnt in time; 174 of
    481 customers are unknown to us.
    """
    if study.now.self_share is None:
        return _("No onboarding started in this period.")
    share = _(
        "{share} of {n} onboardings were self-onboarding.",
        share=i18n.share(study.now.self_share, 0),
        n=i18n.number(study.now.n),
    )
    if study.coverage is None or study.unknown is None:
        return i18n.sentences(share, _("What we know of these customers is not recorded."))
    learnt = _(
        "{coverage} of what we must learn is learnt in time; {unknown} of {customers} customers are unknown to us.",
        coverage=i18n.share(study.coverage.share, 0),
        unknown=i18n.number(study.unknown.count),
        customers=i18n.number(study.unknown.customers),
    )
    return i18n.sentences(share, learnt)


def mix(study: Study) -> Finding:
    """Where the share stands, how it got there, and whether the period moved it.

    >>> print(mix(onboarding).text)
    The self share went from 66.7 % to 60.0 %; as a tendency, up or down cannot be told (change −29 to
    +17 percentage points). Self-onboarding first overtook high touch in ...
    """
    share = _metric(study, "onboarding.self_share")
    parts = [_moved(share, study)]
    if study.crossover:
        own, high = (float(study.months[route].loc[str(study.crossover)]) for route in ("self", "high_touch"))
        parts.append(
            _(
                "Self-onboarding first overtook high touch in {month} ({self} against {high}).",
                month=i18n.month(study.crossover),
                self=i18n.number(own),
                high=i18n.number(high),
            )
        )
    if study.highest:
        day, peak = study.highest
        parts.append(
            _(
                "The highest month was {month} with {share} ({self} of {n}).",
                month=i18n.month(day),
                share=i18n.share(peak.self_share or 0, 0),
                self=i18n.number(peak.self_),
                n=i18n.number(peak.n),
            )
        )
    return Finding(i18n.sentences(*parts), _purpose(share))


def days(study: Study) -> Finding:
    """Median days by route.

    >>> print(days(onboarding).text)
    Half of all that began are completed after: high touch: 62 days (50 to 77, n = 18); hybrid: 49 days
    (38 to 74, n = 24); self-onboarding: 26 days (22 to 29, n = 78).
    """
    said = []
    for route, done in study.by_route.items():
        name, n = i18n.term(route), i18n.number(done.n)
        if done.median is None:
            said.append(_("{route}: fewer than half have completed (n = {n})", route=name, n=n))
            continue
        values = {"route": name, "days": i18n.number(done.median), "low": i18n.number(done.median_low or 0), "n": n}
        if done.median_high is None:
            said.append(_("{route}: {days} days (at least {low}, upper end open, n = {n})", **values))
        else:
            high = i18n.number(done.median_high)
            said.append(_("{route}: {days} days ({low} to {high}, n = {n})", high=high, **values))
    if not said:
        return Finding(_("No onboarding started in the 12 months to {day}.", day=i18n.day(study.as_of)))
    open_, left = study.overall.unfinished, study.overall.lost
    still = n_(
        "{n} is open on {day} and may still complete.",
        "{n} are open on {day} and may still complete.",
        open_,
        day=i18n.day(study.as_of),
    )
    gone = n_(
        "{n} customer left before and never completes.",
        "{n} customers left before and never complete.",
        left,
    )
    routes = _(
        "Routes are chosen, not drawn by lot: easier customers may choose self-onboarding, so the days do not compare the routes."
    )
    quiet = i18n.sentences(still if open_ else "", gone if left else "", routes)
    return Finding(_("Half of all that began are completed after: {routes}.", routes=i18n.several(said)), quiet)


def knowledge(study: Study) -> Finding:
    """Hearing coverage, and whether self-onboarding leaves it behind.

    >>> print(knowledge(onboarding).text)
    Of the required items 64 % were answered in time (53 % to 73 %, n = 30). High touch 100 % (n = 4),
    self-onboarding 49 % (n = 19), difference −60.6 to −0.5 percentage ...
    """
    known = study.coverage
    if known is None:
        return Finding(
            _(
                "What we learn from customers is not recorded (table hearings): coverage and unknown customers cannot be said."
            )
        )
    text = _(
        "Of the required items {share} were answered in time ({low} to {high}, n = {n}).",
        share=i18n.share(known.share, 0),
        low=i18n.share(known.interval.low, 0),
        high=i18n.share(known.interval.high, 0),
        n=i18n.number(known.n),
    )
    if known.gap is None:
        return Finding(text)
    chosen = _("Routes are chosen, not drawn by lot: a difference between them need not come from the route.")
    return Finding(i18n.sentences(text, _gap(known, known.gap)), chosen)


def unknown(study: Study, arr: pd.Series | None = None) -> Finding:
    """How many customers are unknown, and the ARR behind them.

    Parameters
    ----------
    study : Study
    arr : Series of float or None, indexed by customer
        Handed over by the notebook; None: not known.

    Examples
    --------
    >>> print(unknown(onboarding, arr).text)
    174 customers of 481 are unknown: of their use no verdict is possible. Behind them stands ¥252M of
    ARR, 25 % of all.
    """
    if study.unknown is None:
        return Finding(_("Without hearings nobody can be told apart as known or unknown."))
    text = n_(
        "{n} customer of {customers} is unknown: of its use no verdict is possible.",
        "{n} customers of {customers} are unknown: of their use no verdict is possible.",
        study.unknown.count,
        customers=i18n.number(study.unknown.customers),
    )
    if arr is not None and arr.sum():
        behind = float(arr.reindex(study.unknown.rows["customer_id"]).fillna(0).sum())
        text = i18n.sentences(
            text,
            _(
                "Behind them stands {arr} of ARR, {share} of all.",
                arr=i18n.money(behind),
                share=i18n.share(behind / arr.sum(), 0),
            ),
        )
    return Finding(text)


def unknown_rows(study: Study, arr: pd.Series | None = None, limit: int = 10) -> Rows:
    """The unknown customers, largest ARR first.

    >>> unknown_rows(onboarding, arr).caption, len(unknown_rows(onboarding, arr).frame)
    ('Unknown customers, largest ARR first', 174)
    """
    rows = study.unknown.rows if study.unknown else pd.DataFrame(columns=["customer_id", "name", "known"])
    rows = rows.assign(arr=rows["customer_id"].map(arr if arr is not None else {}).fillna(0.0).astype(float))
    rows = rows.sort_values(["arr", "customer_id"], ascending=[False, True])
    frame = pd.DataFrame(
        {
            _("Customer"): rows["name"].fillna(rows["customer_id"]),
            _("Known"): rows["known"],
        }
    )
    if arr is not None and len(arr):
        frame["ARR"] = rows["arr"]
    caption = _("Unknown customers, largest ARR first")
    return Rows(
        frame,
        caption,
        limit,
        (_("Known"), "ARR"),
        export="unknown_customers",
        full=rows if "ARR" in frame else rows.drop(columns="arr"),
        formats={_("Known"): partial(i18n.share, digits=0), "ARR": i18n.money},
        bars=("ARR",),
        customers=True,
    )


def decision(study: Study, arr: pd.Series | None = None) -> Decision | None:
    """Learn about the unknown customers.

    >>> print(decision(onboarding).text)
    Ask the 174 customers whose situation we do not know, the largest ARR first.
    """
    if study.unknown is None or not study.unknown.count:
        return None
    behind = float(arr.reindex(study.unknown.rows["customer_id"]).fillna(0).sum()) if arr is not None else 0.0
    part = behind / float(arr.sum()) if arr is not None and arr.sum() else study.unknown.count / study.unknown.customers
    text = n_(
        "Ask {n} customer whose situation we do not know, the largest ARR first.",
        "Ask the {n} customers whose situation we do not know, the largest ARR first.",
        study.unknown.count,
    )
    return Decision(text, urgency=0.3 + 0.5 * part)


def _gap(known: Coverage, gap: Interval) -> str:
    (high, n_high), (own, n_own) = known.by_route["high_touch"], known.by_route["self"]
    values = {
        "high_touch": i18n.share(high, 0),
        "n_high": i18n.number(n_high),
        "self": i18n.share(own, 0),
        "n_self": i18n.number(n_own),
        "low": i18n.number(100 * gap.low, 1, signed=True),
        "high": i18n.number(100 * gap.high, 1, signed=True),
    }
    shares = _(
        "High touch {high_touch} (n = {n_high}), self-onboarding {self} (n = {n_self}), difference {low} to {high} "
        "percentage points.",
        **values,
    )
    if 0 in gap:
        return i18n.sentences(shares, _("Which of the two is higher cannot be told."))
    less, more = _("Less is learnt in self-onboarding."), _("More is learnt in self-onboarding.")
    return i18n.sentences(shares, less if own < high else more)


def _purpose(share: Metric) -> str:
    """That a fall was meant, where params say so; nothing where the share did not fall."""
    if share.wanted == "up" or share.change is None or share.change >= 0:
        return ""
    if share.movement == "unclear":
        return _("This share is not meant to rise.")
    return _("Lowered on purpose: params say that this share is not meant to rise.")


def _metric(study: Study, name: str) -> Metric:
    return next(metric for metric in study.metrics if metric.name == name)


def _moved(share: Metric, study: Study) -> str:
    if not isinstance(share.value, float) or not isinstance(share.before, float) or share.change is None:
        return ""
    values = {
        "before": i18n.share(share.before),
        "now": i18n.share(share.value),
        "n": i18n.number(study.now.n),
        "low": i18n.number(100 * (share.change_low or 0), 0, signed=True),
        "high": i18n.number(100 * (share.change_high or 0), 0, signed=True),
    }
    if share.movement == "unclear":
        return _(
            "The self share went from {before} to {now}; as a tendency, up or down cannot be told "
            "(change {low} to {high} percentage points).",
            **values,
        )
    if share.change > 0:
        return _("The self share rose from {before} to {now} (change {low} to {high} percentage points).", **values)
    return _("The self share fell from {before} to {now} (change {low} to {high} percentage points).", **values)
