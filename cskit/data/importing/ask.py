"""Which file of a folder may be which table?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from cskit.data.importing.guess import Guess, Keys, Near, columns, grade
from cskit.data.importing.names import near_column, near_file
from cskit.data.importing.profile import Seen, look
from cskit.data.importing.ready import Ready, ready
from cskit.data.importing.shapes import Shape, shape
from cskit.data.places import locate
from cskit.data.schema import Table, also_named, tables
from cskit.data.session import Session
from cskit.data.sources import Export, find, read
from cskit.data.unreadable import UnreadableError
from cskit.errors import Fault
from cskit.settings import Settings

__all__ = ["Proposed", "Taken", "propose"]

LEAST = 0.3  # of what can be said for a table, before it is named at all


@dataclass(frozen=True, slots=True)
class Taken:
    """An export, and the table it is taken for; ``table`` is None where it is for none.

    Parameters
    ----------
    seen : tuple of Seen
        Its columns.
    confidence : float
        From 0 to 1, in a word :attr:`grade`.
    guesses : tuple of Guess
        Its columns taken for ours; empty for what is ready, or a rule of its own shape.

    Examples
    --------
    >>> own = Taken(Export(Path("解約.csv"), ("解約",)), (), tables()["churns"], 0.7)
    >>> own.grade, own.missing
    ('likely', ['customer_id', 'effective_on'])
    """

    export: Export
    seen: tuple[Seen, ...]
    table: Table | None = None
    confidence: float = 0.0
    guesses: tuple[Guess, ...] = ()
    why: str = ""
    ready: Ready | None = None
    shape: Shape | None = None

    @property
    def grade(self) -> str:
        return grade(self.confidence)

    @property
    def missing(self) -> list[str]:
        """Required columns that no header is even likely to be; what is ready was tried."""
        if self.ready or self.shape:
            return []
        found = {guess.column for guess in self.guesses}
        own = self.table.columns.values() if self.table else ()
        return [column.name for column in own if column.required and column.name not in found]


@dataclass(frozen=True, slots=True)
class Proposed:
    """All exports of a place with what they are taken for, and what could not be read.

    >>> own = Taken(Export(Path("解約.csv"), ("解約",)), (), tables()["churns"], 0.9)
    >>> {"customers", "churns"} & {table.name for table in Proposed((own,), ()).absent}
    {'customers'}
    """

    taken: tuple[Taken, ...]
    faults: tuple[Fault, ...]

    @property
    def absent(self) -> list[Table]:
        """Tables that nothing is taken for."""
        found = {own.table.name for own in self.taken if own.table}
        return [table for name, table in tables().items() if name not in found]


def propose(location: str, settings: Settings, root: Path) -> Proposed:
    r"""Look at every file, sheet and database table of a place, and say what each may be.

    Parameters
    ----------
    location : str
        As :func:`cskit.data.opening.open_data`.
    root : Path
        The project folder, with the ready mappings in ``params/mappings``.

    Raises
    ------
    DataError
        If there is nothing to look at.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.params import settings_with
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "顧客一覧.csv").write_text("顧客番号,社名,メモ\nC1,株式会社アクメ,a\n", encoding="cp932")
    ...     (own,) = propose(folder, settings_with(), Path(folder)).taken
    >>> own.table.name, own.grade, {guess.seen.header: guess.column for guess in own.guesses}
    ('customers', 'sure', {'顧客番号': 'customer_id', '社名': 'name'})
    >>> own.why
    'its name is one of ours; 2 of 3 headers are sure'
    """
    place = locate(location, root)
    session = Session(place.folder, place.databases)
    try:
        exports, faults = find(place, session)
        looked = []
        for export in exports:
            try:
                raw = read(export, session)
                looked.append((export, tuple(look(raw, session, settings.calendar.timezone, settings.money.currency))))
            except UnreadableError as error:
                faults.append(error.fault("", export.label))
        known = {export: ready(root, [one.header for one in seen]) for export, seen in looked}
        shapes = {export: shape(export, seen, tables()) for export, seen in looked}
        plain = [(export, seen) for export, seen in looked if not shapes[export]]
        taken = [_ready(own, known[own.export]) for own in _taken(plain, settings.data.headers)]
        taken += [_shaped(export, seen, found) for export, seen in looked if (found := shapes[export])]
        return Proposed(tuple(taken), tuple(faults))
    finally:
        session.close()


def _taken(
    looked: Sequence[tuple[Export, tuple[Seen, ...]]], headers: Mapping[str, dict[str, list[str]]]
) -> list[Taken]:
    """First by names alone; then once more, now that the keys of those that are sure are known."""
    known = {name: also_named(table, headers.get(name, {})) for name, table in tables().items()}
    near = {name: cache(partial(near_column, table.headers)) for name, table in known.items()}
    first = [_best(export, seen, known, {}, near) for export, seen in looked]
    keys = _keys(first)
    second = [_best(export, seen, known, keys, near) for export, seen in looked]
    keys = _keys(second)
    return _no_rivals([_best(export, seen, known, keys, near) for export, seen in looked])


def _ready(own: Taken, known: Ready | None) -> Taken:
    """What is a standard export is taken for what that is."""
    if known is None:
        return own
    why = f"the standard export of {known.tool}: all {len(known.headers)} headers it is known by are there"
    return Taken(own.export, own.seen, tables()[known.table], 0.95, (), why, known)


def _shaped(export: Export, seen: tuple[Seen, ...], found: Shape) -> Taken:
    return Taken(export, seen, tables()[found.table], found.confidence, (), found.why, shape=found)


def _keys(taken: Sequence[Taken]) -> Keys:
    """Of each table that others refer to, the keys found, where all of them were seen."""
    found: dict[str, frozenset[str]] = {}
    for own in taken:
        if own.table is None or len(own.table.key) > 1 or own.grade == "unsure":
            continue
        for guess in own.guesses:
            if guess.column == own.table.key[0] and guess.grade != "unsure" and guess.seen.whole:
                found[own.table.name] = found.get(own.table.name, frozenset()) | frozenset(guess.seen.values)
    return found


def _best(
    export: Export, seen: tuple[Seen, ...], known: Mapping[str, Table], keys: Keys, near: Mapping[str, Near]
) -> Taken:
    """The table that most speaks for, and how far ahead of the next it is."""
    scores = (_scored(export, seen, table, keys, near[table.name]) for table in known.values())
    scored = sorted(scores, key=lambda own: -own.confidence)
    best, next_best = scored[0], scored[1]
    if best.confidence < LEAST or not best.guesses:
        return Taken(export, seen)
    if best.grade == "sure" and next_best.confidence > best.confidence - 0.1 and next_best.table:
        why = f"{best.why}; it may be {next_best.table.name} as well"
        return Taken(export, seen, best.table, 0.7, best.guesses, why)
    return best


def _scored(export: Export, seen: tuple[Seen, ...], table: Table, keys: Keys, near: Near) -> Taken:
    """From its name, the share of its headers that are ours, and whether what the table needs is there."""
    name = near_file(table, export.names)
    guesses = columns(table, seen, keys, near)
    by_name = [guess for guess in guesses if guess.grade == "sure"]
    headers = [one for one in seen if one.header]
    share = len(by_name) / len(headers) if headers else 0.0
    needed = [column.name for column in table.columns.values() if column.required]
    found = {guess.column for guess in guesses if guess.grade != "unsure"}
    has = sum(column in found for column in needed) / len(needed) if needed else 1.0
    score = 1 - (1 - 0.75 * name) * (1 - 0.9 * share * has)  # either may be enough; both are better
    if name >= 0.95 and has == 1:
        score = max(score, 0.88)
    if has == 1 and {guess.column for guess in by_name if guess.confidence > 0.9}.issuperset(table.key):
        score = max(score, 0.4)  # its key is there by name: worth a look
    if has < 1:
        score = min(score, 0.8)
    why = f"{_of_name(name)}{len(by_name)} of {len(headers)} headers are sure"
    missing = [column for column in needed if column not in found]
    why += f"; {', '.join(missing)} is not found" if missing else ""
    return Taken(export, seen, table, score, tuple(guesses), why)


def _of_name(near: float) -> str:
    return "its name is one of ours; " if near >= 0.95 else "its name is alike; " if near >= 0.5 else ""


def _no_rivals(taken: list[Taken]) -> list[Taken]:
    """Two files for one table may be two years of it, or one of them something else: a person must say."""
    told = []
    for own in taken:
        others = [one for one in taken if one is not own and one.table is not None and own.table is not None]
        rivals = [one for one in others if one.table and own.table and one.table.name == own.table.name]
        same = {one.header for one in own.seen}
        strange = [one for one in rivals if {other.header for other in one.seen} != same]
        if strange and own.grade == "sure" and max(one.confidence for one in strange) > own.confidence - 0.05:
            why = f"{own.why}; {strange[0].export.label} looks like it as well"
            told.append(Taken(own.export, own.seen, own.table, 0.7, own.guesses, why))
        elif strange and own.confidence < max(one.confidence for one in strange):
            why = f"{own.why}; {strange[0].export.label} looks more like it"
            told.append(Taken(own.export, own.seen, own.table, min(own.confidence, 0.5), own.guesses, why))
        else:
            told.append(own)
    return told
