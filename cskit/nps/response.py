"""Who was asked, and who answered?"""

from dataclasses import dataclass

from cskit.data import Data
from cskit.nps.eligible import KEYS, countable, eligible_invitations
from cskit.result import Result
from cskit.settings import Settings

__all__ = ["Response", "responses"]


@dataclass(frozen=True, slots=True)
class Response(Result):
    """Counts of one wave; people are respondents, companies are customers with at least one.

    >>> waves.response.invited, waves.response.forms, waves.response.companies_invited
    (105, 48, 34)
    """

    invited: int
    forms: int
    companies_invited: int
    companies_answered: int

    @property
    def respondent_rate(self) -> float | None:
        """Forms that came back / people invited, with or without a score."""
        return self.forms / self.invited if self.invited else None

    @property
    def company_rate(self) -> float | None:
        return self.companies_answered / self.companies_invited if self.companies_invited else None


def responses(data: Data, settings: Settings) -> dict[str, Response]:
    """Response to each wave, of those invited who count; one of which no invitations are recorded is not among them.

    A rate without invitations would be invented.

    Examples
    --------
    >>> responses(run.data, run.settings)[waves.now.name].invited
    105
    """
    if not data.has("nps_invitations"):
        return {}
    asked = eligible_invitations(data, settings)
    forms = countable(data, settings).select(*KEYS, came=True)
    joined = asked.left_join(forms, KEYS)
    counts = joined.group_by("wave").aggregate(
        invited=joined.count(),
        forms=joined.came.count(),
        companies_invited=joined.customer_id.nunique(),
        companies_answered=joined.customer_id.nunique(where=joined.came.notnull()),
    )
    rows = counts.to_pandas().set_index("wave").astype(int).to_dict("index")
    return {str(wave): Response(**row) for wave, row in rows.items()}
