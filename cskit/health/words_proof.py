"""Sentences on whether the grade foretells churn, and on other weights: counts first, claims by the interval."""

from functools import partial
from itertools import pairwise

import pandas as pd

from cskit import i18n
from cskit.health.analysis import Study
from cskit.health.backtest import Backtest
from cskit.health.other_weights import Learnt, Sensitivity
from cskit.health.score import GRADES
from cskit.i18n import _, n_
from cskit.rows import Formats, Rows
from cskit.run import Run
from cskit.show import Finding
from cskit.stats.intervals import share_change

__all__ = ["backtest", "calibration", "good_churned", "good_churned_rows", "learnt", "learnt_rows", "sensitivity"]


def backtest(run: Run, proof: Backtest | None) -> Finding:
    """Churn by grade as counts; whether lower scores churn more only where the interval says so.

    >>> print(backtest(run, proof).text)
    Churned within 6 months: 1 of 32 graded action, 6 of 47 graded caution, 3 of 330 graded sound and 4
    of 1,299 graded good. Lower scores churned more. Which of action and ...
    """
    if proof is None:
        return Finding(_("Nobody is known to have left: the table churns would show whether the grades foretell it."))
    if proof.rows.empty:
        return Finding(_("Nobody had a grade on the days looked back at."), metrics=proof.metrics(run))
    counts = _counts(proof)
    if not proof.enough:
        few = n_(
            "Only {n} churn followed the grades looked back at: too few to say whether they foretell it.",
            "Only {n} churns followed the grades looked back at: too few to say whether they foretell it.",
            proof.churns,
        )
        return Finding(few if proof.churns else _none(proof), i18n.sentences(counts, _how(proof)), proof.metrics(run))
    claim = (
        _("Lower scores churned more.")
        if proof.separates
        else _("Whether lower scores churn more, so few churns cannot say.")
    )
    quiet = i18n.sentences(_area(proof), _how(proof))
    return Finding(i18n.sentences(counts, claim, _turned(proof) if proof.separates else ""), quiet, proof.metrics(run))


def _turned(proof: Backtest) -> str:
    """Where, against the claim, the worse of two grades in a row churned less often; empty where none did."""
    rows = proof.by_grade.loc[list(GRADES)]
    rows = rows[rows["n"] > 0]
    rates = rows["churned"] / rows["n"]
    told = []
    for worse, better in pairwise(rates.index):
        if rates[worse] >= rates[better]:
            continue
        names = {"worse": i18n.term(str(worse)), "better": i18n.term(str(better))}
        pair = [(int(rows["churned"][grade]), int(rows["n"][grade])) for grade in (worse, better)]
        told.append(
            _("Yet {worse} churned less often than {better}.", **names)
            if share_change(pair[0], pair[1], proof.confidence).high < 0
            else _("Which of {worse} and {better} churns more, so few cannot say.", **names)
        )
    return i18n.sentences(*told)


def _none(proof: Backtest) -> str:
    return _("No churn followed the grades looked back at, so nothing can be said of what they foretell.")


def _counts(proof: Backtest) -> str:
    """5 of 20 graded action churned, 1 of 80 graded good."""
    rows = proof.by_grade
    said = [
        _(
            "{k} of {n} graded {grade}",
            k=i18n.number(row["churned"]),
            n=i18n.number(row["n"]),
            grade=i18n.term(str(grade)),
        )
        for grade, row in rows.loc[list(GRADES)].iterrows()
        if row["n"]
    ]
    months = proof.rules.backtest.months
    return n_(
        "Churned within {n} month: {counts}.", "Churned within {n} months: {counts}.", months, counts=i18n.listed(said)
    )


def _area(proof: Backtest) -> str:
    """AUC, lift and log-rank, in words."""
    found, lift = proof.auc, proof.lift
    if found.value is None:
        return ""
    level = i18n.share(proof.confidence, 0)
    said = _(
        "Of a customer that churned and one that stayed, the one that churned had the lower score in {share} of pairs ({level} interval {low} to {high}; {n} churns).",
        share=i18n.share(found.value, 0),
        level=level,
        low=i18n.share(found.interval.low, 0),
        high=i18n.share(found.interval.high, 0),
        n=i18n.number(found.events),
    )
    if lift is None:
        return said
    ratio, around = lift
    times = _(
        "At risk churned {x} times as often as all ({low} to {high}).",
        x=i18n.number(ratio, 1),
        low=i18n.number(around.low, 1),
        high=i18n.number(around.high, 1),
    )
    chance = _("If grades said nothing, churn would differ so much between them in {p} of cases.", p=_chance(proof.p))
    return i18n.sentences(said, times, chance if proof.p is not None else "")


def _chance(p: float | None) -> str:
    return _("fewer than 0.1 %") if p is not None and p < 0.001 else i18n.share(p or 0.0, 1)


def _how(proof: Backtest) -> str:
    said = n_(
        "{n} day looked back at, as known on it. Churned: gave notice, or left without one. Who had given notice by then is left out.",
        "{n} days looked back at, each as known on it; a customer counts once on each, a churn once in all. Churned: gave notice, or left without one. Who had given notice by then is left out.",
        len(proof.shots),
    )
    more = n_(
        "{n} churn came from a customer of whom nothing was known.",
        "{n} churns came from customers of whom nothing was known.",
        proof.ungraded,
    )
    return i18n.sentences(said, more if proof.ungraded else "")


def good_churned(proof: Backtest | None) -> Finding:
    """How many left although they were graded good.

    >>> print(good_churned(proof).text)
    4 of 14 churned customers were graded good on the last day looked at before: the score did not see
    them coming.
    """
    if proof is None or not proof.churns:
        return Finding(_("No churn followed the grades looked back at."))
    return Finding(
        n_(
            "{n} of {all} churned customers was graded good on the last day looked at before: the score did not see it coming.",
            "{n} of {all} churned customers were graded good on the last day looked at before: the score did not see them coming.",
            len(proof.good_churned),
            all=i18n.number(proof.churns),
        )
        if len(proof.good_churned)
        else _("No customer that churned was graded good before.")
    )


def good_churned_rows(study: Study, proof: Backtest | None) -> Rows:
    """Good customers that churned, with the reason they gave.

    >>> good_churned_rows(health, proof).caption, len(good_churned_rows(health, proof).frame)
    ('Good customers that churned', 4)
    """
    columns = ["customer_id", "day", "gone_on", "score", "reason"]
    rows = proof.good_churned[columns] if proof is not None else pd.DataFrame(columns=columns)
    names = study.customers["name"].reindex(rows["customer_id"])
    frame = pd.DataFrame(
        {
            _("Customer"): [str(key) if pd.isna(name) else str(name) for key, name in names.items()],
            _("Graded good on"): list(rows["day"]),
            _("Score"): rows["score"].to_numpy(),
            _("Known to leave on"): list(rows["gone_on"]),
            _("Reason"): [
                _("not recorded") if pd.isna(reason) or not reason else str(reason) for reason in rows["reason"]
            ],
        }
    )
    full = frame.copy()
    full.insert(0, "customer_id", rows["customer_id"].to_list())
    formats: Formats = {
        _("Graded good on"): i18n.day,
        _("Score"): partial(i18n.number, digits=1),
        _("Known to leave on"): i18n.day,
    }
    caption = _("Good customers that churned")
    return Rows(frame, caption, numeric=(_("Score"),), export="good_churned", full=full, formats=formats)


def calibration(proof: Backtest | None) -> Finding:
    """Whether as many churned as the score had let expect, said beforehand.

    >>> print(calibration(proof).text)
    The days before let 23.3 churns expect, 7 came: fewer than expected.
    """
    found = proof.calibration if proof is not None else None
    if found is None or proof is None:
        return Finding(_("Too few churns to hold the chances said in advance against what came."))
    values = {"expected": i18n.number(found.expected, 1), "came": i18n.number(found.events)}
    if found.around_intercept.high < 0:
        text = _("The days before let {expected} churns expect, {came} came: fewer than expected.", **values)
    elif found.around_intercept.low > 0:
        text = _("The days before let {expected} churns expect, {came} came: more than expected.", **values)
    else:
        text = _(
            "The days before let {expected} churns expect, {came} came: no more apart than chance may put them.",
            **values,
        )
    if found.around_slope.high < 1:
        sure = _("Scores told customers apart less well than on the days before")
    elif found.around_slope.low > 1:
        sure = _("Scores told customers apart better than on the days before")
    else:
        sure = _("Whether scores tell customers apart better or less well than on the days before, cannot be said")
    quiet = _(
        "{sure} (slope {slope}, {low} to {high}; 1: as well). Of {n} gradings.",
        sure=sure,
        slope=i18n.number(found.slope, 2),
        low=i18n.number(found.around_slope.low, 2),
        high=i18n.number(found.around_slope.high, 2),
        n=i18n.number(found.n),
    )
    return Finding(text, quiet)


def sensitivity(found: Sensitivity | None, study: Study) -> Finding:
    """How many grades hang on the weights.

    >>> print(sensitivity(other, health).text)
    With every weight up to 25 % more or less, usually 18 of 481 grades would change (6 to 45 in nine
    cases of ten), and 18 to 19 customers would be at risk.
    """
    if found is None:
        return Finding(_("Nobody has a grade that could change."))
    usual, low, high = found.usual
    move = i18n.share(study.rules.other_weights.move, 0)
    text = n_(
        "With every weight up to {move} more or less, {usual} of {n} grade would change ({low} to {high} in nine cases of ten), and {least} to {most} customers would be at risk.",
        "With every weight up to {move} more or less, usually {usual} of {n} grades would change ({low} to {high} in nine cases of ten), and {least} to {most} customers would be at risk.",
        found.graded,
        move=move,
        usual=i18n.number(usual),
        low=i18n.number(low),
        high=i18n.number(high),
        least=i18n.number(int(found.at_risk.min())),
        most=i18n.number(int(found.at_risk.max())),
    )
    name, most = str(found.single.index[0]), int(found.single.iloc[0].max())
    alone = n_(
        "Moved alone, {item} changes most: {n} grade.",
        "Moved alone, {item} changes most: {n} grades.",
        most,
        item=i18n.term(name),
    )
    return Finding(text, alone if most else _("Moved alone, no weight changes a grade."))


def learnt(offered: Learnt | None) -> Finding:
    """Which way the churns would pull the weights; offered, not applied.

    >>> print(learnt(offered).text)
    From 14 churns one would weigh last contact more (18 % → 38 % of the score) and NPS of the account
    less (8 % → 1 %).
    """
    if offered is None:
        return Finding(_("The churns so far give no reason to change the weights set by hand."))
    step = (offered.items["learnt"] - offered.items["hand"]).sort_values(kind="stable")
    up, down = str(step.index[-1]), str(step.index[0])
    text = n_(
        "From {n} churn one would weigh {up} more ({a} → {b} of the score) and {down} less ({c} → {d}).",
        "From {n} churns one would weigh {up} more ({a} → {b} of the score) and {down} less ({c} → {d}).",
        offered.churns,
        up=i18n.term(up),
        down=i18n.term(down),
        a=i18n.share(offered.items["hand"][up], 0),
        b=i18n.share(offered.items["learnt"][up], 0),
        c=i18n.share(offered.items["hand"][down], 0),
        d=i18n.share(offered.items["learnt"][down], 0),
    )
    quiet = _(
        "Offered only: nothing is applied. So few churns pull {share} of the way from the weights set by hand.",
        share=i18n.share(offered.trust, 0),
    )
    if offered.trust == 1:
        quiet = _("Offered only: nothing is applied. With so many churns the weights set by hand no longer count.")
    return Finding(text, quiet)


def learnt_rows(offered: Learnt | None) -> Rows:
    """The weights set by hand and those learnt, item by item; the list holds all that a params file needs.

    >>> learnt_rows(offered).caption, len(learnt_rows(offered).frame)
    ('Weights in the whole score', 11)
    """
    items = offered.items if offered is not None else pd.DataFrame(columns=["dimension", "hand", "learnt", "turned"])
    frame = pd.DataFrame(
        {
            _("Item"): [i18n.term(str(name)) for name in items.index],
            _("Dimension"): [i18n.term(str(name)) for name in items["dimension"]],
            _("By hand"): [i18n.share(value) for value in items["hand"]],
            _("Learnt"): [i18n.share(value) for value in items["learnt"]],
            _("Note"): [_("pointed the other way") if turned else "" for turned in items["turned"]],
        }
    )
    return Rows(frame, _("Weights in the whole score"), numeric=(_("By hand"), _("Learnt")))
