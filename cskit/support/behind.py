"""Which rows made the figures on support?"""

import pandas as pd

from cskit.rows import Behind
from cskit.support.analysis import Faq, Study
from cskit.support.inquiries import COLUMNS
from cskit.support.roadmap import Community, Journeys
from cskit.support.silence import SIGNALS

__all__ = ["community_months", "help_articles", "help_searches", "help_visits", "journeys_reviewed",
           "support_customers", "support_inquiries"]  # fmt: skip

CUSTOMERS = ["customer_id", "in_contract", "has_inquiry", *SIGNALS, "silent", "arr", "silent_before", "arr_before"]
WHEN = ("now", "before")


def help_visits(study: Study) -> Behind:
    """Visits by customer in the period and in the one compared: columns period, customer_id, visits, inquiries.

    Visits of nobody known are one row, without a customer.

    >>> len(help_visits(desk).frame)
    568
    """
    frames = {when: faq.visits.rows for when, faq in _faq(study) if faq.visits}
    return Behind("help_visits", _joined(frames, ["customer_id", "visits", "inquiries"]), ("support.self_resolution",))


def help_searches(study: Study) -> Behind:
    """Searches by term: columns period, term, searches, without_result.

    >>> len(help_searches(desk).frame)
    50
    """
    frames = {when: faq.searches.rows for when, faq in _faq(study) if faq.searches}
    columns = ["term", "searches", "without_result"]
    return Behind("help_searches", _joined(frames, columns), ("support.searches_without_result",))


def help_articles(study: Study) -> Behind:
    """Articles on record from before, and their views: columns period, article_id, first_month, last_viewed, views.

    >>> len(help_articles(desk).frame)
    60
    """
    frames = {when: faq.articles.rows for when, faq in _faq(study) if faq.articles}
    columns = ["article_id", "first_month", "last_viewed", "views"]
    return Behind("help_articles", _joined(frames, columns), ("support.unopened_articles",))


def support_inquiries(study: Study) -> Behind:
    """Inquiries of both periods, as known at the end of each: columns period and ``inquiries.COLUMNS``.

    >>> len(support_inquiries(desk).frame)
    710
    """
    frames = {when: came.rows for when, came in zip(WHEN, (study.now, study.before), strict=True) if came}
    names = ("phone_share", "hours_freed", "joined_share", "first_reply_median", "resolution_median", "reopened_share")
    return Behind("support_inquiries", _joined(frames, COLUMNS), tuple(f"support.{name}" for name in names))


def support_customers(study: Study) -> Behind:
    """Current customers with their records and signals, and those of the period compared: columns ``CUSTOMERS``.

    A signal is true where it is silent, and empty where it is not known.

    >>> len(support_customers(desk).frame)
    482
    """
    parts = [pd.DataFrame(index=pd.Index([], dtype=object))]
    if study.silent is not None:
        parts.append(study.silent[[*SIGNALS, "silent", "arr"]])
    if study.silent_before is not None:
        parts.append(study.silent_before[["silent", "arr"]].add_suffix("_before"))
    if study.records is not None:
        parts.append(study.records.rows.set_index("customer_id"))
    frame = pd.concat(parts, axis=1).rename_axis("customer_id").sort_index().reset_index().reindex(columns=CUSTOMERS)
    names = ("records_meet", "silent_customers", "silent_arr")
    return Behind("support_customers", frame, tuple(f"support.{name}" for name in names))


def community_months(found: Community | None) -> Behind:
    """The community by month: columns month, members, active, posts.

    >>> len(community_months(club).frame)
    39
    """
    columns = ["month", "members", "active", "posts"]
    frame = pd.DataFrame(columns=columns) if found is None else found.rows.reset_index()[columns]
    return Behind("community_months", frame, ("support.community_active",))


def journeys_reviewed(found: Journeys | None) -> Behind:
    """Journey maps: columns journey, reviewed_on, owner, overdue.

    >>> len(journeys_reviewed(maps).frame)
    4
    """
    columns = ["journey", "reviewed_on", "owner", "overdue"]
    frame = pd.DataFrame(columns=columns) if found is None else found.rows[columns]
    return Behind("journeys_reviewed", frame, ("support.overdue_journeys",))


def _faq(study: Study) -> tuple[tuple[str, Faq], ...]:
    return tuple(zip(WHEN, (study.faq, study.faq_before), strict=True))


def _joined(frames: dict[str, pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    parts = [rows[columns].assign(period=when) for when, rows in frames.items() if len(rows)]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*columns, "period"])
    return found[["period", *columns]]
