"""Two runs side by side: what moved, why, and what was restated. Runs written by hand, and a toy run for real."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from cskit import cli
from cskit.errors import CskitError
from cskit.metrics import Metric, metric
from cskit.params import Params, load
from cskit.periods import parse
from cskit.report.course import Stop
from cskit.report.diff import Diff, diff, find_run, move_of
from cskit.report.pack import make_pack

Q4, Q2 = "2022-10-01/2022-12-31", "2023-04-01/2023-06-30"


def risk(value: int | None, **rest: Any) -> Metric:
    return metric("health.at_risk", value, "counted", **rest)


def score(value: float | None, low: float | None = None, high: float | None = None, **rest: Any) -> Metric:
    return metric("nps.score", value, "estimated", low=low, high=high, **rest)


def moved(before: Metric | None, after: Metric | None, one_period: bool = False) -> str:
    return move_of(before, after, Stop(parse("2022Q4"), {}, {}), one_period)


def test_a_count_moved_by_what_it_moved():
    assert moved(risk(16), risk(15)) == "better" and moved(risk(16), risk(17)) == "worse"
    assert moved(risk(16), risk(16)) == "same"
    assert moved(metric("workload.hours", 1.0, "counted"), metric("workload.hours", 2.0, "counted")) == "moved"


def test_a_count_whose_share_went_the_other_way_is_neither_good_news_nor_bad():
    assert moved(risk(16, n=100), risk(17, n=200)) == "moved"  # 16 % and 8.5 %
    assert moved(risk(16, n=100), risk(17, n=100)) == "worse"


def test_an_estimate_moved_only_where_the_intervals_do_not_meet():
    assert moved(score(4, 0, 8), score(20, 9, 31)) == "better"
    assert moved(score(4, 0, 8), score(20, 8, 31)) == "unclear"  # they touch
    assert moved(score(20, 9, 31), score(4, 0, 8)) == "worse"
    assert moved(score(4), score(90)) == moved(score(4, 0, 8), score(90)) == "unclear"
    assert moved(score(4, 0, 8), score(4, 0, 8)) == "unclear"  # alike is not the same as unmoved


def test_a_count_that_became_an_estimate_has_no_width_of_its_own():
    counted = metric("nps.score", 4, "counted", low=0, high=50)
    assert moved(counted, score(20, 9, 31)) == "better" and moved(counted, score(20, 4, 31)) == "unclear"


def test_the_interval_of_the_change_goes_before_those_of_the_values():
    paired = score(20, 5, 35, before=4, versus=Q4, change_low=1, change_high=31)
    assert moved(score(4, -10, 18), paired) == "better"
    assert moved(score(4, 0, 8), score(20, 9, 31, before=4, versus=Q4, change_low=-1, change_high=33)) == "unclear"


def test_the_interval_of_another_change_says_nothing():
    elsewhere = score(20, 5, 35, before=4, versus="2023-01-01/2023-03-31", change_low=1, change_high=31)
    restated = score(20, 5, 35, before=3, versus=Q4, change_low=1, change_high=31)
    assert moved(score(4, -10, 18), elsewhere) == moved(score(4, -10, 18), restated) == "unclear"


def test_in_one_period_any_difference_is_a_fact():
    assert moved(score(4, 0, 8), score(5, 0, 9), True) == "better"
    assert moved(score(4, 0, 8), score(4, 0, 9), True) == "same"
    assert moved(score(0.3), score(0.1 + 0.2), True) == "same"


def test_months_move_where_their_intervals_do_not_meet():
    def month(value: str, low: str, high: str) -> Metric:
        return metric("onboarding.crossing", value, "estimated", low=low, high=high)

    early, later = month("2021-05", "2021-04", "2021-07"), month("2021-11", "2021-08", "2022-01")
    assert moved(early, later) == moved(later, early) == "moved"
    assert moved(early, month("2021-06", "2021-07", "2021-09")) == "unclear"
    counted = [metric("onboarding.crossover_month", value, "counted") for value in ("2021-05", "2021-06")]
    assert moved(*counted) == "moved" and moved(counted[0], counted[0]) == "same"


def test_what_only_one_run_knows_has_not_moved():
    assert moved(None, risk(1)) == moved(risk(None), risk(1)) == "new"
    assert moved(risk(1), None) == moved(risk(1), risk(None)) == "gone"


@pytest.fixture
def put(tmp_path: Path, params: Params):
    """Lays a run into the reports folder; what is given goes into its manifest."""

    def made(name: str, *metrics: Metric, settings: dict[str, Any] | None = None, **told: Any) -> Path:
        folder = tmp_path / "reports" / name
        folder.mkdir(parents=True)
        everything = params.settings.model_dump(mode="json", by_alias=True) | (settings or {})
        period = parse(name.removeprefix(".runs/").split("/")[0])
        manifest = {"period": period.name, "made_at": "2026-07-03T09:00:00+09:00", "as_of": f"{period.end}",
                    "settings": {"all": everything}, "inputs": [], "code": {"digest": "c"}, "versions": {}}  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(manifest | told), encoding="utf-8")
        text = json.dumps({one.name: one.as_json() for one in metrics})
        (folder / "metrics.json").write_text(text, encoding="utf-8")
        return folder

    return made


def churns(sha: str, rows: int = 4) -> list[dict[str, Any]]:
    return [{"path": "churns.csv", "table": "churns", "rows": rows, "sha256": sha}]


@pytest.fixture
def told(tmp_path: Path, params: Params, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs ``cskit diff`` on the reports folder: what it prints, line by line, without the space around."""

    def say(*words: str, code: int = 0) -> list[str]:
        monkeypatch.setattr(sys, "argv", ["cskit", "diff", *words, "--out", str(tmp_path / "reports")])
        if code:
            with pytest.raises(SystemExit) as left:
                cli.main()
            assert left.value.code == code
            return capsys.readouterr().err.splitlines()
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert not left.value.code
        return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]

    return say


def test_past_data_corrected_are_told_from_settings_that_changed(put):
    def after(name: str, **rest: Any) -> Diff:
        return diff(before, put(name, risk(18, before=17, versus=Q4), **rest))

    before = put("2022Q4", risk(16), inputs=churns("a"))
    corrected = after("2023Q2", inputs=churns("b", 5))
    assert [(one.days, one.was, one.now) for one in corrected.restated] == [(Q4, 16, 17)]
    assert corrected.because == "data"
    assert corrected.causes.lines == ["input churns.csv: 4 rows → 5 rows"]
    assert after("2022H2", inputs=churns("a"), code={"digest": "d"}).because == "method"
    assert after("2023Q3", inputs=churns("b"), versions={"pandas": "3"}).because == "either"
    assert after("2023Q4", inputs=churns("a")).because == "unknown"
    # A target judges a figure and moves none: it is said, and it is no reason.
    judged = after("2024Q1", inputs=churns("b"), settings={"targets": {"health.at_risk": {"value": 1}}})
    assert judged.because == "data" and all("moves no figure" in line for line in judged.causes.lines[1:])
    assert "setting targets.health.at_risk.value: not set → 1 (moves no figure)" in judged.causes.lines


def test_a_run_made_before_its_period_was_over_is_a_reason(put):
    before = put("2022Q4", risk(16), made_at="2022-12-20T09:00:00+09:00")
    found = diff(before, put("2023Q2", risk(18, before=17, versus=Q4)))
    assert found.because == "data" and found.causes.lines == ["2022Q4 was made before its period was over"]


def test_inputs_code_libraries_and_files_of_two_sheets_are_told_apart(put):
    sheets = [{**churns("a")[0], "path": "all.xlsx"}, {**churns("a", 2)[0], "path": "all.xlsx", "table": "csms"}]
    before = put("2022Q4", inputs=[*churns("a"), *sheets], versions={"pandas": "3.1.0", "scipy": "1"})
    after = put("2023Q2", inputs=[*churns("b"), sheets[0]], versions={"pandas": "3.1.1"}, code={"digest": "d" * 64})
    assert diff(before, after).causes.lines == [
        "input all.xlsx: new, 4 rows",
        "input all.xlsx (churns): gone, had 4 rows",
        "input all.xlsx (csms): gone, had 2 rows",
        "input churns.csv: other contents, 4 rows",
        f"code of cskit: c → {'d' * 12}",
        "library pandas: 3.1.0 → 3.1.1",
        "library scipy: gone, had 1",
    ]


def test_the_screen_says_what_moved_why_and_what_was_restated(put, told):
    put("2022Q4", risk(16), score(4, -13, 21), metric("growth.arr", 5e8, "counted"), inputs=churns("a"))
    put("2023Q2", risk(18, before=17, versus=Q4), score(6, -12, 24, before=4, versus=Q4, change_low=-20, change_high=25),
        metric("growth.arr", 5e8, "counted"), inputs=churns("b"))  # fmt: skip
    assert told("2022Q4", "2023Q2") == [
        "2022Q4 → 2023Q2",
        "figure 2022Q4 2023Q2 moved",
        "At risk 16 18 worse, +2",
        "NPS +4.0 (−13.0 to +21.0) +6.0 (−12.0 to +24.0) cannot tell",
        "1 of 3 figures are the same.",
        "",
        "Why?",
        "Another period, and beside that:",
        "input churns.csv: other contents, 4 rows",
        "",
        "Restated?",
        "At risk, Oct–Dec 2022: 16 → 17",
        "Settings, notebooks, code and libraries are the same: past data were corrected.",
    ]


def test_where_periods_do_not_match_no_restatement_can_be_said(put, told):
    put("2022Q4", risk(16))
    put("2023Q2", risk(18, before=17, versus="2023-01-01/2023-03-31"))
    lines = told("2022Q4", "2023Q2")
    assert lines[-1].startswith("Cannot be said:") and "cskit run 2023Q2 --compare-to 2022Q4" in lines[-1]
    assert lines[lines.index("Why?") + 1] == "Another period; all else is the same."
    put("2023Q3", risk(18, before=16, versus=Q4))
    assert told("2022Q4", "2023Q3")[-1] == "No figure: what both state of the same days is the same."


def test_two_runs_of_one_period_differ_for_what_they_were_made_from(put, told):
    put(".runs/2023Q2/20230703T000000Z", risk(18, before=16, versus=Q4), score(6.4, -12, 24), inputs=churns("a"))
    put("2023Q2", risk(19, before=17, versus=Q4), score(6.40001, -12, 24), inputs=churns("b"))
    assert told(".runs/2023Q2/20230703T000000Z", "2023Q2") == [
        "2023Q2/20230703T000000Z → 2023Q2",
        "figure 2023Q2/20230703T000000Z 2023Q2 moved",
        "At risk 18 19 differs, +1",
        "NPS +6.4 (−12.0 to +24.0) +6.4 (−12.0 to +24.0) differs in digits not printed",
        "0 of 2 figures are the same.",
        "",
        "Why?",
        "One period, so every difference is one of these:",
        "input churns.csv: other contents, 4 rows",
        "",
        "Restated?",
        "At risk, Oct–Dec 2022: 16 → 17",
        "Settings, notebooks, code and libraries are the same: past data were corrected.",
    ]


def test_a_count_that_moved_by_less_than_is_printed_is_unchanged(put, told):
    put("2022Q4", metric("health.coverage", 0.76021, "counted"))
    put("2023Q2", metric("health.coverage", 0.76023, "counted"))
    assert "Health coverage 76.0 % 76.0 % unchanged" in told("2022Q4", "2023Q2")


def test_a_figure_of_another_formula_is_not_compared(put, told):
    put("2022Q4", risk(16))
    put("2023Q2", Metric("health.at_risk", 90, "count", "down", "counted", "another formula", before=20, versus=Q4))
    lines = told("2022Q4", "2023Q2")
    assert "At risk 16 90 another formula" in lines and not [line for line in lines if "Oct–Dec" in line]


def test_more_files_and_figures_than_a_screen_holds_are_counted(put, told):
    many = [{**churns("a")[0], "path": f"{place:02}.csv"} for place in range(20)]
    put("2022Q4", risk(1), inputs=many)
    put("2023Q2", risk(1))
    lines = told("2022Q4", "2023Q2")
    why = lines[lines.index("Why?") + 1 : lines.index("Restated?") - 1]
    assert len(why) == 13 and why[-1] == "and 9 more: --json"  # one line says that it is another period


def test_of_many_figures_restated_the_reason_is_never_cut(put, told):
    names = [f"health.{name}" for name in ("at_risk", "action", "caution", "good", "sound", "provisional", "improved")]
    names += [f"health.{name}" for name in ("newly_at_risk", "good_churned", "stale_inputs")]
    names += ["onboarding.overdue", "onboarding.unknown_customers", "growth.churns_year", "growth.churns_previous_year"]
    put("2022Q4", *(metric(name, 1, "counted") for name in names))
    put("2023Q2", *(metric(name, 1, "counted", before=2, versus=Q4) for name in names))
    lines = told("2022Q4", "2023Q2")
    assert lines[-2] == "and 2 more: --json" and lines[-1].startswith("Nothing they were made from differs")


def test_a_notebook_of_another_source_is_a_reason_whatever_its_parameters(put):
    runs = [
        put("2022Q4", risk(16)),
        put("2023Q2", risk(18, before=17, versus=Q4)),
        put("2023Q3", risk(18, before=17, versus=Q4)),
    ]
    for run, source in zip(runs, ("x = 1", "x = 1", "x = 2"), strict=True):
        cells = [
            {"source": [source], "metadata": {}},
            {"source": run.name, "metadata": {"tags": ["injected-parameters"]}},
        ]
        copy = run / "internal/notebooks/en/summary.ipynb"
        copy.parent.mkdir(parents=True)
        copy.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert diff(runs[0], runs[1]).causes.notebooks == ()
    found = diff(runs[0], runs[2])
    assert found.causes.lines == ["notebook summary.ipynb: another source"] and found.because == "method"


def test_machines_get_all_of_it(put, told):
    put("2022Q4", risk(16), score(4, -13, 21), inputs=churns("a"))
    put("2023Q2", risk(18, before=17, versus=Q4), score(None), inputs=churns("b"))
    found = json.loads("\n".join(told("2022Q4", "2023Q2", "--json")))
    assert found["restated"] == {
        "comparable": True,
        "because": "data",
        "figures": [{"name": "health.at_risk", "days": Q4, "was": 16, "now": 17}],
    }
    assert [(one["name"], one["move"]) for one in found["figures"]] == [
        ("health.at_risk", "worse"),
        ("nps.score", "gone"),
    ]
    assert found["figures"][1]["before"] == {"value": 4, "low": -13, "high": 21, "n": None}
    assert found["causes"]["inputs"] == [{"name": "churns.csv", "before": "4 rows", "after": "4 rows"}]


def test_what_is_no_run_is_named_with_those_there_are(put, told, tmp_path: Path):
    put("2022Q4", risk(16))
    assert told("2022Q4", "2022Q3", code=2) == [
        "2022Q3: no run of cskit, as there is no manifest.json. Did you mean 2022Q4? Found in reports/: 2022Q4."
    ]
    with pytest.raises(CskitError, match="There are no runs in"):
        find_run("2022Q4", tmp_path / "nowhere")
    several = put("2023Q2", each="segment", parts={"small": "segment=small", "mid": "segment=mid"}, settings={})
    with pytest.raises(CskitError, match="Name one of them: segment=small, segment=mid"):
        diff(several, several)


COUNTED = """
from cskit.run import start
from cskit.show import Headline
run = start(period, compare_to, data, lang, settings)
left = run.data.table("churns").effective_on.to_pandas().astype(str)
until = lambda day: int((left <= str(day)).sum())
now = run.metric("health.at_risk", until(run.period.end), "counted", before=until(run.compare_to.end))
Headline("Left.", ("health.at_risk",), (now,))
""".strip()


def test_a_churn_entered_late_is_a_restatement_in_real_runs(project, tmp_path: Path, told):
    from cskit.data import open_data

    root = project(summary=[COUNTED])
    out, folder = tmp_path / "reports", root / "data/toy"
    folder.mkdir(parents=True)
    (folder / "customers.csv").write_text("customer_id\nA\nB\nC\n", encoding="utf-8")

    def run(period: str, rows: str) -> None:
        (folder / "churns.csv").write_text(f"customer_id,effective_on\n{rows}", encoding="utf-8")
        params = load(period, "2022Q4" if period == "2023Q2" else "", "data/toy", root=root)
        data = open_data(params.data, params.settings, params.period.end, root)
        assert make_pack(params, root, out, data=data).complete

    run("2022Q4", "A,2022-11-01\n")
    run("2023Q2", "A,2022-11-01\nB,2023-05-01\n")
    assert told("2022Q4", "2023Q2")[-1] == "No figure: what both state of the same days is the same."
    run("2023Q2", "A,2022-11-01\nB,2023-05-01\nC,2022-12-01\n")
    lines = told("2022Q4", "2023Q2")
    assert "At risk 1 3 worse, +2" in lines and "input churns.csv: 1 row → 3 rows" in lines
    assert lines[-2:] == [
        "At risk, Oct–Dec 2022: 1 → 2",
        "Settings, notebooks, code and libraries are the same: past data were corrected.",
    ]
    assert "At risk, Oct–Dec 2022: 1 → 2" in (out / "index.html").read_text(encoding="utf-8")
    older = sorted((out / ".runs/2023Q2").glob("2*"))[0]
    lines = told(str(older), "2023Q2")
    assert "At risk 2 3 differs, +1" in lines and "input churns.csv: 2 rows → 3 rows" in lines
