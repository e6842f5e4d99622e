"""Where do our hours go, what did the new support modes change, and will the hours suffice?"""

from cskit.workload import words
from cskit.workload.analysis import Study, study
from cskit.workload.calendar import calendar
from cskit.workload.cost import costs, monthly
from cskit.workload.inbound import inbound
from cskit.workload.initiatives import initiatives
from cskit.workload.outlook import moved, outlook
from cskit.workload.people import people
from cskit.workload.plans import plans
from cskit.workload.rollout import rollout
from cskit.workload.served import projects, served
from cskit.workload.whatif import mixes

__all__ = [
    "Study",
    "calendar",
    "costs",
    "inbound",
    "initiatives",
    "mixes",
    "monthly",
    "moved",
    "outlook",
    "people",
    "plans",
    "projects",
    "rollout",
    "served",
    "study",
    "words",
]


def __dir__() -> list[str]:
    """What Tab offers: not the modules that these come from."""
    return __all__
