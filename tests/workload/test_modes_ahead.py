"""Modes as lived, other mixes, how they were received."""

import pytest

from cskit.errors import SettingsError
from cskit.params import resolve
from cskit.run import Run
from cskit.workload import mixes, projects, rollout, served, words
from cskit.workload.rollout import upper_bound

LEVELS = """customer_id,from_on,mode,chosen_by,cadence_days
    A,2021-10-01,monthly,default,30
    A,2023-01-01,operation,customer,91
    B,2021-10-01,monthly,default,30
    C,2021-10-01,monthly,default,30"""
CUSTOMERS = "customer_id,contracted_on,churned_on\nA,2021-10-01,\nB,2021-10-01,\nC,2021-10-01,2022-12-31"


def _touch():
    rows = [
        "touchpoint_id,customer_id,on,kind,minutes,prep_minutes,followup_minutes,travel_minutes,reschedules,had_update"
    ]
    months = [(2022, m) for m in range(7, 13)] + [(2023, m) for m in range(1, 7)]
    rows += [f"b{m},B,{y}-{m:02d}-05,regular,40,20,20,0,{int(m == 1)},{str(m > 3).lower()}" for y, m in months]
    rows += [f"a{m},A,2022-{m:02d}-05,regular,40,20,20,0,0,true" for m in range(7, 13)]
    rows += ["x,A,2023-02-05,review,90,60,60,0,0,true", "y,A,2023-05-05,review,90,60,60,0,0,true"]
    rows += ["z,C,2023-03-05,regular,40,20,20,0,0,true"]  # after it left: of no mode
    return "\n".join(rows)


@pytest.fixture
def run(data_of):
    def of(settings=None, **tables):
        tables = {"customers": CUSTOMERS, "service_levels": LEVELS, "touchpoints": _touch()} | tables
        return Run(resolve({"period": "2023Q2", "settings": settings or {}}), data_of(**tables))

    return of


def test_a_mode_is_measured_over_the_time_customers_were_in_it(run):
    found = {one.name: one for one in served(run())}
    monthly = found["monthly"]
    # A half a year, B the whole, C half a year: 24 months, 18 meetings.
    assert monthly.months == pytest.approx(24, abs=0.1)
    assert (monthly.customers, monthly.meetings, monthly.basis) == (1, 18, "measured")
    assert monthly.mode.per_year == pytest.approx(9, abs=0.05)
    assert (monthly.mode.minutes, monthly.mode.prep, monthly.mode.moved) == (40, 20, pytest.approx(1 / 18))
    assert monthly.mode.nothing_new == pytest.approx(3 / 18)
    assert monthly.delivered == pytest.approx(18 / ((184 + 365 + 184) / 30), abs=0.01)


def test_too_few_meetings_leave_the_mode_as_params_mean_it(run):
    operation = {one.name: one for one in served(run())}["operation"]
    assert (operation.meetings, operation.basis, operation.mode.per_year) == (2, "assumed", 4)
    assert operation.chosen == {"customer": 1}


def test_the_rest_moving_is_counted_in_meetings_and_in_hours(run):
    found = mixes(run(), served(run()))
    assert (found.before.customers, found.now.customers) == ({"monthly": 3}, {"monthly": 1, "operation": 1})
    assert (found.what_if.customers, found.moved) == ({"operation": 2}, {"monthly": 1})
    assert found.what_if.meetings == pytest.approx(2 * 4 / 12)
    assert found.what_if.total_hours == pytest.approx(2 * 4 / 12 * (90 + 60 + 60 + 0.15 * 20) / 60)
    assert found.assumed == ("operation",)
    assert "operation mode" in words.mixes(found).quiet


def test_what_a_mode_would_take_is_what_params_ask(run):
    asked = {
        "workload": {
            "what_if": {
                "modes": {
                    "operation": {"per_year": 4, "minutes": 60, "prep": 0, "followup": 0, "moved": 0, "nothing_new": 0}
                }
            }
        }
    }
    found = mixes(run(asked), served(run()))
    assert found.what_if.meeting_hours == pytest.approx(2 * 4 / 12)
    assert found.now.meeting_hours != found.what_if.meeting_hours


def test_nobody_left_to_move_says_so(run):
    stays = {"workload": {"what_if": {"moves": {"monthly": "monthly"}}}}
    assert "Nobody is left" in words.mixes(mixes(run(stays), served(run()))).text


def test_a_customer_that_left_is_in_no_mode(run):
    assert "C" not in {name for one in served(run()) for name in one.chosen}
    assert sum(one.customers for one in served(run())) == 2


def test_no_complaint_of_so_few_still_leaves_a_share_open(run):
    tickets = "ticket_id,customer_id,category,opened_at\n1,B,苦情,2023-02-01 10:00\n2,A,苦情,2022-12-01 10:00"
    found = rollout(run(tickets=tickets))
    assert (found.moved, found.chosen, found.complained, found.told) == (1, 1, 0, None)
    assert found.complaint_high == pytest.approx(0.95)
    after = rollout(run(tickets=tickets.replace("2022-12-01", "2023-01-02")))
    assert (after.complained, after.complaint_high) == (1, 1.0)


def test_the_bound_of_none_in_a_hundred_is_the_rule_of_three():
    assert upper_bound(0, 100) == pytest.approx(0.0295, abs=5e-5)
    # Clopper and Pearson (1934), 1 of 20, one-sided 95 %: 21.6 %
    assert upper_bound(1, 20) == pytest.approx(0.2161, abs=5e-5)


def test_told_is_found_in_what_was_agreed(run):
    touch = "touchpoint_id,customer_id,on,kind,agreed\n1,A,2022-11-05,regular,支援モードを案内\n2,B,2022-11-05,regular,次回まで"
    assert rollout(run(touchpoints=touch)).told == 1


def test_growth_projects_are_the_work_since_the_mode_began(run):
    levels = "customer_id,from_on,mode,theme\nA,2023-01-01,growth,data\nB,2021-10-01,growth,\nC,2021-10-01,growth,"
    logs = """log_id,csm_id,on,task,minutes,customer_id
        1,p1,2022-12-31,project,600,A
        2,p1,2023-02-01,project,60,A
        3,p1,2023-02-02,preparation,30,A
        4,p1,2022-06-30,project,600,B
        5,p1,2022-07-01,project,90,B"""
    found = projects(
        run(service_levels=levels, time_logs=logs, touchpoints="touchpoint_id,customer_id,on\n1,A,2020-01-01")
    )
    # C left; A's first hours were before the mode, B's first are more than a year old.
    assert (found.customers, found.hours, found.all_hours, found.themes) == (2, 2.5, 3.0, 1)
    assert projects(run(service_levels="customer_id,from_on,mode\nA,2023-01-01,monthly")) is None


def test_only_what_of_a_mode_would_be_other_has_to_be_said(run):
    asked = {"workload": {"what_if": {"modes": {"operation": {"minutes": 60}}}}}
    found = mixes(run(asked), served(run()))
    # Two customers, 4 reviews a year each, of 60 minutes now; 60 + 60 around it and 15 % moved at 20 minutes stay.
    assert found.what_if.meeting_hours == pytest.approx(2 * 4 / 12)
    assert found.what_if.total_hours == pytest.approx(2 * 4 / 12 * (60 + 60 + 60 + 0.15 * 20) / 60)
    assert (
        found.other == ("operation",) and "Other than lived, as params ask: operation mode." in words.mixes(found).quiet
    )


def test_modes_that_would_be_other_are_worked_out_where_nobody_moves(run):
    asked = {"workload": {"what_if": {"moves": {"monthly": "monthly"}, "modes": {"monthly": {"per_year": 0}}}}}
    found = mixes(run(asked), served(run()))
    assert words.mixes(found).text.startswith("With the modes as asked: 31 % of today's meetings")
    # Of 9 / 12 and 4 / 12 meetings a month the latter stay: 4 of 13.


@pytest.mark.parametrize("entry", [{"minutes": -1}, {"moved": 1.5}, {"minute": 60}])
def test_a_mode_cannot_be_what_no_mode_is(run, entry):
    with pytest.raises(SettingsError, match="operation"):
        run({"workload": {"what_if": {"modes": {"operation": entry}}}})
