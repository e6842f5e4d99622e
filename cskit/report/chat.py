"""How does the pack read in a chat? ``summary.md``: the verdict, the key figures, what to decide, a line a report."""

import re
from collections.abc import Sequence

from cskit.i18n import _
from cskit.metrics import Metric, definitions
from cskit.report.manifest import Entry
from cskit.report.notebooks import SUMMARY
from cskit.report.outputs import Finding, metrics_of
from cskit.report.pages import Pack
from cskit.report.trouble import said_of
from cskit.show import change_of, compared_with, said, spread_of

__all__ = ["plain", "summary_text"]


def summary_text(pack: Pack, entries: Sequence[Entry]) -> str:
    """The pack in Markdown, in the language spoken.

    >>> from datetime import datetime
    >>> found = Finding("ok", question="Would customers recommend us?", verdict="NPS stands at +6.4.")
    >>> made = datetime(2023, 7, 3)
    >>> pack = Pack("Customer success", "Apr–Jun 2023", "Jan–Mar 2023", "final", "final", "en", ("en",), made)
    >>> print(summary_text(pack, [Entry("nps", "03_nps.ipynb", {"en": found}, {}, made, False, "")]), end="")
    # Customer success · Apr–Jun 2023 (final)
    <BLANKLINE>
    - [Would customers recommend us?](nps.html): NPS stands at +6.4.
    <BLANKLINE>
    [All reports](index.html)
    """
    findings = {entry.name: entry.findings[pack.lang] for entry in entries}
    lead = findings.get(SUMMARY)
    parts = [f"# {plain(pack.title)} · {pack.period} ({pack.status_text})", plain(pack.changes)]
    if lead and lead.status == "ok":
        del findings[SUMMARY]  # told here, above the others
        parts += [f"**{plain(lead.verdict)}**", _listed(_key_lines(lead))]
        if lead.decisions:
            numbered = "\n".join(f"{place}. {plain(text)}" for place, text in enumerate(lead.decisions, 1))
            asked = _("What should we decide now?")
            parts += [f"**{asked}**", numbered]
    questions = {entry.name: _(entry.first.question) or entry.name for entry in entries}
    parts.append(_listed([_report_line(questions[name], name, finding) for name, finding in findings.items()]))
    everything = _("All reports")
    parts.append(f"[{everything}](index.html)")
    return "\n\n".join(part for part in parts if part) + "\n"


def plain(text: str) -> str:
    """Text that no chat takes for markup.

    >>> plain("[a](b) <c> *d*")
    '\\\\[a\\\\](b) &lt;c&gt; \\\\*d\\\\*'
    """
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_\[\]#|~])", r"\\\1", text)
    return re.sub(r"^([-+]|\d+(?=[.)]))([.)]?)", lambda found: _shielded(*found.groups()), text)


def _shielded(mark: str, end: str) -> str:
    """What begins a list stands as it is."""
    return f"{mark}\\{end}" if end else f"\\{mark}"


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _key_lines(finding: Finding) -> list[str]:
    metrics = metrics_of(finding)
    return [_key_line(metrics[name]) for name in finding.keys if name in metrics and name in definitions()]


def _key_line(metric: Metric) -> str:
    label = _(definitions()[metric.name].label)
    value = "–" if metric.value is None else said(metric, metric.value)
    spread = f" ({', '.join(spread_of(metric))})" if spread_of(metric) else ""
    change = change_of(metric)
    moved = _("; since {before}: {change}", before=compared_with(metric), change=change) if change else ""
    return plain(f"{label}: {value}{spread}{moved}")


def _report_line(question: str, name: str, finding: Finding) -> str:
    return f"[{plain(question)}]({name}.html): {plain(_state(finding))}"


def _state(finding: Finding) -> str:
    """The verdict, or why there is none."""
    if finding.status == "failed":
        return _("This report could not be made. {why}", why=said_of(finding))
    return _("Not available from this data") if finding.status == "not available" else finding.verdict
