"""Seconds of a run's steps, and of each of its packs."""

import time

import pytest

from cskit.report.limits import Clock


def test_a_step_that_ends_once_per_pack_is_counted_from_the_step_before(monkeypatch: pytest.MonkeyPatch):
    now = iter([0.0, 2.0, 5.0, 9.0, 10.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(now))
    clock = Clock()
    clock.stop()
    clock.lap("read")
    told = []
    for _pack in range(2):
        clock.lap("run")
        told.append(dict(clock.laps))
    assert told == [{"read": 2.0, "run": 3.0}, {"read": 2.0, "run": 7.0}]
    clock.lap("written")
    assert clock.laps["written"] == 1.0
