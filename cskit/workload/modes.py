"""What did a change of support mode do to meetings, to meeting hours, and to total hours? Three numbers, never one.

Only customers that changed count, each against itself: its twelve months before, and the whole quarters after,
so that a quarterly review is neither just missed nor just hit. After ends where the customer left or changed back.
"""

from dataclasses import dataclass
from datetime import timedelta

import ibis
import numpy as np
import pandas as pd
from ibis import _ as row

from cskit.data import Data
from cskit.facts import departures
from cskit.result import Result
from cskit.settings import Workload
from cskit.stats.intervals import Interval, ratio_of_sums
from cskit.workload.minutes import timed_touchpoints

__all__ = ["NEW_MODES", "ModeChange", "compare", "mode_change"]

NEW_MODES = ("operation", "growth")
MONTHS_BEFORE = 12
LEAST_MONTHS_BEFORE = 3  # less says nothing on how the customer was served; arbitrary, one quarter


@dataclass(frozen=True, slots=True)
class ModeChange(Result):
    """Per month and customer, before and after the change.

    Parameters
    ----------
    before, after : DataFrame, index customer_id, columns meetings, meeting_hours, total_hours
        Each customer's monthly rate.
    previous : Series of str, index customer_id
        The mode it had.
    estimated_share : float
        Share of the total minutes that are standard times, not measured.
    meeting_estimated_share : float
        The same of the meeting minutes.

    Examples
    --------
    >>> round(hours.modes.estimated_share, 2), round(hours.modes.meeting_estimated_share, 2)
    (0.07, 0.0)
    """

    before: pd.DataFrame
    after: pd.DataFrame
    previous: pd.Series
    estimated_share: float
    meeting_estimated_share: float

    @property
    def customers(self) -> int:
        return len(self.before)

    @property
    def meetings(self) -> float | None:
        return self._ratio("meetings")

    @property
    def meeting_hours(self) -> float | None:
        return self._ratio("meeting_hours")

    @property
    def total_hours(self) -> float | None:
        return self._ratio("total_hours")

    def _ratio(self, what: str) -> float | None:
        total = float(self.before[what].sum())
        return float(self.after[what].sum()) / total if total else None

    def interval(self, what: str, confidence: float) -> Interval | None:
        """Of a ratio, as what the change does to customers like these in as many of each mode; None: says nothing."""
        now, before = self.after[what].to_numpy(), self.before[what].to_numpy()
        around = ratio_of_sums(now, before, self.previous.to_numpy(), confidence)
        return around if around.low < around.high - 1e-9 < np.inf else None  # all alike: nothing varies to learn from


def mode_change(data: Data, rules: Workload) -> ModeChange | None:
    """Compare customers before and after they changed to operation or growth mode.

    Returns
    -------
    ModeChange or None
        None without ``service_levels`` and ``touchpoints``, or where nobody changed a whole quarter ago.

    Examples
    --------
    >>> round(mode_change(run.data, run.settings.workload).estimated_share, 2)
    0.07
    """
    if not data.has("service_levels") or not data.has("touchpoints"):
        return None
    changed = _changed(data)
    touch = timed_touchpoints(data, rules)
    met = touch.filter(touch.kind.isin(rules.regular_kinds)).join(changed, "customer_id")
    offset = _months(met.changed, met.on)
    before = (offset < 0) & (offset >= -met.months_before)
    after = (offset >= 0) & (offset < met.months_after)
    sums = (
        met.filter(before | after)
        .group_by("customer_id", after=after)
        .aggregate(
            meetings=row.count(),
            meeting=row.meeting.sum(),
            overhead=row.overhead.sum(),
            meeting_estimated=row.meeting_estimated.sum(),
            overhead_estimated=row.overhead_estimated.sum(),
        )
    )
    return compare(changed.order_by("customer_id").to_pandas(), sums.order_by("customer_id", "after").to_pandas())


def compare(changed: pd.DataFrame, sums: pd.DataFrame) -> ModeChange | None:
    """Add up each customer's monthly rates.

    Parameters
    ----------
    changed : DataFrame, columns customer_id, previous, months_before, months_after
        Every customer that changed, those without a meeting too.
    sums : DataFrame, columns customer_id, after, meetings, meeting, overhead, meeting_estimated, overhead_estimated
        Minutes; one row a customer and side, absent where there was no meeting.

    Returns
    -------
    ModeChange or None
        None where nobody changed.

    Examples
    --------
    Monthly 40 minutes become quarterly 90: a third of the meetings, three quarters of the meeting hours.

    >>> changed = pd.DataFrame({"customer_id": ["A"], "previous": "monthly", "months_before": 12, "months_after": 3})
    >>> sums = pd.DataFrame({"customer_id": ["A", "A"], "after": [False, True], "meetings": [12, 1],
    ...     "meeting": [480, 90], "overhead": [960, 80], "meeting_estimated": [0, 0], "overhead_estimated": [0, 0]})
    >>> found = compare(changed, sums)
    >>> round(found.meetings, 3), round(found.meeting_hours, 3), round(found.total_hours, 3)
    (0.333, 0.75, 0.472)
    """
    if changed.empty:
        return None
    months = changed.set_index("customer_id")
    rates: list[pd.DataFrame] = []
    for after, length in ((False, "months_before"), (True, "months_after")):
        side = sums[sums["after"] == after].set_index("customer_id").reindex(months.index).fillna(0.0)
        rate = side[["meetings", "meeting", "overhead"]].astype(float).div(months[length], axis=0)
        hours = {"meeting_hours": rate["meeting"] / 60, "total_hours": (rate["meeting"] + rate["overhead"]) / 60}
        rates.append(rate[["meetings"]].assign(**hours))
    minutes, guessed = sums["meeting"].sum(), sums["meeting_estimated"].sum()
    all_minutes = minutes + sums["overhead"].sum()
    share = float((guessed + sums["overhead_estimated"].sum()) / all_minutes) if all_minutes else 0.0
    return ModeChange(rates[0], rates[1], months["previous"], share, float(guessed / minutes) if minutes else 0.0)


def _changed(data: Data) -> ibis.Table:
    """Customers, the day they first changed to a new mode, and the months that can be compared."""
    levels = data.table("service_levels")
    by_customer = ibis.window(group_by="customer_id", order_by="from_on")
    levels = levels.mutate(
        previous=levels.mode.lag().over(by_customer), first=levels.from_on.min().over(group_by="customer_id")
    )
    new = levels.filter(levels.mode.isin(NEW_MODES) & levels.previous.notnull() & ~levels.previous.isin(NEW_MODES))
    each = new.group_by("customer_id").aggregate(
        changed=new.from_on.min(), first=new["first"].min(), previous=new.previous.argmin(new.from_on)
    )
    each = _with_end(data, levels, each)
    after = _months(each.changed, each.until)
    before = ibis.least(_months(each["first"], each.changed), MONTHS_BEFORE)
    table = each.mutate(months_before=before, months_after=(after // 3) * 3)
    return table.filter((table.months_before >= LEAST_MONTHS_BEFORE) & (table.months_after > 0))


def _with_end(data: Data, levels: ibis.Table, each: ibis.Table) -> ibis.Table:
    """With ``until``, the first day no longer compared: the customer left, changed back, or the day is to come."""
    later = levels.filter(~levels.mode.isin(NEW_MODES)).join(each.select("customer_id", "changed"), "customer_id")
    ends = [later.filter(later.from_on > later.changed).select("customer_id", until="from_on")]
    gone = departures(data)
    if gone is not None:
        ends.append(gone.select("customer_id", until=(gone.effective_on + ibis.interval(days=1)).cast("date")))
    first = ibis.union(*ends) if len(ends) > 1 else ends[0]
    first = first.group_by("customer_id").aggregate(until=row.until.min())
    joined = each.left_join(first, "customer_id").drop("customer_id_right")
    return joined.mutate(until=ibis.coalesce(joined.until, ibis.literal(data.as_of + timedelta(days=1))))


def _months(first: ibis.expr.types.DateValue, then: ibis.expr.types.DateValue) -> ibis.expr.types.IntegerValue:
    """Whole months from one day to another, negative when it lies before."""
    months = (then.year() * 12 + then.month()) - (first.year() * 12 + first.month())
    return months - (then.day() < first.day()).ifelse(1, 0)
