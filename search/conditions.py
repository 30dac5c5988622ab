"""Tree -> what all of it has to meet, and the rest, which asks for text."""

from __future__ import annotations

from search.meaning import asks_for_text
from search.syntax import And, Choice, Must, Not, Together, Tree


class Conditions:
    """The conditions of a whole query: side by side with the rest, joined to it by AND, or in a bracket of such.

    `choices` are of the passages looked at, `facts` of articles. `text` is what is left, read as if they were not
    there; None if nothing is.
    """

    def __init__(self, tree: Tree) -> None:
        self.choices: list[Choice | Not] = []
        self.facts: list[Tree] = []
        self.text = self._without(tree)

    def _without(self, tree: Tree) -> Tree | None:
        """Collect the conditions of a tree, and return the rest of it."""
        match tree:
            case Choice() | Not(Choice()):
                self.choices.append(tree)
                return None
            case Must(node):
                rest = self._without(node)
                return Must(rest) if rest is not None else None
            case And(parts) | Together(parts):
                kept = tuple([rest for part in parts if (rest := self._without(part)) is not None])
                return type(tree)(kept) if kept else None
            case _ if not asks_for_text(tree):
                self.facts.append(tree)
                return None
        return tree
