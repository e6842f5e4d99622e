"""Sentences on the right mix of routes and the price of knowledge."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _
from cskit.onboarding.balance import Infeasible, Limits, Plan
from cskit.onboarding.inputs import Balance
from cskit.onboarding.mix import ROUTES
from cskit.rows import Rows
from cskit.settings import Target
from cskit.show import Finding

__all__ = ["balance", "balance_rows", "short_of"]

DIGITS = 2  # of the price of a point: its interval carries no more


def balance(found: Balance | None, target: Target | None = None) -> Finding:
    """The mix, its band and cautious end, and the price of a point; or which limit stands in the way.

    Parameters
    ----------
    found : Balance or None
    target : Target or None
        Of the self share, from params: said where it and the balance do not go together.

    Examples
    --------
    >>> from cskit.onboarding import topics
    >>> print(balance(topics.balance(run), run.settings.targets.get('onboarding.self_share')).text)
    At least cost, learning 70 % of what we must in time takes 12 % self-onboarding; in the last 12
    months it was 65 %, with 51 % expected to be learnt. As uncertain as the ...
    """
    if found is None:
        return Finding(_("No onboarding started in the last 12 months: there is no mix to balance."))
    if isinstance(found.best, Infeasible):
        return Finding(_nothing_fits(found, found.best), _inputs(found), found.metrics)
    best, around = found.best, found.band
    text = _(
        "At least cost, learning {least} of what we must in time takes {share} self-onboarding; in the last 12 months it was {now}, with {known} expected to be learnt.",
        least=i18n.share(found.limits.knowledge, 0),
        share=i18n.share(best.self_share, 0),
        now=i18n.share(found.now.self_share, 0),
        known=i18n.share(found.now.knowledge, 0),
    )
    band = ""
    if around.self_share and around.cautious is not None:
        band = _(
            "As uncertain as the inputs are, that may be {low} to {high}; plan with the cautious end, {cautious}.",
            low=i18n.share(around.self_share.low, 0),
            high=i18n.share(around.self_share.high, 0),
            cautious=i18n.share(around.cautious, 0),
        )
    aim = _aim(found, target)
    return Finding(i18n.sentences(text, band, aim, _price(found, best)), _inputs(found), found.metrics)


def _aim(found: Balance, target: Target | None) -> str:
    around = found.band.self_share
    if target is None or around is None or target.value in around:
        return ""
    values = {"target": i18n.share(target.value, 0), "least": i18n.share(found.limits.knowledge, 0)}
    if target.value > around.high:
        return _(
            "The target of {target} lies above that: it would cost more or learn less than {least}, so either the target or the limit has to give.",
            **values,
        )
    return _("The target of {target} lies below that: it learns more than {least}, at a cost.", **values)


def balance_rows(found: Balance | None) -> Rows:
    """What each route takes and brings in each segment, and its share now and balanced.

    >>> from cskit.onboarding import topics
    >>> balance_rows(topics.balance(run)).caption, len(balance_rows(topics.balance(run)).frame)
    ("What each route takes and brings, drawn to the route's mean where onboardings are few", 9)
    """
    heads = [
        _("Segment and route"),
        _("Hours each"),
        _("Learnt in time"),
        _("Leave within a year"),
        _("Share now"),
        _("Balanced share"),
    ]
    rows = []
    if found:
        costs, best = found.evidence.costs, found.best
        for row, segment in enumerate(found.evidence.segments):
            for column, route in enumerate(ROUTES):
                right = i18n.share(best.mix[row, column], 0) if isinstance(best, Plan) else "–"
                rows.append((
                    " · ".join(filter(None, (i18n.term(segment), i18n.term(route)))), i18n.number(costs.hours[row, column], 1),
                    i18n.share(costs.knowledge[row, column], 0), i18n.share(costs.churn[row, column], 1),
                    i18n.share(found.mix_now[row, column], 0), right,
                ))  # fmt: skip
    caption = _("What each route takes and brings, drawn to the route's mean where onboardings are few")
    return Rows(pd.DataFrame(rows, columns=heads), caption, numeric=tuple(heads[1:]))


def _price(found: Balance, best: Plan) -> str:
    if best.point <= 0:
        return _("Knowledge is no bottleneck: another point costs nothing.")
    price, around = i18n.money(best.point, DIGITS), found.band.point
    if around is None:
        return _("One more point of knowledge costs {price} a year.", price=price)
    low, high = (i18n.money(end, DIGITS) for end in (around.low, around.high))
    return _("One more point of knowledge costs {price} a year ({low} to {high}).", price=price, low=low, high=high)


def _nothing_fits(found: Balance, none: Infeasible) -> str:
    return i18n.sentences(_("No mix of routes keeps to all limits in params."), short_of(found.limits, none))


def short_of(limits: Limits, none: Infeasible) -> str:
    """What would be needed of each limit while the others stand.

    >>> print(short_of(Limits(0.7, hours=800.0), Infeasible(hours=1200.4, knowledge=0.612, loss=0.01)))
    Within the other limits at most 61 % can be learnt in time, not 70 %. With the other limits kept it
    takes 1,200 h a year, not 800 h.
    """
    parts = []
    if none.knowledge is not None:
        values = {"limit": i18n.share(limits.knowledge, 0), "best": i18n.share(none.knowledge, 0)}
        parts.append(_("Within the other limits at most {best} can be learnt in time, not {limit}.", **values))
    if none.hours is not None and limits.hours is not None:
        hours = {"limit": i18n.amount(limits.hours, "hours"), "best": i18n.amount(none.hours, "hours")}
        parts.append(_("With the other limits kept it takes {best} a year, not {limit}.", **hours))
    if none.loss is not None and limits.loss is not None:
        loss = {"limit": i18n.share(limits.loss), "best": i18n.share(none.loss)}
        parts.append(_("With the other limits kept at least {best} of ARR is expected to leave, not {limit}.", **loss))
    return i18n.sentences(*parts)


def _inputs(found: Balance) -> str:
    rests = _("Rests on {n} onboardings and on limits in params.", n=i18n.number(found.evidence.n))
    names = {"hours": _("hours"), "knowledge": _("knowledge"), "churn": _("churn"), "arr": _("ARR (left out)")}
    assumed = [names[name] for name in found.evidence.assumed]
    guessed = _("Assumed, not measured, at least for one route: {what}.", what=i18n.listed(assumed)) if assumed else ""
    seldom = ""
    if found.band.feasible < 1:
        share = i18n.share(found.band.feasible, 0)
        seldom = _("Of the inputs as they might as well have been, {share} let a mix keep to the limits.", share=share)
    routes = _(
        "It takes for granted that a customer on another route would take the hours, and become as known, as those on it now: routes are chosen, not drawn by lot."
    )
    return i18n.sentences(rests, guessed, seldom, routes)
