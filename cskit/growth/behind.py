"""Which rows made the figures on revenue and churn?"""

import pandas as pd

from cskit.growth.analysis import Study
from cskit.growth.money import arr_on, doubtful
from cskit.periods import months_away
from cskit.rows import Behind
from cskit.run import Run

__all__ = ["churns", "customers_arr"]

CHURNS = ["customer_id", "effective_on", "reason", "fiscal_year"]


def customers_arr(run: Run, study: Study) -> Behind:
    """ARR of everybody who paid on one of three days.

    Columns customer_id, name, arr_a_year_before, arr_before (end of the period of comparison), arr_now and
    in_retention: paid a year before, and counts in NRR and GRR. A column is empty where no ARR of its day is known.
    """
    year_ago, before = months_away(run.data.as_of, -12), run.compare_to.end
    days = {"arr_a_year_before": arr_on(run.data, year_ago), "arr_before": arr_on(run.data, before)}
    frame = pd.DataFrame(days | {"arr_now": study.arr}, dtype=float)
    frame = frame.fillna({name: 0.0 for name in frame if frame[name].notna().any()})
    counted = (frame["arr_a_year_before"] > 0) & ~frame.index.isin(doubtful(run.data))
    frame = frame.assign(in_retention=counted).rename_axis("customer_id").sort_index().reset_index()
    frame.insert(1, "name", frame["customer_id"].map(study.names))
    return Behind("customers_arr", frame, ("growth.arr", "growth.nrr", "growth.grr"))


def churns(run: Run, study: Study) -> Behind:
    """Who left, columns customer_id, effective_on, reason and fiscal_year: the one of the two that counts it."""
    year = run.period.fiscal_year
    years = {year.previous().name: study.churned_before, year.name: study.churned}
    parts = [found.rows.assign(fiscal_year=name) for name, found in years.items() if found is not None]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=CHURNS)
    frame = frame.sort_values(["effective_on", "customer_id"], ignore_index=True)[CHURNS]
    return Behind("churns", frame, ("growth.churns_year", "growth.churns_previous_year"))
