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
    """Mark an executed notebook with what made it; last of all, so that a half-written one carries no mark."""
    nb.metadata[MARK] = {"identity": identity}


def stamp_error(nb: Any, error: str) -> None:
    """Mark a failed notebook with what its cells do not say; it may quote the data, and the copy is the team's."""
    nb.metadata[MARK] = {"error": error}


def error_of(nb: Any) -> str:
    """What an executed notebook was marked with when it failed; empty where its cells say all there is."""
    return str(nb.metadata.get(MARK, {}).get("error", ""))


def identity_of(copy: Path) -> str:
    """What made an executed notebook; empty for one that is not there, torn or not whole."""
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
    """Copy the long lists of an executed notebook to where those of another lie."""
    if beside(copy).is_dir():
        shutil.copytree(beside(copy), beside(target), dirs_exist_ok=True)
