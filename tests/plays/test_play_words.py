"""What the page on plays says, and what it does not claim."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from cskit import i18n
from cskit.params import resolve
from cskit.plays import study, words
from cskit.plays.followup import Effect
from cskit.plays.words_list import conditions, why
from cskit.run import Run
from cskit.stats.weighting import weighted_shares

HEAD = "customer_id,name,contracted_on,owner"


@pytest.fixture
def two(data_of, root):
    """Two customers that nobody has spoken with for 200 days, one of them with nobody in charge."""
    params = resolve({"period": "2023Q2", "compare_to": "2022Q4"}, root=root)
    tables = {
        "customers": f"{HEAD}\nA,Alpha & <Sons>,2021-01-01,M1\nB,Beta,2021-01-01,",
        "touchpoints": "touchpoint_id,customer_id,on,mass\n1,A,2022-12-12,false\n2,B,2022-12-12,false\n3,A,2023-06-01,true",
        "topics": "topic_id,on,kind,title\n1,2023-02-01,feature,API",
        "actions": "action_id,customer_id,play,opened_on,due_on\n1,A,Tea,2023-05-01,2023-06-01",
    }
    return study(Run(params, data_of(date(2023, 6, 30), params.settings, **tables)))


def test_the_verdict_counts_what_is_called_for_and_who_is_missing(two):
    said = words.verdict(two)
    assert "are called for; for 1 of them nobody is in charge." in said or "for 2 of them nobody" in said


def test_why_is_told_with_what_was_seen(two):
    rows = two.now.rows[two.now.rows["play"] == "contact_overdue"]
    assert rows["customer_id"].tolist() == ["B"]  # A has its two: what is begun, and what weighs more
    play = two.plays["contact_overdue"]
    seen = two.now.facts.to_dict("index")["A"]
    assert why(play, seen) == "Last contact 200 days ago; 1 topics they have not heard of"
    with i18n.speaking("ja"):
        assert why(play, seen) == "最後の連絡から200日。未案内の話題が1件"


def test_what_is_not_known_is_said_to_be_so(two):
    assert why(two.plays["goal_slipping"], {"goals_late": float("nan")}) == "Goals past their date: not known"


def test_an_action_of_an_unknown_play_is_carried_on_under_its_own_name(two):
    assert two.now.rows["play"].iloc[0] == "Tea"
    found = words.begun(two)
    assert found.text == "1 action is open, 1 past its due date."
    assert "not in the catalogue" in found.quiet


def test_leadership_sees_nobodys_name_in_the_list(two):
    shown = words.action_rows(two, owner=False)
    assert "Owner" not in shown.frame and not shown.export
    assert "Owner" in words.action_rows(two).frame


def test_the_page_shows_what_is_to_begin_and_the_file_holds_what_waits_as_well(two):
    found = words.action_rows(two, ("carried",))
    assert len(found.frame) == 1 and len(found.full) == len(two.now.rows) > 1


def test_a_trigger_is_told_in_words():
    plays = resolve({"period": "2023Q2"}).settings.plays.catalogue
    assert conditions(plays["contact_overdue"].when) == "last contact before ≥ 92 days; topics not seen ≥ 1"
    told = conditions(plays["promoter_to_reference"].when)
    assert "referrals in a year ≤ 0 or referrals in a year: not known" in told
    with i18n.speaking("ja"):  # either is enough, or every one must hold: not told apart by commas alone
        assert "1年間の紹介 ≤ 0 または 1年間の紹介: 未把握" in conditions(plays["promoter_to_reference"].when)
        assert "毎週 / 隔週 / 毎月 / 隔月" in conditions(plays["nothing_new_to_operation"].when)


def _effect(acted: tuple[int, int], others: tuple[int, int], least: int = 5) -> Effect:
    """So many improved of so many, in each group; nothing tells the groups apart."""
    rows = [(True, k < acted[0]) for k in range(acted[1])] + [(False, k < others[0]) for k in range(others[1])]
    frame = pd.DataFrame(rows, columns=["acted", "improved"]).assign(score=40.0, grade="caution", arr=1.0)
    enough = min(acted[1], others[1]) >= least
    columns = {"score": frame["score"].to_numpy()}
    found = weighted_shares(frame["acted"], frame["improved"], columns) if enough else None
    return Effect(frame, found, date(2022, 12, 31), date(2023, 3, 31), date(2023, 6, 30), least)


@pytest.mark.parametrize(
    ("acted", "others", "said"),
    [
        ((18, 20), (4, 20), "70 percentage points more of those acted on improved"),
        ((4, 20), (18, 20), "70 percentage points fewer of those acted on improved"),
        ((11, 20), (9, 20), "whether acting helped cannot be told"),
        ((3, 3), (0, 20), "Too few to say whether acting helped (fewer than 5 of a sort)."),
    ],
)
def test_whether_it_helped_is_said_only_where_the_interval_says_so(two, acted, others, said):
    found = words.effect(replace(two, effect=_effect(acted, others)))
    assert said in found.text
    assert "chosen, not drawn by lot" in found.quiet
