"""How did each key figure go from period to period, and which settings changed between them?"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cskit import i18n
from cskit.i18n import _
from cskit.metrics import Metric, definitions
from cskit.periods import Period
from cskit.report.identity import SILENT
from cskit.show import said, spread_of

__all__ = [
    "Change",
    "Figure",
    "Stop",
    "changes",
    "figures",
    "figures_of",
    "redefined",
    "settings_changed",
    "spark",
    "step_by_step",
]

MOST_CHANGES = 12  # settings named between two periods; how many more there are is said
WIDE, HIGH, EDGE = 150, 34, 5  # of a course, in pixels


@dataclass(frozen=True, slots=True)
class Stop:
    """A period on the way: its metrics by name, and its settings.

    >>> from cskit.metrics import metric
    >>> from cskit.periods import parse
    >>> stop = Stop(parse("2023Q2"), {"nps.score": metric("nps.score", 6.4, "estimated")}, {"nps": {"answers": 10}})
    >>> figures([stop], ["nps.score"])[0].cells
    (('+6.4', ''),)
    """

    period: Period
    metrics: Mapping[str, Metric]
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure as the page over all periods shows it.

    Parameters
    ----------
    label : str
    course : str
        The drawing, as safe HTML.
    cells : tuple of (str, str)
        Value and interval in each period; empty where it has none.

    Examples
    --------
    >>> from cskit.metrics import metric
    >>> (figure,) = figures_of([{}, {"nps.score": metric("nps.score", 6.4, "estimated")}], ["nps.score"])
    >>> figure.label, figure.course, figure.cells
    ('NPS', '', (('', ''), ('+6.4', '')))
    """

    label: str
    course: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What is otherwise than in the period before, in words.

    >>> from cskit.periods import parse
    >>> stops = [Stop(parse(f"2023Q{n}"), {}, {"nps": {"answers": 10 * n}}) for n in (1, 2)]
    >>> changes(stops)
    [Change(before='Jan–Mar 2023', after='Apr–Jun 2023', lines=('nps.answers: 10 → 20',))]
    """

    before: str
    after: str
    lines: tuple[str, ...]


def figures(stops: Sequence[Stop], names: Sequence[str]) -> list[Figure]:
    """Each key figure over the periods, oldest first.

    >>> from cskit.metrics import metric
    >>> from cskit.periods import parse
    >>> scores = {name: metric("nps.score", value, "estimated") for name, value in (("2023Q1", 2), ("2023Q2", 6.4))}
    >>> stops = [Stop(parse(name), {"nps.score": score}, {}) for name, score in scores.items()]
    >>> [(figure.label, figure.cells) for figure in figures(stops, ["nps.score", "nps.never_stated"])]
    [('NPS', (('+2.0', ''), ('+6.4', '')))]
    """
    return figures_of([stop.metrics for stop in stops], names)


def figures_of(columns: Sequence[Mapping[str, Metric]], names: Sequence[str]) -> list[Figure]:
    """Each key figure in each column of metrics.

    >>> from cskit.metrics import metric
    >>> columns = [{"nps.score": metric("nps.score", 6.4, "estimated", low=-12.5, high=24.5)}, {}]
    >>> figures_of(columns, ["nps.score"])[0].cells
    (('+6.4', '−12.5 to +24.5'), ('', ''))
    """
    known = definitions()
    found = []
    for name in (name for name in names if name in known):
        metrics = [column.get(name) for column in columns]
        cells = [
            ("", "") if one is None or one.value is None else (said(one, one.value), " · ".join(spread_of(one)))
            for one in metrics
        ]
        if any(value for value, _spread in cells):
            found.append(Figure(_(known[name].label), spark(metrics), tuple(cells)))
    return found


def spark(metrics: Sequence[Metric | None]) -> str:
    """A small drawing: a point a period, with its interval where it has one.

    The numbers stand beside it, so that it needs no words of its own.

    >>> from cskit.metrics import metric
    >>> up = [metric("nps.score", value, "estimated") for value in (1, 3)]
    >>> '<polyline points="5.0,29.0 145.0,5.0"/>' in spark(up), spark(up[:1])
    (True, '')
    """
    points = [(place, one) for place, one in enumerate(metrics) if one and isinstance(one.value, int | float)]
    if len(points) < 2:
        return ""
    known = (value for _place, one in points for value in (one.value, one.low, one.high))
    ends = [float(value) for value in known if isinstance(value, int | float)]
    low, high = min(ends), max(ends)
    # A tenth of the figure at least fills the height: what is printed as unchanged does not look like a leap.
    room = max(0.1 * max(abs(low), abs(high)) - (high - low), 0.0) / 2
    low, high = low - room, high + room
    step = (WIDE - 2 * EDGE) / (len(metrics) - 1)

    def x(place: int) -> float:
        return round(EDGE + place * step, 1)

    def y(value: Any) -> float:
        share = (float(value) - low) / (high - low) if high > low else 0.5
        return round(HIGH - EDGE - share * (HIGH - 2 * EDGE), 1)

    around = "".join(
        f'<line x1="{x(place)}" x2="{x(place)}" y1="{y(one.low)}" y2="{y(one.high)}"/>'
        for place, one in points
        if _number(one.low) and _number(one.high)
    )
    path = " ".join(f"{x(place)},{y(one.value)}" for place, one in points)
    dots = "".join(f'<circle cx="{x(place)}" cy="{y(one.value)}" r="2.6"/>' for place, one in points)
    return (
        f'<svg class="spark" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}" aria-hidden="true">'
        f'<g class="around">{around}</g><polyline points="{path}"/><g class="dots">{dots}</g></svg>'
    )


def changes(stops: Sequence[Stop]) -> list[Change]:
    """What was set otherwise from one period to the next, newest first; periods without a change are left out.

    >>> from cskit.periods import parse
    >>> wanted = {"2022Q4": 10, "2023Q1": 10, "2023Q2": 20}
    >>> stops = [Stop(parse(name), {}, {"nps": {"answers": n}, "output": n}) for name, n in wanted.items()]
    >>> [(change.after, change.lines) for change in changes(stops)]
    [('Apr–Jun 2023', ('nps.answers: 10 → 20',))]
    """
    return step_by_step(stops, _set_otherwise)


def step_by_step(stops: Sequence[Stop], told: Callable[[Stop, Stop], list[str]]) -> list[Change]:
    """What is told of each period and the one before it, newest first; steps of which nothing is told are left out.

    >>> from cskit.periods import parse
    >>> stops = [Stop(parse(name), {}, {}) for name in ("2022Q4", "2023Q1", "2023Q2")]
    >>> [change.lines for change in step_by_step(stops, lambda then, now: [f"{then.period.name} → {now.period.name}"])]
    [('2023Q1 → 2023Q2',), ('2022Q4 → 2023Q1',)]
    >>> step_by_step(stops, lambda _then, _now: [f"line {n}" for n in range(14)])[0].lines[-2:]
    ('line 11', 'and 2 more')
    """
    found = []
    for before, after in pairwise(stops):
        lines = told(before, after)
        more = len(lines) - MOST_CHANGES
        said_more = [i18n.n_("and {n} more", "and {n} more", more)] if more > 0 else []
        if lines:
            first, second = (i18n.period_label(stop.period, fiscal=False) for stop in (before, after))
            found.append(Change(first, second, (*lines[:MOST_CHANGES], *said_more)))
    return found[::-1]


def _set_otherwise(before: Stop, after: Stop) -> list[str]:
    lines = [
        _("{setting}: {before} → {after}", setting=name, before=then, after=now)
        for name, then, now in settings_changed(before.settings, after.settings)
        if name.partition(".")[0] not in SILENT
    ]
    return lines + [_("{metric}: its definition changed", metric=name) for name in redefined(before, after)]


def settings_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Every setting that differs, by its full name, with both values as they are written.

    >>> settings_changed({"nps": {"answers": 10}}, {"nps": {"answers": 20}})
    [('nps.answers', '10', '20')]
    """
    then, now = dict(_flat(before)), dict(_flat(after))
    differing = [name for name in sorted({*then, *now}) if then.get(name) != now.get(name)]
    return [(name, _written(then, name), _written(now, name)) for name in differing]


def redefined(before: Stop, after: Stop) -> list[str]:
    """Metrics of both periods that are not worked out by the same formula.

    >>> from dataclasses import replace
    >>> from cskit.metrics import metric
    >>> from cskit.periods import parse
    >>> score = metric("nps.score", 6.4, "estimated")
    >>> then, now = (Stop(parse("2023Q2"), {"nps.score": one}, {}) for one in (replace(score, definition=""), score))
    >>> redefined(then, now), redefined(now, now)
    (['nps.score'], [])
    """
    return [
        name
        for name, one in after.metrics.items()
        if name in before.metrics and before.metrics[name].definition != one.definition
    ]


def _number(value: Any) -> bool:
    return isinstance(value, int | float)


def _flat(settings: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    """Settings by their full name; the author's words are no setting."""
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{place}{name}.")
        elif not place.startswith("commentary.") and name != "commentary":
            yield f"{place}{name}", value


def _written(settings: Mapping[str, Any], name: str) -> str:
    if name not in settings:
        return _("not set")
    value = settings[name]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:79] + "…"
