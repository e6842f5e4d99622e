"""Staffing of an inbound queue."""

import pytest

from cskit.stats.queues import agents_needed, erlang_c


def test_the_published_call_centre():
    """ErlangC (R) and pyworkforce (Python): 100 calls in half an hour, 3 minutes each, answered within 20 seconds."""
    arrivals = 100 / 1800
    found = erlang_c(arrivals, 180, 14, 20)
    assert found.waiting == pytest.approx(0.1741319, abs=5e-8)
    assert found.service_level == pytest.approx(0.88835, abs=5e-6)
    assert found.wait == pytest.approx(7.835937, abs=5e-7)
    assert found.occupancy == pytest.approx(0.714286, abs=5e-7)
    assert agents_needed(arrivals, 180, 20, 0.8, shrinkage=0.3) == 20


def test_one_agent_alone_is_a_line_at_one_desk():
    # M/M/1 at 50 %: half of all wait, one handling time on average.
    found = erlang_c(0.5, 1.0, 1, 0.0)
    assert (found.waiting, found.wait, found.service_level) == pytest.approx((0.5, 1.0, 0.5))


def test_a_queue_that_only_grows_has_no_figures():
    assert erlang_c(2.0, 1.0, 2, 1.0) is None
    assert erlang_c(0.0, 1.0, 1, 1.0).waiting == 0


def test_a_thousand_agents_do_not_overflow():
    assert 0 < erlang_c(990.0, 1.0, 1000, 0.1).waiting < 1
