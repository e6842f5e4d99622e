"""Open the exports, read them strictly, check them, and say everything that is wrong at once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from cskit.data import checks
from cskit.data.arrange import arrange
from cskit.data.asof import Data, Input, present_for, scoped
from cskit.data.checks import Broken
from cskit.data.crosswalk import walked
from cskit.data.ends import ends_early
from cskit.data.handover import taken_over
from cskit.data.hours import expanded
from cskit.data.load import Loaded, Loader
from cskit.data.mapping import refuse_unknown
from cskit.data.places import locate
from cskit.data.schema import also_named, tables
from cskit.data.session import Session
from cskit.data.setaside import SetAside, set_aside
from cskit.data.snapshot import chosen, history
from cskit.data.sources import find, nothing_known
from cskit.errors import DataError, Fault
from cskit.settings import Settings

__all__ = ["open_data"]


def open_data(location: str, settings: Settings, as_of: date, root: Path) -> Data:
    r"""The tables found at a place, checked, as known on a day.

    Parameters
    ----------
    location : str
        A folder of exports, a workbook or a ``.duckdb`` file, relative to ``root``.
    settings : Settings
        ``data`` and ``calendar.timezone`` are used.
    as_of : date
        The last day that counts as known.
    root : Path
        The project folder.

    Returns
    -------
    Data
        With its warnings, and what was set aside.

    Raises
    ------
    DataError
        With every fault of every table, unless all are about rows and ``set_aside`` is on.
    SettingsError
        If the mapping names what is not there.

    Examples
    --------
    A Shift_JIS file with Japanese dates, as known before the second customer left:

    >>> from tempfile import TemporaryDirectory
    >>> from cskit.params import settings_with
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "解約.csv").write_text("顧客ID,解約日\nC1,R5.4.1\nC2,令和5年9月30日\n", encoding="cp932")
    ...     data = open_data(folder, settings_with(), date(2023, 6, 30), Path(folder))
    >>> data.table("churns").select("customer_id", "effective_on").to_pyarrow().to_pylist()
    [{'customer_id': 'C1', 'effective_on': datetime.date(2023, 4, 1)}]
    >>> data.rows, data.inputs[0].said
    ({'churns': 2}, 'cp932')
    """
    handed = taken_over(location, settings, as_of, root)
    if handed is not None:
        return handed
    refuse_unknown(settings.data.mapping, settings.data.headers)
    if location in settings.sources:
        return open_source(location, settings, as_of)
    place = locate(location, root)
    copy = chosen(place, location, as_of)
    session = Session(place.folder, place.databases)
    try:
        exports, faults = find(copy.place if copy else place, session)
        if copy:
            changes, gone = history(copy, session)
            exports, faults = exports + changes, [*faults, *copy.faults, *gone]
        mapping = {} if copy else settings.data.mapping  # a copy holds our tables
        plan = arrange(exports, expanded(mapping, exports))
        faults += plan.faults
        if not plan.pieces and not _errors(faults):
            raise nothing_known(place, exports)
        loader = Loader(session, settings.calendar.timezone, settings.money.currency, as_of)
        known = {name: also_named(own, settings.data.headers.get(name, {})) for name, own in tables().items()}
        read = {name: loader.load(known[name], plan.pieces[name]) for name in known if name in plan.pieces}
        loaded = {name: own for name, own in read.items() if own}
        loaded, led = walked(loaded, session, settings.data.by_name)
        return _checked(loaded, faults + loader.faults + led, settings, as_of, session)
    except BaseException:
        session.close()
        raise


def open_source(name: str, settings: Settings, as_of: date) -> Data:
    """The tables of a source that params name, checked where they are, as known on a day.

    Raises
    ------
    DataError
        As :func:`open_data`; also in one line if the source cannot be reached or refuses us.
    """
    from cskit.data.remote import typed_tables  # a driver's libraries, for who has a source

    loader, loaded = typed_tables(name, settings)
    try:
        data = _checked(loaded, loader.faults, settings, as_of, None)
        return replace(data, _warehouse=loader.warehouse)
    except BaseException:
        loader.warehouse.close()
        raise


def _checked(
    loaded: dict[str, Loaded], faults: list[Fault], settings: Settings, as_of: date, session: Session | None
) -> Data:
    """Everything wrong with the tables, said at once; otherwise the data."""
    broken = _counted(loaded)
    empty = [loaded.pop(name) for name, own in broken.items() if not own.rows]
    faults += _without_rows(empty)
    if empty:  # what refers to a table without rows is not checked against it
        broken = _counted(loaded)
    rows = {name: sum(own.rows.values()) for name, own in broken.items()}
    state = SetAside(loaded, broken)
    if settings.data.set_aside and session and not _errors(faults):
        state = set_aside(loaded, broken)
    inputs = _inputs(loaded, broken, state.by_source)
    for name, own in state.loaded.items():
        faults += checks.faults(own, state.broken[name])
    if errors := _errors(faults):
        raise DataError(errors)
    found = {name: own.rows for name, own in state.loaded.items()}
    present = {name: own.present for name, own in state.loaded.items()}
    data = Data(
        as_of=as_of,
        warnings=tuple(faults),
        set_aside=tuple(state.faults),
        set_aside_rows=state.rows,
        set_aside_frames=state.joined(),
        inputs=inputs,
        rows=rows,
        _tables=found,
        _present=present_for(present, settings.data),
        _excluded=scoped(session, found, present, settings.data),
        _session=session,
        _only_theirs=bool(settings.data.only),
    )
    return replace(data, warnings=(*data.warnings, *ends_early(data)))


def _counted(loaded: dict[str, Loaded]) -> dict[str, Broken]:
    return {name: checks.count(own, checks.rules(own, loaded)) for name, own in loaded.items()}


def _errors(faults: list[Fault]) -> list[Fault]:
    return [fault for fault in faults if not fault.warning]


def _without_rows(empty: list[Loaded]) -> list[Fault]:
    """One warning per file, however many of its sheets are empty."""
    labels: dict[str, list[str]] = {}
    for own in empty:
        for label in own.labels:
            file, _, sheet = label.partition(", ")
            labels.setdefault(file, []).append(sheet.removeprefix("sheet ") or own.table.name)
    mend = "Where rows were expected, export it again."
    return [
        Fault("", file, f"{', '.join(own)}: column names but no rows; counts as not delivered.", mend, warning=True)
        for file, own in labels.items()
    ]


def _inputs(
    loaded: dict[str, Loaded], broken: dict[str, Broken], aside: Mapping[tuple[str, str], int]
) -> tuple[Input, ...]:
    found = []
    for name, own in loaded.items():
        for part, exports in enumerate(own.exports):
            rows = broken[name].rows.get(part, 0)
            for place, export in enumerate(exports):
                if own.warehouse:
                    found.append(Input(export.label, name, rows, None, own.warehouse.fingerprint(export.relation)))
                else:
                    said = own.said[part] if part < len(own.said) else ""
                    how = own.how[part][place] if part < len(own.how) else {}
                    gone = aside.get((name, own.labels[part]), 0)
                    found.append(Input(export.label, name, rows, export.path, said=said, how=how, set_aside=gone))
    return tuple(found)
