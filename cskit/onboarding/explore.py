"""What if more were to be learnt, hours were fewer, or an hour cost more? And what at a self share of one's choice?"""

from collections.abc import Iterator
from math import ceil, log10

import numpy as np

from cskit.explore import Explorer, Number, Panel, Tried
from cskit.explore.controls import Control
from cskit.i18n import _, currency, n_
from cskit.onboarding import charts, charts_rebalanced, words
from cskit.onboarding.balance import Plan
from cskit.onboarding.inputs import Balance
from cskit.onboarding.rebalanced import Rebalanced, Rebalancing
from cskit.onboarding.words_rebalanced import at_share, plan_rows
from cskit.run import Run
from cskit.show import Finding

__all__ = ["what_if"]

LIMITS = ("onboarding.balance.", "money.")
ALL = (*LIMITS, "view.")


def what_if(run: Run, found: Balance | None) -> Explorer | Finding:
    """Sliders for the limits and prices of the balance, and for a self share to look at.

    Parameters
    ----------
    run : Run
    found : Balance or None
        The report's; None: there is nothing to balance.

    Examples
    --------
    >>> explorer = what_if(run, balance)
    >>> explorer.move("onboarding.balance.knowledge_min", 0.6)
    >>> explorer.tried.settings.onboarding.balance.knowledge_min
    0.6
    """
    if found is None:
        return words.balance(None)
    again, best = Rebalancing(run, found), found.best
    published = best if isinstance(best, Plan) else None

    def tried(what: Tried) -> Rebalanced:
        return again.found(what)

    panels = (
        Panel(lambda what: charts_rebalanced.cost(tried(what), published), ALL),
        Panel(lambda what: at_share(tried(what)), ALL),
        Panel(lambda what: plan_rows(tried(what), best), ALL),
        Panel(lambda what: charts_rebalanced.known(tried(what)), ALL),
        Panel(
            lambda what: words.balance(again.balance(what), run.settings.targets.get("onboarding.self_share")), LIMITS
        ),
        Panel(lambda what: charts.balance(again.balance(what)), LIMITS),
        Panel(lambda what: words.balance_rows(again.balance(what)), LIMITS),
    )
    return Explorer(run, [*_controls(run, again)], panels, {"self_share": round(found.now.self_share, 2)})


def _controls(run: Run, again: Rebalancing) -> Iterator[Control]:
    """A self share to look at, limits, prices."""
    costs, none = again.published.evidence.costs, _("no limit")
    yield Number(
        "view.self_share", _("Self share over 12 months"), 0, 100, 1, "%", per_cent=True, group=_("Share and limits")
    )
    group = _("Share and limits")
    yield Number("onboarding.balance.knowledge_min", _("Learnt at least"), 0, 100, 1, "%", per_cent=True, group=group)
    most, step = _scale(float(costs.customers @ costs.hours.max(axis=1)))
    yield Number("onboarding.balance.hours_max", _("Hours at most"), 0, most, step, _("a year"), none=none, group=group)
    money = costs.customers * costs.arr
    if money.sum():
        most, step = _scale(float(100 * money @ costs.churn.max(axis=1) / money.sum()))
        label = _("ARR leaving at most")
        yield Number("onboarding.balance.loss_max", label, 0, most, step, "%", per_cent=True, none=none, group=group)
    group = _("Prices")
    if again.hourly.empty or (unknown := int(again.hourly.isna().sum())):
        label = (
            _("An hour costs")
            if again.hourly.empty
            else n_("An hour of the {n} whose cost is unknown", "An hour of the {n} whose cost is unknown", unknown)
        )
        most, step = _scale(3 * run.settings.money.hourly_cost or 1.0)
        yield Number("money.hourly_cost", label, 0, most, step, currency(), group=group)
    if np.any(money):
        yield Number("money.gross_margin", _("Gross margin"), 1, 100, 1, "%", per_cent=True, group=group)


def _scale(most: float) -> tuple[float, float]:
    """The upper end of a scale a little above, and its step: about a hundred of them, of a round size.

    >>> _scale(3666), _scale(0.64)
    ((3750, 50), (0.65, 0.01))
    """
    rough = most / 100
    power = 10.0 ** ceil(log10(rough) - 1)
    step = next(round(size * power, 9) for size in (1, 2, 5, 10) if size * power >= rough)
    high = round((ceil(round(most / step, 6)) + 1) * step, 9)
    return (int(high), int(step)) if step >= 1 else (high, step)
