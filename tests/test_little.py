"""With little data every page still says a sentence: no crash, no nan, no invented number, in either language."""

import json
import re

import pytest

from cskit import growth, health, i18n, nps, onboarding, plays, style, support, workload
from cskit.facts import arr_by_customer
from cskit.growth import behind as growth_rows
from cskit.growth import charts as growth_charts
from cskit.health import behind as health_rows
from cskit.health import charts as health_charts
from cskit.nps import behind as nps_rows
from cskit.nps import charts as nps_charts
from cskit.onboarding import behind as onboarding_rows
from cskit.onboarding import charts as onboarding_charts
from cskit.params import resolve
from cskit.plays import behind as plays_rows
from cskit.plays import charts as plays_charts
from cskit.run import Run
from cskit.show import Decisions
from cskit.summary import Overview, look
from cskit.support import behind as support_rows
from cskit.support import charts as support_charts
from cskit.workload import behind as workload_rows
from cskit.workload import charts as workload_charts

WINGS = {
    "growth": growth, "onboarding": onboarding, "health": health, "nps": nps, "workload": workload, "support": support,
    "plays": plays,
}  # fmt: skip
ONE = "customer_id,name,contracted_on\nA,Alpha & <Sons>,2022-01-01"
WAVE = "wave,closed_on\nspring,2023-04-14"
CASES = {
    "one customer and nothing else": {"customers": ONE},
    "a customer to come": {"customers": "customer_id,contracted_on\nA,2024-01-01"},
    "one answer": {"nps_waves": WAVE, "nps_responses": "wave,respondent_id,score\nspring,r,0"},
    "a unanimous wave": {
        "nps_waves": WAVE + "\nautumn,2022-10-31",
        "nps_responses": "wave,respondent_id,score\n"
        + "\n".join(f"{wave},{n},10" for wave in ("spring", "autumn") for n in range(3)),
    },
    "a wave of one segment, two routes, and a comment": {
        "customers": "customer_id,contracted_on,segment\nA,2022-01-01,mid\nB,2022-01-01,",
        "onboardings": "onboarding_id,customer_id,route,started_on\n1,A,self,2022-01-30\n2,B,hybrid,2022-01-30",
        "nps_waves": WAVE + "\nautumn,2022-10-31",
        "nps_invitations": "wave,respondent_id,customer_id\n"
        + "\n".join(f"{wave},{n},{'AB'[n % 2]}" for wave in ("spring", "autumn") for n in range(12)),
        "nps_responses": "wave,respondent_id,customer_id,score,comment,may_share,weight\n"
        + "\n".join(f"{wave},{n},{'AB'[n % 2]},{n},price,true,0" for wave in ("spring", "autumn") for n in range(9)),
        "events": "event_id,on,kind,title\n1,2022-12-01,price,",
    },
    "one onboarding, unfinished": {
        "customers": ONE,
        "onboardings": "onboarding_id,customer_id,route,started_on\n1,A,self,2023-06-30",
    },
    "an old onboarding": {"onboardings": "onboarding_id,customer_id,route,started_on\n1,A,hybrid,2021-01-01"},
    "two onboardings with everything, all alike": {
        "customers": "customer_id,name,segment,contracted_on,churned_on\nA,Alpha & <Sons>,,2022-01-01,2023-05-01\nB,,,2022-01-01,",
        "onboardings": "onboarding_id,customer_id,route,flow_version,started_on,due_on,completed_on,csm_id\n"
        "1,A,self,v1,2022-05-01,2022-06-01,2022-06-01,p\n2,B,self,v2,2023-01-05,2023-04-05,,p",
        "onboarding_steps": "onboarding_id,step,responsible,started_on,done_on\n1,a <Sons>,,2022-05-01,2022-05-01\n2,a <Sons>,,,",
        "hearings": "customer_id,item,on,answer\nA,goal,,yes\nB,goal,2023-01-06,",
        "initiatives": "name,started_on\n<Sons>,",
        "time_logs": "log_id,csm_id,on,minutes,customer_id\n1,p,2022-05-02,30,A",
    },
    "a year of onboardings, unanimous": {
        "onboardings": "onboarding_id,customer_id,route,flow_version,started_on,due_on,completed_on\n"
        + "\n".join(
            f"{n},C{n},self,v{n % 2},2022-{1 + n % 12:02d}-01,2022-12-31,2022-{1 + n % 12:02d}-01" for n in range(48)
        ),
        "hearings": "customer_id,item,on,answer\nC1,goal,2022-01-06,yes",
        "onboarding_steps": "onboarding_id,step,responsible,started_on,done_on\n1,a,cs,2022-05-01,2022-05-02\n2,a,cs,2022-05-01,2022-05-02",
    },
    "one booking": {"time_logs": "log_id,csm_id,on,minutes\n1,p,2023-05-01,30"},
    "a booking of another year": {"time_logs": "log_id,csm_id,on,minutes\n1,p,2020-05-01,30", "csms": "csm_id\np"},
    "one of each of the team's tables": {
        "customers": ONE,
        "csms": "csm_id,joined_on,weekly_hours\np,2023-05-01,40",
        "time_logs": "log_id,csm_id,on,task,minutes,customer_id\n1,p,2023-05-01,work,30,A",
        "touchpoints": "touchpoint_id,customer_id,on,kind\n1,A,2023-05-01,regular",
        "service_levels": "customer_id,from_on,mode\nA,2023-01-01,operation",
        "initiatives": "name,started_on,task\nless,2023-05-01,work",
        "tickets": "ticket_id,channel,opened_at\n1,phone,2023-05-01 10:00",
    },
    "contacts of nobody in particular": {"touchpoints": "touchpoint_id,customer_id,on\n1,A,2023-05-01"},
    "one contract": {
        "customers": ONE,
        "contracts": "contract_id,customer_id,kind,starts_on,ends_on,notice_by,mrr\n1,A,paid,2023-01-01,2023-12-31,,0",
    },
    "one inquiry, never answered": {"tickets": "ticket_id,opened_at\n1,2023-05-01 10:00"},
    "one inquiry of a stranger, solved at once": {
        "customers": ONE,
        "contracts": "contract_id,customer_id,starts_on,mrr\n1,A,2022-01-01,10",
        "tickets": "ticket_id,customer_id,channel,category,opened_at,first_reply_at,resolved_at,reopened_at,handling_minutes\n"
        "1,,phone,<Sons>,2023-05-01 10:00,2023-05-01 10:00,2023-05-01 10:00,,",
    },
    "a help site nobody needs": {
        "help_sessions": "session_id,on,opened_ticket\n1,2023-05-01,",
        "help_searches": "month,term,searches,without_result\n2023-05,<Sons>,0,0",
        "help_articles": "month,article_id,views\n2022-05,<Sons>,1",
    },
    "one of each of support's tables": {
        "customers": ONE,
        "touchpoints": "touchpoint_id,customer_id,on\n1,A,2022-02-01",
        "usage": "customer_id,on,active_users\nA,2022-05-01,1",
        "tickets": "ticket_id,customer_id,channel,opened_at\n1,A,email,2022-05-01 10:00",
        "help_sessions": "session_id,on,customer_id,opened_ticket\n1,2023-05-01,,false\n2,2023-05-01,,true",
        "help_searches": "month,term,searches,without_result\n2023-05,<Sons>,3,3",
        "help_articles": "month,article_id,views\n2022-05,<Sons>,1",
        "requests": "request_id,on,category\n1,2023-05-01,<Sons>",
        "referrals": "referral_id,customer_id,on\n1,A,2023-05-01",
        "journeys": "journey,reviewed_on\n<Sons>,",
        "community": "month,members,active,posts\n2023-05,,,",
    },
    "a survey nobody answered": {
        "customers": ONE,
        "nps_waves": WAVE,
        "nps_invitations": "wave,respondent_id,customer_id\nspring,r,A",
        "nps_responses": "wave,respondent_id,score\nspring,s,9",
        "community": "month,members,active,posts\n2023-05,4,1,0",
    },
    "one of each of growth's tables": {
        "customers": "customer_id,name,contracted_on,churned_on\nA,Alpha & <Sons>,2021-04-01,2023-05-01\nB,,2022-04-01,",
        "churns": "customer_id,notified_on,effective_on,reason\nA,,2023-05-01,<Sons>\nB,2023-06-01,2023-09-30,",
        "contracts": "contract_id,customer_id,starts_on,ends_on,mrr\n1,A,2021-04-01,2023-05-01,10\n2,B,2022-04-01,2023-09-30,5",
        "csms": "csm_id,name,joined_on,left_on\np,<Sons>,2021-01-01,2023-06-01\nq,,2022-01-01,",
        "touchpoints": "touchpoint_id,customer_id,csm_id,on,direction,note\n"
        + "\n".join(f"{n},B,p,2023-04-0{n},in,<Sons>" for n in (1, 2, 3)),
        "onboardings": "onboarding_id,customer_id,route,flow_version,started_on,completed_on,csm_id\n1,B,self,<Sons>,2023-04-01,2023-04-01,p\n2,B,self,,2023-04-02,,q",
        "time_logs": "log_id,csm_id,on,minutes,customer_id\n1,p,2022-05-01,60,A\n2,p,2023-04-01,0,B",
        "events": "event_id,on,kind\n1,2023-05-01,incident",
        "referrals": "referral_id,customer_id,on,status\n1,B,2023-05-01,won",
        "actions": "action_id,customer_id,opened_on\n1,A,2023-04-30",
    },
    "everybody churned": {
        "customers": "customer_id,contracted_on,churned_on\nA,2022-01-01,2023-05-01",
        "churns": "customer_id,effective_on\nA,2023-05-01",
    },
}


def _shown(run):
    """Everything the notebooks show, of all wings that can be studied from this data."""
    views = {name: look(run, wing) for name, wing in WINGS.items()}
    grades = health.grades(run)
    yield Overview(views)
    yield Decisions(tuple(view.decision for view in views.values()))
    money = growth.study(run)
    yield from (growth.words.headline(run, money), growth.words.money(money), growth.words.churns(money))
    yield from (growth.words.renewals(money, grades), growth.words.renewals_finding(money, grades))
    yield from _growth_topics(run, _page(run, grades))
    arr = arr_by_customer(run.data)
    if study := views["onboarding"].study:
        yield from (onboarding_charts.mix(study), onboarding_charts.days(study), onboarding_charts.knowledge(study))
        yield from (f(study) for f in (onboarding.words.mix, onboarding.words.days, onboarding.words.knowledge))
        yield from (onboarding.words.unknown(study, arr), onboarding.words.unknown_rows(study, arr))
        yield from _onboarding_topics(run, study)
    if study := views["health"].study:
        yield from (f(study) for f in (health_charts.grades, health_charts.at_risk, health_charts.dimensions))
        yield from (
            f(study) for f in (health.words.grades, health.words.at_risk, health.words.coverage, health.words.decided)
        )
        yield health.words.at_risk_rows(study, arr)
        yield from _health_topics(run, study, arr)
    if study := views["nps"].study:
        yield from (nps_charts.change(study), nps_charts.trend(study))
        yield from (f(study) for f in (nps.words.change, nps.words.categories, nps.words.response, nps.words.trend))
        panel, silent = nps.paired(run, study), nps.silent(run, study, grades)
        yield from (nps.words.paired(study, panel), nps.words.migration(study, panel))
        yield from (nps.words.silent(study, silent), nps.words.silent_rows(study, silent))
        yield from (nps_charts.votes(study, found := nps.votes(run, study, arr)), nps.words.votes(study, found))
        for topic in ("segments", "comments", "plan"):
            found = getattr(nps, topic)(run, study)
            yield from (getattr(nps_charts, topic)(study, found), getattr(nps.words, topic)(study, found))
        yield from (nps.words.drivers(study, nps.segments(run, study)), nps.words.events(nps.events(run, study)))
        yield nps.words.comment_rows(study, nps.comments(run, study), 15)
    if study := views["workload"].study:
        yield from (workload_charts.tasks(study), workload_charts.modes(study))
        yield from (f(study) for f in (workload.words.tasks, workload.words.phases, workload.words.modes))
        yield from _workload_topics(run, study)
    if study := views["plays"].study:
        say = plays.words
        yield from (
            plays_charts.called_for(study),
            say.action_rows(study),
            say.action_rows(study, ("new",), 15, owner=False),
        )
        yield from (f(study) for f in (say.hours, say.hour_rows, say.begun, say.done, say.done_rows, say.effect))
        yield from (say.play_rows(study), say.crm_rows(study), say.to_do(run, study))

    if study := views["support"].study:
        yield from _support_topics(run, study, [view.headline for view in views.values() if view.headline])


def _support_topics(run, study, heads):
    """As the notebook asks them."""
    say, charts = support.words, support_charts
    yield from (
        f(study)
        for f in (
            charts.self_resolution,
            charts.searches,
            charts.channels,
            charts.joined,
            charts.silent,
            charts.replies,
        )
    )
    yield from (
        f(study) for f in (say.self_resolution, say.searches, say.articles, say.channels, say.moving, say.joined)
    )
    fields = support.filled(run.data, run.period)
    yield from (say.filled(fields), say.filled_rows(fields), say.silent(run, study), say.silent_rows(study))
    yield from (f(study) for f in (say.replies, say.time_rows, say.categories))
    when, asked = support.load(run, study.now), support.wishes(run)
    yield from (charts.load(when), say.load(run, study, when), say.wishes(asked), say.wish_rows(asked))
    maps, club = support.journeys(run), support.community(run)
    told = (say.journeys(run, maps), say.community(run, club), *heads)
    road = support.roadmap(run, [metric for each in told for metric in each.metrics])
    yield from (*told[:2], say.journey_rows(maps), say.roadmap(road), say.roadmap_rows(road), say.outcome(road))


def _page(run, grades=None):
    since = growth.watched_since(run)
    flags = (health.flags(run, since), support.flags(run, since))
    return growth.page(run, grades, flags, workload.monthly(run))


def _growth_topics(run, page):
    """As the notebook asks them."""
    say = growth.words
    yield from (say.opening(run, page), say.flow(run, page), say.version_rows(run, page), say.persons(run, page))
    yield from (say.notice_rows(run, page), say.ahead_rows(page), Decisions((say.next_step(page),)))
    figures = (growth_charts.bridge, growth_charts.beside, growth_charts.worth, growth_charts.effort)
    said = (say.stage, say.stage_rows, say.questions, say.signs, say.ahead, say.ahead_matrix, say.bridge, say.course)
    said += (say.course_rows, say.cohorts, say.cohort_rows, say.beside, say.beside_rows, say.reason_rows, say.worth)
    said += (say.worth_rows, say.hour_saved, say.referred, say.route_rows, say.asked, say.person_rows, say.cases)
    yield from (view(page) for view in (*figures, *said, say.effort, say.target_rows))


def _workload_topics(run, study):
    say = workload.words
    spent, lived, coming = workload.costs(run), workload.served(run), workload.outlook(run)
    yield from (say.unlogged(run, study), say.unlogged_rows(run, study), say.cube_rows(run))
    yield from (say.costs(run, spent), say.dear_rows(spent))
    mixes = workload.mixes(run, lived)
    yield from (say.served(lived), say.served_rows(lived), say.mixes(mixes), say.mix_rows(mixes))
    yield say.rollout(run, workload.rollout(run))
    yield say.projects(workload.projects(run))
    found = workload.initiatives(run)
    yield from (workload_charts.initiatives(found), say.initiatives(found), say.initiative_rows(found))
    yield from (workload_charts.outlook(coming), say.outlook(run, coming))
    yield say.plan_rows(run, workload.plans(run, coming, spent))
    team = workload.people(run)
    yield from (f(team) for f in (say.people, say.people_rows, say.task_rows, say.independence))
    reviews = workload.calendar(run)
    yield from (say.calendar(reviews), say.calendar_rows(reviews), say.inbound(workload.inbound(run)))


def _health_topics(run, study, arr):
    """The deeper topics of the health notebook."""
    words, charts = health.words, health_charts
    since, course, proof = (
        health.moved(study.before, study.now, study.rules),
        health.history(run, study),
        health.backtest(run, study),
    )
    known, other, offered = health.ages(run, study), health.sensitivity(study.now, study.rules, 1), health.learnt(proof)
    yield from (words.at_risk_rows(study, arr, 15, since), words.meeting(run, study, since))
    yield from (charts.moved(since), words.moved(since), words.grade_rows(study, since))
    yield from (charts.history(course), words.history(course), words.cohort(study), words.cohort_rows(study))
    yield from (charts.backtest(proof), charts.survival(proof), words.backtest(run, proof), words.calibration(proof))
    yield from (words.good_churned(proof), words.good_churned_rows(study, proof))
    yield from (words.stale(run, known), words.stale_rows(known), words.unknown(study, None))
    yield from (charts.sensitivity(other), words.sensitivity(other, study))
    yield from (charts.learnt(offered), words.learnt(offered), words.learnt_rows(offered))


def _onboarding_topics(run, study):
    """As the notebook asks them."""
    topics, words, charts = onboarding.topics, onboarding.words, onboarding_charts
    rise, pace, flow = topics.rise(run, study.months), topics.timeliness(run), topics.flow(run)
    yield from (charts.rise(rise), words.rise(rise), words.share_steps(topics.share_steps(run, study.months)))
    yield from (words.on_time(run, pace), words.overdue_rows(pace), words.overdue(pace))
    yield from (words.parallel(run, pace), words.parallel_rows(pace))
    yield from (charts.flow(flow), words.flow(flow), words.flow_rows(flow), words.followed(flow))
    shown = {
        "course": (charts.course, words.course), "versions": (words.versions_rows, words.versions),
        "items": (charts.items, words.items, words.items_rows), "leaving": (words.leaving, words.groups_rows),
        "balance": (charts.balance, words.balance, words.balance_rows),
    }  # fmt: skip
    for name, views in shown.items():
        found = getattr(topics, name)(run)
        yield from (view(found) for view in views)


def _behind(run):
    """The rows behind the metrics of all wings that can be studied from this data, as the notebooks ask for them."""
    views = {name: look(run, wing).study for name, wing in WINGS.items()}
    rows, page = growth_rows, _page(run, health.grades(run))
    yield from (f(run, views["growth"]) for f in (rows.customers_arr, rows.churns))
    named = (rows.notices, rows.renewals_ahead, rows.customer_persons, rows.margin_months, rows.hours_by_quarter)
    yield from (f(page) for f in (*named, rows.referrals))
    yield from (f(run) for f in (rows.years_of_life, rows.team))
    if study := views["onboarding"]:
        topics, rows = onboarding.topics, onboarding_rows
        yield from (rows.onboardings(run, topics.timeliness(run)), rows.onboarding_hearings(run))
        yield from (rows.onboarding_months(study, topics.rise(run, study.months)), rows.unknown_customers(study))
        yield rows.onboarding_balance(topics.balance(run))
    if study := views["health"]:
        yield from (health_rows.health_customers(study), health_rows.health_inputs(study, health.ages(run, study)))
        yield health_rows.health_backtest(health.backtest(run, study))
    if study := views["nps"]:
        yield from (f(run, study) for f in (nps_rows.nps_answers, nps_rows.nps_asked))
    if study := views["workload"]:
        spent = workload.costs(run)
        yield from (workload_rows.hours_booked(spent), workload_rows.modes_before_after(study))
        yield from (workload_rows.customer_costs(run, spent), workload_rows.hours_by_month(workload.outlook(run)))
    if study := views["plays"]:
        yield from (plays_rows.actions_now(study), plays_rows.actions_done(study), plays_rows.actions_effect(study))

    if study := views["support"]:
        rows = support_rows
        yield from (f(study) for f in (rows.help_visits, rows.help_searches, rows.help_articles))
        yield from (f(study) for f in (rows.support_inquiries, rows.support_customers))
        yield from (rows.community_months(support.community(run)), rows.journeys_reviewed(support.journeys(run)))


@pytest.fixture(autouse=True)
def _every_glyph(monkeypatch):
    """A word of ours that the figures' fonts cannot draw, in either language, is an error here."""
    monkeypatch.setattr(style, "MISSING_GLYPH", "error")


@pytest.mark.parametrize("case", CASES)
def test_little_data_gives_sentences(data_of, case):
    data = data_of(**CASES[case])  # once for both languages: queries speak none
    for lang in ("en", "ja"):
        with i18n.speaking(lang):
            for shown in _shown(Run(resolve({"period": "2023Q2", "lang": lang}), data)):
                html = shown._repr_mimebundle_()["text/html"]
                words = re.sub(r"<[^>]*>", " ", html)
                assert not re.search(r"\b(None|(?i:nan|nat|inf))\b", words), words  # none, in lower case, is a word
                assert "<Sons>" not in html


@pytest.mark.parametrize("case", CASES)
def test_little_data_has_rows_behind_it_or_none_and_always_columns(data_of, case):
    for shown in _behind(Run(resolve({"period": "2023Q2"}), data_of(**CASES[case]))):
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in shown.frame), shown.name
        json.dumps(shown._repr_mimebundle_(), allow_nan=False)


def test_what_is_missing_is_named_with_what_it_would_add(data_of):
    run = Run(resolve({"period": "2023Q2"}), data_of(customers=ONE))
    missing = look(run, nps).missing
    assert "nps_responses" in missing and "NPS itself" in missing


def test_without_customers_there_are_no_grades(data_of):
    assert health.grades(Run(resolve({"period": "2023Q2"}), data_of(csms="csm_id\nanna"))) is None
