"""Figures on workload."""

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import MonthLocator, date2num, num2date
from matplotlib.ticker import FuncFormatter, NullFormatter

from cskit import i18n
from cskit.i18n import _
from cskit.show import Chart, Finding, compared_with
from cskit.style import COLOURS, Width, bar_rows, chart, interval_rows, label_end, points, shares_axis
from cskit.workload.analysis import Study
from cskit.workload.cost import Costs
from cskit.workload.initiatives import Initiative
from cskit.workload.outlook import Outlook

__all__ = ["costs", "initiatives", "modes", "outlook", "overload", "tasks"]

TASKS = 8  # shown by name
LEAST_CHANCE = 0.05  # of too few hours, from which on the months are drawn: below, the words say it is rare
OTHERS = "\0others"  # no export holds it


def tasks(study: Study) -> Chart:
    """Hours by task, those of the comparison beside.

    >>> print(tasks(hours).alt)
    Hours by task: follow-up 373 h; preparation 306 h; regular meeting 236 h; internal meeting 212 h;
    onboarding 198 h; reporting 138 h; training 118 h; inquiry 106 h; all ...
    """
    shown, before = _most(study.now.by("task")), study.before.by("task") if study.before else None
    before = before if before is None else _most(before, list(shown.index[:TASKS]))

    def draw(ax: Axes, width: Width) -> None:
        for place, (task, value) in enumerate(shown.items()):
            ax.barh(place, value, color=COLOURS["accent"], height=0.55)
            earlier = 0.0 if before is None else float(before.get(task, 0.0))
            if before is not None:
                ax.plot([earlier, earlier], [place - 0.36, place + 0.36], color=COLOURS["ink"], lw=2)
            ax.annotate(
                i18n.amount(value, "hours"),
                (max(value, earlier), place),
                (6, 0),
                textcoords="offset points",
                va="center",
            )
        if before is not None and len(shown):
            mark = (float(before.get(shown.index[0], 0.0)), -0.38)
            said = compared_with(next(one for one in study.metrics if one.name == "workload.hours"))
            ax.annotate(said, mark, (0, 2), textcoords="offset points", color=COLOURS["soft"], ha="center")
        bar_rows(ax, [_task(str(task)) for task in shown.index], 0.9)
        ax.margins(x=0.2)

    said = i18n.several(f"{_task(str(task))} {i18n.amount(value, 'hours')}" for task, value in shown.items())
    marked = _("Hours of the period by task; the upright mark is the period of comparison.")
    caption = _("Hours of the period by task.") if before is None else marked
    return chart(draw, _("Hours by task: {tasks}.", tasks=said), caption, 0.5 + 0.38 * max(len(shown), 1))


def modes(study: Study) -> Chart:
    """Meetings, meeting hours and total hours after the change, of 100 % before.

    >>> print(modes(hours).alt)
    After the change of support mode, of 100 % before: meetings 33 %; meeting hours 81 %; total hours 47
    %.
    """
    found = study.modes
    names = {"meetings": _("meetings"), "meeting_hours": _("meeting hours"), "total_hours": _("total hours")}
    known = {one.name.removeprefix("workload.").removesuffix("_ratio"): one for one in study.metrics}
    rows = [
        (label, float(ratio), known.get(name))
        for name, label in names.items()
        if found is not None and (ratio := getattr(found, name)) is not None
    ]

    def draw(ax: Axes, width: Width) -> None:
        for place, (_label, ratio, one) in enumerate(rows):
            ax.barh(place, 1, color=COLOURS["line"], height=0.55)
            ax.barh(place, ratio, color=COLOURS["accent"], height=0.55)
            if one is not None and one.low is not None and one.high is not None:
                ax.plot([one.low, one.high], [place, place], color=COLOURS["ink"], lw=2, solid_capstyle="butt")
            ax.annotate(
                i18n.share(ratio, 0),
                (max(ratio, 1), place),
                (6, 0),
                textcoords="offset points",
                va="center",
                weight="bold",
            )
        ax.axvline(1 / 3, color=COLOURS["soft"], lw=1, ls=(0, (3, 3)))
        ax.annotate("1/3", (1 / 3, -0.5), (4, 2), textcoords="offset points", color=COLOURS["soft"])
        bar_rows(ax, [row[0] for row in rows], 0.8)
        ax.margins(x=0.15)

    said = i18n.several(f"{label} {i18n.share(ratio, 0)}" for label, ratio, _one in rows) or _("not known")
    n = i18n.number(found.customers) if found else "0"
    caption = _(
        "Per customer and month after the change of mode, of 100 % in the 12 months before; thin lines: intervals; "
        "n = {n} customers.",
        n=n,
    )
    return chart(draw, _("After the change of support mode, of 100 % before: {ratios}.", ratios=said), caption, 1.9)


def costs(found: Costs) -> Chart | Finding:
    """What each customer costs against what it pays, and where a customer is dear.

    >>> print(costs(spent).alt)
    Cost of direct work against ARR of 373 customers: 70 cost more than 15 % of their ARR.
    """
    rows = found.rows[(found.rows["arr"] > 0) & (found.rows["cost"] > 0)]
    if rows.empty:
        return Finding("")
    dear, others = rows[rows["of_arr"] > found.limit], rows[rows["of_arr"] <= found.limit]
    ends = np.array([rows["arr"].min() / 1.5, rows["arr"].max() * 1.5])

    def draw(ax: Axes, width: Width) -> None:
        ax.set(xscale="log", yscale="log", xlim=ends)
        points(ax, others["arr"], others["cost"], COLOURS["accent"])
        points(ax, dear["arr"], dear["cost"], COLOURS["action"])
        ax.plot(ends, found.limit * ends, color=COLOURS["ink"], lw=1, ls=(0, (3, 3)))
        said = _("{share} of ARR", share=i18n.share(found.limit, 0))
        last = (ends[1], found.limit * ends[1])
        ax.annotate(said, last, (-6, 0), textcoords="offset points", color=COLOURS["soft"], ha="right", va="center")
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _place: i18n.money(value)))
            axis.set_minor_formatter(NullFormatter())
        ax.set_xlabel(_("ARR"))
        ax.set_ylabel(_("direct work, cost a year"))

    alt = _(
        "Cost of direct work against ARR of {n} customers: {dear} cost more than {share} of their ARR.",
        n=i18n.number(len(rows)),
        dear=i18n.number(len(dear)),
        share=i18n.share(found.limit, 0),
    )
    caption = _(
        "One point a customer, both scales by powers of ten; above the line a customer is dear. n = {n}.",
        n=i18n.number(len(rows)),
    )
    return chart(draw, alt, caption, 3.4)


def initiatives(found: tuple[Initiative, ...] | None) -> Chart | Finding:
    """Change of a typical case after each initiative, with its interval.

    >>> from cskit import workload
    >>> print(initiatives(workload.initiatives(run)).alt)
    Change of a typical case: 議事録テンプレート +4 %; 支援モード選択制 +4 %; FAQ refresh −6 %; ...
    """
    told = [(one.name, one.change) for one in found or () if one.change and one.change.interval.high < 20]
    if not told:
        return Finding(_("No initiative can be compared yet."))

    def draw(ax: Axes, width: Width) -> None:
        rows = [
            (name, change.ratio - 1, change.interval.low - 1, change.interval.high - 1, _percent(change.ratio - 1))
            for name, change in told
        ]
        interval_rows(ax, rows, narrow=width == "narrow")
        ax.xaxis.set_major_formatter(lambda value, _place: _percent(value))
        ax.set_xlabel(_("minutes of a typical case, after against before"))

    said = i18n.several(f"{name} {_percent(change.ratio - 1)}" for name, change in told)
    caption = _("Year after against year before, ratio of geometric means; customers' cases counted together.")
    alt = _("Change of a typical case: {initiatives}.", initiatives=said)
    return chart(draw, alt, caption, 0.7 + 0.7 * len(told))


def outlook(found: Outlook | None, moved: Outlook | None = None, before: Outlook | None = None) -> Chart | Finding:
    """Hours there were and are to come, against the hours planned to be worked at most.

    Parameters
    ----------
    found : Outlook or None
    moved : Outlook or None
        The same had the support modes changed as asked; None: it is not asked.
    before : Outlook or None
        What was planned by other settings; shown where it is another plan.

    Examples
    --------
    >>> print(outlook(ahead).alt)
    Hours a month: 687 expected in June 2024 (557 to 858), 912 planned at most.
    """
    if found is None:
        return Finding("")
    past, ahead = found.history.iloc[-12:], found.months
    lines = [
        ("load", _("load"), ahead["load"], COLOURS["accent"]),
        ("plan", _("plan"), ahead["room"], COLOURS["action"]),
    ]
    if moved is not None:
        lines.append(("moved", _("if modes moved"), moved.months["load"], COLOURS["accent"]))
    if before is not None and not np.allclose(before.months["room"], ahead["room"]):
        lines.append(("before", _("plan as published"), before.months["room"], COLOURS["soft"]))
    top = 1.12 * max(float(part.max()) for part in (ahead["high"], past, *(line for _n, _l, line, _c in lines)))

    def draw(ax: Axes, width: Width) -> None:
        ax.plot(past.index, past, color=COLOURS["ink"])
        ax.fill_between(ahead.index, ahead["low"], ahead["high"], color=COLOURS["pale"], alpha=0.45, lw=0)
        for name, _label, line, colour in lines:
            if name in ("plan", "before"):
                ax.step(line.index, line, where="mid", color=colour, ls=(0, (4, 2)), lw=1.4 if name == "plan" else 1)
            else:
                ax.plot(line.index, line, color=colour, ls="-" if name == "load" else (0, (1, 1.5)))
        ends = _apart([float(line.iloc[-1]) for _n, _l, line, _c in lines], top / 13)
        for (_name, label, line, colour), end in zip(lines, ends, strict=True):
            label_end(ax, date2num(line.index[-1]), end, label, colour)
        ax.set_ylim(0, top)
        ax.xaxis.set_major_locator(MonthLocator(bymonth=(1, 7) if width == "wide" else (1,)))
        ax.xaxis.set_major_formatter(lambda value, _place: i18n.span(num2date(value).date(), num2date(value).date()))
        ax.set_ylabel(_("hours a month"))

    first, last = ahead.index[0].date(), ahead.index[-1].date()
    alt = _(
        "Hours a month: {load} expected in {last} ({low} to {high}), {room} planned at most.",
        load=i18n.number(float(ahead["load"].iloc[-1])),
        low=i18n.number(float(ahead["low"].iloc[-1])),
        high=i18n.number(float(ahead["high"].iloc[-1])),
        room=i18n.number(float(ahead["room"].iloc[-1])),
        last=i18n.month(last),
    )
    caption = _(
        "Hours booked, and drawn from {first} on with their interval; dashed: contracted hours without leave at the "
        "planned load, new members as they learn.",
        first=i18n.month(first),
    )
    hires = _("Hires planned are in it.") if found.planned else ""
    dots = (
        _(
            "Dotted: had the support modes changed as asked above, all at once ({hours} a month).",
            hours=i18n.amount(moved.more, "hours", signed=True),
        )
        if moved is not None
        else ""
    )
    return chart(draw, alt, i18n.sentences(caption, hires, dots), 2.7)


def overload(found: Outlook | None, before: Outlook | None = None) -> Chart | Finding:
    """Chance of too few hours, month by month; with ``before`` what it was by other settings.

    >>> from cskit.workload.outlook import against
    >>> print(overload(against(ahead.drawn, run.settings, more=300.0), ahead).alt)
    Chance that a month's hours are above plan: highest in June 2024, 87 %; accepted are 20 %.
    """
    chances = None if found is None else found.months["overload"]
    then = None if before is None else before.months["overload"]
    most = max((float(one.max()) for one in (chances, then) if one is not None), default=0.0)
    if found is None or chances is None or most < LEAST_CHANCE:
        return Finding("")

    def draw(ax: Axes, width: Width) -> None:
        places = np.arange(len(chances))
        ax.bar(places, chances, color=COLOURS["accent"], width=0.6)
        if then is not None and not np.allclose(then, chances):
            ax.hlines(then, places - 0.4, places + 0.4, color=COLOURS["ink"], lw=2)
        ax.axhline(found.accepted, color=COLOURS["action"], lw=1.2, ls=(0, (4, 2)))
        shares_axis(ax, min(1.0, max(1.2 * most, 1.5 * found.accepted)))
        ax.set_xlim(-0.6, len(chances) - 0.4)
        label_end(ax, len(chances) - 0.4, found.accepted, _("accepted"), COLOURS["action"])
        every = 3 if width == "wide" else 6
        ax.set_xticks(places[::every], [i18n.month(day.date(), short=True) for day in chances.index[::every]])

    peak = chances.index[int(chances.to_numpy().argmax())].date()
    alt = _(
        "Chance that a month's hours are above plan: highest in {month}, {chance}; accepted are {accepted}.",
        month=i18n.month(peak),
        chance=i18n.share(float(chances.max()), 0),
        accepted=i18n.share(found.accepted, 0),
    )
    caption = _("Chance that the hours of a month are above plan; dashed: the chance that is accepted.")
    marked = _("Strokes: as published.") if before is not None else ""
    return chart(draw, alt, i18n.sentences(caption, marked), 2.0)


def _apart(heights: list[float], least: float) -> list[float]:
    """Heights at which names stand: where their lines end, and no closer than they can be read.

    >>> _apart([100.0, 103.0, 50.0], 10.0)
    [96.5, 106.5, 50.0]
    """
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    found = list(heights)
    for _again in heights:
        for lower, upper in pairwise(order):
            if (missing := least - (found[upper] - found[lower])) > 1e-9:
                found[lower], found[upper] = found[lower] - missing / 2, found[upper] + missing / 2
    return found


def _most(hours: pd.Series, first: list[str] | None = None) -> pd.Series:
    """The tasks that take most, or those named, and all the others as one."""
    names = first if first is not None else list(hours.index[:TASKS])
    rest = hours[~hours.index.isin(names)]
    kept = hours.reindex(names).fillna(0.0)
    return pd.concat([kept, pd.Series({OTHERS: float(rest.sum())})]) if len(rest) else kept


def _task(task: str) -> str:
    return _("all other tasks") if task == OTHERS else i18n.term(task) or _("without a task")


def _percent(value: float) -> str:
    return i18n.share(value, 0, signed=True)
