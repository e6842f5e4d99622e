"""What was known on a day?"""

import hashlib
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
from ibis import Deferred

from cskit import i18n
from cskit.data.schema import Column, Table, tables
from cskit.data.session import Session, identifier
from cskit.errors import Fault, NotAvailable, SettingsError, did_you_mean
from cskit.glance import glance
from cskit.i18n import _

if TYPE_CHECKING:
    import pandas as pd

    from cskit.data.warehouse import Warehouse
    from cskit.settings import Data as DataSettings

__all__ = ["Data", "Input", "Panel", "known", "limited", "present_for", "scoped"]

LARGE = 500_000  # rows
DAYS, AS_OF = "_days", {"as_of": "date"}
SOME_DAY, AS_WRITTEN = date.min, "MAKE_DATE(1, 1, 1)"  # stands for the day in what is compiled once for all days
SPACE = "[ \\t\\r\\n\\f\u00a0\u3000]"


@dataclass(frozen=True, slots=True)
class Input:
    """A file, or a sheet of one, that a table was read from.

    Parameters
    ----------
    path : str
        As shown: the file's name, and the sheet.
    rows : int
        Read from it.
    said : str
        How it was read, where that is not as usual: ``cp932, tab``.
    how : dict
        The same for machines, and all of it; see :class:`cskit.data.sources.Raw`.
    set_aside : int
        Of the rows, those taken out because they are wrong.

    Examples
    --------
    A table of a database has no file: there the fingerprint is of its rows.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "churns.csv").write_bytes(b"customer_id")
    ...     Input("churns.csv", "churns", 0, Path(folder, "churns.csv")).sha256[:8]
    '1e38d67d'
    >>> Input("churns", "churns", 12, None, fingerprint="9f2c").sha256
    '9f2c'
    """

    path: str
    table: str
    rows: int
    file: Path | None = field(repr=False)
    fingerprint: str = ""
    said: str = ""
    how: dict[str, str | int] = field(default_factory=dict)
    set_aside: int = 0

    @property
    def sha256(self) -> str:
        """Of the whole file, computed when first asked for; of a table of a database, of its rows."""
        if self.file is None:
            return self.fingerprint
        state = self.file.stat()
        return _sha256(self.file, state.st_mtime_ns, state.st_size)


@dataclass(frozen=True)
class Data:
    """The tables as they were known on one day.

    Rows dated later do not exist yet, later events are empty cells, customers with an excluded tag are in no table,
    and where only some customers are asked for neither are the others, nor rows that belong to no customer.

    Parameters
    ----------
    as_of : date
        The day.
    warnings, set_aside : tuple of Fault
        What is normal in real exports, counted; what was taken out because it is wrong.
    set_aside_frames : dict of DataFrame
        The rows taken out, with file, row and reason.
    inputs : tuple of Input
        What was read.
    rows : dict of int
        Rows read per table.

    Examples
    --------
    In one reading of the exports lie all days: a notice given in May is not known in March.

    >>> [run.data.at(day).table("churns").count().execute() for day in (date(2023, 3, 31), date(2023, 6, 30))]
    [17, 18]
    """

    as_of: date
    warnings: tuple[Fault, ...] = ()
    set_aside: tuple[Fault, ...] = ()
    set_aside_rows: int = 0
    set_aside_frames: dict[str, "pd.DataFrame"] = field(default_factory=dict, repr=False)
    inputs: tuple[Input, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    _tables: Mapping[str, ir.Table] = field(default_factory=dict, repr=False)
    _present: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    _excluded: ir.Table | None = field(default=None, repr=False)
    _session: Session | None = field(default=None, repr=False)
    _warehouse: "Warehouse | None" = field(default=None, repr=False)
    _only_theirs: bool = False
    # What was made of these tables in the session, for all days.
    _compiled: MutableMapping[str, tuple[str, ibis.Schema]] = field(default_factory=dict, repr=False, compare=False)
    _views: dict[tuple[str, tuple[date, ...], tuple[str, ...], bool], ir.Table] = field(
        default_factory=dict, repr=False, compare=False
    )

    # What was asked of them, see cskit.once: by question and day, and where other processes of the run find it.
    _asked: dict[Any, list[tuple[object, Any]]] = field(default_factory=dict, repr=False, compare=False)
    _answers: Path | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        rows = sum(self.rows.values())
        return f"Data(as_of={self.as_of}, tables={len(self.rows)}, rows={rows}, set_aside_rows={self.set_aside_rows})"

    def _repr_html_(self) -> str:
        lines = [(_("As of"), i18n.day(self.as_of)), (_("Tables"), self.in_short())]
        counts = {_("To check"): len(self.warnings), _("Rows set aside"): self.set_aside_rows}
        return glance("", lines + [(name, i18n.number(n)) for name, n in counts.items() if n])

    def in_short(self, most: int | None = None) -> str:
        """How many tables and rows there are, and the largest so many of them by name; None: all."""
        sizes = sorted(self.rows.items(), key=lambda one: -one[1])
        named = [f"{name} {i18n.number(n)}" for name, n in sizes[:most]]
        more = ["…"] if len(named) < len(sizes) else []
        whole = [
            i18n.n_("{n} table", "{n} tables", len(sizes)),
            i18n.n_("{n} row", "{n} rows", sum(self.rows.values())),
        ]
        return f"{i18n.several(whole, ', ')}: {i18n.several([*named, *more], ', ')}"

    @property
    def by(self) -> tuple[str, ...]:
        """What names a customer's row in what is computed of each."""
        return ("customer_id",)

    def __getattr__(self, name: str) -> Any:
        """A table is asked for by its name, not as an attribute: ``data.tickets`` says so.

        >>> run.data.tickets
        Traceback (most recent call last):
        AttributeError: A table is asked for by its name: data.table("tickets").
        """
        if name in tables():
            raise AttributeError(f'A table is asked for by its name: data.table("{name}").')
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def table(self, name: str) -> ir.Table:
        """A table as known on the day, with all columns of the schema; those that did not come are empty.

        Raises
        ------
        NotAvailable
            If it did not come with the data.
        """
        self.need(name)
        if self._session:
            return self._view(self._session, name, (self.as_of,), tuple(tables()[name].columns))
        rows = known(self._rows(name), tables()[name], self.as_of)
        return self._warehouse.seen(rows) if self._warehouse else rows

    def on_days(self, days: Iterable[date]) -> "Panel":
        """The same data as known on each of several days at once.

        >>> panel = Data(date(2023, 6, 30)).on_days([date(2023, 6, 30), date(2023, 3, 31), date(2023, 6, 30)])
        >>> [day.isoformat() for day in panel.days], panel.newest.days[0].isoformat()
        (['2023-03-31', '2023-06-30'], '2023-06-30')
        """
        return Panel(self, tuple(sorted(set(days))))

    def has(self, name: str, *columns: str) -> bool:
        """Whether a table, and these columns of it, came with the data."""
        _refuse_unknown(name, columns)
        return name in self._tables and self._present[name].issuperset(columns)

    def need(self, *names: str) -> None:
        """Say which of these tables are missing, and what each would add.

        Raises
        ------
        NotAvailable
            If any is.
        """
        missing = [name for name in names if not self.has(name)]
        if missing:
            lines = [
                _("The table {table} is missing; it adds {adds}.", table=name, adds=_(tables()[name].adds))
                for name in missing
            ]
            raise NotAvailable("\n".join(lines))

    def at(self, day: date) -> "Data":
        """The same data as known on another day."""
        return replace(self, as_of=day)

    def any_of(self, rows: ir.Table) -> bool:
        """Whether a table made from these has a row; asked without the libraries that frames need."""
        one = rows.limit(1)
        if self._session is None:
            return bool(one.count().execute())
        return bool(self.few(one))

    def few(self, rows: ir.Table) -> list[tuple[Any, ...]]:
        """A table made from these, of a few rows; of files without the libraries that frames need."""
        if self._session is None:
            return list(rows.to_pandas().itertuples(index=False, name=None))
        return self._session.engine.execute(self._session.ibis.compile(rows)).fetchall()

    def is_large(self, *names: str, than: int = LARGE) -> bool:
        """Whether some tables have so many rows that to read a part of them again is better than to keep all."""
        return sum(self.rows.get(name, 0) for name in names) > than

    def hold(self, rows: ir.Table) -> ir.Table:
        """Rows made from these as a table of its own, worked out now, for what is built on them more than once."""
        return rows if self._session is None else self._session.hold(rows)

    def described(self) -> "Data":
        """What is told of the data, without the tables: this can go to another process."""
        own = {"as_of", "warnings", "set_aside", "set_aside_rows", "set_aside_frames", "inputs", "rows"}
        return Data(**{name: getattr(self, name) for name in own})

    def cut(self, day: date) -> "Data":
        """The same data with every later row and cell taken out beforehand, however it is read."""
        past = {name: known(rows, tables()[name], day) for name, rows in self._tables.items()}
        return replace(self, as_of=day, _tables=past, _compiled={}, _views={}, _asked={}, _answers=None)

    def _view(
        self, session: Session, name: str, days: tuple[date, ...], columns: tuple[str, ...], anybody: bool = False
    ) -> ir.Table:
        """A table on each of some days, behind a view of the session.

        The expression is compiled once for all days, and not again in every query that is built on it: for tables of
        usual size that takes longer than the engine needs for the answer.
        """
        if (name, days, columns, anybody) not in self._views:
            self._tables[name]  # what the view reads is there
            kind = f"{name}-on-a-day" if len(days) == 1 else name
            kind = f"{kind}-of-anybody" if anybody else kind
            if kind not in self._compiled:
                days_of = ibis.table(AS_OF, DAYS)
                panel = self._on_a_day(name, anybody) if len(days) == 1 else self._panel(name, days_of, anybody)
                self._compiled[kind] = session.ibis.compile(panel), panel.schema()
            sql, schema = self._compiled[kind]
            kept = ibis.schema({column: schema[column] for column in columns})
            self._views[name, days, columns, anybody] = _view(session, name, sql, days, kept)
        return self._views[name, days, columns, anybody]

    def _panel(self, name: str, days: ir.Table, anybody: bool = False) -> ir.Table:
        rows = self._rows(name, anybody).cross_join(days)
        return known(rows, tables()[name], rows.as_of)

    def _on_a_day(self, name: str, anybody: bool = False, day: date = SOME_DAY) -> ir.Table:
        """With a constant for the day an engine can skip what lies outside, which it cannot with a joined one."""
        at = ibis.literal(day)
        return known(self._rows(name, anybody), tables()[name], at).mutate(as_of=at)

    def _rows(self, name: str, anybody: bool = False) -> ir.Table:
        """All rows of a table, whatever their day, but those of excluded customers."""
        rows = self._tables[name].select(*tables()[name].columns)
        if self._excluded is None or (anybody and not self._only_theirs):  # a few do not matter, most of them do
            return rows
        if "customer_id" in rows.columns:
            rows = rows.filter(rows.customer_id.notnull()) if self._only_theirs else rows
            return rows.anti_join(self._excluded, "customer_id")  # a row that names nobody stays
        for column in tables()[name].columns.values():  # a step is of the onboarding's customer
            parent = tables()[column.refers].columns if column.refers else {}
            if "customer_id" in parent and self.has(column.refers):
                theirs = self._tables[column.refers]
                theirs = theirs.semi_join(self._excluded, "customer_id")
                rows = rows.anti_join(theirs, [(column.name, tables()[column.refers].key[0])])
        return rows


@dataclass(frozen=True)
class Panel:
    """The tables as they were known on each of several days.

    What is asked of it is asked of all days in one query, which costs little more than of one.

    Parameters
    ----------
    data : Data
    days : tuple of date
        Each once, the oldest first.

    Examples
    --------
    On each day one had given notice and was still a customer.

    >>> churns = run.data.on_days([date(2023, 6, 30), date(2023, 3, 31)]).table("churns")
    >>> told = churns.group_by("as_of").aggregate(notices=churns.count(), left=churns.effective_on.count())
    >>> told.order_by("as_of").to_pandas()
           as_of  notices  left
    0 2023-03-31       17    16
    1 2023-06-30       18    17
    """

    data: Data
    days: tuple[date, ...]

    @property
    def newest(self) -> "Panel":
        """The data as known on the last of the days."""
        return self.data.on_days(self.days[-1:])

    @property
    def by(self) -> tuple[str, ...]:
        """What names a customer's row in what is computed of each: on a single day the customer alone."""
        return ("as_of", "customer_id") if len(self.days) > 1 else ("customer_id",)

    def has(self, name: str, *columns: str) -> bool:
        """Whether a table, and these columns of it, came with the data."""
        return self.data.has(name, *columns)

    def before(self, days: float) -> ir.DateValue | Deferred:
        """So many whole days before the day as of which a row is known: ``used.filter(used.on > data.before(90))``.

        Examples
        --------
        >>> both = run.data.on_days([date(2023, 3, 31), date(2023, 6, 30)])
        >>> asked = both.table("tickets")
        >>> asked = asked.filter(asked.opened_at.date() > both.before(90))
        >>> asked.group_by("as_of").aggregate(n=asked.count()).order_by("as_of").to_pandas()["n"].tolist()
        [330, 367]
        """
        # Each day is written down, so that it is known to the engine before the rows are read.
        earlier = {day: day - timedelta(int(days)) for day in self.days}
        return ibis._.as_of.cases(*earlier.items()) if len(earlier) > 1 else ibis.literal(*earlier.values())

    def table(self, name: str, anybody: bool = False) -> ir.Table:
        """A table with a column ``as_of``: every row once for each day on which it was known, as known on that day.

        Parameters
        ----------
        name : str
        anybody : bool
            Rows of customers that are left out may be among them, as it is joined to customers who are not: in a large
            table each row would be looked up for that alone.

        Raises
        ------
        NotAvailable
            If it did not come with the data.
        """
        self.data.need(name)
        if self.data._session:
            columns = ("as_of", *tables()[name].columns)
            return self.data._view(self.data._session, name, self.days, columns, anybody)
        if len(self.days) == 1:
            rows = self.data._on_a_day(name, anybody, self.days[0])
        else:
            rows = self.data._panel(name, ibis.array(list(self.days)).unnest().name("as_of").as_table(), anybody)
        return self.data._warehouse.seen(rows) if self.data._warehouse else rows


def known(rows: ir.Table, table: Table, day: date | ir.DateValue) -> ir.Table:
    """Rows and cells of a table that were known at the end of a day, which may be another for each row.

    A row without a date was known. One of a table whose event is required (a churn) is dated by the event then.

    Parameters
    ----------
    rows : ibis.Table
        With all columns of the schema.
    table : Table
        It says from which date a row is known, and which cells are of an event.
    day : date or ibis date
        Of each row, or of all.

    Returns
    -------
    ibis.Table
        Those rows; cells of later events are empty. A time is known on its day.

    Examples
    --------
    A has given notice and will leave; when B gave it nobody wrote down, so that it is known when B leaves.

    >>> days = {"notified_on": [date(2023, 6, 1), None], "effective_on": [date(2023, 7, 31), date(2023, 7, 1)]}
    >>> churns = ibis.memtable({"customer_id": ["A", "B"], **days, "reason": ["price", None]})
    >>> for day in (date(2023, 6, 30), date(2023, 7, 1)):
    ...     told = known(churns, tables()["churns"], day).select("customer_id", "effective_on")
    ...     [tuple(row.values()) for row in told.to_pyarrow().to_pylist()]
    [('A', None)]
    [('A', None), ('B', datetime.date(2023, 7, 1))]
    """
    columns = table.columns
    later_row = _later(rows, columns[table.known_on], day)
    for column in columns.values():
        if column.event and column.required and not columns[table.known_on].required:
            later_row |= rows[table.known_on].isnull() & _later(rows, column, day)
    cells = {}
    for column in columns.values():
        event = columns[column.known_with] if column.known_with else column if column.event else None
        if event:
            unknown = _later(rows, event, day) | (rows[event.name].isnull() if column.known_with else False)
            cells[column.name] = unknown.ifelse(ibis.null(rows[column.name].type()), rows[column.name])
    return rows.filter(~later_row).mutate(**cells)


def limited(data: Data, rules: "DataSettings") -> Data:
    """The same data with only the customers that these rules look at; until it is asked for again.

    Raises
    ------
    SettingsError
        As :func:`scoped`.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> large = limited(run.data, settings_with({"data": {"only": {"segment": "enterprise"}}}).data)
    >>> [data.table("customers").count().execute() for data in (run.data, large)]
    [498, 66]
    >>> limited(run.data, settings_with({"data": {"only": {"segment": "huge"}}}).data)
    Traceback (most recent call last):
    cskit.errors.SettingsError: data.only: there is no customer with segment huge.
    """
    out = scoped(data._session, data._tables, data._present, rules, "_left_out")
    return replace(data, _excluded=out, _only_theirs=bool(rules.only), _compiled={}, _views={}, _asked={})


def scoped(
    session: Session | None,
    found: Mapping[str, ir.Table],
    present: Mapping[str, frozenset[str]],
    rules: "DataSettings",
    name: str = "_excluded",
) -> ir.Table | None:
    """The customers to leave out, as a small table; None where there is nobody to leave out.

    Parameters
    ----------
    session : Session or None
        In which the table is made; None: it stays an expression.
    found, present
        The tables, and the columns that came with each.
    rules : cskit.settings.Data
        ``exclude_tags``: customers with one of them; ``only``: all but the customers with these values.
    name : str
        Of the table, in the place of an earlier one.

    Raises
    ------
    SettingsError
        If ``only`` names a column that did not come with the data, or nobody has its values.

    Examples
    --------
    A tag counts as a whole, whatever its case and however tags are put apart: testing is not test.

    >>> from cskit.params import settings_with
    >>> customers = ibis.memtable({"customer_id": ["A", "B", "C"], "tags": ["vip； Test", "testing", None]})
    >>> rules = settings_with({"data": {"exclude_tags": ["test"]}}).data
    >>> out = scoped(None, {"customers": customers}, {"customers": frozenset(customers.columns)}, rules)
    >>> out.to_pyarrow().to_pylist()
    [{'customer_id': 'A'}]
    """
    customers, columns = found.get("customers"), present.get("customers", frozenset())
    missing = [f"customers.{name}" for name in rules.only if name not in columns]
    if missing:
        raise SettingsError(f"data.only: {', '.join(missing)} did not come with the data.")
    if customers is None or "customer_id" not in columns:
        return None
    out = [_tagged(customers, rules.exclude_tags)] if rules.exclude_tags and "tags" in columns else []
    out += [~(customers[name].cast("string") == value).fill_null(False) for name, value in rules.only.items()]
    if not out:
        return None
    leave = customers.filter(reduce(lambda one, two: one | two, out)).select("customer_id")
    if session:
        session.engine.execute(f"CREATE OR REPLACE TEMPORARY TABLE {name} AS {session.ibis.compile(leave)}")
        made = session.temporary_table(name, leave.schema())
        number = session.engine.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]
    else:
        made, number = leave, leave.count().execute()
    if rules.only and number == customers.count().execute():
        told = " and ".join(f"{name} {value}" for name, value in rules.only.items())
        raise SettingsError(f"data.only: there is no customer with {told}.")
    return made if number or rules.only else None  # rows of no customer are nobody's, even if all customers stay


def present_for(present: Mapping[str, frozenset[str]], rules: "DataSettings") -> dict[str, frozenset[str]]:
    """The columns that can be used: where only some customers are looked at, not the hours a team has.

    It serves the others too, so that its hours would make every load look small.

    >>> from cskit.params import settings_with
    >>> rules = settings_with({"data": {"only": {"owner": "M002"}}}).data
    >>> sorted(present_for({"csms": frozenset({"csm_id", "name", "weekly_hours"})}, rules)["csms"])
    ['csm_id', 'name']
    """
    gone = {"csms": {"weekly_hours", "cs_share"}} if rules.only else {}
    return {name: columns - gone.get(name, frozenset()) for name, columns in present.items()}


def _tagged(customers: ir.Table, tags: list[str]) -> ir.BooleanValue:
    """Whether a customer carries one of these tags."""
    # What counts as a space in a pattern differs between engines: they are named.
    plain = customers.tags.re_replace(f"{SPACE}*[；;、,]{SPACE}*", ";").re_replace(f"^{SPACE}+|{SPACE}+$", "").lower()
    padded = ibis.literal(";") + plain + ";"
    hits = [padded.contains(f";{tag.strip().lower()};") for tag in tags]
    return reduce(lambda one, two: one | two, hits).fill_null(False)


def _later(rows: ir.Table, column: Column, day: date | ir.DateValue) -> ir.BooleanValue:
    """Whether a date lies after a day; no date does not."""
    value = rows[column.name]
    if column.type == "datetime":
        value = value.date()
    return (value > day).fill_null(False)


def _view(session: Session, name: str, sql: str, days: tuple[date, ...], schema: ibis.Schema) -> ir.Table:
    """Compiled SQL in which ``DAYS``, or ``SOME_DAY``, are these, as a view."""
    columns, listed = ", ".join(map(identifier, schema)), ", ".join(f"(DATE '{day}')" for day in days)
    rows = f"SELECT {columns} FROM ({sql})"
    if len(days) == 1:
        rows = rows.replace(AS_WRITTEN, f"DATE '{days[0]}'")
    else:
        rows = f"WITH {DAYS} (as_of) AS (VALUES {listed}) {rows}"
    # Named after what it shows: the same query has the same text in every process of a run.
    view = f"{name}_known_{hashlib.sha256(rows.encode()).hexdigest()[:16]}"
    session.engine.execute(f"CREATE TEMPORARY VIEW IF NOT EXISTS {identifier(view)} AS {rows}")
    return session.temporary_table(view, schema)


def _refuse_unknown(name: str, columns: tuple[str, ...]) -> None:
    """A slip in our own code, not in anybody's data."""
    if name not in tables():
        raise KeyError(f"{name} is not a table.{did_you_mean(name, tables())}")
    for column in columns:
        if column not in tables()[name].columns:
            raise KeyError(f"{column} is not a column of {name}.{did_you_mean(column, tables()[name].columns)}")


@cache
def _sha256(path: Path, _changed: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
