"""What a notebook cell shows: a headline with its key figures, a finding, a chart, decisions.

Each shows itself in JupyterLab and in a report alike. A headline also carries its metrics, as data beside
the text, so that whoever ran the notebook (``cskit run``, papermill, JupyterLab) holds the same numbers.
"""

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from cskit import i18n
from cskit.i18n import _
from cskit.metrics import Metric, definitions

__all__ = [
    "DECISIONS_TYPE",
    "HEADLINE_TYPE",
    "METRICS_TYPE",
    "Chart",
    "Decision",
    "Decisions",
    "Finding",
    "Headline",
    "change_of",
    "compared_with",
    "said",
    "spread_of",
    "tag",
    "target_of",
    "tile",
    "unit_text",
    "wanted_text",
]

DECISIONS_TYPE = "application/vnd.cskit.decisions+json"
HEADLINE_TYPE = "application/vnd.cskit.headline+json"
METRICS_TYPE = "application/vnd.cskit.metrics+json"


@dataclass(frozen=True)
class Headline:
    """The verdict of a report, its key figures, and every metric the analysis gives.

    Parameters
    ----------
    verdict : str
        One computed sentence.
    keys : tuple of str
        Names of the three to five metrics shown as tiles.
    metrics : tuple of Metric
        All of the analysis.
    notes : tuple of str
        What the reader must know before reading on: preliminary, rows set aside, tables missing.
    words : str
        The author's commentary, from params.

    Examples
    --------
    >>> from cskit.metrics import metric
    >>> score = metric("nps.score", 6.4, "estimated", low=-12.5, high=24.5, n=47)
    >>> shown = Headline("NPS stands at +6.4.", ("nps.score",), (score,))._repr_mimebundle_()
    >>> shown["text/plain"], shown[HEADLINE_TYPE]["metrics"]["nps.score"]["low"]
    ('NPS stands at +6.4.', -12.5)
    """

    verdict: str
    keys: tuple[str, ...]
    metrics: tuple[Metric, ...]
    notes: tuple[str, ...] = ()
    words: str = ""

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, Any]:
        by_name = {metric.name: metric for metric in self.metrics}
        tiles = "".join(tile(by_name[name]) for name in self.keys if name in by_name)
        notes = "".join(f'<p class="note">{escape(note)}</p>' for note in self.notes)
        words = f'<blockquote class="words"><p>{escape(self.words)}</p></blockquote>' if self.words else ""
        keys = f'<dl class="keys">{tiles}</dl>' if tiles else ""
        html = f'<p class="verdict">{escape(self.verdict)}</p>{notes}{keys}{words}'
        data = {
            "verdict": self.verdict,
            "keys": list(self.keys),
            "notes": list(self.notes),
            "metrics": {metric.name: metric.as_json() for metric in self.metrics},
        }
        return {"text/plain": self.verdict, "text/html": html, HEADLINE_TYPE: data}


@dataclass(frozen=True)
class Finding:
    """A computed sentence under its figure, and a quieter one with the details.

    Parameters
    ----------
    text, quiet : str
    metrics : tuple of Metric
        What this topic alone gives to ``metrics.json``, beyond the headline's.
    missing : bool
        Nothing is on record. The team should know; before a customer the question is left out.

    Examples
    --------
    >>> Finding("NPS stands at +6.4.", quiet="47 answers.")._repr_mimebundle_()["text/plain"]
    'NPS stands at +6.4. 47 answers.'
    """

    text: str
    quiet: str = ""
    metrics: tuple[Metric, ...] = ()
    missing: bool = False

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, Any]:
        quiet = f'<p class="quiet">{escape(self.quiet)}</p>' if self.quiet else ""
        kind = "finding missing" if self.missing else "finding"
        html = f'<p class="{kind}">{escape(self.text)}</p>{quiet}'
        bundle = {"text/plain": " ".join(filter(None, (self.text, self.quiet))), "text/html": html}
        own = {METRICS_TYPE: {metric.name: metric.as_json() for metric in self.metrics}} if self.metrics else {}
        return bundle | own


@dataclass(frozen=True)
class Chart:
    """A drawn figure with its written alternative.

    Parameters
    ----------
    svg : str
        The drawing, as ``<svg>`` elements with their text as text; the page shows one of them.
    alt : str
        What it shows, computed; read out instead of the picture.
    caption : str
        Units, n and method, printed under it.
    png : str
        The same as a picture for slides, in base 64; empty: none.

    Examples
    --------
    >>> Chart("<svg ></svg>", alt="Hours by month: April 20, May 31.")._repr_mimebundle_()["text/plain"]
    'Hours by month: April 20, May 31.'
    """

    svg: str
    alt: str
    caption: str = ""
    png: str = ""

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ValueError("a chart needs its alternative text")

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, str]:
        caption = f"<figcaption>{escape(self.caption)}</figcaption>" if self.caption else ""
        drawing = self.svg.replace("<svg ", f'<svg role="img" aria-label="{escape(self.alt)}" ')
        bundle = {"text/plain": self.alt, "text/html": f"<figure>{drawing}{caption}</figure>"}
        return bundle | ({"image/png": self.png} if self.png else {})


def tile(metric: Metric) -> str:
    """One key figure as HTML: label, value, interval, change, target, a year before.

    Movement is coloured only when it is counted or its interval excludes none; otherwise it says "cannot tell".

    >>> from cskit.metrics import metric
    >>> "−12.5 to +24.5" in tile(metric("nps.score", 6.4, "estimated", low=-12.5, high=24.5, n=47))
    True
    """
    label = _(definitions()[metric.name].label)
    value = "–" if metric.value is None else said(metric, metric.value)
    parts = [f"<dt>{escape(label)}</dt>", f'<dd class="figure">{escape(value)}</dd>']
    target = _("target {value}", value=target_of(metric)) if metric.target is not None else ""
    # The interval and n stand next to the figure they are of, before anything is said of other periods.
    parts += [f'<dd class="quiet">{escape(line)}</dd>' for line in (*spread_of(metric), _size(metric)) if line]
    if metric.before is not None:
        parts.append(f"<dd>{_movement(metric)}</dd>")
    earlier = (
        _("a year before {value}", value=said(metric, metric.year_before)) if metric.year_before is not None else ""
    )
    parts += [f'<dd class="quiet">{escape(line)}</dd>' for line in (target, earlier) if line]
    return f'<div class="key" data-metric="{metric.name}">{"".join(parts)}</div>'


def said(metric: Metric, value: float | str) -> str:
    """A value in the metric's unit, in the language spoken.

    >>> from cskit.metrics import metric
    >>> said(metric("nps.score", 6.4, "estimated", n=47), 6.4)
    '+6.4'
    """
    if metric.unit == "month" and isinstance(value, str):
        return i18n.month(date.fromisoformat(f"{value}-01"))
    return value if isinstance(value, str) else i18n.amount(value, metric.unit)


def spread_of(metric: Metric) -> list[str]:
    """Interval or bounds, and whether the figure is estimated.

    >>> from cskit.metrics import metric
    >>> spread_of(metric("nps.score", 6.4, "estimated", low=-12.5, high=24.5, n=47))
    ['−12.5 to +24.5']
    """
    notes = []
    if metric.low is not None and metric.high is not None:
        ends = {"low": said(metric, metric.low), "high": said(metric, metric.high)}
        counted = metric.basis == "counted" and metric.unit == "count"
        text = _("at least {low}, at most {high}", **ends) if counted else _("{low} to {high}", **ends)
        # Ends that print as the figure itself say nothing more.
        same = metric.value is not None and set(ends.values()) == {said(metric, metric.value)}
        notes += [] if same else [text]
    elif metric.low is not None:
        notes.append(_("at least {low}", low=said(metric, metric.low)))
    return [*notes, _("estimated")] if metric.basis == "assumed" else notes


def _size(metric: Metric) -> str:
    """What the figure rests on; nothing where it is assumed without a single row."""
    if not metric.n or metric.value is None:
        return ""
    whole = metric.basis == "counted" and metric.unit in ("count", "share")
    return _("of {n}", n=i18n.number(metric.n)) if whole else _("n = {n}", n=i18n.number(metric.n))


def target_of(metric: Metric) -> str:
    """The value aimed at, by when, and whether it is met; empty without one.

    >>> from cskit.metrics import metric
    >>> target_of(metric("growth.grr", 0.92, "counted", n=40, target=0.9))
    '90.0 %: met'
    """
    if metric.target is None:
        return ""
    text = i18n.amount(metric.target, metric.unit)
    if metric.target_by:
        return _("{target} by {day}", target=text, day=i18n.day(date.fromisoformat(metric.target_by)))
    estimate = metric.basis != "counted" and (metric.low is None or metric.high is None)
    unclear = _("an estimate without an interval, so not judged") if estimate else _("cannot tell yet")
    verdicts = {"met": _("met"), "missed": _("missed"), "unclear": unclear}
    said_so = _("{target}: {verdict}", target=text, verdict=verdicts.get(metric.on_target or "", ""))
    return said_so if metric.on_target else text


def tag(metric: Metric) -> str:
    """The change as a small label, coloured only where it may be; empty where there is none.

    >>> from cskit.metrics import metric
    >>> tag(metric("nps.score", 6.4, "estimated", before=4.1, change_low=-22.7, change_high=27.0))
    '<span class="tag unsure">cannot tell</span>'
    """
    text = change_of(metric)
    looks = {"better": " up", "worse": " down", "unclear": " unsure"}
    look = "" if text == _("unchanged") else looks.get(metric.movement or "", "")
    return f'<span class="tag{look}">{escape(text)}</span>' if text else ""


def change_of(metric: Metric) -> str:
    """The change in words, never from the point alone; empty where there is none.

    >>> from cskit.metrics import metric
    >>> change_of(metric("nps.score", 6.4, "estimated", before=4.1, change_low=-22.7, change_high=27.0))
    'cannot tell'
    """
    if metric.change is None:
        return ""
    change = i18n.amount(metric.change, metric.unit, signed=True)
    if metric.movement != "unclear" and change == i18n.amount(0, metric.unit, signed=True):
        return _("unchanged")  # moved by less than what is printed: neither good news nor bad
    return _("cannot tell") if metric.movement == "unclear" else change


def unit_text(unit: str) -> str:
    """A unit in the reader's words, as definitions state it.

    >>> unit_text("share")
    'per cent'
    """
    words = {
        "points": _("points, −100 to 100"),
        "share": _("per cent"),
        "count": _("number"),
        "money": _("money, in {currency}", currency=i18n.currency()),
        "days": _("days"),
        "hours": _("time, in hours"),
        "month": _("calendar month"),
        "ratio": _("per cent of what it is compared with"),
    }
    return words.get(unit, unit)


def wanted_text(wanted: str) -> str:
    """Which direction is good news.

    >>> wanted_text("down")
    'less is better'
    """
    words = {
        "up": _("more is better"),
        "down": _("less is better"),
        "none": _("neither more nor less is better in itself"),
    }
    return words.get(wanted, wanted)


def compared_with(metric: Metric) -> str:
    """The months a metric is compared with.

    >>> from cskit.metrics import metric
    >>> compared_with(metric("growth.churns_year", 4, "counted", before=8, versus="2022-10-01/2022-12-31"))
    'Oct–Dec 2022'
    """
    if metric.versus is None:
        return _("before")
    first, last = (date.fromisoformat(day) for day in metric.versus.split("/"))
    return i18n.span(first, last)


def _movement(metric: Metric) -> str:
    value = "" if metric.before is None else said(metric, metric.before)
    if metric.n_before is not None and metric.unit == "count":
        value = _("{value} of {n}", value=value, n=i18n.number(metric.n_before))
    before = f"{compared_with(metric)} {value}" if value else ""
    return f'{tag(metric)} <span class="quiet">{escape(before)}</span>'.strip()


@dataclass(frozen=True)
class Decision:
    """What the numbers of one analysis ask for.

    Parameters
    ----------
    text : str
        Whom it concerns and what to do, with its number.
    urgency : float
        0 to 1: what share of the year's result hangs on it, by the analysis' own rough rule. Only the order counts.

    Examples
    --------
    >>> Decision("Call 3 customers that renew in July.", urgency=0.4).urgency
    0.4
    """

    text: str
    urgency: float


@dataclass(frozen=True)
class Decisions:
    """The three most urgent of the decisions that the analyses ask for.

    Examples
    --------
    >>> Decisions((Decision("b", 0.2), None, Decision("a", 0.9))).chosen
    ('a', 'b')
    """

    asked: tuple[Decision | None, ...]

    @property
    def chosen(self) -> tuple[str, ...]:
        known = [decision for decision in self.asked if decision]
        return tuple(decision.text for decision in sorted(known, key=lambda decision: -decision.urgency)[:3])

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, Any]:
        none = _("Nothing stands out.")
        items = "".join(f"<li>{escape(text)}</li>" for text in self.chosen)
        html = f'<ol class="decisions">{items}</ol>' if items else f'<p class="finding">{escape(none)}</p>'
        return {"text/plain": "\n".join(self.chosen), "text/html": html, DECISIONS_TYPE: list(self.chosen)}
