"""What does the reader of workbooks not tell of a sheet in .ods, LibreOffice's format?"""

import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

from cskit.data.errorcells import ERRORS, FIRST_DAYS, Untold

__all__ = ["of_ods"]

ODD = re.compile(rb"formula=|-spanned=|null-date|\"error\"|-repeated=\"\d{4,}")
FAILED = re.compile(rf"{'|'.join(map(re.escape, ERRORS))}|(Err|エラー):\d+")


def of_ods(path: Path, sheet: str) -> Untold:
    """Of a sheet of an .ods.

    >>> from tempfile import TemporaryDirectory
    >>> cell = '<o:table-cell o:formula="=NA()" o:value-type="string"><o:p>#N/A</o:p></o:table-cell>'
    >>> sheet = f'<o:table o:name="解約"><o:table-row><o:table-cell/>{cell}</o:table-row></o:table>'
    >>> with TemporaryDirectory() as folder:
    ...     with ZipFile(Path(folder, "解約.ods"), "w") as archive:
    ...         archive.writestr("content.xml", f'<o:body xmlns:o="urn:office">{sheet}</o:body>')
    ...     of_ods(Path(folder, "解約.ods"), "解約").errors
    {(0, 1): '#N/A'}
    """
    with ZipFile(path) as archive:
        text = archive.read("content.xml")
    found = Untold(epoch=FIRST_DAYS[0])
    if not ODD.search(text):  # nearly always: a search of bytes is quick, parsing is not
        return found
    inside, row = False, 0
    for event, node in ElementTree.iterparse(BytesIO(text), events=("start", "end")):
        name = node.tag.rpartition("}")[2]
        if name == "table":
            inside, row = event == "start" and _of(node, "name") == sheet, 0
        elif event == "start":
            continue
        elif name == "null-date":
            found.epoch = _of(node, "date-value") or found.epoch
        elif name == "table-row":
            often = int(_of(node, "number-rows-repeated") or 1)
            if inside:
                _row(node, range(row, row + often), found)
            row += often
            node.clear()
    return found


def _row(node: ElementTree.Element, rows: range, found: Untold) -> None:
    column = 0
    for cell in node:
        if not cell.tag.endswith("table-cell"):
            continue
        often = int(_of(cell, "number-columns-repeated") or 1)
        if _of(cell, "value-type") or len(cell):
            found.reach = (max(found.reach[0], rows.stop), max(found.reach[1], column + often))
        failed = any(key.endswith("}value-type") and value == "error" for key, value in cell.attrib.items())
        if failed or _of(cell, "formula"):
            shown = "".join(cell.itertext()).strip()
            if failed or FAILED.fullmatch(shown):
                error = shown if FAILED.fullmatch(shown) else "#ERROR"
                found.errors |= {(row, at): error for row in rows for at in range(column, column + often)}
            elif not _of(cell, "value-type") and not shown:
                found.never.append(f"{_letters(column)}{rows[0] + 1}")
        down, across = (int(_of(cell, f"number-{which}-spanned") or 1) for which in ("rows", "columns"))
        if down > 1 or across > 1:
            found.merged.append((rows[0], column, rows[0] + down - 1, column + across - 1))
        column += often


def _of(node: ElementTree.Element, name: str) -> str:
    """An attribute, in whichever namespace."""
    return next((value for key, value in node.attrib.items() if key.rpartition("}")[2] == name), "")


def _letters(column: int) -> str:
    """As a spreadsheet names a column.

    >>> _letters(0), _letters(27)
    ('A', 'AB')
    """
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
