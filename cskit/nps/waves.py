"""What does each wave say?"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import ibis
import pandas as pd

from cskit import i18n
from cskit.data import Data
from cskit.errors import NotAvailable
from cskit.i18n import _
from cskit.nps.eligible import Dropped, countable, eligible
from cskit.periods import Period
from cskit.result import Result
from cskit.settings import Settings
from cskit.stats.intervals import Interval
from cskit.stats.nps import Answers, NpsCounts, design_effect, nps_interval

__all__ = [
    "Found",
    "Wave",
    "closed_by",
    "closed_within",
    "counted_forms",
    "sample",
    "score_people",
    "score_wave",
    "waves",
]

PROMOTER_FROM, DETRACTOR_TO = 9, 6


@dataclass(frozen=True)
class Wave(Result):
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
    people : DataFrame, index respondent, columns company, customer, value, weight
        Who gave a score: 1 for a promoter, 0, or -1; the weight is missing where none was given.
    groups : NpsCounts
        Promoters, passives, detractors as people; ``counts`` weighs them where the export has weights.
    audience : str
        Who was asked, in words; empty where that is not recorded.

    Examples
    --------
    >>> votes.wave.name, str(votes.wave.closed_on), votes.wave.forms
    ('2023 Spring', '2023-04-14', 48)
    """

    name: str
    closed_on: date
    counts: NpsCounts
    forms: int
    interval: Interval
    independent: Interval
    people: pd.DataFrame = field(repr=False)
    groups: NpsCounts
    audience: str = ""

    def _in_short(self) -> str:
        n = _("n = {n}", n=i18n.number(self.answers))
        return f"{self.name}: {i18n.several([i18n.points(self.nps), n], ', ')}"

    @property
    def answers(self) -> int:
        return len(self.people)

    @property
    def nps(self) -> float:
        return self.counts.nps

    @property
    def clustered(self) -> bool:
        """Whether answers of one company agree so much, or weigh so differently, that the interval is wider."""
        return self.interval != self.independent

    @property
    def weighted(self) -> bool:
        """Whether answers count by their survey weights."""
        return bool(self.people["weight"].notna().any())

    @property
    def sample(self) -> Answers:
        """As arrays."""
        return sample(self.people)

    @property
    def by_company(self) -> pd.DataFrame:
        """Promoters minus detractors, and answers."""
        return self.people.groupby("company").agg(total=("value", "sum"), answers=("value", "count"))


@dataclass(frozen=True, slots=True)
class Found(Result):
    """All waves with answers, oldest first, and how many forms of each eligibility dropped.

    >>> found = waves(run.data, run.settings)
    >>> {wave.name: wave.answers for wave in found.waves}, found.dropped
    ({'2021 Autumn': 37, '2022 Spring': 41, '2022 Autumn': 49, '2023 Spring': 47}, {})
    """

    waves: tuple[Wave, ...]
    dropped: dict[str, Dropped]


def waves(data: Data, settings: Settings) -> Found:
    """Score every wave closed by the day of the data.

    Raises
    ------
    NotAvailable
        If there are no waves and responses, or none with a score yet.

    Examples
    --------
    >>> {wave.name: round(wave.nps, 1) for wave in waves(run.data, run.settings).waves}
    {'2021 Autumn': -5.4, '2022 Spring': 0.0, '2022 Autumn': 4.1, '2023 Spring': 6.4}
    """
    data.need("nps_waves", "nps_responses")
    confidence, frame = settings.report.confidence, counted_forms(data, settings)
    recorded = data.table("nps_waves").order_by("closed_on", "wave").to_pandas()
    scored = [
        replace(
            score_wave(row.wave, _as_date(row.closed_on), frame[frame["wave"] == row.wave], confidence),
            audience="" if pd.isna(row.audience) else row.audience,
        )
        for row in recorded.itertuples()
        if _as_date(row.closed_on) <= data.as_of
    ]
    kept = tuple(wave for wave in scored if wave.answers)
    if not kept:
        day = i18n.day(data.as_of)
        raise NotAvailable(_("No wave that closed by {day} has an answer with a score.", day=day))
    return Found(kept, eligible(data, settings).dropped)


def counted_forms(data: Data, settings: Settings) -> pd.DataFrame:
    """All forms that count, a row each: columns wave, score, weight, respondent, customer and company.

    A person of no known company stands for a company of their own.

    A form without a score came back, too:

    >>> counted_forms(run.data, run.settings).groupby("wave")["score"].agg(["size", "count"])
                 size  count
    wave
    2021 Autumn    38     37
    2022 Autumn    50     49
    2022 Spring    42     41
    2023 Spring    48     47
    """
    answers = countable(data, settings)
    company = ibis.coalesce(answers.customer_id, ibis.literal("respondent ") + answers.respondent_id)
    names = {"respondent": "respondent_id", "customer": "customer_id", "company": company}
    return answers.select("wave", "score", "weight", **names).to_pandas()


def score_wave(name: str, closed_on: date, forms: pd.DataFrame, confidence: float = 0.95) -> Wave:
    """Score one wave from its forms.

    Parameters
    ----------
    name : str
    closed_on : date
    forms : DataFrame, columns respondent, company, customer, score, weight
        One row a form; ``score`` is missing where none was given.
    confidence : float

    Returns
    -------
    Wave

    Examples
    --------
    >>> forms = pd.DataFrame({"respondent": range(5), "company": list("AAABB"), "customer": list("AAABB"),
    ...                       "score": [10, 9, 8, 0, None], "weight": None})
    >>> wave = score_wave("spring", date(2023, 4, 14), forms)
    >>> wave.nps, wave.answers, wave.forms
    (25.0, 4, 5)
    """
    people = forms[forms["score"].notna()].set_index("respondent").sort_index()
    value = (people["score"] >= PROMOTER_FROM).astype(float) - (people["score"] <= DETRACTOR_TO).astype(float)
    people = people.assign(value=value, weight=people["weight"].astype(float))
    return score_people(name, closed_on, people[["company", "customer", "value", "weight"]], len(forms), confidence)


def score_people(name: str, closed_on: date, people: pd.DataFrame, forms: int, confidence: float = 0.95) -> Wave:
    """The same from who gave a score, and how many forms came back; see :class:`Wave`.

    Three of four answers are of one company, so that they say little of what other companies think:

    >>> company = list("AAAB")
    >>> people = pd.DataFrame({"company": company, "customer": company, "value": [1.0, 1, 1, -1], "weight": None})
    >>> wave = score_people("spring", date(2023, 4, 14), people, 6)
    >>> wave.nps, wave.answers, wave.forms, wave.clustered
    (50.0, 4, 6, True)
    >>> round(wave.independent.low, 1), round(wave.interval.low, 1)
    (-33.6, -100)
    """
    drawn = sample(people)
    effect, df = design_effect(drawn)
    groups = Answers(drawn.values, drawn.companies).counts
    decided = nps_interval(drawn.counts, confidence, effect, df)
    return Wave(name, closed_on, drawn.counts, forms, decided, nps_interval(groups, confidence), people, groups)


def sample(people: pd.DataFrame) -> Answers:
    """The people of a wave as arrays. A weight that is missing where others have one is their mean.

    >>> people = pd.DataFrame({"company": list("AAB"), "value": [1.0, 0, -1], "weight": [2.0, None, 1.0]})
    >>> sample(people).weights.tolist()
    [2.0, 1.5, 1.0]
    """
    weight = people["weight"]
    weighs = weight.notna().any() and weight.sum() > 0
    weights = weight.fillna(weight.mean()).to_numpy() if weighs else None
    return Answers(people["value"].to_numpy(float), people["company"].to_numpy(str), weights)


def closed_within(found: Sequence[Wave], period: Period) -> Wave | None:
    """The newest wave that closed in a period: a wave belongs where it closes.

    >>> closed_within(waves(run.data, run.settings).waves, run.period).name
    '2023 Spring'
    """
    within = [wave for wave in found if wave.closed_on in period]
    return within[-1] if within else None


def closed_by(found: Sequence[Wave], day: date) -> Wave | None:
    """The newest wave that closed by a day.

    >>> found = waves(run.data, run.settings).waves
    >>> closed_by(found, date(2023, 4, 13)).name, closed_by(found, date(2023, 4, 14)).name
    ('2022 Autumn', '2023 Spring')
    >>> closed_by(found, date(2020, 1, 1)) is None
    True
    """
    earlier = [wave for wave in found if wave.closed_on <= day]
    return earlier[-1] if earlier else None


def _as_date(value: object) -> date:
    return pd.Timestamp(value).date()  # type: ignore[arg-type]
