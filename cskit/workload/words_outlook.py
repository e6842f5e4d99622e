"""Sentences on what is to come: load and capacity, hires, the review calendar, the inbound queue."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.metrics import Metric
from cskit.rows import Rows, with_owner
from cskit.run import Run
from cskit.show import Decision, Finding
from cskit.workload.calendar import Calendar
from cskit.workload.inbound import Inbound
from cskit.workload.outlook import Outlook
from cskit.workload.plans import Plan, cost_of_hires

__all__ = [
    "calendar",
    "calendar_rows",
    "hiring",
    "inbound",
    "metrics",
    "odds",
    "outlook",
    "plan_rows",
    "planned",
    "shortfall",
]


def odds(chance: float) -> str:
    """A chance as a reader takes it.

    >>> odds(0.41), odds(0.01)
    ('about 4 times in 10', 'fewer than 1 time in 20')
    """
    if chance < 0.05:
        return _("fewer than 1 time in 20")
    if chance > 0.95:
        return _("more than 19 times in 20")
    return n_("about {n} time in 10", "about {n} times in 10", min(9, max(1, round(10 * chance))))


def outlook(run: Run, found: Outlook | None, moved: Outlook | None = None) -> Finding:
    """How often hours would fall short, with other support modes too, and how many people that asks for.

    >>> print(outlook(run, ahead).text)
    Hours above plan in the next three months, under the same conditions: fewer than 1 time in 20.
    Nobody has to be hired to keep that below 20 % in each month.
    """
    if found is None:
        return Finding(
            _(
                "The months to come cannot be drawn: it needs a year of hours (time_logs or touchpoints) and weekly hours (csms)."
            )
        )
    peak = found.months.index[int(found.months["overload"].to_numpy().argmax())]
    worst = _(
        "The tightest month is {month}: {odds}.",
        month=i18n.month(peak.date()),
        odds=odds(float(found.months["overload"].max())),
    )
    return Finding(
        i18n.sentences(
            shortfall(found),
            worst if found.months["overload"].max() >= 0.05 else "",
            _if_moved(found, moved) if moved else "",
            _hire(found),
            planned(run, found),
        ),
        _how(found),
        metrics(run, found),
    )


def metrics(run: Run, found: Outlook) -> tuple[Metric, ...]:
    """Chance of too few hours, and hires needed: ``workload.overload_probability`` and ``workload.hires_needed``.

    >>> from cskit.workload.outlook import against
    >>> _chance, hires = metrics(run, against(ahead.drawn, run.settings, more=300.0))
    >>> hires.value, hires.low, hires.high
    (2, 1.0, 3.0)
    """
    n = len(found.history)
    return (
        run.metric("workload.overload_probability", found.overload, "estimated", found.around, n=n),
        run.metric("workload.hires_needed", found.hires, "estimated", found.hires_range, n=n),
    )


def planned(run: Run, found: Outlook) -> str:
    """The hires that are counted already, and what they would cost; empty where none are.

    >>> from cskit.params import settings_with
    >>> from cskit.workload.outlook import against
    >>> settings = settings_with({"workload": {"outlook": {"hires": {"2023-10": 2}}}})
    >>> print(planned(run, against(ahead.drawn, settings)))
    Hires planned already are counted: 2 from October 2023; at full hours they would cost ¥23M a year
    (estimated).
    """
    if not found.planned:
        return ""
    told = [_("{n} from {month}", n=i18n.number(n), month=i18n.month(day)) for day, n in found.planned.items()]
    return _(
        "Hires planned already are counted: {hires}; at full hours they would cost {cost} a year (estimated).",
        hires=i18n.listed(told),
        cost=i18n.money(cost_of_hires(run, sum(found.planned.values()))),
    )


def _if_moved(found: Outlook, moved: Outlook) -> str:
    """Had the support modes changed; empty where that is said in the same words."""
    if odds(moved.overload) == odds(found.overload):
        return ""
    return _(
        "Had the support modes changed as asked above ({hours} a month): {odds}.",
        hours=i18n.amount(moved.more, "hours", signed=True),
        odds=odds(moved.overload),
    )


def shortfall(found: Outlook) -> str:
    """How often the hours of the next three months would be above plan.

    >>> print(shortfall(ahead))
    Hours above plan in the next three months, under the same conditions: fewer than 1 time in 20.
    """
    return _(
        "Hours above plan in the next three months, under the same conditions: {odds}.",
        odds=odds(found.overload),
    )


def plan_rows(run: Run, found: tuple[Plan, ...]) -> Rows:
    """Cost, margin and lifetime value under each plan.

    >>> from cskit import workload
    >>> plan_rows(run, workload.plans(run, ahead, spent)).caption
    'Plans: above plan in the tightest month once they work alone; margin of ARR; LTV per customer over
    5 years at most, at the churn of the last 12 months'
    """
    years = i18n.number(run.settings.money.ltv_years)
    frame = pd.DataFrame(
        [
            {
                _("Hired now"): i18n.number(one.hires),
                _("Above plan"): odds(one.overload),
                _("CS cost a year"): i18n.money(one.cost),
                _("Margin after it"): "–" if one.margin is None else i18n.share(one.margin),
                _("LTV"): _ltv(one),
            }
            for one in found
        ]
    )
    caption = _(
        "Plans: above plan in the tightest month once they work alone; margin of ARR; LTV per customer over {years} years at most, at the churn of the last 12 months",
        years=years,
    )
    if run.settings.workload.outlook.hires:
        caption = _("{caption}; hires planned already are in every row", caption=caption)
    return Rows(frame, caption, 5, tuple(frame.columns[1:]))


def calendar(found: Calendar | None) -> Finding:
    """How many reviews fit, and how many lie in a busy month.

    >>> print(calendar(reviews).text)
    64 of 64 reviews of the next quarter have a month: Jul 17, Aug 36 and Sep 11.
    """
    if found is None:
        return Finding(
            _("Nobody is served by quarterly reviews, or it is not recorded (tables service_levels and customers).")
        )
    placed, all_ = len(found.placed), len(found.reviews)
    counts = [(month, int((found.reviews["month"] == month).sum())) for month in found.months]
    spread = i18n.listed(
        [_("{month} {n}", month=i18n.month(month, short=True), n=i18n.number(n)) for month, n in counts]
    )
    text = _(
        "{placed} of {all} reviews of the next quarter have a month: {months}.",
        placed=i18n.number(placed),
        all=i18n.number(all_),
        months=spread,
    )
    busy = int(found.reviews["busy"].sum())
    quiet = (
        n_(
            "{n} of them lies in a month in which the customer is busy with its budget or its books: the others are busy too, full, or farther from when it is due.",
            "{n} of them lie in a month in which the customer is busy with its budget or its books: the others are busy too, full, or farther from when it is due.",
            busy,
        )
        if busy
        else ""
    )
    reasons = found.reviews["reason"].value_counts()
    for name, said in (
        ("hours", _("the person in charge has no hours left")),
        ("nobody", _("nobody with known hours is in charge")),
    ):
        if reasons.get(name):
            text = i18n.sentences(
                text, n_("{n} does not fit: {why}.", "{n} do not fit: {why}.", int(reasons[name]), why=said)
            )
    return Finding(text, quiet)


def calendar_rows(found: Calendar | None, accounts: pd.DataFrame | None = None, limit: int = 10) -> Rows:
    """Each review with its month; with ``accounts`` (:func:`cskit.facts.accounts`) who is in charge.

    >>> calendar_rows(reviews).caption, len(calendar_rows(reviews).frame)
    ('Reviews of the next quarter, those that do not fit first', 64)
    """
    rows = (
        found.reviews
        if found
        else pd.DataFrame(columns=["customer_id", "name", "csm_id", "due", "month", "hours", "busy", "reason"])
    )
    reasons = {"hours": _("no hours left"), "nobody": _("nobody in charge")}
    when = ["" if month is None else i18n.month(month) for month in rows["month"]]
    frame = pd.DataFrame(
        {
            _("Customer"): rows["name"].fillna(rows["customer_id"]),
            _("Review in"): [month or reasons.get(why, "") for month, why in zip(when, rows["reason"], strict=True)],
            _("Due"): ["" if pd.isna(day) else i18n.month(day.date()) for day in rows["due"]],
            _("Busy month"): [_("yes") if busy else "" for busy in rows["busy"]],
        }
    )
    order = sorted(
        range(len(rows)),
        key=lambda place: (bool(when[place]), str(rows["month"].iloc[place]), str(rows["customer_id"].iloc[place])),
    )
    due = pd.Series(["" if pd.isna(day) else day.date().isoformat() for day in rows["due"]], index=rows.index)
    month = pd.Series(["" if month is None else month.isoformat() for month in rows["month"]], index=rows.index)
    full = rows.assign(due=due, month=month)
    caption = _("Reviews of the next quarter, those that do not fit first")
    if accounts is not None:
        return Rows(with_owner(frame, rows["customer_id"], accounts).iloc[order], caption, limit)
    return Rows(
        frame.iloc[order],
        caption,
        limit,
        export="review_calendar",
        full=full.iloc[order],
    )


def inbound(found: Inbound | None) -> Finding:
    """How many people the line of inquiries needs, where there is one.

    >>> from cskit import workload
    >>> print(inbound(workload.inbound(run)).text)
    The busiest hour, Tuesday at 10, brings 0.7 inquiries. That is too few for a line: whoever is there
    answers.
    """
    if found is None or found.busiest is None:
        return Finding(_("There is no line of inquiries to staff: none came by a channel in which customers wait."))
    values = {
        "day": _weekday(found.busiest[0]),
        "hour": i18n.number(found.busiest[1]),
        "n": i18n.number(found.per_hour, 1),
    }
    busiest = _("The busiest hour, {day} at {hour}, brings {n} inquiries.", **values)
    if found.queue is None:
        return Finding(i18n.sentences(busiest, _("That is too few for a line: whoever is there answers.")))
    need = n_(
        "{n} person must be at hand then so that {level} are answered in time; with breaks and meetings that is {shift} on shift.",
        "{n} people must be at hand then so that {level} are answered in time; with breaks and meetings that is {shift} on shift.",
        found.queue.agents,
        level=i18n.share(found.queue.service_level, 0),
        shift=i18n.number(found.on_shift),
    )
    quiet = _(
        "Erlang C: nobody hangs up, {minutes} minutes each; they are busy {occupancy} of the time.",
        minutes=i18n.number(found.minutes or 0, 1),
        occupancy=i18n.share(found.queue.occupancy, 0),
    )
    return Finding(i18n.sentences(busiest, need), quiet)


def hiring(run: Run, found: Outlook | None) -> Decision | None:
    """Hire, and by when; None where nobody is needed.

    >>> from cskit.workload.outlook import against
    >>> print(hiring(run, against(ahead.drawn, run.settings, more=300.0)).text)
    Decide now to hire 2 people: they work alone only after the first month above plan.
    >>> hiring(run, ahead) is None
    True
    """
    if found is None or not found.hires or found.decide_by is None:
        return None
    late = found.decide_by <= run.data.as_of
    if late:
        text = n_(
            "Decide now to hire {n} person: they work alone only after the first month above plan.",
            "Decide now to hire {n} people: they work alone only after the first month above plan.",
            found.hires,
        )
    else:
        text = n_(
            "Decide by {month} to hire {n} person.",
            "Decide by {month} to hire {n} people.",
            found.hires,
            month=i18n.month(found.decide_by),
        )
    text = i18n.sentences(text, _("Hires planned already are counted.") if found.planned else "")
    return Decision(text, urgency=0.9 if late else 0.6)


def _ltv(one: Plan) -> str:
    if one.ltv is None or one.around is None:
        return "–"
    low, high = (i18n.money(end) for end in (one.around.low, one.around.high))
    return _("{value} ({low} to {high})", value=i18n.money(one.ltv), low=low, high=high)


def _hire(found: Outlook) -> str:
    ends, accepted = found.hires_range, i18n.share(found.accepted, 0)
    around = (
        "" if ends.low == ends.high else _("; {low} to {high}", low=i18n.number(ends.low), high=i18n.number(ends.high))
    )
    if not found.hires:
        return _(
            "Nobody has to be hired to keep that below {accepted} in each month{around}.",
            accepted=accepted,
            around=around,
        )
    values = {"accepted": accepted, "around": around}
    need = (
        n_(
            "To keep that below {accepted} in each month takes {n} further hire{around}.",
            "To keep that below {accepted} in each month takes {n} further hires{around}.",
            found.hires,
            **values,
        )
        if found.planned
        else n_(
            "To keep that below {accepted} in each month takes {n} hire{around}.",
            "To keep that below {accepted} in each month takes {n} hires{around}.",
            found.hires,
            **values,
        )
    )
    if found.decide_by is None:
        return need
    by = _(
        "Decide by {month}: a hire works alone {months} months later.",
        month=i18n.month(found.decide_by),
        months=i18n.number(found.lead + found.ramp),
    )
    late = _(
        "That would have had to be decided by {month}: a hire works alone {months} months later.",
        month=i18n.month(found.decide_by),
        months=i18n.number(found.lead + found.ramp),
    )
    return i18n.sentences(need, late if found.decide_by < found.months.index[0].date() else by)


def _how(found: Outlook) -> str:
    season = _("Drawn from {n} months of hours with their trend and season.", n=i18n.number(len(found.history)))
    plain = _(
        "Drawn from {n} months of hours with their trend; a season needs two years.", n=i18n.number(len(found.history))
    )
    rest = _("Hours that were worked and not booked are not in it, nor is growth of another kind than before.")
    return i18n.sentences(season if len(found.history) >= 24 else plain, rest)


def _weekday(day: int) -> str:
    from babel.dates import get_day_names

    return str(get_day_names("wide", locale=i18n.language())[day])
