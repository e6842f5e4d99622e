"""What came in, how fast was it answered and solved, and whose was it?"""

from dataclasses import dataclass

import pandas as pd

from cskit.data import Data
from cskit.periods import Period
from cskit.result import Result
from cskit.settings import Settings
from cskit.stats.survival import Completion, completion
from cskit.support.clock import business_hours
from cskit.support.shares import Share, share_of

__all__ = ["COLUMNS", "Inquiries", "inquiries", "timed", "times_by_category"]

COLUMNS = ["ticket_id", "customer_id", "known_customer", "channel", "category", "opened_at", "minutes", "estimated",
           "reply_hours", "replied", "resolve_hours", "resolved", "solved_once", "reopened"]  # fmt: skip
TIMES = ("first_reply_at", "resolved_at", "reopened_at")


@dataclass(frozen=True)
class Inquiries(Result):
    """The inquiries that came in within a period, as known on its last day.

    Parameters
    ----------
    rows : DataFrame, columns ``COLUMNS``
        ``reply_hours`` and ``resolve_hours``: business hours until it was answered and solved or, where not yet, until
        the period's end. Missing where the export has no such column; an inquiry solved without a first reply on
        record has no ``reply_hours``. ``minutes``: of work, the standard of its channel where ``estimated``.
    confidence : float

    Examples
    --------
    >>> round(desk.now.confidence, 2)
    0.95
    """

    rows: pd.DataFrame
    confidence: float

    @property
    def n(self) -> int:
        return len(self.rows)

    @property
    def reply(self) -> Completion:
        """Business hours to the first reply."""
        return timed(self.rows, "reply_hours", "replied", self.confidence)

    @property
    def resolution(self) -> Completion:
        """Business hours to the solution."""
        return timed(self.rows, "resolve_hours", "resolved", self.confidence)

    @property
    def phone(self) -> Share | None:
        known = self.rows[self.rows["channel"].notna()]
        return self._share(known, known["channel"] == "phone")

    @property
    def joined(self) -> tuple[int, int]:
        """Inquiries of a customer in the CRM, and all."""
        return int(self.rows["known_customer"].sum()), self.n

    @property
    def reopened(self) -> Share | None:
        """Of those solved at least once."""
        solved = self.rows[self.rows["solved_once"]]
        return self._share(solved, solved["reopened"])

    def _share(self, rows: pd.DataFrame, yes: pd.Series) -> Share | None:
        return share_of(yes, pd.Series(1, index=rows.index), rows["customer_id"], self.confidence)


def inquiries(data: Data, settings: Settings, period: Period) -> Inquiries | None:
    """The inquiries of a period; ``data`` are those of its last day.

    Returns
    -------
    Inquiries or None
        None without ``tickets``.

    Examples
    --------
    >>> round(inquiries(run.data, run.settings, desk.period).confidence, 2)
    0.95
    """
    if not data.has("tickets"):
        return None
    table = data.table("tickets")
    table = table.filter(table.opened_at.date().between(period.start, period.end))
    known = table.customer_id.notnull()
    if data.has("customers"):
        known = table.customer_id.isin(data.table("customers").customer_id).fill_null(False)
    columns = ["ticket_id", "customer_id", "channel", "category", "opened_at", *TIMES, "handling_minutes"]
    frame = table.select(*columns, known_customer=known).order_by("ticket_id").to_pandas()
    rows = frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("opened_at", *TIMES)})
    return Inquiries(_timed(data, settings, _worked(settings, rows))[COLUMNS], settings.report.confidence)


def timed(rows: pd.DataFrame, hours: str, done: str, confidence: float) -> Completion:
    """Kaplan and Meier's estimate over the rows whose time is known.

    Parameters
    ----------
    rows : DataFrame
        With the columns that ``hours`` and ``done`` name: hours so far, and whether they are over.

    Examples
    --------
    One was not answered in four hours, and counts until then; of one it is not known:

    >>> rows = pd.DataFrame({"reply_hours": [1.0, 2.0, 4.0, None], "replied": [True, True, False, False]})
    >>> found = timed(rows, "reply_hours", "replied", 0.95)
    >>> found.median, found.unfinished
    (2.0, 1)
    """
    known = rows[rows[hours].notna()]
    return completion(known[hours].to_numpy(float), known[done].to_numpy(bool), confidence)


def times_by_category(found: Inquiries) -> pd.DataFrame:
    """Each category's inquiries, median times with their ends, and how many came back; the largest first.

    Returns
    -------
    DataFrame, index category, columns n, reply, reply_low, reply_high, resolve, resolve_low, resolve_high, reopened

    Examples
    --------
    >>> list(times_by_category(desk.now).columns)
    ['n', 'reply', 'reply_low', 'reply_high', 'resolve', 'resolve_low', 'resolve_high', 'reopened']
    """
    rows = []
    for category, own in found.rows.groupby(found.rows["category"].fillna("")):
        reply = timed(own, "reply_hours", "replied", found.confidence).quantile(0.5)
        resolve = timed(own, "resolve_hours", "resolved", found.confidence).quantile(0.5)
        rows.append((str(category), len(own), *reply, *resolve, int(own["reopened"].sum())))
    columns = ["category", "n", *(f"{name}{end}" for name in ("reply", "resolve") for end in ("", "_low", "_high"))]
    frame = pd.DataFrame(rows, columns=[*columns, "reopened"])
    return frame.sort_values(["n", "category"], ascending=[False, True]).set_index("category")


def _worked(settings: Settings, rows: pd.DataFrame) -> pd.DataFrame:
    """Minutes of work, standard where none are on record."""
    standards = settings.support.standard_minutes.model_dump()
    usual = rows["channel"].map(standards).fillna(standards["other"]).astype(float)
    own = rows["handling_minutes"].astype(float)
    return rows.assign(minutes=own.fillna(usual), estimated=own.isna())


def _timed(data: Data, settings: Settings, rows: pd.DataFrame) -> pd.DataFrame:
    """Business hours to reply and solution, up to the end of the day where it has not come."""
    end = pd.Series(pd.Timestamp(data.as_of) + pd.Timedelta(days=1), index=rows.index)
    once, again = rows["resolved_at"].notna(), rows["reopened_at"].notna()
    # Opened again and not solved since: its time runs on.
    resolved = once & ~(rows["reopened_at"] >= rows["resolved_at"])
    replied = rows["first_reply_at"].notna()
    found = {"replied": replied, "resolved": resolved, "solved_once": once | again, "reopened": again}
    for name, done, moment in (("reply", replied, "first_reply_at"), ("resolve", resolved, "resolved_at")):
        until = rows[moment].where(done, end).clip(lower=rows["opened_at"])
        found[f"{name}_hours"] = business_hours(rows["opened_at"], until, settings.support.opening)
    known = (replied | ~once) & data.has("tickets", "first_reply_at")
    found["reply_hours"] = found["reply_hours"].where(known)
    found["resolve_hours"] = found["resolve_hours"].where(once | data.has("tickets", "resolved_at"))
    return rows.assign(**found)
