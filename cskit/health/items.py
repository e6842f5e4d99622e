"""What do we see of each customer? One raw value per item, and nothing where nothing is known.

The engine reduces each table to a few facts per customer as known on a day (last contact, features used) and works the
items out from them: for all tables and all days in one query. A table that did not come with the data gives no value
for anybody: unknown is not zero.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import Deferred
from ibis import _ as row

from cskit import extend
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
    DataFrame, columns as_of, customer_id and a float per item
        nan: not known. In the order of the days, and of the customers within each.

    Raises
    ------
    NotAvailable
        Without ``customers``.

    Examples
    --------
    Nobody measured yet what a customer ten days old uses: that is not known, and not zero.

    >>> items = raw_items(run.data.on_days([run.data.as_of]), run.settings.health).set_index("customer_id")
    >>> items.loc[["C00001", "C00500"], ["setup_done", "licence_use", "open_severe_tickets"]]
                 setup_done  licence_use  open_severe_tickets
    customer_id
    C00001              NaN       0.8125                  0.0
    C00500              0.2          NaN                  0.0
    """
    who = people(data, rules)
    wanted = dict.fromkeys([*rules.items, *(cap.item for cap in rules.caps)])
    found: dict[str, ir.Value | Deferred] = {}
    for (table, *columns), names, group in (*GROUPS, *_own()):
        if data.has(table, *columns) and any(name in wanted for name in names):
            facts, items = group(data, rules)
            for own in facts:
                keys = [name for name in BY if name in own.columns]
                who = who.left_join(own, keys).select(*who.columns, *(name for name in own.columns if name not in BY))
            found |= items
    day = row.as_of.cases(*((day, number) for number, day in enumerate(data.days)))
    values = {name: found[name].cast("float64") for name in wanted if name in found}
    frame = who.select("customer_id", _day=day, **values).order_by("_day", "customer_id").to_pandas()
    items = frame.reindex(columns=list(wanted)).astype(float)
    items.insert(0, "customer_id", frame["customer_id"])
    items.insert(0, "as_of", pd.DatetimeIndex(data.days).take(frame["_day"].astype(int)))
    return items


def people(data: Panel, rules: Health) -> ir.Table:
    """The customers of each day with what the items are measured by.

    Returns
    -------
    Table, columns as_of, customer_id, contracted_on, seats, factor
        ``seats``: empty where there are none. ``factor``: how many times as long as for a daily user is long for this
        one.

    Examples
    --------
    A customer who comes once a month is missed later than one who comes daily:

    >>> who = people(run.data.on_days([run.data.as_of]), run.settings.health).to_pandas()
    >>> who.set_index("customer_id").loc[["C00001", "C00127"], ["seats", "factor"]]
                 seats  factor
    customer_id
    C00001        16.0     1.0
    C00127       119.0     3.0
    """
    who = current_customers(data).select(*BY, "contracted_on", "seats", "usage_rhythm")
    if data.has("customer_history", "seats"):
        history = data.table("customer_history").filter(row.seats.notnull())
        then = history.group_by(data.by).aggregate(then=row.seats.argmax(row.from_on))
        who = who.left_join(then, data.by).select(*who.columns, "then")
        who = who.mutate(seats=ibis.coalesce(row.then, row.seats))
    factors = {name: float(factor) for name, factor in rules.rhythm.model_dump().items()}
    factor = row.usage_rhythm.fill_null(rules.rhythm_default).cases(*factors.items()).cast("float64")
    return who.select(*BY, "contracted_on", seats=row.seats.cast("float64").nullif(0.0), factor=factor)


Facts = list[ir.Table]  # each by the panel's keys, or by customer_id alone where they are the same on all days
Items = Mapping[str, Deferred]  # from people and facts side by side


def _setup(data: Panel, _rules: Health) -> tuple[Facts, Items]:
    """1 once the newest onboarding is completed, before that the share of its steps done.

    A step that has not begun yet may not be listed: an onboarding has at least as many as the completed ones of its
    flow, at the median.
    """
    table = data.table("onboardings").mutate(flow=row.flow_version.fill_null(""), completed=row.completed_on.notnull())
    done, day = ibis.literal(None, "float64"), data.by[:-1]
    if data.has("onboarding_steps"):
        steps = data.table("onboarding_steps").group_by(*day, "onboarding_id")
        counts = steps.aggregate(finished=row.done_on.notnull().sum(), listed=row.count())
        table = table.left_join(counts, [*day, "onboarding_id"]).select(*table.columns, "finished", "listed")
        usual = table.filter(row.completed).group_by(*day, "flow").aggregate(usual=row.listed.median())
        table = table.left_join(usual, [*day, "flow"]).select(*table.columns, "usual")
        done = row.finished / ibis.greatest(row.listed.cast("float64"), row.usual.fill_null(0.0))
    # Of two from the same day engines take either: the greater ID, on all of them.
    order = [row.started_on.desc(), row.onboarding_id.desc()]
    table = table.mutate(newer=ibis.row_number().over(group_by=data.by, order_by=order))
    facts = table.filter(row.newer == 0).select(*data.by, set_up=row.completed.ifelse(1.0, done))
    return [facts], {"setup_done": row.set_up}


def _use(data: Panel, rules: Health) -> tuple[Facts, Items]:
    """Use within the window; a customer that was never seen is unknown, one that stopped is at zero.

    An export may hold totals only, or features only, or no counts of uses: what it never held is not known.
    """

    def known(fact: Deferred, since: Deferred) -> Deferred:
        return (since <= row.as_of).ifelse(fact.fill_null(0).cast("float64"), ibis.null("float64"))

    months = rules.window_days * row.factor / 28
    items = {"licence_use": known(row.most, row.totals) / row.seats}
    if data.has("usage", "events"):
        items["usage_depth"] = known(row.uses, row.totals) / row.seats / months
        items["feature_breadth"] = known(row.features, row.parts)
    return [_used(data, rules), _begun(data)], items


def _used(data: Panel, rules: Health) -> ir.Table:
    """Use within each customer's own window: columns most, uses, features."""
    windows = {name: rules.window_days * factor for name, factor in rules.rhythm.model_dump().items()}
    # What is too old for any rhythm, on any day, goes first: few rows are left to look up the customer's own for.
    longest = max(windows.values())
    oldest = data.days[0] - timedelta(int(longest))
    recent = data.table("usage", anybody=True).filter(row.on > oldest, row.on > data.before(longest))
    rhythm = data.table("customers").select(*data.by, rhythm=row.usage_rhythm.fill_null(rules.rhythm_default))
    mine = recent.join(rhythm, data.by).select(*recent.columns, "rhythm")
    mine = mine.filter(row.on > row.rhythm.cases(*((name, data.before(days)) for name, days in windows.items())))
    return mine.group_by(data.by).aggregate(
        most=mine.active_users.max(where=mine.feature.isnull()),
        uses=mine.events.sum(where=mine.feature.isnull()),
        features=mine.feature.nunique(where=mine.events > 0),
    )


def _begun(data: Panel) -> ir.Table:
    """From which day on the export holds totals and parts of each customer's use; the newest day knows them all.

    Of one day it matters only whether it does by then, which is found without reading on which days.
    """
    usage = data.newest.table("usage", anybody=True)
    kinds = {"totals": usage.feature.isnull(), "parts": usage.feature.notnull()}
    if len(data.days) > 1:
        return usage.group_by("customer_id").aggregate(**{name: usage.on.min(where=own) for name, own in kinds.items()})
    some = {name: (usage.count(where=own) > 0).ifelse(data.days[0], None) for name, own in kinds.items()}
    return usage.group_by("customer_id").aggregate(**some)


def _contact(data: Panel, _rules: Health) -> tuple[Facts, Items]:
    """Days since a contact that was not bulk mail; counted from the contract where there was none."""
    touch = data.table("touchpoints", anybody=True)
    last = touch.filter(~touch.mass.fill_null(False)).group_by(data.by).aggregate(last=row.on.max())
    since = ibis.coalesce(row.last, row.contracted_on)
    return [last], {"days_since_contact": row.as_of.delta(since, unit="day") / row.factor}


def _relationship(data: Panel, rules: Health) -> tuple[Facts, Items]:
    judged = data.table("assessments")
    fresh = judged.filter(judged.item.isin(RELATIONSHIP) & (judged.on > data.before(rules.stale_days)))
    newest = fresh.group_by(*data.by, "item").aggregate(value=row.value.argmax(row.on))
    return [newest.group_by(data.by).aggregate(judged=row.value.mean())], {"relationship": row.judged}


def _goals(data: Panel, _rules: Health) -> tuple[Facts, Items]:
    goals = data.table("goals")
    good = goals.achieved_on.notnull() | goals.due_on.isnull() | (goals.due_on >= goals.as_of)
    return [goals.group_by(data.by).aggregate(on_way=good.mean())], {"goals_on_way": row.on_way}


def _account_nps(data: Panel, rules: Health) -> tuple[Facts, Items]:
    answers = data.table("nps_responses").filter(row.score.notnull() & row.customer_id.notnull())
    if data.has("nps_waves"):
        closing = data.table("nps_waves").select(*data.by[:-1], "wave", "closed_on")
        answers = answers.left_join(closing, [*data.by[:-1], "wave"])
        answers = answers.select(*data.by, "wave", "score", on=ibis.coalesce(answers.on, answers.closed_on))
    answers = answers.filter(row.on > data.before(rules.stale_days))
    waves = answers.group_by(*data.by, "wave").aggregate(mean=row.score.mean(), last=row.on.max())
    days = waves.group_by(*data.by, "last").aggregate(mean=waves["mean"].mean())  # of two waves that end together both
    return [days.group_by(data.by).aggregate(nps=days["mean"].argmax(days["last"]))], {"account_nps": row.nps}


def _contacts(data: Panel, _rules: Health) -> tuple[Facts, Items]:
    contacts = data.table("contacts")
    ours = contacts.role.isin(["admin", "decision_maker"]).fill_null(False)
    left = (contacts.to_on > data.before(CONTACT_DAYS)).fill_null(False)
    changed = contacts.group_by(data.by).aggregate(changed=(ours & left).ifelse(1.0, 0.0).max())
    return [changed], {"contact_changed": row.changed}


def _tickets(data: Panel, _rules: Health) -> tuple[Facts, Items]:
    """Open severe inquiries; a customer without any inquiry has none open."""
    tickets = data.table("tickets")
    unsolved = tickets.resolved_at.isnull() | (tickets.reopened_at >= tickets.resolved_at).fill_null(False)
    tickets = tickets.filter(tickets.severity.isin(["high", "critical"]) & unsolved)
    severe = tickets.filter(row.customer_id.notnull()).group_by(data.by).aggregate(severe=row.count())
    return [severe], {"open_severe_tickets": row.severe.fill_null(0)}


def _arr_change(data: Panel, _rules: Health) -> tuple[Facts, Items]:
    """ARR against a year ago, from the terms that run on each day; customers.arr knows only today."""
    terms = data.table("contracts")
    terms = terms.filter(terms.kind.isnull() | (terms.kind == "paid"))
    year_ago = row.as_of.cases(*((day, months_away(day, -12)) for day in data.days))
    days = {"mrr_now": row.as_of, "mrr_then": year_ago}
    # Who is a customer today had not left a year ago: both days can be asked at once.
    running = {
        name: (row.starts_on <= day) & (row.ends_on.isnull() | (row.ends_on >= day)) for name, day in days.items()
    }
    mrr = terms.group_by(data.by).aggregate(**{name: row.mrr.sum(where=there) for name, there in running.items()})
    before = (row.mrr_then > 0).ifelse(row.mrr_then, ibis.null("float64"))
    return [mrr], {"arr_change": row.mrr_now.fill_null(0.0) / before}


def _notice(data: Panel, _rules: Health) -> tuple[Facts, Items]:
    given = data.table("churns").group_by(data.by).aggregate(notices=row.count())
    return [given], {"notice_given": row.notices.notnull().ifelse(1.0, 0.0)}


def _own() -> "Iterator[tuple[tuple[str, ...], tuple[str, ...], Group]]":
    """Items of the user's own, as groups of one."""
    for own in extend.items():

        def group(data: Panel, rules: Health, own: extend.Own = own) -> tuple[Facts, Items]:
            name = f"own_{own.name}"  # which no fact of ours is called
            table = own.table(data, rules)
            return [table.select(*data.by, table.value.cast("float64").name(name))], {own.name: row[name]}

        yield own.needs, (own.name,), group


Group = Callable[[Panel, Health], tuple[Facts, Items]]
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
