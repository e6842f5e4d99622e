"""How long does an onboarding take, when some are not done yet?"""

import ibis
import pandas as pd

from cskit.data import Data
from cskit.facts import departures
from cskit.periods import months_away

__all__ = ["durations"]


def durations(data: Data, months: int = 12) -> pd.DataFrame:
    """Days from start to completion of the onboardings started in the last months.

    Parameters
    ----------
    data : Data
    months : int
        How far back starts count.

    Returns
    -------
    DataFrame, columns route, days, completed
        One row an onboarding. Not completed: days until the day of the data, or until the customer left.
    """
    table = data.table("onboardings")
    recent = table.filter(table.started_on > months_away(data.as_of, -months))
    gone = departures(data)
    if gone is None:
        recent = recent.mutate(effective_on=ibis.literal(None, "date"))
    else:
        recent = recent.left_join(gone.select("customer_id", "effective_on"), "customer_id").drop("customer_id_right")
    end = ibis.coalesce(recent.completed_on, recent.effective_on, ibis.literal(data.as_of))
    days = end.delta(recent.started_on, unit="day")
    shown = recent.select("route", days=days, completed=recent.completed_on.notnull())
    return shown.filter(shown.days >= 0).order_by("route", "days").to_pandas()
