"""How many hours did the work take, by task and phase, and how many were there?

Booked time is the total where a person booked any in a month. Only where a person booked nothing are contacts
counted instead, with standard minutes for what was not noted; the two are never added for one person and month.
"""

from dataclasses import dataclass
from typing import Literal

import ibis
import pandas as pd
from ibis import _ as row

from cskit.data import Data
from cskit.errors import NotAvailable
from cskit.i18n import _
from cskit.params import Workload
from cskit.periods import Period
from cskit.workload.minutes import timed_touchpoints

__all__ = ["PHASES", "Capacity", "Hours", "capacity", "hours"]

PHASES = ("onboarding", "live", "indirect")


@dataclass(frozen=True)
class Hours:
    """Hours of CS work in a period.

    Parameters
    ----------
    rows : DataFrame, columns csm_id, task, phase, hours, source
        ``source`` is ``booked`` or ``estimated`` (from contacts and standard minutes).
    customers : DataFrame, columns customer_id, hours
        Most hours first; work for no customer is not in it.
    """

    rows: pd.DataFrame
    customers: pd.DataFrame

    @property
    def total(self) -> float:
        return float(self.rows["hours"].sum())

    @property
    def people(self) -> int:
        """Who booked or met anybody; contacts by nobody in particular count for none."""
        return int(self.rows.loc[self.rows["csm_id"] != "", "csm_id"].nunique())

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
class Capacity:
    """Contracted hours for customer success in a period; whoever joined or left counts for the days there."""

    hours: float
    people: int


def hours(data: Data, rules: Workload, period: Period) -> Hours:
    """Hours of a period.

    Raises
    ------
    NotAvailable
        If neither bookings nor contacts came with the data.
    """
    if not data.has("time_logs") and not data.has("touchpoints"):
        raise NotAvailable(
            _("Hours need the table time_logs (hours booked) or touchpoints (contacts). Neither came with the data.")
        )
    parts = [part for part in (_booked(data, period), _from_contacts(data, rules, period)) if part is not None]
    table = ibis.union(*parts) if len(parts) > 1 else parts[0]
    by_task = table.group_by("csm_id", "task", "phase", "source").aggregate(hours=row.minutes.sum() / 60)
    by_customer = (
        table.filter(row.customer_id.notnull()).group_by("customer_id").aggregate(hours=row.minutes.sum() / 60)
    )
    return Hours(
        by_task.order_by("csm_id", "task", "phase", "source").to_pandas(),
        by_customer.order_by(ibis.desc("hours"), "customer_id").to_pandas(),
    )


def capacity(data: Data, period: Period) -> Capacity | None:
    """Contracted hours of a period; None without csms or their weekly hours."""
    if not data.has("csms", "weekly_hours"):
        return None
    people = data.table("csms").filter(row.weekly_hours.notnull()).to_pandas()
    first = (
        pd.to_datetime(people["joined_on"]).fillna(pd.Timestamp(period.start)).clip(lower=pd.Timestamp(period.start))
    )
    last = pd.to_datetime(people["left_on"]).fillna(pd.Timestamp(period.end)).clip(upper=pd.Timestamp(period.end))
    days = ((last - first).dt.days + 1).clip(lower=0)
    each = days / 7 * people["weekly_hours"] * people["cs_share"].fillna(1.0)
    return Capacity(float(each.sum()), int((days > 0).sum()))


def _booked(data: Data, period: Period) -> ibis.Table | None:
    if not data.has("time_logs"):
        return None
    logs = data.table("time_logs")
    logs = logs.filter(logs.on.between(period.start, period.end))
    shown = logs.select("csm_id", "on", "customer_id", task=logs.task.fill_null(""), minutes=logs.minutes)
    return _with_phase(data, shown).mutate(source=ibis.literal("booked"))


def _from_contacts(data: Data, rules: Workload, period: Period) -> ibis.Table | None:
    """Contacts of people and months without any booking."""
    if not data.has("touchpoints"):
        return None
    touch = timed_touchpoints(data, rules)
    touch = touch.filter(touch.on.between(period.start, period.end))
    touch = touch.mutate(month=touch.on.truncate("M"), csm_id=touch.csm_id.fill_null(""))
    if data.has("time_logs"):
        logs = data.table("time_logs")
        booked = logs.select("csm_id", month=logs.on.truncate("M")).distinct()
        touch = touch.anti_join(booked, ["csm_id", "month"])
    shown = touch.select(
        "csm_id", "on", "customer_id", task=touch.kind.fill_null(""), minutes=touch.meeting + touch.overhead
    )
    return _with_phase(data, shown).mutate(source=ibis.literal("estimated"))


def _with_phase(data: Data, work: ibis.Table) -> ibis.Table:
    """Onboarding before the customer went live, live after; indirect where it was for no customer."""
    if data.has("customers"):
        live = data.table("customers").select("customer_id", "went_live_on")
        work = work.left_join(live, "customer_id").drop("customer_id_right")
    else:
        work = work.mutate(went_live_on=ibis.literal(None, "date"))
    before = work.went_live_on.isnull() | (work.on < work.went_live_on)
    phase = ibis.cases((work.customer_id.isnull(), "indirect"), (before, "onboarding"), else_="live")
    return work.select("csm_id", "customer_id", "task", "minutes", phase=phase)
