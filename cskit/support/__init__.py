"""Is support ready for more customers, and whom do we hear nothing of?"""

from cskit.support import words
from cskit.support.analysis import Study, study
from cskit.support.flags import flags
from cskit.support.inquiries import times_by_category
from cskit.support.joined import filled
from cskit.support.load import load
from cskit.support.roadmap import community, journeys, roadmap
from cskit.support.silence import silence, silences
from cskit.support.wishes import wishes

__all__ = [
    "Study",
    "community",
    "filled",
    "flags",
    "journeys",
    "load",
    "roadmap",
    "silence",
    "silences",
    "study",
    "times_by_category",
    "wishes",
    "words",
]


def __dir__() -> list[str]:
    """What Tab offers: not the modules that these come from."""
    return __all__
