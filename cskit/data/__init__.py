"""The tables: what there is, how exports become it, whether they are sound, and what was known on a day."""

from cskit.data.asof import Data
from cskit.data.opening import open_data

__all__ = ["Data", "open_data"]
