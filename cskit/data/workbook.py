"""Which sheets does a workbook have, and what stands in their cells, as text?"""

import csv
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from cskit.data.errorcells import Untold
from cskit.data.footers import Footers
from cskit.data.heading import LOOKED_AT, Reading, header_row
from cskit.data.unreadable import UnreadableError
from cskit.data.untold import make, untold

__all__ = ["SUFFIXES", "Sheet", "is_empty", "sheets", "write_sheet", "write_table"]

LARGEST = 30_000_000  # cells of a sheet, with those that are empty: about a gigabyte
Range = tuple[int, int, int, int]
ZIPPED = {".xlsx", ".xlsb", ".ods"}
# What Python's own readers of .zip and XML say of a workbook in which a byte is wrong.
DAMAGED = (
    BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    LookupError,
    ValueError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
FAMILY = {".xlsx": ".xlsx", ".xlsm": ".xlsx", ".xlsb": ".xlsb", ".xls": ".xls", ".ods": ".ods"}
SUFFIXES = set(FAMILY)


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a sheet is laid out.

    Parameters
    ----------
    headers : tuple of str
        Its column names; those in two rows joined by a slash.
    header_row : int
        The last row they stand in, from 1.
    said : str
        Where that is not row 1.
    epoch : str
        Day 0 of its dates; empty: not known.
    merged : tuple of (int, int, int, int)
        Below the header: cells merged into one, first row and column, last row and column; rows from 1, columns from 0.
    left_out : int
        Lines of the tool's own below the table.

    Examples
    --------
    A header in two rows, of which the upper is merged over two columns:

    >>> from tempfile import TemporaryDirectory
    >>> from xlsxwriter import Workbook
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "利用.xlsx")
    ...     with Workbook(path) as book:
    ...         sheet = book.add_worksheet()
    ...         _ = sheet.merge_range("A1:A2", "顧客ID"), sheet.merge_range("B1:C1", "4月")
    ...         _ = sheet.write_row("B2", ["件数", "人数"]), sheet.write_row("A3", ["C1", 5, 2])
    ...     own = write_table(path, "Sheet1", Path(folder, "利用.csv"), Reading())
    >>> own.headers, own.said
    (('顧客ID', '4月 / 件数', '4月 / 人数'), 'header in rows 1 and 2')
    """

    headers: tuple[str, ...]
    header_row: int = 1
    said: str = ""
    epoch: str = ""
    merged: tuple[Range, ...] = ()
    left_out: int = 0


def sheets(path: Path) -> tuple[list[str], list[str]]:
    """Names of the visible worksheets, and of the hidden ones.

    Raises
    ------
    UnreadableError
        If the workbook is locked, needs a password or is broken.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from xlsxwriter import Workbook
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "台帳.xlsx")
    ...     with Workbook(path) as book:
    ...         _ = book.add_worksheet("顧客")
    ...         book.add_worksheet("旧").hide()
    ...     sheets(path)
    (['顧客'], ['旧'])
    """
    with _opening(path) as book:
        from python_calamine import SheetTypeEnum, SheetVisibleEnum

        if make(path) in ZIPPED:
            with ZipFile(path) as archive:  # calamine does not look whether its bytes are those that were written
                if archive.testzip():
                    raise BadZipFile
        found = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        shown = [sheet.name for sheet in found if sheet.visible == SheetVisibleEnum.Visible]
        return shown, [sheet.name for sheet in found if sheet.visible != SheetVisibleEnum.Visible]


def write_sheet(path: Path, sheet: str, to: Path) -> None:
    """Write a sheet as CSV, each cell as text.

    Dates become ``2023-04-01``, times ``2023-04-01 09:30:00``, 8.0 becomes ``8``.

    Raises
    ------
    UnreadableError
        If it cannot be read, or holds formulas that were never calculated.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from xlsxwriter import Workbook
    >>> with TemporaryDirectory() as folder:
    ...     path, to = Path(folder, "解約.xlsx"), Path(folder, "解約.csv")
    ...     with Workbook(path) as book:
    ...         sheet, day = book.add_worksheet("解約"), book.add_format({"num_format": "yyyy/m/d"})
    ...         _ = sheet.write_row("A1", ["株式会社アクメ", 8.0, True]), sheet.write("D1", date(2023, 4, 1), day)
    ...     write_sheet(path, "解約", to)
    ...     print(to.read_text(encoding="utf-8"))
    "株式会社アクメ","8","true","2023-04-01"
    """
    _write(_cells(path, sheet)[0], to)


def write_table(path: Path, sheet: str, to: Path, reading: Reading) -> Sheet:
    """Write a sheet as CSV from its column names on, and say how it is laid out.

    Parameters
    ----------
    reading : Reading
        What is known of the sheet: the column names to look for, or their row.

    Raises
    ------
    UnreadableError
        As :func:`write_sheet`; also if the row of the column names cannot be told.

    Examples
    --------
    Titles above the table are found by the names below them:

    >>> from tempfile import TemporaryDirectory
    >>> from xlsxwriter import Workbook
    >>> from cskit.data.heading import reading_of
    >>> from cskit.data.schema import tables
    >>> with TemporaryDirectory() as folder:
    ...     path, to = Path(folder, "解約.xlsx"), Path(folder, "解約.csv")
    ...     with Workbook(path) as book:
    ...         sheet = book.add_worksheet("解約")
    ...         for row, cells in enumerate((["解約一覧"], [], ["顧客ID", "解約日"], ["C1", "R5.4.1"])):
    ...             _ = sheet.write_row(row, 0, cells)
    ...     own = write_table(path, "解約", to, reading_of(tables()["churns"], None))
    ...     print(own.said, to.read_text(encoding="utf-8").splitlines())
    header in row 3 ['"顧客ID","解約日"', '"C1","R5.4.1"']
    """
    rows, merged, epoch = _cells(path, sheet)
    row = header_row(rows[: max(LOOKED_AT, reading.header_row)], reading, "row 1 of the sheet is empty")
    last = min(_last_header_row(rows, row, merged), len(rows))
    headers = _headers(rows, row, last, merged)
    footers = Footers()
    blank = [""] * len(headers)
    body = [blank if footers.met(number, own) else own for number, own in enumerate(rows[last:], start=last + 1)]
    _write([headers, *body], to)
    within = tuple((top + 1, left, end + 1, right) for top, left, end, right in merged if end >= last and top >= last)
    said = "" if last == 1 else f"header in row {row}" if row == last else f"header in rows {row} and {last}"
    other = make(path)
    said = ", ".join(
        filter(None, (said, footers.said, f"it is {other} inside" if other != FAMILY[path.suffix.lower()] else ""))
    )
    return Sheet(tuple(headers), last, said, epoch, within, len(footers.rows))


def _cells(path: Path, name: str) -> tuple[list[list[str]], list[Range], str]:
    """A sheet as rows of texts, its merged cells, and day 0 of its dates."""
    with _opening(path) as book:
        found = _untold(path, name)
        sheet = book.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=False)
        merged = [(*first, *end) for first, end in sheet.merged_cell_ranges or []] or found.merged
    if never := found.never:
        shown = ", ".join(never[:5]) + (f" and {len(never) - 5} more" if len(never) > 5 else "")
        what = f"the formulas in {shown} were never calculated, so their values are not known"
        raise UnreadableError(what, "Open the workbook in Excel, let it calculate, and save it.")
    width = max((column + 1 for _, column in found.errors), default=0)
    if found.errors:  # the reader does not count them as cells, so that they may lie beyond what it gave
        rows += [[] for _ in range(max(row for row, _ in found.errors) + 1 - len(rows))]
        rows = [[*own, *[""] * (width - len(own))] for own in rows]
    for (row, column), error in found.errors.items():
        rows[row][column] = error
    width = max(map(len, rows), default=0)
    return [[*map(_text, row), *[""] * (width - len(row))] for row in rows], merged, found.epoch


def _untold(path: Path, name: str) -> Untold:
    """What the reader does not tell of a sheet; before it opens one that would take more memory than there is."""
    found = untold(path, name)
    rows, columns = found.reach
    if rows * columns > LARGEST:
        what = f"sheet {name} reaches to row {rows:,} and column {columns:,}: far beyond any table"
        raise UnreadableError(what, "Delete what stands far off in the sheet, or save the table as CSV UTF-8.")
    return found


def _last_header_row(rows: list[list[str]], row: int, merged: list[Range]) -> int:
    """The row in which the column names end: below ``row`` where a name is merged down, or split up further."""
    here = [own for own in merged if own[0] <= row - 1 <= own[2]]
    last = max((end + 1 for _, _, end, _ in here), default=row)
    wide = {
        column for top, left, end, right in here if right > left and top == end for column in range(left, right + 1)
    }
    if last == row and wide and row < len(rows):
        filled = {column for column, cell in enumerate(rows[row]) if cell.strip()}
        if filled == {column for column in wide if column < len(rows[row])} and len(wide) < len(rows[row]):
            return row + 1
    return max(last, row)


def _headers(rows: list[list[str]], row: int, last: int, merged: list[Range]) -> list[str]:
    """The column names, those of several rows joined from the top; a name over several columns counts for each."""
    block = [list(own) for own in rows[:last]]
    for top, left, end, right in merged:
        for down in range(top, min(end, last - 1) + 1):
            for across in range(left, min(right + 1, len(block[down]))):
                block[down][across] = block[top][left]
    headers = [_joined(cells) for cells in zip(*block[row - 1 : last], strict=True)]
    group = {across for top, left, _, right in merged if top == row - 2 for across in range(left, right + 1)}
    for across, name in enumerate(list(headers)):  # 件数 under 4月 and 件数 under 5月 are told apart by what is above
        if across in group and name and headers.count(name) > 1:
            block[row - 1][across] = _joined([block[row - 2][across], name])
    return [_joined(cells) for cells in zip(*block[row - 1 : last], strict=True)]


def _joined(cells: Iterable[str]) -> str:
    return " / ".join(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))


def _write(rows: Iterable[Iterable[str]], to: Path) -> None:
    with to.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)


def is_empty(path: Path, sheet: str) -> bool:
    """Whether nothing at all stands in a sheet.

    >>> from tempfile import TemporaryDirectory
    >>> from xlsxwriter import Workbook
    >>> with TemporaryDirectory() as folder:
    ...     with Workbook(Path(folder, "顧客.xlsx")) as book:
    ...         _ = book.add_worksheet("Sheet1").write_string("C5", "顧客ID")
    ...         _ = book.add_worksheet("Sheet2")
    ...     is_empty(Path(folder, "顧客.xlsx"), "Sheet1"), is_empty(Path(folder, "顧客.xlsx"), "Sheet2")
    (False, True)
    """
    with _opening(path) as book:
        _untold(path, sheet)
        return not book.get_sheet_by_name(sheet).to_python(nrows=1)


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return repr(cell.total_seconds() / 86400)  # as the spreadsheet holds it: a fraction of a day
    return str(cell)


@contextmanager
def _opening(path: Path) -> Iterator:  # of CalamineWorkbook, whose import waits until there is a workbook
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    again = "Open it in Excel and save it again as .xlsx, or as CSV UTF-8."
    try:
        if make(path) == ".xls":
            untold(path, "")  # before the reader, which trusts what a damaged one says of its size
        if make(path) in ("", FAMILY[path.suffix.lower()]):
            found = CalamineWorkbook.from_path(str(path))
        else:  # whose ending is another's: by its ending it would be taken for damaged
            found = CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
        with found as book:
            yield book
    except PermissionError:
        raise UnreadableError("permission denied", "Close it in Excel, or ask for the right to read it.") from None
    except PasswordError:
        raise UnreadableError("the workbook is protected by a password", "Save a copy without the password.") from None
    except CalamineError as error:
        raise UnreadableError(f"the workbook cannot be read ({_why(path, error)})", again) from None
    except OSError as error:
        raise UnreadableError(f"it cannot be read: {error.strerror or error}", "Copy it here again.") from None
    except DAMAGED:
        raise UnreadableError("the workbook cannot be read (it is damaged)", again) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # which calamine lets out where a file is very odd
            raise
        raise UnreadableError("the workbook cannot be read (it is damaged)", again) from None


def _why(path: Path, error: Exception) -> str:
    """Calamine's own words are for programmers; the commonest causes are told here."""
    if path.stat().st_size == 0:
        return "it is empty"
    if path.suffix.lower() != ".xls":
        try:
            with ZipFile(path) as archive:
                archive.testzip()
        except (*DAMAGED, OSError):
            return "it is damaged, or not a workbook at all"
    return str(error) or type(error).__name__
