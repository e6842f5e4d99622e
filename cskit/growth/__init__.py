"""What stays of our revenue, who left, and what comes up for renewal?"""

from cskit.growth import words
from cskit.growth.analysis import Study, study

__all__ = ["Study", "study", "words"]
