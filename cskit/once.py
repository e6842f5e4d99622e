"""What several analyses ask of the same data is fetched once.

Writing a query takes longer than the engine needs for its answer. Data never change: what was fetched is kept with
them, and goes with them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import pandas as pd

from cskit.data import Data

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
        answer: Any = found[0] if found else ask(data, *rest, **named)
        if not found:
            kept.append(((rest, named), answer))
        return cast(Answer, answer.copy() if isinstance(answer, pd.DataFrame | pd.Series) else answer)

    return asked
