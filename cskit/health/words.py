"""Sentences on health: counts are facts, a churned customer is no success, a provisional grade says so."""

from datetime import date
from functools import partial

import pandas as pd

from cskit import i18n
from cskit.health.analysis import Study
from cskit.health.moved import Moved
from cskit.health.score import weights
from cskit.health.snapshot import Movement
from cskit.health.snapshot import transitions as moves
from cskit.health.words_actions import action_rows, at_risk_now, to_do
from cskit.health.words_meeting import meeting
from cskit.health.words_moved import (
    cohort,
    cohort_rows,
    grade_rows,
    graded,
    history,
    moved,
    parts,
    stale,
    stale_rows,
    unknown,
)
from cskit.health.words_proof import (
    backtest,
    calibration,
    good_churned,
    good_churned_rows,
    learnt,
    learnt_rows,
    sensitivity,
)
from cskit.i18n import _, n_
from cskit.metrics import Metric
from cskit.rows import Formats, Graded, Rows
from cskit.run import Run
from cskit.show import Decision, Finding, Headline

__all__ = [
    "action_rows",
    "at_risk",
    "at_risk_rows",
    "backtest",
    "calibration",
    "cohort",
    "cohort_rows",
    "coverage",
    "decided",
    "decision",
    "good_churned",
    "good_churned_rows",
    "grade_rows",
    "grades",
    "headline",
    "history",
    "learnt",
    "learnt_rows",
    "meeting",
    "moved",
    "sensitivity",
    "stale",
    "stale_rows",
    "to_do",
    "transitions",
    "unknown",
    "verdict",
]

KEYS = ("health.at_risk", "health.at_risk_vs_year_start", "health.provisional", "health.coverage")


def headline(run: Run, study: Study) -> Headline:
    """The opening of the report.

    >>> print(headline(run, health).verdict)
    At risk 20 → 18 since 31 March 2023: 2 improved, 1 churned, 1 new. Counting what is not known, it
    could be 18 to 126.
    """
    return run.headline("dear_health", verdict(study), KEYS, study.metrics)


def verdict(study: Study) -> str:
    """How many are at risk, how that came about since the year's start, and against 2/3 of it.

    >>> print(verdict(health))
    At risk 20 → 18 since 31 March 2023: 2 improved, 1 churned, 1 new. Counting what is not known, it
    could be 18 to 126.
    """
    moved = study.moved
    if not study.now.graded:
        return _("Of no customer is enough known for a grade.")
    if not moved.start:
        return n_(
            "{n} customer is at risk; none was at the fiscal year's start.",
            "{n} customers are at risk; none was at the fiscal year's start.",
            moved.end,
        )
    start, end = i18n.number(moved.start), i18n.number(moved.end)
    said = _("At risk {start} → {end} since {day}: {parts}.", start=start, end=end, parts=_parts(moved),
             day=i18n.day(study.start.as_of))  # fmt: skip
    low, high = study.now.at_risk_bounds
    if low == high:
        return said
    return i18n.sentences(
        said,
        _(
            "Counting what is not known, it could be {low} to {high}.",
            low=i18n.number(low),
            high=i18n.number(high),
        ),
    )


def grades(study: Study) -> Finding:
    """Grades against the comparison, split, and what the unknown items leave open.

    >>> print(grades(health).text)
    At risk are 18 of 481 customers; on 31 December 2022 it was 16 of 426: 2 improved, 1 churned, 5 new.
    """
    now, before, moved = study.now, study.before, study.moved_before
    text = _(
        "At risk are {now} of {n} customers; on {day} it was {before} of {m}: {parts}.",
        now=i18n.number(len(now.at_risk)),
        n=i18n.number(now.graded),
        day=i18n.day(before.as_of),
        before=i18n.number(len(before.at_risk)),
        m=i18n.number(before.graded),
        parts=_parts(moved),
    )
    provisional = n_(
        "{n} grade is provisional: what is not known could change it.",
        "{n} grades are provisional: what is not known could change them.",
        now.provisional,
    )
    low, high = (i18n.number(bound) for bound in now.at_risk_bounds)
    bounds = _("At risk are at least {low}, at most {high}.", low=low, high=high)
    return Finding(text, i18n.sentences(provisional, bounds, _settles(study)))


def _settles(study: Study, most: int = 2) -> str:
    """The items that leave most of the doubt, by their weight in the provisional grades."""
    open_ = study.now.raw[study.now.scores["provisional"].astype(bool)]
    own = weights(study.rules)
    missing = (open_[own.index].isna().sum() * own).sort_values(ascending=False, kind="stable")
    first = [i18n.term(str(name)) for name in missing.index[:most] if missing[name] > 0]
    return _("Most of that doubt is about {items}: ask for them first.", items=i18n.listed(first)) if first else ""


def transitions(study: Study) -> Rows:
    """Customers by grade at the comparison and now.

    >>> transitions(health).caption, len(transitions(health).frame)
    ('Customers by grade then (rows) and on 30 June 2023 (columns)', 5)
    """
    counts = moves(study.before, study.now)
    frame = pd.DataFrame(
        {i18n.term(str(grade)): [i18n.number(n) if n else "" for n in counts[grade]] for grade in counts},
    )
    frame.insert(0, _("On {day}", day=i18n.day(study.before.as_of)), [i18n.term(grade) for grade in counts.index])
    caption = _("Customers by grade then (rows) and on {day} (columns)", day=i18n.day(study.now.as_of))
    return Rows(frame, caption, numeric=tuple(frame.columns[1:]))


def at_risk(study: Study) -> Finding:
    """The movement against the target; churned ones are not counted as improved.

    >>> print(at_risk(health).text)
    At risk 20 → 18, 90 % of the start (target: at most 67 % by 31 March 2024). 1 of them left: that is
    a loss, not an improvement.
    """
    moved, ratio = study.moved, study.ratio
    if moved.ratio is None:
        return Finding(_("Nobody was at risk at the fiscal year's start, so there is nothing to measure against."))
    text = _(
        "At risk {start} → {end}, {ratio} of the start{target}.",
        start=i18n.number(moved.start),
        end=i18n.number(moved.end),
        ratio=i18n.share(moved.ratio, 0),
        target=_target(ratio),
    )
    left = n_(
        "{n} of them left: that is a loss, not an improvement.",
        "{n} of them left: that is a loss, not an improvement.",
        len(moved.churned),
    )
    said = i18n.sentences(text, left if moved.churned else "")
    return Finding(said, _("Both days by the same, today's rules; grades are computed, not decided."))


def coverage(study: Study) -> Finding:
    """How much of the score is known.

    >>> print(coverage(health).text)
    On average 76 % of a score's weight is known.
    """
    share = study.now.coverage
    if share is None:
        return Finding(_("There are no current customers."))
    missing = [name for name in study.now.raw if study.now.raw[name].isna().all() and name in study.rules.items]
    text = _("On average {share} of a score's weight is known.", share=i18n.share(share, 0))
    names = i18n.listed([i18n.term(name) for name in missing])
    return Finding(text, _("Known of nobody: {items}.", items=names) if missing else "")


def decided(study: Study) -> Finding:
    """How often the team decided otherwise than the formula.

    >>> print(decided(health).text)
    The team decided 2 grades that hold today; different from the computed one: 1.
    """
    holding = study.decided.join(study.now.scores["grade"].rename("computed"), how="inner")
    if holding.empty:
        return Finding(_("The team's meeting decided no grade that holds today."))
    other = int((holding["grade"] != holding["computed"]).sum())
    text = n_(
        "The team decided {n} grade that holds today; different from the computed one: {other}.",
        "The team decided {n} grades that hold today; different from the computed one: {other}.",
        len(holding),
        other=i18n.number(other),
    )
    return Finding(text)


def at_risk_rows(study: Study, arr: pd.Series | None = None, limit: int = 15, found: Moved | None = None) -> Rows:
    """The customers at risk, computed or decided, with their reasons: action before caution, largest ARR first.

    Parameters
    ----------
    study : Study
    arr : Series of float or None, indexed by customer
    limit : int
        Rows shown; all of them are on the CSMs' list.
    found : Moved or None
        What moved each score, to be told beside the reasons.

    Examples
    --------
    >>> at_risk_rows(health).caption, len(at_risk_rows(health).frame)
    ('Customers at risk: action first, then by ARR', 19)
    """
    rows = at_risk_now(study, arr)
    frame = pd.DataFrame(
        {
            _("Customer"): rows["name"].fillna(rows["customer_id"]),
            _("Health"): [graded(*pair) for pair in zip(rows["grade"], rows["provisional"], strict=True)],
            _("Decided"): [None if pd.isna(grade) else Graded(grade) for grade in rows["decided"]],
            _("Score"): rows["score"],
            _("Why"): [i18n.listed([i18n.term(item) for item in why]) for why in rows["why"]],
        }
    )
    if found is not None:
        frame[_("What moved it")] = [parts(found, str(customer)) for customer in rows["customer_id"]]
    if rows["decided"].isna().all():
        frame = frame.drop(columns=_("Decided"))
    if arr is not None and len(arr):
        frame["ARR"] = rows["arr"]
    caption = _("Customers at risk: action first, then by ARR")
    formats: Formats = {_("Score"): partial(i18n.number, digits=1), "ARR": i18n.money}
    return Rows(frame, caption, limit, (_("Score"), "ARR"), formats=formats, customers=True)


def decision(study: Study) -> Decision | None:
    """Who needs a person now.

    >>> print(decision(health).text)
    Agree a next step and a date, this month, for each of the 10 customers graded action.
    """
    urgent = study.now.count("action")
    if not urgent:
        return None
    text = n_(
        "Agree a next step and a date, this month, for {n} customer graded action.",
        "Agree a next step and a date, this month, for each of the {n} customers graded action.",
        urgent,
    )
    return Decision(text, urgency=0.6 + 0.4 * urgent / max(study.now.graded, 1))


def _parts(moved: Movement) -> str:
    """What a change of the number at risk is made of."""
    values = {
        "improved": i18n.number(len(moved.improved)),
        "churned": i18n.number(len(moved.churned)),
        "new": i18n.number(len(moved.new)),
    }
    text = _("{improved} improved, {churned} churned, {new} new", **values)
    if not moved.unknown:
        return text
    return _("{parts}, {n} of whom nothing is known any more", parts=text, n=i18n.number(len(moved.unknown)))


def _target(ratio: Metric) -> str:
    if ratio.target is None:
        return ""
    share = i18n.share(ratio.target, 0)
    if ratio.target_by:
        day = i18n.day(date.fromisoformat(ratio.target_by))
        return _(" (target: at most {share} by {day})", share=share, day=day)
    met = _("target met: at most {share}", share=share)
    missed = _("target not met: at most {share}", share=share)
    return _(" ({said})", said=met if ratio.on_target == "met" else missed)
