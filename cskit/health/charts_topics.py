"""Figures on what moved the scores, their course, whether they foretell churn, and other weights."""

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cskit import i18n
from cskit.health.backtest import Backtest
from cskit.health.history import History
from cskit.health.moved import Moved
from cskit.health.other_weights import Learnt, Sensitivity
from cskit.health.score import GRADES
from cskit.i18n import _
from cskit.show import Chart, Finding
from cskit.stats.logrank import still_there
from cskit.style import COLOURS, GRADE_COLOURS, Width, bar_rows, chart, label_end

__all__ = ["backtest", "history", "learnt", "moved", "sensitivity", "survival"]

MARKS = {"good": "o", "sound": "o", "caution": "s", "action": "D"}  # as in the tables: not told by colour alone


def moved(found: Moved) -> Chart | Finding:
    """Points each item added to and took from the portfolio.

    >>> print(moved(since).alt)
    What moved the scores: last contact +319 −363; goals on the way +211 −58; relationship +105 −142;
    breadth of use +103 −80; depth of use +108 −69; licence use +88 −87; ...
    """
    items = found.items
    if items.empty:
        return Finding("")
    names = [i18n.term(str(name)) for name in items.index]
    gain, loss = items["gain"].to_numpy(float), items["loss"].to_numpy(float)
    most = max(float(gain.max()), float(-loss.min()), 1.0)

    def draw(ax: Axes, width: Width) -> None:
        for place, (up, down) in enumerate(zip(gain, loss, strict=True)):
            ax.barh(place, up, color=COLOURS["good"], height=0.6)
            ax.barh(place, down, color=COLOURS["action"], height=0.6)
            ax.annotate(_signed(up), (up, place), (4, 0), textcoords="offset points", va="center")
            ax.annotate(_signed(down), (down, place), (-4, 0), textcoords="offset points", va="center", ha="right")
        bar_rows(ax, names)
        ax.axvline(0, color=COLOURS["soft"], lw=0.8)
        room = 1.25 if width == "wide" else 1.5
        ax.set_xlim(-most * room, most * room)

    said = i18n.several(
        f"{name} {_signed(up)} {_signed(down)}" for name, up, down in zip(names, gain, loss, strict=True)
    )
    caption = _(
        "Points added and taken, summed over {n} customers with a score on both days.", n=i18n.number(len(found.change))
    )
    return chart(draw, _("What moved the scores: {items}.", items=said), caption, 0.6 + 0.34 * len(names))


def history(found: History) -> Chart | Finding:
    """Customers at risk at the end of each month.

    >>> print(history(course).alt)
    At risk by month: July 2022 24, August 2022 22, September 2022 22, October 2022 21, November 2022
    17, December 2022 16, January 2023 18, February 2023 19, March 2023 20, ...
    """
    grades = found.grades
    if len(grades) < 2:
        return Finding("")
    days = list(grades.index)
    action, caution = grades["action"].to_numpy(), grades["caution"].to_numpy()

    def draw(ax: Axes, width: Width) -> None:
        places = np.arange(len(days))
        ax.bar(places, action, color=GRADE_COLOURS["action"], width=0.72)
        ax.bar(places, caution, bottom=action, color=GRADE_COLOURS["caution"], width=0.72)
        for place, (low, high) in enumerate(zip(action, caution, strict=True)):
            if low + high:
                ax.annotate(
                    i18n.number(low + high), (place, low + high), (0, 3), textcoords="offset points", ha="center"
                )
        each = 1 if width == "wide" and len(days) <= 12 else 3
        shown = [place for place in places if (len(days) - 1 - place) % each == 0]
        ax.set_xticks(shown, [_month(days[place], place == shown[0]) for place in shown])
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.set_ylim(0, max(1, (action + caution).max()) * 1.15)
        last, own = len(days) - 1, {"action": (0, action[-1]), "caution": (action[-1], caution[-1])}
        for name, (below, high) in own.items():
            said = f"{i18n.term(name)} {i18n.number(high)}"
            at = {"xytext": (4, 0), "textcoords": "offset points", "va": "center"}
            ax.annotate(said, (last + 0.4, below + high / 2), color=GRADE_COLOURS[name], **at)  # type: ignore[arg-type]
        ax.set_xlim(-0.6, last + (1.6 if width == "wide" else 2.8))

    said = i18n.several(
        (f"{i18n.month(day)} {i18n.number(a + c)}" for day, a, c in zip(days, action, caution, strict=True)), ", "
    )
    caption = _("Customers in caution or action at the end of each month, counted; all months by today's rules.")
    return chart(draw, _("At risk by month: {months}.", months=said), caption, 2.4)


def backtest(proof: Backtest | None) -> Chart | Finding:
    """Share that churned, by grade.

    >>> print(backtest(proof).alt)
    Churned by grade: action 1 of 32; caution 6 of 47; sound 3 of 330; good 4 of 1,299.
    """
    if proof is None or not proof.churns:
        return Finding("")
    rows = proof.by_grade[proof.by_grade["n"] > 0]
    names = [str(name) for name in rows.index]
    top = min(1.0, float(rows["high"].max()) * 1.05)

    def draw(ax: Axes, width: Width) -> None:
        for place, (name, row) in enumerate(rows.iterrows()):
            ax.plot([row["low"], row["high"]], [place, place], color=COLOURS["pale"], lw=6, solid_capstyle="butt")
            ax.plot(
                row["share"], place, MARKS[str(name)], ms=8, color=GRADE_COLOURS[str(name)], zorder=3, clip_on=False
            )
            said = _("{k} of {n}", k=i18n.number(row["churned"]), n=i18n.number(row["n"]))
            ax.annotate(said, (row["high"], place), (6, 0), textcoords="offset points", va="center")
        ax.set_yticks(range(len(names)), [i18n.term(name) for name in names])
        ax.set_ylim(len(names) - 0.5, -0.5)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlim(0, top * (1.2 if width == "wide" else 1.4))
        ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: i18n.share(value, 0)))

    said = i18n.several(
        _("{grade} {k} of {n}", grade=i18n.term(str(name)), k=i18n.number(row["churned"]), n=i18n.number(row["n"]))
        for name, row in rows.iterrows()
    )
    caption = _(
        "Share that churned within {months} months of the grade, with {level} interval; {n} days looked back at.",
        months=i18n.number(proof.rules.backtest.months),
        level=i18n.share(proof.confidence, 0),
        n=i18n.number(len(proof.shots)),
    )
    return chart(draw, _("Churned by grade: {grades}.", grades=said), caption, 0.7 + 0.42 * len(names))


def survival(proof: Backtest | None) -> Chart | Finding:
    """Share still there by days since the grade, by Kaplan and Meier.

    >>> print(survival(proof).alt)
    Still customers at the end: action 96.9 %; caution 87.2 %; sound 99.1 %; good 99.7 %.
    """
    if proof is None or not proof.enough:
        return Finding("")
    rows = proof.rows
    last = float(rows["days"].max())
    lines = []
    for grade in GRADES:
        own = rows[rows["grade"] == grade]
        if len(own):
            days, left = still_there(own["days"], own["churned"])
            lines.append((grade, np.append(days, last), np.append(left, left[-1] if len(left) else 1.0)))

    def draw(ax: Axes, width: Width) -> None:
        for grade, days, left in lines:
            ax.step(np.append(0, days), np.append(1, left), where="post", color=GRADE_COLOURS[grade])
        for (grade, _days, left), y in zip(lines, _apart([line[2][-1] for line in lines], low), strict=True):
            label_end(ax, last, y, f"{i18n.term(grade)} {i18n.share(left[-1], 1)}", GRADE_COLOURS[grade])
        ax.set_xlim(0, last * (1.28 if width == "wide" else 1.55))
        ax.set_ylim(low - (1 - low) * 0.08, 1 + (1 - low) * 0.12)
        ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: i18n.share(value, 0)))
        ax.grid(axis="y", color=COLOURS["line"], lw=0.8)
        ax.set_xticks([tick for tick in (0, 60, 120, 180) if tick <= last])
        ax.set_xlabel(_("days since the grade"))

    low = min(float(line[2][-1]) for line in lines)
    said = i18n.several(f"{i18n.term(grade)} {i18n.share(left[-1], 1)}" for grade, _days, left in lines)
    alt = _("Still customers at the end: {grades}.", grades=said)
    return chart(
        draw, alt, _("Share still there by days since the grade (Kaplan-Meier). The axis does not begin at zero."), 2.6
    )


def sensitivity(found: Sensitivity | None) -> Chart | Finding:
    """Grades that change when one weight alone is moved as far as it goes.

    >>> print(sensitivity(other).alt)
    Grades that change: Adoption 36; last contact 35; ROI 23; set-up 21; Deployment 17; Engagement 17;
    relationship 15; licence use 12; Other 8; depth of use 7.
    """
    if found is None or not int(found.single.to_numpy().max()):
        return Finding("")
    rows = found.single[found.single.max(axis=1) > 0].head(10)
    names = [i18n.term(str(name)) for name in rows.index]

    def draw(ax: Axes, width: Width) -> None:
        for place, (less, more) in enumerate(rows.to_numpy()):
            ax.barh(place - 0.19, more, color=COLOURS["accent"], height=0.34)
            ax.barh(place + 0.19, less, color=COLOURS["pale"], height=0.34)
            ax.annotate(i18n.number(more), (more, place - 0.19), (4, 0), textcoords="offset points", va="center")
            ax.annotate(i18n.number(less), (less, place + 0.19), (4, 0), textcoords="offset points", va="center")
        bar_rows(ax, names)
        ax.margins(x=0.12)
        squares = [Patch(color=COLOURS["accent"], label=_("more")), Patch(color=COLOURS["pale"], label=_("less"))]
        ax.legend(handles=squares, ncols=2, loc="lower left", bbox_to_anchor=(0, 1), frameon=False, borderaxespad=0.1)

    said = i18n.several(f"{name} {i18n.number(most)}" for name, most in zip(names, rows.max(axis=1), strict=True))
    caption = _("Grades that change when one weight alone weighs more or less; n = {n}.", n=i18n.number(found.graded))
    return chart(draw, _("Grades that change: {items}.", items=said), caption, 0.6 + 0.42 * len(names))


def learnt(offered: Learnt | None) -> Chart | Finding:
    """Weights set by hand, and where the churns would pull them.

    >>> print(learnt(offered).alt)
    Weights by hand and learnt: set-up 10 % → 7 %; licence use 10 % → 8 %; last contact 18 % → 38 %;
    relationship 12 % → 11 %; breadth of use 12 % → 11 %; depth of use 12 % ...
    """
    if offered is None:
        return Finding("")
    items = offered.items
    names = [i18n.term(str(name)) for name in items.index]

    def draw(ax: Axes, width: Width) -> None:
        for place, (hand, new) in enumerate(items[["hand", "learnt"]].to_numpy(float)):
            ax.plot([hand, new], [place, place], color=COLOURS["pale"], lw=2, zorder=1)
            ax.plot(hand, place, "o", ms=7, mfc="white", mec=COLOURS["ink"], zorder=2)
            ax.plot(new, place, "o", ms=7, color=COLOURS["accent"], zorder=3)
        bar_rows(ax, names)
        ax.set_xticks(
            [0, 0.1, 0.2, 0.3, 0.4] if items[["hand", "learnt"]].to_numpy().max() < 0.45 else [0, 0.25, 0.5, 1]
        )
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: i18n.share(value, 0)))
        ax.grid(axis="x", color=COLOURS["line"], lw=0.8)
        marks = [ax.plot([], [], "o", mfc="white", mec=COLOURS["ink"], label=_("By hand"))[0]]
        marks += [ax.plot([], [], "o", color=COLOURS["accent"], label=_("Learnt"))[0]]
        ax.legend(
            handles=marks,
            ncols=2 if width == "wide" else 1,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            frameon=False,
            borderaxespad=0.1,
        )

    said = i18n.several(
        f"{name} {i18n.share(hand, 0)} → {i18n.share(new, 0)}"
        for name, hand, new in zip(names, items["hand"], items["learnt"], strict=True)
    )
    caption = _(
        "Share of the whole score; offered, not applied. Learnt from {n} churns.", n=i18n.number(offered.churns)
    )
    return chart(draw, _("Weights by hand and learnt: {items}.", items=said), caption, 0.7 + 0.3 * len(names))


def _signed(value: float) -> str:
    return i18n.number(value, signed=True) if round(value) else "0"


def _month(day: object, first: bool) -> str:
    name = i18n.month(day, short=True)  # type: ignore[arg-type]
    year = str(getattr(day, "year", ""))
    return f"{name}\n{year}" if first or getattr(day, "month", 0) == 1 else name


def _apart(values: list[float], low: float) -> list[float]:
    """Places for labels at line ends, none nearer to the next than a line of text."""
    step = max(1 - low, 1e-6) * 0.115
    order = sorted(range(len(values)), key=lambda place: values[place])
    found = list(values)
    for below, place in pairwise(order):
        found[place] = max(found[place], found[below] + step)
    over = max(found) - (1 + 0.08 * (1 - low)) if found else 0.0
    return [value - max(over, 0.0) for value in found]
