"""What a result shows when somebody just looks at it: values as a person reads them, every cell as text."""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from html import unescape
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cskit import i18n
from cskit.glance import glance
from cskit.metrics import metric
from cskit.nps.waves import Wave
from cskit.periods import parse
from cskit.result import Result
from cskit.stats.intervals import Interval
from cskit.stats.nps import NpsCounts
from cskit.workload.hours import Hours


@dataclass(frozen=True)
class Holds(Result):
    """Something found.

    Parameters
    ----------
    value : object
        What it is,
        in `two` lines.
    first, last : date
        Of the days. See :func:`cskit.params.load`.
    own : DataFrame, index customer_id

    Examples
    --------
    value : not this
    """

    value: Any
    first: date = date(2023, 4, 1)
    last: date = date(2023, 6, 30)
    own: Any = None


@dataclass(frozen=True)
class Inner(Result):
    """Something within."""

    n: int
    around: Interval
    rows: pd.DataFrame
    people: pd.DataFrame
    more: Holds | None = None
    kept: int = 3
    cache: dict[str, int] = field(default_factory=dict, repr=False, compare=False)


def lines(result: Any) -> list[list[str]]:
    """Cells of each row."""
    rows = re.findall(r"<tr>(.*?)</tr>", result._repr_html_())
    return [[unescape(text) for text in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def told(value: Any) -> str:
    return lines(Holds(value))[0][1]


def wave(name: str = "2023 Spring") -> Wave:
    people = pd.DataFrame({"company": "A", "customer": "A", "value": [1] * 12 + [0] * 26 + [-1] * 9, "weight": None})
    around = Interval(-12.51932621645754, np.float64(24.51932621645754))
    counts = NpsCounts(12.0, 26.0, 9.0)
    return Wave(name, date(2023, 4, 14), counts, 48, around, around, people, counts)


ONE_ROW = pd.DataFrame({"a": [1], "b": [2]})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (24.51932621645754, "24.5"), (np.float64(-0.012345), "−0.0123"), (0.95, "0.95"), (2.0, "2"), (1234567.8, "1,234,568"),
        (1200, "1,200"), (np.int64(3), "3"), (True, "True"), (float("nan"), "–"), (float("inf"), "∞"), (None, "–"), (pd.NA, "–"),
        (1e-9, "1.0e-09"), ("", "–"), ("<b>", "<b>"), ("x" * 500, "x" * 119 + "…"),
        (date(2023, 6, 30), "30 June 2023"), (pd.Timestamp("2023-06-30 12:00"), "30 June 2023"), (pd.NaT, "–"),
        (Interval(-12.51932621645754, 24.51932621645754), "−12.5 to +24.5"), (Interval(0.25, 0.5), "0.25 to 0.5"),
        (NpsCounts(12.0, 26.0, 9.0), "promoters 12, passives 26, detractors 9"), (parse("2023Q2"), "2023Q2"),
        (pd.DataFrame(np.zeros((1481, 7)), columns=list("abcdefg")), "1,481 rows × 7 columns: a, b, c, d, e, f, …"),
        (ONE_ROW, "1 row × 2 columns: a, b"), (pd.DataFrame(), "0 rows × 0 columns: –"),
        (pd.Series({"x": 1.23456, "y": None}), "x 1.23, y –"), (pd.Series(range(9)), "9 values: 0 0, 1 1, 2 2, 3 3, 4 4, 5 5, …"),
        (np.array([0.123456, 2]), "0.123, 2"), (np.zeros((3, 4)), "3 × 4"),
        ((), "–"), (("a", "b"), "a, b"), ([*range(8)], "0, 1, 2, 3, 4, 5, …"), (frozenset({"C2", "C1"}), "C1, C2"),
        ({"a": 1.23456, "b": Interval(1, 2)}, "a: 1.23, b: 1 to 2"), ((0.4567, Interval(0.1, 0.2)), "0.457, 0.1 to 0.2"),
        (lines, "lines"),
    ],
)  # fmt: skip
def test_a_value_stands_in_short_beside_its_name(value: Any, text: str):
    assert told(value) == text


def test_a_field_is_told_as_the_docstring_tells_it_once_where_it_is_told_of_several():
    shown = lines(Holds(1, own=ONE_ROW))
    assert [row[0] for row in shown] == ["value", "first", "last", "own"]
    assert [row[2] for row in shown] == ["What it is, in two lines.", "Of the days. See cskit.params.load.", "",
                                         "index customer_id"]  # fmt: skip
    assert "Something found.</caption>" in Holds(1)._repr_html_()


def test_a_result_within_is_a_line_of_what_a_word_can_say():
    inner = Inner(7, Interval(-1, 1), pd.DataFrame({"a": range(5)}), ONE_ROW, Holds(1))
    assert told(inner) == "n 7, around −1 to +1, rows 5, people 1 row, …"
    assert told(Holds(partial(print), None, None, Holds(2))) == "value, first, last, own"  # type: ignore[arg-type]
    assert "cache" not in inner._repr_html_()


def test_a_wave_says_its_score_and_how_many_gave_it():
    assert told(wave()) == "2023 Spring: +6.4, n = 47"
    assert told((wave(), wave("B"))) == "2: 2023 Spring: +6.4, n = 47; B: +6.4, n = 47"
    assert told((wave("A"),) * 5).startswith("5: A: ") and told((wave("A"),) * 5).endswith("; …")
    html = wave()._repr_html_()
    assert "2023 Spring: +6.4, n = 47 · One wave" in html and "−12.5 to +24.5" in html
    assert not re.search(r"\d\.\d{4}", html)


def test_hours_say_how_many():
    rows = pd.DataFrame({"csm_id": ["M1"], "task": "support", "phase": "live", "hours": [125.4], "source": "booked"})
    assert told(Hours(rows, pd.DataFrame())) == "125 h"


def test_metrics_are_a_table_of_their_own():
    score = metric("nps.score", 6.38297872, "estimated", low=-12.5193262, high=24.5193262, n=47)
    nothing = metric("onboarding.crossover_month", None, "counted")
    shown = lines(Holds((score, nothing)))
    assert shown[0][1] == "2"
    assert shown[-3:] == [
        ["Name", "Metric", "Value", "Interval", "n"],
        ["nps.score", "NPS", "+6.4", "−12.5 to +24.5", "47"],
        ["onboarding.crossover_month", "Self overtakes high touch", "–", "", ""],
    ]
    assert told(score) == "NPS: +6.4, −12.5 to +24.5, n = 47"


def test_words_are_said_in_japanese():
    with i18n.speaking("ja"):
        assert told(ONE_ROW) == "1行×2列:a, b"
        assert told(wave()) == "2023 Spring: +6.4、n=47"


def test_whatever_a_cell_holds_is_text_and_stands_to_the_left():
    evil = "<script>alert(1)</script>\"'"
    html = glance(evil, [(evil, evil)], head=(evil, evil))
    assert "<script" not in html and html.count("&lt;script&gt;") == 5
    assert all("text-align:left" in tag for tag in re.findall(r"<(?:t[hd]|caption)\b[^>]*>", html))
    assert "<caption" not in glance("", [("a", "b")])
