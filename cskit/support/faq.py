"""Is the FAQ rich, and is it used?"""

from dataclasses import dataclass

import pandas as pd
from ibis import _ as row

from cskit.data import Data
from cskit.periods import Period
from cskit.result import Result
from cskit.support.shares import Share, share_of

__all__ = ["Articles", "Searches", "Visits", "articles", "searches", "visits"]


@dataclass(frozen=True)
class Visits(Result):
    """Visits to the help site.

    Parameters
    ----------
    rows : DataFrame, columns customer_id, visits, inquiries
        One row a customer; visits of nobody known in the last row, without a customer.
    resolved : Share or None
        Visits that no inquiry followed; None where there were no visits.
    unnoted : int
        Visits of which it is not noted whether an inquiry followed; they are in no figure.

    Examples
    --------
    >>> desk.faq.visits.unnoted
    0
    """

    rows: pd.DataFrame
    resolved: Share | None
    unnoted: int


@dataclass(frozen=True)
class Searches(Result):
    """What was looked for: columns term, searches, without_result; most without a result first.

    >>> list(desk.faq.searches.rows.columns)
    ['term', 'searches', 'without_result']
    """

    rows: pd.DataFrame

    @property
    def searches(self) -> int:
        return int(self.rows["searches"].sum())

    @property
    def without_result(self) -> int:
        return int(self.rows["without_result"].sum())

    @property
    def share(self) -> float | None:
        return self.without_result / self.searches if self.searches else None


@dataclass(frozen=True)
class Articles(Result):
    """Articles on record before the period: columns article_id, first_month, last_viewed, views (in the period).

    >>> list(desk.faq.articles.rows.columns)
    ['article_id', 'first_month', 'last_viewed', 'views']
    """

    rows: pd.DataFrame

    @property
    def unopened(self) -> pd.DataFrame:
        """Those nobody opened, the longest unread first."""
        return self.rows[self.rows["views"] == 0].sort_values(["last_viewed", "article_id"], na_position="first")


def visits(data: Data, period: Period, confidence: float) -> Visits | None:
    """Visits within a period; None without ``help_sessions`` that say whether an inquiry followed.

    >>> found = visits(run.data, run.period, 0.95)
    >>> found.resolved.yes, found.resolved.n
    (620, 800)

    Nobody signed in for more than a third of them, so whose inquiry followed is not known:

    >>> found.rows.tail(2)
        customer_id  visits  inquiries
    309      C00489       1          0
    310         NaN     286         63
    """
    if not data.has("help_sessions", "opened_ticket"):
        return None
    table = data.table("help_sessions")
    table = table.filter(table.on.between(period.start, period.end))
    sums = table.group_by("customer_id").aggregate(
        visits=row.opened_ticket.notnull().sum(), inquiries=row.opened_ticket.sum(), all=row.count()
    )
    rows = sums.order_by("customer_id").to_pandas().sort_values("customer_id", na_position="last", ignore_index=True)
    rows = rows.astype({"visits": int, "all": int}).assign(inquiries=rows["inquiries"].fillna(0).astype(int))
    unnoted = int((rows["all"] - rows["visits"]).sum())
    return Visits(rows.drop(columns="all"), _resolved(rows, confidence), unnoted)


def searches(data: Data, period: Period) -> Searches | None:
    """Searches in the months of a period; None without ``help_searches`` and what found nothing.

    >>> list(searches(run.data, desk.period).rows.columns)
    ['term', 'searches', 'without_result']
    """
    if not data.has("help_searches", "searches", "without_result"):
        return None
    table = data.table("help_searches")
    table = table.filter(table.month.between(period.start, period.end))
    sums = table.group_by("term").aggregate(
        searches=row.searches.sum().fill_null(0), without_result=row.without_result.sum().fill_null(0)
    )
    rows = sums.to_pandas().astype({"searches": int, "without_result": int})
    return Searches(rows.sort_values(["without_result", "term"], ascending=[False, True], ignore_index=True))


def articles(data: Data, period: Period) -> Articles | None:
    """Articles with a row of an earlier month, and their views since; None without ``help_articles``.

    >>> list(articles(run.data, desk.period).rows.columns)
    ['article_id', 'first_month', 'last_viewed', 'views']
    """
    if not data.has("help_articles", "views"):
        return None
    table = data.table("help_articles")
    sums = table.group_by("article_id").aggregate(
        first_month=row.month.min(),
        last_viewed=row.month.max(where=row.views > 0),
        views=row.views.sum(where=row.month.between(period.start, period.end)).fill_null(0),
    )
    known = sums.filter(sums.first_month < period.start).order_by("article_id").to_pandas()
    months = {name: pd.to_datetime(known[name]) for name in ("first_month", "last_viewed")}
    return Articles(known.assign(**months, views=known["views"].astype(int)))


def _resolved(rows: pd.DataFrame, confidence: float) -> Share | None:
    """Visits without an account are of many people: each counts alone."""
    named, rest = rows[rows["customer_id"].notna()], rows[rows["customer_id"].isna()]
    asked, quiet = int(rest["inquiries"].sum()), int((rest["visits"] - rest["inquiries"]).sum())
    yes = pd.concat([named["visits"] - named["inquiries"], pd.Series([1] * quiet + [0] * asked)], ignore_index=True)
    n = pd.concat([named["visits"], pd.Series([1] * (quiet + asked))], ignore_index=True)
    whose = pd.Series([*named["customer_id"], *[None] * (quiet + asked)], dtype=object)
    return share_of(yes.astype(int), n.astype(int), whose, confidence)
