"""Nodes -> what they stand for, as a reader would say it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from indexer.analysis.analyzer import FIELDS
from indexer.nodes import (
    AllOf,
    Also,
    AnyOf,
    Best,
    Boost,
    Decayed,
    Every,
    Fuzzy,
    Keyword,
    Lead,
    Near,
    Node,
    Not,
    Pattern,
    Phrase,
    Prefix,
    Range,
    Scaled,
    Synonym,
    Term,
)
from search.phrases import Places


def described(node: Node) -> str:
    """Return what matches a node; the same in several fields is named once."""
    match node:
        case Term(_, term):
            return term
        case Phrase(_, terms, prefix):
            return f"“{' '.join(Places(terms, prefix).parts)}”"
        case Prefix(_, prefix):
            return f"{prefix}*"
        case Pattern(_, pattern):
            return pattern
        case Fuzzy(_, term, distance, _):
            return f"{term}~{distance}"
        case Keyword(field, values):
            return f"{field} {' or '.join(values)}"
        case Range(field, low, high):
            return f"{field} {_end(field, low)}..{_end(field, high)}"
        case Every():
            return "anything"
        case Not(inner):
            return f"not {described(inner)}"
        case Synonym(forms):
            return _joined([form.node for form in forms], " or ")
        case AnyOf(nodes) | Best(nodes):
            return _joined(nodes, " or ") or "a word to search for"
        case AllOf(nodes):
            return _joined(nodes, " and ")
        case Near(nodes):
            return _joined(nodes, " near ")
        case Also(inner, _) | Boost(inner, _) | Scaled(inner) | Lead(inner) | Decayed(inner):
            return described(inner)


def part_of(node: Node) -> str:
    """Return the part of articles that a node speaks of: body, title, author or the like; empty if of several."""
    parts = {_part(field) for field in _text_fields(node)}
    return parts.pop() if len(parts) == 1 else ""


def _part(field: str) -> str:
    part, _, stream = field.rpartition("_")
    return (part or "body") if stream in FIELDS else field


def _text_fields(node: Node) -> Iterator[str]:
    match node:
        case Term(field, _) | Phrase(field, _, _) | Prefix(field, _) | Pattern(field, _) | Fuzzy(field, _, _, _):
            yield field
        case AllOf(nodes) | AnyOf(nodes) | Best(nodes) | Near(nodes):
            for part in nodes:
                yield from _text_fields(part)
        case Synonym(forms):
            for form in forms:
                yield from _text_fields(form.node)
        case Not(inner) | Also(inner, _) | Boost(inner, _) | Scaled(inner) | Lead(inner) | Decayed(inner):
            yield from _text_fields(inner)


def _joined(nodes: Iterable[Node], word: str) -> str:
    parts = list(dict.fromkeys(map(described, nodes)))
    if len(parts) == 1:
        return parts[0]
    return word.join(f"({part})" if " and " in part or " or " in part else part for part in parts)


def _end(field: str, value: int | None) -> str:
    if value is None:
        return ""
    return date.fromordinal(value).isoformat() if field == "published" else str(value)
