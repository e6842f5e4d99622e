"""NPS waves from tables: who counts, where a wave belongs, what the change carries."""

from datetime import date

import pytest

from cskit.errors import NotAvailable
from cskit.nps.eligible import Dropped
from cskit.nps.moves import change
from cskit.nps.response import responses
from cskit.nps.waves import closed_by, closed_within, waves
from cskit.params import settings_with
from cskit.periods import parse

WAVES = """wave,opened_on,closed_on
autumn,2022-10-03,2022-10-31
spring,2023-03-30,2023-04-14
"""


def _answers(wave, scores, company=None):
    return [f"{wave},{wave}{n},{company or f'C{n}'},{'' if score is None else score}" for n, score in enumerate(scores)]


def _responses(*groups):
    return "wave,respondent_id,customer_id,score\n" + "\n".join(line for group in groups for line in group)


PUBLISHED = _responses(
    _answers("autumn", [3] * 8 + [8] * 31 + [9] * 10), _answers("spring", [6] * 9 + [7] * 26 + [10] * 12 + [None])
)


def test_promoters_start_at_nine_and_detractors_end_at_six(data_of):
    data = data_of(nps_waves=WAVES, nps_responses=_responses(_answers("spring", [6, 7, 8, 9, 10])))
    (wave,) = waves(data, settings_with()).waves
    assert (wave.counts.detractors, wave.counts.passives, wave.counts.promoters) == (1, 2, 2)
    assert wave.nps == pytest.approx(20)


def test_the_published_pair_says_that_up_or_down_cannot_be_told(data_of):
    data = data_of(nps_waves=WAVES, nps_responses=PUBLISHED)
    before, now = waves(data, settings_with()).waves
    moved = change(now, before)
    assert (round(before.nps, 2), round(now.nps, 2), round(moved.points, 2)) == (4.08, 6.38, 2.30)
    assert (moved.interval.low, moved.interval.high) == pytest.approx((-22.7239, 27.0316), abs=5e-5)
    assert moved.direction == "unclear" and not now.clustered
    assert (moved.p, moved.effect) == (pytest.approx(0.86526, abs=5e-6), 1)


def test_a_form_without_a_score_is_a_form_but_no_answer(data_of):
    now = waves(data_of(nps_waves=WAVES, nps_responses=PUBLISHED), settings_with()).waves[-1]
    assert (now.answers, now.forms) == (47, 48)


def test_a_wave_belongs_to_the_period_that_holds_its_closing_day(data_of):
    found = waves(data_of(nps_waves=WAVES, nps_responses=PUBLISHED), settings_with()).waves
    assert closed_within(found, parse("2023Q2")).name == "spring"
    assert closed_within(found, parse("2023Q1")) is None
    assert closed_by(found, date(2023, 4, 14)).name == "spring" and closed_by(found, date(2023, 4, 13)).name == "autumn"
    assert closed_by(found, date(2022, 10, 30)) is None


def test_a_wave_still_open_is_not_known_yet(data_of):
    data = data_of(as_of=date(2023, 4, 13), nps_waves=WAVES, nps_responses=PUBLISHED)
    assert [wave.name for wave in waves(data, settings_with()).waves] == ["autumn"]


def test_people_of_one_company_widen_the_interval(data_of):
    people = [(f"r{n}", score) for n, score in enumerate([10, 0] * 10)]
    alone = [f"spring,{who},{who},{score}" for who, score in people]
    together = [f"spring,{who},{'A' if score else 'B'},{score}" for who, score in people]
    one, two = (
        waves(data_of(nps_waves=WAVES, nps_responses=_responses(rows)), settings_with()).waves[0]
        for rows in (alone, together)
    )
    assert one.nps == two.nps == 0
    assert one.interval == one.independent == two.independent
    assert two.interval.low < two.independent.low and two.clustered and not one.clustered


def test_people_of_no_known_company_stand_for_themselves(data_of):
    text = "wave,respondent_id,customer_id,score\n" + "\n".join(f"spring,r{n},,{n}" for n in range(11))
    wave = waves(data_of(nps_waves=WAVES, nps_responses=text), settings_with()).waves[0]
    assert wave.answers == 11 and len(wave.by_company) == 11 and not wave.clustered


def test_eligibility_by_months_since_going_live_and_by_role(data_of):
    customers = (
        "customer_id,contracted_on,went_live_on\nC0,2022-01-01,2022-12-30\nC1,2022-01-01,2022-12-31\nC2,2022-01-01,"
    )
    invited = "wave,respondent_id,customer_id,role\n" + "\n".join(f"spring,spring{n},C{n},admin" for n in range(3))
    responses = _responses(_answers("spring", [10, 10, 10]))
    settings = settings_with({"nps": {"eligible_months": 3}})
    tables = {"customers": customers, "nps_waves": WAVES, "nps_invitations": invited, "nps_responses": responses}
    found = waves(data_of(settings=settings, **tables), settings)
    # Three months before the wave opened on 30 March: live since 30 December counts, since 31 December does not.
    assert (found.waves[0].answers, found.dropped) == (1, {"spring": Dropped(new=1, unknown=1)})
    users = settings_with({"nps": {"roles": ["user"]}})
    with pytest.raises(NotAvailable):
        waves(data_of(settings=users, **tables), users)


def test_answers_that_differ_within_companies_are_not_called_clustered(data_of):
    text = "wave,respondent_id,customer_id,score\n" + "\n".join(
        f"spring,r{n},C{n // 2},{10 * (n % 2)}" for n in range(20)
    )
    wave = waves(data_of(nps_waves=WAVES, nps_responses=text), settings_with()).waves[0]
    assert wave.interval == wave.independent and not wave.clustered


def test_response_rates_count_people_and_companies(data_of):
    invited = "wave,respondent_id,customer_id\n" + "\n".join(f"spring,spring{n},{c}" for n, c in enumerate("AABBC"))
    answered = "wave,respondent_id,customer_id,score\nspring,spring0,A,9\nspring,spring1,A,\nspring,spring2,B,3"
    data = data_of(nps_waves=WAVES, nps_invitations=invited, nps_responses=answered)
    asked = responses(data, settings_with())["spring"]
    assert (asked.forms, asked.invited, asked.companies_answered, asked.companies_invited) == (3, 5, 2, 3)
    assert "autumn" not in responses(data, settings_with())


def test_a_wave_of_empty_forms_is_no_wave(data_of):
    data = data_of(nps_waves=WAVES, nps_responses=_responses(_answers("spring", [None, None])))
    with pytest.raises(NotAvailable):
        waves(data, settings_with())
