"""Settings by their places: moved, told apart, and made to add up."""

import pytest

from cskit.explore.controls import at, difference, place, shifted


def test_a_place_is_found_through_lists_by_number():
    assert at({"caps": [{"from": 183}, {"from": 1}]}, "caps.1.from") == 1


def test_what_is_placed_leaves_the_original_as_it_was():
    before = {"grades": {"good": 75}, "caps": [{"from": 183}]}
    after = place(before, {"grades.good": 80, "caps.0.from": 90})
    assert after == {"grades": {"good": 80}, "caps": [{"from": 90}]}
    assert before == {"grades": {"good": 75}, "caps": [{"from": 183}]}


def test_the_difference_laid_over_the_base_gives_the_other():
    base = {"a": {"b": 1, "c": [1, 2]}, "d": 4}
    other = {"a": {"b": 1, "c": [2, 2]}, "d": 5, "e": {"f": 1}}
    assert difference(base, other) == {"a": {"c": [2, 2]}, "d": 5, "e": {"f": 1}}
    assert difference(base, base) == {}


@pytest.mark.parametrize("to", [0.0, 0.05, 0.333, 0.75, 1.0])
def test_shares_add_up_to_one_whatever_is_moved(to):
    found = shifted({"a": 0.2, "b": 0.3, "c": 0.25, "d": 0.2, "e": 0.05}, "b", to)
    assert sum(found.values()) == pytest.approx(1, abs=1e-12) and found["b"] == to
    assert min(found.values()) >= 0


def test_the_other_shares_keep_their_proportions():
    assert shifted({"a": 0.5, "b": 0.3, "c": 0.2}, "a", 0.0) == {"a": 0.0, "b": 0.6, "c": 0.4}


def test_where_all_others_are_nothing_they_share_alike():
    assert shifted({"a": 1.0, "b": 0.0, "c": 0.0}, "a", 0.5) == {"a": 0.5, "b": 0.25, "c": 0.25}
