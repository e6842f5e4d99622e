"""In which row of a text file or a sheet do the column names stand?

In row 1, nearly always. Where it names no column of the table, one of the first rows may: exactly one, with nothing
but titles above it. Otherwise nothing is assumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cskit.data.schema import Table, plain
from cskit.data.unreadable import UnreadableError
from cskit.settings import Part

__all__ = ["LOOKED_AT", "Reading", "header_row", "reading_of"]

LOOKED_AT = 20
SAY = "Say it in params: data.mapping.{table}: {{file: ..., header_row: {row}}}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of an export before it is read.

    Parameters
    ----------
    table : str
        What it is to become; empty: not known.
    known : frozenset of (str, str)
        Headers as they are compared, and the columns they mean.
    required : frozenset of str
        Columns that must be among them.
    encoding, separator, header_row : str, str, int
        What params say; empty or 0: to be found out.

    Examples
    --------
    >>> from cskit.data.schema import tables
    >>> sorted(reading_of(tables()["churns"], None).columns(["顧客ＩＤ", "退会日", "備考"]))
    ['customer_id', 'effective_on']
    """

    table: str = ""
    known: frozenset[tuple[str, str]] = frozenset()
    required: frozenset[str] = frozenset()
    encoding: str = ""
    separator: str = ""
    header_row: int = 0
    meant: dict[str, str] = field(default_factory=dict, compare=False)

    def columns(self, cells: Sequence[str]) -> set[str]:
        """The columns that the cells of a row name."""
        if not self.meant:
            self.meant.update(self.known)
        return {self.meant[word] for cell in cells if (word := plain(cell)) in self.meant}


def reading_of(table: Table | None, part: Part | None) -> Reading:
    """How an export is read that is to become a table, or a part of one.

    A header that params name stands for the names of its column; a constant need not be among the headers.

    >>> from cskit.data.schema import tables
    >>> part = Part(file="退会.csv", columns={"customer_id": "会員"}, constants={"effective_on": "2023-05-31"})
    >>> reading = reading_of(tables()["churns"], part)
    >>> sorted(reading.required), reading.columns(["会員", "備考"]), reading.columns(["顧客ID"])
    (['customer_id'], {'customer_id'}, set())
    """
    told = (part.encoding, part.separator, part.header_row) if part else ("", "", 0)
    if table is None:
        return Reading("", frozenset(), frozenset(), *told)
    words = {
        plain(word): name
        for name, column in table.columns.items()
        for word in (*column.ja, name)
        if not part or name not in part.columns
    }
    words |= {plain(header): name for name, header in (part.columns if part else {}).items()}
    given = part.constants if part else {}
    required = frozenset(name for name, own in table.columns.items() if own.required and name not in given)
    return Reading(table.name, frozenset(words.items()), required, *told)


def header_row(rows: Sequence[Sequence[str]], reading: Reading, nothing: str = "the first row is empty") -> int:
    """The number of the row that holds the column names, counted from 1.

    Parameters
    ----------
    rows : sequence of sequences of str
        The first of the export.
    nothing : str
        What is said where row 1 is empty and no row names columns.

    Raises
    ------
    UnreadableError
        If none can be told from the others.

    Examples
    --------
    >>> from cskit.data.schema import tables
    >>> churns = reading_of(tables()["churns"], None)
    >>> header_row([["解約一覧"], [], ["顧客ID", "解約日"], ["C1", "2023-05-31"]], churns)
    3
    >>> header_row([["解約一覧"], ["顧客ID", "解約日"], ["顧客ID", "退会日", "理由"]], churns)
    Traceback (most recent call last):
    cskit.data.unreadable.UnreadableError: rows 2 and 3 both name columns of churns
    """
    table = reading.table or "<table>"
    if told := reading.header_row:
        if told > len(rows) or not _filled(rows[told - 1]):
            raise UnreadableError(f"row {told}, which params name as the header, is empty", "Correct header_row.")
        return told
    filled = [number for number, row in enumerate(rows, start=1) if _filled(row)]
    naming = [number for number in filled if _names(rows[number - 1], reading)]
    first = naming[0] if naming else 1
    best = len(reading.columns(rows[first - 1])) if rows else 0
    rivals = [
        number
        for number in naming[1:]
        if list(rows[number - 1]) != list(rows[first - 1])
        and (first > 1 or len(reading.columns(rows[number - 1])) > best)
    ]
    if rivals:
        listed = " and ".join(map(str, (first, *rivals[:2])))
        raise UnreadableError(f"rows {listed} both name columns of {table}", SAY.format(table=table, row=first))
    if not naming and 1 not in filled:
        mend = f"Put the column names into row 1. {SAY.format(table=table, row=filled[0] if filled else 1)}"
        raise UnreadableError(nothing, mend)
    width = _filled(rows[first - 1])
    for number in filled:
        if number < first and _filled(rows[number - 1]) > min(max(2, width // 2), max(1, width - 1)):
            what = f"row {first} names columns of {table}, but row {number} above it is no title"
            raise UnreadableError(what, SAY.format(table=table, row=first))
    return first


def _names(row: Sequence[str], reading: Reading) -> bool:
    """Whether a row names columns of the table: two of them, or all it must have."""
    found = reading.columns(row)
    return len(found) > 1 or (bool(found) and reading.required <= found)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)
