"""Sentences on other plays: how many actions they would call for, whose they would be, and what would wait."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _
from cskit.plays.analysis import Study
from cskit.plays.words import verdict_now
from cskit.rows import Formats, Rows
from cskit.show import Finding

__all__ = ["person_rows", "relisted"]

MOST = 50  # people of a team, shown


def relisted(before: Study, tried: Study) -> Finding:
    """How many actions would be called for instead of those published, how many wait, and which are others.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> from cskit.plays.explore import Relisting
    >>> print(relisted(plays, Relisting(run, plays).study(settings_with({"plays": {"per_customer": 1}}).plays)).text)
    325 actions would be called for instead of 449, 194 of them waiting instead of 308. New on the list: 0;
    no longer on it: 124.
    >>> print(relisted(plays, plays).text)
    The list would be the same.
    """
    then, now = _called_for(before), _called_for(tried)
    new, gone = len(now - then), len(then - now)
    if not new + gone and before.now.count("waits") == tried.now.count("waits"):
        return Finding(_("The list would be the same."), verdict_now(tried))
    values = {"waits": i18n.number(tried.now.count("waits")), "waits_then": i18n.number(before.now.count("waits"))}
    text = (
        _(
            "As many actions would be called for as now: {now}; {waits} of them waiting instead of {waits_then}.",
            now=i18n.number(len(now)),
            **values,
        )
        if len(then) == len(now)
        else _(
            "{now} actions would be called for instead of {then}, {waits} of them waiting instead of {waits_then}.",
            now=i18n.number(len(now)),
            then=i18n.number(len(then)),
            **values,
        )
    )
    changed = _(
        "New on the list: {new}; no longer on it: {gone}.",
        new=i18n.number(new),
        gone=i18n.number(gone),
    )
    return Finding(i18n.sentences(text, changed if new + gone else ""))


def person_rows(before: Study, tried: Study) -> Rows | Finding:
    """Actions of each person, and the hours they take of those there are; for the team only, by id.

    Returns
    -------
    Rows or Finding
        A person a row: actions called for as published and as tried, of these waiting; where hours are known, those
        there are, taken and lacking. An empty finding where nobody has any.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> from cskit.plays.explore import Relisting
    >>> tried = Relisting(run, plays).study(settings_with({"plays": {"per_customer": 1}}).plays)
    >>> person_rows(plays, tried).written.iloc[1].to_dict()
    {'Person': 'M002', 'Called for as published': '78', 'Called for as tried': '58', 'Of these waiting': '41',
    'Hours for actions': '17.7', 'Begun and new': '17.2', 'Without hours': '42.0'}
    """
    then, now = _by_person(before), _by_person(tried)
    hours = tried.now.hours
    people = sorted({*then.index, *now.index, *(hours.index if hours is not None else ())})
    if not people:
        return Finding("")
    now = now.reindex(people).fillna(0).astype(int)
    frame = pd.DataFrame(
        {
            _("Person"): people,
            _("Called for as published"): then.sum(axis=1).reindex(people).fillna(0).astype(int).to_numpy(),
            _("Called for as tried"): now.sum(axis=1).to_numpy(),
            _("Of these waiting"): now["waits"].to_numpy(),
        }
    )
    formats: Formats = {}
    if hours is not None:
        known = hours.reindex(people)
        columns = {
            _("Hours for actions"): known["room"],
            _("Begun and new"): known["carried"] + known["new"],
            _("Without hours"): known["waits"],
        }
        frame = frame.assign(**{name: values.to_numpy() for name, values in columns.items()})
        formats = {name: lambda value: i18n.number(value, 1) for name in columns}
    caption = _("Actions and hours of the next {weeks} weeks, by person", weeks=i18n.number(tried.now.weeks))
    return Rows(frame, caption, MOST, tuple(frame.columns[1:]), formats=formats)


def _called_for(study: Study) -> set[str]:
    """The actions, which are named by day, customer and play."""
    rows = study.now.rows
    return set(rows.loc[rows["state"].isin(["new", "waits"]), "action_id"].to_numpy(object))


def _by_person(study: Study) -> pd.DataFrame:
    counts = study.now.rows.groupby(["owner", "state"]).size().unstack(fill_value=0)
    return counts.reindex(columns=["new", "waits"], fill_value=0)
