"""Figures on NPS."""

from matplotlib.axes import Axes
from matplotlib.dates import date2num

from cskit import i18n
from cskit.i18n import _
from cskit.nps.analysis import Study
from cskit.nps.comments import Comments
from cskit.nps.events import Event
from cskit.nps.planning import Plan
from cskit.nps.segments import Segments
from cskit.nps.waves import Wave
from cskit.nps.weighting import Votes
from cskit.nps.words_people import named
from cskit.show import Chart, Finding
from cskit.style import COLOURS, Width, bar_rows, chart, interval_rows, segment_colour

__all__ = ["change", "comments", "plan", "segments", "trend", "votes"]


def change(study: Study) -> Chart:
    """The two waves with their intervals.

    >>> print(change(waves).alt)
    NPS of 2022 Autumn: +4.1, interval −12.8 to +20.5. NPS of 2023 Spring: +6.4, interval −12.5 to
    +24.5.
    """
    pair = [wave for wave in (study.before, study.now) if wave]

    def draw(ax: Axes, width: Width) -> None:
        rows = [(_label(wave), wave.nps, wave.interval.low, wave.interval.high, i18n.points(wave.nps)) for wave in pair]
        interval_rows(ax, rows, narrow=width == "narrow")
        ax.set_xlabel(_("NPS, points"))

    alt = i18n.sentences(
        *(
            _(
                "NPS of {wave}: {nps}, interval {low} to {high}.",
                wave=wave.name,
                nps=i18n.points(wave.nps),
                low=i18n.points(wave.interval.low),
                high=i18n.points(wave.interval.high),
            )
            for wave in pair
        )
    )
    return chart(draw, alt, _caption(study, pair), 0.7 + 0.75 * len(pair))


def trend(study: Study, events: tuple[Event, ...] = ()) -> Chart:
    """All waves known, in the order of their closing; what else happened is marked, the table beside it names it.

    >>> print(trend(waves, events).alt)
    NPS by wave: 2021 Autumn −5.4; 2022 Spring 0.0; 2022 Autumn +4.1; 2023 Spring +6.4.
    """
    waves = study.trend

    def draw(ax: Axes, width: Width) -> None:
        days = [float(date2num(wave.closed_on)) for wave in waves]
        for day, wave in zip(days, waves, strict=True):
            ends = [wave.interval.low, wave.interval.high]
            ax.plot([day, day], ends, color=COLOURS["pale"], lw=6, solid_capstyle="round", zorder=1)
            ax.annotate(
                i18n.points(wave.nps),
                (day, wave.nps),
                (9, 0),
                textcoords="offset points",
                va="center",
                weight="bold",
            )
        ax.plot(days, [wave.nps for wave in waves], "o", ms=7, color=COLOURS["ink"], zorder=3)
        ax.axhline(0, color=COLOURS["soft"], lw=0.8, zorder=0)
        for event in events:
            day = float(date2num(event.on))
            ax.axvline(day, ymax=0.94, color=COLOURS["line"], lw=1, zorder=0)
            place = ((day, 0.95), "data", "axes fraction")
            ax.annotate(event.sign, place[0], xycoords=place[1:], ha="center", va="bottom", color=COLOURS["soft"])
        ax.set_xticks(days, [_two_lines(wave, width) for wave in waves])
        ax.set_ylabel(_("NPS, points"))
        ax.margins(x=0.18)

    said = i18n.several(f"{wave.name} {i18n.points(wave.nps)}" for wave in waves)
    caption = i18n.sentences(_caption(study, waves), _("Letters: what else happened.") if events else "")
    return chart(draw, _("NPS by wave: {waves}.", waves=said), caption, 2.6)


def _label(wave: Wave) -> str:
    return f"{wave.name}\n" + i18n.n_("{n} answer", "{n} answers", wave.answers)


def _two_lines(wave: Wave, width: Width) -> str:
    name = wave.name if width == "wide" else wave.name.replace(" ", "\n", 1)
    return f"{name}\nn={i18n.number(wave.answers)}"


def _caption(study: Study, waves: list[Wave] | tuple[Wave, ...]) -> str:
    if any(wave.weighted for wave in waves):
        return _("NPS with its {level} interval; answers count by their weights.", level=study.level)
    if any(wave.clustered for wave in waves):
        return _("NPS with its {level} interval, wider where people of one company answer alike.", level=study.level)
    return _("NPS with its {level} adjusted-Wald interval.", level=study.level)


def votes(study: Study, found: Votes) -> Chart:
    """The newest wave with one vote a person, a company, a unit of ARR.

    >>> from cskit.facts import arr_by_customer
    >>> from cskit import nps
    >>> print(votes(waves, nps.votes(run, waves, arr_by_customer(run.data))).alt)
    NPS by person: +6.4, interval −12.5 to +24.5. NPS by company: +5.7, interval −16.4 to +26.9. NPS by
    ARR: −10.7, interval −70.0 to +51.1.
    """
    rows = [(_("by person"), found.respondent), (_("by company"), found.company)]
    if found.arr:
        rows.append((_("by ARR"), found.arr))
    ends = [(name, each.nps, each.interval.low, each.interval.high, i18n.points(each.nps)) for name, each in rows]

    def draw(ax: Axes, width: Width) -> None:
        interval_rows(ax, ends, narrow=width == "narrow")
        ax.set_xlabel(_("NPS, points"))

    alt = i18n.sentences(
        *(
            _(
                "NPS {votes}: {nps}, interval {low} to {high}.",
                votes=row[0],
                nps=row[4],
                low=i18n.points(row[2]),
                high=i18n.points(row[3]),
            )
            for row in ends
        )
    )
    n = i18n.number(found.company.companies)
    caption = _("{wave}, with {level} intervals over {n} companies.", wave=found.wave.name, level=study.level, n=n)
    return chart(draw, alt, caption, 0.7 + 0.7 * len(ends))


def segments(study: Study, found: Segments | None) -> Chart | Finding:
    """NPS by segment in the newest wave.

    >>> from cskit import nps
    >>> print(segments(waves, nps.segments(run, waves)).alt)
    NPS enterprise + mid-size, 25 answers: +12.0, interval −11.6 to +33.0. NPS small, 22 answers: 0.0,
    interval −28.8 to +28.8.
    """
    if found is None:
        return Finding("")
    shown = found.rows[found.rows["nps"].notna()]
    rows = [
        (
            named(str(name)) + "\n" + i18n.n_("{n} answer", "{n} answers", int(row["n"])),
            row["nps"],
            row["low"],
            row["high"],
            i18n.points(row["nps"]),
        )
        for name, row in shown.iterrows()
    ]

    def draw(ax: Axes, width: Width) -> None:
        narrow = width == "narrow"
        interval_rows(
            ax,
            [(i18n.several(row[0].split("\n"), ", ") if narrow else row[0], *row[1:]) for row in rows],
            narrow=narrow,
            colours=[segment_colour(str(name)) for name in shown.index],
        )
        ax.set_xlabel(_("NPS, points"))

    alt = i18n.sentences(
        *(
            _(
                "NPS {votes}: {nps}, interval {low} to {high}.",
                votes=i18n.several(row[0].split("\n"), ", "),
                nps=row[4],
                low=i18n.points(row[2]),
                high=i18n.points(row[3]),
            )
            for row in rows
        )
    )
    caption = _(
        "{wave} by segment, with {level} intervals; segments of fewer than {n} answers are shown together.",
        wave=study.now.name,
        level=study.level,
        n=study.minimum_cell,
    )
    return chart(draw, alt, caption, 0.7 + 0.75 * len(rows))


def plan(study: Study, found: Plan | None) -> Chart | Finding:
    """Answers a wave by the change they show, and today's.

    >>> from cskit import nps
    >>> print(plan(waves, nps.plan(run, waves)).alt)
    Answers a wave: to see 5 points 2,539; to see 10 points 635; to see 20 points 159; today 47.
    """
    if found is None:
        return Finding("")
    bars = [*found.needed.values(), study.now.answers]
    labels = [_("to see {points} points", points=i18n.number(points)) for points in found.needed] + [_("today")]
    widest = max(bars)

    def draw(ax: Axes, width: Width) -> None:
        colours = [COLOURS["pale"]] * (len(bars) - 1) + [COLOURS["ink"]]
        ax.barh(range(len(bars)), bars, color=colours, height=0.55)
        for place, value in enumerate(bars):
            ax.annotate(i18n.number(value), (value, place), (6, 0), textcoords="offset points", va="center")
        bar_rows(ax, labels)
        ax.set_xlim(0, widest * (1.15 if width == "wide" else 1.3))

    said = i18n.several(f"{label} {i18n.number(value)}" for label, value in zip(labels, bars, strict=True))
    caption = _("Answers each of two waves needs to show a change 8 times in 10.")
    return chart(draw, _("Answers a wave: {rows}.", rows=said), caption, 0.5 + 0.4 * len(bars))


def comments(study: Study, found: Comments | None) -> Chart | Finding:
    """Comments by category; by promoters, passives and detractors where each group is large enough.

    >>> from cskit import nps
    >>> print(comments(waves, nps.comments(run, waves)).alt)
    Comments by category: ease of use 18; features 17; support 15; price 8; what it brings 8; our
    contact with them 7.
    """
    if found is None or found.counts.empty:
        return Finding("")
    names = [i18n.term(str(name)) for name in found.counts.index]
    colours = {1: COLOURS["good"], 0: COLOURS["pale"], -1: COLOURS["action"]}
    kinds = {1: _("promoters"), 0: _("passives"), -1: _("detractors")}
    said = []

    def draw(ax: Axes, width: Width) -> None:
        for place, (_name, row) in enumerate(found.counts.iterrows()):
            left = 0.0
            if row[[1, 0, -1]].isna().any():
                ax.barh(place, row["n"], color=COLOURS["soft"], height=0.55)
            else:
                for kind in colours:
                    ax.barh(place, row[kind], left=left, color=colours[kind], height=0.55)
                    left += row[kind]
            ax.annotate(i18n.number(row["n"]), (row["n"], place), (6, 0), textcoords="offset points", va="center")
        bar_rows(ax, names)
        ax.set_xlim(0, float(found.counts["n"].max()) * (1.15 if width == "wide" else 1.3))

    for name, (_code, row) in zip(names, found.counts.iterrows(), strict=True):
        parts = [] if row[[1, 0, -1]].isna().any() else [f"{kinds[kind]} {i18n.number(row[kind])}" for kind in kinds]
        said.append(f"{name} {i18n.number(row['n'])}" + (f" ({', '.join(parts)})" if parts else ""))
    whole = found.counts[[1, 0, -1]].isna().any(axis=1)
    caption = (
        _("Comments by category.")
        if whole.all()
        else _("Comments by category: green promoters, pale passives, red detractors.")
    )
    if whole.any():
        caption = i18n.sentences(
            caption, _("One colour where a group of fewer than {n} would show.", n=study.minimum_cell)
        )
    return chart(draw, _("Comments by category: {rows}.", rows=i18n.several(said)), caption, 0.5 + 0.38 * len(names))
