"""What the data held."""

import pytest

from cskit.periods import parse
from cskit.report.coverage import coverage_of, period_has_data

CUSTOMERS = """customer_id,contracted_on,churned_on
    A,2022-05-01,2023-04-01
    B,2022-06-30,"""


@pytest.mark.parametrize(
    ("period", "has"),
    [("2022Q2", True), ("2022-05", True), ("2022Q3", False), ("2023-03", False), ("2023-04", True), ("2023Q1", False)],
)
def test_a_period_has_data_when_something_began_or_ended_in_it(data_of, period: str, has: bool):
    assert period_has_data(data_of(customers=CUSTOMERS), parse(period)) is has


def test_what_did_not_come_says_what_it_would_add(data_of):
    told = coverage_of(data_of(customers=CUSTOMERS))
    assert told.present == (("customers", "a customer company", "2"),)
    assert ("customers", "a customer company") not in told.absent
    assert (
        dict(told.absent)["customer_history"] == "segment, plan, region and seats as they were, not as they are today"
    )


def test_leadership_is_told_of_a_stranger_in_the_data_without_its_name(data_of):
    tickets = "ticket_id,customer_id,opened_at\nT1,mori@example.com,2023-04-01 09:00"
    data = data_of(customers="customer_id\nA", tickets=tickets)
    assert "mori@example.com" in coverage_of(data).warnings[0]
    (told,) = coverage_of(data, discreet=True).warnings
    assert told == "tickets.csv: column customer_id, 1 row: found …, which customers does not hold."
    assert "mori" not in str(data.warnings[0].discreet)
