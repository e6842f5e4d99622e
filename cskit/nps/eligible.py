"""Whose answers count?"""

from dataclasses import dataclass

import ibis

from cskit.data import Data
from cskit.result import Result
from cskit.settings import Settings

__all__ = ["NONE_DROPPED", "Answers", "Dropped", "countable", "eligible", "eligible_invitations"]

KEYS = ["wave", "respondent_id"]


@dataclass(frozen=True, slots=True)
class Dropped(Result):
    """Forms of one wave that do not count, by why: in another role, a customer for too short, nothing on record.

    >>> waves.dropped.role, waves.dropped.new, waves.dropped.unknown
    (0, 0, 0)
    """

    role: int = 0
    new: int = 0
    unknown: int = 0

    @property
    def forms(self) -> int:
        return self.role + self.new + self.unknown


NONE_DROPPED = Dropped()


@dataclass(frozen=True, slots=True)
class Answers(Result):
    """Responses that count, as an expression, and how many of each wave did not.

    Everybody counts unless the settings ask for more:

    >>> found = eligible(run.data, run.settings)
    >>> found.table.count().to_pyarrow().as_py(), found.dropped
    (178, {})
    """

    table: ibis.Table
    dropped: dict[str, Dropped]


def countable(data: Data, settings: Settings) -> ibis.Table:
    """Responses of the people whom the settings let count: in the right role, customers for long enough.

    A person without a role on record, or of a customer without the date, does not count once the settings ask for one.

    >>> nps = run.settings.nps.model_copy(update={"roles": ["decision_maker"]})
    >>> only = run.settings.model_copy(update={"nps": nps})
    >>> countable(run.data, only).count().to_pyarrow().as_py()
    23
    """
    answers = data.table("nps_responses")
    return answers.semi_join(eligible_invitations(data, settings), KEYS) if _asks(settings) else answers


def eligible(data: Data, settings: Settings) -> Answers:
    """The same, and how many forms do not count, by why.

    >>> nps = run.settings.nps.model_copy(update={"eligible_months": 24})
    >>> long_here = run.settings.model_copy(update={"nps": nps})
    >>> eligible(run.data, long_here).dropped["2023 Spring"]
    Dropped(role=0, new=12, unknown=0)
    """
    kept = countable(data, settings)
    if not _asks(settings):
        return Answers(kept, {})
    answers, judged = data.table("nps_responses"), _judged(data, settings)
    joined = answers.left_join(judged, KEYS)
    why = ibis.cases((joined.wave_right.isnull(), "unknown"), else_=joined.why)
    out = (
        joined.select("wave", why=why).filter(ibis._.why.notnull()).group_by("wave", "why").aggregate(n=ibis._.count())
    )
    dropped: dict[str, dict[str, int]] = {}
    for row in out.order_by("wave", "why").to_pandas().itertuples():
        dropped.setdefault(str(row.wave), {})[str(row.why)] = int(row.n)
    return Answers(kept, {wave: Dropped(**counts) for wave, counts in dropped.items()})


def eligible_invitations(data: Data, settings: Settings) -> ibis.Table:
    """Invitations to people who count.

    >>> eligible_invitations(run.data, run.settings).columns
    ('wave', 'respondent_id', 'customer_id', 'role', 'sent_on')
    """
    judged = _judged(data, settings)
    return judged.filter(judged.why.isnull()).drop("why")


def _judged(data: Data, settings: Settings) -> ibis.Table:
    """Invitations with why they do not count; nothing where they do."""
    invited = data.table("nps_invitations")
    unfit, roles, months = [], settings.nps.roles, settings.nps.eligible_months
    if months:
        began = data.table("customers").select("customer_id", began=settings.nps.eligible_from)
        opened = data.table("nps_waves").select("wave", opened=ibis.coalesce(ibis._.opened_on, ibis._.closed_on))
        invited = invited.left_join(began, "customer_id").drop("customer_id_right")
        invited = invited.left_join(opened, "wave").drop("wave_right")
    if roles:
        unfit += [(invited.role.isnull(), "unknown"), (~invited.role.isin(roles), "role")]
    if months:
        since = invited.began.cast("timestamp") + ibis.interval(months=months)
        unfit += [
            (invited.began.isnull() | invited.opened.isnull(), "unknown"),
            (since > invited.opened.cast("timestamp"), "new"),
        ]
    why = ibis.cases(*unfit, else_=None) if unfit else ibis.literal(None, "string")
    judged = invited.mutate(why=why)
    return judged.drop("began", "opened") if months else judged


def _asks(settings: Settings) -> bool:
    return bool(settings.nps.roles or settings.nps.eligible_months)
