"""Figures on onboarding."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.ticker import FuncFormatter

from cskit import i18n
from cskit.i18n import _
from cskit.onboarding.analysis import Study
from cskit.onboarding.charts_topics import balance, course, flow, items, rise
from cskit.onboarding.mix import Mix
from cskit.onboarding.ticks import month_ticks
from cskit.show import Chart, Finding
from cskit.style import (
    COLOURS,
    ROUTE_COLOURS,
    Width,
    chart,
    interval_rows,
    label_end,
    shares_axis,
    target_line,
)

__all__ = ["balance", "course", "days", "flow", "items", "knowledge", "mix", "rise"]


def mix(study: Study) -> Chart | Finding:
    """Self share by month, with its interval and the crossover.

    >>> print(mix(onboarding).alt)
    Self-onboarding share by month: 0 % in April 2020, 58 % in June 2023. Highest: 80 % in December
    2021.
    """
    months = study.months[study.months.sum(axis=1) > 0]
    if months.empty:
        return Finding(_("No onboarding is recorded by then."))
    mixes = [Mix(*(int(value) for value in row)) for row in months.to_numpy()]
    shares = np.array([one.self_share for one in mixes], float)
    ends = [one.interval(study.confidence) for one in mixes]
    crossing = float(date2num(study.crossover)) if study.crossover else 0.0
    target = next((one.target for one in study.metrics if one.name == "onboarding.self_share"), None)

    def draw(ax: Axes, width: Width) -> None:
        ax.fill_between(
            months.index, [e.low for e in ends], [e.high for e in ends], color=COLOURS["pale"], alpha=0.35, lw=0
        )
        ax.plot(months.index, shares, color=COLOURS["accent"])
        ax.axhline(0.5, color=COLOURS["line"], lw=1)
        shares_axis(ax, 1.0)
        if study.crossover:
            ax.axvline(crossing, color=COLOURS["soft"], lw=0.8, ls=(0, (3, 3)))
            said = _("self overtakes high touch, {month}", month=i18n.month(study.crossover))
            said = said if width == "wide" else said.replace(", ", "\n").replace("(", "\n(")
            ax.annotate(said, (crossing, 0.02), (5, 0), textcoords="offset points", color=COLOURS["soft"])
        if target is not None:
            target_line(ax, target, _("target {value}", value=i18n.share(target, 0)), upright=False)
        month_ticks(ax, width)
        ax.set_ylabel(_("self-onboarding share"))

    first, last = months.index[0].date(), months.index[-1].date()
    alt = _(
        "Self-onboarding share by month: {a} in {first}, {b} in {last}.",
        a=i18n.share(shares[0], 0),
        first=i18n.month(first),
        b=i18n.share(shares[-1], 0),
        last=i18n.month(last),
    )
    if study.highest:
        alt = i18n.sentences(
            alt,
            _(
                "Highest: {share} in {month}.",
                share=i18n.share(study.highest[1].self_share or 0, 0),
                month=i18n.month(study.highest[0]),
            ),
        )
    n = i18n.number(int(months.to_numpy().sum()))
    level = i18n.share(study.confidence, 0 if study.confidence == round(study.confidence, 2) else 1)
    caption = _("Share of onboardings started in the month, with {level} Wilson interval; n = {n}.", level=level, n=n)
    return chart(draw, alt, caption, 2.7)


def days(study: Study) -> Chart | Finding:
    """Share completed by day, by route.

    >>> print(days(onboarding).alt)
    Share of onboardings completed by day. high touch: half completed by day 62; hybrid: half completed
    by day 49; self-onboarding: half completed by day 26.
    """
    shown = {route: done for route, done in study.by_route.items() if len(done.days)}
    if not shown:
        return Finding(_("No onboarding was completed in these months."))
    # Up to the last completion: beyond it every line is flat, however long the unfinished ones have waited.
    longest = 1.05 * max(done.days[np.argmax(done.done >= done.done[-1])] for done in shown.values())

    def draw(ax: Axes, width: Width) -> None:
        free = 2.0
        for route, done in sorted(shown.items(), key=lambda pair: -pair[1].done[-1]):
            inside = done.days <= longest
            x, y = np.r_[0, done.days[inside], longest], np.r_[0, done.done[inside], done.done[inside][-1]]
            ax.step(x, y, where="post", color=ROUTE_COLOURS[route])
            free = min(y[-1], free - 0.09)  # one below the other where lines end together
            label_end(ax, longest, free, i18n.term(route), ROUTE_COLOURS[route])
        ax.axhline(0.5, color=COLOURS["soft"], lw=0.8, ls=(0, (3, 3)))
        shares_axis(ax, 1.03)
        ax.set_xlabel(_("days since kick-off"))
        ax.set_ylabel(_("completed"))
        ax.margins(x=0)

    said = i18n.several(
        _("{route}: half completed by day {days}", route=i18n.term(route), days=i18n.number(done.median))
        if done.median is not None
        else _("{route}: fewer than half completed", route=i18n.term(route))
        for route, done in shown.items()
    )
    caption = _(
        "Onboardings started in the 12 months to {day}; open ones count until then, customers that left before never "
        "complete (Aalen-Johansen); n = {n}.",
        day=i18n.day(study.as_of),
        n=i18n.number(study.overall.n),
    )
    return chart(draw, _("Share of onboardings completed by day. {routes}.", routes=said), caption, 2.7)


def knowledge(study: Study) -> Chart:
    """Hearing coverage by route, with its interval and the target.

    >>> print(knowledge(onboarding).alt)
    Hearing coverage by route: high touch 100 %, interval 51 % to 100 %; hybrid 83 %, interval 61 % to
    94 %; self-onboarding 49 %, interval 39 % to 60 %.
    """
    rows, routes = _known_by_route(study)
    target = next((one.target for one in study.metrics if one.name == "onboarding.hearing_coverage"), None)

    def draw(ax: Axes, width: Width) -> None:
        narrow = width == "narrow"
        told = [(row[0].replace("\n", ", ") if narrow else row[0], *row[1:]) for row in rows]
        interval_rows(ax, told, narrow=narrow, colours=[ROUTE_COLOURS[route] for route in routes])
        ax.set_xlim(0, 1.04)
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: i18n.share(value, 0)))
        if target is not None:
            target_line(ax, target, _("target {value}", value=i18n.share(target, 0)), upright=True)

    said = i18n.several(
        _(
            "{route} {share}, interval {low} to {high}",
            route=label.split("\n")[0],
            share=text,
            low=i18n.share(low, 0),
            high=i18n.share(high, 0),
        )
        for label, _share, low, high, text in rows
    )
    alt = _("Hearing coverage by route: {routes}.", routes=said) if rows else _("Hearing coverage is not known.")
    if target is not None and rows:
        alt = i18n.sentences(alt, _("Target: {value}.", value=i18n.share(target, 0)))
    level = i18n.share(study.confidence, 0)
    caption = _("Share of the required items answered in time, by route, with {level} intervals.", level=level)
    return chart(draw, alt, caption, 0.7 + 0.7 * max(len(rows), 1))


def _known_by_route(study: Study) -> tuple[list[tuple[str, float, float, float, str]], list[str]]:
    """A row of the figure for each route that was taken, and its name."""
    known = study.coverage
    if known is None:
        return [], []
    routes = [route for route in ROUTE_COLOURS if route in known.by_route]
    rows = []
    for route in routes:
        (share, n), ends = known.by_route[route], known.around[route]
        label = f"{i18n.term(route)}\nn={i18n.number(n)}"
        rows.append((label, share, ends.low, ends.high, i18n.share(share, 0)))
    return rows, routes
