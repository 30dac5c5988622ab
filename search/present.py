"""SearchResult -> text for people: on a terminal in colour, elsewhere with plain marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from indexer.display import as_line, harmless
from search.columns import clipped, width_of
from search.hit_fields import HIT_FIELDS
from search.model import Copy, Hit, SearchResult, Snippet, Span, Story
from search.reason_lines import lines_of

if TYPE_CHECKING:
    from search.explanation import ArticleExplanation

# Around what is highlighted, where there is no colour.
_MARKS = ("**", "**")
_COLOURS = ("\x1b[1;31m", "\x1b[0m")
_DIM = ("\x1b[2m", "\x1b[0m")
_BOLD = ("\x1b[1m", "\x1b[0m")
_PLAIN = ("", "")
# Fields of a hit that a table shows unless told, and all that it can show: the two others stand with the title and day.
TABLE_FIELDS = ("rank", "title", "published", "author", "lang", "path", "snippets", "copies", "stories")
KNOWN_FIELDS = tuple(name for name in HIT_FIELDS if name not in ("title_spans", "published_guessed"))
# Copies of a hit that are named.
_PATHS = 3
# Other reports of its event that are named.
_STORIES = 8
# Values of a facet that are shown.
_VALUES = 20


def as_table(
    result: SearchResult,
    explained: Mapping[str, ArticleExplanation] = MappingProxyType({}),
    fields: Sequence[str] = TABLE_FIELDS,
    *,
    color: bool,
    width: int,
) -> Iterator[str]:
    """Yield the lines of a list of hits; `width` is the terminal's in columns, 0 for unlimited.

    `explained` are explanations to show below hits, by article id. Of `fields` those that are facts keep their order.
    """
    for hit in result.hits:
        yield from _hit_lines(hit, fields, color, width)
        if hit.article_id in explained:
            for line in lines_of(explained[hit.article_id]):
                yield _paint(harmless(f"   {line}"), _DIM if color else _PLAIN)
        yield ""


def facet_lines(result: SearchResult) -> Iterator[str]:
    """Yield a line for each facet that has values: the commonest, and how many more there are."""
    for name, values in (result.facets or {}).items():
        if not values:
            continue
        counts = [f"{value.value} {value.count:,}" for value in values[:_VALUES]]
        left = len(values) - len(counts)
        yield f"{name}: {harmless(' · '.join(counts))}{f' · … {left:,} more' if left else ''}"


def as_vimgrep(result: SearchResult) -> Iterator[str]:
    """Yield file:line:column:text for each snippet."""
    for hit in result.hits:
        for snippet, place in zip(hit.snippets, hit.places, strict=True):
            yield f"{as_line(hit.path)}:{place.line}:{place.column}:{harmless(snippet.text)}"


def _hit_lines(hit: Hit, fields: Sequence[str], color: bool, width: int) -> Iterator[str]:
    number = f"{hit.rank}. " if "rank" in fields else ""
    if "title" in fields:
        yield number + marked(hit.title or hit.article_id, hit.title_spans, color, _BOLD)
    elif number:
        yield number.rstrip()
    indent = " " * len(number)
    facts = [_FACTS[name](hit) for name in fields if name in _FACTS]
    if facts:
        line = indent + " · ".join(harmless(fact) for fact in facts if fact)
        yield _paint(clipped(line, width), _DIM if color else _PLAIN)
    for snippet in hit.snippets if "snippets" in fields else hit.snippets[: "snippet" in fields]:
        yield from _wrapped(snippet, indent + "  ", color, width)
    if hit.copies and "copies" in fields:
        yield _paint(clipped(indent + harmless(_listed(hit.copies)), width), _DIM if color else _PLAIN)

    for line in _told(hit.stories) if "stories" in fields else ():
        yield _paint(clipped(indent + harmless(line), width), _DIM if color else _PLAIN)


def _told(stories: Sequence[Story]) -> Iterator[str]:
    """Yield a line for each other report of the event, the first ones of many."""
    for story in stories[:_STORIES]:
        copies = f"+{len(story.copies):,}" if story.copies else ""
        facts = (
            story.title or story.article_id,
            day_of(story.published, False),
            story.lang,
            _short(story.path),
            copies,
        )
        yield f"= {' · '.join(fact for fact in facts if fact)}"
    if len(stories) > _STORIES:
        yield f"= … {len(stories) - _STORIES:,} more"


def _listed(copies: Sequence[Copy]) -> str:
    """Return how many copies there are, and where the first of them."""
    paths = [_short(copy.path) for copy in copies[:_PATHS]]
    count = f"{len(copies):,} {'copy' if len(copies) == 1 else 'copies'}"
    return f"+ {count}: {', '.join(paths)}{', …' if len(copies) > _PATHS else ''}"


def day_of(published: date | None, is_guess: bool) -> str:
    """Return the day an article was published; a guess with a tilde before it."""
    return f"{'~' * is_guess}{published.isoformat()}" if published else ""


def _short(path: str) -> str:
    """Return a path from the working directory, if it lies there."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


# What stands in the line below the title, by the name of its field.
_FACTS: Mapping[str, Callable[[Hit], str]] = {
    "article_id": lambda hit: hit.article_id,
    "title_lang": lambda hit: hit.title_lang,
    "path": lambda hit: _short(hit.path),
    "url": lambda hit: hit.url,
    "published": lambda hit: day_of(hit.published, hit.published_guessed),
    "published_at": lambda hit: hit.published_at,
    "author": lambda hit: hit.author,
    "source": lambda hit: hit.source,
    "lang": lambda hit: hit.lang,
    "score": lambda hit: f"score {hit.score:.4f}",
}


def marked(text: str, spans: Sequence[Span], color: bool, base: tuple[str, str] = _PLAIN) -> str:
    """Return text with what is highlighted in colour or between marks, the rest as `base` paints it."""
    opening, closing = _COLOURS if color else _MARKS
    before, after = base if color else _PLAIN
    text = harmless(text)
    pieces: list[str] = []
    last = 0
    for start, end in _touching_joined(spans):
        pieces += (_paint(text[last:start], (before, after)), opening, text[start:end], closing)
        last = end
    pieces.append(_paint(text[last:], (before, after)))
    return "".join(pieces)


def _touching_joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


def _paint(text: str, style: tuple[str, str]) -> str:
    return f"{style[0]}{text}{style[1]}" if text and style[0] else text


def _wrapped(snippet: Snippet, indent: str, color: bool, width: int) -> Iterator[str]:
    """Break a quotation into lines of at most `width` columns, counting East Asian characters as two."""
    text = snippet.text
    for start, end in _lines(harmless(text), width - len(indent) if width else 0):
        inside = [(max(s, start) - start, min(e, end) - start) for s, e in snippet.spans if s < end and e > start]
        yield indent + marked(text[start:end], inside, color, _PLAIN)


def _lines(text: str, columns: int) -> Iterator[Span]:
    if columns < 10:
        yield 0, len(text)
        return
    start = 0
    while start < len(text):
        end = _line_end(text, start, columns)
        yield start, end
        start = end
        while start < len(text) and text[start] == " ":
            start += 1


def _line_end(text: str, start: int, columns: int) -> int:
    """Return where a line must end: after the last space or wide character that fits."""
    taken = 0
    breakable = start
    for i in range(start, len(text)):
        taken += width_of(text[i])
        if taken > columns:
            return breakable if breakable > start else max(i, start + 1)
        if text[i] == " " or width_of(text[i]) == 2:
            breakable = i + 1
    return len(text)
