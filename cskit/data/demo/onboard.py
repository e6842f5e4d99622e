"""How did customers start, step by step?"""

import numpy as np
import pyarrow as pa

from cskit.data.demo.customers import ROUTES
from cskit.data.demo.days import END, FAR, between, dates, day, spans
from cskit.data.demo.scene import Scene
from cskit.data.demo.team import in_charge
from cskit.data.demo.write import Columns, pick, texts

__all__ = ["PLANNED", "onboarded", "onboardings", "steps"]

PLANNED = np.array([90, 60, 45])  # days by route
VERSIONS = ("v1", "v2", "v3")
VERSION_FROM = np.array([day("2021-01-12"), day("2022-01-11")])
TRIED = 3, 50  # high-touch onboardings on which a version is tried before, and days from when on
CUSTOMERS_TURN = np.array([0, 0, 1, 0, 1])  # of the steps: data and first use are theirs


def onboarded(scene: Scene) -> np.ndarray:
    """Customers with an onboarding on record, in the order they started.

    >>> cast = {"started": np.array([FAR, day("2021-05-01"), day("2020-06-01")])}
    >>> onboarded(Scene(cast, pa.array(["C1", "C2", "C3"]), {}, pa.array(["M1"]), seed=1, part=0, held=1.0)).tolist()
    [2, 1]
    """
    who = np.flatnonzero(scene.cast["started"] < FAR)
    return who[np.argsort(scene.cast["started"][who], kind="stable")]


def onboardings(scene: Scene, who: np.ndarray) -> Columns:
    """One each.

    >>> cast = {"route": np.array([0, 0, 2]), "started": np.array([day("2020-10-01"), *[day("2020-12-01")] * 2])}
    >>> cast |= dict.fromkeys(("completed", "churn", "change_on"), np.full(3, FAR))
    >>> cast |= dict.fromkeys(("first_csm", "second_csm"), np.zeros(3, int))
    >>> team = {"left": np.array([FAR]), "heir": np.array([0])}
    >>> scene = Scene(cast, pa.array(["C1", "C2", "C3"]), team, pa.array(["M1"]), seed=1, part=0, held=1.0)
    >>> made = onboardings(scene, np.arange(3))  # v2 is for all from 2021-01-12; the second tries it before
    >>> [made[name].to_pylist() for name in ("route", "flow_version", "csm_id")]
    [['high_touch', 'high_touch', 'self'], ['v1', 'v2', 'v1'], ['M1', 'M1', None]]
    """
    cast, rng = scene.cast, scene.rng("onboardings")
    started, route = cast["started"][who], cast["route"][who]
    guide = np.where(route == 2, -1, in_charge(cast, scene.team, who, started))
    planned = np.where(rng.random(len(who)) < 0.04, FAR, started + PLANNED[route])
    return {
        "customer_id": scene.customer(who),
        "product": pick(["予約管理"], np.zeros(len(who))),
        "route": pick(ROUTES, route),
        "flow_version": pick(VERSIONS, _versions(started, route)),
        "started_on": dates(started),
        "due_on": dates(planned),
        "completed_on": dates(np.where(cast["completed"][who] <= cast["churn"][who], cast["completed"][who], FAR)[:]),
        "csm_id": scene.member(guide),
    }


def _versions(started: np.ndarray, route: np.ndarray) -> np.ndarray:
    """Which version of the flow each follows: the newest, and a few the one to come."""
    version = np.searchsorted(VERSION_FROM, started, side="right")
    for number, begin in enumerate(VERSION_FROM, start=1):
        early = np.flatnonzero((route == 0) & (started >= begin - TRIED[1]) & (started < begin))
        version[early[: TRIED[0]]] = number
    return version


def steps(scene: Scene, who: np.ndarray, names: pa.Array) -> Columns:
    """Five steps each; what is completed has all of them, what is not is somewhere between.

    >>> cast = {"started": np.full(2, day("2021-06-01")), "completed": np.array([day("2021-08-20"), FAR])}
    >>> cast |= {"days": np.full(2, 80), "churn": np.full(2, FAR), "route": np.zeros(2, int)}
    >>> scene = Scene(cast, pa.array(["C1", "C2"]), {}, pa.array(["M1"]), seed=1, part=0, held=1.0)
    >>> made = steps(scene, np.arange(2), pa.array(["done", "given up"]))
    >>> for row in zip(made["onboarding_id"].to_pylist(), made["step"].to_pylist(), made["done_on"], strict=True):
    ...     print(*row)
    done kick-off 2021-06-10
    done configuration 2021-07-09
    done data import 2021-07-18
    done training 2021-08-08
    done first use 2021-08-20
    given up kick-off 2021-06-25
    given up configuration 2021-08-04
    given up data import 2021-08-31
    given up training NaT
    given up first use NaT
    """
    cast, rng = scene.cast, scene.rng("steps")
    size, count = len(who), len(texts()["step"])
    started, done = cast["started"][who], cast["completed"][who]
    given_up = (done == FAR) & (started + cast["days"][who] <= END)
    end = np.where(done < FAR, done, started + cast["days"][who] + given_up * between(rng, 30, 200, size))
    share = np.sort(rng.random((size, count - 1)), axis=1) * 0.5 + np.arange(1, count) / count * 0.5
    ends = started[:, None] + np.floor(np.column_stack([share, np.ones(size)]) * (end - started)[:, None]).astype(int)
    begins = np.column_stack([started, ends[:, :-1]])
    reached = ends <= END
    # An onboarding given up has its last steps open for ever.
    reached &= ~(given_up[:, None] & (np.arange(count) >= between(rng, 1, 4, size)[:, None]))
    reached &= ends <= cast["churn"][who][:, None]
    begun = np.column_stack([np.ones(size, bool), reached[:, :-1]]) & (begins <= END)
    row, number = spans(np.full(size, count))
    planned = started[row] + (PLANNED[cast["route"][who]][row] * (number + 1) // count)
    return {
        "onboarding_id": pick(names, row),
        "step": pick(texts()["step"], number),
        "responsible": pick(["cs", "customer"], np.where(cast["route"][who][row] == 2, 1, CUSTOMERS_TURN[number])),
        "started_on": dates(np.where(begun.ravel(), begins.ravel(), FAR)),
        "due_on": dates(planned),
        "done_on": dates(np.where(reached.ravel(), ends.ravel(), FAR)),
    }
