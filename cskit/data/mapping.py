"""How does an export that is not ours become a table?

A mapping names, table by table, a file with its columns, values and missing texts, or one SQL SELECT over the
files. What it says is checked before any file is read; a SELECT is parsed, and run from what was parsed.
"""

import re
from collections.abc import Iterable, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from cskit.data.schema import column_named, plain, tables, tight
from cskit.errors import SettingsError, did_you_mean
from cskit.settings import Part

__all__ = ["confined", "refuse_unknown", "tables_in"]

QUERIES = (exp.Select, exp.SetOperation)
FORBIDDEN = ("getenv", "current_setting", "getvariable", "query", "query_table", "glob", "nextval", "currval",
             "json_serialize_plan", "json_execute_serialized_sql", "sleep_ms", "write_log",
             "read_", "duckdb_", "pragma_", "sniff_", "parquet_", "sqlite_", "postgres_", "mysql_",
             # of PostgreSQL and Spark, where a source lies in one: its server's files, other servers, its own programs
             "pg_", "lo_", "dblink", "dblink_", "set_config", "setval", "query_to_", "table_to_", "schema_to_",
             "database_to_", "reflect", "try_reflect", "java_method")  # fmt: skip


def refuse_unknown(
    mapping: Mapping[str, list[Part]], headers: Mapping[str, Mapping[str, list[str]]] | None = None
) -> None:
    """Refuse a mapping or headers that name tables or columns there are not, and more than a SELECT.

    Raises
    ------
    SettingsError
        Naming all of them.

    Examples
    --------
    >>> refuse_unknown({"custmers": [Part(file="a.csv")]})
    Traceback (most recent call last):
    cskit.errors.SettingsError: settings:
      data.mapping.custmers is not a table. Did you mean customers?
    """
    problems = []
    for name, parts in mapping.items():
        if name not in tables():
            problems.append(f"  data.mapping.{name} is not a table.{did_you_mean(name, tables())}")
            continue
        for number, part in enumerate(parts):
            place = f"data.mapping.{name}" + (f".{number}" if len(parts) > 1 else "")
            problems += _unknown_columns(place, name, part)
            if part.sql:
                problems += _not_a_select(place, part.sql)
    problems += _unknown_headers(headers or {})
    if problems:
        raise SettingsError("\n".join(["settings:", *problems]))


def tables_in(sql: str) -> set[str]:
    """Names of the files that a SELECT reads, as it writes them; what it makes itself, by WITH, is none.

    >>> sorted(tables_in('WITH paid AS (FROM "契約_2023") SELECT * FROM paid JOIN Clients USING (id)'))
    ['Clients', '契約_2023']
    """
    return {table.name for table in _outer_tables(_parsed(sql)) if table.name}


def confined(sql: str, schema: str, known: Mapping[str, str]) -> str:
    """The SELECT written again from its parsed form, reading only from a schema of the engine.

    Parameters
    ----------
    sql : str
        A SELECT that :func:`refuse_unknown` let through.
    schema : str
        Where the files are tables; empty: where the engine looks by itself.
    known : mapping of str to str
        Plain names of the files to their names in the schema.

    Examples
    --------
    >>> confined("SELECT a FROM Survey", "files", {"survey": "survey"})
    'SELECT a FROM "files"."survey" AS "Survey"'
    """
    tree = _parsed(sql)
    for table in _outer_tables(tree):
        if not table.name:  # range(...) and the like
            continue
        alias = table.alias or table.name
        table.set("this", exp.to_identifier(known[plain(table.name)], quoted=True))
        if schema:
            table.set("db", exp.to_identifier(schema, quoted=True))
        if not table.args.get("alias"):
            table.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
    return tree.sql(dialect="duckdb")


def _unknown_columns(place: str, name: str, part: Part) -> list[str]:
    columns, problems = tables()[name].columns, []
    for kind in ("columns", "constants", "values", "missing", "fill_down"):
        said: Iterable[str] = getattr(part, kind)
        problems += [
            f"  {place}.{kind}.{column} is not a column of {name}.{did_you_mean(column, columns)}"
            for column in said
            if column not in columns
        ]
    if part.unpivot:
        if name != "time_logs":
            problems.append(f"  {place}.unpivot: a sheet of people and days is of time_logs, not of {name}")
        kept = [
            column for column in part.unpivot.keep if column not in columns or column in ("log_id", "on", "minutes")
        ]
        problems += [f"  {place}.unpivot.keep.{column} is not a column that a row of it says" for column in kept]
    if part.calendar and name != "touchpoints":
        problems.append(f"  {place}.calendar: a calendar is of touchpoints, not of {name}")
    return problems


def _unknown_headers(headers: Mapping[str, Mapping[str, list[str]]]) -> list[str]:
    """A header means one column of a table, in params as in ``tables.yaml``."""
    problems = []
    for name, own in headers.items():
        if name not in tables():
            problems.append(f"  data.headers.{name} is not a table.{did_you_mean(name, tables())}")
            continue
        columns, meant = tables()[name].columns, dict[str, str]()
        for column, words in own.items():
            if column not in columns:
                near = did_you_mean(column, columns)
                problems.append(f"  data.headers.{name}.{column} is not a column of {name}.{near}")
                continue
            for word in words:
                other = column_named(tables()[name], word) or meant.setdefault(tight(word), column)
                if other != column:
                    problems.append(f"  data.headers.{name}.{column}: {word} means {other} already; one column each")
    return problems


def _not_a_select(place: str, sql: str) -> list[str]:
    try:
        statements = [tree for tree in sqlglot.parse(sql, dialect="duckdb") if tree]
    except SqlglotError as error:
        first: dict = next(iter(getattr(error, "errors", [])), {})
        where = f", line {first['line']}" if first.get("line") else ""
        return [f"  {place}.sql{where}: not SQL that can be read: {first.get('description') or error}"]
    if len(statements) != 1 or not isinstance(statements[0], QUERIES):
        return [f"  {place}.sql: one SELECT is wanted, nothing before or after it"]
    tree = statements[0]
    return [f"  {place}.sql: {what}" for what in dict.fromkeys(_refused(tree))]


def _refused(tree: exp.Expr) -> list[str]:
    """What a SELECT must not do: make a table, call a function as a table, ask for the machine's files or settings."""
    problems = []
    for node in tree.walk():
        if isinstance(node, exp.Into | exp.DML | exp.DDL | exp.Command) and not isinstance(node, exp.Query):
            problems.append("it may only read, not write")
        if isinstance(node, exp.Func) and _is_forbidden(_function(node)):
            problems.append(f"the function {_function(node)} may not be used")
        if isinstance(node, exp.CTE) and not _is_plain(node.alias):
            # Beyond its WITH the name would be the engine's to look up: a path, a table of its catalogue.
            problems.append(f"WITH {node.alias}: a name of letters, digits and _ is wanted, and none of the engine's")
        if isinstance(node, exp.Table):
            if not isinstance(node.this, exp.Identifier | exp.GenerateSeries):
                problems.append(f"{_function(node.this)} in FROM; only files of the data folder, by their name")
            elif node.db or node.catalog:
                problems.append(f"{node.db}.{node.name}: a file is named without a schema")
    return problems


def _is_plain(name: str) -> bool:
    return bool(re.fullmatch(r"\w+", name)) and not _is_forbidden(name.lower()) and not name.lower().startswith("pg_")


def _is_forbidden(function: str) -> bool:
    return any(function == name or (name.endswith("_") and function.startswith(name)) for name in FORBIDDEN)


def _function(node: exp.Expr) -> str:
    if isinstance(node, exp.Func) and not isinstance(node, exp.Anonymous):
        return node.sql_name().lower()
    return node.name.lower()


def _parsed(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, dialect="duckdb")


def _outer_tables(tree: exp.Expr) -> list[exp.Table]:
    """Tables that are not names of the query's own WITH."""
    own = {plain(cte.alias) for cte in tree.find_all(exp.CTE)}
    return [table for table in tree.find_all(exp.Table) if plain(table.name) not in own]
