"""By which channels do inquiries come, what do they cost in hours, and what would moving some free?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cskit.result import Result
from cskit.settings import Support
from cskit.stats.intervals import Interval, quantile
from cskit.support.inquiries import Inquiries

__all__ = ["Channels", "Freed", "channels"]


@dataclass(frozen=True, slots=True)
class Freed(Result):
    """What moving a share of the phone inquiries would free in a period, in hours.

    Parameters
    ----------
    share : float
    phone : int
        Inquiries by phone, all of them.
    hours : float
        Freed if those moved took as long as inquiries by the channels they move to.
    around : Interval or None
        From the scatter of handling times; None where standard minutes stand in for measured ones.
    answered : float
        Freed if the FAQ answered those moved.
    to : tuple of str
        Channels.

    Examples
    --------
    >>> round(desk.channels.freed.share, 2)
    0.3
    >>> desk.channels.freed.phone
    119
    """

    share: float
    phone: int
    hours: float
    around: Interval | None
    answered: float
    to: tuple[str, ...]


@dataclass(frozen=True)
class Channels(Result):
    """Inquiries by channel.

    Parameters
    ----------
    rows : DataFrame, index channel, columns n, share, hours, hours_share, minutes, estimated
        ``minutes``: mean of an inquiry; ``estimated``: share of the hours that are standard minutes.
    freed : Freed or None
        None without inquiries by phone.

    Examples
    --------
    >>> list(desk.channels.rows.columns)
    ['n', 'share', 'hours', 'hours_share', 'minutes', 'estimated']
    """

    rows: pd.DataFrame
    freed: Freed | None

    @property
    def estimated(self) -> float:
        """Share of all hours that are standard minutes."""
        return float((self.rows["hours"] * self.rows["estimated"]).sum() / (self.rows["hours"].sum() or 1.0))


def channels(found: Inquiries, rules: Support) -> Channels | None:
    """Volume and hours by channel; None where no inquiry has a channel.

    >>> list(channels(desk.now, run.settings.support).rows.columns)
    ['n', 'share', 'hours', 'hours_share', 'minutes', 'estimated']
    """
    rows = found.rows[found.rows["channel"].notna()]
    if rows.empty:
        return None
    by = rows.assign(standard=rows["minutes"].where(rows["estimated"], 0.0)).groupby("channel")
    table = by.agg(n=("minutes", "size"), hours=("minutes", "sum"), standard=("standard", "sum"))
    table = table.assign(
        share=table["n"] / len(rows),
        hours_share=table["hours"] / table["hours"].sum(),
        minutes=table["hours"] / table["n"],
        estimated=table["standard"] / table["hours"].where(table["hours"] > 0),
    ).fillna({"estimated": 0.0, "hours_share": 0.0})
    table["hours"] /= 60
    columns = ["n", "share", "hours", "hours_share", "minutes", "estimated"]
    return Channels(table[columns].sort_values("n", ascending=False), freed(rows, rules, found.confidence))


def freed(rows: pd.DataFrame, rules: Support, confidence: float) -> Freed | None:
    """Hours freed by moving a share of the phone inquiries; None without any."""
    phone, others = rows[rows["channel"] == "phone"], rows[rows["channel"].isin(rules.moved_to)]
    if phone.empty:
        return None
    standards = rules.standard_minutes.model_dump()
    times = [own.loc[~own["estimated"], "minutes"].to_numpy(float) for own in (phone, others)]
    usual = (standards["phone"], float(np.mean([standards[name] for name in rules.moved_to])))
    means = [float(own.mean()) if len(own) else standard for own, standard in zip(times, usual, strict=True)]
    moved = rules.moved_share * len(phone) / 60
    spread = _welch(times[0], times[1], confidence)
    gap = means[0] - means[1]
    around = None if spread is None else Interval(moved * (gap - spread), moved * (gap + spread))
    return Freed(rules.moved_share, len(phone), moved * gap, around, moved * means[0], tuple(rules.moved_to))


def _welch(one: np.ndarray, other: np.ndarray, confidence: float) -> float | None:
    """Half the width of the interval of a difference of means; None where fewer than two were measured."""
    if len(one) < 2 or len(other) < 2:
        return None
    parts = [float(values.var(ddof=1)) / len(values) for values in (one, other)]
    if not sum(parts):
        return 0.0
    df = sum(parts) ** 2 / sum(part**2 / (len(own) - 1) for part, own in zip(parts, (one, other), strict=True))
    return float(quantile(confidence, df) * np.sqrt(sum(parts)))
