"""Where did a formula fail? Cells such as #N/A, which the reader of workbooks gives as empty."""

from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

__all__ = ["error_cells"]


def error_cells(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """Cells of an Excel sheet that hold an error.

    Parameters
    ----------
    path : Path
        A workbook; only .xlsx and .xlsm are looked into.
    sheet : str
        Its name.

    Returns
    -------
    dict of (int, int) to str
        Row and column, from 0, to the error's text. Empty when there are none.
    """
    if path.suffix.lower() not in {".xlsx", ".xlsm"}:
        return {}
    with ZipFile(path) as archive:
        place = _place(archive, sheet)
        text = archive.read(place) if place in archive.namelist() else b""
    if b't="e"' not in text:  # nearly always: a search of bytes is quick, parsing is not
        return {}
    found = {}
    for _, cell in ElementTree.iterparse(BytesIO(text)):
        if cell.tag.endswith("}c") and cell.get("t") == "e":
            value = next((part.text for part in cell if part.tag.endswith("}v")), None)
            found[_position(cell.get("r", "A1"))] = value or "#ERROR"
    return found


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
