"""Whom could we have seen fall silent? Every silent customer at the ends of months, as a flag for other reports."""

from datetime import date

import pandas as pd

from cskit.run import Run
from cskit.support.silence import SIGNALS, silences

__all__ = ["flags"]

COLUMNS = ["customer_id", "on", "flag"]


def flags(run: Run, since: date) -> pd.DataFrame | None:
    """Every customer that was silent at an end of a month from a day on.

    Returns
    -------
    DataFrame or None, columns customer_id, on, flag
        ``flag``: ``silent``. None where no signal is on record of anybody: then no flag says nothing.

    Examples
    --------
    >>> list(flags(run, run.fiscal_start).columns)
    ['customer_id', 'on', 'flag']
    """
    if not run.data.has("customers"):
        return None
    days = [day.date() for day in pd.date_range(since, run.data.as_of, freq="ME")]
    found = silences(run, days)
    if not any(rows[list(SIGNALS)].notna().any(axis=None) for rows in found.values()):
        return None
    parts = [
        pd.DataFrame({"customer_id": sorted(rows.index[rows["silent"].fillna(False).astype(bool)]), "on": day})
        for day, rows in found.items()
    ]
    every = pd.concat(parts, ignore_index=True).assign(on=lambda rows: pd.to_datetime(rows["on"]), flag="silent")
    return every.sort_values(["customer_id", "on"], ignore_index=True)[COLUMNS]
