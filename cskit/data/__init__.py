"""The tables: what there is, how exports become it, whether they are sound, and what was known on a day."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cskit.data.asof import Data
    from cskit.data.opening import open_data

__all__ = ["Data", "open_data"]


def __getattr__(name: str) -> Any:
    """The engine is loaded when it is first needed: ``cskit --help`` and a run with nothing to do go without it."""
    if name == "Data":
        from cskit.data.asof import Data

        return Data
    if name == "open_data":
        from cskit.data.opening import open_data

        return open_data
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
