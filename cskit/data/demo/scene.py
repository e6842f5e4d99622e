"""A part of the customers, with everything needed to draw their rows."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pyarrow as pa

from cskit.data.demo.write import pick

__all__ = ["TERMS", "Cast", "Scene"]

Cast = dict[str, np.ndarray]  # one array per trait, one entry per customer (or member of the team)
TERMS = 8  # yearly terms that fit between 2016 and 2023


@dataclass(frozen=True)
class Scene:
    """Some of the customers and the people who look after them. Large worlds are drawn scene by scene.

    >>> cast = {"contracted": np.array([18_000]), "seats": np.array([[10, 12, 12, 12, 15, 15, 15, 15]])}
    >>> scene = Scene(cast, pa.array(["C1"]), {}, pa.array(["M1", "M2"]), seed=1, part=0, held=1.0)
    >>> scene.seats(np.array([0, 0]), np.array([18_100, 18_400])).tolist()  # in the first term, in the second
    [10, 12]
    >>> scene.member(np.array([1, -1])).to_pylist()
    ['M2', None]
    >>> bool(scene.rng("goals").random() == scene.rng("goals").random())
    True
    """

    cast: Cast
    ids: pa.Array
    team: Cast
    team_ids: pa.Array
    seed: int
    part: int
    held: float

    def rng(self, table: str) -> np.random.Generator:
        """Chance for one table: no table's rows depend on how much another drew."""
        return np.random.default_rng([self.seed, self.part, crc32(table.encode())])

    def customer(self, whose: np.ndarray) -> pa.DictionaryArray:
        return pick(self.ids, whose)

    def member(self, who: np.ndarray) -> pa.DictionaryArray:
        return pick(self.team_ids, who)

    def seats(self, whose: np.ndarray, on: np.ndarray) -> np.ndarray:
        """Seats paid for on a day."""
        term = np.clip((on - self.cast["contracted"][whose]) // 365.25, 0, TERMS - 1).astype(int)
        return self.cast["seats"][whose, term]
