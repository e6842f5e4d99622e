"""Sentences on the roadmap, journeys and the community."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.metrics import Metric, definitions
from cskit.rows import Rows
from cskit.run import Run
from cskit.show import Finding, said
from cskit.support.roadmap import Community, Journeys, Roadmap, Row, active_share

__all__ = ["community", "journey_rows", "journeys", "outcome", "roadmap", "roadmap_rows"]


def roadmap(found: Roadmap) -> Finding:
    """How many steps are done, and where the figures say otherwise.

    >>> print(roadmap(road).text)
    Of 10 steps 0 are done, 0 are under way, 10 are planned. Not called done, yet every figure has its
    value: Know what stays of revenue, and who comes up for renewal and ...
    """
    if not found.rows:
        return Finding(_("The roadmap has no steps (params support.roadmap.steps)."))
    states = [row.step.status for row in found.rows]
    text = _(
        "Of {n} steps {done} are done, {under_way} are under way, {planned} are planned.",
        n=i18n.number(len(states)),
        done=i18n.number(states.count("done")),
        under_way=i18n.number(states.count("under_way")),
        planned=i18n.number(states.count("planned")),
    )
    claimed = [_step(row) for row in found.rows if row.step.status == "done" and row.at_odds]
    reached = [_step(row) for row in found.rows if row.step.status != "done" and row.at_odds]
    odds = _("Called done, yet the figure says otherwise: {steps}.", steps=i18n.listed(claimed)) if claimed else ""
    early = (
        _("Not called done, yet every figure has its value: {steps}.", steps=i18n.listed(reached)) if reached else ""
    )
    fixed = sum(row.step.kpi == "fixed" for row in found.rows)
    kpis = n_("{n} KPI is fixed, the others are provisional.", "{n} KPIs are fixed, the others are provisional.", fixed)
    return Finding(i18n.sentences(text, odds, early), kpis)


def roadmap_rows(found: Roadmap) -> Rows:
    """Every step with its status and its figures.

    >>> roadmap_rows(road).caption, len(roadmap_rows(road).frame)
    ('The roadmap: preparation, then operation, over five lanes', 10)
    """
    frame = pd.DataFrame(
        {
            _("Lane"): [
                _("{lane}: {stage}", lane=i18n.term(row.step.lane), stage=_stage(row.step.stage)) for row in found.rows
            ],
            _("Roadmap step"): [_step(row) for row in found.rows],
            _("Status"): [i18n.term(row.step.status) for row in found.rows],
            _("Evidence"): [_evidence(row) for row in found.rows],
        }
    )
    return Rows(frame, _("The roadmap: preparation, then operation, over five lanes"), None, sortable=False)


def outcome(found: Roadmap) -> Finding:
    """The long term: what all of it is for.

    >>> print(outcome(road).text)
    In the long term all of it is for one outcome: retention GRR 97.5 %; upsell NRR 103.7 %; 32
    referrals in 12 months (9 in the 12 before).
    """
    parts = [f"{i18n.term(part)} {_value(metric)}" for part, metric in found.outcome.items()]
    if found.referrals is not None:
        parts.append(
            _(
                "{n} referrals in 12 months ({before} in the 12 before)",
                n=i18n.number(found.referrals[0]),
                before=i18n.number(found.referrals[1]),
            )
        )
    if not parts:
        return Finding("")
    return Finding(_("In the long term all of it is for one outcome: {parts}.", parts=i18n.several(parts)))


def journeys(run: Run, found: Journeys | None) -> Finding:
    """Which journey maps have grown old.

    >>> print(journeys(run, maps).text)
    2 of 4 journey maps were not looked over for 12 months or more: 更新 and 運用.
    """
    if found is None:
        metric = run.metric("support.overdue_journeys", None, "counted")
        return Finding(_("Whether journey maps are looked over is not recorded (table journeys)."), "", (metric,))
    # The table holds the newest review alone, which says nothing of an earlier day: there is nothing to compare with.
    metric = run.metric("support.overdue_journeys", found.overdue, "counted", n=len(found.rows))
    late = [str(name) for name in found.rows.loc[found.rows["overdue"], "journey"]]
    months = i18n.number(found.months)
    if not late:
        text = _(
            "All {n} journey maps were looked over within {months} months.",
            n=i18n.number(len(found.rows)),
            months=months,
        )
        return Finding(text, "", (metric,))
    text = n_(
        "{n} of {all} journey maps was not looked over for {months} months or more: {names}.",
        "{n} of {all} journey maps were not looked over for {months} months or more: {names}.",
        len(late),
        all=i18n.number(len(found.rows)),
        months=months,
        names=i18n.listed(late),
    )
    return Finding(text, "", (metric,))


def journey_rows(found: Journeys | None) -> Rows | Finding:
    """Each journey with its last review; who keeps it is the team's matter.

    >>> journey_rows(maps).caption, len(journey_rows(maps).frame)
    ('Journey maps, the longest not reviewed first', 4)
    """
    if found is None or found.rows.empty:
        return Finding("")
    frame = pd.DataFrame(
        {
            _("Journey"): found.rows["journey"],
            _("Last reviewed"): found.rows["reviewed_on"],
            _("Review"): [_("overdue") if late else _("in time") for late in found.rows["overdue"]],
        }
    )
    return Rows(frame, _("Journey maps, the longest not reviewed first"), 15, formats={_("Last reviewed"): i18n.day})


def community(run: Run, found: Community | None) -> Finding:
    """Members, how many take part, and what they write.

    >>> print(community(run, club).text)
    In June 2023 the community had 260 members, 21.9 % of them active. They wrote 72 posts.
    """
    now, before, earlier = (
        active_share(month) for month in ((found.now, found.before, found.year_before) if found else (None,) * 3)
    )
    n = None if found is None or found.now is None or now is None else int(found.now["members"])
    metric = run.metric("support.community_active", now, "counted", n=n, before=before, year_before=earlier)
    if found is None or found.now is None or now is None:
        return Finding(_("Nothing is recorded of a community (table community)."), "", (metric,))
    text = _(
        "In {month} the community had {members} members, {share} of them active.",
        month=i18n.month(found.rows.index[-1].date()),
        members=i18n.number(float(found.now["members"])),
        share=i18n.share(now),
    )
    posts = (
        ""
        if pd.isna(found.now["posts"])
        else _("They wrote {posts} posts.", posts=i18n.number(float(found.now["posts"])))
    )
    was = (
        ""
        if before is None or found.before is None
        else _(
            "In the last month of {period}: {members} members, {share} active.",
            period=i18n.span(run.compare_to.start, run.compare_to.end),
            members=i18n.number(float(found.before["members"])),
            share=i18n.share(before),
        )
    )
    return Finding(i18n.sentences(text, posts), was, (metric,))


def _step(row: Row) -> str:
    step = row.step.step
    if isinstance(step, str):
        return step
    return step.get(i18n.language()) or next(iter(step.values()), "")  # type: ignore[call-overload, no-any-return]


def _stage(stage: str) -> str:
    return _("to prepare") if stage == "preparation" else _("to run")


def _kpi(kpi: str) -> str:
    return _("provisional") if kpi == "provisional" else i18n.term("fixed")


def _value(metric: Metric | None) -> str:
    if metric is None or metric.value is None:
        return _("not known")
    label = _(definitions()[metric.name].label)
    return f"{label} {said(metric, metric.value)}"


def _evidence(row: Row) -> str:
    """Each figure, what it has to reach, and whether it does; and whether the KPI is fixed."""
    figures = i18n.several([_figure(metric) for metric in row.evidence], "; ") or _("no figure")
    return _("{figures}. KPI {kpi}.", figures=figures, kpi=_kpi(row.step.kpi))


def _figure(metric: Metric) -> str:
    label, aimed = _(definitions()[metric.name].label), said(metric, metric.target or 0.0)
    aim = _("at least {value}", value=aimed) if metric.wanted == "up" else _("at most {value}", value=aimed)
    if metric.value is None:
        return _("not known: {label} ({aim})", label=label, aim=aim)
    verdicts = {"met": _("met"), "missed": _("missed"), "unclear": _("cannot tell yet")}
    told = verdicts.get(metric.on_target or "", "–")
    return _("{verdict}: {label} {value} ({aim})", label=label, value=said(metric, metric.value), aim=aim, verdict=told)
