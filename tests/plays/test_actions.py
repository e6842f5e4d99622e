"""Nothing is opened twice, nobody gets more hours than there are, and what does not fit waits in its order."""

from datetime import date

import pandas as pd
import pytest

from cskit.errors import SettingsError
from cskit.params import resolve
from cskit.plays.actions import actions
from cskit.plays.followup import done, effect
from cskit.run import Run
from cskit.stats.intervals import share_change

PLAY = {
    "title": {"en": "Call", "ja": "電話"}, "why": "Renewal in {days_to_renewal}", "steps": ["s"], "talking_points": ["p"],
    "owner": "in_charge", "due_in": 14, "minutes": 60, "weight": 0.5, "again_after": 30, "source": "x",
    "when": {"field": "arr", "above": 0}, "stop": {"field": "arr", "at_most": 0},
}  # fmt: skip
CUSTOMERS = """customer_id,name,contracted_on,owner
A,Alpha,2022-01-01,M1
B,Beta,2022-01-01,M1
C,Gamma,2022-01-01,M2
D,Delta,2022-01-01,"""
CONTRACTS = """contract_id,customer_id,kind,starts_on,ends_on,notice_by,mrr
1,A,paid,2022-01-01,2023-12-31,2023-07-20,100
2,B,paid,2022-01-01,2023-12-31,2023-07-04,300
3,C,paid,2022-01-01,2023-12-31,,200
4,D,paid,2022-01-01,2023-12-31,,50"""
CSMS = """csm_id,name,joined_on,left_on,weekly_hours,cs_share
M1,Aoki,2021-01-01,,10,1
M2,Baba,2021-01-01,,10,1"""


@pytest.fixture
def list_of(data_of, root):
    """The list of the four customers, with plays of one's own and tables besides."""

    def made(plays=None, rules=None, only=None, **tables):
        shipped = {
            name: {"enabled": False} for name in resolve({"period": "2023Q2"}, root=root).settings.plays.catalogue
        }
        plays = {"call": PLAY} if plays is None else plays
        changes = {"plays": {"catalogue": shipped | plays} | (rules or {})}
        if only:
            changes["data"] = {"only": only}
        params = resolve({"period": "2023Q2", "compare_to": "2022Q4", "settings": changes}, root=root)
        given = {"customers": CUSTOMERS, "contracts": CONTRACTS} | tables
        return Run(params, data_of(date(2023, 6, 30), params.settings, **given))

    return made


def test_what_hangs_most_on_comes_first(list_of):
    found = actions(list_of())
    assert found.rows["customer_id"].tolist() == ["B", "C", "A", "D"]
    assert found.rows["value"].tolist() == [1800.0, 1200.0, 600.0, 300.0]  # half of 12 times mrr


def test_hours_are_given_in_that_order_and_what_does_not_fit_waits(list_of):
    # 10 h a week, 8 % leave, 5 %, 4 weeks: 1.84 h each, so M1 has room for one hour's action and not for two
    found = actions(list_of(rules={"share": 0.05}, csms=CSMS))
    assert found.hours["room"].round(2).tolist() == [1.84, 1.84]
    states = dict(zip(found.rows["customer_id"], found.rows["state"], strict=True))
    assert states == {"B": "new", "C": "new", "A": "waits", "D": "waits"}  # nobody is in charge of D
    assert (found.hours[["carried", "new"]].sum(axis=1) <= found.hours["room"]).all()
    assert found.hours.loc["M1", "waits"] == 1


def test_what_is_begun_takes_its_hours_first(list_of):
    begun = "action_id,customer_id,play,opened_on,owner,due_on\n9,C,call,2023-06-01,M1,2023-06-20"
    found = actions(list_of(rules={"share": 0.05}, csms=CSMS, actions=begun))
    states = dict(zip(found.rows["customer_id"], found.rows["state"], strict=True))
    assert states == {"C": "carried", "B": "waits", "A": "waits", "D": "waits"}


def test_a_part_of_the_customers_is_not_set_against_the_whole_teams_hours(list_of):
    assert actions(list_of(only={"owner": "M1"}, csms=CSMS)).hours is None


@pytest.mark.parametrize(
    ("row", "opened_again"),
    [
        ("9,B,call,2023-05-01,M1,2023-05-20,,", False),  # open
        ("9,B,Call,2023-05-01,M1,2023-05-20,,", False),  # by its title
        ("9,B,電話,2023-05-01,M1,2023-05-20,,", False),
        ("9,B,call,2023-05-01,M1,2023-05-20,2023-06-01,", False),  # done 29 days ago, and the play waits for 30
        ("9,B,call,2023-05-01,M1,2023-05-20,2023-05-31,", True),
        ("9,B,call,2023-05-01,M1,2023-05-20,,2023-06-10", False),  # dropped lately
        ("9,B,call,2023-05-01,M1,2023-05-20,2023-07-02,", False),  # done later than is known yet
        ("9,B,other,2023-05-01,M1,2023-05-20,2023-06-10,", True),
    ],
)
def test_nothing_is_opened_twice(list_of, row, opened_again):
    head = "action_id,customer_id,play,opened_on,owner,due_on,done_on,dropped_on"
    rows = actions(list_of(actions=f"{head}\n{row}")).rows
    assert (rows["customer_id"].eq("B") & rows["state"].eq("new")).any() == opened_again
    assert not rows.duplicated(["customer_id", "play"]).any()


def test_an_open_action_whose_purpose_is_reached_can_be_closed(list_of):
    begun = "action_id,customer_id,play,opened_on,owner\n9,B,call,2023-06-01,M1"
    reached = PLAY | {"stop": {"field": "arr", "at_least": 3600}}
    assert actions(list_of({"call": reached}, actions=begun)).rows["state"].tolist()[0] == "closable"
    assert actions(list_of(actions=begun)).rows["state"].tolist()[0] == "carried"


def test_a_step_before_notice_is_due_a_week_before_it_or_at_once(list_of):
    rows = actions(list_of({"call": PLAY | {"due_before": "days_to_notice"}})).rows.set_index("customer_id")["due_on"]
    assert rows["A"] == pd.Timestamp("2023-07-13")  # notice by 20 July
    assert rows["B"] == pd.Timestamp("2023-07-01")  # by 4 July: a week before it has passed
    assert rows["C"] == pd.Timestamp("2023-07-14")  # no notice date is known: in 14 days


def test_a_customer_gets_so_many_at_a_time(list_of):
    plays = {
        name: PLAY | {"weight": weight, "title": name} for name, weight in (("one", 0.9), ("two", 0.5), ("three", 0.1))
    }
    found = actions(list_of(plays))
    assert sorted(found.rows["play"].unique()) == ["one", "two"]
    assert found.held_back == 4


def test_an_owner_who_is_not_in_the_team_is_refused_by_name(list_of):
    with pytest.raises(SettingsError, match=r"call\.owner: M3 is nobody\. It is in_charge, onboarding, or one of"):
        actions(list_of({"call": PLAY | {"owner": "M3"}}, csms=CSMS))


def test_meetings_of_which_nothing_is_noted_are_not_counted_among_those_with_nothing_new(list_of):
    meetings = "\n".join(
        f"{place},A,2023-0{place}-10,out,regular,{new}" for place, new in enumerate(("false", "false", "true", ""), 2)
    )
    table = f"touchpoint_id,customer_id,on,direction,kind,had_update\n{meetings}"
    facts = actions(list_of(touchpoints=table)).facts.loc["A"]
    assert facts["regular_meetings"] == 3 and facts["nothing_new"] == pytest.approx(2 / 3)


def test_who_has_left_is_given_nothing(list_of):
    gone = CSMS.replace("M2,Baba,2021-01-01,,", "M2,Baba,2021-01-01,2023-03-31,")
    rows = actions(list_of(csms=gone)).rows.set_index("customer_id")
    assert rows.loc["C", "state"] == "waits" and rows.loc["C", "owner"] is None


def test_customers_alone_are_enough_to_ask(data_of, root):
    params = resolve({"period": "2023Q2"}, root=root)
    run = Run(params, data_of(date(2023, 6, 30), customers="customer_id,contracted_on\nA,2022-01-01"))
    assert actions(run).rows.empty


def test_what_became_of_the_actions_of_a_period(list_of):
    rows = """action_id,customer_id,play,opened_on,due_on,done_on,dropped_on
    1,A,call,2023-01-01,2023-01-31,2023-01-31,
    2,A,call,2023-03-31,2023-04-10,2023-04-11,
    3,B,call,2023-02-01,,2023-06-30,
    4,B,call,2023-02-01,2023-03-01,,2023-03-02
    5,C,call,2023-02-01,2023-06-29,,
    6,C,call,2023-02-01,2023-06-30,,
    7,C,call,2023-04-01,2023-04-30,2023-04-10,"""
    run = list_of(actions=rows)
    found = done(run, run.period.previous(), run.data.as_of)
    ends = dict(zip(found.rows["action_id"], found.rows["end"], strict=True))
    assert ends == {"1": "in_time", "2": "late", "3": "in_time", "4": "dropped", "5": "overdue", "6": "open"}
    assert found.share == 0.5
    assert done(run, run.period.previous(), run.period.previous().end).count("in_time", "late") == 1


def test_acting_is_compared_only_where_enough_were_and_were_not_acted_on(data_of, root):
    # 24 customers silent at the end of 2022 are at risk by the cap on contact; 12 of them are acted on. Those spoken
    # with since are good or sound again: 9 of the 12 acted on, 3 of the others.
    names = [f"C{k:02d}" for k in range(24)]
    spoken = [*names[:9], *names[12:15]]
    tables = {
        "customers": "customer_id,contracted_on\n" + "\n".join(f"{name},2021-01-01" for name in names),
        "touchpoints": "touchpoint_id,customer_id,on,direction,mass\n"
        + "\n".join(f"{name},{name},2022-03-01,out,false" for name in names)
        + "\n"
        + "\n".join(f"n{name},{name},2023-06-01,out,false" for name in spoken),
        "actions": "action_id,customer_id,play,opened_on,done_on\n"
        + "\n".join(f"{name},{name},call,2023-02-01,2023-02-20" for name in names[:12]),
    }
    params = resolve({"period": "2023Q2", "compare_to": "2022Q4"}, root=root)
    found = effect(Run(params, data_of(date(2023, 6, 30), params.settings, **tables)))
    assert found.rows.groupby("acted")["improved"].sum().to_dict() == {False: 3, True: 9}
    # nothing tells the two apart at the start, so the weights are all alike and the interval is Newcombe's
    assert found.weighted.share - found.weighted.other == pytest.approx(0.5)
    plain = share_change((9, 12), (3, 12))
    assert found.weighted.interval.low == pytest.approx(plain.low)
    few = resolve(
        {"period": "2023Q2", "compare_to": "2022Q4", "settings": {"plays": {"improved_least": 13}}}, root=root
    )
    assert effect(Run(few, data_of(date(2023, 6, 30), few.settings, **tables))).weighted is None


def test_who_left_or_was_well_again_before_anybody_could_act_is_not_among_the_others(data_of, root):
    # All silent since March 2022. "left" left and "well" was spoken with in January, "late" is acted on in May only.
    names = ["acted", "late", "left", "well"]
    tables = {
        "customers": "customer_id,contracted_on,churned_on\n"
        + "\n".join(f"{name},2021-01-01,{'2023-01-20' if name == 'left' else ''}" for name in names),
        "touchpoints": "touchpoint_id,customer_id,on,direction,mass\n"
        + "\n".join(f"{name},{name},2022-03-01,out,false" for name in names)
        + "\nn,well,2023-01-10,out,false",
        "actions": "action_id,customer_id,play,opened_on,done_on\n1,acted,call,2023-01-10,2023-03-31\n"
        "2,late,call,2023-01-10,2023-05-01",
    }
    params = resolve({"period": "2023Q2", "compare_to": "2022Q4"}, root=root)
    found = effect(Run(params, data_of(date(2023, 6, 30), params.settings, **tables)))
    assert found.middle == date(2023, 3, 31)
    assert found.rows["acted"].to_dict() == {"acted": True, "late": False}
