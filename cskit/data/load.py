"""How does an export become a typed table in the engine?

Each table has the columns of the schema, and beside them ``_part`` and ``_row`` (where a cell stood) and
``_bad_<column>`` (the text that did not parse).
"""

from dataclasses import dataclass, replace

import duckdb
import ibis.expr.types as ir

from cskit.data.arrange import Piece
from cskit.data.delimited import UnreadableError
from cskit.data.mapping import confined, tables_in
from cskit.data.parse import SQL_TYPES, cell, clean, is_native, normal
from cskit.data.schema import Column, Table, column_named, plain
from cskit.data.session import Session, identifier, literal
from cskit.data.sources import Export, Raw, read, rewritten
from cskit.errors import Fault, did_you_mean
from cskit.params import Part

__all__ = ["Loaded", "Loader"]


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
    """

    table: Table
    rows: ir.Table
    labels: tuple[str, ...]
    exports: tuple[tuple[Export, ...], ...]
    present: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Match:
    """Where each column of a table comes from in one raw export: the engine's name, or a constant."""

    raw: Raw
    columns: dict[str, tuple[str, str]]  # ours: (SQL, DuckDB type)
    part: Part | None


class Loader:
    """Reads pieces into one session; whatever is wrong collects in ``faults``."""

    def __init__(self, session: Session, exports: list[Export], timezone: str):
        self.session, self.exports, self.timezone = session, exports, timezone
        self.faults: list[Fault] = []
        self._raw: dict[Export, Raw] = {}
        self._files: dict[str, str] = {}

    def load(self, table: Table, pieces: list[Piece]) -> Loaded | None:
        """Read the pieces of a table; None when its structure does not allow it."""
        matches = [match for piece in pieces if (match := self._match(table, piece))]
        if len(matches) < len(pieces):
            return None
        matches = self._create(table, matches)
        if not matches:
            return None
        present = frozenset(name for match in matches for name in match.columns)
        labels = tuple(match.raw.label for match in matches)
        rows = self.session.ibis.table(table.name)
        return Loaded(table, rows, labels, tuple(piece.exports for piece in pieces), present)

    def _match(self, table: Table, piece: Piece) -> _Match | None:
        try:
            raw = self._selected(piece) if piece.part and piece.part.sql else self._read(piece.exports[0])
        except UnreadableError as error:
            self.faults.append(error.fault(table.name, piece.label))
            return None
        columns, faults = _matched(table, raw, piece.part)
        self.faults += faults
        return _Match(raw, columns, piece.part)

    def _read(self, export: Export) -> Raw:
        if export not in self._raw:
            self._raw[export] = read(export, self.session)
        return self._raw[export]

    def _selected(self, piece: Piece) -> Raw:
        """The result of a SELECT over the files, each of them a table of text."""
        assert piece.part
        named = dict(zip(sorted(tables_in(piece.part.sql)), piece.exports, strict=True))
        known = {plain(name): self._file(export) for name, export in named.items()}
        name = f"files.{identifier(f'select {len(self._files)} {piece.label}')}"
        try:
            query = confined(piece.part.sql, "files", known)
            self.session.engine.execute(f"CREATE TABLE {name} AS {query}")
        except duckdb.Error as error:
            raise UnreadableError(
                f"the SELECT does not run: {_short(error)}", "Files are tables of text; see docs/mapping.md."
            ) from None
        columns = tuple(self.session.describe(f"FROM {name}"))
        return Raw(f"{piece.label} (sql)", tuple(column for column, _ in columns), columns, name)

    def _file(self, export: Export) -> str:
        """A table of text in the schema ``files``, its columns named as in the export."""
        name = "/".join((export.path.name, *export.names[:1]))
        if name in self._files:
            return name
        raw = self._read(export)
        for again in (False, True):
            renamed = ", ".join(
                f"{clean(f'CAST({identifier(column)} AS VARCHAR)')} AS {identifier(header)}"
                for (column, _), header in zip(raw.columns, _distinct(raw.headers), strict=True)
            )
            try:
                self.session.engine.execute(
                    f"CREATE TABLE files.{identifier(name)} AS SELECT {renamed} FROM {raw.scan}"
                )
                break
            except duckdb.Error as error:
                if again or not raw.again:
                    raise UnreadableError(f"it cannot be read: {_short(error)}", "Export it again.") from None
                self._raw[export] = raw = rewritten(raw.label, raw.again, self.session)
        self._files[name] = name
        return name

    def _create(self, table: Table, matches: list[_Match]) -> list[_Match]:
        """Text is parsed once into a table, typed data stay where they are, behind a view."""
        kind = "TABLE" if any(match.raw.text for match in matches) else "VIEW"
        for again in (False, True):
            try:
                self.session.engine.execute(f"CREATE {kind} {identifier(table.name)} AS {self._union(table, matches)}")
                return matches
            except duckdb.Error as error:
                if again or not any(match.raw.again for match in matches):
                    self.faults.append(Fault(table.name, matches[0].raw.label, f"it cannot be read: {_short(error)}"))
                    return []
                matches = [self._again(table, match) for match in matches]
            if any(not match.columns for match in matches):
                return []
        return []

    def _again(self, table: Table, match: _Match) -> _Match:
        """What the engine refused, read row by row: either it works now, or the rows at fault are known."""
        if not match.raw.again:
            return match
        try:
            raw = rewritten(match.raw.label, match.raw.again, self.session)
        except UnreadableError as error:
            self.faults.append(error.fault(table.name, match.raw.label))
            return replace(match, columns={})
        return replace(match, raw=raw)

    def _union(self, table: Table, matches: list[_Match]) -> str:
        parsed = {
            name
            for match in matches
            for name, (_, kind) in match.columns.items()
            if cell(table.columns[name], "x", _kind(table.columns[name], kind, match.part), "UTC").bad
        }
        return " UNION ALL ".join(
            _select(table, match, number, parsed, self.timezone) for number, match in enumerate(matches)
        )


def _matched(table: Table, raw: Raw, part: Part | None) -> tuple[dict[str, tuple[str, str]], list[Fault]]:
    """Find each column of a table among the headers; what is missing, doubled or unknown is a fault."""
    found: dict[str, list[int]] = {}
    faults = []
    claimed = set()
    for column, header in (part.columns if part else {}).items():
        at = [number for number, own in enumerate(raw.headers) if plain(own) == plain(header)]
        claimed.update(at)
        found[column] = at
        if not at:
            what = f"there is no header {header}, which params name for it.{did_you_mean(header, raw.headers)}"
            faults.append(Fault(table.name, raw.label, what, _found(raw), column))
    constants = part.constants if part else {}
    for number, header in enumerate(raw.headers):
        column = column_named(table, header)
        if column and number not in claimed and column not in constants and not (part and column in part.columns):
            found.setdefault(column, []).append(number)
    for column, at in found.items():
        if len(at) > 1:
            what = f"it stands under {len(at)} headers: {', '.join(raw.headers[number] for number in at)}."
            faults.append(Fault(table.name, raw.label, what, "Keep one of them.", column))
    missing = [
        column for column in table.columns.values() if column.required and column.name not in {*found, *constants}
    ]
    known = {number for at in found.values() for number in at}
    extra = [header for number, header in enumerate(raw.headers) if number not in known and header]
    faults += [_missing(table, column, raw, extra) for column in missing]
    if extra and not part and not missing:
        faults.append(_extra(table, extra, raw, found))
    columns = {column: (identifier(raw.columns[at[0]][0]), raw.columns[at[0]][1]) for column, at in found.items() if at}
    return columns | {column: (literal(_text(value)), "VARCHAR") for column, value in constants.items()}, faults


def _missing(table: Table, column: Column, raw: Raw, extra: list[str]) -> Fault:
    near = did_you_mean(plain(column.name), map(plain, extra))
    near = near or next((hint for word in column.ja if (hint := did_you_mean(plain(word), map(plain, extra)))), "")
    guess = near.removeprefix(" Did you mean ").removesuffix("?")
    theirs = next((header for header in extra if plain(header) == guess), "<its header>")
    file = raw.label.split(",")[0]
    mend = (
        f"Rename {theirs} to {column.name} in the export, or map it in params: "
        f"data.mapping.{table.name}: {{file: {file}, columns: {{{column.name}: {theirs}}}}}"
    )
    meant = f" Did you mean {theirs} by it?" if near else ""
    return Fault(table.name, raw.label, f"it is missing. {_found(raw)}{meant}", mend, column.name)


def _extra(table: Table, extra: list[str], raw: Raw, found: dict[str, list[int]]) -> Fault:
    absent = {
        plain(word): word for name, column in table.columns.items() if name not in found for word in (name, *column.ja)
    }
    hints = [f"{header}:{hint}" for header in extra if (hint := did_you_mean(plain(header), absent))]
    what = f"{', '.join(extra[:8])}{' and more' if len(extra) > 8 else ''}: no column of {table.name}, not read."
    return Fault(table.name, raw.label, " ".join([what, *hints]), warning=True)


def _found(raw: Raw) -> str:
    shown = [header for header in raw.headers if header]
    return f"Found: {', '.join(shown[:12])}{f' and {len(shown) - 12} more' if len(shown) > 12 else ''}."


def _select(table: Table, match: _Match, number: int, parsed: set[str], timezone: str) -> str:
    """SQL in layers: rows counted, cells cleaned, made plain, typed, and what did not parse beside them."""
    cleaned, plained, outer = [f"{number} AS _part", "_row"], ["*"], ["_part", "_row"]
    beside = []
    for place, column in enumerate(table.columns.values()):
        name, null = identifier(column.name), f"CAST(NULL AS {SQL_TYPES[column.type]})"
        bad = f"CAST(NULL AS VARCHAR) AS {identifier('_bad_' + column.name)}"
        if column.name not in match.columns:
            outer.append(f"{null} AS {name}")
            beside += [bad] if column.name in parsed else []
            continue
        kind = _kind(column, match.columns[column.name][1], match.part)
        cleaned.append(f"{_source(column, *match.columns[column.name], match.part)} AS _c{place}")
        parse = kind == "VARCHAR" and (column.type != "text" or column.allowed)
        plained += [f"{normal(f'_c{place}')} AS _p{place}"] if parse else []
        made = cell(column, f"_p{place}" if parse else f"_c{place}", kind, timezone)
        outer.append(f"{made.value} AS {name}")
        if made.bad:
            outer.append(f"{f'_c{place}' if parse else made.bad} AS _b{place}")
            bad = f"CASE WHEN {name} IS NULL THEN _b{place} END AS {identifier('_bad_' + column.name)}"
        beside += [bad] if column.name in parsed else []
    scan = f"SELECT {match.raw.row} AS _row, * FROM {match.raw.scan}"
    rows = f"SELECT {', '.join(cleaned)} FROM ({scan}) {_not_blank(match.raw)}"
    typed = f"SELECT {', '.join(outer)} FROM (SELECT {', '.join(plained)} FROM ({rows}))"
    return f"SELECT {', '.join(['_part', '_row', *map(identifier, table.columns), *beside])} FROM ({typed})"


def _source(column: Column, source: str, kind: str, part: Part | None) -> str:
    """A cell as :func:`cell` wants it, after what params say of missing texts and values."""
    if _kind(column, kind, part) != "VARCHAR":
        return source
    text = clean(source if kind == "VARCHAR" else f"CAST({source} AS VARCHAR)")
    missing = part.missing.get(column.name, []) if part else []
    values = part.values.get(column.name, {}) if part else {}
    if missing or values:
        theirs = [f"WHEN {literal(a.strip())} THEN {clean(literal(b))}" for a, b in values.items()]
        gone = [f"WHEN {literal(word.strip())} THEN NULL" for word in missing if word.strip() and word not in values]
        if branches := gone + theirs:
            text = f"CASE {text} {' '.join(branches)} ELSE {text} END"
    return text


def _kind(column: Column, kind: str, part: Part | None) -> str:
    """The type a cell is parsed from: its own where it is taken as it is, otherwise text."""
    told = part and (column.name in part.missing or column.name in part.values)
    return kind if kind != "VARCHAR" and not told and is_native(column, kind) else "VARCHAR"


def _not_blank(raw: Raw) -> str:
    """Spreadsheets leave rows of nothing at the end; they are no rows."""
    return f"WHERE coalesce({', '.join(name for name, _ in raw.columns)}) IS NOT NULL" if raw.text else ""


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


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _short(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300]
