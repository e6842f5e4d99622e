"""How does an export become a typed table in the engine?"""

from dataclasses import dataclass, replace
from datetime import date
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
from cskit.data.headers import Match, match
from cskit.data.heading import Reading, reading_of
from cskit.data.hours import unpivoted
from cskit.data.mapping import confined, tables_in
from cskit.data.parse import clean, has_rare, is_rough
from cskit.data.schema import Table, plain
from cskit.data.session import Session, identifier, literal
from cskit.data.sources import Export, Raw, read
from cskit.data.totals import is_total
from cskit.data.typed import is_told, typed
from cskit.data.unreadable import UnreadableError
from cskit.errors import Fault
from cskit.settings import Part

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
    said : tuple of str
        Of each part: how it was read, where that is not as usual.
    warehouse : Warehouse or None
        Where the rows are; None: in the embedded engine. There ``_row`` is the row's key, as a database has no lines.
    how : tuple of tuple of dict
        Of each export of each part: how it was read, as :class:`cskit.data.sources.Raw` has it; of one that a SELECT
        reads also ``rows_in_file``, as it may take fewer, or more.
    marked : frozenset of str
        Columns of text in which some cell begins with ``#``, as one does whose formula failed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from cskit.data.schema import tables
    >>> session = Session(Path())
    >>> _ = session.engine.execute("CREATE TABLE churns AS SELECT 0 AS _part, 2 AS _row, 'C1' AS customer_id")
    >>> headers = {"customer_id": "顧客ID"}
    >>> own = Loaded(tables()["churns"], stored(session, "churns"), ("解約.csv",), (), frozenset(headers), (headers,))
    >>> own.as_written(0, "customer_id"), own.ask(f"SELECT _row, customer_id FROM {own.scan}")
    ('顧客ID (customer_id)', [(2, 'C1')])
    """

    table: Table
    rows: ir.Table
    labels: tuple[str, ...]
    exports: tuple[tuple[Export, ...], ...]
    present: frozenset[str]
    headers: tuple[dict[str, str], ...] = ()
    warehouse: "Warehouse | None" = None
    said: tuple[str, ...] = ()
    marked: frozenset[str] = frozenset()
    how: tuple[tuple[dict[str, str | int], ...], ...] = ()

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
    r"""Reads pieces into one session; whatever is wrong collects in ``faults``.

    Parameters
    ----------
    timezone : str
        In which times with a zone are written down.
    currency : str
        Whose signs an amount of money may carry.
    as_of : date
        The last day on which a series of a calendar is held.

    Examples
    --------
    What cannot be read is in a column of its own beside the empty cell, with the row a spreadsheet would show:

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.data.schema import tables
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "解約.csv")
    ...     _ = path.write_text("顧客ID,解約日\nC1,R5.4.1\nC2,未定\n", encoding="cp932")
    ...     loader = Loader(Session(Path(folder)), "Asia/Tokyo", "JPY", date(2023, 6, 30))
    ...     own = loader.load(tables()["churns"], [Piece((Export(path, ("解約",)),), "解約.csv")])
    >>> own.said, own.ask(f"SELECT _row, customer_id, effective_on, _bad_effective_on FROM {own.scan}")
    (('cp932',), [(2, 'C1', datetime.date(2023, 4, 1), None), (3, 'C2', None, '未定')])
    """

    def __init__(self, session: Session, timezone: str, currency: str, as_of: date):
        self.session, self.timezone, self.currency, self.as_of = session, timezone, currency, as_of
        self._met: dict[tuple[str, str], str] = {}
        self.faults: list[Fault] = []
        self._raw: dict[tuple[Export, Reading], Raw] = {}
        self._files: dict[tuple[Export, Reading], str] = {}

    def load(self, table: Table, pieces: list[Piece]) -> Loaded | None:
        """Read the pieces of a table; None when one of them cannot be read at all."""
        matches = [found for piece in pieces if (found := self._match(table, piece))]
        if len(matches) < len(pieces) or not self._agree(table, pieces, matches):
            return None
        try:
            self._create(table, matches)
        except duckdb.Error as error:
            self.faults.append(Fault(table.name, matches[0].raw.label, f"it cannot be read: {_short(error)}"))
            return None
        rows = stored(self.session, table.name)
        labels = tuple(own.raw.label for own in matches)
        present = frozenset(name for own in matches for name in own.columns)
        headers = tuple(own.headers for own in matches)
        exports, said = tuple(piece.exports for piece in pieces), tuple(own.raw.said for own in matches)
        marked = self._marked(table, present) if any(own.raw.text for own in matches) else frozenset()
        how = tuple(self._how(piece, own.raw) for piece, own in zip(pieces, matches, strict=True))
        return Loaded(table, rows, labels, exports, present, headers, said=said, marked=marked, how=how)

    def _create(self, table: Table, matches: list[Match]) -> None:
        """Text is parsed into a table; typed data stay where they are, behind a view.

        Most exports have no rare spellings, and planning for all of them costs more than reading: they are looked for
        only where some cell could not be read without.
        """
        text, name = any(own.raw.text for own in matches), identifier(table.name)
        matches = matches if text else [self._looked_at(table, own) for own in matches]
        kind = "TABLE" if text else "VIEW"
        made = typed(table, matches, self.timezone, self.currency, rare=not text)
        self.session.engine.execute(f"CREATE {kind} {name} AS {made}")
        if not text:
            return
        there = {column for column, _ in self.session.describe(f"FROM {name}")}
        bad = [f"_bad_{own.name}" for own in table.columns.values() if has_rare(own) and f"_bad_{own.name}" in there]
        if bad:
            unread = " OR ".join(f"{identifier(column)} IS NOT NULL" for column in bad)
            if self.session.engine.execute(f"SELECT 1 FROM {name} WHERE {unread} LIMIT 1").fetchall():
                made = typed(table, matches, self.timezone, self.currency, rare=True)
                self.session.engine.execute(f"CREATE OR REPLACE TABLE {name} AS {made}")

    def _looked_at(self, table: Table, found: Match) -> Match:
        """Which texts are as they should be: a view would otherwise work on each of its cells whenever it is read.

        Where texts come often, each is looked at once; a key's come once each, and remembering them would take memory.
        """
        unique, asked = table.key[0] if len(table.key) == 1 else "", []
        for name, (source, kind) in found.columns.items():
            if kind == "VARCHAR" and not is_told(table.columns[name], found.part):
                allowed = ", ".join(map(literal, table.columns[name].allowed or ()))
                other = f"bool_or(x NOT IN ({allowed}))" if allowed else "true"
                each = f"SELECT {'' if name == unique else 'DISTINCT'} {source} AS x FROM {found.raw.scan}"
                asked.append(f"SELECT {literal(name)}, bool_or({is_rough('x')}), {other} FROM ({each})")
        answers = self.session.engine.execute(" UNION ALL ".join(asked)).fetchall() if asked else []
        clean = frozenset(name for name, rough, _ in answers if not rough)
        return replace(found, clean=clean, exact=frozenset(name for name, _, other in answers if other is False))

    def _how(self, piece: Piece, raw: Raw) -> tuple[dict[str, str | int], ...]:
        if not piece.part or not piece.part.sql:
            return tuple(raw.how for _ in piece.exports)
        reading, found = reading_of(None, piece.part), list[dict[str, str | int]]()
        for export in piece.exports:
            own = self._read(export, reading)
            cells = ", ".join(clean(f"CAST({identifier(name)} AS VARCHAR)") for name, _ in own.columns)
            query = f"SELECT count(*) FROM {own.scan} WHERE coalesce({cells}) IS NOT NULL"
            found.append({**own.how, "rows_in_file": self.session.engine.execute(query).fetchall()[0][0]})
        return tuple(found)

    def _marked(self, table: Table, present: frozenset[str]) -> frozenset[str]:
        """The columns of text that have to be searched for formulas that failed; nearly always none."""
        names = [own.name for own in table.columns.values() if own.type == "text" and not own.allowed]
        names = [name for name in names if name in present]
        if not names:
            return frozenset()
        asked = ", ".join(f"bool_or(starts_with({identifier(name)}, '#'))" for name in names)
        found = self.session.engine.execute(f"SELECT {asked} FROM {identifier(table.name)}").fetchall()[0]
        return frozenset(name for name, hit in zip(names, found, strict=True) if hit)

    def _match(self, table: Table, piece: Piece) -> Match | None:
        reading = reading_of(table, piece.part)
        try:
            if piece.part and piece.part.sql:
                raw = self._selected(piece, piece.part)
            else:
                raw = self._read(piece.exports[0], reading)
            if piece.part and piece.part.unpivot:
                raw, named = unpivoted(raw, piece.part, piece.exports[0], self.session)
                self.faults += named
            if piece.part and piece.part.calendar:
                told = (self.timezone, self.as_of, self._met)
                raw, named = contacts(raw, piece.part.calendar, piece.exports[0], self.session, *told)
                self.faults += named
        except UnreadableError as error:
            self.faults.append(error.fault(table.name, piece.label))
            return None
        if piece.part and piece.part.totals == "drop":
            raw = self._without_totals(table, raw)
        found, faults = match(table, raw, piece.part)
        self.faults += faults + self._unnamed(table, raw)
        return found

    def _without_totals(self, table: Table, raw: Raw) -> Raw:
        """An export without its lines of totals, which begin with such a word; they are told."""
        first = f"coalesce({', '.join(clean(f'CAST({identifier(name)} AS VARCHAR)') for name, _ in raw.columns)}, '')"
        lines = f"(SELECT *, {raw.row} AS _line, {is_total(first)} AS _total FROM {raw.scan})"
        found = self.session.engine.execute(f"SELECT _line FROM {lines} WHERE _total ORDER BY 1").fetchall()
        rows = [line for (line,) in found]
        if rows:
            what = "lines of totals, left out as params say."
            self.faults.append(Fault(table.name, raw.label, what, rows=tuple(rows[:5]), count=len(rows), warning=True))
        how = {**raw.how, "rows_left_out": len(rows)}
        return replace(raw, scan=f"(SELECT * FROM {lines} WHERE NOT _total)", row="_line", how=how)

    def _unnamed(self, table: Table, raw: Raw) -> list[Fault]:
        """Cells under no column name cannot be read; that there are some is said."""
        bare = [number for number, header in enumerate(raw.headers) if not header and raw.text]
        if not bare:
            return []
        counts = ", ".join(f"count({clean(identifier(raw.columns[number][0]))})" for number in bare)
        held = self.session.engine.execute(f"SELECT {counts} FROM {raw.scan}").fetchall()[0]
        listed = [str(number + 1) for number, often in zip(bare, held, strict=True) if often]
        if not listed:
            return []
        word = "column" if len(listed) == 1 else "columns"
        what = f"{word} {', '.join(listed)}, counted from the left: cells without a column name, not read."
        return [Fault(table.name, raw.label, what, "Name the column in the export if it is wanted.", warning=True)]

    def _agree(self, table: Table, pieces: list[Piece], matches: list[Match]) -> bool:
        """Whether files that are parts of a table by their names have the same columns."""
        first: dict[int, Match] = {}
        before = len(self.faults)
        for piece, own in zip(pieces, matches, strict=True):
            if piece.part and not piece.by_pattern:
                continue
            other = first.setdefault(id(piece.part), own)
            if apart := sorted(own.columns.keys() ^ other.columns.keys()):
                what = f"its columns are not those of {other.raw.label}: {', '.join(apart)} in one of them only."
                mend = f"Export them alike, or list both in params, each with its columns: data.mapping.{table.name}"
                self.faults.append(Fault(table.name, own.raw.label, what, mend))
        return len(self.faults) == before

    def _read(self, export: Export, reading: Reading) -> Raw:
        if (export, reading) not in self._raw:
            self._raw[export, reading] = read(export, self.session, reading)
        return self._raw[export, reading]

    def _selected(self, piece: Piece, part: Part) -> Raw:
        """The result of a SELECT over the files, each of them a table of text."""
        sql, reading = part.sql, reading_of(None, part)
        named = zip(sorted(tables_in(sql)), piece.exports, strict=True)
        known = {plain(name): self._file(export, reading) for name, export in named}
        name = f"files.{identifier(f'select {piece.label}')}"
        try:
            self.session.engine.execute(f"CREATE TABLE {name} AS {confined(sql, 'files', known)}")
        except duckdb.Error as error:
            mend = "Every column of a file is text; see docs/mapping.md."
            raise UnreadableError(f"the SELECT does not run: {_short(error)}", mend) from None
        columns = tuple(self.session.describe(f"FROM {name}"))
        said = "; ".join(
            dict.fromkeys(own.said for export in piece.exports if (own := self._read(export, reading)).said)
        )
        return Raw(piece.label, tuple(column for column, _ in columns), columns, name, said=said)

    def _file(self, export: Export, reading: Reading) -> str:
        """An export as a table of text in the schema ``files``, its columns named as its headers."""
        if (export, reading) in self._files:
            return self._files[export, reading]
        raw, name = self._read(export, reading), f"{export.label}/{export.names[0]}/{len(self._files)}"
        texts = [clean(f"CAST({identifier(column)} AS VARCHAR)") for column, _ in raw.columns]
        named = [f"{text} AS {identifier(own)}" for text, own in zip(texts, _distinct(raw.headers), strict=True)]
        kind = "TABLE" if raw.text else "VIEW"
        self.session.engine.execute(
            f"CREATE {kind} files.{identifier(name)} AS SELECT {', '.join(named)} FROM {raw.scan}"
        )
        self._files[export, reading] = name
        return name


def stored(session: Session, name: str) -> ir.Table:
    """A table of the session. Asked for by Ibis its types would come in a frame, for which pandas would be loaded.

    >>> from pathlib import Path
    >>> session = Session(Path())
    >>> _ = session.engine.execute("CREATE TABLE churns AS SELECT DATE '2023-04-01' AS effective_on")
    >>> rows = stored(session, "churns")
    >>> str(rows.effective_on.type()), rows.to_pyarrow().to_pylist()
    ('date', [{'effective_on': datetime.date(2023, 4, 1)}])
    """
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
