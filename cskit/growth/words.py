"""Sentences on money: counts are facts, their causes are not."""

from datetime import date

import pandas as pd

from cskit import i18n
from cskit.growth.analysis import Study
from cskit.growth.churn import so_few
from cskit.growth.words_money import (
    beside,
    beside_rows,
    bridge,
    cause,
    cohort_rows,
    cohorts,
    course,
    course_rows,
    hour_saved,
    reason_rows,
    referred,
    target_rows,
    worth,
    worth_rows,
)
from cskit.growth.words_phase import (
    asked,
    cases,
    effort,
    flow,
    opening,
    person_rows,
    persons,
    questions,
    route_rows,
    stage,
    stage_rows,
    version_rows,
)
from cskit.growth.words_signs import ahead, ahead_matrix, ahead_rows, next_step, notice_rows, signs
from cskit.i18n import _, n_
from cskit.rows import Formats, Graded, Rows, with_owner
from cskit.run import Run
from cskit.show import Decision, Finding, Headline

__all__ = [
    "ahead", "ahead_matrix", "ahead_rows", "asked", "beside", "beside_rows", "bridge", "cases", "churns",
    "cohort_rows", "cohorts", "course", "course_rows", "decision", "effort", "flow", "headline", "hour_saved",
    "money", "next_step", "notice_rows", "opening", "person_rows", "persons", "questions", "reason_rows", "referred",
    "renewals", "renewals_finding", "route_rows", "signs", "so_few", "stage", "stage_rows", "target_rows", "verdict",
    "version_rows", "worth", "worth_rows",
]  # fmt: skip

KEYS = ("growth.arr", "growth.nrr", "growth.grr", "growth.churns_year")
AT_RISK = ("action", "caution")
RENEWALS = ["customer_id", "ends_on", "notice_by", "auto_renew", "arr"]


def headline(run: Run, study: Study, grades: pd.Series | None = None) -> Headline:
    """The opening of the summary: money, churn, and the revenue at risk.

    >>> print(headline(run, page.money).verdict)
    ARR ¥996M; NRR 104 %, GRR 98 %. 1 customer left since 1 April 2023, 2 in the same months a year
    before.
    """
    return run.headline("summary", i18n.sentences(verdict(study), _revenue_at_risk(study, grades)), KEYS, study.metrics)


def verdict(study: Study) -> str:
    """ARR, what stayed of it, and who left; NRR never stands alone.

    >>> print(verdict(page.money))
    ARR ¥996M; NRR 104 %, GRR 98 %. 1 customer left since 1 April 2023, 2 in the same months a year
    before.
    """
    if study.arr.empty and study.renewals is not None:
        return i18n.sentences(_("No paid term runs on {day}.", day=i18n.day(study.as_of)), _churned(study))
    if study.arr.empty:
        return i18n.sentences(_("Revenue is not known: it needs the table contracts."), _churned(study))
    arr = i18n.money(float(study.arr.sum()))
    kept = study.retention
    if study.today:
        return i18n.sentences(_("ARR {arr}, as known today.", arr=arr), _churned(study))
    if kept.nrr is None or kept.grr is None:
        return i18n.sentences(_("ARR {arr}.", arr=arr), _churned(study))
    values = {"arr": arr, "nrr": i18n.share(kept.nrr, 0), "grr": i18n.share(kept.grr, 0)}
    return i18n.sentences(_("ARR {arr}; NRR {nrr}, GRR {grr}.", **values), _churned(study))


def money(study: Study) -> Finding:
    """NRR beside the customers lost.

    >>> print(money(page.money).text)
    NRR 103.7 %, yet 3 of the 368 customers of a year ago no longer pay; GRR is 97.5 %.
    """
    if study.today:
        return Finding(
            _("ARR is as known today: the data hold no contract terms, so what stayed of it cannot be said.")
        )
    kept = study.retention
    if kept.nrr is None or kept.grr is None:
        return Finding(_("There is no revenue of a year ago to compare with."))
    values = {
        "nrr": i18n.share(kept.nrr),
        "grr": i18n.share(kept.grr),
        "lost": i18n.number(kept.lost),
        "n": i18n.number(kept.customers),
    }
    quiet = ""
    if study.doubtful:
        quiet = n_(
            "{n} customer is in neither figure: a contract of it was set aside.",
            "{n} customers are in neither figure: a contract of theirs was set aside.",
            study.doubtful,
        )
    if kept.nrr >= 1 and kept.lost:
        return Finding(
            _("NRR {nrr}, yet {lost} of the {n} customers of a year ago no longer pay; GRR is {grr}.", **values), quiet
        )
    return Finding(_("NRR {nrr}, GRR {grr}; {lost} of the {n} customers of a year ago no longer pay.", **values), quiet)


def churns(study: Study) -> Finding:
    """Churns against the same months a year before, with their reasons.

    >>> print(churns(page.money).text)
    Churns since 1 April 2023: 1; in the same months a year before: 2 (counted). Too few to say whether
    by our work or by chance.
    """
    if study.churned is None or study.churned_before is None:
        return Finding(_("Who left is not recorded: it needs the table churns, or churned_on in customers."))
    now, before = study.churned.count, study.churned_before.count
    text = _(
        "Churns since {day}: {now}; in the same months a year before: {before} (counted).",
        day=i18n.day(study.fiscal_start),
        now=i18n.number(now),
        before=i18n.number(before),
    )
    reasons = [f"{_reason(reason)} {i18n.number(count)}" for reason, count in study.churned.reasons.items()]
    quiet = _("Reasons: {reasons}.", reasons=i18n.several(reasons, ", ")) if reasons else ""
    there = (study.churned.there, study.churned_before.there)
    return Finding(i18n.sentences(text, cause(now, before, there if all(there) else None)), quiet)


def renewals(
    study: Study, grades: pd.Series | None = None, accounts: pd.DataFrame | None = None, limit: int = 10
) -> Rows:
    """Terms that end in the months ahead, with grade and notice date.

    Parameters
    ----------
    study : Study
    grades : Series of str or None, indexed by customer
        Health grades; None: not known.
    accounts : DataFrame or None
        See :func:`cskit.facts.accounts`: with it the list tells who is in charge, and leads to the customer's record.
    limit : int
        Rows shown.

    Examples
    --------
    >>> renewals(page.money).caption, len(renewals(page.money).frame)
    ('Renewals of the next 6 months, those at risk first', 225)
    """
    rows = study.renewals if study.renewals is not None else pd.DataFrame(columns=RENEWALS)
    known = rows["customer_id"].map({} if grades is None else grades.to_dict())
    rows = rows.assign(customer=rows["customer_id"].map(study.names).fillna(rows["customer_id"]), grade=known)
    notice = pd.to_datetime(rows["notice_by"])
    gone = notice < pd.Timestamp(study.as_of)
    # At risk first: these are the ones a date can still change. Whose date has passed comes last.
    order = known.map({"action": 0, "caution": 1}).fillna(2).astype(int) + 2 * gone.astype(int)
    rows = rows.assign(notice=notice).iloc[order.argsort(kind="stable")]
    frame = pd.DataFrame(
        {
            _("Customer"): rows["customer"],
            _("Term ends"): pd.to_datetime(rows["ends_on"]),
            _("Notice by"): rows["notice"],
            _("Health"): [_("unknown") if pd.isna(grade) else Graded(str(grade)) for grade in rows["grade"]],
            "ARR": rows["arr"],
        }
    )
    if grades is None:
        frame = frame.drop(columns=_("Health"))
    if accounts is not None:
        frame = with_owner(frame, rows["customer_id"], accounts)
    full = rows.drop(columns="notice").astype({"ends_on": str, "notice_by": str}).replace({"NaT": "", "None": ""})
    caption = _("Renewals of the next {months} months, those at risk first", months=study.months_ahead)
    formats: Formats = {
        _("Term ends"): i18n.day,
        _("Notice by"): lambda day: _notice(day, study.as_of),
        "ARR": i18n.money,
    }
    export = "" if accounts is not None else "renewals"
    return Rows(frame, caption, limit, ("ARR",), export, full, formats, bars=("ARR",))


def renewals_finding(study: Study, grades: pd.Series | None = None) -> Finding:
    """How much revenue is up for renewal, and how much of it at risk.

    >>> print(renewals_finding(page.money).text)
    225 terms worth ¥430M of ARR end in the next 6 months.
    """
    rows = study.renewals
    if rows is None:
        return Finding(_("Renewals need the table contracts."))
    total = n_(
        "{n} term worth {arr} of ARR ends in the next {months} months.",
        "{n} terms worth {arr} of ARR end in the next {months} months.",
        len(rows),
        arr=i18n.money(float(rows["arr"].sum())),
        months=study.months_ahead,
    )
    if grades is None:
        return Finding(total)
    risky = rows[rows["customer_id"].map(grades).isin(AT_RISK)]
    text = n_(
        "{n} of them, {arr}, is with a customer at risk.",
        "{n} of them, {arr}, are with customers at risk.",
        len(risky),
        arr=i18n.money(float(risky["arr"].sum())),
    )
    return Finding(i18n.sentences(total, text))


def decision(study: Study, grades: pd.Series | None = None) -> Decision | None:
    """Renewals at risk whose notice date has not passed; None where there are none, or grades are not known.

    >>> print(decision(page.money, grades).text)
    Speak with 4 customers at risk before their notice dates: ¥8.9M of ARR is up for renewal.
    >>> decision(page.money) is None
    True
    """
    if study.renewals is None or grades is None:
        return None
    at_risk = study.renewals["customer_id"].map(grades).isin(AT_RISK)
    # Where no notice date is recorded, notice can be given until the term ends.
    last = pd.to_datetime(study.renewals["notice_by"]).fillna(pd.to_datetime(study.renewals["ends_on"]))
    still = last >= pd.Timestamp(study.as_of)
    rows = study.renewals[at_risk & still]
    if not len(rows):
        return None
    arr = float(rows["arr"].sum())
    text = n_(
        "Speak with {n} customer at risk before the notice date: {arr} of ARR is up for renewal.",
        "Speak with {n} customers at risk before their notice dates: {arr} of ARR is up for renewal.",
        rows["customer_id"].nunique(),
        arr=i18n.money(arr),
    )
    total = float(study.arr.sum()) or 1.0
    return Decision(text, urgency=min(1.0, 0.5 + arr / total))


def _revenue_at_risk(study: Study, grades: pd.Series | None) -> str:
    """What the customers at risk pay; empty where that is not known."""
    if grades is None or not study.arr.sum() or grades.empty:
        return ""
    arr = float(study.arr.reindex(grades.index[grades.isin(AT_RISK)]).fillna(0).sum())
    share = i18n.share(arr / float(study.arr.sum()), 0)
    return _("Customers at risk pay {arr} of ARR, {share}.", arr=i18n.money(arr), share=share)


def _churned(study: Study) -> str:
    if study.churned is None or study.churned_before is None:
        return ""
    return n_(
        "{n} customer left since {day}, {before} in the same months a year before.",
        "{n} customers left since {day}, {before} in the same months a year before.",
        study.churned.count,
        day=i18n.day(study.fiscal_start),
        before=i18n.number(study.churned_before.count),
    )


def _notice(day: pd.Timestamp, today: date) -> str:
    """A last day for notice, and whether it has passed."""
    return i18n.day(day) if day.date() >= today else _("{day} (passed)", day=i18n.day(day))


def _reason(reason: object) -> str:
    return str(reason) or _("not recorded")
