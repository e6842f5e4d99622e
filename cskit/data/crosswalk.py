"""Which customer is meant by another system's ID or by a company's name? 名寄せ.

A ``customer_id`` that is no customer's is looked up in the table ``crosswalk``: as it stands first, then as a company's
name in any spelling. What leads to nobody, or to two, stays as it is, is counted by the checks, and can be listed.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from cskit.data.asof import Data
from cskit.data.companies import plain_company
from cskit.data.load import Loaded, stored
from cskit.data.schema import plain, tables
from cskit.data.session import Session, identifier
from cskit.errors import CskitError, Fault

__all__ = ["led_by", "walked", "write_unmatched"]

MOST = 5_000  # IDs that are led one by one in a database, where nothing is written; more are for a join there


def walked(
    loaded: dict[str, Loaded], session: Session | None, by_name: Iterable[str] = ()
) -> tuple[dict[str, Loaded], list[Fault]]:
    """The tables with every ``customer_id`` that leads to a customer in its place.

    Parameters
    ----------
    by_name : iterable of str
        Tables whose ``customer_id`` may hold the name of a company, as customers have it.

    Returns
    -------
    dict of Loaded
        All tables; those in which nothing is led are the same as before.
    list of Fault
        How many names only their spelling led, as warnings; of a database, too many IDs to lead.

    Examples
    --------
    >>> import ibis
    >>> exports = {"customers": {"customer_id": ["C1"], "name": ["株式会社アクメ"]}}
    >>> exports["tickets"] = {"customer_id": ["ｱｸﾒ㈱", "アクメ（株）", "だれか"]}
    >>> session, loaded = Session(Path()), {}
    >>> for name, columns in exports.items():
    ...     rows = session.ibis.create_table(name, ibis.memtable(columns))
    ...     loaded[name] = Loaded(tables()[name], rows, (f"{name}.csv",), ((),), frozenset(columns))
    >>> led, told = walked(loaded, session, by_name=["tickets"])
    >>> sorted(led["tickets"].rows.customer_id.to_pyarrow().to_pylist()), str(told[0])
    (['C1', 'C1', 'だれか'], 'column customer_id: 2 names were led to a customer by their spelling alone.')
    """
    if "customers" not in loaded or not ("crosswalk" in loaded or set(by_name) & set(loaded)):
        return loaded, []
    pairs, own, faults = _pairs(loaded), dict(loaded), []
    for name, one in loaded.items():
        if name in ("customers", "crosswalk") or "customer_id" not in one.present:
            continue
        ids, names = _known(name, one, pairs, loaded["customers"] if name in by_name else None)
        found, spelt = _led(one, loaded["customers"], ids, names)
        if found and session:
            own[name] = _replaced(session, one, found)
        elif len(found) > MOST:
            what = f"{len(found):,} IDs are led to a customer by the crosswalk; of a database at most {MOST:,} are."
            faults.append(Fault(name, one.labels[0], what, "Make a view there that joins it.", "customer_id"))
        elif found:
            own[name] = led_by(one, found)
        if spelt:
            by_spelling = "1 name was" if len(spelt) == 1 else f"{len(spelt):,} names were"
            what = f"{by_spelling} led to a customer by their spelling alone."
            faults.append(Fault(name, one.labels[0], what, "", "customer_id", warning=True))
    return own, faults


def led_by(one: Loaded, found: Mapping[str, str]) -> Loaded:
    """A table of a database with what leads to a customer in its place; every process of a run is told of it.

    >>> import ibis
    >>> from cskit.data.warehouse import Warehouse
    >>> from cskit.settings import Source
    >>> crm, rows = Warehouse("crm", Source(url="duckdb://")), ibis.memtable({"customer_id": ["t-1", "C2", None]})
    >>> usage = Loaded(tables()["usage"], rows, ("usage",), (), frozenset({"customer_id"}), warehouse=crm)
    >>> led_by(usage, {"t-1": "C1"}).rows.customer_id.to_pyarrow().to_pylist(), crm.told["led"]
    (['C1', 'C2', None], {'usage': {'t-1': 'C1'}})
    """
    if one.warehouse is None:
        return one
    one.warehouse.told.setdefault("led", {})[one.table.name] = dict(found)
    led = one.rows.customer_id.cases(*found.items(), else_=one.rows.customer_id)
    return replace(one, rows=one.warehouse.keep(one.table.name, one.rows.mutate(customer_id=led)))


def write_unmatched(data: Data, to: Path) -> int:
    r"""Every ID that is no customer's, with the rows it stands in, as a crosswalk to be filled in.

    Raises
    ------
    CskitError
        If there is such a file: it may be filled in.

    Returns
    -------
    int
        How many IDs were written, those in most rows first.

    Examples
    --------
    >>> from datetime import date
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.data import open_data
    >>> from cskit.params import settings_with
    >>> exports = {"customers": "customer_id\nC1", "tickets": "ticket_id,customer_id,opened_at\n1,t-9,2023-05-01"}
    >>> with TemporaryDirectory() as folder:
    ...     for name, text in exports.items():
    ...         _ = Path(folder, f"{name}.csv").write_text(text, encoding="utf-8")
    ...     data = open_data(folder, settings_with({}), date(2023, 6, 30), Path())
    ...     write_unmatched(data, to := Path(folder, "crosswalk.csv"))
    ...     to.read_text(encoding="utf-8-sig").splitlines()
    1
    ['source,their_id,customer_id,rows', 'tickets,t-9,,1']
    """
    if to.exists():
        raise CskitError(f"{to} is there already and may be filled in: nothing is written over. Name another.")
    rows = []
    for name, table in tables().items():
        theirs = name not in ("crosswalk", "customers") and "customer_id" in table.columns
        if theirs and data.has(name, "customer_id") and data.has("customers"):
            own, known = data.table(name), data.table("customers")
            strange = own.filter(own.customer_id.notnull() & ~own.customer_id.isin(known.customer_id))
            counted = strange.group_by("customer_id").aggregate(rows=strange.count())
            rows += [(name, one["customer_id"], one["rows"]) for one in counted.to_pyarrow().to_pylist()]
    rows.sort(key=lambda row: (-row[2], row[0], row[1]))
    with to.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["source", "their_id", "customer_id", "rows"])
        writer.writerows((source, theirs, "", often) for source, theirs, often in rows)
    return len(rows)


def _pairs(loaded: Mapping[str, Loaded]) -> list[tuple[str, str, str]]:
    """Source, theirs and ours; of the sources those of all last, so that a source's own go before."""
    if "crosswalk" not in loaded:
        return []
    own = loaded["crosswalk"]
    found = own.ask(
        f"SELECT coalesce(source, ''), their_id, customer_id FROM {own.scan} "
        "WHERE their_id IS NOT NULL AND customer_id IS NOT NULL"
    )
    return sorted(((plain(source), theirs, ours) for source, theirs, ours in found), key=lambda pair: not pair[0])


def _known(
    name: str, one: Loaded, pairs: list[tuple[str, str, str]], customers: Loaded | None
) -> tuple[dict[str, str], dict[str, set[str]]]:
    """What leads to customers for this table: IDs as they stand, plain names to all they may mean."""
    stems = {export.path.stem for exports in one.exports for export in exports}
    here = {"", *map(plain, (name, tables()[name].ja, *one.labels, *stems))}
    ids: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    for source, theirs, ours in pairs:
        if source in here:
            ids.setdefault(theirs, ours)
            names.setdefault(plain_company(theirs), set()).add(ours)
    if customers is not None and "name" in customers.present:
        for ours, theirs in customers.ask(f"SELECT customer_id, name FROM {customers.scan} WHERE name IS NOT NULL"):
            names.setdefault(plain_company(theirs), set()).add(ours)
    names.pop("", None)
    return ids, names


def _led(
    one: Loaded, customers: Loaded, ids: Mapping[str, str], names: Mapping[str, set[str]]
) -> tuple[dict[str, str], set[str]]:
    """Strangers with the customer each leads to, and those of them that only their spelling led."""
    strangers = one.ask(
        f"SELECT customer_id FROM {one.scan} WHERE customer_id IS NOT NULL "
        f"EXCEPT SELECT customer_id FROM {customers.scan}"
    )
    found: dict[str, str] = {}
    spelt = set()
    for (theirs,) in strangers:
        meant = names.get(plain_company(theirs), set())
        if theirs in ids:
            found[theirs] = ids[theirs]
        elif len(meant) == 1:
            found[theirs] = next(iter(meant))
            spelt.add(theirs)
    return found, spelt


def _replaced(session: Session, one: Loaded, found: Mapping[str, str]) -> Loaded:
    walk, name = identifier(f"{one.table.name}_walk"), f"{one.table.name}_walked"
    session.engine.execute(f"CREATE TEMP TABLE {walk} (theirs VARCHAR, ours VARCHAR)")
    session.engine.executemany(f"INSERT INTO {walk} VALUES (?, ?)", [list(pair) for pair in found.items()])
    columns = [
        "coalesce(walk.ours, own.customer_id) AS customer_id"
        if column == "customer_id"
        else f"own.{identifier(column)}"
        for column in one.rows.columns
    ]
    session.engine.execute(
        f"CREATE TABLE {identifier(name)} AS SELECT {', '.join(columns)} FROM {one.scan} AS own "
        f"LEFT JOIN {walk} AS walk ON own.customer_id = walk.theirs"
    )
    return replace(one, rows=stored(session, name))
