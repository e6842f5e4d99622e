"""The list itself in words: who is to do what, why, and by when; and the plays it is made of."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cskit import i18n
from cskit.catalogue import FIELDS, SIGNS, Condition, Play, in_language
from cskit.i18n import _
from cskit.plays.analysis import Study
from cskit.rows import MOST, Formats, Rows, with_owner

__all__ = ["CRM", "action_rows", "crm_rows", "play_rows", "title", "why"]

CRM = ["action_id", "customer_id", "play", "opened_on", "owner", "due_on", "done_on", "dropped_on", "outcome"]


def title(plays: Mapping[str, Play], name: str) -> str:
    """A play as a reader knows it; one that is not in the catalogue is called what it is called.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> catalogue = settings_with().plays.catalogue
    >>> title(catalogue, "silent_customer"), title(catalogue, "call them"), title(catalogue, "")
    ('Silent customer', 'call them', 'no play named')
    """
    return str(in_language(plays[name].title, i18n.language())) if name in plays else name or _("no play named")


def why(play: Play, seen: Mapping[str, Any]) -> str:
    """Why a play is called for at a customer: its sentence with what was seen in it.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> silent = settings_with().plays.catalogue["silent_customer"]
    >>> why(silent, {"days_since_contact": 210.0})
    'No sign of life: last contact 210 days ago'
    """
    text = str(in_language(play.why, i18n.language()))
    return re.sub(r"{(\w+)}", lambda found: _said(found[1], seen.get(found[1])), text)


def _said(name: str, value: object) -> str:
    """What a field holds, as its unit wants it."""
    if value is None or value is pd.NA or value != value:
        return _("not known")
    fact = FIELDS[name]
    if fact.kind == "number":
        number = float(value)  # type: ignore[arg-type]
        return i18n.amount(number, fact.unit) if fact.unit != "count" else i18n.number(number)
    if fact.kind == "flag":
        return _("yes") if value else _("no")
    return i18n.term(str(value))


def action_rows(study: Study, states: tuple[str, ...] = (), limit: int | None = MOST, *, owner: bool = True) -> Rows:
    """The list in the order in which to take it.

    Parameters
    ----------
    study : Study
    states : tuple of str
        Only these are shown; empty: all. The file holds all the same.
    limit : int or None
        Rows shown; all of them go into ``actions.xlsx`` where ``owner`` is set.
    owner : bool
        Whether it tells who is in charge: not on leadership's pages.

    Examples
    --------
    >>> action_rows(plays, ('new', 'waits'), 15, owner=False).caption
    'Begun first, then by the ARR at stake: ARR times the weight of the play (assumed, params)'
    """
    every = study.now.rows
    rows = every[every["state"].isin(states)].reset_index(drop=True) if states else every
    formats: Formats = {_("Due by"): lambda day: i18n.day(day.date()), _("ARR at stake"): i18n.money}
    caption, stake = (
        _("Begun first, then by the ARR at stake: ARR times the weight of the play (assumed, params)"),
        _("ARR at stake"),
    )
    if not owner:
        shown = rows if limit is None else rows.head(limit)
        beyond = len(rows) - len(shown)
        return Rows(_cells(study, shown), caption, limit, (stake,), formats=formats, bars=(stake,), beyond=beyond)
    shown = _with_person(_cells(study, rows), rows, study)
    return Rows(shown, caption, limit, (stake,), "actions", _whole(study, every), formats, bars=(stake,))


def _cells(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    customers = rows["customer_id"].astype(str)
    labels = {"carried": _("begun"), "closable": _("can be closed"), "new": _("new"), "waits": _("waits for hours")}
    state = [
        _("nobody in charge") if one == "waits" and pd.isna(who) else labels[one]
        for one, who in zip(rows["state"], rows["owner"], strict=True)
    ]
    return pd.DataFrame(
        {
            _("Customer"): customers.map(study.customers["name"]).fillna(customers),
            _("Play"): [title(study.plays, str(name)) for name in rows["play"]],
            _("Why"): _reasons(study, rows),
            _("Due by"): rows["due_on"],
            _("State"): state,
            _("ARR at stake"): rows["value"],
        }
    )


def _whole(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    """Every action with its steps and what to speak of, for the file."""
    full = _with_person(_cells(study, rows), rows, study)
    full[_("Due by")], full[_("ARR at stake")] = _dates(rows["due_on"]), rows["value"].round()
    full.insert(0, "customer_id", rows["customer_id"].astype(str))
    full[_("Steps")] = [_lines(study, str(name), "steps") for name in rows["play"]]
    full[_("Talking points")] = [_lines(study, str(name), "talking_points") for name in rows["play"]]
    full[_("Minutes of work")] = rows["minutes"]
    full["action_id"] = rows["action_id"]
    full[_("Link")] = rows["customer_id"].astype(str).map(study.customers["url"])
    return full


def _with_person(frame: pd.DataFrame, rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """With who does it, who need not be who is in charge of the customer."""
    made = with_owner(frame, rows["customer_id"].astype(str), study.customers)
    names = study.team.to_dict()
    made[_("Owner")] = [None if pd.isna(one) else str(names.get(one, one)) for one in rows["owner"]]
    return made


def crm_rows(study: Study) -> Rows:
    """The new actions that fit, in the columns of the table ``actions``: to import into a CRM, and to come back.

    >>> crm_rows(plays).caption, len(crm_rows(plays).frame)
    ('New actions, in the columns of the table actions', 141)
    """
    rows = study.now.rows[study.now.rows["state"] == "new"]
    frame = rows.reindex(columns=CRM).reset_index(drop=True)
    frame["opened_on"], frame["due_on"] = _dates(rows["opened_on"]), _dates(rows["due_on"])
    return Rows(frame, _("New actions, in the columns of the table actions"), 0, export="actions_new")


def play_rows(study: Study) -> Rows:
    """The catalogue: what each play is for, what it waits for, how often it is called for, where it comes from.

    >>> play_rows(plays).caption, len(play_rows(plays).frame)
    ('The plays, by the ARR at stake in what is called for: ARR times the weight of the play (assumed,
    params)', 16)
    """
    rows = study.now.rows
    counts = pd.crosstab(rows["play"], rows["state"]).reindex(columns=["carried", "closable", "new", "waits"])
    counts = counts.reindex([name for name, play in study.plays.items() if play.enabled]).fillna(0).astype(int)
    plays = [study.plays[str(name)] for name in counts.index]
    value = rows[rows["state"].isin(["new", "waits"])].groupby("play")["value"].sum().reindex(counts.index).fillna(0.0)
    frame = pd.DataFrame(
        {
            _("Play"): [title(study.plays, str(name)) for name in counts.index],
            _("When"): [conditions(play.when) for play in plays],
            _("Open"): (counts["carried"] + counts["closable"]).to_numpy(),
            _("New"): counts["new"].to_numpy(),
            _("Waiting"): counts["waits"].to_numpy(),
            _("ARR at stake"): value.to_numpy(),
            _("Source"): [play.source for play in plays],
        }
    )
    frame = frame.sort_values(_("ARR at stake"), ascending=False, kind="stable", ignore_index=True)
    numeric = (_("Open"), _("New"), _("Waiting"), _("ARR at stake"))
    caption = _(
        "The plays, by the ARR at stake in what is called for: ARR times the weight of the play (assumed, params)"
    )
    return Rows(frame, caption, None, numeric, formats={_("ARR at stake"): i18n.money}, bars=(_("ARR at stake"),))


def conditions(tests: list[Condition]) -> str:
    """A trigger in words."""
    return i18n.several(map(_condition, tests))


def _condition(test: Condition) -> str:
    if test.any_of:
        either = _("or")
        return f" {either} ".join(map(_condition, test.any_of))
    name = _(FIELDS[test.field].label)
    kind, wanted = next(iter(test.tests.items()))
    if kind == "known":
        return _("{field}: known", field=name) if wanted else _("{field}: not known", field=name)
    if kind == "is":
        words = wanted if isinstance(wanted, list) else [wanted]
        told = [_("yes") if word is True else _("no") if word is False else i18n.term(str(word)) for word in words]
        return _("{field}: {value}", field=name, value=" / ".join(told))
    return f"{name} {SIGNS[kind]} {_said(test.field, wanted)}"


def _reasons(study: Study, rows: pd.DataFrame) -> list[str]:
    seen: dict[Any, Any] = study.now.facts[study.now.facts.index.isin(rows["customer_id"])].to_dict("index")
    pairs = zip(rows["play"], rows["customer_id"], strict=True)
    return [why(study.plays[name], seen[key]) if name in study.plays and key in seen else "" for name, key in pairs]


def _lines(study: Study, name: str, part: str) -> str:
    if name not in study.plays:
        return ""
    return "\n".join(in_language(getattr(study.plays[name], part), i18n.language()))


def _dates(days: pd.Series) -> list[str | None]:
    return [None if pd.isna(day) else pd.Timestamp(day).date().isoformat() for day in days]
