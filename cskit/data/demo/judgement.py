"""What does the team think and know of its customers? Assessments, decided grades, actions, goals, hearings."""

import numpy as np

from cskit.data.demo.days import END, FAR, START, between, dates, day, spans, weekday
from cskit.data.demo.risk import SILENT
from cskit.data.demo.scene import Cast, Scene
from cskit.data.demo.team import in_charge
from cskit.data.demo.write import Columns, pick, texts

__all__ = ["actions", "assessments", "goals", "hearings", "overrides"]

ITEMS = ("goal", "success_measure", "decision_maker", "current_process", "busy_season")  # params onboarding
EVERY = 150  # days between two assessments


def at_risk(cast: Cast, whose: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Planned to be at risk on a day."""
    return (cast["spell_from"][whose] <= on) & (on < cast["spell_to"][whose])


def assessments(scene: Scene) -> Columns:
    """Two judgements at a time, for the customers somebody knows; again when a customer falls or comes back.

    >>> import pyarrow as pa
    >>> cast = dict.fromkeys(("churn", "spell_to", "good_from", "change_on"), np.array([FAR]))
    >>> cast |= dict.fromkeys(("route", "first_csm", "second_csm"), np.array([0]))
    >>> cast |= dict.fromkeys(("contracted", "live"), np.array([day("2022-04-01")]))
    >>> cast |= {"kind": np.array([SILENT + 1]), "spell_from": np.array([day("2023-01-01")])}
    >>> team = {"left": np.array([FAR]), "heir": np.array([0])}
    >>> made = assessments(Scene(cast, pa.array(["C1"]), team, pa.array(["M1"]), seed=1, part=0, held=1.0))
    >>> for row in zip(made["item"].to_pylist(), made["on"].astype(str).tolist(), made["value"].tolist(), strict=True):
    ...     print(*row)
    accepts_meetings 2022-05-26 3.0
    accepts_meetings 2022-10-23 3.0
    accepts_meetings 2023-01-16 2.0
    accepts_meetings 2023-03-22 1.0
    grants_favours 2022-05-26 3.0
    grants_favours 2022-10-23 3.0
    grants_favours 2023-01-16 2.0
    grants_favours 2023-03-22 1.0
    """
    cast, rng = scene.cast, scene.rng("assessments")
    size = len(cast["live"])
    judged = rng.random(size) < np.array([0.95, 0.9, 0.6, 0.92])[cast["route"]]
    fallen = (cast["kind"] > SILENT) & (cast["spell_from"] <= END)
    judged |= fallen
    first = np.maximum(np.maximum(cast["live"], START), cast["contracted"]) + between(rng, 20, EVERY, size)
    last = np.minimum(cast["churn"], END)
    whose, step = spans(np.where(judged & (cast["live"] < END), (last - first) // EVERY + 1, 0))
    falls, returns = np.flatnonzero(fallen), np.flatnonzero(fallen & (cast["spell_to"] < FAR))
    whose = np.concatenate([whose, falls, returns])
    on = np.concatenate(
        [first[whose[: len(step)]] + EVERY * step, cast["spell_from"][falls] + 15, cast["spell_to"][returns] + 10]
    )
    keep = on <= last[whose]
    whose, on = whose[keep], on[keep]
    _, once = np.unique(whose * 100_000 + on, return_index=True)
    whose, on = whose[once], on[once]
    bad = at_risk(cast, whose, on) & (cast["kind"][whose] > SILENT)
    good = cast["good_from"][whose] <= on
    low, high = np.where(bad, 1, np.where(good, 4, 3)), np.where(bad, 2, np.where(good, 5, 4))
    values = [between(rng, low, high), between(rng, low, np.where(good | bad, high, 3))]
    return {
        "customer_id": scene.customer(np.tile(whose, 2)),
        "on": dates(np.tile(on, 2)),
        "item": pick(["accepts_meetings", "grants_favours"], np.repeat([0, 1], len(whose))),
        "value": np.concatenate(values).astype(float),
        "by": scene.member(np.tile(in_charge(cast, scene.team, whose, on), 2)),
    }


def overrides(scene: Scene) -> Columns:
    """Grades decided in the quarterly meeting against the computed one, mostly near it.

    >>> import pyarrow as pa
    >>> always, never = np.full(100, START), np.full(100, FAR)
    >>> cast = {"live": always, "churn": never, "spell_from": always, "spell_to": never}
    >>> names = pa.array([f"C{number}" for number in range(100)])
    >>> made = overrides(Scene(cast, names, {}, pa.array(["M1"]), seed=1, part=0, held=1.0))
    >>> sorted(set(made["grade"].to_pylist()))  # either side of caution
    ['action', 'sound']
    """
    cast, rng = scene.cast, scene.rng("overrides")
    size = len(cast["live"])
    meeting = np.array([day(f"{y}-{m:02d}-12") for y in (2021, 2022, 2023) for m in (1, 4, 7, 10)][:10])
    on = meeting[np.floor(rng.random(size) * len(meeting)).astype(int)]
    stays = (cast["live"] < on) & (on < cast["churn"])
    bad = at_risk(cast, np.arange(size), on)
    who = np.flatnonzero(stays & (rng.random(size) < np.where(bad, 0.3, 0.04)))
    grade = np.where(bad[who], rng.choice([1, 3], len(who)), rng.choice([0, 2], len(who)))
    held = on[who] + between(rng, 60, 120, len(who))
    return {
        "customer_id": scene.customer(who),
        "on": dates(on[who]),
        "grade": pick(["good", "sound", "caution", "action"], grade),
        "reason": pick(texts()["override_reason"], np.floor(rng.random(len(who)) * 5).astype(int) - 1),
        "decided_by": pick(["CS会議", "Head of CS"], rng.choice(2, len(who), p=[0.8, 0.2])),
        "until": dates(np.where(rng.random(len(who)) < 0.4, FAR, held)),
    }


def actions(scene: Scene) -> Columns:
    """Steps taken: two for most at risk, now and then one for others.

    >>> import pyarrow as pa
    >>> cast = {trait: np.array([FAR]) for trait in ("churn", "change_on")}
    >>> cast |= {"live": np.array([START]), "spell_from": np.array([day("2022-07-01")])}
    >>> cast |= {trait: np.array([0]) for trait in ("first_csm", "second_csm")}
    >>> team = {"left": np.array([FAR]), "heir": np.array([0])}
    >>> made = actions(Scene(cast, pa.array(["C1"]), team, pa.array(["M1"]), seed=1, part=0, held=1.0))
    >>> made["opened_on"].astype(str).tolist(), made["done_on"].astype(str).tolist()
    (['2022-07-12', '2022-11-22'], ['NaT', '2022-12-06'])
    """
    cast, rng = scene.cast, scene.rng("actions")
    size = len(cast["live"])
    fallen = np.flatnonzero(cast["spell_from"] < END)
    whose = np.concatenate([fallen, fallen, np.flatnonzero((rng.random(size) < 0.15) & (cast["live"] < END - 100))])
    calm = np.arange(len(whose)) >= 2 * len(fallen)
    begin = np.where(calm, np.maximum(cast["live"], START)[whose] + 30, np.maximum(cast["spell_from"][whose], START))
    on = weekday(begin + between(rng, 5, np.where(calm, 600, 150)))
    keep = (on <= np.minimum(cast["churn"][whose], END)) & (rng.random(len(whose)) < 0.85)
    whose, on = whose[keep], on[keep]
    order = np.argsort(on, kind="stable")
    whose, on = whose[order], on[order]
    done = on + between(rng, 5, 80, len(on))
    dropped = rng.random(len(on)) < 0.12
    outcome = np.floor(rng.random(len(on)) * len(texts()["outcome"])).astype(int)
    reached = ~dropped & (done <= END)
    return {
        "customer_id": scene.customer(whose),
        "play": pick(texts()["play"], np.floor(rng.random(len(on)) * len(texts()["play"])).astype(int)),
        "opened_on": dates(on),
        "owner": scene.member(in_charge(cast, scene.team, whose, on)),
        "due_on": dates(np.where(rng.random(len(on)) < 0.05, FAR, on + 45)),
        "done_on": dates(np.where(reached, done, FAR)),
        "dropped_on": dates(np.where(dropped & (done <= END), done, FAR)),
        "outcome": pick(texts()["outcome"], np.where(reached, outcome, -1)),
    }


def goals(scene: Scene) -> Columns:
    """What customers want: a goal a year, reached in time while all is well, overdue while it is not.

    >>> import pyarrow as pa
    >>> cast = {"live": np.full(2, day("2021-10-01")), "route": np.zeros(2, int), "kind": np.array([0, SILENT + 1])}
    >>> cast |= {"spell_from": np.array([FAR, day("2022-07-01")])}
    >>> cast |= dict.fromkeys(("spell_to", "churn", "good_from"), np.full(2, FAR))
    >>> made = goals(Scene(cast, pa.array(["well", "at risk"]), {}, pa.array(["M1"]), seed=1, part=0, held=1.0))
    >>> for name in ("due_on", "achieved_on"):
    ...     print(*zip(made["customer_id"].to_pylist(), made[name].astype(str).tolist(), strict=True))
    ('well', '2022-09-29') ('well', '2023-06-21') ('at risk', '2022-06-30')
    ('well', '2022-09-03') ('well', 'NaT') ('at risk', 'NaT')
    """
    cast, rng = scene.cast, scene.rng("goals")
    size = len(cast["live"])
    has = (rng.random(size) < np.array([0.93, 0.88, 0.55, 0.88])[cast["route"]]) & (cast["live"] < END - 60)
    fallen = cast["kind"] > SILENT
    first = np.maximum(cast["live"], START) + between(rng, 10, 50, size)
    whose, step = spans(np.where(has, np.where(fallen, 1, (np.minimum(cast["churn"], END) - first) // 365 + 1), 0))
    agreed = first[whose] + 365 * step
    due = agreed + between(rng, 240, 350, len(whose))
    reached = due - between(rng, 0, 60, len(whose))
    bad = fallen[whose]
    spell, over = cast["spell_from"][whose], cast["spell_to"][whose]
    due = np.where(bad, np.maximum(spell - 1, agreed), due)  # overdue from the first day at risk
    reached = np.where(bad, np.where(over < FAR, over, FAR), reached)
    good = cast["good_from"][whose] <= agreed
    reached = np.where(good & ~bad & (rng.random(len(whose)) < 0.12), due + 40, reached)
    missed = ~good & ~bad & (step == 1) & (whose % 2 == 0)  # one of several: not good, but not at risk either
    reached = np.where(missed, FAR, reached)
    reached = np.where(reached > np.minimum(END, cast["churn"][whose]), FAR, reached)
    base, target = np.rint(rng.uniform(10, 200, len(whose))), rng.uniform(0.5, 1.4, len(whose))
    name = np.floor(rng.random(len(whose)) * len(texts()["goal"])).astype(int)
    gap = np.where(reached < FAR, 1.0, rng.uniform(0, 0.9, len(whose)))
    return {
        "customer_id": scene.customer(whose),
        "goal": pick(texts()["goal"], name),
        "baseline": base,
        "target": np.rint(base * target),
        "current": np.rint(base * (1 + (target - 1) * gap)),
        "unit": pick(texts()["goal_unit"], name),
        "agreed_on": dates(agreed),
        "due_on": dates(due),
        "achieved_on": dates(reached),
    }


def hearings(scene: Scene) -> Columns:
    """What was learnt. Self-onboarded customers stay unknown, until 2022 when asking them became the rule.

    >>> import pyarrow as pa
    >>> cast = {"live": np.full(200, day("2021-03-01")), "route": np.repeat([0, 2], 100), "churn": np.full(200, FAR)}
    >>> cast |= dict.fromkeys(("started", "contracted"), np.full(200, day("2021-01-01")))
    >>> names = pa.array(["high touch"] * 100 + ["self"] * 100)
    >>> made = hearings(Scene(cast, names, {}, pa.array(["M1"]), seed=1, part=0, held=1.0))
    >>> known = made["customer_id"].to_pylist()
    >>> known.count("high touch"), known.count("self")  # of 500 answers each
    (447, 145)
    """
    cast, rng = scene.cast, scene.rng("hearings")
    size = len(cast["live"])
    asked_more = np.clip((cast["started"] - day("2022-01-01")) / 540, 0, 1)
    share = np.choose(cast["route"] + 1, [0.72, 0.93, 0.8 + 0.1 * asked_more, 0.28 + 0.34 * asked_more])
    share = np.clip(share + rng.normal(0, 0.15, size), 0.02, 0.98)
    whose, item = np.nonzero(rng.random((size, len(ITEMS))) < share[:, None])
    begin = np.where(cast["started"] < FAR, cast["started"], cast["contracted"])[whose]
    soon = np.floor(rng.gamma(1.6, 11, len(whose))).astype(int)
    on = weekday(begin + np.where(rng.random(len(whose)) < 0.06, 60 + 4 * soon, np.minimum(soon, 56)))
    keep = on <= np.minimum(cast["churn"][whose], END)
    whose, item, on = whose[keep], item[keep], on[keep]
    answer = np.floor(rng.random(len(whose)) * len(texts()["answer"])).astype(int)
    return {
        "customer_id": scene.customer(whose),
        "item": pick(ITEMS, item),
        "on": dates(np.where((rng.random(len(whose)) < 0.05) & (cast["started"][whose] < FAR), FAR, on)),
        "answer": pick(texts()["answer"], np.where(rng.random(len(whose)) < 0.03, -1, answer)),
    }
