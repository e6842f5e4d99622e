"""Would customers recommend us, and is the change more than luck?"""

from cskit.nps import words
from cskit.nps.analysis import Study, study

__all__ = ["Study", "study", "words"]
