"""What does an onboarding take and bring, by segment and route, and how sure are we?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import ibis
import numpy as np
import pandas as pd

from cskit.data import Data
from cskit.errors import NotAvailable
from cskit.facts import arr_by_customer
from cskit.metrics import Metric
from cskit.onboarding.balance import Band, Costs, Infeasible, Limits, Plan, band, frontier, plan
from cskit.onboarding.cases import cases, with_traits
from cskit.onboarding.knowledge import answers
from cskit.onboarding.mix import ROUTES
from cskit.periods import months_away
from cskit.result import Result
from cskit.run import Run
from cskit.settings import Balance as Rules
from cskit.shared import shared

__all__ = [
    "Balance",
    "Cells",
    "Evidence",
    "as_it_is",
    "balance",
    "balanced",
    "churn_by_cell",
    "evidence",
    "hourly_costs",
    "limits_of",
    "mean_hourly",
    "pooled",
]

Array = np.ndarray
ROUNDS = 20  # of factors in turn: by then they hardly move any more


@dataclass(frozen=True)
class Evidence(Result):
    """What the tables tell of each segment (rows) and route (columns).

    Parameters
    ----------
    segments : tuple of str
    costs : Costs
        The inputs as estimated.
    draw : callable
        The inputs as they might as well have been, so many times, from a random generator.
    assumed : tuple of str
        Which of hours, knowledge, churn, arr come from params or are left out, at least for one route.
    n : int
        Onboardings behind hours and knowledge.

    Examples
    --------
    >>> known = evidence(run)
    >>> known.segments, known.costs.customers.tolist(), known.assumed
    (('enterprise', 'mid', 'small'), [11.0, 31.0, 78.0], ())
    """

    segments: tuple[str, ...]
    costs: Costs
    draw: Callable[[np.random.Generator, int], list[Costs]]
    assumed: tuple[str, ...]
    n: int


@dataclass(frozen=True)
class Balance(Result):
    """The mix that is right, under the inputs we have.

    Parameters
    ----------
    evidence : Evidence
    limits : Limits
    best : Plan or Infeasible
    band : Band
    mix_now : array, shape (segments, routes)
        Shares of each segment in the last 12 months.
    now : Plan
        What that mix takes, by the same inputs; its prices are 0.
    frontier : DataFrame, columns knowledge, self_share, cost
        The cheapest mix at each least knowledge that can be reached, without the other limits.
    metrics : tuple of Metric

    Examples
    --------
    >>> list(balance(run).frontier.columns)
    ['knowledge', 'self_share', 'cost']
    """

    evidence: Evidence
    limits: Limits
    best: Plan | Infeasible
    band: Band
    mix_now: Array
    now: Plan
    frontier: pd.DataFrame
    metrics: tuple[Metric, ...]


@shared
def balance(run: Run) -> Balance | None:
    """The cheapest mix within the limits of params, its band, and the price of a point of knowledge.

    Returns
    -------
    Balance or None
        None where no onboarding started in the last 12 months.

    Examples
    --------
    >>> list(balance(run).frontier.columns)
    ['knowledge', 'self_share', 'cost']
    """
    known = evidence(run)
    return None if known is None else balanced(run, known, _mix_now(run.data, known.segments))


def limits_of(rules: Rules) -> Limits:
    """What params say that a plan must keep to.

    >>> limits_of(run.settings.onboarding.balance)
    Limits(knowledge=0.7, hours=None, loss=None, self_share=None)
    """
    return Limits(rules.knowledge_min, rules.hours_max, rules.loss_max)


def balanced(run: Run, known: Evidence, mix_now: Array) -> Balance:
    """The same from inputs that are known already, by the limits of the run.

    Parameters
    ----------
    known : Evidence
    mix_now : array, shape (segments, routes)
        Shares of each segment's customers.

    Examples
    --------
    Had everybody onboarded themselves in the last 12 months, a third of what must be learnt would be known:

    >>> found = balanced(run, evidence(run), np.tile([0.0, 0.0, 1.0], (3, 1)))
    >>> round(found.now.knowledge, 2), round(found.best.knowledge, 2), round(found.best.self_share, 2)
    (0.35, 0.7, 0.12)
    """
    limits = limits_of(run.settings.onboarding.balance)
    best = plan(known.costs, limits)
    rng = np.random.default_rng(run.settings.report.seed)
    around = band(known.costs, limits, known.draw, rng, run.settings.report.confidence)
    now = as_it_is(known.costs, mix_now)
    found, basis = best if isinstance(best, Plan) else None, "assumed" if known.assumed else "estimated"
    ends = {"self": around.self_share, "point": around.point} if found else {"self": None, "point": None}
    metrics = tuple(
        run.metric(name, value, basis, end, n=known.n)  # type: ignore[arg-type]
        for name, value, end in (
            ("onboarding.balance_self_share", found.self_share if found else None, ends["self"]),
            ("onboarding.knowledge_price", found.point if found else None, ends["point"]),
        )
    )
    return Balance(known, limits, best, around, mix_now, now, _frontier(known.costs), metrics)


def evidence(run: Run) -> Evidence | None:
    """Hours, knowledge, churn and ARR by segment and route; what no table tells comes from params.

    >>> evidence(run).n
    240
    """
    rules, today = run.settings.onboarding.balance, pd.Timestamp(run.data.as_of)
    rows = with_traits(cases(run.data), run.data)
    year = rows[rows["started_on"] > pd.Timestamp(months_away(run.data.as_of, -12))]
    if year.empty:
        return None
    counts = year["segment"].value_counts().sort_index()
    segments = tuple(str(segment) for segment in counts.index)
    recent = rows[rows["started_on"] > pd.Timestamp(months_away(run.data.as_of, -rules.months))]
    recent = recent[recent["segment"].isin(segments)]
    hours = recent.assign(value=_hours(run.data, recent))
    hours = hours[hours["value"].notna()]
    known = answers(run.data, run.settings)
    heard = (
        recent.merge(known[["onboarding_id", "share"]], on="onboarding_id") if known is not None else recent.iloc[:0]
    )
    heard = heard.assign(value=heard["share"] if known is not None else np.nan)
    leaving = _left_within_a_year(rows, run.data, today)
    leaving = leaving[leaving["segment"].isin(segments)]
    arr = _arr(run.data, segments)
    tables = {"hours": hours, "knowledge": heard, "churn": leaving}
    assumed = [name for name, frame in tables.items() if set(ROUTES) - set(frame["route"])]
    assumed += ["arr"] if not arr.any() else []
    cells = {name: Cells.of(frame, segments) for name, frame in tables.items()}
    hourly, margin = (
        mean_hourly(hourly_costs(run.data), run.settings.money.hourly_cost),
        run.settings.money.gross_margin,
    )
    spent, learnt = (pooled(cells[name], rules, name) for name in ("hours", "knowledge"))
    costs = Costs(np.array(counts, float), arr, spent, learnt, churn_by_cell(cells["churn"], rules), hourly, margin)
    return Evidence(segments, costs, partial(_drawn, costs, cells, rules), tuple(assumed), len(recent))


def _drawn(
    costs: Costs, cells: Mapping[str, "Cells"], rules: Rules, rng: np.random.Generator, draws: int
) -> list[Costs]:
    """Hours, knowledge and churn by segment and route, drawn anew from what was observed."""
    return [
        replace(
            costs,
            hours=pooled(cells["hours"], rules, "hours", rng),
            knowledge=pooled(cells["knowledge"], rules, "knowledge", rng),
            churn=churn,
        )
        for churn in churn_by_cell(cells["churn"], rules, rng, draws)
    ]


@dataclass(frozen=True)
class Cells(Result):
    """Values with the segment and the route each belongs to.

    Parameters
    ----------
    value : array, shape (rows,)
    at : array of int, shape (rows,)
        Place in a table of segments by routes, row after row.
    segments : int

    Examples
    --------
    >>> hours = pd.DataFrame({"segment": ["small", "small", "large"], "route": ["self", "self", "hybrid"],
    ...                       "value": [2.0, 4.0, 9.0]})
    >>> cells = Cells.of(hours, ("large", "small"))
    >>> cells.sums(cells.value).tolist()
    [[0.0, 9.0, 0.0], [0.0, 0.0, 6.0]]
    """

    value: Array
    at: Array
    segments: int

    @classmethod
    def of(cls, frame: pd.DataFrame, segments: tuple[str, ...]) -> "Cells":
        """From columns segment, route and value."""
        row = frame["segment"].map({name: place for place, name in enumerate(segments)}).to_numpy(int)
        column = frame["route"].map({name: place for place, name in enumerate(ROUTES)}).to_numpy(int)
        return cls(frame["value"].to_numpy(float), row * len(ROUTES) + column, len(segments))

    def sums(self, values: Array) -> Array:
        """Of values by segment and route."""
        size = self.segments * len(ROUTES)
        return np.bincount(self.at, values, minlength=size).reshape(self.segments, len(ROUTES))


def pooled(cells: Cells, rules: Rules, name: str, rng: np.random.Generator | None = None) -> Array:
    """Mean by segment and route, drawn to the route's mean where a cell has few rows.

    Parameters
    ----------
    rng : numpy Generator or None
        Resamples the rows (Rubin's Bayesian bootstrap: exponential weights).

    Returns
    -------
    array, shape (segments, routes)
        The value in params where a route has no row at all.

    References
    ----------
    Rubin (1981), "The Bayesian Bootstrap", Annals of Statistics 9.

    Examples
    --------
    Drawn to 4, the mean of the route, as if by 20 more:

    >>> from cskit.params import settings_with
    >>> rules = settings_with().onboarding.balance
    >>> two = Cells(np.array([2.0, 6.0]), np.array([2, 5]), 2)
    >>> pooled(two, rules, "hours")[:, 2].round(3).tolist()
    [3.905, 4.095]
    """
    weight = np.ones(len(cells.value)) if rng is None else rng.exponential(size=len(cells.value))
    total, n = cells.sums(weight * cells.value), cells.sums(weight)
    substitute = np.array([getattr(getattr(rules.substitute, name), route) for route in ROUTES])
    of_route = n.sum(axis=0)
    mean = np.divide(total.sum(axis=0), of_route, out=substitute.astype(float), where=of_route > 0)
    return np.asarray((total + rules.pooling * mean) / (n + rules.pooling))


def churn_by_cell(cells: Cells, rules: Rules, rng: np.random.Generator | None = None, draws: int = 1) -> Array:
    """Churn within a year by segment and route, where most cells hold no churn or one.

    The whole's share times a factor for each segment, each route and each cell: churns seen over churns expected, drawn
    to 1 as if by some more of either. What is expected of a segment counts its routes' factors and the other way round,
    so that a route does not answer for the segment that takes it. With ``rng`` the share is drawn from its Beta and the
    factors from their Gamma, in turn.

    Returns
    -------
    array, shape (segments, routes); with ``rng`` (draws, segments, routes)

    References
    ----------
    Clayton and Kaldor (1987), "Empirical Bayes estimates of age-standardized relative risks", Biometrics 43.

    Examples
    --------
    Nobody left of 40 on one route, 8 of 40 on the other, where about 4 were expected of each:

    >>> from cskit.params import settings_with
    >>> two = Cells(np.r_[np.zeros(40), np.ones(8), np.zeros(32)], np.repeat([0, 2], 40), 1)
    >>> churn_by_cell(two, settings_with().onboarding.balance)[0, [0, 2]].round(3).tolist()
    [0.039, 0.175]
    """
    substitute = np.array([getattr(rules.substitute.churn, route) for route in ROUTES])
    left, n = cells.sums(cells.value), cells.sums(np.ones(len(cells.value)))
    if not n.sum():
        return np.tile(substitute, (cells.segments, 1) if rng is None else (draws, cells.segments, 1))
    yes, no = left.sum() + 0.5, n.sum() - left.sum() + 0.5
    whole = np.array([yes / (yes + no)]) if rng is None else rng.beta(yes, no, draws)

    def factor(seen: Array, expected: Array) -> Array:
        a, b = seen + rules.pooling_churns, expected + rules.pooling_churns
        return a / b if rng is None else rng.gamma(a, size=b.shape) / b

    by_segment, by_route, each = left.sum(axis=1), left.sum(axis=0), whole[:, None]
    of_route = np.ones((len(whole), len(ROUTES)))
    for _round in range(ROUNDS):
        of_segment = factor(by_segment, of_route @ n.T * each)
        of_route = factor(by_route, of_segment @ n * each)
    of_route = np.where(n.sum(axis=0) > 0, of_route, substitute / each)
    expected = of_segment[:, :, None] * of_route[:, None, :] * each[:, None]
    churn = np.minimum(expected * factor(left, n * expected), 1.0)
    return np.asarray(churn[0] if rng is None else churn)


def _hours(data: Data, rows: pd.DataFrame) -> pd.Series:
    """Hours booked for each completed onboarding: by its case, or for its customer between start and completion.

    nan where it is not completed, or where bookings began only after it did.
    """
    nothing = pd.Series(np.nan, index=rows.index)
    done = rows[rows["completed_on"].notna()]
    if not data.has("time_logs", "customer_id") or done.empty:
        return nothing
    logs, onboardings = data.table("time_logs"), data.table("onboardings")
    own = logs.filter(logs.customer_id.notnull() | logs.case_id.notnull())
    first = own.on.min().to_pyarrow().as_py()
    if first is None:
        return nothing
    by_case = own.filter(own.case_id.isin(onboardings.onboarding_id)).group_by(key="case_id")
    others = own.filter(own.case_id.isnull() | own.case_id.notin(onboardings.onboarding_id))
    joined = others.select("customer_id", "on", "minutes").join(onboardings, "customer_id")
    meanwhile = joined.filter(joined.on.cast("date").between(joined.started_on, joined.completed_on))
    sums = [each.aggregate(minutes=ibis._.minutes.sum()) for each in (by_case, meanwhile.group_by(key="onboarding_id"))]
    booked = ibis.union(*sums).group_by("key").aggregate(minutes=ibis._.minutes.sum()).order_by("key").to_pandas()
    minutes = done["onboarding_id"].map(booked.set_index("key")["minutes"].astype(float)).fillna(0)
    return (minutes / 60).where(done["started_on"] >= pd.Timestamp(first)).reindex(rows.index)


def _left_within_a_year(rows: pd.DataFrame, data: Data, today: pd.Timestamp) -> pd.DataFrame:
    """Each customer's first onboarding that began a year ago or earlier; value 1 where it left within the year."""
    year = pd.Timedelta(days=365)
    watched = rows[rows["started_on"] + year <= today].drop_duplicates("customer_id")
    if not (data.has("churns") or data.has("customers", "churned_on")):
        watched = watched.iloc[:0]
    return watched.assign(value=(watched["left_on"] <= watched["started_on"] + year).astype(float))


def _arr(data: Data, segments: tuple[str, ...]) -> Array:
    """Mean ARR of today's customers, by segment; of all where a segment has none, 0 where ARR is not known."""
    try:
        each = arr_by_customer(data)
    except NotAvailable:
        each = pd.Series(dtype=float)
    if each.empty:
        return np.zeros(len(segments))
    theirs = pd.Series("", index=each.index)
    if data.has("customers"):
        table = data.table("customers").select("customer_id", "segment").to_pandas().set_index("customer_id")
        theirs = table["segment"].reindex(each.index).fillna("")
    mean = each.groupby(theirs).mean()
    return np.array([float(mean.get(segment, each.mean())) for segment in segments])


def hourly_costs(data: Data) -> pd.Series:
    """Cost of an hour of each of the team, nan where none is recorded; empty where it is of nobody.

    >>> hourly_costs(run.data).tolist()
    [6100.0, nan, 5600.0, 5800.0, nan, 5100.0, 5800.0, nan, nan]
    """
    if not data.has("csms", "hourly_cost"):
        return pd.Series(dtype=float)
    return data.table("csms").order_by("csm_id").select("hourly_cost").to_pandas()["hourly_cost"].astype(float)


def mean_hourly(recorded: pd.Series, otherwise: float) -> float:
    """Mean cost of an hour over the team; the one of params for whom none is recorded.

    >>> mean_hourly(pd.Series([5000.0, np.nan]), 6000.0), mean_hourly(pd.Series(dtype=float), 6000.0)
    (5500.0, 6000.0)
    """
    return otherwise if recorded.empty else float(recorded.fillna(otherwise).mean())


def _mix_now(data: Data, segments: tuple[str, ...]) -> Array:
    rows = with_traits(cases(data), data)
    rows = rows[rows["started_on"] > pd.Timestamp(months_away(data.as_of, -12))]
    table = rows.groupby(["segment", "route"]).size().unstack(fill_value=0)
    table = table.reindex(index=list(segments), columns=list(ROUTES), fill_value=0)
    return np.asarray(table.div(table.sum(axis=1), axis=0), float)


def _frontier(costs: Costs) -> pd.DataFrame:
    found = [(one.knowledge, one.self_share, one.cost) for one in frontier(costs)]
    frame = pd.DataFrame(found, columns=["knowledge", "self_share", "cost"])
    return frame[~frame[["knowledge", "self_share"]].round(9).duplicated()].reset_index(drop=True)


def as_it_is(costs: Costs, mix: Array) -> Plan:
    """What a given mix takes and brings: the programme with nothing left to choose.

    Parameters
    ----------
    mix : array, shape (segments, routes)
        Shares of each segment's customers.

    Returns
    -------
    Plan
        Its prices are 0.

    Examples
    --------
    Of ten customers three are met in person for ten hours each:

    >>> one = Costs(np.array([10.0]), np.array([0.0]), np.array([[10.0, 9, 0]]), np.array([[1.0, 0.5, 0]]),
    ...             np.zeros((1, 3)), 100.0, 0.7)
    >>> now = as_it_is(one, np.array([[0.3, 0.0, 0.7]]))
    >>> round(now.hours, 2), round(now.cost, 2), round(now.knowledge, 2)
    (30.0, 3000.0, 0.3)
    """
    weight = costs.customers[:, None] * mix
    money = costs.arr[:, None] * weight
    total = float(weight.sum())
    return Plan(
        mix,
        float((costs.objective * mix).sum()),
        float((weight * costs.hours).sum()),
        float((weight * costs.knowledge).sum() / total),
        float((money * costs.churn).sum() / money.sum()) if money.sum() else 0.0,
        float(weight[:, ROUTES.index("self")].sum() / total),
        0.0,
        0.0,
    )
