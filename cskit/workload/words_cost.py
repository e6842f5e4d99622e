"""Sentences on time that is not booked, on what customers cost, on initiatives and on how people compare."""

from functools import partial
from math import exp

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.rows import Formats, Rows
from cskit.run import Run
from cskit.show import Finding
from cskit.workload.analysis import Study
from cskit.workload.cost import Costs
from cskit.workload.hours import booked_share, contracted, cube, team
from cskit.workload.initiatives import Initiative
from cskit.workload.people import People

__all__ = ["costs", "cube_rows", "dear_rows", "independence", "initiative_rows", "initiatives", "people",
           "people_rows", "task_rows", "unlogged", "unlogged_rows"]  # fmt: skip


def unlogged(run: Run, study: Study) -> Finding:
    """How much contracted time is not booked, and the slack against plan.

    >>> print(unlogged(run, hours).text)
    Of 3,536 h contracted hours 47 % are not booked; about 8 % of them are leave. Booked hours leave 899
    h below the planned load of 85 %.
    """
    rows = _unlogged(run, study)
    if rows.empty:
        return Finding(
            _("How much time is not booked cannot be said: it needs bookings (time_logs) and weekly hours (csms).")
        )
    contracted, booked = float(rows["contracted"].sum()), float(rows["booked"].sum())
    text = _(
        "Of {contracted} contracted hours {share} are not booked; about {leave} of them are leave.",
        contracted=i18n.amount(contracted, "hours"),
        share=i18n.share(max(0.0, 1 - booked / contracted), 0),
        leave=i18n.share(run.settings.workload.leave, 0),
    )
    planned = run.settings.workload.planned_load * (1 - run.settings.workload.leave) * contracted
    if booked <= planned:
        slack = _(
            "Booked hours leave {hours} below the planned load of {planned}.",
            hours=i18n.amount(planned - booked, "hours"),
            planned=i18n.share(run.settings.workload.planned_load, 0),
        )
    else:
        slack = _(
            "Booked hours are {hours} above the planned load of {planned}.",
            hours=i18n.amount(booked - planned, "hours"),
            planned=i18n.share(run.settings.workload.planned_load, 0),
        )
    doubt = _(
        "Time that was worked and not booked is in no figure of this page: before slack is given away, ask what it was."
    )
    return Finding(i18n.sentences(text, slack), doubt)


def unlogged_rows(run: Run, study: Study) -> Rows:
    """Contracted and booked hours by person; internal.

    >>> unlogged_rows(run, hours).caption, len(unlogged_rows(run, hours).frame)
    ('Booked of contracted hours, internal', 8)
    """
    rows = _unlogged(run, study)
    frame = pd.DataFrame(
        {
            _("Person"): rows["csm_id"],
            _("Contracted"): [i18n.number(value, 1) for value in rows["contracted"]],
            _("Booked"): [i18n.number(value, 1) for value in rows["booked"]],
        }
    )
    return Rows(
        frame,
        _("Booked of contracted hours, internal"),
        30,
        tuple(frame.columns[1:]),
        export="unlogged_hours",
        full=rows,
    )


def cube_rows(run: Run) -> Rows:
    """Hours by person, task, customer and phase, for a pivot table; internal.

    >>> cube_rows(run).caption, len(cube_rows(run).frame)
    ('Hours by person, task, customer and phase, internal', 1440)
    """
    full = cube(run.data, run.settings.workload, run.period)
    frame = pd.DataFrame(
        {
            _("Person"): full["csm_id"],
            _("Task"): full["task"],
            _("Customer"): full["name"].fillna(full["customer_id"]),
            _("Hours"): [i18n.number(value, 1) for value in full["hours"]],
        }
    )
    return Rows(
        frame, _("Hours by person, task, customer and phase, internal"), 10, (_("Hours"),), export="hours", full=full
    )


def costs(run: Run, spent: Costs) -> Finding:
    """What customer success costs against ARR, and for how many customers it is much.

    >>> print(costs(run, spent).text)
    At the period's hours customer success costs ¥43M a year. That is 4.3 % of ARR; 26 % of it is
    indirect work. 70 live customers cost more than 15 % of their own ARR.
    """
    metric = run.metric("workload.cost_of_arr", spent.of_arr, "assumed" if spent.flat_share else "counted")
    text = _("At the period's hours customer success costs {cost} a year.", cost=i18n.money(spent.total))
    if spent.of_arr is None:
        return Finding(
            i18n.sentences(text, _("Against what customers pay it cannot be set: their ARR is not known.")),
            metrics=(metric,),
        )
    against = _(
        "That is {share} of ARR; {indirect} of it is indirect work.",
        share=i18n.share(spent.of_arr),
        indirect=i18n.share(spent.indirect_share, 0),
    )
    dear = n_(
        "{n} live customer costs more than {limit} of its own ARR.",
        "{n} live customers cost more than {limit} of their own ARR.",
        len(spent.dear),
        limit=i18n.share(spent.limit, 0),
    )
    rate = _("{share} of the cost rests on one hourly rate for all (estimated).", share=i18n.share(spent.flat_share, 0))
    quiet = _(
        "By customer: direct work of the period once live, as a yearly rate. Onboarding happens once and is not in it, nor is indirect work; a busy period makes some look dearer than their year will be."
    )
    return Finding(
        i18n.sentences(text, against, dear), i18n.sentences(quiet, rate if spent.flat_share else ""), (metric,)
    )


def dear_rows(spent: Costs, limit: int = 10) -> Rows:
    """The customers whose work costs most of their ARR; all customers in the list.

    >>> dear_rows(spent).caption, len(dear_rows(spent).frame)
    ('Live customers whose direct work costs most of their ARR', 70)
    """
    rows = spent.dear
    frame = pd.DataFrame(
        {
            _("Customer"): rows["name"].fillna(rows["customer_id"]),
            _("Hours"): rows["hours"],
            _("Cost a year"): rows["cost"],
            "ARR": rows["arr"],
            _("Of ARR"): rows["of_arr"],
        }
    )
    formats: Formats = {
        _("Hours"): partial(i18n.number, digits=1),
        _("Cost a year"): i18n.money,
        "ARR": i18n.money,
        _("Of ARR"): partial(i18n.share, digits=0),
    }
    caption, numeric = _("Live customers whose direct work costs most of their ARR"), tuple(frame.columns[1:])
    return Rows(frame, caption, limit, numeric, "cost_by_customer", spent.rows, formats, (_("Of ARR"),), customers=True)


def initiatives(found: tuple[Initiative, ...] | None) -> Finding:
    """Which initiatives made a typical case lighter, and which cannot be told.

    >>> from cskit import workload
    >>> print(initiatives(workload.initiatives(run)).text)
    ハイブリッド導入支援: a typical case takes 61 % less (21 % to 81 %). セルフオンボーディング: a typical case takes 74 %
    less (57 % to 84 %). 支援モード選択制: a typical case takes 4 % more (1 % to 7 ...
    """
    if found is None:
        return Finding(
            _(
                "Whether initiatives made work lighter cannot be said: it needs the table initiatives and bookings (time_logs)."
            )
        )
    if not found:
        return Finding(_("No initiative began in the last three years."))
    told = [one for one in found if one.change is not None]
    lighter = [one for one in told if one.change and one.change.direction == "down"]
    heavier = [one for one in told if one.change and one.change.direction == "up"]
    parts = [
        _("{name}: a typical case takes {share} less ({low} to {high}).", name=one.name, **_less(one))
        for one in lighter
    ] + [
        _("{name}: a typical case takes {share} more ({low} to {high}).", name=one.name, **_more(one))
        for one in heavier
    ]
    rest = len(found) - len(lighter) - len(heavier)
    open_ = n_("Of {n} initiative it cannot be told.", "Of {n} initiatives it cannot be told.", rest) if rest else ""
    quiet = _(
        "The year after, as far as it has passed, against the year before; the intervals hold together. Whatever else changed then, such as the season or easier customers, is in the difference too."
    )
    return Finding(i18n.sentences(*parts, open_), quiet)


def initiative_rows(found: tuple[Initiative, ...] | None) -> Rows:
    """Each initiative with minutes before and after, and its stop rule.

    >>> from cskit import workload
    >>> initiative_rows(workload.initiatives(run)).caption
    'Minutes of a typical case (an onboarding, an inquiry, or else one booking), with the change and its
    interval'
    """
    rows = [_initiative(one) for one in found or ()]
    heads = (_("Initiative"), _("Since"), _("Before"), _("After"), _("Change"), _("Stop rule"))
    frame = pd.DataFrame(rows, columns=list(heads))
    return Rows(
        frame,
        _(
            "Minutes of a typical case (an onboarding, an inquiry, or else one booking), with the change and its interval"
        ),
        15,
        heads[1:5],
        export="initiatives",
    )


def people(found: People) -> Finding:
    """Whether anybody certainly needs less time; for the team itself.

    >>> from cskit import workload
    >>> print(people(workload.people(run)).text)
    Of 8 people 1 needs less time per case than chance and the kind of case explain.
    """
    if found.compared is None:
        return Finding(
            _("Nobody can be compared: it needs bookings of two people or more, for two customers or more each.")
        )
    n = len(found.compared.groups)
    if not found.faster:
        text = _(
            "Between the {n} people no difference in time per case is more than chance and easier customers explain.",
            n=i18n.number(n),
        )
        return Finding(text)
    text = n_(
        "Of {all} people {n} needs less time per case than chance and the kind of case explain.",
        "Of {all} people {n} need less time per case than chance and the kind of case explain.",
        len(found.faster),
        all=i18n.number(n),
    )
    quiet = _(
        "Who has more to do than fits may also book less than it took. What they do otherwise, by task, is the question; not who."
    )
    return Finding(text, quiet)


def people_rows(found: People) -> Rows:
    """Time per case against the mean of all, after pooling; internal.

    >>> from cskit import workload
    >>> people_rows(workload.people(run)).caption, len(people_rows(workload.people(run)).frame)
    ('Time per case against the mean of all, drawn towards it as far as chance goes; internal', 8)
    """
    groups = (
        found.compared.groups.reset_index()
        if found.compared
        else pd.DataFrame(columns=["group", "n", "own_low", "own_high", "shrunk"])
    )
    frame = pd.DataFrame(
        {
            _("Person"): groups["group"],
            _("Customers"): [i18n.number(value) for value in groups["n"]],
            _("Time per case"): [i18n.share(exp(value) - 1, 0, signed=True) for value in groups["shrunk"]],
            _("Interval"): [
                _(
                    "{low} to {high}",
                    low=i18n.share(exp(low) - 1, 0, signed=True),
                    high=i18n.share(exp(high) - 1, 0, signed=True),
                )
                for low, high in zip(groups["own_low"], groups["own_high"], strict=True)
            ],
        }
    )
    caption = _("Time per case against the mean of all, drawn towards it as far as chance goes; internal")
    return Rows(frame, caption, 30, tuple(frame.columns[1:]), export="time_per_case")


def task_rows(found: People) -> Rows:
    """What those who need less time do otherwise, by kind of case; internal.

    >>> from cskit import workload
    >>> task_rows(workload.people(run)).caption, len(task_rows(workload.people(run)).frame)
    ('Median minutes a case of those who need less time, and of the others; internal', 18)
    """
    rows = found.tasks
    frame = pd.DataFrame(
        {
            _("Kind of case"): rows["task"].map(i18n.term),
            _("They"): [i18n.number(value) for value in rows["faster"]],
            _("The others"): [i18n.number(value) for value in rows["others"]],
            _("Cases"): [
                f"{i18n.number(a)} / {i18n.number(b)}" for a, b in zip(rows["n_faster"], rows["n_others"], strict=True)
            ],
        }
    )
    return Rows(
        frame,
        _("Median minutes a case of those who need less time, and of the others; internal"),
        12,
        tuple(frame.columns[1:]),
        export="time_by_task",
    )


def independence(found: People) -> Finding:
    """How long until a new member works alone.

    >>> from cskit import workload
    >>> print(independence(workload.people(run)).text)
    Half of the new members work alone after 178 days (121 to 202, n = 9).
    """
    done = found.independence
    if not done.n:
        return Finding(_("How long new members need to work alone is not recorded (csms: joined_on, independent_on)."))
    if done.median is None:
        return Finding(_("Fewer than half of the members who joined work alone yet (n = {n}).", n=i18n.number(done.n)))
    values = {"days": i18n.number(done.median), "low": i18n.number(done.median_low or 0), "n": i18n.number(done.n)}
    if done.median_high is None:
        return Finding(
            _(
                "Half of the new members work alone after {days} days (at least {low}, upper end open, n = {n}).",
                **values,
            )
        )
    return Finding(
        _(
            "Half of the new members work alone after {days} days ({low} to {high}, n = {n}).",
            high=i18n.number(done.median_high),
            **values,
        )
    )


def _unlogged(run: Run, study: Study) -> pd.DataFrame:
    if not run.data.has("csms", "weekly_hours"):
        return pd.DataFrame(columns=["csm_id", "contracted", "booked", "unlogged"])
    return booked_share(study.now, contracted(team(run.data), run.period.start, run.period.end))


def _less(one: Initiative) -> dict[str, str]:
    assert one.change is not None
    around = one.change.interval
    return {
        "share": i18n.share(1 - one.change.ratio, 0),
        "low": i18n.share(1 - around.high, 0),
        "high": i18n.share(1 - around.low, 0),
    }


def _more(one: Initiative) -> dict[str, str]:
    assert one.change is not None
    around = one.change.interval
    return {
        "share": i18n.share(one.change.ratio - 1, 0),
        "low": i18n.share(around.low - 1, 0),
        "high": i18n.share(around.high - 1, 0),
    }


def _initiative(one: Initiative) -> list[str]:
    head = [f"{one.name} · {i18n.term(one.task)}" if one.task else one.name, i18n.month(one.started_on)]
    if one.change is None:
        return [*head, "–", "–", _("nothing to compare"), one.stop_rule]
    found = one.change
    sides = [
        _("{minutes} (n = {n})", minutes=i18n.number(value), n=i18n.number(n))
        for value, n in ((found.before, found.n_before), (found.after, found.n_after))
    ]
    if found.interval.high == float("inf"):
        return [*head, *sides, _("cannot tell"), one.stop_rule]
    low, high = (i18n.share(end - 1, 0, signed=True) for end in (found.interval.low, found.interval.high))
    change = _("{change} ({low} to {high})", change=i18n.share(found.ratio - 1, 0, signed=True), low=low, high=high)
    return [*head, *sides, change, one.stop_rule]
