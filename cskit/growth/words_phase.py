"""Sentences on the phase of growth, and on its questions: the flow, the persons, the time, the cases at once."""

from collections.abc import Callable
from functools import partial

import pandas as pd

from cskit import i18n
from cskit.growth.page import Page
from cskit.growth.persons import Dependence, Persons
from cskit.growth.phase import Check, Stage
from cskit.growth.words_signs import foreseen
from cskit.i18n import _, n_
from cskit.rows import Formats, Rows
from cskit.run import Run
from cskit.show import Finding, Headline

__all__ = [
    "asked",
    "cases",
    "effort",
    "flow",
    "opening",
    "person_rows",
    "persons",
    "questions",
    "route_rows",
    "stage",
    "stage_rows",
    "version_rows",
]  # fmt: skip

KEYS = (
    "growth.unforeseen_churns",
    "growth.renewals_at_risk",
    "growth.gross_margin",
    "growth.ltv",
    "growth.person_dependence",
)
NAMES = {"zero_to_one": "0→1", "one_to_ten": "1→10", "ten_to_hundred": "10→100"}


def opening(run: Run, page: Page) -> Headline:
    """The opening of the report on the growth phase.

    >>> print(opening(run, page).verdict)
    By our rules we are in phase 10→100: 6 of its 7 rules hold. 1 customer has given notice since 1
    April 2023; there was a sign before. With customer success in its cost ...
    """
    return run.headline(
        "growth_phase", i18n.sentences(_phase(page.stage), _unforeseen(page), _margin(page)), KEYS, page.metrics
    )


def stage(page: Page) -> Finding:
    """The phase, what keeps from the next, and what is not known.

    >>> print(stage(page).text)
    By our rules we are in phase 10→100: 6 of its 7 rules hold. What does not hold: customers only one
    of us speaks with 92 % (at most 50 %).
    """
    found = page.stage
    lacking = [_fact(check) for check in found.lacking]
    text = _("What does not hold: {facts}.", facts=i18n.listed(lacking)) if lacking else ""
    if found.now is None:
        return Finding(_phase(found))
    unknown = sum(check.holds is None for check in found.checks)
    quiet = (
        n_("{n} rule cannot be told from the data.", "{n} rules cannot be told from the data.", unknown)
        if unknown
        else ""
    )
    if found.provisional:
        bounds = _(
            "Whatever they held, it would be phase {low} to {high}.", low=NAMES[found.low], high=NAMES[found.high]
        )
        quiet = i18n.sentences(quiet, bounds)
    limits = _("The limits are ours, in params (growth.phase): a phase is a way of working, not a size alone.")
    return Finding(i18n.sentences(_phase(found), text), i18n.sentences(quiet, limits))


def stage_rows(page: Page) -> Rows:
    """Every rule, what was found, and whether it holds.

    >>> stage_rows(page).caption, len(stage_rows(page).frame)
    ('The rules of the phases, and what was found', 11)
    """
    words = {True: _("holds"), False: _("does not hold"), None: _("not known")}
    checks = page.stage.checks
    frame = pd.DataFrame(
        {
            _("Rule"): [_label(check) for check in checks],
            _("Verdict"): [words[check.holds] for check in checks],
            _("Found"): ["–" if check.value is None else _value(check, check.value) for check in checks],
            _("Limit"): [_asked(check) for check in checks],
            _("To reach"): [NAMES[check.phase] for check in checks],
        }
    )
    caption = _("The rules of the phases, and what was found")
    return Rows(frame, caption, None, (_("Found"), _("Limit")), sortable=False)


def questions(page: Page) -> Finding:
    """What to ask in this phase; nothing where the phase is not known.

    >>> print(questions(page).quiet)
    In phase 10→100 ask: does it go as well whoever does it? Does the margin hold with customer success
    in it? Is no churn unforeseen, however many the customers?
    """
    asks = {
        "zero_to_one": _(
            "In phase 0→1 ask: which customers succeed, and what did they do? Has a flow worked with two or three of them, with a result within half a year?"
        ),
        "one_to_ten": _(
            "In phase 1→10 ask: is the way of onboarding settled? Is work tied to persons? Does a customer take less time than a year ago? How many cases does one person carry at once?"
        ),
        "ten_to_hundred": _(
            "In phase 10→100 ask: does it go as well whoever does it? Does the margin hold with customer success in it? Is no churn unforeseen, however many the customers?"
        ),
    }
    return Finding("", asks[page.stage.now] if page.stage.now else "")


def flow(run: Run, page: Page) -> Finding:
    """Whether recent onboardings are alike.

    >>> print(flow(run, page).text)
    By our rules the way of onboarding is settled. 100 % of the onboardings begun in the last 12 months
    follow version v3. Of those completed, the upper quartile of days is ...
    """
    found, months = page.flow, run.settings.growth.flow.months
    if found is None:
        return Finding(_("Whether the way of onboarding is settled cannot be said: it needs the table onboardings."))
    if not found.recent and found.routes.empty:
        return Finding(_("No onboarding began or ended in the last {months} months.", months=i18n.number(months)))
    parts = [_settled(page)]
    if found.same_flow is not None:
        parts.append(
            _(
                "{share} of the onboardings begun in the last {months} months follow version {version}.",
                share=i18n.share(found.same_flow, 0),
                months=i18n.number(months),
                version=found.version,
            )
        )
    if found.days_spread is not None:
        parts.append(
            _(
                "Of those completed, the upper quartile of days is {x} times the lower, within routes.",
                x=i18n.number(found.days_spread, 1),
            )
        )
    if found.same_steps is not None:
        parts.append(
            n_(
                "{share} went through the same {n} step.",
                "{share} went through the same {n} steps.",
                found.steps,
                share=i18n.share(found.same_steps, 0),
            )
        )
    quiet = (
        "" if found.same_flow is not None else _("Which version each follows is not recorded (column flow_version).")
    )
    return Finding(i18n.sentences(*parts), quiet)


def route_rows(page: Page) -> Rows:
    """Days of recent onboardings by route.

    >>> route_rows(page).caption, len(route_rows(page).frame)
    ('Days of recent onboardings, by route; routes with too few are left out', 3)
    """
    rows = (
        page.flow.routes if page.flow is not None else pd.DataFrame(columns=["route", "n", "median", "lower", "upper"])
    )
    frame = pd.DataFrame(
        {
            _("Route"): [i18n.term(str(route)) for route in rows["route"]],
            _("Onboardings"): rows["n"],
            _("Median days"): rows["median"],
            _("Middle half"): [
                _("{low} to {high}", low=i18n.number(low), high=i18n.number(high))
                for low, high in zip(rows["lower"], rows["upper"], strict=True)
            ],
        }
    )
    formats: Formats = {_("Onboardings"): i18n.number, _("Median days"): i18n.number}
    caption = _("Days of recent onboardings, by route; routes with too few are left out")
    return Rows(frame, caption, None, tuple(frame.columns[1:]), formats=formats)


def version_rows(run: Run, page: Page) -> Rows:
    """Each version of the flow: tried on how many, followed by most since when, with a result in time or not.

    >>> version_rows(run, page).caption, len(version_rows(run, page).frame)
    ('Versions of the flow; in time: of those begun in the first 183 days of the version, completed in
    them as well', 3)
    """
    rules = run.settings.growth.flow
    rows = page.flow.versions if page.flow is not None else pd.DataFrame()
    said = [
        (
            str(one["version"]),
            i18n.month(one["first_on"]),
            _tried(one["tried"], pd.isna(one["most_from"]), rules.tried_from, rules.tried_to),
            _("not yet") if pd.isna(one["most_from"]) else i18n.month(one["most_from"]),
            _("{n} of {all}", n=i18n.number(one["in_time"]), all=i18n.number(one["started"]))
            if one["judged"]
            else _("too early to say"),
        )
        for one in rows.to_dict("records")
    ]
    heads = [_("Version"), _("First followed"), _("Tried before on"), _("Most follow it since"), _("Completed in time")]
    frame = pd.DataFrame(said, columns=heads)
    caption = _(
        "Versions of the flow; in time: of those begun in the first {days} days of the version, completed in them as well",
        days=i18n.number(rules.result_days),
    )
    return Rows(frame, caption, None, sortable=False)


def persons(run: Run, page: Page) -> Finding:
    """With how many customers only one of us speaks, and who would take over.

    >>> print(persons(run, page).text)
    With 321 of 348 customers only one of us spoke in the last 6 months (92 %). A year before it was 67
    %. They pay 92 % of the ARR of those. If the person with the most of ...
    """
    own, found = page.persons, page.persons.dependence
    if found is None:
        missing = _(
            "Whether work is tied to persons cannot be said: it needs contacts with the person who made them (touchpoints, column csm_id)."
        )
        return Finding(i18n.sentences(missing, _without(own)))
    values = {"n": i18n.number(len(found.judged)), "months": i18n.number(found.months)}
    least = i18n.number(run.settings.growth.persons.least_contacts)
    if found.share is None:
        return Finding(
            _(
                "No customer was spoken with {least} times or more in the last {months} months.",
                least=least,
                months=values["months"],
            ),
            _without(own),
        )
    parts = [
        _(
            "With {k} of {n} customers only one of us spoke in the last {months} months ({share}).",
            k=i18n.number(len(found.alone)),
            share=i18n.share(found.share, 0),
            **values,
        )
    ]
    earlier = own.metrics[0].year_before
    if isinstance(earlier, float):
        parts.append(_("A year before it was {share}.", share=i18n.share(earlier, 0)))
    if found.arr_share is not None:
        parts.append(_("They pay {share} of the ARR of those.", share=i18n.share(found.arr_share, 0)))
    count, arr = found.most
    if count:
        parts.append(
            n_(
                "If the person with the most of them were away, {n} customer with {arr} of ARR would know nobody else.",
                "If the person with the most of them were away, {n} customers with {arr} of ARR would know nobody else.",
                count,
                arr=i18n.money(arr),
            )
        )
    parts.append(_without(own))
    return Finding(i18n.sentences(*parts), i18n.sentences(_base(found.by_chance), _not_judged(found, least)))


def person_rows(page: Page) -> Rows:
    """Customers in charge of, spoken with alone, and open onboardings, by person; internal.

    >>> person_rows(page).caption, len(person_rows(page).frame)
    ('What hangs on each person, internal', 9)
    """
    found = page.persons.dependence
    alone = (
        found.alone.groupby("csm_id")["arr"].agg(["size", "sum"])
        if found is not None
        else pd.DataFrame(columns=["size", "sum"])
    )
    cases = page.persons.cases if page.persons.cases is not None else pd.Series(dtype=int)
    who = page.persons.charge.index.union(alone.index).union(cases.index).sort_values()
    full = pd.DataFrame(
        {
            "csm_id": who,
            "customers": page.persons.charge.reindex(who).fillna(0).astype(int).to_numpy(),
            "alone": alone["size"].reindex(who).fillna(0).astype(int).to_numpy(),
            "alone_arr": alone["sum"].reindex(who).fillna(0.0).astype(float).to_numpy(),
            "open_onboardings": cases.reindex(who).fillna(0).astype(int).to_numpy(),
        }
    )
    heads = [_("Person"), _("Customers"), _("Spoken with alone"), _("ARR of those"), _("Onboardings under way")]
    frame = full.set_axis(heads, axis=1)
    formats: Formats = {name: i18n.money if name == _("ARR of those") else i18n.number for name in heads[1:]}
    return Rows(
        frame, _("What hangs on each person, internal"), 30, tuple(heads[1:]), "person_dependence", full, formats
    )


def asked(page: Page) -> Finding:
    """Whether customers ask for one of us by name.

    >>> print(asked(page).text)
    9 customers asked for one of us by name in the last 12 months.
    """
    found = page.persons.asked
    if found is None or not found[1]:
        return Finding(
            "", _("Whether customers ask for one of us by name is not recorded (notes of contacts that they began).")
        )
    if not found[0]:
        return Finding(
            "",
            n_(
                "In {n} note of contacts that customers began within 12 months, nobody else of ours is named.",
                "In {n} notes of contacts that customers began within 12 months, nobody else of ours is named.",
                found[1],
            ),
        )
    return Finding(
        n_(
            "{n} customer asked for one of us by name in the last 12 months.",
            "{n} customers asked for one of us by name in the last 12 months.",
            found[0],
        ),
        _(
            "By the names in {n} notes of contacts that they began; what nobody wrote down is not in it.",
            n=i18n.number(found[1]),
        ),
    )


def cases(page: Page) -> Finding:
    """How many onboardings, and how many customers, one person carries.

    >>> print(cases(page).text)
    12 onboardings are under way with 7 people: the median is 1 at once, the most 4. 8 people are in
    charge of customers: 56 in the median, 88 at most.
    """
    parts = []
    open_ = page.persons.cases
    if open_ is None:
        parts.append(
            _("How many onboardings run at once with one person is not recorded (onboardings: csm_id, completed_on).")
        )
    elif open_.empty:
        parts.append(_("No onboarding with a person in charge is under way."))
    else:
        parts.append(
            n_(
                "{n} onboarding is under way with {people}: the median is {median} at once, the most {most}.",
                "{n} onboardings are under way with {people}: the median is {median} at once, the most {most}.",
                int(open_.sum()),
                people=n_("{n} person", "{n} people", len(open_)),
                median=_half(open_),
                most=i18n.number(int(open_.max())),
            )
        )
    charge = page.persons.charge
    if len(charge):
        parts.append(
            n_(
                "{n} person is in charge of customers: {median} in the median, {most} at most.",
                "{n} people are in charge of customers: {median} in the median, {most} at most.",
                len(charge),
                median=_half(charge),
                most=i18n.number(int(charge.max())),
            )
        )
    return Finding(i18n.sentences(*parts))


def effort(page: Page) -> Finding:
    """Whether a customer takes less time than a year before.

    >>> print(effort(page).text)
    A customer took 3.9 h in Apr–Jun 2023. In the same months a year before it was 4.7 h (−17 %).
    """
    found = page.effort
    if found is None:
        return Finding(_("Hours per customer need three whole months of bookings or contacts, and customers."))
    now = found.rows.iloc[-1]
    text = _(
        "A customer took {x} in {months}.",
        x=i18n.amount(float(now["each"]), "hours"),
        months=i18n.span(now["start"], now["end"]),
    )
    year_ago = found.metrics[0].year_before
    if found.ratio is None or not isinstance(year_ago, float):
        return Finding(text, _("The same months a year before are not recorded, so there is no trend."))
    change = _(
        "In the same months a year before it was {x} ({change}).",
        x=i18n.amount(year_ago, "hours"),
        change=i18n.share(found.ratio - 1, 0, signed=True),
    )
    doubt = _("The count does not say why: fewer onboardings, other customers and hours nobody booked move it as well.")
    assumed = float(found.rows["estimated"].iloc[[-1, -5 if len(found.rows) > 4 else 0]].mul(found.rows["each"]).max())
    if assumed > abs(float(now["each"]) - year_ago):
        change = i18n.sentences(
            change, _("So much of it is estimated from contacts that the direction cannot be told.")
        )
    return Finding(i18n.sentences(text, change), doubt)


def _phase(found: Stage) -> str:
    if found.now is None:
        return _("Which phase of growth we are in cannot be told from the data.")
    own = found.of(found.now) or found.of("one_to_ten")
    values = {
        "phase": NAMES[found.now],
        "k": i18n.number(sum(check.holds is True for check in own)),
        "n": i18n.number(sum(check.holds is not None for check in own)),
        "next": NAMES[own[0].phase] if own else "",
    }
    if found.now == "zero_to_one":
        return _("By our rules we are in phase {phase}: of the rules to reach {next}, {k} of {n} hold.", **values)
    return _("By our rules we are in phase {phase}: {k} of its {n} rules hold.", **values)


def _unforeseen(page: Page) -> str:
    return foreseen(page.signs, page.money.fiscal_start) if page.signs is not None and page.signs.sources else ""


def _margin(page: Page) -> str:
    if page.worth is None or page.worth.margin is None:
        return ""
    return _(
        "With customer success in its cost the gross margin is {share} (estimated).",
        share=i18n.share(page.worth.margin, 0),
    )


def _settled(page: Page) -> str:
    """The verdict by the rules of the phases."""
    own = [
        check
        for check in page.stage.checks
        if check.rule.fact in ("same_flow", "days_spread") and check.phase == "ten_to_hundred"
    ]
    known = [check.holds for check in own if check.holds is not None]
    if not known:
        return ""
    return (
        _("By our rules the way of onboarding is settled.")
        if all(known)
        else _("By our rules the way of onboarding is not settled yet.")
    )


def _without(found: Persons) -> str:
    parts = []
    if found.left_alone:
        parts.append(
            n_(
                "{n} customer with {arr} of ARR knows only somebody who has left us.",
                "{n} customers with {arr} of ARR know only somebody who has left us.",
                found.left_alone,
                arr=i18n.money(found.left_alone_arr),
            )
        )
    if found.without:
        parts.append(
            n_(
                "Nobody is in charge of {n} customer with {arr} of ARR.",
                "Nobody is in charge of {n} customers with {arr} of ARR.",
                found.without,
                arr=i18n.money(found.without_arr),
            )
        )
    return i18n.sentences(*parts)


def _base(chance: float | None) -> str:
    if chance is None:
        return ""
    share = i18n.share(chance, 0) if chance >= 0.01 else _("under {share}", share=i18n.share(0.01, 0))
    return _(
        "If contacts fell to anybody of the team by chance it would be {share}. With one person in charge of each customer a high share is no fault of anybody: the question is who takes over.",
        share=share,
    )


def _not_judged(found: Dependence, least: str) -> str:
    few = len(found.customers) - len(found.judged)
    parts = []
    if few:
        parts.append(
            n_(
                "{n} customer spoken with, but fewer than {least} times, is not judged.",
                "{n} customers spoken with, but fewer than {least} times, are not judged.",
                few,
                least=least,
            )
        )
    if found.nobody:
        parts.append(
            n_(
                "{n} contact of nobody in particular is left out.",
                "{n} contacts of nobody in particular are left out.",
                found.nobody,
            )
        )
    return i18n.sentences(*parts)


def _half(counts: pd.Series) -> str:
    """The median of counts, with a half where it is one."""
    median = float(counts.median())
    return i18n.number(median, 0 if median.is_integer() else 1)


def _tried(count: int, only: bool, least: int, most: int) -> str:
    if only:
        return _("{n} so far", n=i18n.number(count))
    if not count:
        return _("none: for all at once")
    if least <= count <= most:
        return _("{n}, as meant", n=i18n.number(count))
    return i18n.number(count)


def _fact(check: Check) -> str:
    return _(
        "{fact} {value} ({asked})", fact=_label(check), value=_value(check, check.value or 0.0), asked=_asked(check)
    )


def _label(check: Check) -> str:
    return {
        "customers": _("customers"),
        "team": _("members of the team"),
        "same_flow": _("recent onboardings in one version of the flow"),
        "days_spread": _("spread of days in onboarding, upper / lower quartile"),
        "hours_ratio": _("hours per customer, against a year before"),
        "alone": _("customers only one of us speaks with"),
        "gross_margin": _("gross margin with customer success"),
    }[check.rule.fact]


def _asked(check: Check) -> str:
    if check.rule.least is not None:
        return _("at least {value}", value=_value(check, check.rule.least))
    return _("at most {value}", value=_value(check, check.rule.most or 0.0))


def _value(check: Check, value: float) -> str:
    written: dict[str, Callable[[float], str]] = {
        "customers": i18n.number,
        "team": i18n.number,
        "days_spread": partial(i18n.number, digits=1),
    }
    return written.get(check.rule.fact, partial(i18n.share, digits=0))(value)
