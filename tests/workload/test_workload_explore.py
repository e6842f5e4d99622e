"""Other plans: the same as a run whose settings they are, and every slider moves something."""

from dataclasses import astuple

import pandas as pd
import pytest
import yaml

from cskit.explore import Choice
from cskit.run import start
from cskit.scenarios import other_settings
from cskit.workload import costs, explore, mixes, moved, outlook, plans, served, study, words
from cskit.workload.replanned import Replanning

SCARCE = {"workload": {"planned_load": 0.6}}
MOVES = {
    "workload.outlook.hires.2023-10": 2,
    "workload.outlook.hires.2024-01": 1,
    "workload.planned_load": 0.65,
    "workload.outlook.overload_at_most": 0.1,
    "workload.what_if.moves.monthly": "growth",
    "workload.what_if.modes.growth.minutes": 60,
    "workload.what_if.modes.on_demand.per_year": 2,
}
SAID = (1, 3, 4, 5, 6, 7)  # panels that are no charts


@pytest.fixture(scope="module")
def run(demo):
    return start("2023Q2", "2022Q4", str(demo), "en", SCARCE)


@pytest.fixture(scope="module")
def found(run):
    return outlook(run), served(run), costs(run)


@pytest.fixture
def explorer(run, found):
    return explore.what_if(run, *found)


def _shown(explorer):
    return [explorer.panel(number)._repr_mimebundle_()["text/html"] for number in SAID]


def test_what_is_tried_is_what_a_run_with_those_settings_says(explorer, demo, run, found):
    for path, value in MOVES.items():
        explorer.move(path, value)
    handed = yaml.safe_load(explorer.yaml)["settings"]
    assert handed["workload"]["outlook"]["hires"] == {"2023-10": 2, "2024-01": 1}
    assert handed["workload"]["what_if"]["modes"] == {"growth": {"minutes": 60}, "on_demand": {"per_year": 2}}
    other = start("2023Q2", "2022Q4", str(demo), "en", handed)
    assert other.settings == explorer.tried.settings
    tried, ahead, mix = (
        Replanning(run, *found).plans(explorer.tried.settings),
        outlook(other),
        mixes(other, served(other)),
    )
    pd.testing.assert_frame_equal(tried.ahead.months, ahead.months)
    assert (tried.ahead.overload, tried.ahead.hires) == (ahead.overload, ahead.hires)
    assert astuple(tried.mixes) == astuple(mix) and tried.staffing == plans(other, ahead, costs(other))
    assert explorer.panel(4) == words.outlook(other, ahead, moved(other, ahead, mix))


def test_where_nothing_is_moved_the_figures_are_those_published(explorer, run, found):
    assert explorer.panel(4).text == words.outlook(run, found[0], moved(run, found[0], mixes(run, found[1]))).text
    table = explorer.panel(3).frame
    assert (table["published"] == table["tried"]).all()
    assert "as likely as published" in explorer.panel(1).text
    assert "plan as published" not in explorer.panel(0).svg


def test_another_plan_stands_beside_the_one_published(explorer):
    explorer.move("workload.outlook.hires.2023-10", 2)
    assert "plan as published" in explorer.panel(0).svg
    assert explorer.panel(3).frame.set_index("Key figure").loc["Hires planned"].tolist() == ["0", "2"]


def test_every_control_moves_something(explorer):
    for one in explorer.controls:
        if ".modes." in one.path:  # somebody is in the mode
            mode = one.path.split(".")[3]
            explorer.move(f"workload.what_if.moves.{mode}", mode)
        before = _shown(explorer)
        ends = one.options if isinstance(one, Choice) else (one.low, one.high)
        shares = not isinstance(one, Choice) and one.per_cent
        for end in ends:
            explorer.move(one.path, end / 100 if shares else end)
            if _shown(explorer) != before:
                break
        else:
            pytest.fail(f"{one.path} moves nothing")
        explorer.reset()


def test_a_hire_taken_back_leaves_nothing_to_hand_over(run, found):
    plain = run.by(start("2023Q2", data=run.params.data).settings)
    explorer = explore.what_if(plain, *found)
    explorer.move("workload.outlook.hires.2023-10", 2)
    explorer.move("workload.outlook.hires.2023-10", 0)
    assert not explorer.moved and not explorer.tried.settings.workload.outlook.hires


def test_a_report_by_other_plans_says_what_they_moved(demo):
    hires = {"workload": {"planned_load": 0.5, "outlook": {"hires": {"2023-08": 1}}}}
    told = other_settings(start("2023Q2", "2022Q4", str(demo), "en", hires), study, words, outlook)
    assert "hires in August 2023: 1 instead of 0" in told.sentences[0]
    rows = told.tables[0].frame.set_index("Key figure")
    assert rows.loc["Hires needed", "by the defaults"] == "0"
    assert int(rows.loc["Hires needed", "this report"].split()[0]) > 1


def test_without_modes_or_hours_the_rest_is_still_asked(run, found):
    ahead, lived, spent = found
    without_modes, without_hours = explore.what_if(run, ahead, None, spent), explore.what_if(run, None, lived, spent)
    assert {one.path.split(".")[1] for one in without_modes.controls} == {"outlook", "planned_load", "leave"}
    assert {one.path.split(".")[1] for one in without_hours.controls} == {"what_if"}
    for explorer in (without_modes, without_hours):
        for number in range(len(explorer.panels)):
            assert "text/html" in explorer.panel(number)._repr_mimebundle_()


def test_more_hours_cost_and_fewer_save(explorer):
    assert "−74.0 h a month, saving hours worth" in explorer.panel(1).text
    explorer.move("workload.what_if.moves.tech_touch", "weekly")
    said = explorer.panel(1).text
    assert "h a month, costing ¥" in said and "saving" not in said
    assert (
        explorer.panel(3).frame.set_index("Key figure").loc["Total hours of the modes a month, now", "tried"] == "352 h"
    )
