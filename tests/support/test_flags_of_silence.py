"""Who fell silent, at which ends of months, for the report on churns that came without a sign."""

from datetime import date

from cskit.params import resolve
from cskit.run import Run
from cskit.support import flags


def _run(data, root):
    params = resolve({"period": "2023Q2"}, root=root)
    return Run(params, data)


def test_a_customer_is_flagged_at_the_ends_of_months_at_which_it_was_silent(data_of, root):
    # Spoken with and asked until November 2022; B goes on. Inquiries of others show that they are on record.
    rows = [f"{n},A,2022-{n:02d}-10" for n in range(1, 12)] + [f"{10 + n},B,2022-{n:02d}-10" for n in range(3, 13)]
    rows += [f"{30 + n},B,2023-{n:02d}-10" for n in range(1, 7)]
    asked = [f"{n},A,2022-11-15 10:00" for n in range(1)] + [f"{10 + n},B,2023-{n:02d}-15 10:00" for n in range(1, 7)]
    data = data_of(
        customers="customer_id,contracted_on\nA,2021-01-01\nB,2021-01-01",
        touchpoints="touchpoint_id,customer_id,on\n" + "\n".join(rows),
        tickets="ticket_id,customer_id,opened_at\n" + "\n".join(["t,A,2022-01-05 10:00", *asked]),
    )
    found = flags(_run(data, root), date(2022, 12, 15))
    assert set(found["customer_id"]) <= {"A"} and set(found["flag"]) <= {"silent"}
    assert (found["on"].dt.is_month_end).all()
    assert len(found) and found["on"].is_monotonic_increasing


def test_without_any_signal_on_record_no_flag_is_no_news(data_of, root):
    data = data_of(customers="customer_id,contracted_on\nA,2021-01-01")
    assert flags(_run(data, root), date(2023, 1, 1)) is None
