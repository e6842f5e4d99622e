"""What is seen of each customer on a day? One column for each field that a play may ask.

The engine reduces each table to a few facts per customer; a table that did not come with the data leaves its fields
empty, and a play that asks for them is not opened. What a wing works out is taken from it, not worked out again.
"""

from collections.abc import Callable, Mapping
from datetime import date

import ibis
import numpy as np
import pandas as pd
from ibis import _ as row

from cskit import extend
from cskit.catalogue import FIELDS
from cskit.data import Data
from cskit.facts import active_terms, arr_by_customer, arr_is_of_today, current_customers
from cskit.health.analysis import lately
from cskit.health.score import AT_RISK
from cskit.health.snapshot import decided
from cskit.onboarding.cases import cases, days_between
from cskit.onboarding.knowledge import known_share
from cskit.periods import months_away
from cskit.run import Run
from cskit.shared import shared
from cskit.support import silence
from cskit.workload.served import mode_on

__all__ = ["facts"]

HALF_YEAR, YEAR = 183, 365
Found = Mapping[str, pd.Series]


@shared
def facts(run: Run) -> pd.DataFrame:
    """Every field of every current customer on the day of the data.

    Returns
    -------
    DataFrame, index customer_id, one column for each of :data:`cskit.catalogue.FIELDS`
        Numbers are float with nan, flags are of the nullable type ``boolean``, words are objects with None: what is
        missing is not known.

    Raises
    ------
    NotAvailable
        Without ``customers``.

    Examples
    --------
    >>> facts(run).shape
    (481, 40)
    """
    run.data.need("customers")
    who = _who(run.data)
    found: dict[str, pd.Series] = {}
    for needs, group in GROUPS:
        if all(run.data.has(*need) for need in needs):
            found |= group(run, who)
    for own in extend.fields():
        if run.data.has(*own.needs):
            found[own.name] = _by_customer(own.table(run.data).select("customer_id", "value"))["value"]
    return pd.DataFrame({name: _typed(found.get(name), name, who.index) for name in FIELDS}, index=who.index)


def _who(data: Data) -> pd.DataFrame:
    """Current customers, with what tells them apart as it was on the day."""
    names = ["segment", "plan", "region"]
    who = current_customers(data).select("customer_id", "contracted_on", *names).order_by("customer_id").to_pandas()
    who = who.set_index("customer_id").sort_index()  # engines do not agree on which ID comes first
    if data.has("customer_history"):
        table = data.table("customer_history")
        then = table.group_by("customer_id").aggregate(**{name: table[name].argmax(table.from_on) for name in names})
        past = then.order_by("customer_id").to_pandas().set_index("customer_id").reindex(who.index)
        who[names] = past.where(past.notna(), who[names])
    return who


def _typed(values: pd.Series | None, name: str, who: pd.Index) -> pd.Series:
    kind = FIELDS[name].kind
    own = pd.Series(index=who, dtype=object) if values is None else values.reindex(who)
    if kind == "number":
        return own.astype(float)
    return own.astype("boolean") if kind == "flag" else own.astype(object).where(own.notna(), None)


def _customer(run: Run, who: pd.DataFrame) -> Found:
    since = _days_since(who["contracted_on"], run.data.as_of)
    return {name: who[name] for name in ("segment", "plan", "region")} | {"days_since_contract": since}


def _money(run: Run, who: pd.DataFrame) -> Found:
    arr = arr_by_customer(run.data)
    if not len(arr):
        return {}
    now = arr.reindex(who.index).fillna(0.0)
    if arr_is_of_today(run.data):
        return {"arr": now}
    before = arr_by_customer(run.data.at(months_away(run.data.as_of, -12))).reindex(who.index)
    return {"arr": now, "arr_change": now / before.where(before > 0)}


def _renewal(run: Run, who: pd.DataFrame) -> Found:
    """Of the paid term that ends next."""
    terms = active_terms(run.data)
    ahead = terms.filter(terms.ends_on > run.data.as_of).group_by("customer_id", "ends_on")
    days = ahead.aggregate(notice=row.notice_by.min()).group_by("customer_id")  # of terms that end together
    found = _by_customer(days.aggregate(ends=row.ends_on.min(), notice=row.notice.argmin(row.ends_on)))
    return {name: -_days_since(found[end], run.data.as_of) for name, end in NEXT.items()}


NEXT = {"days_to_renewal": "ends", "days_to_notice": "notice"}


def _notice(run: Run, who: pd.DataFrame) -> Found:
    """No, where nobody recorded one: what is not written down was not said to us."""
    given = run.data.table("churns").select("customer_id").to_pandas()["customer_id"] if run.data.has("churns") else ()
    return {"notice_given": pd.Series(who.index.isin(list(given)), index=who.index)}


def _contact(run: Run, who: pd.DataFrame) -> Found:
    """Since the last contact; where there was none, since the contract."""
    touch = run.data.table("touchpoints")
    last = _by_customer(touch.filter(~touch.mass.fill_null(False)).group_by("customer_id").aggregate(last=row.on.max()))
    since = pd.to_datetime(last["last"]).reindex(who.index).fillna(pd.to_datetime(who["contracted_on"]))
    found = {"days_since_contact": _days_since(since, run.data.as_of)}
    if run.data.has("topics"):
        found["unseen_topics"] = _unseen(run.data, who["segment"], since)
    return found


def _unseen(data: Data, segment: pd.Series, since: pd.Series) -> pd.Series:
    """Topics of the last year for a customer's segment, or for all, that came after a day of its own."""
    table = data.table("topics")
    topics = table.filter(table.on > months_away(data.as_of, -12)).select("on", "segment").to_pandas()
    days = pd.to_datetime(topics["on"])
    unseen = pd.Series(np.nan, index=segment.index)
    for name in segment.drop_duplicates():
        own = np.sort(days[topics["segment"].isna() | (topics["segment"] == name)].to_numpy())
        mine = segment.isna() if name is None or name != name else segment == name
        there = mine & since.notna()
        unseen[there] = len(own) - np.searchsorted(own, since[there].to_numpy(), side="right")
    return unseen


def _meetings(run: Run, who: pd.DataFrame) -> Found:
    touch = run.data.table("touchpoints")
    since = ibis.literal(run.data.as_of) - ibis.interval(days=HALF_YEAR)
    met = touch.filter(touch.kind.isin(run.settings.workload.regular_kinds) & (touch.on > since))
    sums = _by_customer(met.group_by("customer_id").aggregate(n=row.had_update.count(), new=row.had_update.mean()))
    return {"regular_meetings": sums["n"].reindex(who.index).fillna(0), "nothing_new": 1 - sums["new"].astype(float)}


def _person(run: Run, who: pd.DataFrame) -> Found:
    people = run.data.table("contacts")
    ours = people.filter(people.role.isin(["admin", "decision_maker"]) & people.to_on.notnull())
    left = _by_customer(ours.group_by("customer_id").aggregate(left=row.to_on.max()))["left"]
    return {"days_since_person_left": _days_since(left, run.data.as_of)}


def _mode(run: Run, who: pd.DataFrame) -> Found:
    return {"mode": mode_on(run.data, run.data.as_of)}


def _silence(run: Run, who: pd.DataFrame) -> Found:
    found = silence(run)
    return {"silent": found["silent"]} | {field: found[sign] for field, sign in SIGNS.items()}


SIGNS = {"no_contact": "contact", "no_use": "use", "no_ticket": "ticket", "no_answer": "answer"}


def _onboarding(run: Run, who: pd.DataFrame) -> Found:
    rows, day = cases(run.data), run.data.as_of
    newest = rows.drop_duplicates("customer_id", keep="last").set_index("customer_id")
    late = rows[rows["completed_on"].isna() & (rows["due_on"] < pd.Timestamp(day))]
    late = late.sort_values("due_on", kind="stable").drop_duplicates("customer_id").set_index("customer_id")
    found = {
        "route": newest["route"],
        "days_since_onboarding_began": _days_since(newest["started_on"], day),
        "days_since_onboarding_ended": _days_since(newest["completed_on"], day),
        "days_onboarding_late": _days_since(late["due_on"], day),
    }
    if run.data.has("onboarding_steps", "responsible"):
        found["waits_for"] = late["onboarding_id"].map(_waiting(run.data))
    return found


def _waiting(data: Data) -> pd.Series:
    """Who has the first step that is not done, by onboarding."""
    steps = data.table("onboarding_steps").filter(row.done_on.isnull() & row.responsible.notnull())
    rows = steps.select("onboarding_id", "responsible", "due_on", "started_on", "step").to_pandas()
    rows = rows.sort_values(["onboarding_id", "due_on", "started_on", "step"], kind="stable")
    return rows.drop_duplicates("onboarding_id").set_index("onboarding_id")["responsible"]


def _relations(run: Run, who: pd.DataFrame) -> Found:
    table = run.data.table("assignments")
    there = table.filter((table.role == "relations") & (table.to_on.isnull() | (table.to_on >= run.data.as_of)))
    assigned = there.select("customer_id").distinct().to_pandas()["customer_id"]
    return {"in_relations": pd.Series(who.index.isin(list(assigned)), index=who.index)}


def _known(run: Run, who: pd.DataFrame) -> Found:
    return {"known": known_share(run.data, run.settings)}


def _health(run: Run, who: pd.DataFrame) -> Found:
    """The grade that the team decided where it did; what moved is seen by the computed ones alone."""
    rules = run.settings.health
    then, now = lately(run)
    before = then.scores["grade"].reindex(now.scores.index)
    fell = now.scores["grade"].isin(AT_RISK) & before.notna() & ~before.isin(AT_RISK)
    own = {field: now.raw[item] for field, item in ITEMS.items() if item in now.raw}
    grade = decided(run.data, rules)["grade"].reindex(now.scores.index)
    known = now.scores["grade"].notna() & before.notna()
    return {
        "grade": grade.where(grade.notna(), now.scores["grade"]),
        "score": now.scores["score"],
        "fell_at_risk": fell.astype("boolean").where(known),
        **own,
    }


ITEMS = {"features": "feature_breadth", "licence_use": "licence_use", "open_severe_tickets": "open_severe_tickets"}


def _goals(run: Run, who: pd.DataFrame) -> Found:
    goals = run.data.table("goals")
    waits = goals.achieved_on.isnull()
    late = waits & (goals.due_on < run.data.as_of).fill_null(False)
    sums = goals.group_by("customer_id").aggregate(open=waits.sum(), late=late.sum(), reached=1 - waits.mean())
    found = _by_customer(sums)
    return {"goals_open": found["open"], "goals_late": found["late"], "goals_reached": found["reached"]}


def _nps(run: Run, who: pd.DataFrame) -> Found:
    """Of the newest wave in which the customer answered."""
    answers = run.data.table("nps_responses").filter(row.score.notnull() & row.customer_id.notnull())
    if run.data.has("nps_waves"):
        closing = run.data.table("nps_waves").select("wave", "closed_on")
        answers = answers.left_join(closing, "wave")
        answers = answers.select("customer_id", "wave", "score", on=ibis.coalesce(answers.on, answers.closed_on))
    waves = answers.group_by("customer_id", "wave").aggregate(
        low=row.score.min(), high=row.score.max(), on=row.on.max()
    )
    days = waves.filter(row.on.notnull()).group_by("customer_id", "on")  # two may end together
    days = days.aggregate(low=row.low.min(), high=row.high.max())
    sums = {"low": row.low.argmax(row.on), "high": row.high.argmax(row.on), "on": row.on.max()}
    found = _by_customer(days.group_by("customer_id").aggregate(**sums))
    days = _days_since(found["on"], run.data.as_of)
    return {"nps_lowest": found["low"], "nps_highest": found["high"], "days_since_nps": days}


def _referrals(run: Run, who: pd.DataFrame) -> Found:
    table = run.data.table("referrals")
    recent = table.filter(table.on > months_away(run.data.as_of, -12))
    count = _by_customer(recent.group_by("customer_id").aggregate(n=row.count()))["n"]
    return {"referrals": count.reindex(who.index).fillna(0)}


def _by_customer(table: ibis.Table) -> pd.DataFrame:
    return table.order_by("customer_id").to_pandas().set_index("customer_id")


def _days_since(then: pd.Series, day: date) -> pd.Series:
    """Whole days up to a day; negative where it is still to come."""
    return days_between(pd.to_datetime(then), pd.Timestamp(day))


Group = Callable[[Run, pd.DataFrame], Found]
# The tables and columns a group cannot do without, and how it finds its fields. A new field is a function above, a line
# here, and an entry in cskit/catalogue.py.
GROUPS: tuple[tuple[tuple[tuple[str, ...], ...], Group], ...] = (
    ((("customers",),), _customer),
    ((("customers",),), _money),
    ((("contracts",),), _renewal),
    ((("customers",),), _notice),
    ((("touchpoints",),), _contact),
    ((("touchpoints", "kind"),), _meetings),
    ((("customers",),), _silence),
    ((("contacts", "role", "to_on"),), _person),
    ((("service_levels",),), _mode),
    ((("onboardings",),), _onboarding),
    ((("assignments", "role"),), _relations),
    ((("hearings",),), _known),
    ((("customers",),), _health),
    ((("goals",),), _goals),
    ((("nps_responses",),), _nps),
    ((("referrals",),), _referrals),
)
