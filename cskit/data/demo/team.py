"""Who is in the team, and who looks after whom?"""

import numpy as np

from cskit.data.demo.days import END, FAR, START, between, dates, day
from cskit.data.demo.scene import Cast, Scene
from cskit.data.demo.write import Columns, pick, texts

__all__ = ["assign", "assignments", "csms", "in_charge", "team_of"]

CUSTOMERS_EACH = 55  # customers ever served per member of the team at the end


def team_of(customers: int, rng: np.random.Generator) -> Cast:
    """Members by the day they joined; a few leave. Of 500 customers or more, at least twice as many at the end.

    >>> team = team_of(500, np.random.default_rng(1))
    >>> [int(((team["joined"] <= on) & (on <= team["left"])).sum()) for on in (START, END)]
    [4, 8]
    """
    size = max(4, round(customers / CUSTOMERS_EACH))
    first = max(2, round(0.42 * size))
    hired = np.linspace(day("2020-07-01"), day("2022-11-01"), size - first).astype(np.int64)
    joined = np.concatenate([
        np.sort(between(rng, day("2016-04-01"), day("2019-10-01"), first)),
        np.sort(hired + between(rng, 0, 40, size - first)),
    ])  # fmt: skip
    left = np.full(size, FAR)
    leavers = 1 + rng.permutation(first - 1)[: max(1, round(0.12 * size))]
    left[leavers] = between(rng, day("2021-06-30"), day("2023-03-31"), len(leavers))
    stays = np.flatnonzero((left == FAR) & (joined < START))
    stays = stays[1:] if len(stays) > 1 else stays  # the first member leads the team
    heir = stays[np.floor(rng.random(size) * len(stays)).astype(int)]
    share = np.where(np.arange(size) == 0, 0.5, rng.choice([0.8, 0.9, 1.0], size=size))
    hours = np.where(rng.random(size) < 0.15, 30.0, 40.0)
    cost = np.where(rng.random(size) < 0.3, np.nan, np.rint(rng.normal(5800, 700, size) / 100) * 100)
    ramp = between(rng, 80, 210, size)
    return {"joined": joined, "left": left, "heir": heir, "hours": hours, "share": share, "cost": cost, "ramp": ramp}


def csms(scene: Scene) -> Columns:
    """The table of members.

    >>> import pyarrow as pa
    >>> team = {"joined": np.array([START, END - 30]), "left": np.array([FAR, FAR]), "ramp": np.array([90, 90])}
    >>> team |= dict.fromkeys(("hours", "share", "cost"), np.array([40.0, 30.0]))
    >>> made = csms(Scene({}, pa.array(["C1"]), team, pa.array(["M1", "M2"]), seed=1, part=0, held=1.0))
    >>> made["name"].to_pylist(), made["independent_on"].astype(str).tolist()
    (['佐藤 美咲', '鈴木 健太'], ['2020-06-30', 'NaT'])
    """
    team, size = scene.team, len(scene.team["joined"])
    independent = team["joined"] + team["ramp"]
    done = (independent <= END) & (independent < team["left"])
    return {
        "csm_id": scene.team_ids,
        "name": pick(texts()["person"], np.arange(size) % len(texts()["person"])),
        "joined_on": dates(team["joined"]),
        "independent_on": dates(np.where(done, independent, FAR)),
        "left_on": dates(team["left"]),
        "weekly_hours": team["hours"],
        "cs_share": team["share"],
        "hourly_cost": team["cost"],
    }


def assign(cast: Cast, team: Cast, rng: np.random.Generator) -> None:
    """Add who is in charge at first, who later, and from when; a part of the self-onboarded have nobody.

    >>> rng = np.random.default_rng(1)
    >>> cast = {"route": np.repeat([0, 2], 100), "contracted": np.full(200, START), "churn": np.full(200, FAR)}
    >>> assign(cast, team_of(200, rng), rng)
    >>> [int((cast["owner"][cast["route"] == route] == -1).sum()) for route in (0, 2)]  # without anybody, of 100 each
    [0, 37]
    """
    size = len(cast["route"])
    begins = np.maximum(cast["contracted"], START)
    cast["first_csm"] = _someone(team, begins, rng)
    last = np.minimum(cast["churn"], END)
    change = between(rng, begins + 150, np.maximum(last, begins + 400))
    changes = (rng.random(size) < 0.6) & (change < last - 30)
    cast["change_on"] = np.where(changes, change, FAR)
    cast["second_csm"] = _someone(team, np.where(changes, change, END), rng)
    nobody = (cast["route"] == 2) & (rng.random(size) < 0.4)
    cast["first_csm"][nobody] = cast["second_csm"][nobody] = -1
    cast["owner"] = in_charge(cast, team, np.arange(size), np.full(size, END))


def _someone(team: Cast, on: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A member who had joined by then, sooner a newer one: they still have room."""
    present = np.searchsorted(team["joined"], on, side="right")
    return np.floor(present * rng.random(len(on)) ** 0.5).astype(int)


def in_charge(cast: Cast, team: Cast, whose: np.ndarray, on: np.ndarray) -> np.ndarray:
    """The member in charge of a customer on a day; -1 where nobody is.

    >>> cast = {"first_csm": np.array([0]), "second_csm": np.array([2]), "change_on": np.array([day("2022-04-01")])}
    >>> team = {"left": np.array([day("2021-12-31"), FAR, FAR]), "heir": np.array([1, 1, 1])}
    >>> on = np.array([day("2021-12-31"), day("2022-01-01"), day("2022-04-01")])
    >>> in_charge(cast, team, np.zeros(3, int), on).tolist()
    [0, 1, 2]
    """
    who = np.where(on >= cast["change_on"][whose], cast["second_csm"][whose], cast["first_csm"][whose])
    return np.where((who >= 0) & (on > team["left"][who]), team["heir"][who], who)


def assignments(scene: Scene) -> Columns:
    """The table: one row per customer and run of days with one person; onboarding has a row of its own.

    >>> import pyarrow as pa
    >>> cast = {"first_csm": np.array([0]), "second_csm": np.array([2]), "change_on": np.array([day("2022-04-01")])}
    >>> cast |= {"route": np.array([-1]), "contracted": np.array([day("2021-01-15")])}
    >>> cast |= dict.fromkeys(("churn", "started", "completed"), np.array([FAR]))
    >>> team = {"left": np.array([day("2021-12-31"), FAR, FAR]), "heir": np.array([1, 1, 1])}
    >>> made = assignments(Scene(cast, pa.array(["C1"]), team, pa.array(["M1", "M2", "M3"]), seed=1, part=0, held=1.0))
    >>> for row in zip(made["csm_id"].to_pylist(), made["from_on"], made["to_on"], strict=True):
    ...     print(*row)
    M1 2021-01-15 2021-12-31
    M2 2022-01-01 2022-03-31
    M3 2022-04-01 NaT
    """
    cast, team = scene.cast, scene.team
    everybody = np.arange(len(cast["route"]))
    until = np.where(cast["churn"] <= END, cast["churn"], FAR)
    begin = np.maximum(cast["contracted"], day("2019-10-02"))
    begin = np.minimum(begin, until)
    rows = []
    for who, start, stop in (
        (cast["first_csm"], begin, np.minimum(cast["change_on"] - 1, until)),
        (cast["second_csm"], cast["change_on"], until),
    ):
        left = np.where(who >= 0, team["left"][who], FAR)
        rows.append((everybody, who, start, np.minimum(stop, left)))
        rows.append((everybody, team["heir"][who], np.maximum(start, left + 1), np.where(who >= 0, stop, -1)))
    whose, who, start, stop = (np.concatenate(part) for part in zip(*rows, strict=True))
    stop = np.where(stop >= FAR - 1, FAR, stop)
    keep = (who >= 0) & (start <= stop) & (start <= END)
    helped = np.flatnonzero((cast["route"] == 0) | (cast["route"] == 1))
    guide = in_charge(cast, team, helped, cast["started"][helped])
    # The same person may look after a customer from the same day on: then onboarding is not a row of its own.
    fresh = (guide >= 0) & (cast["started"][helped] > begin[helped])
    whose, who = np.concatenate([whose[keep], helped[fresh]]), np.concatenate([who[keep], guide[fresh]])
    start = np.concatenate([start[keep], cast["started"][helped[fresh]]])
    stop = np.concatenate([stop[keep], np.minimum(cast["completed"], until)[helped[fresh]]])
    onboarding = np.arange(len(whose)) >= keep.sum()
    order = np.lexsort((onboarding, start, who, whose))
    # An heir may follow twice from the same day on; one row says it, the one about relations.
    again = np.zeros(len(order), dtype=bool)
    again[1:] = (np.diff(whose[order]) == 0) & (np.diff(who[order]) == 0) & (np.diff(start[order]) == 0)
    order = order[~again]
    order = order[np.lexsort((start[order], whose[order]))]
    return {
        "customer_id": scene.customer(whose[order]),
        "csm_id": scene.member(who[order]),
        "role": pick(["onboarding", "relations"], np.where(onboarding, 0, 1)[order]),
        "from_on": dates(start[order]),
        "to_on": dates(np.where(stop > END, FAR, stop)[order]),
    }
