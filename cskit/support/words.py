"""Sentences on support readiness: the three checks, and the headline over all."""

from cskit import i18n
from cskit.i18n import _, n_
from cskit.run import Run
from cskit.show import Finding, Headline
from cskit.support.analysis import Study
from cskit.support.words_inquiries import (
    _moved,
    categories,
    channels,
    filled,
    filled_rows,
    joined,
    load,
    moving,
    replies,
    time_rows,
    wish_rows,
    wishes,
)
from cskit.support.words_roadmap import community, journey_rows, journeys, outcome, roadmap, roadmap_rows
from cskit.support.words_silence import decision, silent, silent_rows

__all__ = [
    "articles",
    "categories",
    "channels",
    "community",
    "decision",
    "filled",
    "filled_rows",
    "headline",
    "joined",
    "journey_rows",
    "journeys",
    "load",
    "moving",
    "outcome",
    "replies",
    "roadmap",
    "roadmap_rows",
    "searches",
    "self_resolution",
    "silent",
    "silent_rows",
    "time_rows",
    "verdict",
    "wish_rows",
    "wishes",
]

KEYS = tuple(
    f"support.{name}"
    for name in ("self_resolution", "phone_share", "joined_share", "first_reply_median", "silent_customers")
)


def headline(run: Run, study: Study) -> Headline:
    """The opening of the report.

    >>> print(headline(run, desk).verdict)
    5 customers are silent, ¥18M of ARR. 78 % of help visits end without an inquiry, 32 % of inquiries
    come by phone and 94 % name a customer we know.
    """
    return run.headline("support_readiness", verdict(study), KEYS, study.metrics)


def verdict(study: Study) -> str:
    """Silent customers first, then the three checks.

    >>> print(verdict(desk))
    5 customers are silent, ¥18M of ARR. 78 % of help visits end without an inquiry, 32 % of inquiries
    come by phone and 94 % name a customer we know.
    """
    return i18n.sentences(_quiet(study), _checks(study)) or _("Little of support is on record yet.")


def self_resolution(study: Study) -> Finding:
    """Whether who looks something up need not ask.

    >>> print(self_resolution(desk).text)
    77.5 % of 800 visits to the help site ended without an inquiry (74.5 % to 80.3 %). In Oct–Dec 2022
    it was 76.8 %; whether it moved cannot be told (change −3.6 pp to +5.2 pp).
    """
    found, metric = study.faq.visits, study.metric("self_resolution")
    if found is None:
        return Finding(
            _("Whether the FAQ spares inquiries is not recorded (table help_sessions, column opened_ticket).")
        )
    if found.resolved is None:
        return Finding(_("Nobody visited the help site in the period."))
    text = _(
        "{share} of {n} visits to the help site ended without an inquiry ({low} to {high}).",
        share=i18n.share(found.resolved.value),
        n=i18n.number(found.resolved.n),
        low=i18n.share(float(metric.low)),  # type: ignore[arg-type]
        high=i18n.share(float(metric.high)),  # type: ignore[arg-type]
    )
    quiet = [_("Who found nothing and gave up did not ask either: read it with the searches below.")]
    if found.unnoted:
        quiet.append(
            n_(
                "{n} visit of which it is not noted whether an inquiry followed is left out.",
                "{n} visits of which it is not noted whether an inquiry followed are left out.",
                found.unnoted,
            )
        )
    return Finding(i18n.sentences(text, _moved(study, "self_resolution")), i18n.sentences(*quiet))


def searches(study: Study) -> Finding:
    """What is looked for and not found.

    >>> print(searches(desk).text)
    122 of 798 searches found nothing (15.3 %). Most often: 請求書, time zone and 担当者変更.
    """
    found, before = study.faq.searches, study.faq_before.searches
    if found is None:
        return Finding(_("What customers look for is not recorded (table help_searches)."))
    if found.share is None:
        return Finding(_("Nobody searched the help site in the period."))
    was = (
        _(
            "in {period} it was {share}",
            period=i18n.span(study.compare_to.start, study.compare_to.end),
            share=i18n.share(before.share),
        )
        if before and before.share is not None
        else ""
    )
    text = _(
        "{k} of {n} searches found nothing ({share}).",
        k=i18n.number(found.without_result),
        n=i18n.number(found.searches),
        share=i18n.share(found.share),
    )
    worst = [str(term) for term in found.rows.loc[found.rows["without_result"] > 0, "term"].head(3)]
    asks = _("Most often: {terms}.", terms=i18n.listed(worst)) if worst else ""
    return Finding(i18n.sentences(text, asks), _("Counted; {was}.", was=was) if was else "")


def articles(study: Study) -> Finding:
    """Articles that nobody opens any more.

    >>> print(articles(desk).text)
    3 of 30 articles known from before were not opened in the period. Longest unread: H028, H029 and
    H030.
    """
    found = study.faq.articles
    if found is None:
        return Finding(_("Which articles are read is not recorded (table help_articles)."))
    if found.rows.empty:
        return Finding(_("No article is on record from before the period."))
    unread = found.unopened
    if unread.empty:
        return Finding(
            _("Each of the {n} articles known from before was opened in the period.", n=i18n.number(len(found.rows)))
        )
    names = [str(name) for name in unread["article_id"].head(5)]
    text = n_(
        "{n} of {all} articles known from before was not opened in the period.",
        "{n} of {all} articles known from before were not opened in the period.",
        len(unread),
        all=i18n.number(len(found.rows)),
    )
    which = _("Longest unread: {articles}.", articles=i18n.listed(names))
    return Finding(i18n.sentences(text, which))


def _quiet(study: Study) -> str:
    if study.silent is None:
        return ""
    count, arr = len(study.quiet), float(study.quiet["arr"].sum())
    if not count:
        return _("No customer is silent, as far as is known.")
    if study.arr:
        return n_(
            "{n} customer is silent, {arr} of ARR.",
            "{n} customers are silent, {arr} of ARR.",
            count,
            arr=i18n.money(arr),
        )
    return n_("{n} customer is silent.", "{n} customers are silent.", count)


def _checks(study: Study) -> str:
    """FAQ, channels, joined data: each with its figure, where there is one."""
    figures = {
        "self_resolution": lambda x: _("{share} of help visits end without an inquiry", share=x),
        "phone_share": lambda x: _("{share} of inquiries come by phone", share=x),
        "joined_share": lambda x: _("{share} name a customer we know", share=x),
    }
    said = []
    for name, told in figures.items():
        value = study.metric(name).value
        if isinstance(value, int | float):
            said.append(told(i18n.share(value, 0)))
    if not said:
        return ""
    text = i18n.listed(said)
    return _("{checks}.", checks=text[0].upper() + text[1:])
