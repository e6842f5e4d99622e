"""The list that the team's meeting goes through and fills in."""

import pandas as pd

from cskit import i18n
from cskit.health.analysis import Study
from cskit.health.meeting import columns
from cskit.health.moved import Moved
from cskit.health.score import AT_RISK, drivers
from cskit.health.snapshot import decided
from cskit.health.words_moved import parts, said_grade
from cskit.i18n import _
from cskit.rows import Rows
from cskit.run import Run

__all__ = ["meeting"]


def meeting(run: Run, study: Study, found: Moved) -> Rows:
    """Every customer with its computed grade, what was decided last and what moved it; three columns to fill in.

    At risk, computed or decided, comes first, then whose grade changed, then the others, the lowest score first.

    >>> meeting(run, health, since).caption, len(meeting(run, health, since).frame)
    ("For the team's meeting: computed grades, and room for those decided", 481)
    """
    shot = study.now
    last = decided(run.data, study.rules, holding=False).reindex(shot.scores.index)
    why = drivers(shot.raw, study.rules)
    grade = shot.scores["grade"]
    risky = grade.isin(AT_RISK) | last["grade"].isin(AT_RISK)
    changed = found.start.scores["grade"].reindex(grade.index).fillna("") != grade.fillna("")
    rank = (2 - changed.astype(int)).where(~risky, 0)
    order = pd.DataFrame({"rank": rank, "score": shot.scores["score"]})
    ids = order.rename_axis("id").reset_index().sort_values(["rank", "score", "id"], kind="stable")["id"].to_list()
    people, scores, last = study.customers.reindex(ids), shot.scores.loc[ids], last.loc[ids]
    until = [None if pd.isna(day) else pd.Timestamp(day).date().isoformat() for day in last["until"]]
    cells = {
        "customer_id": ids,
        "name": people["name"].to_list(),
        "owner": people["owner"].to_list(),
        "computed": [said_grade(*pair) for pair in zip(scores["grade"], scores["provisional"], strict=True)],
        "score": scores["score"].round(1).to_list(),
        "coverage": scores["coverage"].round(2).to_list(),
        "last": ["" if pd.isna(value) else i18n.term(value) for value in last["grade"]],
        "last_until": until,
        "why": [i18n.listed([i18n.term(item) for item in why[customer]]) for customer in ids],
        "moved": [parts(found, customer) for customer in ids],
    } | dict.fromkeys(("grade", "reason", "until"), [None] * len(ids))
    frame = pd.DataFrame({header: cells[name] for name, header in columns().items()}, dtype=object)
    return Rows(
        frame, _("For the team's meeting: computed grades, and room for those decided"), 5, export="health_meeting"
    )
