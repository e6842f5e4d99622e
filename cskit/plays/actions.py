"""What is to be done, by whom, by when, and what of it fits into the hours there are?

What was begun is carried on first; then the plays called for, by the ARR that hangs on them. Nothing is opened twice,
and nobody gets more than their hours: what does not fit keeps its rank and waits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

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
WEEK = timedelta(days=7)  # a step that must come before a date is due so much before it


@dataclass(frozen=True)
class Known(Result):
    """What a list is made from that hangs on no play.

    Parameters
    ----------
    facts : DataFrame, index customer_id
        See :func:`cskit.plays.facts.facts`.
    begun : DataFrame
        Actions on record, plays as they are recorded; see :func:`earlier`.
    by_rule : mapping of rule to Series, index customer_id
        Whose a customer is.
    people, gone : tuple of str
        All of the team, and who has left.
    team : DataFrame or None
        Whose hours there are; None where they are not set against the list.
    as_of : date
    """

    facts: pd.DataFrame
    begun: pd.DataFrame
    by_rule: Mapping[str, pd.Series]
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
    """
    data, people = run.data, pd.DataFrame({"csm_id": [], "left_on": []})
    if data.has("csms"):
        people = data.table("csms").select("csm_id", "left_on").to_pandas()
    # Where only a part of the customers is looked at, the team serves others, too.
    limited = data.has("csms", "weekly_hours") and not run.settings.data.only
    gone = people.loc[people["left_on"].notna(), "csm_id"]
    seen, begun, owners = facts(run), _recorded(data), _owners_by_rule(data)
    return Known(seen, begun, owners, (*people["csm_id"],), (*gone,), team(data) if limited else None, data.as_of)


def listed(seen: Known, settings: Settings) -> Actions:
    """The list that these settings make of what is known.

    Raises
    ------
    SettingsError
        If a play names an owner who is not in the team.
    """
    rules, day = settings.plays, seen.as_of
    plays = rules.catalogue
    _refuse_strangers(plays, seen.people)
    begun = _named(seen.begun, plays)
    still = begun[begun["done_on"].isna() & begun["dropped_on"].isna() & begun["customer_id"].isin(seen.facts.index)]
    carried = _carried(still, plays, seen.facts)
    fresh = _without_known(_called_for(plays, seen.facts), begun, plays, day)
    fresh, held_back = _not_too_many(fresh, carried, rules.per_customer)
    rows = pd.concat([carried, _dated(fresh, plays, seen.facts, day)], ignore_index=True)
    rows = rows.assign(owner=_owners(rows, plays, seen))
    rows, hours = _fitted(rows, _hours(seen, settings))
    strange = int((~still["play"].isin(list(plays))).sum())
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
    return _named(_recorded(run.data), run.settings.plays.catalogue)


def _recorded(data: Data) -> pd.DataFrame:
    columns = ["action_id", "customer_id", "play", "owner", "outcome", *DATES]
    if not data.has("actions"):
        return pd.DataFrame({name: pd.Series(dtype="datetime64[ns]" if name in DATES else object) for name in columns})
    rows = data.table("actions").select(*columns).order_by("opened_on", "action_id").to_pandas()
    return rows.assign(**{name: pd.to_datetime(rows[name]) for name in DATES})


def _named(rows: pd.DataFrame, plays: Mapping[str, Play]) -> pd.DataFrame:
    names = {name: named_play(name, plays) for name in rows["play"].dropna().unique()}
    return rows.assign(play=pd.Series([names.get(name, "") for name in rows["play"]], index=rows.index, dtype=object))


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
    """Columns customer_id, play, value: what hangs on each, the most first."""
    found = triggered(plays, seen)
    pairs = [(customer, name) for name in found for customer in found.index[found[name]]]
    rows = pd.DataFrame(pairs, columns=["customer_id", "play"], dtype=object)
    return _ranked(rows.assign(value=_value(rows, plays, seen)))


def _value(rows: pd.DataFrame, plays: Mapping[str, Play], seen: pd.DataFrame) -> pd.Series:
    """Weight of the play times ARR; a customer whose ARR is not known counts as the middle one, 1 where none is."""
    known = seen["arr"].dropna()
    middle = float(known.median()) if len(known) else 1.0
    arr = rows["customer_id"].map(seen["arr"]).astype(float).fillna(middle)
    return arr * rows["play"].map({name: play.weight for name, play in plays.items()}).astype(float).fillna(0.0)


def _ranked(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(["value", "customer_id", "play"], ascending=[False, True, True], ignore_index=True)


def _carried(still: pd.DataFrame, plays: Mapping[str, Play], seen: pd.DataFrame) -> pd.DataFrame:
    """What is open, soonest due first; one whose stop condition holds can be closed."""
    over = pd.Series(False, index=still.index)
    for name in still["play"].unique():
        if name in plays:
            own = still["play"] == name
            reached = holds(plays[name].stop, seen)
            over[own] = still.loc[own, "customer_id"].map(reached).astype(bool)
    minutes = still["play"].map({name: play.minutes for name, play in plays.items()}).astype(float)
    middle = pd.Series([play.minutes for play in plays.values()], dtype=float).median()
    rows = still.assign(
        state=over.map({True: "closable", False: "carried"}),
        minutes=minutes.fillna(middle).fillna(0.0),
        value=_value(still, plays, seen),
    )
    return rows.sort_values(["due_on", "opened_on", "action_id"], ignore_index=True).reindex(columns=COLUMNS)


def _without_known(fresh: pd.DataFrame, begun: pd.DataFrame, plays: Mapping[str, Play], day: date) -> pd.DataFrame:
    """Leave out what is open already, and what ended too short a time ago to be opened anew."""
    ended = begun["done_on"].fillna(begun["dropped_on"])
    wait = pd.to_timedelta(begun["play"].map({name: play.again_after for name, play in plays.items()}).fillna(0), "D")
    blocked = begun[ended.isna() | (ended + wait > pd.Timestamp(day))]
    known = pd.MultiIndex.from_frame(blocked[["customer_id", "play"]])
    return fresh[~pd.MultiIndex.from_frame(fresh[["customer_id", "play"]]).isin(known)]


def _not_too_many(fresh: pd.DataFrame, carried: pd.DataFrame, most: int) -> tuple[pd.DataFrame, int]:
    """A customer gets so many at a time, what is begun included; the rest is called for again when these are done."""
    begun = carried.loc[carried["state"] == "carried", "customer_id"].value_counts()
    place = fresh.groupby("customer_id").cumcount() + fresh["customer_id"].map(begun).fillna(0)
    fits = place < most
    return fresh[fits], int((~fits).sum())


def _dated(fresh: pd.DataFrame, plays: Mapping[str, Play], seen: pd.DataFrame, day: date) -> pd.DataFrame:
    """With the day each is due; one that must come before a date is due a week before it, if that can still be."""
    today = pd.Timestamp(day)
    due = today + pd.to_timedelta(fresh["play"].map({name: play.due_in for name, play in plays.items()}), "D")
    for name, play in plays.items():
        if play.due_before:
            own = fresh["play"] == name
            ahead = pd.to_timedelta(fresh.loc[own, "customer_id"].map(seen[play.due_before]), "D")
            latest, soonest = today + ahead - WEEK, today + timedelta(days=1)
            latest = latest.where(latest.isna() | (latest >= soonest), soonest)
            due[own] = due[own].where(latest.isna() | (due[own] <= latest), latest)
    names = fresh["play"].astype(str)
    made = f"{day:%Y%m%d}-" + fresh["customer_id"].astype(str) + "-" + names
    minutes = fresh["play"].map({name: play.minutes for name, play in plays.items()}).astype(float)
    return fresh.assign(state="new", opened_on=today, due_on=due, minutes=minutes, action_id=made)


def _owners_by_rule(data: Data) -> dict[str, pd.Series]:
    charge = in_charge(data)
    onboards = charge
    if data.has("onboardings", "csm_id"):
        newest = cases(data).drop_duplicates("customer_id", keep="last").set_index("customer_id")["csm_id"]
        onboards = newest.combine_first(charge)
    return {"in_charge": charge, "onboarding": onboards}


def _owners(rows: pd.DataFrame, plays: Mapping[str, Play], seen: Known) -> pd.Series:
    """Who does each: as recorded where it is begun, by the play's rule where it is new; nobody who has left."""
    rule = rows["play"].map({name: play.owner for name, play in plays.items()}).fillna("in_charge")
    found = rule.where(~rule.isin(OWNERS), None).astype(object)
    for name, whose in seen.by_rule.items():
        found = found.where(rule != name, rows["customer_id"].map(whose))
    recorded = rows["owner"] if "owner" in rows else pd.Series(index=rows.index, dtype=object)
    found = recorded.where(recorded.notna(), found)
    return found.where(found.notna() & ~found.isin(seen.gone), None)


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
    rows = rows.assign(state=rows["state"].where(rows["owner"].notna() | (rows["state"] != "new"), "waits"))
    if room is None:
        return rows, None
    taken = rows[rows["state"] == "carried"].groupby("owner")["minutes"].sum() / 60
    left = (room - taken.reindex(room.index).fillna(0.0)).to_dict()
    state = rows["state"].to_list()
    for place, (owner, minutes) in enumerate(zip(rows["owner"], rows["minutes"], strict=True)):
        if state[place] == "new" and owner in left:
            if minutes / 60 > left[owner] + 1e-9:
                state[place] = "waits"
            else:
                left[owner] -= minutes / 60
    rows = rows.assign(state=state)
    hours = pd.DataFrame({"room": room})
    for name in ("carried", "new", "waits"):
        own = rows[rows["state"] == name].groupby("owner")["minutes"].sum() / 60
        hours[name] = own.reindex(hours.index).fillna(0.0)
    return rows, hours
