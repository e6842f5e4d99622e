"""Figures on growth."""

from matplotlib.axes import Axes

from cskit import i18n
from cskit.growth.bridge import STEPS
from cskit.growth.page import Page
from cskit.growth.words_money import fiscal_year, step_name
from cskit.growth.worth import PHASES
from cskit.i18n import _
from cskit.show import Chart, Finding
from cskit.style import COLOURS, Width, bar_rows, chart

__all__ = ["beside", "bridge", "effort", "worth"]


def bridge(page: Page) -> Chart | Finding:
    """From the ARR of a year ago to that of today, step by step.

    >>> print(bridge(page).alt)
    ARR step by step: a year ago ¥794M; new +¥172M; expansion +¥49M; contraction −¥11M; churn −¥8.8M;
    now ¥996M.
    """
    found = page.course.bridge
    if found is None or not len(found.customers):
        return Finding("")
    rows = [(_("a year ago"), 0.0, found.opening, COLOURS["ink"], i18n.money(found.opening))]
    level = found.opening
    for step in STEPS:
        value = found.steps[step]
        if found.counts[step]:
            colour = COLOURS["good"] if value >= 0 else COLOURS["action"]
            text = i18n.amount(value, "money", signed=True)
            rows.append((step_name(step), min(level, level + value), abs(value), colour, text))
            level += value
    rows.append((_("now"), 0.0, found.closing, COLOURS["ink"], i18n.money(found.closing)))
    top = max(left + length for _label, left, length, _colour, _text in rows)

    def draw(ax: Axes, width: Width) -> None:
        for place, (_label, left, length, colour, text) in enumerate(rows):
            ax.barh(place, length, left=left, color=colour, height=0.55)
            ax.annotate(text, (left + length, place), (6, 0), textcoords="offset points", va="center")
        bar_rows(ax, [row[0] for row in rows])
        ax.set_xlim(0, top * (1.18 if width == "wide" else 1.38))

    said = i18n.several(f"{row[0]} {row[4]}" for row in rows)
    caption = _(
        "ARR from {first} to {last}, by customer; the steps add up exactly.",
        first=i18n.day(found.first),
        last=i18n.day(found.last),
    )
    return chart(draw, _("ARR step by step: {steps}.", steps=said), caption, 0.5 + 0.4 * len(rows))


def effort(page: Page) -> Chart | Finding:
    """Hours per customer, three months at a time.

    >>> print(effort(page).alt)
    Hours per customer: Jul–Sep 2021 6.1 h; Oct–Dec 2021 5.6 h; Jan–Mar 2022 5.2 h; Apr–Jun 2022 4.7 h;
    Jul–Sep 2022 4.5 h; Oct–Dec 2022 4.1 h; Jan–Mar 2023 3.8 h; Apr–Jun 2023 3.9 h.
    """
    found = page.effort
    if found is None:
        return Finding("")
    rows = found.rows
    labels = [i18n.span(start, end) for start, end in zip(rows["start"], rows["end"], strict=True)]
    top = float(rows["each"].max()) or 1.0

    def draw(ax: Axes, width: Width) -> None:
        for place, value in enumerate(rows["each"]):
            same = (len(rows) - 1 - place) % 4 == 0  # the same months of each year, which compare
            ax.barh(place, value, color=COLOURS["accent" if same else "pale"], height=0.6)
            text = i18n.amount(float(value), "hours")
            ax.annotate(text, (value, place), (6, 0), textcoords="offset points", va="center")
        bar_rows(ax, labels)
        ax.set_xlim(0, top * (1.12 if width == "wide" else 1.25))

    said = i18n.several(
        f"{label} {i18n.amount(float(value), 'hours')}" for label, value in zip(labels, rows["each"], strict=True)
    )
    first, last = (i18n.number(int(rows["customers"].iloc[place])) for place in (0, -1))
    caption = _(
        "Hours of all work in three months, per customer at their end ({first} customers at first, {last} now); "
        "dark: the same months of each year.",
        first=first,
        last=last,
    )
    return chart(draw, _("Hours per customer: {rows}.", rows=said), caption, 0.5 + 0.34 * len(rows))


def beside(page: Page) -> Chart | Finding:
    """Churns by fiscal year, with the team beside.

    >>> print(beside(page).alt)
    Churns by fiscal year: FY2020 8 · team of 6; FY2021 4 · team of 7; FY2022 4 · team of 8; FY2023, to
    date 1 · team of 8.
    """
    rows = page.beside
    if rows is None or rows.empty:
        return Finding("")
    years = [
        fiscal_year(year) if whole else _("{year}, to date", year=fiscal_year(year))
        for year, whole in zip(rows["year"], rows["whole"], strict=True)
    ]
    team = rows["team_end"].tolist()
    told = [
        i18n.number(churns) + (f" · {_team(people)}" if people == people and people is not None else "")
        for churns, people in zip(rows["churns"], team, strict=True)
    ]
    top = max(float(rows["churns"].max()), 1.0)

    def draw(ax: Axes, width: Width) -> None:
        for place, (churns, whole, text) in enumerate(zip(rows["churns"], rows["whole"], told, strict=True)):
            ax.barh(place, churns, color=COLOURS["accent" if whole else "pale"], height=0.55)
            ax.annotate(text, (churns, place), (6, 0), textcoords="offset points", va="center")
        bar_rows(ax, years)
        ax.set_xlim(0, top * (1.35 if width == "wide" else 1.7))

    said = i18n.several(f"{year} {text}" for year, text in zip(years, told, strict=True))
    caption = _("Churns by fiscal year, and people in the team at its end; pale: the year is not over.")
    return chart(draw, _("Churns by fiscal year: {years}.", years=said), caption, 0.5 + 0.42 * len(rows))


def worth(page: Page) -> Chart | Finding:
    """Where a year's revenue goes.

    >>> print(worth(page).alt)
    Where revenue goes: other cost 25.0 %; onboarding 0.6 %; live customers 2.8 %; indirect 1.2 %; gross
    margin 70.4 %.
    """
    found = page.worth
    if found is None or found.margin is None or found.margin < 0:
        return Finding("")
    names = {"onboarding": _("onboarding"), "live": _("live customers"), "other": _("indirect")}
    parts = [(_("other cost"), 1 - found.before_cs, COLOURS["line"])]
    shades = {"onboarding": COLOURS["unsure"], "live": COLOURS["accent"], "other": COLOURS["pale"]}
    parts += [(names[name], float(found.costs[name]), shades[name]) for name in PHASES]
    parts.append((_("gross margin"), found.margin, COLOURS["good"]))

    def draw(ax: Axes, width: Width) -> None:
        level = 0.0
        for place, (_label, value, colour) in enumerate(parts):
            ax.barh(place, value, left=level, color=colour, height=0.55)
            beyond = level + value > 0.8
            at = (level, place) if beyond else (level + value, place)
            ax.annotate(
                i18n.share(value),
                at,
                (-6 if beyond else 6, 0),
                textcoords="offset points",
                va="center",
                ha="right" if beyond else "left",
            )
            level += value
        bar_rows(ax, [part[0] for part in parts])
        ax.set_xlim(0, 1.02)

    said = i18n.several(f"{label} {i18n.share(value)}" for label, value, _colour in parts)
    caption = _("Of the revenue of the last 12 months, as far as hours are recorded; other cost is assumed (params).")
    return chart(draw, _("Where revenue goes: {parts}.", parts=said), caption, 0.5 + 0.4 * len(parts))


def _team(people: float) -> str:
    return i18n.n_("team of {n}", "team of {n}", int(people))
