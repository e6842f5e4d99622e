"""Who is at risk when, and who leaves? Planned first, so that the rows that show it can be drawn to match."""

from typing import Any

import numpy as np

from cskit.data.demo.days import END, FAR, MONTHS, RISK_END, RISK_START, START, between, day, shift_years
from cskit.data.demo.scene import Cast
from cskit.data.demo.world import World

__all__ = ["FADING", "SILENT", "STOPPED", "expected_churn", "plan_risk"]

Random = np.random.Generator

# How a customer comes to be at risk. Silent: nobody spoke with them for half a year, which caps the grade at caution.
# Fading: little use, a cool relationship, rare contact (caution). Stopped: no use any more (caution or action).
SILENT, FADING, STOPPED = 1, 2, 3
CAP_DAYS = 183  # params health.caps
FISCAL = {"FY2020": 8, "FY2021": 4}  # churns; the 4 of FY2022 and the 1 of FY2023 come from those at risk


def plan_risk(cast: Cast, world: World, rng: Random) -> None:
    """Add spells at risk, silence and churns to the cast.

    >>> from cskit.data.demo.customers import cast_of
    >>> from cskit.data.demo.world import published
    >>> rng, world = np.random.default_rng(1), published(500)
    >>> cast = cast_of(world, 500, rng)
    >>> plan_risk(cast, world, rng)  # anew: cast_of has asked it once
    >>> for on in (RISK_START, RISK_END):
    ...     int(((cast["spell_from"] <= on) & (on < cast["spell_to"]) & (on < cast["churn"])).sum())
    30
    20
    >>> world.at_risk
    10
    """
    size = len(cast["live"])
    for name in ("spell_from", "spell_to", "silent_from", "silent_to", "churn", "notified"):
        cast[name] = np.full(size, FAR)
    cast["kind"] = np.zeros(size, dtype=int)
    cast["free"] = ~cast["tagged"]
    if world.exact:
        _planted(cast, world.at_risk, rng)
    else:
        _drawn(cast, world, rng)


def _planted(cast: Cast, k: int, rng: Random) -> None:
    """3k customers at risk at the start of FY2022 and 2k at its end, and few churns at any size."""
    contracted, live = cast["contracted"], cast["live"]
    new = round(0.8 * k)
    improved = k - 4 + new
    early = contracted < START
    _leave(cast, _take(cast, early, FISCAL["FY2020"], rng), 2020, rng, foreseen=4)
    _leave(cast, _take(cast, contracted < day("2020-10-01"), FISCAL["FY2021"], rng), 2021, rng, foreseen=2)
    start = (contracted < day("2021-06-01")) & (live <= day("2021-08-31"))
    ends = _term_end(contracted, 2023)
    last = _take(cast, start & (ends >= day("2023-04-15")) & (ends <= END), 1, rng)
    better, gone = _take(cast, start, improved, rng), _take(cast, start, 4, rng)
    stay = _take(cast, start, 3 * k - improved - 5, rng)
    fresh = _take(cast, (contracted < day("2022-03-01")) & (live <= day("2022-04-30")), new, rng)
    past = _take(cast, (contracted < day("2020-12-01")) & (live <= day("2021-02-28")), round(1.5 * k), rng)
    _spell(cast, better, RISK_START, between(rng, day("2022-06-15"), day("2022-12-15"), len(better)), rng)
    _spell(cast, gone, RISK_START, FAR, rng)
    _spell(cast, np.concatenate([stay, last]), RISK_START, FAR, rng, kinds=(0.5, 0, 0.5))
    _spell(cast, fresh, RISK_END, FAR, rng, quiet_for=60)
    _spell(cast, past, day("2021-06-30"), between(rng, day("2021-07-15"), day("2021-12-15"), len(past)), rng)
    _churn(cast, gone, _term_end(contracted[gone], 2022), rng)
    _churn(cast, last, ends[last], rng)
    _after_the_year(cast, np.concatenate([stay, fresh]), k, rng)


def _after_the_year(cast: Cast, at_risk: np.ndarray, k: int, rng: Random) -> None:
    """The quarter after: some are reached again, fewer fall silent, and one gives notice for later."""
    silent = at_risk[cast["kind"][at_risk] == SILENT]
    back = silent[: max(1, round(0.25 * k))]
    cast["spell_to"][back] = cast["silent_to"][back] = between(rng, day("2023-04-10"), day("2023-06-05"), len(back))
    quiet = cast["feed"] & (cast["rhythm_factor"] < 3) & (cast["live"] <= day("2022-04-30"))
    soon = _take(cast, quiet, k // 10, rng)
    cast["good_from"][soon] = 0
    cap = np.ceil(CAP_DAYS * cast["rhythm_factor"][soon]).astype(int)
    cast["kind"][soon] = SILENT
    cast["silent_from"][soon] = RISK_END + 10 + between(rng, 0, 60, len(soon)) - cap
    cast["spell_from"][soon] = cast["silent_from"][soon] + cap
    leaver = silent[len(back) : len(back) + 1]
    cast["notified"][leaver] = day("2023-06-05")
    cast["churn"][leaver] = _term_end(cast["contracted"][leaver], 2023)
    too_soon = leaver[cast["churn"][leaver] <= END + 30]
    cast["churn"][too_soon] = _term_end(cast["contracted"][too_soon], 2024)


def _take(cast: Cast, wanted: np.ndarray, count: int, rng: Random) -> np.ndarray:
    """So many free customers of those wanted; they are not free any more."""
    pool = np.flatnonzero(wanted & cast["free"])
    chosen = np.sort(rng.permutation(pool)[:count])
    cast["free"][chosen] = False
    return chosen


def _leave(cast: Cast, who: np.ndarray, fiscal_year: int, rng: Random, foreseen: int) -> None:
    """Churn in a fiscal year: the first few after a spell at risk, the others without a sign."""
    ends = _term_end(cast["contracted"][who], fiscal_year)
    _spell(cast, who[:foreseen], ends[:foreseen] - 40, FAR, rng)
    _churn(cast, who, ends, rng)


def _term_end(contracted: np.ndarray, fiscal_year: int) -> np.ndarray:
    """Last day of the yearly term that ends within a fiscal year from April."""
    year = contracted.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    end = shift_years(contracted, fiscal_year - year) - 1
    return np.where(end < day(f"{fiscal_year}-04-01"), shift_years(contracted, fiscal_year + 1 - year) - 1, end)


def _churn(cast: Cast, who: np.ndarray, ends: np.ndarray, rng: Random) -> None:
    cast["churn"][who] = ends
    cast["notified"][who] = ends - between(rng, 32, 95, len(who))


def _spell(
    cast: Cast,
    who: np.ndarray,
    anchor: Any,
    until: Any,
    rng: Random,
    kinds: tuple[float, ...] = (0.4, 0.35, 0.25),
    quiet_for: int = 200,
) -> None:
    """At risk on the day ``anchor`` for sure, and until a day. Windows of use are at most 84 days: start 95 before."""
    factor, live = cast["rhythm_factor"][who], cast["live"][who]
    kind = rng.choice([SILENT, FADING, STOPPED], size=len(who), p=np.array(kinds))
    kind[(kind == SILENT) & (factor >= 3)] = STOPPED  # silence would need a year and a half
    cap = np.ceil(CAP_DAYS * factor).astype(int)
    quiet = anchor - cap - between(rng, 5, quiet_for, len(who))
    rare = anchor - np.ceil(between(rng, 63, 90, len(who)) * factor).astype(int)
    rare += np.where(kind == STOPPED, np.ceil(45 * factor), 0).astype(
        int
    )  # past 92 days a stopped customer needs action
    start = np.maximum(anchor - between(rng, 100, 260, len(who)), live + 30)
    silent_from = np.where(kind == SILENT, np.maximum(quiet, cast["contracted"][who] + 1), rare)
    cast["kind"][who] = kind
    cast["spell_from"][who] = np.where(kind == SILENT, silent_from + cap, start)
    cast["spell_to"][who] = until
    in_touch = (kind == STOPPED) & (rng.random(len(who)) < 0.4)
    cast["silent_from"][who] = np.where(in_touch, FAR, silent_from)
    cast["silent_to"][who] = np.where(in_touch, FAR, until)
    cast["feed"][who] |= kind != SILENT  # what is not measured cannot be seen to fall


def _drawn(cast: Cast, world: World, rng: Random) -> None:
    """Spells by chance, and churn month by month at the hazard of the grade."""
    live = cast["live"]
    who = np.flatnonzero((rng.random(len(live)) < 0.28) & (live < END - 200) & cast["free"])
    start = between(rng, np.maximum(live[who], START) + 120, END - 30)
    until = start + np.ceil(rng.exponential(270, len(who))).astype(int) + 60
    _spell(cast, who, start + 95, np.where(until > END, FAR, until), rng, quiet_for=30)
    cast["free"][who] = False
    for month_end in MONTHS[1:] - 1:
        stays = (cast["churn"] == FAR) & _may_leave(cast, month_end)
        leaves = np.flatnonzero(stays & (rng.random(len(live)) < _hazard(cast, world.hazards, month_end)))
        _churn(cast, leaves, np.full(len(leaves), month_end), rng)
        cast["notified"][leaves] = np.maximum(cast["notified"][leaves], cast["contracted"][leaves] + 1)
    cast["free"] &= cast["churn"] == FAR


def _may_leave(cast: Cast, month_end: int) -> np.ndarray:
    return (np.maximum(cast["live"], cast["contracted"] + 90) < month_end - 31) & ~cast["tagged"]


def expected_churn(cast: Cast, hazards: dict[str, float]) -> float:
    """Chance to leave within the last 12 months, of the customers there were before: their mean, from the hazards.

    >>> cast = dict.fromkeys(("contracted", "live", "spell_from"), np.array([START, START]))
    >>> cast |= dict.fromkeys(("churn", "good_from"), np.array([FAR, FAR]))
    >>> cast |= {"tagged": np.array([False, False]), "kind": np.array([0, STOPPED]), "spell_to": np.array([START, FAR])}
    >>> hazards = {"good": 0.0, "sound": 0.0, "caution": 0.05, "action": 0.1}
    >>> round(expected_churn(cast, hazards), 4)  # the mean of 0 and 1 - 0.9 ** 12
    0.3588
    """
    ends = MONTHS[1:] - 1
    ends = ends[ends <= END][-12:]
    begin = ends[0] - 31
    there = (cast["contracted"] <= begin) & (cast["churn"] > begin) & ~cast["tagged"]
    stay = np.ones(len(there))
    for month_end in ends:
        stay *= 1 - np.where(_may_leave(cast, month_end), _hazard(cast, hazards, month_end), 0.0)
    return float(1 - stay[there].mean())


def _hazard(cast: Cast, hazards: dict[str, float], on: int) -> np.ndarray:
    calm = np.where(cast["good_from"] <= on, hazards["good"], hazards["sound"])
    grave = np.where(cast["kind"] == STOPPED, hazards["action"], hazards["caution"])
    return np.where((cast["spell_from"] <= on) & (on < cast["spell_to"]), grave, calm)
