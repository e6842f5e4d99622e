"""The demo is whole, repeatable, and careful with the folder it writes to."""

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import yaml

from cskit.data import open_data
from cskit.data.demo import make_demo
from cskit.data.demo.make import make
from cskit.data.demo.write import Writer, schema
from cskit.errors import CskitError
from cskit.params import settings_with

LAST = date(2023, 6, 30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo")
    make_demo(path)
    return path


def _frame(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{table}.csv", low_memory=False)


@pytest.mark.parametrize(("world", "customers"), [("published", 500), ("random", 200)])
def test_every_table_opens_without_a_fault(tmp_path: Path, root: Path, world: str, customers: int):
    make_demo(tmp_path / "demo", customers, seed=3, world=world)
    data = open_data(str(tmp_path / "demo"), settings_with(), LAST, root)
    assert set(data.rows) == set(schema())
    assert min(data.rows.values()) > 0
    assert {(fault.table, fault.column) for fault in data.warnings} == {("tickets", "customer_id")}


def test_the_default_demo_has_all_columns_and_stays_small(folder: Path):
    tables = sorted(folder.glob("*.csv"))
    assert [path.stem for path in tables] == sorted(schema())
    assert all(_frame(folder, path.stem).columns.tolist() == list(schema()[path.stem]) for path in tables)
    assert sum(path.stat().st_size for path in tables) < 15e6
    assert len(_frame(folder, "customers")) == 500
    assert sum(len(_frame(folder, path.stem)) for path in tables) < 300_000


def test_the_same_arguments_give_the_same_bytes_and_another_seed_does_not(tmp_path: Path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        make_demo(tmp_path / name, 200, seed)
    files = sorted(path.name for path in (tmp_path / "a").glob("*.csv"))
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)
    differ = [name for name in files if (tmp_path / "a" / name).read_bytes() != (tmp_path / "c" / name).read_bytes()]
    assert len(differ) > 20


def test_large_worlds_drawn_in_parts_number_their_rows_through(tmp_path: Path):
    make(tmp_path / "parts", customers=300, seed=1, world="published", form="csv", part=110, step=28)
    for table, key in (("touchpoints", "touchpoint_id"), ("time_logs", "log_id"), ("csms", "csm_id")):
        assert _frame(tmp_path / "parts", table)[key].is_unique
    logs, tickets = _frame(tmp_path / "parts", "time_logs"), _frame(tmp_path / "parts", "tickets")
    inquiries = logs[logs.task == "inquiry"].dropna(subset=["customer_id"])
    owner = inquiries.case_id.map(tickets.set_index("ticket_id").customer_id)
    assert (owner == inquiries.customer_id).all()


def test_all_forms_hold_the_same_rows(tmp_path: Path):
    for form in ("csv", "parquet", "duckdb"):
        make_demo(tmp_path / form, 200, form=form)
    with duckdb.connect(str(tmp_path / "duckdb" / "demo.duckdb"), read_only=True) as base:
        for table in schema():
            count = "SELECT count(*), count(DISTINCT t) FROM {} AS t"
            parquet = base.execute(count.format(f"'{tmp_path}/parquet/{table}.parquet'")).fetchone()
            assert parquet == base.execute(count.format(f'"{table}"')).fetchone()
            assert parquet[0] == len(_frame(tmp_path / "csv", table))
        joined = base.execute(
            f"FROM customers JOIN '{tmp_path}/csv/customers.csv' AS c USING (customer_id, arr, went_live_on)"
        )
        assert len(joined.fetchall()) == (_frame(tmp_path / "csv", "customers").went_live_on.notna()).sum()


def test_a_workbook_has_a_sheet_per_table(tmp_path: Path):
    writer = Writer(tmp_path, "xlsx")
    writer.add("csms", {"csm_id": ["M1"], "weekly_hours": [38.5]})
    assert writer.close() == ["demo.xlsx"]
    sheets = pd.read_excel(tmp_path / "demo.xlsx", sheet_name=None, engine="calamine")
    assert list(sheets) == list(schema())
    assert sheets["csms"][["csm_id", "weekly_hours"]].to_numpy().tolist() == [["M1", 38.5]]


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path):
    (tmp_path / "customers.csv").write_text("mine")
    with pytest.raises(CskitError, match=r"holds customers\.csv, not made by the demo"):
        make_demo(tmp_path, 200)
    assert (tmp_path / "customers.csv").read_text() == "mine"


def test_a_second_demo_takes_the_place_of_the_first(tmp_path: Path):
    make_demo(tmp_path, 200, world="random")
    make_demo(tmp_path, 200, form="parquet")
    assert {path.suffix for path in tmp_path.iterdir() if not path.name.startswith(".")} == {".parquet"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"customers": 50}, "needs 200"),
        ({"world": "publised"}, "Did you mean published"),
        ({"form": "csb"}, "mean csv"),
        ({"seed": -1}, "seed"),
    ],
)
def test_arguments_that_cannot_be_used_are_named(tmp_path: Path, wrong: dict, said: str):
    with pytest.raises(CskitError, match=said):
        make_demo(tmp_path, **wrong)
    assert not list(tmp_path.iterdir())


def test_the_random_world_is_drawn_from_the_truth_it_writes(tmp_path: Path):
    make_demo(tmp_path, 8000, seed=11, world="random")
    truth = yaml.safe_load((tmp_path / "truth.yaml").read_text(encoding="utf-8"))
    begun = _frame(tmp_path, "onboardings")
    own = (begun.route == "self").groupby(begun.started_on.str[:8] + "01").agg(["mean", "size"])
    expected = pd.Series(truth["onboarding"]["self_share"])
    error = (expected * (1 - expected) / own["size"]) ** 0.5
    assert (((own["mean"] - expected) / error).abs() < 4).all()
    churned = _frame(tmp_path, "churns").effective_on.between("2020-04-01", "2023-06-30").sum()
    months = _months_live(_frame(tmp_path, "customers"))
    hazards = truth["churn_hazard_per_month"]
    assert hazards["good"] < churned / months < hazards["action"]
    assert 0.3 < truth["workload"]["meetings_ratio"] < 0.4


def _months_live(customers: pd.DataFrame) -> float:
    live = pd.to_datetime(customers.went_live_on).dropna().clip(lower=pd.Timestamp("2020-04-01"))
    until = pd.to_datetime(customers.churned_on).fillna(pd.Timestamp("2023-06-30"))[live.index]
    return float((until - live).dt.days.sum() / 30.4)


def test_the_random_world_meets_its_true_ratios_of_hours(tmp_path: Path):
    make_demo(tmp_path, 8000, seed=2, world="random")
    truth = yaml.safe_load((tmp_path / "truth.yaml").read_text(encoding="utf-8"))["workload"]
    levels = _frame(tmp_path, "service_levels")
    moved = levels[levels["mode"] == "operation"].set_index("customer_id").from_on
    met = _frame(tmp_path, "touchpoints").query("kind in ['regular', 'review']")
    met = met.join(moved.rename("moved"), on="customer_id", how="inner")
    start = (met.moved.str[:4].astype(int) - 1).astype(str) + met.moved.str[4:]
    before, after = met[(met.on >= start) & (met.on < met.moved)], met[met.on >= met.moved]
    quarters = moved.map({"2022-10-01": 3, "2023-01-01": 2}).sum()
    ratio = (len(after) / (3 * quarters)) / (len(before) / (12 * len(moved)))
    minutes = (after.minutes.sum() / (3 * quarters)) / (before.minutes.sum() / (12 * len(moved)))
    assert ratio == pytest.approx(truth["meetings_ratio"], rel=0.02)
    assert minutes == pytest.approx(truth["meeting_hours_ratio"], rel=0.02)


def test_work_stays_within_what_people_can_do(folder: Path):
    logs, csms = _frame(folder, "time_logs"), _frame(folder, "csms").set_index("csm_id")
    month = logs.on.str[:7]
    hours = logs.groupby([logs.csm_id, month]).minutes.sum() / 60
    able = (csms.weekly_hours * csms.cs_share * 52 / 12).reindex(hours.index.get_level_values(0)).to_numpy()
    assert (hours <= able).all()
    joined = logs.csm_id.map(csms.joined_on)
    assert (logs.on >= joined).all()
    assert logs.customer_id.isna().sum() > 1000  # indirect work
    assert {"onboarding", "regular meeting", "preparation", "follow-up", "inquiry", "reporting"} <= set(logs.task)


def test_the_company_is_believable(folder: Path):
    customers = _frame(folder, "customers")
    assert customers.name.is_unique
    assert customers.name.str.isascii().mean() == pytest.approx(0.25, abs=0.15)
    arr = customers.arr[customers.arr > 0]
    assert arr.mean() > 1.8 * arr.median()
    assert customers.tags.fillna("").eq("test").sum() == 2
    owners = _frame(folder, "assignments").query("role == 'relations'").groupby("customer_id").csm_id.nunique()
    assert (owners > 1).sum() > 50
    members = _frame(folder, "csms")
    assert members.left_on.notna().any()
    assert len(members) > 2 * (members.joined_on < "2020-04-01").sum()
    forms = _frame(folder, "nps_responses").merge(_frame(folder, "nps_waves"), on="wave")
    assert (forms.on > forms.closed_on).sum() == 3  # late, none of them in the published waves
