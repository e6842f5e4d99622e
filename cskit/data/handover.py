"""How do several notebooks of a run share one reading of the data? As Parquet, read and checked once.

The one who opened the data hands them over in a folder; whoever finds its name in the environment and asks for the
same data takes them from there.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from cskit.data.asof import Data, Input, present_for, scoped
from cskit.data.schema import tables
from cskit.data.session import Session, identifier, literal
from cskit.errors import Fault
from cskit.settings import Settings

__all__ = ["HANDED", "hand_over", "taken_over"]

HANDED = "CSKIT_HANDED"  # the folder, for the processes of a run
TOLD = "handed.json"
IN_MEMORY = 32_000_000  # bytes of a file up to which a table is faster held than scanned again by every query


def hand_over(data: Data, location: str, settings: Settings, root: Path) -> Path:
    """Write opened data into a folder that lives as long as they do.

    Parameters
    ----------
    data : Data
        As :func:`cskit.data.open_data` gave them for this location and these settings.
    location, settings, root
        What they were opened from.
    """
    session = data._session
    assert session is not None, "data that were opened have a session"
    folder = session.temporary / "handed"
    folder.mkdir(exist_ok=True)
    for name, rows in data._tables.items():
        query = session.ibis.compile(rows.select(*tables()[name].columns))
        _copy(session, query, folder / f"{name}.parquet")
    for name, frame in data.set_aside_frames.items():
        frame.astype("string").to_parquet(folder / f"aside_{name}.parquet")
    told = {
        "of": _origin(location, settings, root),
        "present": {name: sorted(columns) for name, columns in data._present.items()},
        "rows": data.rows,
        "set_aside_rows": data.set_aside_rows,
        "set_aside_frames": list(data.set_aside_frames),
        "warnings": [asdict(fault) for fault in data.warnings],
        "set_aside": [asdict(fault) for fault in data.set_aside],
        "inputs": [[one.path, one.table, one.rows, str(one.file)] for one in data.inputs],
    }
    (folder / TOLD).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return folder


def taken_over(location: str, settings: Settings, as_of: date, root: Path) -> Data | None:
    """The data that were handed over to this process; None where none were, or others than these."""
    handed = os.environ.get(HANDED)
    if not handed or not (Path(handed) / TOLD).is_file():
        return None
    folder = Path(handed)
    told = json.loads((folder / TOLD).read_text(encoding="utf-8"))
    if told["of"] != _origin(location, settings, root):
        return None
    session = Session(folder)
    present = {name: frozenset(columns) for name, columns in told["present"].items()}
    lying = _Lying(session, folder, present)
    return Data(
        as_of=as_of,
        warnings=_faults(told["warnings"]),
        set_aside=_faults(told["set_aside"]),
        set_aside_rows=told["set_aside_rows"],
        set_aside_frames=_frames(folder, told["set_aside_frames"]),
        inputs=tuple(Input(path, table, rows, Path(file)) for path, table, rows, file in told["inputs"]),
        rows=told["rows"],
        _tables=lying,
        _present=present_for(present, settings.data),
        _excluded=scoped(session, lying, present, settings.data),
        _session=session,
        _only_theirs=bool(settings.data.only),
    )


class _Lying(Mapping[str, ir.Table]):
    """Tables in a folder, each opened when it is first asked for."""

    def __init__(self, session: Session, folder: Path, names: Mapping[str, frozenset[str]]):
        self.session, self.folder, self.names = session, folder, names
        self.opened: dict[str, ir.Table] = {}

    def __getitem__(self, name: str) -> ir.Table:
        if name not in self.names:
            raise KeyError(name)
        if name not in self.opened:
            file = self.folder / f"{name}.parquet"
            kind = "TABLE" if file.stat().st_size < IN_MEMORY else "VIEW"
            query = f"CREATE {kind} {identifier(name)} AS FROM read_parquet({literal(str(file))})"
            self.session.engine.execute(query)
            self.opened[name] = self.session.ibis.table(name)
        return self.opened[name]

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def _copy(session: Session, query: str, file: Path) -> None:
    session.engine.execute(f"COPY ({query}) TO {literal(str(file))} (FORMAT parquet)")


def _origin(location: str, settings: Settings, root: Path) -> str:
    """What decides which rows there are, before any of them is left out."""
    place = str((root / Path(location).expanduser()).resolve())
    told: dict[str, Any] = {"place": place, "timezone": settings.calendar.timezone}
    told |= settings.data.model_dump(mode="json", include={"mapping", "set_aside"})
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _faults(told: list[dict[str, Any]]) -> tuple[Fault, ...]:
    return tuple(Fault(**{**fault, "rows": tuple(fault["rows"])}) for fault in told)


def _frames(folder: Path, names: list[str]) -> dict[str, Any]:
    if not names:
        return {}
    import pandas as pd

    return {name: pd.read_parquet(folder / f"aside_{name}.parquet") for name in names}
