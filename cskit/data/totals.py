"""Which rows are lines of totals, which are no rows of a table?"""

from cskit.data.session import literal

__all__ = ["is_total"]

TOTALS = ("合計", "総計", "小計", "計", "総合計", "累計", "total", "totals", "grandtotal", "subtotal", "sum")


def is_total(cell: str) -> str:
    """SQL of a condition: whether a text says that its row is one; spaces within make no difference.

    >>> is_total("c").startswith("replace(replace(lower(c)")
    True
    """
    listed = ", ".join(map(literal, TOTALS))
    return f"replace(replace(lower({cell}), ' ', ''), '\u3000', '') IN ({listed})"
