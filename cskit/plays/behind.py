"""Which rows made the figures on plays?"""

import pandas as pd

from cskit.plays.analysis import Study
from cskit.rows import Behind

__all__ = ["actions_done", "actions_effect", "actions_now"]

DONE = ["action_id", "customer_id", "play", "owner", "opened_on", "due_on", "done_on", "dropped_on", "outcome", "end"]


def actions_now(study: Study) -> Behind:
    """Every action of the list, with its state, and the ARR of its customer.

    >>> len(actions_now(plays).frame)
    452
    """
    rows = study.now.rows
    arr = rows["customer_id"].map(study.now.facts["arr"]).astype(float)
    names = ("open", "called_for", "waiting", "value_at_stake")
    return Behind("actions_now", rows.assign(arr=arr), tuple(f"plays.{name}" for name in names))


def actions_done(study: Study) -> Behind:
    """Actions opened in the period before, and what became of them.

    >>> len(actions_done(plays).frame)
    9
    """
    frame = pd.DataFrame(columns=DONE) if study.done is None else study.done.rows[DONE]
    return Behind("actions_done", frame, ("plays.done_share", "plays.in_time_share"))


def actions_effect(study: Study) -> Behind:
    """Customers at risk at the end of the period of comparison and half-way since: acted on or not, improved or not.

    >>> len(actions_effect(plays).frame)
    16
    """
    columns = ["customer_id", "score", "grade", "arr", "acted", "improved"]
    frame = pd.DataFrame(columns=columns)
    if study.effect is not None:
        frame = study.effect.rows.rename_axis("customer_id").reset_index()[columns]
    return Behind("actions_effect", frame, ("plays.effect",))
