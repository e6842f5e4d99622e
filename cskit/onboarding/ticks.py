"""Months along the bottom of a figure."""

from matplotlib.axes import Axes
from matplotlib.dates import MonthLocator, num2date

from cskit import i18n
from cskit.style import Width

__all__ = ["month_ticks"]


def month_ticks(ax: Axes, width: Width) -> None:
    """January and July, on a phone January; every third month where that is no more than a year and a half.

    >>> from datetime import date
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().subplots()
    >>> ax.set_xlim(date(2021, 4, 1), date(2023, 6, 1))
    (...)
    >>> month_ticks(ax, "narrow")
    >>> [ax.xaxis.get_major_formatter()(tick) for tick in ax.get_xticks()]
    ['Jan 2022', 'Jan 2023']
    """
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
