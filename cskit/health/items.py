"""What do we see of each customer? One raw value per item, and nothing where nothing is known.

The engine reduces each table to a few facts per customer as known on a day (last contact, features used), for all days
that are asked for in one query; the arithmetic on those is done here. A table that did not come with the data gives no
value for anybody: unknown is not zero.
"""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis import Deferred
from ibis import _ as row

from cskit.data.asof import Panel
from cskit.facts import current_customers
from cskit.periods import months_away
from cskit.settings import Health

__all__ = ["ITEMS", "people", "raw_items"]

RELATIONSHIP = ("accepts_meetings", "grants_favours")
CONTACT_DAYS = 92
BY = ("as_of", "customer_id")


def raw_items(data: Panel, rules: Health) -> pd.DataFrame:
    """Every item's raw value of every customer of each day.

    Parameters
    ----------
    data : Panel
    rules : Health
        Items and caps name which are computed.

    Returns
    -------
    DataFrame, index as_of and customer_id, one float column per item
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


def people(data: Panel, rules: Health) -> pd.DataFrame:
    """The customers of each day with what the items are measured by.

    Returns
    -------
    DataFrame, index as_of and customer_id, columns contracted_on, seats, factor
        ``factor``: how many times as long as for a daily user is long for this one.
    """
    who = _facts(current_customers(data).select(*BY, "contracted_on", "seats", "usage_rhythm"))
    if data.has("customer_history", "seats"):
        history = data.table("customer_history").filter(row.seats.notnull())
        then = _facts(history.group_by(BY).aggregate(seats=row.seats.argmax(row.from_on)))["seats"]
        who["seats"] = then.reindex(who.index).fillna(who["seats"])
    rhythm = who.pop("usage_rhythm").fillna(rules.rhythm_default)
    who["factor"] = rhythm.map(rules.rhythm.model_dump()).astype(float)
    who["contracted_on"] = pd.to_datetime(who["contracted_on"])
    return who


Items = dict[str, pd.Series]


def _setup(data: Panel, who: pd.DataFrame, _rules: Health) -> Items:
    """1 once the newest onboarding is completed, before that the share of its steps done.

    A step that has not begun yet may not be listed: an onboarding has at least as many as the completed ones of its
    flow, at the median.
    """
    table = data.table("onboardings").mutate(flow=row.flow_version.fill_null(""), completed=row.completed_on.notnull())
    done = ibis.literal(None, "float64")
    if data.has("onboarding_steps"):
        steps = data.table("onboarding_steps").group_by("as_of", "onboarding_id")
        counts = steps.aggregate(finished=row.done_on.notnull().sum(), listed=row.count())
        table = table.left_join(counts, ["as_of", "onboarding_id"]).select(*table.columns, "finished", "listed")
        usual = table.filter(row.completed).group_by("as_of", "flow").aggregate(usual=row.listed.median())
        table = table.left_join(usual, ["as_of", "flow"]).select(*table.columns, "usual")
        done = row.finished / ibis.greatest(row.listed.cast("float64"), row.usual.fill_null(0.0))
    # Of two from the same day engines take either: the greater ID, on all of them.
    last = table.group_by(*BY, "started_on").aggregate(onboarding_id=row.onboarding_id.max())
    newest = last.group_by(BY).aggregate(onboarding_id=row.onboarding_id.argmax(row.started_on))
    facts = _facts(table.semi_join(newest, [*BY, "onboarding_id"]).select(*BY, "completed", done=done))
    return {"setup_done": facts["done"].astype(float).where(~facts["completed"].astype(bool), 1.0)}


def _use(data: Panel, who: pd.DataFrame, rules: Health) -> Items:
    """Use within the window; a customer that was never seen is unknown, one that stopped is at zero."""
    used, begun = _used(data, rules).reindex(who.index), _begun(data).reindex(who.index, level="customer_id")
    day = who.index.get_level_values("as_of")
    seats = who["seats"].astype(float).replace(0, np.nan)
    months = rules.window_days * who["factor"] / 28
    # An export may hold totals only, or features only, or no counts of uses: what it never held is not known.
    found = {"licence_use": used["most"].fillna(0).where(begun["totals"] <= day) / seats}
    if data.has("usage", "events"):
        found["usage_depth"] = used["events"].fillna(0).where(begun["totals"] <= day) / seats / months
        found["feature_breadth"] = used["features"].fillna(0).where(begun["parts"] <= day)
    return found


def _used(data: Panel, rules: Health) -> pd.DataFrame:
    """Use within each customer's own window: columns most, events, features."""
    windows = {name: rules.window_days * factor for name, factor in rules.rhythm.model_dump().items()}
    # What is too old for any rhythm goes first: few rows are left to look up the customer's own for.
    recent = data.table("usage").filter(row.on > _before(max(windows.values())))
    rhythm = data.table("customers").select(*BY, rhythm=row.usage_rhythm.fill_null(rules.rhythm_default))
    mine = recent.join(rhythm, BY).select(*recent.columns, "rhythm")
    since = mine.rhythm.cases(*((name, _before(days, mine)) for name, days in windows.items()))
    mine = mine.filter(mine.on > since)
    sums = mine.group_by(BY).aggregate(
        most=mine.active_users.max(where=mine.feature.isnull()),
        events=mine.events.sum(where=mine.feature.isnull()),
        features=mine.feature.nunique(where=mine.events > 0),
    )
    return _facts(sums).astype(float)


def _begun(data: Panel) -> pd.DataFrame:
    """From which day on the export holds totals and parts of each customer's use; the newest day knows them all."""
    usage = data.newest.table("usage")
    first = {"totals": usage.on.min(where=usage.feature.isnull()), "parts": usage.on.min(where=usage.feature.notnull())}
    found = usage.group_by("customer_id").aggregate(**first).to_pandas().set_index("customer_id")
    return found.apply(pd.to_datetime)


def _contact(data: Panel, who: pd.DataFrame, _rules: Health) -> Items:
    """Days since a contact that was not bulk mail; counted from the contract where there was none."""
    touch = data.table("touchpoints")
    last = _facts(touch.filter(~touch.mass.fill_null(False)).group_by(BY).aggregate(last=row.on.max()))
    since = pd.to_datetime(last["last"]).reindex(who.index).fillna(who["contracted_on"])
    return {"days_since_contact": (who.index.get_level_values("as_of") - since).dt.days / who["factor"]}


def _relationship(data: Panel, who: pd.DataFrame, rules: Health) -> Items:
    judged = data.table("assessments")
    fresh = judged.filter(judged.item.isin(RELATIONSHIP) & (judged.on > _before(rules.stale_days)))
    newest = fresh.group_by(*BY, "item").aggregate(value=row.value.argmax(row.on))
    return {"relationship": _facts(newest.group_by(BY).aggregate(x=row.value.mean()))["x"]}


def _goals(data: Panel, who: pd.DataFrame, _rules: Health) -> Items:
    goals = data.table("goals")
    good = goals.achieved_on.notnull() | goals.due_on.isnull() | (goals.due_on >= goals.as_of)
    return {"goals_on_way": _facts(goals.group_by(BY).aggregate(x=good.mean()))["x"]}


def _account_nps(data: Panel, who: pd.DataFrame, rules: Health) -> Items:
    answers = data.table("nps_responses").filter(row.score.notnull() & row.customer_id.notnull())
    if data.has("nps_waves"):
        closing = data.table("nps_waves").select("as_of", "wave", "closed_on")
        answers = answers.left_join(closing, ["as_of", "wave"])
        answers = answers.select(*BY, "wave", "score", on=ibis.coalesce(answers.on, answers.closed_on))
    answers = answers.filter(row.on > _before(rules.stale_days))
    waves = answers.group_by(*BY, "wave").aggregate(mean=row.score.mean(), last=row.on.max())
    days = waves.group_by(*BY, "last").aggregate(mean=waves["mean"].mean())  # of two waves that end together both
    return {"account_nps": _facts(days.group_by(BY).aggregate(x=days["mean"].argmax(days["last"])))["x"]}


def _contacts(data: Panel, who: pd.DataFrame, _rules: Health) -> Items:
    contacts = data.table("contacts")
    ours = contacts.role.isin(["admin", "decision_maker"]).fill_null(False)
    left = (contacts.to_on > _before(CONTACT_DAYS)).fill_null(False)
    return {"contact_changed": _facts(contacts.group_by(BY).aggregate(x=(ours & left).any()))["x"]}


def _tickets(data: Panel, who: pd.DataFrame, _rules: Health) -> Items:
    """Open severe inquiries; a customer without any inquiry has none open."""
    tickets = data.table("tickets")
    unsolved = tickets.resolved_at.isnull() | (tickets.reopened_at >= tickets.resolved_at).fill_null(False)
    tickets = tickets.filter(tickets.severity.isin(["high", "critical"]) & unsolved)
    open_ = _facts(tickets.filter(row.customer_id.notnull()).group_by(BY).aggregate(x=row.count()))
    return {"open_severe_tickets": open_["x"].reindex(who.index).fillna(0)}


def _arr_change(data: Panel, who: pd.DataFrame, _rules: Health) -> Items:
    """ARR against a year ago, from the terms that run on each day; customers.arr knows only today."""
    terms = data.table("contracts")
    terms = terms.filter(terms.kind.isnull() | (terms.kind == "paid"))
    year_ago = row.as_of.cases(*((day, months_away(day, -12)) for day in data.days))
    days = {"now": row.as_of, "then": year_ago}
    # Who is a customer today had not left a year ago: both days can be asked at once.
    running = {
        name: (row.starts_on <= day) & (row.ends_on.isnull() | (row.ends_on >= day)) for name, day in days.items()
    }
    sums = {name: row.mrr.sum(where=there) for name, there in running.items()}
    mrr = _facts(terms.group_by(BY).aggregate(**sums)).astype(float).fillna(0.0)
    before = mrr[mrr["then"] > 0]
    return {"arr_change": before["now"] / before["then"]}


def _notice(data: Panel, who: pd.DataFrame, _rules: Health) -> Items:
    given = _facts(data.table("churns").select(*BY))
    return {"notice_given": pd.Series(who.index.isin(given.index), index=who.index, dtype=float)}


def _before(days: float, rows: ibis.Table | Deferred = row) -> ir.TimestampValue | Deferred:
    """So many whole days before the day as of which a row is known."""
    return rows.as_of - ibis.interval(days=int(days))


def _facts(table: ibis.Table) -> pd.DataFrame:
    """What the engine found of each customer on each day, in the order of both."""
    frame = table.order_by(BY).to_pandas()
    return frame.assign(as_of=pd.to_datetime(frame["as_of"])).set_index(list(BY))


Group = Callable[[Panel, pd.DataFrame, Health], Items]
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
