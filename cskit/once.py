"""What several analyses ask of the same data is fetched once.

Writing a query takes longer than the engine needs for its answer. Data never change: what was fetched is kept with
them, and goes with them; within ``cskit run`` the other notebooks find it, too.
"""

import hashlib
import pickle
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import pandas as pd

from cskit.data import Data
from cskit.data.exchange import found_or_made

__all__ = ["once"]

Rest = ParamSpec("Rest")
Answer = TypeVar("Answer")


def once(ask: Callable[Concatenate[Data, Rest], Answer]) -> Callable[Concatenate[Data, Rest], Answer]:
    """A function of data, and of arguments that can be compared, worked out once for each.

    Whoever asks gets a table of their own, which they may change.

    Examples
    --------
    >>> from datetime import date
    >>> @once
    ... def ask(data):
    ...     print("asked")
    ...     return data.as_of.year
    >>> data = Data(date(2023, 6, 30))
    >>> ask(data), ask(data)
    asked
    (2023, 2023)
    """

    @wraps(ask)
    def asked(data: Data, /, *rest: Rest.args, **named: Rest.kwargs) -> Answer:
        kept = data._asked.setdefault((ask, data.as_of), [])
        found = [answer for known, answer in kept if known == (rest, named)]
        answer: Any = found[0] if found else _answer(ask, data, rest, named)
        if not found:
            kept.append(((rest, named), answer))
        return cast(Answer, answer.copy() if isinstance(answer, pd.DataFrame | pd.Series) else answer)

    return asked


def _answer(ask: Callable[..., Any], data: Data, rest: tuple[object, ...], named: dict[str, object]) -> Any:
    """What another notebook of the run was told, or what is found now."""
    place = _place(ask, data, rest, named)
    return found_or_made(place, lambda: ask(data, *rest, **named)) if place else ask(data, *rest, **named)


def _place(ask: Callable[..., Any], data: Data, rest: tuple[object, ...], named: dict[str, object]) -> Path | None:
    """Where other notebooks would leave an answer; None where there are none."""
    if data._answers is None:
        return None
    about = (ask.__module__, ask.__qualname__, data.as_of, rest, sorted(named.items()))
    return data._answers / hashlib.sha256(pickle.dumps(about, protocol=pickle.HIGHEST_PROTOCOL)).hexdigest()
