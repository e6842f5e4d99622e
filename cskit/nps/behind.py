"""Which rows made the figures on NPS?"""

from collections.abc import Iterable

import pandas as pd

from cskit.facts import arr_by_customer
from cskit.nps.analysis import Study
from cskit.nps.eligible import countable
from cskit.nps.silent import asked_people
from cskit.nps.waves import Wave
from cskit.rows import Behind
from cskit.run import Run

__all__ = ["nps_answers", "nps_asked"]

ANSWERS = ["wave", "closed_on", "respondent_id", "customer_id", "company", "role", "score", "category", "weight", "arr"]
ASKED = ["wave", "closed_on", "respondent_id", "customer_id", "role", "answered"]
CATEGORIES = {1.0: "promoter", 0.0: "passive", -1.0: "detractor"}


def nps_answers(run: Run, study: Study) -> Behind:
    """Who gave a score in the newest wave and in the one compared.

    Columns ``ANSWERS``. ``company`` is the customer, or the person alone where none is known; ``arr`` is that of the
    customer on the period's last day.

    >>> len(nps_answers(run, waves).frame)
    96
    """
    frame = _joined((wave, wave.people.reset_index(names="respondent_id")) for wave in _waves(study))
    if frame.empty:
        frame = pd.DataFrame(columns=ANSWERS)
    else:
        keys = ["wave", "respondent_id"]
        frame = frame.rename(columns={"customer": "customer_id"}).assign(category=frame["value"].map(CATEGORIES))
        frame = frame.merge(_scores(run), on=keys, how="left").merge(_roles(run), on=keys, how="left")
        frame["arr"] = frame["customer_id"].map(arr_by_customer(run.data)).astype(float)
    names = ("score", "change", "company_equal", "arr_weighted", "paired_change", "answers_for_10_points")
    return Behind("nps_answers", frame[ANSWERS], tuple(f"nps.{name}" for name in names))


def nps_asked(run: Run, study: Study) -> Behind:
    """Who was asked in the same waves, and whether a form came back: columns ``ASKED``.

    >>> len(nps_asked(run, waves).frame)
    215
    """
    waves = _waves(study) if run.data.has("nps_invitations") else ()
    frame = _joined((wave, asked_people(run, wave.name)) for wave in waves)
    if frame.empty:
        frame = pd.DataFrame(columns=ASKED)
    else:
        frame = frame.rename(columns={"customer": "customer_id"}).astype({"answered": bool})
    return Behind("nps_asked", frame[ASKED], ("nps.company_response", "nps.respondent_response"))


def _waves(study: Study) -> tuple[Wave, ...]:
    """Those the metrics speak of, the older first; none where none closed in the period."""
    return () if study.stale else tuple(wave for wave in (study.before, study.now) if wave)


def _joined(parts: Iterable[tuple[Wave, pd.DataFrame]]) -> pd.DataFrame:
    frames = [part.assign(wave=wave.name, closed_on=wave.closed_on) for wave, part in parts]
    frames = [part for part in frames if len(part)]
    if not frames:
        return pd.DataFrame()
    return pd.concat(frames).sort_values(["closed_on", "wave", "respondent_id"], ignore_index=True)


def _scores(run: Run) -> pd.DataFrame:
    return countable(run.data, run.settings).select("wave", "respondent_id", "score").to_pandas()


def _roles(run: Run) -> pd.DataFrame:
    """Of the people asked; who answered without an invitation has none."""
    if not run.data.has("nps_invitations"):
        return pd.DataFrame(columns=["wave", "respondent_id", "role"], dtype=object)
    return run.data.table("nps_invitations").select("wave", "respondent_id", "role").to_pandas()
