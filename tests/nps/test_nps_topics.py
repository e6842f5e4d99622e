"""The deeper topics on NPS: who is followed, whose vote counts, who is silent, what is shown of small groups."""

import pandas as pd
import pytest

from cskit import nps
from cskit.nps import charts, words
from cskit.params import resolve
from cskit.rows import Rows
from cskit.run import Run
from cskit.show import Finding

WAVES = "wave,opened_on,closed_on\nautumn,2022-10-03,2022-10-31\nspring,2023-03-30,2023-04-14"


def _csv(header, rows):
    return header + "\n" + "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows)


def _responses(*waves):
    """Each wave: its name, and (respondent, customer, score) of each form."""
    rows = [(wave, who, customer, score) for wave, forms in waves for who, customer, score in forms]
    return _csv("wave,respondent_id,customer_id,score", rows)


def _people(scores, prefix="p", of=1):
    return [(f"{prefix}{n}", f"C{n // of}", score) for n, score in enumerate(scores)]


@pytest.fixture
def studied(data_of):
    def made(settings=None, **tables):
        params = resolve({"period": "2023Q2", "compare_to": "2022Q4", "settings": settings or {}})
        run = Run(params, data_of(as_of=params.period.end, settings=params.settings, nps_waves=WAVES, **tables))
        return run, nps.study(run)

    return made


def _value(finding, name):
    return next(metric for metric in finding.metrics if metric.name == name)


def test_the_same_people_are_followed_and_strangers_are_not(studied):
    before = [*_people([0] * 10 + [8] * 10), ("gone", "X", 10)]
    now = [*_people([8] * 20), ("new", "Y", 0)]
    run, study = studied(nps_responses=_responses(("autumn", before), ("spring", now)))
    panel = nps.paired(run, study)
    # Ten of twenty rose by one category.
    assert (panel.n, panel.moved.points, panel.direction, panel.ways) == (20, 50, "up", (10, 10, 0))
    assert "rate us higher" in words.paired(study, panel).text and "not about all" in words.paired(study, panel).quiet
    assert _value(words.paired(study, panel), "nps.paired_change").n == 20


def test_who_moved_where_is_shown_as_far_as_the_groups_allow(studied):
    def table(*, stay, up):
        before, now = [0] * (stay + up), [0] * stay + [8] * up
        run, study = studied(nps_responses=_responses(("autumn", _people(before)), ("spring", _people(now))))
        return words.migration(study, nps.paired(run, study))

    whole = table(stay=6, up=6)
    assert isinstance(whole, Rows) and whole.frame.shape == (3, 4)
    few = table(stay=9, up=3)
    assert isinstance(few, Finding) and "fewer than 5" in few.quiet


def test_up_and_down_are_shown_where_the_nine_cells_are_too_small(studied):
    before = [0] * 6 + [10] * 6 + [8] * 6
    now = [8] * 3 + [10] * 3 + [8] * 3 + [0] * 3 + [8] * 6
    run, study = studied(nps_responses=_responses(("autumn", _people(before)), ("spring", _people(now))))
    shown = words.migration(study, nps.paired(run, study))
    assert shown.frame["People"].tolist() == ["6", "6", "6"]


def test_three_people_are_too_few_to_be_followed(studied):
    before, now = _people([0] * 3), _people([10] * 3)
    run, study = studied(nps_responses=_responses(("autumn", before), ("spring", now)))
    panel = nps.paired(run, study)
    assert panel.moved is None and "fewer than 5" in words.paired(study, panel).text
    assert _value(words.paired(study, panel), "nps.paired_change").value is None


def test_one_vote_a_person_a_company_and_a_yen(studied):
    # A: three promoters, 100; B: one detractor, 300. By person 2/4, by company 0, by ARR (100 - 300) / 400.
    forms = [("p1", "A", 9), ("p2", "A", 10), ("p3", "A", 9), ("p4", "B", 0), ("p5", "B", None)]
    run, study = studied(nps_responses=_responses(("spring", forms)))
    votes = nps.votes(run, study, pd.Series({"A": 100.0, "B": 300.0}))
    assert (votes.respondent.nps, votes.company.nps, votes.arr.nps) == (50, 0, -50)
    said = words.votes(study, votes)
    assert _value(said, "nps.arr_weighted").value == -50 and _value(said, "nps.company_equal").n == 2
    nothing = nps.votes(run, study, pd.Series(dtype=float))
    assert nothing.arr is None and "not known" in words.votes(study, nothing).quiet


def test_survey_weights_decide_where_there_are_any(studied):
    forms = _csv(
        "wave,respondent_id,customer_id,score,weight",
        [
            ("spring", f"p{n}", f"C{n}", score, weight)
            for n, (score, weight) in enumerate([(10, 3)] * 10 + [(0, 1)] * 10)
        ],
    )
    run, study = studied(nps_responses=forms)
    # (30 - 10) / 40, not 0
    assert study.now.nps == pytest.approx(50) and study.now.weighted and study.now.answers == 20
    assert study.now.interval.low > -20
    votes = nps.votes(run, study, pd.Series(dtype=float))
    assert "survey weights" in words.votes(study, votes).quiet


SPRING = [6] * 9 + [7] * 26 + [10] * 12
INVITED = _csv("wave,respondent_id,customer_id,role", [("spring", f"p{n}", f"C{n}", "admin") for n in range(105)])


def _published(studied, **tables):
    autumn = [(f"a{n}", f"A{n}", score) for n, score in enumerate([3] * 8 + [8] * 31 + [9] * 10)]
    return studied(
        nps_responses=_responses(("autumn", autumn), ("spring", _people(SPRING))), nps_invitations=INVITED, **tables
    )


def test_what_the_silent_of_spring_2023_could_change(studied):
    run, study = _published(studied)
    tip = nps.silent(run, study).tipping
    assert (tip.asked, tip.silent) == (105, 58)
    assert (tip.bounds.low, tip.bounds.high) == pytest.approx((-52.38, 58.1), abs=0.005)
    assert (tip.finite.low, tip.finite.high) == pytest.approx((-7.83, 20.16), abs=0.005)
    # 3 more promoters than detractors: 0 needs -3 of 58; 2 of 49 of 105 needs 1.2857 of 58.
    assert (tip.zero, tip.still) == (pytest.approx(-300 / 58), pytest.approx(100 * (105 * 2 / 49 - 3) / 58))
    assert "all of them detractors NPS would be −52.4" in words.silent(study, nps.silent(run, study)).text


def test_who_did_not_answer_is_told_only_beyond_chance_over_all_groups(studied):
    customers = _csv(
        "customer_id,contracted_on,segment", [(f"C{n}", "2020-01-01", "mid" if n < 50 else "small") for n in range(105)]
    )
    run, study = _published(studied, customers=customers)
    found = nps.silent(run, study, pd.Series({f"C{n}": ("good", "caution")[n % 2] for n in range(105)}))
    told = found.told(0.95)
    # 47 of the first 50 answered, none of the other 55; grades take turns.
    assert set(told["kind"]) == {"segment"} and set(told["group"]) == {"mid", "small"}
    assert found.missing == ("route",) and found.alike == ("role",)
    shown = words.silent_rows(study, found)
    assert "beyond chance" in shown.caption and "onboarding route" in shown.caption


def test_without_invitations_nothing_is_said_of_the_silent(studied):
    run, study = studied(nps_responses=_responses(("spring", _people(SPRING))))
    assert nps.silent(run, study) is None and "nps_invitations" in words.silent(study, None).text


def _segmented(studied, small):
    """100 of a large segment stay, as many of a second rise, and a third of ``small`` people."""
    names = ["large"] * 30 + ["rising"] * 30 + ["tiny"] * small
    customers = _csv(
        "customer_id,contracted_on,segment", [(f"C{n}", "2020-01-01", name) for n, name in enumerate(names)]
    )
    before = [8] * 60 + [0] * small
    now = [8] * 30 + [10] * 30 + [0] * small
    forms = [(name, _people(scores, name)) for name, scores in (("autumn", before), ("spring", now))]
    run, study = studied(nps_responses=_responses(*forms), customers=customers)
    return study, nps.segments(run, study)


def test_the_segment_that_moved_is_told_and_the_parts_add_up(studied):
    study, found = _segmented(studied, 6)
    assert list(found.told(0.95).index) == ["rising"]
    assert found.rows[["mix", "rate"]].to_numpy().sum() == pytest.approx(study.change.points)
    assert "rising (+100.0)" in words.segments(study, found).text
    assert words.drivers(study, found).frame.iloc[-1]["From its own answers"] == "+45.5"  # 30 of 66 by 100 points


def test_a_small_segment_is_shown_with_another_never_alone(studied):
    _study, found = _segmented(studied, 3)
    assert list(found.rows.index) == ["large + tiny", "rising"]


def test_segments_of_one_wave_have_no_change(studied):
    customers = _csv("customer_id,contracted_on,segment", [(f"C{n}", "2020-01-01", "ab"[n % 2]) for n in range(20)])
    run, study = studied(nps_responses=_responses(("spring", _people([8] * 20))), customers=customers)
    found = nps.segments(run, study)
    assert found.rows["nps"].tolist() == [0, 0] and found.steady is None
    assert "no change to split" in words.segments(study, found).text and isinstance(
        words.drivers(study, found), Finding
    )


def test_the_next_survey_needs_what_the_reference_says(studied):
    run, study = _published(studied)
    plan = nps.plan(run, study)
    assert plan.needed == {5: 2539, 10: 635, 20: 159} and plan.visible == pytest.approx(36.4, abs=0.05)
    # 47 scores of 105 asked: 635 x 105 / 47 = 1418.6
    assert plan.invitations[10] == 1419
    assert _value(words.plan(study, plan), "nps.answers_for_10_points").value == 635


COMMENTS = [("価格が高い", 0), ("Great support", 10), ("サポートが早い", 9), ("ふつう", 8)]


def _commented(studied, settings=None, times=6):
    rows = [
        ("spring", f"p{n}{k}", f"C{n}{k}", score, text, ("true", "false", "")[n % 3])
        for n in range(times)
        for k, (text, score) in enumerate(COMMENTS)
    ]
    table = _csv("wave,respondent_id,customer_id,score,comment,may_share", rows)
    run, study = studied(settings, nps_responses=table)
    return study, nps.comments(run, study)


def test_comments_are_counted_by_what_they_speak_of(studied):
    study, found = _commented(studied)
    assert found.counts.loc["support"].tolist() == [12, 12, 0, 0] and found.counts.loc["pricing"].tolist() == [
        6,
        0,
        0,
        6,
    ]
    assert (found.n, found.uncategorised) == (24, 6)
    assert "most speak of support (12)" in words.comments(study, found).text
    assert "Price" not in charts.comments(study, found).caption


def test_a_category_of_few_comments_is_not_shown(studied):
    _study, found = _commented(studied, times=3)
    assert list(found.counts.index) == ["support"] and found.small == 1


def test_who_says_it_is_hidden_where_a_few_would_show(studied):
    forms = [("spring", f"p{n}", f"C{n}", 0 if n < 3 else 10, "support", "") for n in range(15)]
    table = _csv("wave,respondent_id,customer_id,score,comment,may_share", forms)
    run, study = studied(nps_responses=table)
    found = nps.comments(run, study)
    assert found.counts.loc["support", "n"] == 15 and found.counts.loc["support", [1, 0, -1]].isna().all()
    assert "would show" in charts.comments(study, found).caption


def test_texts_need_the_setting_and_the_consent(studied):
    study, closed = _commented(studied)
    assert closed.texts.empty and isinstance(words.comment_rows(study, closed, 5), Finding)
    study, opened = _commented(studied, {"privacy": {"comments": True}})
    shown = words.comment_rows(study, opened, 50)
    # Two of six gave consent, four comments each; no column names anybody.
    assert len(shown.frame) == 8 and list(shown.frame.columns) == ["Comment", "From a"]


def test_only_incidents_releases_and_prices_between_the_waves_are_marked(studied):
    events = _csv(
        "event_id,on,kind,title",
        [
            (1, "2022-12-01", "incident", "down"),
            (2, "2023-01-01", "campaign", "no"),
            (3, "2021-01-01", "price", "early"),
        ],
    )
    run, study = studied(
        nps_responses=_responses(("autumn", _people(SPRING)), ("spring", _people(SPRING))), events=events
    )
    (event,) = nps.events(run, study)
    assert (event.sign, event.kind, event.title) == ("a", "incident", "down")
    assert (
        "not therefore the cause" in words.events((event,)).caption
        and "Letters" in charts.trend(study, (event,)).caption
    )
    assert "events" in words.events(()).quiet


def test_people_in_the_same_companies_are_as_sure_of_a_change_as_their_agreement_allows(studied):
    scores = [0, 0, 8, 8, 10, 10] * 5
    _run, study = studied(
        nps_responses=_responses(("autumn", _people(scores, "a", 2)), ("spring", _people(scores, "b", 2)))
    )
    # Every company said the same twice: a quarter of the doubt is left, which the settings of the rule allow at least.
    assert study.change.effect == 0.25
    assert study.change.interval.high < study.change.independent.high
