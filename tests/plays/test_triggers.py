"""What is not known calls for nothing; thresholds hold where they are said to."""

import pandas as pd

from cskit.catalogue import Condition
from cskit.params import settings_with
from cskit.plays.triggers import holds, triggered

SEEN = pd.DataFrame(
    {
        "score": [40.0, 55.0, None],
        "silent": pd.array([True, False, None], dtype="boolean"),
        "grade": ["caution", "sound", None],
        "known": [3 / 5, 0.2 + 0.4, 0.59],
    },
    index=["A", "B", "C"],
)


def _who(*tests):
    found = holds([Condition.model_validate(test) for test in tests], SEEN)
    return list(found.index[found])


def test_a_threshold_belongs_to_at_least_and_at_most():
    assert _who({"field": "score", "at_least": 55}) == ["B"]
    assert _who({"field": "score", "at_most": 40}) == ["A"]
    assert _who({"field": "score", "above": 40}) == ["B"]
    assert _who({"field": "score", "below": 55}) == ["A"]


def test_three_of_five_is_not_below_six_tenths_in_floating_point():
    assert _who({"field": "known", "below": 0.6}) == ["C"]


def test_what_is_not_known_passes_no_test_but_known_false():
    assert _who({"field": "silent", "is": False}) == ["B"]
    assert _who({"field": "grade", "is": ["sound", "good"]}) == ["B"]
    assert _who({"field": "grade", "known": False}) == ["C"]
    assert _who({"field": "grade", "known": True}) == ["A", "B"]


def test_all_conditions_must_hold_and_one_of_any():
    assert _who({"field": "score", "below": 60}, {"field": "silent", "is": True}) == ["A"]
    either = {"any_of": [{"field": "silent", "is": True}, {"field": "grade", "known": False}]}
    assert _who(either) == ["A", "C"]


def _play(when, **rest):
    title = repr((when, rest))  # no two are called the same
    given = {
        "title": title, "when": when, "why": "w", "steps": ["s"], "talking_points": ["p"], "owner": "in_charge",
        "due_in": 1, "minutes": 1, "weight": 1, "stop": when, "again_after": 0, "source": "x",
    }  # fmt: skip
    return given | rest


def test_a_play_gives_way_to_the_one_that_replaces_it_where_both_are_called_for():
    low, quiet = {"field": "score", "below": 60}, {"field": "silent", "is": True}
    settings = settings_with(
        {
            "plays": {
                "catalogue": {
                    "call": _play(low),
                    "visit": _play(quiet, replaces=["call"]),
                    "off": _play(low, enabled=False),
                }
            }
        }
    )
    plays = {name: settings.plays.catalogue[name] for name in ("call", "visit", "off")}
    found = triggered(plays, SEEN)
    assert list(found.columns) == ["call", "visit"]
    assert list(found.index[found["call"]]) == ["B"]
    assert list(found.index[found["visit"]]) == ["A"]
