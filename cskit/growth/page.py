"""How are we growing? Everything the report on the growth phase shows, in one."""

from dataclasses import dataclass

import pandas as pd

from cskit.facts import current_customers
from cskit.growth.ahead import Ahead, ahead
from cskit.growth.analysis import Study, study
from cskit.growth.beside import beside, headcount
from cskit.growth.bridge import Course, course
from cskit.growth.cohorts import Cohorts, cohorts
from cskit.growth.flow import Settled, settled
from cskit.growth.persons import Persons, persons
from cskit.growth.phase import Stage, stage
from cskit.growth.referred import Referred, referred
from cskit.growth.signs import Signs, signs
from cskit.growth.worth import Effort, Worth, effort, worth
from cskit.metrics import Metric
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared

__all__ = ["Page", "page"]


@dataclass(frozen=True)
class Page(Result):
    """What the report on the growth phase shows; what the tables do not hold is None.

    >>> from cskit import workload
    >>> round(page(run, grades, flags, workload.monthly(run)).level, 2)
    0.95
    """

    money: Study
    stage: Stage
    flow: Settled | None
    persons: Persons
    effort: Effort | None
    course: Course
    cohorts: Cohorts | None
    beside: pd.DataFrame | None
    worth: Worth | None
    referred: Referred | None
    ahead: Ahead | None
    signs: Signs | None
    level: float
    metrics: tuple[Metric, ...]


@shared
def page(
    run: Run,
    grades: pd.Series | None = None,
    flags: tuple[pd.DataFrame | None, ...] = (),
    monthly: pd.DataFrame | None = None,
) -> Page:
    """All topics.

    Parameters
    ----------
    grades : Series of str or None, index customer
        Health grade of each customer.
    flags : tuple of DataFrame or None
        See :func:`cskit.growth.signs.signs`.
    monthly : DataFrame or None
        Hours and their cost by month, as ``cskit.workload.monthly`` gives them.

    Examples
    --------
    >>> from cskit import workload
    >>> round(page(run, grades, flags, workload.monthly(run)).level, 2)
    0.95
    """
    money, flow, people = study(run), settled(run), persons(run)
    hours, value = effort(run, monthly), worth(run, monthly)
    facts = {
        "customers": _customers(run, value),
        "team": headcount(run.data, run.data.as_of),
        "same_flow": flow.same_flow if flow else None,
        "days_spread": flow.days_spread if flow else None,
        "hours_ratio": hours.ratio if hours else None,
        "alone": people.dependence.share if people.dependence else None,
        "gross_margin": value.margin if value else None,
    }
    found = stage(facts, run.settings.growth.phase)  # type: ignore[arg-type]
    path, sent, due, seen = course(run), referred(run), ahead(run, money, grades), signs(run, flags)
    parts = (people, hours, path, value, sent, due, seen)
    metrics = tuple(metric for part in parts if part is not None for metric in part.metrics)
    others = (cohorts(run), beside(run), value, sent, due, seen, run.settings.report.confidence, metrics)
    return Page(money, found, flow, people, hours, path, *others)


def _customers(run: Run, value: Worth | None) -> int | None:
    """Who pay; without revenue, who are there."""
    if value is not None:
        return value.customers
    return int(current_customers(run.data).count().execute()) if run.data.has("customers") else None
