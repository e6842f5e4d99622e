"""Who are the people at the customers, and would they recommend us?"""

from typing import Any

import numpy as np
import pyarrow as pa

from cskit.data.demo.days import END, FAR, START, between, dates, day, spans
from cskit.data.demo.scene import Cast, Scene
from cskit.data.demo.world import Wave
from cskit.data.demo.write import Columns, ids, pick, texts

__all__ = ["Panel", "contacts", "panel_of", "panel_people", "waves"]

ROLES = ("admin", "decision_maker", "user")
COMPANIES = 38  # that are ever asked: a small sample at every size
Panel = dict[str, np.ndarray]


def contacts(scene: Scene, numbers: np.ndarray) -> Columns:
    """People by customer. Some left, and another took over the next day.

    >>> cast = dict.fromkeys(("contracted", "live"), np.full(4, START)) | {"churn": np.full(4, FAR)}
    >>> names = ids("C", np.arange(1, 5), 2)
    >>> made = contacts(Scene(cast, names, {}, pa.array(["M1"]), seed=1, part=0, held=1.0), np.arange(1, 5))
    >>> last = np.array(made["customer_id"].to_pylist()) == "C04"
    >>> roles = np.array(made["role"].to_pylist())
    >>> for row in zip(roles[last], made["from_on"][last], made["to_on"][last], strict=True):
    ...     print(*row)
    admin 2020-04-01 2021-07-17
    decision_maker 2020-04-01 2021-09-02
    user 2020-04-01 NaT
    admin 2021-07-18 NaT
    decision_maker 2021-09-03 NaT
    """
    cast, rng = scene.cast, scene.rng("contacts")
    size = len(numbers)
    count = np.where(rng.random(size) < 0.06, 0, rng.choice([1, 2, 3, 4], size, p=[0.3, 0.35, 0.2, 0.15]))
    whose, place = spans(count)
    begin = cast["contracted"][whose]
    settled = np.maximum(np.where(cast["live"] < END, cast["live"], END), START) + 200
    leave = between(rng, settled[whose], np.maximum(END, settled[whose]))
    gone = (rng.random(len(whose)) < 0.22) & (leave < np.minimum(END, cast["churn"][whose]))
    heirs = np.flatnonzero(gone)
    role = np.minimum(place, 2)
    who = np.concatenate([numbers[whose] * 100 + place, numbers[whose[heirs]] * 100 + 50 + place[heirs]])
    return {
        "contact_id": ids("U", who, 9),
        "customer_id": scene.customer(np.concatenate([whose, whose[heirs]])),
        "role": pick(ROLES, np.concatenate([role, role[heirs]])),
        "from_on": dates(np.concatenate([begin, leave[heirs] + 1])),
        "to_on": dates(np.concatenate([np.where(gone, leave, FAR), np.full(len(heirs), FAR)])),
    }


def panel_of(cast: Cast, rng: np.random.Generator) -> Panel:
    """Companies that are asked, contented ones that stay; the first 30 of them from the first wave on.

    >>> cast = {"free": np.ones(50, bool), "live": np.full(50, START)}
    >>> cast |= {name: np.full(50, FAR) for name in ("churn", "good_from")}
    >>> panel = panel_of(cast, np.random.default_rng(1))
    >>> len(panel["companies"]), int(panel["admins"][panel["spring"]].sum())  # the admins asked in Spring 2023
    (38, 105)
    >>> set(cast["good_from"][panel["companies"]].tolist())  # contented from the first day on
    {0}
    """
    stays = cast["free"] & (cast["churn"] == FAR) & (cast["live"] <= day("2022-06-01"))
    pool = rng.permutation(np.flatnonzero(stays))
    pool = pool[np.argsort(cast["live"][pool] > day("2021-08-01"), kind="stable")][:COMPANIES]
    cast["good_from"][pool] = 0
    admins = np.full(len(pool), 3)
    spring = rng.permutation(len(pool))[:34]
    admins[spring] = 1 + rng.multinomial(105 - len(spring), rng.dirichlet(np.full(len(spring), 3)))
    return {"companies": pool, "admins": admins, "others": between(rng, 1, 3, len(pool)), "spring": np.sort(spring)}


def panel_people(panel: Panel, cast: Cast, customer_ids: pa.Array) -> Columns:
    """Their contact rows, besides those that all customers have.

    >>> panel = {"companies": np.array([4]), "admins": np.array([2]), "others": np.array([1])}
    >>> made = panel_people(panel, {"contracted": np.full(5, START)}, ids("C", np.arange(1, 6), 5))
    >>> made["contact_id"].to_pylist(), made["role"].to_pylist()
    (['U000000510', 'U000000511', 'U000000512'], ['admin', 'admin', 'decision_maker'])
    """
    row, place = spans(panel["admins"] + panel["others"])
    company = panel["companies"][row]
    later = place >= panel["admins"][row]
    return {
        "contact_id": _person(panel, row, place),
        "customer_id": pick(customer_ids, company),
        "role": pick(ROLES, np.where(later, 1 + (place + row) % 2, 0)),
        "from_on": dates(cast["contracted"][company]),
    }


def _person(panel: Panel, row: np.ndarray, place: np.ndarray) -> pa.Array:
    return ids("U", (panel["companies"][row] + 1) * 100 + 10 + place, 9)


def waves(
    panel: Panel, planned: tuple[Wave, ...], customer_ids: pa.Array, rng: np.random.Generator
) -> dict[str, list[Columns]]:
    """The three tables, wave by wave.

    >>> from cskit.data.demo.world import published
    >>> rng, cast = np.random.default_rng(1), {"free": np.ones(50, bool), "live": np.full(50, START)}
    >>> cast |= {name: np.full(50, FAR) for name in ("churn", "good_from")}
    >>> made = waves(panel_of(cast, rng), published(500).waves, ids("C", np.arange(1, 51), 5), rng)
    >>> score = made["nps_responses"][-1]["score"]  # of Spring 2023; one form came back without
    >>> len(score), round(float(100 * np.mean((score > 8) * 1.0 - (score < 7), where=~np.isnan(score))), 1)
    (48, 6.4)
    """
    asked, answered = [], []
    for wave in planned:
        row, place = _invited(panel, wave, rng)
        person, company = _person(panel, row, place), pick(customer_ids, panel["companies"][row])
        role = np.where(place < panel["admins"][row], 0, 1 + (place + row) % 2)
        size = len(row)
        asked.append({
            "wave": pick([wave.name], np.zeros(size)), "respondent_id": person, "customer_id": company,
            "role": pick(ROLES, role), "sent_on": dates(np.full(size, wave.opened)),
        })  # fmt: skip
        form = _forms(row, wave, rng)
        answered.append(
            _answers(wave, person.take(pa.array(form)), company.cast(pa.string()).take(pa.array(form)), rng)
        )
    head = {
        "wave": pick([wave.name for wave in planned], np.arange(len(planned))),
        "opened_on": dates(np.array([wave.opened for wave in planned])),
        "closed_on": dates(np.array([wave.closed for wave in planned])),
        "audience": pick([wave.audience for wave in planned], np.arange(len(planned))),
    }
    return {"nps_waves": [head], "nps_invitations": asked, "nps_responses": answered}


def _invited(panel: Panel, wave: Wave, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Company and person of each invitation: every company at least once."""
    if wave.admins_only:
        row, place = spans(panel["admins"][panel["spring"]])
        return panel["spring"][row], place
    first = 30 if wave.companies <= 30 else len(panel["companies"])
    companies = np.sort(rng.permutation(first)[: wave.companies])
    row, place = spans((panel["admins"] + panel["others"])[companies])
    order = rng.permutation(len(row))
    order = order[np.argsort(place[order] > 0, kind="stable")]  # the first admin of each, then anybody
    chosen = np.sort(order[: wave.invited])
    return companies[row[chosen]], place[chosen]


def _forms(row: np.ndarray, wave: Wave, rng: np.random.Generator) -> np.ndarray:
    """Which invitations came back: from so many companies, or by chance."""
    order = rng.permutation(len(row))
    if not wave.companies_answered:
        return np.sort(order[: wave.forms])
    companies = rng.permutation(np.unique(row))
    size = np.bincount(row)[companies]
    companies = companies[np.argsort(size == 1, kind="stable")]  # the larger answer more surely
    order = order[np.isin(row[order], companies[: wave.companies_answered])]
    _, first = np.unique(row[order], return_index=True)
    rest = np.setdiff1d(np.arange(len(order)), first)
    return np.sort(order[np.concatenate([first, rest[: wave.forms - len(first)]])])


def _answers(wave: Wave, person: pa.Array, company: pa.Array, rng: np.random.Generator) -> dict[str, Any]:
    size, scored = len(person), sum(wave.scores)
    low, middle, high = wave.scores
    score = np.concatenate([
        rng.choice([2, 3, 4, 5, 6], low, p=[0.05, 0.1, 0.15, 0.35, 0.35]), rng.choice([7, 8], middle),
        rng.choice([9, 10], high, p=[0.6, 0.4]), np.full(size - scored, np.nan),
    ])  # fmt: skip
    score = rng.permutation(score.astype(float))
    after = np.floor((wave.closed - wave.opened + 1) * rng.random(size) ** 1.8).astype(int)
    late = rng.choice(size, wave.late, replace=False)
    after[late] = wave.closed - wave.opened + 2 + np.arange(wave.late)
    comment = np.floor(rng.random(size) * len(texts()["comment"])).astype(int)
    return {
        "wave": pick([wave.name], np.zeros(size)),
        "respondent_id": person,
        "customer_id": company,
        "on": dates(wave.opened + after),
        "score": score,
        "comment": pick(texts()["comment"], np.where(rng.random(size) < 0.55, -1, comment)),
        "may_share": pick(["false", "true"], np.where(rng.random(size) < 0.15, -1, rng.random(size) < 0.6).astype(int)),
    }
