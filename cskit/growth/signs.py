"""Who gave notice without any sign before, and who was never spoken with at all?

A sign is a flag of the year before the notice: a grade at risk, an action opened, whatever the notebook hands over.
What must go to zero is not churn but the churn that nobody saw coming.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import pandas as pd
from ibis import _ as row

from cskit.data import Data
from cskit.facts import current_customers, departures
from cskit.growth.money import named, names
from cskit.metrics import Metric
from cskit.periods import add_months, months_away
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared

__all__ = ["FLAG_COLUMNS", "Signs", "actions_opened", "notices", "signs", "watched_since"]

FLAG_COLUMNS = ["customer_id", "on", "flag"]
NOTICES = ["customer_id", "notified_on", "effective_on", "reason", "recorded"]


@dataclass(frozen=True)
class Signs(Result):
    """Notices of the last fiscal years, the newest first, and what was seen before each.

    Parameters
    ----------
    rows : DataFrame, columns of ``NOTICES``, name, arr, in_year, year_before, contacts, judged, signs
        ``recorded``: the day of notice is; else it is the last day as a customer. ``in_year``, ``year_before``: notice
        falls into the fiscal year to date, into the same months a year before. ``contacts``: with this customer before
        the notice, bulk mail left out; empty where that is not known. ``judged``: there was a sign, or somebody was
        watched before the notice, so that one could have been seen. ``signs``: number of different flags.
    flags : DataFrame, columns customer_id, flag, first, last
        Each customer's flags before its notice: how many days before it each was first and last seen.
    sources : int
        Kinds of flags that were handed over or found; 0: nothing can be said.
    days : int
        Before the notice, in which a flag counts.
    contacts_since : date or None
        The first day of which contacts are recorded.
    flagged, staying : int
        Customers who have not given notice, and those of them with a flag in as many days: how common a flag is.

    Examples
    --------
    >>> page.signs.sources, page.signs.days, str(page.signs.contacts_since)
    (3, 365, '2020-04-10')
    """

    rows: pd.DataFrame
    flags: pd.DataFrame
    sources: int
    days: int
    contacts_since: date | None
    flagged: int
    staying: int
    metrics: tuple[Metric, ...]

    @property
    def this_year(self) -> pd.DataFrame:
        return self.rows[self.rows["in_year"]]

    @property
    def unforeseen(self) -> pd.DataFrame:
        """Of the notices of the fiscal year to date, those before which no flag was seen."""
        own = self.this_year
        return own[own["judged"] & (own["signs"] == 0)]

    @property
    def uncontacted(self) -> pd.DataFrame:
        """Of the same notices, those of customers nobody had ever spoken with."""
        own = self.this_year
        return own[own["contacts"] == 0]


def watched_since(run: Run) -> date:
    """From when flags are wanted: as long before the first notice that is listed as a flag counts.

    >>> str(watched_since(run))
    '2021-04-01'
    """
    rules = run.settings.growth.signs
    return add_months(run.fiscal_start, -12 * (rules.years - 1)) - timedelta(days=rules.days)


@shared
def signs(run: Run, flags: tuple[pd.DataFrame | None, ...] = ()) -> Signs | None:
    """Set the notices of the last fiscal years against the flags before them.

    Parameters
    ----------
    flags : tuple of DataFrame or None
        Columns ``FLAG_COLUMNS``, as other analyses give them: a customer, a day, what was seen. None: not known.
        Actions opened are added here.

    Returns
    -------
    Signs or None
        None where nothing tells who left.

    Examples
    --------
    >>> signs(run).sources
    1
    """
    rules, start, end = run.settings.growth.signs, run.fiscal_start, run.data.as_of
    first = add_months(start, -12 * (rules.years - 1))
    rows = notices(run.data, first)
    if rows is None:
        return None
    handed, acted = [part for part in flags if part is not None], actions_opened(run.data, watched_since(run))
    known = [*handed, *([] if acted is None else [acted])]
    every = _together(known)
    # Who looks at customers has watched them; an action alone was somebody's idea.
    looked = _together(handed or known)
    seen, watched = _before(rows, every, rules.days), looked["on"].min() if len(looked) else None
    contacts, since = _contacts(run.data, rows, rules.days)
    told = rows["customer_id"].map(seen.groupby("customer_id")["flag"].nunique()).fillna(0).astype(int)
    frame = rows.assign(
        name=named(rows["customer_id"], names(run.data)),
        arr=rows["customer_id"].map(_arr_at_notice(run.data, rows)),
        in_year=_between(rows["notified_on"], start, end),
        year_before=_between(rows["notified_on"], add_months(start, -12), months_away(end, -12)),
        contacts=contacts,
        judged=(told > 0) | (False if watched is None else rows["notified_on"] > watched),
        signs=told,
    )
    common = _common(run.data, rows, every, rules.days)
    metrics = _metrics(run, frame, bool(known), since is not None)
    return Signs(frame, seen, len(known), rules.days, since, *common, metrics)


def notices(data: Data, first: date) -> pd.DataFrame | None:
    """Who gave notice from a day on, whether or not the last day has come: columns ``NOTICES``, the newest first.

    >>> list(notices(run.data, run.period.start).columns)
    ['customer_id', 'notified_on', 'effective_on', 'reason', 'recorded']
    """
    left = departures(data)
    if left is None:
        return None
    gone = left.select("customer_id", "effective_on", "reason", notified_on=ibis.literal(None, "date"))
    parts = [gone]
    if data.has("churns"):
        own = data.table("churns").select("customer_id", "effective_on", "reason", "notified_on")
        parts = [own, gone.anti_join(own, "customer_id").select(*own.columns)]
    table = ibis.union(*parts) if len(parts) > 1 else parts[0]
    on = ibis.coalesce(table.notified_on, table.effective_on)
    table = table.mutate(recorded=table.notified_on.notnull(), notified_on=on).filter(on >= first)
    rows = table.select(*NOTICES).order_by(ibis.desc("notified_on"), "customer_id").to_pandas()
    return rows.assign(**{name: pd.to_datetime(rows[name]) for name in ("notified_on", "effective_on")})


def actions_opened(data: Data, since: date) -> pd.DataFrame | None:
    """Actions of the playbook as flags: somebody had seen reason to act.

    >>> list(actions_opened(run.data, run.fiscal_start).columns)
    ['customer_id', 'on', 'flag']
    """
    if not data.has("actions"):
        return None
    rows = data.table("actions")
    rows = rows.filter(rows.opened_on >= since)
    found = rows.select("customer_id", on="opened_on", flag=ibis.literal("action_opened"))
    return found.order_by("customer_id", "on").to_pandas()


def _together(known: Iterable[pd.DataFrame]) -> pd.DataFrame:
    parts = [part[FLAG_COLUMNS] for part in known if len(part)]
    every = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=FLAG_COLUMNS)
    return every.assign(on=pd.to_datetime(every["on"]))


def _before(rows: pd.DataFrame, every: pd.DataFrame, days: int) -> pd.DataFrame:
    """Each flag within so many days before the notice of its customer."""
    own = every.merge(rows[["customer_id", "notified_on"]], on="customer_id")
    ahead = (own["notified_on"] - own["on"]).dt.days
    own = own.assign(ahead=ahead)[ahead.between(1, days)]
    each = own.groupby(["customer_id", "flag"])["ahead"].agg(first="max", last="min").reset_index()
    order = ["customer_id", "first", "flag"]
    return each.sort_values(order, ascending=[True, False, True], ignore_index=True)


def _common(data: Data, rows: pd.DataFrame, every: pd.DataFrame, days: int) -> tuple[int, int]:
    """Customers who have not given notice with a flag in the last so many days, and all of them."""
    if not data.has("customers"):
        return 0, 0
    there = current_customers(data).select("customer_id").to_pandas()["customer_id"]
    staying = set(there) - set(rows["customer_id"])
    recent = every[every["on"] > pd.Timestamp(data.as_of) - pd.Timedelta(days=days)]
    return len(staying & set(recent["customer_id"])), len(staying)


def _contacts(data: Data, rows: pd.DataFrame, days: int) -> tuple[pd.Series, date | None]:
    """Contacts with each of these customers before its notice, and since when contacts are recorded.

    Of a customer from before that day none on record says nothing, unless they have been recorded for so many days.
    """
    unknown = pd.Series(float("nan"), rows.index)
    if not data.has("touchpoints"):
        return unknown, None
    touch = data.table("touchpoints")
    since = touch.on.min().to_pyarrow().as_py()
    if since is None:
        return unknown, None
    touch = touch.filter(~touch.mass.fill_null(False) & touch.customer_id.isin(rows["customer_id"].tolist() or [""]))
    met = touch.select("customer_id", "on").to_pandas()
    notified = met["customer_id"].map(rows.set_index("customer_id")["notified_on"])
    before = met[pd.to_datetime(met["on"]) < notified].groupby("customer_id").size().to_dict()
    found = pd.Series([float(before.get(one, 0)) for one in rows["customer_id"]], rows.index)
    begun = _contracted(data, rows)
    watched = (begun >= pd.Timestamp(since)) | (rows["notified_on"] >= pd.Timestamp(since) + pd.Timedelta(days=days))
    return found.where((found > 0) | watched), since


def _contracted(data: Data, rows: pd.DataFrame) -> pd.Series:
    """When each of these customers came; empty where it is not recorded."""
    if not data.has("customers", "contracted_on"):
        return pd.Series(pd.NaT, rows.index)
    table = data.table("customers").select("customer_id", "contracted_on")
    known = table.filter(table.customer_id.isin(rows["customer_id"].tolist() or [""])).to_pandas()
    by_id = dict(zip(known["customer_id"], pd.to_datetime(known["contracted_on"]), strict=True))
    return pd.Series([by_id.get(one, pd.NaT) for one in rows["customer_id"]], rows.index, dtype="datetime64[ns]")


def _arr_at_notice(data: Data, rows: pd.DataFrame) -> pd.Series:
    """What each of these customers paid a year on the day of its notice; empty without contracts."""
    if not data.has("contracts") or rows.empty:
        return pd.Series(dtype=float)
    terms = data.table("contracts")
    terms = terms.filter(terms.customer_id.isin(rows["customer_id"].tolist()))
    terms = terms.filter(terms.kind.isnull() | (terms.kind == "paid"))
    paid = terms.select("customer_id", "starts_on", "ends_on", arr=row.mrr * 12).to_pandas()
    day = paid["customer_id"].map(rows.set_index("customer_id")["notified_on"])
    ends = pd.to_datetime(paid["ends_on"])
    running = (pd.to_datetime(paid["starts_on"]) <= day) & (ends.isna() | (ends >= day))
    return paid[running].groupby("customer_id")["arr"].sum().astype(float)


def _between(days: pd.Series, first: date, last: date) -> pd.Series:
    return days.between(pd.Timestamp(first), pd.Timestamp(last))


def _metrics(run: Run, rows: pd.DataFrame, watched: bool, contacts: bool) -> tuple[Metric, ...]:
    now, before = rows[rows["in_year"]], rows[rows["year_before"]]
    unseen = [int((own["judged"] & (own["signs"] == 0)).sum()) for own in (now, before)]
    open_ = int((~now["judged"]).sum())
    whole = run.settings.growth.signs.years > 1 and bool(before["judged"].all())
    found = run.metric(
        "growth.unforeseen_churns",
        unseen[0] if watched else None,
        "counted",
        n=len(now),
        low=unseen[0] if watched and open_ else None,
        high=unseen[0] + open_ if watched and open_ else None,
        year_before=unseen[1] if watched and whole else None,
    )
    never = [int((own["contacts"] == 0).sum()) if contacts else None for own in (now, before)]
    unknown = int(now["contacts"].isna().sum()) if contacts else 0
    second = run.metric(
        "growth.uncontacted_churns",
        never[0],
        "counted",
        n=len(now),
        low=never[0] if unknown else None,
        high=(never[0] or 0) + unknown if unknown else None,
        year_before=never[1] if run.settings.growth.signs.years > 1 and before["contacts"].notna().all() else None,
    )
    return found, second
