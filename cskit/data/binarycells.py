"""What does the reader of workbooks not tell of a sheet in .xls or .xlsb, Excel's binary formats?"""

import io
import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from cskit.data.errorcells import FIRST_DAYS, Untold, linked
from cskit.data.unreadable import UnreadableError

__all__ = ["of_xls", "of_xlsb"]

CODES = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
AGAIN = "Open it in Excel and save it again as .xlsx, or as CSV UTF-8."
# Records of .xlsb, as [MS-XLSB] numbers them. A short cell does not say its column: it follows the one before.
ROW, ERROR, FORMULA_ERROR, FILLED, SHORT = 0, 3, 11, range(2, 12), range(12, 19)
BOOK, SHEET, MERGED = 153, 156, 176
MOST_ROWS, MOST_COLUMNS, SIZE = 65_536, 256, 0x0200  # of a sheet of .xls, and the record that says how large it is
XLRD_ERROR = 5  # xlrd's kind of a cell whose formula failed


def of_xls(path: Path, sheet: str) -> Untold:
    """Of a sheet of an .xls; its merged cells the reader tells.

    Raises
    ------
    UnreadableError
        If the workbook is damaged: where it says that a sheet is larger than any can be, the reader would ask for so
        much memory that the program ends.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import xlwt
    >>> book = xlwt.Workbook()
    >>> book.add_sheet("顧客").row(1).set_cell_error(2, 42)  # as Excel numbers #N/A
    >>> with TemporaryDirectory() as folder:
    ...     book.save(path := str(Path(folder, "customers.xls")))
    ...     of_xls(Path(path), "顧客").errors
    {(1, 2): '#N/A'}
    """
    state = path.stat()
    return _sheets_of_xls(path, state.st_mtime_ns, state.st_size).get(sheet, Untold())


@lru_cache(8)
def _sheets_of_xls(path: Path, _changed: int, _size: int) -> dict[str, Untold]:
    import xlrd  # for .xls alone

    try:
        with xlrd.open_workbook(path, logfile=io.StringIO()) as book:
            found = {page.name: _of_page(page, FIRST_DAYS[bool(book.datemode)]) for page in book.sheets()}
        vast = not all(map(_is_size, _sizes(path.read_bytes())))
    except Exception as error:  # of every kind, where bytes are wrong
        what = f"the workbook cannot be read ({str(error) or type(error).__name__})"
        raise UnreadableError(what, AGAIN) from None
    if vast:
        raise UnreadableError("the workbook cannot be read (it is damaged)", AGAIN)
    return found


def _sizes(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """What a workbook says of the size of each sheet: first row and the one after the last, and columns alike."""
    from xlrd.compdoc import CompDoc

    stream = CompDoc(data, logfile=io.StringIO()).locate_named_stream("Workbook")
    body, at, length = stream[0] or b"", stream[1], stream[2]
    end = at + length
    while at + 4 <= end:
        kind, size = struct.unpack_from("<HH", body, at)
        if kind == SIZE and size >= 12:
            yield struct.unpack_from("<IIHH", body, at + 4)
        at += 4 + size


def _is_size(told: tuple[int, int, int, int]) -> bool:
    top, end, left, right = told
    return top <= end <= MOST_ROWS and left <= right <= MOST_COLUMNS


def _of_page(page: Any, epoch: str) -> Untold:
    errors = {
        (row, column): CODES.get(page.cell_value(row, column), "#ERROR")
        for row in range(page.nrows)
        if XLRD_ERROR in page.row_types(row)
        for column, kind in enumerate(page.row_types(row))
        if kind == XLRD_ERROR
    }
    return Untold(errors, epoch=epoch)


def of_xlsb(path: Path, sheet: str) -> Untold:
    """Of a sheet of an .xlsb.

    Raises
    ------
    UnreadableError
        If the workbook is damaged, or cells stand in a form that the reader passes over.

    Examples
    --------
    A list of sheets that ends in the middle of one: 16 bytes are announced, and none is there.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "customers.xlsb")
    ...     with ZipFile(path, "w") as archive:
    ...         archive.writestr("xl/workbook.bin", bytes([0x9C, 0x01, 16]))
    ...     of_xlsb(path, "顧客")
    Traceback (most recent call last):
    cskit.data.unreadable.UnreadableError: the workbook cannot be read (it is damaged)
    """
    found = Untold(epoch=FIRST_DAYS[0])
    try:
        with ZipFile(path) as archive:
            link = ""
            for kind, body in _records(archive.read("xl/workbook.bin")):
                if kind == BOOK:
                    found.epoch = FIRST_DAYS[body[0] & 1]
                elif kind == SHEET:
                    own, name = _texts(body[8:])
                    link = own if name == sheet else link
            _walk(archive.read(linked(archive, "xl/_rels/workbook.bin.rels", link)), found)
    except (struct.error, IndexError, UnicodeDecodeError):
        raise UnreadableError("the workbook cannot be read (it is damaged)", AGAIN) from None
    return found


def _walk(data: bytes, found: Untold) -> None:
    row = 0
    for kind, body in _records(data):
        if kind == ROW:
            (row,) = struct.unpack_from("<I", body)
            continue
        if kind in FILLED:
            (column,) = struct.unpack_from("<I", body)
            found.reach = (max(found.reach[0], row + 1), max(found.reach[1], column + 1))
        if kind in (ERROR, FORMULA_ERROR):
            found.errors[row, column] = CODES.get(body[8], "#ERROR")
        elif kind == MERGED:
            top, end, left, right = struct.unpack_from("<4I", body)
            found.merged.append((top, left, end, right))
        elif kind in SHORT:
            raise UnreadableError(f"row {row + 1} stands in a short form that cannot be read", AGAIN)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each record's number and body; both number and length are written seven bits a byte."""
    at = 0
    while at < len(data):
        kind, at = data[at], at + 1
        if kind & 0x80:
            kind, at = (kind & 0x7F) | (data[at] & 0x7F) << 7, at + 1
        size = shift = 0
        while True:
            byte, at = data[at], at + 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift == 28:
                break
        if at + size > len(data):
            raise IndexError
        yield kind, data[at : at + size]
        at += size


def _texts(body: bytes) -> list[str]:
    """Texts with their lengths before them."""
    texts, at = [], 0
    for _ in range(2):
        (length,) = struct.unpack_from("<I", body, at)
        texts.append(body[at + 4 : at + 4 + 2 * length].decode("utf-16-le"))
        at += 4 + 2 * length
    return texts
