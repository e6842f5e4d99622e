"""What is asked of the same data twice is fetched once, and each who asks has a table of its own."""

from datetime import date

import pandas as pd
import pytest

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
