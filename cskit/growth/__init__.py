"""What stays of our revenue, who left, and what comes up for renewal? And which phase of growth are we in?"""

from cskit.growth import words
from cskit.growth.analysis import Study, study
from cskit.growth.page import Page, page
from cskit.growth.signs import watched_since

__all__ = ["Page", "Study", "page", "study", "watched_since", "words"]


def __dir__() -> list[str]:
    """What Tab offers: not the modules that these come from."""
    return __all__
