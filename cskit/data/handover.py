"""How do several notebooks of a run share one reading of the data? As Parquet, read and checked once.

The one who opened the data hands them over in a folder; whoever finds its name in the environment and asks for the
same data takes them from there.
"""

import hashlib
import json
import os
import weakref
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from cskit.data.asof import Data, Input, limited, present_for, scoped
from cskit.data.exchange import recall, remember
from cskit.data.scratch import begin_scratch, end_scratch
from cskit.data.session import Session, identifier, literal
from cskit.errors import DataError, Fault
from cskit.settings import Settings

__all__ = ["HANDED", "Handover", "taken_over"]

HANDED = "CSKIT_HANDED"  # the folder, for the processes of a run
TOLD = "handed.json"
IN_MEMORY = 32_000_000  # bytes of a file up to which a table is faster held than scanned again by every query


class Handover:
    r"""A folder through which the processes of a run get its data, each what its settings look at.

    Parameters
    ----------
    data : Data
        As :func:`cskit.data.open_data` gave them; the folder lives as long as they do.
    location : str
        What they were opened from.
    root : Path
        The project folder.

    Examples
    --------
    Each pack of a run finds its own customers there, and no others.

    >>> from tempfile import TemporaryDirectory
    >>> from pyarrow.parquet import read_table
    >>> from cskit.data import open_data
    >>> from cskit.params import settings_with
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "customers.csv").write_text("customer_id,segment\nC1,small\nC2,mid", encoding="utf-8")
    ...     handover = Handover(open_data(folder, settings_with({}), date(2023, 6, 30), Path()), folder, Path())
    ...     for segment in "small", "mid":
    ...         handover.give(settings_with({"data": {"only": {"segment": segment}}}))
    >>> sorted(read_table(given)["customer_id"].to_pylist() for given in handover.folder.glob("*/customers.parquet"))
    [['C1'], ['C2']]
    """

    def __init__(self, data: Data, location: str, root: Path):
        self._data, self._location, self._root = data, location, root
        self._queries: dict[tuple[str, bool, bool], str] = {}
        self.folder = self._place() / "handed"
        self.folder.mkdir()

    def give(self, settings: Settings) -> None:
        """Write the tables of the customers that these settings look at; those of a warehouse stay where they are."""
        folder = self.folder / _origin(self._location, settings, self._root)
        if folder.is_dir():
            return
        folder.mkdir()
        data, session = self._data, self._data._session
        if session:
            theirs = limited(data, settings.data)
            for name in data._tables:
                _copy(session, self._query(session, theirs, name), folder / f"{name}.parquet")
        for name, frame in data.set_aside_frames.items():
            frame.astype("string").to_parquet(folder / f"aside_{name}.parquet")
        told = {
            "present": {name: sorted(columns) for name, columns in data._present.items()},
            "rows": data.rows,
            "set_aside_rows": data.set_aside_rows,
            "set_aside_frames": list(data.set_aside_frames),
            "warnings": [asdict(fault) for fault in data.warnings],
            "set_aside": [asdict(fault) for fault in data.set_aside],
            "inputs": [
                [one.path, one.table, one.rows, str(one.file or ""), one.fingerprint, one.said, one.how, one.set_aside]
                for one in data.inputs
            ],
            "warehouse": data._warehouse.told if data._warehouse else None,
        }
        (folder / TOLD).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")

    def _place(self) -> Path:
        if self._data._session:
            return self._data._session.temporary
        folder, mark = begin_scratch()
        self._end = weakref.finalize(self, end_scratch, folder, mark)
        return folder

    def _query(self, session: Session, data: Data, name: str) -> str:
        """Whoever is left out, it is read from the same table: what is compiled once serves all settings."""
        kind = (name, data._excluded is not None, data._only_theirs)
        if kind not in self._queries:
            self._queries[kind] = session.ibis.compile(data._rows(name))
        return self._queries[kind]


def taken_over(location: str, settings: Settings, as_of: date, root: Path) -> Data | None:
    r"""The data that were handed over to this process; None where none were, or others than these.

    >>> from tempfile import TemporaryDirectory
    >>> from unittest.mock import patch
    >>> from cskit.data import open_data
    >>> from cskit.params import settings_with
    >>> settings, june, root = settings_with({}), date(2023, 6, 30), Path()
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "customers.csv").write_text("customer_id\nC1\nC2", encoding="utf-8")
    ...     handover = Handover(open_data(folder, settings, june, root), folder, root)
    ...     handover.give(settings)
    ...     with patch.dict("os.environ", {HANDED: str(handover.folder)}):
    ...         data, other = taken_over(folder, settings, june, root), taken_over("elsewhere", settings, june, root)
    >>> data.table("customers").count().execute(), other
    (2, None)
    """
    handed = os.environ.get(HANDED)
    folder = Path(handed) / _origin(location, settings, root) if handed else None
    if not handed or folder is None or not (folder / TOLD).is_file():
        return None
    told = json.loads((folder / TOLD).read_text(encoding="utf-8"))
    if told["warehouse"]:
        return replace(
            _described(told, as_of), **_connected(location, settings, told["warehouse"]), _answers=folder / "answers"
        )
    session = Session(folder, texts=Path(handed) / "texts")
    present = {name: frozenset(columns) for name, columns in told["present"].items()}
    return replace(
        _described(told, as_of),
        set_aside_frames=_frames(folder, told["set_aside_frames"]),
        _tables=_Lying(session, folder, present),
        _present=present_for(present, settings.data),
        _session=session,
        _compiled=_Views(Path(handed) / "views"),
        _answers=folder / "answers",
    )


def _described(told: dict[str, Any], as_of: date) -> Data:
    inputs = [
        Input(path, table, rows, Path(file) if file else None, fingerprint, said, how, aside)
        for path, table, rows, file, fingerprint, said, how, aside in told["inputs"]
    ]
    return Data(
        as_of=as_of,
        warnings=_faults(told["warnings"]),
        set_aside=_faults(told["set_aside"]),
        set_aside_rows=told["set_aside_rows"],
        inputs=tuple(inputs),
        rows=told["rows"],
    )


def _connected(name: str, settings: Settings, told: dict[str, Any]) -> dict[str, Any]:
    """The tables of a warehouse, which were checked by who told of it."""
    from cskit.data.remote import typed_tables  # a driver's libraries, for who has a source

    loader, loaded = typed_tables(name, settings, told)
    if errors := [fault for fault in loader.faults if not fault.warning]:  # it was changed since
        raise DataError(errors)
    found = {own: one.rows for own, one in loaded.items()}
    present = {own: one.present for own, one in loaded.items()}
    return {
        "_tables": found,
        "_present": present_for(present, settings.data),
        "_excluded": scoped(None, found, present, settings.data),
        "_warehouse": loader.warehouse,
        "_only_theirs": bool(settings.data.only),
    }


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


class _Views(MutableMapping[str, tuple[str, ibis.Schema]]):
    """Compiled views of the tables: they are the same for all customers, so that one process compiles for all."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.known: dict[str, tuple[str, ibis.Schema]] = {}

    def __getitem__(self, name: str) -> tuple[str, ibis.Schema]:
        if name not in self.known:
            found = recall(self.folder / name)
            if found is None:
                raise KeyError(name)
            self.known[name] = found
        return self.known[name]

    def __setitem__(self, name: str, view: tuple[str, ibis.Schema]) -> None:
        self.known[name] = view
        remember(view, self.folder / name)

    def __delitem__(self, name: str) -> None:
        raise TypeError("views are only added")

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


def _copy(session: Session, query: str, file: Path) -> None:
    session.engine.execute(f"COPY ({query}) TO {literal(str(file))} (FORMAT parquet)")


def _origin(location: str, settings: Settings, root: Path) -> str:
    """What decides which rows there are."""
    place = str((root / Path(location).expanduser()).resolve())
    told: dict[str, Any] = {"place": place, "timezone": settings.calendar.timezone}
    if location in settings.sources:
        told["source"] = settings.sources[location].model_dump(mode="json")
    told |= settings.data.model_dump(
        mode="json", include={"mapping", "headers", "by_name", "set_aside", "exclude_tags", "only"}
    )
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _faults(told: list[dict[str, Any]]) -> tuple[Fault, ...]:
    return tuple(Fault(**{**fault, "rows": tuple(fault["rows"])}) for fault in told)


def _frames(folder: Path, names: list[str]) -> dict[str, Any]:
    if not names:
        return {}
    import pandas as pd

    return {name: pd.read_parquet(folder / f"aside_{name}.parquet") for name in names}
