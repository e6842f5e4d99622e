"""Sentences on the rise of self-onboarding, its steps, and its path beside knowledge."""

from datetime import date

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.onboarding.course import Course
from cskit.onboarding.rise import Rise, Steps
from cskit.show import Finding

__all__ = ["course", "quarter", "rise", "share_steps"]


def rise(found: Rise) -> Finding:
    """When the fitted share crossed half, and which month was likeliest the first above.

    >>> from cskit.onboarding import topics
    >>> print(rise(topics.rise(run, onboarding.months)).text)
    Fitted from April 2020 to September 2021, self-onboarding crossed half of all onboardings in May
    2021 (April 2021 to July 2021, n = 137).
    """
    if found.fit is None:
        text = _("The months on record are too few, or too much alike, to fit a rise of the self share.")
        return Finding(text, metrics=(found.metric,))
    if not found.crossed:
        text = _("In the months on record the self share has not risen across half of all onboardings.")
        return Finding(text, metrics=(found.metric,))
    values = {
        "month": _month(found.metric.value),
        "first": i18n.month(found.months.index[0].date()),
        "last": i18n.month(found.months.index[-1].date()),
        "n": i18n.number(found.metric.n or 0),
    }
    if found.metric.low is None:
        text = _(
            "Fitted from {first} to {last}, self-onboarding crossed half of all onboardings about {month}, but the data do not pin it down (n = {n}).",
            **values,
        )
    else:
        low, high = _month(found.metric.low), _month(found.metric.high)
        text = _(
            "Fitted from {first} to {last}, self-onboarding crossed half of all onboardings in {month} ({low} to {high}, n = {n}).",
            low=low,
            high=high,
            **values,
        )
    likely = found.first[found.first >= 0.1].sort_values(ascending=False, kind="stable").head(3)
    said = [
        _("{month} {share}", month=i18n.month(pd.Timestamp(month).date()), share=i18n.share(share, 0))  # type: ignore[arg-type]
        for month, share in likely.items()
    ]
    each = _("Taken month by month, the chance to be the first above half: {months}.", months=i18n.several(said, ", "))
    other = _(
        "This is self-onboarding against all routes; overtaking high touch alone comes earlier where there is hybrid."
    )
    return Finding(text, i18n.sentences(each if said else "", other), (found.metric,))


def share_steps(found: Steps) -> Finding:
    """In which months the share changed its level, and what began near them.

    >>> from cskit.onboarding import topics
    >>> print(share_steps(topics.share_steps(run, onboarding.months)).text)
    The self share changed its level 2 times: December 2020 (0 % to 22 %), March 2021 (22 % to 66 %).
    """
    if not found.found:
        return Finding(
            n_(
                "In {n} month the self share shows no change of level beyond what chance shows.",
                "In {n} months the self share shows no change of level beyond what chance shows.",
                found.months,
            )
        )
    said = []
    for day, step in found.found:
        values = {"month": i18n.month(day), "before": i18n.share(step.before, 0), "after": i18n.share(step.after, 0)}
        gradual = _("{month} ({before} to {after}, gradually)", **values)
        said.append(gradual if step.gradual else _("{month} ({before} to {after})", **values))
    text = n_(
        "The self share changed its level {n} time: {months}.",
        "The self share changed its level {n} times: {months}.",
        len(said),
        months=i18n.several(said, ", "),
    )
    if not found.near:
        return Finding(text)
    near = [_("{name} ({month})", name=name, month=i18n.month(day)) for name, day in found.near]
    quiet = _(
        "Initiatives that began within two months of it, which is a coincidence in time and no cause: {names}.",
        names=i18n.several(near, ", "),
    )
    return Finding(text, quiet)


def course(path: Course | None) -> Finding:
    """What the way up cost in knowledge, and what the way back brought.

    >>> print(course(path).text)
    From Apr–Jun 2020 to Jan–Mar 2022 the self share went from 0 % to 77 %, and hearing coverage from 77
    % to 43 %. From there to Apr–Jun 2023 the self share went from 77 % ...
    """
    if path is None:
        return Finding(
            _("The path of efficiency and knowledge needs hearings and at least two quarters of onboardings.")
        )
    at = path.stations
    own, known = path.points["self_share"], path.points["coverage"]
    there = {name: (float(own[day]), float(known[day])) for name, day in at.items()}
    said = []
    if at["peak"] > at["start"]:
        said.append(
            _(
                "From {start} to {peak} the self share went from {a} to {b}, and hearing coverage from {c} to {d}.",
                start=quarter(at["start"]),
                peak=quarter(at["peak"]),
                **_from_to(there["start"], there["peak"]),
            )
        )
    if at["now"] > at["peak"]:
        said.append(
            _(
                "From there to {now} the self share went from {a} to {b}, and hearing coverage from {c} to {d}.",
                now=quarter(at["now"]),
                **_from_to(there["peak"], there["now"]),
            )
            if said
            else _(
                "From {start} to {now} the self share went from {a} to {b}, and hearing coverage from {c} to {d}.",
                start=quarter(at["start"]),
                now=quarter(at["now"]),
                **_from_to(there["start"], there["now"]),
            )
        )
    quiet = _(
        "Counted in these onboardings (n = {n}). What moved together need not have moved one another.",
        n=i18n.number(int(path.points["n"].sum())),
    )
    return Finding(i18n.sentences(*said), quiet)


def quarter(first: pd.Timestamp) -> str:
    """A quarter by its months.

    >>> quarter(pd.Timestamp("2023-04-01"))
    'Apr–Jun 2023'
    >>> with i18n.speaking("ja"):
    ...     quarter(pd.Timestamp("2022-12-01"))
    '2022年12月〜2023年2月'
    """
    return i18n.span(first.date(), (first + pd.DateOffset(months=3, days=-1)).date())


def _from_to(one: tuple[float, float], other: tuple[float, float]) -> dict[str, str]:
    return dict(zip("abcd", (i18n.share(x, 0) for x in (one[0], other[0], one[1], other[1])), strict=True))


def _month(value: float | str | None) -> str:
    return i18n.month(date.fromisoformat(f"{value}-01"))
