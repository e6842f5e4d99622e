"""How often do the intervals of NPS hold the truth, and how often does the trend claim a direction that is not there?

Run by ``python -m benchmarks.nps_coverage``; the same numbers every time. Opinion stands still in every simulation:
25 % promoters, 19 % detractors. Companies answer with several people; with an agreement (intraclass correlation) of 0.6
two of them both repeat the company's one opinion 6 times in 10, and otherwise speak for themselves.
"""

from collections.abc import Iterator

import numpy as np

from cskit.stats.nps import Companies, NpsCounts, design_effect, nps_change, nps_interval
from cskit.stats.trend import nps_slope

SHARES = (0.25, 0.56, 0.19)  # promoters, passives, detractors
TRUTH = 6.0
RUNS = 1500
TEAMS = ((28, (1, 1, 2, 3)), (12, (1, 2, 4)), (6, (2, 4, 6)))  # companies, and answers each may give
AGREEMENT = (0.0, 0.3, 0.6)

Sample = tuple[NpsCounts, Companies]


def main() -> None:
    """Print two tables.

    *alone*: as if every answer stood for itself. *same*, *others*: the companies of the wave before.
    """
    rng = np.random.default_rng(1)
    print(f"Share of {RUNS:,} runs whose 95 % interval holds the truth\n")
    print("| companies | answers each | agreement | NPS | alone | change, same | change, others | alone |")
    print("|---|---|---|---|---|---|---|---|")
    for companies, sizes in TEAMS:
        for agreement in AGREEMENT:
            held = np.mean([_held(rng, companies, sizes, agreement) for _ in range(RUNS)], axis=0)
            cells = " | ".join(f"{100 * share:.1f} %" for share in held)
            print(f"| {companies} | {min(sizes)}-{max(sizes)} | {agreement} | {cells} |")
    print("\nShare of runs in which the trend claims a direction\n")
    print("| waves | 48 people alone | 28 companies, agreement 0.6 | 300 people alone, opinion wobbles by 8 points |")
    print("|---|---|---|---|")
    for waves in (3, 4, 8, 12):
        print(f"| {waves} | " + " | ".join(f"{100 * share:.1f} %" for share in _claims(rng, waves)) + " |")


def _held(rng: np.random.Generator, companies: int, sizes: tuple[int, ...], agreement: float) -> tuple[bool, ...]:
    """The later wave's intervals, those of its change from the same companies, and from as many others."""
    minds, others = (rng.choice([1, 0, -1], companies, p=SHARES) for _ in range(2))
    drawn = [_wave(rng, each, rng.choice(sizes, companies), agreement) for each in (minds, minds, others)]
    (now, ours), (before, theirs), (apart, strangers) = drawn
    here, there = _padded(ours, after=companies), _padded(strangers, before=companies)
    one, same, other = design_effect(ours), design_effect(ours, theirs), design_effect(here, there)
    return (
        TRUTH in nps_interval(now, 0.95, one, _df(one, companies)),
        TRUTH in nps_interval(now),
        0 in nps_change(now, before, 0.95, same, _df(same, companies)),
        0 in nps_change(now, apart, 0.95, other, _df(other, 2 * companies)),
        0 in nps_change(now, apart),
    )


def _padded(own: Companies, before: int = 0, after: int = 0) -> Companies:
    """With so many companies more that did not answer."""
    return Companies(np.pad(own.totals, (before, after)), np.pad(own.answers, (before, after)), own.variance)


def _claims(rng: np.random.Generator, waves: int) -> Iterator[float]:
    for people, sizes, agreement, wobble in ((48, (1,), 0.0, 0), (28, (1, 1, 2, 3), 0.6, 0), (300, (1,), 0.0, 8)):
        claims = 0
        for _ in range(RUNS):
            samples = [_moved_wave(rng, people, sizes, agreement, wobble) for _ in range(waves)]
            line = nps_slope(
                np.arange(waves) / 2, [counts for counts, _own in samples], [own for _counts, own in samples]
            )
            claims += line.direction != "unclear"
        yield claims / RUNS


def _moved_wave(
    rng: np.random.Generator, people: int, sizes: tuple[int, ...], agreement: float, wobble: float
) -> Sample:
    moved = rng.normal(0, wobble / 200) if wobble else 0
    minds = rng.choice([1, 0, -1], people, p=(SHARES[0] + moved, SHARES[1], SHARES[2] - moved))
    return _wave(rng, minds, rng.choice(sizes, people), agreement if max(sizes) > 1 else 1)


def _wave(rng: np.random.Generator, minds: np.ndarray, sizes: np.ndarray, agreement: float) -> Sample:
    """One wave: each person says the company's mind or, more rarely the more companies agree, an own one."""
    company = np.repeat(np.arange(len(minds)), sizes)
    own = rng.choice([1, 0, -1], len(company), p=SHARES)
    said = np.where(rng.random(len(company)) < np.sqrt(agreement), minds[company], own)
    counts = NpsCounts(int((said == 1).sum()), int((said == 0).sum()), int((said == -1).sum()))
    totals = np.bincount(company, said, len(minds))
    return counts, Companies(totals, sizes.astype(float), counts.variance)


def _df(effect: float, companies: int) -> float:
    return companies - 1 if effect > 1 else np.inf


if __name__ == "__main__":
    main()
