"""Sentences on onboarding."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.metrics import Metric
from cskit.onboarding.analysis import Study
from cskit.run import Run
from cskit.show import Decision, Finding, Headline, Rows

__all__ = ["days", "decision", "headline", "knowledge", "mix", "unknown", "unknown_rows", "verdict"]

KEYS = (
    "onboarding.self_share",
    "onboarding.median_days",
    "onboarding.hearing_coverage",
    "onboarding.unknown_customers",
)


def headline(run: Run, study: Study) -> Headline:
    """The opening of the report."""
    return run.headline("onboarding_mix", verdict(study), KEYS, study.metrics)


def verdict(study: Study) -> str:
    """Self share of the period beside what we know of customers: efficiency never stands alone."""
    if study.now.self_share is None:
        return _("No onboarding started in this period.")
    share = _(
        "{share} of {n} onboardings were self-onboarding.",
        share=i18n.share(study.now.self_share, 0),
        n=i18n.number(study.now.n),
    )
    if study.coverage is None or study.unknown is None:
        return i18n.sentences(share, _("What we know of these customers is not recorded."))
    return (
        share
        + " "
        + _(
            "{coverage} of what we must learn is learnt in time; {unknown} of {customers} customers are unknown to us.",
            coverage=i18n.share(study.coverage.share, 0),
            unknown=i18n.number(study.unknown.count),
            customers=i18n.number(study.unknown.customers),
        )
    )


def mix(study: Study) -> Finding:
    """Where the share stands, how it got there, and whether the period moved it."""
    parts = [_moved(_metric(study, "onboarding.self_share"), study)]
    if study.crossover:
        parts.append(_("Self-onboarding first overtook high touch in {month}.", month=i18n.month(study.crossover)))
    if study.highest:
        day, peak = study.highest
        parts.append(
            _(
                "The highest month was {month} with {share}.",
                month=i18n.month(day),
                share=i18n.share(peak.self_share or 0, 0),
            )
        )
    purpose = (
        _("Lowered on purpose: params say that this share is not meant to rise.") if study.lowered_on_purpose else ""
    )
    return Finding(i18n.sentences(*parts), purpose)


def days(study: Study) -> Finding:
    """Median days by route."""
    said = []
    for route, done in study.by_route.items():
        name, n = i18n.term(route), i18n.number(done.n)
        spread = done.median_interval
        if done.median is None:
            said.append(_("{route}: fewer than half have completed (n = {n})", route=name, n=n))
        elif spread is None:
            said.append(_("{route}: {days} days (n = {n})", route=name, days=i18n.number(done.median), n=n))
        else:
            said.append(
                _(
                    "{route}: {days} days ({low} to {high}, n = {n})",
                    route=name,
                    days=i18n.number(done.median),
                    low=i18n.number(spread.low),
                    high=i18n.number(spread.high),
                    n=n,
                )
            )
    if not said:
        return Finding(_("No onboarding started in the last 12 months."))
    open_ = n_(
        "{n} is not completed yet and counts until today.",
        "{n} are not completed yet and count until today.",
        study.overall.unfinished,
    )
    routes = _(
        "Routes are chosen, not drawn by lot: easier customers may choose self-onboarding, so the days do not compare the routes."
    )
    return Finding(_("Half are completed after: {routes}.", routes="; ".join(said)), i18n.sentences(open_, routes))


def knowledge(study: Study) -> Finding:
    """Hearing coverage, and by how much self-onboarding leaves it behind."""
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
    if "self" in known.by_route and "high_touch" in known.by_route:
        high, own = known.by_route["high_touch"][0], known.by_route["self"][0]
        text = i18n.sentences(
            text,
            _(
                "High touch {high}, self-onboarding {self}: what is not asked is not known.",
                high=i18n.share(high, 0),
                self=i18n.share(own, 0),
            ),
        )
    return Finding(text)


def unknown(study: Study, arr: pd.Series | None = None) -> Finding:
    """How many customers are unknown, and the ARR behind them.

    Parameters
    ----------
    study : Study
    arr : Series of float or None, indexed by customer
        Handed over by the notebook; None: not known.
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
    """The unknown customers, largest ARR first."""
    rows = study.unknown.rows if study.unknown else pd.DataFrame(columns=["customer_id", "name", "known"])
    rows = rows.assign(arr=rows["customer_id"].map(arr if arr is not None else {}).fillna(0.0).astype(float))
    rows = rows.sort_values(["arr", "customer_id"], ascending=[False, True])
    frame = pd.DataFrame(
        {
            _("Customer"): rows["name"].fillna(rows["customer_id"]),
            _("Known"): [i18n.share(value, 0) for value in rows["known"]],
        }
    )
    if arr is not None and len(arr):
        frame["ARR"] = [i18n.money(value) for value in rows["arr"]]
    full = pd.concat([rows[["customer_id"]].reset_index(drop=True), frame.reset_index(drop=True)], axis=1)
    caption = _("Unknown customers, largest ARR first")
    return Rows(frame, caption, limit, (_("Known"), "ARR"), export="unknown_customers", full=full)


def decision(study: Study, arr: pd.Series | None = None) -> Decision | None:
    """Learn about the unknown customers."""
    if study.unknown is None or not study.unknown.count:
        return None
    behind = float(arr.reindex(study.unknown.rows["customer_id"]).fillna(0).sum()) if arr is not None else 0.0
    part = behind / float(arr.sum()) if arr is not None and arr.sum() else study.unknown.count / study.unknown.customers
    text = n_(
        "Get to know {n} unknown customer, the largest first.",
        "Get to know the {n} unknown customers, the largest first.",
        study.unknown.count,
    )
    return Decision(text, urgency=0.3 + 0.5 * part)


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
