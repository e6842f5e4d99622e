"""What is said of workload: estimates are called so, and a load compares the same people."""

import pytest

from cskit import i18n
from cskit.params import resolve
from cskit.run import Run
from cskit.workload import study, words
from tests.workload.test_workload import CUSTOMERS, LEVELS, LOGS, _meetings

PEOPLE = "csm_id,joined_on,left_on,weekly_hours,cs_share\np1,2020-01-01,,1,1\np3,2020-01-01,,,1"
OTHERS = """
    6,p2,2023-05-03,meeting,600,B
    7,p3,2023-05-03,meeting,600,B"""


@pytest.fixture
def studied(data_of):
    def of(**tables):
        return study(Run(resolve({"period": "2023Q2"}), data_of(customers=CUSTOMERS + "\nC,2021-01-01,", **tables)))

    return of


def test_only_people_with_contracted_hours_fill_them(studied):
    found = studied(time_logs=LOGS + OTHERS, csms=PEOPLE)
    # p1 booked 3.5 of 91 / 7 = 13 hours; p2 is not in csms, p3 has no weekly hours.
    assert found.load == pytest.approx(3.5 / 13)
    assert "The team of 1 worked 4 of 13 contracted hours, leave not taken off: it was 27 % full" in (
        words.tasks(found).quiet
    )
    assert words.decision(found) is None


def test_too_much_work_is_said_of_the_period_whatever_its_length(studied):
    text = words.decision(studied(time_logs=LOGS + "\n    6,p1,2023-05-03,meeting,570,B", csms=PEOPLE)).text
    # 13 hours of 13: 15 % of them are above the 85 % planned.
    assert text == (
        "Take 2 hours of work off the team, or add people: it was 100 % full in this period, 85 % is planned."
    )


def test_counted_hours_stand_as_they_are_and_estimated_ones_are_called_so(studied):
    assert words.verdict(studied(time_logs=LOGS)) == "CS work took 4 hours."
    touch = "touchpoint_id,customer_id,csm_id,on,kind\n1,A,p1,2023-05-20,regular"
    assert words.verdict(studied(touchpoints=touch)) == "CS work took 2 hours (estimated)."


def test_ratios_that_rest_on_standard_minutes_are_called_estimated(studied):
    touch = _meetings(monthly=45).replace(",45,60,0,0,0", ",45,,0,0,0")
    text = words.verdict(studied(service_levels=LEVELS, touchpoints=touch))
    # 12 of 45 + 40 minutes before; 3 of 90 + 60 after, within nine months.
    assert text.endswith("33 % of the meetings, 67 % of the meeting hours and 59 % (estimated) of the total hours.")


def test_the_decision_compares_hours_with_meetings(studied):
    more = studied(service_levels=LEVELS, touchpoints=_meetings())
    assert "33 % of the meetings are left, but 56 % of the total hours." in words.decision(more).text
    # Quarterly meetings as long as the monthly ones: hours fell as the meetings did.
    assert words.decision(studied(service_levels=LEVELS, touchpoints=_meetings(monthly=90))) is None


def test_contacts_left_out_are_counted(studied):
    touch = "touchpoint_id,customer_id,on,kind,minutes\n1,A,2023-05-20,regular,60"
    assert "1 contact without a person is left out" in words.tasks(studied(time_logs=LOGS, touchpoints=touch)).quiet


def test_customers_with_most_hours_are_listed_by_name_and_exported(studied, data_of):
    named = "customer_id,name,contracted_on\nA,Alpha,2023-01-01\nB,,2023-04-01"
    found = study(Run(resolve({"period": "2023Q2"}), data_of(customers=named, time_logs=LOGS)))
    rows = words.customer_rows(found)
    # 2.5 and 0.5 of 3.5 hours
    assert rows.written.to_numpy().tolist() == [["Alpha", "2.5", "71.4 %"], ["B", "0.5", "14.3 %"]]
    assert rows.export == "hours_by_customer" and rows.full["customer_id"].tolist() == ["A", "B"]


def test_without_customers_the_identifier_names_the_row(data_of):
    found = study(Run(resolve({"period": "2023Q2"}), data_of(time_logs=LOGS)))
    assert words.customer_rows(found).frame.iloc[:, 0].tolist() == ["A", "B"]


def test_work_for_customers_that_left_is_shown_as_a_phase(studied):
    found = studied(time_logs=LOGS, churns="customer_id,effective_on\nB,2023-05-02")
    assert words.phases(found).frame.iloc[:, 0].tolist() == ["onboarding", "live", "after churn", "indirect work"]


def test_japanese_sentences_have_no_space_between_them(studied):
    with i18n.speaking("ja"):
        assert "。 " not in words.verdict(studied(service_levels=LEVELS, touchpoints=_meetings()))


def test_lists_that_are_exported_hold_numbers(studied):
    found = studied(time_logs=LOGS)
    assert words.customer_rows(found).full["hours"].tolist() == [2.5, 0.5]
