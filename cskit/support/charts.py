"""Figures on support readiness."""

from typing import Literal

import numpy as np
from babel.dates import get_day_names
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cskit import i18n
from cskit.i18n import _
from cskit.show import Chart, Finding
from cskit.style import COLOURS, Width, bar_rows, chart, interval_rows
from cskit.support.analysis import Study
from cskit.support.load import Load
from cskit.support.silence import SIGNALS
from cskit.support.words_silence import signal_name

__all__ = ["channels", "joined", "load", "replies", "searches", "self_resolution", "silent"]

TERMS = 8  # searched for in vain, shown by name
SLOWEST = 0.9  # the curve of replies is drawn until so many were answered


def self_resolution(study: Study) -> Chart | Finding:
    """Visits that no inquiry followed, in both periods.

    >>> print(self_resolution(desk).alt)
    Oct–Dec 2022: 76.8 % of help visits ended without an inquiry, interval 73.3 % to 79.9 %. Apr–Jun
    2023: 77.5 % of help visits ended without an inquiry, interval 74.5 % to 80.3 %.
    """
    pair = [(_when(study, side), faq.visits.resolved) for side, faq in enumerate((study.faq_before, study.faq))
            if faq.visits and faq.visits.resolved]  # fmt: skip
    if not pair:
        return Finding("")
    rows = [
        (
            f"{name}\n" + i18n.n_("{n} visit", "{n} visits", one.n),
            one.value,
            one.around.low,
            one.around.high,
            i18n.share(one.value),
        )
        for name, one in pair
    ]

    def draw(ax: Axes, width: Width) -> None:
        narrow = width == "narrow"
        interval_rows(ax, [(i18n.several(row[0].split("\n"), ", ") if narrow else row[0], *row[1:]) for row in rows],
                      narrow=narrow)  # fmt: skip
        low, high = min(row[2] for row in rows), max(row[3] for row in rows)
        room = max(0.02, (high - low) / 3)
        ax.set_xlim(max(0.0, low - room), min(1.0, high + room))
        ax.xaxis.set_major_formatter(lambda value, _place: i18n.share(value, 0))

    alt = i18n.sentences(
        *(
            _(
                "{period}: {share} of help visits ended without an inquiry, interval {low} to {high}.",
                period=name,
                share=i18n.share(one.value),
                low=i18n.share(one.around.low),
                high=i18n.share(one.around.high),
            )
            for name, one in pair
        )
    )
    level = i18n.share(study.confidence, 0)
    caption = _("Visits that no inquiry followed, with {level} intervals over customers.", level=level)
    return chart(draw, alt, caption, 0.7 + 0.75 * len(rows))


def searches(study: Study) -> Chart | Finding:
    """What is looked for most often and not found.

    >>> print(searches(desk).alt)
    Searches without result: 請求書 25; time zone 16; 担当者変更 15; バックアップ 14; 領収書 12; ...
    """
    found = study.faq.searches
    rows = found.rows[found.rows["without_result"] > 0].head(TERMS) if found else None
    if rows is None or rows.empty:
        return Finding("")
    names = [str(term) for term in rows["term"]]

    def draw(ax: Axes, width: Width) -> None:
        ax.barh(range(len(rows)), rows["searches"], color=COLOURS["line"], height=0.55)
        ax.barh(range(len(rows)), rows["without_result"], color=COLOURS["accent"], height=0.55)
        for place, (lost, all_) in enumerate(zip(rows["without_result"], rows["searches"], strict=True)):
            said = _("{lost} of {all}", lost=i18n.number(lost), all=i18n.number(all_))
            ax.annotate(said, (max(all_, lost), place), (6, 0), textcoords="offset points", va="center")
        bar_rows(ax, names)
        ax.set_xlim(0, float(rows["searches"].max()) * (1.22 if width == "wide" else 1.45))

    said = i18n.several(f"{name} {i18n.number(lost)}" for name, lost in zip(names, rows["without_result"], strict=True))
    caption = _("Searches of the period by term, pale; those without a result, dark.")
    return chart(draw, _("Searches without result: {terms}.", terms=said), caption, 0.5 + 0.36 * len(rows))


def channels(study: Study) -> Chart | Finding:
    """Each channel's share of inquiries and of hours.

    >>> print(channels(desk).alt)
    By channel: mail 40 % of inquiries and 41 % of hours; phone 32 % of inquiries and 32 % of hours;
    chat 18 % of inquiries and 13 % of hours; form 10 % of inquiries and 14 % of hours.
    """
    found = study.channels
    if found is None:
        return Finding("")
    rows = found.rows
    names = [i18n.term(str(name)) for name in rows.index]
    sides = (("share", COLOURS["pale"], 0.19), ("hours_share", COLOURS["accent"], -0.19))

    def draw(ax: Axes, width: Width) -> None:
        places = np.arange(len(rows))
        for column, colour, shift in sides:
            ax.barh(places - shift, rows[column], color=colour, height=0.36)
            count = rows["n"] if column == "share" else rows["hours"]
            for place, value, what in zip(places - shift, rows[column], count, strict=True):
                told = i18n.number(what) if column == "share" else i18n.amount(what, "hours")
                said = f"{i18n.share(value, 0)} ({told})"
                ax.annotate(said, (value, place), (5, 0), textcoords="offset points", va="center")
        bar_rows(ax, names)
        ax.set_xlim(0, float(rows[["share", "hours_share"]].to_numpy().max()) * (1.3 if width == "wide" else 1.6))

    said = i18n.several(
        _(
            "{channel} {share} of inquiries and {hours} of hours",
            channel=name,
            share=i18n.share(row["share"], 0),
            hours=i18n.share(row["hours_share"], 0),
        )
        for name, (_place, row) in zip(names, rows.iterrows(), strict=True)
    )
    caption = _("Share of inquiries (upper, pale) and of handling hours (lower, dark) by channel.")
    return chart(draw, _("By channel: {channels}.", channels=said), caption, 0.5 + 0.6 * len(rows))


def joined(study: Study) -> Chart | Finding:
    """Which records can be followed from one to the other.

    >>> print(joined(desk).alt)
    Records that can be followed: inquiries with a known customer 94.0 % (347 of 369); customers with a
    contract that runs 100.0 % (481 of 481); customers with an inquiry or ...
    """
    parts = []
    if study.now and study.now.n:
        parts.append((_("inquiries with a known customer"), *study.now.joined))
    if study.records is not None and len(study.records.rows):
        rows, n = study.records.rows, len(study.records.rows)
        parts.append((_("customers with a contract that runs"), int(rows["in_contract"].sum()), n))
        parts.append((_("customers with an inquiry or help visit"), int(rows["has_inquiry"].sum()), n))
        parts.append((_("customers with both"), study.records.meet, n))
    if not parts:
        return Finding("")
    told = [
        _("{share} ({k} of {n})", share=i18n.share(yes / n), k=i18n.number(yes), n=i18n.number(n))
        for _name, yes, n in parts
    ]

    def draw(ax: Axes, width: Width) -> None:
        narrow = width == "narrow"
        thick = 0.26 if narrow else 0.4
        for place, ((name, yes, n), said) in enumerate(zip(parts, told, strict=True)):
            ax.barh(place, 1, color=COLOURS["line"], height=thick)
            ax.barh(place, yes / n, color=COLOURS["accent"], height=thick)
            if narrow:
                ax.annotate(f"{name}\n{said}", (0, place - thick / 2), (0, 3), textcoords="offset points", va="bottom")
            else:
                ax.annotate(said, (1, place), (6, 0), textcoords="offset points", va="center")
        bar_rows(ax, [""] * len(parts) if narrow else [name for name, _yes, _n in parts], 1.0 if narrow else None)
        ax.set_xlim(0, 1 if narrow else 1.5)

    said = i18n.several(f"{name} {text}" for (name, _yes, _n), text in zip(parts, told, strict=True))
    caption = _("Inquiries of the period, and current customers on its last day.")
    return chart(draw, _("Records that can be followed: {rows}.", rows=said), caption, 0.5 + 0.52 * len(parts))


def replies(study: Study) -> Chart | Finding:
    """Share of inquiries answered within so many business hours, now and before.

    >>> print(replies(desk).alt)
    First replies. Oct–Dec 2022: half within 0.8 h; Apr–Jun 2023: half within 0.8 h.
    """
    sides = ((0, study.before, COLOURS["soft"]), (1, study.now, COLOURS["accent"]))
    both = [
        (_when(study, side), found.reply, colour) for side, found, colour in sides if found and len(found.reply.days)
    ]
    if not both or study.now is None or not len(study.now.reply.days):
        return Finding("")
    ends = [each.quantile(SLOWEST)[0] or float(each.days[-1]) for _name, each, _colour in both]
    last = max(*ends, 1.0)

    def draw(ax: Axes, width: Width) -> None:
        for _name, each, colour in both:
            seen = each.days <= last
            x, y = np.append(each.days[seen], last), np.append(each.done[seen], each.done[seen][-1:])
            ax.step(np.insert(x, 0, 0.0), np.insert(y, 0, 0.0), where="post", color=colour)
            if each is both[-1][1]:
                low, high = (np.append(end[seen], end[seen][-1:]) for end in (each.low, each.high))
                ax.fill_between(x, low, high, step="post", color=COLOURS["pale"], alpha=0.45, lw=0)
        for place, (name, _each, colour) in enumerate(both):
            ax.annotate(name, (0.97, 0.08 + 0.11 * place), xycoords="axes fraction", ha="right", color=colour)
        ax.axhline(0.5, color=COLOURS["line"], lw=1, zorder=0)
        ax.set(xlim=(0, last), ylim=(0, 1))
        ax.yaxis.set_major_formatter(lambda value, _place: i18n.share(value, 0))
        ax.set_xlabel(_("business hours until the first reply"))

    said = i18n.several(
        _("{period}: half within {hours}", period=name, hours=i18n.amount(each.median, "hours"))
        for name, each, _colour in both
        if each.median is not None
    )
    caption = _("Share of inquiries answered by a person; those not answered yet are counted until the period's end.")
    return chart(draw, _("First replies. {periods}.", periods=said or "–"), caption, 2.4)


def load(found: Load | None) -> Chart | Finding:
    """Inquiries by hour and weekday, each number in its cell.

    >>> print(load(when).alt)
    Inquiries by weekday and hour: most on Tuesday at 11:00, 24 of 369.
    """
    if found is None:
        return Finding("")
    counts = found.counts
    most = max(int(counts.to_numpy().max()), 1)

    def draw(ax: Axes, width: Width) -> None:
        for y, (_hour, row) in enumerate(counts.iterrows()):
            for x, value in enumerate(row):
                cell = Rectangle((x - 0.5, y - 0.5), 1, 1, lw=0, facecolor=COLOURS["accent"], alpha=0.5 * value / most)
                ax.add_patch(cell)
                if value:
                    ax.text(x, y, i18n.number(value), ha="center", va="center")
        ax.set_xlim(-0.5, 6.5)
        ax.set_ylim(len(counts) - 0.5, -0.5)
        ax.set_xticks(range(7), [_weekday(day) for day in range(7)])
        ax.xaxis.tick_top()
        ax.set_yticks(range(len(counts)), [_("{hour}:00", hour=hour) for hour in counts.index])
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)

    day, hour, n = found.busiest
    alt = _(
        "Inquiries by weekday and hour: most on {day} at {hour}, {n} of {all}.",
        day=_weekday(day, "wide"),
        hour=_("{hour}:00", hour=hour),
        n=i18n.number(n),
        all=i18n.number(found.n),
    )
    caption = _("Inquiries of the period by the hour in which they came, all channels.")
    return chart(draw, alt, caption, 0.7 + 0.24 * len(counts))


def silent(study: Study) -> Chart | Finding:
    """Customers silent, heard and not known, by signal.

    >>> print(silent(desk).alt)
    Signals. Contact: 12 silent, 469 heard, 0 not known; Use: 11 silent, 381 heard, 89 not known;
    Inquiry: 44 silent, 437 heard, 0 not known; NPS answer: 7 silent, 31 heard, ...
    """
    if study.silent is None:
        return Finding("")
    rows = study.silent
    counts = {name: (int(rows[name].eq(True).sum()), int(rows[name].eq(False).sum()), int(rows[name].isna().sum()))
              for name in SIGNALS}  # fmt: skip
    colours = (COLOURS["action"], COLOURS["pale"], COLOURS["line"])

    def draw(ax: Axes, width: Width) -> None:
        least = len(rows) * (0.06 if width == "wide" else 0.1)
        for place, parts in enumerate(counts.values()):
            left = 0
            for part, colour in zip(parts, colours, strict=True):
                ax.barh(place, part, left=left, color=colour, height=0.6, edgecolor="white", lw=1)
                if part >= least:
                    ink = "white" if colour == COLOURS["action"] else COLOURS["ink"]
                    ax.text(left + part / 2, place, i18n.number(part), ha="center", va="center", color=ink)
                left += part
            if parts[0] < least:
                ax.annotate(i18n.number(parts[0]), (0, place), (-4, 0), textcoords="offset points", ha="right",
                            va="center", color=COLOURS["action"])  # fmt: skip
        bar_rows(ax, [signal_name(name) for name in counts])
        ax.tick_params(axis="y", pad=22)
        ax.set_xlim(0, len(rows))

    said = i18n.several(
        _(
            "{signal}: {silent} silent, {heard} heard, {unknown} not known",
            signal=signal_name(name),
            silent=i18n.number(parts[0]),
            heard=i18n.number(parts[1]),
            unknown=i18n.number(parts[2]),
        )
        for name, parts in counts.items()
    )
    caption = _(
        "Customers by signal: silent (red, left), heard (middle), not known (pale, right); n = {n}.",
        n=i18n.number(len(rows)),
    )
    return chart(draw, _("Signals. {signals}.", signals=said), caption, 0.5 + 0.42 * len(SIGNALS))


def _when(study: Study, side: int) -> str:
    """The months of the period of comparison (0) or of the report (1)."""
    period = (study.compare_to, study.period)[side]
    return i18n.span(period.start, period.end)


def _weekday(day: int, form: Literal["abbreviated", "wide"] = "abbreviated") -> str:
    return str(get_day_names(form, locale=i18n.language())[day])
