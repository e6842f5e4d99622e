"""Would customers recommend us, and is the change more than luck?"""

from dataclasses import dataclass

from cskit.metrics import Metric
from cskit.nps.response import Response, response
from cskit.nps.waves import Wave, WaveChange, change, closed_within, waves
from cskit.run import Run

__all__ = ["Study", "study"]


@dataclass(frozen=True)
class Study:
    """What the report on NPS shows.

    Parameters
    ----------
    now : Wave
        The newest wave closed in the period; where none closed in it, the newest before it, and ``stale`` is true.
    before, year_before : Wave or None
        The newest wave closed in the period of comparison, and in the same period a year before.
    change : WaveChange or None
        From ``before`` to ``now``.
    trend : tuple of Wave
        All waves known, oldest first.
    response : Response or None
        None where no invitations are recorded.
    dropped : int
        Forms of people who were not eligible.
    """

    now: Wave
    before: Wave | None
    year_before: Wave | None
    change: WaveChange | None
    trend: tuple[Wave, ...]
    response: Response | None
    dropped: int
    stale: bool
    metrics: tuple[Metric, ...]


def study(run: Run) -> Study:
    """Everything on NPS for a run's period.

    Raises
    ------
    NotAvailable
        Without ``nps_waves`` and ``nps_responses``, or when no wave has been answered yet.
    """
    found = waves(run.data, run.settings)
    now = closed_within(found.waves, run.period)
    before = closed_within(found.waves, run.compare_to)
    year_before = closed_within(found.waves, run.year_before)
    newest = now or found.waves[-1]
    moved = change(newest, before, run.settings.report.confidence) if before and before != newest else None
    asked = response(run.data, run.settings, newest.name)
    asked_before = response(run.data, run.settings, before.name) if before else None
    parts = (newest, before, year_before, moved, found.waves, asked, found.dropped, now is None)
    return Study(*parts, metrics=_metrics(run, newest, before, year_before, moved, asked, asked_before))


def _metrics(
    run: Run,
    now: Wave,
    before: Wave | None,
    year_before: Wave | None,
    moved: WaveChange | None,
    asked: Response | None,
    asked_before: Response | None,
) -> tuple[Metric, ...]:
    score = run.metric(
        "nps.score",
        now.nps,
        "estimated",
        low=now.interval.low,
        high=now.interval.high,
        n=now.answers,
        before=before.nps if before else None,
        year_before=year_before.nps if year_before else None,
        change_low=moved.interval.low if moved else None,
        change_high=moved.interval.high if moved else None,
    )
    change_ = run.metric(
        "nps.change",
        moved.points if moved else None,
        "estimated",
        low=moved.interval.low if moved else None,
        high=moved.interval.high if moved else None,
        n=now.answers + before.answers if moved and before else None,
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
