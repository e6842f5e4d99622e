"""A notebook run in this very process, without a kernel: what comes out is what a kernel would have sent.

For processes that were forked to run one notebook and end. A kernel takes a quarter of a second to start and to talk
to, which is more than a customer's review takes to make.
"""

from typing import Any

from IPython.core.interactiveshell import InteractiveShell

__all__ = ["parameterised", "run_cells", "shell"]

SKIPPED = "analyst"


def shell() -> "Shell":
    """The shell to run in; made before the fork, it need not be made after it.

    It keeps what went wrong; here without its start, which takes over the process.

    >>> own = Shell.__new__(Shell)
    >>> own.kept = []
    >>> own._showtraceback(ValueError, ValueError("no such row"), [])
    >>> own.kept[0].ename, own.kept[0].evalue
    ('ValueError', 'no such row')
    """
    from traitlets.config import Config

    own: Shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    return own


class Shell(InteractiveShell):
    """Keeps what a cell shows instead of printing it."""

    kept: list[Any]

    def init_display_formatter(self) -> None:
        super().init_display_formatter()
        self.kept = []

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        from nbformat.v4 import new_output

        self.kept.append(new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb)))

    def enable_gui(self, gui: Any = None) -> None:
        """Nothing is shown in a window."""


def parameterised(nb: Any, values: dict[str, Any]) -> Any:
    """A notebook with parameters injected by papermill's own hand.

    >>> from nbformat import v4
    >>> cell = v4.new_code_cell('lang = "en"', metadata={"tags": ["parameters"]})
    >>> [one.source for one in parameterised(v4.new_notebook(cells=[cell]), {"lang": "ja"}).cells]
    ['lang = "en"', '# Parameters\\nlang = "ja"\\n']
    """
    from papermill.parameterize import parameterize_notebook

    nb.metadata.setdefault("papermill", {})
    for cell in nb.cells:
        cell.metadata.setdefault("tags", [])
    return parameterize_notebook(nb, values, kernel_name="python3", language="python", engine_name="cskit")


def run_cells(nb: Any) -> Any:
    """Run every code cell that is not for analysts alone, up to the first that fails; the outputs go into the notebook.

    Parameters
    ----------
    nb : NotebookNode
        With its parameters injected; it is changed.

    Examples
    --------
    A cell for analysts is passed over, whatever it holds; the shell, which takes over the process, is left out here.

    >>> from unittest.mock import patch
    >>> from nbformat import v4
    >>> cell = v4.new_code_cell("1 / 0", metadata={"tags": ["analyst"]})
    >>> with patch(f"{__name__}.shell"):
    ...     run_cells(v4.new_notebook(cells=[cell])).cells[0].outputs
    []
    """
    own, count = shell(), 0
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        if SKIPPED in cell.metadata.get("tags", ()):
            continue
        count += 1
        if _run(own, cell, count):
            nb.metadata.setdefault("papermill", {})["exception"] = True
            break
    return nb


def _run(own: Shell, cell: Any, count: int) -> bool:
    """One cell; whether it failed."""
    from IPython.core.displayhook import CapturingDisplayHook
    from IPython.utils.capture import capture_output
    from nbformat.v4 import new_output

    results: list[Any] = []
    own.display_trap.hook = CapturingDisplayHook(shell=own, outputs=results)
    own.kept = []
    cell.execution_count = count
    with capture_output() as printed:
        ended = own.run_cell(cell.source, store_history=True)
    for name, text in (("stdout", printed.stdout), ("stderr", printed.stderr)):
        if text:
            cell.outputs.append(new_output("stream", name=name, text=text))
    for shown in printed.outputs:
        cell.outputs.append(new_output("display_data", data=shown.data, metadata=shown.metadata or {}))
    for shown in results:
        made = {"data": shown["data"], "metadata": shown["metadata"], "execution_count": count}
        cell.outputs.append(new_output("execute_result", **made))
    cell.outputs += own.kept
    return not ended.success
