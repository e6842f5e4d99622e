"""How do customers come on board, how long does it take, and do we know them afterwards?"""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from cskit.data import Data
from cskit.metrics import Metric
from cskit.onboarding.duration import durations
from cskit.onboarding.knowledge import Coverage, Unknown, coverage, unknown_customers
from cskit.onboarding.mix import ROUTES, Mix, crossover_month, highest_month, mix, mix_by_month
from cskit.periods import Period
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.competing import Incidence, incidence
from cskit.stats.intervals import Interval, difference, share_change

__all__ = ["Study", "study"]


@dataclass(frozen=True)
class Study(Result):
    """What the report on onboarding shows.

    Parameters
    ----------
    months : DataFrame, index month, columns high_touch, hybrid, self
    now, before, year_before : Mix
        Of the period, the period of comparison and the year before.
    crossover : date or None
        First month with more self than high-touch onboardings, after months without.
    highest : (date, Mix) or None
        Month with the largest self share.
    overall : Incidence
        Days to complete, onboardings of the 12 months to ``as_of``.
    by_route : dict of str to Incidence
    coverage : Coverage or None
    unknown : Unknown or None
    as_of : date
        End of the period, until which the unfinished ones are counted.

    Examples
    --------
    >>> str(onboarding.crossover), str(onboarding.as_of)
    ('2021-05-01', '2023-06-30')
    """

    months: pd.DataFrame
    now: Mix
    before: Mix
    year_before: Mix
    crossover: date | None
    highest: tuple[date, Mix] | None
    overall: Incidence
    by_route: dict[str, Incidence]
    coverage: Coverage | None
    unknown: Unknown | None
    as_of: date
    confidence: float
    metrics: tuple[Metric, ...]


@shared
def study(run: Run) -> Study:
    """Everything on onboarding for a run's period.

    Raises
    ------
    NotAvailable
        Without ``onboardings``.

    Examples
    --------
    >>> str(study(run).crossover)
    '2021-05-01'
    """
    run.data.need("onboardings")
    months = mix_by_month(run.data)
    now, before, year_before = (mix(months, period) for period in (run.period, run.compare_to, run.year_before))
    overall, by_route = _completions(run.data, run.settings.report.confidence)
    crossover, highest = crossover_month(months), highest_month(months)
    covered = coverage(run.data, run.settings, run.period)
    unknown = unknown_customers(run.data, run.settings)
    shares = _share_metrics(run, now, before, year_before)
    metrics = (*shares, *_milestones(run, crossover, highest), _days(run, overall), *_knowledge(run, covered, unknown))
    figures = (
        months,
        now,
        before,
        year_before,
        crossover,
        highest,
        overall,
        by_route,
        covered,
        unknown,
        run.data.as_of,
    )
    return Study(*figures, confidence=run.settings.report.confidence, metrics=metrics)


def _completions(data: Data, confidence: float) -> tuple[Incidence, dict[str, Incidence]]:
    rows = durations(data)
    whole = incidence(rows["days"], rows["event"], confidence)
    split = {route: rows[rows["route"] == route] for route in ROUTES}
    return whole, {route: incidence(own["days"], own["event"], confidence) for route, own in split.items() if len(own)}


def _share_metrics(run: Run, now: Mix, before: Mix, year_before: Mix) -> tuple[Metric, ...]:
    around = now.interval(run.settings.report.confidence)
    moved = share_change((now.self_, now.n), (before.self_, before.n), run.settings.report.confidence)
    share = run.metric(
        "onboarding.self_share",
        now.self_share,
        "estimated",
        around if now.n else None,
        moved,
        n=now.n,
        before=before.self_share,
        year_before=year_before.self_share,
    )
    return (share,)


def _milestones(run: Run, crossover: date | None, highest: tuple[date, Mix] | None) -> tuple[Metric, ...]:
    peak = highest[1] if highest else None
    # Counted, so without an interval: that of one month would not hold for a month picked as the highest of many.
    return (
        run.metric(
            "onboarding.self_share_max",
            peak.self_share if peak else None,
            "counted",
            n=peak.n if peak else None,
        ),
        run.metric("onboarding.crossover_month", f"{crossover:%Y-%m}" if crossover else None, "counted"),
    )


def _days(run: Run, now: Incidence) -> Metric:
    before, year_before = (_completions_at(run, period).median for period in (run.compare_to, run.year_before))
    return run.metric(
        "onboarding.median_days",
        now.median,
        "estimated",
        n=now.n,
        before=before,
        year_before=year_before,
        low=now.median_low,
        high=now.median_high,
    )


def _completions_at(run: Run, period: Period) -> Incidence:
    return _completions(run.data.at(period.end), run.settings.report.confidence)[0]


def _knowledge(run: Run, now: Coverage | None, unknown: Unknown | None) -> tuple[Metric, ...]:
    earlier = [
        (
            coverage(run.data.at(period.end), run.settings, period),
            unknown_customers(run.data.at(period.end), run.settings),
        )
        for period in (run.compare_to, run.year_before)
    ]
    (covered_before, unknown_before), (covered_then, unknown_then) = earlier
    return (
        run.metric(
            "onboarding.hearing_coverage",
            now.share if now else None,
            "estimated",
            now.interval if now else None,
            _coverage_change(now, covered_before),
            n=now.n if now else None,
            before=covered_before.share if covered_before else None,
            year_before=covered_then.share if covered_then else None,
        ),
        run.metric(
            "onboarding.unknown_customers",
            unknown.count if unknown else None,
            "counted",
            n=unknown.customers if unknown else None,
            before=unknown_before.count if unknown_before else None,
            n_before=unknown_before.customers if unknown_before else None,
            year_before=unknown_then.count if unknown_then else None,
        ),
    )


def _coverage_change(now: Coverage | None, before: Coverage | None) -> Interval | None:
    if now is None or before is None:
        return None
    return difference(now.share, now.interval, before.share, before.interval)
