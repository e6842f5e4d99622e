"""What is said of onboarding: a direction only where the interval gives one, and what the days stand for."""

import pandas as pd
import pytest

from cskit import i18n
from cskit.onboarding import charts, study, words
from cskit.params import resolve
from cskit.run import Run

HEADS = {
    "onboardings": "onboarding_id,customer_id,route,started_on,completed_on",
    "hearings": "customer_id,item,on,answer",
}


@pytest.fixture
def studied(data_of):
    def of(settings=None, compare_to="2023Q1", **tables):
        params = resolve({"period": "2023Q2", "compare_to": compare_to, "settings": settings or {}})
        texts = {name: "\n".join([HEADS.get(name, ""), *rows]).strip() for name, rows in tables.items()}
        return study(Run(params, data_of(**texts)))

    return of


def _starts(month, own, high):
    routes = ["self"] * own + ["high_touch"] * high
    return [f"{month}-{n},C{month}-{n},{route},{month}-01," for n, route in enumerate(routes)]


def _aimed(wanted):
    return {"targets": {"onboarding.self_share": {"value": 0.6, "wanted": wanted}}}


@pytest.mark.parametrize(
    ("wanted", "own", "said"),
    [
        ("down", 10, "Lowered on purpose: params say that this share is not meant to rise."),
        ("down", 48, "This share is not meant to rise."),
        ("down", 60, ""),
        ("up", 10, ""),
    ],
)
def test_only_a_fall_is_called_lowered_on_purpose(studied, wanted, own, said):
    # 50 of 100 before; 10 of 100 fell for sure, 48 of 100 fell but tells no tendency, 60 of 100 rose.
    rows = _starts("2023-01", 50, 50) + _starts("2023-04", own, 100 - own)
    assert words.mix(studied(_aimed(wanted), onboardings=rows)).quiet == said


def test_the_crossover_and_the_highest_month_come_with_their_counts(studied):
    rows = _starts("2023-01", 4, 6) + _starts("2023-02", 6, 4) + _starts("2023-04", 8, 2)
    text = words.mix(studied(onboardings=rows)).text
    assert "first overtook high touch in February 2023 (6 against 4)." in text
    assert "The highest month was April 2023 with 80 % (8 of 10)." in text


def test_records_that_begin_above_are_not_called_overtaking(studied):
    found = studied(onboardings=_starts("2023-01", 6, 4) + _starts("2023-04", 6, 4))
    assert "overtook" not in words.mix(found).text
    assert "overtakes" not in charts.mix(found).svg


def test_a_median_without_an_upper_end_says_so(studied):
    ends = ["2023-04-11"] * 3 + ["2023-04-21"] * 2 + [""] * 3
    found = studied(onboardings=[f"{n},C{n},self,2023-04-01,{end}" for n, end in enumerate(ends)])
    # Of eight, 3 done by day 10 and 5 by day 20. Limits by log-log: at least 33 % by day 20, at most 77 % by day 10.
    assert "self-onboarding: 20 days (at least 10, upper end open, n = 8)" in words.days(found).text
    days = next(metric for metric in found.metrics if metric.name == "onboarding.median_days")
    assert (days.low, days.high) == (10, None)


def test_open_ones_may_still_complete(studied):
    found = studied(onboardings=_starts("2023-04", 1, 0))
    assert words.days(found).quiet.startswith("1 is open on 30 June 2023 and may still complete.")
    assert "completed in these months" in charts.days(found).text


def test_who_left_before_stays_in_the_count_and_never_completes(studied):
    # Of four, two completed by day 10 and 20, one left on day 5: half is reached on day 20, not on day 10.
    rows = [
        "1,A,self,2023-04-01,2023-04-11",
        "2,B,self,2023-04-01,2023-04-21",
        "3,C,self,2023-04-01,",
        "4,D,self,2023-04-01,",
    ]
    found = studied(onboardings=rows, churns=["customer_id,effective_on", "C,2023-04-06"])
    said = words.days(found)
    assert "self-onboarding: 20 days" in said.text and "1 customer left before and never completes." in said.quiet


def test_a_figure_of_days_says_until_when_unfinished_ones_count(studied):
    found = studied(onboardings=["1,A,self,2023-04-01,2023-04-20", "2,B,self,2023-05-01,"])
    assert "12 months to 30 June 2023; open ones count until then" in charts.days(found).caption


def test_before_the_first_onboarding_there_is_a_sentence_and_no_figure(studied):
    found = studied(onboardings=["1,A,self,2024-04-01,"])
    assert charts.mix(found).text == "No onboarding is recorded by then."


def test_nothing_is_said_of_unfinished_ones_where_there_are_none(studied):
    found = studied(onboardings=["1,A,self,2023-04-01,2023-04-11"])
    assert words.days(found).quiet.startswith("Routes are chosen")


def test_the_caption_names_the_confidence_that_was_set(studied):
    rows = _starts("2023-04", 6, 4)
    assert "with 90 % Wilson" in charts.mix(studied({"report": {"confidence": 0.9}}, onboardings=rows)).caption
    assert "with 97.5 % Wilson" in charts.mix(studied({"report": {"confidence": 0.975}}, onboardings=rows)).caption


ITEMS = ("goal", "success_measure", "decision_maker", "current_process", "busy_season")


def _heard(counts):
    """So many items answered by each customer of April."""
    return [f"C2023-04-{n},{item},2023-04-05,yes" for n, count in enumerate(counts) for item in ITEMS[:count]]


def test_two_routes_of_few_customers_are_not_told_apart(studied):
    # Self 3 and 1 of 5, high touch 5 and 2 of 5: means 40 and 70 %, two customers each.
    found = studied(onboardings=_starts("2023-04", 2, 2), hearings=_heard([3, 1, 5, 2]))
    said = words.knowledge(found)
    assert "High touch 70 % (n = 2), self-onboarding 40 % (n = 2), difference" in said.text
    assert said.text.endswith("Which of the two is higher cannot be told.")
    assert said.quiet.startswith("Routes are chosen, not drawn by lot")


@pytest.mark.parametrize(("own", "high", "word"), [(1, 5, "Less"), (5, 1, "More")])
def test_a_direction_is_given_where_the_interval_excludes_none(studied, own, high, word):
    found = studied(onboardings=_starts("2023-04", 20, 20), hearings=_heard([own] * 20 + [high] * 20))
    assert words.knowledge(found).text.endswith(f"{word} is learnt in self-onboarding.")


def test_one_route_alone_is_not_compared(studied):
    found = studied(onboardings=_starts("2023-04", 2, 0), hearings=_heard([3, 1]))
    assert words.knowledge(found).quiet == "" and "High touch" not in words.knowledge(found).text


def test_japanese_sentences_have_no_space_between_them(studied):
    found = studied(
        customers=["customer_id,contracted_on", "C2023-04-0,2023-01-01", "C2023-04-1,2023-01-01"],
        onboardings=_starts("2023-04", 2, 0),
        hearings=_heard([3, 1]),
    )
    with i18n.speaking("ja"):
        assert "。 " not in words.verdict(found)


def test_the_list_of_unknown_customers_holds_numbers_and_no_arr_that_was_not_given(studied):
    customers = ["customer_id,name,contracted_on", "C2023-04-0,Alpha,2023-01-01", "C2023-04-1,,2023-01-01"]
    found = studied(customers=customers, onboardings=_starts("2023-04", 2, 0), hearings=_heard([3, 1]))
    without, given = words.unknown_rows(found), words.unknown_rows(found, pd.Series({"C2023-04-1": 500.0}))
    assert without.full.columns.tolist() == ["customer_id", "name", "known"]
    assert given.full[["customer_id", "known", "arr"]].to_numpy().tolist() == [["C2023-04-1", 0.2, 500.0]]
