"""Who are the customers? One row each of everything that the other tables must agree on."""

import numpy as np
import pyarrow as pa

from cskit.data.demo.days import END, FAR, MONTHS, START, between, dates, day, month_of
from cskit.data.demo.modes import plan_modes
from cskit.data.demo.risk import plan_risk
from cskit.data.demo.scene import TERMS, Cast, Scene
from cskit.data.demo.world import World
from cskit.data.demo.write import Columns, ids, pick, texts

__all__ = ["ROUTES", "SEGMENTS", "cast_of", "customers", "mrr"]

SEGMENTS = ("enterprise", "mid", "small")
PLANS = ("light", "standard", "premium")
ROUTES = ("high_touch", "hybrid", "self")
RHYTHMS = ("daily", "weekly", "monthly", "")
FACTORS = np.array([1.0, 1.5, 3.0, 1.5])  # params health.rhythm, weekly where empty
DAYS_TO_LIVE = np.array([72.0, 52.0, 27.0])  # median by route


def cast_of(world: World, size: int, rng: np.random.Generator) -> Cast:
    """Draw all customers, oldest first; those of before April 2020 have no onboarding on record.

    >>> from cskit.data.demo.world import published
    >>> cast = cast_of(published(200), 200, np.random.default_rng(1))
    >>> dict(zip(("none on record", *ROUTES), np.bincount(cast["route"] + 1).tolist(), strict=True))
    {'none on record': 27, 'high_touch': 66, 'hybrid': 16, 'self': 91}
    >>> int((cast["churn"] <= END).sum())  # as published: 8, 4 and 4 by fiscal year, and 1 since
    17
    """
    counts = world.routes.ravel()
    base = size - counts.sum()
    route = np.concatenate([np.full(base, -1), np.repeat(np.tile(np.arange(3), len(world.routes)), counts)])
    month = np.repeat(np.repeat(np.arange(len(world.routes)), 3), counts)
    begun = MONTHS[month] + between(rng, 0, 27, len(month))
    before = START - 25 - np.floor(1400 * rng.random(base) ** 1.6).astype(np.int64)
    started = np.concatenate([np.full(base, FAR), begun])
    contracted = _not_at_month_end(np.concatenate([before, begun - between(rng, 0, 20, len(begun))]))
    order = np.argsort(contracted, kind="stable")
    cast = {"route": route[order], "started": started[order], "contracted": contracted[order]}
    _describe(cast, rng)
    _go_live(cast, rng)
    plan_risk(cast, world, rng)
    plan_modes(cast, rng)
    return cast


def _not_at_month_end(days: np.ndarray) -> np.ndarray:
    in_month = days - days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.where(in_month > 27, days - 3, days)


def _describe(cast: Cast, rng: np.random.Generator) -> None:
    size = len(cast["route"])
    chance = np.array([[0.32, 0.76], [0.10, 0.60], [0.02, 0.24], [0.20, 0.62]])[cast["route"]]
    drawn = rng.random(size)
    segment = (drawn > chance[:, 0]).astype(int) + (drawn > chance[:, 1])
    typical = np.array([110, 32, 9])[segment]
    seats = np.maximum(np.rint(typical * rng.lognormal(0, 0.7, size)), 5)
    change = rng.choice(3, size=(size, TERMS - 1), p=[0.64, 0.27, 0.09])
    factor = np.choose(change, [1.0, rng.uniform(1.05, 1.3, change.shape), rng.uniform(0.75, 0.95, change.shape)])
    growth = np.cumprod(np.column_stack([np.ones(size), factor]), axis=1)
    price = rng.uniform(2500, 5500, size) * np.array([0.85, 1.0, 1.15])[segment]
    cast["segment"] = segment
    cast["seats"] = np.maximum(np.rint(seats[:, None] * growth), 5).astype(np.int64)
    cast["price"] = price
    cast["plan"] = np.clip(2 - segment + (rng.random(size) > 0.8) - (rng.random(size) > 0.75), 0, 2)
    cast["region"] = np.where(rng.random(size) < 0.04, -1, np.floor(10 * rng.random(size) ** 1.7).astype(int))
    cast["fiscal_year_end"] = rng.choice(
        [3, 12, 9, 6, 2, 8, 5, 0], size=size, p=[0.5, 0.16, 0.1, 0.06, 0.05, 0.04, 0.04, 0.05]
    )
    cast["rhythm"] = rng.choice(4, size=size, p=[0.55, 0.33, 0.06, 0.06])
    cast["rhythm_factor"] = FACTORS[cast["rhythm"]]
    cast["good_from"] = np.where(
        rng.random(size) < 0.28, 0, np.where(rng.random(size) < 0.35, between(rng, START + 200, END, size), FAR)
    )
    cast["feed"] = rng.random(size) < np.array([0.97, 0.95, 0.85, 0.95])[cast["route"]]
    cast["tagged"] = np.zeros(size, dtype=bool)
    cast["tagged"][np.flatnonzero(cast["route"] < 0)[[2, -3]]] = True


def _go_live(cast: Cast, rng: np.random.Generator) -> None:
    """The end of onboarding; some of it never ends."""
    route, started = cast["route"], cast["started"]
    shorter = 1 - 0.007 * np.clip(month_of(np.minimum(started, END)), 0, 39)
    days = np.ceil(DAYS_TO_LIVE[route] * shorter * rng.lognormal(0, 0.45, len(route))).astype(np.int64)
    never = rng.random(len(route)) < np.array([0.03, 0.05, 0.12, 0.0])[route]
    cast["feed"] &= ~never
    cast["days"] = days
    done = np.where(never | (started + days > END), FAR, started + days)
    cast["completed"] = np.where(route < 0, FAR, done)
    cast["live"] = np.where(route < 0, cast["contracted"] + np.minimum(days, 25), done)


def mrr(cast: Cast, whose: np.ndarray, term: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Monthly revenue of a term in yen: seats by price, and 5 % more for half of what renews from October 2022.

    >>> cast = {"seats": np.full((2, 2), 10), "price": np.full(2, 3000.0)}
    >>> mrr(cast, np.array([0, 0, 1]), np.array([0, 1, 1]), np.full(3, day("2022-11-01"))).tolist()
    [30000.0, 31500.0, 30000.0]
    """
    dearer = (on >= day("2022-10-01")) & (term > 0) & (np.asarray(whose) % 2 == 0)
    return np.rint(cast["seats"][whose, term] * cast["price"][whose] * np.where(dearer, 1.05, 1.0) / 500) * 500


def customers(scene: Scene, numbers: np.ndarray) -> Columns:
    """The table itself, as a CRM shows it on the last day.

    >>> from cskit.data.demo.world import published
    >>> cast = cast_of(published(200), 200, np.random.default_rng(1)) | {"owner": np.full(200, -1)}
    >>> numbers = np.arange(1, 201)
    >>> scene = Scene(cast, ids("C", numbers, 5), {}, pa.array([], pa.string()), seed=1, part=0, held=1.0)
    >>> made = customers(scene, numbers)
    >>> made["name"][:3].to_pylist()
    ['山吹教育株式会社', 'Clover Travel Inc.', '東雲工業株式会社']
    >>> gone = cast["churn"] <= END
    >>> int(made["arr"][gone].max()), int(made["seats"][gone].max())  # who left pays nothing
    (0, 0)
    """
    cast, rng = scene.cast, scene.rng("customers")
    size, whose = len(numbers), np.arange(len(numbers))
    last = np.full(size, END)
    term = np.clip((last - cast["contracted"]) // 365.25, 0, TERMS - 1).astype(int)
    gone = cast["churn"] <= END
    parent = np.where((rng.random(size) < 0.04) & (whose > 20), np.floor(rng.random(size) * whose).astype(int), -1)
    live = cast["live"]
    return {
        "customer_id": scene.ids,
        "name": _names(numbers, rng),
        "parent_id": scene.customer(np.where(cast["tagged"], -1, parent)),
        "segment": pick(SEGMENTS, cast["segment"]),
        "plan": pick(PLANS, cast["plan"]),
        "region": pick(texts()["region"], cast["region"]),
        "contracted_on": dates(cast["contracted"]),
        "went_live_on": dates(np.where(live > END, FAR, np.minimum(live, cast["churn"]))),
        "churned_on": dates(np.where(gone, cast["churn"], FAR)),
        "fiscal_year_end": np.where(cast["fiscal_year_end"] == 0, np.nan, cast["fiscal_year_end"]),
        "usage_rhythm": pick(RHYTHMS[:3], np.where(cast["rhythm"] == 3, -1, cast["rhythm"])),
        "owner": scene.member(cast["owner"]),
        "arr": np.where(gone, 0, 12 * mrr(cast, whose, term, last)),
        "seats": np.where(gone, 0, cast["seats"][whose, term]),
        "url": ids("https://crm.example.com/accounts/", numbers, 7),
        "tags": pick(["test", "case study", "key account", "reseller;overseas"], _tags(cast, rng)),
    }


def _tags(cast: Cast, rng: np.random.Generator) -> np.ndarray:
    some = np.where(
        rng.random(len(cast["route"])) < 0.08, 1 + np.floor(3 * rng.random(len(cast["route"]))).astype(int), -1
    )
    return np.where(cast["tagged"], 0, some)


def _names(numbers: np.ndarray, rng: np.random.Generator) -> pa.Array:
    """Made of two words and a form; no two alike until all pairs are used, then numbered branches."""
    import pyarrow.compute as pc

    first, second, english = (texts()[name] for name in ("name_first", "name_second", "name_second_en"))
    pairs = len(first) * len(second)
    place = (numbers * 397) % pairs  # 397 shares no factor with the number of pairs: every pair comes once
    a, b = place // len(second), place % len(second)
    latin = np.array([word.isascii() for word in first])[a]
    form = np.where(latin, 2 + (b % 3 == 0), (a + b) % 2)
    front = pick(["株式会社", "", "", ""], form)
    back = pick(["", "株式会社", " Inc.", " Co., Ltd."], form)
    word = pick([*second, *[f" {name}" for name in english]], b + latin * len(second))
    round_ = numbers // pairs
    branch = pc.if_else(pa.array(round_ > 0), ids(" 第", round_ + 1, 1), "")
    return pc.binary_join_element_wise(
        *(part.cast(pa.string()) for part in (front, pick(first, a), word)), branch, back.cast(pa.string()), ""
    )
