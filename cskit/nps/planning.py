"""How many answers does the next survey need?"""

from dataclasses import dataclass
from math import ceil

from cskit.metrics import Metric
from cskit.nps.analysis import Study
from cskit.result import Result
from cskit.run import Run
from cskit.stats.nps import answers_needed, visible_change

__all__ = ["STEPS", "Plan", "plan"]

STEPS, POINTS = (5, 10, 20), 10


@dataclass(frozen=True)
class Plan(Result):
    """What the next pair of surveys could show.

    Parameters
    ----------
    needed : dict of int
        Answers each of two waves needs to show a change of so many points 8 times in 10, if answers spread as they do
        now and companies agree as they do now.
    invitations : dict of int
        People to ask for them at the newest rate of scores per invitation; empty where that is not known.
    visible : float
        The change in points that as many answers as now show 8 times in 10.
    points : int
        The change that is to be seen.

    Examples
    --------
    >>> round(plan(run, waves).visible, 2)
    36.4
    """

    needed: dict[int, int]
    invitations: dict[int, int]
    visible: float
    metrics: tuple[Metric, ...]
    points: int = POINTS


def plan(run: Run, study: Study, points: int = POINTS) -> Plan | None:
    """Answers needed and the change that can be seen.

    Parameters
    ----------
    points : int
        The change that is to be seen; ``STEPS`` stand beside it.

    Returns
    -------
    Plan or None
        None without two waves, or where all answers fall into one category: then nothing says how they will spread.

    Examples
    --------
    >>> round(plan(run, waves).visible, 2)
    36.4
    """
    now, before, moved = study.now, study.before, study.change
    if before is None or moved is None or now.counts.variance + before.counts.variance < 1e-9:
        return None
    # The next wave cannot count on the same companies: what they share is not taken off.
    rest = {"confidence": study.confidence, "effect": max(moved.effect, 1.0)}
    steps = sorted({*STEPS, points})
    needed = {step: answers_needed(now.counts, before.counts, step, **rest) for step in steps}
    rate = now.answers / study.response.invited if study.response else 0.0
    asked = {step: ceil(n / rate) for step, n in needed.items()} if rate else {}
    metric = run.metric("nps.answers_for_10_points", needed[POINTS], "assumed", n=now.answers + before.answers)
    return Plan(needed, asked, visible_change(now.counts, before.counts, **rest), (metric,), points)
