"""Where do our hours go, and what did the new support modes change?"""

from cskit.workload import words
from cskit.workload.analysis import Study, study

__all__ = ["Study", "study", "words"]
