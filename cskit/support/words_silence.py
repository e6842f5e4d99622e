"""Sentences on the customers we hear nothing of."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.rows import Formats, Rows, with_owner
from cskit.run import Run
from cskit.show import Decision, Finding
from cskit.support.analysis import Study
from cskit.support.silence import SIGNALS, days_of

__all__ = ["decision", "signal_name", "silent", "silent_rows"]

RHYTHMS = ("daily", "weekly", "monthly")


def silent(run: Run, study: Study) -> Finding:
    """How many are silent, the ARR behind, and what is not known.

    >>> print(silent(run, desk).text)
    5 of 481 customers are silent: every signal known of them is. ¥18M of ARR stands behind them, 1.8 %
    of all. They are the same as at the end of Oct–Dec 2022.
    """
    rows = study.silent
    if rows is None:
        return Finding(
            _(
                "Who is silent cannot be said: it needs customers, and at least one of contacts (touchpoints), use (usage), inquiries (tickets or help_sessions) and surveys (nps_waves, nps_invitations, nps_responses)."
            )
        )
    quiet = study.quiet
    text = n_(
        "{n} of {all} customers is silent: every signal known of it is.",
        "{n} of {all} customers are silent: every signal known of them is.",
        len(quiet),
        all=i18n.number(len(rows)),
    )
    needed = run.settings.support.silent.needed
    if needed is not None:
        text = n_(
            "{n} of {all} customers is silent: {needed} or more of its signals are.",
            "{n} of {all} customers are silent: {needed} or more of their signals are.",
            len(quiet),
            all=i18n.number(len(rows)),
            needed=i18n.number(needed),
        )
    return Finding(
        i18n.sentences(text, _arr(study), _went(study)),
        i18n.sentences(_unknown(study), _rules(run), _("Bulk mail is no contact; what is not known is not silent.")),
    )


def silent_rows(study: Study, accounts: pd.DataFrame | None = None, limit: int = 10) -> Rows:
    """The silent customers with each signal, the largest first; with ``accounts`` who is in charge.

    >>> silent_rows(desk).caption, len(silent_rows(desk).frame)
    ('Silent customers, the largest ARR first', 5)
    """
    rows = study.quiet
    names = [str(customer) if pd.isna(name) else name for customer, name in zip(rows.index, rows["name"], strict=True)]
    frame = pd.DataFrame({_("Customer"): pd.Series(names, dtype=object)})
    for name in SIGNALS:
        frame[signal_name(name)] = [_state(value) for value in rows[name]]
    frame["ARR"] = rows["arr"].to_numpy(float)
    full = rows[["name", *SIGNALS, "arr"]].rename_axis("customer_id").reset_index()
    if accounts is not None:
        frame = with_owner(frame, pd.Series(rows.index), accounts)
    formats: Formats = {"ARR": i18n.money}
    caption = _("Silent customers, the largest ARR first")
    export = "" if accounts is not None else "silent_customers"
    return Rows(frame, caption, limit, ("ARR",), export, full, formats, bars=("ARR",), customers=True)


def decision(study: Study) -> Decision | None:
    """Speak with the silent ones, the largest first.

    >>> print(decision(desk).text)
    Get in touch with the 5 silent customers, the largest first: ¥18M of ARR.
    """
    quiet = study.quiet
    if quiet.empty:
        return None
    arr = float(quiet["arr"].sum())
    if not arr:
        text = n_("Get in touch with {n} silent customer.", "Get in touch with the {n} silent customers.", len(quiet))
        return Decision(text, urgency=0.3)
    text = n_(
        "Get in touch with {n} silent customer: {arr} of ARR.",
        "Get in touch with the {n} silent customers, the largest first: {arr} of ARR.",
        len(quiet),
        arr=i18n.money(arr),
    )
    return Decision(text, urgency=min(1.0, 0.3 + arr / (study.arr or arr)))


def signal_name(name: str) -> str:
    """A signal in the reader's words.

    >>> [signal_name(name) for name in SIGNALS]
    ['Contact', 'Use', 'Inquiry', 'NPS answer']
    """
    return {"contact": _("Contact"), "use": _("Use"), "ticket": _("Inquiry"), "answer": _("NPS answer")}[name]


def _state(value: object) -> str:
    return _("not known") if pd.isna(value) else _("silent") if value else _("heard")  # type: ignore[call-overload]


def _arr(study: Study) -> str:
    if study.arr is None or study.quiet.empty:
        return ""
    arr = float(study.quiet["arr"].sum())
    if not study.arr:
        return ""
    text = _(
        "{arr} of ARR stands behind them, {share} of all.",
        arr=i18n.money(arr),
        share=i18n.share(arr / study.arr),
    )
    return i18n.sentences(text, _("ARR as known today.") if study.arr_today else "")


def _went(study: Study) -> str:
    """How many there were before; who left since is no success."""
    before = study.silent_before
    if before is None:
        return ""
    then, now = set(before.index[before["silent"]]), set(study.quiet.index)
    here = set() if study.silent is None else set(study.silent.index)
    if then == now:
        return _("They are the same as at the end of {period}.", period=_months(study)) if now else ""
    return _(
        "At the end of {period} there were {then}: {heard} are heard of again or no longer sure, {left} left, {new} are new.",
        period=_months(study),
        then=i18n.number(len(then)),
        heard=i18n.number(len((then & here) - now)),
        left=i18n.number(len(then - here)),
        new=i18n.number(len(now - then)),
    )


def _months(study: Study) -> str:
    return i18n.span(study.compare_to.start, study.compare_to.end)


def _unknown(study: Study) -> str:
    if not study.too_little:
        return ""
    return n_(
        "Of {n} customer fewer than {least} signals are known: whether it is silent cannot be said.",
        "Of {n} customers fewer than {least} signals are known: whether they are silent cannot be said.",
        study.too_little,
        least=i18n.number(study.least),
    )


def _rules(run: Run) -> str:
    limits = {rhythm: days_of(run.settings, rhythm) for rhythm in RHYTHMS}
    said = [
        f"{signal_name(name)} " + "/".join(i18n.number(limits[rhythm][name]) for rhythm in RHYTHMS)
        for name in SIGNALS
        if name != "answer"
    ]
    return _(
        "Silent from so many days on, at a daily/weekly/monthly rhythm of use: {days}; no answer to the newest NPS survey of the last {answer} days.",
        days=i18n.several(said),
        answer=i18n.number(limits["daily"]["answer"]),
    )
