"""Which customers are well, which are at risk, and how much of that do we know?"""

from cskit.health import words
from cskit.health.analysis import Study, study

__all__ = ["Study", "study", "words"]
