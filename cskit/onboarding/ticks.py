"""Months along the bottom of a figure."""

from matplotlib.axes import Axes
from matplotlib.dates import MonthLocator, num2date

from cskit import i18n
from cskit.style import Width

__all__ = ["month_ticks"]


def month_ticks(ax: Axes, width: Width) -> None:
    """January and July, on a phone January; every third month where that is no more than a year and a half."""
    first, last = ax.get_xlim()
    few = last - first < 550
    wide, narrow = ((1, 4, 7, 10), (1, 7)) if few else ((1, 7), (1,))
    ax.xaxis.set_major_locator(MonthLocator(bymonth=wide if width == "wide" else narrow))
    ax.xaxis.set_major_formatter(lambda value, _place: _tick(value))
    ax.margins(x=0.01)


def _tick(value: float) -> str:
    when = num2date(value)
    return (
        f"{when.year}/{when.month}" if i18n.language() == "ja" else f"{i18n.month(when.date(), short=True)} {when.year}"
    )
