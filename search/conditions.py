"""Tree -> what all of it has to meet, and the rest, which asks for text."""

from __future__ import annotations

from collections.abc import Callable

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
        self.text = without(tree, self._takes)

    def _takes(self, part: Tree) -> bool:
        """Collect a part if it is a condition, and tell whether it is."""
        match part:
            case Choice() | Not(Choice()):
                self.choices.append(part)
            case _ if not asks_for_text(part):
                self.facts.append(part)
            case _:
                return False
        return True


def without(tree: Tree, leaves_out: Callable[[Tree], bool]) -> Tree | None:
    """Return a tree without some of the parts that all of it has to meet; None if nothing is left."""
    match tree:
        case Must(node):
            rest = without(node, leaves_out)
            return Must(rest) if rest is not None else None
        case And(parts) | Together(parts):
            kept = tuple([rest for part in parts if (rest := without(part, leaves_out)) is not None])
            return type(tree)(kept) if kept else None
        case _:
            return None if leaves_out(tree) else tree
