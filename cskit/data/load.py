"""How does an export become a typed table in the engine?"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends.sql.datatypes import DuckDBType

from cskit.data.arrange import Piece
from cskit.data.calendar import contacts
from cskit.data.delimited import UnreadableError
from cskit.data.headers import Match, match
from cskit.data.hours import unpivoted
from cskit.data.mapping import confined, tables_in
from cskit.data.parse import clean
from cskit.data.schema import Table, plain
from cskit.data.session import Session, identifier
from cskit.data.sources import Export, Raw, read
from cskit.data.typed import typed
from cskit.errors import Fault

if TYPE_CHECKING:
    from cskit.data.warehouse import Warehouse

__all__ = ["Loaded", "Loader", "stored"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A typed table.

    Parameters
    ----------
    rows : ibis.Table
        All columns of the schema, ``_part``, ``_row``, and ``_bad_`` columns.
    labels : tuple of str
        Of its parts, in the order of ``_part``.
    present : frozenset of str
        Columns that came with the data.
    headers : tuple of dict of str to str
        Of each part: column to the header it stands under in the export.
    warehouse : Warehouse or None
        Where the rows are; None: in the embedded engine. There ``_row`` is the row's key, as a database has no lines.
    """

    table: Table
    rows: ir.Table
    labels: tuple[str, ...]
    exports: tuple[tuple[Export, ...], ...]
    present: frozenset[str]
    headers: tuple[dict[str, str], ...] = ()
    warehouse: "Warehouse | None" = None

    @property
    def scan(self) -> str:
        """What follows FROM in SQL."""
        if self.warehouse:
            return identifier(self.warehouse.typed_as(self.table.name))
        table = self.rows.op()
        if isinstance(table, ops.DatabaseTable):
            return identifier(table.name)
        return f"({self.rows.get_backend().compile(self.rows)})"

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of the answer to a query, straight from the engine: a frame would cost more than the answer."""
        if self.warehouse:
            return self.warehouse.ask(query)
        return list(self.rows.get_backend().raw_sql(query).fetchall())

    def as_written(self, part: int, column: str) -> str:
        """A column as the one who mends the export knows it, with ours behind where they differ."""
        header = self.headers[part].get(column, column) if part < len(self.headers) else column
        return column if header == column else f"{header} ({column})"


class Loader:
    """Reads pieces into one session; whatever is wrong collects in ``faults``."""

    def __init__(self, session: Session, timezone: str):
        self.session, self.timezone = session, timezone
        self.faults: list[Fault] = []
        self._raw: dict[Export, Raw] = {}
        self._files: dict[Export, str] = {}

    def load(self, table: Table, pieces: list[Piece]) -> Loaded | None:
        """Read the pieces of a table; None when one of them cannot be read at all."""
        matches = [found for piece in pieces if (found := self._match(table, piece))]
        if len(matches) < len(pieces):
            return None
        # text is parsed once, into a table; typed data stay where they are, behind a view
        kind = "TABLE" if any(own.raw.text for own in matches) else "VIEW"
        query = f"CREATE {kind} {identifier(table.name)} AS {typed(table, matches, self.timezone)}"
        try:
            self.session.engine.execute(query)
        except duckdb.Error as error:
            self.faults.append(Fault(table.name, matches[0].raw.label, f"it cannot be read: {_short(error)}"))
            return None
        rows = stored(self.session, table.name)
        labels = tuple(own.raw.label for own in matches)
        present = frozenset(name for own in matches for name in own.columns)
        headers = tuple(own.headers for own in matches)
        return Loaded(table, rows, labels, tuple(piece.exports for piece in pieces), present, headers)

    def _match(self, table: Table, piece: Piece) -> Match | None:
        try:
            raw = (
                self._selected(piece, piece.part.sql) if piece.part and piece.part.sql else self._read(piece.exports[0])
            )
            if piece.part and piece.part.unpivot:
                raw, named = unpivoted(raw, piece.part, piece.exports[0], self.session)
                self.faults += named
            if piece.part and piece.part.calendar:
                raw, named = contacts(raw, piece.part.calendar, piece.exports[0], self.session)
                self.faults += named
        except UnreadableError as error:
            self.faults.append(error.fault(table.name, piece.label))
            return None
        found, faults = match(table, raw, piece.part)
        self.faults += faults
        return found

    def _read(self, export: Export) -> Raw:
        if export not in self._raw:
            self._raw[export] = read(export, self.session)
        return self._raw[export]

    def _selected(self, piece: Piece, sql: str) -> Raw:
        """The result of a SELECT over the files, each of them a table of text."""
        named = zip(sorted(tables_in(sql)), piece.exports, strict=True)
        known = {plain(name): self._file(export) for name, export in named}
        name = f"files.{identifier(f'select {piece.label}')}"
        try:
            self.session.engine.execute(f"CREATE TABLE {name} AS {confined(sql, 'files', known)}")
        except duckdb.Error as error:
            mend = "Every column of a file is text; see docs/mapping.md."
            raise UnreadableError(f"the SELECT does not run: {_short(error)}", mend) from None
        columns = tuple(self.session.describe(f"FROM {name}"))
        return Raw(piece.label, tuple(column for column, _ in columns), columns, name)

    def _file(self, export: Export) -> str:
        """An export as a table of text in the schema ``files``, its columns named as its headers."""
        if export in self._files:
            return self._files[export]
        raw, name = self._read(export), f"{export.path.name}/{export.names[0]}"
        texts = [clean(f"CAST({identifier(column)} AS VARCHAR)") for column, _ in raw.columns]
        named = [f"{text} AS {identifier(own)}" for text, own in zip(texts, _distinct(raw.headers), strict=True)]
        kind = "TABLE" if raw.text else "VIEW"
        self.session.engine.execute(
            f"CREATE {kind} files.{identifier(name)} AS SELECT {', '.join(named)} FROM {raw.scan}"
        )
        self._files[export] = name
        return name


def stored(session: Session, name: str) -> ir.Table:
    """A table of the session. Asked for by Ibis its types would come in a frame, for which pandas would be loaded."""
    types = {column: _type(kind) for column, kind in session.describe(f"FROM {identifier(name)}")}
    return ops.DatabaseTable(name, schema=ibis.schema(types), source=session.ibis).to_expr()


@cache
def _type(kind: str) -> dt.DataType:
    return DuckDBType.from_string(kind)


def _distinct(headers: tuple[str, ...]) -> list[str]:
    """Headers as column names: none empty, none twice."""
    names: list[str] = []
    for number, header in enumerate(headers, start=1):
        name, again = header or f"column {number}", 1
        while plain(name) in map(plain, names):
            again += 1
            name = f"{header or 'column'}_{again}"
        names.append(name)
    return names


def _short(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300]
