"""What a slider asks for again and again is made once, until something else is asked for."""

from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["Latest"]

Asked = TypeVar("Asked")
Made = TypeVar("Made")


class Latest(Generic[Asked, Made]):
    """A function that holds its last answer. Settings cannot be hashed: ``functools.lru_cache`` does not take them.

    Parameters
    ----------
    make : callable
        Of one argument, which is compared by ``==``.
    begun : tuple of (asked, made) or None
        An answer that is there already.

    Examples
    --------
    >>> doubled = Latest(lambda asked: [2 * one for one in asked], ([1], [2]))
    >>> doubled([1]), doubled([1, 2]), doubled([1, 2]) is doubled([1, 2])
    ([2], [2, 4], True)
    """

    def __init__(self, make: Callable[[Asked], Made], begun: tuple[Asked, Made] | None = None):
        self._make, self._held = make, begun

    def __call__(self, asked: Asked) -> Made:
        held = self._held
        if held is None or (held[0] is not asked and held[0] != asked):
            self._held = held = asked, self._make(asked)
        return held[1]
