"""Key figures over the periods, small drawings of them, and the settings that changed; positions worked by hand."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cskit import i18n
from cskit.metrics import Metric, metric
from cskit.params import Params
from cskit.periods import parse
from cskit.report.course import MOST_CHANGES, Stop, changes, figures, spark
from cskit.report.index import COURSE, periods_page


def score(value: float | None, low: float | None = None, high: float | None = None) -> Metric:
    return metric("nps.score", value, "estimated", low=low, high=high)


def stop(period: str, *metrics: Metric, **settings: Any) -> Stop:
    return Stop(parse(period), {one.name: one for one in metrics}, settings)


def points(svg: str) -> list[tuple[float, float]]:
    line = re.search(r'<polyline points="([^"]*)"/>', svg)
    assert line, svg
    return [tuple(map(float, pair.split(","))) for pair in line[1].split()]  # type: ignore[misc]


def around(svg: str) -> list[tuple[float, ...]]:
    found = re.findall(r'<line x1="([\d.]+)" x2="([\d.]+)" y1="([\d.]+)" y2="([\d.]+)"/>', svg)
    return [tuple(map(float, one)) for one in found]


# The drawing is 150 by 34 with 5 left free around: x runs from 5 to 145, y from 29 (lowest) up to 5 (highest).


def test_two_points_go_from_corner_to_corner():
    assert points(spark([score(1), score(3)])) == [(5, 29), (145, 5)]
    assert points(spark([score(3), score(1)])) == [(5, 5), (145, 29)]


def test_a_point_lies_where_its_value_does():
    assert points(spark([score(-10), score(0), score(30)])) == [(5, 29), (75, 23), (145, 5)]


def test_a_period_without_a_value_keeps_its_place_on_the_way():
    assert points(spark([score(1), None, score(3)])) == [(5, 29), (145, 5)]
    assert points(spark([score(1), score(3), score(None)])) == [(5, 29), (75, 5)]
    assert points(spark([None, score(1), score(3)])) == [(75, 29), (145, 5)]


@pytest.mark.parametrize("metrics", [[], [score(1)], [None, None], [score(1), None, score(None)]])
def test_fewer_than_two_points_are_no_course(metrics: list):
    assert spark(metrics) == ""


def test_intervals_are_drawn_where_they_are_and_the_scale_holds_them():
    svg = spark([score(0, -10, 10), score(10), score(20, 10, 30)])
    # -10 to 30 is the scale, 40 points on 24 pixels: 10 points are 6.
    assert points(svg) == [(5, 23), (75, 17), (145, 11)]
    assert around(svg) == [(5, 5, 29, 17), (145, 145, 17, 5)]
    assert svg.count("<circle") == 3


def test_an_end_without_its_other_is_no_interval():
    svg = spark([score(0, low=-10), score(10)])
    assert around(svg) == [] and points(svg) == [(5, 17), (145, 5)]


def test_values_that_are_all_the_same_lie_in_the_middle():
    assert points(spark([score(7), score(7), score(7)])) == [(5, 17), (75, 17), (145, 17)]
    assert points(spark([score(0), score(0)])) == [(5, 17), (145, 17)]


def test_months_have_no_drawing():
    months = [
        metric("onboarding.crossing", one, "estimated", low="2022-01", high="2024-01") for one in ("2022-05", "2023-05")
    ]
    assert spark(months) == ""
    (found,) = figures([stop("2022Q4", months[0]), stop("2023Q1", months[1])], ["onboarding.crossing"])
    assert found.course == "" and [value for value, _spread in found.cells] == ["May 2022", "May 2023"]


def test_a_drawing_needs_no_words_as_the_numbers_stand_beside_it():
    svg = spark([score(1), score(3)])
    assert 'aria-hidden="true"' in svg and 'viewBox="0 0 150 34"' in svg and "<text" not in svg


def test_a_figure_has_its_value_and_interval_in_each_period_and_blanks_where_there_is_none():
    stops = [
        stop("2022Q3", score(4.1, -12.8, 20.5)),
        stop("2022Q4"),
        stop("2023Q1", score(6.4)),
        stop("2023Q2", score(None)),
    ]
    (found,) = figures(stops, ["nps.score"])
    assert found.label == "NPS"
    assert found.cells == (("+4.1", "−12.8 to +20.5"), ("", ""), ("+6.4", ""), ("", ""))
    # The third of four: 5 + 140 · 2 / 3. 33.3 points, −12.8 to 20.5, on 24 pixels: 4.1 is 16.9 above the lowest, 6.4 19.2.
    assert points(found.course) == [(5, 16.8), (98.3, 15.2)]


def test_figures_come_in_the_order_asked_and_only_where_any_period_has_one():
    response = metric("nps.company_response", 0.824, "counted")
    stops = [stop("2022Q4", response), stop("2023Q1", score(6.4), metric("nps.change", None, "estimated"))]
    found = figures(stops, ["nps.score", "nps.change", "nobody.knows", "nps.company_response"])
    assert [one.cells for one in found] == [(("", ""), ("+6.4", "")), (("82.4 %", ""), ("", ""))]
    assert [one.course for one in found] == ["", ""]


def test_a_figure_speaks_the_readers_language():
    with i18n.speaking("ja"):
        (found,) = figures([stop("2023Q1", metric("nps.company_response", 0.824, "counted"))], ["nps.company_response"])
        assert found.cells == (("82.4%", ""),)
    (english,) = figures([stop("2023Q1", metric("nps.company_response", 0.824, "counted"))], ["nps.company_response"])
    assert found.label != english.label


def lines(before: dict, after: dict) -> tuple[str, ...]:
    """What is said to have changed between two periods."""
    found = changes([stop("2022Q4", **before), stop("2023Q1", **after)])
    return found[0].lines if found else ()


def test_a_nested_setting_is_named_in_full():
    before = {"nps": {"confidence": 0.95, "minimum": {"answers": 10}}}
    after = {"nps": {"confidence": 0.95, "minimum": {"answers": 20}}}
    assert lines(before, after) == ("nps.minimum.answers: 10 → 20",)
    assert lines(before, before) == ()


def test_lists_texts_and_flags_are_written_as_they_are_set():
    before = {"tags": ["a", "b"], "zone": "Asia/Tokyo", "on": True, "limit": None, "名": "前"}
    after = {"tags": ["a"], "zone": "UTC", "on": False, "limit": 3, "名": "後"}
    assert lines(before, after) == (
        "limit: null → 3",
        "on: true → false",
        'tags: ["a", "b"] → ["a"]',
        "zone: Asia/Tokyo → UTC",
        "名: 前 → 後",
    )


def test_a_text_keeps_the_quotation_marks_that_are_its_own():
    assert lines({"title": "CS"}, {"title": 'the "CS"'}) == ('title: CS → the "CS"',)


def test_where_reports_go_and_what_they_may_take_is_nothing_to_readers():
    before = {"limits": {"minutes": 30}, "output": {"to": "", "audiences": ["leadership"]}, "nps": {"x": 1}}
    after = {
        "limits": {"minutes": 60},
        "output": {"to": "s3://bucket", "options": {"secret": "env:X"}},
        "nps": {"x": 2},
    }
    assert lines(before, after) == ("nps.x: 1 → 2",)


def test_a_long_setting_is_cut():
    assert lines({"a": 1}, {"a": "x" * 200}) == (f"a: 1 → {'x' * 79}…",)


def test_a_setting_that_appears_or_vanishes_is_said():
    assert lines({}, {"targets": {"nps": {"value": 10}}}) == ("targets.nps.value: not set → 10",)
    assert lines({"targets": {"nps": {"value": 10}, "arr": 1}}, {"targets": {"arr": 1}}) == (
        "targets.nps.value: 10 → not set",
    )


def test_the_first_of_the_users_own_settings_is_one_change_and_not_two():
    assert lines({"targets": {}}, {"targets": {"nps": 10}}) == ("targets.nps: not set → 10",)
    assert lines({"targets": {"nps": 10}}, {"targets": {}}) == ("targets.nps: 10 → not set",)


@pytest.mark.parametrize("before", [{}, {"nps": "Old words."}, {"nps": {"en": "Old words.", "ja": "古い。"}}])
def test_the_authors_words_are_no_setting(before: dict):
    assert lines({"commentary": before}, {"commentary": {"nps": "New words.", "summary": {"en": "More."}}}) == ()
    assert lines({"commentary": before}, {}) == ()


def test_a_changed_definition_of_a_metric_is_said_and_a_changed_value_is_not():
    old = Metric("nps.score", 6.4, "points", "up", "estimated", "promoters / answers")
    new = Metric("nps.score", 8.8, "points", "up", "estimated", "(promoters - detractors) / answers")
    added = metric("nps.change", 1.0, "estimated")
    (found,) = changes([stop("2022Q4", old), stop("2023Q1", new, added)])
    assert found.lines == ("nps.score: its definition changed",)
    assert (
        changes(
            [stop("2022Q4", new), stop("2023Q1", Metric("nps.score", 1.0, "points", "up", "estimated", new.definition))]
        )
        == []
    )


def test_twelve_changes_are_named_and_the_others_counted():
    def many(value: int, count: int) -> dict[str, int]:
        return {f"s{place:02}": value for place in range(count)}

    twelve = lines(many(0, 12), many(1, 12))
    assert MOST_CHANGES == 12 and len(twelve) == 12 and twelve[-1] == "s11: 0 → 1"
    fifteen = lines(many(0, 15), many(1, 15))
    assert fifteen == (*twelve, "and 3 more")


def test_changes_are_told_newest_first_and_periods_without_one_left_out():
    stops = [stop("2022Q2", a=1), stop("2022Q3", a=2), stop("2022Q4", a=2), stop("2023Q1", a=3)]
    found = changes(stops)
    assert [(one.before, one.after, one.lines) for one in found] == [
        ("Oct–Dec 2022", "Jan–Mar 2023", ("a: 2 → 3",)),
        ("Apr–Jun 2022", "Jul–Sep 2022", ("a: 1 → 2",)),
    ]
    assert changes([]) == changes(stops[:1]) == []


@pytest.fixture
def put(tmp_path: Path, params: Params):
    """Lays a period's pack into the reports folder: its NPS, and settings that differ from the defaults."""

    def made(period: str, value: float, keys: tuple[str, ...] = ("nps.score",), **settings: Any) -> None:
        folder = tmp_path / period
        folder.mkdir()
        everything = params.settings.model_dump(mode="json", by_alias=True) | settings
        told = {"en": {"verdict": f"NPS is {value}.", "keys": list(keys)}}
        manifest = {"period": period, "complete": True, "title": "Customer success", "languages": ["en"],
                    "reports": {"summary": {"languages": told}}, "settings": {"all": everything}}  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        metrics = {"nps.score": score(value, value - 5, value + 5).as_json()}
        (folder / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")

    return made


def table(html: str) -> list[list[str]]:
    """Cells of the table of key figures, as words."""
    found = re.search(r'<table class="course">(.*?)</table>', html, flags=re.S)
    assert found, "no key figures side by side"
    rows = re.findall(r"<tr>(.*?)</tr>", found[1], flags=re.S)
    return [
        [re.sub(r"<[^>]+>", " ", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.S)]
        for row in rows
    ]


def test_only_periods_of_the_newest_ones_length_stand_side_by_side(put, tmp_path: Path):
    for period, value in (("2023Q2", 6.4), ("2022Q4", 2.0), ("2022H1", -50.0), ("2023Q1", 4.1)):
        put(period, value)
    html = periods_page(tmp_path)
    head, row = table(html)
    assert head == ["Key figure", "Course", "Oct–Dec 2022", "Jan–Mar 2023", "Apr–Jun 2023"]
    assert [cell.split()[0] for cell in row[2:]] == ["+2.0", "+4.1", "+6.4"]
    assert len(points(html)) == 3
    assert 'href="2022H1/en/index.html"' in html and "NPS is -50.0." in html  # among the periods it is
    assert "No setting changed between the periods." in html


def test_a_period_alone_of_its_length_has_nothing_beside_it(put, tmp_path: Path):
    put("2022Q4", 2.0)
    put("2023H1", 6.4)
    html = periods_page(tmp_path)
    assert 'class="course"' not in html and "Which settings changed?" not in html
    assert "No setting changed" not in html


def test_eight_periods_fit_side_by_side_and_all_are_listed(put, tmp_path: Path):
    for year in (2021, 2022, 2023):
        for quarter in (1, 2, 3, 4):
            put(f"{year}Q{quarter}", year + quarter / 10 - 2020)
    html = periods_page(tmp_path)
    head, _row = table(html)
    assert COURSE == 8 and len(head) == 2 + 8 and head[2] == "Jan–Mar 2022" and head[-1] == "Oct–Dec 2023"
    assert html.count('<li class="card">') == 12


def test_settings_that_changed_are_told_between_periods_of_one_length_only(put, tmp_path: Path, params: Params):
    money = params.settings.model_dump(mode="json", by_alias=True)["money"]
    put("2022Q4", 1.0)
    put("2022H2", 1.0, money=money | {"currency": "USD"})
    put("2023Q1", 1.0, money=money | {"currency": "<EUR>"})
    put("2023Q2", 1.0, money=money | {"currency": "<EUR>"}, commentary={"nps": "Words."})
    html = periods_page(tmp_path)
    assert html.count("money.currency") == 1
    assert f"money.currency: {money['currency']} → &lt;EUR&gt;" in html and "USD" not in html and "Words." not in html
    assert re.search(r"<h3>Oct–Dec 2022 → Jan–Mar 2023</h3>", html)
