"""How do customers use the product? Rows by customer, day and feature, and one for all features."""

import numpy as np

from cskit.data.demo.days import END, START, month_of, spans
from cskit.data.demo.risk import FADING, STOPPED
from cskit.data.demo.scene import Scene
from cskit.data.demo.write import Columns, pick, texts

__all__ = ["usage"]

# Use by month, January first: little around New Year and in August, much before the fiscal year ends.
SEASON = np.array([0.9, 0.97, 1.06, 1.04, 0.94, 1.0, 1.0, 0.9, 1.0, 1.02, 1.04, 0.92])
SHARE = np.array([0.46, 0.22, 0.15, 0.1, 0.07])  # of all uses, by the order in which a customer took features up


def usage(scene: Scene, step: int) -> Columns:
    """One day in ``step`` is on record for each customer measured, from going live on.

    A row's events are those of the whole step, so that uses in a window do not depend on how often they are written.

    >>> import pyarrow as pa
    >>> from cskit.data.demo.days import FAR, day
    >>> one = {"live": day("2023-01-09"), "contracted": day("2022-12-01"), "churn": FAR, "good_from": FAR, "feed": True}
    >>> one |= {"kind": STOPPED, "spell_from": day("2023-01-23"), "spell_to": FAR}
    >>> one |= {"rhythm_factor": 1.0, "fiscal_year_end": 3, "seats": [10] * 8}
    >>> cast = {trait: np.array([value]) for trait, value in one.items()}
    >>> made = usage(Scene(cast, pa.array(["C1"]), {}, pa.array(["M1"]), seed=1, part=0, held=1.0), step=7)
    >>> for row in zip(made["on"], made["feature"].to_pylist(), made["active_users"], made["events"], strict=True):
    ...     print(*row)
    2023-01-14 None 5 12
    2023-01-14 reservations 3 5
    2023-01-21 None 5 12
    2023-01-21 reservations 4 6
    """
    cast, rng = scene.cast, scene.rng("usage")
    size = len(cast["live"])
    level = _levels(cast, rng)
    first = np.maximum(cast["live"], START) + np.floor(step * rng.random(size)).astype(int)
    # Above a week a window of use holds one row: 28 days, or the customer's own rhythm times as long.
    every = np.full(size, step) if step <= 7 else (step * cast["rhythm_factor"]).astype(int)
    last = np.minimum(cast["churn"], END)
    whose, number = spans(np.where(cast["feed"] & (cast["live"] < END), (last - first) // every + 1, 0))
    on = first[whose] + every[whose] * number
    bad = (cast["spell_from"][whose] <= on) & (on < cast["spell_to"][whose])
    stays = ~(bad & (cast["kind"][whose] == STOPPED))
    whose, on, bad = whose[stays], on[stays], bad[stays]
    faded = bad & (cast["kind"][whose] == FADING)
    active, events, breadth = _use(scene, level, whose, on, faded, every[whose], rng)
    row, feature = spans(1 + breadth)  # the first row of each is the one for all features
    part = SHARE[np.maximum(feature - 1, 0)] * rng.uniform(0.8, 1.2, len(row))
    of_feature = feature > 0
    name = (whose[row] + feature - 1) % len(SHARE)
    return {
        "customer_id": scene.customer(whose[row]),
        "on": on[row].astype("datetime64[D]"),
        "feature": pick(texts()["feature"], np.where(of_feature, name, -1)),
        "active_users": np.where(
            of_feature, np.clip(np.rint(active[row] * part * 1.7), 1, active[row]), active[row]
        ).astype(int),
        "events": np.where(of_feature, np.maximum(np.rint(events[row] * part), 1), events[row]).astype(int),
    }


def _levels(cast: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """A sound customer's use; while it is good, more of each. Well inside the bands of params health.items."""
    size = len(cast["live"])
    return {
        "licence": rng.uniform(0.36, 0.48, size),
        "depth": rng.uniform(5.4, 7.2, size),
        "breadth": rng.choice([1, 2], size=size, p=[0.4, 0.6]),
        "deeper": rng.choice([1.0, 2.2], size=size, p=[0.7, 0.3]),
        "broader": rng.choice([2, 3], size=size, p=[0.6, 0.4]),
    }


def _use(
    scene: Scene,
    level: dict[str, np.ndarray],
    whose: np.ndarray,
    on: np.ndarray,
    faded: np.ndarray,
    every: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct users, uses and features used of each customer on each day."""
    cast = scene.cast
    good = (cast["good_from"][whose] <= on) & ~faded
    # Use grows before seats are bought: it is measured against the seats of a quarter later, where those are more.
    now, soon = scene.seats(whose, on), scene.seats(whose, on + 90)
    seats = np.where(faded, np.minimum(now, soon), np.maximum(now, soon))
    licence = np.minimum(level["licence"][whose] + 0.3 * good, 0.97)
    depth = np.where(faded, 1.7, level["depth"][whose] * (1 + level["deeper"][whose] * good))
    breadth = np.where(faded, 1, level["breadth"][whose] + level["broader"][whose] * good)
    most = np.where(faded, np.maximum(np.floor(0.2 * seats), 1), np.ceil(licence * seats))
    active = np.maximum(np.ceil(most * rng.uniform(0.88, 1, len(whose))), 1).astype(int)
    active = np.minimum(active, most.astype(int))
    season = SEASON[(month_of(on) + 3) % 12] * np.where(
        (month_of(on) + 4) % 12 == cast["fiscal_year_end"][whose] % 12, 0.92, 1
    )
    events = np.rint(seats * depth * season * rng.uniform(0.9, 1.1, len(whose)) * every / 28)
    return active, np.maximum(events, 1).astype(int), breadth
