"""What must be said beside a change?"""

from cskit import i18n
from cskit.i18n import _
from cskit.nps.analysis import Study
from cskit.nps.moves import WaveChange
from cskit.nps.waves import Wave
from cskit.stats.nps import answers_needed

__all__ = ["audiences", "independent", "luck", "needed"]


def audiences(now: Wave, before: Wave) -> str:
    """That other people were asked, where both waves say whom.

    >>> print(audiences(waves.now, waves.before))
    The waves asked different people (all contacts; admins, live for 3 months): part of the change may
    come from that.
    """
    if not now.audience or not before.audience or now.audience == before.audience:
        return ""
    return _(
        "The waves asked different people ({before}; {now}): part of the change may come from that.",
        before=before.audience,
        now=now.audience,
    )


def luck(moved: WaveChange) -> str:
    """What chance alone would do.

    >>> print(luck(waves.change))
    p = 0.844: how often answers would differ so much or more if opinion had not moved.
    """
    p = "< 0.001" if moved.p < 0.001 else f"= {i18n.number(moved.p, 3)}"
    return _("p {p}: how often answers would differ so much or more if opinion had not moved.", p=p)


def independent(moved: WaveChange) -> str:
    """The interval as if each answered alone, where that differs, and by the second method.

    >>> print(independent(waves.change))
    The interval counts people of one company together; as if each answered alone it would be −22.7 to
    +27.0. By Tango's score method, as if each answered alone: −23.6 to +28.0.
    """
    second = _(
        "By Tango's score method, as if each answered alone: {low} to {high}.",
        low=i18n.points(moved.tango.low),
        high=i18n.points(moved.tango.high),
    )
    if moved.interval == moved.independent:
        return second
    own = _(
        "The interval counts people of one company together; as if each answered alone it would be {low} to {high}.",
        low=i18n.points(moved.independent.low),
        high=i18n.points(moved.independent.high),
    )
    return i18n.sentences(own, second)


def needed(study: Study) -> str:
    """How many answers would show a change worth knowing.

    >>> print(needed(waves))
    Seeing a change of 10 points 8 times in 10 needs about 635 answers a wave.
    """
    now, before, moved = study.now, study.before, study.change
    if before is None or moved is None or not (now.counts.variance + before.counts.variance):
        return ""
    answers = answers_needed(now.counts, before.counts, 10, confidence=study.confidence, effect=max(moved.effect, 1.0))
    return _("Seeing a change of 10 points 8 times in 10 needs about {n} answers a wave.", n=i18n.number(answers))
