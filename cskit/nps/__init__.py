"""Would customers recommend us, and is the change more than luck?"""

from cskit.nps import words
from cskit.nps.analysis import Study, study
from cskit.nps.comments import comments
from cskit.nps.events import events
from cskit.nps.panel import paired
from cskit.nps.planning import plan
from cskit.nps.segments import segments
from cskit.nps.silent import silent
from cskit.nps.weighting import votes

__all__ = ["Study", "comments", "events", "paired", "plan", "segments", "silent", "study", "votes", "words"]


def __dir__() -> list[str]:
    """What Tab offers: not the modules that these come from."""
    return __all__
