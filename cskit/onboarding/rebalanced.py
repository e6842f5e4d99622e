"""The same balance by other limits and prices, and at a self share of one's own choice."""

from dataclasses import dataclass, replace

import numpy as np

from cskit.explore import Latest, Tried
from cskit.onboarding.balance import Costs, Infeasible, Limits, Plan, over_shares, plan, self_shares
from cskit.onboarding.inputs import Balance, as_it_is, balanced, hourly_costs, limits_of, mean_hourly
from cskit.result import Result
from cskit.run import Run
from cskit.stats.intervals import Interval

__all__ = ["Rebalanced", "Rebalancing"]

FREE = Limits(0.0)


@dataclass(frozen=True)
class Rebalanced(Result):
    """What the limits and prices tried let a mix be.

    Parameters
    ----------
    costs : Costs
    limits : Limits
    best : Plan or Infeasible
        The cheapest mix within the limits.
    now : Plan
        What the mix of the last 12 months takes.
    asked : Plan or Infeasible
        The cheapest mix within the limits at the self share asked for.
    loose : Plan
        The same without the limits.
    kept : Interval or None
        The self shares that keep to the limits; None: none does.
    within, free : tuple of Plan
        The cheapest mixes over self shares, within the limits and without.

    Examples
    --------
    No mix with half of the customers on self-onboarding learns as much as it must:

    >>> found = Rebalancing(run, balance).found(Tried(run.settings, {"self_share": 0.5}))
    >>> isinstance(found.asked, Infeasible), round(found.kept.high, 2), round(found.shown.knowledge, 2)
    (True, 0.35, 0.54)
    """

    costs: Costs
    limits: Limits
    best: Plan | Infeasible
    now: Plan
    asked: Plan | Infeasible
    loose: Plan
    kept: Interval | None
    within: tuple[Plan, ...]
    free: tuple[Plan, ...]

    @property
    def shown(self) -> Plan:
        """At the self share asked for: within the limits where that can be, else without them."""
        return self.asked if isinstance(self.asked, Plan) else self.loose


class Rebalancing:
    """A balance by what was tried last; what the tables tell is read once, and drawn anew once.

    Attributes
    ----------
    found : callable of Tried, giving a Rebalanced
        Without what takes long: the band over inputs as they might as well have been.
    balance : callable of Tried, giving a Balance
        All that the report says of the balance.

    Examples
    --------
    Were less to be learnt, more customers might onboard themselves:

    >>> from cskit.params import settings_with
    >>> less = settings_with({"onboarding": {"balance": {"knowledge_min": 0.6}}})
    >>> again = Rebalancing(run, balance)
    >>> [round(again.found(Tried(rules, {"self_share": 0.5})).kept.high, 2) for rules in (run.settings, less)]
    [0.35, 0.54]
    """

    def __init__(self, run: Run, published: Balance):
        self.run, self.published, self.hourly = run, published, hourly_costs(run.data)
        self.found = Latest(self._rebalanced)
        self.balance = Latest(self._balanced)
        self._drawn = Latest(self._drawn_anew)
        self._free = Latest(self._without_limits)

    def _balanced(self, what: Tried) -> Balance:
        run = replace(self.run, params=replace(self.run.params, settings=what.settings))
        known, costs = self.published.evidence, self._costs(what)
        again = replace(known, costs=costs, draw=lambda _rng, draws: self._draws(costs, draws))
        return balanced(run, again, self.published.mix_now)

    def _rebalanced(self, what: Tried) -> Rebalanced:
        costs, limits = self._costs(what), limits_of(what.settings.onboarding.balance)
        share = what.view["self_share"]
        loose = plan(costs, replace(FREE, self_share=share))
        assert isinstance(loose, Plan)  # some mix has any share
        return Rebalanced(
            costs,
            limits,
            plan(costs, limits),
            as_it_is(costs, self.published.mix_now),
            plan(costs, replace(limits, self_share=share)),
            loose,
            self_shares(costs, limits),
            tuple(over_shares(costs, limits)),
            self._free((costs.hourly, costs.margin)),
        )

    def _costs(self, what: Tried) -> Costs:
        money = what.settings.money
        return self._at((mean_hourly(self.hourly, money.hourly_cost), money.gross_margin))

    def _at(self, prices: tuple[float, float]) -> Costs:
        """By what an hour costs, and the gross margin."""
        return replace(self.published.evidence.costs, hourly=prices[0], margin=prices[1])

    def _without_limits(self, prices: tuple[float, float]) -> tuple[Plan, ...]:
        return tuple(over_shares(self._at(prices), FREE))

    def _draws(self, costs: Costs, draws: int) -> list[Costs]:
        """Drawn as the report draws them; prices are not in doubt."""
        return [replace(one, hourly=costs.hourly, margin=costs.margin) for one in self._drawn(draws)]

    def _drawn_anew(self, draws: int) -> list[Costs]:
        return self.published.evidence.draw(np.random.default_rng(self.run.settings.report.seed), draws)
