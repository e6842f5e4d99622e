"""When did we speak with whom? Contacts planned so that each customer is as near or as far as its grade says."""

import numpy as np

from cskit.data.demo.days import END, FAR, MONTHS, START, between, dates, day, month_of, spans, weekday
from cskit.data.demo.modes import EVERY, GROWTH, LENGTH, OPERATION, PER_MONTH
from cskit.data.demo.scene import Cast, Scene
from cskit.data.demo.team import in_charge
from cskit.data.demo.write import Columns, pick, texts

__all__ = ["KINDS", "Contacts", "touchpoints", "true_ratios"]

Contacts = dict[str, np.ndarray]
OVERHEAD = np.array([[40, 40], [38, 41], [30, 30], [30, 60], [4, 5]], dtype=float)  # preparation, follow-up by kind
MOVED = np.array([0.45, 0.12, 0.3, 0.2, 0.0])  # times a meeting is moved
TOLD = "支援モードの選択肢を案内"  # what is agreed in the meetings before a change of mode
UNRECORDED, VISITED, TRAVEL = 0.1, 0.04, (30, 40, 60, 90)
KINDS = ("regular", "review", "onboarding", "project", "check_in")
REGULAR, REVIEW, ONBOARDING, PROJECT, CHECK_IN = range(5)
CHANNELS = ("visit", "online", "phone", "email", "chat", "community")
# Days between check-ins. One falls into the middle half of each slot, so gaps stay under one and a half slots:
# 54 days for customers of whom little else is known, 87 for the others (params health.items.days_since_contact).
NEAR, FAR_APART = 36, 58
BULK = np.array([day(f"{year}-{month:02d}-10") for year in (2020, 2021, 2022, 2023) for month in (2, 5, 8, 11)])
SLOTS = np.array([[4, 11, 18, 25], [6, 20, 0, 0], [12, 0, 0, 0]])  # days of the month by number of meetings: 4, 2, 1


def touchpoints(scene: Scene) -> tuple[Columns, Contacts]:
    """The table, and its contacts as plain numbers for the time booked on them.

    >>> from cskit.data.demo.customers import cast_of
    >>> from cskit.data.demo.team import assign, team_of
    >>> from cskit.data.demo.world import published
    >>> from cskit.data.demo.write import ids
    >>> rng = np.random.default_rng(1)
    >>> cast, team = cast_of(published(200), 200, rng), team_of(200, rng)
    >>> assign(cast, team, rng)
    >>> scene = Scene(cast, ids("C", np.arange(200)), team, ids("M", np.arange(9)), seed=1, part=0, held=1.0)
    >>> table, met = touchpoints(scene)
    >>> on, whose = met["on"], met["whose"]
    >>> silent = (cast["silent_from"][whose] <= on) & (on < cast["silent_to"][whose])
    >>> {kind for kind, quiet in zip(table["kind"].to_pylist(), silent, strict=True) if quiet}  # no talks
    {None}
    >>> bool(table["mass"][silent].all())  # only what goes to everybody
    True
    """
    cast, rng = scene.cast, scene.rng("touchpoints")
    parts = [
        (_check_ins(cast, rng), CHECK_IN), (_onboarding(cast, rng), ONBOARDING),
        (_regular(cast, scene.held, rng), REGULAR), (_reviews(cast, rng), REVIEW),
        (_projects(cast, rng), PROJECT), (_bulk(cast, rng), -1),
    ]  # fmt: skip
    whose = np.concatenate([part[0] for part, _ in parts])
    on = np.concatenate([part[1] for part, _ in parts])
    kind = np.concatenate([np.full(len(part[0]), code) for part, code in parts])
    silent = (cast["silent_from"][whose] <= on) & (on < cast["silent_to"][whose]) & (kind >= 0)
    keep = (
        (on >= np.maximum(cast["contracted"][whose], START)) & (on <= np.minimum(cast["churn"][whose], END)) & ~silent
    )
    order = np.flatnonzero(keep)
    order = order[np.lexsort((whose[order], on[order]))]
    contacts = _details(scene, whose[order], on[order], kind[order], rng)
    return _table(scene, contacts, rng), contacts


def _slots(
    start: np.ndarray, stop: np.ndarray, length: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """One day in the middle half of each slot from start to stop."""
    whose, step = spans(np.ceil(np.maximum(stop - start, 0) / length).astype(int))
    place = step + 0.25 + 0.5 * rng.random(len(whose))
    return whose, weekday(start[whose] + np.floor(place * length[whose]).astype(int))


def _check_ins(cast: Cast, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    slow = np.minimum(cast["rhythm_factor"], 2)
    begin, end = np.maximum(cast["contracted"], START), np.minimum(cast["churn"], END)
    settled = np.minimum(np.maximum(cast["live"], begin) + 120, end)
    near, far = NEAR * slow, np.where(cast["feed"] & (cast["completed"] < FAR), FAR_APART, NEAR) * slow
    early = _slots(begin, settled, near, rng)
    late = _slots(settled, end, far, rng)
    quiet = np.flatnonzero(cast["silent_from"] < FAR)  # spoken with on the day before silence, and when reached again
    whose = np.concatenate([early[0], late[0], quiet, quiet])
    return whose, np.concatenate([early[1], late[1], cast["silent_from"][quiet] - 1, cast["silent_to"][quiet]])


def _onboarding(cast: Cast, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    size = len(cast["route"])
    count = np.choose(
        cast["route"] + 1, [0, between(rng, 5, 8, size), between(rng, 3, 4, size), rng.random(size) < 0.3]
    )
    whose, step = spans(count)
    length = np.minimum(cast["days"], 120)[whose] / count[whose]
    return whose, weekday(cast["started"][whose] + np.floor((step + 0.8 * rng.random(len(whose))) * length).astype(int))


def _regular(cast: Cast, held: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """So many in each whole month of a mode, from the month after going live to the one before the change."""
    mode = cast["mode"]
    first = month_of(np.maximum(np.minimum(cast["live"], END), START)) + 1
    last = month_of(np.minimum(np.minimum(cast["moved_on"] - 1, cast["churn"]), END))
    whose, step = spans(np.where((PER_MONTH[mode] > 0) & (cast["live"] < END), last - first + 1, 0))
    month = first[whose] + step
    due = (month + whose) % EVERY[mode[whose]] == 0
    whose, month = whose[due], month[due]
    per = PER_MONTH[mode[whose]]
    row, number = spans(per)
    slot = SLOTS[np.choose(np.log2(per).astype(int), [2, 1, 0])[row], number]
    on = weekday(MONTHS[month[row]] + slot - 1 + between(rng, -2, 1, len(row)))
    took_place = rng.random(len(row)) < held
    return whose[row][took_place], on[took_place]


def _reviews(cast: Cast, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One in each quarter after the change, in the month that suits the customer."""
    moved = np.flatnonzero(cast["moved_on"] < FAR)
    quarters = (month_of(np.full(len(moved), END)) - month_of(cast["moved_on"][moved]) + 1) // 3
    row, step = spans(quarters)
    whose = moved[row]
    month = month_of(cast["moved_on"][whose]) + 3 * step + whose % 3
    return whose, weekday(MONTHS[month] + between(rng, 4, 23, len(whose)))


def _projects(cast: Cast, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Growth mode: project work every three weeks for half a year."""
    grown = np.flatnonzero((cast["moved_on"] < FAR) & (cast["later"] == GROWTH))
    row, step = spans(np.full(len(grown), 8))
    return grown[row], weekday(cast["moved_on"][grown[row]] + 10 + 21 * step + between(rng, 0, 5, len(row)))


def _bulk(cast: Cast, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    size = len(cast["route"])
    whose, number = np.nonzero(rng.random((size, len(BULK))) < 0.4)
    return whose, BULK[number]


def _details(scene: Scene, whose: np.ndarray, on: np.ndarray, kind: np.ndarray, rng: np.random.Generator) -> Contacts:
    """Minutes of meeting, preparation and follow-up; some are not recorded."""
    cast, size = scene.cast, len(whose)
    length = LENGTH[cast["mode"][whose]]
    regular = np.where(length == 40, rng.choice([30, 35, 40, 45], size), length)
    review = rng.choice([75, 90, 90, 90, 90, 105], size)
    check_in = rng.choice([5, 10, 15, 20, 30], size)
    meeting = [regular, review, rng.choice([45, 60, 60, 90], size), rng.choice([60, 60, 90], size), check_in]
    minutes = np.choose(np.maximum(kind, 0), meeting).astype(float)
    # Preparation and follow-up hardly grow with a longer meeting: the measured half of the saving.
    worked = np.rint(OVERHEAD[np.maximum(kind, 0)] * rng.lognormal(-0.06, 0.35, (size, 2)) / 5) * 5
    worked[rng.random((size, 2)) < np.where(kind == CHECK_IN, 0.5, UNRECORDED)[:, None]] = np.nan
    moved = rng.poisson(MOVED[np.maximum(kind, 0)])
    visit = (kind != CHECK_IN) & (rng.random(size) < VISITED)
    travel = np.where(visit, rng.choice(TRAVEL, size), np.where(rng.random(size) < 0.7, 0, np.nan))
    mass = kind < 0
    minutes[mass], worked[mass], travel[mass] = np.nan, np.nan, np.nan
    who = np.where(mass, -1, in_charge(cast, scene.team, whose, on))
    return {
        "whose": whose, "on": on, "kind": kind, "minutes": minutes, "prep": worked[:, 0], "followup": worked[:, 1],
        "travel": travel, "moved": moved, "visit": visit, "who": who,
    }  # fmt: skip


def _table(scene: Scene, made: Contacts, rng: np.random.Generator) -> Columns:
    kind, size = made["kind"], len(made["kind"])
    mass, short = kind < 0, kind == CHECK_IN
    channel = np.where(
        short, rng.choice([2, 3, 4, 5, 1], size, p=[0.35, 0.35, 0.17, 0.05, 0.08]), np.where(made["visit"], 0, 1)
    )
    held = (kind == REGULAR) | (kind == REVIEW)
    news = np.where(rng.random(size) < 0.12, -1, rng.random(size) < np.where(kind == REVIEW, 0.93, 0.62)).astype(int)
    some = {
        name: np.floor(rng.random(size) / share * len(texts()[name]))
        for name, share in (("agreed", 0.3), ("note", 0.07))
    }
    texts_of = {
        name: np.where(mass | (code >= len(texts()[name])), -1, code).astype(int) for name, code in some.items()
    }
    inward = short & (rng.random(size) < 0.35)
    first = scene.cast["first_csm"][made["whose"]]
    # Now and then a customer asks for the member it first knew.
    asks = inward & (texts_of["note"] >= 0) & (made["whose"] % 4 == 0) & (first >= 0)
    people, notes = texts()["person"], texts()["note"]
    note = np.where(asks, len(notes) + first % len(people), texts_of["note"])
    said = texts()["agreed"]
    told = held & _shortly_before(made["on"], scene.cast["moved_on"][made["whose"]])
    return {
        "customer_id": scene.customer(made["whose"]),
        "csm_id": scene.member(made["who"]),
        "on": dates(made["on"]),
        "direction": pick(["out", "in"], inward.astype(int)),
        "mass": mass,
        "channel": pick(CHANNELS, np.where(mass, 3, channel)),
        "kind": pick(KINDS, kind),
        "minutes": made["minutes"],
        "prep_minutes": made["prep"],
        "followup_minutes": made["followup"],
        "travel_minutes": made["travel"],
        "reschedules": np.where(mass | short, np.nan, made["moved"]),
        "had_update": pick(["false", "true"], np.where(held, news, -1)),
        "executive": pick(
            ["false", "true"], np.where(kind == REVIEW, rng.random(size) < 0.35, np.where(held, 0, -1)).astype(int)
        ),
        "agreed": pick([*said, TOLD], np.where(told, len(said), np.where(short, -1, texts_of["agreed"]))),
        "note": pick([*notes, *[f"{name}さんに相談したいとのこと" for name in people]], note),
    }


def _shortly_before(on: np.ndarray, changed: np.ndarray) -> np.ndarray:
    """Within the two months before the customer's mode changes."""
    return (on >= changed - 61) & (on < changed)


def true_ratios(cast: Cast, held: float) -> dict[str, float]:
    """Expected ratios after the change to operation mode: meetings, their minutes, and all minutes with overhead.

    Minutes not recorded count with the standard of params workload; moving a meeting once costs 20.

    >>> changed = np.array([day("2022-10-01"), FAR])
    >>> cast = {"mode": np.array([2, 4]), "moved_on": changed, "later": np.array([OPERATION, -1])}
    >>> true_ratios(cast, held=1.0)  # from 40 minutes a month to 90 a quarter; who did not change does not count
    {'meetings_ratio': 0.3333, 'meeting_hours_ratio': 0.8, 'total_hours_ratio': 0.4602}
    """
    mode = cast["mode"][(cast["moved_on"] < FAR) & (cast["later"] == OPERATION)]
    monthly = held * (PER_MONTH / EVERY)[mode]
    length = np.where(LENGTH[mode] == 40, 37.5, LENGTH[mode])
    standard = np.array([80.0, 120.0])
    worked = (1 - UNRECORDED) * OVERHEAD[:2].sum(axis=1) + UNRECORDED * standard
    besides = worked + VISITED * np.mean(TRAVEL) + 20 * MOVED[:2]
    before = np.array([monthly.mean(), (monthly * length).mean(), (monthly * (length + besides[0])).mean()])
    after = np.array([1, 90, 90 + besides[1]]) / 3
    names = ("meetings_ratio", "meeting_hours_ratio", "total_hours_ratio")
    return dict(zip(names, (after / before).round(4).tolist(), strict=True))
