"""Grades of the past against later churn: as known on each day, each churn once, and a leak is caught."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from cskit import i18n
from cskit.data import open_data
from cskit.health import words
from cskit.health.analysis import study
from cskit.health.backtest import Backtest, backtest, churn_days, leaks
from cskit.health.other_weights import learnt, sensitivity
from cskit.health.score import score
from cskit.health.snapshot import Snapshot, snapshot
from cskit.params import resolve, settings_with
from cskit.run import Run
from tests.conftest import ROOT

RULES = settings_with().health
DAY = date(2022, 6, 30)


def _company(n=40, silent=8, leaving=6):
    """Customers spoken with each quarter, but for some; of the silent ones so many leave in autumn 2022."""
    customers = ["customer_id,name,contracted_on,churned_on,seats"]
    touch, churns, judged = ["touchpoint_id,customer_id,on"], ["customer_id,notified_on,effective_on,reason"], []
    for place in range(n):
        name, quiet, leaves = f"C{place:02d}", place < silent, place < leaving
        customers.append(f"{name},Company {place},2019-04-01,,10")
        for year in (2020, 2021, 2022, 2023):
            for month in (2, 5, 8, 11):
                if f"{year}-{month:02d}" <= ("2021-05" if quiet else "2023-05"):
                    touch.append(f"{name}-{year}-{month},{name},{year}-{month:02d}-15")
        if leaves:
            churns.append(f"{name},2022-09-0{1 + place},2023-02-28,price")
        judged.append(f"{name},2022-06-01,accepts_meetings,{3 if place % 3 == 0 and not quiet else 4}")
    assessments = "\n".join(["customer_id,on,item,value", *judged])
    return {
        "customers": "\n".join(customers),
        "touchpoints": "\n".join(touch),
        "churns": "\n".join(churns),
        "assessments": assessments,
    }


def _run(data_of, **tables):
    run = Run(resolve({"period": "2023Q2"}), data_of(**tables))
    return run, study(run)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """The company's data; they are only read."""
    folder = tmp_path_factory.mktemp("company")
    for name, text in _company().items():
        (folder / f"{name}.csv").write_text(text + "\n", encoding="utf-8")
    return open_data(str(folder), settings_with(), date(2023, 6, 30), ROOT)


@pytest.fixture(scope="module")
def proof(opened):
    run = Run(resolve({"period": "2023Q2"}), opened)
    return backtest(run, study(run))


def test_each_churn_is_counted_once_on_the_last_day_before_it(proof):
    churned = proof.rows[proof.rows["churned"]]
    assert churned["customer_id"].tolist() == [f"C0{place}" for place in range(6)]
    assert set(churned["day"]) == {pd.Timestamp(DAY)} and set(churned["grade"]) == {"caution"}
    assert churned["days"].tolist() == [63, 64, 65, 66, 67, 68]  # 30 June to 1-6 September


def test_who_gave_notice_is_not_foretold_any_more(proof):
    later = proof.rows[proof.rows["day"] > pd.Timestamp(DAY)]
    assert len(later) == 34 and not later["churned"].any()


def test_the_days_looked_back_at_lie_as_far_apart_as_each_looks_ahead(proof):
    assert [str(shot.as_of) for shot in proof.shots] == [
        "2020-06-30",
        "2020-12-31",
        "2021-06-30",
        "2021-12-31",
        "2022-06-30",
        "2022-12-31",
    ]


def test_counts_by_grade_and_the_claim(proof):
    # The 8 silent ones in December 2021 and in June, the 2 of them who stayed in December 2022.
    assert proof.by_grade.loc["caution", ["n", "churned"]].tolist() == [18, 6]
    assert proof.separates and proof.auc.value > 0.9 and proof.auc.events == 6
    run_words = words.backtest(Run(resolve({"period": "2023Q2"}), None), proof)
    assert "6 of 18 graded caution" in run_words.text and "Lower scores churned more." in run_words.text
    assert "less often" not in run_words.text
    stayed = (proof.rows["grade"] == "caution") & (proof.rows["churned"] == 0)
    turned = replace(proof, rows=proof.rows.assign(grade=proof.rows["grade"].mask(stayed, "action")))
    told = words.backtest(Run(resolve({"period": "2023Q2"}), None), turned).text
    assert told.endswith("Yet action churned less often than caution.")
    auc, good = run_words.metrics
    assert (auc.name, auc.n) == ("health.auc", 6) and auc.low < auc.value <= auc.high
    assert (good.name, good.value, good.n) == ("health.good_churned", 0, 6)


def test_too_few_churns_claim_nothing(data_of):
    run, company = _run(data_of, **_company(leaving=4))
    few = backtest(run, company)
    said = words.backtest(run, few)
    assert said.text == "Only 4 churns followed the grades looked back at: too few to say whether they foretell it."
    assert said.metrics[0].value is None and not few.separates and learnt(few) is None


def test_without_a_record_of_who_left_there_is_no_back_test(data_of):
    tables = _company()
    del tables["churns"]
    tables["customers"] = "\n".join(
        line.replace(",churned_on", "").replace(",,", ",") for line in tables["customers"].splitlines()
    )
    run, company = _run(data_of, **tables)
    assert backtest(run, company) is None and "churns" in words.backtest(run, None).text


def test_good_ones_that_left_are_listed_with_their_reason(data_of):
    tables = _company(leaving=0)
    tables["churns"] += "\nC20,2022-10-01,2022-12-31,budget\nC21,,2023-03-31,"
    run, company = _run(data_of, **tables)
    found = backtest(run, company)
    assert found.good_churned["customer_id"].tolist() == ["C21", "C20"]
    shown = words.good_churned_rows(company, found).frame
    assert shown["Reason"].tolist() == ["not recorded", "budget"]
    assert [i18n.day(day) for day in shown["Known to leave on"]] == ["31 March 2023", "1 October 2022"]


def test_the_notice_counts_and_without_one_the_last_day(data_of):
    data = data_of(
        customers="customer_id,churned_on\nA,2023-03-31\nB,2023-04-30\nC,",
        churns="customer_id,notified_on,effective_on,reason\nA,2023-01-15,2023-03-31,price\nC,2023-06-01,2023-09-30,",
    )
    gone = churn_days(data)
    assert gone["gone_on"].dt.strftime("%m-%d").to_dict() == {"A": "01-15", "B": "04-30", "C": "06-01"}


def test_no_score_looks_ahead(opened):
    assert leaks(opened, DAY, RULES) == []


def _peeks(data, rules):
    """A score that takes points from who will have left within half a year."""
    shot = snapshot(data, rules)
    later = data.at(date(data.as_of.year, 12, 31)).table("churns").customer_id.to_pandas()
    worse = shot.scores["score"].where(~shot.scores.index.isin(later), 0.0)
    return Snapshot(shot.as_of, shot.raw, shot.scores.assign(score=worse))


def _reads_everything(data, rules):
    """A score that reads a table past its day: not through data.table."""
    shot = snapshot(data, rules)
    last = data._tables["touchpoints"].on.max().to_pandas()
    return Snapshot(shot.as_of, shot.raw, shot.scores.assign(low=float(pd.Timestamp(last).toordinal())))


def test_a_planted_leak_is_caught(opened):
    assert leaks(opened, DAY, RULES, _peeks) == [f"C0{place}" for place in range(6)]
    assert len(leaks(opened, DAY, RULES, _reads_everything)) == 40


def _relationship_alone_tells(rules):
    """400 customers whose licence use and relationship vary by themselves; the fewer favours, the more leave."""
    rng = np.random.default_rng(1)
    raw = pd.DataFrame({name: np.full(400, np.nan) for name in [*RULES.items, "notice_given"]})
    raw["licence_use"], raw["relationship"] = rng.random(400), rng.uniform(1, 5, 400)
    shot = Snapshot(DAY, raw, score(raw, rules))
    churned = rng.random(400) < 0.05 + 0.3 * (raw["relationship"] < 3)
    rows = shot.scores.assign(day=pd.Timestamp(DAY), churned=churned, days=100).reset_index(names="customer_id")
    return Backtest(rows, (shot,), 0, rules, 0.95, 1)


def test_learnt_weights_lean_to_what_foretells_as_far_as_the_evidence_goes():
    few, many = (learnt(_relationship_alone_tells(_rules(prior_churns=hand))) for hand in (5000, 50))
    free = learnt(_relationship_alone_tells(_rules(free_churns=5)))
    for offered in (few, many, free):
        assert offered.items["learnt"].sum() == pytest.approx(1)
    ratio = [own.items["learnt"] / own.items["hand"] for own in (few, many, free)]
    lean = [own["relationship"] / own["licence_use"] for own in ratio]
    assert 1 < lean[0] < 1.1 < 1.3 < lean[1] < lean[2]
    assert (few.trust, free.trust) == (pytest.approx(few.churns / (few.churns + 5000)), 1)
    # Of what nobody is known by nothing is learnt: it keeps its place among its like.
    assert ratio[1]["goals_on_way"] == pytest.approx(ratio[1]["account_nps"])


def _rules(**changes):
    return RULES.model_copy(update={"other_weights": RULES.other_weights.model_copy(update=changes)})


def test_what_is_offered_can_be_pasted_into_params(proof):
    import yaml

    pasted = settings_with(yaml.safe_load(learnt(proof).yaml)["settings"]).health
    weights = {name: pasted.dimensions[item.dimension] * item.weight for name, item in pasted.items.items()}
    assert list(weights.values()) == pytest.approx(learnt(proof).items["learnt"].tolist(), abs=0.005)


def test_weights_hardly_matter_where_all_items_agree_and_do_where_they_quarrel():
    raw = pd.DataFrame({name: [1.0, 1.0] for name in RULES.items})
    raw.loc[0] = [1, 1, 0, 5, 9, 99, 1, 10, 0, 0, 1]  # all at 100 points
    raw.loc[1] = [0.4, 0.3, 61, 2, 1, 1, 0.34, 5, 1, 1, 0.8]  # 30 to 60 points

    def many(row):
        own = raw.loc[[row]].astype(float)
        return sensitivity(Snapshot(DAY, own, score(own, RULES)), RULES, seed=1)

    assert many(0).changed.tolist() == [0] * 200 and many(0).single.to_numpy().max() == 0
    edge = raw.loc[[1]].astype(float)
    value = float(score(edge, RULES)["score"].item())
    near = RULES.model_copy(update={"grades": RULES.grades.model_copy(update={"caution": value + 0.05})})
    found = sensitivity(Snapshot(DAY, edge, score(edge, near)), near, seed=1)
    assert 60 < found.changed.sum() < 140 and found.usual == (found.usual[0], 0, 1)


def test_the_same_seed_draws_the_same_weights(opened):
    company = study(Run(resolve({"period": "2023Q2"}), opened))
    one, two, other = (sensitivity(company.now, RULES, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.changed, two.changed) and one.single.equals(other.single)
