"""Churns that nobody saw coming; worked by hand."""

import pandas as pd
import pytest

from cskit import growth, health
from cskit.growth import words
from cskit.growth.signs import signs, watched_since
from cskit.params import resolve
from cskit.run import Run

CHURNS = """customer_id,notified_on,effective_on,reason
    early,2022-05-10,2022-06-30,price
    seen,2023-04-10,2023-05-31,price
    unseen,2023-05-10,2023-07-31,
    late,2023-06-10,2023-07-31,"""
TOUCHPOINTS = """touchpoint_id,customer_id,on,mass
    1,seen,2023-01-10,false
    2,unseen,2023-01-10,true
    3,late,2023-06-12,false
    4,other,2021-01-10,"""


def _run(data, **settings):
    return Run(resolve({"period": "2023Q2", "settings": settings}), data)


def _flags(*rows):
    return pd.DataFrame(rows, columns=["customer_id", "on", "flag"]).assign(
        on=lambda frame: pd.to_datetime(frame["on"])
    )


FLAGS = _flags(
    ("seen", "2023-01-31", "at_risk"),
    ("seen", "2023-03-31", "at_risk"),
    ("unseen", "2023-05-10", "at_risk"),  # on the day of the notice: too late
    ("unseen", "2022-05-09", "at_risk"),  # more than a year before
    ("late", "2022-06-10", "silence"),  # a year before to the day
    ("someone", "2021-01-31", "at_risk"),
)


def test_a_flag_before_the_notice_is_a_sign_and_one_on_its_day_is_none(data_of):
    found = signs(_run(data_of(churns=CHURNS)), (FLAGS,))
    assert found.unforeseen["customer_id"].tolist() == ["unseen"]
    (metric, _never) = found.metrics
    assert (metric.value, metric.n, metric.target, metric.on_target) == (1, 3, 0, "missed")


def test_notices_are_listed_from_the_first_day_of_the_years_before(data_of):
    rows = "customer_id,notified_on,effective_on\nfirst,2022-04-01,2022-05-31\nbefore,2022-03-31,2022-05-31"
    assert signs(_run(data_of(churns=rows)), (FLAGS,)).rows["customer_id"].tolist() == ["first"]


def test_each_flag_says_how_many_days_before(data_of):
    found = signs(_run(data_of(churns=CHURNS)), (FLAGS,))
    assert found.flags.to_dict("records") == [
        {"customer_id": "late", "flag": "silence", "first": 365, "last": 365},
        {"customer_id": "seen", "flag": "at_risk", "first": 69, "last": 10},
    ]


def test_the_year_before_counts_the_same_months(data_of):
    (metric, _never) = signs(_run(data_of(churns=CHURNS)), (FLAGS,)).metrics
    assert metric.year_before == 1


def test_an_action_opened_before_the_notice_is_a_sign(data_of):
    acted = "action_id,customer_id,opened_on\n1,unseen,2023-05-09\n2,late,2023-06-11"
    found = signs(_run(data_of(churns=CHURNS, actions=acted)), (FLAGS,))
    assert found.unforeseen.empty and found.sources == 2


def test_where_nobody_was_watched_nothing_is_unforeseen(data_of):
    found = signs(_run(data_of(churns=CHURNS)), (None,))
    assert found.sources == 0 and found.unforeseen.empty
    assert found.metrics[0].value is None
    first = _flags(("x", "2023-05-01", "at_risk"))
    later = signs(_run(data_of(churns=CHURNS)), (first,))
    assert (later.metrics[0].value, later.metrics[0].low, later.metrics[0].high) == (2, 2, 3)
    assert later.metrics[0].year_before is None


def test_actions_alone_do_not_watch_where_somebody_else_does(data_of):
    data = data_of(churns=CHURNS, actions="action_id,customer_id,opened_on\n1,other,2022-01-01")
    handed = signs(_run(data), (_flags(("x", "2023-05-01", "at_risk")),)).metrics[0]
    assert (handed.value, handed.low, handed.high) == (2, 2, 3)
    assert signs(_run(data), (None,)).metrics[0].value == 3


def test_bulk_mail_and_contacts_after_the_notice_are_no_contact_before_it(data_of):
    found = signs(_run(data_of(churns=CHURNS, touchpoints=TOUCHPOINTS)), (FLAGS,))
    assert sorted(found.uncontacted["customer_id"]) == ["late", "unseen"]
    assert (found.metrics[1].value, found.metrics[1].year_before) == (2, 1)
    assert str(found.contacts_since) == "2021-01-10"


def test_none_on_record_says_nothing_of_who_came_before_the_records(data_of):
    people = "customer_id,contracted_on\nold,2020-01-01\nnew,2023-04-02\nlong,2020-01-01\nother,2020-01-01"
    left = "customer_id,notified_on,effective_on\nold,2023-05-01,2023-08-31\nnew,2023-06-01,2023-08-31"
    touch = "touchpoint_id,customer_id,on\n1,other,2023-04-01"
    found = signs(_run(data_of(customers=people, churns=left, touchpoints=touch)), (FLAGS,))
    assert found.uncontacted["customer_id"].tolist() == ["new"]
    assert found.rows.set_index("customer_id")["contacts"].isna().to_dict() == {"new": False, "old": True}
    assert (found.metrics[1].value, found.metrics[1].low, found.metrics[1].high) == (1, 1, 2)


def test_grades_before_a_silence_could_be_told_are_no_flags(data_of):
    data = data_of(
        customers="customer_id,contracted_on\nA,2020-01-01", touchpoints="touchpoint_id,customer_id,on\n1,A,2022-08-31"
    )
    found = health.flags(_run(data), watched_since(_run(data)))
    # A was at risk on paper in July 2022, when no contact was on record yet; 183 days of records end on 2 March 2023.
    assert found["on"].min() == pd.Timestamp("2023-03-31")


def test_without_contacts_nobody_is_said_to_have_been_left_alone(data_of):
    found = signs(_run(data_of(churns=CHURNS)), (FLAGS,))
    assert found.uncontacted.empty and found.metrics[1].value is None


def test_a_notice_without_a_date_counts_on_the_last_day_and_the_day_it_comes_true(data_of):
    rows = "customer_id,notified_on,effective_on\nA,,2023-06-30\nB,,2023-07-31"
    found = signs(_run(data_of(churns=rows)), (FLAGS,))
    assert found.rows[["customer_id", "recorded"]].to_numpy().tolist() == [["A", False]]
    page = growth.page(_run(data_of(churns=rows)), None, (FLAGS,))
    assert "Of 1 the day of notice is not recorded" in words.signs(page).quiet
    alone = signs(_run(data_of(customers="customer_id,contracted_on,churned_on\nA,2022-01-01,2023-05-01")), (FLAGS,))
    assert alone.this_year["customer_id"].tolist() == ["A"]


def test_what_a_customer_paid_is_that_of_the_day_of_notice(data_of):
    terms = (
        "contract_id,customer_id,starts_on,ends_on,mrr\n1,seen,2022-06-01,2023-05-31,10\n2,seen,2021-06-01,2022-05-31,5"
    )
    found = signs(_run(data_of(churns=CHURNS, contracts=terms)), (FLAGS,))
    assert found.rows.set_index("customer_id").loc["seen", "arr"] == 120


def test_how_common_a_flag_is_stands_beside(data_of):
    people = "customer_id,contracted_on\n" + "\n".join(
        f"{name},2021-01-01" for name in ("early", "seen", "unseen", "late", "calm", "new", "old")
    )
    common = _flags(
        ("new", "2023-06-01", "at_risk"), ("old", "2022-06-30", "at_risk"), ("seen", "2023-06-01", "at_risk")
    )
    found = signs(_run(data_of(churns=CHURNS, customers=people)), (common,))
    assert (found.flagged, found.staying) == (1, 3)  # seen gave notice, the flag of old is a year and a day ago


def test_flags_are_wanted_from_a_year_before_the_first_notice_listed(data_of):
    assert str(watched_since(_run(data_of(churns=CHURNS)))) == "2021-04-01"
    fewer = {"growth": {"signs": {"days": 30, "years": 1}}}
    assert str(watched_since(_run(data_of(churns=CHURNS), **fewer))) == "2023-03-02"


def test_health_flags_who_was_at_risk_by_score_or_by_decision(data_of):
    data = data_of(
        customers="customer_id,contracted_on\nA,2021-01-01\nB,2021-01-01",
        touchpoints="touchpoint_id,customer_id,on\n1,A,2023-06-01\n2,B,2022-09-15",
        overrides="customer_id,on,grade\nA,2023-05-05,action\nB,2023-05-05,good",
    )
    run = _run(data)
    found = health.flags(run, watched_since(_run(data, growth={"signs": {"days": 30, "years": 1}})))
    assert found[found["flag"] == "decided_at_risk"]["customer_id"].tolist() == ["A"]
    # B was last spoken with in September: from 183 x 1.5 days on, the 17th of June, its grade is at most caution.
    shots = found[(found["flag"] == "at_risk") & (found["customer_id"] == "B")]
    assert pd.Timestamp("2023-06-30") in shots["on"].tolist()


def test_health_without_customers_gives_no_flags(data_of):
    assert health.flags(_run(data_of(churns=CHURNS)), watched_since(_run(data_of(churns=CHURNS)))) is None


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_sentence_counts_what_was_seen(data_of, lang):
    from cskit import i18n

    with i18n.speaking(lang):
        page = growth.page(_run(data_of(churns=CHURNS, touchpoints=TOUCHPOINTS)), None, (FLAGS,))
        text = words.signs(page).text
        rows = words.notice_rows(_run(data_of(churns=CHURNS)), page).html
    if lang == "en":
        assert text.startswith("3 customers have given notice since 1 April 2023, 1 without any sign before.")
        assert (
            "In the same months a year before 1 of 1 came without a sign." in text
            and "Never spoken with before: 2" in text
        )
        assert "at risk 10 to 69" in rows and "no sign" in rows
    else:
        assert "3件" in text and "予兆" in text


def test_a_notice_from_before_anybody_was_watched_is_not_said_to_be_foreseen(data_of):
    late = _flags(("someone", "2023-06-01", "at_risk"))
    run = _run(data_of(churns=CHURNS))
    page = growth.page(run, None, (late,))
    said = "3 customers have given notice since 1 April 2023, 1 without any sign before; of 2 it cannot be said."
    assert said in words.opening(run, page).verdict and words.signs(page).text.startswith(said)
    metric = page.signs.metrics[0]
    assert (metric.value, metric.low, metric.high, metric.on_target) == (1, 1, 3, "missed")
