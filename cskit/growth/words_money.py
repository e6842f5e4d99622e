"""Sentences on where revenue came from, who stayed, what a customer brings, and what else changed when customers left."""

from typing import Any

import pandas as pd

from cskit import i18n
from cskit.growth.churn import so_few
from cskit.growth.cohorts import YEARS
from cskit.growth.page import Page
from cskit.growth.worth import PHASES, Stay, Worth
from cskit.i18n import _, n_
from cskit.metrics import Metric, definitions
from cskit.rows import Formats, Rows
from cskit.show import Finding, said, target_of
from cskit.stats.intervals import wilson

__all__ = ["beside", "beside_rows", "bridge", "cause", "cohort_rows", "cohorts", "course", "course_rows", "fiscal_year", "hour_saved",
           "reason_rows", "referred", "step_name", "target_rows", "worth", "worth_rows"]  # fmt: skip


def step_name(step: str) -> str:
    """A step of the bridge in words.

    >>> step_name("contraction"), step_name("unclear")
    ('contraction', 'set aside')
    >>> with i18n.speaking("ja"):
    ...     step_name("churn")
    '解約'
    """
    return {
        "new": _("new"),
        "expansion": _("expansion"),
        "contraction": _("contraction"),
        "churn": _("churn"),
        "unclear": _("set aside"),
    }[step]


def bridge(page: Page) -> Finding:
    """Where the change of ARR came from.

    >>> print(bridge(page).text)
    ARR went from ¥794M to ¥996M in 12 months: new +¥172M (116 customers); expansion +¥49M (195
    customers); contraction −¥11M (43 customers); churn −¥8.8M (3 customers).
    """
    found = page.course.bridge
    if found is None or not len(found.customers):
        return Finding(_("Where ARR came from cannot be said: it needs contract terms of today and of a year ago."))
    told = [
        n_(
            "{step} {arr} ({n} customer)",
            "{step} {arr} ({n} customers)",
            count,
            step=step_name(step),
            arr=i18n.amount(found.steps[step], "money", signed=True),
        )
        for step, count in found.counts.items()
        if count
    ]
    text = _(
        "ARR went from {before} to {now} in 12 months: {steps}.",
        before=i18n.money(found.opening),
        now=i18n.money(found.closing),
        steps=i18n.several(told) or _("nothing moved"),
    )
    quiet = _(
        "New: paid nothing a year ago. Churn: pays nothing now. Each customer's year counts as a whole, ups and downs within it against each other."
    )
    return Finding(text, quiet)


def course(page: Page) -> Finding:
    """Customer and revenue churn of the last 12 months.

    >>> print(course(page).text)
    Of 368 customers who paid a year ago 3 do not any more: 0.8 % of customers, 1.1 % of ARR (counted).
    """
    rows = page.course.rows
    if rows.empty or rows["day"].iloc[-1] != page.money.as_of:
        return Finding(_("There is no revenue of a year ago to compare with."))
    kept, now = page.money.retention, rows.iloc[-1]
    around = wilson(kept.lost, kept.customers, page.level)
    text = _(
        "Of {n} customers who paid a year ago {k} do not any more: {logos} of customers, {revenue} of ARR (counted).",
        n=i18n.number(kept.customers),
        k=i18n.number(kept.lost),
        logos=i18n.share(float(now["logo_churn"])),
        revenue=i18n.share(float(now["revenue_churn"])),
    )
    quiet = _(
        "As a tendency, customer churn of {low} to {high} a year goes with this count ({level} interval).",
        low=i18n.share(around.low),
        high=i18n.share(around.high),
        level=_level(page),
    )
    return Finding(text, quiet)


def course_rows(page: Page) -> Rows:
    """ARR and retention at the end of each of the last quarters.

    >>> course_rows(page).caption, len(course_rows(page).frame)
    ('ARR, and what stayed of the 12 months before each day', 8)
    """
    rows = page.course.rows
    names = {"nrr": "NRR", "grr": "GRR", "logo_churn": _("Customer churn"), "revenue_churn": _("Revenue churn")}
    frame = pd.DataFrame(
        {_("Day"): pd.to_datetime(rows["day"]), _("Customers who pay"): rows["customers"], "ARR": rows["arr"]}
        | {label: rows[name] for name, label in names.items()}
    )
    formats: Formats = {_("Day"): i18n.day, _("Customers who pay"): i18n.number, "ARR": i18n.money}
    formats = {**formats, **dict.fromkeys(names.values(), i18n.share)}
    caption = _("ARR, and what stayed of the 12 months before each day")
    return Rows(frame, caption, None, tuple(frame.columns[1:]), formats=formats, sortable=False)


def cohorts(page: Page) -> Finding:
    """Whether newer customers stay longer or shorter than older ones.

    >>> print(cohorts(page).text)
    Of those who started in FY2020 79 of 80 were still there a year on, of those of FY2022 31 of 31.
    Whether newer customers stay more or less often cannot be told.
    """
    found = page.cohorts
    if found is None:
        return Finding(
            _("Retention by year of start needs the first contract's date (customers.contracted_on) and churns.")
        )
    if found.change is None:
        return Finding(_("Fewer than two years of starts have been watched for a year, so none can be compared."))
    rows = {row["cohort"]: row for row in found.rows.to_dict("records")}
    old, new = (rows[name] for name in found.compared)
    text = _(
        "Of those who started in {old} {k} of {n} were still there a year on, of those of {new} {j} of {m}.",
        old=fiscal_year(found.compared[0]),
        new=fiscal_year(found.compared[1]),
        k=i18n.number(old["kept_1"]),
        n=i18n.number(old["there_1"]),
        j=i18n.number(new["kept_1"]),
        m=i18n.number(new["there_1"]),
    )
    verdicts = {
        "up": _("The newer ones stay more often, more than chance explains."),
        "down": _("The newer ones stay less often, more than chance explains."),
        "unclear": _("Whether newer customers stay more or less often cannot be told."),
    }
    quiet = _(
        "Who left before {day} is not on record, so who came earlier counts from then on.", day=i18n.day(found.since)
    )
    return Finding(i18n.sentences(text, verdicts[found.change.direction()]), quiet)


def cohort_rows(page: Page) -> Rows:
    """Share still there by year of start, with intervals.

    >>> cohort_rows(page).caption, len(cohort_rows(page).frame)
    ('Still there by fiscal year of start: share, 95 % interval, and of how many; only whose year is
    over', 5)
    """
    rows = page.cohorts.rows if page.cohorts is not None else pd.DataFrame()
    heads = [_("Started"), _("Customers")]
    heads += [n_("After {n} year", "After {n} years", year) for year in range(1, YEARS + 1)]
    heads.append(_("ARR of today, of that at the end of the first year"))
    told = [
        [
            fiscal_year(row["cohort"]),
            i18n.number(row["customers"]),
            *(_kept(row, year) for year in range(1, YEARS + 1)),
            _of(row["arr_share"]),
        ]
        for row in rows.to_dict("records")
    ]
    frame = pd.DataFrame(told, columns=heads)
    caption = _(
        "Still there by fiscal year of start: share, {level} interval, and of how many; only whose year is over",
        level=_level(page),
    )
    return Rows(frame, caption, None, (heads[1],), sortable=False)  # the shares are long, and may be broken


def beside(page: Page) -> Finding:
    """Churns by fiscal year beside the team and incidents.

    >>> print(beside(page).text)
    Churns went from 8 in FY2020 to 4 in FY2022 (counted). Too few to say whether by our work or by
    chance.
    """
    rows = page.beside
    if rows is None or rows.empty:
        return Finding(_("Who left is not recorded: it needs the table churns, or churned_on in customers."))
    whole = rows[rows["whole"]]
    if len(whole) < 2:
        return Finding(_("Churns are recorded for less than two whole fiscal years, so there is nothing to compare."))
    first, last = whole.iloc[0], whole.iloc[-1]
    text = _(
        "Churns went from {a} in {first} to {b} in {last} (counted).",
        a=i18n.number(first["churns"]),
        b=i18n.number(last["churns"]),
        first=fiscal_year(first["year"]),
        last=fiscal_year(last["year"]),
    )
    there = last["customers"], first["customers"]
    known = all(pd.notna(count) and count for count in there)
    why = cause(int(last["churns"]), int(first["churns"]), there if known else None)
    return Finding(i18n.sentences(text, why), _others(first, last))


def beside_rows(page: Page) -> Rows:
    """Churns, customers, team, incidents and price changes by fiscal year.

    >>> beside_rows(page).caption, len(beside_rows(page).frame)
    ('Churns by fiscal year, beside what else changed', 4)
    """
    rows = (
        page.beside
        if page.beside is not None
        else pd.DataFrame(columns=["year", "whole", "customers", "churns", "share", "team_end", "incidents", "prices"])
    )
    frame = pd.DataFrame(
        {
            _("Fiscal year"): [
                fiscal_year(year) if whole else _("{year}, to date", year=fiscal_year(year))
                for year, whole in zip(rows["year"], rows["whole"], strict=True)
            ],
            _("Churns"): rows["churns"],
            _("Customers at its start"): rows["customers"],
            _("Share who left"): rows["share"],
            _("Team at its end"): rows["team_end"],
            _("Incidents"): rows["incidents"],
            _("Price changes"): rows["prices"],
        }
    )
    formats: Formats = {**dict.fromkeys(frame.columns[1:], i18n.number), _("Share who left"): i18n.share}
    caption = _("Churns by fiscal year, beside what else changed")
    return Rows(frame, caption, None, tuple(frame.columns[1:]), formats=formats, sortable=False)


def reason_rows(page: Page) -> Rows:
    """Reasons for leaving, this fiscal year and in the same months a year before.

    >>> reason_rows(page).caption, len(reason_rows(page).frame)
    ("Why customers left, in the team's own categories, by their last day", 3)
    """
    now, before = (
        found.reasons if found is not None else pd.Series(dtype=int)
        for found in (page.money.churned, page.money.churned_before)
    )
    names = [*now.index, *(name for name in before.index if name not in now.index)]
    frame = pd.DataFrame(
        {
            _("Reason for leaving"): [str(name) or _("not recorded") for name in names],
            _("This fiscal year"): [int(now.get(name, 0)) for name in names],
            _("Same months a year before"): [int(before.get(name, 0)) for name in names],
        }
    )
    formats: Formats = dict.fromkeys(frame.columns[1:], i18n.number)
    return Rows(
        frame,
        _("Why customers left, in the team's own categories, by their last day"),
        None,
        tuple(frame.columns[1:]),
        formats=formats,
    )


def worth(page: Page) -> Finding:
    """Margin and lifetime value.

    >>> print(worth(page).text)
    A customer pays ¥2.1M a year. After its costs 70.4 % of it stay: 75 % before customer success
    (assumed, params), which takes 4.6 %. Over 5 years a customer brings ¥7.2M ...
    """
    found = page.worth
    if found is None and page.money.renewals is not None:
        return Finding(_("No paid term runs on {day}.", day=i18n.day(page.money.as_of)))
    if found is None:
        return Finding(_("What a customer brings cannot be said: its revenue is not known."))
    text = _("A customer pays {arpa} a year.", arpa=i18n.money(found.arpa))
    if found.margin is None:
        return Finding(
            text,
            _(
                "The margin with customer success in it needs hours (time_logs or touchpoints) of months with known revenue."
            ),
        )
    margin = _(
        "After its costs {margin} of it stay: {before} before customer success (assumed, params), which takes {cost}.",
        margin=i18n.share(found.margin),
        before=i18n.share(found.before_cs, 0),
        cost=i18n.share(float(found.costs.sum())),
    )
    return Finding(i18n.sentences(text, margin, _life(found)), i18n.sentences(_rests(page), _endless(page)))


def worth_rows(page: Page) -> Rows:
    """Where a year's revenue goes, per customer and as a share.

    >>> worth_rows(page).caption, len(worth_rows(page).frame)
    ('Revenue, cost of customer success and margin; from 12 months', 6)
    """
    found = page.worth
    heads = [_("Per customer and year"), _("Amount"), _("Of revenue")]
    if found is None or found.margin is None:
        return Rows(pd.DataFrame(columns=heads), _("Revenue, cost of customer success and margin"))
    names = {
        "onboarding": _("customer success: onboarding"),
        "live": _("customer success: live customers"),
        "other": _("customer success: indirect work and the rest"),
    }
    shares = {_("revenue"): 1.0, _("cost before customer success (assumed)"): found.before_cs - 1.0}
    shares |= {names[name]: -float(found.costs[name]) for name in PHASES}
    shares[_("what stays")] = found.margin
    frame = pd.DataFrame(
        {
            heads[0]: list(shares),
            heads[1]: [value * found.arpa for value in shares.values()],
            heads[2]: list(shares.values()),
        }
    )
    formats: Formats = {heads[1]: i18n.money, heads[2]: i18n.share}
    caption = n_(
        "Revenue, cost of customer success and margin; from {n} month",
        "Revenue, cost of customer success and margin; from {n} months",
        len(found.months),
    )
    return Rows(frame, caption, None, tuple(heads[1:]), formats=formats, sortable=False)


def hour_saved(page: Page) -> Finding:
    """What one hour less per customer and year does.

    >>> print(hour_saved(page).text)
    One hour less per customer and year adds +0.3 pp to the gross margin and ¥28,374 to the lifetime
    value of each. 8 members of the team serve 60 customers and ¥125M of ARR each.
    """
    found = page.worth
    if found is None or found.hour_saved is None:
        return Finding(_("What an hour saved would bring needs revenue, hours and their cost."))
    margin, value = found.hour_saved
    text = _(
        "One hour less per customer and year adds {margin} to the gross margin and {value} to the lifetime value of each.",
        margin=i18n.amount(margin, "share", signed=True),
        value=i18n.money(value),
    )
    quiet = _(
        "At {cost} an hour, and only if the hour is not spent otherwise.", cost=i18n.money(found.hour_cost or 0.0)
    )
    team = ""
    if found.team:
        team = n_(
            "{n} member of the team serves {customers} customers and {arr} of ARR.",
            "{n} members of the team serve {customers} customers and {arr} of ARR each.",
            found.team,
            customers=i18n.number(found.customers / found.team),
            arr=i18n.money(found.arpa * found.customers / found.team),
        )
    return Finding(i18n.sentences(text, team), quiet)


def referred(page: Page) -> Finding:
    """Referrals of the last 12 months.

    >>> print(referred(page).text)
    32 referrals in the last 12 months, 9 in the 12 before (counted). They come from 32 customers; 11
    are won so far.
    """
    found = page.referred
    if found is None:
        return Finding(_("Referrals are not recorded (table referrals)."))
    won = int((found.recent["status"] == "won").sum())
    text = _(
        "{n} referrals in the last 12 months, {before} in the 12 before (counted).",
        n=i18n.number(len(found.recent)),
        before=i18n.number(len(found.rows) - len(found.recent)),
    )
    who = n_(
        "They come from {n} customer; {won} are won so far.",
        "They come from {n} customers; {won} are won so far.",
        int(found.recent["customer_id"].nunique()),
        won=i18n.number(won),
    )
    return Finding(i18n.sentences(text, who) if len(found.recent) else text)


def target_rows(page: Page) -> Rows:
    """Every figure on money and churn with a target, and whether it is met.

    >>> target_rows(page).caption, len(target_rows(page).frame)
    ('Against the targets in params', 3)
    """
    own = [metric for metric in (*page.money.metrics, *page.metrics) if metric.target is not None]
    frame = pd.DataFrame(
        {
            _("Key figure"): [_(definitions()[metric.name].label) for metric in own],
            _("Now"): [_now(metric) for metric in own],
            _("Target"): [target_of(metric) for metric in own],
        }
    )
    return Rows(frame, _("Against the targets in params"), None, (_("Now"),), sortable=False)


def cause(now: int, before: int, there: tuple[float, float] | None = None) -> str:
    """A count is a fact; what made it change is not. ``there``: customers then, of the same two times.

    >>> cause(3, 2)
    'Too few to say whether by our work or by chance.'
    >>> cause(40, 20)
    'More than chance alone explains; what caused it the count does not say.'
    >>> cause(40, 20, there=(800, 400))
    'The number of customers changed as well, which alone may explain it.'
    """
    if now == before:
        return ""
    if so_few(now, before):
        return _("Too few to say whether by our work or by chance.")
    if there is not None and so_few(now, before, part=there[0] / sum(there)):
        return _("The number of customers changed as well, which alone may explain it.")
    return _("More than chance alone explains; what caused it the count does not say.")


def _life(found: Worth) -> str:
    years, even, uneven = i18n.number(found.years), found.even, found.uneven
    if even is not None and uneven is not None:
        return _(
            "Over {years} years a customer brings {even} at the churn of the last 12 months, {uneven} by all years on record if customers differ in how likely they are to leave (LTV).",
            years=years,
            even=_around(even),
            uneven=_around(uneven),
        )
    if even is not None:
        return _(
            "Over {years} years a customer brings {even} if all are as likely to leave (LTV).",
            years=years,
            even=_around(even),
        )
    if uneven is not None:
        return _(
            "Over {years} years a customer brings {uneven} if they differ in how likely they are to leave (LTV).",
            years=years,
            uneven=_around(uneven),
        )
    return ""


def _around(stay: Stay) -> str:
    ends = {"low": i18n.money(stay.around.low), "high": i18n.money(stay.around.high)}
    return _("{change} ({low} to {high})", change=i18n.money(stay.value), **ends)


def _endless(page: Page) -> str:
    found = page.worth
    if found is None or found.even is None:
        return ""
    if found.unlimited is None:
        return _("Nobody left within 12 months: without a limit of years the lifetime value would have no end.")
    return _(
        "Without a limit of years it would be {value} by the first way: {years} years of a churn that has been seen for a few.",
        value=i18n.money(found.unlimited),
        years=i18n.number(found.there / found.lost),
    )


def _rests(page: Page) -> str:
    found = page.worth
    assert found is not None
    parts = (
        [_("The {level} intervals are those of churn; ARR and margin are taken as they are.", level=_level(page))]
        if found.even or found.uneven
        else []
    )
    if found.flat_share:
        parts.append(
            _(
                "{share} of the cost rests on one hourly rate for all (estimated).",
                share=i18n.share(found.flat_share, 0),
            )
        )
    if found.estimated_share:
        parts.append(
            _(
                "{share} of it rests on contacts with standard minutes, as nothing was booked (estimated).",
                share=i18n.share(found.estimated_share, 0),
            )
        )
    return i18n.sentences(*parts)


def _others(first: pd.Series, last: pd.Series) -> str:
    values = {
        "team": (first["team_start"], last["team_end"]),
        "incidents": (first["incidents"], last["incidents"]),
        "customers": (first["customers"], last["customers"]),
    }
    ends = {
        name: {"a": i18n.number(one), "b": i18n.number(other)}
        for name, (one, other) in values.items()
        if pd.notna(one) and pd.notna(other)
    }
    parts = [_("the team from {a} to {b} people", **ends["team"])] if "team" in ends else []
    parts += [_("incidents from {a} a year to {b}", **ends["incidents"])] if "incidents" in ends else []
    parts += [_("customers from {a} to {b}", **ends["customers"])] if "customers" in ends else []
    if not parts:
        return ""
    return _(
        "In the same years: {others}. Which of it, or our work, made the difference the counts do not say.",
        others=i18n.listed(parts),
    )


def _kept(row: dict[Any, Any], year: int) -> str:
    there, kept = (int(row[f"{name}_{year}"]) for name in ("there", "kept"))
    if not there:
        return "–"
    low, high = (float(row[f"{name}_{year}"]) for name in ("low", "high"))
    return _(
        "{share} ({low} to {high}), n = {n}",
        share=i18n.share(kept / there, 0),
        low=i18n.number(100 * low),
        high=i18n.number(100 * high),
        n=i18n.number(there),
    )


def _of(value: float) -> str:
    return "–" if pd.isna(value) else i18n.share(value, 0)


def fiscal_year(name: object) -> str:
    """A fiscal year as a reader says it.

    >>> fiscal_year("FY2022"), fiscal_year("earlier")
    ('FY2022', 'earlier')
    >>> with i18n.speaking("ja"):
    ...     fiscal_year("FY2022")
    '2022年度'
    """
    text = str(name)
    return _("earlier") if text == "earlier" else _("FY{year}", year=text.removeprefix("FY"))


def _now(metric: Metric) -> str:
    return "–" if metric.value is None else said(metric, metric.value)


def _level(page: Page) -> str:
    return i18n.share(page.level, len(f"{100 * page.level:g}".partition(".")[2]))
