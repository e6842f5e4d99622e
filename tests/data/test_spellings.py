"""A text that stands for a day, a number, a yes is read in a database as in a file, or refused as there."""

import random
import re
from itertools import product

import duckdb
import ibis
import pytest

from cskit.data.native import clean, read
from cskit.data.parse import cell, normal
from cskit.data.parse import clean as clean_in_files
from cskit.data.schema import Column, tables
from cskit.data.warehouse import Warehouse
from cskit.params import settings_with
from tests.data.test_alike import TEXT, rows

COLUMNS = {
    "date": Column("x", "date", ""),
    "month": Column("x", "month", ""),
    "datetime": Column("x", "datetime", ""),
    "integer": Column("x", "integer", ""),
    "number": Column("x", "number", ""),
    "money": Column("x", "number", "", unit="money"),
    "share": Column("x", "number", "", unit="share"),
    "boolean": Column("x", "boolean", ""),
    "choice": tables()["customers"].columns["usage_rhythm"],
}
DAYS = ("2023-04-01", "2023/4/1", "2023.4.1", "2023年4月1日", "２０２３／４／１", "20230401", "令和5年4月1日", "R5.4.1",
        "令和元年5月1日", "平成31年4月30日", "H31/4/30", "昭和64年1月7日", "2023/4-1", "23-04-01", "2023-04", "2023年4月",
        "2023/4", "4/1/2023", "2023-13-01", "２０２３年４月", "2023-4-1日", "2023年4月1", "R5年4.1日", "45017")  # fmt: skip
EDGES = [f"{year}{one}{month}{one}{day}" for year, month, day, one in product(
    (1900, 2000, 2023, 2024), (2, 4, 12), (28, 29, 30, 31), "-/")]  # fmt: skip
ERAS = [f"令和{year}年2月{day}日" for year, day in product((1, 5, 6), (28, 29, 30))]
CLOCKS = [f"{day}{gap}{clock}" for day, gap, clock in product(
    ("2023-04-01", "2023/4/1", "2023年4月1日", "2023-02-29"), " T",
    ("0:00", "00:00:00", "9:05", "09:30:15", "23:59:59.999999", "24:00", "09:30:15.5", "9:5", "09:61", "00:30Z", "00:30 +00",
     "00:30:00+09:00", "00:30:00-0330", "23:59+14:00", "9"))]  # fmt: skip
NUMBERS = ("8", "８", "-3", "+5", "1,200", "1,20", "1,2000", "8.0", "8.5", "007", "１，２００", ".5", "-.5", "5.", "1e3", "-1E-2", "1e",
           "0x10", "1_000", "八", "nan", "inf", "-", "1.2.3", "9" * 15, "0.1", "1,200.5", "８点", "1 200",
           "9" * 60, "0." + "0" * 90 + "1")  # fmt: skip
AMOUNTS = ("1,200円", "¥1,200", "￥１，２００", "\\1,200", "1.2万円", "3億", "5千円", "2百万円", "1千万", "△1,200", "▲1,200円", "(1,200)",
           "（¥1,200）", "1,200-", "¥-1,200", "-¥1,200", "0.12345678億", "$1,200", "1,20円", "12%", "12％", "7.5%", "△12%", "△",
           "(1,200", "--5", "△-5", "約1,200円", "1.2万3千", "1.23456万", "5千", "円", "9999億", "1.5兆円", "3-", "(3)")  # fmt: skip
WORDS = ("true", "Yes", "y", "T", "1", "0", "○", "〇", "◯", "×", "✕", "有", "無", "あり", "なし", "はい", "いいえ", "済", "未", "☑", "レ", "ﾚ",
         "NO", "maybe", "△", "daily", "日次", "Weekly", "hourly", "毎日", "", "   ", "　", "\t○ ", "　2023-04-01　",
         " 1,200\u00a0", "'; DROP TABLE x", "\\", "$1", "%")  # fmt: skip


def mutated(texts: list[str], many: int) -> list[str]:
    """Each with a sign put in, taken out or changed; the same ones at every run."""
    luck, signs = random.Random(7), "0123456789-/.年月日: T+Z,円万¥%△()eE令R元　a"
    found = []
    for _ in range(many):
        text = luck.choice(texts)
        place = luck.randrange(len(text) + 1)
        found.append(text[:place] + luck.choice(("", luck.choice(signs))) + text[place + luck.randrange(2) :])
    return [text for text in found if not re.match(r"(2[3-9]|[3-9]\d)\d\d", text)]  # pandas ends in 2262


GIVEN = [*DAYS, *EDGES, *ERAS, *CLOCKS, *NUMBERS, *AMOUNTS, *WORDS]
TEXTS = list(dict.fromkeys([*GIVEN, *mutated([text for text in GIVEN if len(text) < 40], 600)]))


def in_a_file(column: Column) -> list:
    """What each text says in a file, or ``("bad", text)``; as :func:`tests.data.test_parse.read`, all in one query."""
    made = cell(column, "plain", "VARCHAR", "Asia/Tokyo")
    given = "SELECT unnest(?) AS x, unnest(?) AS n"
    plain = f"SELECT n, cleaned, {normal('cleaned')} AS plain FROM (SELECT n, {clean_in_files('x')} AS cleaned FROM ({given}))"
    query = f"SELECT {made.value}, cleaned FROM ({plain}) ORDER BY n"
    found = duckdb.execute(query, [TEXTS, list(range(len(TEXTS)))]).fetchall()
    return [("bad", text) if value is None and text is not None else value for value, text in found]


@pytest.fixture(scope="module")
def texts(laid):
    """Every text as every kind of column: the value, and what could not be read."""
    if laid.engine == "files":
        pytest.skip("what the others are compared with")
    place, sources = laid(
        {"customers": rows({"customer_id": TEXT, "name": TEXT}, *((str(n), text) for n, text in enumerate(TEXTS)))}
    )
    engine = Warehouse(place, settings_with({"sources": sources}).sources[place])
    table = engine.table("customers")
    table = table.mutate(name=clean(table.name))
    cells = {}
    for kind, column in COLUMNS.items():
        value, bad = read(column, table.name, "Asia/Tokyo", engine)
        cells |= {kind: value, f"bad_{kind}": value.isnull().ifelse(bad, ibis.null("string"))}
    found = table.select(table.customer_id.cast("int64").name("n"), **cells).order_by("n").to_pyarrow().to_pylist()
    engine.close()
    return [found[n] for n in range(len(TEXTS))]


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_text_says_the_same_in_a_database_as_in_a_file(texts, kind):
    apart = []
    for text, own, theirs in zip(TEXTS, texts, in_a_file(COLUMNS[kind]), strict=True):
        here = ("bad", own[f"bad_{kind}"]) if own[kind] is None and own[f"bad_{kind}"] is not None else own[kind]
        same = here == (pytest.approx(theirs, rel=1e-12) if isinstance(theirs, float) else theirs)
        apart += [] if same else [(text, here, theirs)]
    assert apart == []
    assert sum(own[kind] is not None for own in texts) > 3
