"""Sentences on other rules for the grades: who gets another one, and which rule gives it."""

from dataclasses import replace

import pandas as pd

from cskit import i18n
from cskit.health import words_proof
from cskit.health.analysis import Study
from cskit.health.backtest import Backtest
from cskit.health.regraded import CAP, changed_grades, with_parts
from cskit.health.score import GRADES
from cskit.health.snapshot import Snapshot
from cskit.i18n import _, n_
from cskit.rows import Formats, Graded, Rows
from cskit.run import Run
from cskit.settings import Health
from cskit.show import Finding

__all__ = ["regraded", "regraded_rows", "reproved"]

LEAST = 0.05  # points that are printed as some


def regraded(before: Snapshot, tried: Snapshot) -> Finding:
    """How many would be at risk, and how many would get another grade.

    >>> from cskit.params import settings_with
    >>> other = settings_with({"health": {"grades": {"good": 80}}}).health
    >>> print(regraded(health.now, health.now.by(other)).text)
    As many customers would be at risk as published: 18. 82 customers would get another grade: 0 a better one,
    82 a worse one.
    """
    rows = changed_grades(before, tried)
    if rows.empty:
        return Finding(_("No customer would get another grade."))
    then, now = (shot.count("action") + shot.count("caution") for shot in (before, tried))
    both = {"then": i18n.number(then), "now": i18n.number(now)}
    risk = (
        _("{now} customers would be at risk instead of {then}.", **both)
        if then != now
        else _("As many customers would be at risk as published: {now}.", **both)
    )
    rank = {grade: place for place, grade in enumerate(GRADES)}
    step = rows["now"].map(rank) - rows["then"].map(rank)
    changed = n_(
        "{n} customer would get another grade: {up} a better one, {down} a worse one.",
        "{n} customers would get another grade: {up} a better one, {down} a worse one.",
        len(rows),
        up=i18n.number(int((step > 0).sum())),
        down=i18n.number(int((step < 0).sum())),
    )
    return Finding(i18n.sentences(risk, changed))


def reproved(run: Run, published: Backtest | None, tried: Backtest | None) -> Finding:
    """What followed the grades of the past by the rules tried, and beside it by those published.

    >>> print(reproved(run, proof, proof).quiet.startswith("As published"))
    False
    """
    found = words_proof.backtest(run, tried)
    if published is None or tried is None or published.rules == tried.rules:
        return found
    before = _("As published: {text}", text=words_proof.backtest(run, published).text)
    return replace(found, quiet=i18n.sentences(before, found.quiet))


def regraded_rows(study: Study, tried: Snapshot, rules: Health, limit: int = 12) -> Rows | Finding:
    """Who gets another grade, from what to what, and what gives it; the greatest fall first.

    >>> from cskit.params import settings_with
    >>> other = settings_with({"health": {"grades": {"good": 80}}}).health
    >>> rows = regraded_rows(health, health.now.by(other), other)
    >>> rows.frame["What moved it"][0], len(rows.frame)
    ('where the grades begin', 82)
    """
    every = changed_grades(study.now, tried)
    if every.empty:
        return Finding("")
    rows = with_parts(every.head(limit), study.now.raw, study.rules, rules)
    names = study.customers["name"].reindex(rows.index)
    frame = pd.DataFrame(
        {
            _("Customer"): [str(key) if pd.isna(name) else str(name) for key, name in names.items()],
            _("Grade"): [Graded(str(b), since=str(a)) for a, b in zip(rows["then"], rows["now"], strict=True)],
            _("Points"): rows["change"].to_numpy(),
            _("What moved it"): [_why(row) for _key, row in rows.iterrows()],
        }
    )
    frame = frame.reindex(range(len(every)))  # the others are only counted
    caption = _("Customers who would get another grade, the greatest fall first")
    formats: Formats = {_("Points"): lambda value: i18n.number(value, 1, signed=True)}
    return Rows(frame, caption, limit, (_("Points"),), formats=formats, customers=True)


def _why(row: "pd.Series[float]") -> str:
    """The items that moved a score most the way it went; where the score stayed, where the grades begin."""
    parts = row.drop(["then", "now", "change"]).astype(float)
    mine = parts[parts * row["change"] > 0].abs().sort_values(ascending=False, kind="stable")
    named = [str(name) for name, size in mine.items() if size >= LEAST][:2]
    up = GRADES.index(str(row["now"])) > GRADES.index(str(row["then"]))
    if abs(row["change"]) < LEAST or up != (row["change"] > 0) or not named:
        return _("where the grades begin")
    return i18n.listed([f"{_item(name)} {i18n.number(float(parts[name]), 1, signed=True)}" for name in named])


def _item(name: str) -> str:
    return _("caps") if name == CAP else i18n.term(name)
