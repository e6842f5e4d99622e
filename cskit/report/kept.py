"""Which notebooks need not be run again? Those whose identity an executed copy carries: of an earlier run, or of one
that was killed before it was done.
"""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cskit.lines import beside

if TYPE_CHECKING:
    from cskit.report.execute import Job

__all__ = ["error_of", "identity_of", "stamp", "stamp_error", "take_lists", "take_over"]

MARK = "cskit"


def stamp(nb: Any, identity: str) -> None:
    """Mark an executed notebook with what made it; last of all, so that a half-written one carries no mark.

    >>> from nbformat import v4
    >>> nb = v4.new_notebook()
    >>> stamp(nb, "of these data and this code")
    >>> nb.metadata["cskit"]
    {'identity': 'of these data and this code'}
    """
    nb.metadata[MARK] = {"identity": identity}


def stamp_error(nb: Any, error: str) -> None:
    """Mark a failed notebook with what its cells do not say; it may quote the data, and the copy is the team's.

    >>> from nbformat import v4
    >>> nb = v4.new_notebook(metadata={"cskit": {"identity": "of these data and this code"}})
    >>> stamp_error(nb, "DeadKernelError: Kernel died")
    >>> nb.metadata["cskit"]  # nobody takes it over any more
    {'error': 'DeadKernelError: Kernel died'}
    """
    nb.metadata[MARK] = {"error": error}


def error_of(nb: Any) -> str:
    """What an executed notebook was marked with when it failed; empty where its cells say all there is.

    >>> from nbformat import v4
    >>> error_of(v4.new_notebook(metadata={"cskit": {"error": "DeadKernelError: Kernel died"}}))
    'DeadKernelError: Kernel died'
    >>> error_of(v4.new_notebook())
    ''
    """
    return str(nb.metadata.get(MARK, {}).get("error", ""))


def identity_of(copy: Path) -> str:
    """What made an executed notebook; empty for one that is not there, torn or not whole.

    >>> from tempfile import TemporaryDirectory
    >>> whole = json.dumps({"metadata": {"cskit": {"identity": "of these data"}}})
    >>> with TemporaryDirectory() as folder:
    ...     for name, text in (("whole", whole), ("torn", whole[:-1])):
    ...         done = Path(folder, name).write_text(text, encoding="utf-8")
    ...     [identity_of(Path(folder, name)) for name in ("whole", "torn", "never written")]
    ['of these data', '', '']
    """
    try:
        return str(json.loads(copy.read_text(encoding="utf-8"))["metadata"][MARK]["identity"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def take_over(job: "Job", stage: Path, earlier: Iterable[Path]) -> Path | None:
    """Copy an executed notebook of the same identity to where the job's would go.

    Parameters
    ----------
    job : Job
    stage : Path
        The run that is being made.
    earlier : iterable of Path
        Folders of other runs, the most trusted first.

    Returns
    -------
    Path or None
        The run it was taken from; None where there is none: the notebook has to be run.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from nbformat import v4
    >>> from cskit.report.execute import Job
    >>> from cskit.report.ipynb import write_notebook
    >>> from cskit.report.notebooks import Notebook
    >>> book = Notebook("nps", Path("03_nps.ipynb"))
    >>> with TemporaryDirectory() as folder:
    ...     stage, earlier = Path(folder, "now"), [Path(folder, name) for name in ("other", "same")]
    ...     for place in earlier:
    ...         write_notebook(v4.new_notebook(metadata={"cskit": {"identity": place.name}}), place / "nps.ipynb")
    ...     found = take_over(Job(book, run.params, "en", stage / "nps.ipynb", "same"), stage, earlier)
    ...     found.name, identity_of(stage / "nps.ipynb")
    ('same', 'same')
    """
    within = job.target.relative_to(stage)
    for run in earlier:
        if job.identity and identity_of(run / within) == job.identity:
            job.target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(run / within, job.target)
            take_lists(run / within, job.target)
            return run
    return None


def take_lists(copy: Path, target: Path) -> None:
    """Copy the long lists of an executed notebook to where those of another lie.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "before.lists").mkdir()
    ...     Path(folder, "before.lists/answers.jsonl").touch()
    ...     take_lists(Path(folder, "before.ipynb"), Path(folder, "now.ipynb"))
    ...     [path.name for path in Path(folder, "now.lists").iterdir()]
    ['answers.jsonl']
    """
    if beside(copy).is_dir():
        shutil.copytree(beside(copy), beside(target), dirs_exist_ok=True)
