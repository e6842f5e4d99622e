"""How many people must be there so that nobody waits long?"""

from dataclasses import dataclass
from math import ceil, exp

__all__ = ["Queue", "agents_needed", "erlang_c"]


@dataclass(frozen=True, slots=True)
class Queue:
    """An inbound queue in balance.

    Parameters
    ----------
    agents : int
    waiting : float
        Chance that somebody who calls has to wait.
    service_level : float
        Share answered within the time aimed at.
    wait : float
        Mean wait of all, in the unit of the handling time.
    occupancy : float
        Share of their time in which the agents are busy.

    Examples
    --------
    >>> hall = erlang_c(100 / 1800, 180, 14, 20)
    >>> round(hall.waiting, 4), round(hall.service_level, 3), round(hall.occupancy, 4)
    (0.1741, 0.888, 0.7143)
    """

    agents: int
    waiting: float
    service_level: float
    wait: float
    occupancy: float


def erlang_c(arrivals: float, handling: float, agents: int, within: float) -> Queue | None:
    """The queue of so many agents, where nobody hangs up.

    Parameters
    ----------
    arrivals : float
        Per unit of time.
    handling : float
        Mean time an inquiry takes, in the same unit.
    agents : int
    within : float
        Time to be answered in, in the same unit.

    Returns
    -------
    Queue or None
        None where more comes in than so many can handle: the queue would only grow.

    References
    ----------
    Erlang (1917). Worked example of the R package ErlangC: 100 calls in 30 minutes of 180 seconds, 14 agents, 20
    seconds.

    Examples
    --------
    >>> hall = erlang_c(100 / 1800, 180, 14, 20)
    >>> round(hall.waiting, 4), round(hall.service_level, 3), round(hall.occupancy, 4)
    (0.1741, 0.888, 0.7143)
    """
    load = arrivals * handling
    if agents <= load or handling <= 0:
        return None
    blocked = 1.0  # Erlang B by its recursion: stable where factorials overflow
    for place in range(1, agents + 1):
        blocked = load * blocked / (place + load * blocked)
    occupancy = load / agents
    waiting = blocked / (1 - occupancy * (1 - blocked))
    free = agents - load
    return Queue(agents, waiting, 1 - waiting * exp(-free * within / handling), waiting * handling / free, occupancy)


def agents_needed(arrivals: float, handling: float, within: float, level: float, shrinkage: float = 0.0) -> int:
    """The fewest on shift so that a share of the inquiries is answered in time.

    Parameters
    ----------
    level : float
        Share to be answered ``within``, below 1.
    shrinkage : float
        Share of the shift in which an agent is not at hand: breaks, meetings.

    Examples
    --------
    >>> agents_needed(100 / 1800, 180, 20, 0.8, shrinkage=0.3)
    20
    """
    agents = int(arrivals * handling) + 1
    while (queue := erlang_c(arrivals, handling, agents, within)) is None or queue.service_level < level:
        agents += 1
    return ceil(agents / (1 - shrinkage) - 1e-9)
