"""Figures on workload."""

from matplotlib.axes import Axes

from cskit import i18n
from cskit.i18n import _
from cskit.show import Chart
from cskit.style import COLOURS, Width, bar_rows, chart
from cskit.workload.analysis import Study

__all__ = ["modes", "tasks"]


def tasks(study: Study) -> Chart:
    """Hours by task, those of the comparison beside."""
    shown = study.now.by("task").head(8)
    before = study.before.by("task") if study.before else None

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
        bar_rows(ax, [str(task) or _("without a task") for task in shown.index])
        ax.margins(x=0.2)

    said = "; ".join(f"{task} {i18n.amount(value, 'hours')}" for task, value in shown.items())
    marked = _("Hours of the period by task; the dark mark is the period of comparison.")
    caption = _("Hours of the period by task.") if before is None else marked
    return chart(draw, _("Hours by task: {tasks}.", tasks=said), caption, 0.5 + 0.38 * max(len(shown), 1))


def modes(study: Study) -> Chart:
    """Meetings, meeting hours and total hours after the change, of 100 % before."""
    found = study.modes
    ratios = (found.meetings, found.meeting_hours, found.total_hours) if found else (None, None, None)
    labels = (_("meetings"), _("meeting hours"), _("total hours"))
    rows = [(label, ratio) for label, ratio in zip(labels, ratios, strict=True) if ratio is not None]

    def draw(ax: Axes, width: Width) -> None:
        for place, (_label, ratio) in enumerate(rows):
            ax.barh(place, 1, color=COLOURS["line"], height=0.55)
            ax.barh(place, ratio, color=COLOURS["accent"], height=0.55)
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

    said = "; ".join(f"{label} {i18n.share(ratio, 0)}" for label, ratio in rows) or _("not known")
    n = i18n.number(found.customers) if found else "0"
    caption = _(
        "Per customer and month after the change of mode, of 100 % in the 12 months before; n = {n} customers.", n=n
    )
    return chart(draw, _("After the change of support mode, of 100 % before: {ratios}.", ratios=said), caption, 1.9)
