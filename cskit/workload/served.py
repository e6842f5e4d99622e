"""How is each support mode lived: meetings, minutes, preparation, what was agreed and what took place?"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import ibis
import pandas as pd
from ibis import _ as row

from cskit.data import Data
from cskit.facts import departures
from cskit.periods import months_away
from cskit.result import Result
from cskit.run import Run
from cskit.settings import Mode, Workload
from cskit.shared import shared
from cskit.workload.hours import work
from cskit.workload.minutes import timed_touchpoints

__all__ = ["LEAST_MEETINGS", "Projects", "Served", "mode_on", "projects", "served"]

LEAST_MEETINGS = 12  # in a mode within the year, from which its own values are used; arbitrary, one a month
MONTH = 365.25 / 12


@dataclass(frozen=True)
class Served(Result):
    """One support mode over the 12 months to the day of the data.

    Parameters
    ----------
    name : str
    customers : int
        In it on that day.
    mode : Mode
        Per meeting and year, as measured where there were meetings enough, as settings say otherwise.
    basis : {"measured", "estimated", "assumed"}
        Estimated: measured, but with standard minutes for part of the time. Assumed: from settings.
    meetings, months : float
        Held, and months all customers together were in it.
    agreed : float or None
        Meetings that the agreed cadence comes to; None where none is agreed.
    chosen : dict of str to int
        Customers by who chose the mode.

    Examples
    --------
    >>> lived[0].name, lived[0].customers, lived[0].basis
    ('on_demand', 160, 'estimated')
    """

    name: str
    customers: int
    mode: Mode
    basis: Literal["measured", "estimated", "assumed"]
    meetings: float
    months: float
    agreed: float | None
    chosen: dict[str, int]

    @property
    def delivered(self) -> float | None:
        """Meetings held of those agreed."""
        return self.meetings / self.agreed if self.agreed else None


@dataclass(frozen=True, slots=True)
class Projects(Result):
    """Growth projects of the 12 months to the day of the data.

    Parameters
    ----------
    customers : int
        In growth mode on that day.
    hours, all_hours : float
        Work for them on projects, and on everything, since each is in the mode.
    themes : int
        Of them, how many have a theme on record.

    Examples
    --------
    >>> projects(run).customers
    4
    """

    customers: int
    hours: float
    all_hours: float
    themes: int


@shared
def projects(run: Run) -> Projects | None:
    """What growth mode takes; None where nobody is in it, or no work is recorded.

    >>> projects(run).customers
    4
    """
    data, rules = run.data, run.settings.workload
    if not data.has("service_levels") or not (data.has("time_logs") or data.has("touchpoints")):
        return None
    spells = _spells(data).filter((row["mode"] == "growth") & (row.until > data.as_of))
    here = spells.aggregate(n=spells.customer_id.nunique(), themes=spells.theme.notnull().sum()).to_pandas()
    if not int(here["n"].iloc[0]):
        return None
    table, _left_out = work(data, rules, months_away(data.as_of, -12) + timedelta(days=1), data.as_of)
    own = table.join(spells.select("customer_id", "from_on"), "customer_id").filter(row.on >= row.from_on)
    on_projects = row.minutes.sum(where=row.task.isin(rules.project_tasks))
    sums = own.aggregate(hours=on_projects / 60, all_hours=row.minutes.sum() / 60).to_pandas().fillna(0.0).iloc[0]
    counts = (int(here["n"].iloc[0]), float(sums["hours"]), float(sums["all_hours"]), int(here["themes"].iloc[0]))
    return Projects(*counts)


@shared
def served(run: Run) -> tuple[Served, ...] | None:
    """Every mode somebody was in within the year; None without ``service_levels`` and ``touchpoints``.

    >>> len(served(run))
    8
    """
    data, rules = run.data, run.settings.workload
    if not data.has("service_levels") or not data.has("touchpoints"):
        return None
    first = months_away(data.as_of, -12) + timedelta(days=1)
    spells = _spells(data)
    held = _meetings(data, rules, spells, first).to_pandas().set_index("mode")
    lived = _lived(data, spells, first)
    return tuple(_one(str(name), lived.loc[name], held.reindex([name]).iloc[0], rules) for name in lived.index)


def mode_on(data: Data, day: date) -> pd.Series:
    """Each customer's mode on a day: Series of str, index customer_id.

    >>> len(mode_on(run.data, run.period.start))
    457
    """
    spells = _spells(data)
    there = spells.filter((spells.from_on <= day) & (spells.until > day))
    return there.order_by("customer_id").to_pandas().set_index("customer_id")["mode"]


def _spells(data: Data) -> ibis.Table:
    """Each customer's time in each mode: from_on to, and not with, until."""
    levels = data.table("service_levels")
    window = ibis.window(group_by="customer_id", order_by="from_on")
    end = ibis.literal(data.as_of + timedelta(days=1))
    levels = levels.mutate(until=ibis.coalesce(levels.from_on.lead().over(window), end))
    gone = departures(data)
    if gone is None:
        return levels
    joined = levels.left_join(gone.select("customer_id", "effective_on"), "customer_id").drop("customer_id_right")
    last = (joined.effective_on + ibis.interval(days=1)).cast("date")
    return joined.mutate(until=ibis.least(joined.until, ibis.coalesce(last, joined.until))).drop("effective_on")


def _meetings(data: Data, rules: Workload, spells: ibis.Table, first: date) -> ibis.Table:
    touch = timed_touchpoints(data, rules)
    touch = touch.filter(touch.kind.isin(rules.regular_kinds) & (touch.on >= first)).drop("minutes")
    met = touch.join(spells.select("customer_id", "mode", "from_on", "until"), "customer_id")
    met = met.filter((met.on >= met.from_on) & (met.on < met.until))
    prep, followup = (
        met[f"{name}_minutes"].fill_null(met.kind.cases(*_standard(rules, name), else_=0.0))
        for name in ("prep", "followup")
    )
    return met.group_by("mode").aggregate(
        meetings=met.count(),
        minutes=met.meeting.mean(),
        prep=prep.mean(),
        followup=(followup + met.travel_minutes.fill_null(0)).mean(),
        moved=(met.reschedules.fill_null(0) > 0).mean(),
        nothing_new=(~met.had_update).mean(),
        estimated=(met.meeting_estimated + met.overhead_estimated).sum() > 0,
    )


def _standard(rules: Workload, name: str) -> list[tuple[str, float]]:
    return [(kind, float(getattr(minutes, name))) for kind, minutes in rules.standard_minutes.items()]


def _lived(data: Data, spells: ibis.Table, first: date) -> pd.DataFrame:
    """By mode: customers now, months together, meetings agreed, who chose."""
    begin = ibis.greatest(spells.from_on, ibis.literal(first))
    days = spells.until.delta(begin, unit="day")
    spells = spells.mutate(days=days, here=spells.until > data.as_of).filter(row.days > 0)
    who = {name: (row.here & (row.chosen_by == name)).sum() for name in ("customer", "us", "default")}
    sums = spells.group_by("mode").aggregate(
        customers=row.here.sum(), days=row.days.sum(), agreed=(row.days / row.cadence_days).sum(), **who
    )
    return sums.order_by(ibis.desc("customers"), "mode").to_pandas().set_index("mode")


def _one(name: str, lived: pd.Series, held: pd.Series, rules: Workload) -> Served:
    months = float(lived["days"]) / MONTH
    count = 0.0 if pd.isna(held["meetings"]) else float(held["meetings"])
    meant = rules.modes[name]  # type: ignore[index]
    agreed = None if pd.isna(lived["agreed"]) else float(lived["agreed"])
    chosen = {who: int(lived[who]) for who in ("customer", "us", "default") if lived[who]}
    mode, basis = meant, "assumed"
    if count >= LEAST_MEETINGS:
        known = {
            key: float(held[key])
            for key in ("minutes", "prep", "followup", "moved", "nothing_new")
            if held[key] == held[key]
        }
        mode = meant.model_copy(update={"per_year": 12 * count / months, **known})
        basis = "estimated" if held["estimated"] else "measured"
    return Served(name, int(lived["customers"]), mode, basis, count, months, agreed, chosen)  # type: ignore[arg-type]
