"""What is wrong with the data, in all tables, told once and so that it can be mended?

Each table is asked in one aggregate query how often each rule is broken; only where a count is not zero does a
second query fetch the first rows. A rule is a line of SQL, as the reading of exports is, for the same embedded engine:
what is opened is checked there, before anything else is known of it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cskit.data.errorcells import ERRORS
from cskit.data.load import Loaded
from cskit.data.schema import Column
from cskit.data.session import identifier, literal
from cskit.data.totals import is_total
from cskit.errors import Fault

__all__ = ["Broken", "Rule", "count", "faults", "rows", "rules"]

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must hold in every row of a table.

    Parameters
    ----------
    column : str
        What the fault is told of.
    broken : str
        SQL of a condition: whether a row breaks it; one that is unknown does not.
    found : str
        SQL of a text: what stands there.
    wanted, mend : str
        The end of the sentence, and what to do.
    refers : str
        The table whose key the values should be.
    suspected : str or None
        For a key, whose rows are slow to look at: SQL of a count that is zero when it is surely not broken.
    alone : str
        A query for whether any row breaks it, for an engine that cannot ask such a thing among others; empty: it can.

    Examples
    --------
    Whether an empty cell is more than 9,000 is unknown, so it breaks no such rule.

    >>> import ibis
    >>> from cskit.data.schema import tables
    >>> export = ibis.memtable({"_part": 0, "_row": [2, 3, 4], "mrr": [100.5, None, 9999.5]})
    >>> contracts = ibis.duckdb.connect().create_table("contracts", export)
    >>> own = Loaded(tables()["contracts"], contracts, ("contracts.csv",), (), frozenset({"mrr"}))
    >>> vast = Rule("mrr", "mrr > 9000", "CAST(mrr AS VARCHAR)", "nobody pays so much.", "Look it up.")
    >>> print(*faults(own, count(own, (vast,))))
    column mrr, row 4: found 9999.5; nobody pays so much.
    """

    column: str
    broken: str
    found: str
    wanted: str
    mend: str
    warning: bool = False
    refers: str = ""
    suspected: str | None = None
    alone: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """How often each rule of a table is broken, part by part, and how many rows each part has.

    >>> strict = Rule("mrr", "mrr < 0", "CAST(mrr AS VARCHAR)", "mrr is 0 or more.", "Correct these cells.")
    >>> broken = Broken((strict, replace(strict, warning=True)), ({0: 3}, {0: 3}), {0: 120})
    >>> broken.errors
    [0]
    """

    rules: tuple[Rule, ...]
    counts: tuple[dict[int, int], ...]  # by rule: part -> rows
    rows: dict[int, int]

    @property
    def errors(self) -> list[int]:
        """Numbers of the broken rules that stop a run."""
        return [number for number, by in enumerate(self.counts) if by and not self.rules[number].warning]


def rules(loaded: Loaded, others: Mapping[str, Loaded], gone: Collection[str] = ()) -> tuple[Rule, ...]:
    """Every rule that a table must keep, given the other tables there are, and which of them rows were taken from.

    Returns
    -------
    tuple of Rule
        Of the columns that came, in the order of the schema; then of their order, of totals, and of the key.

    Examples
    --------
    >>> from ibis import table
    >>> from cskit.data.schema import tables
    >>> rows = table({"starts_on": "date", "ends_on": "date", "mrr": "float"}, name="contracts")
    >>> own = Loaded(tables()["contracts"], rows, ("contracts.csv",), (), frozenset(rows.columns))
    >>> for rule in rules(own, {}):
    ...     print(rule.column, "|", rule.wanted)
    starts_on | empty; every row needs a value: first day of the term.
    mrr | mrr is a number of at least 0.
    mrr | empty; every row needs a value: monthly recurring revenue of the term.
    ends_on | ends_on cannot lie before starts_on.
    """
    columns = [loaded.table.columns[name] for name in loaded.table.columns if name in loaded.present]
    found = [rule for column in columns for rule in _of_column(loaded, column)]
    found += [
        rule for column in columns if column.refers in others for rule in _reference(loaded, column, others, gone)
    ]
    found += [_order(loaded, *pair) for pair in loaded.table.order if loaded.present.issuperset(pair)]
    return (*found, *_after_the_end(loaded, others), *_totals(loaded), *_key(loaded))


def count(loaded: Loaded, checked: tuple[Rule, ...]) -> Broken:
    """Ask a table, in one query, how often each rule is broken.

    Whether a key is repeated shows in a count of distinct hashes; only where it may be, its rows are looked at.

    Examples
    --------
    Of three cancellations the last is of a customer who has left already: the last rule, of the key, is broken once.

    >>> import ibis
    >>> from cskit.data.schema import tables
    >>> export = ibis.memtable({"_part": 0, "_row": [2, 3, 4], "customer_id": ["A", "B", "A"]})
    >>> churns = ibis.duckdb.connect().create_table("churns", export)
    >>> own = Loaded(tables()["churns"], churns, ("churns.csv",), (), frozenset({"customer_id"}))
    >>> broken = count(own, rules(own, {}))
    >>> broken.counts, broken.rows
    (({}, {}, {0: 1}), {0: 3})
    """
    apart = _alone(loaded, checked) if loaded.warehouse else {}
    asked = ["_part", "count(*)"]
    asked += ["0" if number in apart else _often(rule) for number, rule in enumerate(checked)]
    answers = loaded.ask(f"SELECT {', '.join(asked)} FROM {loaded.scan} GROUP BY _part ORDER BY _part")
    counts = []
    for number, rule in enumerate(checked, start=2):
        by_part = {answer[0]: answer[number] for answer in answers if answer[number]}
        if number - 2 in apart:
            by_part = _by_part(loaded, rule) if apart[number - 2] else {}
        elif rule.suspected and (by_part or len(answers) > 1):  # a key may be repeated from part to part
            by_part = _by_part(loaded, rule)
        counts.append(by_part)
    return Broken(checked, tuple(counts), {answer[0]: answer[1] for answer in answers})


def rows(loaded: Loaded, broken: Broken, numbers: Iterable[int], first: int | None = SHOWN) -> list[dict[str, Any]]:
    """The rows that break rules, in one query: ``rule``, ``part``, ``row``, ``found``.

    Parameters
    ----------
    first : int or None
        Of each rule and part; None: all of them.

    Returns
    -------
    list of dict
        Ordered by rule, part and row; ``row`` as a spreadsheet counts, of a database the key.

    Examples
    --------
    >>> import ibis
    >>> from cskit.data.schema import tables
    >>> export = ibis.memtable({"_part": 0, "_row": [2, 3, 4], "customer_id": ["A", None, "合計"]})
    >>> churns = ibis.duckdb.connect().create_table("churns", export)
    >>> own = Loaded(tables()["churns"], churns, ("churns.csv",), (), frozenset({"customer_id"}))
    >>> broken = count(own, rules(own, {}))
    >>> rows(own, broken, broken.errors)
    [{'rule': 0, 'part': 0, 'row': 3, 'found': None}, {'rule': 1, 'part': 0, 'row': 4, 'found': '"合計"'}]
    """
    asked = []
    for number in numbers:
        hits = f"SELECT {number} AS rule, _part, _row, found FROM ({_hits(loaded, broken.rules[number])}) AS hits"
        if first is None:
            asked.append(hits)
        else:
            shown = [f"{hits} WHERE _part = {part} ORDER BY _row LIMIT {first}" for part in broken.counts[number]]
            asked += [f"SELECT * FROM ({own}) AS shown" for own in shown]
    if not asked:
        return []
    answers = loaded.ask(f"{' UNION ALL '.join(asked)} ORDER BY 1, 2, 3")
    return [dict(zip(("rule", "part", "row", "found"), answer, strict=True)) for answer in answers]


def faults(loaded: Loaded, broken: Broken) -> list[Fault]:
    """Every broken rule of a table with its first rows, part by part.

    >>> import ibis
    >>> from cskit.data.schema import tables
    >>> export = ibis.memtable({"_part": 0, "_row": [2, 3, 4], "customer_id": ["A", None, "合計"]})
    >>> churns = ibis.duckdb.connect().create_table("churns", export)
    >>> own = Loaded(tables()["churns"], churns, ("churns.csv",), (), frozenset({"customer_id"}))
    >>> for fault in faults(own, count(own, rules(own, {}))):
    ...     print(fault)
    column customer_id, row 3: empty; every row needs a value: who left.
    column customer_id, row 4: found "合計"; this looks like a line of totals, which is no row of the table.
    """
    numbers = [number for number, by in enumerate(broken.counts) if by]
    shown = rows(loaded, broken, numbers)
    told = []
    for number in numbers:
        rule = broken.rules[number]
        for part, often in broken.counts[number].items():
            own = [row for row in shown if row["rule"] == number and row["part"] == part]
            found = list(dict.fromkeys(row["found"] for row in own if row["found"] is not None))
            what = f"found {_listed(found)}; {rule.wanted}" if found else rule.wanted
            at = tuple(row["row"] for row in own)
            column = loaded.as_written(part, rule.column)
            fault = Fault(loaded.table.name, loaded.labels[part], what, rule.mend, column, at, often, rule.warning)
            if rule.refers:
                fault = replace(fault, kind="reference", values={"refers": rule.refers, "found": _listed(found)})
            told.append(fault)
    return told


def _of_column(loaded: Loaded, column: Column) -> list[Rule]:
    """Its values can be read and lie within their range; a required one is there in every row."""
    table, value, bad = loaded.table.name, identifier(column.name), _bad(loaded, column.name)
    wrong = [f"{bad} IS NOT NULL"] if bad else []
    wrong += [f"{value} < {column.min}"] if column.min is not None else []
    wrong += [f"{value} > {column.max}"] if column.max is not None else []
    found = []
    if wrong:
        mend = (
            f"Correct these cells, or map what they say: data.mapping.{table}, values or missing; see docs/mapping.md."
        )
        wanted = f"{column.name} is {column.wanted}."
        found.append(Rule(column.name, " OR ".join(wrong), _said(loaded, column), wanted, mend))
    if column.name in loaded.marked:
        failed = f"{value} IN ({', '.join(map(literal, ERRORS))})"
        wanted = "a formula failed there, so the cell holds no text."
        mend = f"Mend the formula, or say that it means not known: data.mapping.{table}, missing; see docs/mapping.md."
        found.append(Rule(column.name, failed, _quoted(value), wanted, mend))
    if column.required:
        empty = f"{value} IS NULL AND {bad} IS NULL" if bad else f"{value} IS NULL"
        wanted = f"empty; every row needs a value: {column.about}."
        found.append(Rule(column.name, empty, "CAST(NULL AS VARCHAR)", wanted, "Fill in these cells."))
    return found


def _reference(loaded: Loaded, column: Column, others: Mapping[str, Loaded], gone: Collection[str]) -> list[Rule]:
    """A value must be the key of the table it refers to."""
    other = others[column.refers]
    (key,) = other.table.key
    if key not in other.present:
        return []
    wanted = f"{column.refers} has no such {key}."
    if column.refers in gone and column.unknown == "error":
        wanted = f"its row in {column.refers} was set aside."
    mend = f"Add the missing rows to {', '.join(other.labels)}, or correct these cells."
    if column.unknown == "warning":
        mend = f"Normal in real exports; these rows count as of an unknown {column.refers.removesuffix('s')}."
    value, theirs = identifier(column.name), identifier(key)
    keys = f"SELECT other.{theirs} FROM {other.scan} AS other WHERE other.{theirs} IS NOT NULL"
    unknown = f"{value} IS NOT NULL AND {value} NOT IN ({keys})"
    strangers = f"SELECT {value} FROM {loaded.scan} WHERE {value} IS NOT NULL EXCEPT {keys}"
    if loaded.warehouse:  # a planner may look up NOT IN and NOT EXISTS row by row; sets it never does
        unknown = f"{value} IN ({strangers})"
    alone = f"SELECT 1 FROM ({strangers}) AS strangers LIMIT 1"
    warning = column.unknown == "warning"
    return [Rule(column.name, unknown, _quoted(value), wanted, mend, warning, column.refers, alone=alone)]


def _order(loaded: Loaded, first: str, later: str) -> Rule:
    """A pair of dates must not be the wrong way round."""
    one, two = identifier(first), identifier(later)
    wanted = f"{later} cannot lie before {first}."
    found = f"CAST({two} AS VARCHAR) || {literal(f' before {first} ')} || CAST({one} AS VARCHAR)"
    return Rule(later, f"{two} < {one}", found, wanted, "Correct one of the two dates.")


def _after_the_end(loaded: Loaded, others: Mapping[str, Loaded]) -> list[Rule]:
    """A paid term that begins after its customer left: renewed by nobody, or the customer came back."""
    left = others.get("churns")
    if loaded.table.name != "contracts" or left is None:
        return []
    late = (
        f"SELECT own.contract_id FROM {loaded.scan} AS own JOIN {left.scan} AS gone "
        "ON own.customer_id = gone.customer_id WHERE own.starts_on > gone.effective_on "
        "AND (own.kind IS NULL OR own.kind = 'paid')"
    )
    wanted = "the term begins after its customer left, so it counts for nothing."
    mend = "Take the term out; or, where the customer came back, its row out of churns."
    alone = f"SELECT 1 FROM ({late}) AS late LIMIT 1"
    broken = f"contract_id IN ({late})"
    return [Rule("starts_on", broken, "CAST(starts_on AS VARCHAR)", wanted, mend, warning=True, alone=alone)]


def _totals(loaded: Loaded) -> list[Rule]:
    """A line of totals is no row: counted as one it would double every sum; nor are the column names, told again."""
    keys = [name for name in loaded.table.key if loaded.table.columns[name].type == "text" and name in loaded.present]
    if not keys:
        return []
    value, column = identifier(keys[0]), loaded.table.columns[keys[0]]
    wanted = "this looks like a line of totals, which is no row of the table."
    mend = f"Take the line out of the export, or say in params: data.mapping.{loaded.table.name}, totals: drop."
    found = [Rule(column.name, is_total(value), _quoted(value), wanted, mend)]
    if named := {own[column.name] for own in loaded.headers if column.name in own}:
        header = f"{value} IN ({', '.join(map(literal, sorted(named)))})"
        again = "the column names stand here again."
        found.append(Rule(column.name, header, _quoted(value), again, "Take the line out of the export."))
    return found


def _key(loaded: Loaded) -> list[Rule]:
    """No two rows may share a key; the first of them stands, the others break the rule."""
    table = loaded.table
    needed = [name for name in table.key if table.columns[name].required]
    if not loaded.present.issuperset(needed):
        return []
    whole = [f"{identifier(name)} IS NOT NULL" for name in needed]
    whole += [f"{bad} IS NULL" for name in table.key if name not in needed and (bad := _bad(loaded, name))]
    named, key = " AND ".join(whole), ", ".join(map(identifier, table.key))
    suspected = f"count(*) FILTER (WHERE {named}) - count(DISTINCT hash({key})) FILTER (WHERE {named})"
    earlier = f"row_number() OVER (PARTITION BY {key} ORDER BY _part, _row) > 1"
    cells = [f"coalesce(CAST({identifier(name)} AS VARCHAR), '')" for name in table.key]
    found = "'\"' || " + " || ', ' || ".join(cells) + " || '\"'"
    if len(loaded.labels) > 1:  # which file has it first
        first = f"min(_part) OVER (PARTITION BY {key})"
        labels = " ".join(f"WHEN {part} THEN {literal(f', as in {own}')}" for part, own in enumerate(loaded.labels))
        found += f" || CASE WHEN {first} = _part THEN '' ELSE CASE {first} {labels} END END"
    label = " + ".join(table.key)
    wanted = f"{label} names one row, and an earlier row has it already."
    mend = "Remove the repeated rows, or give each a name of its own."
    alone = f"SELECT 1 FROM {loaded.scan} WHERE {named} GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
    return [Rule(label, f"{named} AND {earlier}", found, wanted, mend, suspected=suspected, alone=alone)]


def _by_part(loaded: Loaded, rule: Rule) -> dict[int, int]:
    """Rows that break a rule, part by part, for a rule that looks beyond its row."""
    hits = f"SELECT _part, count(*) FROM ({_hits(loaded, rule)}) AS hits GROUP BY _part ORDER BY _part"
    return dict(loaded.ask(hits))


def _alone(loaded: Loaded, checked: tuple[Rule, ...]) -> dict[int, bool]:
    """The rules that are asked apart from the others, in one query, and whether any row breaks each."""
    numbers = [number for number, rule in enumerate(checked) if rule.alone]
    asked = [f"SELECT {number} AS rule FROM ({checked[number].alone}) AS alone" for number in numbers]
    broken = {row[0] for row in loaded.ask(" UNION ALL ".join(asked))} if asked else set()
    return {number: number in broken for number in numbers}


def _often(rule: Rule) -> str:
    return rule.suspected or f"count(*) FILTER (WHERE {rule.broken})"


def _hits(loaded: Loaded, rule: Rule) -> str:
    """Every row that breaks a rule, with what stands there."""
    if not rule.suspected:
        return f"SELECT _part, _row, {rule.found} AS found FROM {loaded.scan} AS own WHERE {rule.broken}"
    marked = f"SELECT _part, _row, {rule.broken} AS hit, {rule.found} AS found FROM {loaded.scan}"
    return f"SELECT _part, _row, found FROM ({marked}) AS marked WHERE hit"


def _bad(loaded: Loaded, column: str) -> str:
    """The column that holds what did not parse of another; empty where all of it is taken as it is."""
    name = f"_bad_{column}"
    return identifier(name) if name in loaded.rows.columns else ""


def _said(loaded: Loaded, column: Column) -> str:
    """A number out of range as it is, a text that does not parse between quotes."""
    value, bad = f"regexp_replace(CAST({identifier(column.name)} AS VARCHAR), '\\.0$', '')", _bad(loaded, column.name)
    return f"coalesce({_quoted(bad)}, {value})" if bad else value


def _quoted(value: str) -> str:
    return f"'\"' || CAST({value} AS VARCHAR) || '\"'"


def _listed(found: list[str]) -> str:
    short = [text if len(text) <= 60 else f'{text[:57]}..."' for text in found]
    return short[0] if len(short) == 1 else f"{', '.join(short[:-1])} and {short[-1]}"
