"""How is an export typed? The SQL that reads one table from its parts."""

from cskit.data.headers import Match
from cskit.data.parse import SQL_TYPES, Cell, cell, clean, is_native, normal
from cskit.data.schema import Column, Table
from cskit.data.session import identifier, literal
from cskit.data.sources import Raw
from cskit.settings import Part

__all__ = ["is_told", "typed"]


def typed(table: Table, matches: list[Match], timezone: str, currency: str, rare: bool) -> str:
    """A SELECT of all columns of a table, from all its parts.

    Beside them stand ``_part`` and ``_row``, which tell where a row stood, and for each column that is parsed
    ``_bad_<column>``: the text that did not.

    Parameters
    ----------
    timezone : str
        In which times with a zone are written down.
    currency : str
        Whose signs an amount of money may carry.
    rare : bool
        As :func:`cskit.data.parse.cell` has it.

    Examples
    --------
    >>> import duckdb
    >>> from cskit.data.headers import match
    >>> from cskit.data.schema import tables
    >>> scan = "(VALUES ('C1', '2023/4/1'), ('C2', '未定'))"
    >>> raw = Raw("解約.csv", ("顧客ID", "解約日"), (("col0", "VARCHAR"), ("col1", "VARCHAR")), scan, text=True)
    >>> sql = typed(tables()["churns"], [match(tables()["churns"], raw)[0]], "Asia/Tokyo", "JPY", rare=True)
    >>> duckdb.sql(f"SELECT _row, customer_id, effective_on, _bad_effective_on FROM ({sql})").fetchall()
    [(2, 'C1', datetime.date(2023, 4, 1), None), (3, 'C2', None, '未定')]
    """
    parsed = {
        name
        for match in matches
        for name, (_, kind) in match.columns.items()
        if name not in match.exact
        and cell(table.columns[name], "x", _kind(table.columns[name], kind, match.part), timezone).bad
    }
    parts = [_select(table, match, number, parsed, timezone, currency, rare) for number, match in enumerate(matches)]
    return " UNION ALL ".join(parts)


def _select(table: Table, match: Match, number: int, parsed: set[str], timezone: str, currency: str, rare: bool) -> str:
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
        source = _source(column, *match.columns[column.name], match.part, column.name in match.clean)
        cleaned.append(f"{source} AS _c{place}")
        exact = column.name in match.exact
        parse = kind == "VARCHAR" and not exact and (column.type != "text" or column.allowed)
        plained += [f"{normal(f'_c{place}')} AS _p{place}"] if parse else []
        text = f"_p{place}" if parse else f"_c{place}"
        made = Cell(text) if exact else cell(column, text, kind, timezone, currency, match.raw.epoch, rare)
        outer.append(f"{made.value} AS {name}")
        if made.bad:
            outer.append(f"{f'_c{place}' if parse else made.bad} AS _b{place}")
            bad = f"CASE WHEN {name} IS NULL THEN _b{place} END AS {identifier('_bad_' + column.name)}"
        beside += [bad] if column.name in parsed else []
    scan = f"SELECT {match.raw.row} AS _row, * FROM {match.raw.scan}"
    rows = f"SELECT {', '.join(cleaned)} FROM ({scan}) {_not_blank(match.raw)}"
    typed = f"SELECT {', '.join(outer)} FROM (SELECT {', '.join(plained)} FROM ({rows}))"
    return f"SELECT {', '.join(['_part', '_row', *map(identifier, table.columns), *beside])} FROM ({typed})"


def _source(column: Column, source: str, kind: str, part: Part | None, is_clean: bool) -> str:
    """A cell as :func:`cell` wants it, after what params say of missing texts and values."""
    if _kind(column, kind, part) != "VARCHAR":
        return source
    text = source if kind == "VARCHAR" else f"CAST({source} AS VARCHAR)"
    text = text if is_clean else clean(text)
    if part and column.name in part.fill_down:  # a value merged over several rows stands in the first of them
        text = f"last_value({text} IGNORE NULLS) OVER (ORDER BY _row)"
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
    return kind if kind != "VARCHAR" and not is_told(column, part) and is_native(column, kind) else "VARCHAR"


def is_told(column: Column, part: Part | None) -> bool:
    """Whether params say what texts of a column stand for.

    >>> from cskit.data.schema import tables
    >>> columns, part = tables()["nps_responses"].columns, Part(file="回答.csv", missing={"score": ["無回答"]})
    >>> is_told(columns["score"], part), is_told(columns["comment"], part), is_told(columns["score"], None)
    (True, False, False)
    """
    return part is not None and any(column.name in own for own in (part.missing, part.values, part.fill_down))


def _not_blank(raw: Raw) -> str:
    """Spreadsheets leave rows of nothing at the end; they are no rows."""
    return f"WHERE coalesce({', '.join(name for name, _ in raw.columns)}) IS NOT NULL" if raw.text else ""
