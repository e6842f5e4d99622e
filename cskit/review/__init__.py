"""Where does a customer want to be, where is it, and what do we do about it together?"""

from cskit.review import words
from cskit.review.analysis import Study, study
from cskit.review.records import chosen, records

__all__ = ["Study", "chosen", "records", "study", "words"]


def __dir__() -> list[str]:
    """What Tab offers: not the modules that these come from."""
    return __all__
