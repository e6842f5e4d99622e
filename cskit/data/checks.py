"""What is wrong with the data, in all tables, told once and so that it can be mended?

Each table is asked in one aggregate query how often each rule is broken; only where a count is not zero does a
second query fetch the first rows. Both are Ibis expressions, so that they run wherever the tables are.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.types as ir

from cskit.data.load import Loaded
from cskit.data.schema import Column
from cskit.errors import Fault

__all__ = ["Broken", "Rule", "count", "faults", "rows", "rules"]

SHOWN = 5
TOTALS = ("合計", "総計", "小計", "計", "total", "grand total", "subtotal", "sum")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must hold in every row of a table.

    Parameters
    ----------
    column : str
        What the fault is told of.
    broken : function to ibis boolean
        Whether a row breaks it.
    found : function to ibis string
        What stands there; built only when it is asked for.
    wanted, mend : str
        The end of the sentence, and what to do.
    refers : str
        The table whose key the values should be.
    suspected : ibis integer or None
        For a key, whose rows are slow to look at: zero when it is surely not broken.
    """

    column: str
    broken: Callable[[], ir.BooleanValue]
    found: Callable[[], ir.StringValue]
    wanted: str
    mend: str
    warning: bool = False
    refers: str = ""
    suspected: ir.IntegerValue | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """How often each rule of a table is broken, part by part, and how many rows each part has."""

    rules: tuple[Rule, ...]
    counts: tuple[dict[int, int], ...]  # by rule: part -> rows
    rows: dict[int, int]

    @property
    def errors(self) -> list[int]:
        """Numbers of the broken rules that stop a run."""
        return [number for number, by in enumerate(self.counts) if by and not self.rules[number].warning]


def rules(loaded: Loaded, others: Mapping[str, Loaded], gone: Collection[str] = ()) -> tuple[Rule, ...]:
    """Every rule that a table must keep, given the other tables there are, and which of them rows were taken from."""
    columns = [loaded.table.columns[name] for name in loaded.table.columns if name in loaded.present]
    found = [rule for column in columns for rule in _of_column(loaded, column)]
    found += [
        rule for column in columns if column.refers in others for rule in _reference(loaded, column, others, gone)
    ]
    found += [_order(loaded, *pair) for pair in loaded.table.order if loaded.present.issuperset(pair)]
    return (*found, *_totals(loaded), *_key(loaded))


def count(loaded: Loaded, checked: tuple[Rule, ...]) -> Broken:
    """Ask a table, in one query, how often each rule is broken.

    Whether a key is repeated shows in a count of distinct hashes; only where it may be, its rows are looked at.
    """
    rows = loaded.rows
    asked = {
        f"r{n}": rule.suspected if rule.suspected is not None else rows.count(where=rule.broken())
        for n, rule in enumerate(checked)
    }
    answers = rows.aggregate(by=["_part"], rows=rows.count(), **asked).to_pyarrow().to_pylist()
    counts = []
    for number, rule in enumerate(checked):
        by_part = {int(answer["_part"]): int(answer[f"r{number}"]) for answer in answers if answer[f"r{number}"]}
        if rule.suspected is not None and (by_part or len(answers) > 1):  # a key may be repeated from part to part
            by_part = _by_part(rows, rule)
        counts.append(by_part)
    return Broken(checked, tuple(counts), {int(answer["_part"]): int(answer["rows"]) for answer in answers})


def rows(loaded: Loaded, broken: Broken, numbers: Iterable[int], first: int | None = SHOWN) -> list[dict]:
    """The rows that break rules, in one query: ``rule``, ``part``, ``row``, ``found``.

    Parameters
    ----------
    first : int or None
        Of each rule and part; None: all of them.
    """
    asked = []
    for number in numbers:
        rule = broken.rules[number]
        marked = loaded.rows.select("_part", "_row", hit=rule.broken(), found=rule.found())
        hits = marked.filter(marked.hit).select(rule=ibis.literal(number), part="_part", row="_row", found="found")
        parts = broken.counts[number] if first else [None]
        for part in parts:
            own = hits if part is None else hits.filter(hits.part == part)
            asked.append(own if first is None else own.order_by("row").limit(first))
    if not asked:
        return []
    query = reduce(lambda one, two: one.union(two), asked)
    return query.order_by("rule", "part", "row").to_pyarrow().to_pylist()


def faults(loaded: Loaded, broken: Broken) -> list[Fault]:
    """Every broken rule of a table with its first rows, part by part."""
    numbers = [number for number, by in enumerate(broken.counts) if by]
    shown = rows(loaded, broken, numbers)
    told = []
    for number in numbers:
        rule = broken.rules[number]
        for part, often in broken.counts[number].items():
            own = [row for row in shown if row["rule"] == number and row["part"] == part]
            found = list(dict.fromkeys(row["found"] for row in own if row["found"] is not None))
            what = f"found {_listed(found)}; {rule.wanted}" if found else rule.wanted
            at = tuple(int(row["row"]) for row in own)
            column = loaded.as_written(part, rule.column)
            fault = Fault(loaded.table.name, loaded.labels[part], what, rule.mend, column, at, often, rule.warning)
            if rule.refers:
                fault = replace(fault, kind="reference", values={"refers": rule.refers, "found": _listed(found)})
            told.append(fault)
    return told


def _of_column(loaded: Loaded, column: Column) -> list[Rule]:
    """Its values can be read and lie within their range; a required one is there in every row."""
    rows, table = loaded.rows, loaded.table.name
    value, bad = rows[column.name], _bad(rows, column.name)
    wrong = [test for test in (bad, *_outside(value, column)) if test is not None]
    found = []
    if wrong:
        mend = (
            f"Correct these cells, or map what they say: data.mapping.{table}, values or missing; see docs/mapping.md."
        )
        wanted = f"{column.name} is {column.wanted}."
        found.append(Rule(column.name, lambda: reduce(or_, wrong), lambda: _said(rows, column), wanted, mend))
    if column.required:
        empty = value.isnull() if bad is None else value.isnull() & ~bad
        wanted = f"empty; every row needs a value: {column.about}."
        found.append(Rule(column.name, lambda: empty, lambda: ibis.null("string"), wanted, "Fill in these cells."))
    return found


def _outside(value: ir.Value, column: Column) -> list[ir.BooleanValue]:
    low = [value < column.min] if column.min is not None else []
    return [*low, *([value > column.max] if column.max is not None else [])]


def _reference(loaded: Loaded, column: Column, others: Mapping[str, Loaded], gone: Collection[str]) -> list[Rule]:
    """A value must be the key of the table it refers to."""
    other = others[column.refers]
    (key,) = other.table.key
    if key not in other.present:
        return []
    value = loaded.rows[column.name]
    wanted = f"{column.refers} has no such {key}."
    if column.refers in gone and column.unknown == "error":
        wanted = f"its row in {column.refers} was set aside."
    mend = f"Add the missing rows to {', '.join(other.labels)}, or correct these cells."
    if column.unknown == "warning":
        mend = f"Normal in real exports; these rows count as of an unknown {column.refers.removesuffix('s')}."

    def unknown() -> ir.BooleanValue:
        keys = other.rows.filter(other.rows[key].notnull())[key]
        return value.notnull() & ~value.isin(keys)

    normal = column.unknown == "warning"
    return [Rule(column.name, unknown, lambda: _quoted(value), wanted, mend, normal, column.refers)]


def _order(loaded: Loaded, first: str, later: str) -> Rule:
    """A pair of dates must not be the wrong way round."""
    one, two = loaded.rows[first], loaded.rows[later]
    wanted = f"{later} cannot lie before {first}."
    return Rule(
        later,
        lambda: two < one,
        lambda: two.cast("string") + f" before {first} " + one.cast("string"),
        wanted,
        "Correct one of the two dates.",
    )


def _totals(loaded: Loaded) -> list[Rule]:
    """A line of totals is no row: counted as one it would double every sum."""
    keys = [name for name in loaded.table.key if loaded.table.columns[name].type == "text" and name in loaded.present]
    if not keys:
        return []
    value = loaded.rows[keys[0]]
    wanted = "this looks like a line of totals, which is no row of the table."
    mend = "Take the line out of the export."
    return [
        Rule(keys[0], lambda: value.strip().lower().isin(TOTALS).fill_null(False), lambda: _quoted(value), wanted, mend)
    ]


def _key(loaded: Loaded) -> list[Rule]:
    """No two rows may share a key; the first of them stands, the others break the rule."""
    table, rows = loaded.table, loaded.rows
    needed = [name for name in table.key if table.columns[name].required]
    if not loaded.present.issuperset(needed):
        return []
    whole = [rows[name].notnull() for name in needed]
    whole += [~bad for name in table.key if name not in needed and (bad := _bad(rows, name)) is not None]
    named = reduce(and_, whole)
    key = [rows[name] for name in table.key]
    distinct = key[0] if len(key) == 1 else ibis.struct({name: rows[name] for name in table.key})
    suspected = rows.count(where=named) - distinct.hash().nunique(where=named)

    def repeated() -> ir.BooleanValue:
        window = ibis.window(group_by=key, order_by=[rows._part, rows._row])
        return named & (ibis.row_number().over(window) > 0)

    def found() -> ir.StringValue:
        cells = [value.cast("string").fill_null("") for value in key]
        return '"' + reduce(lambda one, two: one + ", " + two, cells) + '"'

    label = " + ".join(table.key)
    wanted = f"{label} names one row, and an earlier row has it already."
    mend = "Remove the repeated rows, or give each a name of its own."
    return [Rule(label, repeated, found, wanted, mend, suspected=suspected)]


def _by_part(rows: ir.Table, rule: Rule) -> dict[int, int]:
    """Rows that break a rule, part by part, for a rule that looks beyond its row."""
    marked = rows.select("_part", hit=rule.broken())
    hits = marked.filter(marked.hit).group_by("_part").agg(n=lambda t: t.count())
    return {int(answer["_part"]): int(answer["n"]) for answer in hits.to_pyarrow().to_pylist()}


def _bad(rows: ir.Table, column: str) -> ir.BooleanValue | None:
    name = f"_bad_{column}"
    return rows[name].notnull() if name in rows.columns else None


def _said(rows: ir.Table, column: Column) -> ir.StringValue:
    """A number out of range as it is, a text that does not parse between quotes."""
    value = rows[column.name].cast("string").re_replace(r"\.0$", "")
    name = f"_bad_{column.name}"
    return ibis.coalesce(_quoted(rows[name]), value) if name in rows.columns else value


def _quoted(value: ir.Value) -> ir.StringValue:
    return '"' + value.cast("string") + '"'


def _listed(found: list[str]) -> str:
    short = [text if len(text) <= 60 else f'{text[:57]}..."' for text in found]
    return short[0] if len(short) == 1 else f"{', '.join(short[:-1])} and {short[-1]}"
