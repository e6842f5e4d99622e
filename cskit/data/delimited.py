"""How is a CSV or TSV file written: its encoding, its separator, its headers, its ragged rows?"""

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from cskit.errors import Fault

__all__ = ["Delimited", "UnreadableError", "inspect", "rewrite"]

BLOCK = 1 << 22
BLANK_LINE = re.compile(rb"\n\r?\n\r?[^\r\n]")
NO_CHARACTER = re.compile("[\x80\xa0\uf8f0-\uf8f3]")  # Python lets single bytes through that cp932 does not have
GLOB = re.compile(r"[*?\[]")
csv.field_size_limit(1 << 27)  # a comment may be long; the default of 128 KB is not meant for exports


class UnreadableError(Exception):
    """A file that cannot be read as what its name says; carries the fault and what to do."""

    def __init__(self, what: str, mend: str = "", rows: tuple[int, ...] = (), count: int = 0):
        super().__init__(what)
        self.what, self.mend, self.rows, self.count = what, mend, rows, count

    def fault(self, table: str, source: str) -> Fault:
        return Fault(table, source, self.what, self.mend, rows=self.rows, count=self.count)


@dataclass(frozen=True, slots=True)
class Delimited:
    """A delimited file: how it is written, and whether the engine can read it as it stands."""

    path: Path
    encoding: str
    separator: str
    headers: tuple[str, ...]
    plain: bool


def inspect(path: Path) -> Delimited:
    """Find out how a delimited file is written, reading it once.

    Raises
    ------
    UnreadableError
        If it is empty, cannot be opened or decoded, or has no header in its first row.
    """
    with _opening():
        encoding, blank_lines = _encoding(path)
        with path.open(encoding=encoding, newline="") as file:
            separator = _separator(path, file)
            file.seek(0)
            headers = tuple(name.strip() for name in next(_rows(file, separator), []))
    if not any(headers):
        raise UnreadableError("the first row is empty", "Put the column names into row 1.")
    plain = encoding.startswith("utf-8") and not blank_lines and not GLOB.search(str(path))
    return Delimited(path, encoding, separator, headers, plain)


def rewrite(found: Delimited, to: Path) -> None:
    """Write it again as plain UTF-8 CSV, row by row; blank lines keep their place.

    Raises
    ------
    UnreadableError
        If rows have more or fewer cells than there are headers, or quotes do not close.
    """
    width, ragged, lengths = len(found.headers), [], set()
    with (
        _opening(),
        found.path.open(encoding=found.encoding, newline="") as source,
        to.open("w", encoding="utf-8", newline="") as target,
    ):
        writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for number, cells in enumerate(_rows(source, found.separator), start=1):
            if len(cells) != width and cells:
                ragged.append(number)
                lengths.add(len(cells))
            writer.writerow(cells or [""] * width)
    if ragged:
        listed = " or ".join(map(str, sorted(lengths)[:3]))
        what = f"found {listed} cells; the header has {width}."
        raise UnreadableError(
            what, 'Put texts that hold the separator between " and ".', tuple(ragged[:5]), len(ragged)
        )


def _encoding(path: Path) -> tuple[str, bool]:
    """UTF-8, with or without a mark, UTF-16 with one, or else cp932; and whether blank lines stand between rows."""
    with path.open("rb") as file:
        start = file.read(BLOCK)
    if not start.strip():
        raise UnreadableError("the file is empty", "Export it again: row 1 holds the column names.")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", True
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return encoding, _decodes(path, encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError("it is neither UTF-8 nor cp932 (Shift_JIS) text", "Save it as CSV UTF-8.")


def _decodes(path: Path, encoding: str) -> bool:
    decoder, blank_lines, tail = codecs.getincrementaldecoder(encoding)(), False, b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if NO_CHARACTER.search(decoder.decode(block)) and encoding == "cp932":
                raise UnicodeDecodeError(encoding, block, 0, len(block), "not in cp932")
            blank_lines = blank_lines or bool(BLANK_LINE.search(tail + block))
            tail = block[-4:]
    decoder.decode(b"", final=True)
    return blank_lines


def _separator(path: Path, file: TextIO) -> str:
    head = file.readline()
    return "\t" if path.suffix.lower() == ".tsv" or head.count("\t") > head.count(",") else ","


def _rows(file: TextIO, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(file, delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        row = reader.line_num
        raise UnreadableError(f"line {row}: {error}", 'A text with a " in it is written "…""…".') from None


@contextmanager
def _opening() -> Iterator[None]:
    """What the operating system says about a file, as a fault."""
    try:
        yield
    except PermissionError:
        raise UnreadableError("permission denied", "Close it in Excel, or ask for the right to read it.") from None
    except OSError as error:
        raise UnreadableError(f"it cannot be read: {error.strerror or error}", "Copy it here again.") from None
