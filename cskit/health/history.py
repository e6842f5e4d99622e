"""How have the grades gone, how long do customers stay at risk, and how old is what we know of them?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import ibis
import pandas as pd
from ibis import _ as row

from cskit.data import Data
from cskit.health import snapshot
from cskit.health.analysis import Study, looked_at
from cskit.health.items import people
from cskit.health.score import GRADES
from cskit.health.snapshot import Snapshot, month_ends
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.survival import Completion, completion

__all__ = ["Ages", "History", "ages", "history", "snapshots"]


@dataclass(frozen=True)
class History(Result):
    """Grades at the ends of months, the oldest first.

    Parameters
    ----------
    shots : tuple of Snapshot
        Months at whose end somebody had a grade; all by today's rules.
    spells : DataFrame, columns customer_id, began, months, ended
        Every stretch at risk that began within them. ``months``: month-ends it held; ``ended``: improved, left,
        unknown, or open where it still goes on.
    confidence : float

    Examples
    --------
    >>> round(course.confidence, 2)
    0.95
    """

    shots: tuple[Snapshot, ...]
    spells: pd.DataFrame
    confidence: float

    @property
    def grades(self) -> pd.DataFrame:
        """Customers by month-end (rows) and grade, from action to good."""
        rows = {shot.as_of: shot.grades for shot in self.shots}
        return pd.DataFrame.from_dict(rows, orient="index", columns=list(GRADES)).astype(int)

    @property
    def lasted(self) -> Completion:
        """How many months a stretch at risk lasts until the customer is well again; the others are censored."""
        improved = (self.spells["ended"] == "improved").to_numpy(bool)
        return completion(self.spells["months"].to_numpy(float), improved, self.confidence)

    @property
    def at_risk_now(self) -> pd.Series:
        """For how many month-ends in a row each customer at risk now has been; at most those looked at."""
        if not self.shots:
            return pd.Series(dtype=int)
        found = dict.fromkeys(sorted(self.shots[-1].at_risk), 0)
        going = set(found)
        for shot in reversed(self.shots):
            going &= shot.at_risk
            for customer in going:
                found[customer] += 1
        return pd.Series(found, dtype=int)


@shared
def history(run: Run, study: Study) -> History:
    """Grades at the end of each of the last months, and every stretch at risk that began in them.

    >>> round(history(run, health).confidence, 2)
    0.95
    """
    days = month_ends(run.data.as_of, run.settings.health.history_months)
    shots = tuple(shot for shot in snapshots(run, study, days).values() if shot.graded)
    return History(shots, _spells(shots), run.settings.report.confidence)


def snapshots(run: Run, study: Study, days: Iterable[date]) -> dict[date, Snapshot]:
    """Grades on several days; those the study has are not scored again.

    >>> len(snapshots(run, health, [run.period.start, run.period.end]))
    2
    """
    days = list(days)
    if set(days) - set(study.taken):  # of a study that another notebook has made
        more = {*days, *looked_at(run)} - set(study.taken)
        study.taken.update(snapshot.snapshots(run.data, more, study.rules))
    return {day: study.taken[day] for day in days}


def _spells(shots: tuple[Snapshot, ...]) -> pd.DataFrame:
    found = []
    open_: dict[str, tuple[date, int]] = {}
    before = shots[0].at_risk if shots else frozenset()
    for shot in shots[1:]:
        at_risk, grades = shot.at_risk, shot.scores["grade"]
        here, graded = set(grades.index), set(grades.index[grades.notna()])
        for customer in sorted(set(open_) - at_risk):
            end = "improved" if customer in graded else "unknown" if customer in here else "left"
            found.append((customer, *open_.pop(customer), end))
        for customer in sorted(at_risk):
            if customer in open_:
                open_[customer] = (open_[customer][0], open_[customer][1] + 1)
            elif customer not in before:
                open_[customer] = (shot.as_of, 1)
        before = at_risk
    found += [(customer, *spell, "open") for customer, spell in sorted(open_.items())]
    return pd.DataFrame(found, columns=["customer_id", "began", "months", "ended"])


# How an item's newest information is dated: (items, table, date columns). A customer's own newest row where the table
# holds observations of a customer; the table's newest row for all where it is a log, in which no entry is news, too.
OBSERVED = (
    (("setup_done",), "onboardings", ("started_on", "completed_on")),
    (("licence_use", "feature_breadth", "usage_depth"), "usage", ("on",)),
    (("relationship",), "assessments", ("on",)),
    (("goals_on_way",), "goals", ("agreed_on", "achieved_on")),
    (("account_nps",), "nps_responses", ("on",)),
)
LOGGED = (
    (("days_since_contact",), "touchpoints", ("on",)),
    (("contact_changed",), "contacts", ("from_on", "to_on")),
    (("open_severe_tickets",), "tickets", ("opened_at", "resolved_at")),
    (("arr_change",), "contracts", ("starts_on",)),
)


@dataclass(frozen=True)
class Ages(Result):
    """How old the newest information behind each known item is.

    Parameters
    ----------
    days : DataFrame, index customer_id, one column per item
        nan: the item is not known, or its information has no date.
    stale : DataFrame of bool, of the same shape
        Older than is allowed.
    allowed : DataFrame, of the same shape
        Days: ``health.fresh_days``, longer for customers of a slower rhythm.
    known : int
        Inputs known at all, dated or not.

    Examples
    --------
    >>> known.known
    4023
    """

    days: pd.DataFrame
    stale: pd.DataFrame
    allowed: pd.DataFrame
    known: int

    @property
    def count(self) -> int:
        return int(self.stale.to_numpy().sum())


@shared
def ages(run: Run, study: Study) -> Ages:
    """The age of what is known on the day of the data, scaled with how often a customer uses the product.

    A completed set-up does not grow old, and neither does a list in which the customer need not stand.

    >>> ages(run, health).known
    4023
    """
    data, rules, raw = run.data, study.rules, study.now.raw[list(study.rules.items)]
    dated = [own for own in (*OBSERVED, *LOGGED) if data.has(own[1]) and any(name in raw for name in own[0])]
    newest = _newest(data, {table: columns for _names, table, columns in dated})
    found: dict[str, pd.Series] = {}
    for own in dated:
        names, table, _columns = own
        logged = own in LOGGED
        since = pd.Series(newest[table].max(), index=raw.index) if logged else newest[table].reindex(raw.index)
        found |= dict.fromkeys(names, (pd.Timestamp(data.as_of) - since).dt.days.clip(lower=0))
    days = pd.DataFrame({name: found.get(name) for name in rules.items}, index=raw.index, dtype=float).where(
        raw.notna()
    )
    if "setup_done" in days:
        days["setup_done"] = days["setup_done"].where(raw["setup_done"] < 1)
    rhythm = people(data.on_days([data.as_of]), rules).select("customer_id", "factor")
    factor = rhythm.to_pandas().set_index("customer_id")["factor"]
    given = {name: factor * rules.fresh_days_of.get(name, rules.fresh_days) for name in rules.items}
    allowed = pd.DataFrame(given, index=days.index)
    return Ages(days, days.gt(allowed), allowed, int(raw.notna().to_numpy().sum()))


def _newest(data: Data, dates: dict[str, tuple[str, ...]]) -> dict[str, pd.Series]:
    """The newest day of each customer's rows in each of some tables, by their columns of dates; all in one query."""
    parts = []
    for name, columns in dates.items():
        rows = data.table(name).filter(row.customer_id.notnull())
        days = [rows[column].cast("date") for column in columns]
        newest = ibis.greatest(*days) if len(days) > 1 else days[0]  # Spark compares no value with itself
        mine = rows.select("customer_id", newest=newest).group_by("customer_id").aggregate(newest=row.newest.max())
        parts.append(mine.select("customer_id", "newest", table=ibis.literal(name)))
    if not parts:
        return {}
    frame = ibis.union(*parts).order_by("table", "customer_id").to_pandas()
    frame["newest"] = pd.to_datetime(frame["newest"])
    by_customer = frame.set_index("customer_id")
    return {name: by_customer.loc[(by_customer["table"] == name).to_numpy(), "newest"] for name in dates}
