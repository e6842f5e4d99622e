"""Which exports lie at a place, and how does the engine scan each of them?"""

import csv
import re
import shutil
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from cskit.data import delimited, workbook
from cskit.data.archives import Member, packed, unpacked
from cskit.data.delimited import GLOB
from cskit.data.heading import Reading
from cskit.data.places import DATABASE, PARQUET, Place, is_export
from cskit.data.schema import plain, table_named, tables
from cskit.data.session import Session, identifier, literal
from cskit.data.unreadable import UnreadableError
from cskit.errors import DataError, Fault, did_you_mean

__all__ = ["Export", "Raw", "find", "nothing_known", "read"]

# What tells one file of a table from the next: a date, a month, a quarter, a number, or from one to another of them.
SUFFIX = re.compile(
    r"(?P<name>.+?)[ _.-]+"
    r"(?:(?:\d++|年度|年|月分|月|日|第|四半期|上期|下期|期|fy|[qh](?=[1-4])|part|から|to)[ _.~〜-]*)+"
)


@dataclass(frozen=True, slots=True)
class Export:
    """One file, one sheet or one database table, not read yet.

    Parameters
    ----------
    path : Path
        The file.
    names : tuple of str
        What it may be called by: the file's stem, the sheet.
    sheet, relation : str
        Within a workbook; within a database, as SQL writes it.
    member : Member or None
        Within an archive.

    Examples
    --------
    >>> sheet = Export(Path("台帳.xlsx"), ("顧客",), sheet="顧客")
    >>> sheet.label, sheet.table
    ('台帳.xlsx, sheet 顧客', 'customers')
    >>> Export(Path("usage_2023Q1.csv"), ("usage_2023Q1",)).part_of
    'usage'
    """

    path: Path
    names: tuple[str, ...]
    sheet: str = ""
    relation: str = ""
    member: Member | None = None

    @property
    def label(self) -> str:
        if self.relation:
            return f"{self.path.name}, table {self.names[0]}"
        packed = self.member and self.path.suffix.lower() == ".zip"
        file = f"{self.path.name}, {self.member.name}" if packed and self.member else self.path.name
        return f"{file}, sheet {self.sheet}" if self.sheet else file

    @property
    def file(self) -> str:
        """What it is called where it lies: in the folder, or in an archive."""
        return re.split(r"[/\\]", self.member.name)[-1] if self.member else self.path.name

    @property
    def at(self) -> Path:
        """Where its bytes are."""
        return self.member.path if self.member else self.path

    @property
    def table(self) -> str:
        """The table of the schema it is named after, or empty."""
        return next((table for name in self.names if (table := table_named(name))), "") or self.part_of

    @property
    def part_of(self) -> str:
        """The table that it is a part of by its name, as usage_2023-04 is; empty when it is none."""
        if any(map(table_named, self.names)):
            return ""
        found = [SUFFIX.fullmatch(unicodedata.normalize("NFKC", name).casefold()) for name in self.names]
        named = [table_named(own["name"]) for own in found if own and re.search(r"\d", own[0])]
        return next(filter(None, named), "")


@dataclass(frozen=True, slots=True)
class Raw:
    """An export as the engine scans it, before any parsing.

    Parameters
    ----------
    headers : tuple of str
        As written, without outer spaces.
    columns : tuple of (str, str)
        Under which name and type the engine has them.
    scan : str
        What follows FROM.
    row : str
        An expression for the row a spreadsheet would show.
    text : bool
        From a text file or a sheet: every column is text.
    said : str
        How it was read, where that is not as usual: its encoding, its separator, its header's row.
    epoch : str
        Of a workbook: day 0, for dates that stand as numbers.
    how : dict
        The same for machines, and all of it: ``encoding``, ``separator``, ``header_row``, ``sheet``, ``rows_left_out``.
    merged : tuple of (int, int, int, int)
        Of a sheet: cells merged into one, as :class:`cskit.data.workbook.Sheet` has them.

    Examples
    --------
    >>> raw = Raw("解約.csv", ("顧客ID", "解約日"), (("c0", "VARCHAR"), ("c1", "VARCHAR")), "(VALUES ('C1', 'R5.4.1'))")
    >>> duckdb.sql(f"SELECT {raw.row}, * FROM {raw.scan}").fetchall()
    [(2, 'C1', 'R5.4.1')]
    """

    label: str
    headers: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    scan: str
    row: str = "row_number() OVER () + 1"
    text: bool = False
    said: str = ""
    epoch: str = ""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    how: dict[str, str | int] = field(default_factory=dict)


def find(place: Place, session: Session) -> tuple[list[Export], list[Fault]]:
    """Every file, sheet and database table of a place, and what cannot even be listed.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     files = Path(folder, "解約.csv"), Path(folder, "顧客.xlsx")
    ...     for path in files:
    ...         _ = path.write_text("顧客ID", encoding="utf-8")
    ...     exports, faults = find(Place(Path(folder), files), Session(Path(folder)))
    >>> [export.label for export in exports], [f"{fault.source}: {fault}" for fault in faults]
    (['解約.csv'], ['顧客.xlsx: the workbook cannot be read (it is damaged, or not a workbook at all)'])
    """
    exports: list[Export] = []
    faults: list[Fault] = []
    for path in place.files:
        suffix = path.suffix.lower()
        if packed(path):
            for member in unpacked(path, is_export, session.file):
                if isinstance(member, UnreadableError):
                    faults.append(member.fault(table_named(path.stem), path.name))
                else:
                    _listed(Export(path, (), member=member), exports, faults)
        elif suffix in DATABASE:
            exports += _relations(path, f"db{place.databases.index(path)}", session)
        else:
            _listed(Export(path, ()), exports, faults)
    return exports, faults


def _listed(found: Export, exports: list[Export], faults: list[Fault]) -> None:
    """Add a file, or each sheet of a workbook, to what was found."""
    stem = Path(found.file).stem
    if Path(found.file).suffix.lower() not in workbook.SUFFIXES:
        exports.append(replace(found, names=(stem,)))
        return
    try:
        shown, hidden = workbook.sheets(found.at)
        exports += _sheets(replace(found, names=(stem,)), shown)
    except UnreadableError as error:
        faults.append(error.fault(table_named(stem), found.label))
        return
    if hidden:
        what = f"{', '.join(hidden)}: hidden, not read."
        faults.append(Fault("", found.label, what, "Show the sheet in Excel where it is data.", warning=True))


def read(export: Export, session: Session, reading: Reading | None = None) -> Raw:
    r"""Make an export ready to be scanned.

    Parameters
    ----------
    reading : Reading or None
        What params say of it; None: to be found out.

    Raises
    ------
    UnreadableError
        If it has no header or cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path, session = Path(folder, "解約.csv"), Session(Path(folder))
    ...     _ = path.write_text("顧客ID;解約日\nC1;R5.4.1\n", encoding="cp932")
    ...     raw = read(Export(path, ("解約",)), session)
    ...     session.engine.execute(f"SELECT * FROM {raw.scan}").fetchall()
    [('C1', 'R5.4.1')]
    >>> raw.headers, raw.how
    (('顧客ID', '解約日'), {'encoding': 'cp932', 'separator': ';', 'header_row': 1})
    """
    reading = reading or Reading()
    how: dict[str, str | int]
    suffix = Path(export.file).suffix.lower()
    if export.sheet:
        to = session.file()
        sheet = workbook.write_table(export.at, export.sheet, to, reading)
        raw = _text(export.label, sheet.headers, to, ",", sheet.header_row, sheet.said)
        how = {"sheet": export.sheet, "header_row": sheet.header_row}
        how |= {"rows_left_out": sheet.left_out} if sheet.left_out else {}
        return replace(raw, epoch=sheet.epoch, merged=sheet.merged, how=how)
    if export.relation:
        try:
            return _native(export.label, export.relation, session)
        except duckdb.Error as error:  # a view over what is not in the folder
            raise UnreadableError(f"it cannot be read ({_first(error)})", "Export its rows as a table.") from None
    if suffix in PARQUET:
        return _parquet(export, session)
    if suffix == ".ics":
        return _calendar(export, session)
    found = delimited.inspect(export.at, reading, export.file)
    how = {
        "encoding": found.encoding.removesuffix("-sig"),
        "separator": found.separator,
        "header_row": found.header_row,
    }
    if found.plain:
        raw = _text(export.label, found.headers, found.path, found.separator, said=found.said)
        if _scans(raw, session):
            return replace(raw, how=how)
    to = session.file()
    footers = delimited.rewrite(found, to)  # row by row: it is plain then, or the rows at fault are known
    said = ", ".join(filter(None, (found.said, footers.said)))
    how |= {"rows_left_out": len(footers.rows)} if footers.rows else {}
    return replace(_text(export.label, found.headers, to, ",", found.header_row, said), how=how)


def _scans(raw: Raw, session: Session) -> bool:
    """Whether the engine can read a text file to its end."""
    try:
        session.engine.execute(f"SELECT count(*) FROM {raw.scan}")
    except duckdb.Error:
        return False
    return True


def nothing_known(place: Place, exports: Iterable[Export]) -> DataError:
    """There are files, but none is a table.

    >>> print(nothing_known(Place(Path("exports"), ()), [Export(Path("custmers.csv"), ("custmers",))]))
    exports: no file here is named after a table. Found: custmers.csv.
      custmers.csv: Did you mean customers?
      Name each file after its table, such as customers (顧客), ..., or map it in params: ...
    """
    names = sorted({export.file for export in exports})
    near = [f"{name}:{hint}" for name in names if (hint := near_table(Path(name).stem))]
    listed = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
    some = ", ".join(f"{table.name} ({table.ja})" for table in list(tables().values())[:3])
    lines = [f"{place.folder.name}: no file here is named after a table. Found: {listed}.", *near]
    mend = f"Name each file after its table, such as {some}, or map it in params: data.mapping, see docs/mapping.md."
    return DataError("\n  ".join([*lines, mend]))


def near_table(name: str) -> str:
    """`` Did you mean ...?`` for a file name."""
    known = {plain(word): word for table in tables().values() for word in (table.name, table.ja)}
    return did_you_mean(plain(name), known)


def _sheets(book: Export, found: list[str]) -> list[Export]:
    """The sheets of a workbook; a single one, or the only one that is filled, may be called by the file's name."""
    sheets = [replace(book, names=(name,), sheet=name) for name in found]
    named = [own for own in sheets if own.table]
    if len(sheets) == 1 and not named:
        return [replace(sheets[0], names=(*book.names, found[0]))]
    if book.table and not named:
        filled = [own for own in sheets if not workbook.is_empty(own.at, own.sheet)]
        if len(filled) == 1:  # Excel used to add Sheet2 and Sheet3 by itself
            return [replace(filled[0], names=(*book.names, filled[0].sheet))]
    return sheets


def _relations(path: Path, alias: str, session: Session) -> list[Export]:
    query = (
        f"SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = '{alias}' ORDER BY ALL"
    )
    found = session.engine.execute(query).fetchall()
    return [
        Export(path, (name,), relation=f"{alias}.{identifier(schema)}.{identifier(name)}") for schema, name in found
    ]


def _text(label: str, headers: tuple[str, ...], path: Path, separator: str, header_row: int = 1, said: str = "") -> Raw:
    columns = tuple((f"c{number}", "VARCHAR") for number in range(len(headers)))
    listed = ", ".join(f"{name}: 'VARCHAR'" for name, _ in columns)
    scan = (
        f"read_csv({literal(str(path))}, auto_detect = false, header = true, delim = {literal(separator)}, "
        f"quote = '\"', escape = '\"', strict_mode = true, columns = {{{listed}}})"
    )
    return Raw(label, headers, columns, scan, f"row_number() OVER () + {header_row}", text=True, said=said)


def _parquet(export: Export, session: Session) -> Raw:
    path = export.at
    if GLOB.search(str(path)):  # the engine would read a pattern
        path = session.file(".parquet")
        shutil.copy(export.at, path)
    try:
        raw = _native(export.label, f"read_parquet({literal(str(path))})", session)
    except duckdb.Error as error:
        raise UnreadableError(f"it cannot be read as Parquet ({_first(error)})", "Export it again.") from None
    scan = f"read_parquet({literal(str(path))}, file_row_number = true)"
    return Raw(raw.label, raw.headers, raw.columns, scan, "file_row_number + 2")


def _calendar(export: Export, session: Session) -> Raw:
    """The events of a calendar as they stand there, a row each."""
    from cskit.data.ics import COLUMNS, events  # its libraries, for who has such a calendar

    to = session.file()
    with to.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([*COLUMNS, "line"])
        writer.writerows([*cells, line] for line, cells in events(export.at, export.file))
    raw = _text(export.label, (*COLUMNS, "line"), to, ",")
    return replace(raw, headers=COLUMNS, columns=raw.columns[:-1], row=f"CAST({raw.columns[-1][0]} AS BIGINT)")


def _native(label: str, relation: str, session: Session) -> Raw:
    columns = tuple(session.describe(f"FROM {relation}"))
    return Raw(label, tuple(name.strip() for name, _ in columns), columns, relation)


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:160]
