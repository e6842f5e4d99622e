"""Sentences on a self share of one's own choice: what it takes, and whether it keeps to the limits."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _
from cskit.onboarding.balance import Infeasible, Plan
from cskit.onboarding.rebalanced import Rebalanced
from cskit.onboarding.words_balance import short_of
from cskit.rows import Rows
from cskit.show import Finding

__all__ = ["at_share", "kept", "plan_rows"]


def at_share(found: Rebalanced) -> Finding:
    """What the cheapest mix at the share asked for would take, and which shares keep to the limits.

    >>> from cskit.explore import Tried
    >>> from cskit.onboarding.rebalanced import Rebalancing
    >>> print(at_share(Rebalancing(run, balance).found(Tried(run.settings, {"self_share": 0.5}))).text)
    At 50 % self-onboarding the cheapest mix would cost ¥6.7M a year: 1,008 h, 54 % learnt in time, 0.57
    % of ARR expected to leave. No mix at this share keeps to the limits. Within the other limits at most
    62 % can be learnt in time, not 70 %. Self-onboarding shares of 0 % to 35 % keep to the limits.
    """
    one = found.shown
    text = _(
        "At {share} self-onboarding the cheapest mix would cost {cost} a year: {hours}, {known} learnt in time, {loss} of ARR expected to leave.",
        share=i18n.share(one.self_share, 0),
        cost=i18n.money(one.cost),
        hours=i18n.amount(one.hours, "hours"),
        known=i18n.share(one.knowledge, 0),
        loss=i18n.share(one.loss, 2),
    )
    if isinstance(found.asked, Plan):
        fits = _("It keeps to the limits.")
    elif found.kept:
        fits = i18n.sentences(_("No mix at this share keeps to the limits."), short_of(found.limits, found.asked))
    else:
        fits = ""
    return Finding(i18n.sentences(text, fits, kept(found)))


def kept(found: Rebalanced) -> str:
    """Which self shares keep to the limits.

    >>> from cskit.explore import Tried
    >>> from cskit.onboarding.rebalanced import Rebalancing
    >>> print(kept(Rebalancing(run, balance).found(Tried(run.settings, {"self_share": 0.5}))))
    Self-onboarding shares of 0 % to 35 % keep to the limits.
    """
    if found.kept is None:
        return _("No self-onboarding share keeps to the limits.")
    ends = {"low": i18n.share(found.kept.low, 0), "high": i18n.share(found.kept.high, 0)}
    return _("Self-onboarding shares of {low} to {high} keep to the limits.", **ends)


def plan_rows(found: Rebalanced, published: Plan | Infeasible) -> Rows:
    """The published plan, the one tried, the one at the share asked for, and the mix of the last 12 months.

    >>> from cskit.explore import Tried
    >>> from cskit.onboarding.rebalanced import Rebalancing
    >>> found = Rebalancing(run, balance).found(Tried(run.settings, {"self_share": 0.5}))
    >>> frame = plan_rows(found, balance.best).frame.set_index("Key figure")
    >>> frame[["balanced, published", "cheapest at 50 %", "last 12 months"]]
                          balanced, published cheapest at 50 % last 12 months
    Key figure
    Self-onboarding share                12 %             50 %           65 %
    Cost a year                          ¥11M            ¥6.7M          ¥6.7M
    Hours a year                        1,721            1,008            994
    Learnt in time                       70 %             54 %           51 %
    ARR expected to leave              0.63 %           0.57 %         0.60 %
    """
    share = i18n.share(found.shown.self_share, 0)
    plans = {
        _("balanced, published"): published,
        _("balanced, tried"): found.best,
        _("cheapest at {share}", share=share): found.shown,
        _("last 12 months"): found.now,
    }
    heads = [
        _("Self-onboarding share"),
        _("Cost a year"),
        _("Hours a year"),
        _("Learnt in time"),
        _("ARR expected to leave"),
    ]
    frame = pd.DataFrame({_("Key figure"): heads} | {name: _figures(one) for name, one in plans.items()})
    caption = _(
        "What the mixes take a year; an hour costs {hourly} on average over the team, gross margin is {margin}",
        hourly=i18n.money(found.costs.hourly),
        margin=i18n.share(found.costs.margin, 0),
    )
    return Rows(frame, caption, None, tuple(plans), sortable=False)


def _figures(one: Plan | Infeasible) -> list[str]:
    if isinstance(one, Infeasible):
        return ["–"] * 5
    shares = (i18n.share(one.self_share, 0), i18n.share(one.knowledge, 0), i18n.share(one.loss, 2))
    return [shares[0], i18n.money(one.cost), i18n.number(one.hours), shares[1], shares[2]]
