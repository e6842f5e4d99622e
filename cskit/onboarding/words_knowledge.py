"""Sentences on what is learnt item by item, and on whether unknown customers leave more often."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _
from cskit.onboarding.knowledge import Items
from cskit.onboarding.leaving import Leaving
from cskit.onboarding.mix import ROUTES
from cskit.rows import Rows
from cskit.show import Finding

__all__ = ["groups_rows", "items", "items_rows", "leaving"]


def items(found: Items | None) -> Finding:
    """What is learnt least and most often.

    >>> from cskit.onboarding import topics
    >>> print(items(topics.items(run)).text)
    Learnt in time least often: current process, 46 % (37 % to 56 %); most often: measure of success, 64
    % (n = 99).
    """
    if found is None:
        return Finding(_("What is learnt, item by item, needs hearings of onboardings of the last 12 months."))
    least, most = str(found.overall.idxmin()), str(found.overall.idxmax())
    n = i18n.number(int(found.month_n.sum()))
    if len(found.overall) == 1 or found.overall[least] == found.overall[most]:
        return Finding(
            _(
                "Every item is learnt in time equally often: {share} (n = {n}).",
                share=i18n.share(found.overall[most], 0),
                n=n,
            )
        )
    text = _(
        "Learnt in time least often: {least}, {share} ({low} to {high}); most often: {most}, {other} (n = {n}).",
        least=i18n.term(least),
        most=i18n.term(most),
        share=i18n.share(found.overall[least], 0),
        low=i18n.share(found.interval[least].low, 0),
        high=i18n.share(found.interval[least].high, 0),
        other=i18n.share(found.overall[most], 0),
        n=n,
    )
    return Finding(text)


def items_rows(found: Items | None) -> Rows:
    """Each item by route.

    >>> from cskit.onboarding import topics
    >>> items_rows(topics.items(run)).caption, len(items_rows(topics.items(run)).frame)
    ('Learnt in time, by item and route (n: high touch 14, hybrid 19, self-onboarding 66)', 5)
    """
    if found is None:
        return Rows(pd.DataFrame(columns=[_("Item")]), _("Learnt in time, by item and route"))
    frame = pd.DataFrame({_("Item"): [i18n.term(str(item)) for item in found.overall.index]})
    sizes = []
    for route in (route for route in ROUTES if route in found.by_route):
        frame[i18n.term(route)] = [i18n.share(value, 0) for value in found.by_route[route]]
        sizes.append(f"{i18n.term(route)} {i18n.number(int(found.route_n[route]))}")
    caption = _("Learnt in time, by item and route (n: {sizes})", sizes=i18n.several(sizes, ", "))
    return Rows(frame, caption, numeric=tuple(frame.columns[1:]))


def leaving(found: Leaving | None) -> Finding:
    """Counts first; a direction only where the weighted interval excludes none.

    >>> from cskit.onboarding import topics
    >>> print(leaving(topics.leaving(run)).text)
    Of 91 unknown customers 1 left within 365 days after they should have been known, of 115 known ones
    0. With so few churns, whether unknown customers leave more often ...
    """
    if found is None:
        return Finding(
            _(
                "Whether unknown customers leave more often cannot be said yet: it needs hearings, churns, and onboardings watched long enough after."
            )
        )
    counts = _(
        "Of {n} unknown customers {k} left within {days} days after they should have been known, of {m} known ones {j}.",
        n=i18n.number(found.unknown[1]),
        k=i18n.number(found.unknown[0]),
        m=i18n.number(found.known[1]),
        j=i18n.number(found.known[0]),
        days=i18n.number(found.days),
    )
    weighted = found.weighted
    if weighted is None or not found.enough:
        few = _("With so few churns, whether unknown customers leave more often cannot be told.")
        return Finding(i18n.sentences(counts, few), _balance(found))
    compared = _(
        "Made alike in segment, plan, size and start: {a} against {b}, difference {low} to {high} percentage points.",
        a=i18n.share(weighted.share, 0),
        b=i18n.share(weighted.other, 0),
        low=i18n.number(100 * weighted.interval.low, 0, signed=True),
        high=i18n.number(100 * weighted.interval.high, 0, signed=True),
    )
    if 0 in weighted.interval:
        verdict = _("Whether unknown customers leave more often cannot be told.")
    elif weighted.share > weighted.other:
        verdict = _("Unknown customers leave more often.")
    else:
        verdict = _("Unknown customers leave less often.")
    hidden = _(
        "That it is because they are unknown cannot be concluded: who has little interest may answer no questions and leave."
    )
    return Finding(i18n.sentences(counts, compared, verdict), i18n.sentences(_balance(found), hidden))


def groups_rows(found: Leaving | None) -> Rows:
    """How alike unknown and known customers are, before and after weighting.

    >>> from cskit.onboarding import topics
    >>> groups_rows(topics.leaving(run)).caption, len(groups_rows(topics.leaving(run)).frame)
    ('Unknown against known customers: distance of their means, in standard deviations', 6)
    """
    balance = found.weighted.balance if found and found.weighted else {}
    numeric = (_("Apart before"), _("Apart after weighting"))
    rows = [(_trait(name), *(i18n.number(value, 2, signed=True) for value in pair)) for name, pair in balance.items()]
    caption = _("Unknown against known customers: distance of their means, in standard deviations")
    return Rows(pd.DataFrame(rows, columns=[_("Trait"), *numeric]), caption, numeric=numeric)


def _balance(found: Leaving) -> str:
    if found.weighted is None or not found.weighted.balance:
        return ""
    before, after = (max(abs(pair[side]) for pair in found.weighted.balance.values()) for side in (0, 1))
    return _(
        "Before weighting the groups are up to {before} standard deviations apart in a trait, after it {after}; {overlap} of the customers could as well be in the other group (chance 10 to 90 %); one customer weighs {low} to {high} of its group.",
        before=i18n.number(before, 2),
        after=i18n.number(after, 2),
        overlap=i18n.share(found.weighted.overlap, 0),
        low=i18n.share(found.weighted.weights[0], 1),
        high=i18n.share(found.weighted.weights[1], 1),
    )


def _trait(name: str) -> str:
    kind, _space, value = name.partition(" ")
    heads = {"segment": _("Segment"), "plan": _("Plan"), "seats": _("Seats"), "start": _("Start of onboarding")}
    head = heads.get(kind, kind)
    return _("{kind}: {group}", kind=head, group=i18n.term(value)) if value else head
