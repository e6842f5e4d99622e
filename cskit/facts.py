"""Who is a customer on a day, what do they pay, how often do they use the product? Facts several analyses share."""

import ibis
import pandas as pd

from cskit.data import Data
from cskit.errors import NotAvailable
from cskit.i18n import _

__all__ = ["active_terms", "arr", "arr_by_customer", "arr_is_of_today", "current_customers"]


def current_customers(data: Data) -> ibis.Table:
    """Customers on the day of the data: contracted, and not yet past their last day.

    A ``churns`` row counts as well where ``customers.churned_on`` was not kept.
    """
    customers = data.table("customers")
    current = customers.filter(customers.churned_on.isnull() | (customers.churned_on > data.as_of))
    if data.has("churns"):
        left = data.table("churns")
        current = current.anti_join(left.filter(left.effective_on <= data.as_of), "customer_id")
    return current


def arr_is_of_today(data: Data) -> bool:
    """Whether ARR comes from ``customers.arr``, known only as of today's export."""
    return not data.has("contracts")


def active_terms(data: Data) -> ibis.Table:
    """Paid contract terms that run on the day of the data."""
    terms = data.table("contracts")
    paid = terms.kind.isnull() | (terms.kind == "paid")
    running = (terms.starts_on <= data.as_of) & (terms.ends_on.isnull() | (terms.ends_on >= data.as_of))
    return terms.filter(paid & running)


def arr(data: Data) -> ibis.Table:
    """Annual recurring revenue by customer on the day of the data: columns customer_id, arr.

    12 times the mrr of the paid terms that run; without contracts ``customers.arr`` of current customers.

    Raises
    ------
    NotAvailable
        If neither came with the data.
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


def arr_by_customer(data: Data) -> pd.Series:
    """The same as a Series of float, indexed by customer; empty where ARR is not known."""
    if arr_is_of_today(data) and not data.has("customers", "arr"):
        return pd.Series(dtype=float)
    return arr(data).order_by("customer_id").to_pandas().set_index("customer_id")["arr"].astype(float)
