"""The figures of health.sql, mix.sql and workload.sql by pandas: whole columns are read, then filtered and joined."""

from pathlib import Path

import numpy as np
import pandas as pd

__all__ = ["health", "mix", "workload"]

TODAY = pd.Timestamp("2023-06-30")
A_YEAR_AGO = pd.Timestamp("2022-06-30")
WEIGHTS = {
    "setup_done": 0.1, "licence_use": 0.1, "days_since_contact": 0.18, "relationship": 0.12, "feature_breadth": 0.125,
    "usage_depth": 0.125, "goals_on_way": 0.12, "account_nps": 0.08, "contact_changed": 0.02,
    "open_severe_tickets": 0.02, "arr_change": 0.01,
}  # fmt: skip
BANDS = {
    "setup_done": ((0, 0.4, 0.8, 1), (10, 40, 75, 100)),
    "licence_use": ((0, 0.1, 0.3, 0.5, 0.7), (0, 25, 50, 75, 100)),
    "days_since_contact": ((0, 31, 61, 92, 183), (100, 80, 60, 35, 0)),
    "relationship": ((1, 2, 3, 4, 4.5), (0, 30, 60, 90, 100)),
    "feature_breadth": ((0, 1, 2, 3, 4), (0, 40, 60, 80, 100)),
    "usage_depth": ((0, 1, 4, 8, 16), (0, 30, 60, 80, 100)),
    "goals_on_way": ((0, 0.34, 0.67, 1), (10, 45, 75, 100)),
    "account_nps": ((0, 5, 7, 9), (0, 35, 65, 100)),
    "contact_changed": ((0, 1), (100, 30)),
    "open_severe_tickets": ((0, 1, 2), (100, 40, 0)),
    "arr_change": ((0, 0.8, 1), (0, 50, 100)),
}
STANDARD = pd.DataFrame(
    {"minutes": [45, 90, 60, 60, 15], "prep": [40, 60, 30, 30, 5], "followup": [40, 60, 30, 60, 5]},
    index=["regular", "review", "onboarding", "project", "check_in"],
    dtype=float,
)


def health(folder: Path) -> pd.DataFrame:
    """Score, bounds, coverage and grade of every customer on 30 June 2023."""
    who = _customers(folder)
    churns = _read(folder, "churns", "customer_id", "notified_on", "effective_on")
    churns = churns[~(churns["notified_on"] > TODAY)]
    left = churns.loc[churns["effective_on"] <= TODAY, "customer_id"]
    who = who[~(who["churned_on"] <= TODAY) & ~who["customer_id"].isin(left)].set_index("customer_id")
    history = _read(folder, "customer_history", "customer_id", "from_on", "seats")
    history = history[(history["from_on"] <= TODAY) & history["seats"].notna()]
    seats = _newest(history, "customer_id", "from_on")["seats"].reindex(who.index).fillna(who["seats"])
    seats = seats.astype(float).replace(0, np.nan)
    rhythm = who["usage_rhythm"].fillna("weekly")
    factor = rhythm.map({"daily": 1.0, "weekly": 1.5, "monthly": 3.0}).astype(float)
    items = pd.DataFrame(index=who.index)
    items["setup_done"] = _set_up(folder).reindex(who.index)
    _add_use(items, folder, seats, factor)
    touch = _read(folder, "touchpoints", "customer_id", "on", "mass")
    touch = touch[(touch["on"] <= TODAY) & ~touch["mass"].fillna(False).astype(bool)]
    last = touch.groupby("customer_id")["on"].max().reindex(who.index).fillna(who["contracted_on"])
    items["days_since_contact"] = (TODAY - last).dt.days / factor
    judged = _read(folder, "assessments", "customer_id", "item", "on", "value")
    judged = judged[judged["item"].isin(["accepts_meetings", "grants_favours"]) & _within(judged["on"], 365)]
    newest = _newest(judged, ["customer_id", "item"], "on")
    items["relationship"] = newest.groupby("customer_id")["value"].mean()
    goals = _read(folder, "goals", "customer_id", "agreed_on", "due_on", "achieved_on")
    goals = goals[~(goals["agreed_on"] > TODAY)]
    good = (goals["achieved_on"] <= TODAY) | goals["due_on"].isna() | (goals["due_on"] >= TODAY)
    items["goals_on_way"] = good.groupby(goals["customer_id"]).mean()
    items["account_nps"] = _nps(folder)
    contacts = _read(folder, "contacts", "customer_id", "role", "from_on", "to_on")
    contacts = contacts[~(contacts["from_on"] > TODAY)]
    gone = contacts["role"].isin(["admin", "decision_maker"]) & _within(contacts["to_on"], 92)
    items["contact_changed"] = gone.groupby(contacts["customer_id"]).any().astype(float)
    tickets = _read(folder, "tickets", "customer_id", "severity", "opened_at", "resolved_at", "reopened_at")
    end = TODAY + pd.Timedelta(days=1)
    resolved = tickets["resolved_at"] < end
    again = (tickets["reopened_at"] >= tickets["resolved_at"]) & (tickets["reopened_at"] < end)
    severe = tickets["severity"].isin(["high", "critical"]) & (tickets["opened_at"] < end) & (~resolved | again)
    items["open_severe_tickets"] = tickets[severe].groupby("customer_id").size().reindex(who.index).fillna(0)
    items["arr_change"] = _arr_change(folder)
    items["notice_given"] = items.index.isin(churns["customer_id"])
    return _scores(items).sort_index().reset_index(names="customer_id")


def mix(folder: Path) -> pd.DataFrame:
    """Onboardings started in each month, by route."""
    rows = _read(folder, "onboardings", "customer_id", "route", "started_on")
    rows = rows[(rows["started_on"] <= TODAY) & ~rows["customer_id"].isin(_left_out(folder))]
    months = rows["started_on"].astype("datetime64[s]").dt.to_period("M").dt.to_timestamp()
    counts = pd.crosstab(months, rows["route"]).reindex(columns=["high_touch", "hybrid", "self"], fill_value=0)
    return counts.rename_axis(index="month", columns=None).reset_index()


def workload(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hours of April to June 2023 by person, task, phase and source; and by customer."""
    first, out = pd.Timestamp("2023-04-01"), _left_out(folder)
    logs = _read(folder, "time_logs", "csm_id", "on", "customer_id", "task", "minutes")
    logs = logs[logs["on"].between(first, TODAY) & ~logs["customer_id"].isin(out)]
    logs = logs.assign(task=logs["task"].fillna(""), source="booked", month=logs["on"].dt.month)
    named = ("prep_minutes", "followup_minutes", "travel_minutes")
    touch = _read(
        folder, "touchpoints", "csm_id", "on", "customer_id", "kind", "minutes", "reschedules", "mass", *named
    )
    touch = touch[touch["on"].between(first, TODAY) & ~touch["mass"].fillna(False).astype(bool)]
    touch = touch[~touch["customer_id"].isin(out)]
    touch = touch.assign(csm_id=touch["csm_id"].fillna(""), month=touch["on"].dt.month)
    booked = pd.MultiIndex.from_frame(logs[["csm_id", "month"]].drop_duplicates())
    alone = ~pd.MultiIndex.from_frame(touch[["csm_id", "month"]]).isin(booked)
    touch = touch[alone & ~((touch["csm_id"] == "") & touch["month"].isin(logs["month"].unique()))]
    standard = STANDARD.reindex(touch["kind"].fillna("check_in").where(touch["kind"].isin(STANDARD.index), "check_in"))
    minutes = touch["minutes"].fillna(pd.Series(standard["minutes"].to_numpy(), touch.index)).astype(float)
    for column, name in zip(named, ("prep", "followup", ""), strict=True):
        usual = standard[name].to_numpy() if name else np.zeros(len(touch))
        minutes += touch[column].fillna(pd.Series(usual, touch.index)).astype(float)
    minutes += 20 * touch["reschedules"].fillna(0)
    touch = touch.assign(minutes=minutes, task=touch["kind"].fillna(""), source="estimated")
    columns = ["csm_id", "on", "customer_id", "task", "minutes", "source"]
    work = _with_phase(folder, pd.concat([logs[columns], touch[columns]]))
    keys = ["csm_id", "task", "phase", "source"]
    rows = (work.groupby(keys)["minutes"].sum() / 60).rename("hours").reset_index().sort_values(keys)
    own = (work.groupby(["customer_id", "name"], dropna=False)["minutes"].sum() / 60).rename("hours").reset_index()
    own = own[own["customer_id"].notna()].sort_values(["hours", "customer_id"], ascending=[False, True])
    return rows.reset_index(drop=True), own.reset_index(drop=True)


def _with_phase(folder: Path, work: pd.DataFrame) -> pd.DataFrame:
    customers = _read(folder, "customers", "customer_id", "name", "contracted_on", "went_live_on", "churned_on")
    customers = customers[~(customers["contracted_on"] > TODAY)]
    churns = _read(folder, "churns", "customer_id", "notified_on", "effective_on")
    churns = churns[~(churns["notified_on"] > TODAY) & (churns["effective_on"] <= TODAY)]
    left = customers["customer_id"].map(churns.set_index("customer_id")["effective_on"])
    left = left.fillna(customers["churned_on"].where(customers["churned_on"] <= TODAY))
    customers = customers.assign(left_on=left, known=True)
    work = work.merge(customers[["customer_id", "name", "went_live_on", "left_on", "known"]], "left", "customer_id")
    live = work["went_live_on"]
    phase = np.select(
        [
            work["customer_id"].isna(),
            work["on"] > work["left_on"],
            work["known"].isna(),
            live.isna() | (live > TODAY) | (work["on"] < live),
        ],
        ["indirect", "ended", "unknown", "onboarding"],
        "live",
    )
    return work.assign(phase=phase)


def _read(folder: Path, table: str, *columns: str) -> pd.DataFrame:
    frame = pd.read_parquet(folder / f"{table}.parquet", columns=list(columns))
    for name in columns:
        if name.endswith("_on") or name == "on":
            frame[name] = pd.to_datetime(frame[name])
    return frame


def _customers(folder: Path) -> pd.DataFrame:
    columns = ("customer_id", "contracted_on", "churned_on", "seats", "usage_rhythm")
    frame = _read(folder, "customers", *columns)
    return frame[~(frame["contracted_on"] > TODAY) & ~frame["customer_id"].isin(_left_out(folder))]


def _left_out(folder: Path) -> pd.Series:
    frame = _read(folder, "customers", "customer_id", "tags")
    tagged = frame["tags"].str.lower().str.contains(r"(?:^|[;；、,])\s*(?:test|internal)\s*(?:[;；、,]|$)", regex=True)
    return frame.loc[tagged.fillna(False).astype(bool), "customer_id"]


def _newest(frame: pd.DataFrame, keys: str | list[str], by: str) -> pd.DataFrame:
    return frame.sort_values(by, kind="stable").groupby(keys).last()


def _within(days: pd.Series, so_many: int) -> pd.Series:
    return (days > TODAY - pd.Timedelta(days=so_many)) & (days <= TODAY)


def _set_up(folder: Path) -> pd.Series:
    steps = _read(folder, "onboarding_steps", "onboarding_id", "started_on", "done_on")
    steps = steps[~(steps["started_on"] > TODAY)]
    counts = pd.DataFrame(
        {
            "finished": (steps["done_on"] <= TODAY).groupby(steps["onboarding_id"]).sum(),
            "listed": steps.groupby("onboarding_id").size(),
        }
    )
    columns = ("customer_id", "onboarding_id", "started_on", "completed_on", "flow_version")
    rows = _read(folder, "onboardings", *columns)
    rows = rows[rows["started_on"] <= TODAY].join(counts, on="onboarding_id")
    rows = rows.assign(flow=rows["flow_version"].fillna(""), completed=rows["completed_on"] <= TODAY)
    usual = rows[rows["completed"]].groupby("flow")["listed"].median()
    rows = rows.sort_values(["started_on", "onboarding_id"]).groupby("customer_id").tail(1).set_index("customer_id")
    least = np.fmax(rows["listed"].astype(float), rows["flow"].map(usual).fillna(0).astype(float))
    return (rows["finished"] / least).where(~rows["completed"], 1.0)


def _add_use(items: pd.DataFrame, folder: Path, seats: pd.Series, factor: pd.Series) -> None:
    usage = _read(folder, "usage", "customer_id", "on", "feature", "active_users", "events")
    usage = usage[usage["on"] <= TODAY]
    whole = usage["feature"].isna()
    totals = items.index.isin(usage.loc[whole, "customer_id"].unique())
    parts = items.index.isin(usage.loc[~whole, "customer_id"].unique())
    recent = usage[usage["on"] > TODAY - pd.Timedelta(days=84)]
    recent = recent.assign(days=recent["customer_id"].map(factor) * 28)
    recent = recent[(TODAY - recent["on"]).dt.days < recent["days"]]
    sums = (
        recent[recent["feature"].isna()]
        .groupby("customer_id")
        .agg(most=("active_users", "max"), uses=("events", "sum"))
    )
    sums = sums.reindex(items.index).fillna(0)
    broad = recent[recent["feature"].notna() & (recent["events"] > 0)].groupby("customer_id")["feature"].nunique()
    items["licence_use"] = sums["most"].where(totals) / seats
    items["usage_depth"] = sums["uses"].where(totals) / seats / factor
    items["feature_breadth"] = broad.reindex(items.index).fillna(0).where(parts)


def _nps(folder: Path) -> pd.Series:
    answers = _read(folder, "nps_responses", "customer_id", "wave", "score", "on")
    answers = answers[answers["score"].notna() & ~(answers["on"] > TODAY)]
    closed = _read(folder, "nps_waves", "wave", "closed_on").set_index("wave")["closed_on"]
    answers = answers.assign(on=answers["on"].fillna(answers["wave"].map(closed)))
    answers = answers[answers["on"] > TODAY - pd.Timedelta(days=365)]
    waves = answers.groupby(["customer_id", "wave"]).agg(mean=("score", "mean"), last=("on", "max")).reset_index()
    days = waves.groupby(["customer_id", "last"])["mean"].mean().reset_index()
    return _newest(days, "customer_id", "last")["mean"]


def _arr_change(folder: Path) -> pd.Series:
    terms = _read(folder, "contracts", "customer_id", "kind", "starts_on", "ends_on", "mrr")
    terms = terms[(terms["kind"].fillna("paid") == "paid") & (terms["starts_on"] <= TODAY)]
    now = terms[~(terms["ends_on"] < TODAY)].groupby("customer_id")["mrr"].sum()
    running = (terms["starts_on"] <= A_YEAR_AGO) & ~(terms["ends_on"] < A_YEAR_AGO)
    before = terms[running].groupby("customer_id")["mrr"].sum()
    before = before[before > 0]
    return now.reindex(before.index).fillna(0) / before


def _scores(items: pd.DataFrame) -> pd.DataFrame:
    hair, coverage, low = 1e-9, np.zeros(len(items)), np.zeros(len(items))
    for name, weight in WEIGHTS.items():
        starts, points = (np.array(part, dtype=float) for part in BANDS[name])
        value = items[name].to_numpy(dtype=float, na_value=np.nan)
        place = np.maximum(np.searchsorted(starts, value + hair, side="right") - 1, 0)
        known = ~np.isnan(value)
        coverage += weight * known
        low += weight * np.where(known, points[place], 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = np.where(coverage > 0, low / coverage, np.nan)
    top = np.where(items["notice_given"], 34.9, 100.0)
    top = np.minimum(top, np.where(items["days_since_contact"].to_numpy(dtype=float) >= 183 - hair, 54.9, 100.0))
    grade = np.array(["action", "caution", "sound", "good"])[
        np.searchsorted([35, 55, 75], np.nan_to_num(np.minimum(middle, top)) + hair, side="right")
    ]
    return pd.DataFrame(
        {
            "score": np.minimum(middle, top),
            "low": np.minimum(low, top),
            "high": np.minimum(low + 100 * (1 - coverage), top),
            "coverage": coverage,
            "grade": grade,
        },
        index=items.index,
    )
