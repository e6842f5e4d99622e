"""Figures of the balance over self shares: what it costs, what is learnt, and where the limits are kept to."""

from collections.abc import Callable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cskit import i18n
from cskit.i18n import _
from cskit.onboarding.balance import Plan
from cskit.onboarding.rebalanced import Rebalanced
from cskit.onboarding.words_rebalanced import kept
from cskit.show import Chart
from cskit.style import COLOURS, Width, chart, shares_axis, target_line

__all__ = ["cost", "known"]


def cost(found: Rebalanced, published: Plan | None) -> Chart:
    """Least cost at each self share, within the limits and without; the best, the published and the one asked for.

    >>> from cskit.explore import Tried
    >>> from cskit.onboarding.rebalanced import Rebalancing
    >>> found = Rebalancing(run, balance).found(Tried(run.settings, {"self_share": 0.5}))
    >>> print(cost(found, balance.best).alt)
    Least cost a year by self-onboarding share: balanced, 12 %: ¥11M; cheapest, 50 %: ¥6.7M; last 12
    months, 65 %: ¥6.7M. Self-onboarding shares of 0 % to 35 % keep to the limits.
    """

    def draw(ax: Axes, width: Width) -> None:
        _lines(ax, found, lambda one: one.cost)
        marks = [_mark(ax, one, said, look) for said, (one, look) in _marks(found, published).items()]
        # Above all lines, wherever they bend.
        key = ax.legend(handles=marks, loc="upper center", ncols=2, frameon=False, handletextpad=0.1, columnspacing=1.5)
        key.set_in_layout(False)  # it lies within the axes: measured once is enough
        top = max(one.cost for one in (*found.free, *found.within, found.now))
        ax.set_ylim(0, 1.3 * top)
        ax.set_yticks([tick for tick in MaxNLocator(5).tick_values(0, top) if tick <= top])  # none behind the key
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: i18n.money(value)))
        ax.grid(axis="y", color=COLOURS["line"], lw=0.8)
        ax.set_axisbelow(True)
        ax.set_ylabel(_("cost a year"))

    said = (_said(one, name) for name, (one, _look) in _marks(found, published).items())
    alt = i18n.sentences(
        _("Least cost a year by self-onboarding share: {marks}.", marks=i18n.several(said)), kept(found)
    )
    what = _("Hours and expected loss of gross margin a year, of the cheapest mix at each self-onboarding share.")
    return chart(draw, alt, _caption(what), 3.0)


def known(found: Rebalanced) -> Chart:
    """What the same mixes learn, and what is to be learnt.

    >>> from cskit.explore import Tried
    >>> from cskit.onboarding.rebalanced import Rebalancing
    >>> found = Rebalancing(run, balance).found(Tried(run.settings, {"self_share": 0.5}))
    >>> print(known(found).alt)
    Learnt in time by self-onboarding share: 54 % at 50 %. Self-onboarding shares of 0 % to 35 % keep to
    the limits.
    """
    least, shown = found.limits.knowledge, found.shown

    def draw(ax: Axes, width: Width) -> None:
        _lines(ax, found, lambda one: one.knowledge)
        target_line(ax, least, "", upright=False)
        told = _("at least {value}", value=i18n.share(least, 0))
        ax.annotate(told, (1, least), (0, 4), textcoords="offset points", color=COLOURS["soft"], ha="right")
        ax.plot(shown.self_share, shown.knowledge, "D", ms=7, color=COLOURS["ink"], zorder=4)
        text = i18n.share(shown.knowledge, 0)
        ax.annotate(text, (shown.self_share, shown.knowledge), (8, 6), textcoords="offset points")
        shares_axis(ax, 1.05)
        ax.set_ylabel(_("learnt in time"))

    values = {"share": i18n.share(shown.self_share, 0), "known": i18n.share(shown.knowledge, 0)}
    alt = _("Learnt in time by self-onboarding share: {known} at {share}.", **values)
    return chart(draw, i18n.sentences(alt, kept(found)), _caption(_("Learnt in time by the same mixes.")), 2.3)


def _marks(found: Rebalanced, published: Plan | None) -> dict[str, tuple[Plan, dict[str, Any]]]:
    """Plans by their names, with how each is marked."""
    best = found.best if isinstance(found.best, Plan) else None
    marks: dict[str, tuple[Plan | None, dict[str, Any]]] = {
        _("balanced"): (best, {"marker": "o", "ms": 9, "color": COLOURS["accent"]}),
        _("published"): (
            published if published and not (best and _alike(best, published)) else None,
            {"marker": "o", "ms": 9, "color": COLOURS["accent"], "mfc": "none"},
        ),
        _("cheapest"): (found.shown, {"marker": "D", "ms": 7, "color": COLOURS["ink"]}),
        _("last 12 months"): (found.now, {"marker": "s", "ms": 7, "color": COLOURS["soft"]}),
    }
    return {name: (one, look) for name, (one, look) in marks.items() if one}


def _mark(ax: Axes, one: Plan, name: str, look: dict[str, Any]) -> Line2D:
    return ax.plot(one.self_share, one.cost, ls="none", zorder=4, label=_said(one, name), **look)[0]


def _said(one: Plan, name: str) -> str:
    values = {"cost": i18n.money(one.cost), "share": i18n.share(one.self_share, 0)}
    return _("{what}, {share}: {cost}", what=name, **values)


def _alike(one: Plan, other: Plan) -> bool:
    return abs(one.self_share - other.self_share) < 0.005 and i18n.money(one.cost) == i18n.money(other.cost)


def _lines(ax: Axes, found: Rebalanced, of: Callable[[Plan], float]) -> None:
    """Without limits pale, within them strong, over the shares that keep to them."""
    if found.kept:
        ax.axvspan(found.kept.low, found.kept.high, color=COLOURS["accent"], alpha=0.08, lw=0, zorder=0)
    for plans, look in (
        (found.free, {"color": COLOURS["pale"]}),
        (found.within, {"color": COLOURS["accent"], "lw": 3}),
    ):
        ax.plot([one.self_share for one in plans], [of(one) for one in plans], **look)  # type: ignore[arg-type]
    ax.set_xlim(-0.01, 1.01)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: i18n.share(value, 0)))
    ax.set_xlabel(_("self-onboarding share"))


def _caption(what: str) -> str:
    return i18n.sentences(what, _("Strong line and shade: within the limits; pale line: without them."))
