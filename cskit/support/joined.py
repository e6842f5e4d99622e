"""Do the records of a customer meet, and which fields does nobody fill?"""

from dataclasses import dataclass

import ibis
import pandas as pd

from cskit.data import Data
from cskit.data.schema import tables
from cskit.facts import current_customers
from cskit.periods import Period
from cskit.result import Result

__all__ = ["Filled", "Records", "filled", "records"]

READ = ("customers", "contracts", "tickets")
MAY_BE_EMPTY = {"parent_id", "tags", "churned_on", "ends_on", "reopened_at"}  # there, no value is an answer


@dataclass(frozen=True)
class Records(Result):
    """Current customers and where else they are on record: columns customer_id, in_contract, has_inquiry.

    >>> list(desk.records.rows.columns)
    ['customer_id', 'in_contract', 'has_inquiry']
    """

    rows: pd.DataFrame

    @property
    def meet(self) -> int:
        return int((self.rows["in_contract"] & self.rows["has_inquiry"]).sum())


@dataclass(frozen=True)
class Filled(Result):
    """Which fields hold anything: columns table, column, filled (share); the emptiest first.

    Parameters
    ----------
    rows : DataFrame
        Fields that came with the data and that not every row must fill.
    absent : dict of str to tuple
        By table: fields that did not come at all.

    Examples
    --------
    >>> list(fields.rows.columns)
    ['table', 'column', 'filled']
    """

    rows: pd.DataFrame
    absent: dict[str, tuple[str, ...]]

    @property
    def never(self) -> list[str]:
        """Fields that are empty in every row."""
        empty = self.rows[self.rows["filled"] == 0]
        return [f"{table}.{column}" for table, column in zip(empty["table"], empty["column"], strict=True)]


def records(data: Data) -> Records | None:
    """Where current customers are on record; None unless customers, contracts and inquiries came.

    >>> list(records(run.data).rows.columns)
    ['customer_id', 'in_contract', 'has_inquiry']
    """
    asking = [name for name in ("tickets", "help_sessions") if data.has(name, "customer_id")]
    if not data.has("customers") or not data.has("contracts") or not asking:
        return None
    current, terms = current_customers(data), data.table("contracts")
    running = terms.filter((terms.starts_on <= data.as_of) & (terms.ends_on.isnull() | (terms.ends_on >= data.as_of)))
    parts = [data.table(name).select("customer_id") for name in asking]
    asked = ibis.union(*parts) if len(parts) > 1 else parts[0]
    found = current.select(
        "customer_id",
        in_contract=current.customer_id.isin(running.customer_id),
        has_inquiry=current.customer_id.isin(asked.customer_id).fill_null(False),
    )
    rows = found.order_by("customer_id").to_pandas()
    return Records(rows.astype({"in_contract": bool, "has_inquiry": bool}))


def filled(data: Data, period: Period) -> Filled | None:
    """How full the fields of CRM, contracts and the period's inquiries are; None where none of them came.

    >>> list(filled(run.data, run.period).rows.columns)
    ['table', 'column', 'filled']
    """
    parts, absent = [], {}
    for name in READ:
        if not data.has(name):
            continue
        columns = tables()[name].columns.values()
        optional = [column.name for column in columns if not column.required and column.name not in MAY_BE_EMPTY]
        here = [column for column in optional if data.has(name, column)]
        absent[name] = tuple(column for column in optional if column not in here)
        rows = current_customers(data) if name == "customers" else data.table(name)
        rows = rows.filter(rows.opened_at.date().between(period.start, period.end)) if name == "tickets" else rows
        counts = rows.aggregate(n=rows.count(), **{f"c_{column}": rows[column].count() for column in here})
        told = counts.to_pandas().iloc[0]
        if told["n"]:
            parts += [(name, column, float(told[f"c_{column}"]) / float(told["n"])) for column in here]
    if not absent:
        return None
    frame = pd.DataFrame(parts, columns=["table", "column", "filled"])
    return Filled(frame.sort_values(["filled", "table", "column"], ignore_index=True), absent)
