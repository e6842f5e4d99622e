"""What do we see of each customer? One raw value per item, and nothing where nothing is known.

The engine reduces each table to a few facts per customer as known on the day (last contact, features used); the
arithmetic on those is done here. A table that did not come with the data gives no value for anybody: unknown is
not zero.
"""

from collections.abc import Callable
from datetime import timedelta

import ibis
import numpy as np
import pandas as pd
from ibis import _ as row

from cskit.data import Data
from cskit.facts import current_customers
from cskit.periods import months_away
from cskit.settings import Health

__all__ = ["ITEMS", "people", "raw_items"]

RELATIONSHIP = ("accepts_meetings", "grants_favours")
CONTACT_DAYS = 92
FACTS_OF_USE = ["most", "events", "features", "totals", "parts"]


def raw_items(data: Data, rules: Health) -> pd.DataFrame:
    """Every item's raw value of every current customer.

    Parameters
    ----------
    data : Data
    rules : Health
        Items and caps name which are computed.

    Returns
    -------
    DataFrame, index customer_id, one float column per item
        nan: not known.

    Raises
    ------
    NotAvailable
        Without ``customers``.
    """
    who = people(data, rules)
    wanted = dict.fromkeys([*rules.items, *(cap.item for cap in rules.caps)])
    found: dict[str, pd.Series] = {}
    for (table, *columns), names, group in GROUPS:
        if data.has(table, *columns) and any(name in wanted for name in names):
            found |= group(data, who, rules)
    return pd.DataFrame({name: found.get(name) for name in wanted}, index=who.index, dtype=float)


def people(data: Data, rules: Health) -> pd.DataFrame:
    """Current customers with what the items are measured by.

    Returns
    -------
    DataFrame, index customer_id, columns contracted_on, seats, factor
        ``factor``: how many times as long as for a daily user is long for this one.
    """
    customers = current_customers(data).select("customer_id", "contracted_on", "seats", "usage_rhythm")
    who = customers.order_by("customer_id").to_pandas().set_index("customer_id")
    if data.has("customer_history", "seats"):
        history = data.table("customer_history").filter(row.seats.notnull())
        then = _by_customer(history.group_by("customer_id").aggregate(seats=row.seats.argmax(row.from_on)))["seats"]
        who["seats"] = then.reindex(who.index).fillna(who["seats"])
    rhythm = who.pop("usage_rhythm").fillna(rules.rhythm_default)
    who["factor"] = rhythm.map(rules.rhythm.model_dump()).astype(float)
    who["contracted_on"] = pd.to_datetime(who["contracted_on"])
    return who


Items = dict[str, pd.Series]


def _setup(data: Data, who: pd.DataFrame, _rules: Health) -> Items:
    """1 once the newest onboarding is completed, before that the share of its steps done.

    A step that has not begun yet may not be listed: an onboarding has at least as many as the completed ones of its
    flow, at the median.
    """
    table = data.table("onboardings")
    newest = table.group_by("customer_id").aggregate(onboarding_id=row.onboarding_id.argmax(row.started_on))
    newest = table.semi_join(newest, ["customer_id", "onboarding_id"])
    newest = newest.select("customer_id", "onboarding_id", "flow_version", completed=row.completed_on.notnull())
    if data.has("onboarding_steps"):
        steps = data.table("onboarding_steps").group_by("onboarding_id")
        counts = steps.aggregate(finished=row.done_on.notnull().sum(), listed=row.count())
        flow = table.filter(row.completed_on.notnull()).join(counts, "onboarding_id")
        usual = flow.group_by(flow=flow.flow_version.fill_null("")).aggregate(usual=row.listed.median())
        newest = newest.mutate(flow=row.flow_version.fill_null("")).left_join(counts, "onboarding_id")
        newest = newest.drop("onboarding_id_right").left_join(usual, "flow").drop("flow_right")
        whole = ibis.greatest(newest.listed.cast("float64"), newest.usual.fill_null(0.0))
        newest = newest.mutate(done=newest.finished / whole)
    else:
        newest = newest.mutate(done=ibis.literal(None, "float64"))
    facts = _by_customer(newest.select("customer_id", "completed", "done"))
    return {"setup_done": facts["done"].astype(float).where(~facts["completed"].astype(bool), 1.0)}


def _use(data: Data, who: pd.DataFrame, rules: Health) -> Items:
    """Use within the window; a customer that was never seen is unknown, one that stopped is at zero."""
    usage = data.table("usage")
    facts = []
    for factor in who["factor"].unique():
        # A window for each rhythm: three short scans, instead of one that carries every customer's own.
        recent = usage.on > data.as_of - timedelta(days=rules.window_days * factor)
        whole, part = recent & usage.feature.isnull(), recent & usage.feature.notnull()
        sums = usage.group_by("customer_id").aggregate(
            most=usage.active_users.max(where=whole),
            events=usage.events.sum(where=whole),
            features=usage.feature.nunique(where=part & (usage.events > 0)),
            totals=usage.feature.isnull().sum(),
            parts=usage.feature.notnull().sum(),
        )
        own = _by_customer(sums)
        facts.append(own[own.index.isin(who.index[who["factor"] == factor])])
    seen = pd.concat(facts).astype(float) if facts else pd.DataFrame(columns=FACTS_OF_USE, dtype=float)
    seats = who["seats"].astype(float).replace(0, np.nan).reindex(seen.index)
    months = (rules.window_days * who["factor"]).reindex(seen.index) / 28
    # An export may hold totals only, or features only, or no counts of uses: what it never held is not known.
    found = {"licence_use": seen["most"].fillna(0).where(seen["totals"] > 0) / seats}
    if data.has("usage", "events"):
        found["usage_depth"] = seen["events"].fillna(0).where(seen["totals"] > 0) / seats / months
        found["feature_breadth"] = seen["features"].where(seen["parts"] > 0)
    return found


def _contact(data: Data, who: pd.DataFrame, _rules: Health) -> Items:
    """Days since a contact that was not bulk mail; counted from the contract where there was none."""
    touch = data.table("touchpoints")
    last = _by_customer(touch.filter(~touch.mass.fill_null(False)).group_by("customer_id").aggregate(last=row.on.max()))
    since = pd.to_datetime(last["last"]).reindex(who.index).fillna(who["contracted_on"])
    return {"days_since_contact": (pd.Timestamp(data.as_of) - since).dt.days / who["factor"]}


def _relationship(data: Data, who: pd.DataFrame, rules: Health) -> Items:
    judged = data.table("assessments")
    fresh = judged.filter(judged.item.isin(RELATIONSHIP) & (judged.on > data.as_of - timedelta(days=rules.stale_days)))
    newest = fresh.group_by("customer_id", "item").aggregate(value=row.value.argmax(row.on))
    return {"relationship": _by_customer(newest.group_by("customer_id").aggregate(x=row.value.mean()))["x"]}


def _goals(data: Data, who: pd.DataFrame, _rules: Health) -> Items:
    goals = data.table("goals")
    good = goals.achieved_on.notnull() | goals.due_on.isnull() | (goals.due_on >= data.as_of)
    return {"goals_on_way": _by_customer(goals.group_by("customer_id").aggregate(x=good.mean()))["x"]}


def _account_nps(data: Data, who: pd.DataFrame, rules: Health) -> Items:
    answers = data.table("nps_responses").filter(row.score.notnull() & row.customer_id.notnull())
    if data.has("nps_waves"):
        closing = data.table("nps_waves").select("wave", "closed_on")
        answers = answers.left_join(closing, "wave")
        answers = answers.select("customer_id", "wave", "score", on=ibis.coalesce(answers.on, answers.closed_on))
    answers = answers.filter(row.on > data.as_of - timedelta(days=rules.stale_days))
    waves = answers.group_by("customer_id", "wave").aggregate(mean=row.score.mean(), last=row.on.max())
    newest = waves.group_by("customer_id").aggregate(x=waves["mean"].argmax(waves["last"]))
    return {"account_nps": _by_customer(newest)["x"]}


def _contacts(data: Data, who: pd.DataFrame, _rules: Health) -> Items:
    contacts = data.table("contacts")
    ours = contacts.role.isin(["admin", "decision_maker"]).fill_null(False)
    left = (contacts.to_on > data.as_of - timedelta(days=CONTACT_DAYS)).fill_null(False)
    return {"contact_changed": _by_customer(contacts.group_by("customer_id").aggregate(x=(ours & left).any()))["x"]}


def _tickets(data: Data, who: pd.DataFrame, _rules: Health) -> Items:
    """Open severe inquiries; a customer without any inquiry has none open."""
    tickets = data.table("tickets")
    unsolved = tickets.resolved_at.isnull() | (tickets.reopened_at >= tickets.resolved_at).fill_null(False)
    tickets = tickets.filter(tickets.severity.isin(["high", "critical"]) & unsolved)
    open_ = _by_customer(tickets.filter(row.customer_id.notnull()).group_by("customer_id").aggregate(x=row.count()))
    return {"open_severe_tickets": open_["x"].reindex(who.index).fillna(0)}


def _arr_change(data: Data, who: pd.DataFrame, _rules: Health) -> Items:
    """ARR against a year ago, from the terms that run on each day; customers.arr knows only today."""
    terms = data.table("contracts")
    terms = terms.filter(terms.kind.isnull() | (terms.kind == "paid"))
    days = {"now": data.as_of, "then": months_away(data.as_of, -12)}
    # Who is a customer today had not left a year ago: both days can be asked at once.
    running = {
        name: (row.starts_on <= day) & (row.ends_on.isnull() | (row.ends_on >= day)) for name, day in days.items()
    }
    sums = {name: row.mrr.sum(where=there) for name, there in running.items()}
    mrr = _by_customer(terms.group_by("customer_id").aggregate(**sums)).astype(float).fillna(0.0)
    before = mrr[mrr["then"] > 0]
    return {"arr_change": before["now"] / before["then"]}


def _notice(data: Data, who: pd.DataFrame, _rules: Health) -> Items:
    given = data.table("churns").select("customer_id").to_pandas()["customer_id"]
    return {"notice_given": pd.Series(who.index.isin(given), index=who.index, dtype=float)}


def _by_customer(table: ibis.Table) -> pd.DataFrame:
    return table.order_by("customer_id").to_pandas().set_index("customer_id")


Group = Callable[[Data, pd.DataFrame, Health], Items]
# The table and columns a group cannot do without, the items it gives, and how. A new item is a function above, a line
# here and an entry in params.
GROUPS: tuple[tuple[tuple[str, ...], tuple[str, ...], Group], ...] = (
    (("onboardings",), ("setup_done",), _setup),
    (("usage", "active_users"), ("licence_use", "feature_breadth", "usage_depth"), _use),
    (("touchpoints",), ("days_since_contact",), _contact),
    (("assessments",), ("relationship",), _relationship),
    (("goals",), ("goals_on_way",), _goals),
    (("nps_responses",), ("account_nps",), _account_nps),
    (("contacts", "role", "to_on"), ("contact_changed",), _contacts),
    (("tickets", "severity", "resolved_at"), ("open_severe_tickets",), _tickets),
    (("contracts",), ("arr_change",), _arr_change),
    (("churns",), ("notice_given",), _notice),
)
ITEMS = tuple(name for _needs, names, _group in GROUPS for name in names)
