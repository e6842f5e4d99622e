"""One embedded DuckDB per opened source, confined to the folder it reads."""

import hashlib
import weakref
from functools import cached_property
from pathlib import Path
from typing import IO

import duckdb
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis import Schema

from cskit.data.exchange import Compiling
from cskit.data.scratch import begin_scratch, end_scratch
from cskit.errors import DataError, Fault

__all__ = ["Session", "identifier", "literal"]

# Of one engine; what takes more goes by way of the disk. Over 100 million rows that is faster, too, than hash tables of
# the whole machine's memory.
MEMORY = "2GB"


class Session:
    r"""A DuckDB in memory that can read one folder and a temporary one, and nothing else.

    Parameters
    ----------
    folder : Path
        The folder the exports lie in.
    databases : list of Path
        DuckDB files to read from, attached read-only as ``db0``, ``db1`` ...
    texts : Path or None
        Where the processes of a run leave the SQL of their queries to each other. Such a process works with one
        thread: beside it, others keep the machine's remaining cores busy.

    Raises
    ------
    DataError
        If a database cannot be opened.

    Examples
    --------
    What a SELECT of params names beyond the folder is refused by the engine itself:

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as exports, TemporaryDirectory() as elsewhere:
    ...     for folder in (exports, elsewhere):
    ...         _ = Path(folder, "解約.csv").write_text("顧客ID\nC1\n", encoding="utf-8")
    ...     session = Session(Path(exports))
    ...     print(session.describe(f"FROM {literal(str(Path(exports, '解約.csv')))}"))
    ...     try:
    ...         session.describe(f"FROM {literal(str(Path(elsewhere, '解約.csv')))}")
    ...     except duckdb.PermissionException as refused:
    ...         print(refused)
    ...     session.close()
    [('顧客ID', 'VARCHAR')]
    Permission Error: Cannot access file ...
    """

    def __init__(self, folder: Path, databases: list[Path] | None = None, texts: Path | None = None):
        self.folder, self.databases, self.texts = folder, databases or [], texts
        self._made = 0
        self._end: weakref.finalize[..., Compiling] | None = None
        if databases:
            _ = self._connection  # one that cannot be opened is said at once

    @property
    def engine(self) -> duckdb.DuckDBPyConnection:
        return self._connection[0]

    @property
    def ibis(self) -> Compiling:
        return self._connection[1]

    @property
    def temporary(self) -> Path:
        return self._connection[2]

    @cached_property
    def _connection(self) -> tuple[duckdb.DuckDBPyConnection, Compiling, Path]:
        """The engine, begun when it is first asked for: who finds all answers known need not begin it."""
        temporary, mark = begin_scratch()
        # python_...: a name in SQL must never mean a variable of the program
        config: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(temporary / "spill"),
            "python_enable_replacements": False,
            "memory_limit": MEMORY,
        }
        if self.texts is not None:
            config["threads"] = 1
        engine = duckdb.connect(config=config)
        ibis = Compiling.from_connection(engine)
        ibis.texts = self.texts
        # Tied to the backend, which every table expression holds: a table outlives the data it was taken from.
        # finalize, not TemporaryDirectory: that one warns when it is left to the garbage collector.
        self._end = weakref.finalize(ibis, _end, engine, temporary, mark)
        for number, path in enumerate(self.databases):
            self._attach(engine, path, f"db{number}")
        engine.execute("SET TimeZone = 'UTC'")
        engine.execute("CREATE SCHEMA files")
        _confine(engine, self.folder, temporary)
        return engine, ibis, temporary

    def file(self, suffix: str = ".csv") -> Path:
        """A new path in the temporary folder."""
        self._made += 1
        return self.temporary / f"{self._made}{suffix}"

    def hold(self, rows: ir.Table) -> ir.Table:
        """Rows worked out now, as a table of its own, for what is built on them more than once."""
        sql = self.ibis.compile(rows)
        name = f"held_{hashlib.sha256(sql.encode()).hexdigest()[:16]}"
        self.engine.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} AS {sql}")
        return self.temporary_table(name, rows.schema())

    def temporary_table(self, name: str, schema: Schema) -> ir.Table:
        """A temporary table or view of known schema: the engine need not be asked, nor pandas loaded to hear it."""
        place = ops.Namespace(catalog="temp", database="main")
        return ops.DatabaseTable(name=name, schema=schema, source=self.ibis, namespace=place).to_expr()

    def describe(self, query: str) -> list[tuple[str, str]]:
        """Names and DuckDB types of the columns of a query or of ``FROM ...``."""
        return [(row[0], row[1]) for row in self.engine.execute(f"DESCRIBE {query}").fetchall()]

    def close(self) -> None:
        """Give up the database and its temporary files now."""
        if self._end is not None:
            self._end()

    def _attach(self, engine: duckdb.DuckDBPyConnection, path: Path, alias: str) -> None:
        try:
            engine.execute(f"ATTACH {literal(str(path))} AS {alias} (READ_ONLY)")
        except duckdb.Error as error:
            self.close()
            busy = "lock" in str(error).lower()
            what = "another program is writing to it" if busy else "it cannot be opened as a DuckDB database"
            mend = "Close that program and try again." if busy else "Export it again with a current DuckDB."
            raise DataError([Fault("", path.name, what, mend)]) from None


def identifier(name: str) -> str:
    """A name as SQL writes it.

    >>> identifier('a "b"')
    '"a ""b""\"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def _confine(engine: duckdb.DuckDBPyConnection, *folders: Path) -> None:
    allowed = ", ".join(literal(str(path)) for path in folders)
    engine.execute(f"SET allowed_directories = [{allowed}]")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")


def _end(engine: duckdb.DuckDBPyConnection, temporary: Path, mark: IO[str]) -> None:
    engine.close()
    end_scratch(temporary, mark)
