"""The week's list: as of any day, of everybody or of one person, without a report around it."""

from dataclasses import replace

from cskit.data import Data
from cskit.errors import SettingsError, did_you_mean
from cskit.params import Params
from cskit.plays.actions import Actions
from cskit.plays.analysis import Study, study
from cskit.run import Run

__all__ = ["weekly"]


def weekly(params: Params, data: Data, owner: str = "") -> Study:
    """What is to be done on the day of the data.

    Parameters
    ----------
    params : Params
        Of any period; only its settings count.
    data : Data
    owner : str
        Whose actions, by csm_id; empty: everybody's.

    Raises
    ------
    SettingsError
        If nobody of that id is in the team, or in charge of anything.

    Examples
    --------
    >>> round(weekly(run.params, run.data).confidence, 2)
    0.95
    """
    found = study(Run(params, data))
    return replace(found, now=_of_owner(found, owner), done=None) if owner else found


def _of_owner(found: Study, owner: str) -> Actions:
    """The part of the list that is one person's."""
    now = found.now
    known = sorted({*found.team.index, *now.rows["owner"].dropna()})
    if not known:
        raise SettingsError(f"--owner: nobody is in the team on {found.now.as_of}: csms and assignments begin later.")
    if owner not in known:
        raise SettingsError(f"--owner: {owner} is nobody.{did_you_mean(owner, known)} There are: {', '.join(known)}.")
    hours = None if now.hours is None else now.hours[now.hours.index == owner]
    return replace(now, rows=now.rows[now.rows["owner"] == owner].reset_index(drop=True), hours=hours)
