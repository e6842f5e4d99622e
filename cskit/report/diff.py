"""Which figures moved from one run to another, and why: time, other inputs, other settings, other code?"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from cskit.errors import CskitError, did_you_mean
from cskit.metrics import Metric
from cskit.report.causes import Causes, causes
from cskit.report.course import Stop, redefined
from cskit.report.index import period_of, read_metrics
from cskit.report.manifest import read_manifest
from cskit.report.outputs import Finding, metrics_of
from cskit.report.restated import Restated, alike, common_days, days_of, restated

__all__ = ["Diff", "Figure", "Move", "as_json", "diff", "find_run", "move_of"]

Move = Literal["better", "worse", "moved", "unclear", "same", "redefined", "new", "gone"]
ORDER: tuple[Move, ...] = ("worse", "better", "moved", "redefined", "new", "gone", "unclear", "same")


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric in two runs.

    Parameters
    ----------
    name : str
    before, after : Metric or None
        None where a run does not have it.
    move : str
        See :func:`move_of`.

    Examples
    --------
    >>> from cskit.metrics import metric
    >>> Figure("nps.score", metric("nps.score", 6.4, "estimated"), None, "gone").known.value
    6.4
    """

    name: str
    before: Metric | None
    after: Metric | None
    move: Move

    @property
    def known(self) -> Metric:
        """The later one of those there are."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Diff:
    """Two runs side by side.

    Parameters
    ----------
    before, after : str
        What the runs are called.
    one_period : bool
        Both are of the same: time moved nothing.
    figures : tuple of Figure
        What moved comes first.
    causes : Causes
    restated : tuple of Restated
        Figures of earlier days that the later run states otherwise.
    comparable : bool
        Both runs state figures of the same days; otherwise nothing can be said of restatement.
    currency : str
        Of the later run.

    Examples
    --------
    >>> Diff("2023Q1", "2023Q2", False, (), Causes(notebooks=("03_nps.ipynb",)), (), True, "JPY").because
    'method'
    """

    before: str
    after: str
    one_period: bool
    figures: tuple[Figure, ...]
    causes: Causes
    restated: tuple[Restated, ...]
    comparable: bool
    currency: str

    @property
    def because(self) -> Literal["data", "method", "either", "unknown"]:
        """What a figure of the same days can differ for."""
        if self.causes.data and self.causes.method:
            return "either"
        return "data" if self.causes.data else "method" if self.causes.method else "unknown"


def diff(before: Path, after: Path) -> Diff:
    """Compare two published runs.

    Parameters
    ----------
    before, after : Path
        Their folders: the one looked back to, and the one looked back from.

    Raises
    ------
    CskitError
        If one of them holds no run of one pack.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.metrics import metric
    >>> from cskit.report.manifest import write_json
    >>> settings = {"calendar": {"first_fiscal_month": 4}, "money": {"currency": "JPY"}}
    >>> with TemporaryDirectory() as folder:
    ...     for name, value in (("monday", 6.4), ("friday", 7.0)):
    ...         Path(folder, name).mkdir()
    ...         write_json({"period": "2023Q2", "settings": {"all": settings}}, Path(folder, name, "manifest.json"))
    ...         score = metric("nps.score", value, "estimated").as_json()
    ...         write_json({"nps.score": score}, Path(folder, name, "metrics.json"))
    ...     found = diff(Path(folder, "monday"), Path(folder, "friday"))
    >>> found.one_period, [(one.name, one.move) for one in found.figures], found.because
    (True, [('nps.score', 'better')], 'unknown')
    """
    then, now = _stop(before), _stop(after)
    one_period = days_of(then.period) == days_of(now.period)
    other = set(redefined(then, now))
    figures = []
    for name in sorted({*then.metrics, *now.metrics}):
        pair = then.metrics.get(name), now.metrics.get(name)
        move = "redefined" if name in other else move_of(*pair, then, one_period)
        if any(one is not None and one.value is not None for one in pair):
            figures.append(Figure(name, *pair, move))  # type: ignore[arg-type]
    own = days_of(now.period) if one_period else ""
    return Diff(
        _name(before),
        _name(after),
        one_period,
        tuple(sorted(figures, key=lambda figure: ORDER.index(figure.move))),
        causes(before, after),
        tuple(one for one in restated(then, now) if one.days != own),
        bool(common_days(then, now)),
        now.settings["money"]["currency"],
    )


def move_of(before: Metric | None, after: Metric | None, then: Stop, one_period: bool) -> Move:
    """How a figure may be said to have moved, never from the point alone.

    Of one period any difference is a fact: both runs speak of the same rows or should. From period to period a count
    moved by what it moved; an estimate only where the interval of its change excludes none, or, where the later run
    does not compare with this very period, where the two intervals do not meet.

    >>> from cskit.metrics import metric
    >>> from cskit.periods import parse
    >>> before, after = (metric("nps.score", one, "estimated", low=one - 9, high=one + 9) for one in (6.4, 10.0))
    >>> [move_of(before, after, Stop(parse("2023Q1"), {}, {}), one_period) for one_period in (False, True)]
    ['unclear', 'better']
    """
    if before is None or before.value is None:
        return "same" if after is None or after.value is None else "new"
    if after is None or after.value is None:
        return "gone"
    if alike(before.value, after.value) and (one_period or after.basis == "counted"):
        return "same"
    if isinstance(after.value, str) or isinstance(before.value, str):
        return "moved" if one_period or after.basis == "counted" or _apart(before, after) else "unclear"
    low, high = _change(before, after, then)
    basis = "counted" if one_period else after.basis
    judged = replace(
        after, before=before.value, n_before=before.n, change_low=low, change_high=high, basis=basis
    ).movement
    return judged or "unclear"


def _change(before: Metric, after: Metric, then: Stop) -> tuple[Any, Any]:
    """The interval of the change: the run's own if it is of this very change, else from end to end."""
    if after.versus == days_of(then.period) and alike(after.before, before.value) and after.change_low is not None:
        return after.change_low, after.change_high
    ends = [_ends(one) for one in (before, after)]
    if None in (*ends[0], *ends[1]):
        return None, None
    return ends[1][0] - ends[0][1], ends[1][1] - ends[0][0]


def _ends(metric: Metric) -> tuple[Any, Any]:
    counted = metric.basis == "counted"
    return (metric.value, metric.value) if counted else (metric.low, metric.high)


def _apart(before: Metric, after: Metric) -> bool:
    """Months whose intervals do not meet."""
    (low, high), (lower, higher) = _ends(before), _ends(after)
    return None not in (low, high, lower, higher) and (str(higher) < str(low) or str(high) < str(lower))


def find_run(named: str, out: Path) -> Path:
    """The folder of a run, by its path or by its name in the reports folder.

    Raises
    ------
    CskitError
        If there is no run of that name.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     out = Path(folder, "reports")
    ...     (out / "2023Q2").mkdir(parents=True)
    ...     (out / "2023Q2/manifest.json").touch()
    ...     find_run("2023Q2", out).name
    ...     find_run("2032Q2", out)
    Traceback (most recent call last):
        ...
    cskit.errors.CskitError: 2032Q2: no run of cskit, as there is no manifest.json. Did you mean 2023Q2? Found in
    reports/: 2023Q2.
    """
    for place in (out / named, Path(named)):
        if (place / "manifest.json").is_file():
            return place
    there = sorted(place.name for place in out.glob("[!.]*") if (place / "manifest.json").is_file())
    known = f" Found in {out.name}/: {', '.join(there)}." if there else f" There are no runs in {out}."
    raise CskitError(f"{named}: no run of cskit, as there is no manifest.json.{did_you_mean(named, there)}{known}")


def as_json(found: Diff) -> str:
    """The same for machines.

    >>> from cskit.metrics import metric
    >>> gone = Figure("nps.score", metric("nps.score", 6.4, "estimated", n=47), None, "gone")
    >>> told = json.loads(as_json(Diff("2023Q1", "2023Q2", False, (gone,), Causes(), (), True, "JPY")))
    >>> told["figures"][0]["before"], told["figures"][0]["after"]
    ({'value': 6.4, 'low': None, 'high': None, 'n': 47}, None)
    """
    told: dict[str, Any] = {
        "before": found.before,
        "after": found.after,
        "one_period": found.one_period,
        "figures": [
            {
                "name": one.name,
                "move": one.move,
                "unit": one.known.unit,
                "basis": one.known.basis,
                "before": _cell(one.before),
                "after": _cell(one.after),
            }
            for one in found.figures
        ],
        "causes": asdict(found.causes),
        "restated": {
            "comparable": found.comparable,
            "because": found.because,
            "figures": [{"name": one.name, "days": one.days, "was": one.was, "now": one.now} for one in found.restated],
        },
    }
    return json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False)


def _cell(metric: Metric | None) -> Mapping[str, Any] | None:
    return {"value": metric.value, "low": metric.low, "high": metric.high, "n": metric.n} if metric else None


def _stop(run: Path) -> Stop:
    """A run with its metrics and settings."""
    manifest = read_manifest(run)
    period = period_of(manifest)
    if "each" in manifest:
        parts = ", ".join(manifest.get("parts", {}).values())
        raise CskitError(f"{run}: several packs. Name one of them: {parts}.")
    if period is None:
        raise CskitError(f"{run}: its manifest.json does not say of which period it is. Make the run anew.")
    return Stop(period, metrics_of(Finding("ok", metrics=read_metrics(run))), manifest["settings"]["all"])


def _name(run: Path) -> str:
    """A run as people tell it from another: the name readers find it by, or the stamp it was made under."""
    return run.name if run.parent.parent.name != ".runs" else f"{run.parent.name}/{run.name}"
