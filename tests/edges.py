"""Rows at the edges, for the demo company: nothing but an ID, ties, zeroes, and the last and first days of periods."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

NOBODY, LOWER, UPPER, KANA, LEAP, GONE, STAYS = "_e", "e1", "E1", "あ1", "E2", "E3", "E4"
TERM = {"kind": "paid", "starts_on": "2022-07-01", "ends_on": "2023-07-31", "mrr": 0.1}
ROWS: dict[str, list[dict[str, Any]]] = {
    "customers": [
        {"customer_id": NOBODY},
        {"customer_id": LOWER, "name": "e", "segment": "Enterprise", "contracted_on": "2023-03-31", "seats": 0, "arr": 0},
        {"customer_id": UPPER, "name": "E", "segment": "enterprise", "contracted_on": "2023-04-01", "seats": 1, "arr": 0.005},
        {"customer_id": KANA, "name": "あ", "segment": "smb", "contracted_on": "2023-06-30", "usage_rhythm": "monthly"},
        {"customer_id": LEAP, "contracted_on": "2020-02-29", "went_live_on": "2020-02-29", "fiscal_year_end": 2, "seats": 3},
        {"customer_id": GONE, "contracted_on": "2022-06-30", "churned_on": "2023-06-30", "seats": 2},
        {"customer_id": STAYS, "contracted_on": "2022-06-30", "churned_on": "2023-07-01", "fiscal_year_end": 6},
    ],
    "contracts": [
        # two that end together, one of them without a day of notice; one of nothing; the ends of a quarter and a year
        {"contract_id": "E1", "customer_id": LEAP, **TERM, "notice_by": "2023-07-15"},
        {"contract_id": "E2", "customer_id": LEAP, **TERM, "notice_by": "2023-07-10", "mrr": 0.2},
        {"contract_id": "e2", "customer_id": LEAP, **TERM},
        {"contract_id": "E3", "customer_id": LOWER, **TERM, "mrr": 0},
        {"contract_id": "E4", "customer_id": UPPER, "starts_on": "2022-04-01", "ends_on": "2023-03-31", "mrr": 33.333},
        {"contract_id": "E5", "customer_id": UPPER, "starts_on": "2023-04-01", "ends_on": "2023-06-30", "mrr": 33.333},
        {"contract_id": "E6", "customer_id": UPPER, "starts_on": "2023-07-01", "mrr": 1e9},
        {"contract_id": "E7", "customer_id": STAYS, "starts_on": "2022-06-30", "ends_on": "2023-06-30", "mrr": 100.1},
        {"contract_id": "E8", "customer_id": GONE, "starts_on": "2022-06-30", "mrr": 7},
    ],
    "churns": [{"customer_id": GONE, "effective_on": "2023-06-30"}, {"customer_id": STAYS, "effective_on": "2023-07-01"}],
    "contacts": [{"contact_id": "E1", "customer_id": LEAP}, {"contact_id": "E2", "customer_id": LEAP, "role": "admin", "to_on": "2023-06-30"}],
    "goals": [{"goal_id": "E1", "customer_id": LEAP}, {"goal_id": "E2", "customer_id": LEAP, "due_on": "2023-06-30"}],
    "csms": [{"csm_id": "m0"}, {"csm_id": "M0", "weekly_hours": 0}],
    "assignments": [
        {"customer_id": LEAP, "csm_id": who, "role": "relations", "from_on": "2023-01-01"} for who in ("M001", "m0", "M0", "M002")
    ],
    "touchpoints": [
        {"touchpoint_id": "E1", "customer_id": LEAP, "on": "2023-06-30"},
        {"touchpoint_id": "E2", "customer_id": LEAP, "on": "2023-03-31", "kind": "regular", "minutes": 0.1, "csm_id": "m0"},
        {"touchpoint_id": "E3", "customer_id": LEAP, "on": "2023-04-01", "kind": "regular", "minutes": 0, "csm_id": "M0", "had_update": "false"},
        {"touchpoint_id": "E4", "customer_id": LOWER, "on": "2023-04-01", "minutes": 33.3, "mass": "true"},
        {"touchpoint_id": "E5", "customer_id": NOBODY, "on": "2023-07-01", "minutes": 5},
    ],
    "time_logs": [
        {"log_id": f"E{n}", "csm_id": who, "on": day, "minutes": minutes, "customer_id": customer}
        for n, (who, day, minutes, customer) in enumerate([
            ("m0", "2023-03-31", 0.1, LEAP), ("m0", "2023-04-01", 0.2, LEAP), ("M0", "2023-06-30", 0.3, LEAP),
            ("M001", "2023-06-30", 0, NOBODY), ("M001", "2023-06-30", 33.3, ""), ("nobody", "2023-06-30", 1, KANA),
            ("m0", "2023-07-01", 60, LEAP),
        ])
    ],
    "service_levels": [
        {"customer_id": LEAP, "from_on": "2022-02-28", "mode": "monthly", "cadence_days": 30},
        {"customer_id": LEAP, "from_on": "2022-12-31", "mode": "operation"},
        {"customer_id": GONE, "from_on": "2022-06-30", "mode": "monthly"},
        {"customer_id": GONE, "from_on": "2023-02-28", "mode": "growth", "chosen_by": "customer"},
    ],
    "onboardings": [
        # of one customer on one day, by different routes
        {"onboarding_id": "e1", "customer_id": LEAP, "route": "self", "started_on": "2023-03-31", "completed_on": "2023-06-30"},
        {"onboarding_id": "E1", "customer_id": LEAP, "route": "high_touch", "started_on": "2023-03-31"},
        {"onboarding_id": "E2", "customer_id": KANA, "route": "hybrid", "started_on": "2023-06-30", "completed_on": "2023-07-01"},
    ],
    "onboarding_steps": [{"onboarding_id": "E1", "step": "a"}, {"onboarding_id": "E1", "step": "A", "done_on": "2023-06-30"}],
    "hearings": [{"customer_id": LEAP, "item": "current_process"}, {"customer_id": KANA, "item": "current_process", "on": "2023-06-30", "answer": "x"}],
    "usage": [
        {"customer_id": LEAP, "on": "2023-06-30"},
        {"customer_id": LEAP, "on": "2023-06-30", "feature": "web", "events": 0},
        {"customer_id": KANA, "on": "2023-06-30", "active_users": 1, "events": 9007199254740993},
        {"customer_id": UPPER, "on": "2023-07-01", "active_users": 5},
    ],
    "overrides": [{"customer_id": LEAP, "on": day, "grade": grade} for day, grade in (("2023-04-01", "good"), ("2023-06-30", "action"))],
    # two waves that close together; a form without a score, one of nobody, one without a day
    "nps_waves": [{"wave": "2023 Spring b", "opened_on": "2023-04-01", "closed_on": "2023-04-14"}],
    "nps_invitations": [
        {"wave": wave, "respondent_id": f"E{n}", "customer_id": LEAP if n else "", "sent_on": "2023-04-01"}
        for wave in ("2023 Spring b", "2023 Spring") for n in range(3)
    ],
    "nps_responses": [
        {"wave": "2023 Spring b", "respondent_id": "E0", "on": "2023-04-14", "score": 10},
        {"wave": "2023 Spring b", "respondent_id": "E1", "customer_id": LEAP, "score": 0, "weight": 0.1},
        {"wave": "2023 Spring b", "respondent_id": "E2", "customer_id": LEAP, "on": "2023-04-10"},
        {"wave": "2023 Spring", "respondent_id": "E1", "customer_id": LEAP, "on": "2023-04-14", "score": 10},
    ],
    "tickets": [
        {"ticket_id": "E1", "customer_id": LEAP, "opened_at": "2023-06-30 23:59:59.999999", "severity": "critical"},
        {"ticket_id": "E2", "customer_id": LEAP, "opened_at": "2023-07-01 00:00:00", "severity": "high"},
        {"ticket_id": "E3", "opened_at": "2023-04-01 00:00:00", "channel": "phone", "resolved_at": "2023-07-01 00:00:00"},
        {"ticket_id": "E4", "opened_at": "2023-03-31 23:59:59.999999", "resolved_at": "2023-06-30 23:59:59.999999", "handling_minutes": 0},
    ],
    "requests": [{"request_id": "E1", "on": "2023-06-30"}],
    "referrals": [{"referral_id": "E1", "customer_id": LEAP, "on": "2023-06-30"}],
    "help_sessions": [{"session_id": "E1", "on": "2023-06-30"}],
}  # fmt: skip


def with_edges(demo: Path, to: Path, every: int = 1) -> Path:
    """The demo company with these rows; ``every``: of its rows of use only one in so many."""
    to.mkdir()
    for file in demo.glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        names = next(csv.reader([text.partition("\n")[0]]))
        (to / file.name).write_text(text + "".join(_lines(names, ROWS.get(file.stem, []))), encoding="utf-8")
    if every > 1:
        query = f"SELECT * FROM read_csv('{to}/usage.csv', all_varchar = true) WHERE hash(customer_id, \"on\") % {every} = 0"
        with duckdb.connect() as engine:
            engine.execute(f"COPY ({query} OR \"on\" >= '2023-06-30') TO '{to}/fewer.csv' (HEADER)")
        (to / "fewer.csv").replace(to / "usage.csv")
    return to


def _lines(names: list[str], rows: Iterable[dict[str, Any]]) -> Iterable[str]:
    for row in rows:
        assert row.keys() <= set(names), row.keys() - set(names)
        yield ",".join(f'"{row[name]}"' if row.get(name, "") != "" else "" for name in names) + "\n"
