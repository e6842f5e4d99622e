"""Figures of a review."""

from matplotlib.axes import Axes

from cskit import i18n
from cskit.i18n import _
from cskit.review.analysis import Study
from cskit.show import Chart, Finding
from cskit.style import COLOURS, Width, chart

__all__ = ["usage"]


def usage(study: Study) -> Chart | Finding:
    """Distinct users by month; nothing where the year holds fewer than two months.

    >>> print(usage(review).alt)
    Users by month: Jul 443; Aug 449; Sep 445; Oct 428; Nov 434; Dec 430; Jan 491; Feb 469; Mar 475; Apr
    494; May 494; Jun 480.
    """
    rows = study.own.usage
    rows = rows[rows["users"].notna()] if len(rows) else rows
    if len(rows) < 2:
        return Finding("")
    months = [i18n.month(day.date(), short=True) for day in rows["month"]]
    users = rows["users"].astype(float).tolist()

    def draw(ax: Axes, width: Width) -> None:
        places = range(len(users))
        ax.bar(places, users, color=[COLOURS["pale"]] * (len(users) - 1) + [COLOURS["ink"]], width=0.62)
        for place in (0, len(users) - 1):
            ax.annotate(
                i18n.number(users[place]), (place, users[place]), (0, 3), textcoords="offset points", ha="center"
            )
        every = 1 if width == "wide" else 3
        shown = [place for place in places if (len(users) - 1 - place) % every == 0]
        ax.set_xticks(shown, [months[place] for place in shown])
        ax.set_yticks([])
        ax.set_ylim(0, max(users) * 1.15 or 1)
        ax.spines["left"].set_visible(False)

    said = i18n.several(f"{month} {i18n.number(n)}" for month, n in zip(months, users, strict=True))
    return chart(draw, _("Users by month: {rows}.", rows=said), _("Most distinct users in a day, by month."), 1.8)
