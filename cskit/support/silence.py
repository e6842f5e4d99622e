"""Which customers do we hear nothing of? Four signals, each known or not; what is not known is not silent."""

from collections.abc import Callable, Iterable
from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _ as row

from cskit.data.asof import Panel
from cskit.facts import arr_by_customer, current_customers
from cskit.run import Run
from cskit.settings import Settings
from cskit.settings import Silent as Rules
from cskit.shared import shared

__all__ = ["SIGNALS", "arr_on", "days_of", "silence", "silences"]

SIGNALS = ("contact", "use", "ticket", "answer")
BY = ["as_of", "customer_id"]


@shared
def silence(run: Run, day: date | None = None) -> pd.DataFrame:
    """Every customer of a day with its signals.

    Parameters
    ----------
    run : Run
    day : date or None
        As known on it; None: on the period's last.

    Returns
    -------
    DataFrame, index customer_id
        ``contact``, ``use``, ``ticket``, ``answer``: whether silent, missing where not known; ``silent``; ``arr``, 0
        where nothing is paid. Columns of bool or missing ("boolean").

    Raises
    ------
    NotAvailable
        Without ``customers``.

    Examples
    --------
    >>> list(silence(run).columns)
    ['contact', 'use', 'ticket', 'answer', 'silent', 'arr']
    """
    day = run.data.as_of if day is None else day
    rows = silences(run, [day])[day]
    return rows.assign(arr=arr_on(run, rows, day))


def arr_on(run: Run, rows: pd.DataFrame, day: date) -> pd.Series:
    """What the customers of these rows paid on a day; 0 where nothing.

    Parameters
    ----------
    rows : DataFrame, index customer_id

    Returns
    -------
    Series of float, index customer_id

    Examples
    --------
    C00500 came in June 2023:

    >>> both = pd.DataFrame(index=["C00001", "C00500"])
    >>> arr_on(run, both, date(2022, 6, 30)).to_dict(), arr_on(run, both, run.period.end).to_dict()
    ({'C00001': 672000.0, 'C00500': 0.0}, {'C00001': 666000.0, 'C00500': 7212000.0})
    """
    return arr_by_customer(run.data.at(day)).reindex(rows.index).fillna(0.0)


def silences(run: Run, days: Iterable[date]) -> dict[date, pd.DataFrame]:
    """The same on several days, without ARR: all in one query a table, which costs little more than one day.

    Returns
    -------
    dict of date to DataFrame
        In the order of the days asked for.

    Examples
    --------
    >>> len(silences(run, [run.period.start, run.period.end]))
    2
    """
    asked = list(days)
    found = _signals(run.data.on_days(asked), run.settings) if asked else pd.DataFrame()
    return {day: _of_day(found, day) for day in asked}


def days_of(settings: Settings, rhythm: str) -> dict[str, int]:
    """From how many days on each signal is silent, for a customer of this rhythm of use.

    A survey comes when it comes: how long an answer is waited for hangs on nobody's rhythm.

    >>> len(days_of(run.settings, "weekly"))
    4
    """
    factor = getattr(settings.health.rhythm, rhythm)
    days = settings.support.silent.days.model_dump()
    return {name: int(days[name] * (1 if name == "answer" else factor)) for name in SIGNALS}


def _of_day(found: pd.DataFrame, day: date) -> pd.DataFrame:
    days = found.index.get_level_values("as_of")
    return found[days == pd.Timestamp(day)].droplevel("as_of")


def _signals(panel: Panel, settings: Settings) -> pd.DataFrame:
    who = _facts(current_customers(panel).select(*BY, "contracted_on", "usage_rhythm"))
    begun = pd.to_datetime(who["contracted_on"])
    rhythm = who["usage_rhythm"].fillna(settings.health.rhythm_default)
    limits = {name: days_of(settings, name) for name in ("daily", "weekly", "monthly")}
    found = pd.DataFrame(index=who.index)
    for name, ask in LAST.items():
        last, first = ask(panel)
        allowed = pd.to_timedelta(rhythm.map({each: limit[name] for each, limit in limits.items()}), unit="D")
        found[name] = _quiet(pd.to_datetime(last), begun, first, allowed)
    found["answer"] = _answer(panel, settings).reindex(who.index).astype("boolean")
    return found.assign(silent=_silent(found, settings.support.silent))


def _quiet(known: pd.Series, begun: pd.Series, first: pd.Timestamp | None, allowed: pd.Series) -> pd.Series:
    """Whether more days than allowed went by since the last sign of life.

    Who is in no row has been silent since its contract, or since the record begins; and nobody can be told to be silent
    on days after the record's newest row. Where what is left is too short to say, a customer may have been heard of.
    """
    last = known.reindex(begun.index)
    day = last.index.get_level_values("as_of").to_series(index=last.index)
    end = known.groupby(level="as_of").max().reindex(day).set_axis(last.index)
    since = last if first is None else last.fillna(begun.where(~(begun < first), first))
    late, quiet = day - since > allowed, end - since > allowed
    unsure = late & ~quiet
    if first is not None:
        unsure |= last.isna() & (begun < first) & ~quiet
    return quiet.astype("boolean").mask(since.isna() | unsure)


def _silent(signals: pd.DataFrame, rules: Rules) -> pd.Series:
    known, quiet = signals.notna().sum(axis=1), signals.fillna(False).sum(axis=1)
    needed = known if rules.needed is None else rules.needed
    return (known >= rules.least_known) & (quiet >= needed)


Last = tuple[pd.Series, pd.Timestamp | None]


def _contact(panel: Panel) -> Last:
    """The last contact that was no bulk mail."""
    if not panel.has("touchpoints"):
        return _unknown(), None
    touch = panel.table("touchpoints")
    last = _facts(touch.filter(~touch.mass.fill_null(False)).group_by(BY).aggregate(last=row.on.max()))["last"]
    return last, _first(panel.newest.table("touchpoints").on)


def _use(panel: Panel) -> Last:
    """The last day of use; who was never seen using it may not be measured at all."""
    if not panel.has("usage"):
        return _unknown(), None
    usage = panel.table("usage")
    used = ibis.greatest(usage.active_users.fill_null(0), usage.events.fill_null(0)) > 0
    noted = usage.active_users.notnull() | usage.events.notnull()
    return _facts(usage.filter(used | ~noted).group_by(BY).aggregate(last=row.on.max()))["last"], None


def _ticket(panel: Panel) -> Last:
    """The last inquiry or visit to the help site."""
    parts = []
    if panel.has("tickets", "customer_id"):
        parts.append(panel.table("tickets").select(*BY, on=row.opened_at.date()))
    if panel.has("help_sessions", "customer_id"):
        parts.append(panel.table("help_sessions").select(*BY, "on"))
    if not parts:
        return _unknown(), None
    asked = ibis.union(*parts) if len(parts) > 1 else parts[0]
    last = _facts(asked.filter(row.customer_id.notnull()).group_by(BY).aggregate(last=row.on.max()))["last"]
    return last, _first(asked.on)


def _answer(panel: Panel, settings: Settings) -> pd.Series:
    """Whether nobody answered the newest closed wave in which somebody was asked; missing where nobody was of late."""
    if not (panel.has("nps_waves") and panel.has("nps_invitations", "customer_id")):
        return _unknown()
    days = settings.support.silent.days.answer
    waves = panel.table("nps_waves")
    late: ir.BooleanValue = (waves.closed_on <= waves.as_of) & (
        waves.closed_on > waves.as_of - ibis.interval(days=days)
    )
    waves = waves.filter(late).select("as_of", "wave", "closed_on")
    asked = panel.table("nps_invitations").filter(row.customer_id.notnull()).join(waves, ["as_of", "wave"])
    keys = ["as_of", "wave", "respondent_id"]
    forms = panel.table("nps_responses").select(*keys, came=True) if panel.has("nps_responses") else None
    if forms is None:
        return _unknown()
    people = asked.select(*BY, "wave", "respondent_id", "closed_on").left_join(forms, keys)
    people = people.select(*BY, "wave", "closed_on", came=people.came.fill_null(False))
    each = people.group_by(*BY, "closed_on").aggregate(came=row.came.any())  # of two that close together either
    newest = _facts(each.group_by(BY).aggregate(came=each.came.argmax(each.closed_on)))
    return ~newest["came"].astype(bool)


def _unknown() -> pd.Series:
    """Of nobody."""
    empty = pd.MultiIndex.from_arrays([pd.DatetimeIndex([]), pd.Index([], dtype=object)], names=BY)
    return pd.Series(index=empty, dtype=object)


def _first(days: ir.DateColumn) -> pd.Timestamp:
    """From when on there is a record."""
    return pd.Timestamp(days.min().to_pyarrow().as_py())


def _facts(table: ir.Table) -> pd.DataFrame:
    """What the engine found of each customer on each day, in the order of both."""
    frame = table.order_by(BY).to_pandas()
    return frame.assign(as_of=pd.to_datetime(frame["as_of"])).set_index(BY)


LAST: dict[str, Callable[[Panel], Last]] = {"contact": _contact, "use": _use, "ticket": _ticket}
