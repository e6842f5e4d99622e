"""Did the whole move because its parts moved, or because there is more of some of them?"""

import numpy as np
import pandas as pd

__all__ = ["mix_and_rate"]


def mix_and_rate(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Split the change of a weighted mean into what each group's size and what its own mean added.

    Parameters
    ----------
    now, before : DataFrame, index group, columns mean and share
        Shares add up to 1 over the groups.

    Returns
    -------
    DataFrame, index group, columns mix and rate
        All of it adds up to the change exactly. Rate: own change at the mean of both shares. Mix: change of share, at
        the group's distance from the whole. A group of only one of the two times cannot have changed itself: all of
        it is mix.

    References
    ----------
    Kitagawa (1955), "Components of a difference between two rates", Journal of the American Statistical Association 50.

    Examples
    --------
    >>> before = pd.DataFrame({"mean": [10.0, 30.0], "share": [0.5, 0.5]}, index=["small", "large"])
    >>> now = pd.DataFrame({"mean": [10.0, 30.0], "share": [0.25, 0.75]}, index=["small", "large"])
    >>> mix_and_rate(now, before)["mix"].tolist()
    [3.125, 1.875]
    """
    groups = now.index.union(before.index)
    after, prior = now.reindex(groups), before.reindex(groups)
    later, earlier = after["mean"].fillna(prior["mean"]), prior["mean"].fillna(after["mean"])
    share_later, share_earlier = after["share"].fillna(0.0), prior["share"].fillna(0.0)
    whole = (np.dot(later, share_later) + np.dot(earlier, share_earlier)) / 2
    rate = (share_later + share_earlier) / 2 * (later - earlier)
    mix = (share_later - share_earlier) * ((later + earlier) / 2 - whole)
    return pd.DataFrame({"mix": mix, "rate": rate})
