"""Why an article has its score: what an engine answers, a tree of numbers down to frequencies and lengths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from indexer.nodes import Node

Operation = Literal["sum", "product", "maximum", "leaf"]


@dataclass(frozen=True, slots=True)
class Contribution:
    """A number of a score. Unless it is a leaf, `value` is what `operation` makes of those of `parts`.

    A score is that of a `node`, and `name` its kind in small letters; `article` is what a preference makes of it. Of a
    node that the passage does not match, `is_match` is false, the value 0, and there are no parts. What a form that the
    passage holds adds to a Synonym, a sum, is named `form`. A number that scores are multiplied by has another name:

    | name | is | numbers |
    |---|---|---|
    | idf | `bm25.idf`; of a phrase the sum over exact terms, of a form its concept's | containing, passages |
    | saturation | `bm25.saturation` | frequency, length (as it is ranked), average_length, k1, b |
    | share | of a form, its w, × `bm25.TIE` unless it is the best one | weight |
    | weight | that of a Boost | |
    | factor | that of a Scaled | |
    | place | that of a Lead | |
    | freshness | that of a Decayed | value (0 for none) |
    | preference | 1 + PREFERENCE if `Request.prefer` matches the article, else 1 | |

    `found` are the keyword's value that a factor is of, and the terms of the passage that a Prefix, Pattern or Fuzzy
    stands for.
    """

    value: float
    operation: Operation
    name: str
    node: Node | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    found: tuple[str, ...] = ()
    parts: tuple[Contribution, ...] = ()
    is_match: bool = True


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an article has the score that a search gives to it, or is not in the answer.

    `passage_id` is its best passage, the first looked at if none scores, empty if none is looked at. `lacking` are the
    parts of the request that keep the article out, each as small as it can be named: what no passage that is looked at
    matches of `match`, or of `rank` if that decides, or a Not whose node one does match. Where only passages match that
    are not looked at, it is all of `passages`. It is empty if the article is in the answer.
    """

    article_id: str
    passage_id: str
    score: Contribution
    lacking: tuple[Node, ...] = ()
