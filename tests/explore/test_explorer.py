"""An explorer: what is moved is reckoned by, what is not is left alone, and the difference can be handed over."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from cskit import i18n
from cskit.errors import NameTaken, SettingsError
from cskit.explore import Choice, Explorer, Number, Panel, Shares
from cskit.explore.widgets import Laid
from cskit.params import resolve, settings_of, settings_with
from cskit.show import Finding
from tests.conftest import ROOT

GOOD = Number("health.grades.good", "good from", 1, 99)
WEIGHTS = Shares(
    {f"health.dimensions.{name}": name for name in ("deployment", "engagement", "adoption", "roi", "other")}
)
SEGMENT = Choice("view.segment", "segment", {"": "all", "small": "small"})


def _run(**settings):
    values = {"period": "2023Q2", "data": "data/none", "settings": settings}
    params = resolve(values, root=ROOT)
    return SimpleNamespace(params=params, settings=params.settings, period=params.period)


@pytest.fixture
def made():
    """How often each panel was made, and by what."""
    return {"score": [], "view": []}


@pytest.fixture
def explorer(made):
    panels = (
        Panel(lambda tried: made["score"].append(tried.settings.health.grades.good) or Finding("a"), ("health.",)),
        Panel(lambda tried: made["view"].append(tried.view["segment"]) or Finding("b"), ("view.",)),
    )
    return Explorer(_run(), (GOOD, WEIGHTS, SEGMENT), panels, {"segment": ""})


def test_a_panel_is_made_by_the_settings_moved(explorer, made):
    explorer.panel(0)
    explorer.move("health.grades.good", 80)
    explorer.panel(0)
    assert made["score"] == [75, 80]


def test_a_panel_is_not_made_again_where_nothing_it_reads_moved(explorer, made):
    for _again in range(2):
        explorer.panel(0), explorer.panel(1)
    explorer.move("health.grades.good", 80)
    explorer.panel(0), explorer.panel(1)
    explorer.move("view.segment", "small")
    explorer.panel(0), explorer.panel(1)
    assert made == {"score": [75, 80], "view": ["", "small"]}


def test_one_of_several_shares_makes_the_others_move(explorer):
    explorer.move("health.dimensions.engagement", 0.5)
    moved = explorer.tried.settings.health.dimensions
    assert moved["engagement"] == 0.5 and sum(moved.values()) == pytest.approx(1)
    assert moved["deployment"] == pytest.approx(0.2 / 0.7 * 0.5, abs=0.01)


def test_shares_do_not_remember_the_way_a_slider_took(explorer):
    for value in (0.31, 0.9, 1.0, 0.02, 0.5):
        explorer.move("health.dimensions.engagement", value)
    straight = {path: explorer.values[path] for path in explorer.values if "dimensions" in path}
    explorer.reset()
    explorer.move("health.dimensions.engagement", 0.5)
    assert straight == {path: explorer.values[path] for path in straight}
    explorer.move("health.dimensions.roi", 0.3)  # from where the others are now
    assert explorer.values["health.dimensions.engagement"] < 0.5
    # Whole per cents: where a slider can stand, and the browser has nothing to set right.
    assert all(100 * explorer.values[path] == pytest.approx(round(100 * explorer.values[path])) for path in straight)


def test_settings_that_do_not_fit_together_are_said_once_and_nothing_else_is_shown(explorer):
    explorer.move("health.grades.good", 50)
    assert "thresholds must fall" in explorer.panel(0).text and explorer.panel(1) is None
    with pytest.raises(SettingsError, match="thresholds must fall"):
        explorer.save("nonsense")
    explorer.move("health.grades.good", 76)
    assert explorer.panel(0).text == "a"


def test_what_does_not_fit_is_said_in_the_readers_language(explorer):
    with i18n.speaking("ja"):
        explorer.move("health.grades.good", 50)
        assert "ランクの下限は" in explorer.panel(0).text


def test_reset_goes_back_to_what_is_published(explorer):
    explorer.move("health.grades.good", 80)
    explorer.move("view.segment", "small")
    explorer.reset()
    assert explorer.tried.settings == settings_with() and explorer.tried.view == {"segment": ""} and not explorer.moved


def test_a_setting_that_is_not_there_cannot_be_moved(explorer):
    with pytest.raises(
        SettingsError, match=r"health.grades.god cannot be moved here. Did you mean health.grades.good?"
    ):
        explorer.move("health.grades.god", 50)


def test_the_yaml_is_the_difference_from_the_defaults_and_gives_the_same_settings_again(explorer, tmp_path):
    explorer.move("health.grades.good", 80)
    explorer.move("view.segment", "small")
    assert yaml.safe_load(explorer.yaml) == {"settings": {"health": {"grades": {"good": 80}}}}
    (tmp_path / "mine.yaml").write_text(explorer.yaml, encoding="utf-8")
    assert settings_with(settings_of(str(tmp_path / "mine.yaml"), ROOT)) == explorer.tried.settings


def test_what_a_period_sets_belongs_to_the_difference_from_the_defaults():
    sound = Number("health.grades.sound", "sound from", 1, 99)
    others = {"nps": {"eligible_months": 3}, "report": {"title": "Ours"}}
    explorer = Explorer(_run(health={"grades": {"sound": 60}, "window_days": 14}, **others), (GOOD, sound), ())
    explorer.move("health.grades.good", 80)
    assert yaml.safe_load(explorer.yaml) == {"settings": {"health": {"grades": {"good": 80, "sound": 60}}}}
    assert explorer.tried.settings.nps.eligible_months == 3


def test_a_scenario_is_saved_under_its_name_and_written_over_only_when_told_to(explorer, tmp_path, monkeypatch):
    (tmp_path / "params").mkdir()
    (tmp_path / "params/base.yaml").write_text("", encoding="utf-8")
    monkeypatch.setattr("cskit.explore.explorer.project_root", lambda: tmp_path)
    explorer.move("health.grades.good", 80)
    assert "params/scenarios/厳しめ.yaml" in explorer.save(" 厳しめ ")
    saved = tmp_path / "params/scenarios/厳しめ.yaml"
    assert settings_of(str(saved), tmp_path) == {"health": {"grades": {"good": 80}}}
    explorer.save("厳しめ")  # the same again is no harm
    explorer.move("health.grades.good", 85)
    with pytest.raises(NameTaken, match="holds other settings"):
        explorer.save("厳しめ")
    assert settings_of(str(saved), tmp_path) == {"health": {"grades": {"good": 80}}}
    explorer.save("厳しめ", over=True)
    assert settings_of(str(saved), tmp_path) == {"health": {"grades": {"good": 85}}}


def test_a_scenario_without_a_name_is_asked_for_one(explorer):
    explorer.move("health.grades.good", 80)
    with pytest.raises(SettingsError, match="Give the scenario a name"):
        explorer.save(" ")


def test_names_that_are_one_file_on_windows_and_macos_are_one(explorer, tmp_path, monkeypatch):
    monkeypatch.setattr("cskit.explore.explorer.project_root", lambda: tmp_path)
    explorer.move("health.grades.good", 81)
    explorer.save("Lean")
    explorer.move("health.grades.good", 82)
    with pytest.raises(NameTaken):
        explorer.save("LEAN")


@pytest.mark.parametrize("name", ["CON", "lpt1"])
def test_a_scenarios_name_is_one_for_windows_too(explorer, name):
    explorer.move("health.grades.good", 80)
    with pytest.raises(SettingsError, match="names no file on Windows"):
        explorer.save(name)


@pytest.mark.parametrize("name", ["../base", "a/b", ".hidden", "x" * 61, "a.yaml"])
def test_a_scenarios_name_cannot_lead_elsewhere(explorer, name):
    explorer.move("health.grades.good", 80)
    with pytest.raises(SettingsError, match="is named by letters"):
        explorer.save(name)


def test_nothing_moved_is_nothing_to_save(explorer):
    assert explorer.yaml == ""
    with pytest.raises(SettingsError, match="Nothing is moved"):
        explorer.save("same")


def test_a_file_of_settings_with_anything_else_in_it_is_refused(tmp_path):
    path = Path(tmp_path / "odd.yaml")
    path.write_text("health: {grades: {good: 80}}", encoding="utf-8")
    with pytest.raises(SettingsError, match="a file of settings holds settings"):
        settings_of(str(path), ROOT)


def test_what_params_do_not_hold_counts_as_what_is_absent_and_is_made_when_moved():
    hires = Number("workload.outlook.hires.2023-10", "October", 0, 10, absent=0)
    minutes = Number("workload.what_if.modes.growth.minutes", "minutes", 0, 180, absent=88)
    explorer = Explorer(_run(), (hires, minutes), ())
    assert explorer.begun == {hires.path: 0, minutes.path: 88} and explorer.tried.settings == settings_with()
    explorer.move(hires.path, 2)
    explorer.move(minutes.path, 60)
    made = {"workload": {"outlook": {"hires": {"2023-10": 2}}, "what_if": {"modes": {"growth": {"minutes": 60}}}}}
    assert yaml.safe_load(explorer.yaml) == {"settings": made}
    assert settings_with(made) == explorer.tried.settings
    explorer.move(hires.path, 0)
    assert "hires" not in explorer.yaml


def test_what_a_period_sets_is_taken_away_by_saying_so():
    hires = Number("workload.outlook.hires.2023-10", "October", 0, 10, absent=0)
    explorer = Explorer(_run(workload={"outlook": {"hires": {"2023-10": 2}}}), (hires,), ())
    assert explorer.begun[hires.path] == 2
    explorer.move(hires.path, 0)
    assert explorer.tried.settings.workload.outlook.hires == {"2023-10": 0}


def test_a_slider_that_stands_only_at_its_steps_has_not_moved_what_lies_between():
    explorer = Explorer(_run(health={"grades": {"good": 75.4}}), (GOOD,), ())
    slider = Laid(explorer).inputs[GOOD.path]
    slider.value = 75  # as a browser says when it draws it
    assert not explorer.moved
    slider.value = 80
    assert explorer.moved == {GOOD.path: 80}
