"""Which header of an export is which column, and which columns are missing, doubled or unknown?"""

from dataclasses import dataclass, field

from cskit.data.schema import Column, Table, column_named, plain
from cskit.data.session import identifier, literal
from cskit.data.sources import Raw
from cskit.errors import Fault, did_you_mean
from cskit.settings import Part

__all__ = ["Match", "constant", "match"]


@dataclass(frozen=True, slots=True)
class Match:
    """Where the columns of a table stand in one export.

    Parameters
    ----------
    columns : dict of str to (str, str)
        Ours, to the SQL and the DuckDB type of theirs.
    headers : dict of str to str
        Ours, to the header it stands under in the export.
    clean : frozenset of str
        Ours, of whose texts none has outer spaces or is empty.
    exact : frozenset of str
        Ours, whose texts are all as the schema allows them, to the letter.

    Examples
    --------
    >>> from cskit.data.schema import tables
    >>> raw = Raw("解約.csv", ("顧客ID", "退会日"), (("c0", "VARCHAR"), ("c1", "VARCHAR")), "files.churns")
    >>> found, _ = match(tables()["churns"], raw, Part(file="解約.csv", constants={"reason": "予算"}))
    >>> found.headers
    {'customer_id': '顧客ID', 'effective_on': '退会日'}
    >>> found.columns["effective_on"], found.columns["reason"]
    (('"c1"', 'VARCHAR'), ("'予算'", 'VARCHAR'))
    """

    raw: Raw
    columns: dict[str, tuple[str, str]]
    part: Part | None = None
    headers: dict[str, str] = field(default_factory=dict)
    clean: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()


def match(table: Table, raw: Raw, part: Part | None = None) -> tuple[Match, list[Fault]]:
    """Find each column of a table among the headers, by name, Japanese name or params.

    Returns
    -------
    Match
        What was found, the first of two headers of one column.
    list of Fault
        Columns that are missing, doubled or merged, and as a warning headers that are no column.

    Examples
    --------
    >>> from cskit.data.schema import tables
    >>> raw = Raw("churns.csv", ("customer_id", "effectiv_on"), (("c0", "VARCHAR"), ("c1", "VARCHAR")), "files.churns")
    >>> print(*match(tables()["churns"], raw)[1])
    column effective_on: it is missing. Found: customer_id, effectiv_on. Did you mean effectiv_on by it?
    """
    named, faults = _named(table, raw, part)
    constants = part.constants if part else {}
    found = dict(named)
    asked = {number for at in named.values() for number in at}
    for number, header in enumerate(raw.headers):
        column = column_named(table, header)
        if column and number not in asked and column not in constants and column not in named:
            found.setdefault(column, []).append(number)
    extra = [name for number, name in enumerate(raw.headers) if name and all(number not in at for at in found.values())]
    missing = [own for own in table.columns.values() if own.required and own.name not in {*found, *constants}]
    faults += [_doubled(table, raw, column, at) for column, at in found.items() if len(at) > 1]
    faults += [_missing(table, column, raw, extra) for column in missing]
    if extra and not part and not missing:
        faults.append(_extra(table, extra, raw, found))
    columns = {column: (identifier(raw.columns[at[0]][0]), raw.columns[at[0]][1]) for column, at in found.items() if at}
    faults += _merged(table, raw, {name: at[0] for name, at in found.items() if at}, part)
    columns |= {column: (literal(constant(value)), "VARCHAR") for column, value in constants.items()}
    headers = {column: raw.headers[at[0]].strip() for column, at in found.items() if at}
    return Match(raw, columns, part, headers), faults


def _named(table: Table, raw: Raw, part: Part | None) -> tuple[dict[str, list[int]], list[Fault]]:
    """The columns that params name the header of."""
    found, faults = {}, []
    for column, header in (part.columns if part else {}).items():
        found[column] = [number for number, own in enumerate(raw.headers) if plain(own) == plain(header)]
        if not found[column]:
            what = f"there is no header {header}, which params name for it.{did_you_mean(header, raw.headers)}"
            faults.append(Fault(table.name, raw.label, what, _found(raw), column))
    return found, faults


def _merged(table: Table, raw: Raw, at: dict[str, int], part: Part | None) -> list[Fault]:
    """A value merged over several cells stands in the first of them only; whether it holds for all is not guessed."""
    fill = part.fill_down if part else []
    faults = []
    for top, left, end, right in raw.merged:
        own = [name for name, column in at.items() if left <= column <= right and (end == top or name not in fill)]
        if own and (end > top or len(own) > 1):
            what = f"one cell is merged over {', '.join(own)} in rows {top} to {end}."
            if len(own) == 1:
                what = f"one cell is merged over rows {top} to {end}."
            mend = (
                f"Unmerge it in Excel; or, if it holds for each row, data.mapping.{table.name}, fill_down: [{own[0]}]"
            )
            faults.append(Fault(table.name, raw.label, what, mend, own[0], (top,), 1))
    return faults


def _doubled(table: Table, raw: Raw, column: str, at: list[int]) -> Fault:
    what = f"it stands under {len(at)} headers: {', '.join(raw.headers[number] for number in at)}."
    return Fault(
        table.name,
        raw.label,
        what,
        "Keep one of them, or say which in params: "
        f"data.mapping.{table.name}: {{file: {raw.label.split(',')[0]}, columns: {{{column}: {raw.headers[at[0]]}}}}}",
        column,
    )


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


def constant(value: object) -> str:
    """A value that params give to every row, as a cell would say it.

    >>> [constant(value) for value in (True, 12, "high_touch")]
    ['true', '12', 'high_touch']
    """
    return str(value).lower() if isinstance(value, bool) else str(value)
