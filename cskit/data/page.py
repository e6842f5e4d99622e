"""The documentation page of the tables: ``python -m cskit.data.page > docs/tables.md``."""

import sys

from cskit.data.schema import Column, Table, tables

__all__ = ["page"]

HEAD = """# The tables

Made from `cskit/data/tables.yaml` by `python -m cskit.data.page > docs/tables.md`; do not edit it here.

No table is required by all. Each analysis says what is missing and what it would add. A file, a sheet or a database
table is found by its name, English or Japanese; so is a column. Files are CSV (UTF-8 or cp932), TSV, Parquet or Excel,
or one `.duckdb` file. `cskit template DIR` writes an empty workbook with all of them. An export that is named
otherwise is mapped in params: [mapping.md](mapping.md).

**required**: the column must be there, and hold a value in every row. **key**: together these columns name a row.
**event**: a date that happened, not known before that day. **now**: known only as of the day of the export.
"""


def page() -> str:
    """All tables as Markdown.

    >>> print(next(line for line in page().splitlines() if line.startswith("| `score`")))
    | `score` | 推奨度, スコア, ... | a whole number from 0 to 10, points | likelihood to recommend; empty: ... |
    """
    lines = [HEAD, "| table | one row is | it adds |", "|---|---|---|"]
    lines += [f"| [{t.name}](#{t.name}) {t.ja} | {_safe(t.about)} | {_safe(t.adds)} |" for t in tables().values()]
    return "\n".join([*lines, "", *(_table(table) for table in tables().values())])


def _table(table: Table) -> str:
    order = "; ".join(f"{first} ≤ {later}" for first, later in table.order)
    facts = [f"Key: {', '.join(table.key)}.", f"Known from: {table.known_on}."] + (
        [f"In order: {order}."] if order else []
    )
    lines = [f"## {table.name}", "", f"{table.ja}. One row is {table.about}. {' '.join(facts)}", ""]
    lines += ["| column | headers read | holds | meaning |", "|---|---|---|---|"]
    lines += [_row(table, column) for column in table.columns.values()]
    return "\n".join([*lines, ""])


def _row(table: Table, column: Column) -> str:
    marks = ["key"] if column.name in table.key else []
    marks += [word for word in ("required", "event", "now") if getattr(column, word)]
    holds = [column.wanted + (f", {column.unit}" if column.unit else "")]
    if column.refers:
        holds.append(
            f"refers to {column.refers}" + (" (unknown ones are counted)" if column.unknown == "warning" else "")
        )
    if column.known_with:
        holds.append(f"known with {column.known_with}")
    marked = f" ({', '.join(marks)})" if marks else ""
    read = ", ".join((*column.ja, *column.en))
    return f"| `{column.name}`{marked} | {read} | {_safe('; '.join(holds))} | {_safe(column.about)} |"


def _safe(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(page())
