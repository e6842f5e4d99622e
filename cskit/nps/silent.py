"""Who did not answer, and what could they change?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cskit.data import Data
from cskit.nps.analysis import Study
from cskit.nps.eligible import countable, eligible_invitations
from cskit.nps.segments import last_unnamed, merged
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.clusters import clustered_share
from cskit.stats.intervals import Interval
from cskit.stats.multiple import holm
from cskit.stats.nps import design_effect, nps_interval, of_finite

__all__ = ["Silent", "Tipping", "answered_by", "asked_people", "silent", "tipping"]

COLUMNS = ["group", "asked", "answered", "share", "low", "high", "p"]


@dataclass(frozen=True, slots=True)
class Tipping(Result):
    """What people who were asked and gave no score could make of NPS, in points.

    Parameters
    ----------
    asked, silent : int
    finite : Interval
        Of all who were asked, if who answered is chance.
    bounds : Interval
        Of all who were asked, if the silent were all detractors, or all promoters.
    zero : float or None
        NPS of the silent at which that of all would be 0; None where no answer of theirs could do it.
    still : float or None
        NPS of the silent at which that of all would be that of the wave before; None likewise, or without one.

    Examples
    --------
    >>> found = silent(run, waves, grades).tipping
    >>> found.silent, round(found.bounds.low, 1), round(found.bounds.high, 1)
    (58, -52.4, 58.1)
    """

    asked: int
    silent: int
    finite: Interval
    bounds: Interval
    zero: float | None
    still: float | None


@dataclass(frozen=True)
class Silent(Result):
    """Who answered, by group.

    Parameters
    ----------
    tipping : Tipping
    groups : DataFrame, empty or with columns kind, group, asked, answered, share, low, high, p, holm
        Kind is segment, role, route or grade; groups under the minimum cell are one. ``p`` is of the
        difference to all other groups of the kind, ``holm`` adjusted over all rows.
    missing : tuple of str
        Kinds about which the data say nothing.
    alike : tuple of str
        Kinds of which all are in one group, so that there is nothing to compare.

    Examples
    --------
    >>> list(silent(run, waves, grades).groups.columns)
    ['group', 'asked', 'answered', 'share', 'low', 'high', 'p', 'kind', 'holm']
    """

    tipping: Tipping
    groups: pd.DataFrame
    missing: tuple[str, ...]
    alike: tuple[str, ...] = ()

    def told(self, confidence: float) -> pd.DataFrame:
        """The groups that answer more or less often than the others, more than chance explains."""
        return self.groups[self.groups["holm"] < 1 - confidence]


@shared
def silent(run: Run, study: Study, grades: pd.Series | None = None) -> Silent | None:
    """Response to the newest wave by segment, role, route and grade.

    Parameters
    ----------
    grades : Series of str, index customer
        Health grade of each customer, as the notebook hands it over.

    Returns
    -------
    Silent or None
        None where no invitations to the wave are recorded.

    Examples
    --------
    >>> list(silent(run, waves, grades).groups.columns)
    ['group', 'asked', 'answered', 'share', 'low', 'high', 'p', 'kind', 'holm']
    """
    if study.response is None:
        return None
    people = asked_people(run, study.now.name)
    columns = {"segment": _segment(run.data), "route": _route(run.data), "grade": grades}
    known = {kind: people["customer"].map(found) for kind, found in columns.items() if found is not None and len(found)}
    if people["role"].notna().any():
        known["role"] = people["role"]
    kinds = [kind for kind in ("segment", "role", "route", "grade") if kind in known]
    parts = [answered_by(people, known[kind], study.confidence, study.minimum_cell).assign(kind=kind) for kind in kinds]
    alike = tuple(kind for kind, part in zip(kinds, parts, strict=True) if len(part) == 1)
    parts = [part for part in parts if len(part) > 1] or [pd.DataFrame(columns=COLUMNS)]
    groups = pd.concat(parts, ignore_index=True)
    groups["holm"] = holm(groups["p"].to_numpy(float))
    missing = tuple(kind for kind in ("segment", "role", "route", "grade") if kind not in kinds)
    return Silent(tipping(study, len(people)), groups, missing, alike)


def answered_by(people: pd.DataFrame, group: pd.Series, confidence: float = 0.95, cell: int = 5) -> pd.DataFrame:
    """Share that answered by group, each with its interval and the p of its difference to all others.

    Parameters
    ----------
    people : DataFrame, columns company and answered (0 or 1)
    group : Series, same index

    Returns
    -------
    DataFrame, columns group, asked, answered, share, low, high, p
        Where people of one company answer alike, they are counted as fewer, as many as would know as much.

    Examples
    --------
    >>> people = pd.DataFrame({"company": range(20), "answered": [1] * 9 + [0] * 11})
    >>> answered_by(people, pd.Series(["A"] * 10 + ["B"] * 10))[["group", "share"]].to_numpy().tolist()
    [['A', 0.9], ['B', 0.0]]
    """
    from scipy.special import ndtr, stdtr

    group = merged(group.fillna("unknown"), [people.index], cell)
    _, effect, df = clustered_share(people["answered"], people["company"], confidence)
    whole, rows = float(people["answered"].mean()), []
    for name in sorted(group.unique(), key=last_unnamed):
        own = people[group == name]
        rest = len(people) - len(own)
        ends, _, _ = clustered_share(own["answered"], own["company"], confidence)
        share, p = float(own["answered"].mean()), 1.0
        if rest and 0 < whole < 1:
            other = float(people["answered"].sum() - own["answered"].sum()) / rest
            far = -abs(share - other) / np.sqrt(whole * (1 - whole) * effect * (1 / len(own) + 1 / rest))
            p = float(2 * (ndtr(far) if np.isinf(df) else stdtr(df, far)))
        rows.append((name, len(own), int(own["answered"].sum()), share, ends.low, ends.high, p))
    return pd.DataFrame(rows, columns=COLUMNS)


def tipping(study: Study, asked: int) -> Tipping:
    """What the silent could change, by arithmetic alone.

    Parameters
    ----------
    asked : int
        People asked who count, with those who answered.

    Examples
    --------
    Were the 58 silent at −5.2, NPS of all 105 would be 0:

    >>> found = tipping(waves, 105)
    >>> round(waves.now.nps, 1), found.silent, round(found.zero, 1)
    (6.4, 58, -5.2)

    Two who are silent could not bring that about:

    >>> tipping(waves, 49).zero is None
    True
    """
    now = study.now
    quiet, total = max(asked - now.answers, 0), now.counts.promoters - now.counts.detractors
    effect, df = design_effect(now.sample)
    finite = nps_interval(of_finite(now.counts, max(asked, now.answers)), study.confidence, effect, df)
    everybody = now.answers + quiet
    bounds = Interval(100 * (total - quiet) / everybody, 100 * (total + quiet) / everybody)

    def needed(nps: float) -> float | None:
        silent = (nps / 100 * everybody - total) / quiet * 100 if quiet else np.inf
        return float(silent) if abs(silent) <= 100 else None

    return Tipping(asked, quiet, finite, bounds, needed(0.0), needed(study.before.nps) if study.before else None)


def asked_people(run: Run, wave: str) -> pd.DataFrame:
    """Everybody asked who counts, and whether a form came back.

    Returns
    -------
    DataFrame, columns respondent_id, role, answered, customer, company
        ``answered``: 0 or 1. ``company``: the customer, or the person alone where none is known.

    Examples
    --------
    >>> list(asked_people(run, waves.now.name).columns)
    ['respondent_id', 'role', 'answered', 'customer', 'company']
    """
    invited = eligible_invitations(run.data, run.settings)
    invited = invited.filter(invited.wave == wave)
    forms = countable(run.data, run.settings)
    forms = forms.filter(forms.wave == wave).select("respondent_id", answered=1)
    table = invited.left_join(forms, "respondent_id").order_by("respondent_id")
    people = table.select("respondent_id", "role", "answered", customer="customer_id").to_pandas()
    people["answered"] = people["answered"].notna().astype(int)
    people["company"] = people["customer"].fillna("respondent " + people["respondent_id"].astype(str))
    return people


def _segment(data: Data) -> pd.Series | None:
    if not data.has("customers", "segment"):
        return None
    table = data.table("customers").select("customer_id", "segment").to_pandas()
    return table.set_index("customer_id")["segment"].dropna()


def _route(data: Data) -> pd.Series | None:
    """Of each customer's newest onboarding."""
    if not data.has("onboardings", "route"):
        return None
    table = data.table("onboardings").select("customer_id", "route", "started_on", "onboarding_id").to_pandas()
    table = table.dropna(subset=["route", "customer_id"]).sort_values(["started_on", "onboarding_id"])
    return table.drop_duplicates("customer_id", keep="last").set_index("customer_id")["route"]
