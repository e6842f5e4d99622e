"""What does the reader of workbooks not tell of a sheet in .xlsx?

Formulas that failed (#N/A) it gives as empty cells, as it does those that were never calculated; the first day of the
workbook's dates not at all. Other formats: see :mod:`cskit.data.untold`.
"""

import re
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

__all__ = ["ERRORS", "FIRST_DAYS", "Untold", "linked", "of_xlsx"]

# A formula with no value behind it; a text that is empty, which has t="str", is a value.
NEVER = re.compile(rb"</f>\s*(</c>|<v\s*/>|<v></v>)|<f[^>]*/>\s*(</c>|<v\s*/>|<v></v>)")
# A cell that is not closed at once: one with nothing but a style is none to the reader.
FILLED = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"(?:[^>]*[^>/])?>')
WIDE = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{2,3})(\d{1,7})"(?:[^>]*[^>/])?>')
TAIL = 1 << 16
ERRORS = ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!")
FIRST_DAYS = ("1899-12-30", "1904-01-01")  # serial numbers count from 1900, with a leap day there was not, or from 1904


@dataclass(slots=True)
class Untold:
    """What the reader does not tell of a sheet.

    Parameters
    ----------
    errors : dict of (int, int) to str
        Row and column, from 0, of cells whose formula failed, to the error's text.
    never : list of str
        Cells whose formula was never calculated, such as ``B3``.
    merged : list of (int, int, int, int)
        Cells merged into one, where the reader does not know of any: rows and columns from 0.
    epoch : str
        Day 0 of the workbook's dates; empty where it cannot be told.
    reach : tuple of int
        Rows and columns as far as anything stands in them, of an .xlsx at least 26 columns: the reader takes memory
        for all between.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from xlsxwriter import Workbook
    >>> with TemporaryDirectory() as folder:
    ...     with Workbook(path := Path(folder, "customers.xlsx"), {"date_1904": True}) as book:
    ...         _ = book.add_worksheet("顧客").write("B9", 12)
    ...     found = of_xlsx(path, "顧客")
    >>> found.epoch, found.reach
    ('1904-01-01', (9, 26))
    """

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    never: list[str] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    epoch: str = ""
    reach: tuple[int, int] = (0, 0)


def of_xlsx(path: Path, sheet: str) -> Untold:
    """Of a sheet of an .xlsx or .xlsm.

    Examples
    --------
    A formula that failed, and one that nobody has calculated yet.

    >>> from tempfile import TemporaryDirectory
    >>> from xlsxwriter import Workbook
    >>> with TemporaryDirectory() as folder:
    ...     with Workbook(path := Path(folder, "customers.xlsx")) as book:
    ...         sheet = book.add_worksheet("顧客")
    ...         _ = sheet.write_formula("A2", "=NA()", None, "#N/A"), sheet.write_formula("B3", "=6*2", None, "")
    ...     found = of_xlsx(path, "顧客")
    >>> found.errors, found.never
    ({(1, 0): '#N/A'}, ['B3'])
    """
    with ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        links = [
            value
            for node in book.iter()
            if node.tag.endswith("}sheet") and node.get("name") == sheet
            for name, value in node.attrib.items()
            if name.endswith("}id")
        ]
        place = linked(archive, "xl/_rels/workbook.xml.rels", links[-1] if links else "")
        text = archive.read(place) if place in archive.namelist() else b""
    said = next((node.get("date1904", "") for node in book if node.tag.endswith("}workbookPr")), "")
    found = Untold(epoch=FIRST_DAYS[said in ("1", "true")], reach=_reach(text))
    if b't="e"' in text or NEVER.search(text):  # hardly ever: a search of bytes is quick, parsing is not
        _parse(text, found)
    return found


def linked(archive: ZipFile, links: str, link: str) -> str:
    """The part of a workbook that a link leads to.

    Parameters
    ----------
    links : str
        The part that lists the links.
    link : str
        Its ID there.

    Examples
    --------
    >>> links = '<links><link Id="rId1" Target="worksheets/sheet1.xml"/><link Id="rId2" Target="/xl/a.xml"/></links>'
    >>> with ZipFile(BytesIO(), "w") as archive:
    ...     archive.writestr("xl/_rels/workbook.xml.rels", links)
    ...     [linked(archive, "xl/_rels/workbook.xml.rels", link) for link in ("rId1", "rId2")]
    ['xl/worksheets/sheet1.xml', 'xl/a.xml']
    """
    nodes = ElementTree.fromstring(archive.read(links))
    target = next((node.get("Target", "") for node in nodes if node.get("Id") == link), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _reach(text: bytes) -> tuple[int, int]:
    """As far as cells are filled. The last one tells the row; columns beyond Z are rare, and searched for."""
    rows = [int(row) for _, row in FILLED.findall(text[-TAIL:])] or [int(row) for _, row in FILLED.findall(text)]
    wide = {letters for letters, _ in WIDE.findall(text)}
    columns = max((_position(f"{letters.decode()}1")[1] + 1 for letters in wide), default=26)
    return max(rows, default=0), columns


def _parse(text: bytes, found: Untold) -> None:
    for _, cell in ElementTree.iterparse(BytesIO(text)):
        if not cell.tag.endswith("}c"):
            continue
        value = next((part.text for part in cell if part.tag.endswith("}v")), None)
        if cell.get("t") == "e":
            found.errors[_position(cell.get("r", "A1"))] = value or "#ERROR"
        elif not value and cell.get("t") != "str" and any(part.tag.endswith("}f") for part in cell):
            found.never.append(cell.get("r", "A1"))


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
