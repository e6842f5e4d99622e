"""Which mix of routes is right, and what does a point of knowledge cost?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cskit.onboarding.mix import ROUTES
from cskit.result import Result
from cskit.stats.intervals import Interval

__all__ = ["Band", "Costs", "Infeasible", "Limits", "Plan", "band", "frontier", "over_shares", "plan", "self_shares"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Costs(Result):
    """What the onboardings of a year take and bring, by segment (rows) and route (columns, as in ``ROUTES``).

    Parameters
    ----------
    customers, arr : array, shape (segments,)
        Onboardings planned, and ARR of one customer.
    hours, knowledge, churn : array, shape (segments, routes)
        Hours of one, share of the required items learnt in time, share that leaves within a year.
    hourly, margin : float
        Cost of an hour; gross margin, 0 to 1.

    Examples
    --------
    >>> round(balance.evidence.costs.hourly, 2), round(balance.evidence.costs.margin, 2)
    (5822.22, 0.75)
    """

    customers: Array
    arr: Array
    hours: Array
    knowledge: Array
    churn: Array
    hourly: float
    margin: float

    @property
    def objective(self) -> Array:
        """Money a segment and route would cost, were all its customers on it: hours, and margin lost with churn."""
        lost = self.churn * self.arr[:, None] * self.margin
        return self.customers[:, None] * (self.hours * self.hourly + lost)


@dataclass(frozen=True, slots=True)
class Limits(Result):
    """What a plan must keep to; None: no limit.

    Parameters
    ----------
    knowledge : float
        Least mean knowledge, 0 to 1.
    hours : float or None
        Most hours in all.
    loss : float or None
        Most ARR that may be expected to leave within a year, as a share of all.
    self_share : float or None
        What share of all customers is to onboard themselves.

    Examples
    --------
    >>> round(balance.limits.knowledge, 2)
    0.7
    """

    knowledge: float
    hours: float | None = None
    loss: float | None = None
    self_share: float | None = None


@dataclass(frozen=True)
class Plan(Result):
    """The cheapest mix that keeps to the limits.

    Parameters
    ----------
    mix : array, shape (segments, routes)
        Shares of each segment's customers.
    cost : float
        Hours and expected loss, in money.
    hours, knowledge, loss, self_share : float
        Under that mix: in all, mean share, share of ARR, share of customers.
    point : float
        What one more percentage point of knowledge would cost: the knowledge limit's dual / 100.
    hour : float
        What one more hour would save; 0 where hours are not the bottleneck.

    Examples
    --------
    >>> round(balance.best.cost, 2), round(balance.best.hours, 2), round(balance.best.knowledge, 2)
    (10972556.11, 1720.85, 0.7)
    """

    mix: Array
    cost: float
    hours: float
    knowledge: float
    loss: float
    self_share: float
    point: float
    hour: float


@dataclass(frozen=True, slots=True)
class Infeasible(Result):
    """No mix keeps to all limits. Each figure is what is needed while the other limits stand.

    Parameters
    ----------
    hours, knowledge, loss : float or None
        Least hours, highest knowledge, least loss; None where the other limits exclude each other already.

    Examples
    --------
    Half of the knowledge takes 50 hours; 40 bring two fifths of it.

    >>> one = Costs(np.array([10.0]), np.array([0.0]), np.array([[10.0, 9, 0]]), np.array([[1.0, 0.5, 0]]),
    ...             np.zeros((1, 3)), 100.0, 0.7)
    >>> none = plan(one, Limits(0.5, hours=40))
    >>> round(none.hours, 3), round(none.knowledge, 3), none.loss
    (50.0, 0.4, None)
    """

    hours: float | None
    knowledge: float | None
    loss: float | None


@dataclass(frozen=True, slots=True)
class Band(Result):
    """Plans over resampled inputs.

    Parameters
    ----------
    self_share, point : Interval or None
        None where hardly any input can keep to the limits.
    feasible : float
        Share of resampled inputs for which some mix keeps to the limits.
    cautious : float or None
        The lower end of the self share: it knows more customers than need be rather than fewer.

    Examples
    --------
    >>> round(balance.band.feasible, 2), round(balance.band.cautious, 2)
    (1.0, 0.0)
    """

    self_share: Interval | None
    point: Interval | None
    feasible: float
    cautious: float | None


def plan(costs: Costs, limits: Limits, routes: tuple[str, ...] = ROUTES) -> Plan | Infeasible:
    """Minimise hours and expected loss, with knowledge and limits kept to: a linear programme.

    Parameters
    ----------
    routes : tuple of str
        Those that may be used.

    References
    ----------
    Huangfu and Hall (2018), HiGHS, through ``scipy.optimize.linprog``.

    Examples
    --------
    Half of the knowledge asks for half of the customers to be met in person:

    >>> one = Costs(np.array([10.0]), np.array([0.0]), np.array([[10.0, 9, 0]]), np.array([[1.0, 0.5, 0]]),
    ...             np.zeros((1, 3)), 100.0, 0.7)
    >>> best = plan(one, Limits(0.5))
    >>> best.mix.round(3).tolist(), best.hours, best.point
    ([[0.5, 0.0, 0.5]], 50.0, 100.0)
    """
    best = _best(costs, limits, routes)
    if best is None:
        return Infeasible(*(_alone(costs, limits, routes, name) for name in ("hours", "knowledge", "loss")))
    return best


def _best(costs: Costs, limits: Limits, routes: tuple[str, ...]) -> Plan | None:
    found = _solve(costs, costs.objective, _rows(costs, limits), routes)
    return _plan(costs, *found) if found else None


def _plan(costs: Costs, mix: Array, duals: dict[str, float]) -> Plan:
    weight = costs.customers / costs.customers.sum()
    total = float(costs.arr @ costs.customers)
    return Plan(
        mix,
        float(np.sum(costs.objective * mix)),
        _sum(costs.customers[:, None] * costs.hours * mix),
        _sum(weight[:, None] * costs.knowledge * mix),
        _sum((costs.arr * costs.customers)[:, None] * costs.churn * mix) / total if total else 0.0,
        _sum(weight * mix[:, ROUTES.index("self")]),
        -duals["knowledge"] / 100 + 0.0,
        -duals.get("hours", 0.0) + 0.0,
    )


def band(
    costs: Costs,
    limits: Limits,
    draw: Callable[[np.random.Generator, int], Sequence[Costs]],
    rng: np.random.Generator,
    confidence: float = 0.95,
    draws: int = 400,
) -> Band:
    """The best mix over inputs as they might as well have been.

    Parameters
    ----------
    draw : callable
        Gives the inputs anew so many times, as uncertain as their data leave them.

    Returns
    -------
    Band
        Without intervals where most of the inputs drawn cannot keep to the limits.

    Examples
    --------
    A meeting in person may teach as much as thought, or as little as 0.4 of it, which puts half of the knowledge out
    of reach:

    >>> one = Costs(np.array([10.0]), np.array([0.0]), np.array([[10.0, 9, 0]]), np.array([[1.0, 0.5, 0]]),
    ...             np.zeros((1, 3)), 100.0, 0.7)
    >>> def draw(_rng, draws):
    ...     return [replace(one, knowledge=one.knowledge * part) for part in np.linspace(0.4, 1, draws)]
    >>> found = band(one, Limits(0.5), draw, np.random.default_rng(0), draws=7)
    >>> round(found.feasible, 2), round(found.self_share.low, 2), round(found.self_share.high, 2)
    (0.86, 0.02, 0.49)
    """
    plans = _together(_within_reach([(costs, limits) for costs in draw(rng, draws)]))
    feasible = len(plans) / draws
    if feasible < 0.5:
        return Band(None, None, feasible, None)
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    share = Interval(*(float(x) for x in np.quantile([one.self_share for one in plans], ends)))
    point = Interval(*(float(x) for x in np.quantile([one.point for one in plans], ends)))
    return Band(share, point, feasible, share.low)


def frontier(costs: Costs) -> list[Plan]:
    """The cheapest mix at each least knowledge that can be reached, without the other limits.

    >>> one = Costs(np.array([10.0]), np.array([0.0]), np.array([[10.0, 9, 0]]), np.array([[1.0, 0.5, 0]]),
    ...             np.zeros((1, 3)), 100.0, 0.7)
    >>> [(round(best.knowledge, 2), round(best.cost)) for best in frontier(one)[::25]]
    [(0.0, 0), (0.5, 5000), (1.0, 10000)]
    """
    levels = [float(least) for least in np.linspace(0, 1, 51) if least <= _most_known(costs)]
    return _together([(costs, Limits(least)) for least in levels])


def self_shares(costs: Costs, limits: Limits) -> Interval | None:
    """The least and the greatest self share of a mix that keeps to the limits; None where none does.

    Examples
    --------
    >>> one = Costs(np.array([10.0]), np.array([0.0]), np.array([[10.0, 9, 0]]), np.array([[1.0, 0.5, 0]]),
    ...             np.zeros((1, 3)), 100.0, 0.7)
    >>> ends = self_shares(one, Limits(0.25, hours=60))
    >>> round(ends.low, 3), round(ends.high, 3)
    (0.333, 0.75)
    """
    share, rows = _self_share(costs), _rows(costs, limits)
    ends = [_solve(costs, sign * share, rows, ROUTES) for sign in (1, -1)]
    low, high = (_sum(share * found[0]) if found else None for found in ends)
    return Interval(low, high) if low is not None and high is not None else None


def over_shares(costs: Costs, limits: Limits, places: int = 41) -> list[Plan]:
    """The cheapest mix within the limits at self shares from the least to the greatest; none where nothing fits.

    >>> one = Costs(np.array([10.0]), np.array([0.0]), np.array([[10.0, 9, 0]]), np.array([[1.0, 0.5, 0]]),
    ...             np.zeros((1, 3)), 100.0, 0.7)
    >>> [(round(best.self_share, 3), round(best.cost)) for best in over_shares(one, Limits(0.25), places=3)]
    [(0.0, 9000), (0.375, 5625), (0.75, 2500)]
    >>> over_shares(one, Limits(0.9, hours=10))
    []
    """
    ends = self_shares(costs, limits)
    if ends is None:
        return []
    shares = [float(share) for share in np.linspace(ends.low, ends.high, places)]
    return _together([(costs, replace(limits, self_share=share)) for share in shares])


def _most_known(costs: Costs) -> float:
    """The knowledge that the best route of each segment would bring."""
    return _sum(costs.customers / costs.customers.sum() * costs.knowledge.max(axis=1))


def _self_share(costs: Costs) -> Array:
    """What part of all customers a segment on self-onboarding would be."""
    share = np.zeros_like(costs.hours)
    share[:, ROUTES.index("self")] = costs.customers / costs.customers.sum()
    return share


def _within_reach(asked: list[tuple[Costs, Limits]]) -> list[tuple[Costs, Limits]]:
    """Those for which some mix keeps to the limits: one programme finds by how much each falls short at best."""
    from scipy.optimize import linprog
    from scipy.sparse import block_diag, coo_array, csr_array, hstack

    if all(limits.hours is None and limits.loss is None and limits.self_share is None for _costs, limits in asked):
        return [(costs, limits) for costs, limits in asked if _most_known(costs) >= limits.knowledge]
    kept, most = _stacked(asked, scaled=True)
    segments, routes = asked[0][0].hours.shape
    short = block_diag([coo_array(np.full((kept.shape[0] // len(asked), 1), -1.0))] * len(asked))
    none = csr_array((len(asked) * segments, len(asked)))
    found = linprog(
        np.concatenate([np.zeros(kept.shape[1]), np.ones(len(asked))]),
        A_ub=hstack([kept, short], format="csr"),
        b_ub=most,
        A_eq=hstack([_whole(len(asked) * segments, routes), none], format="csr"),
        b_eq=np.ones(len(asked) * segments),
    )
    return [one for one, by in zip(asked, found.x[kept.shape[1] :], strict=True) if by < 1e-8]


def _together(asked: list[tuple[Costs, Limits]]) -> list[Plan]:
    """The plan of each of some inputs that can keep to their limits, by one programme that holds them all.

    They share nothing, so the best of all is the best of each; setting up a programme takes longer than solving it.
    """
    from scipy.optimize import linprog

    if not asked:
        return []
    segments, routes = asked[0][0].hours.shape
    scales = np.array([float(np.abs(costs.objective).max()) or 1.0 for costs, _limits in asked])
    kept, most = _stacked(asked)
    found = linprog(
        np.concatenate([costs.objective.ravel() / scale for (costs, _own), scale in zip(asked, scales, strict=True)]),
        A_ub=kept,
        b_ub=most,
        A_eq=_whole(len(asked) * segments, routes),
        b_eq=np.ones(len(asked) * segments),
        bounds=(0.0, 1.0),
    )
    if found.status != 0:  # one that only just fits would hide the others
        return [one for one in (_best(*each, ROUTES) for each in asked) if one]
    mixes = found.x.reshape(len(asked), segments, routes) + 0.0
    names = [*_rows(*asked[0])]
    duals = found.ineqlin.marginals.reshape(len(asked), len(names)) * scales[:, None]
    told = zip(asked, mixes, duals, strict=True)
    return [_plan(costs, mix, dict(zip(names, map(float, own), strict=True))) for (costs, _own), mix, own in told]


def _stacked(asked: list[tuple[Costs, Limits]], scaled: bool = False) -> tuple[Any, list[float]]:
    """The limits of all as one programme has them; ``scaled``: in parts of what a mix can at most reach."""
    from scipy.sparse import block_diag, coo_array

    tables = [_rows(*each) for each in asked]
    scales = [[float(np.abs(row).max()) or 1.0 if scaled else 1.0 for row, _most in own.values()] for own in tables]
    blocks = [
        coo_array(np.array([row.ravel() / by for (row, _most), by in zip(own.values(), scale, strict=True)]))
        for own, scale in zip(tables, scales, strict=True)
    ]
    most = [
        most / by
        for own, scale in zip(tables, scales, strict=True)
        for (_row, most), by in zip(own.values(), scale, strict=True)
    ]
    return block_diag(blocks, format="csr"), most


def _whole(segments: int, routes: int) -> Any:
    """Each segment's shares add up to 1."""
    from scipy.sparse import eye_array, kron

    return kron(eye_array(segments), np.ones((1, routes)), format="csr")


def _rows(costs: Costs, limits: Limits) -> dict[str, tuple[Array, float]]:
    """Each limit as (coefficients, at most)."""
    weight = costs.customers / costs.customers.sum()
    rows = {"knowledge": (-weight[:, None] * costs.knowledge, -limits.knowledge)}
    if limits.hours is not None:
        rows["hours"] = (costs.customers[:, None] * costs.hours, limits.hours)
    if limits.loss is not None:
        money = costs.arr * costs.customers
        rows["loss"] = (money[:, None] * costs.churn / (money.sum() or 1.0), limits.loss)
    if limits.self_share is not None:
        share = _self_share(costs)
        rows |= {"self, least": (-share, -limits.self_share), "self, most": (share, limits.self_share)}
    return rows


def _alone(costs: Costs, limits: Limits, routes: tuple[str, ...], name: str) -> float | None:
    """The best that one limit could be, with the others kept."""
    every = _rows(costs, replace(limits, hours=limits.hours or 0.0, loss=limits.loss or 0.0))
    others = {key: row for key, row in _rows(costs, limits).items() if key != name}
    found = _solve(costs, every[name][0], others, routes)
    if found is None:
        return None
    best = _sum(every[name][0] * found[0])
    return -best if name == "knowledge" else best


def _solve(
    costs: Costs, objective: Array, rows: dict[str, tuple[Array, float]], routes: tuple[str, ...]
) -> tuple[Array, dict[str, float]] | None:
    from scipy.optimize import linprog

    shape = costs.hours.shape
    whole = np.kron(np.eye(shape[0]), np.ones(shape[1]))  # each segment's shares add up to 1
    scale = float(np.abs(objective).max()) or 1.0
    bounds = [(0.0, 1.0 if route in routes else 0.0) for _segment in range(shape[0]) for route in ROUTES]
    limits = {"A_ub": [row.ravel() for row, _most in rows.values()], "b_ub": [most for _row, most in rows.values()]}
    found = linprog(
        objective.ravel() / scale, **(limits if rows else {}), A_eq=whole, b_eq=np.ones(shape[0]), bounds=bounds
    )
    if found.status != 0:
        return None
    duals = dict(zip(rows, (float(value) * scale for value in found.ineqlin.marginals), strict=True)) if rows else {}
    return found.x.reshape(shape) + 0.0, duals


def _sum(values: Array) -> float:
    return float(np.sum(values))
