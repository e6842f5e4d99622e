"""Files that nobody here wrote, through the example mappings alone."""

import os
from datetime import date
from pathlib import Path

import ibis
import pytest
import yaml

from cskit.data import Data, open_data
from cskit.params import resolve


def real() -> Path:
    return Path(os.environ.get("CSKIT_REAL", Path(__file__).parents[2].parent / "shared" / "real"))


def example(name: str, root: Path) -> Data:
    if not real().is_dir():
        pytest.skip(f"no real inputs at {real()}: set CSKIT_REAL to their folder")
    values = yaml.safe_load((root / "params" / "examples" / f"{name}.yaml").read_text(encoding="utf-8"))
    params = resolve({**values, "data": str(real())}, root=root)
    return open_data(params.data, params.settings, params.period.end, root)


def test_an_airports_survey_becomes_two_nps_waves(root):
    forms = example("sfo", root).table("nps_responses")
    high, low = forms.score >= 9, forms.score <= 6
    query = forms.group_by("wave").agg(
        forms=forms.count(), answers=forms.score.count(), p=high.sum(), d=low.sum(), first=forms.on.min()
    )
    # counted from the files by themselves: 2017 has 84 elevens and a blank, 2018 has 159 elevens
    assert query.order_by("wave").to_pyarrow().to_pylist() == [
        {"wave": "2017", "forms": 2831, "answers": 2746, "p": 1436, "d": 342, "first": date(2017, 5, 5)},
        {"wave": "2018", "forms": 2809, "answers": 2650, "p": 1268, "d": 447, "first": date(2018, 5, 1)},
    ]


def test_a_telephone_companys_customers_stand_on_a_calendar(root):
    customers = example("telco", root).table("customers")
    seen = customers.agg(
        n=customers.count(), left=customers.churned_on.count(), first=customers.contracted_on.min(),
        arr=ibis.ifelse(customers.customer_id == "7590-VHVEG", customers.arr, 0).sum(),
    )  # fmt: skip
    # tenure is at most 72 months; the first customer pays 29.85 a month
    assert seen.to_pyarrow().to_pylist() == [
        {"n": 7043, "left": 1869, "first": date(2017, 6, 1), "arr": pytest.approx(12 * 29.85)}
    ]
