"""The questions behind the headline, one function each: run in, frozen result out, None where tables are missing."""

from cskit.onboarding.course import course
from cskit.onboarding.flow import flow
from cskit.onboarding.inputs import balance
from cskit.onboarding.knowledge import items
from cskit.onboarding.leaving import leaving
from cskit.onboarding.rise import rise, share_steps
from cskit.onboarding.timeliness import timeliness
from cskit.onboarding.versions import versions

__all__ = ["balance", "course", "flow", "items", "leaving", "rise", "share_steps", "timeliness", "versions"]
