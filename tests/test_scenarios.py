"""Which settings a report was made with, what that moved, and what scenarios would give."""

import pytest
import yaml

from cskit import growth, health, nps, plays, workload
from cskit.errors import SettingsError
from cskit.params import load, settings_with
from cskit.run import start
from cskit.scenarios import changed_settings, other_settings, saved_scenarios
from tests.conftest import ROOT, project_in

STRICT = {"health": {"grades": {"good": 90, "sound": 80, "caution": 60}}}


@pytest.fixture(scope="module")
def run_with(demo):
    return lambda **settings: start("2023Q2", "2022Q4", str(demo), "en", settings)


def _cells(rows, key="At risk"):
    frame = rows.frame.set_index("Key figure")
    return dict(frame.loc[key])


def test_by_the_defaults_and_without_scenarios_there_is_nothing_to_say(run_with):
    assert other_settings(run_with(), health.study, health.words) is None


def test_a_report_says_which_settings_are_changed_and_what_that_moved(run_with):
    plain, strict = (len(health.study(run_with(**own)).now.at_risk) for own in ({}, STRICT))
    shown = other_settings(run_with(**STRICT), health.study, health.words)
    assert shown.sentences[0].startswith("Made with changed settings: good from 90 points instead of 75 points, ")
    cells = _cells(shown.tables[0])
    assert cells["by the defaults"] == str(plain) and cells["this report"] == f"{strict} (+{strict - plain})"
    # What moved besides the key figures is there, too.
    before, now = (health.study(run_with(**own)).now.count("good") for own in ({}, STRICT))
    assert _cells(shown.tables[0], "Good")["this report"] == f"{now} (−{before - now})"


def test_only_a_report_that_shows_something_by_changed_settings_says_so(run_with):
    run = run_with(**STRICT, targets={"nps.company_response": {"value": 0.9}})
    assert other_settings(run, workload.study, workload.words, workload.outlook) is None
    plain = run_with(targets={"nps.company_response": {"value": 0.9}})
    assert other_settings(plain, nps.study, nps.words) is None


def test_settings_of_health_are_said_where_its_grades_stand_and_compared_where_figures_rest_on_them(run_with):
    run = run_with(**STRICT)
    told = "Made with changed settings: good from 90 points instead of 75 points"
    for wing in (nps, growth):  # grades stand beside their own figures, which they do not move
        shown = other_settings(run, wing.study, wing.words)
        assert shown.sentences[0].startswith(told) and shown.tables == () and shown.scenarios == {}
    shown = other_settings(run, plays.study, plays.words)
    assert shown.sentences[0].startswith(told)
    before, now = (len(plays.study(own).now.rows.query("state in ['new', 'waits']")) for own in (run_with(), run))
    cells = _cells(shown.tables[0], "Actions called for")
    assert (cells["by the defaults"], cells["this report"]) == (str(before), f"{now} (+{now - before})")


def test_scenarios_stand_side_by_side_each_with_what_it_changes(run_with):
    run = run_with(scenarios={"strict": STRICT, "lean": {"money": {"hourly_cost": 1}}})
    shown = other_settings(run, health.study, health.words)
    strict = len(health.study(run_with(**STRICT)).now.at_risk)
    cells = _cells(shown.tables[0])
    assert list(cells) == ["this report", "strict"]  # what an hour costs changes nothing here
    assert cells["strict"].startswith(f"{strict} (+")
    assert shown.sentences == (
        "strict: good from 90 points instead of 75 points, sound from 80 points instead of 55 points and caution from 60 points instead of 35 points.",
    )


def test_a_scenario_is_laid_over_the_settings_of_the_run(run_with):
    run = run_with(health={"grades": {"good": 90}}, scenarios={"more": {"health": {"grades": {"sound": 80}}}})
    shown = other_settings(run, health.study, health.words)
    assert shown.sentences[-1] == "more: sound from 80 points instead of 55 points."
    both = len(health.study(run_with(health={"grades": {"good": 90, "sound": 80}})).now.at_risk)
    assert _cells(shown.tables[1])["more"].split()[0] == str(both)


def test_saved_scenarios_are_compared_without_being_listed_in_params(run_with, tmp_path, monkeypatch):
    (tmp_path / "params/scenarios").mkdir(parents=True)
    run = run_with()
    monkeypatch.setattr("cskit.scenarios.project_root", lambda: tmp_path)
    assert saved_scenarios(run, health.study, health.words).text == "No scenario of this analysis is saved yet."
    for name, changes in {"strict": STRICT, "cheap": {"money": {"hourly_cost": 1}}}.items():
        (tmp_path / f"params/scenarios/{name}.yaml").write_text(yaml.safe_dump({"settings": changes}), encoding="utf-8")
    shown = saved_scenarios(run, health.study, health.words)
    listed = other_settings(run_with(scenarios={"strict": STRICT}), health.study, health.words)
    assert shown.tables[0].frame.equals(listed.tables[0].frame) and shown.sentences == listed.sentences


def test_a_scenario_that_changes_nothing_of_the_report_says_so(run_with):
    run = run_with(**STRICT, scenarios={"strict": STRICT})
    shown = other_settings(run, health.study, health.words)
    assert shown.sentences[-1] == "strict: the settings of this report."


def test_how_far_a_team_has_come_is_no_changed_setting():
    steps = {"support": {"roadmap": {"steps": {"faq": {"status": "done"}}}}}
    assert changed_settings(settings_with(steps), "support") == {}


def test_many_changed_settings_are_counted(run_with):
    items = {
        name: {"bands": [{"from": 0, "points": 50}, {"from": 9, "points": 100}]}
        for name in ("setup_done", "licence_use", "feature_breadth")
    }
    shown = other_settings(run_with(health={"items": items, **STRICT["health"]}), health.study, health.words)
    assert "more settings are changed." in shown.sentences[0]
    told = shown._repr_mimebundle_()["text/html"]
    assert all(f"{grade} from" in told for grade in ("good", "sound", "caution")) and "Settings that are not" in told


def test_weights_that_only_made_room_are_said_last(run_with):
    rules = {"dimensions": {"deployment": 0.1, "engagement": 0.4}, "grades": {"good": 80}}
    said = other_settings(run_with(health=rules), health.study, health.words).sentences[0]
    assert said.index("good from") < said.index("weight of Deployment")


def test_settings_that_move_no_key_figure_say_so_instead_of_a_table(run_with):
    shown = other_settings(run_with(nps={"comment_categories": {"pricing": ["price"]}}), nps.study, nps.words)
    assert shown.sentences[0].endswith("No key figure moved; others of this report may have.") and shown.tables == ()


@pytest.mark.parametrize(
    ("scenarios", "told"),
    [
        ({"x": {"health": {"grades": {"goood": 1}}}}, "scenarios.x:\n  health.grades.goood is not a setting. Did you mean good?"),
        ({"x": {"data": {"set_aside": True}}}, "scenarios.x:\n  data: a scenario may change money, "),
        ({"x": "params/none.yaml"}, "cannot be read"),
        ({"x": 3}, "scenarios.x"),
    ],
)  # fmt: skip
def test_a_scenario_that_cannot_be_used_is_refused_before_anything_is_run(scenarios, told):
    from cskit.params import resolve

    with pytest.raises(SettingsError) as refused:
        resolve({"period": "2023Q2", "settings": {"scenarios": scenarios}}, root=ROOT)
    assert told in str(refused.value)


def test_settings_of_a_file_go_before_the_periods_and_set_before_all(tmp_path):
    project = project_in(tmp_path)
    (project / "params/scenarios").mkdir()
    path = project / "params/scenarios/mine.yaml"
    path.write_text("settings: {health: {grades: {good: 80, sound: 60}}, report: {title: Mine}}", encoding="utf-8")
    (project / "params/2023Q2.yaml").write_text(
        "settings: {health: {grades: {good: 70, caution: 30}}}", encoding="utf-8"
    )
    params = load(
        "2023Q2", root=project, settings_file="params/scenarios/mine.yaml", overrides=["health.grades.good=85"]
    )
    grades = params.settings.health.grades
    assert (grades.good, grades.sound, grades.caution, params.settings.report.title) == (85, 60, 30, "Mine")


def test_a_scenario_named_by_its_file_is_the_same_as_one_written_out(tmp_path):
    project = project_in(tmp_path)
    (project / "params/mine.yaml").write_text("settings: {health: {grades: {good: 80}}}", encoding="utf-8")
    (project / "params/2023Q2.yaml").write_text("settings: {scenarios: {mine: params/mine.yaml}}", encoding="utf-8")
    params = load("2023Q2", root=project)
    assert params.settings.scenarios == {"mine": {"health": {"grades": {"good": 80}}}}
    assert params.injected()["settings"] == {"scenarios": {"mine": {"health": {"grades": {"good": 80}}}}}


def test_a_saved_scenario_that_does_not_fit_is_named_and_the_others_are_shown(run_with, tmp_path, monkeypatch):
    (tmp_path / "params/scenarios").mkdir(parents=True)
    run = run_with()
    monkeypatch.setattr("cskit.scenarios.project_root", lambda: tmp_path)
    unfit = {"health": {"grades": {"good": 1}}}
    for name, changes in {"nonsense": unfit, "strict": STRICT}.items():
        (tmp_path / f"params/scenarios/{name}.yaml").write_text(yaml.safe_dump({"settings": changes}), encoding="utf-8")
    shown = saved_scenarios(run, health.study, health.words)
    assert "strict" in shown.tables[0].frame.columns and "nonsense" not in shown.tables[0].frame.columns
    assert "params/scenarios/nonsense.yaml: health.grades: thresholds must fall" in shown.sentences[-1]
    (tmp_path / "params/scenarios/strict.yaml").unlink()
    assert "nonsense.yaml" in saved_scenarios(run, health.study, health.words).quiet
