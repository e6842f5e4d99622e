"""On which weekday and at which hour do inquiries come?"""

from dataclasses import dataclass

import pandas as pd

from cskit.result import Result
from cskit.run import Run
from cskit.settings import Opening
from cskit.support.clock import WEEKDAYS
from cskit.support.inquiries import Inquiries

__all__ = ["Load", "load"]


@dataclass(frozen=True)
class Load(Result):
    """Inquiries of the period by hour (rows) and weekday (columns, 0: Monday), of all channels.

    Parameters
    ----------
    counts : DataFrame of int
        From the first to the last hour in which any came, at least the hours of the desk.
    outside : int
        Of them on weekdays or at hours at which the desk is closed; holidays are not looked at.

    Examples
    --------
    >>> when.outside
    44
    """

    counts: pd.DataFrame
    outside: int

    @property
    def n(self) -> int:
        return int(self.counts.to_numpy().sum())

    @property
    def busiest(self) -> tuple[int, int, int]:
        """Weekday, hour and number of the fullest cell."""
        cells = self.counts.to_numpy()
        hour, day = divmod(int(cells.argmax()), cells.shape[1])
        return day, int(self.counts.index[hour]), int(cells.max())


def load(run: Run, found: Inquiries | None) -> Load | None:
    """Inquiries by hour and weekday; None without any.

    >>> load(run, desk.now).outside
    44
    """
    if found is None or not found.n:
        return None
    opening: Opening = run.settings.support.opening
    opened = found.rows["opened_at"]
    first, last = min(opened.dt.hour.min(), opening.hours[0]), max(opened.dt.hour.max(), opening.hours[1] - 1)
    counts = pd.crosstab(opened.dt.hour, opened.dt.day_of_week)
    counts = counts.reindex(index=range(first, last + 1), columns=range(7), fill_value=0)
    days = [WEEKDAYS.index(day) for day in opening.days]
    inside = counts.loc[opening.hours[0] : opening.hours[1] - 1, sorted(days)]
    return Load(counts, int(counts.to_numpy().sum() - inside.to_numpy().sum()))
