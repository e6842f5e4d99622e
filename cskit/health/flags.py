"""Whom had health flagged, and when? For other reports: what was seen of a customer before something happened to it."""

from datetime import date, timedelta

import pandas as pd

from cskit.health.analysis import study
from cskit.health.score import AT_RISK
from cskit.health.snapshot import month_ends, snapshots
from cskit.run import Run
from cskit.shared import shared

__all__ = ["flags"]

COLUMNS = ["customer_id", "on", "flag"]


@shared
def flags(run: Run, since: date) -> pd.DataFrame | None:
    """Every customer at risk at an end of a month from a day on, by its score, or by what the team decided.

    Returns
    -------
    DataFrame or None, columns customer_id, on, flag
        ``flag``: ``at_risk``, by today's rules on what was known on the day; ``decided_at_risk``, on the day of the
        decision. None where nobody was ever graded: then no flag says nothing. Grades of before contacts were recorded
        for long enough to tell a silence are no flags.

    Examples
    --------
    >>> list(flags(run, run.fiscal_start).columns)
    ['customer_id', 'on', 'flag']
    """
    if not run.data.has("customers"):
        return None
    since = max(since, _seen_since(run) or since)
    months = (run.data.as_of.year - since.year) * 12 + run.data.as_of.month - since.month + 1
    days = [day for day in month_ends(run.data.as_of, months) if day >= since]
    found = study(run)
    taken = found.taken | snapshots(run.data, set(days) - set(found.taken), found.rules)
    shots = [taken[day] for day in days if taken[day].graded]
    parts = [_flagged(sorted(shot.at_risk), shot.as_of, "at_risk") for shot in shots]
    decisions = _decided(run, since)
    if not shots and decisions is None:
        return None
    every = pd.concat([*parts, *([] if decisions is None else [decisions])], ignore_index=True)
    return every.sort_values(["customer_id", "on", "flag"], ignore_index=True)[COLUMNS]


def _seen_since(run: Run) -> date | None:
    """From when a long silence is more than the beginning of the records; None where nothing hangs on contacts."""
    long = [cap.start for cap in run.settings.health.caps if cap.item == "days_since_contact"]
    if not long or not run.data.has("touchpoints"):
        return None
    first = run.data.table("touchpoints").on.min().to_pyarrow().as_py()
    return first + timedelta(days=int(max(long))) if first else None


def _flagged(who: list[str], on: date, flag: str) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": pd.Series(who, dtype=object), "on": pd.Timestamp(on), "flag": flag})


def _decided(run: Run, since: date) -> pd.DataFrame | None:
    if not run.data.has("overrides"):
        return None
    table = run.data.table("overrides")
    rows = table.filter(table.grade.isin(AT_RISK) & (table.on >= since)).select("customer_id", "on")
    found = rows.order_by("customer_id", "on").to_pandas()
    return found.assign(on=pd.to_datetime(found["on"]), flag="decided_at_risk")
