"""Why could a report not be made? The team reads the message, which may quote the data; everybody else its kind."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from cskit.i18n import _
from cskit.report.limits import TOO_LONG, TOO_MUCH

if TYPE_CHECKING:
    from cskit.report.outputs import Finding
    from cskit.report.pages import Pack

__all__ = ["Kind", "Trouble", "kind_of_error", "kind_of_fault", "ours", "said_of", "trouble_of"]

Kind = Literal["", "cell", "data", "setting", "figure", "time", "memory", "process", "run"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a page says in place of a report.

    Parameters
    ----------
    question : str
        Of the report, as the reader sees it.
    status : {"failed", "not available"}
    why : str
        What this audience may know of it.
    more, place : str
        What there is more, and where; empty where there is no more.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from cskit.params import resolve
    >>> from cskit.report.outputs import Finding
    >>> from cskit.report.pages import Pack
    >>> pack = Pack.of(resolve({"period": "2023Q2"}), ("en",), datetime(2023, 7, 3, tzinfo=UTC))
    >>> trouble_of("churn", "Who leaves?", Finding("failed", "KeyError: '株式会社あおぞら'", trouble="cell"), pack)
    Trouble(question='Who leaves?', status='failed', why='A cell of the notebook failed.',
        more='The team finds the whole message in', place='internal/en/churn.html')
    """

    question: str
    status: str
    why: str
    more: str = ""
    place: str = ""


def trouble_of(name: str, question: str, finding: "Finding", pack: "Pack") -> Trouble | None:
    """What the pack's audience is told of a report; None of one that is there.

    What is not available names tables and columns only (:class:`cskit.errors.NotAvailable`): everybody reads it.

    >>> from dataclasses import replace
    >>> from datetime import UTC, datetime
    >>> from cskit.params import resolve
    >>> from cskit.report.outputs import Finding
    >>> from cskit.report.pages import Pack
    >>> pack = Pack.of(resolve({"period": "2023Q2"}), ("en",), datetime(2023, 7, 3, tzinfo=UTC))
    >>> failed = Finding("failed", "KeyError: '株式会社あおぞら'", trouble="cell")
    >>> [
    ...     trouble_of("churn", "Who leaves?", failed, replace(pack, audience=audience)).why
    ...     for audience in ("internal", "leadership")
    ... ]
    ["KeyError: '株式会社あおぞら'", 'A cell of the notebook failed.']
    """
    if finding.status == "ok":
        return None
    if finding.status == "not available":
        return Trouble(question, finding.status, finding.message)
    if pack.audience == "internal":
        copy = f"internal/notebooks/{pack.lang}/{name}.ipynb"
        return Trouble(question, "failed", finding.message, _("The executed notebook with the error:"), copy)
    page = f"internal/{pack.lang}/{name}.html"
    return Trouble(question, "failed", said_of(finding), _("The team finds the whole message in"), page)


def said_of(finding: "Finding") -> str:
    """Why a report failed, in words that hold nothing of the data.

    >>> from cskit.report.outputs import Finding
    >>> said_of(Finding("failed", "KeyError: '株式会社あおぞら'", trouble="cell"))
    'A cell of the notebook failed.'
    >>> said_of(Finding("failed", "DeadKernelError: Kernel died"))
    'It could not be run to its end.'
    """
    kinds: dict[Kind, str] = {
        "cell": _("A cell of the notebook failed."),
        "data": _("The data have faults and could not be used."),
        "setting": _("A setting could not be used."),
        "figure": _("A figure has no alternative text."),
        "time": _("It took longer than it may, and was ended."),
        "memory": _("It needed more memory than it may have."),
        "process": _("The process that ran it ended before it was done."),
        "run": _("It could not be run to its end."),
    }
    return kinds.get(finding.trouble) or kinds["run"]


def ours(fault: Any) -> bool:
    """Whether a cell ended in a fault of cskit's own: :func:`cskit.run.start` has those alone shown as their text.

    >>> from nbformat.v4 import new_output
    >>> said = 'lang: found "fr"; it is one of en, ja.'
    >>> ours(new_output("error", ename="SettingsError", evalue=said, traceback=[said]))
    True
    >>> ours(new_output("error", ename="SettingsError", evalue=said, traceback=["in line 1", "in line 7"]))
    False
    """
    return list(fault.traceback) == [fault.evalue]


def kind_of_fault(fault: Any) -> Kind:
    """Of what a cell ended in.

    An error of somebody else's that is called like ours is not taken for ours:

    >>> from nbformat.v4 import new_output
    >>> said = "customers.csv: 2 faults"
    >>> for trace in ([said], ["in line 1", "in line 7"]):
    ...     kind_of_fault(new_output("error", ename="DataError", evalue=said, traceback=trace))
    'data'
    'cell'
    """
    own: dict[str, Kind] = {"DataError": "data", "SettingsError": "setting"}
    if fault.ename == "MemoryError":
        return "memory"
    return own.get(fault.ename, "cell") if ours(fault) else "cell"


def kind_of_error(error: str) -> Kind:
    """Of what went wrong outside the cells.

    >>> kind_of_error("it took longer than 30 minutes, in the cell: x"), kind_of_error("DeadKernelError: Kernel died")
    ('time', 'process')
    """
    begins: dict[str, Kind] = {TOO_LONG: "time", TOO_MUCH: "memory", "DeadKernelError": "process"}
    return next((kind for start, kind in begins.items() if error.startswith(start)), "run")
