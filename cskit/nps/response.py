"""Who was asked, and who answered?"""

from dataclasses import dataclass

import ibis

from cskit.data import Data
from cskit.nps.eligible import eligible, eligible_invitations
from cskit.settings import Settings

__all__ = ["Response", "response"]


@dataclass(frozen=True, slots=True)
class Response:
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


def response(data: Data, settings: Settings, wave: str) -> Response | None:
    """Response to one wave, of those invited who count.

    Returns
    -------
    Response or None
        None where no invitations to the wave are recorded: a rate without them would be invented.

    Examples
    --------
    >>> response(run.data, run.settings, waves.now.name).invited
    105
    """
    if not data.has("nps_invitations"):
        return None
    invited = eligible_invitations(data, settings)
    invited = invited.filter(invited.wave == wave)
    forms = eligible(data, settings).table
    answered = invited.semi_join(forms.filter(forms.wave == wave), ["wave", "respondent_id"])
    people, companies = _counted(invited)
    if not people:
        return None
    forms_back, companies_back = _counted(answered)
    return Response(people, forms_back, companies, companies_back)


def _counted(table: ibis.Table) -> tuple[int, int]:
    row = table.aggregate(people=table.count(), companies=table.customer_id.nunique()).to_pandas().iloc[0]
    return int(row["people"]), int(row["companies"])
