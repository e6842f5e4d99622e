"""What do customers ask, and do they find the answer themselves?"""

from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from cskit.data.demo.days import END, MONTHS, RISK_END, RISK_START, START, between, dates, day, spans
from cskit.data.demo.risk import STOPPED
from cskit.data.demo.scene import Scene
from cskit.data.demo.write import HERE, Columns, ids, pick, texts

__all__ = ["fixed", "help_sessions", "monthly", "requests", "tickets"]

CHANNELS = ("phone", "email", "chat", "form")
SEVERITIES = ("low", "normal", "high", "critical")
PER_YEAR = 3.2  # tickets of a customer
INCIDENTS = np.array([day(x) for x in ("2020-09-07", "2021-08-30", "2022-03-14", "2022-12-12")])
DAY = 86_400
FORGOTTEN = 3  # articles that nobody has opened for half a year


def tickets(scene: Scene) -> tuple[Columns, dict[str, np.ndarray]]:
    """The table, and its work as plain numbers for the time booked on it.

    >>> cast = dict.fromkeys(("started", "contracted", "live"), np.full(20, START))
    >>> cast |= dict.fromkeys(("churn", "silent_from", "silent_to"), np.full(20, 99_999))
    >>> cast |= {"kind": np.zeros(20, int), "feed": np.ones(20, bool)}
    >>> made, work = tickets(Scene(cast, ids("C", np.arange(20)), {}, pa.array(["M1"]), seed=1, part=0, held=1.0))
    >>> names = made["customer_id"].to_pylist()
    >>> len(names), names.count(None), sorted({name for name in names if name and name.startswith("X")})
    (193, 7, ['X9002', 'X9006'])
    >>> int((work["whose"] < 0).sum())  # of nobody known: without a customer, or with a number the CRM lacks
    10
    """
    cast, rng = scene.cast, scene.rng("tickets")
    begin, end = np.maximum(np.minimum(cast["started"], cast["contracted"]), START), np.minimum(cast["churn"], END)
    whose, _ = spans(rng.poisson(PER_YEAR * np.maximum(end - begin, 0) / 365))
    on = between(rng, begin[whose], end[whose])
    incident = INCIDENTS[np.floor(rng.random(len(whose)) * 4).astype(int)] + between(rng, 0, 2, len(whose))
    struck = (rng.random(len(whose)) < 0.06) & (begin[whose] <= incident) & (incident <= end[whose])
    on = np.where(struck, incident, on)
    weekend = ((on + 3) % 7 >= 5) & (rng.random(len(on)) < 0.8) & (on + 2 <= end[whose])
    on = on + 2 * weekend
    # Severe ones come from customers that use it in earnest, and are not open when a fiscal year is looked back on.
    near = ((on > RISK_START - 30) & (on <= RISK_START)) | ((on > RISK_END - 30) & (on <= RISK_END))
    settled = (np.maximum(cast["live"], START)[whose] + 60 < on) & ~near
    order = np.argsort(on, kind="stable")
    whose, on, struck, settled = whose[order], on[order], struck[order], settled[order]
    size = len(whose)
    opened = on * DAY + np.floor(rng.triangular(8, 11, 20, size) * 3600).astype(int)
    severity = rng.choice(4, size, p=[0.3, 0.6, 0.08, 0.02])
    severity = np.where(struck, 2 + (rng.random(size) < 0.3), np.where(settled, severity, np.minimum(severity, 1)))
    channel = rng.choice(4, size, p=[0.3, 0.35, 0.2, 0.15])
    first = opened + np.ceil(rng.lognormal(0.7, 1.0, size) * np.array([0.3, 1.2, 0.15, 1.5])[channel] * 3600).astype(
        int
    )
    solved = first + np.ceil(rng.lognormal(1.6, 1.3, size) * 3600).astype(int)
    limit = (END + 1) * DAY
    open_for_ever = rng.random(size) < np.where(severity < 2, 0.006, 0)
    done = (solved < limit) & ~open_for_ever
    again = done & (rng.random(size) < 0.03) & (solved + DAY < limit)
    minutes = np.rint(rng.lognormal(2.9, 0.6, size) * np.array([1, 1.1, 0.7, 1.2])[channel])
    strange = np.where(_mute(scene, whose, on), 0.0, rng.random(size))
    names = _with_strangers(scene, whose, strange)
    table = {
        "customer_id": names,
        "channel": pick(CHANNELS, channel),
        "category": pick(texts()["ticket_category"], np.where(struck, 3, rng.choice(8, size))),
        "severity": pick(SEVERITIES, np.where(rng.random(size) < 0.02, -1, severity)),
        "opened_at": _times(opened, opened < limit),
        "first_reply_at": _times(first, first < limit),
        "resolved_at": _times(solved, done),
        "reopened_at": _times(solved + DAY // 2, again),
        "handling_minutes": np.where(done & (rng.random(size) < 0.9), minutes, np.nan),
    }
    known = strange >= 0.045
    return table, {
        "whose": np.where(known, whose, -1),
        "on": first // DAY,
        "minutes": np.maximum(minutes, 5),
        "first": first < limit,
    }


def _mute(scene: Scene, whose: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Whether a customer, out of touch and not using the product, is heard of in no other way: it did not ask this."""
    cast = scene.cast
    quiet = (cast["silent_from"][whose] <= on) & (on < cast["silent_to"][whose])
    return quiet & ((cast["kind"][whose] == STOPPED) | ~cast["feed"][whose])


def _with_strangers(scene: Scene, whose: np.ndarray, strange: np.ndarray) -> pa.Array:
    """Some inquiries come from nobody known: no customer, or a number the CRM does not have."""
    unknown = ids("X", 9000 + np.arange(7), 4)
    pool = pa.concat_arrays([scene.ids, unknown])
    code = np.where(strange < 0.03, -1, np.where(strange < 0.045, len(scene.ids) + whose % 7, whose))
    return pick(pool, code)


def _times(seconds: np.ndarray, known: np.ndarray) -> pa.Array:
    return pa.array(seconds.astype("datetime64[s]"), mask=~known)


def requests(scene: Scene) -> Columns:
    """Wishes of customers.

    >>> left = day("2020-12-31")
    >>> cast = {"live": np.full(20, START), "churn": np.full(20, left)}
    >>> made = requests(Scene(cast, ids("C", np.arange(20)), {}, pa.array(["M1"]), seed=1, part=0, held=1.0))
    >>> for row in zip(made["on"], made["category"].to_pylist(), made["status"].to_pylist(), strict=True):
    ...     print(*row)
    2020-05-12 機能追加 declined
    2020-06-18 機能追加 open
    2020-07-21 使い勝手 released
    2020-10-07 使い勝手 planned
    2020-11-07 連携 open
    2020-11-25 使い勝手 open
    """
    cast, rng = scene.cast, scene.rng("requests")
    begin, end = np.maximum(np.minimum(cast["live"], END), START), np.minimum(cast["churn"], END)
    whose, _ = spans(rng.poisson(0.5 * np.maximum(end - begin, 0) / 365))
    on = between(rng, begin[whose], end[whose])
    order = np.argsort(on, kind="stable")
    size = len(order)
    return {
        "customer_id": scene.customer(np.where(rng.random(size) < 0.02, -1, whose[order])),
        "on": dates(on[order]),
        "category": pick(texts()["request_category"], rng.choice(6, size, p=[0.35, 0.25, 0.15, 0.12, 0.05, 0.08])),
        "status": pick(texts()["request_status"], rng.choice(4, size, p=[0.45, 0.2, 0.2, 0.15])),
    }


def help_sessions(scene: Scene) -> Columns:
    """Visits to the help site: more each year, and fewer of them end in an inquiry.

    >>> cast = {"contracted": np.full(200, START), "kind": np.zeros(200, int), "feed": np.ones(200, bool)}
    >>> cast |= dict.fromkeys(("churn", "silent_from", "silent_to"), np.full(200, 99_999))
    >>> made = help_sessions(Scene(cast, ids("C", np.arange(200)), {}, pa.array(["M1"]), seed=1, part=0, held=1.0))
    >>> year, asked = made["on"].astype("datetime64[Y]").astype(str), made["opened_ticket"]
    >>> for one in ("2021", "2022"):  # visits, and the share that ended in an inquiry
    ...     print(one, (year == one).sum(), round(asked[year == one].mean(), 2))
    2021 1176 0.3
    2022 1345 0.25
    """
    cast, rng = scene.cast, scene.rng("help_sessions")
    begin, end = np.maximum(cast["contracted"], START), np.minimum(cast["churn"], END)
    whose, _ = spans(rng.poisson(6.0 * np.maximum(end - begin, 0) / 365))
    on = (begin[whose] + (end - begin)[whose] * rng.random(len(whose)) ** 0.85).astype(int)
    order = np.argsort(on, kind="stable")
    whose, on = whose[order], on[order]
    size = len(whose)
    asked = rng.random(size) < 0.34 - 0.14 * (on - START) / (END - START)
    return {
        "on": dates(on),
        "customer_id": scene.customer(np.where((rng.random(size) < 0.35) | _mute(scene, whose, on), -1, whose)),
        "articles": rng.poisson(1.6, size),
        "opened_ticket": asked,
    }


def monthly(customers: int, rng: np.random.Generator) -> dict[str, Columns]:
    """Views, searches and the community by month, growing with the customers.

    >>> made = monthly(500, np.random.default_rng(1))["help_articles"]
    >>> names, late = np.array(made["article_id"].to_pylist()), made["month"] >= np.datetime64("2023-01-01")
    >>> sorted({*names.tolist()} - {*names[late & (made["views"] > 0)].tolist()})  # nobody opens them any more
    ['H028', 'H029', 'H030']
    """
    months, scale = MONTHS[:-1], customers / 500
    growth = np.linspace(0.4, 1.3, len(months))
    articles, terms = 30, texts()["help_term"]
    month, article = (part.ravel() for part in np.meshgrid(np.arange(len(months)), np.arange(articles), indexing="ij"))
    views = rng.poisson(25 * scale * growth[month] / (1 + article / 6))
    views *= (article < articles - FORGOTTEN) | (month < len(months) - 6)
    at, term = (part.ravel() for part in np.meshgrid(np.arange(len(months)), np.arange(len(terms)), indexing="ij"))
    searches = rng.poisson(18 * scale * growth[at] / (1 + term / 8))
    nothing = np.clip(0.1 + 0.5 * (term % 5 == 4) - 0.06 * (growth[at] - 0.4), 0, 1)
    members = np.rint(np.linspace(20, 260, len(months)) * scale).astype(int)
    active = rng.binomial(members, 0.22)
    posts = np.where(active > 0, rng.poisson(1.4 * active), 0)
    return {
        "help_articles": {"month": dates(months[month]), "article_id": ids("H", article + 1, 3), "views": views},
        "help_searches": {
            "month": dates(months[at]), "term": pick(terms, term), "searches": searches,
            "without_result": rng.binomial(searches, nothing),
        },
        "community": {"month": dates(months), "members": members, "active": active, "posts": posts},
    }  # fmt: skip


def fixed(team_ids: pa.Array) -> dict[str, Columns]:
    """Events, topics, journeys and initiatives: the same in every demo.

    >>> made = fixed(pa.array(["M01", "M02", "M03"]))["journeys"]
    >>> for row in zip(*made.values(), strict=True):
    ...     print(*row)
    導入 2022-11-14 M01
    運用 2022-06-06 M02
    更新 2021-09-27 M02
    Expansion 2023-03-06 M03
    """
    found: dict[str, list[list[Any]]] = yaml.safe_load((HERE / "fixed.yaml").read_text(encoding="utf-8"))
    names = {
        "events": ("on", "kind", "title"),
        "topics": ("on", "kind", "title", "segment"),
        "journeys": ("journey", "reviewed_on", "owner"),
        "initiatives": ("name", "started_on", "ended_on", "task", "owner", "stop_rule"),
    }
    out = {}
    for table, columns in names.items():
        made = {name: [row[place] or None for row in found[table]] for place, name in enumerate(columns)}
        if "owner" in made:
            made["owner"] = team_ids.take(pa.array([row[columns.index("owner")] for row in found[table]])).to_pylist()
        out[table] = {name: np.array(values, dtype=object) for name, values in made.items()}
    return out
