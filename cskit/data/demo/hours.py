"""Where does the team's time go? Bookings that follow from meetings, onboardings and inquiries, within capacity."""

import numpy as np
import pyarrow as pa

from cskit.data.demo.days import END, MONTHS, START, between, dates, month_of, spans, weekday
from cskit.data.demo.meetings import CHECK_IN, Contacts
from cskit.data.demo.scene import Cast, Scene
from cskit.data.demo.team import in_charge
from cskit.data.demo.write import Columns, pick

__all__ = ["TASKS", "time_logs"]

TASKS = (
    "regular meeting", "review meeting", "onboarding", "project", "check-in", "preparation", "follow-up", "inquiry",
    "internal meeting", "reporting", "training",
)  # fmt: skip
PREPARATION, FOLLOW_UP, INQUIRY, INTERNAL, REPORTING, TRAINING = range(5, 11)
SET_UP = np.array([9, 5, 1])  # bookings of work on an onboarding besides its meetings, by route
WORKED = 0.92  # of contracted hours: the rest is leave
Booked = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def time_logs(
    scene: Scene, made: Contacts, work: Contacts, who: np.ndarray, cases: pa.Array, asked: pa.Array
) -> Columns:
    """The table.

    Parameters
    ----------
    made, work : dict of arrays
        Contacts of :func:`touchpoints` and inquiries of :func:`tickets`.
    who : array of int
        Customers with an onboarding; ``cases`` are its identifiers, ``asked`` those of the tickets.

    Examples
    --------
    >>> of_one = {"joined": START, "left": 99_999, "heir": 0, "hours": 40.0, "share": 1.0, "ramp": 90}
    >>> team = {trait: np.array([value]) for trait, value in of_one.items()}
    >>> cast = {trait: np.array([0]) for trait in ("route", "started", "days", "change_on", "first_csm", "second_csm")}
    >>> scene = Scene(cast, pa.array(["C1"]), team, pa.array(["M1"]), seed=1, part=0, held=1.0)
    >>> of_one = {"whose": 0, "who": 0, "on": END - 1, "kind": 0, "minutes": 45, "prep": 30, "followup": 25, "moved": 1}
    >>> met = {trait: np.array([value]) for trait, value in of_one.items()}
    >>> asked = {"whose": np.array([0]), "on": np.array([END]), "minutes": np.array([10]), "first": np.array([True])}
    >>> who, cases, tickets = np.array([], int), pa.array([], pa.string()), pa.array(["T1"])
    >>> made = time_logs(scene, met, asked, who, cases, tickets)
    >>> texts = [made[name].to_pylist() for name in ("customer_id", "task", "case_id")]
    >>> for whose, task, case, on, minutes in zip(*texts, made["on"], made["minutes"], strict=True):
    ...     if whose:  # the follow-up is longer, since the meeting was moved once
    ...         print(on, task, minutes, case)
    2023-06-27 preparation 30.0 None
    2023-06-29 regular meeting 45.0 None
    2023-06-29 follow-up 45.0 None
    2023-06-30 inquiry 10.0 T1
    """
    rng = scene.rng("time_logs")
    parts = [
        *_of_contacts(made, rng),
        _of_onboardings(scene, who, rng),
        _of_inquiries(scene, work, rng),
        *_indirect(scene.team, rng),
    ]
    member, on, task, minutes, whose, case = (np.concatenate(column) for column in zip(*parts, strict=True))
    on = weekday(on)
    keep = (member >= 0) & (on >= START) & (on <= END) & (on <= scene.team["left"][member]) & (minutes > 0)
    order = np.flatnonzero(keep)
    order = order[np.lexsort((member[order], on[order]))]
    member, on, task, minutes, whose, case = (x[order] for x in (member, on, task, minutes, whose, case))
    minutes = _within_capacity(scene.team, member, on, minutes)
    pool = pa.concat_arrays([cases, asked])
    return {
        "csm_id": scene.member(member),
        "on": dates(on),
        "task": pick(TASKS, np.where(rng.random(len(on)) < 0.01, -1, task)),
        "minutes": minutes,
        "customer_id": scene.customer(whose),
        "case_id": pick(pool, np.where((task == INQUIRY) & (case >= 0), case + len(cases), case)),
    }


def _booked(
    member: np.ndarray,
    on: np.ndarray,
    task: int | np.ndarray,
    minutes: np.ndarray,
    whose: np.ndarray,
    case: np.ndarray | int,
) -> Booked:
    size = len(on)
    return member, on, np.broadcast_to(task, size), minutes.astype(float), whose, np.broadcast_to(case, size)


def _of_contacts(made: Contacts, rng: np.random.Generator) -> list[Booked]:
    """The meeting, its preparation and its follow-up; short check-ins are booked now and then."""
    size = len(made["on"])
    meant = (made["kind"] >= 0) & ((made["kind"] != CHECK_IN) | (rng.random(size) < 0.35))
    row = np.flatnonzero(meant)
    big = np.flatnonzero(meant & (made["kind"] != CHECK_IN))
    prep, follow = (np.where(np.isnan(made[name]), 40, made[name])[big] for name in ("prep", "followup"))
    whose = made["whose"]
    return [
        _booked(made["who"][row], made["on"][row], made["kind"][row], made["minutes"][row], whose[row], -1),
        _booked(
            made["who"][big], made["on"][big] - 3 + between(rng, 0, 2, len(big)), PREPARATION, prep, whose[big], -1
        ),
        _booked(made["who"][big], made["on"][big], FOLLOW_UP, follow + 20 * made["moved"][big], whose[big], -1),
    ]


def _of_onboardings(scene: Scene, who: np.ndarray, rng: np.random.Generator) -> Booked:
    cast = scene.cast
    row, step = spans(SET_UP[cast["route"][who]])
    length = np.minimum(cast["days"], 120)[who]
    on = cast["started"][who][row] + np.floor(
        (step + rng.random(len(row))) / SET_UP[cast["route"][who]][row] * length[row]
    ).astype(int)
    minutes = np.rint(rng.gamma(4, 30, len(row)) / 15) * 15 * np.array([1.0, 0.8, 0.35])[cast["route"][who]][row]
    return _booked(in_charge(cast, scene.team, who[row], on), on, 2, np.minimum(minutes, 420), who[row], row)


def _of_inquiries(scene: Scene, work: Contacts, rng: np.random.Generator) -> Booked:
    case = np.flatnonzero(work["first"] & (rng.random(len(work["on"])) < 0.85))
    on, team = work["on"][case], scene.team
    member = np.floor(np.searchsorted(team["joined"], on, side="right") * rng.random(len(case))).astype(int)
    member = np.where(on > team["left"][member], team["heir"][member], member)
    return _booked(member, on, INQUIRY, work["minutes"][case], work["whose"][case], case)


def _indirect(team: Cast, rng: np.random.Generator) -> list[Booked]:
    """Meetings each week, reports each month, and learning, most of it in the first months."""
    begin = np.maximum(team["joined"], START)
    out = []
    for task, every, low, high in ((INTERNAL, 7, 60, 180), (REPORTING, 15, 90, 240), (TRAINING, 28, 45, 150)):
        member, step = spans((END - begin) // every + 1)
        on = begin[member] + every * step + between(rng, 0, min(every - 1, 4), len(member))
        minutes = np.rint(rng.uniform(low, high, len(member)) / 15) * 15
        nobody = np.full(len(member), -1)
        out.append(_booked(member, on, task, minutes, nobody, -1))
    learning = team["ramp"] // 3
    member, step = spans(np.where(team["joined"] > START, learning, 0))
    on = team["joined"][member] + 3 * step
    out.append(_booked(member, on, TRAINING, between(rng, 90, 300, len(member)) * 1.0, np.full(len(member), -1), -1))
    return out


def _within_capacity(team: Cast, member: np.ndarray, on: np.ndarray, minutes: np.ndarray) -> np.ndarray:
    """Booked minutes; where a month's bookings exceed what a person can work, all of them are shorter."""
    group = member * len(MONTHS) + month_of(on)
    booked = np.bincount(group, minutes, minlength=len(team["joined"]) * len(MONTHS))
    ability = np.repeat(team["hours"] * team["share"] * 60 * 52 / 12 * WORKED, len(MONTHS))
    factor = np.minimum(1, ability / np.maximum(booked, 1))
    return np.maximum(np.rint(minutes * factor[group] / 5) * 5, 5)
