"""Reports of one's own on the summary page: the summary's notebook knows the kit's, and these are put beside them."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from cskit.report.manifest import Entry
from cskit.report.notebooks import SUMMARY
from cskit.report.outputs import metrics_of
from cskit.show import Headline
from cskit.summary import Overview, View

__all__ = ["with_own_reports"]

BEGINS, ENDS = '<div class="overview">', "</div>"


def with_own_reports(nb: Any, entries: Sequence[Entry], lang: str) -> Any:
    """The executed summary with the verdict and key figures of every report that it does not speak of itself.

    The kit's summary speaks of ``dear_health``; a report of one's own is put beside it:

    >>> import re
    >>> from datetime import datetime
    >>> from nbformat.v4 import new_code_cell, new_notebook, new_output
    >>> from cskit.report.outputs import Finding
    >>> html = '<div class="overview"><section><a href="dear_health.html">18 at risk</a></section></div>'
    >>> nb = new_notebook(cells=[new_code_cell("", outputs=[new_output("display_data", {"text/html": html})])])
    >>> found = {"en": Finding("ok", verdict="Eleven renew next.")}
    >>> own = Entry("renewals", "20_renewals.ipynb", found, {}, datetime(2023, 7, 3), carried=False, basis="")
    >>> re.findall("<a.*?</a>", with_own_reports(nb, [own], "en").cells[0].outputs[0].data["text/html"])
    ['<a href="dear_health.html">18 at risk</a>', '<a href="renewals.html">Eleven renew next.</a>']
    """
    outputs = [output for cell in nb.cells if cell.cell_type == "code" for output in cell.outputs]
    spoken = "".join(_html(output) for output in outputs)
    missing = {
        entry.name: View(None, Headline(found.verdict, found.keys, tuple(metrics_of(found).values())), None)
        for entry in entries
        if (found := entry.findings[lang]).verdict
        and entry.name != SUMMARY
        and f'href="{entry.name}.html"' not in spoken
    }
    if not missing or BEGINS not in spoken:
        return nb
    more = Overview(missing)._repr_mimebundle_()["text/html"].removeprefix(BEGINS).removesuffix(ENDS)
    nb = deepcopy(nb)
    for cell in nb.cells:
        for output in cell.outputs if cell.cell_type == "code" else ():
            if _html(output).startswith(BEGINS):
                output["data"]["text/html"] = _html(output).removesuffix(ENDS) + more + ENDS
    return nb


def _html(output: Any) -> str:
    return str(output.get("data", {}).get("text/html", ""))
