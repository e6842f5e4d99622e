"""Sentences on due dates, cases in parallel, steps and versions of the flow."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.onboarding.flow import Flow
from cskit.onboarding.timeliness import Timeliness
from cskit.onboarding.versions import HORIZON, Compared, Versions
from cskit.rows import Formats, Rows, with_owner
from cskit.run import Run
from cskit.show import Finding

__all__ = ["flow", "flow_rows", "followed", "on_time", "overdue", "overdue_rows", "parallel", "parallel_rows", "versions", "versions_rows"]  # fmt: skip


def on_time(run: Run, found: Timeliness) -> Finding:
    """How many of those due were completed by then, and whether that moved.

    >>> print(on_time(run, pace).text)
    Of 27 onboardings due in Apr–Jun 2023, 20 were completed on time: 74 % (55 % to 87 %). In Oct–Dec
    2022 it was 73 % (n = 30): better or worse cannot be told (change −22 ...
    """
    months, metrics = i18n.span(run.period.start, run.period.end), found.metrics
    if found.now.share is None:
        return Finding(_("No onboarding was due in {months}.", months=months), metrics=metrics)
    text = _(
        "Of {n} onboardings due in {months}, {k} were completed on time: {share} ({low} to {high}).",
        n=i18n.number(found.now.due),
        k=i18n.number(found.now.on_time),
        months=months,
        share=i18n.share(found.now.share, 0),
        low=i18n.share(found.interval.low, 0),
        high=i18n.share(found.interval.high, 0),
    )
    quiet = _("Open past the due date counts as late; a customer that left before it does not count.")
    if found.before.share is None:
        return Finding(text, quiet, metrics)
    values = {
        "months": i18n.span(run.compare_to.start, run.compare_to.end),
        "share": i18n.share(found.before.share, 0),
        "n": i18n.number(found.before.due),
        "low": _points(found.change.low),
        "high": _points(found.change.high),
    }
    if 0 in found.change:
        moved = _(
            "In {months} it was {share} (n = {n}): better or worse cannot be told (change {low} to {high} percentage points).",
            **values,
        )
    elif found.now.share > found.before.share:
        moved = _(
            "That is more than the {share} of {months} (n = {n}; change {low} to {high} percentage points).", **values
        )
    else:
        moved = _(
            "That is less than the {share} of {months} (n = {n}; change {low} to {high} percentage points).", **values
        )
    return Finding(i18n.sentences(text, moved), quiet, metrics)


def overdue(found: Timeliness) -> Finding:
    """How many are late now, and who they wait for.

    >>> print(overdue(pace).text)
    24 open onboardings are past their due date, the longest by 916 days. 24 wait for the customer, 0
    for us. 12 of them have been late for more than a year: agree a new ...
    """
    rows = found.overdue
    if rows.empty:
        return Finding(_("No open onboarding is past its due date."))
    text = n_(
        "{n} open onboarding is past its due date, the longest by {days} days.",
        "{n} open onboardings are past their due date, the longest by {days} days.",
        len(rows),
        days=i18n.number(int(rows["days"].max())),
    )
    theirs, ours = (int((rows["responsible"] == who).sum()) for who in ("customer", "cs"))
    old = int((rows["days"] > 365).sum())
    stuck = n_(
        "{n} of them has been late for more than a year: agree a new date, or close it.",
        "{n} of them have been late for more than a year: agree a new date, or close them.",
        old,
    )
    if theirs or ours:
        waits = _("{theirs} wait for the customer, {ours} for us.", theirs=i18n.number(theirs), ours=i18n.number(ours))
        text = i18n.sentences(text, waits)
    return Finding(i18n.sentences(text, stuck if old else ""))


def overdue_rows(found: Timeliness, accounts: pd.DataFrame | None = None, limit: int = 10) -> Rows:
    """The late ones, the longest first; with ``accounts`` (:func:`cskit.facts.accounts`) who is in charge.

    >>> overdue_rows(pace).caption, len(overdue_rows(pace).frame)
    ('Overdue onboardings, the longest first', 24)
    """
    rows = found.overdue
    frame = pd.DataFrame({
        _("Customer"): rows["name"], _("Route"): rows["route"].map(i18n.term),
        _("Days overdue"): rows["days"],
        _("Open step"): rows["step"].map(i18n.term), _("Waiting for"): rows["responsible"].map(i18n.term),
    })  # fmt: skip
    caption = _("Overdue onboardings, the longest first")
    formats: Formats = {_("Days overdue"): i18n.number}
    if accounts is not None:
        shown = with_owner(frame, rows["customer_id"], accounts)
        return Rows(shown, caption, limit, (_("Days overdue"),), formats=formats)
    return Rows(frame, caption, limit, (_("Days overdue"),), "overdue_onboardings", rows, formats)


def parallel(run: Run, found: Timeliness) -> Finding:
    """Cases in parallel, without names.

    >>> print(parallel(run, pace).text)
    In Apr–Jun 2023 8 people led onboardings, each 1.3 in parallel on average; one person at most 5 on
    one day.
    """
    if found.people.empty:
        return Finding(
            _("Who leads which onboarding is not recorded (onboardings.csm_id): cases in parallel cannot be said.")
        )
    people = n_(
        "In {months} {n} person led onboardings, {mean} in parallel on average; at most {peak} on one day.",
        "In {months} {n} people led onboardings, each {mean} in parallel on average; one person at most {peak} on one day.",
        len(found.people),
        months=i18n.span(run.period.start, run.period.end),
        mean=i18n.number(float(found.people["mean"].mean()), 1),
        peak=i18n.number(int(found.people["peak"].max())),
    )
    return Finding(people)


def parallel_rows(found: Timeliness) -> Rows:
    """Cases in parallel by person; for internal use.

    >>> parallel_rows(pace).caption, len(parallel_rows(pace).frame)
    ('Cases in parallel by person', 8)
    """
    rows = found.people
    frame = pd.DataFrame({
        _("Person in charge"): rows["csm_id"], _("Cases in parallel, mean"): [i18n.number(x, 1) for x in rows["mean"]],
        _("Peak"): [i18n.number(x) for x in rows["peak"]],
    })  # fmt: skip
    numeric = (_("Cases in parallel, mean"), _("Peak"))
    return Rows(frame, _("Cases in parallel by person"), 50, numeric, export="parallel_cases", full=rows)


def flow(found: Flow | None) -> Finding:
    """Whose turn it was most of the time, and what is open today.

    >>> print(flow(steps).text)
    In 73 % of the days of the steps done (66 % to 80 %, n = 117) it was the customer's turn; open steps
    are not in it. The longest step is kick-off, 9.1 days on average.
    """
    if found is None:
        return Finding(
            _("Where the time goes needs the steps (onboarding_steps) of onboardings of the last 12 months.")
        )
    parts = []
    if found.waiting:
        share, around = found.waiting
        parts.append(
            _(
                "In {share} of the days of the steps done ({low} to {high}, n = {n}) it was the customer's turn; open steps are not in it.",
                share=i18n.share(share, 0),
                low=i18n.share(around.low, 0),
                high=i18n.share(around.high, 0),
                n=i18n.number(found.waiting_n),
            )
        )
    if len(found.steps):
        longest = found.steps["mean"].idxmax()
        parts.append(
            _(
                "The longest step is {step}, {days} days on average.",
                step=i18n.term(str(longest)),
                days=i18n.number(float(found.steps["mean"].max()), 1),
            )
        )
    if not parts:
        parts.append(_("No step of these onboardings has both a start and an end: where the time goes cannot be said."))
    if found.open.empty:
        return Finding(i18n.sentences(*parts), _("No step is open today."))
    longest_open = found.open.sort_values("longest", ascending=False, kind="stable").iloc[0]
    theirs, ours = (int(found.open.loc[found.open["responsible"] == who, "n"].sum()) for who in ("customer", "cs"))
    quiet = _(
        "Open today: {theirs} steps wait for the customer, {ours} for us; the longest is {step}, for {days} days.",
        theirs=i18n.number(theirs),
        ours=i18n.number(ours),
        step=i18n.term(str(longest_open["step"])),
        days=i18n.number(int(longest_open["longest"])),
    )
    return Finding(i18n.sentences(*parts), quiet)


def flow_rows(found: Flow | None) -> Rows:
    """Days by step; how many are open today and who they wait for.

    >>> flow_rows(steps).caption, len(flow_rows(steps).frame)
    ('Steps of the onboardings started in the last 12 months', 5)
    """
    steps = found.steps if found else pd.DataFrame(columns=["n", "median", "mean", "share", "customer"])
    waits = found.open.groupby(["step", "responsible"])["n"].sum() if found else pd.Series(dtype=int)
    numeric = {
        _("Done"): [i18n.number(x) for x in steps["n"]],
        _("Median days"): [i18n.number(x, 1) for x in steps["median"]],
        _("Mean days"): [i18n.number(x, 1) for x in steps["mean"]],
        _("Share of all days"): [i18n.share(x, 0) for x in steps["share"]],
        _("Open, customer's turn"): [i18n.number(waits.get((step, "customer"), 0)) for step in steps.index],
        _("Open, our turn"): [i18n.number(waits.get((step, "cs"), 0)) for step in steps.index],
    }
    frame = pd.DataFrame({_("Step"): [i18n.term(str(step)) for step in steps.index], **numeric})
    return Rows(frame, _("Steps of the onboardings started in the last 12 months"), numeric=tuple(numeric))


def followed(found: Flow | None) -> Finding:
    """How far the flow is followed.

    >>> print(followed(steps).text)
    94 of 94 completed onboardings did every step of the flow in order (96 % to 100 %).
    """
    if found is None or not found.completed:
        return Finding(_("How far the flow is followed needs completed onboardings with their steps."))
    text = _(
        "{k} of {n} completed onboardings did every step of the flow in order ({low} to {high}).",
        k=i18n.number(found.followed),
        n=i18n.number(found.completed),
        low=i18n.share(found.interval.low, 0),
        high=i18n.share(found.interval.high, 0),
    )
    if found.followed == found.completed:
        return Finding(text)
    rest = _(
        "In {skipped} a step was never done, in {unordered} all were done but in another order.",
        skipped=i18n.number(found.skipped),
        unordered=i18n.number(found.unordered),
    )
    return Finding(i18n.sentences(text, rest))


def versions(found: Versions | None) -> Finding:
    """Which measures moved from one version to the next.

    >>> print(versions(flows).text)
    Since flow v3, against v2: more learnt in time (36 % to 49 %). Whether days until completion and
    completion on time moved cannot be told.
    """
    if found is None or not found.measures:
        return Finding(
            _(
                "Two versions of the flow with onboardings of the same route (onboardings.flow_version) are needed to compare them."
            )
        )
    moved = [_better(name, one) for name, one in found.measures.items() if one.moved]
    names = {"now": found.now, "before": found.before}
    if moved:
        text = _("Since flow {now}, against {before}: {changes}.", changes=i18n.several(moved, ", "), **names)
        still = [_measure(name) for name, one in found.measures.items() if not one.moved]
        if still:
            unclear = _("Whether {measures} moved cannot be told.", measures=i18n.listed(still))
            text = i18n.sentences(text, unclear)
    else:
        text = _("Whether flow {now} does better than {before} cannot be told.", **names)
    quiet = _(
        "Within routes, in the newer version's mix of them; the intervals hold together. Versions follow one another and are not drawn by lot: whatever else changed then is in the difference."
    )
    return Finding(text, quiet)


def versions_rows(found: Versions | None) -> Rows:
    """Each measure under both versions.

    >>> versions_rows(flows).caption, len(versions_rows(flows).frame)
    ('The newest version of the flow against the one before; days: means, with what takes longer than
    120 counted as 120', 3)
    """
    rows = [
        (
            _measure(name),
            _("{value} (n = {n})", value=_value(name, one.now), n=i18n.number(one.n)),
            _("{value} (n = {n})", value=_value(name, one.before), n=i18n.number(one.n_before)),
            _("{low} to {high}", low=_change(name, one.change.low), high=_change(name, one.change.high)),
        )
        for name, one in (found.measures.items() if found else ())
    ]
    heads = [_("Measure"), _("Newest flow"), _("Flow before"), _("Change, interval")]
    caption = _(
        "The newest version of the flow against the one before; days: means, with what takes longer than {days} counted as {days}",
        days=i18n.number(HORIZON),
    )
    return Rows(pd.DataFrame(rows, columns=heads), caption, numeric=tuple(heads[1:]))


def _better(name: str, one: Compared) -> str:
    more = one.now > one.before
    words = {
        "days": _("more days until completion") if more else _("fewer days until completion"),
        "on_time": _("more completed on time") if more else _("fewer completed on time"),
        "coverage": _("more learnt in time") if more else _("less learnt in time"),
    }
    return _("{what} ({before} to {now})", what=words[name], before=_value(name, one.before), now=_value(name, one.now))


def _measure(name: str) -> str:
    return {"days": _("days until completion"), "on_time": _("completion on time"), "coverage": _("hearing coverage")}[
        name
    ]


def _value(name: str, value: float) -> str:
    return i18n.amount(value, "days") if name == "days" else i18n.share(value, 0)


def _change(name: str, value: float) -> str:
    return i18n.amount(value, "days", signed=True) if name == "days" else i18n.amount(value, "share", signed=True)


def _points(value: float) -> str:
    return i18n.number(100 * value, 0, signed=True)
