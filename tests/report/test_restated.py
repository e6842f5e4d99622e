"""A later run that states the past otherwise; days and values worked by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from cskit import i18n
from cskit.metrics import Metric, metric
from cskit.params import Params
from cskit.periods import parse
from cskit.report.course import MOST_CHANGES, Stop
from cskit.report.index import periods_page
from cskit.report.restated import common_days, restated, restatements

Q4 = "2022-10-01/2022-12-31"


def risk(value: int | None, **rest: Any) -> Metric:
    return metric("health.at_risk", value, "counted", **rest)


def stop(period: str, *metrics: Metric) -> Stop:
    return Stop(parse(period), {one.name: one for one in metrics}, {})


def found(earlier: Stop, later: Stop) -> list[tuple[str, Any, Any]]:
    return [(one.days, one.was, one.now) for one in restated(earlier, later)]


def test_the_figure_compared_with_is_held_against_what_its_own_run_said():
    earlier = stop("2022Q4", risk(16))
    assert found(earlier, stop("2023Q2", risk(18, before=17, versus=Q4))) == [(Q4, 16, 17)]
    assert found(earlier, stop("2023Q2", risk(18, before=16, versus=Q4))) == []


def test_a_year_before_is_held_against_the_run_of_that_period():
    earlier = stop("2022Q2", risk(10))
    assert found(earlier, stop("2023Q2", risk(18, year_before=12))) == [("2022-04-01/2022-06-30", 10, 12)]
    assert found(earlier, stop("2023Q1", risk(18, year_before=12))) == []  # that is 2022Q1


def test_two_runs_that_look_back_at_the_same_days_are_held_against_each_other():
    earlier = stop("2023Q1", risk(20, before=16, versus=Q4, year_before=5))
    later = stop("2023Q2", risk(18, before=17, versus=Q4, year_before=9))
    assert found(earlier, later) == [(Q4, 16, 17)]


def test_two_runs_of_one_period_state_all_their_days_anew():
    earlier, later = (
        stop("2023Q2", risk(value, before=before, versus=Q4, year_before=9)) for value, before in ((18, 16), (19, 17))
    )
    assert found(earlier, later) == [(Q4, 16, 17), ("2023-04-01/2023-06-30", 18, 19)]


def test_without_days_in_common_nothing_is_restated_and_that_can_be_known():
    earlier, later = stop("2022Q4", risk(16)), stop("2023Q2", risk(18, before=17, versus="2023-01-01/2023-03-31"))
    assert found(earlier, later) == [] and common_days(earlier, later) == set()
    assert common_days(earlier, stop("2023Q2", risk(18, before=16, versus=Q4))) == {Q4}
    assert common_days(earlier, stop("2023Q2", risk(None, before=None))) == set()


def test_a_figure_that_is_not_known_any_more_is_stated_by_nobody():
    assert found(stop("2023Q2", risk(18)), stop("2023Q2", risk(None))) == []


def test_another_formula_is_another_figure():
    other = Metric("health.at_risk", 18, "count", "down", "counted", "another formula", before=17, versus=Q4)
    assert found(stop("2022Q4", risk(16)), stop("2023Q2", other)) == []


def test_the_order_of_a_sum_restates_nothing():
    arr = [metric("growth.arr", 1.0, "counted", before=value, versus=Q4) for value in (0.3, 0.1 + 0.2, 0.3001)]
    assert found(stop("2023Q1", arr[0]), stop("2023Q2", arr[1])) == []
    assert found(stop("2023Q1", arr[0]), stop("2023Q2", arr[2])) == [(Q4, 0.3, 0.3001)]


def test_a_line_says_figure_months_and_both_values_in_the_readers_language():
    (one,) = restated(stop("2022Q4", risk(16)), stop("2023Q2", risk(18, before=17, versus=Q4)))
    assert one.line == "At risk, Oct–Dec 2022: 16 → 17"
    with i18n.speaking("ja"):
        assert one.line == "注意・要対応(2022年10〜12月): 16 → 17"


def test_what_prints_alike_is_written_in_full():
    share = [metric("growth.nrr", 1.0, "counted", before=value, versus=Q4) for value in (0.97381, 0.97384)]
    (one,) = restated(stop("2023Q1", share[0]), stop("2023Q2", share[1]))
    assert one.line.endswith("Oct–Dec 2022: 0.97381 → 0.97384")


def test_restatements_are_told_newest_first_and_only_twelve_of_a_run():
    assert MOST_CHANGES == 12
    names = ["at_risk", "action", "caution", "good", "sound", "provisional"]
    more = ["improved", "newly_at_risk", "good_churned", "stale_inputs"]
    many = [f"health.{name}" for name in (*names, *more)] + [
        "growth.churns_year", "growth.churns_previous_year", "onboarding.overdue", "onboarding.unknown_customers",
    ]  # fmt: skip
    first = stop("2022Q4", *(metric(name, 1, "counted") for name in many))
    second = stop("2023Q1", *(metric(name, 1, "counted", before=2, versus=Q4) for name in many))
    third = stop("2023Q2", metric("health.good", 1, "counted", before=3, versus=Q4))
    told = restatements([first, second, third])
    assert [(one.before, one.after, len(one.lines)) for one in told] == [
        ("Jan–Mar 2023", "Apr–Jun 2023", 1),
        ("Oct–Dec 2022", "Jan–Mar 2023", 13),
    ]
    assert told[0].lines == ("Good, Oct–Dec 2022: 2 → 3",) and told[1].lines[-1] == "and 2 more"
    assert restatements([first]) == restatements([first, first]) == []


@pytest.fixture
def put(tmp_path: Path, params: Params):
    """Lays a period's pack into the reports folder."""

    def made(period: str, one: Metric) -> None:
        folder = tmp_path / period
        folder.mkdir()
        told = {"languages": {"en": {"verdict": "v", "keys": ["health.at_risk"]}}}
        everything = params.settings.model_dump(mode="json", by_alias=True)
        manifest = {"period": period, "complete": True, "title": "Customer success", "languages": ["en"],
                    "reports": {"summary": told}, "settings": {"all": everything}}  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        (folder / "metrics.json").write_text(json.dumps({one.name: one.as_json()}), encoding="utf-8")

    return made


def test_the_page_over_all_periods_tells_what_was_restated(put, tmp_path: Path):
    put("2022Q4", risk(16))
    put("2023Q1", risk(18, before=17, versus=Q4))
    html = periods_page(tmp_path)
    assert "Which past figures were restated?" in html and "<li>At risk, Oct–Dec 2022: 16 → 17</li>" in html
    with i18n.speaking("ja"):
        html = periods_page(tmp_path)
    assert "修正再表示された過去の数値" in html and "注意・要対応(2022年10〜12月): 16 → 17" in html


def test_a_past_stated_alike_is_not_mentioned(put, tmp_path: Path):
    put("2022Q4", risk(16))
    put("2023Q1", risk(18, before=16, versus=Q4))
    assert "restated" not in periods_page(tmp_path)
