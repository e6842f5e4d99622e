"""Whose answers count?"""

from dataclasses import dataclass

import ibis

from cskit.data import Data
from cskit.settings import Settings

__all__ = ["Answers", "eligible", "eligible_invitations"]


@dataclass(frozen=True, slots=True)
class Answers:
    """Responses that count, as an expression, and how many of each wave did not."""

    table: ibis.Table
    dropped: dict[str, int]


def eligible(data: Data, settings: Settings) -> Answers:
    """Responses of the people whom the settings let count: in the right role, customers for long enough.

    A person without a role on record, or of a customer without the date, does not count once the settings ask for one.
    """
    answers = data.table("nps_responses")
    if not _asks(settings):
        return Answers(answers, {})
    invited = eligible_invitations(data, settings).select("wave", "respondent_id")
    kept = answers.semi_join(invited, ["wave", "respondent_id"])
    out = answers.anti_join(invited, ["wave", "respondent_id"])
    counted = out.group_by("wave").aggregate(forms=out.count()).to_pandas()
    return Answers(kept, {str(wave): int(forms) for wave, forms in zip(counted["wave"], counted["forms"], strict=True)})


def eligible_invitations(data: Data, settings: Settings) -> ibis.Table:
    """Invitations to people who count."""
    invited = data.table("nps_invitations")
    if settings.nps.roles:
        invited = invited.filter(invited.role.isin(settings.nps.roles))
    months = settings.nps.eligible_months
    if months:
        began = data.table("customers").select("customer_id", began=settings.nps.eligible_from)
        opened = data.table("nps_waves").select("wave", opened=ibis.coalesce(ibis._.opened_on, ibis._.closed_on))
        joined = invited.join(began, "customer_id").join(opened, "wave")
        long_enough = joined.filter(
            joined.began.cast("timestamp") + ibis.interval(months=months) <= joined.opened.cast("timestamp")
        )
        invited = invited.semi_join(long_enough, ["wave", "respondent_id"])
    return invited


def _asks(settings: Settings) -> bool:
    return bool(settings.nps.roles or settings.nps.eligible_months)
