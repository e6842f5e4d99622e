"""Would customers recommend us, and is the change more than luck?"""

from collections.abc import Mapping
from dataclasses import dataclass

from cskit import i18n
from cskit.metrics import Metric
from cskit.nps.eligible import NONE_DROPPED, Dropped
from cskit.nps.moves import WaveChange, change, slope
from cskit.nps.response import Response, responses
from cskit.nps.waves import Wave, closed_by, closed_within, waves
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.trend import Slope

__all__ = ["Study", "of_waves", "study"]


@dataclass(frozen=True)
class Study(Result):
    """What the report on NPS shows.

    Parameters
    ----------
    now : Wave
        The newest wave closed in the period; where none closed in it, the newest before it, and ``stale`` is true.
    before : Wave or None
        The newest wave closed by the end of the period of comparison: surveys are rarer than reports. None when stale.
    year_before : Wave or None
        The newest wave closed in the same period a year before.
    change : WaveChange or None
        From ``before`` to ``now``.
    trend : tuple of Wave
        All waves known, oldest first.
    slope : Slope or None
        The line through them, from three on.
    response : Response or None
        To ``now``; None where no invitations are recorded.
    dropped : Dropped
        Forms of ``now`` from people who were not eligible.
    minimum_cell : int
        Groups of fewer answers are not shown.

    Examples
    --------
    >>> study(run).stale
    False
    """

    now: Wave
    before: Wave | None
    year_before: Wave | None
    change: WaveChange | None
    trend: tuple[Wave, ...]
    slope: Slope | None
    response: Response | None
    dropped: Dropped
    stale: bool
    confidence: float
    minimum_cell: int
    metrics: tuple[Metric, ...]

    @property
    def level(self) -> str:
        """The confidence of the intervals, as a reader sees it."""
        return i18n.share(self.confidence, len(f"{100 * self.confidence:g}".partition(".")[2]))


@shared
def study(run: Run) -> Study:
    """Everything on NPS for a run's period.

    Raises
    ------
    NotAvailable
        Without ``nps_waves`` and ``nps_responses``, or when no wave has been answered yet.

    Examples
    --------
    >>> study(run).stale
    False
    """
    found = waves(run.data, run.settings)
    current = closed_within(found.waves, run.period)
    now = current or found.waves[-1]
    before = closed_by(found.waves, run.compare_to.end) if current else None
    year_before = closed_within(found.waves, run.year_before)
    dropped = found.dropped.get(now.name, NONE_DROPPED)
    asked = responses(run.data, run.settings)
    return of_waves(run, now, before, asked, found.waves, year_before=year_before, dropped=dropped, stale=not current)


def of_waves(
    run: Run,
    now: Wave,
    before: Wave | None,
    asked: Mapping[str, Response],
    trend: tuple[Wave, ...],
    *,
    year_before: Wave | None = None,
    dropped: Dropped = NONE_DROPPED,
    stale: bool = False,
) -> Study:
    """What waves say that are scored already.

    Parameters
    ----------
    asked : mapping of wave to Response
        Those on record.
    now, before, trend, year_before, dropped, stale
        As in :class:`Study`.

    Returns
    -------
    Study
        ``change`` is None without a wave before, ``response`` where ``now`` is not in ``asked``.

    Examples
    --------
    The newest wave against the first on record instead of the one before:

    >>> found = study(run)
    >>> again = of_waves(run, found.now, found.trend[0], {}, found.trend)
    >>> round(found.change.points, 1), round(again.change.points, 1), again.change.direction
    (2.3, 11.8, 'unclear')
    """
    confidence, cell = run.settings.report.confidence, run.settings.privacy.minimum_cell
    moved = change(now, before, confidence) if before else None
    back, back_before = asked.get(now.name), asked.get(before.name) if before else None
    current = None if stale else now
    metrics = _metrics(run, current, before, year_before, moved, back if current else None, back_before)
    parts = (now, before, year_before, moved, trend, slope(trend, confidence), back, dropped, stale)
    return Study(*parts, confidence=confidence, minimum_cell=cell, metrics=metrics)


def _metrics(
    run: Run,
    now: Wave | None,
    before: Wave | None,
    year_before: Wave | None,
    moved: WaveChange | None,
    asked: Response | None,
    asked_before: Response | None,
) -> tuple[Metric, ...]:
    """Of a wave closed in the period: an older one is not this period's value."""
    score = run.metric(
        "nps.score",
        now.nps if now else None,
        "estimated",
        now.interval if now else None,
        moved.interval if moved else None,
        n=now.answers if now else None,
        before=before.nps if before else None,
        year_before=year_before.nps if year_before else None,
    )
    change_ = run.metric(
        "nps.change",
        moved.points if moved else None,
        "estimated",
        moved.interval if moved else None,
        n=now.answers + before.answers if now and before else None,
    )
    companies = run.metric(
        "nps.company_response",
        asked.company_rate if asked else None,
        "counted",
        n=asked.companies_invited if asked else None,
        before=asked_before.company_rate if asked_before else None,
    )
    people = run.metric(
        "nps.respondent_response",
        asked.respondent_rate if asked else None,
        "counted",
        n=asked.invited if asked else None,
        before=asked_before.respondent_rate if asked_before else None,
    )
    return score, change_, companies, people
