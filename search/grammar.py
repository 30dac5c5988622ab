"""Query text -> the tree of what it says. No input is an error: what cannot be meant is read as text, with a note.

query    = either { OR either }
either   = together { AND together }
together = part { part }
part     = { NOT | + | - | field: } ( word | phrase | pattern | value | "(" query ")" )
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from search import syntax
from search.lexer import Token, tokens
from search.model import Note
from search.syntax import And, Days, Fuzzy, Must, Near, Not, Or, Scoped, Together, Tree, Wild, Words, leaves

# A longer query is a text, not a question; what follows is not searched, and the answer says so.
LONGEST_QUERY = 2000
# Parts with an operator, a field or quotes; brackets in brackets; patterns, which each stand for many words.
MOST_PARTS, MOST_NESTED, MOST_PATTERNS = 100, 20, 10
# Phrases with ~: one of the commonest characters takes .1 s in 25,000 articles.
MOST_NEAR = 10
# Signs and fields before one part.
_MOST_PREFIXES = 10

# In the place of what is left out, so that operators beside it still have operands.
_NOTHING = (Token("open"), Token("close"))

_STARTS = frozenset(("unit", "tree", "open", "not", "must", "scope"))
_ENDS = frozenset(("unit", "tree", "close"))


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query, and what had to be read otherwise than it was typed."""

    tree: Tree
    notes: tuple[Note, ...] = ()

    @property
    def latin(self) -> list[list[str]]:
        """The words of letters only that stand side by side, in lower case, outside quotes."""
        found: list[list[str]] = []
        for leaf in leaves(self.tree, is_meant=True):
            if isinstance(leaf, Words):
                keys = [unit.lower() if unit.isascii() and unit.isalpha() else "" for unit in leaf.units]
                found += [[*group] for is_latin, group in groupby(keys, bool) if is_latin]
        return found


def parse(text: str) -> Query:
    """Read a query."""
    notes: list[Note] = []
    is_cut = len(text) > LONGEST_QUERY
    text = text[:LONGEST_QUERY]
    found = [*_bounded(tokens(text, notes), notes)]
    tree = _Parser(_placed([*_balanced(found, notes)], notes)).tree()
    if is_cut:
        # A quote or bracket may be closed behind the end.
        notes = [note for note in notes if note.kind not in ("unclosed_quote", "unclosed_bracket")]
        message = "The query is long: only its first {count} characters were searched."
        notes.append(Note("cut", message, {"count": LONGEST_QUERY}))
    return Query(tree, tuple(dict.fromkeys(notes)))


def _bounded(found: Iterator[Token], notes: list[Note]) -> Iterator[Token]:
    """Leave out what is more than is looked for."""
    parts = patterns = near = 0
    for token in found:
        if isinstance(token.tree, Wild | Fuzzy):
            patterns += 1
            if patterns > MOST_PATTERNS:
                message = "Only the first {count} words with * ? or ~ were searched."
                notes.append(Note("limit", message, {"count": MOST_PATTERNS}))
                yield from _NOTHING
                continue
        if isinstance(token.tree, Near):
            near += 1
            if near > MOST_NEAR:
                message = "Only the first {count} phrases with ~ were searched."
                notes.append(Note("limit", message, {"count": MOST_NEAR}))
                yield from _NOTHING
                continue
        parts += token.kind not in ("unit", "open", "close")
        if parts > MOST_PARTS:
            message = "Only the first {count} parts and operators of the query were searched."
            notes.append(Note("limit", message, {"count": MOST_PARTS}))
            return
        yield token


def _balanced(found: Iterable[Token], notes: list[Note]) -> Iterator[Token]:
    """Leave out brackets that open or close nothing, or are nested too deep, and close those left open."""
    depth = 0
    for token in found:
        if token.kind == "open":
            depth += 1
            if depth > MOST_NESTED:
                notes.append(
                    Note("limit", "Brackets in more than {count} others were left out.", {"count": MOST_NESTED})
                )
                continue
        elif token.kind == "close":
            if not depth:
                notes.append(Note("bracket", "A bracket closes nothing: it was left out."))
                continue
            depth -= 1
            if depth >= MOST_NESTED:
                continue
        yield token
    if depth:
        notes.append(Note("unclosed_bracket", "A bracket is not closed: it was closed at the end."))
    yield from [Token("close")] * min(depth, MOST_NESTED)


def _placed(found: Sequence[Token], notes: list[Note]) -> list[Token]:
    """Read operators and fields as text where there is nothing that they could be of."""
    kept: list[Token] = []  # from the end on
    for i in reversed(range(len(found))):
        token = found[i]
        has_left = token.kind not in ("and", "or") or (i > 0 and found[i - 1].kind in _ENDS)
        has_right = token.kind in (*_ENDS, "open") or (bool(kept) and kept[-1].kind in _STARTS)
        if has_left and has_right:
            kept.append(token)
        elif token.text:
            message = "“{text}” stands for nothing here: it was read as text."
            notes.append(Note("operator", message, {"text": token.text}))
            kept.append(Token("unit", token.text))
    return kept[::-1]


class _Parser:
    """Recursive descent over tokens that are in their places; brackets that hold nothing give no tree."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0

    def tree(self) -> Tree:
        return self._either() or Together(())

    @property
    def _kind(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else ""

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _either(self) -> Tree | None:
        return self._joined("or", Or, lambda: self._joined("and", And, self._together))

    def _joined(self, kind: str, operator: type[And | Or], read: Callable[[], Tree | None]) -> Tree | None:
        """Read operands of one operator; those of the same operator in brackets are its own."""
        parts: list[Tree] = []
        while True:
            part = read()
            if isinstance(part, operator):
                parts += part.parts
            elif part is not None:
                parts.append(part)
            if self._kind != kind:
                break
            self._next()
        return operator(tuple(parts)) if len(parts) > 1 else next(iter(parts), None)

    def _together(self) -> Tree | None:
        parts: list[Tree] = []
        while self._kind in _STARTS:
            part = self._part()
            for own in part.parts if isinstance(part, Together) else [part]:
                if isinstance(own, Words) and parts and isinstance(parts[-1], Words):
                    parts[-1] = Words((*parts[-1].units, *own.units))
                elif own is not None:
                    parts.append(own)
        return Together(tuple(parts)) if len(parts) > 1 else next(iter(parts), None)

    def _part(self) -> Tree | None:
        prefixes: list[Token] = []
        while self._kind in ("not", "must", "scope"):
            prefixes.append(self._next())
        tree = self._operand()
        for prefix in reversed(prefixes[:_MOST_PREFIXES]):
            if tree is not None:
                tree = _prefixed(prefix, tree)
        return tree

    def _operand(self) -> Tree | None:
        token = self._next()
        if token.kind == "open":
            tree = self._either()
            self._next()
            return tree
        return Words((token.text,)) if token.kind == "unit" else token.tree


def _prefixed(prefix: Token, tree: Tree) -> Tree:
    if prefix.kind == "scope":
        return _scoped(prefix.field, tree)
    if prefix.kind == "not":
        return Must(tree.node) if isinstance(tree, Not) else Not(tree.node if isinstance(tree, Must) else tree)
    return tree if isinstance(tree, Must | Not) else Must(tree)


def _scoped(field: str, tree: Tree) -> Tree:
    """Look for a tree in a field; what names its own field is looked for there."""
    match tree:
        case Not(node):
            return Not(_scoped(field, node))
        case Must(node):
            return Must(_scoped(field, node))
        case Scoped() | Days() | syntax.Choice() | syntax.Address() | syntax.Exact() | syntax.Everything():
            return tree
        case _:
            return Scoped(field, tree)
