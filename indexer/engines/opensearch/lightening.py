"""A node with more conditions than a cluster scores at once -> the most telling of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import TypeAlias

from indexer.engines.opensearch.leaves import Leaf
from indexer.engines.opensearch.statistics import Held, Statistics
from indexer.nodes import AllOf, Also, AnyOf, Best, Boost, Decayed, Lead, Node, Scaled, Synonym, Term

# A cluster takes 1,024 conditions in a query, unless it is set otherwise; those that only match are few beside.
MOST_SCORED = 800

Word: TypeAlias = Term | Synonym


def lightened(rank: Node, statistics: Statistics) -> Node:
    """Return a node that scores passages by the rarest words of `rank`, if it has more than MOST_SCORED forms of them.

    What the others add to a score is least. Which passages and articles match is not to be taken from it.
    """
    words = Counter(_words(rank))
    if sum(_forms(word) * times for word, times in words.items()) <= MOST_SCORED:
        return rank
    held = {word: Held(_leaves(word)) for word in words}
    counts = statistics.facts((), held.values()).counts
    kept: set[Word] = set()
    left = MOST_SCORED
    for word in sorted(held, key=lambda word: (not counts[held[word]], counts[held[word]])):
        if (forms := _forms(word) * words[word]) <= left:
            left -= forms
            kept.add(word)
    return _only(rank, kept) or AnyOf(())


def _words(node: Node) -> Iterator[Word]:
    match node:
        case Term() | Synonym():
            yield node
        case AllOf(nodes) | AnyOf(nodes) | Best(nodes):
            for one in nodes:
                yield from _words(one)
        case Also(inner, extras):
            for one in (inner, *extras):
                yield from _words(one)
        case Boost(inner) | Scaled(inner) | Lead(inner) | Decayed(inner):
            yield from _words(inner)


def _forms(word: Word) -> int:
    return len(word.forms) if isinstance(word, Synonym) else 1


def _leaves(word: Word) -> tuple[Leaf, ...]:
    return tuple(form.node for form in word.forms) if isinstance(word, Synonym) else (word,)


def _only(node: Node, kept: Collection[Word]) -> Node | None:
    """Return a node without the words that are not kept; None if it is made of such words only."""
    match node:
        case Term() | Synonym():
            return node if node in kept else None
        case AllOf(nodes) | AnyOf(nodes) | Best(nodes):
            rest = tuple(one for part in nodes if (one := _only(part, kept)) is not None)
            return type(node)(rest) if rest else None
        case Also(inner, extras):
            rest = tuple(one for part in extras if (one := _only(part, kept)) is not None)
            first = _only(inner, kept)
            return Also(first, rest) if first is not None else AnyOf(rest) if rest else None
        case Boost(inner, weight):
            return None if (own := _only(inner, kept)) is None else Boost(own, weight)
        case Scaled(inner, field, factors):
            return None if (own := _only(inner, kept)) is None else Scaled(own, field, factors)
        case Lead(inner, without, others):
            return None if (own := _only(inner, kept)) is None else Lead(own, without, others)
        case Decayed(inner, field, origin, half_life, absent):
            own = _only(inner, kept)
            return None if own is None else Decayed(own, field, origin, half_life, absent)
    return node
