"""How do the demo's tables become files? Arrow tables of the schema's types, appended part by part."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from cskit.errors import CskitError

__all__ = ["FORMS", "Writer", "fill", "ids", "pick", "schema", "texts"]

FORMS = ("csv", "parquet", "xlsx", "duckdb")
SHEET_ROWS = 1_048_575  # of an Excel sheet, without its header
HERE = Path(__file__).parent
TYPES = {
    "text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32(),
    "datetime": pa.timestamp("s"), "month": pa.date32(),
}  # fmt: skip
# Identifiers that only count rows: the writer numbers them.
COUNTED = {
    "contracts": ("contract_id", "K"), "goals": ("goal_id", "G"), "referrals": ("referral_id", "R"),
    "requests": ("request_id", "Q"), "touchpoints": ("touchpoint_id", "A"), "time_logs": ("log_id", "L"),
    "events": ("event_id", "E"), "topics": ("topic_id", "W"), "actions": ("action_id", "P"),
    "onboardings": ("onboarding_id", "B"), "tickets": ("ticket_id", "T"), "help_sessions": ("session_id", "S"),
}  # fmt: skip
Columns = dict[str, Any]


@cache
def texts() -> dict[str, list[str]]:
    """The words the demo is made of.

    >>> texts()["step"]
    ['kick-off', 'configuration', 'data import', 'training', 'first use']
    """
    found: dict[str, list[str]] = yaml.safe_load((HERE / "texts.yaml").read_text(encoding="utf-8"))
    return found


@cache
def schema() -> dict[str, dict[str, str]]:
    """The type of each column of each table, in the order of tables.yaml; all systems of the demo know one ID.

    >>> schema()["nps_waves"]
    {'wave': 'text', 'opened_on': 'date', 'closed_on': 'date', 'audience': 'text'}
    >>> "crosswalk" in schema()
    False
    """
    found = yaml.safe_load((HERE.parent / "tables.yaml").read_text(encoding="utf-8"))
    del found["crosswalk"]
    return {table: {name: column["type"] for name, column in body["columns"].items()} for table, body in found.items()}


def pick(pool: Any, codes: np.ndarray) -> pa.DictionaryArray:
    """The words of a pool by their number; below 0: missing.

    >>> pick(["a", "b"], np.array([1, -1, 0])).to_pylist()
    ['b', None, 'a']
    """
    codes = np.asarray(codes)
    words = pool if isinstance(pool, pa.Array) else pa.array(pool, pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=codes < 0), words)


def ids(prefix: str, numbers: np.ndarray, width: int = 6) -> pa.Array:
    """Identifiers of one length.

    >>> ids("T", np.array([7]), 3).to_pylist()
    ['T007']
    """
    digits = pc.utf8_lpad(pc.cast(pa.array(np.asarray(numbers, dtype=np.int64)), pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, "")


def fill(table: str, columns: Columns, rows: int) -> pa.Table:
    """All columns of a table in their order and type; those not given are empty.

    >>> fill("churns", {"reason": ["予算削減"], "customer_id": ["C00001"]}, rows=1).to_pylist()
    [{'customer_id': 'C00001', 'notified_on': None, 'effective_on': None, 'reason': '予算削減'}]
    >>> fill("churns", {"why": ["予算削減"]}, rows=1)
    Traceback (most recent call last):
        ...
    KeyError: "churns has no columns ['why']"
    """
    types = schema()[table]
    if strange := set(columns) - set(types):
        raise KeyError(f"{table} has no columns {sorted(strange)}")
    arrays = [_array(columns.get(name), TYPES[kind], rows) for name, kind in types.items()]
    return pa.table(arrays, schema=pa.schema([(name, TYPES[kind]) for name, kind in types.items()]))


def _array(values: Any, kind: pa.DataType, rows: int) -> pa.Array:
    if values is None:
        return pa.nulls(rows, kind)
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return values.cast(kind)
    values = np.asarray(values)
    if values.dtype.kind == "f":
        return pa.array(values, pa.float64(), from_pandas=True).cast(kind)
    if values.dtype.kind == "O":
        return pa.array(values.tolist(), kind)
    return pa.array(values).cast(kind)


class Writer:
    """Appends rows to the tables of one folder. A table without rows is written too, its header alone.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     writer = Writer(Path(folder), "csv")
    ...     writer.add("referrals", {"customer_id": ["C00001"], "status": ["won"]})
    ...     writer.add("referrals", {"customer_id": ["C00002"]})
    ...     _ = writer.close()
    ...     print(*(Path(folder) / "referrals.csv").read_text(encoding="utf-8").split())
    ...     print(*(Path(folder) / "churns.csv").read_text(encoding="utf-8").split())
    referral_id,customer_id,on,category,status "R000001","C00001",,,"won" "R000002","C00002",,,
    customer_id,notified_on,effective_on,reason
    """

    def __init__(self, folder: Path, form: str):
        self.folder, self.form = folder, form
        self.rows: dict[str, int] = dict.fromkeys(schema(), 0)
        self._open: dict[str, Any] = {}
        self._sheets: dict[str, list[pa.Table]] = {table: [] for table in schema()}
        self._base: Any = None
        if form == "duckdb":
            import duckdb

            self._base = duckdb.connect(str(folder / "demo.duckdb"))

    def add(self, table: str, columns: Columns) -> None:
        """Append rows; the first column given says how many."""
        rows = len(next(iter(columns.values()))) if columns else 0
        if table in COUNTED:
            name, _ = COUNTED[table]
            columns = {name: self.numbered(table, rows), **columns}
        part = fill(table, columns, rows)
        {"csv": self._csv, "parquet": self._parquet, "xlsx": self._sheet, "duckdb": self._insert}[self.form](
            table, part
        )
        self.rows[table] += rows

    def numbered(self, table: str, rows: int) -> pa.Array:
        """Identifiers of the rows about to be added."""
        return ids(COUNTED[table][1], np.arange(self.rows[table] + 1, self.rows[table] + rows + 1))

    def close(self) -> list[str]:
        """Finish all files; returns their names."""
        for table in schema():
            if not self.rows[table]:
                self.add(table, {})
        for sink in self._open.values():
            sink.close()
        if self._base is not None:
            self._base.close()
        if self.form == "xlsx":
            _workbook(self.folder / "demo.xlsx", self._sheets)
        return sorted(path.name for path in self.folder.iterdir())

    def _csv(self, table: str, part: pa.Table) -> None:
        from pyarrow import csv

        if table not in self._open:
            self._open[table] = (self.folder / f"{table}.csv").open("wb")
            self._open[table].write((",".join(part.column_names) + "\n").encode())
        csv.write_csv(
            _months(table, part), self._open[table], csv.WriteOptions(include_header=False, quoting_style="needed")
        )

    def _parquet(self, table: str, part: pa.Table) -> None:
        from pyarrow import parquet

        if table not in self._open:
            self._open[table] = parquet.ParquetWriter(self.folder / f"{table}.parquet", part.schema)
        self._open[table].write_table(part)

    def _insert(self, table: str, part: pa.Table) -> None:
        self._base.register("part", part)
        start = f'INSERT INTO "{table}"' if table in self._open else f'CREATE TABLE "{table}" AS'
        self._base.execute(f"{start} SELECT * FROM part")
        self._open.setdefault(table, _Nothing())

    def _sheet(self, table: str, part: pa.Table) -> None:
        if self.rows[table] + len(part) > SHEET_ROWS:
            raise CskitError(f"{table}: more rows than an Excel sheet holds ({SHEET_ROWS:,}). Use --format parquet.")
        self._sheets[table].append(_months(table, part))


class _Nothing:
    def close(self) -> None: ...


def _months(table: str, part: pa.Table) -> pa.Table:
    """Months as people write them: 2023-04."""
    for place, (name, kind) in enumerate(schema()[table].items()):
        if kind == "month":
            part = part.set_column(place, name, pc.utf8_slice_codeunits(pc.cast(part[name], pa.string()), 0, 7))
    return part


def _workbook(path: Path, sheets: dict[str, list[pa.Table]]) -> None:
    import xlsxwriter

    formats = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss"}
    with xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        styles = {kind: book.add_format({"num_format": form}) for kind, form in formats.items()}
        for table, parts in sheets.items():
            sheet = book.add_worksheet(table)
            sheet.write_row(0, 0, list(schema()[table]))
            rows = (row for part in parts for row in zip(*(column.to_pylist() for column in part.columns), strict=True))
            kinds = list(schema()[table].values())
            for number, row in enumerate(rows, start=1):
                for place, value in enumerate(row):
                    if value is not None:
                        sheet.write(number, place, value, styles.get(kinds[place]))
