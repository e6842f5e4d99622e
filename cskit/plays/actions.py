"""What is to be done, by whom, by when, and what of it fits into the hours there are?

What was begun is carried on first; then the plays called for, by the ARR that hangs on them. Nothing is opened twice,
and nobody gets more than their hours: what does not fit keeps its rank and waits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from cskit import i18n
from cskit.catalogue import OWNERS, Play
from cskit.data import Data
from cskit.errors import SettingsError, did_you_mean
from cskit.facts import in_charge
from cskit.onboarding.cases import cases
from cskit.plays.facts import facts
from cskit.plays.triggers import holds, triggered
from cskit.result import Result
from cskit.run import Run
from cskit.settings import Settings
from cskit.shared import shared
from cskit.workload.hours import contracted, team

__all__ = ["Actions", "Known", "actions", "earlier", "known", "listed", "named_play"]

DATES = ("opened_on", "due_on", "done_on", "dropped_on")
COLUMNS = ("customer_id", "play", "state", "owner", "opened_on", "due_on", "minutes", "value", "action_id")
WEEK = 7  # days; a step that must come before a date is due so much before it


@dataclass(frozen=True)
class Known(Result):
    """What a list is made from that hangs on no play.

    Parameters
    ----------
    facts : DataFrame, index customer_id
        See :func:`cskit.plays.facts.facts`.
    begun : DataFrame
        Actions on record, plays as they are recorded; see :func:`earlier`. ``at`` is the customer's place in ``facts``,
        -1 for one who is a customer no longer.
    by_rule : mapping of rule to array
        Whose each customer of ``facts`` is; None where nobody's.
    people, gone : tuple of str
        All of the team, and who has left.
    team : DataFrame or None
        Whose hours there are; None where they are not set against the list.
    as_of : date

    Examples
    --------
    >>> seen = plays.now.known
    >>> seen.gone, seen.by_rule["in_charge"][:3].tolist(), seen.begun["action_id"].iloc[-1]
    (('M004',), ['M002', 'M006', 'M008'], 'P000147')
    """

    facts: pd.DataFrame
    begun: pd.DataFrame
    by_rule: Mapping[str, np.ndarray]
    people: tuple[str, ...]
    gone: tuple[str, ...]
    team: pd.DataFrame | None
    as_of: date


@dataclass(frozen=True)
class Actions(Result):
    """The list of a day.

    Parameters
    ----------
    rows : DataFrame, columns customer_id, play, state, owner, opened_on, due_on, minutes, value, action_id
        In the order in which to take them. ``state``: ``carried`` (begun, still open), ``closable`` (begun, and what it
        was for is reached), ``new`` (to begin now), ``waits`` (no hours left for it, or nobody to do it). ``owner`` is
        empty where nobody is in charge. ``value`` is the ARR that hangs on it.
    known : Known
    hours : DataFrame or None, index csm_id, columns room, carried, new, waits
        Hours of each person for the weeks ahead, and what takes them; None where hours are not known, or where only a
        part of the customers is looked at.
    held_back : int
        Further actions called for at customers that have their fill.
    strange : int
        Open actions whose play is not in the catalogue: carried on as they are.
    weeks : int

    Examples
    --------
    >>> plays.now.held_back, plays.now.strange, plays.now.weeks
    (28, 0, 4)
    """

    rows: pd.DataFrame
    known: Known
    hours: pd.DataFrame | None
    held_back: int
    strange: int
    weeks: int
    plays: Mapping[str, Play]

    def _in_short(self) -> str:
        return i18n.several([f"{state} {n:,}" for state, n in self.rows["state"].value_counts().items()], ", ")

    @property
    def facts(self) -> pd.DataFrame:
        """What is seen of the customers, index customer_id."""
        return self.known.facts

    @property
    def as_of(self) -> date:
        return self.known.as_of

    def count(self, *states: str) -> int:
        """Actions in these states."""
        return int(self.rows["state"].isin(states).sum())


@shared
def actions(run: Run) -> Actions:
    """The list on the day of the data.

    Raises
    ------
    NotAvailable
        Without ``customers``.
    SettingsError
        If a play names an owner who is not in the team.

    Examples
    --------
    >>> actions(run).held_back
    28
    """
    return listed(known(run), run.settings)


def known(run: Run) -> Known:
    """What is seen of the customers, what is begun, and who there is to do it.

    Raises
    ------
    NotAvailable
        Without ``customers``.

    Examples
    --------
    Where nobody is in charge of a customer, no rule names anybody.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.run import start
    >>> rows = {"customer_id": ["A", "B"], "contracted_on": ["2022-04-01", "2023-05-01"], "owner": ["M1", ""]}
    >>> with TemporaryDirectory() as folder:
    ...     pd.DataFrame(rows).to_csv(Path(folder, "customers.csv"), index=False)
    ...     seen = known(start("2023Q2", data=folder))
    >>> seen.facts["days_since_contract"].to_dict(), seen.by_rule["in_charge"].tolist()
    ({'A': 455.0, 'B': 60.0}, ['M1', None])
    """
    data, people = run.data, pd.DataFrame({"csm_id": [], "left_on": []})
    if data.has("csms"):
        people = data.table("csms").select("csm_id", "left_on").to_pandas()
    # Where only a part of the customers is looked at, the team serves others, too.
    limited = data.has("csms", "weekly_hours") and not run.settings.data.only
    gone = people.loc[people["left_on"].notna(), "csm_id"]
    seen, begun = facts(run), _recorded(data)
    begun["at"] = seen.index.get_indexer(pd.Index(begun["customer_id"]))
    owners = _owners_by_rule(data, seen.index)
    return Known(seen, begun, owners, (*people["csm_id"],), (*gone,), team(data) if limited else None, data.as_of)


def listed(seen: Known, settings: Settings) -> Actions:
    """The list that these settings make of what is known.

    Raises
    ------
    SettingsError
        If a play names an owner who is not in the team.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> fewer = listed(plays.now.known, settings_with({"plays": {"per_customer": 1}}))
    >>> [(now.count("new", "waits"), now.held_back) for now in (plays.now, fewer)]
    [(449, 28), (325, 152)]
    """
    rules, day = settings.plays, seen.as_of
    plays = rules.catalogue
    _refuse_strangers(plays, seen.people)
    begun = _named(seen.begun, plays)
    still = begun[begun["done_on"].isna() & begun["dropped_on"].isna() & (begun["at"] >= 0)]
    carried = _carried(still, plays, seen.facts)
    fresh = _without_known(_called_for(plays, seen.facts), begun, plays, day)
    fresh, held_back = _not_too_many(fresh, carried, rules.per_customer)
    rows = pd.concat([carried, _dated(fresh, plays, seen.facts, day)], ignore_index=True)
    rows["owner"] = pd.Series(_owners(rows, plays, seen), dtype=object)
    rows, hours = _fitted(rows, _hours(seen, settings))
    strange = int((still["code"] < 0).sum())
    return Actions(rows[list(COLUMNS)], seen, hours, held_back, strange, rules.weeks, plays)


def earlier(run: Run) -> pd.DataFrame:
    """Actions on record on the day of the data, plays by the catalogue's name where they are one of its plays.

    Returns
    -------
    DataFrame, columns action_id, customer_id, play, owner, outcome and ``DATES``
        In the order of opening.

    Examples
    --------
    >>> list(earlier(run).columns)
    ['action_id', 'customer_id', 'play', 'owner', 'outcome', 'opened_on', 'due_on', 'done_on',
    'dropped_on']
    """
    return _named(_recorded(run.data), run.settings.plays.catalogue).drop(columns="code")


def _recorded(data: Data) -> pd.DataFrame:
    columns = ["action_id", "customer_id", "play", "owner", "outcome", *DATES]
    if not data.has("actions"):
        return pd.DataFrame({name: pd.Series(dtype="datetime64[ns]" if name in DATES else object) for name in columns})
    rows = data.table("actions").select(*columns).order_by("opened_on", "action_id").to_pandas()
    return rows.assign(**{name: pd.to_datetime(rows[name]) for name in DATES})


def _named(rows: pd.DataFrame, plays: Mapping[str, Play]) -> pd.DataFrame:
    """With the catalogue's names, and ``code``: the place of each in the catalogue, -1 where it is none."""
    names = {name: named_play(name, plays) for name in rows["play"].dropna().unique()}
    own = pd.Series([names.get(name, "") for name in rows["play"]], index=rows.index, dtype=object)
    return rows.assign(play=own, code=pd.Index(plays, dtype=object).get_indexer(pd.Index(own)))


def named_play(text: str, plays: Mapping[str, Play]) -> str:
    """The catalogue's name of a play that a CRM may hold by its title; the text itself where it is none.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> plays = settings_with().plays.catalogue
    >>> named_play("Silent customer", plays), named_play("サイレントカスタマー", plays), named_play("call them", plays)
    ('silent_customer', 'silent_customer', 'call them')
    """
    plain = text.strip().casefold()
    for name, play in plays.items():
        titles = play.title.values() if isinstance(play.title, dict) else [play.title]
        if plain in {name.casefold(), *(title.casefold() for title in titles)}:
            return name
    return text


def _refuse_strangers(plays: Mapping[str, Play], people: Sequence[str]) -> None:
    """An owner that is no rule is a person, and that person is in the team."""
    for name, play in plays.items():
        if play.owner not in OWNERS and play.owner not in people:
            known = (*OWNERS, *people)
            told = ", ".join(OWNERS) + (", or one of the team" if people else "; the table csms did not come with it")
            raise SettingsError(
                f"plays.catalogue.{name}.owner: {play.owner} is nobody.{did_you_mean(play.owner, known)} It is {told}."
            )


def _called_for(plays: Mapping[str, Play], seen: pd.DataFrame) -> pd.DataFrame:
    """Columns at, code, value: a customer's place in ``seen``, a play's in ``plays``, what hangs on it, the most first.

    Places, not names: whatever is looked up for each of many rows is then taken from an array.
    """
    found = triggered(plays, seen)
    places = pd.Index(plays).get_indexer(found.columns)
    at, column = found.to_numpy().nonzero()
    rows = pd.DataFrame({"at": at, "code": places[column]})
    rows["value"] = _value(rows, plays, seen)
    names = np.argsort(np.argsort(np.array(list(plays))))  # of equal weight: by customer, then by name of the play
    return rows.iloc[np.lexsort((names[rows["code"]], rows["at"], -rows["value"]))].reset_index(drop=True)


def _of_play(rows: pd.DataFrame, plays: Mapping[str, Play], what: Iterable[Any], other: Any) -> np.ndarray:
    """What the play of each row says, ``what`` in the order of the catalogue; ``other`` where it is none of them."""
    return np.array([*what, other])[rows["code"]]  # the code of none is -1: the last


def _value(rows: pd.DataFrame, plays: Mapping[str, Play], seen: pd.DataFrame) -> np.ndarray:
    """Weight of the play times ARR; a customer whose ARR is not known counts as the middle one, 1 where none is."""
    known = seen["arr"].dropna()
    arr = seen["arr"].fillna(float(known.median()) if len(known) else 1.0).to_numpy(float)
    return arr[rows["at"]] * _of_play(rows, plays, (play.weight for play in plays.values()), 0.0)


def _carried(still: pd.DataFrame, plays: Mapping[str, Play], seen: pd.DataFrame) -> pd.DataFrame:
    """What is open, soonest due first; one whose stop condition holds can be closed."""
    over = np.zeros(len(still), dtype=bool)
    for code, play in enumerate(plays.values()):
        own = (still["code"] == code).to_numpy()
        if own.any():
            over[own] = holds(play.stop, seen).to_numpy()[still["at"][own]]
    minutes = [play.minutes for play in plays.values()]
    rows = still.assign(
        state=np.where(over, "closable", "carried"),
        minutes=_of_play(still, plays, minutes, float(np.median(minutes)) if minutes else 0.0).astype(float),
        value=_value(still, plays, seen),
    )
    return rows.sort_values(["due_on", "opened_on", "action_id"], ignore_index=True)


def _without_known(fresh: pd.DataFrame, begun: pd.DataFrame, plays: Mapping[str, Play], day: date) -> pd.DataFrame:
    """Leave out what is open already, and what ended too short a time ago to be opened anew."""
    ended = begun["done_on"].fillna(begun["dropped_on"])
    wait = pd.to_timedelta(_of_play(begun, plays, (play.again_after for play in plays.values()), 0), "D")
    blocked = begun[(ended.isna() | (ended + wait > pd.Timestamp(day))) & (begun["at"] >= 0) & (begun["code"] >= 0)]
    keys, known = (rows["at"] * len(plays) + rows["code"] for rows in (fresh, blocked))
    return fresh[~keys.isin(known)]


def _not_too_many(fresh: pd.DataFrame, carried: pd.DataFrame, most: int) -> tuple[pd.DataFrame, int]:
    """A customer gets so many at a time, what is begun included; the rest is called for again when these are done."""
    begun = carried.loc[carried["state"] == "carried", "at"].value_counts()
    place = fresh.groupby("at").cumcount() + fresh["at"].map(begun).fillna(0)
    fits = place < most
    return fresh[fits], int((~fits).sum())


def _dated(fresh: pd.DataFrame, plays: Mapping[str, Play], seen: pd.DataFrame, day: date) -> pd.DataFrame:
    """With the day each is due; one that must come before a date is due a week before it, if that can still be."""
    today = pd.Timestamp(day)
    due = _of_play(fresh, plays, (play.due_in for play in plays.values()), 0).astype(float)
    for code, play in enumerate(plays.values()):
        if play.due_before:
            own = (fresh["code"] == code).to_numpy()
            latest = seen[play.due_before].to_numpy(float)[fresh["at"][own]] - WEEK
            due[own] = np.fmin(due[own], np.maximum(latest, 1))  # where there is no such date, as soon as any
    customers = seen.index.take(fresh["at"].to_numpy())
    names = pd.Series(_of_play(fresh, plays, plays, ""), index=fresh.index)
    made = f"{day:%Y%m%d}-" + pd.Series(customers, index=fresh.index).astype(str) + "-" + names
    return fresh.assign(
        customer_id=customers.astype(object), play=names.astype(object), state="new",
        opened_on=today, due_on=today + pd.to_timedelta(due, "D"), action_id=made,
        minutes=_of_play(fresh, plays, (play.minutes for play in plays.values()), 0.0).astype(float),
    )  # fmt: skip


def _owners_by_rule(data: Data, customers: pd.Index) -> dict[str, np.ndarray]:
    """Whose each customer is, by each rule; None where nobody's."""
    charge = in_charge(data)
    onboards = charge
    if data.has("onboardings", "csm_id"):
        newest = cases(data).drop_duplicates("customer_id", keep="last").set_index("customer_id")["csm_id"]
        onboards = newest.combine_first(charge)
    found = {"in_charge": charge.reindex(customers), "onboarding": onboards.reindex(customers)}
    return {rule: whose.astype(object).where(whose.notna(), None).to_numpy() for rule, whose in found.items()}


def _owners(rows: pd.DataFrame, plays: Mapping[str, Play], seen: Known) -> np.ndarray:
    """Who does each: as recorded where it is begun, by the play's rule where it is new; nobody who has left."""
    rule = _of_play(rows, plays, (play.owner for play in plays.values()), "in_charge")
    found = rule.astype(object)
    for name, whose in seen.by_rule.items():
        found[rule == name] = whose[rows["at"][rule == name]]
    recorded = rows["owner"].notna().to_numpy()
    found[recorded] = rows["owner"][recorded]
    found[pd.Series(found).isin(seen.gone).to_numpy()] = None
    return found


def _hours(seen: Known, settings: Settings) -> pd.Series | None:
    """Hours of each person for actions in the weeks ahead: a share of what is contracted, without leave."""
    if seen.team is None:
        return None
    rules, first = settings.plays, seen.as_of + timedelta(days=1)
    room = contracted(seen.team, first, seen.as_of + timedelta(days=7 * rules.weeks))
    return room[seen.team["left_on"].isna()] * (1 - settings.workload.leave) * rules.share


def _fitted(rows: pd.DataFrame, room: pd.Series | None) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """What is begun takes its hours first; then each new action in its order, where there are hours left for it.

    Whose hours are not known is not limited. Who has left, or nobody, begins nothing.
    """
    begins, owned = (rows["state"] == "new").to_numpy(), rows["owner"].notna().to_numpy()
    if room is None:
        return rows.assign(state=rows["state"].where(owned | ~begins, "waits")), None
    owners, hours = rows["owner"].to_numpy(object), (rows["minutes"] / 60).tolist()
    left, fits = (room - _taken(rows, room)["carried"]).to_dict(), owned.copy()
    for place in np.flatnonzero(begins & owned).tolist():
        owner = owners[place]
        if owner in left:
            fits[place] = hours[place] <= left[owner] + 1e-9
            left[owner] -= hours[place] if fits[place] else 0.0
    rows = rows.assign(state=rows["state"].where(fits | ~begins, "waits"))
    return rows, pd.concat([room.rename("room"), _taken(rows, room)], axis=1)


def _taken(rows: pd.DataFrame, room: pd.Series) -> pd.DataFrame:
    """Hours that each person's actions take, by their state."""
    minutes = rows.groupby(["owner", "state"])["minutes"].sum().unstack()
    return (minutes / 60).reindex(index=room.index, columns=["carried", "new", "waits"]).fillna(0.0)
