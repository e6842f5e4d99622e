"""Which exports lie at a place, and how does the engine scan each of them?"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from cskit.data import delimited, workbook
from cskit.data.delimited import GLOB, UnreadableError
from cskit.data.places import DATABASE, PARQUET, Place
from cskit.data.schema import plain, table_named, tables
from cskit.data.session import Session, identifier, literal
from cskit.errors import DataError, Fault, did_you_mean

__all__ = ["Export", "Raw", "find", "nothing_known", "read"]


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
    """

    path: Path
    names: tuple[str, ...]
    sheet: str = ""
    relation: str = ""

    @property
    def label(self) -> str:
        if self.relation:
            return f"{self.path.name}, table {self.names[0]}"
        return f"{self.path.name}, sheet {self.sheet}" if self.sheet else self.path.name

    @property
    def table(self) -> str:
        """The table of the schema it is named after, or empty."""
        return next((table for name in self.names if (table := table_named(name))), "")


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
    """

    label: str
    headers: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    scan: str
    row: str = "row_number() OVER () + 1"
    text: bool = False


def find(place: Place, session: Session) -> tuple[list[Export], list[Fault]]:
    """Every file, sheet and database table of a place, and what cannot even be listed."""
    exports: list[Export] = []
    faults = []
    for path in place.files:
        suffix = path.suffix.lower()
        try:
            if suffix in workbook.SUFFIXES:
                exports += _sheets(path)
            elif suffix in DATABASE:
                exports += _relations(path, f"db{place.databases.index(path)}", session)
            else:
                exports.append(Export(path, (path.stem,)))
        except UnreadableError as error:
            faults.append(error.fault(table_named(path.stem), path.name))
    return exports, faults


def read(export: Export, session: Session) -> Raw:
    """Make an export ready to be scanned.

    Raises
    ------
    UnreadableError
        If it has no header or cannot be read.
    """
    suffix = export.path.suffix.lower()
    if export.sheet:
        to = session.file()
        headers = workbook.write_sheet(export.path, export.sheet, to)
        if not any(headers):
            raise UnreadableError("row 1 of the sheet is empty", "Put the column names into row 1.")
        return _text(export.label, headers, to, ",")
    if export.relation:
        try:
            return _native(export.label, export.relation, session)
        except duckdb.Error as error:  # a view over what is not in the folder
            raise UnreadableError(f"it cannot be read ({_first(error)})", "Export its rows as a table.") from None
    if suffix in PARQUET:
        return _parquet(export, session)
    found = delimited.inspect(export.path)
    if found.plain:
        raw = _text(export.label, found.headers, found.path, found.separator)
        if _scans(raw, session):
            return raw
    to = session.file()
    delimited.rewrite(found, to)  # row by row: either it is plain then, or the rows at fault are known
    return _text(export.label, found.headers, to, ",")


def _scans(raw: Raw, session: Session) -> bool:
    """Whether the engine can read a text file to its end."""
    try:
        session.engine.execute(f"SELECT count(*) FROM {raw.scan}")
    except duckdb.Error:
        return False
    return True


def nothing_known(place: Place, exports: Iterable[Export]) -> DataError:
    """There are files, but none is a table."""
    names = sorted({export.path.name for export in exports})
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


def _sheets(path: Path) -> list[Export]:
    found = workbook.sheets(path)
    named = [name for name in found if table_named(name)]
    if len(found) == 1 and not named:
        return [Export(path, (path.stem, found[0]), found[0])]
    if table_named(path.stem) and not named:
        filled = [name for name in found if not workbook.is_empty(path, name)]
        if len(filled) == 1:  # Excel used to add Sheet2 and Sheet3 by itself
            return [Export(path, (path.stem, filled[0]), filled[0])]
    return [Export(path, (name,), name) for name in found]


def _relations(path: Path, alias: str, session: Session) -> list[Export]:
    query = (
        f"SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = '{alias}' ORDER BY ALL"
    )
    found = session.engine.execute(query).fetchall()
    return [
        Export(path, (name,), relation=f"{alias}.{identifier(schema)}.{identifier(name)}") for schema, name in found
    ]


def _text(label: str, headers: tuple[str, ...], path: Path, separator: str) -> Raw:
    columns = tuple((f"c{number}", "VARCHAR") for number in range(len(headers)))
    listed = ", ".join(f"{name}: 'VARCHAR'" for name, _ in columns)
    scan = (
        f"read_csv({literal(str(path))}, auto_detect = false, header = true, delim = {literal(separator)}, "
        f"quote = '\"', escape = '\"', strict_mode = true, columns = {{{listed}}})"
    )
    return Raw(label, headers, columns, scan, text=True)


def _parquet(export: Export, session: Session) -> Raw:
    path = export.path
    if GLOB.search(str(path)):  # the engine would read a pattern
        path = session.file(".parquet")
        shutil.copy(export.path, path)
    try:
        raw = _native(export.label, f"read_parquet({literal(str(path))})", session)
    except duckdb.Error as error:
        raise UnreadableError(f"it cannot be read as Parquet ({_first(error)})", "Export it again.") from None
    scan = f"read_parquet({literal(str(path))}, file_row_number = true)"
    return Raw(raw.label, raw.headers, raw.columns, scan, "file_row_number + 2")


def _native(label: str, relation: str, session: Session) -> Raw:
    columns = tuple(session.describe(f"FROM {relation}"))
    return Raw(label, tuple(name.strip() for name, _ in columns), columns, relation)


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:160]
