"""Which rows made the figures on revenue and churn?"""

import pandas as pd

from cskit.growth.analysis import Study
from cskit.growth.cohorts import lives
from cskit.growth.money import arr_on, doubtful
from cskit.growth.page import Page
from cskit.growth.worth import PHASES
from cskit.periods import months_away
from cskit.rows import Behind
from cskit.run import Run

__all__ = [
    "churns",
    "customer_persons",
    "customers_arr",
    "hours_by_quarter",
    "margin_months",
    "notices",
    "referrals",
    "renewals_ahead",
    "team",
    "years_of_life",
]

CHURNS = ["customer_id", "effective_on", "reason", "fiscal_year"]
NOTICES = [
    "customer_id", "notified_on", "effective_on", "recorded", "reason", "arr", "in_year", "year_before", "contacts",
    "judged", "signs", "flags",
]  # fmt: skip
RENEWALS = ["customer_id", "ends_on", "notice_by", "auto_renew", "arr", "grade", "at_risk"]
PERSONS = ["customer_id", "contacts", "people", "csm_id", "enough", "alone", "arr"]
MONTHS = ["month", "revenue", "hours", *(f"cost_{name}" for name in PHASES), "margin_before"]
QUARTERS = ["start", "end", "customers", "hours", "each", "estimated"]
LIVES = ["year_of_life", "there", "left"]
REFERRALS = ["referral_id", "customer_id", "on", "category", "status", "recent"]
TEAM = ["csm_id", "joined_on", "left_on"]


def customers_arr(run: Run, study: Study) -> Behind:
    """ARR of everybody who paid on one of three days.

    Columns customer_id, name, arr_a_year_before, arr_before (end of the period of comparison), arr_now and
    in_retention: paid a year before, and counts in NRR and GRR. A column is empty where no ARR of its day is known.

    >>> len(customers_arr(run, page.money).frame)
    484
    """
    year_ago, before = months_away(run.data.as_of, -12), run.compare_to.end
    days = {"arr_a_year_before": arr_on(run.data, year_ago), "arr_before": arr_on(run.data, before)}
    frame = pd.DataFrame(days | {"arr_now": study.arr}, dtype=float)
    frame = frame.fillna({name: 0.0 for name in frame if frame[name].notna().any()})
    counted = (frame["arr_a_year_before"] > 0) & ~frame.index.isin(doubtful(run.data))
    frame = frame.assign(in_retention=counted).rename_axis("customer_id").sort_index().reset_index()
    frame.insert(1, "name", frame["customer_id"].map(study.names))
    named = ("arr", "nrr", "grr", "arpa", "logo_churn", "revenue_churn")
    return Behind("customers_arr", frame, tuple(f"growth.{name}" for name in named))


def churns(run: Run, study: Study) -> Behind:
    """Who left, columns customer_id, effective_on, reason and fiscal_year: the one of the two that counts it.

    >>> len(churns(run, page.money).frame)
    3
    """
    year = run.period.fiscal_year
    years = {year.previous().name: study.churned_before, year.name: study.churned}
    parts = [found.rows.assign(fiscal_year=name) for name, found in years.items() if found is not None]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=CHURNS)
    frame = frame.sort_values(["effective_on", "customer_id"], ignore_index=True)[CHURNS]
    return Behind("churns", frame, ("growth.churns_year", "growth.churns_previous_year"))


def notices(page: Page) -> Behind:
    """Who gave notice in the last fiscal years: columns ``NOTICES``.

    ``flags`` names what was seen within the year before the notice, and how many days before it first and last.

    >>> len(notices(page).frame)
    5
    """
    named = ("growth.unforeseen_churns", "growth.uncontacted_churns")
    if page.signs is None:
        return Behind("notices", pd.DataFrame(columns=NOTICES), named)
    seen = page.signs.flags
    told = seen["flag"] + ":" + seen["first"].astype(str) + "-" + seen["last"].astype(str)
    each = told.groupby(seen["customer_id"]).agg(" ".join).to_dict()
    frame = page.signs.rows.assign(flags=[each.get(one, "") for one in page.signs.rows["customer_id"]])
    return Behind("notices", frame[NOTICES], named)


def renewals_ahead(page: Page) -> Behind:
    """Terms that end in the quarters ahead: columns ``RENEWALS``.

    >>> len(renewals_ahead(page).frame)
    225
    """
    frame = page.ahead.rows[RENEWALS] if page.ahead is not None else pd.DataFrame(columns=RENEWALS)
    return Behind("renewals_ahead", frame, ("growth.renewals_at_risk",))


def customer_persons(page: Page) -> Behind:
    """Contacts of the last months by customer, and by how many of us: columns ``PERSONS``.

    >>> len(customer_persons(page).frame)
    384
    """
    found = page.persons.dependence
    frame = found.customers.reset_index()[PERSONS] if found is not None else pd.DataFrame(columns=PERSONS)
    return Behind("customer_persons", frame, ("growth.person_dependence",))


def margin_months(page: Page) -> Behind:
    """Revenue, and hours and cost of customer success, of each month the margin rests on: columns ``MONTHS``.

    >>> len(margin_months(page).frame)
    12
    """
    if page.worth is None:
        frame = pd.DataFrame(columns=MONTHS)
    else:
        frame = page.worth.months.assign(margin_before=page.worth.before_cs)[MONTHS]
    return Behind("margin_months", frame, ("growth.gross_margin", "growth.ltv"))


def hours_by_quarter(page: Page) -> Behind:
    """Hours and customers of the last quarters: columns ``QUARTERS``.

    >>> len(hours_by_quarter(page).frame)
    8
    """
    frame = page.effort.rows[QUARTERS] if page.effort is not None else pd.DataFrame(columns=QUARTERS)
    return Behind("hours_by_quarter", frame, ("growth.hours_per_customer",))


def years_of_life(run: Run) -> Behind:
    """By year of a customer's life, how many were watched through it, and left in it: columns ``LIVES``.

    >>> len(years_of_life(run).frame)
    8
    """
    found = lives(run.data, run.settings.calendar.first_fiscal_month)
    frame = pd.DataFrame(columns=LIVES)
    if found is not None:
        there, left = found.by_age()
        frame = pd.DataFrame({"year_of_life": range(1, len(there) + 1), "there": there, "left": left})
    return Behind("years_of_life", frame, ("growth.ltv_uneven",))


def referrals(page: Page) -> Behind:
    """Referrals of the last 24 months: columns ``REFERRALS``; ``recent``: of the last 12.

    >>> len(referrals(page).frame)
    41
    """
    frame = page.referred.rows[REFERRALS] if page.referred is not None else pd.DataFrame(columns=REFERRALS)
    return Behind("growth_referrals", frame, ("growth.referrals",))


def team(run: Run) -> Behind:
    """Who is in the team on the last day: columns ``TEAM``.

    >>> len(team(run).frame)
    8
    """
    frame = pd.DataFrame(columns=TEAM)
    if run.data.has("csms", "joined_on"):
        people = run.data.table("csms")
        there = people.filter(
            people.joined_on.notnull() & (people.left_on.isnull() | (people.left_on >= run.data.as_of))
        )
        frame = there.select(*TEAM).order_by("csm_id").to_pandas()
    return Behind("team", frame, ("growth.customers_per_member", "growth.arr_per_member"))
