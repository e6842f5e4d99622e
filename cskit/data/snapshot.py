"""How is it known later what was known on a day, from tools that know only now? By dated copies, never written over.

A folder of copies (``snapshots/2023-06-30/customers.parquet``) is data like any other: read as of a day it is the
newest copy that is not later, with the customers' segment, plan, region and seats as the copies saw them change.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cskit.data.asof import Data
from cskit.data.places import Place
from cskit.data.session import Session, identifier, literal
from cskit.data.sources import Export
from cskit.errors import DataError, Fault

__all__ = ["Copy", "chosen", "history", "keep"]

HISTORY = ("segment", "plan", "region", "seats")


@dataclass(frozen=True, slots=True)
class Copy:
    """The copy that counts on a day, and those of its customers up to then, the oldest first.

    >>> files = tuple(Path("copies", day, "customers.parquet") for day in ("2023-03-31", "2023-06-30"))
    >>> copy = chosen(Place(Path("copies"), files), "copies", date(2023, 6, 30))
    >>> copy.day.isoformat(), [day.isoformat() for day, _ in copy.customers], copy.faults
    ('2023-06-30', ['2023-03-31', '2023-06-30'], ())
    """

    place: Place
    day: date
    customers: tuple[tuple[date, Path], ...]
    faults: tuple[Fault, ...]


def keep(data: Data, to: Path, day: date) -> Path:
    r"""Store the tables as a copy of a day, whole or not at all.

    Parameters
    ----------
    to : Path
        The folder of copies, made if it is not there.

    Returns
    -------
    Path
        The folder of this copy, with a file of Parquet for each table.

    Raises
    ------
    DataError
        If there is a copy of that day, or it cannot be written.

    Examples
    --------
    >>> from cskit.data.opening import open_data
    >>> from cskit.params import settings_with
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "解約.csv").write_text("顧客ID,解約日\nC1,R5.4.1\n", encoding="cp932")
    ...     data = open_data(folder, settings_with(), date(2023, 6, 30), Path(folder))
    ...     place = keep(data, Path(folder, "copies"), date(2023, 6, 30))
    ...     print(place.name, [path.name for path in place.iterdir()])
    2023-06-30 ['churns.parquet']
    """
    place = to / day.isoformat()
    if place.exists():
        raise DataError(f"{place}: there is a copy of that day already, and no copy is ever written over.")
    to.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".writing-", dir=to))
    try:
        for name, rows in data._tables.items():
            columns = [column for column in rows.columns if column in data._present[name]]
            _write(data, name, columns, aside / f"{name}.parquet")
        aside.chmod(0o755)
        os.rename(aside, place)  # fails where somebody was quicker: a folder with files in it is not replaced
    except OSError as error:
        if place.exists():
            raise DataError(
                f"{place}: there is a copy of that day already, and no copy is ever written over."
            ) from None
        raise DataError(f"{place}: it cannot be written: {error.strerror or error}.") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return place


def chosen(place: Place, location: str, as_of: date) -> Copy | None:
    """The newest copy not after a day; None where a place holds no copies.

    Parameters
    ----------
    location : str
        What the place is called in faults.

    Raises
    ------
    DataError
        If all copies are later.

    Examples
    --------
    >>> place = Place(Path("copies"), (Path("copies", "2023-03-31", "customers.parquet"),))
    >>> print(*chosen(place, "copies", date(2023, 6, 30)).faults)
    the newest copy until 2023-06-30 is of 2023-03-31; what changed in 91 days since is not known.
    >>> chosen(place, "copies", date(2022, 12, 31))
    Traceback (most recent call last):
    cskit.errors.DataError: copies: the first copy is of 2023-03-31, so what was known on 2022-12-31 is not in it.
    ...
    """
    copies = place.copies
    if not copies:
        return None
    known = sorted(day for day in copies if day <= as_of)
    if not known:
        raise DataError(
            f"{location}: the first copy is of {min(copies)}, so what was known on {as_of} is not in it.\n"
            "  Name a later day, or the exports themselves: --data."
        )
    day, faults = known[-1], list[Fault]()
    if day < as_of:
        what = (
            f"the newest copy until {as_of} is of {day}; what changed in {(as_of - day).days} days since is not known."
        )
        faults.append(
            Fault("", location, what, "Take a copy on the last day of each period: cskit snapshot.", warning=True)
        )
    customers = [(own, path) for own in known for path in copies[own] if path.stem == "customers"]
    return Copy(Place(place.folder, copies[day]), day, tuple(customers), tuple(faults))


def history(copy: Copy, session: Session) -> tuple[list[Export], list[Fault]]:
    """``customer_history`` from what changed between the copies; nothing where the copy brings its own.

    Only of customers that the copy still has; how many earlier ones have is said.

    Returns
    -------
    list of Export, list of Fault
        A file in the session's temporary folder: ``customer_id``, ``from_on`` and those of ``segment``, ``plan``,
        ``region`` and ``seats`` that some copy has; a row for a customer's first copy, and for each that differs from
        the one before.

    Examples
    --------
    >>> import duckdb
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = []
    ...     for day, rows in (("2023-03-31", "('C1', 'S'), ('C2', 'S')"), ("2023-06-30", "('C1', 'M')")):
    ...         files.append(Path(folder, day, "customers.parquet"))
    ...         files[-1].parent.mkdir()
    ...         query = f"FROM (VALUES {rows}) AS own(customer_id, segment)"
    ...         _ = duckdb.execute(f"COPY ({query}) TO {literal(str(files[-1]))} (FORMAT parquet)")
    ...     session = Session(Path(folder))
    ...     copy = chosen(Place(Path(folder), tuple(files)), "copies", date(2023, 6, 30))
    ...     (found,), faults = history(copy, session)
    ...     session.engine.execute(f"FROM {literal(str(found.path))}").fetchall()
    [('C1', datetime.date(2023, 3, 31), 'S'), ('C1', datetime.date(2023, 6, 30), 'M')]
    >>> print(*faults)
    1 customers of earlier copies are not in it any more; they are in no figure.
    """
    if not copy.customers or any(path.stem == "customer_history" for path in copy.place.files):
        return [], []
    parts, there = [], set[str]()
    for day, path in copy.customers:
        scan = f"read_parquet({literal(str(path))})"
        own = {name for name, _ in session.describe(f"FROM {scan}")}
        cells = [identifier(name) if name in own else f"NULL AS {identifier(name)}" for name in HISTORY]
        there |= own & set(HISTORY)
        parts.append(f"SELECT customer_id, DATE '{day}' AS from_on, {', '.join(cells)} FROM {scan}")
    newest = f"SELECT customer_id FROM read_parquet({literal(str(copy.customers[-1][1]))})"
    every = f"SELECT customer_id FROM ({' UNION ALL '.join(parts)})"
    ((gone,),) = session.engine.execute(f"SELECT count(*) FROM ({every} EXCEPT {newest})").fetchall()
    what = f"{gone:,} customers of earlier copies are not in it any more; they are in no figure."
    mend = "A customer that left stays in the export, with churned_on."
    faults = [Fault("customers", f"copy of {copy.day}", what, mend, warning=True)] if gone else []
    if not there:
        return [], faults
    state = f"ROW({', '.join(HISTORY)})"
    order = "OVER (PARTITION BY customer_id ORDER BY from_on)"
    marked = f"SELECT *, {state} IS DISTINCT FROM lag({state}) {order} OR row_number() {order} = 1 AS changed"
    kept = ", ".join(name for name in HISTORY if name in there)
    to = session.temporary / "customer_history.parquet"
    session.engine.execute(
        f"COPY (SELECT customer_id, from_on, {kept} FROM ({marked} FROM ({' UNION ALL '.join(parts)})) WHERE changed "
        f"AND customer_id IN ({newest}) "
        f"ORDER BY ALL) TO {literal(str(to))} (FORMAT parquet)"
    )
    return [Export(to, ("customer_history",))], faults


def _write(data: Data, name: str, columns: list[str], to: Path) -> None:
    rows = data._tables[name].select(*columns)
    if data._session is None:
        rows.to_parquet(to)
        return
    own = data._session.file(".parquet")  # the engine can write nowhere else
    data._session.engine.execute(f"COPY ({data._session.ibis.compile(rows)}) TO {literal(str(own))} (FORMAT parquet)")
    shutil.move(own, to)
