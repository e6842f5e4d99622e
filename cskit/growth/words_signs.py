"""Sentences on churns that nobody saw coming, and on what comes up for renewal."""

from datetime import date

import pandas as pd

from cskit import i18n
from cskit.growth.ahead import GRADES
from cskit.growth.page import Page
from cskit.growth.signs import Signs
from cskit.i18n import _, n_
from cskit.rows import Formats, Graded, Rows
from cskit.run import Run
from cskit.show import Decision, Finding

SHOWN = 12  # renewals on the page; all are in the CSV
__all__ = ["ahead", "ahead_matrix", "ahead_rows", "foreseen", "next_step", "notice_rows", "signs"]


def signs(page: Page) -> Finding:
    """How many gave notice without any sign before, and how many were never spoken with.

    >>> print(signs(page).text)
    1 customer has given notice since 1 April 2023; there was a sign before. Never spoken with before: 0
    (bulk mail is no contact). In the same months a year before 0 of 1 ...
    """
    found = page.signs
    if found is None:
        return Finding(_("Who left is not recorded: it needs the table churns, or churned_on in customers."))
    own, day = found.this_year, i18n.day(page.money.fiscal_start)
    if own.empty:
        return Finding(foreseen(found, page.money.fiscal_start), _rules(found))
    if not found.sources:
        text = n_(
            "{n} customer has given notice since {day}; whether it was foreseen cannot be said: it needs health or actions.",
            "{n} customers have given notice since {day}; whether they were foreseen cannot be said: it needs health or actions.",
            len(own),
            day=day,
        )
        return Finding(i18n.sentences(text, _never(found)))
    text = foreseen(found, page.money.fiscal_start)
    metric = found.metrics[0]
    earlier = ""
    before = int(found.rows["year_before"].sum())
    if isinstance(metric.year_before, int | float):
        earlier = (
            _(
                "In the same months a year before {k} of {n} came without a sign.",
                k=i18n.number(metric.year_before),
                n=i18n.number(before),
            )
            if before
            else _("In the same months a year before nobody gave notice.")
        )
    open_ = int((~own["judged"]).sum())
    early = (
        n_(
            "{n} notice came before anybody was watched: of it nothing can be said.",
            "{n} notices came before anybody was watched: of them nothing can be said.",
            open_,
        )
        if open_
        else ""
    )
    return Finding(i18n.sentences(text, _never(found), earlier, early), _rules(found))


def foreseen(found: Signs, since: date) -> str:
    """How many of the notices since a day came without a sign before.

    >>> print(foreseen(page.signs, run.fiscal_start))
    1 customer has given notice since 1 April 2023; there was a sign before.
    """
    count, day = len(found.this_year), i18n.day(since)
    if not count:
        return _("No customer has given notice since {day}.", day=day)
    if bool((found.this_year["signs"] > 0).all()):
        return n_(
            "{n} customer has given notice since {day}; there was a sign before.",
            "{n} customers have given notice since {day}; before each there was a sign.",
            count,
            day=day,
        )
    if open_ := int((~found.this_year["judged"]).sum()):
        return n_(
            "{n} customer has given notice since {day}; whether there was a sign before cannot be said.",
            "{n} customers have given notice since {day}, {k} without any sign before; of {open} it cannot be said.",
            count,
            k=i18n.number(len(found.unforeseen)),
            open=i18n.number(open_),
            day=day,
        )
    return n_(
        "{n} customer has given notice since {day}, {k} without any sign before.",
        "{n} customers have given notice since {day}, {k} without any sign before.",
        count,
        k=i18n.number(len(found.unforeseen)),
        day=day,
    )


def next_step(page: Page) -> Decision | None:
    """What asks for a decision: a churn nobody saw coming first, else customers whose only person has left us.

    >>> next_step(page) is None
    True
    >>> from dataclasses import replace
    >>> away = replace(page.persons, left_alone=2, left_alone_arr=9.1e6)
    >>> print(next_step(replace(page, persons=away)).text)
    Introduce somebody to 2 customers whose only person has left us: ¥9.1M of ARR.
    """
    whole = float(page.money.arr.sum()) or 1.0
    unseen = page.signs.unforeseen if page.signs is not None else pd.DataFrame()
    if len(unseen):
        text = n_(
            "Find out what would have shown that {n} customer was about to leave: it gave notice without any sign.",
            "Find out what would have shown that {n} customers were about to leave: they gave notice without any sign.",
            len(unseen),
        )
        return Decision(text, urgency=min(1.0, 0.5 + float(unseen["arr"].sum()) / whole))
    if page.persons.left_alone:
        text = n_(
            "Introduce somebody to {n} customer whose only person has left us: {arr} of ARR.",
            "Introduce somebody to {n} customers whose only person has left us: {arr} of ARR.",
            page.persons.left_alone,
            arr=i18n.money(page.persons.left_alone_arr),
        )
        return Decision(text, urgency=min(1.0, 0.4 + page.persons.left_alone_arr / whole))
    return None


def notice_rows(run: Run, page: Page) -> Rows:
    """Every notice of the last fiscal years with what was seen before it.

    >>> notice_rows(run, page).caption, len(notice_rows(run, page).frame)
    ('Who gave notice, and the signs before it: how many days before each was first and last seen', 5)
    """
    heads = [
        _("Customer"),
        _("Notice"),
        _("Last day"),
        "ARR",
        _("Reason for leaving"),
        _("Signs, days before"),
        _("Contacts"),
    ]
    caption = _("Who gave notice, and the signs before it: how many days before each was first and last seen")
    found = page.signs
    if found is None:
        return Rows(pd.DataFrame(columns=heads), caption)
    rows = found.rows
    told = [
        _seen(found, customer, judged) for customer, judged in zip(rows["customer_id"], rows["judged"], strict=True)
    ]
    values = [
        rows["name"],
        rows["notified_on"],
        rows["effective_on"],
        rows["arr"],
        rows["reason"].fillna("").map(lambda reason: reason or _("not recorded")),
        told,
        rows["contacts"],
    ]
    frame = pd.DataFrame(dict(zip(heads, values, strict=True)))
    formats: Formats = {heads[1]: i18n.day, heads[2]: i18n.day, "ARR": i18n.money, heads[6]: i18n.number}
    return Rows(frame, caption, run.settings.report.page_rows, ("ARR", heads[6]), formats=formats)


def ahead(page: Page) -> Finding:
    """What comes up for renewal, and how much of it can still be spoken for.

    >>> print(ahead(page).text)
    225 terms worth ¥430M of ARR end in the next 6 months. 4 of them, ¥8.9M, are with customers at risk.
    """
    found = page.ahead
    if found is None:
        return Finding(_("Renewals need the table contracts."))
    if found.rows.empty:
        return Finding(_("No term ends in the next {months} months.", months=i18n.number(page.money.months_ahead)))
    text = n_(
        "{n} term worth {arr} of ARR ends in the next {months} months.",
        "{n} terms worth {arr} of ARR end in the next {months} months.",
        len(found.rows),
        arr=i18n.money(float(found.rows["arr"].sum())),
        months=page.money.months_ahead,
    )
    if not found.graded:
        return Finding(text, _("Grades are not known, so what is at risk cannot be said."))
    risky = found.at_risk
    told = n_(
        "{n} of them, {arr}, is with a customer at risk.",
        "{n} of them, {arr}, are with customers at risk.",
        len(risky),
        arr=i18n.money(float(risky["arr"].sum())),
    )
    gone = risky[risky["passed"]]
    late = (
        n_(
            "Of {n} of these, {arr}, the day for notice has passed without one.",
            "Of {n} of these, {arr}, the day for notice has passed without one.",
            len(gone),
            arr=i18n.money(float(gone["arr"].sum())),
        )
        if len(gone)
        else ""
    )
    return Finding(
        i18n.sentences(text, told, late),
        _("By term: a customer with several terms stands once for each. Who has given notice is not in it."),
    )


def ahead_matrix(page: Page) -> Rows:
    """ARR up for renewal by quarter and grade.

    >>> ahead_matrix(page).caption, len(ahead_matrix(page).frame)
    ('ARR up for renewal, by when the term ends and by health grade', 2)
    """
    found = page.ahead
    caption = _("ARR up for renewal, by when the term ends and by health grade")
    if found is None or found.rows.empty:
        return Rows(pd.DataFrame(columns=[_("Term ends")]), caption)
    matrix = found.matrix
    grades = [grade for grade in GRADES if grade != "unknown" or matrix["unknown"].any()]
    heads = {grade: i18n.term(grade) for grade in grades}
    frame = pd.DataFrame({_("Term ends"): [i18n.span(first, last) for first, last in found.quarters]})
    for grade, head in heads.items():
        frame[head] = matrix[grade].to_numpy()
    frame[_("together")] = matrix.sum(axis=1).to_numpy()
    columns = tuple(frame.columns[1:])
    return Rows(frame, caption, None, columns, formats=dict.fromkeys(columns, i18n.money), sortable=False)


def ahead_rows(page: Page) -> Rows:
    """Terms that end, by the last day for notice.

    >>> ahead_rows(page).caption, len(ahead_rows(page).frame)
    ('Renewals by the last day for notice; those whose day has passed are in the CSV alone', 175)
    """
    heads = [_("Customer"), _("Notice by"), _("Term ends"), _("Health"), _("Renews by itself"), "ARR"]
    found = page.ahead
    caption = _("Renewals by the last day for notice; those whose day has passed are in the CSV alone")
    if found is None:
        return Rows(pd.DataFrame(columns=heads), caption)
    rows = found.rows[~found.rows["passed"]]
    renews = rows["auto_renew"].map({True: _("yes"), False: _("no, must be signed")})
    grades = [_("unknown") if grade == "unknown" else Graded(grade) for grade in rows["grade"]]
    values = [
        rows["name"],
        rows["notice_by"],
        rows["ends_on"],
        pd.Series(grades, index=rows.index, dtype=object),
        renews,
        rows["arr"],
    ]
    frame = pd.DataFrame(dict(zip(heads, values, strict=True)))
    formats: Formats = {heads[1]: i18n.day, heads[2]: i18n.day, "ARR": i18n.money}
    full = (
        found.rows.astype({"ends_on": str, "notice_by": str}).replace({"NaT": "", "None": ""}).drop(columns="quarter")
    )
    return Rows(frame, caption, SHOWN, ("ARR",), "renewals_by_notice", full, formats, bars=("ARR",))


def _never(found: Signs) -> str:
    known = found.this_year["contacts"].notna()
    if found.contacts_since is None or not known.any():
        return _("Whether they were ever spoken with is not recorded (table touchpoints).")
    text = _("Never spoken with before: {n} (bulk mail is no contact).", n=i18n.number(len(found.uncontacted)))
    unknown = int((~known).sum())
    if not unknown:
        return text
    open_ = n_(
        "Of {n} it is not known: contacts are recorded for too short a time.",
        "Of {n} it is not known: contacts are recorded for too short a time.",
        unknown,
    )
    return i18n.sentences(text, open_)


def _rules(found: Signs) -> str:
    text = _(
        "A sign is a grade at risk at the end of a month, by score or by the team's decision, an action opened, or another flag, within {days} days before the notice.",
        days=i18n.number(found.days),
    )
    without = int((~found.rows["recorded"]).sum())
    missing = (
        n_(
            "Of {n} the day of notice is not recorded: the last day as a customer stands for it.",
            "Of {n} the day of notice is not recorded: the last day as a customer stands for it.",
            without,
        )
        if without
        else ""
    )
    common = ""
    if found.staying and found.sources:
        common = _(
            "A flag alone foretells nothing: {share} of the {n} customers who have not given notice had one as well.",
            share=i18n.share(found.flagged / found.staying, 0),
            n=i18n.number(found.staying),
        )
    since = (
        _("Contacts are recorded since {day}.", day=i18n.day(found.contacts_since))
        if found.contacts_since is not None
        else ""
    )
    return i18n.sentences(
        text,
        common,
        _("Grades by today's rules on what was known then. So few notices say nothing of the next."),
        since,
        missing,
    )


def _seen(found: Signs, customer: object, judged: bool) -> str:
    own = found.flags[found.flags["customer_id"] == customer]
    if own.empty:
        return _("no sign") if judged else _("not watched yet")
    told = []
    for flag, first, last in zip(own["flag"], own["first"], own["last"], strict=True):
        ends = {"low": i18n.number(last), "high": i18n.number(first)}
        told.append(f"{i18n.term(str(flag))} " + (ends["low"] if first == last else _("{low} to {high}", **ends)))
    return i18n.several(told)
