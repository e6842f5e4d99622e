"""How does a table of a database or a cluster become one of ours, without leaving it?"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from cskit.data.arrange import Piece, Plan, arrange
from cskit.data.crosswalk import led_by, walked
from cskit.data.headers import Match, constant, match
from cskit.data.load import Loaded
from cskit.data.mapping import confined, tables_in
from cskit.data.native import OUTER, clean, read
from cskit.data.schema import Table, also_named, plain, tables
from cskit.data.session import identifier
from cskit.data.sources import Export, Raw
from cskit.data.unreadable import UnreadableError
from cskit.data.warehouse import Warehouse
from cskit.errors import DataError, Fault
from cskit.settings import Data as DataSettings
from cskit.settings import Settings

FILES_ONLY = ("unpivot", "calendar", "encoding", "separator", "header_row", "fill_down")

__all__ = ["RemoteLoader", "digest_of", "source_digest", "typed_tables"]


def typed_tables(
    name: str, settings: Settings, told: Mapping[str, Any] | None = None
) -> tuple["RemoteLoader", dict[str, Loaded]]:
    """Every table of ours that a source holds, typed, not yet checked; the loader has its faults.

    Parameters
    ----------
    name : str
        Of the source.
    told : dict
        See :class:`Warehouse`.

    Returns
    -------
    RemoteLoader, dict of str to Loaded
        The rows are expressions: they stay where they are.

    Raises
    ------
    DataError
        If the source cannot be reached, or holds no table of ours.

    Examples
    --------
    >>> import sqlite3
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.params import settings_with
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "crm.db")
    ...     crm = sqlite3.connect(path)
    ...     _ = crm.executescript("CREATE TABLE 解約 (顧客ID, 解約日); INSERT INTO 解約 VALUES ('C1', 'R5.4.1')")
    ...     crm.close()
    ...     loader, found = typed_tables("crm", settings_with({"sources": {"crm": {"url": f"sqlite://{path}"}}}))
    ...     print(found["churns"].rows.select("_row", "effective_on").to_pyarrow().to_pylist())
    ...     loader.warehouse.close()
    [{'_row': 'C1', 'effective_on': datetime.date(2023, 4, 1)}]
    """
    warehouse = Warehouse(name, settings.sources[name], told)
    loader = RemoteLoader(warehouse, settings.calendar.timezone, settings.money.currency)
    exports, plan = _plan(warehouse, settings.data)
    loader.faults += [fault for fault in plan.faults if not fault.warning]  # other tables lie there, too: no surprise
    if not plan.pieces and not loader.faults:
        listed = ", ".join(export.names[0] for export in exports[:10]) or "nothing"
        mend = (
            "Let its tables be read (GRANT SELECT), name them as docs/tables.md does, by views for instance, or map "
            "them in params: data.mapping."
        )
        raise DataError(f"{name}: no table there is one of ours. Found: {listed}.\n  {mend}")
    loader.faults += _only_of_files(name, settings.data)
    known = {own: also_named(table, settings.data.headers.get(own, {})) for own, table in tables().items()}
    read = {own: loader.load(known[own], plan.pieces[own]) for own in known if own in plan.pieces}
    loaded = {own: found for own, found in read.items() if found}
    if told is None:
        loaded, led = walked(loaded, None, settings.data.by_name)
        loader.faults += led
    else:
        loaded |= {own: led_by(loaded[own], found) for own, found in warehouse.told.get("led", {}).items()}
    return loader, loaded


def _plan(warehouse: Warehouse, rules: DataSettings) -> tuple[list[Export], Plan]:
    """What lies there, and what of it becomes which table."""
    place = Path(warehouse.name)
    exports = [Export(place, (relation,), relation=relation) for relation in warehouse.relations()]
    return exports, arrange(exports, rules.mapping)


def _only_of_files(name: str, rules: DataSettings) -> list[Fault]:
    """What params say that is done while a file is read; a database does it by a view."""
    mend = f"Make a view in {name} that does it, or read from files."
    faults = []
    if rules.set_aside:
        what = "set_aside (--set-aside): it is for files, whose rows have numbers."
        faults.append(Fault("", name, what, f"Correct the rows, or make a view in {name} without them.", warning=True))
    for table, parts in rules.mapping.items():
        for part in parts:
            said = [word for word in FILES_ONLY if getattr(part, word)] + ["totals"] * (part.totals == "drop")
            if said:
                faults.append(Fault(table, name, f"data.mapping, {', '.join(said)}: it is for files.", mend))
    return faults


def source_digest(name: str, settings: Settings) -> str:
    """Of all rows of the tables that a source has for us.

    Returns
    -------
    str
        The same as long as the rows are, in whatever order; of an engine that cannot say it, never the same twice.

    Raises
    ------
    DataError
        If the source cannot be reached.

    Examples
    --------
    PostgreSQL and Spark can say it; SQLite cannot, so that nothing is taken for unchanged:

    >>> import sqlite3
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.params import settings_with
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "crm.db")
    ...     crm = sqlite3.connect(path)
    ...     _ = crm.executescript("CREATE TABLE 解約 (顧客ID, 解約日)")
    ...     crm.close()
    ...     settings = settings_with({"sources": {"crm": {"url": f"sqlite://{path}"}}})
    ...     source_digest("crm", settings) == source_digest("crm", settings)
    False
    """
    warehouse = Warehouse(name, settings.sources[name])
    try:
        pieces = [piece for own in _plan(warehouse, settings.data)[1].pieces.values() for piece in own]
        read = {export for piece in pieces for export in piece.exports}
        return digest_of((export.label, warehouse.fingerprint(export.relation)) for export in read)
    finally:
        warehouse.close()


def digest_of(fingerprints: Iterable[tuple[str, str]]) -> str:
    """One digest of the fingerprints of tables, each by its label; their order makes no difference.

    >>> digest_of([("crm, table churns", "2b1c"), ("crm, table usage", "90af")])[:12]
    'fccc0281de67'
    >>> digest_of([("crm, table usage", "90af"), ("crm, table churns", "2b1c")])[:12]
    'fccc0281de67'
    """
    told = sorted(set(fingerprints))
    return hashlib.sha256("".join(f"{label}\0{one}\n" for label, one in told).encode()).hexdigest()


@dataclass
class RemoteLoader:
    """Types tables where they are; whatever is wrong collects in ``faults``.

    Parameters
    ----------
    timezone : str
        In which times with a zone are written down.
    currency : str
        Whose signs an amount of money may carry.

    Examples
    --------
    >>> from cskit.settings import Source
    >>> crm = Warehouse("crm", Source(url="sqlite://"))
    >>> _ = crm.backend.raw_sql("CREATE TABLE churns (customer_id TEXT, left_on DATE)")
    >>> loader, export = RemoteLoader(crm, "Asia/Tokyo"), Export(Path("crm"), ("churns",), relation="churns")
    >>> loader.load(tables()["churns"], [Piece((export,), export.label)])
    >>> print(*loader.faults)
    column effective_on: it is missing. Found: customer_id, left_on. Did you mean left_on by it?
    >>> crm.close()
    """

    warehouse: Warehouse
    timezone: str
    currency: str = "JPY"
    faults: list[Fault] = field(default_factory=list)

    def load(self, table: Table, pieces: list[Piece]) -> Loaded | None:
        """The pieces of a table as one expression; None when one of them cannot be read at all."""
        parts, matches = [], []
        for number, piece in enumerate(pieces):
            try:
                theirs = self._rows(piece)
            except (UnreadableError, DataError) as error:
                self.faults.append(Fault(table.name, piece.label, str(error)))
                continue
            found, faults = match(table, _raw(piece.label, theirs), piece.part)
            self.faults += faults
            matches.append(found)
            parts.append(self._typed(table, self._trimmed(f"{table.name}.{number}", theirs), found, number))
        if len(parts) < len(pieces) or any(not fault.warning for fault in self.faults if fault.table == table.name):
            return None
        names = dict.fromkeys(name for part in parts for name in part.columns)
        whole = [
            part.select(**{name: part[name] if name in part.columns else ibis.null("string") for name in names})
            for part in parts
        ]
        rows = ibis.union(*whole) if len(whole) > 1 else whole[0]
        rows = self.warehouse.keep(table.name, rows)
        labels = tuple(own.raw.label for own in matches)
        present = frozenset(name for own in matches for name in own.columns)
        headers = tuple(own.headers for own in matches)
        return Loaded(table, rows, labels, tuple(piece.exports for piece in pieces), present, headers, self.warehouse)

    def _rows(self, piece: Piece) -> ir.Table:
        if piece.part and piece.part.sql:
            sql = piece.part.sql
            known = {
                plain(name): export.relation for name, export in zip(sorted(tables_in(sql)), piece.exports, strict=True)
            }
            return self.warehouse.select(confined(sql, self.warehouse.source.schema_, known))
        return self.warehouse.table(piece.exports[0].relation)

    def _trimmed(self, place: str, theirs: ir.Table) -> ir.Table:
        """Texts without outer spaces. Where none has any, which is asked once, the columns stay as they are.

        A column that is no expression can be looked up by an index, and skipped by a reader of Parquet.
        """
        texts = [name for name, kind in theirs.schema().items() if kind.is_string()]
        known = self.warehouse.told["clean"]
        if place not in known:
            rough_of = [_is_rough(theirs[name]).cast("int32").max().name(name) for name in texts]
            needy = theirs.aggregate(rough_of).to_pyarrow().to_pylist()[0] if texts else {}
            known[place] = [name for name in texts if not needy[name]]
        rough = [name for name in texts if name not in known[place]]
        return theirs.mutate(**{name: clean(theirs[name]) for name in rough}) if rough else theirs

    def _typed(self, table: Table, theirs: ir.Table, found: Match, number: int) -> ir.Table:
        """All columns of a table, ``_part``, ``_row`` and for what may fail ``_bad_<column>``, the text that did."""
        named = {identifier(name): name for name in theirs.columns}
        cells: dict[str, ir.Value] = {}
        for column in table.columns.values():
            if column.name not in found.columns:
                cells[column.name] = ibis.null(TYPES[column.type])
                continue
            said = (found.part.constants if found.part else {}).get(column.name)
            value = theirs[named[found.columns[column.name][0]]] if said is None else ibis.literal(constant(said))
            said = self._told(column.name, value, found)
            value, text = read(column, said, self.timezone, self.warehouse, self.currency)
            cells[column.name] = value
            if text is not None:
                cells[f"_bad_{column.name}"] = value.isnull().ifelse(text, ibis.null("string"))
        key = [cells[name].cast("string").fill_null("(empty)") for name in table.key if name in found.columns]
        row = key[0] if len(key) == 1 else ibis.literal(" ").join(key) if key else ibis.literal("")
        return theirs.select(_part=ibis.literal(number, "int32"), _row=row, **cells)

    def _told(self, name: str, value: ir.Value, found: Match) -> ir.Value:
        """A cell after what params say of missing texts and values."""
        missing = found.part.missing.get(name, []) if found.part else []
        values = found.part.values.get(name, {}) if found.part else {}
        if not missing and not values:
            return value
        text = value.cast("string")
        said = [(text == theirs.strip(), ibis.literal(ours)) for theirs, ours in values.items()]
        gone = [(text == word.strip(), ibis.null("string")) for word in missing if word.strip() and word not in values]
        return ibis.cases(*gone, *said, else_=text)


def _is_rough(text: ir.StringValue) -> ir.BooleanValue:
    return (text == "") | text.re_search(f"^{OUTER}|{OUTER}$")


TYPES = {
    "text": "string",
    "integer": "int64",
    "number": "float64",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamp",
    "month": "date",
}


def _raw(label: str, rows: ir.Table) -> Raw:
    columns = tuple((name, str(kind)) for name, kind in rows.schema().items())
    return Raw(label, tuple(name.strip() for name in rows.columns), columns, "")
