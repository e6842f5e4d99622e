"""How long may a notebook run, and how much memory may it take?"""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

__all__ = ["TOO_LONG", "TOO_MUCH", "Clock", "Limits", "Watch", "memory_of"]

TOO_LONG, TOO_MUCH = "it took longer than", "it took more than"  # how what is said of it begins
EVERY = 0.3  # seconds between two looks
SELDOM = 3.0  # the same, at what several processes share: the system has to walk through all their pages


@dataclass(frozen=True, slots=True)
class Limits:
    """What one notebook may take; None: as much as it likes.

    Parameters
    ----------
    minutes : float or None
    megabytes : float or None
        Of memory.

    Examples
    --------
    >>> Limits(minutes=30)
    Limits(minutes=30, megabytes=None)
    """

    minutes: float | None = None
    megabytes: float | None = None


class Watch:
    """Ends a process that takes more than it may, and says so in ``why``.

    Parameters
    ----------
    limits : Limits
    process : callable
        Returns the number of the process, or None as long as there is none.
    kill : callable
        Ends it.

    Examples
    --------
    >>> with Watch(Limits(minutes=30), lambda: None, lambda: None) as watch:
    ...     pass  # there was no process yet, so nothing was taken
    >>> watch.why, watch.peak
    ('', 0.0)
    """

    def __init__(self, limits: Limits, process: Callable[[], int | None], kill: Callable[[], None]):
        self.limits, self.process, self.kill = limits, process, kill
        self.why, self.peak = "", 0.0
        self._began: float | None = None  # when there was a process first: waiting for one is not its fault
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(EVERY):
            pid = self.process()
            if pid and self._began is None:
                self._began = time.monotonic()
            self.peak = max(self.peak, memory_of(pid) if pid else 0.0)
            if why := self._beyond():
                self.why = why
                self.kill()
                return

    def _beyond(self) -> str:
        minutes, megabytes = self.limits.minutes, self.limits.megabytes
        taken = time.monotonic() - self._began if self._began else 0.0
        if minutes is not None and taken > minutes * 60:
            return f"{TOO_LONG} {minutes:g} minutes"
        if megabytes is not None and self.peak > megabytes:
            return f"{TOO_MUCH} {megabytes:,.0f} MB of memory"
        return ""


class Clock:
    """How long a run took, step by step, and how much memory it held at its largest.

    Attributes
    ----------
    laps : dict of float
        Seconds by step.
    peak : float
        Megabytes, of this process and all it has started; what they share counts once where the system tells.

    Examples
    --------
    >>> clock = Clock()
    >>> for step in ("read", "run", "run"):
    ...     clock.lap(step)
    >>> clock.stop()
    >>> list(clock.laps), clock.laps["run"] < 60
    (['read', 'run'], True)
    """

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self.peak = 0.0
        self._last = self._since = time.monotonic()
        self._done = threading.Event()
        threading.Thread(target=self._look, name="clock", daemon=True).start()

    def lap(self, name: str) -> None:
        """A step is done, for one pack of the run; for each it is counted from the end of the step before."""
        now = time.monotonic()
        if name not in self.laps:
            self._since = self._last
        self.laps[name] = round(now - self._since, 2)
        self._last = now

    def stop(self) -> None:
        """No more looks."""
        self._done.set()

    def _look(self) -> None:
        while not self._done.wait(SELDOM):
            self.peak = max(self.peak, memory_of_all(os.getpid()))


def memory_of(pid: int) -> float:
    """Megabytes that a process holds; 0 for one that has ended.

    >>> memory_of(os.getpid()) > 1, memory_of(99_999_999)
    (True, 0.0)
    """
    import psutil

    try:
        return float(psutil.Process(pid).memory_info().rss) / 1e6
    except psutil.Error:
        return 0.0


def memory_of_all(pid: int) -> float:
    """Megabytes that a process and all it has started hold; what several share counts once where the system tells."""
    import psutil

    try:
        own = psutil.Process(pid)
        return sum(map(_part, (own, *own.children(recursive=True)))) / 1e6
    except psutil.Error:
        return 0.0


def _part(process: Any) -> float:
    import psutil

    try:
        told = process.memory_full_info()
    except psutil.Error:
        return 0.0
    return float(getattr(told, "pss", told.uss))
