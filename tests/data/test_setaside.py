"""Going on without the faulty rows."""

import pytest

from cskit.errors import DataError
from cskit.params import settings_with

ASIDE = settings_with({"data": {"set_aside": True}})


def ids(data, table: str, column: str = "customer_id") -> list[str]:
    return sorted(data.table(table)[column].to_pyarrow().to_pylist())


def test_only_the_faulty_rows_go_and_their_reason_stays_with_them(data_of):
    data = data_of(settings=ASIDE, customers="customer_id,seats,name\nA,1,a\nB,x,b\nC,-1,c")
    assert ids(data, "customers") == ["A"]
    assert (data.set_aside_rows, data.rows) == (2, {"customers": 3})
    kept = data.set_aside_frames["customers"]
    assert kept["row"].tolist() == [3, 4]
    assert kept["file"].tolist() == ["customers.csv"] * 2
    assert kept["seats"].tolist() == ["x", "-1"]
    assert kept["reason"].tolist()[0] == 'seats: found "x"; seats is a whole number of at least 0.'
    (fault,) = data.set_aside
    assert (fault.column, fault.rows, fault.count) == ("seats", (3, 4), 2)


def test_a_row_with_two_faults_is_one_row_with_two_reasons(data_of):
    data = data_of(settings=ASIDE, customers="customer_id,seats,fiscal_year_end\nA,x,13\nB,1,1")
    (reason,) = data.set_aside_frames["customers"]["reason"]
    assert reason.count(": found") == 2


def test_a_table_with_a_reason_of_its_own_keeps_it_beside_ours(data_of):
    data = data_of(
        settings=ASIDE,
        customers="customer_id\nA",
        overrides="customer_id,on,grade,reason\nA,2023-01-12,excellent,they said so\nA,2023-02-01,good,",
    )
    assert data.set_aside_rows == 1
    (row,) = data.set_aside_frames["overrides"].to_numpy().tolist()
    assert "they said so" in row and any(str(cell).startswith('grade: found "excellent"') for cell in row)


def test_who_refers_to_a_row_set_aside_goes_too_and_so_on(data_of):
    data = data_of(
        settings=ASIDE,
        customers="customer_id,contracted_on\nA,2023-01-01\nB,2023-02-30",
        onboardings="onboarding_id,customer_id,route,started_on\n1,A,self,2023-01-01\n2,B,self,2023-01-01",
        onboarding_steps="onboarding_id,step\n1,x\n2,x\n2,y",
    )
    assert ids(data, "onboarding_steps", "onboarding_id") == ["1"]
    assert {name: len(frame) for name, frame in data.set_aside_frames.items()} == {
        "customers": 1, "onboardings": 1, "onboarding_steps": 2,
    }  # fmt: skip
    assert data.set_aside_rows == 4
    assert (
        data.set_aside_frames["onboarding_steps"]["reason"].tolist()
        == ['onboarding_id: found "2"; its row in onboardings was set aside.'] * 2
    )


def test_rows_that_may_be_of_nobody_stay_and_are_counted(data_of):
    data = data_of(
        settings=ASIDE,
        customers="customer_id,seats\nA,1\nB,x",
        tickets="ticket_id,customer_id,opened_at\n1,B,2023-01-01 09:00",
    )
    assert ids(data, "tickets", "ticket_id") == ["1"]
    assert [(own.table, own.count) for own in data.warnings] == [("tickets", 1)]


def test_of_repeated_rows_the_first_sound_one_stands(data_of):
    data = data_of(settings=ASIDE, customers="customer_id,seats\nA,x\nA,2\nA,3")
    assert data.table("customers").seats.to_pyarrow().to_pylist() == [2]
    assert data.set_aside_rows == 2


def test_a_missing_column_stops_all_the_same(data_of):
    with pytest.raises(DataError, match="column wave: it is missing"):
        data_of(settings=ASIDE, nps_responses="respondent_id,score\na,11")


def test_sound_data_are_left_alone(data_of):
    data = data_of(settings=ASIDE, customers="customer_id\nA")
    assert (data.set_aside, data.set_aside_rows, data.set_aside_frames) == ((), 0, {})
