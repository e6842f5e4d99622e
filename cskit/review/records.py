"""What do we know of every customer that a review speaks of? Read once, for all of them; a review takes its own part.

Reading the tables for one customer takes as long as for all: so they are read for all, and a thousand reviews cost a
thousand look-ups.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import ibis
import pandas as pd
from ibis import _ as row

from cskit.data import Data
from cskit.errors import SettingsError, did_you_mean
from cskit.facts import accounts, arr_by_customer, current_customers, in_charge
from cskit.health.analysis import lately
from cskit.health.moved import Moved, moved
from cskit.periods import months_away
from cskit.plays.actions import Actions, actions
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.workload.calendar import calendar

__all__ = ["Record", "Records", "chosen", "records"]

MONTHS = 12  # looked back over
TABLES = ("goals", "usage", "people", "gone", "meetings", "tickets", "requests", "answers", "actions")


@dataclass(frozen=True)
class Record(Result):
    """One customer's part of :class:`Records`: the same tables, its own rows.

    >>> review.own.customer
    'C00093'
    """

    customer: str
    about: pd.Series
    goals: pd.DataFrame
    usage: pd.DataFrame
    people: pd.DataFrame
    gone: pd.DataFrame
    meetings: pd.DataFrame
    tickets: pd.DataFrame
    requests: pd.DataFrame
    answers: pd.DataFrame
    actions: pd.DataFrame


@dataclass(frozen=True)
class Records(Result):
    """Everything reviews are made of, each table sorted by customer.

    Parameters
    ----------
    customers : DataFrame, index customer_id
        name, owner, url, csm_id, segment, plan, contracted_on, arr, next_review; since and before: from when on the
        person in charge has been it, and the name of who was before.
    tables : dict of DataFrame
        By name, with a column customer_id: goals, usage (by month), people (contact persons there are), gone (who
        left within half a year), meetings (contacts of the year, no bulk mail), tickets, requests, answers (of the
        newest wave), actions (of the list). None that did not come with the data.
    topics : DataFrame, columns on, kind, title, segment
        Of the last year.
    names : tuple of str
        Of every customer there is or was.
    moved : Moved
        What moved each health score since three months before.
    actions : Actions
    as_of : date

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.run import start
    >>> customers = {"customer_id": ["A", "B"], "contracted_on": "2022-04-01"}
    >>> asked = {"request_id": ["R1", "R2"], "customer_id": ["A", "B"], "on": "2023-05-01"}
    >>> with TemporaryDirectory() as folder:
    ...     pd.DataFrame(customers).to_csv(Path(folder, "customers.csv"), index=False)
    ...     pd.DataFrame(asked).assign(category=["price", "use"]).to_csv(Path(folder, "requests.csv"), index=False)
    ...     own = records(start("2023Q2", data=folder)).of("A")
    >>> own.requests["category"].tolist(), own.goals.empty
    (['price'], True)
    """

    customers: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    topics: pd.DataFrame
    names: tuple[str, ...]
    moved: Moved
    actions: Actions
    as_of: date
    _places: dict[str, dict[str, slice]] = field(default_factory=dict, repr=False, compare=False)

    def of(self, customer: str) -> Record:
        """One customer's part; tables that did not come are empty."""
        parts = {name: self._part(name, customer) for name in TABLES}
        about = self.customers.loc[[customer]].iloc[0]
        return Record(customer, about, **parts)

    def _part(self, name: str, customer: str) -> pd.DataFrame:
        table = self.tables.get(name)
        if table is None:
            return pd.DataFrame()
        if name not in self._places:
            sizes = table.groupby("customer_id", sort=False).size()
            ends = sizes.cumsum()
            self._places[name] = {
                str(key): slice(int(end - size), int(end))
                for key, end, size in zip(sizes.index, ends, sizes, strict=True)
            }
        return table.iloc[self._places[name].get(customer, slice(0, 0))].reset_index(drop=True)


@shared
def records(run: Run) -> Records:
    """Everything of every current customer on the day of the data.

    Raises
    ------
    NotAvailable
        Without ``customers``.

    Examples
    --------
    >>> str(records(run).as_of)
    '2023-06-30'
    """
    run.data.need("customers")
    found = actions(run)
    then, now = lately(run)
    tables = {name: table for name, read in READERS.items() if (table := read(run.data)) is not None}
    tables["actions"] = found.rows.sort_values("customer_id", kind="stable", ignore_index=True)
    names = tuple(accounts(run.data)["name"].dropna().astype(str))
    moves = moved(then, now, run.settings.health)
    return Records(_customers(run), tables, _topics(run.data), names, moves, found, run.data.as_of)


def chosen(data: Data, customers: Sequence[str] = (), owner: str = "") -> list[tuple[str, str, str]]:
    """Whose reviews: identifier, name, and the name of who is in charge; of all, of some, or of one person's.

    Raises
    ------
    SettingsError
        Naming every customer that is none on the day of the data, or a person who is in charge of nobody.

    Examples
    --------
    >>> len(chosen(run.data))
    481
    """
    known, charge = accounts(data), in_charge(data)
    who = current_customers(data).select("customer_id").order_by("customer_id").to_pandas()["customer_id"]
    ids = list(map(str, who))
    if strangers := [one for one in customers if one not in ids]:
        lines = [f"  {one} is no customer on {data.as_of}.{did_you_mean(one, ids)}" for one in strangers]
        raise SettingsError("\n".join(["--customer:", *lines]))
    if owner:
        ids = [one for one in ids if charge.get(one) == owner]
        if not ids:
            people = sorted(set(charge.dropna()))
            near = did_you_mean(owner, people)
            raise SettingsError(f"--owner: {owner} is in charge of nobody.{near} There are: {', '.join(people)}.")
    wanted = [one for one in ids if not customers or one in customers]
    told = known.reindex(wanted).astype(object)
    told = told.where(told.notna(), "")
    return [(one, str(told.at[one, "name"]), str(told.at[one, "owner"])) for one in wanted]


def _customers(run: Run) -> pd.DataFrame:
    data = run.data
    table = current_customers(data).select("customer_id", "segment", "plan", "contracted_on").order_by("customer_id")
    who = table.to_pandas().set_index("customer_id")
    next_review = pd.Series(dtype="datetime64[ns]")
    if (plan := calendar(run)) is not None:
        next_review = pd.to_datetime(plan.placed.set_index("customer_id")["month"])
    who = accounts(data).reindex(who.index).join(who).join(_charge(data))
    return who.assign(
        contracted_on=pd.to_datetime(who["contracted_on"]),
        csm_id=in_charge(data).reindex(who.index),
        arr=arr_by_customer(data).reindex(who.index),
        next_review=next_review.reindex(who.index),
    )


def _charge(data: Data) -> pd.DataFrame:
    """Since when the newest assignment for relations holds, and whose it was before: columns since, before."""
    if not data.has("assignments", "role"):
        return pd.DataFrame({"since": pd.Series(dtype="datetime64[ns]"), "before": pd.Series(dtype=object)})
    table = data.table("assignments").filter(row.role.isnull() | (row.role == "relations"))
    rows = _read(table.select("customer_id", "csm_id", "from_on"), "from_on", "csm_id")
    earlier = rows.groupby("customer_id")["csm_id"].shift()
    if data.has("csms", "name"):
        team = data.table("csms").select("csm_id", "name").to_pandas().dropna().set_index("csm_id")["name"]
        earlier = earlier.map(team).fillna(earlier)
    newest = (
        rows.assign(before=earlier).rename(columns={"from_on": "since"}).drop_duplicates("customer_id", keep="last")
    )
    return newest.set_index("customer_id")[["since", "before"]]


def _goals(data: Data) -> pd.DataFrame | None:
    columns = ("customer_id", "goal", "baseline", "target", "current", "unit", "agreed_on", "due_on", "achieved_on")
    return _read(data.table("goals").select(*columns), "due_on", "goal") if data.has("goals") else None


def _usage(data: Data) -> pd.DataFrame | None:
    """By month: most distinct users in a day, uses, features used."""
    if not data.has("usage", "active_users"):
        return None
    table = data.table("usage")
    recent = table.filter(table.on > months_away(data.as_of, -MONTHS))
    sums = recent.group_by("customer_id", month=recent.on.truncate("M")).aggregate(
        users=row.active_users.max(where=row.feature.isnull()),
        uses=row.events.sum(where=row.feature.isnull()),
        features=row.feature.nunique(where=row.events > 0),
    )
    return _read(sums, "month")


def _people(data: Data) -> pd.DataFrame | None:
    if not data.has("contacts"):
        return None
    table = data.table("contacts")
    there = table.filter(table.to_on.isnull() | (table.to_on >= data.as_of))
    return _read(there.select("customer_id", "contact_id", "role", "from_on"), "role", "from_on", "contact_id")


def _gone(data: Data) -> pd.DataFrame | None:
    if not data.has("contacts", "to_on"):
        return None
    table = data.table("contacts")
    left = table.filter((table.to_on < data.as_of) & (table.to_on > months_away(data.as_of, -6)))
    return _read(left.select("customer_id", "contact_id", "role", "to_on"), "to_on", "contact_id")


def _meetings(data: Data) -> pd.DataFrame | None:
    if not data.has("touchpoints"):
        return None
    table = data.table("touchpoints")
    ours = table.filter(~table.mass.fill_null(False) & (table.on > months_away(data.as_of, -MONTHS)))
    columns = ("customer_id", "on", "channel", "kind", "csm_id", "minutes", "had_update", "agreed", "note")
    return _read(ours.select(*columns, "touchpoint_id"), "on", "touchpoint_id")


def _tickets(data: Data) -> pd.DataFrame | None:
    if not data.has("tickets"):
        return None
    table = data.table("tickets")
    recent = table.filter(table.customer_id.notnull() & (table.opened_at.date() > months_away(data.as_of, -MONTHS)))
    columns = ("customer_id", "opened_at", "category", "severity", "resolved_at", "ticket_id")
    return _read(recent.select(*columns), "opened_at", "ticket_id")


def _requests(data: Data) -> pd.DataFrame | None:
    if not data.has("requests"):
        return None
    table = data.table("requests")
    recent = table.filter(table.customer_id.notnull() & (table.on > months_away(data.as_of, -MONTHS)))
    return _read(recent.select("customer_id", "on", "category", "status", "request_id"), "on", "request_id")


def _answers(data: Data) -> pd.DataFrame | None:
    """Of the newest wave in which the customer answered."""
    if not data.has("nps_responses"):
        return None
    table = data.table("nps_responses").filter(row.customer_id.notnull() & row.score.notnull())
    if data.has("nps_waves"):
        table = table.left_join(data.table("nps_waves").select("wave", "closed_on"), "wave").drop("wave_right")
        table = table.mutate(day=ibis.coalesce(table.on, table.closed_on))
    else:
        table = table.mutate(day=table.on)
    columns = ("customer_id", "wave", "day", "score", "comment", "may_share", "respondent_id")
    rows = _read(table.select(*columns), "day", "respondent_id")
    newest = rows.groupby("customer_id")["wave"].transform("last")
    return rows[rows["wave"] == newest].reset_index(drop=True)


def _topics(data: Data) -> pd.DataFrame:
    if not data.has("topics"):
        return pd.DataFrame(columns=["on", "kind", "title", "segment"])
    table = data.table("topics")
    recent = table.filter(table.on > months_away(data.as_of, -MONTHS))
    rows = recent.select("on", "kind", "title", "segment", "topic_id").order_by(ibis.desc("on"), "topic_id").to_pandas()
    return rows.assign(on=pd.to_datetime(rows["on"]))


def _read(table: ibis.Table, *order: str) -> pd.DataFrame:
    """In the order of customers; dates as pandas compares them."""
    rows = table.order_by("customer_id", *order).to_pandas()
    days = [name for name, kind in table.schema().items() if kind.is_date()]
    return rows.assign(**{name: pd.to_datetime(rows[name]) for name in days})


READERS = {
    "goals": _goals,
    "usage": _usage,
    "people": _people,
    "gone": _gone,
    "meetings": _meetings,
    "tickets": _tickets,
    "requests": _requests,
    "answers": _answers,
}
