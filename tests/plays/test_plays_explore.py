"""Other plays: the same list as a run makes whose settings they are, and every slider moves something."""

from datetime import date

import pandas as pd
import pytest
import yaml

from cskit.explore import Choice
from cskit.params import resolve
from cskit.plays import explore, study, words
from cskit.run import Run, start
from tests.plays.test_actions import CONTRACTS, CSMS, CUSTOMERS, PLAY

MOVES = {
    "plays.catalogue.contact_overdue.when.0.at_least": 150,
    "plays.catalogue.unknown_after_self.enabled": False,
    "plays.catalogue.goal_slipping.weight": 0.95,
    "plays.per_customer": 1,
    "plays.weeks": 6,
}

# None of the demo's promoters has referred anybody, whatever number of referrals is allowed.
IDLE = "plays.catalogue.promoter_to_reference.when.3.any_of.0.at_most"


@pytest.fixture(scope="module")
def run(demo):
    return start("2023Q2", "2022Q4", str(demo), "en", {})


@pytest.fixture(scope="module")
def published(run):
    return study(run)


@pytest.fixture
def explorer(run, published):
    return explore.what_if(run, published)


@pytest.fixture
def small(data_of, root):
    """Four customers with ARR of 1,200, 3,600, 2,400 and 600, the last of nobody; two people with 1.84 hours each."""
    shipped = resolve({"period": "2023Q2"}, root=root).settings.plays.catalogue
    plays = {name: {"enabled": False} for name in shipped} | {"call": PLAY}
    params = resolve({"period": "2023Q2", "settings": {"plays": {"share": 0.05, "catalogue": plays}}}, root=root)
    tables = {"customers": CUSTOMERS, "contracts": CONTRACTS, "csms": CSMS}
    run = Run(params, data_of(date(2023, 6, 30), params.settings, **tables))
    return explore.what_if(run, study(run))


def test_the_list_tried_is_the_one_that_a_run_with_those_settings_makes(explorer, demo):
    for path, value in MOVES.items():
        explorer.move(path, value)
    other = start("2023Q2", "2022Q4", str(demo), "en", yaml.safe_load(explorer.yaml)["settings"])
    assert other.settings == explorer.tried.settings
    again = explore.Relisting(explorer.run, study(explorer.run))
    wanted, found = study(other), again.study(explorer.tried.settings.plays)
    pd.testing.assert_frame_equal(found.now.rows, wanted.now.rows)
    pd.testing.assert_frame_equal(found.now.hours, wanted.now.hours)
    assert found.metrics == wanted.metrics and found.now.held_back == wanted.now.held_back
    assert explorer.panel(3) == words.hours(wanted)


def test_a_higher_threshold_calls_for_the_greater_customers_alone(small):
    assert "The list would be the same." in small.panel(1).text
    small.move("plays.catalogue.call.when.0.above", 1200)
    # Of B 3,600, C 2,400, A 1,200 and D 600 only B and C; A waited for hours, D for somebody in charge.
    assert small.panel(1).text == (
        "2 actions would be called for instead of 4, 0 of them waiting instead of 2. "
        "New on the list: 0; no longer on it: 2."
    )
    people = small.panel(2).frame.set_index("Person")
    assert people["Called for as published"].to_dict() == {"M1": 2, "M2": 1}
    assert people["Called for as tried"].to_dict() == {"M1": 1, "M2": 1}
    assert people["Hours for actions"].round(2).to_dict() == {"M1": 1.84, "M2": 1.84}
    assert yaml.safe_load(small.yaml)["settings"]["plays"]["catalogue"]["call"]["when"] == [
        {"field": "arr", "above": 1200}
    ]


def test_more_weeks_leave_nothing_waiting_for_hours(small):
    small.move("plays.weeks", 5)  # 10 h a week, 8 % leave, 5 %: 2.3 hours, enough for A beside B
    assert small.panel(2).frame.set_index("Person")["Of these waiting"].to_dict() == {"M1": 0, "M2": 0}
    assert "As many actions would be called for as now: 4; 1 of them waiting instead of 2." in small.panel(1).text


def test_a_play_switched_off_calls_for_nothing(small):
    small.move("plays.catalogue.call.enabled", False)
    assert "0 actions would be called for instead of 4" in small.panel(1).text
    assert "Call: 0 to begin, 0 waiting" in small.panel(0).alt


def test_every_control_moves_something(explorer, published):
    again = explore.Relisting(explorer.run, published)
    for one in (one for one in explorer.controls if one.path != IDLE):
        ends = one.options if isinstance(one, Choice) else (one.low, one.high)
        shares = not isinstance(one, Choice) and one.per_cent
        for end in ends:
            explorer.move(one.path, end / 100 if shares else end)
            now = again.study(explorer.tried.settings.plays).now
            if not now.rows.equals(published.now.rows) or not now.hours.equals(published.now.hours):
                break
        else:
            pytest.fail(f"{one.path} moves nothing")
        explorer.reset()


def test_what_is_seen_of_the_customers_is_not_looked_up_again(explorer, published):
    explorer.move("plays.per_customer", 1)
    again = explore.Relisting(explorer.run, published)
    assert again.study(explorer.tried.settings.plays).now.known is published.now.known
    assert again.study(explorer.tried.settings.plays) is again.study(explorer.tried.settings.plays)


def test_a_play_is_not_offered_where_nothing_is_known_that_it_asks(small):
    offered = {one.path.split(".")[2] for one in small.controls if one.path.startswith("plays.catalogue.")}
    assert "call" in offered and "detractor_follow_up" not in offered and "adoption_narrow" not in offered
