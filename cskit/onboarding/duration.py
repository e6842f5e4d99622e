"""How long does an onboarding take, when some are not done yet?"""

import ibis
import pandas as pd

from cskit.data import Data
from cskit.periods import add_months

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
    recent = table.filter(table.started_on > add_months(data.as_of, -months))
    if data.has("customers"):
        left = data.table("customers").select("customer_id", "churned_on")
        recent = recent.left_join(left, "customer_id").drop("customer_id_right")
    else:
        recent = recent.mutate(churned_on=ibis.literal(None, "date"))
    as_of = ibis.literal(data.as_of)
    end = ibis.coalesce(recent.completed_on, recent.churned_on, as_of)
    days = end.delta(recent.started_on, unit="day")
    shown = recent.select("route", days=days, completed=recent.completed_on.notnull())
    return shown.filter(shown.days >= 0).order_by("route", "days").to_pandas()
