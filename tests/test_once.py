"""What is asked of the same data twice is fetched once, and each who asks has a table of its own."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cskit import i18n
from cskit.data import Data
from cskit.once import once

DAY = date(2023, 6, 30)


def _counting():
    asked = []

    @once
    def ask(data, *rest, **named):
        asked.append((data.as_of, rest, named))
        return pd.DataFrame({"n": [len(asked)]})

    return ask, asked


def test_it_is_asked_once_for_each_data_and_each_argument():
    ask, asked = _counting()
    data = Data(DAY)
    for _time in range(2):
        ask(data), ask(data, 1), ask(data, 2), ask(data, more=1)
    assert len(asked) == 4
    ask(data.at(date(2023, 3, 31)))
    ask(Data(DAY))
    assert len(asked) == 6


def test_what_one_does_to_the_answer_the_next_does_not_see():
    ask, _asked = _counting()
    data = Data(DAY)
    first, second = ask(data), ask(data)
    first["n"], second.loc[0, "n"] = 5, 6
    assert ask(data)["n"].tolist() == [1]


def test_none_is_an_answer_and_an_error_is_not():
    data, fails = Data(DAY), []

    @once
    def fail(data):
        fails.append(1)
        if len(fails) == 1:
            raise ValueError("not yet")

    with pytest.raises(ValueError, match="not yet"):
        fail(data)
    assert fail(data) is None
    assert fail(data) is None
    assert len(fails) == 2


def test_another_notebook_of_the_run_is_told_what_the_first_one_found(tmp_path: Path):
    ask, asked = _counting()
    for _kernel in range(2):
        data = Data(DAY, _answers=tmp_path)
        assert ask(data, 1)["n"].tolist() == [1]
    assert len(asked) == 1
    ask(Data(DAY, _answers=tmp_path).at(date(2023, 3, 31)), 1)
    ask(Data(DAY, _answers=tmp_path / "other customers"), 1)
    ask(Data(DAY), 1)
    assert len(asked) == 4


def test_words_and_what_only_one_process_has_are_not_passed_on(tmp_path: Path):
    asked = []

    @once
    def word(data):
        asked.append(i18n.language())
        return i18n.number(1)

    @once
    def rows(data):
        asked.append("rows")
        return (row for row in ())

    for _kernel in range(2):
        data = Data(DAY, _answers=tmp_path)
        word(data), rows(data)
    assert asked == ["en", "rows"] * 2
