"""What does each wave say?"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import ibis
import numpy as np
import pandas as pd

from cskit import i18n
from cskit.data import Data
from cskit.errors import NotAvailable
from cskit.i18n import _
from cskit.nps.eligible import eligible
from cskit.periods import Period
from cskit.settings import Settings
from cskit.stats.intervals import Interval
from cskit.stats.nps import Companies, NpsCounts, design_effect, nps_interval

__all__ = ["Found", "Wave", "closed_by", "closed_within", "companies_of", "degrees", "score_companies", "waves"]

PROMOTER_FROM, DETRACTOR_TO = 9, 6


@dataclass(frozen=True)
class Wave:
    """One wave: its score in points, -100 to 100, with its interval.

    Parameters
    ----------
    name, closed_on
        As in ``nps_waves``.
    counts : NpsCounts
    forms : int
        That came back, with or without a score.
    interval : Interval
        The one that decides the sentence: over companies where any answers more than once.
    independent : Interval
        As if every answer stood for itself.
    by_company : DataFrame, index company, columns total and answers
        Promoters minus detractors, and answers.
    audience : str
        Who was asked, in words; empty where that is not recorded.
    """

    name: str
    closed_on: date
    counts: NpsCounts
    forms: int
    interval: Interval
    independent: Interval
    by_company: pd.DataFrame = field(repr=False)
    audience: str = ""

    @property
    def answers(self) -> int:
        return int(self.counts.answers)

    @property
    def nps(self) -> float:
        return self.counts.nps

    @property
    def clustered(self) -> bool:
        """Whether answers of one company agree so much that they widen the interval."""
        return self.interval != self.independent


@dataclass(frozen=True, slots=True)
class Found:
    """All waves with answers, oldest first, and how many forms of each eligibility dropped."""

    waves: tuple[Wave, ...]
    dropped: dict[str, int]


def waves(data: Data, settings: Settings) -> Found:
    """Score every wave closed by the day of the data.

    Raises
    ------
    NotAvailable
        If there are no waves and responses, or none with a score yet.
    """
    data.need("nps_waves", "nps_responses")
    answers, confidence = eligible(data, settings), settings.report.confidence
    frame = _by_company(answers.table).to_pandas()
    recorded = data.table("nps_waves").order_by("closed_on", "wave").to_pandas()
    scored = [
        replace(
            score_companies(row.wave, _as_date(row.closed_on), frame[frame["wave"] == row.wave], confidence),
            audience="" if pd.isna(row.audience) else row.audience,
        )
        for row in recorded.itertuples()
        if _as_date(row.closed_on) <= data.as_of
    ]
    kept = tuple(wave for wave in scored if wave.answers)
    if not kept:
        day = i18n.day(data.as_of)
        raise NotAvailable(_("No wave that closed by {day} has an answer with a score.", day=day))
    return Found(kept, answers.dropped)


def score_companies(name: str, closed_on: date, rows: pd.DataFrame, confidence: float = 0.95) -> Wave:
    """Score one wave from its companies.

    Parameters
    ----------
    name : str
    closed_on : date
    rows : DataFrame, columns company, promoters, passives, detractors, forms
        One row a company.
    confidence : float

    Returns
    -------
    Wave

    Examples
    --------
    >>> rows = pd.DataFrame({"company": ["A", "B"], "promoters": [2, 0], "passives": [1, 0],
    ...                      "detractors": [0, 1], "forms": [3, 2]})
    >>> wave = score_companies("spring", date(2023, 4, 14), rows)
    >>> wave.nps, wave.answers, wave.forms
    (25.0, 4, 5)
    """
    sums = rows[["promoters", "passives", "detractors", "forms"]].sum()
    counts = NpsCounts(int(sums["promoters"]), int(sums["passives"]), int(sums["detractors"]))
    table = pd.DataFrame(
        {
            "total": (rows["promoters"] - rows["detractors"]).to_numpy(float),
            "answers": rows[["promoters", "passives", "detractors"]].sum(axis=1).to_numpy(float),
        },
        index=rows["company"].to_numpy(),
    )
    table = table[table["answers"] > 0]
    effect = design_effect(companies_of(table, counts)) if len(table) else 1.0
    decided = nps_interval(counts, confidence, effect, degrees(effect, len(table)))
    return Wave(name, closed_on, counts, int(sums["forms"]), decided, nps_interval(counts, confidence), table)


def closed_within(found: Sequence[Wave], period: Period) -> Wave | None:
    """The newest wave that closed in a period: a wave belongs where it closes."""
    within = [wave for wave in found if wave.closed_on in period]
    return within[-1] if within else None


def closed_by(found: Sequence[Wave], day: date) -> Wave | None:
    """The newest wave that closed by a day."""
    earlier = [wave for wave in found if wave.closed_on <= day]
    return earlier[-1] if earlier else None


def companies_of(table: pd.DataFrame, counts: NpsCounts) -> Companies:
    """A wave's ``by_company`` as arrays."""
    return Companies(table["total"].to_numpy(), table["answers"].to_numpy(), counts.variance)


def degrees(effect: float, companies: int) -> float:
    """Student's degrees of freedom where the spread was estimated over companies; the normal otherwise."""
    return companies - 1 if effect > 1 else np.inf


def _by_company(answers: ibis.Table) -> ibis.Table:
    """Counts per wave and company; a person of no known company stands for a company of their own."""
    company = ibis.coalesce(answers.customer_id, ibis.literal("respondent ") + answers.respondent_id)
    score = answers.score
    return answers.group_by(answers.wave, company=company).aggregate(
        promoters=(score >= PROMOTER_FROM).sum().fill_null(0),
        passives=((score > DETRACTOR_TO) & (score < PROMOTER_FROM)).sum().fill_null(0),
        detractors=(score <= DETRACTOR_TO).sum().fill_null(0),
        forms=answers.count(),
    )


def _as_date(value: object) -> date:
    return pd.Timestamp(value).date()  # type: ignore[arg-type]
