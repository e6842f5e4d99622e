"""What becomes of customers of whom little is known, under three policies? ``python -m benchmarks.missing_data``

Companies are drawn whole: every item of every customer, so that the true grade is known. Then most of what is known of
the sparse ones is taken away, and each policy grades what is left: the score of the known with bounds (ours), unknown
counted as zero points, unknown counted as the mean of those known.
"""

import numpy as np
import pandas as pd

from cskit.health.score import points, score, weights
from cskit.params import settings_with

__all__ = ["compare"]

CUSTOMERS, RUNS = 500, 40
PERSONAL = 0.7  # correlation of a customer's items with one another


def compare(known: float, seed: int = 1, runs: int = RUNS) -> dict[str, float]:
    """Shares over many companies in which each item of each customer is known with the chance ``known``.

    Returns
    -------
    dict
        True share in red (action); the share each policy puts there; the mean error of each policy's score in points;
        how often the bounds hold the true score; share of our grades that say they are provisional.
    """
    rules, rng = settings_with().health, np.random.default_rng(seed)
    rules = rules.model_copy(update={"caps": []})
    rows: list[dict[str, float]] = []
    for _run in range(runs):
        whole = _company(rng, list(rules.items))
        seen = whole.where(rng.random(whole.shape) < known)
        seen.iloc[:, 0] = seen.iloc[:, 0].where(seen.notna().any(axis=1), whole.iloc[:, 0])  # something is always known
        truth, ours = score(whole, rules), score(seen, rules)
        given, weight = points(seen, rules), weights(rules)
        zero, mean = given.fillna(0.0) @ weight, given.fillna(given.mean()) @ weight
        red = rules.grades.caution
        rows.append(
            {
                "truly red": float((truth["score"] < red).mean()),
                "ours red": float((ours["score"] < red).mean()),
                "zero red": float((zero < red).mean()),
                "mean red": float((mean < red).mean()),
                "of truly red, mean finds": float((mean < red)[truth["score"] < red].mean()),
                "of truly red, ours finds": float((ours["score"] < red)[truth["score"] < red].mean()),
                "ours error": float((ours["score"] - truth["score"]).mean()),
                "zero error": float((zero - truth["score"]).mean()),
                "mean error": float((mean - truth["score"]).mean()),
                "bounds hold": float(
                    ((ours["low"] <= truth["score"] + 1e-9) & (truth["score"] <= ours["high"] + 1e-9)).mean()
                ),
                "provisional": float(ours["provisional"].mean()),
            }
        )
    return pd.DataFrame(rows).mean().to_dict()


def _company(rng: np.random.Generator, items: list[str]) -> pd.DataFrame:
    """Every item of every customer: one trait of the customer, and each item's own luck."""
    from scipy.special import ndtr

    own = rng.normal(0, 1, (CUSTOMERS, len(items)))
    trait = np.sqrt(PERSONAL) * rng.normal(0.55, 1, (CUSTOMERS, 1)) + np.sqrt(1 - PERSONAL) * own
    well = ndtr(trait)
    values = {name: well[:, place] for place, name in enumerate(items)}
    values["days_since_contact"] = 250 * (1 - values["days_since_contact"])
    values["relationship"] = 1 + 4 * values["relationship"]
    values["feature_breadth"] = np.floor(5 * values["feature_breadth"])
    values["usage_depth"], values["account_nps"] = 20 * values["usage_depth"], 10 * values["account_nps"]
    values["contact_changed"] = (values["contact_changed"] < 0.15).astype(float)
    values["open_severe_tickets"] = np.floor(3 * (1 - values["open_severe_tickets"]))
    values["arr_change"] = 0.7 + 0.4 * values["arr_change"]
    return pd.DataFrame(values)


def main() -> None:
    """The table of docs/decisions/health-unknown-is-not-zero.md."""
    table = pd.DataFrame({f"{known:.0%} known": compare(known) for known in (0.25, 0.5, 0.75)})
    shares = ~table.index.str.endswith("error")
    for name, row in table.iterrows():
        said = [f"{100 * x:.0f} %" if shares[table.index.get_loc(name)] else f"{x:+.1f}" for x in row]
        print(f"| {name} | {' | '.join(said)} |")


if __name__ == "__main__":
    main()
