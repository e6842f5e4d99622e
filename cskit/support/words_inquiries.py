"""Sentences on inquiries: channels, joined records, times, load, wishes."""

from typing import Any

import pandas as pd
from babel.dates import get_day_names

from cskit import i18n
from cskit.i18n import _, n_
from cskit.rows import Rows
from cskit.run import Run
from cskit.show import Finding
from cskit.stats.survival import Completion
from cskit.support.analysis import Study
from cskit.support.channels import Freed
from cskit.support.inquiries import times_by_category
from cskit.support.joined import Filled
from cskit.support.load import Load
from cskit.support.wishes import Wishes

__all__ = [
    "categories",
    "channels",
    "filled",
    "filled_rows",
    "joined",
    "load",
    "moving",
    "replies",
    "time_rows",
    "wish_rows",
    "wishes",
]

EMPTY = 0.5  # fields filled in fewer rows than this are shown
STATES = 5  # of wishes, shown as columns of their own


def channels(study: Study) -> Finding:
    """How much comes by phone, in volume and in hours.

    >>> print(channels(desk).text)
    32.2 % of inquiries came by phone (27.7 % to 37.2 %), and took 31.7 % of the handling hours. In
    Oct–Dec 2022 it was 29.0 %; whether it moved cannot be told (change −3.6 ...
    """
    found, metric = study.channels, study.metric("phone_share")
    if found is None or metric.value is None:
        return Finding(_no_inquiries(study) or _("No inquiry has its channel on record (tickets.channel)."))
    rows = found.rows
    if "phone" not in rows.index:
        return Finding(_("No inquiry of the period came by phone."))
    text = _(
        "{share} of inquiries came by phone ({low} to {high}), and took {hours} of the handling hours.",
        share=i18n.share(float(metric.value)),
        low=i18n.share(float(metric.low)),  # type: ignore[arg-type]
        high=i18n.share(float(metric.high)),  # type: ignore[arg-type]
        hours=i18n.share(float(rows["hours_share"]["phone"])),
    )
    guess = _(
        "{share} of the hours are standard minutes of the channel, where the export has none (estimated).",
        share=i18n.share(found.estimated, 0),
    )
    return Finding(i18n.sentences(text, _moved(study, "phone_share")), guess if found.estimated else "")


def moving(study: Study) -> Finding:
    """What moving a part of the phone inquiries would free.

    >>> print(moving(desk).text)
    If 30 % of the 119 phone inquiries came by mail and chat instead: whether that frees hours cannot be
    told (−1.6 h to +2.4 h): an inquiry takes about as long there. If ...
    """
    freed = study.channels.freed if study.channels else None
    if freed is None:
        return Finding("")
    moved = _(
        "If {share} of the {n} phone inquiries came by {channels} instead:",
        share=i18n.share(freed.share, 0),
        channels=i18n.listed([i18n.term(name) for name in freed.to]),
        n=i18n.number(freed.phone),
    )
    instead = _(
        "If the FAQ answered them instead, {hours} would be free.", hours=i18n.amount(max(freed.answered, 0.0), "hours")
    )
    quiet = _("At the handling times of the period, if those moved are like the others; hours of the period.")
    return Finding(i18n.sentences(moved, _freed(freed), instead), quiet)


def joined(study: Study) -> Finding:
    """Whether inquiries can be followed to a customer and its contract.

    >>> print(joined(desk).text)
    94.0 % of the 369 inquiries of the period name a customer that the CRM knows; 22 do not. Of 481
    customers 466 are in the CRM, under contract and on record with an ...
    """
    parts = []
    if study.now and study.now.n:
        yes, n = study.now.joined
        parts.append(
            _(
                "{share} of the {n} inquiries of the period name a customer that the CRM knows; {rest} do not.",
                share=i18n.share(yes / n),
                n=i18n.number(n),
                rest=i18n.number(n - yes),
            )
        )
    else:
        parts.append(_no_inquiries(study))
    found = study.records
    if found is None or found.rows.empty:
        parts.append(_("Whether the records meet cannot be said: it needs customers, contracts and inquiries."))
        return Finding(i18n.sentences(*parts))
    parts.append(
        _(
            "Of {n} customers {meet} are in the CRM, under contract and on record with an inquiry or help visit ({share}).",
            n=i18n.number(len(found.rows)),
            meet=i18n.number(found.meet),
            share=i18n.share(found.meet / len(found.rows)),
        )
    )
    without = int((~found.rows["in_contract"]).sum()), int((~found.rows["has_inquiry"]).sum())
    quiet = _(
        "Without a contract that runs: {contract}; without any inquiry or help visit on record: {inquiry}. Who never asked is not badly joined, but cannot be told apart from who is.",
        contract=i18n.number(without[0]),
        inquiry=i18n.number(without[1]),
    )
    return Finding(i18n.sentences(*parts), quiet)


def filled(found: Filled | None) -> Finding:
    """Fields that nobody fills.

    >>> print(filled(fields).text)
    No field that came with the data is empty in every row.
    """
    if found is None:
        return Finding("")
    never = found.never
    text = (
        n_(
            "{n} field is never filled: {fields}.",
            "{n} fields are never filled: {fields}.",
            len(never),
            fields=i18n.listed(never),
        )
        if never
        else _("No field that came with the data is empty in every row.")
    )
    absent = [f"{table}.{column}" for table, columns in found.absent.items() for column in columns]
    quiet = _("Not in the export at all: {fields}.", fields=i18n.listed(absent)) if absent else ""
    return Finding(text, quiet)


def filled_rows(found: Filled | None) -> Rows | Finding:
    """The emptiest fields; nothing where all are filled in half of the rows or more.

    >>> from cskit.support.joined import Filled
    >>> rows = pd.DataFrame({"table": "tickets", "column": ["category", "severity"], "filled": [0.31, 0.9]})
    >>> filled_rows(Filled(rows, {})).frame
                  Field  Filled
    0  tickets.category    0.31
    """
    rows = found.rows[found.rows["filled"] < EMPTY] if found else pd.DataFrame(columns=["table", "column", "filled"])
    if rows.empty:
        return Finding("")
    frame = pd.DataFrame(
        {
            _("Field"): [f"{table}.{column}" for table, column in zip(rows["table"], rows["column"], strict=True)],
            _("Filled"): rows["filled"],
        }
    )
    caption = _("Fields filled in less than half of the rows: current customers, contracts, inquiries of the period")
    return Rows(frame, caption, 15, (_("Filled"),), formats={_("Filled"): lambda value: i18n.share(value, 0)})


def replies(study: Study) -> Finding:
    """How long a customer waits for a person, and for the solution.

    >>> print(replies(desk).text)
    In business hours, half of the inquiries are answered within 0.8 h (0.6 h to 1.0 h). 9 in 10 within
    4.5 h (3.9 h to 5.2 h). Half are solved within 4.4 h (3.9 h to 4.9 ...
    """
    if study.now is None or not study.now.n:
        return Finding(_no_inquiries(study))
    reply, done, again = study.now.reply, study.now.resolution, study.now.reopened
    if reply.median is None:
        return Finding(
            _(
                "How fast inquiries are answered cannot be said: too few first replies are on record (tickets.first_reply_at)."
            )
        )
    text = _("In business hours, half of the inquiries are answered within {median} ({around}).", **_at(reply, 0.5))
    slow = _("9 in 10 within {median} ({around}).", **_at(reply, 0.9)) if reply.quantile(0.9)[0] is not None else ""
    solved = _("Half are solved within {median} ({around}).", **_at(done, 0.5)) if done.median is not None else ""
    quiet = [
        _(
            "Business hours without holidays; {open} not answered and {unsolved} not solved by the period's end are counted as far as they got, not left out.",
            open=i18n.number(reply.unfinished),
            unsolved=i18n.number(done.unfinished),
        )
    ]
    if left := study.now.n - reply.n:
        quiet.append(
            n_(
                "{n} inquiry was solved without a first reply on record and has no reply time.",
                "{n} inquiries were solved without a first reply on record and have no reply time.",
                left,
            )
        )
    if again:
        quiet.append(
            _(
                "Opened again: {share} of those solved ({low} to {high}).",
                share=i18n.share(again.value),
                low=i18n.share(again.around.low),
                high=i18n.share(again.around.high),
            )
        )
    return Finding(i18n.sentences(text, slow, solved, _moved_time(study, "first_reply_median")), i18n.sentences(*quiet))


def time_rows(study: Study) -> Rows | Finding:
    """Percentiles of both times.

    >>> time_rows(desk).caption, len(time_rows(desk).frame)
    ('Business hours by which so many are answered and solved, with intervals', 2)
    """
    if study.now is None or study.now.reply.median is None:
        return Finding("")
    kinds = ((_("First reply"), study.now.reply), (_("Solution"), study.now.resolution))
    shares = (0.25, 0.5, 0.75, 0.9)
    frame = pd.DataFrame({_("Business hours"): [name for name, _found in kinds]})
    for share in shares:
        frame[_("{share} within", share=i18n.share(share, 0))] = [_cell(found, share) for _name, found in kinds]
    caption = _("Business hours by which so many are answered and solved, with intervals")
    return Rows(frame, caption, numeric=tuple(frame.columns[1:]))


def categories(study: Study) -> Rows | Finding:
    """Times by what the inquiry is about.

    >>> categories(desk).caption, len(categories(desk).frame)
    ('By category, in business hours with intervals; where these overlap, a difference may be chance',
    8)
    """
    if study.now is None or study.now.rows["category"].isna().all():
        return Finding("", _("Inquiries have no category on record (tickets.category).") if study.now else "")
    rows = times_by_category(study.now)
    frame = pd.DataFrame(
        {
            _("Category"): [str(name) or _("not recorded") for name in rows.index],
            _("Inquiries"): rows["n"].to_numpy(),
            _("First reply, median"): [_ends(*row) for row in rows[["reply", "reply_low", "reply_high"]].to_numpy()],
            _("Solution, median"): [_ends(*row) for row in rows[["resolve", "resolve_low", "resolve_high"]].to_numpy()],
            _("Opened again"): rows["reopened"].to_numpy(),
        }
    )
    caption = _("By category, in business hours with intervals; where these overlap, a difference may be chance")
    numeric = tuple(frame.columns[1:])
    formats = {_("Inquiries"): i18n.number, _("Opened again"): i18n.number}
    return Rows(frame, caption, 12, numeric, formats=formats)


def load(run: Run, study: Study, found: Load | None) -> Finding:
    """When most inquiries come, and how many while the desk is closed; the line by Erlang C comes after it.

    >>> print(load(run, desk, when).text)
    The busiest hour is Tuesday from 11:00: 24 of 369 inquiries of the period. 44 (12 %) came outside
    business hours.
    """
    if found is None:
        return Finding(_no_inquiries(study))
    day, hour, n = found.busiest
    weekday = str(get_day_names("wide", locale=i18n.language())[day])
    text = _(
        "The busiest hour is {day} from {hour}: {n} of {all} inquiries of the period.",
        day=weekday,
        hour=_("{hour}:00", hour=hour),
        n=i18n.number(n),
        all=i18n.number(found.n),
    )
    out = _(
        "{n} ({share}) came outside business hours.",
        n=i18n.number(found.outside),
        share=i18n.share(found.outside / found.n, 0),
    )
    channels = i18n.listed([i18n.term(name) for name in run.settings.workload.queue.channels])
    line = _("What follows is about the channels in which customers wait in a line: {channels}.", channels=channels)
    return Finding(i18n.sentences(text, out), line)


def wishes(found: Wishes | None) -> Finding:
    """What is wished for most.

    >>> print(wishes(asked).text)
    209 wishes of 163 customers in the last 12 months, 146 in the 12 before; the largest group is about
    機能追加 (83). The commonest status is “not decided”: 100 (48 %).
    """
    if found is None:
        return Finding(_("What customers wish for is not recorded (table requests)."))
    if not found.n:
        return Finding(_("No wish was recorded in the last 12 months."))
    top, k = found.counts.index[0], int(found.counts.iloc[0].sum())
    state = str(found.counts.columns[0])
    most = int(found.counts.iloc[:, 0].sum())
    text = _(
        "{n} wishes of {customers} customers in the last 12 months, {before} in the 12 before; the largest group is about {category} ({k}).",
        n=i18n.number(found.n),
        customers=i18n.number(found.customers),
        before=i18n.number(found.before),
        category=str(top) or _("something not recorded"),
        k=i18n.number(k),
    )
    stands = _(
        "The commonest status is “{state}”: {most} ({share}).",
        state=i18n.term(state) or _("not recorded"),
        most=i18n.number(most),
        share=i18n.share(most / found.n, 0),
    )
    return Finding(i18n.sentences(text, stands), _("Status as known today."))


def wish_rows(found: Wishes | None) -> Rows | Finding:
    """Wishes by category and what became of them.

    >>> wish_rows(asked).caption, len(wish_rows(asked).frame)
    ('Wishes of the last 12 months by category and status', 6)
    """
    if found is None or not found.n:
        return Finding("")
    shown = found.counts.iloc[:, :STATES]
    frame = pd.DataFrame({_("Category"): [str(name) or _("not recorded") for name in shown.index]})
    for state in shown:
        frame[i18n.term(str(state)) or _("not recorded")] = shown[state].to_numpy()
    if len(found.counts.columns) > STATES:
        frame[_("other")] = found.counts.iloc[:, STATES:].sum(axis=1).to_numpy()
    frame[_("together")] = found.counts.sum(axis=1).to_numpy()
    numeric = tuple(frame.columns[1:])
    formats = dict.fromkeys(numeric, i18n.number)
    return Rows(frame, _("Wishes of the last 12 months by category and status"), 12, numeric, formats=formats)


def _no_inquiries(study: Study) -> str:
    if study.now is None:
        return _("Inquiries are not recorded (table tickets).")
    return "" if study.now.n else _("No inquiry came in the period.")


def _moved(study: Study, name: str) -> str:
    """Whether a share moved, by its interval."""
    metric = study.metric(name)
    if metric.change is None or metric.before is None or metric.change_low is None or metric.change_high is None:
        return ""
    values = {
        "period": i18n.span(study.compare_to.start, study.compare_to.end),
        "before": i18n.share(float(metric.before)),
        "low": i18n.amount(metric.change_low, "share", signed=True),
        "high": i18n.amount(metric.change_high, "share", signed=True),
    }
    if metric.movement == "unclear":
        return _("In {period} it was {before}; whether it moved cannot be told (change {low} to {high}).", **values)
    if metric.change > 0:
        return _("In {period} it was {before}: it rose, more than chance explains (change {low} to {high}).", **values)
    return _("In {period} it was {before}: it fell, more than chance explains (change {low} to {high}).", **values)


def _moved_time(study: Study, name: str) -> str:
    """Whether a median moved, by its interval."""
    metric = study.metric(name)
    if metric.change is None or metric.before is None:
        return ""
    values = {
        "period": i18n.span(study.compare_to.start, study.compare_to.end),
        "before": i18n.amount(float(metric.before), "hours"),
    }
    if metric.movement == "unclear":
        return _("In {period} it was {before} for the first reply; whether that moved cannot be told.", **values)
    if metric.change > 0:
        return _("In {period} it was {before} for the first reply: slower now, more than chance explains.", **values)
    return _("In {period} it was {before} for the first reply: faster now, more than chance explains.", **values)


def _freed(freed: Freed) -> str:
    hours = i18n.amount(abs(freed.hours), "hours")
    if freed.around is None:
        return _("by standard minutes {hours} would be free (estimated).", hours=i18n.amount(freed.hours, "hours"))
    ends = {
        "low": i18n.amount(freed.around.low, "hours", signed=True),
        "high": i18n.amount(freed.around.high, "hours", signed=True),
    }
    match freed.around.direction():
        case "up":
            return _("{hours} would be free ({low} to {high}).", hours=hours, **ends)
        case "down":
            return _("{hours} more would be needed, as these take longer ({low} to {high}).", hours=hours, **ends)
    return _("whether that frees hours cannot be told ({low} to {high}): an inquiry takes about as long there.", **ends)


def _at(found: Completion, share: float) -> dict[str, Any]:
    value, low, high = found.quantile(share)
    return {"median": i18n.amount(value or 0.0, "hours"), "around": _between(low, high)}


def _between(low: float | None, high: float | None) -> str:
    if low is None or pd.isna(low):
        return "–"
    if high is None or pd.isna(high):
        return _("at least {low}", low=i18n.amount(low, "hours"))
    return _("{low} to {high}", low=i18n.amount(low, "hours"), high=i18n.amount(high, "hours"))


def _cell(found: Completion, share: float) -> str:
    return _ends(*found.quantile(share))


def _ends(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or pd.isna(value):
        return "–"
    return _(
        "{value} ({low} to {high})",
        value=i18n.number(value, 1),
        low=i18n.number(low or 0.0, 1),
        high="–" if high is None or pd.isna(high) else i18n.number(high, 1),
    )
