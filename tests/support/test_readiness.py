"""The help site, joined records, and the headline over all."""

import pytest

from cskit.errors import NotAvailable
from cskit.params import resolve
from cskit.run import Run
from cskit.support import filled, study, words
from cskit.support.shares import share_of

SESSIONS = """session_id,on,customer_id,opened_ticket
    1,2023-05-01,A,false
    2,2023-05-02,A,true
    3,2023-05-03,B,false
    4,2023-05-03,,false
    5,2023-05-03,,
    6,2023-02-03,A,true"""


@pytest.fixture
def run_of(data_of):
    def made(settings=None, **tables):
        params = resolve({"period": "2023Q2", "settings": settings or {}})
        return Run(params, data_of(as_of=params.period.end, settings=params.settings, **tables))

    return made


def test_self_resolution_is_of_visits_of_which_the_end_is_known(run_of):
    found = study(run_of(help_sessions=SESSIONS))
    assert (found.faq.visits.resolved.yes, found.faq.visits.resolved.n, found.faq.visits.unnoted) == (3, 4, 1)
    metric = found.metric("self_resolution")
    assert (metric.value, metric.before) == (0.75, 0.0) and metric.low < 0.75 < metric.high
    assert "1 visit of which it is not noted" in words.self_resolution(found).quiet


def test_a_customer_of_one_mind_widens_the_interval():
    import pandas as pd

    yes, n = pd.Series([1, 0] * 20), pd.Series([1] * 40)
    alone = share_of(yes, n, pd.Series([f"c{k}" for k in range(40)]), 0.95).around
    alike = share_of(yes, n, pd.Series([f"c{k % 4}" for k in range(40)]), 0.95).around
    nobody = share_of(yes, n, pd.Series([None] * 40, dtype=object), 0.95).around
    assert alike.high - alike.low > 2 * (alone.high - alone.low)
    assert nobody == alone


def test_a_change_that_chance_explains_claims_no_direction(run_of):
    few = study(run_of(help_sessions=SESSIONS))
    assert "whether it moved cannot be told" in words.self_resolution(few).text
    lines = [f"{n},2023-0{2 + 3 * (n % 2)}-05,c{n},{str(n % 2 == 0).lower()}" for n in range(80)]
    many = study(run_of(help_sessions="session_id,on,customer_id,opened_ticket\n" + "\n".join(lines)))
    assert "it rose, more than chance explains" in words.self_resolution(many).text


def test_searches_in_vain_stand_by_number(run_of):
    searches = """month,term,searches,without_result
        2023-04,api,10,2
        2023-05,api,10,3
        2023-06,bill,30,9
        2023-06,login,50,0
        2023-03,api,9,9"""
    found = study(run_of(help_searches=searches))
    assert found.faq.searches.rows["term"].tolist() == ["bill", "api", "login"]
    metric = found.metric("searches_without_result")
    assert (metric.value, metric.n, metric.before) == (0.14, 100, 1.0)


def test_an_article_is_unopened_if_known_from_before_and_not_viewed_since(run_of):
    articles = """month,article_id,views
        2023-03,read,5
        2023-05,read,1
        2023-03,zero,5
        2023-05,zero,0
        2022-01,gone,5
        2022-01,never,0
        2023-05,new,0"""
    found = study(run_of(help_articles=articles))
    assert found.faq.articles.unopened["article_id"].tolist() == ["never", "gone", "zero"]
    assert (found.metric("unopened_articles").value, found.metric("unopened_articles").n) == (3, 4)


CUSTOMERS = "customer_id,name,contracted_on,plan,region\nA,Alpha,2022-01-01,,\nB,Beta,2022-01-01,,east\nC,,2022-01-01,,"
TERMS = (
    "contract_id,customer_id,starts_on,ends_on,mrr\n1,A,2022-01-01,,10\n2,B,2022-01-01,2022-12-31,10\n3,C,2023-01-01,,5"
)


def test_records_meet_in_crm_contract_and_inquiry(run_of):
    tickets = "ticket_id,customer_id,opened_at\n1,A,2022-05-01 10:00\n2,B,2022-05-01 10:00"
    found = study(run_of(customers=CUSTOMERS, contracts=TERMS, tickets=tickets))
    assert found.metric("records_meet").value == pytest.approx(1 / 3)
    visit = "session_id,on,customer_id\n1,2023-05-01,C"
    found = study(run_of(customers=CUSTOMERS, contracts=TERMS, tickets=tickets, help_sessions=visit))
    assert found.metric("records_meet").value == pytest.approx(2 / 3)


def test_fields_never_filled_are_named(run_of):
    run = run_of(customers=CUSTOMERS)
    found = filled(run.data, run.period)
    assert found.never == ["customers.plan"]
    assert found.rows.set_index("column").loc["region", "filled"] == pytest.approx(1 / 3)
    assert "segment" in found.absent["customers"] and "contracts" not in found.absent


def test_with_nothing_of_support_the_report_says_what_it_needs(run_of):
    with pytest.raises(NotAvailable, match=r"tickets is missing(.|\n)*help_sessions is missing"):
        study(run_of(customers=CUSTOMERS))


def test_the_headline_says_the_three_checks(run_of):
    tickets = "ticket_id,customer_id,channel,opened_at\n1,A,phone,2023-05-01 10:00\n2,X,email,2023-05-01 10:00"
    run = run_of(customers=CUSTOMERS, tickets=tickets, help_sessions=SESSIONS)
    said = words.verdict(study(run))
    assert (
        "75 % of help visits end without an inquiry, 50 % of inquiries come by phone and 50 % name a customer we know."
        in said
    )
    assert words.headline(run, study(run)).keys[0] == "support.self_resolution"
