"""How is each customer served, and who changed to the new support modes?"""

import numpy as np

from cskit.data.demo.days import FAR, dates, day
from cskit.data.demo.scene import Cast, Scene
from cskit.data.demo.write import Columns, pick, texts

__all__ = ["EVERY", "GROWTH", "LENGTH", "MODES", "OPERATION", "PER_MONTH", "plan_modes", "service_levels"]

MODES = ("weekly", "biweekly", "monthly", "bimonthly", "on_demand", "tech_touch", "operation", "growth")
OPERATION, GROWTH = 6, 7
PER_MONTH = np.array([4, 2, 1, 1, 1, 0, 0, 0])  # regular meetings in a month that has any
EVERY = np.array([1, 1, 1, 2, 3, 1, 3, 3])  # months between such months
CADENCE = np.array([7, 14, 30, 61, np.nan, np.nan, 91, 91])
LENGTH = np.array([30, 30, 40, 45, 45, np.nan, 90, 90])
COHORTS = (("2022-10-01", 0.6), ("2023-01-01", 0.4))  # quarters' first days: whole quarters after are whole months
# Mixes of modes that come to 12 meetings a year on average: weekly 48, biweekly 24, bimonthly 6, on demand 4.
BLOCKS = (((0, 3, 3, 3, 3, 3, 3), 80), ((1, 1, 4, 4, 4), 30), ((1, 3, 3), 12))


def plan_modes(cast: Cast, rng: np.random.Generator) -> None:
    """Add the first mode, the later one and the day of change.

    >>> early = np.full(100, day("2020-04-01"))
    >>> cast = {"route": np.zeros(100, int), "contracted": early, "live": early, "free": np.ones(100, bool)}
    >>> plan_modes(cast, np.random.default_rng(1))
    >>> {MODES[mode]: int((cast["later"] == mode).sum()) for mode in (OPERATION, GROWTH)}
    {'operation': 12, 'growth': 1}
    >>> meetings = 12 * PER_MONTH / EVERY
    >>> float(meetings[cast["mode"][cast["later"] == OPERATION]].mean())  # a year, before they changed
    12.0
    """
    size = len(cast["route"])
    served = rng.choice(6, size=size, p=[0.01, 0.03, 0.24, 0.22, 0.5, 0.0])
    own = rng.choice([4, 5], size=size, p=[0.2, 0.8])
    cast["mode"] = np.where(cast["route"] == 2, own, served)
    cast["moved_on"] = np.full(size, FAR)
    cast["later"] = np.full(size, -1)
    early = (cast["contracted"] <= day("2021-07-01")) & (cast["live"] <= day("2021-08-20")) & (cast["route"] != 2)
    pool = rng.permutation(np.flatnonzero(early & cast["free"]))
    moved = pool[: min(round(0.12 * size), int(0.8 * len(pool)))]
    first = round(COHORTS[0][1] * len(moved))
    for (on, _), who in zip(COHORTS, (moved[:first], moved[first:]), strict=True):
        cast["mode"][who] = _mix(len(who))
        cast["moved_on"][who], cast["later"][who] = day(on), OPERATION
    some = pool[len(moved) :][: max(1, round(0.008 * size))]
    cast["mode"][some], cast["moved_on"][some], cast["later"][some] = 2, day(COHORTS[0][0]), GROWTH


def _mix(size: int) -> np.ndarray:
    """Modes before the change: mostly monthly, 12 meetings a year on average exactly."""
    blocks = [mode for block, every in BLOCKS for _ in range(size // every) for mode in block]
    return np.array(blocks + [2] * (size - len(blocks)), dtype=int)


def service_levels(scene: Scene) -> Columns:
    """The table: the mode from the first contract, and the change.

    >>> import pyarrow as pa
    >>> begin, moved = np.array([day("2021-06-10")]), np.array([day("2022-10-01")])
    >>> cast = {"contracted": begin, "moved_on": moved, "mode": np.array([2]), "later": np.array([OPERATION])}
    >>> made = service_levels(Scene(cast, pa.array(["C1"]), {}, pa.array(["M1"]), seed=1, part=0, held=1.0))
    >>> for row in zip(made["from_on"].astype(str), made["mode"].to_pylist(), made["cadence_days"], strict=True):
    ...     print(*row)
    2021-06-10 monthly 30.0
    2022-10-01 operation 91.0
    """
    cast, rng = scene.cast, scene.rng("service_levels")
    moved = np.flatnonzero(cast["moved_on"] < FAR)
    everybody = np.arange(len(cast["mode"]))
    whose = np.concatenate([everybody, moved])
    mode = np.concatenate([cast["mode"], cast["later"][moved]])
    late = np.arange(len(whose)) >= len(everybody)
    theme = np.where(mode == GROWTH, np.floor(rng.random(len(whose)) * len(texts()["theme"])).astype(int), -1)
    return {
        "customer_id": scene.customer(whose),
        "from_on": dates(np.where(late, cast["moved_on"][whose], cast["contracted"][whose])),
        "mode": pick(MODES, mode),
        "chosen_by": pick(["customer", "us", "default"], np.where(late, (rng.random(len(whose)) < 0.1).astype(int), 2)),
        "cadence_days": CADENCE[mode],
        "minutes": LENGTH[mode],
        "theme": pick(texts()["theme"], theme),
    }
