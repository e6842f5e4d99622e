"""Which sheets does a workbook have, and what stands in their cells, as text?"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from cskit.data.delimited import UnreadableError
from cskit.data.errorcells import error_cells

__all__ = ["SUFFIXES", "is_empty", "sheets", "write_sheet"]

SUFFIXES = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}


def sheets(path: Path) -> list[str]:
    """Names of the visible worksheets.

    Raises
    ------
    UnreadableError
        If the workbook is locked, needs a password or is broken.
    """
    with _opening(path) as book:
        from python_calamine import SheetTypeEnum, SheetVisibleEnum

        shown = [sheet for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        return [sheet.name for sheet in shown if sheet.typ == SheetTypeEnum.WorkSheet]


def write_sheet(path: Path, sheet: str, to: Path) -> tuple[str, ...]:
    """Write a sheet as CSV, each cell as text, and give its headers; an empty sheet has none.

    Dates become ``2023-04-01``, times ``2023-04-01 09:30:00``, 8.0 becomes ``8``.
    """
    with _opening(path) as book, to.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        for (row, column), error in error_cells(path, sheet).items():
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = error
        for row in rows:
            writer.writerow([_text(cell) for cell in row])
    return tuple(_text(cell).strip() for cell in rows[0]) if rows else ()


def is_empty(path: Path, sheet: str) -> bool:
    """Whether nothing at all stands in a sheet."""
    with _opening(path) as book:
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
        with CalamineWorkbook.from_path(str(path)) as book:
            yield book
    except PermissionError:
        raise UnreadableError("permission denied", "Close it in Excel, or ask for the right to read it.") from None
    except PasswordError:
        raise UnreadableError("the workbook is protected by a password", "Save a copy without the password.") from None
    except CalamineError as error:
        raise UnreadableError(f"the workbook cannot be read ({_why(path, error)})", again) from None
    except OSError as error:
        raise UnreadableError(f"it cannot be read: {error.strerror or error}", "Copy it here again.") from None


def _why(path: Path, error: Exception) -> str:
    """Calamine's own words are for programmers; the commonest causes are told here."""
    if path.stat().st_size == 0:
        return "it is empty"
    if path.suffix.lower() in {".xlsx", ".xlsm", ".xlsb", ".ods"}:
        try:
            with ZipFile(path) as archive:
                archive.testzip()
        except (BadZipFile, OSError):
            return "it is damaged, or not a workbook at all"
    return str(error) or type(error).__name__
