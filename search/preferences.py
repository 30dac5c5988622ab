"""What ranks passages -> the same, with passages that a reader prefers before others."""

from __future__ import annotations

from indexer.nodes import Best, Lead, Node, Scaled
from search.freshness import Freshness

# What scores of passages are multiplied by. What is said of other articles in passing comes behind what any article
# says itself; boilerplate is looked at only if it is asked for.
FACTORS = (("quote", 0.9), ("table", 0.8), ("caption", 0.7), ("teaser", 0.02))
# Articles begin with what they are about. MRR@10 with the others at 1 / .95 / .91 / .83 of the first passage: adobe3
# en .841 / .855 / .857 / .867, zh-Hans .847 / .844 / .850 / .844, vsdocs2 zh-Hans .902 / .909 / .913 / .914, zh-Hant
# .876 / .884 / .888 / .887, drcd .947 / .947 / .946 / .945, cmrc2018 and xquad within .001.
BEHIND_LEAD = 0.91
# An article does not begin with these.
NO_LEADS = ("boilerplate", "heading", "teaser")


def preferring(rank: Node, fresh: Freshness | None) -> Node:
    """Return what ranks, with less for what stands farther back, or beside the text, and if asked for is older."""
    if isinstance(rank, Best):  # each part for itself: then what is best scores, to the last bit, as it does alone
        return Best(tuple([preferring(part, fresh) for part in rank.nodes]))
    node = Lead(Scaled(rank, "kind", FACTORS), NO_LEADS, BEHIND_LEAD)
    return fresh.fading(node) if fresh else node
