"""What do we see of each customer? One raw value per item, and nothing where nothing is known.

Every item is an expression over the tables as known on the day of the data: customer_id and the item's value.
A table that did not come with the data gives no value for anybody: unknown is not zero.
"""

from collections.abc import Callable
from datetime import date, timedelta

import ibis
import pandas as pd
from ibis import _ as row

from cskit.data import Data
from cskit.facts import arr, arr_is_of_today, current_customers, rhythm_factor
from cskit.params import Health
from cskit.periods import add_months

__all__ = ["ITEMS", "raw_items"]

RELATIONSHIP = ("accepts_meetings", "grants_favours")
CONTACT_DAYS = 92


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
    data.need("customers")
    customers = current_customers(data)
    people = customers.select("customer_id", "contracted_on", "seats", factor=rhythm_factor(customers, rules))
    if data.has("customer_history", "seats"):
        people = _seats_as_of(data, people)
    wanted = dict.fromkeys([*rules.items, *(cap.item for cap in rules.caps)])
    table = people.select("customer_id")
    for group, names in GROUPS.items():
        own = [name for name in names if name in wanted]
        if own and (found := group(data, people, rules)) is not None:
            table = table.left_join(found.select("customer_id", *own), "customer_id").drop("customer_id_right")
    frame = table.order_by("customer_id").to_pandas().set_index("customer_id")
    return frame.reindex(columns=list(wanted)).astype(float)


def _seats_as_of(data: Data, people: ibis.Table) -> ibis.Table:
    """Seats as they were, where history was kept."""
    history = data.table("customer_history").filter(row.seats.notnull())
    newest = history.group_by("customer_id").aggregate(then=row.seats.argmax(row.from_on))
    joined = people.left_join(newest, "customer_id").drop("customer_id_right")
    return joined.mutate(seats=ibis.coalesce(joined.then, joined.seats)).drop("then")


def _setup(data: Data, people: ibis.Table, _rules: Health) -> ibis.Table | None:
    """1 once the newest onboarding is completed, before that the share of its steps done."""
    if not data.has("onboardings"):
        return None
    table = data.table("onboardings")
    newest = table.group_by("customer_id").aggregate(onboarding_id=row.onboarding_id.argmax(row.started_on))
    newest = table.semi_join(newest, ["customer_id", "onboarding_id"])
    if not data.has("onboarding_steps"):
        return newest.filter(row.completed_on.notnull()).select("customer_id", setup_done=ibis.literal(1.0))
    steps = data.table("onboarding_steps").group_by("onboarding_id").aggregate(done=row.done_on.notnull().mean())
    joined = newest.left_join(steps, "onboarding_id").drop("onboarding_id_right")
    return joined.select("customer_id", setup_done=ibis.cases((joined.completed_on.notnull(), 1.0), else_=joined.done))


def _contact(data: Data, people: ibis.Table, _rules: Health) -> ibis.Table | None:
    """Days since a contact that was not bulk mail; counted from the contract where there was none."""
    if not data.has("touchpoints"):
        return None
    touch = data.table("touchpoints")
    last = touch.filter(~touch.mass.fill_null(False)).group_by("customer_id").aggregate(last=row.on.max())
    joined = people.left_join(last, "customer_id").drop("customer_id_right")
    since = _days_since(data.as_of, ibis.coalesce(joined["last"], joined.contracted_on))
    return joined.select("customer_id", days_since_contact=since / joined.factor)


def _relationship(data: Data, people: ibis.Table, rules: Health) -> ibis.Table | None:
    if not data.has("assessments"):
        return None
    judged = data.table("assessments")
    fresh = judged.filter(judged.item.isin(RELATIONSHIP) & (judged.on > data.as_of - timedelta(days=rules.stale_days)))
    newest = fresh.group_by("customer_id", "item").aggregate(value=row.value.argmax(row.on))
    return newest.group_by("customer_id").aggregate(relationship=row.value.mean())


def _use(data: Data, people: ibis.Table, rules: Health) -> ibis.Table | None:
    """Use within the window; a customer that was never seen is unknown, one that stopped is at zero."""
    if not data.has("usage"):
        return None
    joined = data.table("usage").join(people, "customer_id")
    window = joined.factor * rules.window_days
    recent = _days_since(data.as_of, joined.on) < window
    whole, part = recent & joined.feature.isnull(), recent & joined.feature.notnull()
    per = joined.group_by("customer_id").aggregate(
        most=joined.active_users.max(where=whole),
        events=joined.events.sum(where=whole),
        features=joined.feature.nunique(where=part & (joined.events > 0)),
        seats=joined.seats.max(),
        window=window.max(),
    )
    seats = per.seats.nullif(0)
    return per.select(
        "customer_id",
        licence_use=per.most.fill_null(0) / seats,
        feature_breadth=per.features.cast("float64"),
        usage_depth=per.events.fill_null(0) / seats * 28 / per.window,
    )


def _goals(data: Data, people: ibis.Table, _rules: Health) -> ibis.Table | None:
    if not data.has("goals"):
        return None
    goals = data.table("goals")
    good = goals.achieved_on.notnull() | goals.due_on.isnull() | (goals.due_on >= data.as_of)
    return goals.group_by("customer_id").aggregate(goals_on_way=good.mean())


def _account_nps(data: Data, people: ibis.Table, rules: Health) -> ibis.Table | None:
    if not data.has("nps_responses"):
        return None
    answers = data.table("nps_responses").filter(row.score.notnull() & row.customer_id.notnull())
    if data.has("nps_waves"):
        closing = data.table("nps_waves").select("wave", "closed_on")
        answers = answers.left_join(closing, "wave").drop("wave_right")
        answers = answers.mutate(on=ibis.coalesce(answers.on, answers.closed_on))
    answers = answers.filter(row.on > data.as_of - timedelta(days=rules.stale_days))
    waves = answers.group_by("customer_id", "wave").aggregate(mean=row.score.mean(), last=row.on.max())
    return waves.group_by("customer_id").aggregate(account_nps=row["mean"].argmax(row["last"]))


def _contacts(data: Data, people: ibis.Table, _rules: Health) -> ibis.Table | None:
    if not data.has("contacts"):
        return None
    contacts = data.table("contacts")
    ours = contacts.role.isin(["admin", "decision_maker"]).fill_null(False)
    left = (contacts.to_on > data.as_of - timedelta(days=CONTACT_DAYS)).fill_null(False)
    return contacts.group_by("customer_id").aggregate(contact_changed=(ours & left).any().cast("float64"))


def _tickets(data: Data, people: ibis.Table, _rules: Health) -> ibis.Table | None:
    """Open severe inquiries; a customer without any inquiry has none open."""
    if not data.has("tickets"):
        return None
    tickets = data.table("tickets").filter(row.severity.isin(["high", "critical"]) & row.resolved_at.isnull())
    open_ = tickets.group_by("customer_id").aggregate(n=row.count())
    joined = people.left_join(open_, "customer_id").drop("customer_id_right")
    return joined.select("customer_id", open_severe_tickets=joined.n.fill_null(0).cast("float64"))


def _arr_change(data: Data, people: ibis.Table, _rules: Health) -> ibis.Table | None:
    """ARR against a year ago; customers.arr knows only today, so without contracts nothing is known."""
    if arr_is_of_today(data):
        return None
    before = arr(data.at(add_months(data.as_of, -12))).rename(before="arr")
    joined = before.filter(before.before > 0).left_join(arr(data), "customer_id").drop("customer_id_right")
    return joined.select("customer_id", arr_change=joined.arr.fill_null(0) / joined.before)


def _notice(data: Data, people: ibis.Table, _rules: Health) -> ibis.Table | None:
    if not data.has("churns"):
        return None
    given = data.table("churns").select("customer_id", given=ibis.literal(1.0))
    joined = people.left_join(given, "customer_id").drop("customer_id_right")
    return joined.select("customer_id", notice_given=joined.given.fill_null(0.0))


def _days_since(day: date, past: ibis.expr.types.DateValue) -> ibis.expr.types.IntegerValue:
    return ibis.literal(day).delta(past, unit="day")


Group = Callable[[Data, ibis.Table, Health], ibis.Table | None]
# Which expression gives which items; a new item is a line here, a function above and an entry in params.
GROUPS: dict[Group, tuple[str, ...]] = {
    _setup: ("setup_done",),
    _use: ("licence_use", "feature_breadth", "usage_depth"),
    _contact: ("days_since_contact",),
    _relationship: ("relationship",),
    _goals: ("goals_on_way",),
    _account_nps: ("account_nps",),
    _contacts: ("contact_changed",),
    _tickets: ("open_severe_tickets",),
    _arr_change: ("arr_change",),
    _notice: ("notice_given",),
}
ITEMS = tuple(name for names in GROUPS.values() for name in names)
