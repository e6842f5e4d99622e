"""What if weights, bands, thresholds or caps were others? Who would change grade, why, and would it foretell churn?"""

from collections.abc import Iterator

from cskit import i18n
from cskit.explore import Choice, Explorer, Number, Panel, Shares, Tried, key_figures
from cskit.explore.called import UNITS, amount_of
from cskit.explore.controls import Control
from cskit.health import charts, words
from cskit.health.analysis import Study
from cskit.health.backtest import Backtest
from cskit.health.regraded import Regrading
from cskit.health.score import GRADES
from cskit.health.snapshot import Snapshot
from cskit.health.words_regraded import regraded, regraded_rows, reproved
from cskit.i18n import _
from cskit.run import Run
from cskit.settings import Health

__all__ = ["what_if"]

ALL = ("health.",)


def what_if(run: Run, study: Study, proof: Backtest | None = None) -> Explorer:
    """Sliders for the rules of the health score, and what the report would say by them.

    Parameters
    ----------
    run : Run
    study : Study
    proof : Backtest or None
        Its days are graded by the rules tried, too; None: no back-test is shown.

    Examples
    --------
    >>> explorer = what_if(run, health, proof)
    >>> explorer.move("health.grades.good", 80)
    >>> print(explorer.panel(1).text)
    As many customers would be at risk as published: 18. 82 customers would get another grade: 0 a
    better one, 82 a worse one.
    """
    again = Regrading(run, study, proof)

    def tried(what: Tried) -> Study:
        return again.study(what.settings.health)

    def now(what: Tried) -> Snapshot:
        return again.now(what.settings.health)

    panels = (
        Panel(lambda what: charts.regraded(study.now, now(what)), ALL),
        Panel(lambda what: regraded(study.now, now(what)), ALL),
        Panel(key_figures(words.headline(run, study), lambda what: words.headline(run, tried(what))), ALL),
        Panel(lambda what: regraded_rows(study, now(what), what.settings.health), ALL),
        Panel(lambda what: charts.backtest(again.proof(what.settings.health)), ALL),
        Panel(lambda what: reproved(run, proof, again.proof(what.settings.health)), ALL),
    )
    return Explorer(run, _controls(study.rules), panels)


def _controls(rules: Health) -> list[Control]:
    """Thresholds first, then weights from the coarse to the fine, caps, and the points of each item's bands."""
    return [
        *(_threshold(grade) for grade in ("good", "sound", "caution")),
        *_weights(rules),
        *(control for place in range(len(rules.caps)) for control in _cap(rules, place)),
        *(control for name in rules.items for control in _bands(rules, name)),
    ]


def _threshold(grade: str) -> Control:
    label = _("{grade} from", grade=i18n.term(grade))
    return Number(f"health.grades.{grade}", label, 1, 99, 1, _("points"), group=_("Grades"))


def _weights(rules: Health) -> Iterator[Control]:
    """Of the dimensions, and of the items within each that has several."""
    whole = {f"health.dimensions.{name}": i18n.term(name) for name, weight in rules.dimensions.items() if weight}
    yield Shares(whole, _("Weights"), _("Of the dimensions"))
    for dimension in rules.dimensions:
        mine = [name for name, item in rules.items.items() if item.dimension == dimension]
        if len(mine) > 1:
            own = {f"health.items.{name}.weight": i18n.term(name) for name in mine}
            yield Shares(own, _("Weights"), _("Within {dimension}", dimension=i18n.term(dimension)), least=0.01)


def _cap(rules: Health, place: int) -> Iterator[Control]:
    """From what value on, where that is no yes or no, and how good a grade it leaves."""
    cap, group = rules.caps[place], _("Caps")
    label = i18n.term(cap.item)
    if cap.start > 1:
        unit = _("days") if UNITS.get(cap.item) == "days" else ""
        yield Number(f"health.caps.{place}.from", _("{item} from", item=label), 1, 4 * cap.start, 1, unit, group=group)
    options = {grade: i18n.term(grade) for grade in reversed(GRADES)}
    yield Choice(f"health.caps.{place}.at_most", _("{item}: at best", item=label), options, group)


def _bands(rules: Health, name: str) -> Iterator[Control]:
    """The points that each band of an item gives."""
    part = i18n.term(name)
    for place, band in enumerate(rules.items[name].bands):
        label = _("from {value}: points", value=amount_of(name, band.start))
        path, group = f"health.items.{name}.bands.{place}.points", _("Points of the items")
        yield Number(path, label, 0, 100, 5, group=group, part=part)
