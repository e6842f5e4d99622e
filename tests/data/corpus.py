"""Exports as they really come, and broken ones: what is in each file, and what must come of it.

A case either gives exactly the rows that were meant, cell by cell, or is refused in words that hold a given text.
"""

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from tests.data import books
from tests.data.books import Failed, Page, Worth

HEADERS = ["顧客ID", "会社名", "契約日", "席数", "ARR"]
NAMES = ["customer_id", "name", "contracted_on", "seats", "arr"]
CELLS = [
    ["C001", "株式会社山田商店", "2023-04-01", "12", "1200000"],
    ["C002", 'サイトウ, "製作所"\n第二工場; A|B', "2023/4/2", "１，２００", "1,200円"],
    ["0042", "ｱｲｼｽﾃﾑ　エンジニアリング", "令和5年4月3日", "", "△3"],
]
MEANT = [
    ("C001", "株式会社山田商店", date(2023, 4, 1), 12, 1200000.0),
    ("C002", 'サイトウ, "製作所"\n第二工場; A|B', date(2023, 4, 2), 1200, 1200.0),
]
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Case:
    """A folder of exports.

    Parameters
    ----------
    write : callable
        Writes it.
    rows : list of tuple or None
        What the table must hold, in any order; None: it must be refused.
    says : tuple of str
        What the refusal says, or else how the file was read or what was warned of.
    """

    name: str
    write: Callable[[Path], None]
    rows: list[Row] | None
    says: tuple[str, ...] = ()
    mapping: dict[str, Any] = field(default_factory=dict)
    table: str = "customers"
    columns: tuple[str, ...] = tuple(NAMES)


def text(rows: list[list[str]], separator: str = ",", end: str = "\n") -> str:
    """Rows as a spreadsheet writes them: quoted where it must be, line ends within a cell as they are."""
    special = (separator, '"', "\n", "\r")
    return "".join(
        separator.join(
            '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in special) else cell for cell in row
        )
        + end
        for row in rows
    )


def saved(name: str, content: str | bytes, encoding: str = "utf-8") -> Callable[[Path], None]:
    data = content if isinstance(content, bytes) else content.encode(encoding)
    return lambda folder: (folder / name).write_bytes(data) and None


def several(**files: str | bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        for name, content in files.items():
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def book(
    rows: list[list[Any]], after: Callable[[Any, Any], None] | None = None, sheet: str = "customers", **options: Any
) -> bytes:
    """A workbook of one sheet; ``after`` may add to it."""
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True, "default_date_format": "yyyy/m/d", **options}) as workbook:
        page = workbook.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
        if after:
            after(workbook, page)
    return made.getvalue()


def ods(sheets: dict[str, list[list[Any]]]) -> bytes:
    """A spreadsheet as LibreOffice writes it."""
    return books.ods([Page(name, rows) for name, rows in sheets.items()])


def packed(members: dict[str, str | bytes], windows: bool = False) -> bytes:
    """A .zip; ``windows``: with names in cp932, as its explorer writes them."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name.encode("cp932").decode("cp437") if windows else name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    data = made.getvalue()
    # zipfile marks any name beyond ASCII as UTF-8 and writes it so; Windows does neither
    return data if not windows else _as_windows(members)


def _stored(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def _as_windows(members: dict[str, str | bytes]) -> bytes:
    stand_ins = {f"{'x' * len(name.encode('cp932'))}": name for name in members}
    assert len(stand_ins) == len(members), "names must differ in length"
    data = packed({stand_in: members[name] for stand_in, name in stand_ins.items()})
    for stand_in, name in stand_ins.items():
        data = data.replace(stand_in.encode(), name.encode("cp932"))
    return data


def cases() -> Iterator[Case]:
    """All of them."""
    for family in (_written, _titles, _spoilt, _cells, _parts, _archives, _workbooks, _formats, _cut):
        yield from family()


# ------------------------------------------------------------------------------------------------- how text is written

MARKS = {"utf-16-le": b"", "utf-16-be": b""}
SAID = {"cp932": "cp932", "euc_jp": "EUC-JP", "iso2022_jp": "ISO-2022-JP", "utf-32": "UTF-32"}
PLAIN = [[HEADERS, *CELLS[:2]], [*MEANT]]


def _written() -> Iterator[Case]:
    encodings = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932", "euc_jp", "iso2022_jp"]
    separators = {",": "", "\t": "tab", ";": "semicolon", "|": "pipe"}
    ends = {"\n": "lf", "\r\n": "crlf", "\r": "cr"}
    for encoding, (separator, word), (end, called) in product(encodings, separators.items(), ends.items()):
        if encoding not in ("utf-8", "cp932", "euc_jp") and separator in ";|" and called != "crlf":
            continue  # once is enough
        said = SAID.get(encoding, "UTF-16" if "16" in encoding else "")
        content = text([HEADERS, *CELLS[:2]], separator, end)
        yield Case(
            f"{encoding} {word or 'comma'} {called}",
            saved("顧客.csv", content, encoding),
            MEANT,
            tuple(own for own in (said, word) if own),
        )
    for encoding in ("utf-8", "cp932", "utf-16"):
        full = [*MEANT, ("0042", "ｱｲｼｽﾃﾑ　エンジニアリング", date(2023, 4, 3), None, -3.0)]
        low = text([HEADERS, *CELLS]).replace("△3", "3").replace("令和", "平成")
        yield Case(f"{encoding} half-width kana", saved("顧客.csv", low, encoding), [
            *MEANT, (*full[2][:2], date(1993, 4, 3), None, 3.0)])  # fmt: skip
    ascii_only = text([["customer_id", "seats"], ["A", "1"], ["B", "2"]])
    for encoding in ("ascii", "utf-16", "utf-16-le", "utf-16-be"):
        yield Case(f"{encoding} of ascii letters", saved("customers.csv", ascii_only, encoding), [("A", 1), ("B", 2)],
                   columns=("customer_id", "seats"))  # fmt: skip
    for value, encodings_of in {"人": ["euc_jp"], "社": ["cp932"], "ｶﾐ": ["cp932"]}.items():
        for encoding in encodings_of:
            short = text([["customer_id", "name"], ["A", value], ["B", value]])
            yield Case(f"{value} alone in {encoding}", saved("customers.csv", short, encoding), None,
                       ("can be read as cp932 and as euc-jp", "encoding: cp932"))  # fmt: skip
            told = {"customers": {"file": "customers.csv", "encoding": encoding}}
            yield Case(f"{value} alone, told {encoding}", saved("customers.csv", short, encoding),
                       [("A", value), ("B", value)], (), told, columns=("customer_id", "name"))  # fmt: skip
    kana = text([["customer_id", "name"], ["A", "ﾃｱﾃｲ"]])
    yield Case("kana that is UTF-8 too", saved("customers.csv", kana, "cp932"), None, ("as utf-8 and as cp932",))
    western = text([["customer_id", "name"], ["A", "Gérard"]])
    yield Case("é of Western Europe", saved("customers.csv", western, "cp1252"), None, ("as cp932 and as cp1252",))
    yield Case("é of Western Europe, told", saved("customers.csv", western, "cp1252"), [("A", "Gérard")], (),
               {"customers": {"file": "customers.csv", "encoding": "cp1252"}}, columns=("customer_id", "name"))  # fmt: skip
    yield Case("é in UTF-8", saved("customers.csv", western), [("A", "Gérard")], columns=("customer_id", "name"))
    yield Case("told wrongly", saved("customers.csv", text([HEADERS, *CELLS])), None, ("not EUC-JP text throughout",),
               {"customers": {"file": "customers.csv", "encoding": "euc-jp"}})  # fmt: skip
    odd = text([["customer_id", "name"], ["A", "㈱髙橋①"], ["B", "このお客様です"]])
    for encoding, data in {"cp932": odd.encode("cp932"), "EUC-JP": windows_euc(odd)}.items():
        yield Case(f"signs of Windows in {encoding}", saved("customers.csv", data),
                   [("A", "㈱髙橋①"), ("B", "このお客様です")], (encoding,), columns=("customer_id", "name"))  # fmt: skip


def windows_euc(content: str) -> bytes:
    """EUC-JP with the signs that cp932 has and the standard has not."""
    made = b""
    for letter in content:
        code = letter.encode("cp932")
        if len(code) == 2:
            lead, trail = code
            row = (lead - (0x81 if lead < 0xA0 else 0xC1)) * 2
            trail -= trail > 0x7F
            row, cell = (row, trail - 0x40) if trail < 0x9E else (row + 1, trail - 0x9E)
            code = bytes((row + 0xA1, cell + 0xA1)) if letter != "髙" else b"\xfc\xe2"
        made += code
    return made


# ------------------------------------------------------------------------------------------------ titles and totals


def _titles() -> Iterator[Case]:
    above = {
        "one title": [["顧客一覧 2023年6月末現在"]],
        "title and blank": [["顧客一覧"], []],
        "blank, title, blank": [[], ["顧客一覧"], []],
        "title and date": [["顧客一覧", "2023年6月末現在"], [], ["出力者: 加藤"]],
        "a label and its value": [["出力日", "2023/6/30"], ["条件", "契約中"]],
        "sixteen lines": [["顧客一覧"], *[["条件"]] * 15],
        "sep= of Excel": [["sep=,"]],
    }
    for name, lines in above.items():
        row = len(lines) + 1
        said = (f"header in row {row}",)
        if name == "sep= of Excel":
            yield Case(name, saved("顧客.csv", "sep=,\n" + text(PLAIN[0])), MEANT, said)  # type: ignore[arg-type]
            continue
        bare = text([*lines, HEADERS, *CELLS[:2]])
        wide = text([*[[*line, *[""] * (5 - len(line))] for line in lines], HEADERS, *CELLS[:2]])
        yield Case(f"{name}, ragged", saved("顧客.csv", bare), MEANT, said)
        yield Case(f"{name}, filled up, cp932", saved("顧客.csv", wide, "cp932"), MEANT, said)
        yield Case(f"{name}, workbook", saved("顧客.xlsx", book([*lines, HEADERS, *CELLS[:2]])), MEANT, said)
        told = {"customers": {"file": "顧客.csv", "header_row": row}}
        yield Case(f"{name}, told", saved("顧客.csv", bare), MEANT, said, told)
        bad = [*lines, HEADERS, ["C1", "x", "2023-02-30", "1", "1"]]
        at = f"row {row + 1}: found"
        yield Case(f"{name}, a fault below", saved("顧客.csv", text(bad)), None, (at, "2023-02-30"))
        yield Case(f"{name}, a fault below, workbook", saved("顧客.xlsx", book(bad)), None, (at, "2023-02-30"))
    table = [["顧客ID", "会社名"], ["C1", "A"]]
    yield Case("no title above", saved("顧客.csv", text([["a", "b", "c", "d"], ["顧客ID", "会社名", "x", "y"]])), None,
               ("row 1 above it is no title", "header_row: 2"))  # fmt: skip
    yield Case("two headers", saved("顧客.csv", text([["一覧"], *table, ["席数", "契約日", "ARR"], ["1"]])), None,
               ("rows 2 and 4 both name columns", "header_row: 2"))  # fmt: skip
    yield Case("blank first, no header", saved("顧客.csv", ",,\na,b,c\n"), None, ("first row is empty", "header_row"))
    yield Case("told a blank row", saved("顧客.csv", "\n" + text(table)), None, ("row 1, which params name",),
               {"customers": {"file": "顧客.csv", "header_row": 1}})  # fmt: skip
    yield Case("told beyond the end", saved("顧客.csv", text(table)), None, ("row 9, which params name",),
               {"customers": {"file": "顧客.csv", "header_row": 9}})  # fmt: skip
    yield Case(
        "header again", saved("顧客.csv", text([*table, *table])), None, ("row 3", "column names stand here again")
    )
    yield Case(
        "no table's header",
        saved("顧客.csv", "一覧\na,b,c\n1,2,3\n"),
        None,
        ("rows 2 and 3: found 3 cells", "header_row"),
    )
    for word in ("合計", "合　計", "総計", "小計", "Total", "Grand total"):
        rows = [*table, [word, ""]]
        yield Case(f"{word} in a line", saved("顧客.csv", text(rows)), None, ("row 3", "totals", "totals: drop"))
        told = {"customers": {"file": "顧客", "totals": "drop"}}
        yield Case(f"{word} dropped", saved("顧客.csv", text(rows)), [("C1", "A")], ("row 3: lines of totals",), told,
                   columns=("customer_id", "name"))  # fmt: skip
    later = [["No", "顧客ID", "会社名"], ["1", "C1", "A"], ["", "", ""], ["合計", "", "1社"]]
    yield Case("totals beside the key", saved("顧客.csv", text(later)), None, ("row 4", "empty"))
    yield Case("totals beside the key, dropped", saved("顧客.xlsx", book(later)), [("C1", "A")], ("row 4",),
               {"customers": {"file": "顧客", "totals": "drop"}}, columns=("customer_id", "name"))  # fmt: skip


# ------------------------------------------------------------------------------------------------------ spoilt text


def _spoilt() -> Iterator[Case]:
    head = "customer_id,name,seats\n"
    refused = {
        "empty": ("", ("file is empty",)),
        "blank lines": ("\n\n\n", ("file is empty",)),
        "a mark only": ("\ufeff", ("empty",)),
        "header missing": ("1,2,3\n4,5,6\n", ("column customer_id: it is missing", "Rename")),
        "header twice": ("customer_id,customer_id\nA,B\n", ("stands under 2 headers",)),
        "two names of one column": ("顧客ID,顧客コード\nA,B\n", ("stands under 2 headers",)),
        "open quote": (head + 'A,x,1\nB,"y,2\nC,z,3\n', ('line 3: a text that begins with " does not end',)),
        "quote in the middle": (head + 'A,"x"y,1\n', ("line 2",)),
        "too few cells": (head + "A,x\n", ("row 2: found 2 cells; the header has 3",)),
        "too many cells": (head + "A,x,1,2\n", ("row 2: found 4 cells",)),
        "a comma in a number": (head + "A,x,1,200\n", ("row 2: found 4 cells",)),
        "some lines cut": (head + "A,x,1\nB\nC,y,2\nD,z\n", ("rows 3 and 5",)),
        "key empty": (head + ",x,1\n", ("row 2: empty",)),
        "key twice": (head + "A,x,1\nA,y,2\n", ("row 3", "an earlier row has it")),
        "a word for a number": (head + "A,x,多数\n", ("row 2", "多数", "whole number")),
        "half a seat": (head + "A,x,1.5\n", ("row 2", "1.5")),
        "seats below none": (head + "A,x,△1\n", ("row 2", "-1")),
        "#REF!": (head + "A,x,#REF!\n", ("#REF!",)),
        "two separators": ("customer_id;name,seats\nA;x,1\n", ("customer_id",)),
    }
    for name, (content, says) in refused.items():
        yield Case(name, saved("customers.csv", content), None, ("customers.csv", *says))
        if content.strip("\n\ufeff"):
            yield Case(f"{name}, UTF-16", saved("customers.csv", content, "utf-16"), None, ("customers.csv", *says[:1]))
    broken = {
        "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xd8", ("bytes of zero",)),
        "zeros": (b"customer_id\n\0\0\0\0\n", ("bytes of zero",)),
        "UTF-8 cut in a letter": ("顧客ID,会社名\nC1,株式会社山田\n".encode()[:-2], ("broken characters",)),
        "UTF-8 with one bad byte": ("顧客ID,会社名\nC1,株式\udcff会社\n".encode(errors="surrogateescape"), ("broken",)),
        "UTF-16 of odd length": ("顧客ID\nC1\n".encode("utf-16")[:-1], ("not UTF-16 text",)),
        "cp932 cut": ("顧客ID,会社名\nC1,山".encode("cp932")[:-1], ("neither UTF-8",)),
        "no encoding": (b"customer_id,name\nC1,\xff\xfe\xfd\n", ("neither UTF-8",)),
        "a workbook called .csv": (book([["customer_id"], ["A"]]), ("customers.csv",)),
    }
    for name, (data, says) in broken.items():
        yield Case(name, saved("customers.csv", data), None, says)
    kept: dict[str, tuple[str, list[Row]]] = {
        "no line end at the end": ("customer_id,name\nA,x", [("A", "x")]),
        "a lone line end in a cell": ('customer_id,name\nA,"x\ry"\n', [("A", "x\ry")]),
        "mixed line ends": ("customer_id,name\r\nA,x\nB,y\rC,z\r\n", [("A", "x"), ("B", "y"), ("C", "z")]),
        "blank lines between": ("customer_id,name\n\nA,x\n\n\nB,y\n\n", [("A", "x"), ("B", "y")]),
        "rows of commas": ("customer_id,name\n,\nA,x\n,\n", [("A", "x")]),
        "spaces around": (" customer_id , name \n A ,　x　\n", [("A", "x")]),
        "wide header": ("ｃｕｓｔｏｍｅｒ＿ｉｄ,会社名\nA,x\n", [("A", "x")]),
        "commas in a tab file": ("customer_id\tname\nA\tx, y, z\n", [("A", "x, y, z")]),
        "tabs in a comma file": ("customer_id,name\nA,x\ty\tz\n", [("A", "x\ty\tz")]),
        "semicolons in a comma file": ("customer_id,name\nA,x;y;z\nB,;;;\n", [("A", "x;y;z"), ("B", ";;;")]),
        "pipes in a semicolon file": ("customer_id;name\nA;x|y,z\n", [("A", "x|y,z")]),
        "a header that holds semicolons": ("customer_id,name,タグ(a;b;c;d)\nA,x,y\n", [("A", "x")]),
        "a mark in the middle": ("customer_id,name\nA,x\ufeff\n", [("A", "x\ufeff")]),
    }
    for name, (content, rows) in kept.items():
        data = content.encode()
        yield Case(name, saved("customers.csv", data), rows, columns=("customer_id", "name"))
    yield Case("told a separator", saved("customers.csv", "customer_id;name,x\nA;b,c\n"), [("A",)], (),
               {"customers": {"file": "customers.csv", "separator": ";"}}, columns=("customer_id",))  # fmt: skip
    yield Case("cells without a name", saved("customers.csv", "customer_id,,\nA,x,\nB,,\n"), [("A",), ("B",)],
               ("column 2, counted from the left: cells without a column name",), columns=("customer_id",))  # fmt: skip
    merged = "customer_id,会社名,契約日\nA,x,2023-04-01\nB,,2023-04-02\nC,y,2023-04-03\n"
    yield Case("filled down", saved("customers.csv", merged), [("A", "x"), ("B", "x"), ("C", "y")], (),
               {"customers": {"file": "customers", "fill_down": ["name"]}}, columns=("customer_id", "name"))  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ cells


def _cells() -> Iterator[Case]:
    good: dict[str, dict[str, Any]] = {
        "contracted_on": {
            "2023-04-01": date(2023, 4, 1), "2023/4/1": date(2023, 4, 1), "２０２３／４／１": date(2023, 4, 1),
            "2023年4月1日": date(2023, 4, 1), "2023.4.1": date(2023, 4, 1), "20230401": date(2023, 4, 1),
            "令和5年4月1日": date(2023, 4, 1), "令和元年5月1日": date(2019, 5, 1), "R5.4.1": date(2023, 4, 1),
            "H31/4/30": date(2019, 4, 30), "2023/4/1 0:00:00": date(2023, 4, 1),
        },
        "arr": {
            "1200": 1200.0, "1,200": 1200.0, "1,200円": 1200.0, "¥1,200": 1200.0, "￥1,200": 1200.0, "1.2万円": 12000.0,
            "△1200": None, "１，２００": 1200.0, "3千": 3000.0, "2億円": 2e8,
        },
        "seats": {"8": 8, "８": 8, "8.0": 8, "1.2万": 12000},
    }  # fmt: skip
    for column, spellings in good.items():
        rows = [["customer_id", column], *[[f"C{n}", spelt] for n, spelt in enumerate(spellings)]]
        meant = [(f"C{n}", value) for n, value in enumerate(spellings.values())]
        if column == "arr":  # an ARR below nothing is refused
            rows, meant = [row for row in rows if row[1] != "△1200"], [own for own in meant if own[1] is not None]
        for encoding in ("utf-8", "cp932"):
            content = text(rows).replace("¥", "\\") if encoding == "cp932" else text(rows)
            yield Case(f"spellings of {column}, {encoding}", saved("customers.csv", content, encoding), meant,
                       columns=("customer_id", column))  # fmt: skip
        yield Case(f"spellings of {column}, workbook", saved("customers.xlsx", book(rows)), meant,
                   columns=("customer_id", column))  # fmt: skip
    bad = {
        "contracted_on": ["03/04/2023", "4/1", "2023-02-30", "23/4/1", "2023年", "未定", "令和5年13月1日", "20230431"],
        "arr": ["12%", "約100", "1,20", "1200円/月", "$5", "1万2千", "#N/A"],
        "seats": ["8人", "1/2", "八", "1e3", "-"],
    }
    for column, spellings in bad.items():
        for spelt in spellings:
            content = text([["customer_id", column], ["A", ""], ["B", spelt]])
            yield Case(f"{column} {spelt}", saved("customers.csv", content), None, (f'row 3: found "{spelt}"',))
    marks = {"○": True, "◯": True, "×": False, "有": True, "無": False, "はい": True, "いいえ": False, "済": True,
             "未": False, "レ": True, "✓": True, "": None}  # fmt: skip
    rows = [["訪問ID", "日付", "問い合わせあり"], *[[f"S{n}", "2023-04-01", mark] for n, mark in enumerate(marks)]]
    meant = [(f"S{n}", value) for n, value in enumerate(marks.values())]
    for name, data in {"FAQ訪問.csv": text(rows).encode(), "help_sessions.xlsx": book(rows, sheet="x")}.items():
        yield Case(f"marks in {name}", saved(name, data), meant, (), table="help_sessions",
                   columns=("session_id", "opened_ticket"))  # fmt: skip
    shares = {"50%": 0.5, "５０％": 0.5, "0.5": 0.5, "100%": 1.0}
    rows = [["csm_id", "cs_share"], *[[f"P{n}", spelt] for n, spelt in enumerate(shares)]]
    yield Case("shares", saved("csms.csv", text(rows)), [(f"P{n}", own) for n, own in enumerate(shares.values())],
               table="csms", columns=("csm_id", "cs_share"))  # fmt: skip


# --------------------------------------------------------------------------------------------- several files, one table


def _parts() -> Iterator[Case]:
    waves = ("wave", "closed_on")

    def one(*names: str) -> bytes:
        return text([["wave", "closed_on"], *[[name, "2023-05-31"] for name in names]]).encode()

    def rows(*names: str) -> list[Row]:
        return [(name, date(2023, 5, 31)) for name in names]

    for first, second in (
        ("2023-04", "2023-05"), ("202304", "202305"), ("2023年4月", "2023年5月"), ("1", "2"), ("2023Q1", "2023Q2"),
        ("20230401-20230430", "20230501-20230531"), ("FY2022", "FY2023"), ("2022年度", "2023年度"), ("part1", "part2"),
        ("4月分", "5月分"), ("2023_04_01", "2023_05_01"),
    ):  # fmt: skip
        files = {f"nps_waves_{first}.csv": one("A"), f"nps_waves_{second}.csv": one("B", "C")}
        yield Case(f"parts {first} and {second}", several(**files), rows("A", "B", "C"), ("2 rows of nps_waves",),
                   table="nps_waves", columns=waves)  # fmt: skip
    yield Case(
        "one dated file", several(**{"NPS調査_20230630.csv": one("A")}), rows("A"), table="nps_waves", columns=waves
    )
    yield Case("the same key in two parts", several(**{"nps_waves_1.csv": one("A"), "nps_waves_2.csv": one("B", "A")}),
               None, ("nps_waves_2.csv", 'row 3: found "A", as in nps_waves_1.csv'), table="nps_waves")  # fmt: skip
    other = text([["wave", "closed_on", "対象"], ["B", "2023-05-31", "x"]]).encode()
    yield Case("parts with other columns", several(**{"nps_waves_1.csv": one("A"), "nps_waves_2.csv": other}), None,
               ("nps_waves_2.csv", "its columns are not those of nps_waves_1.csv: audience"), table="nps_waves")  # fmt: skip
    yield Case("a whole and a part", several(**{"nps_waves.csv": one("A"), "nps_waves_2023.csv": one("B")}), None,
               ("stands in several places: nps_waves.csv, nps_waves_2023.csv",), table="nps_waves")  # fmt: skip
    files = {"enq_a.csv": one("A"), "enq_b.csv": one("B")}
    yield Case("a pattern", several(**files), rows("A", "B"), (), {"nps_waves": {"file": "enq_*.csv"}},
               "nps_waves", waves)  # fmt: skip
    yield Case("a pattern of nothing", several(**files), None, ("there is no file q_*.csv",),
               {"nps_waves": {"file": "q_*.csv"}}, "nps_waves")  # fmt: skip
    twice = {"nps_waves": [{"file": "enq_*.csv"}, {"file": "enq_a.csv"}]}
    yield Case(
        "a file by pattern and by name", several(**files), None, ("enq_a.csv", "both take it"), twice, "nps_waves"
    )
    two = {"nps_waves": {"file": "enq_*"}, "journeys": {"file": "enq_b", "columns": {"journey": "wave"}}}
    yield Case("a file in two tables", several(**files), None, ("data.mapping.nps_waves and data.mapping.journeys",),
               two, "nps_waves")  # fmt: skip
    left = {"nps_waves_1.csv": one("A"), "nps_waves_2.csv": one("B")}
    yield Case("a part that params leave out", several(**left), rows("A"), ("nps_waves_2.csv", "was not read"),
               {"nps_waves": {"file": "nps_waves_1"}}, "nps_waves", waves)  # fmt: skip
    bad = {"nps_waves_1.csv": one("A"), "nps_waves_2.csv": one("B").replace(b"05-31", b"05-32")}
    yield Case(
        "a fault in the second part", several(**bad), None, ("nps_waves_2.csv: 1 fault", "row 2"), table="nps_waves"
    )


# --------------------------------------------------------------------------------------------------------- archives


def _archives() -> Iterator[Case]:
    plain, marked = text(PLAIN[0]), text(PLAIN[0]).encode("utf-8-sig")  # type: ignore[arg-type]
    good: dict[str, tuple[str, bytes]] = {
        "a zip": ("export.zip", packed({"customers.csv": plain})),
        "a zip with a mark": ("export.zip", packed({"顧客.csv": marked})),
        "a zip of Windows": ("export.zip", packed({"顧客.csv": plain.encode("cp932")}, windows=True)),
        "a zip of Windows, 表": ("export.zip", packed({"表/顧客_2023年度.csv": plain}, windows=True)),
        "a zip with folders": ("export.zip", packed({"a/b/customers.csv": plain, "a/readme.md": "x"})),
        "a zip of a Mac": ("export.zip", packed({"customers.csv": plain, "__MACOSX/._customers.csv": "x"})),
        "a path that climbs": ("export.zip", packed({"../../customers.csv": plain})),
        "a zip of a workbook": ("export.zip", packed({"顧客.xlsx": book(PLAIN[0])})),  # type: ignore[arg-type]
        "a gz": ("customers.csv.gz", gzip.compress(plain.encode())),
        "a gz with a mark": ("顧客_2023.csv.gz", gzip.compress(marked)),
    }
    for name, (file, data) in good.items():
        yield Case(name, saved(file, data), MEANT)
    zipped, packed_gz = packed({"customers.csv": plain}), gzip.compress(plain.encode())
    locked = bytearray(zipped)
    locked[6] |= 1
    locked[zipped.rindex(b"PK\x01\x02") + 8] |= 1
    strange = bytearray(zipped)
    strange[8], strange[zipped.rindex(b"PK\x01\x02") + 10] = 9, 9
    flipped = bytearray(zipped)
    flipped[60] ^= 0xFF
    refused: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
        "a locked zip": ("export.zip", bytes(locked), ("customers.csv within it is protected by a password",)),
        "a zip in a zip": ("export.zip", packed({"inner.zip": zipped}), ("inner.zip within it is an archive again",)),
        "a strange method": ("export.zip", bytes(strange), ("cannot be unpacked",)),
        "a damaged member": ("export.zip", bytes(flipped), ("customers.csv within it cannot be unpacked",)),
        "a cut zip": ("export.zip", zipped[:-30], ("the archive is damaged",)),
        "no zip at all": ("export.zip", b"hello", ("the archive is damaged",)),
        "an empty zip": ("export.zip", packed({}), ("holds no export",)),
        "a zip of pictures": ("export.zip", packed({"a.png": "x"}), ("holds no export",)),
        "a bomb": ("export.zip", packed({"customers.csv": b"0" * (51 << 20)}), ("unpacks to more than",)),
        "a bomb of gz": ("customers.csv.gz", gzip.compress(b"0" * (51 << 20)), ("unpacks to more than",)),
        "a cut gz": ("customers.csv.gz", packed_gz[:-12], ("the archive is damaged",)),
        "no gz at all": ("customers.csv.gz", plain.encode(), ("the archive is damaged",)),
        "one table twice": ("export.zip", packed({"a/customers.csv": plain, "b/customers.csv": plain}),
                            ("stands in several places: export.zip, a/customers.csv, export.zip, b/customers.csv",)),
        "a fault within": ("export.zip", packed({"customers.csv": plain.replace("2023-04-01", "2023-04-31")}),
                           ("export.zip, customers.csv: 1 fault", "row 2")),
    }  # fmt: skip
    for name, (file, data, says) in refused.items():
        yield Case(name, saved(file, data), None, (file, *says))
    parts = packed(
        {"nps_waves_4月.csv": "wave,closed_on\nA,2023-05-31\n", "nps_waves_05.csv": "wave,closed_on\nB,2023-05-31\n"}
    )
    yield Case("parts in a zip", saved("export.zip", parts), [("A",), ("B",)], table="nps_waves", columns=("wave",))


# -------------------------------------------------------------------------------------------------------- workbooks


def _workbooks() -> Iterator[Case]:
    rows = [HEADERS, *CELLS[:2]]
    for ending in ("xlsx", "xlsm"):
        yield Case(f"a workbook .{ending}", saved(f"顧客.{ending}", book(rows)), MEANT)
    plain = [HEADERS, CELLS[0]]
    yield Case("a spreadsheet .ods", saved("顧客.ods", ods({"Sheet1": plain})), MEANT[:1])
    yield Case("titles in .ods", saved("x.ods", ods({"顧客": [["一覧"], [], *plain], "他": [["a"]]})), MEANT[:1],
               ("header in row 3",))  # fmt: skip
    dated = [["customer_id", "contracted_on"], ["A", date(2023, 4, 1)], ["B", datetime(2023, 4, 2)], ["C", "2023/4/3"]]
    days = [("A", date(2023, 4, 1)), ("B", date(2023, 4, 2)), ("C", date(2023, 4, 3))]
    only = ("customer_id", "contracted_on")
    for old in (False, True):
        serial = 45017 - (1462 if old else 0)
        called = "1904" if old else "1900"
        yield Case(f"dates of {called}", saved("customers.xlsx", book(dated, date_1904=old)), days, columns=only)
        numbers = [dated[0], ["A", serial], ["B", str(serial + 1)], ["C", serial + 2.0]]
        yield Case(f"serials of {called}", saved("customers.xlsx", book(numbers, date_1904=old)), days, columns=only)
    yield Case(
        "a serial with a time", saved("customers.xlsx", book([dated[0], ["A", 45017.5]])), None, ("row 2", "45017.5")
    )
    yield Case("a serial in text", saved("customers.csv", "customer_id,contracted_on\nA,45017\n"), None, ("45017",))
    yield Case("a number that is no day", saved("customers.xlsx", book([dated[0], ["A", 7]])), None, ('found "7"',))

    def formulas(value: Any) -> Callable[[Any, Any], None]:
        return lambda _, page: page.write_formula(1, 3, "=6*2", None, value)

    one = [HEADERS, ["C001", "株式会社山田商店", "2023-04-01", "", 1200000]]
    yield Case("a formula's value", saved("顧客.xlsx", book(one, formulas(12))), MEANT[:1])
    yield Case("a formula never calculated", saved("顧客.xlsx", book(one, formulas(""))), None,
               ("formulas in D2 were never calculated", "let it calculate"))  # fmt: skip
    for error in ("#N/A", "#REF!", "#DIV/0!"):
        yield Case(f"a formula that fails {error}", saved("顧客.xlsx", book(one, formulas(error))), None,
                   (f'row 2: found "{error}"',))  # fmt: skip

    def merge(*ranges: tuple[Any, ...]) -> Callable[[Any, Any], None]:
        return lambda _, page: [page.merge_range(*own) for own in ranges] and None

    body = [["customer_id", "会社名", "席数"], ["A", "x", 1], ["B", "", 2], ["C", "y", 3]]
    down = book(body, merge((1, 1, 2, 1, "x")))
    yield Case("merged down", saved("customers.xlsx", down), None, ("merged over rows 2 to 3", "fill_down: [name]"))
    yield Case("merged down, filled", saved("customers.xlsx", down), [("A", "x"), ("B", "x"), ("C", "y")], (),
               {"customers": {"file": "customers", "fill_down": ["name"]}}, columns=("customer_id", "name"))  # fmt: skip
    yield Case(
        "merged across",
        saved("customers.xlsx", book(body, merge((1, 1, 1, 2, "x")))),
        None,
        ("merged over name, seats",),
    )
    yield Case("merged where nothing is read", saved("customers.xlsx", book(
        [["customer_id", "備忘"], ["A", "x"], ["B", ""]], merge((1, 1, 2, 1, "x")))), [("A",), ("B",)],
        columns=("customer_id",))  # fmt: skip
    yield Case(
        "a merged title",
        saved("顧客.xlsx", book([["一覧"], *rows], merge((0, 0, 0, 4, "一覧")))),
        MEANT,
        ("header in row 2",),
    )
    tall = [["顧客ID", "会社名", "契約", "", "ARR"], ["", "", "契約日", "席数", ""], *CELLS[:2]]
    ranges = [(0, at, 1, at, tall[0][at]) for at in (0, 1, 4)]
    told = {"customers": {"file": "顧客", "columns": {"contracted_on": "契約 / 契約日", "seats": "契約 / 席数"}}}
    yield Case("a header in two rows", saved("顧客.xlsx", book(tall, merge(*ranges, (0, 2, 0, 3, "契約")))), MEANT,
               ("header in rows 1 and 2",), told)  # fmt: skip
    months = [["顧客ID", "2023年4月", "", "2023年5月", ""], ["", "件数", "席数", "件数", "席数"], ["A", 1, 2, 3, 4]]
    wide = book(months, merge((0, 1, 0, 2, "2023年4月"), (0, 3, 0, 4, "2023年5月")))
    told = {"customers": {"file": "顧客", "columns": {"seats": "2023年5月 / 席数"}}}
    yield Case("months over counts", saved("顧客.xlsx", wide), [("A", 4)], (), told, columns=("customer_id", "seats"))
    groups = [["基本", "", "契約", "", ""], HEADERS, *CELLS[:2]]
    yield Case("groups above the header", saved("顧客.xlsx", book(groups, merge((0, 0, 0, 1, "基本"), (0, 2, 0, 4, "契約")))),
               MEANT, ("header in row 2",))  # fmt: skip

    def sheets(hidden: bool = False, **more: list[list[Any]]) -> Callable[[Any, Any], None]:
        def add(workbook: Any, _: Any) -> None:
            for name, cells in more.items():
                page = workbook.add_worksheet(name)
                for number, row in enumerate(cells):
                    page.write_row(number, 0, row)
                if hidden:
                    page.hide()

        return add

    yield Case("a hidden sheet", saved("x.xlsx", book(rows, sheets(True, 旧=rows))), MEANT, ("旧: hidden, not read",))
    months_of = {"顧客_5月": [HEADERS, CELLS[1]]}
    yield Case("a sheet a month", saved("x.xlsx", book([HEADERS, CELLS[0]], sheets(**months_of), "顧客_4月")), MEANT,
               ("1 rows of customers",))  # fmt: skip
    yield Case("sheets by pattern", saved("x.xlsx", book([HEADERS, CELLS[0]], sheets(台帳_5月=[HEADERS, CELLS[1]]), "台帳_4月")),
               MEANT, (), {"customers": {"file": "x.xlsx", "sheet": "台帳_*"}})  # fmt: skip
    yield Case("a sheet twice", saved("x.xlsx", book(rows, sheets(顧客=rows))), None, ("stands in several places",))
    yield Case("a sheet of another's key", saved("x.xlsx", book(rows, sheets(顧客_2=rows), "顧客_1")), None,
               ("x.xlsx, sheet 顧客_2", "an earlier row has it"))  # fmt: skip
    yield Case("an empty sheet", saved("customers.xlsx", book([])), None, ("row 1 of the sheet is empty",))
    yield Case("a header twice in a sheet", saved("customers.xlsx", book([["customer_id", "顧客ID"], ["A", "B"]])), None,
               ("stands under 2 headers",))  # fmt: skip
    page = "<html><table><tr><td>顧客ID</td></tr></table></html>".encode()
    for name, data in {"a page": page, "text": text(rows).encode("cp932"), "nothing": b""}.items():
        for ending in ("xls", "xlsx", "xlsb", "ods"):
            yield Case(f"{name} called .{ending}", saved(f"customers.{ending}", data), None,
                       (f"customers.{ending}", "the workbook cannot be read"))  # fmt: skip


# ------------------------------------------------------------------------------- the same sheet in each of the formats


def _formats() -> Iterator[Case]:
    head = ["customer_id", "会社名", "契約日", "席数", "ARR"]
    texts = ["株式会社山田商店", 'サイトウ, "製作所"', "a & <b>"]
    good = [
        head,
        ["C001", texts[0], date(2023, 4, 1), 12, 1200000],
        [1002, texts[1], datetime(2023, 4, 2), Worth(12.0), Worth(0.5)],
        ["0042", texts[2], "令和5年4月3日", "１，２００", "0"],
    ]
    meant = [
        ("C001", texts[0], date(2023, 4, 1), 12, 1200000.0),
        ("1002", texts[1], date(2023, 4, 2), 12, 0.5),
        ("0042", texts[2], date(2023, 4, 3), 1200, 0.0),
    ]
    body = good[1]
    old = [["customer_id"], ["gone"]]
    for ending, mac in product(("xlsx", "xls", "xlsb", "ods"), (False, True)):
        called = f".{ending} of {1904 if mac else 1900}"

        def saved_as(*pages: Page, ending: str = ending, mac: bool = mac) -> Callable[[Path], None]:
            return saved(f"customers.{ending}", books.written(ending, list(pages), mac))

        yield Case(f"{called}: every kind of cell", saved_as(Page("顧客", good)), meant)
        first = 45017 - (1462 if mac else 0)
        numbers = [head[:3], ["A", "x", first], ["B", "y", str(first + 1)]]
        yield Case(f"{called}: days as numbers", saved_as(Page("x", numbers)),
                   [("A", date(2023, 4, 1)), ("B", date(2023, 4, 2))], columns=("customer_id", "contracted_on"))  # fmt: skip
        yield Case(f"{called}: a hidden sheet", saved_as(Page("顧客", good), Page("顧客_旧", old, hidden=True)), meant,
                   ("顧客_旧: hidden, not read",))  # fmt: skip
        yield Case(f"{called}: titles above", saved_as(Page("x", [["一覧"], [""], *good])), meant, ("header in row 3",))
        if mac:
            continue
        for error, (at, column) in product(("#N/A", "#REF!", "#DIV/0!"), enumerate(NAMES)):
            failed = [*body[:at], Failed(error), *body[at + 1 :]]
            wide = saved_as(Page("x", [head, body if at else ["C9", *body[1:]], failed]))
            yield Case(f"{called}: {error} for {column}", wide, None, ("row 3", f'found "{error}"', column))
        gone = [*body[:1], Failed("#N/A"), *body[2:]]
        yield Case(f"{called}: #N/A that params know", saved_as(Page("x", [head, gone])), [("C001", None)], (),
                   {"customers": {"file": "customers", "missing": {"name": ["#N/A"]}}}, columns=("customer_id", "name"))  # fmt: skip
        alone = [head[:2], ["A", "x"], ["", Failed("#N/A")]]
        yield Case(f"{called}: nothing but #N/A in the last row", saved_as(Page("x", alone)), None,
                   ("row 3", 'found "#N/A"'))  # fmt: skip
        beside = [["customer_id", "備忘"], ["A", "x"], ["B", Failed("#N/A")]]
        yield Case(f"{called}: #N/A where nothing is read", saved_as(Page("x", beside)), [("A",), ("B",)],
                   columns=("customer_id",))  # fmt: skip
        down = Page("x", [["customer_id", "会社名", "席数"], ["A", "x", 1], ["B", "", 2]], merged=[(1, 1, 2, 1)])
        yield Case(f"{called}: merged down", saved_as(down), None, ("merged over rows 2 to 3", "fill_down: [name]"))
        yield Case(f"{called}: merged down, filled", saved_as(down), [("A", "x"), ("B", "x")], (),
                   {"customers": {"file": "customers", "fill_down": ["name"]}}, columns=("customer_id", "name"))  # fmt: skip
        tall = [["customer_id", "契約", ""], ["", "契約日", "席数"], ["A", date(2023, 4, 1), 3]]
        told = {
            "customers": {"file": "customers", "columns": {"contracted_on": "契約 / 契約日", "seats": "契約 / 席数"}}
        }
        yield Case(f"{called}: a merged header", saved_as(Page("x", tall, merged=[(0, 0, 1, 0), (0, 1, 0, 2)])),
                   [("A", date(2023, 4, 1), 3)], ("header in rows 1 and 2",), told,
                   columns=("customer_id", "contracted_on", "seats"))  # fmt: skip
        parts = (Page("顧客_4月", good[:2]), Page("顧客_5月", [head, *good[2:]]))
        yield Case(f"{called}: a sheet a month", saved_as(*parts), meant, ("1 rows of customers",))
        whole = books.written(ending, [Page("顧客", good)])
        for name in ("xlsx", "xls", "xlsb", "ods"):
            if name != ending:
                yield Case(f"{called}, called .{name}", saved(f"customers.{name}", whole), meant,
                           (f"it is .{ending} inside",))  # fmt: skip
        for part in (1, 5, 9, 13):
            yield Case(f"{called}: cut at {part}/14", saved(f"customers.{ending}", whole[: len(whole) * part // 14]), None,
                       (f"customers.{ending}",))  # fmt: skip
    corner = book(good[:2], lambda _, page: page.write(1_048_575, 16_383, "?"), "x")
    yield Case("a cell in the farthest corner, .xlsx", saved("customers.xlsx", corner), None,
               ("reaches to row 1,048,576 and column 16,384", "Delete what stands far off"))  # fmt: skip
    corner = _with_record(books.xlsb([Page("x", good)]), books.record(0, b"\xff\xff\x0f\0" + b"\0" * 13)
                          + books.record(6, b"\xff\x3f\0\0" + b"\0" * 4 + books.wide("?")))  # fmt: skip
    yield Case("a cell in the farthest corner, .xlsb", saved("customers.xlsb", corner), None, ("far beyond any table",))
    ancient, size = books.xls([Page("x", good)]), b"\0\2\x0e\0"  # the record that says how large a sheet is
    vast = ancient.replace(size + b"\0\0\0\0", size + b"\0\0\xcf\0")
    yield Case("a sheet that ends before it begins, .xls", saved("customers.xls", vast), None, ("it is damaged",))
    with zipfile.ZipFile(io.BytesIO(book(good[:2]))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace(b"UTF-8", b"UaF-8")
    yield Case("an encoding there is not, .xlsx", saved("customers.xlsx", packed(members)), None, ("it is damaged",))  # type: ignore[arg-type]
    styled = book(
        good[:2], lambda own, page: page.write_blank(1_048_575, 16_383, None, own.add_format({"bold": True})), "x"
    )
    yield Case("a style in the farthest corner", saved("customers.xlsx", styled), meant[:1])
    for ending in ("xlsx", "xlsm", "xlsb"):
        yield Case(f"locked by a password, .{ending}", saved(f"customers.{ending}", books.locked()), None,
                   ("the workbook is protected by a password", "Save a copy without"))  # fmt: skip
    none = [head, [*body[:3], Worth(None), 1]]
    yield Case("a formula never calculated, .ods", saved("customers.ods", ods({"x": none})), None,
               ("formulas in D2 were never calculated",))  # fmt: skip
    zero = books.ods([Page("x", [head, [*body[:3], Failed("#N/A"), 1]])], old=True)
    yield Case("an error that OpenOffice writes as 0", saved("customers.ods", zero), None, ("row 2", 'found "#N/A"'))
    short = _with_record(books.xlsb([Page("x", good)]), books.record(13, b"\0" * 8))
    yield Case("short cells of .xlsb", saved("customers.xlsb", short), None, ("row 4", "short form"))
    yield Case("entities of entities in .ods", saved("customers.ods", _with_entities(zero)), None, ("cannot be read",))
    spelt = text([["customer_id", "会社名"], ["A", "x"], ["B", "#REF!"]])
    yield Case("a formula that failed, in CSV", saved("customers.csv", spelt), None, ("row 3", 'found "#REF!"'))
    yield Case("texts that begin with #", saved("customers.csv", spelt.replace("#REF!", "#1 Ltd")),
               [("A", "x"), ("B", "#1 Ltd")], columns=("customer_id", "name"))  # fmt: skip


def _with_entities(data: bytes) -> bytes:
    """A spreadsheet of a few kilobytes that would unfold to gigabytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    nested = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    content = parts["content.xml"].decode().replace("?><office", f'?><!DOCTYPE x [<!ENTITY e0 "ha">{nested}]><office')
    return packed({**parts, "content.xml": content.replace(">C001<", ">&e9;<")})


def _with_record(data: bytes, more: bytes) -> bytes:
    """An .xlsb with a record more at the end of its first sheet's rows."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet, end = "xl/worksheets/sheet1.bin", books.record(146)
    parts[sheet] = parts[sheet].replace(end, more + end)
    return packed(parts)


# ---------------------------------------------------------------------------------------- cut off, or with a byte wrong


def _cut() -> Iterator[Case]:
    whole = book([HEADERS, *CELLS[:2]])
    for part in range(1, 16):
        yield Case(f"a workbook cut at {part}/16", saved("顧客.xlsx", whole[: len(whole) * part // 16]), None,
                   ("顧客.xlsx", "cannot be read"))  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"):
        broken = {**parts, name: parts[name][: len(parts[name]) // 2]}
        yield Case(f"a workbook with half of {name}", saved("顧客.xlsx", packed(broken)), None, ("cannot be read",))
    stored = bytearray(_stored(parts))
    stored[stored.rindex("株式会社".encode()) + 2] ^= 1
    yield Case("a workbook with a bit turned", saved("顧客.xlsx", bytes(stored)), None, ("it is damaged",))
    lost = text([HEADERS, *CELLS[:2]]).encode("utf-16")
    yield Case(
        "UTF-16 with bytes lost", saved("顧客.csv", lost[:41] + lost[42:150] + lost[151:]), None, ("not UTF-16 text",)
    )
    for encoding in ("utf-8", "utf-16", "cp932", "euc_jp"):
        data = text([HEADERS, CELLS[0], ["C002", "い"]], end="\n").encode(encoding)
        yield Case(f"a last line cut, {encoding}", saved("顧客.csv", data), None, ("row 3: found 2 cells",))
