"""ArticleExplanation -> lines for people: a tree, the largest contribution first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from indexer.display import counted

if TYPE_CHECKING:
    from search.explanation import ArticleExplanation, Factor, Reason

_INDENT = "  "


def lines_of(explanation: ArticleExplanation) -> Iterator[str]:
    """Yield the score, and indented below it what adds up to it; or what the article lacks to be found."""
    if explanation.missing:
        yield f"not found; missing: {'; '.join(explanation.missing)}"
        return
    yield f"score {explanation.score:.4f}"
    yield from _below(explanation.reasons, explanation.left_out, _INDENT)


def _below(reasons: Sequence[Reason], left_out: int, indent: str) -> Iterator[str]:
    for reason in reasons:
        yield f"{indent}{reason.contribution:.4f}  {_named(reason)}{_product(reason.factors)}"
        yield from _below(reason.reasons, reason.left_out, indent + _INDENT)
    if left_out:
        yield f"{indent}{counted(left_out, 'more part')} of the query {'adds' if left_out == 1 else 'add'} nothing"


def _named(reason: Reason) -> str:
    typed = f" ({reason.word})" if reason.word else ""
    found = f" = {', '.join(reason.found)}" if reason.found else ""
    return f"{reason.field} {reason.term}{typed}{found}".lstrip()


def _product(factors: Sequence[Factor]) -> str:
    """Return the numbers that a leaf is the product of, without those that change nothing."""
    shown = [_number(factor) for factor in factors if factor.value != 1]
    return f": {' × '.join(shown)}" if shown else ""


def _number(factor: Factor) -> str:
    value = f"{factor.value:.4g}"
    numbers = factor.numbers
    match factor.name:
        case "saturation" if numbers:
            places = f"{numbers['frequency']:.0f} in {numbers['length']:.0f}"
            return f"frequency {value} ({places}, mean {numbers['average_length']:.1f})"
        case "idf" if numbers:
            return f"idf {value} (in {numbers['containing']:,.0f} of {numbers['passages']:,.0f})"
        case "factor":
            return f"{factor.of} {value}"
        case "preference":
            return f"all words {value}"
        case "place":
            return f"behind the beginning {value}"
    return f"{factor.name} {value}"
