"""Which phase of growth are we in, by rules that everybody can read?"""

from dataclasses import dataclass
from typing import Literal, get_args

from cskit.result import Result
from cskit.settings import Fact, Phase, PhaseRule

__all__ = ["FACTS", "PHASES", "Check", "Stage", "stage"]

Name = Literal["zero_to_one", "one_to_ten", "ten_to_hundred"]
PHASES: tuple[Name, ...] = get_args(Name)
FACTS: tuple[Fact, ...] = get_args(Fact)


@dataclass(frozen=True, slots=True)
class Check(Result):
    """One rule, and whether it holds.

    Parameters
    ----------
    phase : str
        The phase whose rule it is.
    rule : PhaseRule
    value : float or None
        What was found; None: not known.

    Examples
    --------
    >>> page.stage.checks[0].phase, page.stage.checks[0].value
    ('one_to_ten', 481)
    """

    phase: Name
    rule: PhaseRule
    value: float | None

    @property
    def holds(self) -> bool | None:
        """None where it is not known."""
        if self.value is None:
            return None
        return self.value >= self.rule.least if self.rule.least is not None else self.value <= (self.rule.most or 0.0)


@dataclass(frozen=True)
class Stage(Result):
    """The phase, with the evidence.

    Parameters
    ----------
    now : str or None
        Of ``PHASES``; None where no rule of the first step can be told.
    low, high : str
        The phase if no unknown rule held, and if all did.
    checks : tuple of Check

    Examples
    --------
    >>> page.stage.now, page.stage.low, page.stage.high
    ('ten_to_hundred', 'ten_to_hundred', 'ten_to_hundred')
    """

    now: Name | None
    low: Name
    high: Name
    checks: tuple[Check, ...]

    @property
    def provisional(self) -> bool:
        """Whether what is not known could make it another phase."""
        return self.low != self.high

    def of(self, phase: str) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.phase == phase)

    @property
    def lacking(self) -> tuple[Check, ...]:
        """Rules of this phase, and of the one to come, that do not hold."""
        place = PHASES.index(self.now or "zero_to_one")
        near = PHASES[place : place + 2]
        return tuple(check for check in self.checks if check.phase in near and check.holds is False)


def stage(facts: dict[Fact, float | None], rules: Phase) -> Stage:
    """Hold what was found against the rules.

    A phase is reached where enough of its rules hold, of those that can be told, and the one before is reached as well.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> rules = settings_with().growth.phase
    >>> stage({"customers": 30, "team": 3, "same_flow": 0.9}, rules).now
    'one_to_ten'
    >>> stage({"customers": 3, "team": 1}, rules).now, stage({}, rules).now
    ('zero_to_one', None)
    """
    named: dict[Name, list[PhaseRule]] = {"one_to_ten": rules.one_to_ten, "ten_to_hundred": rules.ten_to_hundred}
    checks = tuple(Check(phase, rule, facts.get(rule.fact)) for phase, own in named.items() for rule in own)
    known = [check for check in checks if check.holds is not None]
    first = any(check.phase == "one_to_ten" for check in known)
    now = _reached([(check.phase, bool(check.holds)) for check in known], rules.holds)
    low = _reached([(check.phase, check.holds is True) for check in checks], rules.holds)
    high = _reached([(check.phase, check.holds is not False) for check in checks], rules.holds)
    return Stage(now if first else None, low, high, checks)


def _reached(held: list[tuple[Name, bool]], needed: float) -> Name:
    reached: Name = "zero_to_one"
    for phase in PHASES[1:]:
        own = [holds for name, holds in held if name == phase]
        if not own or sum(own) < needed * len(own) - 1e-9:
            break
        reached = phase
    return reached
