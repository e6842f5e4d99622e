"""How long did a contact take, and how much of that is only our standard time?"""

import ibis

from cskit.data import Data
from cskit.settings import Workload

__all__ = ["OVERHEAD", "timed_touchpoints", "untimed"]

# Column of touchpoints -> name in params: workload.standard_minutes.
OVERHEAD = {"prep_minutes": "prep", "followup_minutes": "followup", "travel_minutes": "travel"}


def timed_touchpoints(data: Data, rules: Workload) -> ibis.Table:
    """Contacts that took somebody's time, with every minute filled in.

    Returns
    -------
    Table, the columns of touchpoints and
        meeting (minutes), overhead (minutes of preparation, follow-up, travel and moving), and how many of either
        are standard times: meeting_estimated, overhead_estimated.

    Examples
    --------
    >>> timed_touchpoints(run.data, run.settings.workload).columns
    ('touchpoint_id', 'customer_id', 'csm_id', 'on', 'direction', 'mass', 'channel', 'kind', 'minutes',
    'prep_minutes', 'followup_minutes', 'travel_minutes', 'reschedules', 'had_update', 'executive',
    'agreed', 'note', 'url', 'meeting', 'overhead', 'meeting_estimated', 'overhead_estimated')
    """
    table = untimed(data)
    meeting, meeting_estimated = _filled(table, "minutes", "minutes", rules)
    overhead = table.reschedules.fill_null(0) * rules.reschedule_minutes
    estimated = ibis.literal(0.0)
    for column, name in OVERHEAD.items():
        value, guess = _filled(table, column, name, rules)
        overhead, estimated = overhead + value, estimated + guess
    return table.mutate(
        meeting=meeting, overhead=overhead, meeting_estimated=meeting_estimated, overhead_estimated=estimated
    )


def untimed(data: Data) -> ibis.Table:
    """Contacts that took somebody's time, as they were noted.

    >>> untimed(run.data).columns
    ('touchpoint_id', 'customer_id', 'csm_id', 'on', 'direction', 'mass', 'channel', 'kind', 'minutes',
    'prep_minutes', 'followup_minutes', 'travel_minutes', 'reschedules', 'had_update', 'executive',
    'agreed', 'note', 'url')
    """
    table = data.table("touchpoints")
    return table.filter(~table.mass.fill_null(False))


def _filled(
    table: ibis.Table, column: str, name: str, rules: Workload
) -> tuple[ibis.expr.types.FloatingValue, ibis.expr.types.FloatingValue]:
    """Minutes of a column, the standard of the contact's kind where empty; and the part that is standard."""
    kinds = {kind: float(getattr(minutes, name)) for kind, minutes in rules.standard_minutes.items()}
    standard = table.kind.fill_null("").cases(*kinds.items(), else_=kinds["check_in"])
    value = table[column]
    return value.fill_null(standard).cast("float64"), ibis.cases((value.isnull(), standard), else_=0.0).cast("float64")
