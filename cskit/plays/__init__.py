"""What do we do now, who does it, was it done, and did it help?"""

from cskit.plays import words
from cskit.plays.analysis import Study, study

__all__ = ["Study", "study", "words"]


def __dir__() -> list[str]:
    """What Tab offers: not the modules that these come from."""
    return __all__
