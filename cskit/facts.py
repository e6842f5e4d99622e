"""Who is a customer on a day, what do they pay, how often do they use the product? Facts several analyses share."""

import ibis
import pandas as pd

from cskit.data import Data
from cskit.data.asof import Panel
from cskit.errors import NotAvailable
from cskit.i18n import _
from cskit.once import once

__all__ = [
    "accounts",
    "active_terms",
    "arr",
    "arr_by_customer",
    "arr_is_of_today",
    "current_customers",
    "departures",
    "in_charge",
]


def departures(data: Data | Panel) -> ibis.Table | None:
    """Who left by the day of the data, once each: columns customer_id, effective_on, reason; of many days as_of, too.

    From ``churns``, and from ``customers.churned_on`` for whom ``churns`` does not know.

    Returns
    -------
    Table or None
        None where neither came with the data: then nobody can be said to have left.

    Examples
    --------
    >>> departures(run.data).count().to_pandas()
    17
    """
    columns = (*data.by, "effective_on", "reason")
    parts = []
    if data.has("churns"):
        table = data.table("churns")
        parts.append(table.filter(table.effective_on.notnull()).select(*columns))
    if data.has("customers", "churned_on"):
        own = data.table("customers").filter(ibis._.churned_on.notnull())
        own = own.select(*data.by, effective_on="churned_on", reason=ibis.literal(None, "string"))
        parts.append(own.anti_join(parts[0], list(data.by)) if parts else own)
    return ibis.union(*parts) if len(parts) > 1 else parts[0] if parts else None


def current_customers(data: Data | Panel) -> ibis.Table:
    """Customers on the day of the data, or on each of a panel: contracted, and before the end of their last day.

    >>> int(current_customers(run.data).count().to_pandas())
    481
    """
    return _without(data.table("customers"), departures(data), data.by)


def arr_is_of_today(data: Data) -> bool:
    """Whether ARR comes from ``customers.arr``, known only as of today's export.

    >>> arr_is_of_today(run.data)
    False
    """
    return not data.has("contracts")


def active_terms(data: Data | Panel) -> ibis.Table:
    """Paid contract terms that run on the day of the data, or on each of a panel, of customers that have not left.

    Exports seldom shorten the term of a customer that leaves; its revenue ends with it all the same.

    >>> int(active_terms(run.data).count().to_pandas())
    499
    """
    terms = data.table("contracts")
    day = terms.as_of if isinstance(data, Panel) else data.as_of
    paid = terms.kind.isnull() | (terms.kind == "paid")
    running = (terms.starts_on <= day) & (terms.ends_on.isnull() | (terms.ends_on >= day))
    return _without(terms.filter(paid & running), departures(data), data.by)


def arr(data: Data) -> ibis.Table:
    """Annual recurring revenue by customer on the day of the data: columns customer_id, arr.

    12 times the mrr of the paid terms that run; without contracts ``customers.arr`` of current customers.

    Raises
    ------
    NotAvailable
        If neither came with the data.

    Examples
    --------
    >>> arr(run.data).columns
    ('customer_id', 'arr')
    """
    if not arr_is_of_today(data):
        terms = active_terms(data)
        return terms.group_by("customer_id").aggregate(arr=(terms.mrr * 12).sum())
    if not data.has("customers", "arr"):
        raise NotAvailable(
            _("ARR needs the table contracts, or the column arr in customers. Neither came with the data.")
        )
    customers = current_customers(data)
    return customers.filter(customers.arr.notnull()).select("customer_id", "arr")


@once
def arr_by_customer(data: Data) -> pd.Series:
    """The same as a Series of float, indexed by customer; empty where ARR is not known.

    >>> f"{arr_by_customer(run.data).sum():,.0f}"
    '996,042,000'
    """
    if arr_is_of_today(data) and not data.has("customers", "arr"):
        return pd.Series(dtype=float)
    return arr(data).order_by("customer_id").to_pandas().set_index("customer_id")["arr"].astype(float)


@once
def in_charge(data: Data) -> pd.Series:
    """Who looks after each customer on the day of the data: csm_id, indexed by customer.

    The newest assignment for relations that holds; ``customers.owner``, known only as of today, where there is none.

    >>> in_charge(run.data).head(2).to_dict()
    {'C00001': 'M002', 'C00002': 'M002'}
    """
    known = data.table("customers").filter(ibis._.owner.notnull()).order_by("customer_id").to_pandas()
    owner = known.set_index("customer_id")["owner"] if len(known) else pd.Series(dtype=str)
    if not data.has("assignments"):
        return owner.rename("csm_id")
    table = data.table("assignments")
    there = (table.to_on.isnull() | (table.to_on >= data.as_of)) & (table.role.isnull() | (table.role == "relations"))
    # Of two from the same day engines take either: the greater ID, on all of them.
    days = table.filter(there).group_by("customer_id", "from_on").aggregate(csm_id=ibis._.csm_id.max())
    newest = days.group_by("customer_id").aggregate(csm_id=ibis._.csm_id.argmax(ibis._.from_on))
    assigned = newest.order_by("customer_id").to_pandas().set_index("customer_id")["csm_id"]
    return assigned.combine_first(owner).rename("csm_id")


@once
def accounts(data: Data) -> pd.DataFrame:
    """What a list tells of each customer beside its figures: columns name, owner and url, indexed by customer.

    ``owner`` is the name of the person in charge, or the id where no name came with the data.

    >>> accounts(run.data).loc["C00002", "owner"]
    '鈴木 健太'
    """
    table = data.table("customers").select("customer_id", "name", "url").order_by("customer_id")
    found = table.to_pandas().set_index("customer_id")
    charge = in_charge(data).reindex(found.index)
    if data.has("csms", "name"):
        named = data.table("csms").select("csm_id", "name").order_by("csm_id").to_pandas()
        charge = charge.map(named.dropna().set_index("csm_id")["name"]).fillna(charge)
    return found.assign(owner=charge)[["name", "owner", "url"]]


def _without(table: ibis.Table, gone: ibis.Table | None, by: tuple[str, ...]) -> ibis.Table:
    return table if gone is None else table.anti_join(gone, list(by))
