"""Figures of the deeper topics."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.patches import Rectangle

from cskit import i18n
from cskit.i18n import _
from cskit.onboarding.balance import Plan
from cskit.onboarding.course import Course
from cskit.onboarding.flow import Flow
from cskit.onboarding.inputs import Balance
from cskit.onboarding.knowledge import Items
from cskit.onboarding.rise import Rise
from cskit.onboarding.ticks import month_ticks
from cskit.onboarding.words_course import quarter
from cskit.show import Chart, Finding
from cskit.style import COLOURS, Width, bar_rows, chart, shares_axis

__all__ = ["balance", "course", "flow", "items", "rise"]


def rise(found: Rise) -> Chart | Finding:
    """Self share of the months it rose in, the fitted line, and where it crosses half.

    >>> from cskit.onboarding import topics
    >>> print(rise(topics.rise(run, onboarding.months)).alt)
    Fitted rise of the self-onboarding share from 0 % in April 2020 to 70 % in September 2021.
    """
    fit = found.fit
    if fit is None:
        return Finding("")
    n = found.months.sum(axis=1)
    kept = found.months[n > 0]
    share = kept["self"] / kept.sum(axis=1)
    number = np.linspace(found.number, found.number + len(found.months) - 1, 100)
    days = date2num(found.months.index)
    x = np.interp(number, np.arange(len(days)) + found.number, days)

    def draw(ax: Axes, width: Width) -> None:
        ax.plot(kept.index, share, "o", ms=5, color=COLOURS["pale"])
        ax.plot(x, 1 / (1 + np.exp(-fit.intercept - fit.slope * number)), color=COLOURS["accent"])
        ax.axhline(0.5, color=COLOURS["soft"], lw=0.8, ls=(0, (3, 3)))
        if found.crossed and fit.interval and fit.at is not None:
            ends = np.interp([fit.interval.low, fit.at, fit.interval.high], np.arange(len(days)) + found.number, days)
            ax.plot(ends[[0, 2]], [0.5, 0.5], color=COLOURS["ink"], lw=5, alpha=0.35, solid_capstyle="butt")
            ax.plot(ends[1], 0.5, "o", ms=7, color=COLOURS["ink"])
        shares_axis(ax, 1.0)
        month_ticks(ax, width)
        ax.set_ylabel(_("self-onboarding share"))

    first, last = (i18n.month(kept.index[place].date()) for place in (0, -1))
    ends = {"a": i18n.share(float(share.iloc[0]), 0), "b": i18n.share(float(share.iloc[-1]), 0)}
    alt = _(
        "Fitted rise of the self-onboarding share from {a} in {first} to {b} in {last}.", first=first, last=last, **ends
    )
    caption = _(
        "Points: months; line: logistic regression; bar: interval of the crossing (Fieller); n = {n}.",
        n=i18n.number(int(n.sum())),
    )
    return chart(draw, alt, caption, 2.6)


def course(path: Course | None) -> Chart | Finding:
    """The path through the quarters: self share across, coverage up.

    >>> print(course(path).alt)
    Path by quarter from 0 % self-onboarding and 77 % coverage to 67 % and 58 %.
    """
    if path is None:
        return Finding("")
    points, stations = path.points, path.stations
    named: dict[pd.Timestamp, str] = {}
    for name, said in (("start", _("start")), ("peak", _("peak")), ("now", _("now"))):
        named[stations[name]] = ", ".join(filter(None, (named.get(stations[name], ""), said)))

    def draw(ax: Axes, width: Width) -> None:
        ax.plot(points["self_share"], points["coverage"], color=COLOURS["pale"], lw=1.5, marker="o", ms=3.5)
        for day, said in named.items():
            x, y = float(points["self_share"][day]), float(points["coverage"][day])
            ax.plot(x, y, "o", ms=8, color=COLOURS["accent"])
            text = f"{said}\n{quarter(day)}"
            above = y >= float(points["coverage"].median())
            side = "left" if x < 0.25 else "right" if x > 0.5 else "center"
            offset, va = ((0, 9), "bottom") if above else ((0, -9), "top")
            ax.annotate(text, (x, y), offset, textcoords="offset points", ha=side, va=va)
        shares_axis(ax, 1.05)
        ax.xaxis.set_major_formatter(lambda value, _place: i18n.share(value, 0))
        ax.set_xlim(-0.03, max(0.9, float(points["self_share"].max()) + 0.12))
        ax.set_xlabel(_("efficiency: self-onboarding share"))
        ax.set_ylabel(_("knowledge: hearing coverage"))

    first, last = points.iloc[0], points.iloc[-1]
    alt = _(
        "Path by quarter from {a} self-onboarding and {c} coverage to {b} and {d}.",
        a=i18n.share(first["self_share"], 0),
        b=i18n.share(last["self_share"], 0),
        c=i18n.share(first["coverage"], 0),
        d=i18n.share(last["coverage"], 0),
    )
    caption = _(
        "One point a quarter of start, of onboardings whose day for hearings has passed; n = {n}.",
        n=i18n.number(int(points["n"].sum())),
    )
    return chart(draw, alt, caption, 3.4)


def flow(found: Flow | None) -> Chart | Finding:
    """Mean days by step, split by whose turn it was.

    >>> print(flow(steps).alt)
    Mean days by step: kick-off 9.1 days; configuration 8.5 days; data import 8.8 days; training 7.2
    days; first use 7.3 days.
    """
    if found is None or found.steps.empty:
        return Finding("")
    steps = found.steps
    theirs = steps["mean"] * steps["customer"]
    top = float(steps["mean"].max()) or 1.0

    def draw(ax: Axes, width: Width) -> None:
        for place, (mean, own) in enumerate(zip(steps["mean"], theirs, strict=True)):
            ax.barh(place, own, color=COLOURS["accent"], height=0.55)
            ax.barh(place, mean - own, left=own, color=COLOURS["pale"], height=0.55)
            text = _("{x} days", x=i18n.number(mean, 1))
            ax.annotate(text, (mean, place), (6, 0), textcoords="offset points", va="center")
        for x, said in ((0.0, _("customer's turn")), (float(theirs.iloc[0]), _("ours"))):
            ax.annotate(said, (x, -0.32), (2, 2), textcoords="offset points", color=COLOURS["soft"])
        bar_rows(ax, [i18n.term(str(step)) for step in steps.index], 0.85)
        ax.set_xlim(0, top * (1.2 if width == "wide" else 1.5))

    said = i18n.several(
        _("{step} {days} days", step=i18n.term(str(step)), days=i18n.number(mean, 1))
        for step, mean in steps["mean"].items()
    )
    alt = _("Mean days by step: {steps}.", steps=said)
    caption = _(
        "Mean days of the steps done, the customer's turn first, then ours; n = {n} onboardings.",
        n=i18n.number(found.waiting_n),
    )
    return chart(draw, alt, caption, 0.5 + 0.42 * len(steps))


def items(found: Items | None) -> Chart | Finding:
    """Each item by month, as a heat map with its numbers.

    >>> from cskit.onboarding import topics
    >>> print(items(topics.items(run)).alt)
    Share learnt in time by item, Jul 2022–Apr 2023: goal 59 %; measure of success 64 %; decision maker
    62 %; current process 46 %; busy season 55 %.
    """
    if found is None:
        return Finding("")
    names = [i18n.term(str(item)) for item in found.by_month.index]

    def draw(ax: Axes, width: Width) -> None:
        months = found.by_month if width == "wide" else found.by_month.iloc[:, -5:]
        values = months.to_numpy(float)
        for row in range(values.shape[0]):
            for column in range(values.shape[1]):
                value = values[row, column]
                box = (column - 0.48, row - 0.46)
                # Paler where less is known; the number says it.
                ax.add_patch(_cell(box, COLOURS["accent"], 0.08 + 0.42 * value))
                ax.text(column, row, i18n.number(100 * value), ha="center", va="center")
        ax.set_xlim(-0.5, values.shape[1] - 0.5)
        ax.set_ylim(values.shape[0] - 0.5, -0.5)
        ax.set_yticks(range(len(names)), names)
        labels = [i18n.month(month.date(), short=True) for month in pd.DatetimeIndex(months.columns)]
        ax.set_xticks(range(len(labels)), labels)
        ax.tick_params(length=0)
        ax.spines[["left", "bottom"]].set_visible(False)

    said = i18n.several(
        f"{name} {i18n.share(value, 0)}" for name, value in zip(names, found.overall.to_numpy(float), strict=True)
    )
    starts = pd.DatetimeIndex(found.by_month.columns)
    span = i18n.span(starts[0].date(), starts[-1].date())
    alt = _("Share learnt in time by item, {months}: {items}.", months=span, items=said)
    caption = _(
        "Learnt in time, in per cent of the onboardings started in the month, {months}; {low} to {high} a month.",
        months=span,
        low=i18n.number(int(found.month_n.min())),
        high=i18n.number(int(found.month_n.max())),
    )
    return chart(draw, alt, caption, 0.6 + 0.36 * len(names))


def balance(found: Balance | None) -> Chart | Finding:
    """The cheapest mix at each level of knowledge; where we are, and what is asked for.

    >>> from cskit.onboarding import topics
    >>> print(balance(topics.balance(run)).alt)
    The cheapest mix by what is to be learnt: from 100 % self-onboarding at 35 % to 0 % at 88 %.
    """
    if found is None or len(found.frontier) < 2:
        return Finding("")
    best, line = found.best, found.frontier

    def draw(ax: Axes, width: Width) -> None:
        ax.plot(line["knowledge"], line["self_share"], color=COLOURS["pale"], lw=3)
        marks = [(found.now.knowledge, found.now.self_share, _("last 12 months"), COLOURS["ink"])]
        if isinstance(best, Plan):
            marks.append((best.knowledge, best.self_share, _("balanced"), COLOURS["accent"]))
            band = found.band.self_share
            if band:
                ax.plot([best.knowledge] * 2, [band.low, band.high], color=COLOURS["accent"], lw=5, alpha=0.35)
        for x, y, said, colour in marks:
            ax.plot(x, y, "o", ms=8, color=colour)
            text = f"{said} {i18n.share(y, 0)}"
            ax.annotate(text, (x, y), (8, 6), textcoords="offset points", color=colour)
        shares_axis(ax, 1.05)
        ax.set_xlim(0, 1.02)
        ax.xaxis.set_major_formatter(lambda value, _place: i18n.share(value, 0))
        ax.set_xlabel(_("knowledge: hearing coverage"))
        ax.set_ylabel(_("self-onboarding share"))

    alt = _(
        "The cheapest mix by what is to be learnt: from {a} self-onboarding at {c} to {b} at {d}.",
        a=i18n.share(float(line["self_share"].iloc[0]), 0),
        b=i18n.share(float(line["self_share"].iloc[-1]), 0),
        c=i18n.share(float(line["knowledge"].iloc[0]), 0),
        d=i18n.share(float(line["knowledge"].iloc[-1]), 0),
    )
    caption = _("Line: least cost of hours and expected loss at each level of knowledge; bar: resampled inputs.")
    return chart(draw, alt, caption, 3.0)


def _cell(corner: tuple[float, float], colour: str, alpha: float) -> Rectangle:
    return Rectangle(corner, 0.96, 0.92, color=colour, alpha=alpha, lw=0)
