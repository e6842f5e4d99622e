"""Is support ready for more customers, and whom do we hear nothing of?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cskit.data import Data
from cskit.facts import accounts, arr_by_customer, arr_is_of_today
from cskit.metrics import Metric
from cskit.periods import Period
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.intervals import Interval, difference
from cskit.stats.survival import Completion
from cskit.support.channels import Channels, channels
from cskit.support.faq import Articles, Searches, Visits, articles, searches, visits
from cskit.support.inquiries import Inquiries, inquiries
from cskit.support.joined import Records, records
from cskit.support.shares import compared
from cskit.support.silence import SIGNALS, arr_on, silences

__all__ = ["Faq", "Study", "study"]

SOURCES = ("tickets", "help_sessions", "help_searches", "help_articles")
HEARD = ("touchpoints", "usage", "nps_invitations")


@dataclass(frozen=True)
class Faq(Result):
    """The help site in one period; each None where its table did not come with the data.

    >>> found = desk.faq
    >>> round(found.visits.resolved.value, 3), round(found.searches.share, 3), len(found.articles.unopened)
    (0.775, 0.153, 3)
    """

    visits: Visits | None
    searches: Searches | None
    articles: Articles | None


@dataclass(frozen=True)
class Study(Result):
    """What the report on support readiness shows.

    Parameters
    ----------
    period, compare_to : Period
    faq, faq_before : Faq
        In the period and in the one of comparison.
    now, before : Inquiries or None
        None without ``tickets``.
    channels : Channels or None
    records : Records or None
        Where current customers are on record, on the period's last day.
    silent : DataFrame or None
        See :func:`cskit.support.silence`, with name, owner and url; None without ``customers`` or any signal.
    silent_before : DataFrame or None
        On the last day of the period of comparison; its ARR is of that day.
    least : int
        Signals that must be known before anybody is called silent.
    arr : float or None
        Of all current customers; None where it is not known.

    Examples
    --------
    >>> round(desk.arr, 2), desk.arr_today, round(desk.confidence, 2)
    (996042000.0, False, 0.95)
    """

    period: Period
    compare_to: Period
    faq: Faq
    faq_before: Faq
    now: Inquiries | None
    before: Inquiries | None
    channels: Channels | None
    records: Records | None
    silent: pd.DataFrame | None
    silent_before: pd.DataFrame | None
    arr: float | None
    arr_today: bool
    confidence: float
    metrics: tuple[Metric, ...]
    least: int

    def metric(self, name: str) -> Metric:
        return next(metric for metric in self.metrics if metric.name == f"support.{name}")

    @property
    def quiet(self) -> pd.DataFrame:
        """The silent customers, the largest first; empty where nobody can say."""
        if self.silent is None:
            return pd.DataFrame(columns=["name", *SIGNALS, "arr"])
        rows = self.silent[self.silent["silent"]].rename_axis("customer_id").reset_index()
        return rows.sort_values(["arr", "customer_id"], ascending=[False, True]).set_index("customer_id")

    @property
    def too_little(self) -> int:
        """Customers of whom too few signals are known to say anything."""
        return 0 if self.silent is None else int((self.silent[list(SIGNALS)].notna().sum(axis=1) < self.least).sum())


@shared
def study(run: Run) -> Study:
    """Everything on support for a run's period.

    Raises
    ------
    NotAvailable
        Without any table of inquiries or the help site, and without a signal of whom we hear.

    Examples
    --------
    >>> round(study(run).arr, 2)
    996042000.0
    """
    data, signals = run.data, run.data.has("customers") and any(run.data.has(name) for name in (*SOURCES[:2], *HEARD))
    if not signals and not any(data.has(name) for name in SOURCES):
        data.need("tickets", "help_sessions")
    periods = (run.period, run.compare_to, run.year_before)
    came = [inquiries(_at(run, period), run.settings, period) for period in periods]
    help_ = [_faq(run, period) for period in periods]
    joined = records(data)
    quiet = _quiet(run) if signals else (None, None, None)
    known = None if quiet[0] is None or quiet[0].empty else quiet[0]
    by_channel = channels(came[0], run.settings.support) if came[0] else None
    metrics = (
        *_faq_metrics(run, *help_),
        *_inquiry_metrics(run, *came),
        *_freed(run, by_channel),
        *_record_metrics(run, joined),
        *_silent_metrics(run, known, *quiet[1:]),
    )
    money = arr_by_customer(data)
    return Study(
        run.period,
        run.compare_to,
        faq=help_[0],
        faq_before=help_[1],
        now=came[0],
        before=came[1],
        channels=by_channel,
        records=joined,
        silent=known,
        silent_before=quiet[1],
        arr=float(money.sum()) if len(money) else None,
        arr_today=arr_is_of_today(data),
        confidence=run.settings.report.confidence,
        metrics=metrics,
        least=run.settings.support.silent.least_known,
    )


def _at(run: Run, period: Period) -> Data:
    return run.data if run.data.as_of == period.end else run.data.at(period.end)


def _faq(run: Run, period: Period) -> Faq:
    data, confidence = _at(run, period), run.settings.report.confidence
    return Faq(visits(data, period, confidence), searches(data, period), articles(data, period))


def _quiet(run: Run) -> tuple[pd.DataFrame, pd.DataFrame | None, pd.DataFrame | None]:
    """The signals of the three days; on the last with who the customers are, on all with what they pay."""
    days = (run.data.as_of, run.compare_to.end, run.year_before.end)
    found = silences(run, days)
    now, before, year_before = (found[day].assign(arr=arr_on(run, found[day], day)) for day in days)
    return now.join(accounts(run.data)), _told(before), _told(year_before)


def _told(rows: pd.DataFrame) -> pd.DataFrame | None:
    """None where there were no customers, or nothing was on record yet from which to tell."""
    return rows if rows[list(SIGNALS)].notna().any(axis=None) else None


def _faq_metrics(run: Run, now: Faq, before: Faq, year_before: Faq) -> tuple[Metric, ...]:
    resolved = [faq.visits.resolved if faq.visits else None for faq in (now, before, year_before)]
    found = [faq.searches.share if faq.searches else None for faq in (now, before, year_before)]
    unread = [len(faq.articles.unopened) if faq.articles else None for faq in (now, before, year_before)]
    known = [len(faq.articles.rows) if faq.articles else 0 for faq in (now, before, year_before)]
    there = [count if n else None for count, n in zip(unread, known, strict=True)]
    return (
        compared(run, "support.self_resolution", *resolved),
        _counted(run, "searches_without_result", found, n=now.searches.searches if now.searches else None),
        _counted(run, "unopened_articles", there, n=known[0] or None, n_before=known[1] or None),
    )


def _inquiry_metrics(
    run: Run, now: Inquiries | None, before: Inquiries | None, year_before: Inquiries | None
) -> tuple[Metric, ...]:
    all_ = (now, before, year_before)
    joined = [each.joined[0] / each.n if each and each.n else None for each in all_]
    return (
        compared(run, "support.phone_share", *(each.phone if each else None for each in all_)),
        _counted(run, "joined_share", joined, n=now.n if now else None),
        _median(run, "support.first_reply_median", *(each.reply if each else None for each in all_)),
        _median(run, "support.resolution_median", *(each.resolution if each else None for each in all_)),
        compared(run, "support.reopened_share", *(each.reopened if each else None for each in all_)),
    )


def _median(
    run: Run, name: str, now: Completion | None, before: Completion | None, year_before: Completion | None
) -> Metric:
    """A median with its interval; the change has one where both ends of both are known."""
    ends = [_ends(each) for each in (now, before)]
    moved = None
    if now and before and now.median is not None and before.median is not None and ends[0] and ends[1]:
        moved = difference(now.median, ends[0], before.median, ends[1])
    return run.metric(
        name,
        now.median if now else None,
        "estimated",
        ends[0] if now and now.median is not None else None,
        moved,
        n=now.n if now else None,
        before=before.median if before else None,
        year_before=year_before.median if year_before else None,
        **_open_end(now),
    )


def _ends(found: Completion | None) -> Interval | None:
    if found is None or found.median_low is None or found.median_high is None:
        return None
    return Interval(found.median_low, found.median_high)


def _open_end(found: Completion | None) -> dict[str, float]:
    """The lower end alone where the upper one is open."""
    if found is None or found.median is None or found.median_low is None or found.median_high is not None:
        return {}
    return {"low": found.median_low}


def _freed(run: Run, found: Channels | None) -> tuple[Metric, ...]:
    freed = found.freed if found else None
    basis = "assumed" if freed and freed.around is None else "estimated"
    around, n = (freed.around, freed.phone) if freed else (None, None)
    return (run.metric("support.hours_freed", freed.hours if freed else None, basis, around, n=n),)  # type: ignore[arg-type]


def _record_metrics(run: Run, now: Records | None) -> tuple[Metric, ...]:
    periods = (run.period, run.compare_to, run.year_before)
    found = [now, *(records(_at(run, period)) for period in periods[1:])] if now else [None] * 3
    # Before the first inquiry on record nothing could meet.
    begun = [each if each and each.rows["has_inquiry"].any() else None for each in found]
    shares = [each.meet / len(each.rows) if each else None for each in begun]
    return (_counted(run, "records_meet", shares, n=len(now.rows) if now else None),)


def _silent_metrics(
    run: Run, now: pd.DataFrame | None, before: pd.DataFrame | None, year_before: pd.DataFrame | None
) -> tuple[Metric, ...]:
    three, paid = (now, before, year_before), arr_by_customer(run.data).size
    counts = [None if rows is None else int(rows["silent"].sum()) for rows in three]
    money = [None if rows is None or not paid else float(rows.loc[rows["silent"], "arr"].sum()) for rows in three]
    n, n_before = (None if rows is None else len(rows) for rows in three[:2])
    silent = _counted(run, "silent_customers", counts, n=n, n_before=n_before)
    if arr_is_of_today(run.data):  # what they paid then is not known
        return silent, run.metric("support.silent_arr", money[0], "assumed", n=counts[0])
    return silent, _counted(run, "silent_arr", money, n=counts[0])


def _counted(run: Run, name: str, values: Sequence[float | None], **rest: Any) -> Metric:
    """A count, or a share of what was counted, of the three periods."""
    now, before, year_before = values
    return run.metric(f"support.{name}", now, "counted", before=before, year_before=year_before, **rest)
