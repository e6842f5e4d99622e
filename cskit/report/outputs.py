"""What did an executed notebook find: its question, verdict, metrics, lists, or what went wrong?"""

from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from pathlib import Path
from typing import Any, Literal

from cskit.lines import Lines
from cskit.metrics import Metric
from cskit.report.audience import seen_by, shown
from cskit.report.trouble import Kind, kind_of_error, kind_of_fault, ours
from cskit.rows import ROWS_TYPE
from cskit.show import DECISIONS_TYPE, HEADLINE_TYPE, METRICS_TYPE

__all__ = ["Finding", "Listing", "Status", "metrics_of", "one_line", "read", "scrub"]

Status = Literal["ok", "not available", "failed"]
WORDLESS = "A figure has no alternative text. Draw it by cskit.style.chart, or give the output one (metadata alt)."


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows behind a table or a metric, for a file.

    Parameters
    ----------
    name : str
    columns, rows
    metrics : tuple of str
        What can be worked out again from these rows.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.report.lists import write_csv
    >>> late = Listing("late", ("customer", "arr"), (("株式会社あおぞら", 5), ("=1+1", None)))
    >>> with TemporaryDirectory() as folder:
    ...     write_csv(late, Path(folder, "late.csv"))  # a formula is no formula there
    ...     print(Path(folder, "late.csv").read_text(encoding="utf-8-sig"), end="")
    customer,arr
    株式会社あおぞら,5
    '=1+1,
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...] | Lines
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One executed notebook, read.

    Parameters
    ----------
    status : {"ok", "not available", "failed"}
        Not available: the tables it needs are not there; nothing is broken.
    message : str
        One line: what went wrong, for the team alone, or what is missing, for everybody. Empty when ok.
    question : str
        The notebook's title, in English as it is written.
    verdict, keys
        Of its headline; empty without one.
    metrics
        Of its headline and its findings, as ``metrics.json`` holds them.
    listings : tuple of Listing
    decisions : tuple of str
        What it asks its readers to decide.
    trouble : str
        What kind of thing went wrong; empty unless it failed.

    Examples
    --------
    >>> from nbformat.v4 import new_markdown_cell, new_notebook
    >>> read(new_notebook(cells=[new_markdown_cell("# Would customers recommend us?\\n\\nFor leadership.")]))
    Finding(status='ok', message='', question='Would customers recommend us?', verdict='',
    keys=(), metrics={}, listings=(), decisions=(), trouble='')
    """

    status: Status
    message: str = ""
    question: str = ""
    verdict: str = ""
    keys: tuple[str, ...] = ()
    metrics: dict[str, dict[str, Any]] = field(default_factory=dict)
    listings: tuple[Listing, ...] = ()
    decisions: tuple[str, ...] = ()
    trouble: Kind = ""


def read(nb: Any, error: str = "", lists: Path | None = None) -> Finding:
    """Read an executed notebook.

    Parameters
    ----------
    nb : NotebookNode
    error : str
        What the one who ran it knows to have gone wrong.
    lists : Path or None
        The folder with the rows of its long lists; None: those are not wanted.

    Returns
    -------
    Finding
        Failed where a cell ended in an error, whether or not it says which.

    Examples
    --------
    What is missing is no failure, and only cskit itself can say that something is:

    >>> from nbformat.v4 import new_code_cell, new_notebook, new_output
    >>> def ended(kind, said, *trace):
    ...     error = new_output("error", ename=kind, evalue=said, traceback=list(trace))
    ...     found = read(new_notebook(cells=[new_code_cell("waves", outputs=[error])]))
    ...     return found.status, found.message, found.trouble
    >>> ended("NotAvailable", "nps_responses did not come", "nps_responses did not come")
    ('not available', 'nps_responses did not come', '')
    >>> ended("KeyError", "'score'", "in line 1", "in line 7")
    ('failed', "KeyError: 'score'", 'cell')
    """
    own = [cell for cell in nb.cells if seen_by(cell, "leadership")]
    data = _data(own)
    headline: dict[str, Any] = next((entry[HEADLINE_TYPE] for entry in data if HEADLINE_TYPE in entry), {})
    metrics = dict(headline.get("metrics", {}))
    for entry in _data(nb.cells):
        metrics |= entry.get(METRICS_TYPE, {})
    status, message, trouble = _ending(nb, error)
    if status == "ok" and _has_wordless_figure(nb):
        status, message, trouble = "failed", WORDLESS, "figure"
    return Finding(
        status,
        message,
        _question(own),
        headline.get("verdict", ""),
        tuple(headline.get("keys", ())),
        metrics,
        # Lists of every cell, whoever sees it: files of the internal folder.
        tuple(found for entry in _data(nb.cells) if ROWS_TYPE in entry if (found := _listing(entry[ROWS_TYPE], lists))),
        tuple(text for entry in data for text in entry.get(DECISIONS_TYPE, ())),
        trouble,
    )


def _data(cells: list[Any]) -> list[dict[str, Any]]:
    return [output.data for cell in cells for output in cell.get("outputs", ()) if "data" in output]


def metrics_of(finding: Finding) -> dict[str, Metric]:
    """Its metrics as they were in the notebook.

    What another version knew besides is passed over:

    >>> from cskit.metrics import metric
    >>> score = metric("nps.score", 6.4, "estimated", low=-12.5, high=24.5, n=47)
    >>> written = score.as_json() | {"known_later": 1}
    >>> metrics_of(Finding("ok", metrics={"nps.score": written})) == {"nps.score": score}
    True
    """
    return {name: _metric(name, entry) for name, entry in finding.metrics.items()}


def one_line(text: str, limit: int = 300) -> str:
    """A message without line breaks, cut where it gets long.

    >>> one_line("ValueError: no\\n  such   row")
    'ValueError: no such row'
    """
    words = " ".join(text.split())
    return words if len(words) <= limit else words[: limit - 1] + "…"


def scrub(nb: Any, source: Path) -> Any:
    """The executed notebook without what tells one machine or minute from another: its paths and its clock.

    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> cell = new_code_cell("1 + 1", metadata={"papermill": {"duration": 0.7, "status": "completed"}})
    >>> told = {"input_path": "/home/me/03_nps.ipynb", "parameters": {"lang": "ja"}, "start_time": "2023-07-03"}
    >>> nb = scrub(new_notebook(cells=[cell], metadata={"papermill": told}), Path("notebooks/03_nps.ipynb"))
    >>> nb.metadata["papermill"]
    {'input_path': 'notebooks/03_nps.ipynb', 'parameters': {'lang': 'ja'}, 'exception': None}
    >>> nb.cells[0].id, nb.cells[0].metadata
    ('cell-0', {'papermill': {'status': 'completed'}})
    """
    own = nb.metadata.get("papermill", {})
    nb.metadata["papermill"] = {
        "input_path": f"notebooks/{source.name}",
        "parameters": own.get("parameters", {}),
        "exception": own.get("exception"),
    }
    for place, cell in enumerate(nb.cells):
        cell["id"] = f"cell-{place}"
        cell.metadata.pop("execution", None)
        for name in ("start_time", "end_time", "duration"):
            cell.metadata.get("papermill", {}).pop(name, None)
    return nb


def _ending(nb: Any, error: str) -> tuple[Status, str, Kind]:
    for cell in nb.cells:
        faults = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
        if faults:
            kind, text = faults[0].ename, one_line(faults[0].evalue)
            if kind == "NotAvailable" and ours(faults[0]):
                return "not available", text, ""
            return "failed", one_line(f"{kind}: {text}"), kind_of_fault(faults[0])
        if cell.metadata.get("papermill", {}).get("exception"):
            said = error or one_line(f"a cell failed: {cell.source}", 120)
            return "failed", said, kind_of_error(error) if error else "cell"
    return ("failed", error, kind_of_error(error)) if error else ("ok", "", "")


def _has_wordless_figure(nb: Any) -> bool:
    """Whether any page would show a picture that nobody can read out."""
    for cell in filter(shown, nb.cells):
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            pictures = [data[kind] for kind in ("image/svg+xml", "image/png", "image/jpeg") if kind in data]
            told = "text/html" in data or output.get("metadata", {}).get("alt")
            if pictures and not told and "aria-label=" not in str(pictures[0]):
                return True
    return False


def _question(cells: list[Any]) -> str:
    lines = [line for cell in cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    return next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), "")


def _listing(entry: dict[str, Any], lists: Path | None) -> Listing | None:
    """None: its rows were not kept."""
    rows: tuple[tuple[Any, ...], ...] | Lines
    if "rows" in entry:
        rows = tuple(map(tuple, entry["rows"]))
    elif "file" in entry and lists is not None:
        rows = Lines(lists / entry["file"], entry["count"])
    else:
        return None
    return Listing(entry["name"], tuple(entry["columns"]), rows, tuple(entry.get("metrics", ())))


def _metric(name: str, entry: dict[str, Any]) -> Metric:
    """A metric as a notebook or ``metrics.json`` states it; what another version knew besides is passed over."""
    own = {field.name for field in fields_of(Metric)} | {"direction"}
    fields = {key: value for key, value in entry.items() if key in own}
    return Metric(name=name, wanted=fields.pop("direction"), **fields)
