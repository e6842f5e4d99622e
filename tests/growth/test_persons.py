"""How far work hangs on persons; worked by hand."""

from datetime import date

import pytest

from cskit.growth.persons import asked_by_name, dependence, persons
from cskit.params import resolve, settings_with
from cskit.run import Run

CUSTOMERS = "customer_id,contracted_on,churned_on,owner\nA,2021-01-01,,p\nB,2021-01-01,,q\nC,2021-01-01,,\nD,2021-01-01,2023-05-31,p"
TOUCH = """touchpoint_id,customer_id,csm_id,on,mass
    1,A,p,2023-02-01,
    2,A,p,2023-03-01,false
    3,A,p,2023-04-01,false
    4,B,p,2023-02-01,false
    5,B,q,2023-03-01,false
    6,B,q,2023-04-01,false
    7,C,p,2023-04-01,false
    8,C,p,2023-05-01,false
    9,D,p,2023-02-01,false
    10,D,p,2023-03-01,false
    11,D,p,2023-04-01,false
    12,C,p,2022-12-31,false
    13,C,q,2023-05-01,true
    14,C,,2023-05-01,false"""
CSMS = "csm_id,name,joined_on,left_on\np,佐藤 美咲,2020-01-01,2023-06-30\nq,Daniel Mori,2020-01-01,"


def _run(data):
    return Run(resolve({"period": "2023Q2"}), data)


def test_who_has_too_few_contacts_is_not_judged(data_of):
    rules = settings_with().growth.persons
    found = dependence(data_of(customers=CUSTOMERS, touchpoints=TOUCH), rules)
    assert found.customers["contacts"].to_dict() == {"A": 3, "B": 3, "C": 2}  # D has left; one of C is too old
    assert found.judged.index.tolist() == ["A", "B"] and found.alone.index.tolist() == ["A"]
    assert (found.share, found.nobody) == (0.5, 1)


def test_the_base_rate_is_that_of_contacts_falling_to_anybody(data_of):
    found = dependence(data_of(customers=CUSTOMERS, touchpoints=TOUCH), settings_with().growth.persons)
    assert found.by_chance == pytest.approx((6 / 8) ** 3 + (2 / 8) ** 3)  # p made 6 of 8, q 2; three contacts each


def test_a_contact_without_a_person_says_nothing(data_of):
    without = "touchpoint_id,customer_id,on\n1,A,2023-04-01"
    assert dependence(data_of(customers=CUSTOMERS, touchpoints=without), settings_with().growth.persons) is None


def test_customers_whose_only_person_left_and_those_without_anybody_are_counted(data_of):
    terms = "contract_id,customer_id,starts_on,ends_on,mrr\n1,A,2023-01-01,2023-12-31,10\n2,C,2023-01-01,2023-12-31,1"
    data = data_of(customers=CUSTOMERS, touchpoints=TOUCH, csms=CSMS, contracts=terms)
    found = persons(_run(data))
    assert (found.left_alone, found.left_alone_arr) == (1, 120)
    assert (found.without, found.without_arr) == (1, 12)
    assert found.dependence.most == (1, 120)
    assert found.dependence.arr_share == 1.0
    assert found.charge.to_dict() == {"p": 1, "q": 1}
    (metric,) = found.metrics
    assert (metric.value, metric.n) == (0.5, 2)


def test_open_onboardings_count_by_person_until_the_customer_leaves(data_of):
    begun = "onboarding_id,customer_id,route,started_on,completed_on,csm_id\n1,A,self,2023-05-01,,p\n2,B,self,2023-05-01,,p\n3,C,self,2023-05-01,2023-06-01,q\n4,D,self,2023-05-01,,q"
    assert persons(_run(data_of(customers=CUSTOMERS, onboardings=begun))).cases.to_dict() == {"p": 2}


def test_a_note_names_a_person_whole_or_by_family_name(data_of):
    notes = """touchpoint_id,customer_id,csm_id,on,direction,note
        1,A,q,2023-05-01,in,佐藤さんを指名
        2,D,p,2023-05-01,in,佐藤さん対応
        3,B,p,2023-05-01,in,asked for Daniel Mori
        4,C,q,2023-05-01,out,佐藤さんへ
        5,C,q,2023-05-01,in,砂佐藤
        6,C,q,2022-06-30,in,佐藤さんへ"""
    # 2 is the writer's own name, 4 was ours to begin, 5 is no name, 6 more than a year ago
    assert asked_by_name(data_of(touchpoints=notes, csms=CSMS)) == (2, 4)


def test_a_day_in_the_past_knows_its_own_contacts(data_of):
    data = data_of(customers=CUSTOMERS, touchpoints=TOUCH)
    assert dependence(data.at(date(2023, 4, 30)), settings_with().growth.persons).alone.index.tolist() == ["A", "D"]
