"""Which segments stand where, and which drove the change?"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cskit.nps.analysis import Study
from cskit.nps.waves import sample
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.intervals import Interval
from cskit.stats.mixture import mix_and_rate
from cskit.stats.multiple import benjamini_hochberg, holm
from cskit.stats.nps import Answers, design_effect, estimate, nps_interval

__all__ = ["Segments", "compared", "grouped", "known_segments", "last_unnamed", "merged", "segments"]


UNKNOWN = "unknown"


@dataclass(frozen=True)
class Segments(Result):
    """NPS by segment, and what each added to the change.

    Parameters
    ----------
    rows : DataFrame, index segment
        Columns nps, low, high, n of the newest wave; with a wave before also before, n_before, change, change_low,
        change_high, p, holm, bh, mix and rate. The last two add up to the change of NPS exactly. Missing where a
        segment answered in one wave only. Segments under the minimum cell in either wave are one.
    steady : float or None
        The change in points had every segment kept its share of answers: the rates added up.
    interval : Interval or None
        Of that.

    Examples
    --------
    >>> round(segments(run, waves).steady, 2)
    2.49
    """

    rows: pd.DataFrame
    steady: float | None = None
    interval: Interval | None = None

    def told(self, confidence: float) -> pd.DataFrame:
        """The segments that moved, more than chance explains over all of them."""
        return self.rows[self.rows["holm"] < 1 - confidence] if "holm" in self.rows else self.rows.iloc[:0]

    def worth_a_look(self, confidence: float) -> pd.DataFrame:
        """A shortlist by Benjamini and Hochberg; not a claim about any one of them."""
        return self.rows[self.rows["bh"] < 1 - confidence] if "bh" in self.rows else self.rows.iloc[:0]


@shared
def segments(run: Run, study: Study) -> Segments | None:
    """The newest wave by segment, and its change since the wave before.

    Returns
    -------
    Segments or None
        None where customers have no segment on record, or only one is large enough to be shown.

    Examples
    --------
    >>> round(segments(run, waves).steady, 2)
    2.49
    """
    known = known_segments(run)
    if known is None:
        return None
    found = compared(
        study.now.people, study.before.people if study.before else None, known, study.confidence, study.minimum_cell
    )
    return found if len(found.rows) > 1 else None


def known_segments(run: Run) -> pd.Series | None:
    """The segment of each customer as known today; None where none is on record.

    >>> known_segments(run).loc[["C00001", "C00500"]].to_dict()
    {'C00001': 'small', 'C00500': 'enterprise'}
    """
    if not run.data.has("customers", "segment"):
        return None
    customers = run.data.table("customers").select("customer_id", "segment").to_pandas()
    return customers.set_index("customer_id")["segment"]


def compared(
    now: pd.DataFrame, before: pd.DataFrame | None, segment: pd.Series, confidence: float = 0.95, cell: int = 5
) -> Segments:
    """Two waves by segment.

    Parameters
    ----------
    now, before : DataFrame, columns company, customer, value, weight
        The people of each wave; see :class:`cskit.nps.waves.Wave`.
    segment : Series of str, index customer

    Examples
    --------
    >>> def wave(*values):
    ...     who = [f"{'AB'[n % 2]}{n}" for n in range(len(values))]
    ...     return pd.DataFrame({"company": who, "customer": who, "value": values, "weight": None})
    >>> of = pd.Series({f"{letter}{n}": letter for letter in "AB" for n in range(12)})
    >>> found = compared(wave(*[1.0, -1] * 6), wave(*[0.0, -1] * 6), of)
    >>> found.rows[["change", "rate"]].to_numpy().round(1).tolist()
    [[100.0, 50.0], [0.0, 0.0]]
    """
    waves = [now] if before is None else [now, before]
    groups = grouped(waves, segment, cell)
    parts = [dict(list(frame.groupby(group))) for frame, group in zip(waves, groups, strict=True)]
    names = sorted(set().union(*parts), key=last_unnamed)
    rows = pd.DataFrame([_standing(parts[0].get(name), confidence) for name in names], index=names)
    if before is None:
        return Segments(rows)
    samples = [{name: sample(own) for name, own in part.items()} for part in parts]
    moves = pd.DataFrame(
        [_moved(samples[0].get(name), samples[1].get(name), confidence) for name in names], index=names
    )
    rows = rows.join(moves)
    tested = rows["p"].notna()
    rows.loc[tested, "holm"] = holm(rows.loc[tested, "p"].to_numpy(float))
    rows.loc[tested, "bh"] = benjamini_hochberg(rows.loc[tested, "p"].to_numpy(float))
    shares = [_shares(each) for each in samples]
    rows = rows.join(mix_and_rate(*shares))
    return Segments(rows, float(rows["rate"].sum()), _steady(samples, shares, confidence))


def grouped(waves: Sequence[pd.DataFrame], segment: pd.Series, cell: int) -> list[pd.Series]:
    """The group of each person of each wave: the segment, or several as one where a wave has too few of them.

    Parameters
    ----------
    waves : sequence of DataFrame, column customer
    segment : Series of str, index customer
        Who is not in it is of the segment ``unknown``.
    cell : int
        Fewest people that a group may have in any wave.

    Returns
    -------
    list of Series of str, each with the index of its wave
        The groups are the same in all waves.

    Examples
    --------
    Of mid-size customers one person answered the second wave; those of the next smallest segment join them in both.

    >>> first, second = (pd.DataFrame({"customer": list(who)}) for who in ("AAABBCC", "AAABCCC"))
    >>> of = pd.Series({"A": "small", "B": "mid", "C": "large"})
    >>> [sorted(set(group)) for group in grouped([first, second], of, 2)]
    [['large + mid', 'small'], ['large + mid', 'small']]
    """
    people = pd.concat(waves, keys=range(len(waves)))
    own = people["customer"].map(segment).fillna(UNKNOWN)
    group = merged(own, [people.loc[[k]].index for k in range(len(waves))], cell)
    return [group.loc[k] for k in range(len(waves))]


def last_unnamed(name: str) -> tuple[bool, str]:
    """The order of groups: those with a name of their own first.

    >>> sorted(["unknown", "small", "others", "large"], key=last_unnamed)
    ['large', 'small', 'others', 'unknown']
    """
    return name in (UNKNOWN, "others"), name


def merged(group: pd.Series, waves: Sequence[pd.Index], cell: int) -> pd.Series:
    """Groups of fewer than ``cell`` people in any wave become one; the next smallest joins until they are enough.

    A single small group left out could be worked out from the whole. The new group is named by its parts, ``A + C``,
    or ``others`` where they are more than three.

    >>> merged(pd.Series(list("AAABBBBC")), [pd.RangeIndex(8)], 2).tolist()
    ['A + C', 'A + C', 'A + C', 'B', 'B', 'B', 'B', 'A + C']
    """
    sizes = pd.DataFrame([group.loc[wave].value_counts() for wave in waves]).fillna(0).T
    least = sizes.min(axis=1).sort_values(kind="stable")
    small = [str(name) for name in least.index[least < cell]]
    rest = [str(name) for name in least.index[least >= cell]]
    while small and rest and sizes.loc[small].sum().min() < cell:
        small.append(rest.pop(0))
    name = " + ".join(sorted(small)) if len(small) <= 3 else "others"
    return group.where(~group.isin(small), name)


def _standing(people: pd.DataFrame | None, confidence: float) -> dict[str, float]:
    if people is None:
        return {"nps": float("nan"), "low": float("nan"), "high": float("nan"), "n": 0}
    drawn = sample(people)
    ends = nps_interval(drawn.counts, confidence, *design_effect(drawn))
    return {"nps": drawn.counts.nps, "low": ends.low, "high": ends.high, "n": len(people)}


def _moved(now: Answers | None, before: Answers | None, confidence: float) -> dict[str, float]:
    answered: dict[str, float] = {"n_before": 0 if before is None else len(before.values)}
    if before is None:
        return answered
    answered["before"] = before.counts.nps
    if now is None:
        return answered
    found = estimate([(1, now.counts), (-1, before.counts)], *design_effect(now, before))
    ends = found.interval(confidence, 200)
    points = now.counts.nps - before.counts.nps
    return answered | {"change": points, "change_low": ends.low, "change_high": ends.high, "p": found.p}


def _shares(parts: dict[str, Answers]) -> pd.DataFrame:
    """Mean in points and share of the weight, by group."""
    weight = {name: len(own.values) if own.weights is None else own.weights.sum() for name, own in parts.items()}
    frame = pd.DataFrame({"mean": {name: own.counts.nps for name, own in parts.items()}, "share": weight})
    return frame.assign(share=frame["share"] / frame["share"].sum())


def _steady(samples: list[dict[str, Answers]], shares: list[pd.DataFrame], confidence: float) -> Interval | None:
    """Interval of the change had every segment kept its share: a sum over the segments of both waves."""
    weights = ((shares[0]["share"] + shares[1]["share"]) / 2).dropna().to_dict()
    if not weights:
        return None
    terms = [
        (sign * float(weight), each[str(name)])
        for sign, each in zip((1, -1), samples, strict=True)
        for name, weight in weights.items()
    ]
    effect, df = design_effect(*(own for _weight, own in terms), weights=[weight for weight, _own in terms])
    return estimate([(weight, own.counts) for weight, own in terms], effect, df).interval(confidence, 200)
