"""What does the reader of workbooks not tell? Formulas that failed (#N/A) or were never calculated, the first day.

All of them it gives as empty cells, or not at all.
"""

import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

__all__ = ["epoch", "error_cells"]

# A formula with no value behind it; a text that is empty, which has t="str", is a value.
NEVER = re.compile(rb"</f>\s*(</c>|<v\s*/>|<v></v>)|<f[^>]*/>\s*(</c>|<v\s*/>|<v></v>)")
BOOKS = {".xlsx", ".xlsm"}


def error_cells(path: Path, sheet: str) -> tuple[dict[tuple[int, int], str], list[str]]:
    """Cells of an Excel sheet that hold an error, and those whose formula was never calculated.

    Parameters
    ----------
    path : Path
        A workbook; only .xlsx and .xlsm are looked into.
    sheet : str
        Its name.

    Returns
    -------
    dict of (int, int) to str
        Row and column, from 0, to the error's text.
    list of str
        Such as ``B3``.
    """
    if path.suffix.lower() not in BOOKS:
        return {}, []
    with ZipFile(path) as archive:
        place = _place(archive, sheet)
        text = archive.read(place) if place in archive.namelist() else b""
    if b't="e"' not in text and not NEVER.search(text):  # nearly always: a search of bytes is quick, parsing is not
        return {}, []
    found, never = {}, []
    for _, cell in ElementTree.iterparse(BytesIO(text)):
        if not cell.tag.endswith("}c"):
            continue
        value = next((part.text for part in cell if part.tag.endswith("}v")), None)
        if cell.get("t") == "e":
            found[_position(cell.get("r", "A1"))] = value or "#ERROR"
        elif not value and cell.get("t") != "str" and any(part.tag.endswith("}f") for part in cell):
            never.append(cell.get("r", "A1"))
    return found, never


def epoch(path: Path) -> str:
    """Day 0 of a workbook's dates; empty where it cannot be told.

    Its serial numbers count from 1900, with a leap day that there was not, or from 1904.
    """
    if path.suffix.lower() not in BOOKS:
        return ""
    with ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    said = next((node.get("date1904", "") for node in book if node.tag.endswith("}workbookPr")), "")
    return "1904-01-01" if said in ("1", "true") else "1899-12-30"


def _place(archive: ZipFile, sheet: str) -> str:
    """The file within the workbook that holds a sheet."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    link = ""
    for node in book.iter():
        if node.tag.endswith("}sheet") and node.get("name") == sheet:
            link = next((value for name, value in node.attrib.items() if name.endswith("}id")), "")
    target = next((node.get("Target", "") for node in links if node.get("Id") == link), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _position(cell: str) -> tuple[int, int]:
    """Row and column from 0.

    >>> _position("AB3")
    (2, 27)
    """
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(cell[len(letters) :]) - 1, column - 1
