"""How many people must be at hand for inquiries that wait in a line? Only where there is a line to speak of."""

from dataclasses import dataclass

import pandas as pd
from ibis import _ as row

from cskit.periods import months_away
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.queues import Queue, agents_needed, erlang_c

__all__ = ["Inbound", "inbound"]


@dataclass(frozen=True)
class Inbound(Result):
    """The queue of the last three months.

    Parameters
    ----------
    inquiries : int
    busiest : tuple of int or None
        Weekday (0: Monday) and hour with most inquiries.
    per_hour : float
        Then, on average.
    minutes : float or None
        Mean handling time; None where it was never noted.
    queue : Queue or None
        With as many people as are needed; None where there is too little of a line.
    on_shift : int
        People to be on shift then, breaks and meetings counted.

    Examples
    --------
    >>> inbound(run).inquiries
    114
    """

    inquiries: int
    busiest: tuple[int, int] | None
    per_hour: float
    minutes: float | None
    queue: Queue | None
    on_shift: int


@shared
def inbound(run: Run) -> Inbound | None:
    """Erlang C on the busiest hour of the week; None without ``tickets``.

    >>> inbound(run).inquiries
    114
    """
    rules = run.settings.workload.queue
    if not run.data.has("tickets", "channel"):
        return None
    table = run.data.table("tickets")
    day = table.opened_at.cast("date")
    since = months_away(run.data.as_of, -3)
    first, last = rules.hours
    waiting = table.channel.isin(rules.channels) & (day > since) & table.opened_at.hour().between(first, last - 1)
    found = table.filter(waiting)
    by_hour = found.group_by(weekday=found.opened_at.day_of_week.index(), hour=found.opened_at.hour()).aggregate(
        n=row.count()
    )
    counts = by_hour.order_by(row.n.desc(), "weekday", "hour").to_pandas()
    if counts.empty:
        return Inbound(0, None, 0.0, None, None, 0)
    weekday, hour, most = (int(counts[name].iloc[0]) for name in ("weekday", "hour", "n"))
    days = pd.date_range(since, run.data.as_of, inclusive="right")
    per_hour = most / max(1, int((days.day_of_week == weekday).sum()))
    mean = found.handling_minutes.mean().to_pyarrow().as_py()
    total = int(counts["n"].sum())
    if per_hour < rules.least_per_hour or not mean:
        return Inbound(total, (weekday, hour), per_hour, mean, None, 0)
    within, level = rules.within_minutes, rules.service_level
    needed = agents_needed(per_hour / 60, mean, within, level)
    shift = agents_needed(per_hour / 60, mean, within, level, rules.shrinkage)
    return Inbound(total, (weekday, hour), per_hour, mean, erlang_c(per_hour / 60, mean, needed, within), shift)
