"""Tables as their HTML and their lists say them; a small reader of HTML stands for the browser."""

import json
import re
from datetime import date, datetime
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from cskit import i18n
from cskit.lines import FOLDER, MANY, Lines
from cskit.rows import LONG, ROWS_TYPE, Behind, Graded, Linked, Rows, with_owner

EVIL = "<script>alert('1')</script>\"&lt;"


class Reader(HTMLParser):
    """Cells of a table in order: tag, attributes, text, and what is inside them."""

    def __init__(self, html: str):
        super().__init__()
        self.table: dict[str, str | None] = {}
        self.caption, self.tags = "", []
        self.rows: list[list[dict]] = []
        self._into: dict | None = None
        self._caption = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "table":
            self.table = dict(attrs)
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._into = {"tag": tag, "text": "", "inside": [], **dict(attrs)}
            self.rows[-1].append(self._into)
        elif self._into is not None:
            self._into["inside"].append((tag, dict(attrs)))
        self._caption = tag == "caption"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._into = None
        self._caption = self._caption and tag != "caption"

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into["text"] += data
        elif self._caption:
            self.caption += data

    def texts(self) -> list[list[str]]:
        return [[cell["text"] for cell in row] for row in self.rows]

    def sorts(self, across: int = 1) -> list[str | None]:
        """What the cells of a column sort by; None where they sort as they are."""
        told = [
            [one.get("data-sort") for _tag, one in row[across]["inside"] if "data-sort" in one] for row in self.rows[1:]
        ]
        return [one[0] if one else None for one in told]


def column(*values: object, **options) -> Reader:
    """A table of one column beside the names."""
    frame = pd.DataFrame(
        {"Customer": [f"C{place}" for place in range(len(values))], "V": pd.Series(values, dtype=object)}
    )
    return Reader(Rows(frame, "Cap", limit=None, **options).html)


def exported(shown: Rows | Behind) -> dict:
    made = shown._repr_mimebundle_()[ROWS_TYPE]
    return json.loads(json.dumps(made, allow_nan=False))  # as a notebook keeps it


def test_a_table_says_what_its_rows_are_and_what_heads_each_of_them():
    read = Reader(Rows(pd.DataFrame({"Customer": ["A", "B"], "ARR": [2, 1]}), "By ARR").html)
    assert read.caption == "By ARR"
    assert read.texts() == [["Customer", "ARR"], ["A", "2"], ["B", "1"]]
    assert [(cell["tag"], cell.get("scope")) for cell in read.rows[0]] == [("th", "col"), ("th", "col")]
    assert [(cell["tag"], cell.get("scope")) for cell in read.rows[1]] == [("th", "row"), ("td", None)]


def test_columns_of_numbers_stand_to_the_right_with_their_header():
    frame = pd.DataFrame({"Customer": ["A"], "ARR": [2], "Owner": ["B"]})
    read = Reader(Rows(frame, "Cap", numeric=("ARR",)).html)
    assert [[cell.get("class") for cell in row] for row in read.rows] == [[None, "num", None], [None, "num", None]]


def test_of_the_maker_of_tables_nothing_is_left_but_our_own_classes():
    html = Rows(pd.DataFrame({"A": ["a"], "B": [1], "C": [Graded("good")]}), "Cap", numeric=("B",)).html
    assert "gt_" not in html and "id=" not in html and "style=" not in html and "quarto" not in html
    assert set(re.findall(r'class="([^"]*)"', html)) == {"wide", "num", "grade good"}


@pytest.mark.parametrize(
    "evil", [EVIL, "<b>", "</table>", "</th><td>", ' class="gt_right" id="x"', "{{ 7 * 7 }}", "**a**", "> \n <"]
)
def test_whatever_a_header_cell_or_caption_holds_is_text(evil: str):
    frame = pd.DataFrame([[evil, evil, 1]], columns=[evil, f"{evil} 2", f"{evil} 3"])
    read = Reader(Rows(frame, evil, numeric=(f"{evil} 3",)).html)
    assert read.texts() == [[evil, f"{evil} 2", f"{evil} 3"], [evil, evil, "1"]]
    assert read.caption == evil
    assert set(read.tags) == {"div", "table", "caption", "thead", "tbody", "tr", "th", "td", "span"}
    assert [cell.get("class") for cell in read.rows[0]] == [None, None, "num"]


def test_what_a_format_writes_is_text_as_well():
    read = column(1, formats={"V": lambda value: f"<i>{value}</i>"})
    assert read.texts()[1][1] == "<i>1</i>" and "i" not in read.tags


def test_a_header_that_stands_twice_keeps_both_columns():
    frame = pd.DataFrame([["A", 1, 2], ["B", 3, 4]], columns=["Customer", "Hours", "Hours"])
    shown = Rows(frame, "Cap", numeric=("Hours",), formats={"Hours": lambda value: f"{value} h"}, export="hours")
    assert Reader(shown.html).texts() == [["Customer", "Hours", "Hours"], ["A", "1 h", "2 h"], ["B", "3 h", "4 h"]]
    assert exported(shown)["rows"] == [["A", 1, 2], ["B", 3, 4]]
    assert shown._repr_mimebundle_()["text/plain"].split() == "Customer Hours Hours A 1 h 2 h B 3 h 4 h".split()


def test_bars_under_a_header_that_stands_twice_are_each_of_their_own_column():
    frame = pd.DataFrame([["A", 1, 20], ["B", 4, 10]], columns=["Customer", "Hours", "Hours"])
    html = Rows(frame, "Cap", bars=("Hours",)).html
    assert re.findall(r"width:(\d+)%", html) == ["25", "100", "100", "50"]


def test_an_empty_header_and_one_that_is_a_number_stay_in_their_place():
    read = Reader(Rows(pd.DataFrame([["A", 1, 2]], columns=["", 2023, "Z"]), "Cap", numeric=("2023",)).html)
    assert read.texts() == [["", "2023", "Z"], ["A", "1", "2"]]
    assert [cell.get("class") for cell in read.rows[1]] == [None, "num", None]


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (9, "9"), (10.5, "10.5"), (-3, "-3"), (0, "0"), (np.int64(7), "7"), (np.float64(0.25), "0.25"), (2_000_000, "2000000"),
        (date(2023, 6, 30), "2023-06-30"), (datetime(2023, 6, 30, 23, 59), "2023-06-30"), (pd.Timestamp("2023-06-30"), "2023-06-30"),
        ("9", None), ("words", None), (True, None), (Linked("A", "https://a.example"), None),
    ],
)  # fmt: skip
def test_numbers_and_dates_sort_as_what_they_are_and_words_as_they_stand(value: object, key: str | None):
    assert column(value).sorts() == [key]


def test_a_value_sorts_as_what_it_is_whatever_is_written():
    read = column(2_000_000, 96_500, formats={"V": i18n.money})
    assert (read.texts()[1][1], read.texts()[2][1]) == ("¥2.0M", "¥96,500")
    assert read.sorts() == ["2000000", "96500"]


def test_amounts_that_differ_by_one_sort_apart_however_large_they_are():
    lower, upper = column(123_456_789_012, 123_456_789_013).sorts()
    assert float(str(lower)) < float(str(upper))


def test_grades_sort_from_worst_to_best_and_what_is_none_comes_last():
    grades = [Graded(grade) for grade in ("action", "caution", "sound", "good", "unknown")]
    assert column(*grades).sorts() == ["0", "1", "2", "3", "9"]


def test_a_grade_is_a_chip_in_its_colour_and_a_stranger_has_none():
    read = column(Graded("caution"), Graded(EVIL))
    assert [cell[1]["inside"][-1][1]["class"] for cell in read.rows[1:]] == ["grade caution", "grade none"]
    assert read.texts()[2][1] == EVIL


def test_a_grade_says_whence_it_came_and_that_it_is_provisional():
    read = column(Graded("caution", provisional=True, since="sound"))
    assert read.texts()[1][1] == "sound → caution provisional"
    assert [one["class"] for _tag, one in read.rows[1][1]["inside"][1:]] == [
        "grade sound",
        "grade caution",
        "quiet nowrap",
    ]
    assert read.sorts() == ["1"]  # by where it is now
    with i18n.speaking("ja"):
        assert str(Graded("caution", provisional=True)) != "caution (provisional)"


def test_words_lead_where_their_address_leads():
    read = column(Linked("A & <b>", "https://crm.example.com/1?a=1&b=2"))
    assert read.rows[1][1]["inside"] == [("a", {"href": "https://crm.example.com/1?a=1&b=2"})]
    assert read.texts()[1][1] == "A & <b>"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "ftp://a.example", "//a.example", "/etc/passwd", "https://", "https://a b", 'https://a"onclick="x',
     "https://a<b>", " https://a.example", "https://a.example\n", "", None, float("nan")],
)  # fmt: skip
def test_an_address_that_is_none_of_the_web_leads_nowhere(address: object):
    assert Linked("A <b>", address).html == "A &lt;b&gt;"  # type: ignore[arg-type]


def test_the_longest_bar_fills_its_cell_and_the_others_are_their_share_of_it():
    read = column(40, 10, 0, None, bars=("V",))
    bars = [[one.get("style") for _tag, one in row[1]["inside"] if one.get("class") == "bar"] for row in read.rows[1:]]
    assert bars == [["width:100%"], ["width:25%"], ["width:0%"], []]
    assert read.texts()[4][1] == ""


def test_bars_of_nothing_but_zeros_have_no_length():
    assert re.findall(r"width:(\d+)%", Rows(pd.DataFrame({"A": ["a", "b"], "V": [0, 0]}), "Cap", bars=("V",)).html) == [
        "0",
        "0",
    ]


def test_a_bar_is_a_share_of_the_longest_of_the_list_even_where_that_is_not_shown():
    frame = pd.DataFrame({"A": ["a", "b"], "V": [10, 40]})
    assert re.findall(r"width:(\d+)%", Rows(frame, "Cap", limit=1, bars=("V",)).html) == ["25"]


@pytest.mark.parametrize(
    ("limit", "rows", "said"),
    [(2, 2, ""), (2, 3, "1 more row."), (2, 1_202, "1,200 more rows."), (None, 20, ""), (15, 15, "")],
)
def test_rows_beyond_the_limit_are_counted(limit: int | None, rows: int, said: str):
    html = Rows(pd.DataFrame({"A": range(rows)}), "Cap", limit).html
    assert html.endswith(f'<p class="quiet">{said}</p>' if said else "</table></div>")
    assert len(Reader(html).rows) - 1 == (min(rows, limit) if limit else rows)


def test_customers_beyond_the_limit_are_counted_as_such():
    shown = Rows(pd.DataFrame({"A": range(1_202)}), "Cap", 2, customers=True)
    assert "1,200 more customers." in shown.html
    with i18n.speaking("ja"):
        assert "ほか1,200社。" in shown.html


def test_a_list_shows_fifteen_rows_unless_told_otherwise_and_exports_all():
    shown = Rows(pd.DataFrame({"A": range(16)}), "Cap", export="all")
    assert "1 more row." in shown.html and len(exported(shown)["rows"]) == 16


def test_a_table_without_rows_is_a_line_that_says_so():
    html = Rows(pd.DataFrame({"A": []}), "Who <left>").html
    assert html == '<p class="quiet">Who &lt;left&gt;: –</p>'
    assert Rows(pd.DataFrame(), "None").html == '<p class="quiet">None: –</p>'
    assert exported(Rows(pd.DataFrame({"A": []}), "x", export="left")) == {"name": "left", "columns": ["A"], "rows": []}


def test_a_list_of_which_no_row_is_shown_says_where_they_are():
    frame = pd.DataFrame({"A": range(1_141)})
    shown = Rows(frame, "New <actions>", 0, export="actions_new")
    assert shown.html == '<p class="quiet">New &lt;actions&gt;: 1,141 rows, in internal/actions_new.csv</p>'
    assert shown._repr_mimebundle_()["text/plain"] == "New <actions>: 1,141 rows, in internal/actions_new.csv"
    assert Rows(frame.head(1), "New", 0).html == '<p class="quiet">New: 1 row</p>'
    with i18n.speaking("ja"):
        assert (
            Rows(frame, "新規", 0, export="a/../b").html
            == '<p class="quiet">新規: 1,141行(internal/a/_/b.csvに全件)</p>'
        )


def test_twelve_rows_are_worth_sorting_and_eleven_are_not():
    assert LONG == 12
    assert Reader(Rows(pd.DataFrame({"A": range(11)}), "Cap").html).table == {}
    assert Reader(Rows(pd.DataFrame({"A": range(12)}), "Cap").html).table == {"class": "sortable"}
    # A search in some of the rows would say of the others that there are none.
    assert Reader(Rows(pd.DataFrame({"A": range(99)}), "Cap", limit=15).html).table == {}


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NaT, pd.NA])
def test_what_is_missing_is_an_empty_cell_that_no_format_sees(missing: object):
    read = column("there", missing, formats={"V": lambda value: f"{value}!"})
    assert read.texts()[1:] == [["C0", "there!"], ["C1", ""]]
    assert read.sorts() == [None, None]
    assert Reader(Rows(pd.DataFrame({"A": pd.Series([missing], dtype=object)}), "Cap").html).texts()[1] == [""]


def test_only_what_is_named_is_exported():
    assert ROWS_TYPE not in Rows(pd.DataFrame({"A": [1]}), "Cap")._repr_mimebundle_()


def test_what_is_exported_may_hold_more_than_is_shown():
    shown = Rows(pd.DataFrame({"A": ["a"]}), "Cap", export="x", full=pd.DataFrame({"A": ["a"], "customer_id": ["C1"]}))
    assert exported(shown) == {"name": "x", "columns": ["A", "customer_id"], "rows": [["a", "C1"]]}
    assert "C1" not in shown.html


def test_exported_values_are_those_that_json_and_spreadsheets_take():
    frame = pd.DataFrame(
        {
            "day": [date(2023, 6, 30), None],
            "stamp": pd.to_datetime(["2023-06-30 23:59", None]),
            "float": [np.float64(1.5), float("nan")],
            "whole": pd.array([7, None], dtype="Int64"),
            "count": np.array([1, 2], dtype="int32"),
            "loose": pd.Series([np.int64(3), np.float64("nan")], dtype=object),
            "flag": [True, False],
            "maybe": pd.array([True, None], dtype="boolean"),
            "grade": [Graded("action", since="sound"), None],
            "name": [Linked("A", "https://a.example"), None],
            "kind": pd.Categorical(["x", None]),
        }
    )
    first, second = exported(Behind("all", frame, ()))["rows"]
    assert first == ["2023-06-30", "2023-06-30", 1.5, 7, 1, 3, True, True, "sound → action", "A", "x"]
    assert second == [None, None, None, None, 2, None, False, None, None, None, None]
    assert [type(value) for value in first] == [str, str, float, int, int, int, bool, bool, str, str, str]


def test_the_rows_behind_metrics_name_them_and_say_how_many_they_are():
    made = Behind("answers", pd.DataFrame({"score": range(1_200)}), ("nps.score", "nps.change"))
    assert exported(made) | {"rows": []} == {
        "name": "rows/answers", "columns": ["score"], "rows": [], "metrics": ["nps.score", "nps.change"]
    }  # fmt: skip
    assert made._repr_mimebundle_()["text/plain"] == "answers: 1,200 rows"


def test_who_works_in_jupyterlab_sees_the_first_of_the_rows_behind_metrics_and_no_run_does(monkeypatch):
    frame = pd.DataFrame({"who": [EVIL, "B", None, "D"], "score": [0.123456, 2_000_000, 3, 4]})
    made = Behind("answers", frame, ("nps.score",))
    html = made._repr_mimebundle_()["text/html"]
    read = Reader(html)
    assert read.caption == "answers: 4 rows" and "script" not in read.tags
    assert read.texts() == [["who", "score"], [EVIL, "0.123"], ["B", "2,000,000"], ["–", "3"]]
    assert html.endswith("The first 3; frame holds them all.</p>")
    assert "The first" not in Behind("a", frame.head(3), ())._repr_mimebundle_()["text/html"]
    monkeypatch.setenv(FOLDER, "anywhere")
    assert made._repr_mimebundle_().keys() == {"text/plain", ROWS_TYPE}


def test_the_table_in_plain_text_is_written_as_its_formats_write_it():
    frame = pd.DataFrame(
        {"Customer": ["A", "B"], "ARR": [2_000_000, None], "Grade": [Graded("good"), Graded("action")]}
    )
    text = Rows(frame, "Cap", limit=None, formats={"ARR": i18n.money})._repr_mimebundle_()["text/plain"]
    assert [line.split() for line in text.splitlines()] == [
        ["Customer", "ARR", "Grade"],
        ["A", "¥2.0M", "good"],
        ["B", "action"],
    ]


def test_the_owner_stands_beside_the_customer_whose_name_leads_to_its_record():
    accounts = pd.DataFrame(
        {"name": ["A", "B"], "owner": ["Sato", None], "url": ["https://crm.example.com/a", None]}, index=["C1", "C2"]
    )
    frame = pd.DataFrame({"Customer": ["B", "A", "X"], "ARR": [1, 2, 3]}, index=[7, 7, 9])
    made = with_owner(frame, pd.Series(["C2", "C1", "C9"]), accounts)
    assert list(made.columns) == ["Customer", "Owner", "ARR"] and list(frame.columns) == ["Customer", "ARR"]
    read = Reader(Rows(made, "Cap").html)
    assert read.texts()[1:] == [["B", "", "1"], ["A", "Sato", "2"], ["X", "", "3"]]
    assert [row[0]["inside"] for row in read.rows[1:]] == [[], [("a", {"href": "https://crm.example.com/a"})], []]


def test_a_long_list_goes_by_file_as_it_would_within_the_output(tmp_path, monkeypatch):
    days = pd.Series(pd.to_datetime(["2023-06-30", None] * MANY))
    frame = pd.DataFrame(
        {"who": [f"C{n}" for n in range(2 * MANY)], "on": days, "n": range(2 * MANY), "of": [0.1, None] * MANY}
    )
    frame["mixed"] = [Graded("action"), date(2023, 4, 1)] * MANY
    short, long = Behind("all", frame.head(MANY), ("nps.score",)), Behind("all/../x", frame, ("nps.score",))
    assert exported(short)["rows"] == short.listing["rows"] and "file" not in exported(short)
    told = exported(long)
    assert "rows" not in told and "file" not in told and told["count"] == 2 * MANY  # nobody asks for it
    monkeypatch.setenv(FOLDER, str(tmp_path / "lists"))
    told = exported(long)
    rows = list(Lines(tmp_path / "lists" / told["file"], told["count"]))
    assert [list(row) for row in rows] == long.listing["rows"] and len(rows) == 2 * MANY
    assert rows[:2] == [("C0", "2023-06-30", 0, 0.1, "action"), ("C1", None, 1, None, "2023-04-01")]
    assert [path.name for path in tmp_path.rglob("*.jsonl")] == ["rows_all___x.jsonl"]


def test_an_interval_stands_apart_from_its_figure_so_that_it_may_go_below_it():
    frame = pd.DataFrame({"Initiative": ["FAQ (new)"], "Change": ["−6 % (−13 % to +2 %)"], "Rule": ["stop (if worse)"]})
    html = Rows(frame, "Initiatives", numeric=("Change",)).html
    assert html.count('class="around"') == 1
    assert '−6 % <span class="around">(−13 % to +2 %)</span>' in html
