"""What the page says: verdicts by rules, directions only where they can be told, counts with hedged causes."""

from datetime import date

import pandas as pd
import pytest

from cskit import growth, i18n
from cskit.growth import charts, words
from cskit.params import resolve
from cskit.run import Run
from tests.growth.test_ahead import GRADES, TERMS
from tests.growth.test_persons import CSMS, CUSTOMERS, TOUCH


def _page(data, monthly=None, grades=None):
    run = Run(resolve({"period": "2023Q2"}), data)
    return run, growth.page(run, grades, (), monthly)


def _months(estimated):
    rows = [(date(2022, month, 1), "live", "booked", False, 10.0, 0.0) for month in (4, 5, 6)]
    for month in (4, 5, 6):
        rows += [(date(2023, month, 1), "live", "booked", False, 9.0 - estimated, 0.0)]
        rows += [(date(2023, month, 1), "live", "estimated", False, estimated, 0.0)] if estimated else []
    return pd.DataFrame(rows, columns=["month", "phase", "source", "flat", "hours", "cost"])


PEOPLE = "customer_id,contracted_on\nA,2021-01-01"


def test_the_phase_is_provisional_where_rules_cannot_be_told(data_of):
    _run, page = _page(data_of(customers="customer_id\n" + "\n".join(map(str, range(12)))))
    found = words.stage(page)
    assert (
        found.text
        == "By our rules we are in phase 1→10: 1 of its 1 rules hold. What does not hold: customers 12 (at least 100)."
    )
    assert "9 rules cannot be told from the data. Whatever they held, it would be phase 0→1 to 10→100." in found.quiet


def test_without_any_fact_no_phase_is_claimed(data_of):
    _run, page = _page(data_of(events="event_id,on\n1,2023-05-01"))
    assert words.stage(page).text == "Which phase of growth we are in cannot be told from the data."
    assert words.questions(page).quiet == ""


def test_hours_say_a_direction_only_beyond_what_is_estimated(data_of):
    _run, page = _page(data_of(customers=PEOPLE), _months(0.5))
    assert "cannot be told" not in words.effort(page).text and "(−10 %)" in words.effort(page).text
    _run, page = _page(data_of(customers=PEOPLE), _months(2.0))
    assert words.effort(page).text.endswith("that the direction cannot be told.")


def test_who_would_take_over_is_said_without_a_name(data_of):
    run, page = _page(data_of(customers=CUSTOMERS, touchpoints=TOUCH, csms=CSMS))
    found = words.persons(run, page)
    assert found.text.startswith("With 1 of 2 customers only one of us spoke in the last 6 months (50 %).")
    assert "1 customer with ¥0 of ARR knows only somebody who has left us." in found.text
    assert "If contacts fell to anybody of the team by chance it would be 44 %." in found.quiet
    assert "1 customer spoken with, but fewer than 3 times, is not judged." in found.quiet  # who never was is not in it
    shown = [words.persons(run, page), words.asked(page), words.cases(page), words.stage(page)]
    assert not [one for one in shown for name in ("佐藤", "Mori", "M00") if name in one.text + one.quiet]


def test_renewals_whose_day_for_notice_has_passed_are_counted_and_not_listed(data_of):
    _run, page = _page(data_of(contracts=TERMS), None, GRADES)
    assert "Of 1 of these, ¥240, the day for notice has passed without one." in words.ahead(page).text
    assert words.ahead_rows(page).frame["Customer"].tolist() == ["C", "A", "C"]
    assert words.ahead_rows(page).full["customer_id"].tolist() == ["B", "C", "A", "C"]
    assert "unknown" not in words.ahead_matrix(page).frame


def test_halved_churns_are_a_fact_and_their_cause_is_not(data_of):
    left = "\n".join(f"a{n},2020-01-01,2021-06-{n + 10}" for n in range(8))
    left += "\n" + "\n".join(f"b{n},2020-01-01,2022-06-{n + 10}" for n in range(4))
    team = "csm_id,joined_on\np,2020-01-01\nq,2021-06-01\nr,2022-06-01"
    _run, page = _page(data_of(customers="customer_id,contracted_on,churned_on\n" + left, csms=team))
    found = words.beside(page)
    assert (
        found.text
        == "Churns went from 8 in FY2021 to 4 in FY2022 (counted). Too few to say whether by our work or by chance."
    )
    assert found.quiet.startswith("In the same years: the team from 1 to 3 people and customers from 12 to 4.")
    assert (
        charts.beside(page).alt
        == "Churns by fiscal year: FY2021 8 · team of 2; FY2022 4 · team of 3; FY2023, to date 0 · team of 3."
    )


def test_three_times_the_churns_of_three_times_the_customers_are_no_change(data_of):
    # 9 of 100 leave in FY2021; FY2022 begins with 300 customers, of whom 27 leave.
    rows = [(f"o{n}", "2020-01-01", f"2021-06-{n + 10}" if n < 9 else "") for n in range(100)]
    rows += [(f"n{n}", "2021-05-01", f"2022-06-{n + 1:02d}" if n < 27 else "") for n in range(209)]
    people = "customer_id,contracted_on,churned_on\n" + "\n".join(map(",".join, rows))
    _run, page = _page(data_of(customers=people))
    assert words.beside(page).text.endswith(
        "Churns went from 9 in FY2021 to 27 in FY2022 (counted). The number of customers changed as well, which alone may explain it."
    )


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_bridge_is_read_out_step_by_step(data_of, lang):
    terms = "contract_id,customer_id,starts_on,ends_on,mrr\n1,A,2022-01-01,2022-12-31,1000000\n2,A,2023-01-01,2023-12-31,2000000"
    with i18n.speaking(lang):
        _run, page = _page(data_of(contracts=terms))
        said = words.bridge(page).text, charts.bridge(page).alt
    if lang == "en":
        assert said[0] == "ARR went from ¥12M to ¥24M in 12 months: expansion +¥12M (1 customer)."
        assert said[1] == "ARR step by step: a year ago ¥12M; expansion +¥12M; now ¥24M."
    else:
        assert said[0] == "ARRは12か月で1,200万円から2,400万円になりました。内訳は増額 +1,200万円(1社)。"
        assert said[1] == "ARRの増減内訳:1年前 1,200万円、増額 +1,200万円、現在 2,400万円。"


def test_a_churn_nobody_saw_coming_asks_for_a_decision_before_who_takes_over(data_of):
    churns = "customer_id,notified_on,effective_on\nD,2023-05-10,2023-05-31"
    flags = pd.DataFrame({"customer_id": ["A"], "on": [pd.Timestamp("2023-01-31")], "flag": ["at_risk"]})
    data = data_of(customers=CUSTOMERS, touchpoints=TOUCH, csms=CSMS, churns=churns)
    run = Run(resolve({"period": "2023Q2"}), data)
    found = words.next_step(growth.page(run, None, (flags,)))
    assert found.text.startswith("Find out what would have shown that 1 customer was about to leave")
    found = words.next_step(growth.page(run, None, (flags.assign(customer_id="D"),)))
    assert found.text == "Introduce somebody to 1 customer whose only person has left us: ¥0 of ARR."
