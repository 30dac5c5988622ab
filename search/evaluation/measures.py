"""What was found and what is right -> figures, and whether two runs differ by more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from indexer.errors import DependencyError

if TYPE_CHECKING:
    from types import ModuleType

# As reports name them -> as ir-measures does.
MEASURES = {"MRR@10": "RR@10", "nDCG@10": "nDCG@10", "Recall@10": "R@10", "Recall@100": "R@100"}
# How many hits they need.
DEPTH = 100
Values = Mapping[str, float]


def library() -> ModuleType:
    """Load what computes the figures. Raises DependencyError if it is not installed."""
    try:
        import ir_measures
    except ImportError:
        raise DependencyError(
            "Figures are computed by ir-measures, which is not installed: pip install 'wensou[eval]'"
        ) from None
    return ir_measures


def values_of(right: Mapping[str, Mapping[str, int]], found: Mapping[str, Sequence[str]]) -> dict[str, Values]:
    """Return each measure for each query, from the grades of the right passages and the passages found, best first."""
    ir_measures = library()
    names = {ir_measures.parse_measure(own): name for name, own in MEASURES.items()}
    runs = {
        query: {name: float(-place) for place, name in enumerate(dict.fromkeys(ranked))}
        for query, ranked in found.items()
    }
    values: dict[str, dict[str, float]] = {query: dict.fromkeys(MEASURES, 0.0) for query in right}
    grades = {query: dict(graded) for query, graded in right.items()}
    for one in ir_measures.iter_calc(list(names), grades, runs):
        values[one.query_id][names[one.measure]] = float(one.value)
    return dict(values)


def mean(values: Sequence[Values]) -> dict[str, float]:
    """Return the mean of each measure."""
    return {name: sum(own[name] for own in values) / len(values) for name in MEASURES}


def p_value(before: Sequence[float], after: Sequence[float]) -> float:
    """Return how probable so large a mean difference is if there is none: Student's paired test, two-sided.

    Where all pairs differ alike it says nothing: 1 without any difference, else 0.
    """
    differences = [one - other for one, other in zip(after, before, strict=True)]
    if len(set(differences)) < 2:
        return 0.0 if differences and differences[0] else 1.0
    library()
    from scipy.stats import ttest_rel  # which takes a second, and no other figure needs

    return float(ttest_rel(after, before).pvalue)
