"""How long does an onboarding take, when some are not done yet and some customers leave before?"""

import numpy as np
import pandas as pd

from cskit.data import Data
from cskit.onboarding.cases import cases, days_between
from cskit.periods import months_away

__all__ = ["COMPLETED", "LEFT", "OPEN", "durations"]

OPEN, COMPLETED, LEFT = 0, 1, 2


def durations(data: Data, months: int = 12) -> pd.DataFrame:
    """Days from start to completion of the onboardings started in the last months.

    Parameters
    ----------
    data : Data
    months : int
        How far back starts count.

    Returns
    -------
    DataFrame, columns onboarding_id, route, days, event
        One row an onboarding. Event 1: completed; 2: the customer left before; 0: open on the day of the data.

    Examples
    --------
    >>> list(durations(run.data).columns)
    ['onboarding_id', 'route', 'days', 'event']
    """
    rows = cases(data)
    rows = rows[rows["started_on"] > pd.Timestamp(months_away(data.as_of, -months))]
    end = rows["completed_on"].fillna(rows["left_on"]).fillna(pd.Timestamp(data.as_of))
    event = np.where(rows["completed_on"].notna(), COMPLETED, np.where(rows["left_on"].notna(), LEFT, OPEN))
    found = rows[["onboarding_id", "route"]].assign(days=days_between(rows["started_on"], end), event=event)
    return found[found["days"] >= 0].sort_values(["route", "days"], kind="stable", ignore_index=True)
