"""Groups compared with one another."""

import numpy as np
import pytest

from cskit.stats.pooling import pooled


def test_luck_alone_makes_the_fastest_of_six_a_sixth_faster():
    """The luck there is to take out: six identical people, eight tasks each, sd of log time 0.4."""
    rng = np.random.default_rng(1)
    fastest = 1 - np.exp(rng.normal(0, 0.4, (40_000, 6, 8)).mean(axis=2).min(axis=1))
    assert fastest.mean() == pytest.approx(0.161, abs=0.01)
    assert np.quantile(fastest, 0.95) == pytest.approx(0.287, abs=0.01)


def _team(rng, differences, cases=8, noise=0.4):
    who = np.repeat(np.arange(len(differences)), cases)
    y = rng.normal(0, noise, len(who)) + np.asarray(differences)[who]
    return pooled(y, who, np.zeros(len(who)), np.arange(len(who)))


def _served(rng):
    """Six identical people, eight customers each, five cases a customer; customers differ as much as cases do."""
    who = np.repeat(np.arange(6), 40)
    whose = np.repeat(np.arange(48), 5)
    return pooled(rng.normal(0, 0.4, 240) + rng.normal(0, 0.4, 48)[whose], who, np.zeros(240), whose)


def test_of_identical_people_nobody_is_called_fast_more_than_once_in_twenty():
    rng = np.random.default_rng(2)
    for team in (lambda: _team(rng, [0.0] * 6), lambda: _served(rng)):
        claims = np.mean([(team().groups["p"] < 0.05).any() for _ in range(200)])
        assert claims <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def test_pooling_takes_most_of_the_luck_away():
    rng = np.random.default_rng(3)
    teams = [_team(rng, [0.0] * 6).groups for _ in range(300)]
    raw, shrunk = (np.mean([-team[name].min() for team in teams]) for name in ("own", "shrunk"))
    assert shrunk < 0.4 * raw


def test_a_person_twice_as_fast_is_found():
    found = _team(np.random.default_rng(4), [-0.7, 0, 0, 0, 0, 0], cases=30)
    assert found.groups["p"].idxmin() == 0
    assert found.groups.loc[0, "own_high"] < -0.35 < found.groups.loc[1, "own_low"]
    assert found.spread == pytest.approx(np.std([-0.7, 0, 0, 0, 0, 0], ddof=1), rel=0.5)


def test_who_does_the_easy_cases_is_not_fast_for_it():
    """Person a does nine easy cases (10 minutes) and one hard (100), b the other way round; both are alike."""
    minutes = [10] * 9 + [100] + [10] + [100] * 9
    found = pooled(np.log(minutes), ["a"] * 10 + ["b"] * 10, ["easy"] * 9 + ["hard", "easy"] + ["hard"] * 9, range(20))
    assert found.groups["own"].to_numpy() == pytest.approx([0, 0], abs=1e-9)


@pytest.mark.parametrize(
    "team", [([], [], [], []), ([1.0], ["a"], ["x"], [1]), ([1.0, 2.0, 3.0], ["a", "b", "b"], ["x"] * 3, [1, 2, 2])]
)
def test_too_few_cases_compare_nobody(team):
    assert pooled(*team) is None
