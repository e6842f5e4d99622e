"""What is to come: load, hires, the calendar, the queue."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cskit.errors import SettingsError
from cskit.params import resolve, settings_with
from cskit.run import Run
from cskit.stats.intervals import Interval
from cskit.workload import calendar, inbound, outlook, plans, words
from cskit.workload.calendar import place
from cskit.workload.cost import costs
from cskit.workload.outlook import against, forecast, hires_needed

MONTHS = pd.date_range("2021-07-01", "2023-06-01", freq="MS")
AHEAD = pd.date_range("2023-07-01", periods=6, freq="MS")


def _logs(hours):
    rows = ["log_id,csm_id,on,task,minutes"]
    for month, amount in zip(MONTHS, hours, strict=True):
        rows += [f"{month:%y%m}{n},p1,{month:%Y-%m}-{n + 1:02d},work,{amount / 10 * 60:.0f}" for n in range(10)]
    return "\n".join(rows)


@pytest.fixture
def run_of(data_of):
    def of(settings=None, **tables):
        return Run(resolve({"period": "2023Q2", "settings": settings or {}}), data_of(**tables))

    return of


TEAM = "csm_id,joined_on,independent_on,weekly_hours\np1,2020-01-01,2020-05-01,40"
NOISE = np.random.default_rng(1).normal(0, 0.03, 24)


def test_a_full_team_is_overloaded_nearly_always_and_knows_how_many_it_lacks(run_of):
    # 40 hours a week are about 174 a month, 136 of them planned; the work takes 150, so one full hire is enough.
    run = run_of(csms=TEAM, time_logs=_logs(150 * np.exp(NOISE)))
    found = outlook(run)
    assert found.overload > 0.9
    assert found.hires == 1
    assert found.months["room"].iloc[0] == pytest.approx(31 / 7 * 40 * 0.85 * 0.92)
    assert found.decide_by == date(2022, 12, 1)  # 3 months to hire and 4 to learn before July
    assert "Decide now to hire 1 person" in words.hiring(run, found).text


def test_a_team_with_room_hires_nobody(run_of):
    run = run_of(csms=TEAM, time_logs=_logs(80 * np.exp(NOISE)))
    found = outlook(run)
    assert (found.hires, found.overload, found.decide_by) == (0, 0.0, None)
    assert "Nobody has to be hired" in words.outlook(run, found).text
    assert words.hiring(run, found) is None


def test_the_same_seed_draws_the_same_courses(run_of):
    logs = _logs(130 * np.exp(NOISE))
    first, again = (outlook(run_of(csms=TEAM, time_logs=logs)) for _ in range(2))
    other = outlook(run_of({"report": {"seed": 2}}, csms=TEAM, time_logs=logs))
    assert first.overload == again.overload != other.overload


def test_less_than_a_year_of_records_draws_nothing(run_of):
    logs = "log_id,csm_id,on,task,minutes\n1,p1,2023-01-10,work,60\n2,p1,2023-06-10,work,60"
    run = run_of(csms=TEAM, time_logs=logs)
    assert outlook(run) is None
    assert "needs a year" in words.outlook(run, None).text
    assert plans(run, None, None) == ()


def test_a_steady_rise_goes_on_in_the_forecast():
    history = pd.Series(100 * 1.02 ** np.arange(24) * np.exp(0.001 * (-1.0) ** np.arange(24)), MONTHS)
    mean, spread, _carried = forecast(history, AHEAD, np.random.default_rng(1))
    assert np.exp(mean.mean(axis=0)) == pytest.approx(100 * 1.02 ** np.arange(24, 30), rel=0.01)
    assert spread.max() < 0.01


def test_a_season_is_told_from_two_years_and_not_from_less():
    busy = np.where(MONTHS.month == 9, 1.5, 1.0) * 100
    jitter = np.exp(np.random.default_rng(2).normal(0, 0.01, 24))
    mean, *_ = forecast(pd.Series(busy * jitter, MONTHS), AHEAD, np.random.default_rng(1))
    assert AHEAD[mean.mean(axis=0).argmax()] == pd.Timestamp("2023-09-01")
    short, *_ = forecast(pd.Series((busy * jitter)[6:], MONTHS[6:]), AHEAD, np.random.default_rng(1))
    assert np.ptp(np.diff(short.mean(axis=0))) == pytest.approx(0, abs=1e-9)


def test_months_that_lean_on_one_another_say_less():
    rng = np.random.default_rng(3)
    shocks = rng.normal(0, 0.05, 24)
    leaning = np.array([sum(0.7 ** (t - u) * shocks[u] for u in range(t + 1)) for t in range(24)])
    *_, alone = forecast(pd.Series(100 * np.exp(shocks), MONTHS), AHEAD, np.random.default_rng(1))
    mean, _spread, carried = forecast(pd.Series(100 * np.exp(leaning), MONTHS), AHEAD, np.random.default_rng(1))
    assert alone < 0.2 < 0.35 < carried
    assert (
        mean[:, -1].std()
        > 1.3
        * forecast(pd.Series(100 * np.exp(rng.permutation(leaning)), MONTHS), AHEAD, np.random.default_rng(1))[0][
            :, -1
        ].std()
    )


def test_hires_follow_the_doubt_in_the_load():
    mean, room, added = np.log([[99.0], [139.0]]), np.array([100.0]), np.array([20.0])
    hires, around = hires_needed(mean, np.array([1e-6, 1e-6]), room, added, accepted=0.6)
    assert (hires, around) == (1, Interval(0.0, 2.0)) or (hires, around) == (0, Interval(0.0, 2.0))
    assert hires_needed(mean, np.array([1e-6, 1e-6]), room, added, accepted=0.2)[0] == 2


def test_plans_cost_margin_and_lifetime(run_of):
    customers = "customer_id,contracted_on,went_live_on,churned_on,arr\n" + "\n".join(
        f"C{n},2020-01-01,2020-02-01,{'2022-12-31' if n == 0 else ''},1000000" for n in range(20)
    )
    run = run_of(
        {"money": {"hourly_cost": 1000}}, customers=customers, csms=TEAM, time_logs=_logs(80 * np.exp(0 * NOISE))
    )
    none, one = plans(run, outlook(run), costs(run))
    # 240 hours in the quarter at 1,000 are 960,000 a year of 19 million; churn is 1 of 20.
    assert none.cost == pytest.approx(960_000)
    assert none.margin == pytest.approx(0.75 - 0.96 / 19)
    assert none.ltv == pytest.approx(1_000_000 * none.margin * sum(0.95**year for year in range(5)))
    assert none.around.low < none.ltv < none.around.high
    assert one.cost - none.cost == pytest.approx(1000 * 40 * 0.9 * 365.25 / 7)


def test_reviews_keep_out_of_busy_months_and_within_hours(run_of):
    # 40 hours a week leave 174 * 0.85 * 0.92 * 0.05 = 6.8 hours a month: one review of 3.5 hours each month.
    customers = "customer_id,name,contracted_on,owner,fiscal_year_end\nA,Alpha,2020-01-01,p1,7\nB,,2020-01-01,p1,\nC,,2020-01-01,p1,\nD,,2020-01-01,p1,\nE,,2020-01-01,p9,\nF,,2020-01-01,p1,"
    levels = (
        "customer_id,from_on,mode\n"
        + "\n".join(f"{c},2022-01-01,operation" for c in "ABCDE")
        + "\nF,2022-01-01,monthly"
    )
    asked = {"workload": {"calendar": {"share": 0.05}}}
    found = calendar(run_of(asked, customers=customers, csms=TEAM, service_levels=levels))
    rows = found.reviews.set_index("customer_id")
    assert list(rows.index) == list("ABCDE")
    assert rows.loc["A", "month"] == date(2023, 9, 1)  # its books are closed in July and August
    assert sorted(rows.loc[list("BCD"), "month"].dropna()) == [date(2023, 7, 1), date(2023, 8, 1)]
    assert rows["reason"].value_counts().to_dict() == {"": 3, "hours": 1, "nobody": 1}
    said = words.calendar(found).text
    assert "3 of 5 reviews" in said and "1 does not fit: the person in charge has no hours left." in said


def test_placing_is_optimal_not_greedy():
    # The first would take the month the second needs; only together both are well placed.
    assert place(np.array([[0.0, 0.5], [0.0, 9.0]]), [1.0, 1.0], [1.0, 1.0]) == [1, 0]
    assert place(np.array([[0.0], [0.0]]), [2.0, 1.0], [1.0]) == [None, 0]


def _tickets(per_hour):
    rows = ["ticket_id,channel,opened_at,handling_minutes,resolved_at"]
    for week in range(13):
        day = pd.Timestamp("2023-04-03") + pd.Timedelta(weeks=week)
        rows += [f"{week}-{n},phone,{day:%Y-%m-%d} 10:{n % 60:02d},6,{day:%Y-%m-%d} 12:00" for n in range(per_hour)]
    return "\n".join(rows)


def test_a_line_is_staffed_by_erlang_c(run_of):
    found = inbound(run_of(tickets=_tickets(20)))
    assert (found.busiest, found.per_hour) == ((0, 10), 20)
    # 20 an hour of 6 minutes are a load of 2 Erlang; 80 % within a minute take four: 3 would answer 62 % (by formula).
    assert (found.queue.agents, found.on_shift) == (4, 6)
    assert 0.8 <= found.queue.service_level < 0.95


def test_few_inquiries_are_no_line(run_of):
    found = inbound(run_of(tickets=_tickets(2)))
    assert found.queue is None
    assert "too few for a line" in words.inbound(found).text
    assert "no line" in words.inbound(inbound(run_of(csms=TEAM))).text


def test_hires_planned_add_their_hours_as_they_learn(run_of):
    logs = _logs(150 * np.exp(NOISE))
    none = outlook(run_of(csms=TEAM, time_logs=logs))
    run = run_of({"workload": {"outlook": {"hires": {"2023-10": 2}}}}, csms=TEAM, time_logs=logs)
    found = outlook(run)
    # Planned are 85 % of 92 % of 36 of 40 hours a week. The one who joined worked alone after 121 days, 3.975 months.
    week, ramp = 0.85 * 0.92 * 40 * 0.9, 121 / (365.25 / 12)
    more = (found.months["room"] - none.months["room"]).to_numpy()
    assert more[:3] == pytest.approx(0)
    parts = [0.5 / ramp, 1.5 / ramp, 2.5 / ramp, 1, 1]  # in its fourth month it is at full hours before the month ends
    assert more[3:8] == pytest.approx(
        [2 * week * days / 7 * part for days, part in zip((31, 30, 31, 31, 29), parts, strict=True)]
    )
    assert none.hires == 1 and found.hires == 0
    assert (none.months["overload"].iloc[-1] > 0.9) and found.months["overload"].iloc[-1] < 0.01
    said = words.outlook(run, found).text
    assert "Hires planned already are counted: 2 from October 2023; at full hours they would cost" in said
    assert words.outlook(run, found).text.count("Nobody has to be hired") == 1


def test_a_planned_hire_costs_what_one_hired_now_does(run_of):
    customers = "customer_id,contracted_on,arr\nA,2020-01-01,1000000"
    tables = {"customers": customers, "csms": TEAM, "time_logs": _logs(80 * np.exp(NOISE))}
    settings = {"money": {"hourly_cost": 1000}, "workload": {"outlook": {"hires": {"2023-07": 1}}}}
    run, without = run_of(settings, **tables), run_of({"money": {"hourly_cost": 1000}}, **tables)
    planned, none = plans(run, outlook(run), costs(run))[0], plans(without, outlook(without), costs(without))[0]
    assert planned.cost - none.cost == pytest.approx(1000 * 40 * 0.9 * 365.25 / 7)


def test_a_hire_of_a_month_that_has_passed_is_in_the_team_or_is_not(run_of):
    logs = _logs(150 * np.exp(NOISE))
    found = outlook(run_of({"workload": {"outlook": {"hires": {"2023-06": 5}}}}, csms=TEAM, time_logs=logs))
    pd.testing.assert_frame_equal(found.months, outlook(run_of(csms=TEAM, time_logs=logs)).months)
    assert not found.planned


@pytest.mark.parametrize("hires", [{"2023-13": 1}, {"October": 1}, {"2023-10": -1}, {"2023-10": 1.5}])
def test_hires_are_whole_people_in_a_month(hires):
    with pytest.raises(SettingsError, match="hires"):
        settings_with({"workload": {"outlook": {"hires": hires}}})


def test_hours_that_other_modes_save_are_hours_of_room(run_of):
    run = run_of(csms=TEAM, time_logs=_logs(150 * np.exp(NOISE)))
    found = outlook(run)
    eased = against(found.drawn, run.settings, -50.0)
    assert (found.months["load"] - eased.months["load"]).tolist() == pytest.approx([50.0] * 12)
    # About 150 a month on 136 planned; of 100 all but nothing is above.
    assert found.overload > 0.9 and eased.overload < 0.01 and (found.hires, eased.hires) == (1, 0)
    assert against(found.drawn, run.settings, -500.0).months["load"].min() == 0
