"""How is a CSV or TSV file written: its encoding, its separator, its headers, its ragged rows?"""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from cskit.data.encodings import Written, opened, written
from cskit.data.footers import Footers
from cskit.data.heading import LOOKED_AT, Reading, header_row
from cskit.data.unreadable import UnreadableError

__all__ = ["Delimited", "UnreadableError", "inspect", "rewrite"]

SEPARATORS = {",": "", "\t": "tab", ";": "semicolon", "|": "pipe"}
GLOB = re.compile(r"[*?\[]")
csv.field_size_limit(1 << 27)  # a comment may be long; the default of 128 KB is not meant for exports


@dataclass(frozen=True, slots=True)
class Delimited:
    """A delimited file: how it is written, and whether the engine can read it as it stands.

    Parameters
    ----------
    encoding : str
        By Python's name.
    plain : bool
        UTF-8 from its header in row 1 on: the engine can.
    header_row : int
        From 1.
    said : str
        What is not as usual: ``cp932, tab``.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "churns.csv")
    ...     _ = path.write_bytes("顧客ID;解約日".encode("utf-8-sig"))
    ...     found = inspect(path)
    >>> found.headers, found.separator, found.plain, found.said
    (('顧客ID', '解約日'), ';', True, 'semicolon')
    """

    path: Path
    encoding: str
    separator: str
    headers: tuple[str, ...]
    plain: bool
    header_row: int = 1
    said: str = ""


def inspect(path: Path, reading: Reading | None = None, name: str = "") -> Delimited:
    r"""Find out how a delimited file is written, reading it once.

    Parameters
    ----------
    path : Path
        The file.
    reading : Reading or None
        What is known of it before.
    name : str
        As the user knows it; empty: as it lies there.

    Raises
    ------
    UnreadableError
        If it is empty, cannot be opened or decoded, or its header cannot be told.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.data.heading import reading_of
    >>> from cskit.data.schema import tables
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "churns.csv")
    ...     _ = path.write_bytes("解約一覧 2023年度\n顧客ID\t解約日\nC1\t2023-05-31\n".encode("cp932"))
    ...     found = inspect(path, reading_of(tables()["churns"], None))
    >>> found.headers, found.said
    (('顧客ID', '解約日'), 'cp932, tab, header in row 2')
    """
    reading, name = reading or Reading(), name or path.name
    with _opening():
        found = written(path, name, reading.encoding)
        separator, rows = _separated(path, name, found, reading)
    row = header_row(rows, reading)
    headers = tuple(cell.strip() for cell in rows[row - 1])
    plain = found.encoding.startswith("utf-8") and not found.odd_lines and not GLOB.search(str(path)) and row == 1
    words = [found.said, SEPARATORS[separator], f"header in row {row}" if row > 1 else ""]
    return Delimited(path, found.encoding, separator, headers, plain, row, ", ".join(word for word in words if word))


def rewrite(found: Delimited, to: Path) -> Footers:
    r"""Write it again as plain UTF-8 CSV from its header on, row by row; blank lines keep their place.

    Returns
    -------
    Footers
        Lines of the tool's own below the table, which are blank now.

    Raises
    ------
    UnreadableError
        If rows have more or fewer cells than there are headers, or quotes do not close.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path, to = Path(folder, "churns.csv"), Path(folder, "1.csv")
    ...     _ = path.write_bytes("顧客ID,解約理由\nC1,予算\n\nGrand Totals (1 record)\n".encode("cp932"))
    ...     rewrite(inspect(path), to).said
    ...     to.read_text(encoding="utf-8").splitlines()
    "row 4: the report's own footer, left out"
    ['"顧客ID","解約理由"', '"C1","予算"', '"",""', '"",""']
    """
    width, ragged, lengths, footers = len(found.headers), [], set(), Footers()
    with (
        _opening(),
        opened(found.path, found.encoding) as source,
        to.open("w", encoding="utf-8", newline="") as target,
    ):
        writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for number, cells in enumerate(_rows(source, found.separator), start=1):
            if number < found.header_row:
                continue
            if number > found.header_row and footers.met(number, cells):
                cells = []
            if len(cells) != width and cells:
                ragged.append(number)
                lengths.add(len(cells))
            writer.writerow(cells or [""] * width)
    if ragged:
        listed = " or ".join(map(str, sorted(lengths)[:3]))
        what = f"found {listed} cells; the header has {width}."
        mend = 'Put texts that hold the separator between " and ", or say in params: separator, header_row.'
        raise UnreadableError(what, mend, tuple(ragged[:5]), len(ragged))
    return footers


def _separated(path: Path, name: str, found: Written, reading: Reading) -> tuple[str, list[list[str]]]:
    """What separates its cells, and its first rows.

    A comma, unless another separator is the one in whose rows columns are named; where none names any, the only
    separator that the first line holds.
    """
    if reading.separator or name.lower().endswith(".tsv"):
        separator = reading.separator or "\t"
        return separator, _first(path, found, separator, reading)
    firsts: dict[str, list[list[str]]] = {}
    unread: dict[str, UnreadableError] = {}
    for separator in SEPARATORS:
        try:
            firsts[separator] = _first(path, found, separator, reading)
        except UnreadableError as error:
            unread[separator] = error
            continue
        if separator == "," and firsts[","] and len(reading.columns(firsts[","][0])) > 1:
            return ",", firsts[","]  # nearly always
    named = {own: max((len(reading.columns(row)) for row in rows), default=0) for own, rows in firsts.items()}
    best = max(named, key=named.__getitem__, default=",")
    if not named.get(best):
        best = _only(path, found)
    if best in unread:
        raise unread[best]
    return best, firsts[best]


def _only(path: Path, found: Written) -> str:
    """The separator of the first line that is not blank, where no header tells it: a comma wherever there is one."""
    with opened(path, found.encoding) as file:
        line = next((line for line in file if line.strip()), "")
    if line.count("\t") > line.count(","):
        return "\t"
    return "," if "," in line else max(";|", key=line.count) if line.count(";") or line.count("|") else ","


def _first(path: Path, found: Written, separator: str, reading: Reading) -> list[list[str]]:
    """The first rows; all of them up to the header where params say where it stands."""
    with opened(path, found.encoding) as file:
        return list(islice(_rows(file, separator), max(LOOKED_AT, reading.header_row)))


def _rows(file: TextIO, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(file, delimiter=separator, strict=True)
    began = 1
    try:
        for cells in reader:
            yield cells
            began = reader.line_num + 1
    except csv.Error as error:
        known = {"unexpected end of data": 'a text that begins with " does not end'}
        what = next((ours for theirs, ours in known.items() if theirs in str(error)), 'a text goes on after its last "')
        mend = 'Export it again, or mend the line: a text with a " in it is written "…""…".'
        raise UnreadableError(f"line {began}: {what}", mend) from None


@contextmanager
def _opening() -> Iterator[None]:
    """What the operating system says about a file, as a fault."""
    try:
        yield
    except PermissionError:
        raise UnreadableError("permission denied", "Close it in Excel, or ask for the right to read it.") from None
    except OSError as error:
        raise UnreadableError(f"it cannot be read: {error.strerror or error}", "Copy it here again.") from None
