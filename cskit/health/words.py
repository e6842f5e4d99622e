"""Sentences on health: counts are facts, a churned customer is no success, a provisional grade says so."""

import pandas as pd

from cskit import i18n
from cskit.health.analysis import Study
from cskit.health.score import AT_RISK, drivers
from cskit.i18n import _, n_
from cskit.run import Run
from cskit.show import Decision, Finding, Headline, Rows

__all__ = ["at_risk", "at_risk_rows", "coverage", "decided", "decision", "grades", "headline", "verdict"]

KEYS = ("health.at_risk", "health.at_risk_vs_year_start", "health.provisional", "health.coverage")


def headline(run: Run, study: Study) -> Headline:
    """The opening of the report."""
    return run.headline("dear_health", verdict(study), KEYS, study.metrics)


def verdict(study: Study) -> str:
    """How many are at risk, how that came about since the year's start, and against 2/3 of it."""
    moved = study.moved
    if not study.now.graded:
        return _("Of no customer is enough known for a grade.")
    if not moved.start:
        return n_(
            "{n} customer is at risk; none was at the fiscal year's start.",
            "{n} customers are at risk; none was at the fiscal year's start.",
            moved.end,
        )
    return _(
        "At risk {start} → {end} since the fiscal year's start: {improved} improved, {churned} churned, {new} new.",
        start=i18n.number(moved.start),
        end=i18n.number(moved.end),
        improved=i18n.number(len(moved.improved)),
        churned=i18n.number(len(moved.churned)),
        new=i18n.number(len(moved.new)),
    )


def grades(study: Study) -> Finding:
    """Grades against the comparison, and what the unknown items leave open."""
    now, before = study.now, study.before
    text = _(
        "At risk are {now} of {n} customers; on {day} it was {before} of {m}.",
        now=i18n.number(len(now.at_risk)),
        n=i18n.number(now.graded),
        day=i18n.day(before.as_of),
        before=i18n.number(len(before.at_risk)),
        m=i18n.number(before.graded),
    )
    low, high = now.at_risk_bounds
    quiet = (
        n_(
            "{n} grade is provisional: what is not known could change it.",
            "{n} grades are provisional: what is not known could change them.",
            now.provisional,
        )
        + " "
    )
    quiet += _("At risk are at least {low}, at most {high}.", low=i18n.number(low), high=i18n.number(high))
    return Finding(text, quiet)


def at_risk(study: Study) -> Finding:
    """The movement against 2/3 of the year's start; churned ones are not counted as improved."""
    moved = study.moved
    if moved.ratio is None:
        return Finding(_("Nobody was at risk at the fiscal year's start, so there is nothing to measure against."))
    met = moved.ratio <= 2 / 3 + 1e-9
    said = _("target met") if met else _("target not met")
    text = _(
        "At risk {start} → {end}, {ratio} of the start ({said}: at most 67 %).",
        start=i18n.number(moved.start),
        end=i18n.number(moved.end),
        ratio=i18n.share(moved.ratio, 0),
        said=said,
    )
    if len(moved.churned):
        text = i18n.sentences(
            text,
            n_(
                "{n} of them left: that is a loss, not an improvement.",
                "{n} of them left: that is a loss, not an improvement.",
                len(moved.churned),
            ),
        )
    return Finding(text, _("Both days by the same, today's rules; grades are computed, not decided."))


def coverage(study: Study) -> Finding:
    """How much of the score is known."""
    share = study.now.coverage
    if share is None:
        return Finding(_("There are no current customers."))
    missing = [name for name in study.now.raw if study.now.raw[name].isna().all() and name in study.rules.items]
    text = _("On average {share} of a score's weight is known.", share=i18n.share(share, 0))
    names = i18n.listed([i18n.term(name) for name in missing])
    return Finding(text, _("Known of nobody: {items}.", items=names) if missing else "")


def decided(study: Study) -> Finding:
    """How often the team decided otherwise than the formula."""
    holding = study.decided.join(study.now.scores["grade"].rename("computed"), how="inner")
    if holding.empty:
        return Finding(_("The team's meeting decided no grade that holds today."))
    other = int((holding["grade"] != holding["computed"]).sum())
    text = n_(
        "The team decided {n} grade that holds today", "The team decided {n} grades that hold today", len(holding)
    )
    return Finding(text + _("; different from the computed one: {other}.", other=i18n.number(other)))


def at_risk_rows(study: Study, arr: pd.Series | None = None, limit: int = 15) -> Rows:
    """The customers at risk with their reasons, action before caution, largest ARR first.

    Parameters
    ----------
    study : Study
    arr : Series of float or None, indexed by customer
    limit : int
        Rows shown; all of them go into ``actions.xlsx``.
    """
    scores = study.now.scores
    rows = scores[scores["grade"].isin(AT_RISK)].join(study.customers).join(study.decided["grade"].rename("decided"))
    known = arr if arr is not None else pd.Series(dtype=float)
    rows = rows.assign(
        arr=known.reindex(rows.index).fillna(0.0), why=drivers(study.now.raw, study.rules).reindex(rows.index)
    )
    rows = rows.assign(order=rows["grade"].map({"action": 0, "caution": 1})).reset_index(names="customer_id")
    rows = rows.sort_values(["order", "arr", "customer_id"], ascending=[True, False, True])
    frame = pd.DataFrame(
        {
            _("Customer"): rows["name"].fillna(rows["customer_id"]),
            _("Health"): [
                _grade(grade, provisional)
                for grade, provisional in zip(rows["grade"], rows["provisional"], strict=True)
            ],
            _("Decided"): ["" if pd.isna(grade) else i18n.term(grade) for grade in rows["decided"]],
            _("Score"): [i18n.number(value, 1) for value in rows["score"]],
            _("Why"): [i18n.listed([i18n.term(item) for item in why]) for why in rows["why"]],
        }
    )
    if arr is not None and len(arr):
        frame["ARR"] = [i18n.money(value) for value in rows["arr"]]
    full = pd.DataFrame({"customer_id": rows["customer_id"]}).join(frame.drop(columns="ARR", errors="ignore"))
    full = full.assign(**{"ARR": rows["arr"], _("Owner"): rows["owner"], "URL": rows["url"]})
    caption = _("Customers at risk: action first, then by ARR")
    return Rows(frame, caption, limit, (_("Score"), "ARR"), export="actions", full=full)


def decision(study: Study) -> Decision | None:
    """Who needs a person now."""
    urgent = study.now.count("action")
    if not urgent:
        return None
    text = n_(
        "Give {n} customer in action a next step and a date this month.",
        "Give each of the {n} customers in action a next step and a date this month.",
        urgent,
    )
    return Decision(text, urgency=0.6 + 0.4 * urgent / max(study.now.graded, 1))


def _grade(grade: str, provisional: bool) -> str:
    return _("{grade} (provisional)", grade=i18n.term(grade)) if provisional else i18n.term(grade)
