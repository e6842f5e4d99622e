"""What do we do now, who does it, was it done, and did it help?"""

from cskit.plays import words
from cskit.plays.analysis import Study, study

__all__ = ["Study", "study", "words"]
