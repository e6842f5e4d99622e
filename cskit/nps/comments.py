"""What do the comments speak of, and who says it?"""

from dataclasses import dataclass

import pandas as pd

from cskit.nps.analysis import Study
from cskit.nps.eligible import countable
from cskit.nps.waves import DETRACTOR_TO, PROMOTER_FROM
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared

__all__ = ["Comments", "categories_of", "comments"]


@dataclass(frozen=True)
class Comments(Result):
    """The comments of some waves.

    Parameters
    ----------
    waves : tuple of str
        Those closed in the twelve months up to the newest.
    n : int
        Comments in all.
    counts : DataFrame, index category, columns n, 1, 0, -1
        Comments of it in all, by promoters, passives, detractors; the three are missing where one is above 0 and under
        the minimum cell. Categories under the minimum cell are left out. A comment may be of several.
    small : int
        Categories left out.
    uncategorised : int
        Comments of no category.
    texts : DataFrame, columns kind, comment
        Of the newest wave, of people who agreed, and only where ``privacy.comments`` is on.

    Examples
    --------
    >>> comments(run, waves).n
    65
    """

    waves: tuple[str, ...]
    n: int
    counts: pd.DataFrame
    small: int
    uncategorised: int
    texts: pd.DataFrame


@shared
def comments(run: Run, study: Study) -> Comments | None:
    """Comments by category of the waves of the last twelve months.

    Returns
    -------
    Comments or None
        None where the export has no comments.

    Examples
    --------
    >>> comments(run, waves).n
    65
    """
    year = [wave.name for wave in study.trend if 0 <= (study.now.closed_on - wave.closed_on).days < 366]
    table = countable(run.data, run.settings)
    table = table.filter(table.wave.isin(year) & table.comment.notnull())
    frame = table.order_by("wave", "respondent_id").select("wave", "score", "comment", "may_share").to_pandas()
    frame = frame[frame["comment"].str.strip() != ""].reset_index(drop=True)
    if frame.empty:
        return None
    frame["kind"] = (frame["score"] >= PROMOTER_FROM).astype(float) - (frame["score"] <= DETRACTOR_TO).astype(float)
    frame.loc[frame["score"].isna(), "kind"] = float("nan")
    found = categories_of(frame["comment"], run.settings.nps.comment_categories)
    counted = pd.DataFrame(
        {
            name: [int(hit.sum()), *(int((hit & (frame["kind"] == kind)).sum()) for kind in (1, 0, -1))]
            for name, hit in found.items()
        },
        index=["n", 1, 0, -1],
    ).T.astype(float)
    cell = run.settings.privacy.minimum_cell
    used = counted[counted["n"] > 0]
    shown = used[used["n"] >= cell].sort_values("n", ascending=False, kind="stable")
    kinds = shown[[1, 0, -1]]
    hidden = ((kinds > 0) & (kinds < cell)).any(axis=1) | (kinds.sum(axis=1) < shown["n"])
    shown.loc[hidden, [1, 0, -1]] = float("nan")
    none = int((~found.any(axis=1)).sum())
    texts = (
        _texts(frame, found, study.now.name) if run.settings.privacy.comments else frame.iloc[:0][["kind", "comment"]]
    )
    return Comments(tuple(year), len(frame), shown, len(used) - len(shown), none, texts)


def categories_of(texts: pd.Series, rules: dict[str, list[str]]) -> pd.DataFrame:
    """Which categories each comment is of: those with one of their words in it, upper or lower case alike.

    >>> rules = {"price": ["価格", "price"], "support": ["サポート"]}
    >>> categories_of(pd.Series(["価格とサポート", "Nice Price"]), rules).to_numpy().tolist()
    [[True, True], [True, False]]
    """
    plain = texts.str.normalize("NFKC").str.casefold()
    return pd.DataFrame(
        {name: [any(word.casefold() in text for word in words) for text in plain] for name, words in rules.items()},
        index=texts.index,
        dtype=bool,
    )


def _texts(frame: pd.DataFrame, found: pd.DataFrame, wave: str) -> pd.DataFrame:
    allowed = (frame["wave"] == wave) & frame["may_share"].fillna(False).astype(bool)
    return frame.loc[allowed, ["kind", "comment"]].sort_values(["kind", "comment"], kind="stable")
