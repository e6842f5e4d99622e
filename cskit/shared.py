"""What one notebook of a run has worked out, the next need not work out again.

Within ``cskit run`` the results of an analysis are kept in the folder through which the data were handed over, for
the length of the run and no longer. Everywhere else a shared function is the function itself.
"""

import hashlib
import os
import pickle
from collections.abc import Callable
from dataclasses import is_dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from cskit.data.exchange import found_or_made
from cskit.data.handover import HANDED

if TYPE_CHECKING:
    from cskit.run import Run

__all__ = ["shared"]

Rest = ParamSpec("Rest")
Result = TypeVar("Result")


def shared(analysis: "Callable[Concatenate[Run, Rest], Result]") -> "Callable[Concatenate[Run, Rest], Result]":
    """An analysis whose result all notebooks of a run share: a function of the run and of other results.

    It must depend on nothing else. A result that was made with words in it is shared among notebooks of its language.

    Examples
    --------
    >>> @shared
    ... def customers(run):
    ...     print("counting")
    ...     return run.data.rows["customers"]
    >>> from tempfile import TemporaryDirectory
    >>> from unittest.mock import patch
    >>> with TemporaryDirectory() as folder, patch.dict(os.environ, {HANDED: folder}):  # as within cskit run
    ...     customers(run) + customers(run)
    counting
    1000
    """

    @wraps(analysis)
    def asked(run: "Run", /, *rest: Rest.args, **named: Rest.kwargs) -> Result:
        stem = _place(analysis, run, (*rest, *sorted(named.items())))
        if stem is None:
            return analysis(run, *rest, **named)
        spoken = stem.with_suffix(f".{run.params.lang}")
        return _known(found_or_made(stem, lambda: analysis(run, *rest, **named), spoken), stem)

    return asked


def _place(analysis: Callable[..., Any], run: "Run", rest: tuple[object, ...]) -> Path | None:
    """Where a result would lie; None outside a run, or where what it depends on cannot be written down."""
    handed = os.environ.get(HANDED)
    if not handed or not Path(handed).is_dir():
        return None
    params = run.params
    known = [_origins[id(one)][1] if id(one) in _origins else one for one in rest]
    about = (params.period, params.compare_to, params.data, params.settings, run.data.as_of, known)
    try:
        told = pickle.dumps(about, protocol=pickle.HIGHEST_PROTOCOL)
    except (TypeError, AttributeError, pickle.PicklingError):
        return None
    name = hashlib.sha256(f"{analysis.__module__}.{analysis.__qualname__}".encode() + told).hexdigest()
    return Path(handed) / "shared" / name


# Results by their place in memory: another analysis that is given one is told by where it came from. They are held, so
# that no other object can take the place.
_origins: dict[int, tuple[object, str]] = {}


def _known(result: Result, stem: Path) -> Result:
    if is_dataclass(result):
        _origins[id(result)] = (result, stem.name)
    return result
