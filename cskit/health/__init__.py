"""Which customers are well, which are at risk, and how much of that do we know?"""

from cskit.health import words
from cskit.health.analysis import Study, grades, study
from cskit.health.backtest import backtest
from cskit.health.flags import flags
from cskit.health.history import ages, history
from cskit.health.moved import moved
from cskit.health.other_weights import learnt, sensitivity

__all__ = [
    "Study",
    "ages",
    "backtest",
    "flags",
    "grades",
    "history",
    "learnt",
    "moved",
    "sensitivity",
    "study",
    "words",
]


def __dir__() -> list[str]:
    """What Tab offers: not the modules that these come from."""
    return __all__
