"""What do the processes of a run leave each other? The SQL of a query, an answer, the view of a table.

Ibis takes longer to write a query than a small engine to answer it, and the packs of a run ask the same questions of
other customers. What one has written down the next finds by what it was made of.
"""

import hashlib
import io
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
from ibis.backends import BaseBackend
from ibis.backends.duckdb import Backend
from ibis.expr.datatypes import DataType

from cskit import i18n

__all__ = ["Compiling", "found_or_made", "hold", "recall", "remember"]


class Compiling(Backend):
    """DuckDB that looks up the SQL of an expression before it is written anew.

    Attributes
    ----------
    texts : Path or None
        The folder in which the processes of a run leave it; None: each is written anew.

    Examples
    --------
    The question is the same for other rows, and leaves one text.

    >>> import ibis
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for numbers in [1, 2], [5, 8]:
    ...         own = Compiling()
    ...         own.do_connect()
    ...         own.texts = Path(folder)
    ...         rows = own.create_table("numbers", ibis.memtable({"n": numbers}))
    ...         rows.n.sum().execute(), len(list(Path(folder).iterdir()))
    (3, 1)
    (13, 1)
    """

    texts: Path | None = None

    def compile(self, expr: ir.Expr, /, **options: Any) -> str:
        """The SQL of an expression."""
        place = self._place(expr, options)
        known = recall(place) if place else None
        if known is None:
            known = super().compile(expr, **options)
            if place:
                remember(known, place)
        return str(known)

    def execute(self, expr: ir.Expr, /, **options: Any) -> Any:
        """As Ibis has it, which however makes a Python object of every value in a column with a gap."""
        import pandas as pd
        from ibis.backends.duckdb.converter import DuckDBPandasData

        schema = expr.as_table().schema()
        found = self._to_duckdb_relation(expr, **options).to_arrow_table()
        frame = pd.DataFrame({name: _values(found[name], schema[name]) for name in found.column_names})
        return expr.__pandas_result__(DuckDBPandasData.convert_table(frame, schema))

    def _place(self, expr: ir.Expr, options: dict[str, Any]) -> Path | None:
        if self.texts is None:
            return None
        told = io.BytesIO()
        try:
            _Key(told, pickle.HIGHEST_PROTOCOL).dump((expr.op(), sorted(options.items())))
        except (TypeError, AttributeError, pickle.PicklingError):
            return None
        return self.texts / hashlib.sha256(told.getvalue()).hexdigest()


def _values(column: Any, kind: DataType) -> Any:
    """A column of an answer for a frame."""
    import pyarrow as pa

    if kind.is_floating():
        return column.cast(pa.float64()).to_pandas()  # the engine reads 1.0 as a decimal
    plain = pa.types.is_string(column.type) or not (pa.types.is_nested(column.type) or column.null_count)
    return column.to_pandas() if plain else column.to_pylist()


class _Key(pickle.Pickler):
    def persistent_id(self, thing: Any) -> str | None:
        """A table is known by its name, wherever its database is open."""
        return "here" if isinstance(thing, BaseBackend) else None


class _Plain(pickle.Pickler):
    def persistent_id(self, thing: Any) -> None:
        """A table lives in its process: where it was unpickled, it would be one of an empty database."""
        if isinstance(thing, BaseBackend):
            raise pickle.PicklingError("a table")


def found_or_made(place: Path, make: Callable[[], Any], spoken: Path | None = None) -> Any:
    """What another process of the run has found, else what is made now and left for the others.

    Parameters
    ----------
    place : Path
        For what holds no words.
    make : callable
    spoken : Path or None
        For what was made with words in it; None: that is not left to anybody.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     asked = []
    ...     for _ in range(2):
    ...         found_or_made(Path(folder, "answers", "nps"), lambda: asked.append("once"))
    ...     asked
    ['once']

    In another language there would be other words:

    >>> with TemporaryDirectory() as folder:
    ...     found_or_made(Path(folder, "title"), lambda: i18n._("NPS"), spoken=Path(folder, "title-en"))
    ...     [path.name for path in Path(folder).iterdir()]
    'NPS'
    ['title-en']
    """
    for one in (place, spoken):
        found = recall(one) if one else None
        if found is not None:
            return found[0]
    before = i18n.times_asked()
    made = make()
    kept = place if i18n.times_asked() == before else spoken
    if kept:
        remember((made,), kept)  # None is an answer, too
    return made


_held: dict[Path, Any] = {}


def hold(folder: Path) -> None:
    """Keep all results that lie below a folder in memory: processes forked from this one need not read them.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for kind in "answers", "texts":
    ...         remember(42, Path(folder, kind, "nps"))
    ...     hold(Path(folder))
    >>> recall(Path(folder, "answers", "nps")), recall(Path(folder, "texts", "nps"))
    (42, None)
    """
    for place in folder.rglob("*"):
        if place.parent.name in ("answers", "shared") and not place.name.startswith("."):
            _held[place] = pickle.loads(place.read_bytes())


def recall(place: Path) -> Any:
    """What a process of the run left at a place, which is not None; None where nothing lies there.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     remember((6.4, "points"), Path(folder, "nps"))
    ...     recall(Path(folder, "nps")), recall(Path(folder, "health"))
    ((6.4, 'points'), None)
    """
    if place in _held:
        return _held[place]
    try:
        return pickle.loads(place.read_bytes())  # our own, where nobody else may write
    except FileNotFoundError:
        return None


def remember(result: object, place: Path) -> None:
    """Leave a result for the other processes of the run; nothing is left of one that cannot leave its process.

    A function made on the spot cannot, nor can a table of an open database.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     remember({"score": 6.4}, Path(folder, "answers", "nps"))
    ...     remember({"score": lambda: 6.4}, Path(folder, "answers", "later"))
    ...     [path.name for path in Path(folder, "answers").iterdir()]
    ['nps']
    """
    made = io.BytesIO()
    try:
        _Plain(made, pickle.HIGHEST_PROTOCOL).dump(result)
    except (TypeError, AttributeError, pickle.PicklingError):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.{os.getpid()}")
    fresh.write_bytes(made.getbuffer())
    fresh.replace(place)
