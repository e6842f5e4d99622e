"""Sentences on segments, events, comments and the next survey."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.nps.analysis import Study
from cskit.nps.comments import Comments
from cskit.nps.events import Event
from cskit.nps.planning import Plan
from cskit.nps.segments import Segments
from cskit.nps.words_people import named
from cskit.rows import Rows
from cskit.show import Finding

__all__ = ["comment_rows", "comments", "drivers", "events", "plan", "segments"]


def segments(study: Study, found: Segments | None) -> Finding:
    """Which segments moved, and what the change would be at a steady mix.

    >>> from cskit import nps
    >>> print(segments(waves, nps.segments(run, waves)).text)
    Whether any segment moved cannot be told from its answers. Of the change of +2.3 points in the
    answers, −0.2 come from who answered, +2.5 from answers within the segments.
    """
    if found is None:
        return Finding(
            _(
                "NPS by segment is not shown: no segments on record (column customers.segment), or too few answers outside the largest."
            )
        )
    if found.steady is None or found.interval is None or study.change is None:
        return Finding(_("There is no change to split by segment."))
    told = found.told(study.confidence)
    if told.empty:
        text = _("Whether any segment moved cannot be told from its answers.")
    else:
        names = i18n.listed([f"{named(str(name))} ({i18n.points(row['change'])})" for name, row in told.iterrows()])
        text = _("Moved more than chance explains, over all segments together: {segments}.", segments=names)
    split = _(
        "Of the change of {change} points in the answers, {mix} come from who answered, {rate} from answers within the segments.",
        change=i18n.points(study.change.points),
        mix=i18n.points(study.change.points - found.steady),
        rate=i18n.points(found.steady),
    )
    quiet = [
        _(
            "With every segment at the same share of answers the change is {rate} ({level} interval {low} to {high}).",
            rate=i18n.points(found.steady),
            low=i18n.points(found.interval.low),
            high=i18n.points(found.interval.high),
            level=study.level,
        )
    ]
    look = found.worth_a_look(study.confidence).index.difference(told.index)
    if len(look):
        quiet.append(_("Worth a look, no more: {segments}.", segments=i18n.listed([named(str(name)) for name in look])))
    quiet.append(_("Segments as they are known today."))
    return Finding(i18n.sentences(text, split), i18n.sentences(*quiet))


def drivers(study: Study, found: Segments | None) -> Rows | Finding:
    """What each segment added to the change; the columns add up to it.

    >>> from cskit import nps
    >>> drivers(waves, nps.segments(run, waves)).caption
    'What each segment added to the change, in points; all of it adds up to +2.3'
    """
    if found is None or study.change is None or "rate" not in found.rows:
        return Finding("")
    rows = found.rows
    ours = {
        _("NPS"): [
            f"{_points(before)} → {_points(now)}" for before, now in zip(rows["before"], rows["nps"], strict=True)
        ],
        _("From its share of answers"): [_points(value) for value in rows["mix"]],
        _("From its own answers"): [_points(value) for value in rows["rate"]],
    }
    total = [f"{_points(study.before.nps if study.before else float('nan'))} → {_points(study.now.nps)}"]
    total += [_points(float(rows[column].sum())) for column in ("mix", "rate")]
    frame = pd.DataFrame({_("Segment"): [*(named(str(name)) for name in rows.index), _("together")]})
    for (name, values), whole in zip(ours.items(), total, strict=True):
        frame[name] = [*values, whole]
    caption = _(
        "What each segment added to the change, in points; all of it adds up to {change}",
        change=_points(study.change.points),
    )
    return Rows(frame, caption, numeric=tuple(frame.columns[1:]))


def events(found: tuple[Event, ...]) -> Rows | Finding:
    """What else happened between the waves.

    >>> from cskit import nps
    >>> events(nps.events(run, waves)).caption, len(events(nps.events(run, waves)).frame)
    ('What else happened: at the same time, not therefore the cause', 5)
    """
    if not found:
        return Finding("", _("No incident, release or price change is recorded between the waves (table events)."))
    frame = pd.DataFrame(
        {
            _("Mark"): [event.sign for event in found],
            _("Day"): [i18n.day(event.on) for event in found],
            _("Kind"): [i18n.term(event.kind) for event in found],
            _("What"): [event.title for event in found],
        }
    )
    return Rows(frame, _("What else happened: at the same time, not therefore the cause"), limit=26)


def comments(study: Study, found: Comments | None) -> Finding:
    """What the comments speak of.

    >>> from cskit import nps
    >>> print(comments(waves, nps.comments(run, waves)).text)
    Of 65 comments in 2022 Spring, 2022 Autumn and 2023 Spring most speak of ease of use (18).
    """
    if found is None:
        return Finding(_("The export has no comments."))
    waves = i18n.listed(list(found.waves))
    if found.counts.empty:
        return Finding(
            _(
                "{n} comments in {waves}: no category has {cell} or more, so none is shown.",
                n=i18n.number(found.n),
                waves=waves,
                cell=study.minimum_cell,
            )
        )
    top, row = next(iter(found.counts.iterrows()))
    text = _(
        "Of {n} comments in {waves} most speak of {category} ({k}).",
        n=i18n.number(found.n),
        waves=waves,
        category=i18n.term(str(top)),
        k=i18n.number(row["n"]),
    )
    quiet = [
        _("By words in them, so a comment may be in several categories, praise and complaint alike."),
    ]
    if found.uncategorised:
        quiet.append(n_("{n} comment is in none.", "{n} comments are in none.", found.uncategorised))
    if found.small:
        quiet.append(
            n_(
                "{n} category with too few comments is left out.",
                "{n} categories with too few comments are left out.",
                found.small,
            )
        )
    return Finding(text, i18n.sentences(*quiet))


def comment_rows(study: Study, found: Comments | None, limit: int) -> Rows | Finding:
    """The comments of the newest wave whose authors agreed, without names; only where the settings allow it.

    >>> from cskit import nps
    >>> found = nps.comments(run, waves)
    >>> print(comment_rows(waves, found, 10).quiet)
    Comments themselves are not shown: privacy.comments is off, or nobody agreed to be quoted.
    >>> from dataclasses import replace
    >>> told = pd.DataFrame({"comment": ["操作が分かりやすい", "高い"], "kind": [1.0, float("nan")]})
    >>> comment_rows(waves, replace(found, texts=told), 10).frame
         Comment    From a
    0  操作が分かりやすい  promoter
    1         高い         –
    """
    if found is None or found.texts.empty:
        return Finding(
            "", _("Comments themselves are not shown: privacy.comments is off, or nobody agreed to be quoted.")
        )
    names = {1.0: _("promoter"), 0.0: _("passive"), -1.0: _("detractor")}
    frame = pd.DataFrame(
        {
            _("Comment"): found.texts["comment"].tolist(),
            _("From a"): [names.get(kind, "–") for kind in found.texts["kind"]],
        }
    )
    return Rows(frame, _("Comments of {wave}, of people who agreed to be quoted", wave=study.now.name), limit=limit)


def plan(study: Study, found: Plan | None) -> Finding:
    """What the next survey could show, and what it needs for more.

    >>> from cskit import nps
    >>> print(plan(waves, nps.plan(run, waves)).text)
    As many answers as now (49 and 47) show a change of 36 points or more 8 times in 10. A change of 10
    points needs 635 answers a wave. At today's rate that means asking 1,419 people.
    """
    if found is None or study.before is None:
        return Finding(_("How many answers the next survey needs can be said from two waves with answers that differ."))
    shows = n_(
        "As many answers as now ({n1} and {n2}) show a change of {n} point or more 8 times in 10.",
        "As many answers as now ({n1} and {n2}) show a change of {n} points or more 8 times in 10.",
        round(found.visible),
        n1=i18n.number(study.before.answers),
        n2=i18n.number(study.now.answers),
    )
    needs = n_(
        "A change of {n} point needs {answers} answers a wave.",
        "A change of {n} points needs {answers} answers a wave.",
        found.points,
        answers=i18n.number(found.needed[found.points]),
    )
    quiet = _("If answers spread as they do now, and people of one company agree as they do now.")
    asked = (
        _("At today's rate that means asking {n} people.", n=i18n.number(found.invitations[found.points]))
        if found.invitations
        else ""
    )
    return Finding(i18n.sentences(shows, needs, asked), quiet, found.metrics)


def _points(value: float) -> str:
    return "–" if pd.isna(value) else i18n.points(value)
