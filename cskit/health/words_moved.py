"""Sentences on what moved the scores, on the way of the grades since, and on how old it is what we know."""

import pandas as pd

from cskit import i18n
from cskit.health.analysis import Study
from cskit.health.history import Ages, History
from cskit.health.moved import Moved
from cskit.health.score import GRADES
from cskit.health.snapshot import transitions as moves
from cskit.i18n import _, n_
from cskit.rows import Formats, Graded, Rows
from cskit.run import Run
from cskit.show import Finding

__all__ = [
    "cohort",
    "cohort_rows",
    "grade_rows",
    "history",
    "moved",
    "parts",
    "said_grade",
    "stale",
    "stale_rows",
    "unknown",
]


def moved(found: Moved) -> Finding:
    """Which items raised and which lowered the scores most.

    >>> print(moved(since).text)
    Since 31 December 2022 the scores of 425 customers known on both days changed by +0.5 points on
    average. Raised most, on balance, by set-up (+159 points in all: up for ...
    """
    items, day = found.items, i18n.day(found.start.as_of)
    if items.empty:
        return Finding(_("No score changed since {day}.", day=day))
    net = (items["gain"] + items["loss"]).sort_values(kind="stable")
    text = n_(
        "Since {day} the score of {n} customer known on both days changed by {change} points.",
        "Since {day} the scores of {n} customers known on both days changed by {change} points on average.",
        len(found.change),
        day=day,
        change=i18n.number(float(found.change.mean()), 1, signed=True),
    )
    raised, lowered = (_item(found, str(name)) for name in (net.index[-1], net.index[0]))
    best = _("Raised most, on balance, by {item}.", item=raised) if net.iloc[-1] >= 0.5 else ""
    worst = _("Lowered most, on balance, by {item}.", item=lowered) if net.iloc[0] <= -0.5 else ""
    quiet = _(
        "Every change is shared out among the items that changed, appeared or vanished, averaged over all orders in which they may have (Shapley values); the parts add up to the change exactly, caps counted in."
    )
    return Finding(i18n.sentences(text, best, worst), quiet)


def parts(found: Moved, customer: str) -> str:
    """The items that moved one customer's score most, with their points; empty where it did not move.

    >>> parts(since, "C00233")
    'last contact −12.7 and licence use −8.2'
    >>> parts(since, "C00500")
    'new or not known before'
    """
    said = [f"{i18n.term(item)} {i18n.number(value, 1, signed=True)}" for item, value in found.reasons(customer)]
    if said:
        return i18n.listed(said)
    return "" if customer in found.change.index else _("new or not known before")


def grade_rows(study: Study, found: Moved, limit: int = 15) -> Rows:
    """Whose grade changed, from what to what, and what moved it; the largest fall first.

    >>> grade_rows(health, since, run.settings.report.page_rows).caption
    'Customers whose grade changed since 31 December 2022, the largest fall first'
    """
    then, now = found.start.scores["grade"], found.end.scores["grade"]
    both = found.change.index
    rows = pd.DataFrame({"then": then.loc[both], "now": now.loc[both], "change": found.change})
    rows = rows[rows["then"] != rows["now"]].sort_values("change", kind="stable")
    names = study.customers["name"].reindex(rows.index)
    frame = pd.DataFrame(
        {
            _("Customer"): [str(key) if pd.isna(name) else str(name) for key, name in names.items()],
            _("Grade"): [Graded(str(b), since=str(a)) for a, b in zip(rows["then"], rows["now"], strict=True)],
            _("Points"): rows["change"].to_numpy(),
            _("What moved it"): [parts(found, str(customer)) for customer in rows.index],
        }
    )
    full = frame.assign(**{_("Points"): frame[_("Points")].round(1)})
    full.insert(0, "customer_id", [str(customer) for customer in rows.index])
    caption = _("Customers whose grade changed since {day}, the largest fall first", day=i18n.day(found.start.as_of))
    formats: Formats = {_("Points"): lambda value: i18n.number(value, 1, signed=True)}
    numeric = (_("Points"),)
    return Rows(frame, caption, limit, numeric, export="grade_changes", full=full, formats=formats, customers=True)


def history(found: History) -> Finding:
    """How the number at risk went, how long it lasts, how long those at risk now have been.

    >>> print(history(course).text)
    At risk at the end of July 2022: 24; of June 2023: 18; in between 16 to 24. 9 of those at risk now
    were at risk at the end of every month shown.
    """
    grades = found.grades
    if len(grades) < 2:
        return Finding(_("Grades are known at the end of one month at most, so there is no course to show yet."))
    risky = grades["action"] + grades["caution"]
    text = _(
        "At risk at the end of {first}: {a}; of {last}: {b}; in between {low} to {high}.",
        first=i18n.month(grades.index[0]),
        a=i18n.number(int(risky.iloc[0])),
        last=i18n.month(grades.index[-1]),
        b=i18n.number(int(risky.iloc[-1])),
        low=i18n.number(int(risky.min())),
        high=i18n.number(int(risky.max())),
    )
    now = found.at_risk_now
    long = int((now == len(found.shots)).sum())
    stuck = n_(
        "{n} of those at risk now was at risk at the end of every month shown.",
        "{n} of those at risk now were at risk at the end of every month shown.",
        long,
    )
    return Finding(i18n.sentences(text, stuck if long else ""), _lasted(found))


def _lasted(found: History) -> str:
    """How long a stretch at risk lasts, where any has ended."""
    began = len(found.spells)
    if not began:
        return _("Nobody came to be at risk in these months.")
    counts = found.spells["ended"].value_counts()
    said = n_(
        "{n} stretch at risk began in these months: {improved} ended with the customer well again, {left} with its leaving, {open} still go on.",
        "{n} stretches at risk began in these months: {improved} ended with the customer well again, {left} with its leaving, {open} still go on.",
        began,
        improved=i18n.number(int(counts.get("improved", 0))),
        left=i18n.number(int(counts.get("left", 0))),
        open=i18n.number(int(counts.get("open", 0))),
    )
    lasted = found.lasted if (found.spells["ended"] == "improved").any() else None
    middle = lasted.median if lasted is not None else None
    if lasted is None or middle is None:
        return i18n.sentences(said, _("Too few have ended to say how long one usually lasts."))
    low, high = lasted.median_low, lasted.median_high
    ends = {"low": i18n.number(low or 0), "high": i18n.number(high) if high is not None else _("open")}
    months = i18n.number(middle)
    return i18n.sentences(said, _("Half of them last {m} months or less ({low} to {high}).", m=months, **ends))


def cohort(study: Study) -> Finding:
    """What became of the customers of the year's start.

    >>> print(cohort(health).text)
    Of 457 customers with a grade on 31 March 2023, 32 stand better now, 20 worse, 404 the same; 1 left.
    """
    then = study.start.scores["grade"].dropna()
    if then.empty:
        return Finding(_("Nobody had a grade at the fiscal year's start."))
    now = study.now.scores["grade"].reindex(then.index)
    place = {grade: number for number, grade in enumerate(GRADES)}
    known = now.notna()
    step = now[known].map(place).astype(int) - then[known].map(place).astype(int)
    left = int((~then.index.isin(study.now.scores.index)).sum())
    text = n_(
        "Of {n} customer with a grade on {day}, {better} stands better now, {worse} worse, {same} the same; {left} left.",
        "Of {n} customers with a grade on {day}, {better} stand better now, {worse} worse, {same} the same; {left} left.",
        len(then),
        day=i18n.day(study.start.as_of),
        better=i18n.number(int((step > 0).sum())),
        worse=i18n.number(int((step < 0).sum())),
        same=i18n.number(int((step == 0).sum())),
        left=i18n.number(left),
    )
    unknown = int((~known).sum()) - left
    more = n_("Of {n} nothing is known any more.", "Of {n} nothing is known any more.", unknown) if unknown else ""
    return Finding(
        text, i18n.sentences(more, _("Counted; both days by today's rules, whoever came later is left out."))
    )


def cohort_rows(study: Study) -> Rows:
    """The customers of the year's start by grade then and now.

    >>> cohort_rows(health).caption, len(cohort_rows(health).frame)
    ("Customers of the fiscal year's start: grade then (rows) and now (columns)", 4)
    """
    counts = moves(study.start, study.now).drop(index="new", errors="ignore")
    frame = pd.DataFrame(
        {i18n.term(str(grade)): [i18n.number(n) if n else "" for n in counts[grade]] for grade in counts}
    )
    frame.insert(0, _("On {day}", day=i18n.day(study.start.as_of)), [i18n.term(str(grade)) for grade in counts.index])
    caption = _("Customers of the fiscal year's start: grade then (rows) and now (columns)")
    return Rows(frame, caption, numeric=tuple(frame.columns[1:]))


def stale(run: Run, found: Ages) -> Finding:
    """How much of what is known is older than it should be, with its metric.

    >>> print(stale(run, known).text)
    109 of 4,023 known inputs are older than they should be. Most often: goals on the way (60).
    """
    metric = run.metric("health.stale_inputs", found.count, "counted", n=found.known)
    if not found.known:
        return Finding(_("Nothing is known of any customer."), metrics=(metric,))
    by_item = found.stale.sum().sort_values(ascending=False, kind="stable")
    text = n_(
        "{n} of {known} known inputs is older than it should be.",
        "{n} of {known} known inputs are older than they should be.",
        found.count,
        known=i18n.number(found.known),
    )
    worst = _("Most often: {item} ({n}).", item=i18n.term(str(by_item.index[0])), n=i18n.number(int(by_item.iloc[0])))
    quiet = _(
        "They count in the score all the same; how old is too old is set in params (health.fresh_days), longer for customers of a slower rhythm."
    )
    return Finding(i18n.sentences(text, worst if found.count else ""), quiet, (metric,))


def stale_rows(found: Ages) -> Rows:
    """Age of the newest information by item.

    >>> stale_rows(known).caption, len(stale_rows(known).frame)
    ('How old the newest information is, by item', 11)
    """
    dated = [name for name in found.days if found.days[name].notna().any()]
    frame = pd.DataFrame(
        {
            _("Item"): [i18n.term(str(name)) for name in dated],
            _("Customers"): [i18n.number(int(found.days[name].notna().sum())) for name in dated],
            _("Median age"): [i18n.amount(float(found.days[name].median()), "days") for name in dated],
            _("Too old"): [i18n.number(int(found.stale[name].sum())) for name in dated],
        }
    )
    return Rows(frame, _("How old the newest information is, by item"), numeric=tuple(frame.columns[1:]))


def unknown(study: Study, customers: "pd.Series | None") -> Finding:
    """How many graded customers are unknown by hearings; ``customers``: their ids, handed over by the notebook.

    >>> print(unknown(health, strangers["customer_id"]).text)
    Of 481 graded customers 174 are unknown by hearings; 173 of those are graded good or sound.
    """
    graded = study.now.scores["grade"].dropna()
    if customers is None:
        return Finding(_("Without hearings nobody can say which of the graded customers we know."))
    mine = graded[graded.index.isin(set(customers))]
    if mine.empty:
        return Finding(_("None of the graded customers is unknown by hearings."))
    well = int(mine.isin(("good", "sound")).sum())
    text = n_(
        "Of {all} graded customers {n} is unknown by hearings; {well} of those are graded good or sound.",
        "Of {all} graded customers {n} are unknown by hearings; {well} of those are graded good or sound.",
        len(mine),
        all=i18n.number(len(graded)),
        well=i18n.number(well),
    )
    return Finding(
        text, _("Such a grade says how they use the product and meet us, not whether they get what they came for.")
    )


def said_grade(grade: str | None, provisional: bool) -> str:
    """A grade in words, and whether what is not known could change it.

    >>> said_grade("action", True), said_grade("good", False), said_grade(None, False)
    ('action (provisional)', 'good', 'unknown')
    """
    if grade is None or pd.isna(grade):
        return _("unknown")
    return _("{grade} (provisional)", grade=i18n.term(grade)) if provisional else i18n.term(grade)


def graded(grade: str | None, provisional: bool) -> "Graded | str":
    """The same for a cell, in the grade's colour."""
    return _("unknown") if grade is None or pd.isna(grade) else Graded(str(grade), bool(provisional))


def _item(found: Moved, name: str) -> str:
    own = found.parts[name]
    return _(
        "{item} ({net} points in all: up for {up} customers, down for {down})",
        item=i18n.term(name),
        net=i18n.number(float(own.sum()), signed=True),
        up=i18n.number(int((own > 1e-9).sum())),
        down=i18n.number(int((own < -1e-9).sum())),
    )
