"""Which waves a report compares, and what it says where there are few."""

import pytest

from cskit import nps
from cskit.nps import charts, words
from cskit.nps.eligible import Dropped
from cskit.params import resolve
from cskit.run import Run
from cskit.show import Finding

WAVES = """wave,opened_on,closed_on,audience
first,2021-10-01,2021-10-31,all
second,2022-04-01,2022-04-30,all
third,2022-10-03,2022-10-31,all
fourth,2023-03-30,2023-04-14,admins
"""
SCORES = {wave: [0] * 9 + [7] * 26 + [10] * 12 for wave in ("first", "second", "third", "fourth")}


def _responses(scores, to_a_company=1):
    lines = [
        f"{wave},{wave}{n},{wave}{n // to_a_company},{score}"
        for wave, group in scores.items()
        for n, score in enumerate(group)
    ]
    return "wave,respondent_id,customer_id,score\n" + "\n".join(lines)


@pytest.fixture
def study(data_of):
    """The study of a period, of these scores a wave."""

    def made(period="2023Q2", compare_to="", scores=SCORES, settings=None, to_a_company=1, **tables):
        params = resolve({"period": period, "compare_to": compare_to, "settings": settings or {}})
        tables = {"nps_waves": WAVES, "nps_responses": _responses(scores, to_a_company), **tables}
        return nps.study(Run(params, data_of(as_of=params.period.end, settings=params.settings, **tables)))

    return made


def _metric(study, name):
    return next(metric for metric in study.metrics if metric.name == name)


def test_without_a_wave_in_the_period_before_the_newest_closed_by_then_is_compared(study):
    found = study("2023Q2")  # compares with 2023Q1, in which no wave closed
    assert found.before.name == "third" and found.change is not None
    assert "third" in words.verdict(found)
    assert study("2022Q4", "2021Q4").before.name == "first"


def test_one_wave_only_is_said_only_of_one_wave(study):
    alone = study("2023Q2", scores={"fourth": SCORES["fourth"]})
    assert "There is no earlier wave" in words.verdict(alone) and "There is no earlier wave" in words.change(alone).text
    two = study("2023H1", "2021H1", scores={wave: SCORES[wave] for wave in ("second", "fourth")})
    assert two.before is None
    for said in (words.verdict(two), words.change(two).text):
        assert "no earlier wave" not in said and "period of comparison" in said


def test_an_older_wave_is_no_value_of_a_period_without_one(study):
    invited = "wave,respondent_id,customer_id\nthird,third0,third0"
    stale = study("2023Q1", "2022Q4", nps_invitations=invited)
    assert stale.stale and stale.now.name == "third" and stale.change is None
    for metric in stale.metrics:
        assert (metric.value, metric.low, metric.high, metric.n, metric.movement) == (None,) * 5, metric.name
    assert "+6.4" in words.verdict(stale) and "31 October 2022" in words.verdict(stale)
    assert "No wave closed in this period" in words.change(stale).text
    assert words.decision(stale) is None
    assert _metric(study("2022Q4", nps_invitations=invited), "nps.company_response").value == 1


def test_forms_of_other_waves_are_not_left_out_of_this_one(study):
    # One person of three in each wave is a user; both users of the two waves would be 2.
    people = [(wave, n, ("admin", "admin", "user")[n]) for wave in ("third", "fourth") for n in range(3)]
    invited = "wave,respondent_id,customer_id,role\n" + "\n".join(f"{w},{w}{n},{w}{n},{role}" for w, n, role in people)
    scores = {"third": [8, 8, 8], "fourth": [8, 8, 8]}
    found = study(scores=scores, settings={"nps": {"roles": ["admin"]}}, nps_invitations=invited)
    assert found.dropped == Dropped(role=1)
    assert "1 form of a person who was not eligible" in words.response(found).quiet


def test_the_confidence_that_was_set_is_the_one_that_is_said(study):
    found = study(settings={"report": {"confidence": 0.9}})
    said = [
        words.change(found).text,
        words.trend(found).text,
        charts.trend(found).caption,
        charts.change(found).caption,
    ]
    assert all("90 %" in text and "95 %" not in text for text in said), said
    assert study(settings={"report": {"confidence": 0.975}}).level == "97.5 %"
    # A variance of 21/47 - (3/47)^2 in both: 7.84888 x 2 x 0.442735 / 0.01 = 694.996; at 90 % 0.78771 of it
    at_90, at_95 = words.change(found).quiet, words.change(study()).quiet
    assert "about 548 answers" in at_90 and "about 695 answers" in at_95


def test_other_people_asked_is_said_beside_the_change(study):
    assert "asked different people (all; admins)" in words.change(study("2023Q2")).text
    assert "different people" not in words.change(study("2022Q4", "2022Q2")).text


def test_the_quiet_line_has_p_and_the_power(study):
    quiet = words.change(study()).quiet
    assert "p = 1.000" in quiet and "8 times in 10" in quiet


def test_companies_of_one_mind_need_more_answers(study):
    alike = {"third": [0] * 10 + [10] * 10, "fourth": [0] * 10 + [10] * 10}
    # Ten to a company, all of one mind, other companies each time: each wave's variance is
    # 2 x 0.5^2 x 2/(2 - 1) = 1, that of independent answers 1/19.
    alone = study(scores=alike)
    assert alone.change.effect == 1
    found = study(scores=alike, to_a_company=10)
    assert found.change.effect == pytest.approx(19)
    # (1.959964 + 0.841621)^2 x 2 / 0.01 = 1569.8 answers alone, 29825.7 together
    assert "about 29,826 answers" in words.change(found).quiet
    assert "answer alike" in charts.change(found).caption
    assert "adjusted-Wald" in charts.change(alone).caption


def test_a_group_under_the_minimum_cell_hides_the_shares_of_its_wave(study):
    few = {"third": [0] * 5 + [7] * 20 + [10] * 5, "fourth": [0] * 4 + [7] * 20 + [10] * 6}
    table = words.categories(study(scores=few))
    assert list(table.frame.columns) == ["Category", "third"]
    assert "fourth: no shares, as a group of fewer than 5 answers" in table.caption
    both = words.categories(study(scores=few, settings={"privacy": {"minimum_cell": 4}}))
    assert list(both.frame.columns) == ["Category", "third", "fourth", "Change"]
    assert isinstance(words.categories(study(scores={"fourth": [10, 10, 10]})), Finding)
    assert "4" not in words.decision(study(scores=few)).text.replace("0 to 6", "")


def test_an_empty_group_hides_nothing(study):
    assert list(words.categories(study(scores={"fourth": [10] * 5})).frame["fourth"]) == [
        "100.0 %",
        "0.0 %",
        "0.0 %",
    ]


@pytest.mark.parametrize(("step", "said"), [(5, "rose by"), (-5, "fell by"), (0, "cannot be told")])
def test_a_trend_is_told_from_three_waves_on(study, step, said):
    names = ("first", "second", "third", "fourth")
    scores = {name: [0] * (30 - k * step) + [8] * 40 + [10] * (30 + k * step) for k, name in enumerate(names)}
    assert said in words.trend(study(scores=scores)).text
    two = study(scores={name: scores[name] for name in names[2:]})
    assert two.slope is None and "No trend yet" in words.trend(two).text


def test_japanese_sentences_stand_without_a_space(study):
    from cskit import i18n

    found = study(scores={"third": [0] * 10 + [10] * 10, "fourth": [0] * 9 + [10] * 11})
    with i18n.speaking("ja"):
        assert "。 " not in words.verdict(found)
