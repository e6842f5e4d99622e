"""The widgets of an explorer, without a browser: what is late is dropped, what is set by us is no message to us."""

import asyncio
from types import SimpleNamespace

import pytest

from cskit import i18n
from cskit.explore import Explorer, Number, Panel, Shares
from cskit.explore.widgets import Laid
from cskit.params import resolve
from cskit.show import Finding
from tests.conftest import ROOT

GOOD = Number("health.grades.good", "good from", 1, 99)
WEIGHTS = Shares(
    {f"health.dimensions.{name}": name for name in ("deployment", "engagement", "adoption", "roi", "other")}
)
READS = ("health.",)


@pytest.fixture
def made():
    """What each panel was made of, in order."""
    return []


@pytest.fixture
def explorer(made):
    params = resolve({"period": "2023Q2", "data": "data/none", "settings": {}}, root=ROOT)
    run = SimpleNamespace(params=params, settings=params.settings, period=params.period)

    def panel(name):
        def show(tried):
            made.append((name, tried.settings.health.grades.good))
            return Finding(f"{name} {tried.settings.health.grades.good:g} {i18n.term('good')}")

        return Panel(show, READS)

    return Explorer(run, (GOOD, WEIGHTS), [panel("first"), panel("second")])


async def _settled():
    for _turn in range(20):
        await asyncio.sleep(0.005)


def test_of_many_moves_at_once_only_the_last_is_made(explorer, made):
    async def moved():
        laid = Laid(explorer)
        made.clear()
        for value in range(76, 96):
            laid.inputs["health.grades.good"].value = float(value)
        await _settled()
        return laid

    laid = asyncio.run(moved())
    assert made == [("first", 95), ("second", 95)]
    assert "first 95" in laid.outputs[0].value and "second 95" in laid.outputs[1].value


def test_a_move_while_panels_are_made_begins_with_the_first_again(explorer, made):
    async def moved():
        laid = Laid(explorer)
        made.clear()
        laid.inputs["health.grades.good"].value = 80.0
        while not made:  # the first panel is made, the second not yet
            await asyncio.sleep(0)
        laid.inputs["health.grades.good"].value = 85.0
        await _settled()

    asyncio.run(moved())
    assert made == [("first", 80), ("first", 85), ("second", 85)]


def test_shares_that_make_room_are_shown_and_are_no_moves_of_their_own(explorer):
    laid = Laid(explorer)
    laid.inputs["health.dimensions.engagement"].value = 50.0
    shown = {path: laid.inputs[path].value for path in WEIGHTS.paths}
    assert shown["health.dimensions.engagement"] == 50
    assert sum(shown.values()) == pytest.approx(100)
    assert explorer.values["health.dimensions.engagement"] == 0.5
    assert "20%" in laid.marks["health.dimensions.deployment"].value.replace(" ", "")


def test_a_slider_that_a_browser_sends_with_a_rounding_error_is_not_set_back(explorer):
    laid = Laid(explorer)
    laid.inputs["health.grades.good"].value = 76.00000000000001
    assert laid.inputs["health.grades.good"].value == 76.00000000000001  # a 76 from us would overtake the next move
    assert explorer.moved == {"health.grades.good": 76}


def test_what_comes_later_is_said_in_the_language_it_was_begun_in(explorer):
    with i18n.speaking("ja"):
        laid = Laid(explorer)
    laid.inputs["health.grades.good"].value = 80.0
    assert "first 80 良好" in laid.outputs[0].value and "現行:75" in laid.marks["health.grades.good"].value


def test_settings_that_do_not_fit_together_can_be_neither_copied_nor_saved(explorer):
    laid = Laid(explorer)
    laid.inputs["health.grades.good"].value = 50.0
    assert laid.handed.save.disabled and "<pre>" not in laid.handed.text.value
    assert "do not fit together" in laid.handed.text.value and "thresholds must fall" in laid.outputs[0].value


def test_back_to_what_is_published_moves_the_sliders_too(explorer):
    laid = Laid(explorer)
    laid.inputs["health.grades.good"].value = 80.0
    assert "good: 80" in laid.handed.text.value and not laid.handed.save.disabled
    laid._reset()
    assert laid.inputs["health.grades.good"].value == 75 and "Nothing is moved." in laid.handed.text.value
    assert laid.handed.save.disabled


def test_a_name_that_is_taken_is_written_over_when_the_button_that_says_so_is_pressed(explorer, tmp_path, monkeypatch):
    monkeypatch.setattr("cskit.explore.explorer.project_root", lambda: tmp_path)
    laid, saved = Laid(explorer), tmp_path / "params/scenarios/mine.yaml"
    explorer.move("health.grades.good", 80)
    laid.handed.name.value = "mine"
    laid.handed.save.click()
    explorer.move("health.grades.good", 85)
    laid.handed.save.click()
    assert "mine.yaml holds other settings" in laid.handed.said.value and "good: 80" in saved.read_text("utf-8")
    assert laid.handed.save.description == "Write over it"
    laid.handed.name.value = "other"  # another name: nothing was asked of that
    assert laid.handed.save.description == "Save as scenario"
    laid.handed.name.value = "mine"
    laid.handed.save.click()
    assert "good: 80" in saved.read_text("utf-8")
    laid.handed.save.click()
    assert "good: 85" in saved.read_text("utf-8") and laid.handed.save.description == "Save as scenario"
