"""Which header may be which column of a table, how sure, and why?

A name of the dictionary is sure unless the values speak against it. A name that is only near needs values that speak
for it, and no other column that is as near. Values alone are sure only where they join to another file's key.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cskit.data.importing.names import is_id
from cskit.data.importing.profile import Seen
from cskit.data.schema import Column, Table, plain

__all__ = ["Guess", "Keys", "Near", "columns", "grade", "told"]

SURE, LIKELY, TOLD = 0.85, 0.6, 0.3
NEAR = 0.8  # from here a name that is only near can be sure, with values that speak for it
JOINS = 0.95  # of different values that must be keys of the other file
CODE = re.compile(r"[A-Za-z]{0,6}[-_]?\d[\w-]*")
FEW = 5  # with fewer different values, that they fit says little
Keys = Mapping[str, frozenset[str]]
Near = Callable[[str], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Guess:
    """A header taken for a column: from 0 to 1, and in words why.

    Parameters
    ----------
    column : str
        Of ours.
    unread : tuple of str
        Values that are not ours, where the column allows some only.

    Examples
    --------
    >>> Guess("reason", Seen("区分", 3, 3, 2, {}, None, None, ("A", "B"), True), 0.7, ("a name alike",)).grade
    'likely'
    """

    column: str
    seen: Seen
    confidence: float
    why: tuple[str, ...]
    unread: tuple[str, ...] = field(default=())

    @property
    def grade(self) -> str:
        return grade(self.confidence)


def grade(confidence: float) -> str:
    """In a word.

    >>> grade(0.98), grade(0.7), grade(0.4)
    ('sure', 'likely', 'unsure')
    """
    return "sure" if confidence >= SURE else "likely" if confidence >= LIKELY else "unsure"


def columns(table: Table, seen: Sequence[Seen], keys: Keys, near: Near) -> list[Guess]:
    """The best guess for each header that has one; no column and no header twice.

    Parameters
    ----------
    keys : mapping of str to frozenset of str
        Of tables that others refer to: the keys found.
    near : callable
        How near a header is to each column, as :func:`cskit.data.importing.names.near_column` says.

    Returns
    -------
    list of Guess
        In the order of the table's columns.

    Examples
    --------
    A name that is ours is sure only where the values do not speak against it:

    >>> from cskit.data.schema import tables
    >>> seen = [Seen("顧客ID", 2, 2, 2, {"date": 0.0}, None, None, ("C1", "C2"), True),
    ...         Seen("解約日", 2, 2, 2, {"date": 0.5}, None, None, ("2023-04-01", "未定"), True)]
    >>> near = {"顧客ID": {"customer_id": 1.0}, "解約日": {"effective_on": 1.0}}.__getitem__
    >>> for guess in columns(tables()["churns"], seen, {}, near):
    ...     print(guess.column, guess.grade, guess.why)
    customer_id sure ('its header is one of ours', 'it names each row')
    effective_on unsure ('its header is one of ours', '50% of its cells read as a date such as 2023-04-01')
    """
    pairs = [guess for one in seen if one.header for guess in _of_header(table, one, keys, near(one.header))]
    pairs.sort(key=lambda guess: -guess.confidence)
    taken: dict[str, Guess] = {}
    used: set[int] = set()
    for guess in pairs:
        if guess.column not in taken and id(guess.seen) not in used:
            taken[guess.column] = _rivalled(guess, pairs)
            used.add(id(guess.seen))
    return sorted(taken.values(), key=lambda guess: list(table.columns).index(guess.column))


def _rivalled(guess: Guess, pairs: Sequence[Guess]) -> Guess:
    """Less sure where another header is as good for the column, or the header as good for another column."""
    rivals = [
        other
        for other in pairs
        if other is not guess
        and (other.column == guess.column) != (other.seen is guess.seen)
        and other.confidence > guess.confidence - 0.1
    ]
    if not rivals or guess.grade != "sure":
        return guess
    other = rivals[0]
    told = f"{other.seen.header} is as near to it" if other.column == guess.column else f"it may be {other.column} too"
    return Guess(guess.column, guess.seen, min(guess.confidence, 0.7), (*guess.why, told), guess.unread)


def _of_header(table: Table, seen: Seen, keys: Keys, near: Mapping[str, float]) -> list[Guess]:
    exact = next((name for name, share in near.items() if share >= 0.95), "")
    asked = [exact] if exact else list(table.columns)
    found = [_guess(table, table.columns[name], seen, near.get(name, 0.0), keys) for name in asked]
    return [guess for guess in found if guess.confidence >= TOLD]


def _guess(table: Table, column: Column, seen: Seen, near: float, keys: Keys) -> Guess:
    why, unread = _against(table, column, seen)
    if why:
        return Guess(column.name, seen, 0.5 * near, (*_named(near), why), unread)
    if near >= 0.95:
        return Guess(column.name, seen, 0.98 if near == 1 else 0.93, (*_named(near), *_for(column, seen, keys)))
    speaks = _for(column, seen, keys)
    if column.refers in keys and seen.filled and not speaks:
        return Guess(column.name, seen, 0.5 * near, (*_named(near), f"its values are no keys of {column.refers}"))
    if table.key == (column.name,) and seen.unique and is_id(seen.header):
        return Guess(column.name, seen, 0.88, ("an ID by its header", *speaks))
    if near >= 0.5 and column.refers and speaks and seen.distinct >= FEW and _only_one(table, column):
        return Guess(column.name, seen, 0.88, (*_named(near), *speaks))
    if near >= NEAR and speaks and seen.distinct >= FEW:
        return Guess(column.name, seen, 0.88, (*_named(near), *speaks))
    if near >= 0.5:
        return Guess(column.name, seen, min(0.45 + 0.3 * near + (0.1 if speaks else 0), 0.8), (*_named(near), *speaks))
    if column.refers and speaks and seen.distinct >= 4 * FEW and _only_one(table, column):
        return Guess(column.name, seen, 0.86, speaks)
    if table.key == (column.name,) and seen.unique and all(CODE.fullmatch(value) for value in seen.values[:50]):
        return Guess(column.name, seen, max(0.65, 0.8 * near), (*_named(near), "codes, and each names a row"))
    if speaks and (column.refers or column.allowed):
        return Guess(column.name, seen, 0.55 if near < 0.3 else 0.65, speaks)
    weak = 0.35 if column.type in ("date", "datetime", "month") and speaks else 0.0
    return Guess(column.name, seen, max(weak, 0.6 * near), (*_named(near), *speaks))


def _named(near: float) -> tuple[str, ...]:
    if near == 1:
        return ("its header is one of ours",)
    return ("its header is one of ours but for decoration",) if near >= 0.95 else ("a name alike",) if near else ()


def _against(table: Table, column: Column, seen: Seen) -> tuple[str, tuple[str, ...]]:
    """What in the values speaks against it, and the values that are not ours; empty: nothing."""
    if not seen.filled:
        return "", ()
    if column.allowed:
        known = {plain(word) for value, others in column.allowed.items() for word in (value, *others)}
        strange = tuple(value for value in seen.values if plain(value) not in known)
        return ("values that are not ours", strange) if strange else ("", ())
    written = "money" if column.unit.startswith("money") else "share" if column.unit == "share" else column.type
    if column.type != "text" and seen.reads_as[written] < 1:
        read = f"{seen.reads_as[written]:.0%} of its cells read as {column.wanted}"
        return read, ()
    if column.type in ("integer", "number"):
        low, high = seen.low, seen.high
        if (column.min is not None and low is not None and low < column.min) or (
            column.max is not None and high is not None and high > column.max
        ):
            return f"found {low:g} to {high:g}; {column.name} is {column.wanted}", ()
    if column.required and seen.filled < seen.rows:
        return f"empty in {seen.rows - seen.filled:,} of {seen.rows:,} rows", ()
    if table.key == (column.name,) and not seen.unique:
        return "its values repeat, so it names no row", ()
    if column.type == "text" and not column.refers and column.name not in table.key and seen.reads_as["date"] == 1:
        return "its values are dates", ()
    return "", ()


def _for(column: Column, seen: Seen, keys: Keys) -> tuple[str, ...]:
    """What in the values speaks for it."""
    if not seen.filled:
        return ()
    if column.refers and (known := keys.get(column.refers)):
        share = _joins(seen, known)
        return (f"{share:.0%} of its values are keys of {column.refers}",) if share >= JOINS else ()
    if column.allowed:
        return ("every value is one of ours",) if seen.distinct > 1 else ()
    if column.type in ("date", "datetime", "month", "boolean"):
        return (f"every cell reads as {column.wanted.split(' such')[0].split(' (')[0]}",)
    if column.type in ("integer", "number"):
        reach = f", {seen.low:g} to {seen.high:g}" if seen.low is not None and seen.high is not None else ""
        return (f"numbers{reach}",)
    if seen.unique:
        return ("it names each row",)
    return ()


def _joins(seen: Seen, known: frozenset[str]) -> float:
    """The share of different values that are keys; of a column of dates it is not even asked."""
    if seen.reads_as["date"] == 1 or (
        seen.values[0] not in known and not any(value in known for value in seen.values[:50])
    ):
        return 0.0
    return sum(value in known for value in seen.values) / len(seen.values)


def told(seen: Seen) -> str:
    """What stands in a column, where no name says what it is.

    >>> reads_as = {"boolean": 0.0, "date": 0.0, "month": 0.0, "datetime": 0.0, "integer": 1.0, "number": 1.0}
    >>> told(Seen("金額", 40, 38, 12, reads_as, -300, 1200, ("1,200", "△300"), False))
    'integer -300 to 1200, 12 different'
    """
    if not seen.filled:
        return "empty"
    kinds = ("boolean", "date", "month", "datetime", "integer", "number")
    kind = next((name for name in kinds if seen.reads_as[name] == 1), "text")
    reach = f" {seen.low:g} to {seen.high:g}" if kind in ("integer", "number") and seen.low is not None else ""
    return f"{kind}{reach}, {'names each row' if seen.unique else f'{seen.distinct:,} different'}"


def _only_one(table: Table, column: Column) -> bool:
    """Whether nothing else in the table refers to the same."""
    return [own.name for own in table.columns.values() if own.refers == column.refers] == [column.name]
