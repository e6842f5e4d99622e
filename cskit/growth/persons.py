"""Is work tied to persons: does only one of us speak with a customer, and who would take over?

Of the customers spoken with often enough that a second voice could have been among them. Nobody is named or ranked: the
question is the way of working.
"""

import re
from dataclasses import dataclass
from datetime import date

import ibis
import numpy as np
import pandas as pd
from ibis import _ as row

from cskit.data import Data
from cskit.facts import arr_by_customer, current_customers, in_charge
from cskit.metrics import Metric
from cskit.periods import months_away
from cskit.result import Result
from cskit.run import Run
from cskit.settings import Persons as Rules
from cskit.shared import shared

__all__ = ["Dependence", "Persons", "asked_by_name", "dependence", "open_onboardings", "persons"]

COLUMNS = ["contacts", "people", "csm_id"]


@dataclass(frozen=True)
class Dependence(Result):
    """Contacts of the last months, by customer.

    Parameters
    ----------
    customers : DataFrame, index customer_id, columns contacts, people, csm_id, enough, alone, arr
        Of current customers anybody of ours spoke with: contacts by a person of ours who is known, bulk mail left out,
        and by how many people. ``enough``: contacts enough to be judged; ``alone``: enough, and all of them by one
        person. ``csm_id``: one of them, the one where it is one.
    by_chance : float or None
        Share that would be alone if each contact fell to any of the team, as often as each speaks with anybody.
    nobody : int
        Contacts of which nobody knows by whom.
    months : int

    Examples
    --------
    >>> round(page.persons.dependence.by_chance, 2)
    0.01
    >>> page.persons.dependence.nobody
    312
    """

    customers: pd.DataFrame
    by_chance: float | None
    nobody: int
    months: int

    @property
    def judged(self) -> pd.DataFrame:
        return self.customers[self.customers["enough"]]

    @property
    def alone(self) -> pd.DataFrame:
        return self.customers[self.customers["alone"]]

    @property
    def share(self) -> float | None:
        """Of the customers judged, those that one person alone speaks with."""
        return len(self.alone) / len(self.judged) if len(self.judged) else None

    @property
    def arr_share(self) -> float | None:
        """Their share of the ARR of those judged; None where it is not known."""
        whole = float(self.judged["arr"].sum())
        return float(self.alone["arr"].sum()) / whole if whole else None

    @property
    def most(self) -> tuple[int, float]:
        """If the person with the most such customers were away: how many nobody else speaks with, and their ARR."""
        if self.alone.empty:
            return 0, 0.0
        each = self.alone.groupby("csm_id")["arr"].agg(["size", "sum"]).sort_values(["size", "sum"])
        return int(each["size"].iloc[-1]), float(each["sum"].iloc[-1])


@dataclass(frozen=True)
class Persons(Result):
    """How far work hangs on persons on the last day of the period.

    Parameters
    ----------
    dependence : Dependence or None
        None where contacts, or by whom they were, are not recorded.
    left_alone, left_alone_arr : int, float
        Customers, and their ARR, whose only person has left the team.
    without, without_arr : int, float or None
        Customers nobody is in charge of; None where nobody is for any.
    charge : Series of int
        Customers each person is in charge of, most first.
    cases : Series of int or None
        Open onboardings by person, most first; None where they are not recorded.
    asked : tuple of int or None
        Customers who asked for one of us by name in the last 12 months, and notes looked through.

    Examples
    --------
    >>> page.persons.left_alone, round(page.persons.left_alone_arr, 2), page.persons.without
    (0, 0.0, 84)
    """

    dependence: Dependence | None
    left_alone: int
    left_alone_arr: float
    without: int | None
    without_arr: float
    charge: pd.Series
    cases: pd.Series | None
    asked: tuple[int, int] | None
    metrics: tuple[Metric, ...]


@shared
def persons(run: Run) -> Persons:
    """Everything on how far work hangs on persons.

    >>> persons(run).left_alone
    0
    """
    data, rules = run.data, run.settings.growth.persons
    arr = arr_by_customer(data)
    now, before, year_before = (
        dependence(data.at(day), rules) for day in (data.as_of, run.compare_to.end, run.year_before.end)
    )
    left = _left(data)
    gone = now.alone[now.alone["csm_id"].isin(left)] if now else pd.DataFrame({"arr": []})
    charge, without = _in_charge(data)
    metric = run.metric(
        "growth.person_dependence",
        now.share if now else None,
        "counted",
        n=len(now.judged) if now else None,
        before=before.share if before else None,
        year_before=year_before.share if year_before else None,
    )
    missing = None if without is None else len(without)
    lost = float(arr.reindex(without).sum()) if without else 0.0
    handed = (len(gone), float(gone["arr"].sum()), missing, lost, charge)
    return Persons(now, *handed, open_onboardings(data), asked_by_name(data), (metric,))


def dependence(data: Data, rules: Rules) -> Dependence | None:
    """Who speaks with only one of us, in the months before the day of the data.

    Returns
    -------
    Dependence or None
        None where contacts, or by whom they were, are not recorded.

    Examples
    --------
    >>> found = dependence(run.data, run.settings.growth.persons)
    >>> len(found.judged), len(found.alone)
    (348, 321)

    Were the person with the most of them away, nobody would speak with 75 customers, who pay ¥203M a year:

    >>> found.most
    (75, 202638000.0)
    """
    if not data.has("touchpoints", "csm_id"):
        return None
    touch = data.table("touchpoints")
    since = months_away(data.as_of, -rules.months)
    touch = touch.filter((touch.on > since) & ~touch.mass.fill_null(False))
    known = touch.filter(touch.csm_id.notnull())
    if data.has("customers"):
        known = known.semi_join(current_customers(data), "customer_id")
    each = known.group_by("customer_id").aggregate(
        contacts=row.count(), people=row.csm_id.nunique(), csm_id=row.csm_id.max()
    )
    frame = each.order_by("customer_id").to_pandas().set_index("customer_id")
    enough = frame["contacts"] >= rules.least_contacts
    arr = arr_by_customer(data).reindex(frame.index).fillna(0.0)
    frame = frame.assign(enough=enough, alone=enough & (frame["people"] == 1), arr=arr)
    team = known.group_by("csm_id").aggregate(n=row.count()).order_by("csm_id").to_pandas()["n"]
    nobody = int(touch.filter(touch.csm_id.isnull()).count().execute())
    return Dependence(frame, _by_chance(frame.loc[enough, "contacts"], team), nobody, rules.months)


def _by_chance(contacts: pd.Series, team: pd.Series) -> float | None:
    """Chance that all contacts of a customer fall to one and the same, on average."""
    if contacts.empty:
        return None
    share = (team / team.sum()).to_numpy(float)
    numbers = contacts.value_counts()
    alone = np.array([np.sum(share ** float(n)) for n in numbers.index])
    return float(np.average(alone, weights=numbers.to_numpy()))


def _left(data: Data) -> set[str]:
    """Who has left the team."""
    if not data.has("csms", "left_on"):
        return set()
    people = data.table("csms")
    return set(people.filter(people.left_on.notnull()).select("csm_id").to_pandas()["csm_id"])


def _in_charge(data: Data) -> tuple[pd.Series, list[str] | None]:
    """Customers by person in charge, and those nobody is in charge of; None where nobody is for any."""
    if not data.has("customers"):
        return pd.Series(dtype=int), None
    there = current_customers(data).select("customer_id").order_by("customer_id").to_pandas()["customer_id"]
    owner = in_charge(data).reindex(there)
    if owner.notna().sum() == 0:
        return pd.Series(dtype=int), None
    return owner.value_counts(), list(owner.index[owner.isna()])


def open_onboardings(data: Data) -> pd.Series | None:
    """Onboardings under way by person, most first; None where it is not recorded whose they are.

    >>> len(open_onboardings(run.data))
    7
    """
    if not data.has("onboardings", "csm_id", "completed_on"):
        return None
    rows = data.table("onboardings")
    rows = rows.filter(rows.completed_on.isnull() & rows.csm_id.notnull())
    if data.has("customers"):
        rows = rows.semi_join(current_customers(data), "customer_id")
    found = rows.group_by("csm_id").aggregate(n=row.count()).order_by(ibis.desc("n"), "csm_id").to_pandas()
    return found.set_index("csm_id")["n"].astype(int)


def asked_by_name(data: Data) -> tuple[int, int] | None:
    """Customers in whose contacts of the last 12 months somebody else of ours is named, and notes looked through.

    Of contacts that the customer began: a note that holds the name of anybody but who made the contact, whole, or the
    family name with さん or the like. None where notes or names are not recorded.

    >>> len(asked_by_name(run.data))
    2
    """
    if not data.has("touchpoints", "note", "direction") or not data.has("csms", "name"):
        return None
    touch = data.table("touchpoints")
    since: date = months_away(data.as_of, -12)
    asked = touch.filter((touch.on > since) & touch.note.notnull() & (touch.direction == "in"))
    notes = asked.select("customer_id", "csm_id", "note").order_by("customer_id", "note").to_pandas()
    team = data.table("csms").select("csm_id", "name").order_by("csm_id").to_pandas().dropna()
    names = [(person, name.strip()) for person, name in zip(team["csm_id"], team["name"].astype(str), strict=True)]
    family = {name: re.escape(name.split()[0]) for _person, name in names if name}
    some = notes[_any_of(notes["note"], sorted({*family.values()}))]  # to look for each in all of them would take long
    hit = pd.Series(False, index=some.index)
    for person, name in names:
        if name:
            pattern = rf"{re.escape(name)}|{family[name]}\s?(?:さん|様|氏|くん|君)"
            hit |= some["note"].str.contains(pattern) & (some["csm_id"] != person)
    return int(some.loc[hit, "customer_id"].nunique()), len(notes)


def _any_of(texts: pd.Series, patterns: list[str]) -> np.ndarray:
    """Which texts hold one of the patterns, in one pass for a hundred of them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    told, found = pa.array(texts, pa.string()), np.zeros(len(texts), dtype=bool)
    for start in range(0, len(patterns), 100):
        found |= pc.match_substring_regex(told, "|".join(patterns[start : start + 100])).to_numpy(zero_copy_only=False)
    return found
