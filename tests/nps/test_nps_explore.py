"""The same answers counted otherwise: as a run with those settings counts them, and never shown of too few."""

import pytest

from cskit import nps
from cskit.facts import arr_by_customer
from cskit.nps import charts, words
from cskit.nps.explore import what_if
from cskit.nps.recounted import Recounting
from cskit.params import resolve
from cskit.run import Run, start
from cskit.show import Chart, Finding

WAVES = "wave,opened_on,closed_on\nautumn,2022-10-03,2022-10-31\nspring,2023-03-30,2023-04-14"
# Three people of A, one of B and of C; then six of D, all in the middle.
AUTUMN = [("A", 10), ("A", 10), ("A", 10), ("B", 0), ("C", 8), *[("D", 8)] * 6]
SPRING = [("A", 10), ("A", 10), ("A", 10), ("B", 10), ("C", 0), *[("D", 8)] * 6]
CUSTOMERS = """customer_id,segment,arr,went_live_on
    A,small,100,2020-01-01\nB,small,300,2020-01-01\nC,small,,2020-01-01\nD,mid,100,2023-01-15"""


def _table(header, waves):
    rows = [
        (wave, f"{wave}{n}", customer, *score) for wave, forms in waves for n, (customer, *score) in enumerate(forms)
    ]
    return header + "\n" + "\n".join(",".join(map(str, row)) for row in rows)


@pytest.fixture
def explored(data_of):
    """An explorer of two waves."""

    def made(autumn=AUTUMN, spring=SPRING, settings=None, **tables):
        params = resolve({"period": "2023Q2", "compare_to": "2022Q4", "settings": settings or {}})
        waves = (("autumn", autumn), ("spring", spring))
        answers = _table("wave,respondent_id,customer_id,score", waves)
        asked = _table("wave,respondent_id,customer_id", [(name, [(who,) for who, _s in own]) for name, own in waves])
        tables = {"customers": CUSTOMERS, "nps_invitations": asked, **tables}
        data = data_of(params.period.end, params.settings, nps_waves=WAVES, nps_responses=answers, **tables)
        run = Run(params, data)
        return what_if(run, nps.study(run))

    return made


@pytest.fixture(scope="module")
def run(demo):
    return start("2023Q2", "2022Q4", str(demo), "en", {})


def _moved(explorer, **values):
    explorer.reset()
    for path, value in values.items():
        explorer.move(path.replace("__", "."), value)
    return explorer


def _text(explorer, panel=1):
    return explorer.panel(panel).text


def test_it_begins_where_the_report_is(run):
    waves = nps.study(run)
    explorer = what_if(run, waves)
    plan, votes = nps.plan(run, waves), nps.votes(run, waves, arr_by_customer(run.data))
    assert explorer.panel(1) == words.change(waves) and explorer.panel(4) == words.plan(waves, plan)
    assert explorer.panel(6) == words.votes(waves, votes)
    assert explorer.panel(0).alt == charts.change(waves).alt
    assert "(" not in explorer.panel(2)._repr_mimebundle_()["text/plain"] and explorer.yaml == ""


@pytest.mark.parametrize(
    "settings",
    [
        {"report": {"confidence": 0.8}},
        {"nps": {"eligible_months": 12}},
        {"nps": {"eligible_months": 24, "eligible_from": "contracted_on"}, "report": {"confidence": 0.9}},
    ],
)
def test_settings_tried_say_what_a_run_with_them_says(demo, run, settings):
    explorer = what_if(run, nps.study(run))
    explorer = _moved(
        explorer, **{f"{of}__{name}": value for of, own in settings.items() for name, value in own.items()}
    )
    other = start("2023Q2", "2022Q4", str(demo), "en", settings)
    wanted = nps.study(other)
    assert explorer.panel(1) == words.change(wanted)
    assert explorer.panel(4) == words.plan(wanted, nps.plan(other, wanted))
    assert explorer.panel(6) == words.votes(wanted, nps.votes(other, wanted, arr_by_customer(other.data)))
    assert explorer.tried.settings == other.settings


def test_other_waves_say_what_a_run_that_compares_them_says(demo, run):
    explorer = _moved(what_if(run, nps.study(run)), view__now="2022 Autumn", view__before="2022 Spring")
    wanted = nps.study(start("2022Q4", "2022Q2", str(demo), "en", {}))
    assert explorer.panel(1) == words.change(wanted)


def test_whose_vote_counts_is_what_the_topic_of_votes_says(run):
    waves = nps.study(run)
    explorer, votes = what_if(run, waves), nps.votes(run, waves, arr_by_customer(run.data))
    for rule, vote in (("company", votes.company), ("arr", votes.arr)):
        alt = _moved(explorer, view__vote=rule).panel(0).alt
        ends = (words.i18n.points(value) for value in (vote.nps, vote.interval.low, vote.interval.high))
        assert "NPS of 2023 Spring: {}, interval {} to {}.".format(*ends) in alt


def test_votes_by_hand(explored):
    explorer = explored()
    assert "from +18.2 to +27.3." in _text(explorer)  # 2 of 11, then 3 of 11
    # A, B, C and D: one up, one down and two in the middle; then two up, one down.
    assert "from 0.0 to +25.0." in _text(_moved(explorer, view__vote="company"))
    # A has 100, B 300, D 100, and nothing is known of C: (100 - 300) / 500, then (100 + 300) / 500.
    assert "from −40.0 to +80.0." in _text(_moved(explorer, view__vote="arr"))
    assert "Whose vote counts: by ARR." in explorer.panel(0).caption
    # An interval of answers that count alike would be of another figure.
    assert "count by their weights" in explorer.panel(0).caption and "Tango" not in explorer.panel(1).quiet


def test_each_answer_by_itself_has_the_interval_that_the_report_gives_beside(run):
    waves = nps.study(run)
    shown = _moved(what_if(run, waves), view__method="answers").panel(1)
    ends = (words.i18n.points(value) for value in (waves.change.independent.low, waves.change.independent.high))
    assert "interval {} to {})".format(*ends) in shown.text and "counts people of one company" not in shown.quiet


def test_a_segment_by_hand(explored):
    explorer = explored()
    small = _moved(explorer, view__segment="small")
    assert "from +40.0 to +60.0. With 5 and 5 answers" in _text(small)
    assert "Only customers of the segment small." in small.panel(0).caption
    assert "from 0.0 to 0.0. With 6 and 6 answers" in _text(_moved(explorer, view__segment="mid"))


def test_a_segment_of_too_few_is_shown_with_the_next_so_that_nobody_can_work_it_out(explored):
    explorer = _moved(explored(spring=SPRING[1:]), view__segment="small")
    assert "mid-size + small" in explorer.panel(0).caption and "With 11 and 10 answers" in _text(explorer)
    assert all(_text(explorer, place).startswith("Mid-size and small together: ") for place in (1, 4, 6))


def test_a_sentence_on_a_part_says_of_whom_it_is_and_one_on_all_does_not(explored):
    explorer = explored()
    assert _text(explorer).startswith("NPS went") and "As published" not in explorer.panel(0).caption
    assert _text(_moved(explorer, view__segment="small")).startswith("Small: NPS went from +40.0 to +60.0.")
    # 3 and 2 of 11 people; the intervals are those of the report.
    published = explorer.panel(0).caption.split("As published: ")[1]
    assert published.startswith("autumn +18.2 (") and "spring +27.3 (" in published and "n = 11)." in published


def test_response_rates_are_not_given_for_a_part_of_those_asked(explored):
    explorer, rates = explored(), {"Company response rate", "Respondent response rate"}
    assert rates < set(explorer.panel(2).frame["Key figure"])
    for part in ({"view__segment": "small"}, {"view__vote": "arr"}):
        shown = _moved(explorer, **part).panel(2)
        assert not rates & set(shown.frame["Key figure"]) and "Response rates are of all" in shown.caption


def test_a_change_of_one_is_a_point(run):
    assert "A change of 1 point needs" in _text(_moved(what_if(run, nps.study(run)), view__points=1), 4)


def test_nothing_is_shown_of_fewer_than_the_minimum_cell(explored):
    explorer = explored(spring=SPRING[:4])
    shown = [explorer.panel(place) for place in range(len(explorer.panels))]
    assert "spring has fewer than 5 answers" in shown[0].text and shown[1:] == [None] * (len(shown) - 1)
    # D went live in January: nobody else is left of a segment, and five of all.
    late = explored()
    assert isinstance(_moved(late, nps__eligible_months=6).panel(0), Chart)
    assert "mid-size" in _moved(late, nps__eligible_months=6, view__segment="mid").panel(0).text
    assert late.panel(1) is None
    # By ARR two of the five are left without C: A's three and B's one are too few.
    assert isinstance(_moved(late, nps__eligible_months=6, view__vote="arr").panel(0), Finding)


def test_who_was_not_asked_for_long_enough_does_not_count(explored):
    explorer = _moved(explored(), nps__eligible_months=3)
    # D went live ten weeks before the spring wave, and after the one of autumn.
    assert "from +40.0 to +60.0. With 5 and 5 answers" in _text(explorer)
    assert explorer.yaml == "settings:\n  nps:\n    eligible_months: 3\n"


def test_a_wave_cannot_be_compared_with_a_later_one(explored):
    explorer = _moved(explored(), view__now="autumn", view__before="spring")
    assert "spring did not close before autumn" in _text(explorer, 0) and explorer.panel(1) is None


def test_the_change_to_be_seen_changes_the_answers_needed(run):
    explorer = what_if(run, nps.study(run))
    assert "A change of 10 points needs 635 answers" in _text(explorer, 4)
    # (1.96 + 0.8416)^2 (21/47 - (3/47)^2 + 18/49 - (2/49)^2) = 6.3452, over 0.15^2 and 0.05^2.
    assert "A change of 15 points needs 283 answers" in _text(_moved(explorer, view__points=15), 4)
    assert "A change of 5 points needs 2,539 answers" in _text(_moved(explorer, view__points=5), 4)


def test_what_did_not_change_is_not_read_or_scored_again(run):
    again, explorer = Recounting(run, nps.study(run)), what_if(run, nps.study(run))
    first = again.found(explorer.tried)
    assert again.found(explorer.tried) is first
    forms = again.forms(explorer.tried.settings)
    explorer.move("view.vote", "arr")
    second = again.found(explorer.tried)
    assert second.study.now.nps != first.study.now.nps and again.forms(explorer.tried.settings) is forms
    assert all(one is other for one, other in zip(first.waves, second.waves, strict=True))


def test_every_control_moves_something(run):
    explorer = what_if(run, nps.study(run))
    first = [_seen(explorer.panel(place)) for place in range(len(explorer.panels))]
    others = {
        "view.now": "2022 Spring", "view.before": "2021 Autumn", "view.segment": "small", "view.vote": "company",
        "view.method": "answers", "nps.eligible_months": 24, "nps.eligible_from": "contracted_on",
        "report.confidence": 0.8, "view.points": 15,
    }  # fmt: skip
    assert set(others) == set(explorer.begun)
    for path, value in others.items():
        explorer.reset()
        if path == "nps.eligible_from":
            explorer.move("nps.eligible_months", 24)
            first = [_seen(explorer.panel(place)) for place in range(len(explorer.panels))]
        if path == "view.now":
            explorer.move("view.before", "2021 Autumn")
        explorer.move(path, value)
        assert [_seen(explorer.panel(place)) for place in range(len(explorer.panels))] != first, path


def test_what_cannot_be_told_apart_has_no_control(explored):
    explorer = explored(customers="customer_id\nA\nB")
    assert not {"view.segment", "nps.eligible_months", "nps.eligible_from"} & set(explorer.begun)
    assert next(one for one in explorer.controls if one.path == "view.vote").options.keys() == {"person", "company"}


def _seen(made):
    return made._repr_mimebundle_()["text/html"] if made else ""
