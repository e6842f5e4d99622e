"""What would another mix of support modes take? Meetings, meeting hours and total hours, never one of them alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cskit.data import Data
from cskit.periods import months_away
from cskit.result import Result
from cskit.run import Run
from cskit.settings import Mode, Workload
from cskit.shared import shared
from cskit.workload.served import Served, mode_on

__all__ = ["Load", "Mixes", "in_modes", "load_of", "mixed", "mixes"]


@dataclass(frozen=True, slots=True)
class Load(Result):
    """What a mix of modes takes in a month.

    Parameters
    ----------
    customers : dict of str to int
        By mode.
    meetings, meeting_hours, total_hours : float
        A month; the total with preparation, follow-up and moving.
    nothing_new : float
        Meetings a month in which there is nothing new.

    Examples
    --------
    Twelve customers met monthly for 40 minutes: see :func:`load_of`, which makes it.

    >>> Load({"monthly": 12}, 12.0, 8.0, 24.0, 3.6).total_hours
    24.0
    """

    customers: dict[str, int]
    meetings: float
    meeting_hours: float
    total_hours: float
    nothing_new: float


@dataclass(frozen=True, slots=True)
class Mixes(Result):
    """The mix a year ago, today's, and the one asked about, each with the modes as they are lived today.

    Parameters
    ----------
    before : Load or None
        None where nobody had a mode then.
    moved : dict of str to int
        Customers who would change, by the mode they have.
    assumed : tuple of str
        Modes whose values are taken from settings, or rest on standard minutes.
    other : tuple of str
        Modes somebody would be in that are asked about with other values than they are lived with.

    Examples
    --------
    >>> len(mixes(run, lived).moved)
    4
    """

    before: Load | None
    now: Load
    what_if: Load
    moved: dict[str, int]
    assumed: tuple[str, ...]
    other: tuple[str, ...] = ()

    @property
    def more(self) -> float:
        """Hours a month by which the mix asked about takes more than today's."""
        return self.what_if.total_hours - self.now.total_hours


def load_of(customers: Mapping[str, int], modes: Mapping[str, Mode], reschedule_minutes: float) -> Load:
    """Add up a mix.

    Examples
    --------
    Twelve customers met monthly for 40 minutes with 80 minutes around it; then quarterly for 90 with as much around it:

    >>> monthly = Mode(per_year=12, minutes=40, prep=40, followup=40, moved=0, nothing_new=0.3)
    >>> quarterly = monthly.model_copy(update={"per_year": 4, "minutes": 90})
    >>> one = load_of({"monthly": 12}, {"monthly": monthly}, 0)
    >>> other = load_of({"operation": 12}, {"operation": quarterly}, 0)
    >>> one.meetings, one.meeting_hours, one.total_hours
    (12.0, 8.0, 24.0)
    >>> round(other.meetings / one.meetings, 2), other.meeting_hours / one.meeting_hours
    (0.33, 0.75)
    """
    sums = [0.0] * 4
    for name, n in customers.items():
        mode = modes[name]
        count = n * mode.per_year / 12
        around = mode.prep + mode.followup + mode.moved * reschedule_minutes
        for place, value in enumerate((1.0, mode.minutes / 60, (mode.minutes + around) / 60, mode.nothing_new)):
            sums[place] += count * value
    return Load(dict(customers), *sums)


@shared
def mixes(run: Run, found: tuple[Served, ...] | None) -> Mixes | None:
    """The three mixes, with the modes as :func:`served` found them; None where no customer has a mode on record.

    >>> len(mixes(run, lived).moved)
    4
    """
    return mixed(*in_modes(run.data), found, run.settings.workload) if found else None


def in_modes(data: Data) -> tuple[dict[str, int], dict[str, int]]:
    """Customers by the mode they are in: a year before, and on the day of the data.

    >>> then, now = in_modes(run.data)
    >>> then["monthly"], now["monthly"], now["operation"]
    (94, 56, 60)
    """
    then, now = (mode_on(part, part.as_of) for part in (data.at(months_away(data.as_of, -12)), data))
    return _counted(then), _counted(now)


def mixed(then: Mapping[str, int], now: Mapping[str, int], found: tuple[Served, ...], rules: Workload) -> Mixes:
    """The mixes of customers by mode, and the one asked about.

    Parameters
    ----------
    then, now : mapping of str to int
        Customers by mode; see :func:`in_modes`.
    found : tuple of Served
        The modes as they are lived; where one is not in it, as settings say.
    rules : Workload

    Examples
    --------
    All who are met monthly or weekly would be in operation mode:

    >>> asked = mixed({}, {"monthly": 12, "weekly": 3}, lived, run.settings.workload)
    >>> asked.moved, asked.what_if.customers, asked.before is None
    ({'monthly': 12, 'weekly': 3}, {'operation': 15}, True)
    >>> round(asked.now.total_hours), round(asked.more)
    (47, -32)
    """
    lived: dict[str, Mode] = {**rules.modes} | {one.name: one.mode for one in found}
    asked, moved = dict.fromkeys(now, 0), {}
    for name, n in now.items():
        to = rules.what_if.moves.get(name, name)  # type: ignore[call-overload]
        asked[to] = asked.get(to, 0) + n
        if to != name:
            moved[name] = n
    others: dict[str, Any] = {str(name): own for name, own in rules.what_if.modes.items()}
    wished = {name: mode.model_copy(update=others.get(name)) for name, mode in lived.items()}
    minutes = rules.reschedule_minutes
    involved = {**then, **now, **asked}
    measured = {one.name for one in found if one.basis == "measured"}
    return Mixes(
        load_of(then, lived, minutes) if then else None,
        load_of(now, lived, minutes),
        load_of({name: n for name, n in asked.items() if n}, wished, minutes),
        moved,
        tuple(name for name in involved if name not in measured and lived[name].per_year),
        tuple(name for name, n in asked.items() if n and wished[name] != lived[name]),
    )


def _counted(modes: pd.Series) -> dict[str, int]:
    return {str(name): int(n) for name, n in modes.value_counts().sort_index().items()}
