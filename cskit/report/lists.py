"""Which rows stand behind a page, as files people open in a spreadsheet? No value in them is ever a formula."""

import csv
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cskit.report.outputs import Listing

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ACTIONS", "inert", "write_actions", "write_csv", "write_set_aside"]

ACTIONS = "actions"


def write_csv(listing: Listing, path: Path) -> None:
    """A list as CSV that Excel opens as it is meant: UTF-8 with its mark, nothing computed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([inert(name) for name in listing.columns])
        writer.writerows([inert(value) for value in row] for row in listing.rows)


def write_actions(listings: Mapping[str, Listing], path: Path) -> None:
    """The action list as a workbook: a sheet per report that names actions."""
    sheets = {report if len(listings) > 1 else ACTIONS: listing for report, listing in listings.items()}
    _write({name: (listing.columns, listing.rows) for name, listing in sheets.items()}, path)


def write_set_aside(frames: "Mapping[str, pd.DataFrame]", path: Path) -> None:
    """The faulty rows, a sheet per table, each with its reason."""
    _write({name: (tuple(map(str, frame.columns)), frame.to_numpy().tolist()) for name, frame in frames.items()}, path)


def inert(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula.

    Examples
    --------
    >>> inert("=HYPERLINK(1)"), inert("-5"), inert(-5), inert("+81 3 1234")
    ("'=HYPERLINK(1)", '-5', -5, "'+81 3 1234")
    """
    if not isinstance(value, str) or not re.match(r"[\s]*[=+\-@\t\r]", value):
        return value
    return value if re.fullmatch(r"[+-]\d+(\.\d+)?", value) else f"'{value}"


def _write(sheets: Mapping[str, tuple[Iterable[str], Iterable[Iterable[Any]]]], path: Path) -> None:
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # the same rows make the same file
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for name, (columns, rows) in sheets.items():
            columns, rows = list(columns), [list(row) for row in rows]
            sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", "_", name)[:31])
            sheet.write_row(0, 0, columns, bold)
            for down, row in enumerate(rows, start=1):
                for across, value in enumerate(row):
                    _cell(sheet, down, across, value)
            sheet.freeze_panes(1, 0)
            if columns:
                sheet.autofilter(0, 0, len(rows), len(columns) - 1)
            sheet.autofit(400)


def _cell(sheet: Any, down: int, across: int, value: Any) -> None:
    """Numbers stay numbers, whatever else is there becomes text, what is missing stays empty."""
    if value is None or value != value:
        return
    if isinstance(value, bool):
        sheet.write_boolean(down, across, value)
    elif isinstance(value, int | float) and abs(value) < 1e15:
        sheet.write_number(down, across, value)
    else:
        sheet.write_string(down, across, str(value))
