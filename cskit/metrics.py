"""One number with all that is needed to read it: interval, unit, wanted direction, basis, definition."""

from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from cskit.errors import SettingsError, did_you_mean

__all__ = ["Definition", "Metric", "definitions", "metric"]

WINGS = ("growth", "onboarding", "health", "nps", "workload", "support", "plays")

Basis = Literal["counted", "estimated", "assumed"]
Wanted = Literal["up", "down", "none"]
Unit = Literal["points", "share", "count", "money", "days", "hours", "month", "ratio"]


@dataclass(frozen=True, slots=True)
class Definition:
    """What a metric is: the entry of its wing's ``definitions.yaml``.

    >>> definitions()["nps.score"].unit, definitions()["nps.score"].wanted
    ('points', 'up')
    """

    name: str
    label: str
    unit: Unit
    wanted: Wanted
    formula: str
    rows: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """A value as a report states it.

    Parameters
    ----------
    name : str
        ``wing.metric``, as in ``docs/definitions.md``.
    value : float, str or None
        Shares 0 to 1, NPS in points, months as ``YYYY-MM``; None when it cannot be computed.
    low, high : float, str or None
        Interval of an estimate, or bounds from what is not known; months as ``YYYY-MM``.
    n, n_before : int or None
        Rows it rests on, now and in the period of comparison: answers, onboardings, customers.
    before, year_before : float, str or None
        The same in the period of comparison, and a year before.
    versus : str or None
        First and last day of the period of comparison, ``YYYY-MM-DD/YYYY-MM-DD``.
    change_low, change_high : float or None
        Interval of ``value - before``, for estimates.
    target : float or None
        From params.
    target_by : str or None
        The day it is meant for, ``YYYY-MM-DD``, where that is still to come: nothing is met or missed before.

    Examples
    --------
    >>> metric("nps.score", 6.4, "estimated", low=-12.5, high=24.5, n=47).unit
    'points'
    """

    name: str
    value: float | str | None
    unit: Unit
    wanted: Wanted
    basis: Basis
    definition: str
    low: float | str | None = None
    high: float | str | None = None
    n: int | None = None
    n_before: int | None = None
    before: float | str | None = None
    year_before: float | str | None = None
    versus: str | None = None
    change_low: float | None = None
    change_high: float | None = None
    target: float | None = None
    target_by: str | None = None

    @property
    def change(self) -> float | None:
        """Value minus the value before; None where either is missing or not a number."""
        if isinstance(self.value, int | float) and isinstance(self.before, int | float):
            return self.value - self.before
        return None

    @property
    def movement(self) -> Literal["better", "worse", "moved", "same", "unclear"] | None:
        """How the change may be called: never from the point alone.

        A count moved by what it moved; that is good or bad news only where its share of ``n`` moved the same way, as
        more customers bring more of everything. An estimate moved only when the interval of its change excludes none.
        """
        change = self.change
        if change is None:
            return None
        if self.basis != "counted":
            if self.change_low is None or self.change_high is None or self.change_low <= 0 <= self.change_high:
                return "unclear"
        elif change == 0:
            return "same"
        if self.wanted == "none" or not self._share_agrees(change):
            return "moved"
        return "better" if (change > 0) == (self.wanted == "up") else "worse"

    def _share_agrees(self, change: float) -> bool:
        if self.unit != "count" or not self.n or not self.n_before:
            return True
        return (float(self.value or 0) / self.n - float(self.before or 0) / self.n_before) * change > 0

    @property
    def on_target(self) -> Literal["met", "missed", "unclear"] | None:
        """Against the target; unclear where an interval or bounds hold it, or an estimate has none."""
        if self.target is None or self.target_by or not isinstance(self.value, int | float) or self.wanted == "none":
            return None
        if self.basis != "counted" and (self.low is None or self.high is None):
            return "unclear"
        low = self.low if isinstance(self.low, int | float) else self.value
        high = self.high if isinstance(self.high, int | float) else self.value
        met, missed = low >= self.target, high < self.target
        if self.wanted == "down":
            met, missed = high <= self.target, low > self.target
        return "met" if met else "missed" if missed else "unclear"

    def as_json(self) -> dict[str, Any]:
        """What ``metrics.json`` holds: everything but the name."""
        fields = asdict(self)
        fields["direction"] = fields.pop("wanted")
        del fields["name"]
        return fields


OWN: dict[str, Definition] = {}  # of notebooks of one's own; see cskit.extend


def definitions() -> dict[str, Definition]:
    """Every metric of every wing, and of notebooks of one's own, by full name.

    >>> definitions()["nps.score"].unit
    'points'
    """
    return _of_the_kit() | OWN


@cache
def _of_the_kit() -> dict[str, Definition]:
    found = {}
    for wing in WINGS:
        text = files("cskit").joinpath(wing, "definitions.yaml").read_text(encoding="utf-8")
        for name, entry in yaml.safe_load(text).items():
            found[f"{wing}.{name}"] = Definition(name=f"{wing}.{name}", **entry)
    return found


def metric(name: str, value: float | str | None, basis: Basis, **rest: Any) -> Metric:
    """A metric with unit, wanted direction and definition looked up.

    Parameters
    ----------
    name : str
        As in its wing's ``definitions.yaml``.
    value : float, str or None
    basis : {"counted", "estimated", "assumed"}
    **rest
        Any other field of :class:`Metric`.

    Raises
    ------
    SettingsError
        If no wing defines it.

    Examples
    --------
    >>> metric("nps.score", 6.4, "estimated", low=-12.5, high=24.5, n=47).unit
    'points'
    """
    known = definitions()
    if name not in known:
        raise SettingsError(f"metric {name} is not defined.{did_you_mean(name, known)}")
    entry = known[name]
    return Metric(name, value, entry.unit, rest.pop("wanted", entry.wanted), basis, entry.formula, **rest)


def page() -> str:
    """``docs/definitions.md``: every metric with formula, unit, rows and source."""
    lines = [
        "# Definitions",
        "",
        "Every metric of `metrics.json`. Made by `make docs` from each analysis' `definitions.yaml`; edit those.",
        "Shares run from 0 to 1, NPS is in points, months are `YYYY-MM`. *Wanted* is the direction that is good news,",
        "unless params say otherwise for a period.",
    ]
    for wing in WINGS:
        lines += [
            "",
            f"## {wing}",
            "",
            "| metric | what it is | formula | unit | wanted | rows | source |",
            "|---|---|---|---|---|---|---|",
        ]
        own = [entry for name, entry in definitions().items() if name.startswith(f"{wing}.")]
        lines += [
            f"| `{d.name}` | {d.label} | {d.formula} | {d.unit} | {d.wanted} | {d.rows} | {d.source} |" for d in own
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
