"""Where does a customer want to be, where is it, and what do we do about it together?"""

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from cskit.catalogue import Play
from cskit.errors import NotAvailable, SettingsError, did_you_mean
from cskit.i18n import _
from cskit.result import Result
from cskit.review.discreet import names_another, sought
from cskit.review.records import Record, Records, records
from cskit.run import Run
from cskit.settings import Review

__all__ = ["Study", "study"]

HAND_OVER_DAYS = 92  # after the person in charge changed, in which the sheet is shown


@dataclass(frozen=True)
class Study(Result):
    """What the review of one customer shows.

    Parameters
    ----------
    own : Record
    news : DataFrame, columns on, kind, title, segment
        Topics of the year for the customer's segment, newest first; none that names another customer.
    heard : date or None
        The last contact; topics from after it are news to the customer.
    names : tuple of str
        Of all customers there are or were, as :func:`cskit.review.discreet.sought` looks for them.
    grade, score, change : of its health, and since three months before; None where not known
    reasons : tuple of (item, points)
        What moved the score most.

    Examples
    --------
    >>> str(review.heard), review.grade, round(review.score, 2)
    ('2023-05-30', 'sound', 67.8)
    """

    own: Record
    news: pd.DataFrame
    heard: date | None
    names: tuple[str, ...]
    grade: str | None
    score: float | None
    change: float | None
    reasons: tuple[tuple[str, float], ...]
    plays: dict[str, Play]
    seen: dict[str, object]
    rules: Review
    comments: bool
    as_of: date

    @property
    def name(self) -> str:
        name = self.own.about["name"]
        return self.own.customer if pd.isna(name) else str(name)

    @property
    def new_in_charge(self) -> bool:
        """Whether the person in charge changed lately."""
        since, before = self.own.about["since"], self.own.about["before"]
        return pd.notna(before) and pd.notna(since) and (pd.Timestamp(self.as_of) - since).days <= HAND_OVER_DAYS

    def discreet(self, text: object) -> str:
        """A text of ours as the customer may read it: empty if it names another customer."""
        words = "" if text is None or text != text else str(text)
        return "" if names_another(words, self.names, self.name) else words


def study(run: Run) -> Study:
    """The review of the customer named in the settings.

    Raises
    ------
    NotAvailable
        Where none is named, or ``customers`` did not come.
    SettingsError
        If there is no such customer on the day of the data.

    Examples
    --------
    >>> str(study(run).heard)
    '2023-05-30'
    """
    rules = run.settings.review
    if not rules.customer:
        raise NotAvailable(_("No customer is named: settings review.customer, or cskit review."))
    found = records(_of_nobody(run))
    own = _record(found, rules.customer)
    heard = own.meetings["on"].max() if len(own.meetings) else None
    names = sought(found.names)
    score, change = (_known(part.get(rules.customer)) for part in (found.actions.facts["score"], found.moved.change))
    seen = {str(name): value for name, value in found.actions.facts.loc[rules.customer, :].items()}
    return Study(
        own,
        _news(found, own, names),
        None if heard is None or pd.isna(heard) else pd.Timestamp(heard).date(),
        names,
        seen["grade"] if isinstance(seen["grade"], str) else None,
        score,
        change,
        found.moved.reasons(rules.customer, 3),
        dict(found.actions.plays),
        seen,
        rules,
        run.settings.privacy.comments,
        found.as_of,
    )


def _record(found: Records, customer: str) -> Record:
    if customer not in found.customers.index:
        near = did_you_mean(customer, list(map(str, found.customers.index)))
        raise SettingsError(f"review.customer: {customer} is no customer on {found.as_of}.{near}")
    return found.of(customer)


def _of_nobody(run: Run) -> Run:
    """The run without the customer: what is read for all is the same for each."""
    settings = run.settings.model_copy(update={"review": run.settings.review.model_copy(update={"customer": ""})})
    return replace(run, params=replace(run.params, settings=settings))


def _known(value: object) -> float | None:
    return None if value is None or value != value else float(value)  # type: ignore[arg-type]


def _news(found: Records, own: Record, names: tuple[str, ...]) -> pd.DataFrame:
    segment = own.about["segment"]
    rows = found.topics[found.topics["segment"].isna() | (found.topics["segment"] == segment)]
    strange = [names_another(str(title), names, str(own.about["name"])) for title in rows["title"]]
    return rows[[not one for one in strange]].reset_index(drop=True)
