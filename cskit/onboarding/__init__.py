"""How do customers come on board, how long does it take, and do we know them afterwards?"""

from cskit.onboarding import topics, words
from cskit.onboarding.analysis import Study, study

__all__ = ["Study", "study", "topics", "words"]


def __dir__() -> list[str]:
    """What Tab offers: not the modules that these come from."""
    return __all__
