"""Figures on health."""

from matplotlib.axes import Axes

from cskit import i18n
from cskit.health.analysis import Study
from cskit.health.charts_topics import backtest, history, learnt, moved, sensitivity, survival
from cskit.health.score import GRADES, dimension_scores
from cskit.health.snapshot import Snapshot
from cskit.i18n import _
from cskit.show import Chart
from cskit.style import COLOURS, GRADE_COLOURS, Width, bar_rows, chart

__all__ = [
    "at_risk",
    "backtest",
    "dimensions",
    "grades",
    "history",
    "learnt",
    "moved",
    "regraded",
    "sensitivity",
    "survival",
]


def grades(study: Study) -> Chart:
    """Customers by grade on the days compared.

    >>> print(grades(health).alt)
    Customers by grade. 30 June 2022: good 268, sound 72, caution 16, action 12; 31 December 2022: good
    325, sound 85, caution 7, action 9; 31 March 2023: good 352, sound ...
    """
    snapshots = {shot.as_of: shot for shot in (study.year_before, study.start, study.before, study.now)}
    n = i18n.number(study.now.graded)
    caption = _("Shares of customers by computed grade, all days by today's rules; n = {n} on the last.", n=n)
    return _by_grade({i18n.day(day): snapshots[day] for day in sorted(snapshots)}, caption)


def regraded(now: Snapshot, tried: Snapshot) -> Chart:
    """Customers by grade by the published rules and by those tried.

    >>> from cskit.params import settings_with
    >>> other = settings_with({"health": {"grades": {"good": 80}}}).health
    >>> print(regraded(health.now, health.now.by(other)).alt)
    Customers by grade. published: good 382, sound 81, caution 8, action 10; tried: good 300, sound 163,
    caution 8, action 10.
    """
    day, n = i18n.day(now.as_of), i18n.number(now.graded)
    caption = _("Shares of customers by computed grade on {day}; n = {n}.", day=day, n=n)
    return _by_grade({_("published"): now, _("tried"): tried}, caption)


def _by_grade(named: dict[str, Snapshot], caption: str) -> Chart:
    """A bar of grades for each snapshot."""
    shots = list(named.values())

    def draw(ax: Axes, width: Width) -> None:
        for place, shot in enumerate(shots):
            left = 0.0
            counts, total = shot.grades, max(shot.graded, 1)
            for grade in reversed(GRADES):
                part = counts[grade] / total
                ax.barh(place, part, left=left, color=GRADE_COLOURS[grade], height=0.62, edgecolor="white", lw=1)
                if part > 0.05:
                    ax.text(left + part / 2, place, i18n.number(counts[grade]), ha="center", va="center", color="white")
                left += part
            # The two narrow parts are named beside their bar, the two wide ones above the first.
            for line, grade in enumerate(("caution", "action")):
                said = f"{i18n.term(grade)} {i18n.number(counts[grade])}"
                at = {"xytext": (6, 6 - 12 * line), "textcoords": "offset points", "va": "center"}
                ax.annotate(said, (1, place), color=GRADE_COLOURS[grade], **at)  # type: ignore[arg-type]
        left = 0.0
        for grade in ("good", "sound"):
            part = shots[0].grades[grade] / max(shots[0].graded, 1)
            ax.text(left, -0.42, i18n.term(grade), color=GRADE_COLOURS[grade], va="bottom")
            left += part
        bar_rows(ax, [_folded(name, width) for name in named], 0.75)
        ax.set_xlim(0, 1.22 if width == "wide" else 1.42)

    said = i18n.several(
        f"{name}: "
        + i18n.several((f"{i18n.term(grade)} {i18n.number(shot.grades[grade])}" for grade in reversed(GRADES)), ", ")
        for name, shot in named.items()
    )
    return chart(draw, _("Customers by grade. {days}.", days=said), caption, 0.6 + 0.5 * len(named))


def at_risk(study: Study) -> Chart:
    """How the number at risk got from the year's start to now.

    >>> print(at_risk(health).alt)
    At risk: 20 at the year's start, 2 improved, 1 churned, 1 new, 18 now.
    """
    moved = study.moved
    steps = [
        (_("at the year's start"), 0, moved.start, COLOURS["pale"]),
        (_("improved"), moved.start - len(moved.improved), moved.start, COLOURS["good"]),
        (
            _("churned"),
            moved.start - len(moved.improved) - len(moved.churned),
            moved.start - len(moved.improved),
            COLOURS["ink"],
        ),
        (_("newly at risk"), moved.end - len(moved.new), moved.end, COLOURS["action"]),
        (_("now"), 0, moved.end, COLOURS["pale"]),
    ]
    signs = ["", "−", "−", "+", ""]
    if moved.unknown:
        floor = moved.end - len(moved.new)
        steps.insert(3, (_("not known any more"), floor, floor + len(moved.unknown), COLOURS["unsure"]))
        signs.insert(3, "−")
    target = study.ratio.target

    def draw(ax: Axes, width: Width) -> None:
        for place, ((_label, low, high, colour), sign) in enumerate(zip(steps, signs, strict=True)):
            ax.barh(place, high - low, left=low, color=colour, height=0.6)
            text = (sign if high > low else "") + i18n.number(high - low)
            ax.annotate(text, (high, place), (5, 0), textcoords="offset points", va="center", weight="bold")
        if target is not None:
            ax.axvline(target * moved.start, color=COLOURS["ink"], lw=1, ls=(0, (3, 3)), zorder=4)
            said = _("target: at most {n}", n=i18n.number(int(target * moved.start + 1e-3)))
            top = (target * moved.start, -0.62)
            ax.annotate(said, top, (4, 0), textcoords="offset points", color=COLOURS["soft"], va="center")
        bar_rows(ax, [step[0] for step in steps], 0.95)
        ax.margins(x=0.12)

    alt = _(
        "At risk: {start} at the year's start, {improved} improved, {churned} churned, {new} new, {end} now.",
        start=moved.start,
        improved=len(moved.improved),
        churned=len(moved.churned),
        new=len(moved.new),
        end=moved.end,
    )
    caption = _("Customers in caution or action since {day}, counted.", day=i18n.day(study.start.as_of))
    return chart(draw, alt, caption, 2.6)


def dimensions(study: Study) -> Chart:
    """What is known of each dimension, and how it stands where it is known.

    >>> print(dimensions(health).alt)
    Known by dimension: Deployment 98 %; Engagement 100 %; Adoption 81 %; ROI 71 %; Other 100 %.
    """
    own = dimension_scores(study.now.raw, study.rules)
    rows = [(str(name), float(own[name].notna().mean()) if len(own) else 0.0, float(own[name].mean())) for name in own]

    def draw(ax: Axes, width: Width) -> None:
        for place, (_name, known, mean) in enumerate(rows):
            ax.barh(place, 1, color=COLOURS["line"], height=0.55)
            ax.barh(place, known, color=COLOURS["accent"], height=0.55)
            said = i18n.share(known, 0) + ("" if mean != mean else " · " + _("{x} points", x=i18n.number(mean)))
            ax.annotate(said, (1, place), (6, 0), textcoords="offset points", va="center")
        bar_rows(ax, [i18n.term(row[0]) for row in rows])
        ax.set_xlim(0, 1.4 if width == "wide" else 1.75)

    said = i18n.several(f"{i18n.term(name)} {i18n.share(known, 0)}" for name, known, _mean in rows)
    caption = _("Share of customers of whom the dimension is known, and their mean points of 100.")
    return chart(draw, _("Known by dimension: {dimensions}.", dimensions=said), caption, 0.5 + 0.42 * len(rows))


def _folded(text: str, width: Width) -> str:
    """A day in two lines where there is little room."""
    return text if width == "wide" else text.replace(" ", "\n", 2).replace("\n", " ", 1).replace("年", "年\n")
