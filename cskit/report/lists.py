"""Which rows stand behind a page, as files people open in a spreadsheet? No value in them is ever a formula."""

import csv
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cskit.errors import CskitError
from cskit.report.outputs import Listing

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ACTIONS",
    "MEETING",
    "inert",
    "write_actions",
    "write_csv",
    "write_meeting",
    "write_set_aside",
    "write_weekly",
]

ACTIONS, MEETING = "actions", "health_meeting"
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")  # full-width signs too: Excel in Japanese takes them for the plain ones
DAY = re.compile(r"(19|20)\d\d-\d\d-\d\d")
LARGE = 10_000  # from here a number is money or the like, and never a year
NUMBER = re.compile(r"[+-]\d+(\.\d+)?")
HIGH, ADDRESSES = 1_000_000, 65_000  # rows and addresses that one sheet takes, a few less than Excel's limits
FORM = 3  # columns at the end of the meeting's list that are filled in by hand: grade, reason, last day


def write_csv(listing: Listing, path: Path) -> None:
    """A list as CSV that Excel opens as it is meant: UTF-8 with its mark, nothing computed.

    >>> listing = Listing("churns", ("customer", "why"), (("株式会社", "=1+1"), ("C2", None)))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_csv(listing, Path(folder, "a.csv"))
    ...     Path(folder, "a.csv").read_text(encoding="utf-8-sig").splitlines()
    ['customer,why', "株式会社,'=1+1", 'C2,']
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([inert(name) for name in listing.columns])
        writer.writerows([inert(value) for value in row] for row in listing.rows)


def write_actions(listings: Mapping[str, Listing], path: Path) -> None:
    """The action list as a workbook: a sheet per report that names actions.

    >>> from python_calamine import CalamineWorkbook
    >>> listing = Listing(ACTIONS, ("customer", "due", "ARR"), (("C1", "2023-07-14", None), ("=1+1", None, 480_000)))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_actions({"dear_health": listing}, Path(folder, "a.xlsx"))
    ...     CalamineWorkbook.from_path(Path(folder, "a.xlsx")).get_sheet_by_name("actions").to_python()[1:]
    [['C1', datetime.date(2023, 7, 14), ''], ['=1+1', '', 480000.0]]
    """
    sheets = {report if len(listings) > 1 else ACTIONS: listing for report, listing in listings.items()}
    _write({name: (listing.columns, listing.rows) for name, listing in sheets.items()}, path)


def write_weekly(whole: Mapping[str, Any], new: Mapping[str, Any], place: Path, stem: str) -> tuple[Path, Path]:
    """The week's list as a workbook, and its new actions as CSV for a CRM; each a :class:`Listing` as told.

    >>> told = {"name": "new", "columns": ["customer", "step"], "rows": [["C1", "Call them"]]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     book, table = write_weekly(told, told, Path(folder), "2023-07-03")
    ...     book.name, table.read_text(encoding="utf-8-sig").splitlines()
    ('2023-07-03.xlsx', ['customer,step', 'C1,Call them'])
    """
    place.mkdir(parents=True, exist_ok=True)
    book, table = place / f"{stem}.xlsx", place / f"{stem}.csv"
    with tempfile.TemporaryDirectory(prefix=".actions-", dir=place) as aside:  # whole files or none
        ready = Path(aside, "book.xlsx"), Path(aside, "table.csv")
        _write({ACTIONS: (whole["columns"], whole["rows"])}, ready[0])
        write_csv(Listing(new["name"], tuple(new["columns"]), tuple(map(tuple, new["rows"]))), ready[1])
        for made, path in zip(ready, (book, table), strict=True):
            made.replace(path)
    return book, table


def write_set_aside(frames: "Mapping[str, pd.DataFrame]", path: Path) -> None:
    """The faulty rows, a sheet per table, each with its reason.

    >>> import pandas as pd
    >>> from python_calamine import CalamineWorkbook
    >>> frame = pd.DataFrame({"row": [14], "score": ["11"], "reason": ["found 11; a score is 0 to 10"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_set_aside({"nps_responses": frame}, Path(folder, "a.xlsx"))
    ...     CalamineWorkbook.from_path(Path(folder, "a.xlsx")).get_sheet_by_name("nps_responses").to_python()[1]
    [14.0, '11', 'found 11; a score is 0 to 10']
    """
    as_written = {
        name: frame.map(lambda value: str(value) if isinstance(value, date) else value)
        for name, frame in frames.items()
    }
    _write(
        {name: (tuple(map(str, frame.columns)), frame.to_numpy().tolist()) for name, frame in as_written.items()},
        path,
        False,
    )


def write_meeting(listing: Listing, path: Path, day: date, grades: Sequence[str]) -> None:
    """The list that the team's meeting fills in: a sheet named after the day, a grade chosen from those given.

    >>> from python_calamine import CalamineWorkbook
    >>> columns, rows = ("Customer", "Now", "Grade", "Reason", "Until"), (("C1", "caution", None, None, None),)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.xlsx")
    ...     write_meeting(Listing(MEETING, columns, rows), path, date(2023, 6, 30), ["good", "sound"])
    ...     book = CalamineWorkbook.from_path(path)
    ...     book.sheet_names, book.get_sheet_by_index(0).to_python()[1]
    (['2023-06-30'], ['C1', 'caution', '', '', ''])
    """
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, OPTIONS) as book:
        sheet = _sheet(book, day.isoformat(), list(listing.columns), [list(row) for row in listing.rows], False)
        last, first = max(len(listing.rows), 1), len(listing.columns) - FORM
        open_ = book.add_format({"bg_color": "#fff6db", "border": 1, "border_color": "#dfe4e8"})
        dated = book.add_format(
            {"bg_color": "#fff6db", "border": 1, "border_color": "#dfe4e8", "num_format": "yyyy-mm-dd"}
        )
        for down, row in enumerate(listing.rows, start=1):
            for across in (place for place in range(first, len(row)) if row[place] is None):
                sheet.write_blank(down, across, None, dated if across == len(row) - 1 else open_)
        sheet.set_column(first, first + FORM - 1, 18)
        sheet.data_validation(1, first, last, first, {"validate": "list", "source": list(grades)})
        sheet.data_validation(1, first + 2, last, first + 2, {"validate": "date", "criteria": ">=", "value": day})
        sheet.freeze_panes(1, 2)


def inert(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula.

    Examples
    --------
    >>> inert("=HYPERLINK(1)"), inert("-5"), inert(-5), inert("+81 3 1234")
    ("'=HYPERLINK(1)", '-5', -5, "'+81 3 1234")
    """
    if not isinstance(value, str) or not FORMULA.match(value):
        return value
    return value if NUMBER.fullmatch(value) else f"'{value}"


def _write(sheets: Mapping[str, tuple[Iterable[str], Iterable[Iterable[Any]]]], path: Path, days: bool = True) -> None:
    """``days``: a text that is a day becomes one, which a spreadsheet can sort; rows as they were exported stay so."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, OPTIONS) as book:
        for name, (columns, rows) in sheets.items():
            every = [list(row) for row in rows]
            for start in range(0, max(len(every), 1), HIGH):
                own = f"{name} {start // HIGH + 1}" if start else name
                _sheet(book, own, list(columns), every[start : start + HIGH], days)


class Looks(NamedTuple):
    """How cells look: those that begin like a formula, those of several lines, days, large numbers."""

    quoted: Any
    lines: Any
    day: Any
    large: Any


def _sheet(book: Any, name: str, columns: list[str], rows: list[list[Any]], days: bool = True) -> Any:
    if len(rows) > HIGH:
        raise CskitError(f"{name}: {len(rows):,} rows are more than a sheet takes. Make a pack for each part: --each")
    book.set_properties({"created": datetime(2000, 1, 1)})  # the same rows make the same file
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    book.formats[0].set_align("top")  # every cell's
    quoted = {"quote_prefix": True, "valign": "top"}  # stays text even when a person edits the cell
    day, large = {"num_format": "yyyy-mm-dd", "valign": "top"}, {"num_format": "#,##0", "valign": "top"}
    looks = Looks(*map(book.add_format, (quoted, {"text_wrap": True, "valign": "top"}, day, large)))
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", "_", name)[:31])
    sheet.write_row(0, 0, columns, bold)
    links = [_addresses(row[across] for row in rows) for across in range(len(columns))]
    for down, row in enumerate(rows, start=1):
        for across, value in enumerate(row):
            if links[across] and value and down <= ADDRESSES:
                sheet.write_url(down, across, value)
            else:
                _cell(sheet, down, across, (days and _day(value)) or value, looks)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)  # on paper every column, and the header on each page
    sheet.repeat_rows(0)
    if columns:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    sheet.autofit(400)
    return sheet


def _addresses(values: Iterable[Any]) -> bool:
    """Whether a column holds addresses of the web and nothing else; a name that looks like one leads nowhere."""
    there = [value for value in values if value]
    return bool(there) and all(re.fullmatch(r"https?://[^\s\"'<>]{1,2000}", str(value)) for value in there)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and DAY.fullmatch(value) else None
    except ValueError:
        return None


def _cell(sheet: Any, down: int, across: int, value: Any, looks: Looks) -> None:
    """Numbers stay numbers, whatever else is there becomes text, what is missing stays empty."""
    if value is None or value != value:
        return
    if isinstance(value, bool):
        sheet.write_boolean(down, across, value)
    elif isinstance(value, int | float) and abs(value) < 1e15:
        look = (looks.large,) if abs(value) >= LARGE and value == int(value) else ()
        sheet.write_number(down, across, value, *look)
    elif type(value) is date:
        sheet.write_datetime(down, across, value, looks.day)
    elif inert(value) != value:
        sheet.write_string(down, across, str(value), looks.quoted)
    elif "\n" in str(value):
        sheet.write_string(down, across, str(value), looks.lines)
    else:
        sheet.write_string(down, across, str(value))
