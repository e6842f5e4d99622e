"""Which export, or which part of which exports, becomes which table?"""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from cskit.data.mapping import tables_in
from cskit.data.schema import plain
from cskit.data.sources import Export, near_table
from cskit.errors import Fault, did_you_mean
from cskit.settings import Part

__all__ = ["Piece", "Plan", "arrange"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One export or one SELECT that becomes a table or a part of one.

    Parameters
    ----------
    exports : tuple of Export
        One for a file; for a SELECT all it reads.
    part : Part or None
        What params say about it; None: it is named after its table.
    by_pattern : bool
        One of all that a pattern means: usage_*.csv.

    Examples
    --------
    >>> exports = [Export(Path(f"usage_{month}.csv"), (f"usage_{month}",)) for month in ("2023-04", "2023-05")]
    >>> pieces = arrange(exports, {"usage": [Part(file="usage_*.csv")]}).pieces["usage"]
    >>> [(piece.label, piece.by_pattern) for piece in pieces]
    [('usage_2023-04.csv', True), ('usage_2023-05.csv', True)]
    """

    exports: tuple[Export, ...]
    label: str
    part: Part | None = None
    by_pattern: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The pieces of each table, what is wrong with the plan, and which exports nobody asked for.

    >>> plan = arrange([Export(Path("顧客.csv"), ("顧客",)), Export(Path("custmers.csv"), ("custmers",))], {})
    >>> list(plan.pieces), plan.faults[0].what
    (['customers'], 'it is named after no table and was not read. Did you mean customers?')
    """

    pieces: dict[str, list[Piece]]
    faults: list[Fault]


def arrange(exports: list[Export], mapping: Mapping[str, list[Part]]) -> Plan:
    """Give every table its pieces: what params map, and otherwise the file named after it.

    Parameters
    ----------
    mapping : mapping of str to list of Part
        What params say, by table; see docs/mapping.md.

    Returns
    -------
    Plan
        Of a table that stands in two places all pieces, and the fault.

    Examples
    --------
    Months of one table go together; two exports of all of it do not.

    >>> months = [Export(Path(f"{name}.csv"), (name,)) for name in ("usage_2023-04", "usage_2023-05")]
    >>> len(arrange(months, {}).pieces["usage"]), arrange(months, {}).faults
    (2, [])
    >>> twice = [Export(Path(f"{name}.csv"), (name,)) for name in ("churns", "解約")]
    >>> print(*arrange(twice, {}).faults)
    churns stands in several places: churns.csv, 解約.csv.
    """
    pieces: dict[str, list[Piece]] = {}
    faults: list[Fault] = []
    for table, parts in mapping.items():
        for number, part in enumerate(parts):
            place = f"params, data.mapping.{table}" + (f".{number}" if len(parts) > 1 else "")
            found = _mapped(table, part, place, exports)
            if isinstance(found, Fault):
                faults.append(found)
            else:
                pieces.setdefault(table, []).extend(found)
    faults += _in_two(pieces)
    asked = {export for own in pieces.values() for piece in own for export in piece.exports}
    for export in exports:
        if export.table and export.table not in mapping:
            pieces.setdefault(export.table, []).append(Piece((export,), export.label))
        elif export not in asked and (export.table or not export.file.lower().endswith(".txt")):
            faults.append(_nobodys(export))
    for table, own in pieces.items():
        if len(own) > 1 and table not in mapping and not all(piece.exports[0].part_of for piece in own):
            faults.append(_twice(table, own))
    return Plan(pieces, faults)


def _mapped(table: str, part: Part, place: str, exports: list[Export]) -> list[Piece] | Fault:
    if part.file and any(sign in part.file + part.sheet for sign in "*?"):
        found = _lookup(exports, part.file, part.sheet, pattern=True)
        pieces = [Piece((export,), export.label, part, by_pattern=True) for export in found]
        return pieces or Fault(table, place, *_not_there(part.file, part.sheet, exports))
    wanted = sorted(tables_in(part.sql)) if part.sql else [part.file]
    chosen = []
    for name in wanted:
        found = _lookup(exports, name, part.sheet)
        if not found:
            return Fault(table, place, *_not_there(name, part.sheet, exports))
        if len(found) > 1:
            what = f"{name} may mean {', '.join(export.label for export in found)}."
            return Fault(table, place, what, "Say which: the file with its ending, or its sheet in sheet.")
        chosen.append(found[0])
    return [Piece(tuple(chosen), place if part.sql else chosen[0].label, part)]


def _lookup(exports: list[Export], name: str, sheet: str = "", pattern: bool = False) -> list[Export]:
    """The exports a name may mean: a file with or without its ending, a sheet or a database table.

    ``pattern``: its ``*`` and ``?`` stand for any letters.
    """
    match = fnmatchcase if pattern else str.__eq__

    def means(wanted: str, *names: str) -> bool:
        return any(match(plain(own), plain(wanted)) for own in names)

    named = [export for export in exports if means(name, export.file, export.path.name)]
    named = named or [export for export in exports if means(name, *export.names)]
    named = named or [export for export in exports if means(name, Path(export.file).stem, export.path.stem)]
    if sheet:
        named = [export for export in named if means(sheet, *export.names, export.sheet)]
    return named


def _in_two(pieces: dict[str, list[Piece]]) -> list[Fault]:
    """A file that a pattern took for one table, and params for another as well, or twice for the same."""
    taken: dict[Export, list[tuple[str, Piece]]] = {}
    for table, own in pieces.items():
        for piece in own:
            for export in piece.exports:
                taken.setdefault(export, []).append((table, piece))
    faults = []
    for export, by in taken.items():
        if len(by) > 1 and any(piece.by_pattern for _, piece in by):
            listed = " and ".join(f"data.mapping.{table}" for table, _ in by)
            mend = "Make the pattern narrower, so that each file is in one table, once."
            faults.append(Fault(by[0][0], export.label, f"{listed} both take it.", mend))
    return faults


def _not_there(name: str, sheet: str, exports: list[Export]) -> tuple[str, str]:
    if sheet and (book := _lookup(exports, name)):
        sheets = [export.sheet or export.names[0] for export in book]
        return f"{name} has no sheet {sheet}.{did_you_mean(sheet, sheets)}", f"Found: {', '.join(sheets)}."
    names = list(dict.fromkeys(export.file for export in exports))
    known = [*names, *(word for export in exports for word in export.names)]
    listed = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
    return f"there is no file {name} in the data folder.{did_you_mean(name, known)}", f"Found: {listed}."


def _nobodys(export: Export) -> Fault:
    if export.table:
        what = f"params take {export.table} from elsewhere, so it was not read."
        mend = f"List it too under data.mapping.{export.table}, or take it out of the folder."
        return Fault("", export.label, what, mend, warning=True)
    if export.file.lower().endswith(".ics"):
        mend = "Say how: data.mapping.touchpoints: {file: ..., calendar: {own_domains: [ours.co.jp]}}"
        return Fault(
            "", export.label, "a calendar; params do not say how to read it, so it was not.", mend, warning=True
        )
    near = next((hint for name in export.names if (hint := near_table(name))), "")
    what = f"it is named after no table and was not read.{near}"
    mend = "Rename it after its table, or map it in params: data.mapping, see docs/mapping.md."
    return Fault("", export.label, what, mend, warning=True)


def _twice(table: str, pieces: list[Piece]) -> Fault:
    labels = [piece.label for piece in pieces]
    mend = f"Keep one, or put them together in params: data.mapping.{table}, a list of files."
    return Fault(table, labels[0], f"{table} stands in several places: {', '.join(labels)}.", mend)
