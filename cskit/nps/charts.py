"""Figures on NPS."""

from matplotlib.axes import Axes
from matplotlib.dates import date2num

from cskit import i18n
from cskit.i18n import _
from cskit.nps.analysis import Study
from cskit.nps.waves import Wave
from cskit.show import Chart
from cskit.style import COLOURS, Width, chart, interval_rows

__all__ = ["change", "trend"]


def change(study: Study) -> Chart:
    """The two waves with their intervals."""
    pair = [wave for wave in (study.before, study.now) if wave]

    def draw(ax: Axes, width: Width) -> None:
        rows = [(_label(wave), wave.nps, wave.interval.low, wave.interval.high, i18n.points(wave.nps)) for wave in pair]
        interval_rows(ax, rows, narrow=width == "narrow")
        ax.set_xlabel(_("NPS, points"))

    alt = " ".join(
        _(
            "NPS of {wave}: {nps}, interval {low} to {high}.",
            wave=wave.name,
            nps=i18n.points(wave.nps),
            low=i18n.points(wave.interval.low),
            high=i18n.points(wave.interval.high),
        )
        for wave in pair
    )
    return chart(draw, alt, _caption(study, pair), 0.7 + 0.75 * len(pair))


def trend(study: Study) -> Chart:
    """All waves known, in the order of their closing."""
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
        ax.set_xticks(days, [_two_lines(wave, width) for wave in waves])
        ax.set_ylabel(_("NPS, points"))
        ax.margins(x=0.18)

    said = "; ".join(f"{wave.name} {i18n.points(wave.nps)}" for wave in waves)
    return chart(draw, _("NPS by wave: {waves}.", waves=said), _caption(study, waves), 2.6)


def _label(wave: Wave) -> str:
    return f"{wave.name}\n" + i18n.n_("{n} answer", "{n} answers", wave.answers)


def _two_lines(wave: Wave, width: Width) -> str:
    name = wave.name if width == "wide" else wave.name.replace(" ", "\n", 1)
    return f"{name}\nn={i18n.number(wave.answers)}"


def _caption(study: Study, waves: list[Wave] | tuple[Wave, ...]) -> str:
    if any(wave.clustered for wave in waves):
        return _("NPS with its {level} interval, wider where people of one company answer alike.", level=study.level)
    return _("NPS with its {level} adjusted-Wald interval.", level=study.level)
