"""What does each staffing plan cost, and what does it leave of the margin?"""

from dataclasses import dataclass

from cskit.facts import current_customers, departures
from cskit.periods import months_away
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.economics import lifetime_value
from cskit.stats.intervals import Interval, wilson
from cskit.workload.cost import Costs
from cskit.workload.outlook import Outlook

__all__ = ["Plan", "churned", "cost_of_hires", "planned", "plans"]

WEEKS = 365.25 / 7


@dataclass(frozen=True, slots=True)
class Plan(Result):
    """So many people hired now, beyond those who are planned already.

    Parameters
    ----------
    hires : int
    overload : float
        Greatest chance of overload in a month once they work alone (the last month where they do not by then).
    cost : float
        Of customer success a year, at today's hours and the hires, those planned too, in full.
    margin : float or None
        Gross margin after it, a share of ARR.
    ltv : float or None
        What a customer brings over its life, of which at most so many years are counted: ARR per customer * margin,
        each year fewer by the churn of the last 12 months.
    around : Interval or None
        Of that, as churn is known from so few.

    Examples
    --------
    >>> none, one = plans(run, ahead, spent)
    >>> one.hires, round(none.margin, 3), round(one.margin, 3)
    (1, 0.707, 0.695)
    """

    hires: int
    overload: float
    cost: float
    margin: float | None
    ltv: float | None
    around: Interval | None


@shared
def plans(run: Run, ahead: Outlook | None, spent: Costs | None) -> tuple[Plan, ...]:
    """No hire beyond those planned, the hires needed, and one more; empty without an outlook.

    >>> len(plans(run, ahead, spent))
    2
    """
    return planned(run, ahead, spent, churned(run)) if ahead and spent else ()


def planned(run: Run, ahead: Outlook, spent: Costs, lost: tuple[int, int]) -> tuple[Plan, ...]:
    """The plans, where it is known how many customers were lost of how many.

    Parameters
    ----------
    lost : tuple of int
        See :func:`churned`.

    Examples
    --------
    With nobody lost there is no saying how long a customer stays:

    >>> [[one.ltv is None for one in planned(run, ahead, spent, lost)] for lost in ((3, 368), (0, 368))]
    [[False, False], [True, True]]
    """
    counts = dict.fromkeys((0, ahead.hires, ahead.hires + 1))
    return tuple(_plan(run, ahead, spent, hires, *lost) for hires in counts)


def cost_of_hires(run: Run, hires: int) -> float:
    """What so many new members cost a year, once they work their full hours, at the hourly cost of params.

    >>> round(cost_of_hires(run, 2))
    22541143
    """
    asked = run.settings.workload.outlook
    return hires * asked.weekly_hours * WEEKS * asked.cs_share * run.settings.money.hourly_cost


def _plan(run: Run, ahead: Outlook, spent: Costs, hires: int, lost: int, there: int) -> Plan:
    cost = spent.total + cost_of_hires(run, hires + sum(ahead.planned.values()))
    margin = run.settings.money.gross_margin - cost / spent.arr if spent.arr else None
    brings = spent.arr / spent.payers * margin if margin is not None and spent.payers else None
    if brings is None or brings <= 0 or not lost:
        return Plan(hires, ahead.overload_with(hires), cost, margin, None, None)
    share = wilson(lost, there, run.settings.report.confidence)
    years = run.settings.money.ltv_years
    ltv, low, high = (lifetime_value(brings, churn, periods=years) for churn in (lost / there, share.high, share.low))
    around = Interval(low, high) if low is not None and high is not None else None
    return Plan(hires, ahead.overload_with(hires), cost, margin, ltv, around)


def churned(run: Run) -> tuple[int, int]:
    """Customers lost in the last 12 months, and how many there were before.

    >>> len(churned(run))
    2
    """
    gone = departures(run.data)
    if gone is None:
        return 0, 0
    before = current_customers(run.data.at(months_away(run.data.as_of, -12)))
    lost = before.semi_join(gone, "customer_id").count().to_pyarrow().as_py()
    return int(lost), int(before.count().to_pyarrow().as_py())
