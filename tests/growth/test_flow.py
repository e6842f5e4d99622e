"""Is the way of onboarding settled? Worked by hand."""

import pandas as pd
import pytest

from cskit.growth.flow import settled, tried
from cskit.params import resolve, settings_with
from cskit.run import Run

ROWS = pd.DataFrame(
    [
        ("v1", "2022-01-10", "2022-03-01"),
        ("v1", "2022-02-10", "2022-08-01"),
        ("v2", "2022-02-20", "2022-06-01"),
        ("v1", "2022-02-25", None),
        ("v2", "2022-03-01", "2022-08-22"),
        ("v1", "2022-03-02", None),
        ("v2", "2022-04-01", "2022-08-23"),
        ("v3", "2023-06-01", None),
        (None, "2022-04-02", None),
    ],
    columns=["flow_version", "started_on", "completed_on"],
).assign(started_on=lambda f: pd.to_datetime(f["started_on"]), completed_on=lambda f: pd.to_datetime(f["completed_on"]))


def test_a_version_is_tried_until_more_than_half_follow_it():
    found = tried(ROWS, settings_with().growth.flow, pd.Timestamp("2023-06-30").date()).set_index("version")
    assert found.loc["v2", ["tried", "started", "in_time"]].tolist() == [2, 3, 2]  # 183 days on is the 22nd of August
    assert str(found.loc["v2", "most_from"].date()) == "2022-04-01"
    assert found.loc["v1", ["tried", "in_time"]].tolist() == [0, 1]
    late = ROWS.assign(started_on=ROWS["started_on"].where(ROWS.index != 6, pd.Timestamp("2022-08-23")))
    again = tried(late, settings_with().growth.flow, pd.Timestamp("2023-06-30").date()).set_index("version")
    assert again.loc["v2", ["started", "in_time"]].tolist() == [2, 2]  # begun after those days, it could not be in time
    assert found["judged"].to_dict() == {"v1": True, "v2": True, "v3": False}


def _settled(data_of, **tables):
    return settled(Run(resolve({"period": "2023Q2"}), data_of(**tables)))


def test_recent_onboardings_count_by_their_start_and_days_by_their_end(data_of):
    begun = "onboarding_id,customer_id,route,flow_version,started_on,completed_on\n" + "\n".join(
        [
            "1,A,self,v1,2022-06-01,2022-07-10",
            "2,B,self,v2,2022-07-01,2022-07-10",
            "3,C,self,v2,2022-07-01,2022-07-20",
            "4,D,self,v2,2022-07-01,2022-07-30",
            "5,E,self,v1,2022-07-01,2022-08-09",
            "6,F,hybrid,,2023-06-30,",
        ]
    )
    steps = "onboarding_id,step\n" + "\n".join(f"{n},{step}" for n in (1, 2, 3) for step in "ab") + "\n4,a"
    found = _settled(data_of, onboardings=begun, onboarding_steps=steps)
    assert (found.recent, found.version, found.same_flow) == (5, "v2", 3 / 4)
    # 40, 10, 20, 30 and 40 days: quartiles 20 and 40
    assert found.routes.to_dict("records") == [{"route": "self", "n": 5, "median": 30, "lower": 20, "upper": 40}]
    assert found.days_spread == pytest.approx(2.0)
    assert (found.steps, found.same_steps) == (2, 3 / 4)


def test_without_the_table_nothing_is_said(data_of):
    assert _settled(data_of, customers="customer_id\nA") is None
