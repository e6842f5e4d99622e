"""Going on without the faulty rows: which are they, and who refers to them?"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import ibis

from cskit.data import checks
from cskit.data.checks import Broken
from cskit.data.load import Loaded
from cskit.errors import Fault

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SetAside", "set_aside"]


@dataclass(slots=True)
class SetAside:
    """Tables without their faulty rows, and those rows with their reasons.

    Parameters
    ----------
    loaded, broken : dict
        Of each table: what is left of it, and which rules that still breaks.
    faults : list of Fault
        Of the rows taken out.
    frames : dict of list of DataFrame
        Of each table, round by round: the rows taken out as they stood in the export, with file, row and reason.

    Examples
    --------
    >>> import pandas as pd
    >>> first = pd.DataFrame({"file": ["解約.csv"], "row": [3], "reason": ["effective_on: found 未定; ..."]})
    >>> then = pd.DataFrame({"file": ["解約.csv"], "row": [7], "reason": ["its row in customers was set aside."]})
    >>> state = SetAside({}, {}, frames={"churns": [first, then]})
    >>> state.rows, state.by_source
    (2, {('churns', '解約.csv'): 2})
    """

    loaded: dict[str, Loaded]
    broken: dict[str, Broken]
    faults: list[Fault] = field(default_factory=list)
    frames: dict[str, list["pd.DataFrame"]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(len(frame) for frames in self.frames.values() for frame in frames)

    @property
    def by_source(self) -> dict[tuple[str, str], int]:
        """How many rows of each table and export."""
        found: dict[tuple[str, str], int] = {}
        for name, frames in self.frames.items():
            for frame in frames:
                file = next(column for column in ("set_aside_file", "file") if column in frame)
                for label in frame[file]:
                    found[name, label] = found.get((name, label), 0) + 1
        return found

    def joined(self) -> dict[str, "pd.DataFrame"]:
        """One frame per table."""
        if not self.frames:
            return {}
        import pandas as pd

        return {name: pd.concat(own, ignore_index=True) for name, own in self.frames.items()}


def set_aside(loaded: Mapping[str, Loaded], broken: Mapping[str, Broken]) -> SetAside:
    """Take out rows that break a rule, then rows that refer to them, until all that is left is sound.

    Parameters
    ----------
    loaded, broken : mapping
        Of each table: its rows, and how often they break which rule, as :func:`cskit.data.checks.count` says.

    Examples
    --------
    A negative ARR takes a customer out, and the customer its cancellation:

    >>> from pathlib import Path
    >>> from cskit.data.load import stored
    >>> from cskit.data.schema import tables
    >>> from cskit.data.session import Session
    >>> session, loaded = Session(Path()), {}
    >>> for name, (columns, rows) in {"customers": ("customer_id, arr", "('C1', 12), ('C2', -5)"),
    ...                               "churns": ("customer_id", "('C2')")}.items():
    ...     numbered = f"SELECT 0 AS _part, row_number() OVER () + 1 AS _row, * FROM (VALUES {rows}) AS own({columns})"
    ...     _ = session.engine.execute(f"CREATE TABLE {name} AS {numbered}")
    ...     present = frozenset(columns.split(", "))
    ...     loaded[name] = Loaded(tables()[name], stored(session, name), (f"{name}.csv",), (), present)
    >>> broken = {name: checks.count(own, checks.rules(own, loaded)) for name, own in loaded.items()}
    >>> state = set_aside(loaded, broken)
    >>> for frame in state.joined().values():
    ...     print(*frame[["file", "row", "reason"]].to_numpy()[0], sep=" | ")
    customers.csv | 3 | arr: found -5; arr is a number of at least 0.
    churns.csv | 2 | customer_id: found "C2"; its row in customers was set aside.
    """
    state = SetAside(dict(loaded), dict(broken))
    while faulty := [name for name, own in state.broken.items() if own.errors]:
        for name in faulty:
            _take_out(state, name)
        touched = set(faulty) | {name for name, own in state.loaded.items() if _refers(own) & set(faulty)}
        for name in touched:
            own = state.loaded[name]
            state.broken[name] = checks.count(own, checks.rules(own, state.loaded, state.frames))
    return state


def _take_out(state: SetAside, name: str) -> None:
    import pandas as pd  # only where something is set aside: it takes longer to import than all else here

    loaded, broken = state.loaded[name], state.broken[name]
    numbers = broken.errors
    if keyless := [number for number in numbers if broken.rules[number].suspected is None]:
        numbers = keyless  # which of two rows is the repeated one shows only among rows otherwise sound
    counts = tuple(by if number in numbers else {} for number, by in enumerate(broken.counts))
    state.faults += checks.faults(loaded, replace(broken, counts=counts))
    found = pd.DataFrame(checks.rows(loaded, broken, numbers, first=None))
    reasons = [_reason(broken, row) for row in found.itertuples()]
    found = pd.DataFrame({"_part": found["part"], "_row": found["row"], "_why": reasons})
    frames = state.frames.setdefault(name, [])
    gone = loaded.rows.get_backend().create_table(
        f"_gone_{name}_{len(frames)}", found.groupby(["_part", "_row"], as_index=False).agg({"_why": "; ".join})
    )
    frames.append(_frame(loaded, gone))
    state.loaded[name] = replace(loaded, rows=loaded.rows.anti_join(gone, ["_part", "_row"]))


def _frame(loaded: Loaded, gone: ibis.Table) -> "pd.DataFrame":
    """The rows as they stood in the export, cell by cell as text, with file, row and reason."""
    joined = loaded.rows.inner_join(gone, ["_part", "_row"])
    cells = {name: _cell(joined, name) for name in loaded.table.columns if name in loaded.present}
    frame = joined.order_by("_part", "_row").select("_part", "_row", "_why", **cells).to_pandas()
    file = frame.pop("_part").map(dict(enumerate(loaded.labels)))
    # A table may have a column of that name itself: a reason for leaving, say.
    ours = {"file": file, "row": frame.pop("_row"), "reason": frame.pop("_why")}
    for place, (name, values) in enumerate(ours.items()):
        frame.insert(place, f"set_aside_{name}" if name in cells else name, values)
    return frame


def _cell(rows: ibis.Table, name: str) -> ibis.Value:
    value, bad = rows[name].cast("string"), f"_bad_{name}"
    return ibis.coalesce(value, rows[bad]) if bad in rows.columns else value


def _reason(broken: Broken, row: object) -> str:
    rule = broken.rules[row.rule]  # type: ignore[attr-defined]
    found = row.found  # type: ignore[attr-defined]
    return f"{rule.column}: found {found}; {rule.wanted}" if isinstance(found, str) else f"{rule.column}: {rule.wanted}"


def _refers(loaded: Loaded) -> set[str]:
    return {column.refers for column in loaded.table.columns.values() if column.name in loaded.present} - {""}
