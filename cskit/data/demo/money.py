"""What do customers pay, and when do they leave?"""

import numpy as np

from cskit.data.demo.customers import PLANS, SEGMENTS, mrr
from cskit.data.demo.days import END, FAR, dates, shift_years, spans
from cskit.data.demo.scene import TERMS, Scene
from cskit.data.demo.write import Columns, pick, texts

__all__ = ["churns", "contracts", "history", "referrals"]

PAID, OPTION, TRIAL = 0, 1, 2


def _terms(scene: Scene) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whose term, the how-many-eth, and its first day: those that began while the customer stayed."""
    contracted = scene.cast["contracted"]
    whose, term = spans(np.full(len(contracted), TERMS))
    starts = shift_years(contracted[whose], term)
    stays = (starts <= END) & (starts <= scene.cast["churn"][whose])
    return whose[stays], term[stays], starts[stays]


def contracts(scene: Scene) -> Columns:
    """Yearly terms one after another; an option sold later, a trial before, some without a fixed end.

    >>> import pyarrow as pa
    >>> from cskit.data.demo.days import day
    >>> cast = {"contracted": np.array([day("2021-05-10")]), "churn": np.array([day("2023-05-09")])}
    >>> cast |= {"seats": np.full((1, TERMS), 10), "price": np.array([3000.0]), "segment": np.array([2])}
    >>> made = contracts(Scene(cast, pa.array(["C1"]), {}, pa.array(["M1"]), seed=1, part=0, held=1.0))
    >>> for name in ("starts_on", "ends_on", "mrr"):
    ...     print(name, *made[name])
    starts_on 2021-05-10 2022-05-10
    ends_on 2022-05-09 2023-05-09
    mrr 30000.0 30000.0
    """
    cast, rng = scene.cast, scene.rng("contracts")
    whose, term, starts = _terms(scene)
    ends = shift_years(starts, 1) - 1
    value = mrr(cast, whose, term, starts)
    extra = np.flatnonzero((rng.random(len(whose)) < 0.08) & (starts + 120 <= np.minimum(END, cast["churn"][whose])))
    trial = np.flatnonzero((term == 0) & (rng.random(len(whose)) < 0.1))
    source = np.concatenate([np.arange(len(whose)), extra, trial])
    kind = np.repeat([PAID, OPTION, TRIAL], [len(whose), len(extra), len(trial)])
    begin = np.choose(kind, [starts[source], starts[source] + 120, starts[source] - 31])
    end = np.choose(kind, [ends[source], ends[source], starts[source] - 1])
    who, segment = whose[source], cast["segment"][whose[source]]
    end = np.minimum(end, cast["churn"][who])
    given = (kind == OPTION) & (rng.random(len(who)) < 0.15)
    worth = np.choose(kind, [value[source], np.rint(value[source] * 0.15 / 500) * 500, 0]) * ~given
    open_ended = (segment == 2) & (rng.random(len(who)) < 0.1) & (cast["churn"][who] == FAR) & (end > END)
    notice_by = end - np.choose(segment, [90, 60, 30])
    order = np.lexsort((begin, who))
    return {
        "customer_id": scene.customer(who[order]),
        "product": pick(["予約管理", "分析オプション"], (kind == OPTION)[order]),
        "kind": pick(["paid", "free", "trial"], np.where(given, 1, np.choose(kind, [0, 0, 2]))[order]),
        "starts_on": dates(begin[order]),
        "ends_on": dates(np.where(open_ended, FAR, end)[order]),
        "notice_by": dates(np.where(open_ended | (notice_by < begin), FAR, notice_by)[order]),
        "auto_renew": ((segment > 0) & (kind != TRIAL))[order],
        "mrr": worth[order],
    }


def history(scene: Scene) -> Columns:
    """Seats, plan and segment as they were: the first values, and those that changed at a renewal.

    >>> import pyarrow as pa
    >>> from cskit.data.demo.days import day
    >>> cast = {"contracted": np.array([day("2020-05-10")]), "churn": np.array([FAR])}
    >>> cast |= {"seats": np.array([[10, 10, 12, 12, 12, 12, 12, 12]]), "plan": np.array([1])}
    >>> cast |= {"segment": np.array([2]), "region": np.array([0])}
    >>> made = history(Scene(cast, pa.array(["C1"]), {}, pa.array(["M1"]), seed=1, part=0, held=1.0))
    >>> made["from_on"].astype(str).tolist(), made["seats"].tolist()
    (['2020-05-10', '2022-05-10'], [10, 12])
    """
    cast = scene.cast
    whose, term, starts = _terms(scene)
    seats = cast["seats"][whose, term]
    changed = (term == 0) | (seats != cast["seats"][whose, np.maximum(term - 1, 0)])
    whose, term, starts, seats = whose[changed], term[changed], starts[changed], seats[changed]
    upgraded = (term == 0) & (cast["plan"][whose] == 2) & (whose % 3 == 0) & (cast["contracted"][whose] < END - 400)
    return {
        "customer_id": scene.customer(whose),
        "from_on": dates(starts),
        "segment": pick(SEGMENTS, cast["segment"][whose]),
        "plan": pick(PLANS, np.where(upgraded, 1, cast["plan"][whose])),
        "region": pick(texts()["region"], cast["region"][whose]),
        "seats": seats,
    }


def churns(scene: Scene) -> Columns:
    """Who gave notice by the last day, also for a day still to come.

    >>> import pyarrow as pa
    >>> from cskit.data.demo.days import day
    >>> cast = {"notified": np.array([FAR, day("2023-06-05")]), "churn": np.array([FAR, day("2023-09-30")])}
    >>> made = churns(Scene(cast, pa.array(["C1", "C2"]), {}, pa.array(["M1"]), seed=1, part=0, held=1.0))
    >>> made["customer_id"].to_pylist(), made["effective_on"].astype(str).tolist()
    (['C2'], ['2023-09-30'])
    """
    cast, rng = scene.cast, scene.rng("churns")
    who = np.flatnonzero(cast["notified"] <= END)
    who = who[np.argsort(cast["notified"][who], kind="stable")]
    pool = texts()["churn_reason"]
    reason = np.floor(rng.random(len(who)) * len(pool)).astype(int)
    return {
        "customer_id": scene.customer(who),
        "notified_on": dates(cast["notified"][who]),
        "effective_on": dates(cast["churn"][who]),
        "reason": pick(pool, np.where(rng.random(len(who)) < 0.08, -1, reason)),
    }


def referrals(scene: Scene) -> Columns:
    """Customers who brought others: contented ones, at the earliest 90 days after they are so and live.

    >>> import pyarrow as pa
    >>> from cskit.data.demo.days import START, day
    >>> content = np.repeat([START, day("2022-07-01"), FAR], 100)
    >>> cast = {"live": np.full(300, START), "good_from": content, "churn": np.full(300, FAR)}
    >>> names = pa.array(["always"] * 100 + ["since July 2022"] * 100 + ["never"] * 100)
    >>> made = referrals(Scene(cast, names, {}, pa.array(["M1"]), seed=1, part=0, held=1.0))
    >>> who = np.array(made["customer_id"].to_pylist())
    >>> for name in np.unique(who):
    ...     print(name, made["on"][who == name].min())
    always 2020-09-30
    since July 2022 2022-10-08
    """
    cast, rng = scene.cast, scene.rng("referrals")
    live, last = np.maximum(cast["live"], cast["good_from"]), np.minimum(cast["churn"], END)
    who = np.flatnonzero((rng.random(len(live)) < 0.13) & (live + 120 < last))
    on = live[who] + 90 + np.floor(rng.random(len(who)) * (last[who] - live[who] - 90)).astype(int)
    on = np.maximum(on, cast["live"][who])
    return {
        "customer_id": scene.customer(who),
        "on": dates(on),
        "category": pick(texts()["referral_category"], rng.choice(3, size=len(who), p=[0.6, 0.25, 0.15])),
        "status": pick(texts()["referral_status"], rng.choice(3, size=len(who), p=[0.3, 0.4, 0.3])),
    }
