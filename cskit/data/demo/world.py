"""What is true in the demo: the facts the five accounts publish, or a truth drawn at random and written down."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cskit.data.demo.days import MONTHS, dates, day

__all__ = ["Wave", "World", "drawn", "published"]

# Self-onboardings of 60 a month, January to December 2021: reference/published.json, assumed around the stated shares.
SELF_OF_60 = (12, 17, 22, 28, 33, 37, 40, 43, 45, 46, 47, 48)
LOWERED = (0.76, 0.73, 0.70, 0.67, 0.63, 0.60)  # self share by quarter, 2022Q1 to 2023Q2: levels are ours
HYBRID = (0.30, 0.40, 0.50, 0.55, 0.60, 0.60)  # of the rest


@dataclass(frozen=True, slots=True)
class Wave:
    """One NPS wave: who was asked, and what came back. ``companies_answered`` is left to chance where it is 0.

    >>> wave = published(500).waves[-1]
    >>> wave.name, wave.invited, wave.forms, wave.scores
    ('2023 Spring', 105, 48, (9, 26, 12))
    >>> detractors, _, promoters = wave.scores
    >>> round(100 * (promoters - detractors) / sum(wave.scores), 1)
    6.4
    """

    name: str
    opened: int
    closed: int
    audience: str
    companies: int
    invited: int
    forms: int
    companies_answered: int
    scores: tuple[int, int, int]  # detractors, passives, promoters
    admins_only: bool = False
    late: int = 0  # forms that came after the last day


@dataclass(frozen=True, slots=True)
class World:
    """Everything the tables are drawn from.

    Parameters
    ----------
    exact : bool
        Counts are planted (``published``) or come out by chance (``random``).
    routes : array of int, shape (39, 3)
        Onboardings started by month from April 2020: high touch, hybrid, self.
    at_risk : int
        A third of the customers at risk at the start of FY2022, half of those at its end.
    hazards : dict
        Chance to churn in a month, by grade; only for ``random``.
    held : float
        Share of planned regular meetings that take place.

    Examples
    --------
    >>> world = published(500)
    >>> world.exact, world.at_risk, world.held
    (True, 10, 1.0)
    >>> world.routes[20].tolist()  # December 2021: 8 of 10 onboard themselves
    [2, 0, 8]
    """

    name: str
    exact: bool
    routes: np.ndarray
    waves: tuple[Wave, ...]
    at_risk: int
    hazards: dict[str, float] = field(default_factory=dict)
    held: float = 1.0
    truth: dict[str, Any] = field(default_factory=dict)


WAVES = (
    ("2021 Autumn", "2021-10-25", "2021-11-12", "all contacts", 29, 88, 38, 22, (9, 21, 7), False, 2),
    ("2022 Spring", "2022-04-04", "2022-04-22", "all contacts", 30, 95, 42, 23, (8, 25, 8), False, 1),
    ("2022 Autumn", "2022-10-31", "2022-11-18", "all contacts", 33, 110, 50, 27, (8, 31, 10), False, 0),
    ("2023 Spring", "2023-03-30", "2023-04-14", "admins, live for 3 months", 34, 105, 48, 28, (9, 26, 12), True, 0),
)  # the last two as published, the earlier two ours


def published(customers: int) -> World:
    """The facts of the published accounts, at any size.

    >>> for customers in (500, 500_000):
    ...     high_touch, hybrid, own = published(customers).routes[20]  # December 2021
    ...     float(own / (high_touch + hybrid + own))
    0.8
    0.8
    """
    waves = tuple(Wave(name, day(a), day(b), *rest) for name, a, b, *rest in WAVES)  # type: ignore[arg-type]
    return World("published", True, _published_routes(customers), waves, max(5, round(customers / 50)))


def drawn(customers: int, rng: np.random.Generator) -> World:
    """A truth drawn at random, and counts drawn from it.

    >>> world = drawn(500, np.random.default_rng(1))
    >>> int(world.routes.sum()), round(world.held, 2)
    (350, 0.92)
    >>> list(world.truth)
    ['onboarding', 'nps', 'churn_hazard_per_month']
    >>> world.truth["nps"][world.waves[-1].name]  # what the survey should find, whatever came back
    {'detractors': 0.1543, 'promoters': 0.2087, 'nps': 5.44, 'response': 0.46}
    """
    month = np.arange(len(MONTHS) - 1)
    cross, slope, top = rng.uniform(11, 16), rng.uniform(0.2, 0.35), rng.uniform(0.7, 0.85)
    share = top / (1 + np.exp(-slope * (month - cross)))
    share[21:] = share[20] - (share[20] - 0.55) * np.arange(1, 19) / 18
    hybrid = np.where(month < 21, 0, (1 - share) * 0.5)
    shares = np.stack([1 - share - hybrid, hybrid, share], axis=1)
    sizes = rng.multinomial(round(customers * 0.7), _sizes(1.0) / _sizes(1.0).sum())
    routes = np.stack([rng.multinomial(size, p) for size, p in zip(sizes, shares, strict=True)])
    hazards = {"good": 0.0006, "sound": 0.002, "caution": 0.012, "action": 0.035}
    held = float(rng.uniform(0.88, 0.98))
    waves, nps = _drawn_waves(rng)
    truth = {
        "onboarding": {
            "self_share": dict(zip(dates(MONTHS[:-1]).astype(str).tolist(), share.round(4).tolist(), strict=True))
        },
        "nps": nps,
        "churn_hazard_per_month": hazards,
    }
    return World("random", False, routes, waves, 0, hazards, held, truth)


def _drawn_waves(rng: np.random.Generator) -> tuple[tuple[Wave, ...], dict[str, Any]]:
    waves, truth = [], {}
    for name, opened, closed, audience, companies, invited, *_, admins, late in WAVES:
        shares = rng.dirichlet([8, 25, 9])
        forms = int(rng.binomial(invited, 0.46))
        scores = tuple(rng.multinomial(max(forms - 1, 1), shares).tolist())
        waves.append(Wave(name, day(opened), day(closed), audience, companies, invited, forms, 0, scores, admins, late))
        truth[name] = {
            "detractors": round(float(shares[0]), 4),
            "promoters": round(float(shares[2]), 4),
            "nps": round(float(100 * (shares[2] - shares[0])), 2),
            "response": 0.46,
        }
    return tuple(waves), truth


def _sizes(per_month: float) -> np.ndarray:
    """Onboardings by month: growing in 2020, even in 2021, the last month of a quarter busier from 2022."""
    quarter = np.array([-1, -1, 2]) * max(0.1 * per_month, 1 if per_month >= 5 else 0)
    return np.concatenate(
        [per_month * (0.35 + 0.04 * np.arange(9)), np.full(12, per_month), per_month + np.tile(quarter, 6)]
    )


def _published_routes(customers: int) -> np.ndarray:
    """Counts by month that give the published shares exactly: 2021 in multiples of five."""
    per_month = 5 * max(1, customers // 225)
    sizes = np.maximum(np.rint(_sizes(per_month)), 1).astype(int)
    own = np.zeros(39, dtype=int)
    own[:9] = np.floor(sizes[:9] * np.linspace(0.05, 0.15, 9))
    own[9:21] = _shares_of_2021(per_month)
    hybrid = np.zeros(39, dtype=int)
    for quarter, share in enumerate(LOWERED):
        months = slice(21 + 3 * quarter, 24 + 3 * quarter)
        own[months] = _lowered(sizes[months], share)
        rest = sizes[months] - own[months]
        hybrid[months] = np.diff(np.rint(np.cumsum(rest) * HYBRID[quarter]), prepend=0).clip(0, rest)
    return np.stack([sizes - own - hybrid, hybrid, own], axis=1)


def _shares_of_2021(per_month: int) -> np.ndarray:
    """0.2 in January, more self than high touch first in May, 0.8 in December and never before."""
    own = np.rint(np.array(SELF_OF_60) * per_month / 60).astype(int)
    own[:4] = np.minimum(own[:4], (per_month - 1) // 2)
    own[4:11] = np.clip(own[4:11], per_month // 2 + 1, per_month * 4 // 5 - 1)
    own[0], own[11] = per_month // 5, per_month * 4 // 5
    return own


def _lowered(sizes: np.ndarray, share: float) -> np.ndarray:
    """A quarter's self-onboardings, spread over its months, each below 0.8."""
    own = np.floor(sizes * share).astype(int)
    most = np.ceil(sizes * 0.8).astype(int) - 1
    for _ in range(round(sizes.sum() * share) - own.sum()):
        room = np.where(own < most, sizes * share - own, -np.inf)
        own[room.argmax()] += np.isfinite(room.max())
    return np.minimum(own, most)
