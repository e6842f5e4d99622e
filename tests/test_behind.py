"""Whoever opens a CSV of internal/rows can work the metrics out again: done here from the files alone, in plain pandas."""

import importlib
import re
from dataclasses import replace

import nbformat
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog, minimize

from cskit import growth, health, nps, onboarding, plays, support, workload
from cskit.data import open_data
from cskit.growth import behind as growth_rows
from cskit.health import behind as health_rows
from cskit.metrics import WINGS, definitions
from cskit.nps import behind as nps_rows
from cskit.onboarding import behind as onboarding_rows
from cskit.onboarding import topics
from cskit.params import resolve
from cskit.plays import behind as plays_rows
from cskit.report.lists import write_csv
from cskit.report.outputs import Listing
from cskit.run import Run
from cskit.support import behind as support_rows
from cskit.workload import behind as workload_rows
from tests.conftest import ROOT

FIRST, LAST, BEFORE, YEAR_BEFORE = map(pd.Timestamp, ("2023-04-01", "2023-06-30", "2022-12-31", "2022-06-30"))
ROUTES = ["high_touch", "hybrid", "self"]
AT_RISK = ("action", "caution")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


def _growth(run):
    study, rows = growth.study(run), growth_rows
    since = growth.watched_since(run)
    flags = (health.flags(run, since), support.flags(run, since))
    page = growth.page(run, health.study(run).grades, flags, workload.monthly(run))
    tables = (rows.customers_arr(run, study), rows.churns(run, study), rows.notices(page), rows.renewals_ahead(page))
    tables += (rows.customer_persons(page), rows.margin_months(page), rows.hours_by_quarter(page), rows.referrals(page))
    return (*study.metrics, *page.metrics), (*tables, rows.years_of_life(run), rows.team(run))


def _onboarding(run):
    study, pace, balance = onboarding.study(run), topics.timeliness(run), topics.balance(run)
    rise = topics.rise(run, study.months)
    rows = onboarding_rows
    tables = (rows.onboardings(run, pace), rows.onboarding_months(study, rise), rows.onboarding_hearings(run))
    tables += (rows.unknown_customers(study), rows.onboarding_balance(balance))
    return (*study.metrics, *pace.metrics, *balance.metrics, rise.metric), tables


def _health(run):
    study = health.study(run)
    ages, proof = health.ages(run, study), health.backtest(run, study)
    tables = (health_rows.health_customers(study), health_rows.health_inputs(study, ages))
    tables += (health_rows.health_backtest(proof),)
    return (*study.metrics, *proof.metrics(run), *health.words.stale(run, ages).metrics), tables


def _nps(run):
    study = nps.study(run)
    found = (nps.paired(run, study), nps.votes(run, study, growth.study(run).arr), nps.plan(run, study))
    metrics = (*study.metrics, *(metric for topic in found for metric in topic.metrics))
    return metrics, (nps_rows.nps_answers(run, study), nps_rows.nps_asked(run, study))


def _workload(run):
    study, ahead, spent = workload.study(run), workload.outlook(run), workload.costs(run)
    metrics = (*study.metrics, *workload.words.outlook(run, ahead).metrics, *workload.words.costs(run, spent).metrics)
    rows = workload_rows
    tables = (rows.hours_booked(spent), rows.modes_before_after(study), rows.customer_costs(run, spent))
    return metrics, (*tables, rows.hours_by_month(ahead))


def _plays(run):
    study, rows = plays.study(run), plays_rows
    return study.metrics, (rows.actions_now(study), rows.actions_done(study), rows.actions_effect(study))


FEW = {"plays": {"improved_least": 2}}  # the demo's team acted on fewer customers at risk than a claim would need


def _support(run):
    study, maps, club = support.study(run), support.journeys(run), support.community(run)
    told = (support.words.journeys(run, maps), support.words.community(run, club))
    rows = support_rows
    tables = tuple(
        f(study)
        for f in (
            rows.help_visits, rows.help_searches, rows.help_articles, rows.support_inquiries, rows.support_customers,
        )
    )  # fmt: skip
    tables += (rows.journeys_reviewed(maps), rows.community_months(club))
    return (*study.metrics, *(metric for each in told for metric in each.metrics)), tables


@pytest.fixture(scope="module")
def found(demo):
    """Metrics by name, and every Behind, of the demo company's quarter."""
    params = resolve({"period": "2023Q2", "compare_to": "2022Q4", "data": str(demo), "settings": FEW}, root=ROOT)
    run = Run(params, open_data(str(demo), params.settings, params.period.end, ROOT))
    wings = [wing(run) for wing in (_growth, _onboarding, _health, _nps, _workload, _support, _plays)]
    metrics = {metric.name: metric for own, _tables in wings for metric in own}
    return metrics, [table for _own, tables in wings for table in tables]


@pytest.fixture(scope="module")
def metrics(found):
    return found[0]


@pytest.fixture(scope="module")
def csv(found, tmp_path_factory):
    """The files as a run writes them, read again."""
    folder = tmp_path_factory.mktemp("rows")
    for behind in found[1]:
        made = behind.listing
        write_csv(Listing(made["name"], made["columns"], made["rows"]), folder / f"{made['name']}.csv")

    def read(name: str, *dates: str) -> pd.DataFrame:
        path = folder / f"rows/{name}.csv"
        return pd.read_csv(path, encoding="utf-8-sig", parse_dates=list(dates), keep_default_na=False, na_values=[""])

    return read


def test_every_metric_has_its_rows_in_exactly_one_table(found):
    metrics, tables = found
    named = [name for table in tables for name in table.metrics]
    assert sorted(named) == sorted(metrics) == sorted(definitions())
    assert all(metric.value is not None for metric in metrics.values())
    assert len({table.name for table in tables}) == len(tables)


def test_the_notebooks_show_every_table_to_the_team_alone():
    shown, called = [], set()
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            calls = re.findall(r"\bbehind\.(\w+)\(", cell.source)
            called |= set(calls)
            shown += [cell.metadata.get("tags")] * len(calls)
    assert shown == [["internal"]] * len(called)
    assert called == {name for wing in WINGS for name in importlib.import_module(f"cskit.{wing}.behind").__all__}


def test_columns_are_named_alike_in_every_language_and_hold_nobodys_words(found):
    for table in found[1]:
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in table.frame), table.name
        assert not {"comment", "may_share", "respondent_name"} & set(table.frame)


# revenue and churn


def test_revenue(csv, metrics):
    rows = csv("customers_arr")
    arr = metrics["growth.arr"]
    assert (arr.value, arr.before, arr.year_before) == (
        rows["arr_now"].sum(), rows["arr_before"].sum(), rows["arr_a_year_before"].sum()
    )  # fmt: skip
    assert arr.n == (rows["arr_now"] > 0).sum()
    opening = rows[rows["arr_a_year_before"] > 0]
    assert opening["in_retention"].all() and rows["in_retention"].sum() == len(opening) == metrics["growth.nrr"].n
    total = opening["arr_a_year_before"].sum()
    assert metrics["growth.nrr"].value == pytest.approx(opening["arr_now"].sum() / total)
    kept = opening[["arr_now", "arr_a_year_before"]].min(axis=1)
    assert metrics["growth.grr"].value == pytest.approx(kept.sum() / total)


def test_churns(csv, metrics):
    rows = csv("churns", "effective_on")
    this = rows[rows["effective_on"].between(FIRST, LAST)]
    last = rows[rows["effective_on"].between(FIRST - pd.DateOffset(years=1), YEAR_BEFORE)]
    assert len(this) == metrics["growth.churns_year"].value == (rows["fiscal_year"] == "FY2023").sum()
    assert len(last) == metrics["growth.churns_previous_year"].value == (rows["fiscal_year"] == "FY2022").sum()
    assert len(this) + len(last) == len(rows)


def test_customers_lost_and_arr_a_customer(csv, metrics):
    rows = csv("customers_arr")
    opening = rows[rows["in_retention"]]
    gone = opening[opening["arr_now"] <= 0]
    assert metrics["growth.logo_churn"].value == pytest.approx(len(gone) / len(opening))
    assert metrics["growth.logo_churn"].n == len(opening)
    lost = gone["arr_a_year_before"].sum() / opening["arr_a_year_before"].sum()
    assert metrics["growth.revenue_churn"].value == pytest.approx(lost)
    assert metrics["growth.arpa"].value == pytest.approx(rows["arr_now"].sum() / (rows["arr_now"] > 0).sum())


def test_unforeseen_and_uncontacted_churns(csv, metrics):
    rows = csv("notices", "notified_on")
    this = rows[rows["notified_on"].between(FIRST, LAST)]
    last = rows[rows["notified_on"].between(FIRST - pd.DateOffset(years=1), YEAR_BEFORE)]
    for found, own in (
        (metrics["growth.unforeseen_churns"], "signs"),
        (metrics["growth.uncontacted_churns"], "contacts"),
    ):
        assert (found.value, found.n, found.year_before) == ((this[own] == 0).sum(), len(this), (last[own] == 0).sum())
    assert rows["flags"].fillna("").str.split().str.len().tolist() == rows["signs"].tolist()


def test_renewals_at_risk(csv, metrics):
    rows = csv("renewals_ahead", "ends_on")
    assert rows["ends_on"].between(LAST + pd.Timedelta(days=1), pd.Timestamp("2023-12-31")).all()
    risky = rows[rows["grade"].isin(AT_RISK)]
    assert metrics["growth.renewals_at_risk"].value == pytest.approx(risky["arr"].sum())
    assert metrics["growth.renewals_at_risk"].n == len(rows)


def test_customers_only_one_of_us_speaks_with(csv, metrics):
    rows = csv("customer_persons")
    judged = rows[rows["contacts"] >= 3]
    assert metrics["growth.person_dependence"].value == pytest.approx((judged["people"] == 1).mean())
    assert metrics["growth.person_dependence"].n == len(judged)


def test_margin_and_what_a_customer_brings(csv, metrics):
    rows, customers, lives = csv("margin_months"), csv("customers_arr"), csv("years_of_life")
    cost = rows.filter(like="cost_").to_numpy().sum() / rows["revenue"].sum()
    margin = rows["margin_before"].iloc[0] - cost
    assert metrics["growth.gross_margin"].value == pytest.approx(margin)
    opening = customers[customers["in_retention"]]
    churn = (opening["arr_now"] <= 0).mean()
    yearly = margin * metrics["growth.arpa"].value
    assert metrics["growth.ltv"].value == pytest.approx(yearly * sum((1 - churn) ** year for year in range(5)))

    def loss(logs):
        a, b = np.exp(logs)
        t = lives["year_of_life"] - 1
        leave = a / (a + b + t)
        return -(lives["left"] * np.log(leave) + (lives["there"] - lives["left"]) * np.log1p(-leave)).sum()

    a, b = np.exp(minimize(loss, [0.0, 3.0], method="Nelder-Mead", options={"maxiter": 4000, "fatol": 1e-10}).x)
    stays = np.cumprod([1, *((b + t) / (a + b + t) for t in range(4))]).sum()
    assert metrics["growth.ltv_uneven"].value == pytest.approx(yearly * stays, rel=1e-3)


def test_hours_a_customer_and_customers_a_member(csv, metrics):
    rows = csv("hours_by_quarter", "end").set_index("end")
    each = rows["hours"] / rows["customers"]
    found = metrics["growth.hours_per_customer"]
    assert [found.value, found.before, found.year_before] == pytest.approx(
        [each[LAST], each[BEFORE], each[YEAR_BEFORE]]
    )
    people = len(csv("team"))
    arr = csv("customers_arr")["arr_now"]
    assert metrics["growth.customers_per_member"].value == pytest.approx((arr > 0).sum() / people)
    assert metrics["growth.arr_per_member"].value == pytest.approx(arr.sum() / people)


def test_referrals(csv, metrics):
    rows = csv("growth_referrals", "on")
    recent = rows["on"] > YEAR_BEFORE
    assert (metrics["growth.referrals"].value, metrics["growth.referrals"].year_before) == (
        recent.sum(),
        (~recent).sum(),
    )


# NPS


def _value(score: pd.Series) -> pd.Series:
    return 1.0 * (score >= 9) - 1.0 * (score <= 6)


@pytest.fixture
def waves(csv):
    """The two waves' answers, the older first."""
    rows = csv("nps_answers", "closed_on")
    rows["value"] = _value(rows["score"])
    return [own for _day, own in rows.groupby("closed_on")]


def test_nps_and_its_change(waves, metrics):
    before, now = (100 * wave["value"].mean() for wave in waves)
    assert metrics["nps.score"].value == pytest.approx(now)
    assert metrics["nps.score"].before == pytest.approx(before)
    assert metrics["nps.score"].n == len(waves[1])
    assert metrics["nps.change"].value == pytest.approx(now - before)
    assert metrics["nps.answers_for_10_points"].n == len(waves[0]) + len(waves[1])
    assert (waves[1]["category"].map({"promoter": 1, "passive": 0, "detractor": -1}) == waves[1]["value"]).all()


def test_nps_by_company_by_revenue_and_of_those_who_answered_twice(waves, metrics):
    before, now = waves
    companies = now.groupby("company").agg(value=("value", "mean"), arr=("arr", "first"))
    assert metrics["nps.company_equal"].value == pytest.approx(100 * companies["value"].mean())
    paying = companies[companies["arr"] > 0]
    weighted = (paying["value"] * paying["arr"]).sum() / paying["arr"].sum()
    assert metrics["nps.arr_weighted"].value == pytest.approx(100 * weighted)
    both = now.merge(before, on="respondent_id")
    assert metrics["nps.paired_change"].value == pytest.approx(100 * (both["value_x"] - both["value_y"]).mean())
    assert metrics["nps.paired_change"].n == len(both)


def test_response_rates(csv, metrics):
    asked = csv("nps_asked", "closed_on")
    people = asked.groupby("closed_on")["answered"].mean()
    companies = asked.groupby(["closed_on", "customer_id"])["answered"].any().groupby("closed_on").mean()
    for name, rates in (("nps.respondent_response", people), ("nps.company_response", companies)):
        assert [metrics[name].before, metrics[name].value] == pytest.approx(rates.tolist())


# health


def test_grades(csv, metrics):
    rows = csv("health_customers")
    days = {"value": "grade_now", "before": "grade_before", "year_before": "grade_a_year_before"}
    for when, column in days.items():
        counts = rows[column].value_counts()
        for grade in ("good", "sound", "caution", "action"):
            assert getattr(metrics[f"health.{grade}"], when) == counts.get(grade, 0)
        assert getattr(metrics["health.at_risk"], when) == rows[column].isin(AT_RISK).sum()
    assert metrics["health.at_risk"].low == rows["certainly_at_risk"].eq(True).sum()
    assert metrics["health.at_risk"].high == rows["possibly_at_risk"].eq(True).sum()


def test_grades_follow_from_scores_and_are_provisional_where_bounds_differ(csv, metrics):
    now = csv("health_customers").dropna(subset="score")
    score, low, high = (
        pd.cut(now[name] + 1e-9, [-1, 35, 55, 75, 101], right=False, labels=["action", "caution", "sound", "good"])
        for name in ("score", "low", "high")
    )
    assert (score == now["grade_now"]).all()
    assert (low.astype(str) != high.astype(str)).sum() == metrics["health.provisional"].value
    assert now["provisional"].eq(True).sum() == metrics["health.provisional"].value
    assert now["coverage"].mean() == pytest.approx(metrics["health.coverage"].value)


def test_who_improved_and_who_is_newly_at_risk(csv, metrics):
    rows = csv("health_customers")
    then, now = rows["grade_at_year_start"].isin(AT_RISK), rows["grade_now"].isin(AT_RISK)
    improved, new = then & rows["grade_now"].isin(["good", "sound"]), now & ~then
    assert metrics["health.improved"].value == improved.sum() == (rows["at_risk_move"] == "improved").sum()
    assert metrics["health.newly_at_risk"].value == new.sum() == (rows["at_risk_move"] == "new").sum()
    assert metrics["health.at_risk_vs_year_start"].value == pytest.approx(now.sum() / then.sum())
    moves = rows.loc[then, "at_risk_move"]
    assert moves.isin(["improved", "left", "unknown", "still"]).all()
    assert rows.loc[moves.index[moves == "left"], "grade_now"].isna().all()


def test_stale_inputs(csv, metrics):
    rows = csv("health_inputs")
    assert (
        metrics["health.stale_inputs"].value == (rows["age_days"] > rows["allowed_days"]).sum() == rows["stale"].sum()
    )
    assert metrics["health.stale_inputs"].n == len(rows)


def test_the_back_test(csv, metrics):
    rows = csv("health_backtest")
    wins, pairs = 0.0, 0
    for _day, own in rows.groupby("day"):
        gone, stayed = (own.loc[own["churned"] == which, "score"].to_numpy() for which in (True, False))
        apart = stayed[None, :] - gone[:, None]
        wins += (apart > 0).sum() + 0.5 * (apart == 0).sum()
        pairs += apart.size
    assert metrics["health.auc"].value == pytest.approx(wins / pairs)
    assert metrics["health.auc"].n == rows["churned"].sum() == rows["gone_on"].notna().sum()
    assert metrics["health.good_churned"].value == (rows["churned"] & (rows["grade"] == "good")).sum()


# onboarding


@pytest.fixture
def begun(csv):
    return csv("onboardings", "started_on", "due_on", "completed_on", "left_on")


def test_self_share_of_the_period(begun, metrics):
    period = begun[begun["started_on"].between(FIRST, LAST)]
    assert metrics["onboarding.self_share"].value == pytest.approx((period["route"] == "self").mean())
    assert metrics["onboarding.self_share"].n == len(period) == begun["started_in_period"].sum()


def test_months_and_the_crossover(csv, begun, metrics):
    months = csv("onboarding_months", "month").set_index("month")
    counted = pd.crosstab(begun["started_on"].dt.to_period("M").dt.to_timestamp(), begun["route"])
    counted = counted.reindex(index=months.index, columns=ROUTES, fill_value=0)
    assert (counted == months[ROUTES]).all(axis=None)
    total = counted.sum(axis=1)
    share = (counted["self"] / total)[total >= 5]
    assert metrics["onboarding.self_share_max"].value == pytest.approx(share.max())
    ahead = counted.index[counted["self"] > counted["high_touch"]]
    assert metrics["onboarding.crossover_month"].value == f"{ahead[0]:%Y-%m}"


def test_the_fitted_crossing(csv, metrics):
    months = csv("onboarding_months", "month")
    rise = months[months["in_rise"]]
    x, n, own = (np.asarray(values, float) for values in (rise.index, rise["all"], rise["self"]))
    design, beta = np.column_stack([np.ones(len(x)), x]), np.zeros(2)
    for _step in range(50):  # Newton's steps to the likeliest line
        p = 1 / (1 + np.exp(-design @ beta))
        beta += np.linalg.solve(design.T @ (design * (n * p * (1 - p))[:, None]), design.T @ (own - n * p))
    at = months["month"][round(-beta[0] / beta[1])]
    assert metrics["onboarding.crossing"].value == f"{at:%Y-%m}"
    assert metrics["onboarding.crossing"].n == n.sum()


def test_days_to_complete(begun, metrics):
    recent = begun[begun["started_on"] > YEAR_BEFORE]
    end = recent["completed_on"].fillna(recent["left_on"]).fillna(LAST)
    assert ((end - recent["started_on"]).dt.days == recent["days"]).all()
    assert begun["days"].notna().sum() == len(recent) == metrics["onboarding.median_days"].n
    there, done = 1.0, 0.0  # Aalen and Johansen, day by day
    for day in sorted(recent["days"].unique()):
        now, at_risk = recent[recent["days"] == day], (recent["days"] >= day).sum()
        done += there * (now["ended"] == "completed").sum() / at_risk
        there *= 1 - (now["ended"] != "open").sum() / at_risk
        if done >= 0.5:
            break
    assert metrics["onboarding.median_days"].value == day


def test_on_time_and_overdue(begun, metrics):
    due = begun[begun["due_on"].between(FIRST, LAST)]
    done = due["completed_on"] <= due["due_on"]
    left, to_come = (
        ~done & (due["left_on"] <= due["due_on"]),
        ~done & due["completed_on"].isna() & (due["due_on"] >= LAST),
    )
    counted = ~left & ~to_come
    assert metrics["onboarding.on_time"].value == pytest.approx(done[counted].mean())
    assert metrics["onboarding.on_time"].n == counted.sum() == begun["on_time"].notna().sum()
    assert begun["on_time"].eq(True).sum() == done[counted].sum()
    late = begun["completed_on"].isna() & begun["left_on"].isna() & (begun["due_on"] < LAST)
    assert metrics["onboarding.overdue"].value == late.sum()
    assert (late == begun["overdue"]).all()


def test_what_is_known_of_customers(csv, metrics):
    heard = csv("onboarding_hearings", "started_on", "reached_on")
    learnt = heard[[name for name in heard if name.startswith("learnt_")]]
    assert learnt.shape[1] == 5
    assert metrics["onboarding.hearing_coverage"].value == pytest.approx(learnt.mean(axis=1).mean())
    assert metrics["onboarding.hearing_coverage"].n == len(heard)
    assert ((heard["reached_on"] - heard["started_on"]).dt.days == 60).all()
    assert heard["reached_on"].between(FIRST, LAST).all()
    unknown = csv("unknown_customers")
    assert metrics["onboarding.unknown_customers"].value == len(unknown) == unknown["customer_id"].nunique()
    assert (unknown["known"] < 0.6).all()


def test_the_balance_is_the_programmes_and_its_price_what_a_little_more_costs(csv, metrics):
    rows = csv("onboarding_balance")
    each = rows["onboardings_of_segment"]
    whole = each.sum() / len(ROUTES)
    share = (each * rows["share_balanced"])[rows["route"] == "self"].sum() / whole
    assert metrics["onboarding.balance_self_share"].value == pytest.approx(share)
    lost = rows["churn"] * rows["arr_of_customer"] * rows["gross_margin"]
    cost = (each * (rows["hours"] * rows["hourly_cost"] + lost)).to_numpy()
    of_segment = pd.get_dummies(rows["segment"]).T.to_numpy(float)

    def least(knowledge: float) -> float:
        known = -(each * rows["knowledge"] / whole).to_numpy()[None, :]
        scale = cost.max()
        found = linprog(cost / scale, known, [-knowledge], of_segment, np.ones(len(of_segment)), bounds=(0, 1))
        return found.fun * scale

    limit, little = rows["knowledge_min"][0], 1e-4
    assert least(limit) == pytest.approx((cost * rows["share_balanced"]).sum(), rel=1e-6)
    price = (least(limit + little) - least(limit)) / little / 100
    assert metrics["onboarding.knowledge_price"].value == pytest.approx(price, rel=1e-3)


# workload


def test_hours_and_indirect_work(csv, metrics):
    rows = csv("hours_booked")
    total = rows["hours"].sum()
    assert metrics["workload.hours"].value == pytest.approx(total)
    assert metrics["workload.hours"].n == rows["csm_id"].nunique()
    indirect = rows.loc[rows["customer_id"].isna(), "hours"].sum()
    assert metrics["workload.indirect_share"].value == pytest.approx(indirect / total)


def test_meetings_and_hours_before_and_after_the_new_modes(csv, metrics):
    rows = csv("modes_before_after")
    for what in ("meetings", "meeting_hours", "total_hours"):
        ratio = rows[f"{what}_after"].sum() / rows[f"{what}_before"].sum()
        assert metrics[f"workload.{what}_ratio"].value == pytest.approx(ratio)
        assert metrics[f"workload.{what}_ratio"].n == len(rows)


def test_cost_of_revenue(csv, metrics):
    rows = csv("customer_costs")
    assert metrics["workload.cost_of_arr"].value == pytest.approx(rows["cost"].sum() / rows["arr"].sum())
    assert rows["hours"].sum() == pytest.approx(metrics["workload.hours"].value)
    assert rows["arr"].sum() == metrics["growth.arr"].value
    yearly = rows["cost_live"] + 4 * rows["cost_onboarding"]
    assert (yearly - rows["cost"]).dropna().abs().max() < 1e-6
    assert rows["customer_id"].isna().tolist() == [False] * (len(rows) - 1) + [True]


def test_the_outlook_rests_on_the_months_there_were(csv, metrics):
    # Its chances are shares of drawn courses, which no table holds: only what they rest on can be added up.
    rows = csv("hours_by_month", "month").set_index("month")
    recorded, coming = rows["recorded"].dropna(), rows["load"].dropna()
    assert len(recorded) == metrics["workload.overload_probability"].n == metrics["workload.hires_needed"].n
    assert recorded[FIRST:LAST].sum() == pytest.approx(metrics["workload.hours"].value)
    assert recorded.index[-1] < LAST < coming.index[0] and len(rows) == len(recorded) + len(coming)
    assert rows.loc[coming.index, "overload"].between(0, 1).all() and rows["overload"].count() == len(coming)


# what the demo company does not hold, worked by hand


def _run(data_of, settings=None, **tables):
    params = resolve({"period": "2023Q2", "compare_to": "2022Q4", "settings": settings or {}})
    return Run(params, data_of(settings=params.settings, **tables))


def test_an_onboarding_counts_once_it_is_due_and_the_customer_has_not_left_before(data_of):
    run = _run(
        data_of,
        customers="customer_id,churned_on\nA,\nB,2023-05-10\nC,\nD,\nE,",
        onboardings="""onboarding_id,customer_id,route,started_on,due_on,completed_on
            1,D,hybrid,2022-01-01,2023-06-01,
            2,A,self,2023-04-01,2023-05-01,2023-04-21
            3,E,high_touch,2023-04-01,2023-05-20,2023-06-01
            4,B,self,2023-04-10,2023-05-20,
            5,C,self,2023-05-01,2023-06-30,""",
    )
    rows = onboarding_rows.onboardings(run, topics.timeliness(run)).frame.set_index("onboarding_id")
    assert rows["on_time"].dropna().to_dict() == {"1": False, "2": True, "3": False}
    assert rows["ended"].dropna().to_dict() == {"2": "completed", "3": "completed", "4": "left", "5": "open"}
    assert rows["days"].dropna().to_dict() == {"2": 20, "3": 61, "4": 30, "5": 60}
    assert rows.index[rows["overdue"]].tolist() == ["1"]


def test_revenue_of_which_a_contract_was_set_aside_is_shown_but_not_in_retention(data_of):
    run = _run(
        data_of,
        contracts="""contract_id,customer_id,kind,starts_on,ends_on,mrr
            1,A,paid,2022-01-01,,10
            2,B,paid,2022-01-01,2022-12-30,10
            3,C,paid,2023-01-01,,5
            4,D,paid,2022-01-01,,1""",
    )
    run = replace(run, data=replace(run.data, set_aside_frames={"contracts": pd.DataFrame({"customer_id": ["D"]})}))
    rows = growth_rows.customers_arr(run, growth.study(run)).frame.set_index("customer_id")
    columns = ["arr_a_year_before", "arr_before", "arr_now", "in_retention"]
    assert rows.loc[list("ABCD"), columns].to_numpy().tolist() == [
        [120, 120, 120, True], [120, 0, 0, True], [0, 0, 60, False], [12, 12, 12, False]
    ]  # fmt: skip


def test_todays_revenue_says_nothing_of_other_days(data_of):
    run = _run(data_of, customers="customer_id,arr\nA,100")
    (row,) = growth_rows.customers_arr(run, growth.study(run)).frame.to_dict("records")
    assert row["arr_now"] == 100 and not row["in_retention"]
    assert pd.isna(row["arr_before"]) and pd.isna(row["arr_a_year_before"])


def test_answers_hold_whoever_counts_and_a_person_of_no_company_stands_alone(data_of):
    run = _run(
        data_of,
        {"nps": {"roles": ["admin"]}},
        nps_waves="wave,closed_on\nspring,2023-04-14",
        nps_invitations="wave,respondent_id,customer_id,role\nspring,r,A,admin\nspring,s,,admin\nspring,t,A,user",
        nps_responses="wave,respondent_id,customer_id,score\nspring,r,A,9\nspring,s,,6\nspring,t,A,0",
    )
    study = nps.study(run)
    answers = nps_rows.nps_answers(run, study).frame
    assert answers[["respondent_id", "company", "category"]].to_numpy().tolist() == [
        ["r", "A", "promoter"], ["s", "respondent s", "detractor"]
    ]  # fmt: skip
    assert nps_rows.nps_asked(run, study).frame["respondent_id"].tolist() == ["r", "s"]


def test_a_wave_of_another_period_is_behind_no_figure_of_this_one(data_of):
    run = _run(
        data_of,
        nps_waves="wave,closed_on\nautumn,2022-10-31",
        nps_invitations="wave,respondent_id\nautumn,r",
        nps_responses="wave,respondent_id,score\nautumn,r,9",
    )
    study = nps.study(run)
    assert nps_rows.nps_answers(run, study).frame.empty and nps_rows.nps_asked(run, study).frame.empty


def test_a_customer_of_whom_nothing_is_known_has_an_unknown_grade(data_of):
    run = _run(data_of, customers="customer_id,contracted_on,churned_on\nA,2022-01-01,\nB,2022-01-01,2023-05-01")
    rows = health_rows.health_customers(health.study(run)).frame.set_index("customer_id")
    assert rows.loc["A", ["grade_now", "grade_at_year_start"]].tolist() == ["unknown", "unknown"]
    assert pd.isna(rows.loc["B", "grade_now"]) and rows.loc["B", "grade_at_year_start"] == "unknown"
    assert rows.loc["A", "coverage"] == 0 and pd.isna(rows.loc["B", "coverage"])


def test_costs_hold_who_pays_without_work_and_work_without_pay(data_of):
    run = _run(
        data_of,
        {"money": {"hourly_cost": 100}},
        customers="customer_id,went_live_on,arr\nA,2022-01-01,\nB,2022-01-01,8000\nC,,400",
        time_logs="""log_id,csm_id,on,minutes,customer_id
            1,p,2023-05-01,60,A
            2,p,2023-05-01,120,C
            3,p,2023-05-01,180,""",
    )
    spent = workload.costs(run)
    rows = workload_rows.customer_costs(run, spent).frame
    columns = ["customer_id", "hours", "cost_live", "cost_onboarding", "cost", "arr"]
    assert rows[columns].fillna("").to_numpy().tolist() == [
        ["A", 1, 400, 0, 400, ""], ["B", 0, 0, 0, 0, 8000], ["C", 2, 0, 200, 800, 400], ["", 3, "", "", 1200, ""]
    ]  # fmt: skip
    assert spent.of_arr == 2400 / 8400


# plays


def test_actions(csv, metrics):
    rows = csv("actions_now")
    state = rows["state"].value_counts()
    assert metrics["plays.open"].value == state.get("carried", 0) + state.get("closable", 0)
    assert metrics["plays.called_for"].value == state["new"] + state["waits"] == metrics["plays.waiting"].n
    assert metrics["plays.waiting"].value == state["waits"]
    assert metrics["plays.value_at_stake"].value == rows.drop_duplicates("customer_id")["arr"].sum()


def test_what_became_of_actions_and_whether_it_helped(csv, metrics):
    ended = csv("actions_done", "due_on", "done_on")
    in_time = ended["done_on"].notna() & ~(ended["done_on"] > ended["due_on"])
    assert metrics["plays.done_share"].value == pytest.approx(ended["done_on"].notna().mean())
    assert metrics["plays.in_time_share"].value == pytest.approx(in_time.mean())
    rows = csv("actions_effect")
    x = np.column_stack([rows["score"], np.log1p(rows["arr"])])
    x = np.column_stack([np.ones(len(x)), (x - x.mean(0)) / x.std(0)])
    acted, beta = rows["acted"].to_numpy(float), np.zeros(3)
    for _step in range(50):  # logistic regression by Newton's method, a ridge of 0.1 on the slopes
        chance = 1 / (1 + np.exp(-x @ beta))
        ridge = np.diag([0, 0.1, 0.1])
        slope = x.T @ (acted - chance) - ridge @ beta
        beta += np.linalg.solve((x * (chance * (1 - chance))[:, None]).T @ x + ridge, slope)
    weight = np.where(acted == 1, 1 - chance, chance)
    shares = [np.average(rows["improved"][acted == own], weights=weight[acted == own]) for own in (1, 0)]
    assert metrics["plays.effect"].value == pytest.approx(shares[0] - shares[1], abs=1e-6)
    assert metrics["plays.effect"].n == len(rows)


# support


def test_the_help_site(csv, metrics):
    seen = csv("help_visits").groupby("period")[["visits", "inquiries"]].sum()
    rates = 1 - seen["inquiries"] / seen["visits"]
    found = metrics["support.self_resolution"]
    assert (found.value, found.before) == pytest.approx((rates["now"], rates["before"]))
    assert found.n == seen.loc["now", "visits"]
    looked = csv("help_searches").groupby("period")[["searches", "without_result"]].sum()
    lost = looked["without_result"] / looked["searches"]
    found = metrics["support.searches_without_result"]
    assert (found.value, found.before) == pytest.approx((lost["now"], lost["before"]))
    unread = csv("help_articles").groupby("period")["views"].agg(lambda views: (views == 0).sum())
    found = metrics["support.unopened_articles"]
    assert (found.value, found.before) == (unread["now"], unread["before"])


def test_inquiries(csv, metrics):
    rows = csv("support_inquiries")
    periods = {"value": rows[rows["period"] == "now"], "before": rows[rows["period"] == "before"]}
    for when, own in periods.items():
        known = own[own["channel"].notna()]
        assert getattr(metrics["support.phone_share"], when) == pytest.approx((known["channel"] == "phone").mean())
        assert getattr(metrics["support.joined_share"], when) == pytest.approx(own["known_customer"].mean())
        again = own.loc[own["solved_once"], "reopened"].mean()
        assert getattr(metrics["support.reopened_share"], when) == pytest.approx(again)
        for name, hours, done in (
            ("first_reply", "reply_hours", "replied"),
            ("resolution", "resolve_hours", "resolved"),
        ):
            there, timed = 1.0, own[own[hours].notna()]  # Kaplan and Meier, moment by moment
            for moment in sorted(timed.loc[timed[done], hours].unique()):
                at = timed[hours] == moment
                there *= 1 - (at & timed[done]).sum() / (timed[hours] >= moment).sum()
                if there <= 0.5:
                    break
            assert getattr(metrics[f"support.{name}_median"], when) == pytest.approx(moment)
    measured = periods["value"][~periods["value"]["estimated"]]
    phone = measured.loc[measured["channel"] == "phone", "minutes"].mean()
    others = measured.loc[measured["channel"].isin(["email", "chat"]), "minutes"].mean()
    calls = (periods["value"]["channel"] == "phone").sum()
    assert metrics["support.hours_freed"].value == pytest.approx(0.3 * calls * (phone - others) / 60)


def test_silent_customers_and_records_that_meet(csv, metrics):
    rows = csv("support_customers")
    now = rows[rows["silent"].notna()]
    signals = now[["contact", "use", "ticket", "answer"]]
    quiet = (signals.notna().sum(axis=1) >= 2) & ~signals.eq(False).any(axis=1)
    assert (quiet == now["silent"]).all()
    assert metrics["support.silent_customers"].value == quiet.sum()
    assert metrics["support.silent_customers"].before == rows["silent_before"].eq(True).sum()
    assert metrics["support.silent_customers"].n == len(now)
    assert metrics["support.silent_arr"].value == pytest.approx(now.loc[quiet, "arr"].sum())
    assert metrics["support.records_meet"].value == pytest.approx((now["in_contract"] & now["has_inquiry"]).mean())


def test_journeys_and_the_community(csv, metrics):
    maps = csv("journeys_reviewed", "reviewed_on")
    assert (
        metrics["support.overdue_journeys"].value == (maps["reviewed_on"] < YEAR_BEFORE).sum() == maps["overdue"].sum()
    )
    months = csv("community_months", "month").set_index("month")
    last = months.loc["2023-06-01"]
    assert metrics["support.community_active"].value == pytest.approx(last["active"] / last["members"])
