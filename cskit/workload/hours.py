"""How many hours did the work take, by task and phase, and how many were there?

Booked time is the total where a person booked any in a month. Only where a person booked nothing are contacts
counted instead, with standard minutes for what was not noted; the two are never added for one person and month.
Contacts of nobody in particular may be anybody's: they count only in months in which nobody booked.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import ibis
import pandas as pd
from ibis import _ as row

from cskit import i18n
from cskit.data import Data
from cskit.errors import NotAvailable
from cskit.facts import departures
from cskit.i18n import _
from cskit.once import once
from cskit.periods import Period, add_months
from cskit.result import Result
from cskit.settings import Workload
from cskit.workload.minutes import timed_touchpoints, untimed

__all__ = [
    "PHASES",
    "Capacity",
    "Hours",
    "booked_share",
    "by_month",
    "capacity",
    "contracted",
    "cube",
    "hours",
    "recorded_since",
    "team",
    "work",
]

Span = tuple[date, date]  # from a day on, before another
RECORDED = ("time_logs", "touchpoints")
PHASES = ("onboarding", "live", "ended", "indirect", "unknown")


@dataclass(frozen=True)
class Hours(Result):
    """Hours of CS work in a period.

    Parameters
    ----------
    rows : DataFrame, columns csm_id, task, phase, hours, source
        ``source`` is ``booked`` or ``estimated`` (from contacts and standard minutes).
    customers : DataFrame, columns customer_id, name, hours
        Most hours first; work for no customer is not in it.
    left_out : int
        Contacts of nobody in particular in months in which somebody booked.

    Examples
    --------
    M2 booked nothing, so that those hours rest on contacts:

    >>> rows = pd.DataFrame({"csm_id": ["M1", "M1", "M2"], "task": "support", "phase": ["live", "indirect", "live"],
    ...                      "hours": [90.0, 10.0, 25.0], "source": ["booked", "booked", "estimated"]})
    >>> found = Hours(rows, pd.DataFrame())
    >>> found.total, found.indirect_share, found.estimated_share, found.basis
    (125.0, 0.08, 0.2, 'assumed')
    """

    rows: pd.DataFrame
    customers: pd.DataFrame
    left_out: int = 0

    def _in_short(self) -> str:
        return i18n.amount(self.total, "hours")

    @property
    def total(self) -> float:
        return float(self.rows["hours"].sum())

    @property
    def people(self) -> int:
        """Who booked or met anybody; contacts by nobody in particular count for none."""
        return int(self.rows.loc[self.rows["csm_id"] != "", "csm_id"].nunique())

    @property
    def indirect_share(self) -> float | None:
        """Hours for no customer, of all; None without hours."""
        return float(self.by("phase").get("indirect", 0.0)) / self.total if self.total else None

    @property
    def estimated_share(self) -> float:
        """Share of the hours that rests on contacts instead of bookings."""
        estimated = self.rows.loc[self.rows["source"] == "estimated", "hours"].sum()
        return float(estimated / self.total) if self.total else 0.0

    @property
    def basis(self) -> Literal["counted", "assumed"]:
        return "assumed" if self.estimated_share else "counted"

    def by(self, column: str) -> pd.Series:
        """Hours by ``csm_id``, ``task`` or ``phase``, most first."""
        return self.rows.groupby(column)["hours"].sum().sort_values(ascending=False, kind="stable")


@dataclass(frozen=True, slots=True)
class Capacity(Result):
    """Contracted hours for customer success in a period, leave not taken off, and whose they are.

    Whoever joined or left counts for the days there.

    >>> found = capacity(run.data, run.period)
    >>> found.people, "M004" in found.who
    (8, False)
    """

    hours: float
    who: tuple[str, ...]

    @property
    def people(self) -> int:
        return len(self.who)


def hours(data: Data, rules: Workload, period: Period) -> Hours:
    """Hours of a period.

    Raises
    ------
    NotAvailable
        If neither bookings nor contacts came with the data.

    Examples
    --------
    >>> found = hours(run.data, run.settings.workload, run.period)
    >>> found.by("phase").round().to_dict()
    {'live': 1112.0, 'indirect': 478.0, 'onboarding': 277.0}
    """
    table, left_out = work(data, rules, period.start, period.end)
    table = data.hold(table) if data.is_large(*RECORDED) else table
    by_task = table.group_by("csm_id", "task", "phase", "source").aggregate(hours=row.minutes.sum() / 60)
    by_customer = (
        table.filter(row.customer_id.notnull()).group_by("customer_id", "name").aggregate(hours=row.minutes.sum() / 60)
    )
    return Hours(
        by_task.order_by("csm_id", "task", "phase", "source").to_pandas(),
        by_customer.order_by(ibis.desc("hours"), "customer_id").to_pandas(),
        left_out,
    )


def work(data: Data, rules: Workload, first: date, last: date) -> tuple[ibis.Table, int]:
    """Every booking, and every contact that stands in for one, from a day to another; and contacts left out.

    Returns
    -------
    Table, columns csm_id, customer_id, name, on, task, phase, minutes, source
    int
        See :class:`Hours`.

    Raises
    ------
    NotAvailable
        If neither bookings nor contacts came with the data.

    Examples
    --------
    >>> len(work(run.data, run.settings.workload, run.period.start, run.period.end))
    2
    """
    if not data.has("time_logs") and not data.has("touchpoints"):
        raise NotAvailable(
            _("Hours need the table time_logs (hours booked) or touchpoints (contacts). Neither came with the data.")
        )
    span = None
    if data.is_large(*RECORDED):  # whole months: who booked in one booked all of it
        span = first.replace(day=1), add_months(last.replace(day=1), 1)
    table, left_out = _recorded(data, rules, span)
    within = (left_out.index >= pd.Timestamp(first)) & (left_out.index <= pd.Timestamp(last))
    return table.filter(table.on.between(first, last)), int(left_out[within].sum())


@once
def _recorded(data: Data, rules: Workload, span: Span | None) -> tuple[ibis.Table, pd.Series]:
    """All work there is a record of, as a table of its own, or that of a span; and by day the contacts left out."""
    contacts, left_out = _from_contacts(data, rules, span)
    parts = [part for part in (_booked(data, span), contacts) if part is not None]
    whole = _with_phase(data, ibis.union(*parts) if len(parts) > 1 else parts[0])
    return whole if span else data.hold(whole), left_out


def cube(data: Data, rules: Workload, period: Period) -> pd.DataFrame:
    """Hours by person, task, customer and phase: what everything else is a sum of.

    Returns
    -------
    DataFrame, columns csm_id, task, customer_id, name, phase, source, hours
        One row a combination; customer_id is empty for indirect work.

    Examples
    --------
    >>> list(cube(run.data, run.settings.workload, run.period).columns)
    ['csm_id', 'task', 'customer_id', 'name', 'phase', 'source', 'hours']
    """
    table, _left_out = work(data, rules, period.start, period.end)
    keys = ("csm_id", "task", "customer_id", "name", "phase", "source")
    return table.group_by(*keys).aggregate(hours=row.minutes.sum() / 60).order_by(*keys).to_pandas()


def by_month(data: Data, rules: Workload, first: date, last: date) -> pd.Series:
    """Hours of each month from a day to another, months without any 0.

    Returns
    -------
    Series of float, index first days of months

    Examples
    --------
    >>> len(by_month(run.data, run.settings.workload, run.period.start, run.period.end))
    3
    """
    table, _left_out = work(data, rules, first, last)
    sums = table.group_by(month=table.on.truncate("M").cast("date")).aggregate(hours=row.minutes.sum() / 60)
    found = sums.order_by("month").to_pandas()
    months = pd.DatetimeIndex(pd.date_range(first, last, freq="MS"))
    return pd.Series(found["hours"].to_numpy(float), pd.DatetimeIndex(found["month"])).reindex(months).fillna(0.0)


@once
def recorded_since(data: Data) -> date | None:
    """The first day of which bookings or contacts are recorded; None where none are.

    >>> str(recorded_since(run.data))
    '2020-04-01'
    """
    tables = [data.table(name) for name in RECORDED if data.has(name)]
    days = [table.on.min().to_pyarrow().as_py() for table in tables]
    return min((day for day in days if day), default=None)


def capacity(data: Data, period: Period) -> Capacity | None:
    """Contracted hours of a period; None without csms or their weekly hours.

    >>> round(capacity(run.data, run.period).hours, 2)
    3536.0
    """
    if not data.has("csms", "weekly_hours"):
        return None
    each = contracted(team(data), period.start, period.end)
    return Capacity(float(each.sum()), tuple(each.index[each > 0]))


@once
def team(data: Data) -> pd.DataFrame:
    """Whose weekly hours are known: their dates, hours and cs_share, index csm_id.

    >>> team(run.data).loc[["M004", "M009"], ["joined_on", "left_on", "weekly_hours", "cs_share"]]
            joined_on    left_on  weekly_hours  cs_share
    csm_id
    M004   2018-10-01 2022-04-06          40.0       0.9
    M009   2022-12-01        NaT          40.0       0.8
    """
    people = data.table("csms").filter(row.weekly_hours.notnull())
    people = people.select("csm_id", "joined_on", "independent_on", "left_on", "weekly_hours", "cs_share")
    found = people.order_by("csm_id").to_pandas().set_index("csm_id")
    days = {name: pd.to_datetime(found[name]) for name in ("joined_on", "independent_on", "left_on")}
    return found.assign(**days, cs_share=found["cs_share"].fillna(1.0))


def contracted(people: pd.DataFrame, first: date, last: date) -> pd.Series:
    """Contracted hours of each of a :func:`team` from a day to another; 0 for who was not there.

    Parameters
    ----------
    people : DataFrame, index csm_id, columns joined_on, left_on, weekly_hours, cs_share

    Returns
    -------
    Series of float, index csm_id

    Examples
    --------
    One left after a week of June, one began in the middle of it with half of the time:

    >>> people = pd.DataFrame({"joined_on": pd.to_datetime(["2020-04-01", "2023-06-17"]),
    ...                        "left_on": pd.to_datetime(["2023-06-07", None]),
    ...                        "weekly_hours": 35.0, "cs_share": [1.0, 0.5]}, index=["M1", "M2"])
    >>> contracted(people, date(2023, 6, 1), date(2023, 6, 30)).to_dict()
    {'M1': 35.0, 'M2': 35.0}
    """
    start, end = pd.Timestamp(first), pd.Timestamp(last)
    until, since = people["left_on"].fillna(end), people["joined_on"].fillna(start)
    days = (until.where(until < end, end) - since.where(since > start, start)).dt.days + 1
    return days.clip(lower=0) / 7 * people["weekly_hours"] * people["cs_share"]


def booked_share(found: Hours, room: pd.Series) -> pd.DataFrame:
    """How much of their contracted hours did people book?

    Parameters
    ----------
    found : Hours
    room : Series
        Of :func:`contracted`, in the same period.

    Returns
    -------
    DataFrame, columns csm_id, contracted, booked, unlogged
        Hours; who booked nothing is not in it. Leave is in ``unlogged``.

    Examples
    --------
    M2 booked nothing: hours that rest on contacts are no booking.

    >>> rows = pd.DataFrame({"csm_id": ["M1", "M1", "M2"], "hours": [90.0, 10.0, 25.0],
    ...                      "source": ["booked", "booked", "estimated"]})
    >>> booked_share(Hours(rows, pd.DataFrame()), pd.Series({"M1": 120.0, "M2": 40.0}))
      csm_id  contracted  booked  unlogged
    0     M1       120.0   100.0      20.0
    """
    booked = found.rows[found.rows["source"] == "booked"].groupby("csm_id")["hours"].sum()
    own = pd.DataFrame({"contracted": room[room > 0]}).join(booked.rename("booked"), how="inner")
    return own.assign(unlogged=own["contracted"] - own["booked"]).reset_index(names="csm_id")


def _within(table: ibis.Table, span: Span | None) -> ibis.Table:
    return table.filter(table.on >= span[0], table.on < span[1]) if span else table


def _booked(data: Data, span: Span | None) -> ibis.Table | None:
    if not data.has("time_logs"):
        return None
    logs = _within(data.table("time_logs"), span)
    task, minutes = logs.task.fill_null(""), logs.minutes.cast("float64")
    return logs.select("csm_id", "on", "customer_id", task=task, minutes=minutes, source=ibis.literal("booked"))


def _from_contacts(data: Data, rules: Workload, span: Span | None) -> tuple[ibis.Table | None, pd.Series]:
    """Contacts of people and months without any booking; and by day how many of nobody in particular are left out."""
    left_out = pd.Series(0, pd.DatetimeIndex([]))
    if not data.has("touchpoints"):
        return None, left_out
    touch = _within(timed_touchpoints(data, rules), span)
    shown = touch.select(
        "on",
        "customer_id",
        csm_id=touch.csm_id.fill_null(""),
        task=touch.kind.fill_null(""),
        minutes=touch.meeting + touch.overhead,
        source=ibis.literal("estimated"),
        month=touch.on.truncate("M"),
    )
    if data.has("time_logs"):
        logs = _within(data.table("time_logs"), span)
        booked = logs.select("csm_id", month=logs.on.truncate("M")).distinct()
        nobody = booked.select(csm_id=ibis.literal(""), month="month").distinct()
        out = (
            _within(untimed(data), span).filter(row.csm_id.fill_null("") == "").select("on", month=row.on.truncate("M"))
        )
        out = out.semi_join(booked, "month").group_by("on").aggregate(n=row.count()).order_by("on")
        found = out.to_pandas()
        left_out = pd.Series(found["n"].to_numpy(), pd.DatetimeIndex(found["on"]))
        shown = shown.anti_join(ibis.union(booked, nobody), ["csm_id", "month"])
    shown = shown.select("csm_id", "on", "customer_id", "task", "minutes", "source")
    return shown, left_out


def _with_phase(data: Data, work: ibis.Table) -> ibis.Table:
    """Each customer's name, and the phase of the work for it.

    Onboarding before it went live, live after, ended once it left; indirect where it was for no customer. Unknown
    without the customer, or where going live was not recorded for any.
    """
    if data.has("customers"):
        customers = data.table("customers").select("customer_id", "name", "went_live_on", known=ibis.literal(True))
        work = work.left_join(customers, "customer_id").drop("customer_id_right")
    else:
        day, text = ibis.literal(None, "date"), ibis.literal(None, "string")
        work = work.mutate(name=text, went_live_on=day, known=text)
    gone = departures(data)
    if gone is None:
        work = work.mutate(effective_on=ibis.literal(None, "date"))
    else:
        work = work.left_join(gone.select("customer_id", "effective_on"), "customer_id").drop("customer_id_right")
    known = work.known.notnull() & ibis.literal(data.has("customers", "went_live_on"))
    phase = ibis.cases(
        (work.customer_id.isnull(), "indirect"),
        (work.effective_on.notnull() & (work.on > work.effective_on), "ended"),
        (~known, "unknown"),
        (work.went_live_on.isnull() | (work.on < work.went_live_on), "onboarding"),
        else_="live",
    )
    return work.select("csm_id", "customer_id", "name", "on", "task", "minutes", "source", phase=phase)
