"""A database or a cluster that the tables stay in: how is it reached, what lies there, what does it say when it fails?

Any engine that Ibis speaks to is reached by its address. PostgreSQL and Spark are tested; what either of them needs
beyond Ibis stands here, and nowhere else.
"""

import hashlib
import re
import secrets
import socket
import warnings
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot
from sqlglot import exp

from cskit.data.schema import tables
from cskit.data.session import identifier
from cskit.errors import CskitError, DataError
from cskit.secrets import resolved, without_secrets
from cskit.settings import Source

__all__ = ["TESTED", "Warehouse"]

TESTED = ("postgres", "pyspark")
POSTGRES, SPARK, SHARED = ("postgres", "postgresql"), ("sc", "spark", "local"), ("sc", "postgres", "postgresql")
DRIVERS = dict.fromkeys(POSTGRES, "cskit[postgres]") | dict.fromkeys(SPARK, "pyspark[connect]>=4,<4.1")
# A sum does not depend on the order of the rows, nor on how many workers read them.
FINGERPRINTS = {
    "postgres": "SELECT count(*), sum(hashtextextended(own::text, 0)::numeric) FROM {place} AS own",
    "pyspark": "SELECT count(*), sum(cast(xxhash64(*) AS decimal(38, 0))) FROM {place}",
}
FIRST_LINES = 2  # of what a driver says; the rest is for programmers


class Warehouse:
    """An open, read-only connection to where a source keeps its tables.

    Parameters
    ----------
    name : str
        As params call the source.
    source : cskit.settings.Source
    told : dict
        What another process of the run told of it: this one sees the same state of the tables, and need not ask again.

    Attributes
    ----------
    told : dict
        For the other processes: the snapshot or the session, ``relations``, their ``columns``, and as ``clean`` by
        table and part the texts that were found to have no outer spaces.

    Raises
    ------
    DataError
        In one line, if it cannot be reached, refuses us, or its driver is not installed.
    SettingsError
        If there is no secret at the place that params name.

    Examples
    --------
    >>> import sqlite3
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     crm = sqlite3.connect(f"{folder}/crm.db")
    ...     _ = crm.executescript("CREATE TABLE 解約 (顧客ID TEXT); INSERT INTO 解約 VALUES ('C1')")
    ...     crm.close()
    ...     found = Warehouse("crm", Source(url=f"sqlite://{folder}/crm.db"))
    ...     print(found.relations(), found.table("解約").to_pyarrow().to_pylist())
    ...     found.close()
    ['解約'] [{'顧客ID': 'C1'}]
    >>> Warehouse("crm", Source(url="nosuch://localhost/crm"))
    Traceback (most recent call last):
    cskit.errors.DataError: crm: it cannot be reached: ...
    """

    def __init__(self, name: str, source: Source, told: Mapping[str, Any] | None = None):
        self.name, self.source = name, source
        self.told: dict[str, Any] = dict(told or {"columns": {}, "clean": {}})
        self.begun = told is None or urlsplit(source.url).scheme not in SHARED  # a session of its own
        scheme = urlsplit(source.url).scheme or source.url.partition("[")[0]
        with self.plainly("it cannot be reached", scheme):
            if scheme in POSTGRES:
                self.backend = self._postgres()
            elif scheme in SPARK:
                self.backend = self._spark(scheme)
            elif scheme == "duckdb":
                self.backend = _duckdb(source.url)
            else:
                self.backend = ibis.connect(source.url, **self._secret("password"))
        self.typed: dict[str, ir.Table] = {}
        self.views: set[str] = set()
        _speak_plainly(self.backend, self.plainly)

    @property
    def dialect(self) -> str:
        """As sqlglot names the SQL it speaks."""
        return str(getattr(self.backend.dialect, "__name__", self.backend.name)).lower()

    @staticmethod
    def typed_as(table: str) -> str:
        """What a typed table is called in a query: not what it is called where it lies."""
        return f"cskit_{table}"

    def relations(self) -> list[str]:
        """Names of the tables and views that lie there."""
        if "relations" not in self.told:
            with self.plainly("its tables cannot be listed"):
                where = {"database": self.source.schema_} if self.source.schema_ else {}
                self.told["relations"] = sorted(self.backend.list_tables(**where))
        return list(self.told["relations"])

    def table(self, name: str) -> ir.Table:
        """A table or view as it stands there."""
        where = self.source.schema_ or None
        with self.plainly(f"{name} cannot be read"):
            if self.backend.name not in TESTED:
                return self.backend.table(name, database=where)
            schema = self._columns(name, lambda: self._columns_there(name, where))
            place = ops.Namespace(database=where)
            found = ops.DatabaseTable(name, schema=schema, source=self.backend, namespace=place).to_expr()
            if self.backend.name != "postgres":
                return found
            # Ibis takes char(8), which is padded, and an enumeration, which knows no other text, for plain texts, and
            # money for a number.
            alike = {own: kind for own, kind in schema.items() if kind.is_string() or kind == dt.Decimal(19, 4)}
            plain = {own: dt.string if kind.is_string() else kind for own, kind in alike.items()}
            return found.mutate(**{own: ops.Cast(found[own], kind).to_expr() for own, kind in plain.items()})

    def select(self, sql: str) -> ir.Table:
        """The result of a SELECT, written as for the embedded engine."""
        text = sqlglot.transpile(sql, read="duckdb", write=self.dialect)[0]
        with self.plainly("the SELECT does not run"):
            if self.backend.name not in TESTED:
                return self.backend.sql(text)
            schema = self._columns(text, lambda: self._columns_of(text))
            return ops.SQLQueryResult(text, schema, self.backend).to_expr()

    def _columns(self, of: str, ask: Callable[[], ibis.Schema]) -> ibis.Schema:
        """Columns with their types, asked for once in a run."""
        if of not in self.told["columns"]:
            # A type of their own, a domain of PostgreSQL's, is read as the text that it is written as.
            self.told["columns"][of] = {
                own: "string" if kind.is_unknown() else str(kind) for own, kind in ask().items()
            }
        return ibis.schema(self.told["columns"][of])

    def _columns_there(self, name: str, where: str | None) -> ibis.Schema:
        if self.backend.name == "postgres":
            return self.backend.get_schema(name, database=where)
        return _spark_columns(self.backend._session.table(f"`{where}`.`{name}`" if where else f"`{name}`").schema)

    def _columns_of(self, select: str) -> ibis.Schema:
        if self.backend.name != "postgres":
            return _spark_columns(self.backend.raw_sql(select).schema)
        # Ibis would make a view to learn the types, which who may only read must not.
        from ibis.backends.sql.datatypes import PostgresType

        connection = self.backend.con
        with connection.cursor() as cursor, connection.transaction():
            cursor.execute(f"SELECT * FROM ({select}) AS asked LIMIT 0")
            kinds = {one.name: connection.adapters.types[one.type_code].name for one in cursor.description}
        return ibis.schema({own: PostgresType.from_string(kind) for own, kind in kinds.items()})

    def fingerprint(self, relation: str) -> str:
        """Of the rows of a table there, in whatever order; of an engine that cannot say it, never the same twice."""
        query = FINGERPRINTS.get(self.backend.name)
        if not query:
            return secrets.token_hex(16)
        place = exp.table_(relation, db=self.source.schema_ or None, quoted=True).sql(self.dialect)
        with self.plainly(f"{relation} cannot be read"):
            found = _rows(self.backend.raw_sql(query.format(place=place)))
        return hashlib.sha256(repr([*map(str, found[0])]).encode()).hexdigest()

    def keep(self, table: str, rows: ir.Table) -> ir.Table:
        """The typed rows of a table, under its name in what is asked later.

        On Spark a view of the session, which every process of a run shares: a query's analysis takes longer than its
        answer, and what a view holds is analysed once.
        """
        name = self.typed_as(table)
        if self.backend.name != "pyspark":
            self.typed[name] = rows
            return rows
        if self.begun:
            self._view(name, self.backend.compile(rows))
        return ops.DatabaseTable(name, schema=rows.schema(), source=self.backend).to_expr()

    def seen(self, rows: ir.Table) -> ir.Table:
        """Rows that several queries will be built on; on Spark behind a view as well."""
        if self.backend.name != "pyspark":
            return rows
        sql = self.backend.compile(rows)
        name = f"cskit_{hashlib.sha256(sql.encode()).hexdigest()[:16]}"
        if name not in self.views:
            self.views.add(name)
            self._view(name, sql)
        return ops.DatabaseTable(name, schema=rows.schema(), source=self.backend).to_expr()

    def _view(self, name: str, sql: str) -> None:
        with self.plainly("it does not answer"):
            self.backend.raw_sql(sql).createOrReplaceTempView(name)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The answer to a query written for the embedded engine, over the typed tables by their names."""
        asked = sqlglot.parse_one(query, read="duckdb")
        wanted = dict.fromkeys(one.name for one in asked.find_all(exp.Table) if one.name in self.typed)
        rows = [
            f"{exp.to_identifier(one, quoted=True).sql(self.dialect)} AS ({self.backend.compile(self.typed[one])})"
            for one in wanted
        ]
        before = f"WITH {', '.join(rows)} " if rows else ""
        with self.plainly("it does not answer"):
            return _rows(self.backend.raw_sql(before + asked.sql(self.dialect)))

    def groups(self, replacement: str) -> str:
        """What a pattern is replaced by, with its groups as ``{1}``, as the engine writes them."""
        sign = "$" if self.backend.name == "pyspark" else "\\"
        return re.sub(r"{(\d)}", lambda found: sign + found[1], replacement)

    def local(self, time: ir.TimestampValue, timezone: str) -> ir.TimestampValue:
        """A moment as the clock in a zone showed it."""
        return LOCAL.get(self.backend.name, _local)(timezone, time)

    @contextmanager
    def plainly(self, what: str, scheme: str = "") -> Iterator[None]:
        """What a driver says, as one line without secrets."""
        try:
            yield
        except CskitError:
            raise
        except ImportError:
            wanted = DRIVERS.get(scheme, f"ibis-framework[{scheme}]")
            raise DataError(f'{self.name}: what reads {scheme} is not installed: pip install "{wanted}"') from None
        except Exception as error:  # each driver has its own
            raise DataError(f"{self.name}: {what}: {_told(error)}") from None

    def close(self) -> None:
        """Leave it; a session that another process began is left to that one."""
        if self.begun or self.backend.name != "pyspark":
            self.backend.disconnect()

    def _secret(self, option: str) -> dict[str, Any]:
        value = getattr(self.source, option)
        return {option: resolved(f"sources.{self.name}.{option}", value)} if value else {}

    def _postgres(self) -> ibis.BaseBackend:
        """One transaction, which can only read and sees one state of the tables from beginning to end."""
        place = urlsplit(self.source.url)
        given = dict(parse_qsl(place.query)) | {name: str(value) for name, value in self.source.options.items()}
        backend = ibis.postgres.connect(
            host=place.hostname,
            port=place.port or 5432,
            user=place.username or self.source.user or None,
            database=place.path.strip("/") or None,
            schema=self.source.schema_ or None,
            application_name="cskit",
            **self._secret("password"),
            **given,
        )
        connection = backend.con
        weakref.finalize(backend, connection.close)  # held by every table made from it, and left with the last of them
        connection.autocommit = False
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            if not self.begun:
                cursor.execute(f"SET TRANSACTION SNAPSHOT '{identifier(self.told['snapshot'])[1:-1]}'")
            else:
                self.told["snapshot"] = cursor.execute("SELECT pg_export_snapshot()").fetchone()[0]
        backend.compiler = _postgres_compiler()
        return backend

    def _spark(self, scheme: str) -> ibis.BaseBackend:
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.appName("cskit")
        url = self.source.url
        if scheme == "sc":  # whose client tries for minutes where nobody listens
            place = urlsplit(url)
            socket.create_connection((place.hostname or "", place.port or 15002), timeout=20).close()
        if not self.begun:  # the views are there
            url = f"{url if '/;' in url else url.rstrip('/') + '/'};session_id={self.told['session']}"
        builder = builder.remote(url) if scheme == "sc" else builder.master(url.removeprefix("local://"))
        for name, value in self.source.options.items():
            builder = builder.config(name, str(resolved(f"sources.{self.name}.options.{name}", value)))
        # What another source of this process calls by a name must not be found by it here.
        session = builder.create() if scheme == "sc" else builder.getOrCreate().newSession()
        backend = ibis.pyspark.connect(session)
        if self.source.parquet and self.begun:
            found = {table: _view(session, self.source.parquet.rstrip("/"), table) for table in tables()}
            there = {table: columns for table, columns in found.items() if columns}
            self.told["relations"] = sorted(there)
            self.told["columns"] = {
                table: {own: str(kind) for own, kind in columns.items()} for table, columns in there.items()
            }
        if scheme == "sc":
            from pyspark.sql.connect.client.retries import DefaultPolicy

            session.client.set_retry_policies([DefaultPolicy(max_retries=6)])  # about a minute; by itself ten
            self.told["session"] = session.session_id
        return backend


def _duckdb(url: str) -> ibis.BaseBackend:
    """A file of DuckDB's, which is only read; without a path, its memory."""
    path = url.removeprefix("duckdb://") or ":memory:"
    backend = ibis.duckdb.connect(path, read_only=path != ":memory:")
    backend.con = _AsBefore(backend.con)
    return backend


class _AsBefore:
    """A connection of DuckDB 2, which calls otherwise what Ibis 12 asks of it."""

    def __init__(self, con: Any):
        self.con = con

    def __getattr__(self, name: str) -> Any:
        return getattr(self.con, name)

    def execute(self, *given: Any, **named: Any) -> "_AsBefore":
        self.con.execute(*given, **named)
        return self

    def fetch_arrow_table(self) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a copy that is made: of few rows
            return self.con.to_arrow_table()

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self.con.fetchall())

    def __enter__(self) -> "_AsBefore":
        return self

    def __exit__(self, *_raised: object) -> None:
        """An answer is read; the connection stays."""


def _rows(answer: Any) -> list[tuple[Any, ...]]:
    """Of a cursor, or of a frame of Spark's, which asks its cluster whether it has an attribute."""
    if hasattr(type(answer), "fetchall"):
        with answer:
            return list(answer.fetchall())
    return [tuple(row) for row in answer.collect()]


@cache
def _postgres_compiler() -> Any:
    """PostgreSQL's, in which texts stand in the order of their letters' numbers, as everywhere else.

    A database sorts as its language does; ``A``, ``a`` and ``あ`` would come in another order from each. Only where an
    order is asked for: an index serves equality as before.
    """
    from ibis.backends.sql.compilers.postgres import PostgresCompiler

    def plain(op: Any, arg: Any) -> Any:
        return (
            exp.Collate(this=arg, expression=exp.to_identifier("C", quoted=True)) if op.arg.dtype.is_string() else arg
        )

    class Plain(PostgresCompiler):
        __slots__ = ()

        def visit_SortKey(self, op: Any, *, arg: Any, **rest: Any) -> Any:  # noqa: N802 - Ibis names it
            return super().visit_SortKey(op, arg=plain(op, arg), **rest)

        def visit_Max(self, op: Any, *, arg: Any, **rest: Any) -> Any:  # noqa: N802
            return super().visit_Max(op, arg=plain(op, arg), **rest)

        def visit_Min(self, op: Any, *, arg: Any, **rest: Any) -> Any:  # noqa: N802
            return super().visit_Min(op, arg=plain(op, arg), **rest)

    return Plain()


def _spark_columns(schema: Any) -> ibis.Schema:
    """Ibis forgets that a TIMESTAMP of Spark's, unlike TIMESTAMP_NTZ, is a moment and no local time."""
    from ibis.backends.pyspark.datatypes import PySparkType

    kinds = {own.name: PySparkType.to_ibis(own.dataType) for own in schema.fields}
    moments = [own.name for own in schema.fields if own.dataType.typeName() == "timestamp"]
    return ibis.schema(kinds | {name: dt.Timestamp("UTC") for name in moments})


def _view(session: Any, place: str, table: str) -> ibis.Schema | None:
    """A table that lies as Parquet, one file or a folder of parts, as a view of Spark's; nothing where none lies."""
    from pyspark.errors import AnalysisException

    for path in (f"{place}/{table}.parquet", f"{place}/{table}"):
        try:
            rows = session.read.parquet(path)
            columns = _spark_columns(rows.schema)
        except AnalysisException as error:
            if error.getCondition() != "PATH_NOT_FOUND":
                raise
        else:
            rows.createOrReplaceTempView(table)
            return columns
    return None


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp('UTC')"), "timestamp"))
def _at_zone(zone, time):  # type: ignore[no-untyped-def]
    """PostgreSQL's."""


@ibis.udf.scalar.builtin(name="from_utc_timestamp", signature=(("timestamp('UTC')", "string"), "timestamp"))
def _from_utc(time, zone):  # type: ignore[no-untyped-def]
    """Spark's; its sessions are of UTC."""


def _local(timezone: str, time: ir.TimestampValue) -> ir.TimestampValue:
    return time.cast(f"timestamp('{timezone}')").cast("timestamp")


LOCAL: dict[str, Callable[[str, ir.TimestampValue], ir.TimestampValue]] = {
    "postgres": lambda zone, time: _at_zone(ibis.literal(zone), time),
    "pyspark": lambda zone, time: _from_utc(time, ibis.literal(zone)),
}


def _speak_plainly(backend: ibis.BaseBackend, plainly: Callable[[str], Any]) -> None:
    """Whatever an analysis asks later, a fault of the engine is told like any fault of the data."""
    for name in ("execute", "to_pyarrow", "to_pyarrow_batches", "raw_sql"):
        own = getattr(backend, name)

        def told(*args: Any, _own: Callable[..., Any] = own, **named: Any) -> Any:
            with plainly("it does not answer"):
                return _own(*args, **named)

        setattr(backend, name, told)


def _told(error: Exception) -> str:
    lines = [line.strip() for line in without_secrets(str(error)).splitlines() if line.strip()]
    return " ".join(lines[:FIRST_LINES])[:300] or type(error).__name__
