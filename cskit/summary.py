"""One page over all analyses: each one's verdict and key figures, or what it lacks."""

from dataclasses import dataclass
from html import escape
from types import ModuleType
from typing import Any

from cskit.errors import NotAvailable
from cskit.i18n import _
from cskit.metrics import Metric, definitions
from cskit.run import Run
from cskit.show import Decision, Headline, compared_with, said, spread_of, tag, target_of

__all__ = ["Overview", "View", "look"]


@dataclass(frozen=True)
class View:
    """What the summary takes from one analysis.

    Parameters
    ----------
    study : object or None
        The analysis' own result; None where its tables did not come with the data.
    headline : Headline or None
    decision : Decision or None
        Asked for by the analysis alone.
    missing : str
        Why there is no result.

    Examples
    --------
    >>> from cskit import nps
    >>> view = look(run, nps)
    >>> print(view.headline.verdict)
    NPS stands at +6.4. Up 2.3 in the answers since 2022 Autumn: too few to say whether opinion rose or fell.
    >>> print(view.decision.text)
    Ask the 57 people who did not answer the survey, before reading more into the score.
    """

    study: Any
    headline: Headline | None
    decision: Decision | None
    missing: str = ""


def look(run: Run, wing: ModuleType) -> View:
    """Study one wing for the summary; a missing table is a line on the page, not an end.

    Parameters
    ----------
    run : Run
    wing : module
        ``cskit.nps`` and its like: ``study(run)``, ``words.headline(run, study)``, ``words.decision(study)``.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from cskit import nps
    >>> from cskit.run import start
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "customers.csv").write_text("customer_id,contracted_on\\nA,2022-04-01\\n")
    ...     view = look(start("2023Q2", data=folder), nps)
    >>> print(view.missing)
    The table nps_waves is missing; it adds which answers belong together, and to which period.
    The table nps_responses is missing; it adds NPS itself.
    """
    try:
        study = wing.study(run)
    except NotAvailable as missing:
        return View(None, None, None, str(missing))
    return View(study, wing.words.headline(run, study), wing.words.decision(study))


@dataclass(frozen=True)
class Overview:
    """Each analysis' verdict with its key figures: value, comparison, a year before, target; and a link.

    Parameters
    ----------
    views : dict of str to View
        Under the name of each report, which is also its file.

    Examples
    --------
    >>> fell = View(None, Headline("NPS fell.", (), ()), None)
    >>> shown = Overview({"nps_comparison": fell, "dear_health": View(None, None, None, "No table usage.")})
    >>> print(shown._repr_mimebundle_()["text/plain"])
    NPS fell.
    No table usage.
    """

    views: dict[str, View]

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, str]:
        blocks = "".join(_block(report, view) for report, view in self.views.items())
        lines = [view.headline.verdict if view.headline else view.missing for view in self.views.values()]
        return {"text/plain": "\n".join(lines), "text/html": f'<div class="overview">{blocks}</div>'}


def _block(report: str, view: View) -> str:
    if view.headline is None:
        return f'<p class="finding">{escape(view.missing)}</p>'
    by_name = {metric.name: metric for metric in view.headline.metrics}
    rows = "".join(_row(by_name[name]) for name in view.headline.keys if name in by_name)
    compared = next((compared_with(metric) for metric in by_name.values() if metric.versus), _("Compared"))
    heads = (_("Key figure"), _("Now"), compared, _("A year before"), _("Target"), _("Change"))
    head = "".join(
        f'<th scope="col"{align}>{escape(text)}</th>'
        for align, text in zip(("", *[' class="num"'] * 5), heads, strict=True)
    )
    link = f'<a href="{report}.html">{escape(view.headline.verdict)}</a>'
    table = f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    return f'<section><p class="finding">{link}</p>{table}</section>'


def _row(metric: Metric) -> str:
    values = [metric.value, metric.before, metric.year_before]
    now, *others = ("–" if value is None else said(metric, value) for value in values)
    spread = f'<br><span class="quiet">{escape(" · ".join(notes))}</span>' if (notes := spread_of(metric)) else ""
    cells = [escape(now) + spread, *map(escape, others), escape(target_of(metric) or "–")]
    body = "".join(f'<td class="num">{cell}</td>' for cell in cells)
    label = escape(_(definitions()[metric.name].label))
    return f'<tr><th scope="row">{label}</th>{body}<td class="num">{tag(metric)}</td></tr>'
