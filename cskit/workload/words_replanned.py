"""Sentences on other plans: hires, planned load and support modes, and what they would do to hours and cost."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _
from cskit.rows import Rows
from cskit.show import Finding
from cskit.workload.outlook import Outlook
from cskit.workload.replanned import Plans
from cskit.workload.whatif import Mixes
from cskit.workload.words_outlook import odds, outlook

__all__ = ["replanned", "replanned_rows"]


def replanned(before: Plans, tried: Plans) -> Finding:
    """How often hours would fall short, by these plans instead of those published.

    >>> from cskit.params import settings_with
    >>> from cskit.workload.replanned import Replanning
    >>> again = Replanning(run, ahead, lived, spent)
    >>> half = again.plans(settings_with({"workload": {"planned_load": 0.5}}))
    >>> print(replanned(again.published, half).text)
    Hours above plan in the next three months: about 9 times in 10 instead of fewer than 1 time in 20.
    In the tightest month, June 2024: more than 19 times in 20 instead of fewer than 1 time in 20.
    Room by plan in June 2024, the last month ahead: 536 h instead of 912 h. With the support modes as
    asked: about 4 times in 10; that is −74.0 h a month, saving hours worth ¥5.1M a year.
    """
    if tried.ahead is None or before.ahead is None:
        return outlook(tried.run, None)
    then, now = odds(before.ahead.overload), odds(tried.ahead.overload)
    chance = (
        _("Hours above plan in the next three months would be as likely as published: {now}.", now=now)
        if then == now
        else _(
            "Hours above plan in the next three months: {now} instead of {then}.",
            now=now,
            then=then,
        )
    )
    return Finding(
        i18n.sentences(chance, _worst(before.ahead, tried.ahead), _room(before.ahead, tried.ahead), _if_moved(tried))
    )


def _worst(before: Outlook, tried: Outlook) -> str:
    """How likely too few hours are in the month in which they are likeliest; empty where that is as published."""
    then, now = (odds(float(one.months["overload"].max())) for one in (before, tried))
    if then == now:
        return ""
    return _(
        "In the tightest month, {month}: {now} instead of {then}.", month=_tightest_month(tried), now=now, then=then
    )


def _room(before: Outlook, tried: Outlook) -> str:
    """The hours planned at most in the last month; empty where they are as published."""
    then, now = (i18n.amount(float(one.months["room"].iloc[-1]), "hours") for one in (before, tried))
    if then == now:
        return ""
    return _(
        "Room by plan in {month}, the last month ahead: {now} instead of {then}.",
        month=i18n.month(tried.drawn.ahead[-1].date()),
        now=now,
        then=then,
    )


def _if_moved(tried: Plans) -> str:
    """What the hours of other support modes would come to."""
    if tried.moved is None:
        return ""
    more = tried.moved.more
    values = {
        "odds": odds(tried.moved.overload),
        "hours": i18n.amount(more, "hours", signed=True),
        "cost": i18n.money(12 * abs(more) * tried.hour),
    }
    if more > 0:
        return _("With the support modes as asked: {odds}; that is {hours} a month, costing {cost} a year.", **values)
    return _(
        "With the support modes as asked: {odds}; that is {hours} a month, saving hours worth {cost} a year.", **values
    )


def replanned_rows(before: Plans, tried: Plans) -> Rows:
    """Chance of too few hours, hires, hours of the modes and cost, as published and by the settings tried.

    >>> from cskit.params import settings_with
    >>> from cskit.workload.replanned import Replanning
    >>> again = Replanning(run, ahead, lived, spent)
    >>> half = again.plans(settings_with({"workload": {"planned_load": 0.5}}))
    >>> replanned_rows(again.published, half).frame.set_index("Key figure").loc[["Hires needed", "CS cost a year"]]
                    published       tried
    Key figure
    Hires needed            0  4 (2 to 5)
    CS cost a year       ¥43M        ¥43M
    """
    both = {_("published"): before, _("tried"): tried}
    columns = {name: _column(plans) for name, plans in both.items()}
    labels = [
        _("Hours above plan, next three months"),
        _("The same with the modes as asked"),
        _("The tightest month"),
        _("Hires needed"),
        _("Hires planned"),
        _("CS cost a year"),
        _("Total hours of the modes a month, now"),
        _("Total hours of the modes a month, as asked"),
        _("Meetings a month, as asked"),
    ]
    frame = pd.DataFrame({_("Key figure"): labels, **columns})
    caption = _("Plans as published, and by the settings tried; cost with the hires planned, before hours saved")
    return Rows(frame, caption, None, tuple(both), sortable=False)


def _column(plans: Plans) -> list[str]:
    ahead, mixes = plans.ahead, plans.mixes
    cost = next((one.cost for one in plans.staffing), plans.costs.total)
    return [
        _chance(ahead),
        _chance(plans.moved or ahead),
        _tightest(ahead),
        _hires(ahead),
        "–" if ahead is None else i18n.number(sum(ahead.planned.values())),
        i18n.money(cost),
        *_hours(mixes),
    ]


def _chance(found: Outlook | None) -> str:
    if found is None:
        return "–"
    low, high = (i18n.share(end, 0) for end in (found.around.low, found.around.high))
    value = i18n.share(found.overload, 0)
    return value if low == high == value else _("{value} ({low} to {high})", value=value, low=low, high=high)


def _tightest(found: Outlook | None) -> str:
    if found is None:
        return "–"
    return f"{_tightest_month(found)}: {i18n.share(float(found.months['overload'].max()), 0)}"


def _tightest_month(found: Outlook) -> str:
    month = found.drawn.ahead[int(found.months["overload"].to_numpy().argmax())]
    return i18n.month(month.date())


def _hires(found: Outlook | None) -> str:
    if found is None:
        return "–"
    value, low, high = (i18n.number(n) for n in (found.hires, found.hires_range.low, found.hires_range.high))
    return value if low == high else _("{value} ({low} to {high})", value=value, low=low, high=high)


def _hours(mixes: Mixes | None) -> list[str]:
    if mixes is None:
        return ["–"] * 3
    asked = mixes.what_if
    hours = (i18n.amount(load.total_hours, "hours") for load in (mixes.now, asked))
    return [*hours, i18n.number(asked.meetings, 1)]
