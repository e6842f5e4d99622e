"""Health by the rules as written, in plain pandas over the demo's own tables: no code of cskit is used."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pyarrow import parquet

# Weight, then (from, points): params/base.yaml, copied so that a change of the defaults shows here.
RULES = {
    "setup_done": (0.10, [(0, 10), (0.4, 40), (0.8, 75), (1, 100)]),
    "licence_use": (0.10, [(0, 0), (0.1, 25), (0.3, 50), (0.5, 75), (0.7, 100)]),
    "days_since_contact": (0.18, [(0, 100), (31, 80), (61, 60), (92, 35), (183, 0)]),
    "relationship": (0.12, [(1, 0), (2, 30), (3, 60), (4, 90), (4.5, 100)]),
    "feature_breadth": (0.125, [(0, 0), (1, 40), (2, 60), (3, 80), (4, 100)]),
    "usage_depth": (0.125, [(0, 0), (1, 30), (4, 60), (8, 80), (16, 100)]),
    "goals_on_way": (0.12, [(0, 10), (0.34, 45), (0.67, 75), (1, 100)]),
    "account_nps": (0.08, [(0, 0), (5, 35), (7, 65), (9, 100)]),
    "contact_changed": (0.02, [(0, 100), (1, 30)]),
    "open_severe_tickets": (0.02, [(0, 100), (1, 40), (2, 0)]),
    "arr_change": (0.01, [(0, 0), (0.8, 50), (1, 100)]),
}
FACTOR = {"daily": 1.0, "weekly": 1.5, "monthly": 3.0}


@dataclass
class Tables:
    """The demo's Parquet files as frames, dates as timestamps."""

    folder: Path

    def __getattr__(self, name: str) -> pd.DataFrame:
        frame = parquet.read_table(self.folder / f"{name}.parquet").to_pandas(date_as_object=False)
        setattr(self, name, frame)
        return frame


def scores(tables: Tables, day: str) -> pd.DataFrame:
    """Score, coverage and whether at risk, by customer, as known on a day."""
    now = pd.Timestamp(day)
    people = tables.customers[tables.customers.contracted_on <= now]
    people = people[~(people.churned_on <= now)].set_index("customer_id")
    people = people[~people.tags.fillna("").isin(["test", "internal"])]
    raw = items(tables, people, now)
    points = pd.DataFrame({name: _points(raw[name], bands) for name, (_, bands) in RULES.items()})
    weight = points.notna() * pd.Series({name: weight for name, (weight, _) in RULES.items()})
    coverage = weight.sum(axis=1)
    score = (points.fillna(0) * weight).sum(axis=1) / coverage
    notified = tables.churns[tables.churns.notified_on <= now].customer_id
    capped = (raw.days_since_contact >= 183) | raw.index.isin(notified)
    return pd.DataFrame({"score": score, "coverage": coverage, "at_risk": (score < 55) | capped, "capped": capped})


def _points(values: pd.Series, bands: list[tuple[float, float]]) -> pd.Series:
    out = pd.Series(float("nan"), index=values.index)
    for start, points in bands:
        out[values >= start] = points
    return out


def items(t: Tables, people: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """Raw values; missing where not known."""
    raw = pd.DataFrame(index=people.index)
    factor = people.usage_rhythm.map(FACTOR).fillna(1.5)
    raw["setup_done"] = _setup(t, now)
    touch = t.touchpoints[(t.touchpoints.on <= now) & ~t.touchpoints.mass]
    last = touch.groupby("customer_id").on.max().reindex(people.index).fillna(people.contracted_on)
    raw["days_since_contact"] = (now - last).dt.days / factor
    judged = t.assessments[(t.assessments.on <= now) & (t.assessments.on > now - pd.Timedelta(days=365))]
    newest = judged.sort_values("on").groupby(["customer_id", "item"]).value.last()
    raw["relationship"] = newest.groupby("customer_id").mean()
    _use(t, people, factor, raw, now)
    goals = t.goals[t.goals.agreed_on <= now]
    fine = (goals.achieved_on <= now) | (goals.due_on >= now) | goals.due_on.isna()
    raw["goals_on_way"] = fine.groupby(goals.customer_id).mean()
    forms = t.nps_responses[t.nps_responses.score.notna() & (t.nps_responses.on <= now)]
    forms = forms[forms.on > now - pd.Timedelta(days=365)].sort_values("on")
    newest_wave = forms.groupby("customer_id").wave.last().rename("newest")
    forms = forms.join(newest_wave, on="customer_id")
    raw["account_nps"] = forms[forms.wave == forms.newest].groupby("customer_id").score.mean()
    people_there = t.contacts[t.contacts.from_on <= now]
    left = (people_there.to_on <= now) & (people_there.to_on > now - pd.Timedelta(days=92))
    left &= people_there.role.isin(["admin", "decision_maker"])
    raw["contact_changed"] = left.groupby(people_there.customer_id).any().astype(float)
    until = now + pd.Timedelta(days=1)
    severe = t.tickets[t.tickets.severity.isin(["high", "critical"]) & (t.tickets.opened_at < until)]
    open_ = severe[~(severe.resolved_at < until)].groupby("customer_id").size()
    raw["open_severe_tickets"] = open_.reindex(people.index).fillna(0)
    before, today = _arr(t, now - pd.DateOffset(years=1)), _arr(t, now)
    raw["arr_change"] = today.reindex(before.index).fillna(0) / before
    return raw


def _setup(t: Tables, now: pd.Timestamp) -> pd.Series:
    begun = t.onboardings[t.onboardings.started_on <= now].sort_values("started_on").groupby("customer_id").tail(1)
    steps = t.onboarding_steps
    share = (steps.done_on <= now).groupby(steps.onboarding_id).mean()
    done = begun.onboarding_id.map(share).where(~(begun.completed_on <= now), 1.0)
    return pd.Series(done.to_numpy(), index=begun.customer_id.to_numpy())


def _use(t: Tables, people: pd.DataFrame, factor: pd.Series, raw: pd.DataFrame, now: pd.Timestamp) -> None:
    then = t.customer_history[t.customer_history.from_on <= now].sort_values("from_on")
    seats = then.groupby("customer_id").seats.last().reindex(people.index).fillna(people.seats)
    use = t.usage[t.usage.on <= now]
    window = use.customer_id.map(factor * 28)
    recent = use[(now - use.on).dt.days < window]
    whole, parts = recent[recent.feature.isna()], recent[recent.feature.notna() & (recent.events > 0)]
    seen = people.index.isin(use.customer_id.unique())
    for name, values in {
        "licence_use": whole.groupby("customer_id").active_users.max() / seats,
        "feature_breadth": parts.groupby("customer_id").feature.nunique(),
        "usage_depth": whole.groupby("customer_id").events.sum() / seats / factor,
    }.items():
        raw[name] = values.reindex(people.index).fillna(0).astype(float).where(seen)


def _arr(t: Tables, day: pd.Timestamp) -> pd.Series:
    terms = t.contracts[(t.contracts.kind == "paid") & (t.contracts.starts_on <= day) & ~(t.contracts.ends_on < day)]
    yearly = 12 * terms.groupby("customer_id").mrr.sum()
    return yearly[yearly > 0]
