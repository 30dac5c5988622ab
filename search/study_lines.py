"""Concordance and counts -> text for people: aligned by display width, tables, bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.display import counted, harmless
from search.columns import beginning, clipped, clipped_before, ending, left_aligned, right_aligned, width_of
from search.concordance import Concordance, Occurrence
from search.counting import CountRow, Counts, between
from search.occurrences import TITLE
from search.present import day_of, marked

_SEPARATOR = "  "
# Of a terminal's width what names the article takes, and what the longest keyword does, at most: one in so many parts.
_PART = 4
_LEAST_CONTEXT = 8
# Periods without any article that are drawn as such; more stand for themselves as a line.
_MOST_EMPTY = 24
_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL, _PLAIN = "█", "#"
_WITHOUT = {"source": "no source"}
_LONGEST_LABEL = 24
_NARROWEST = 10
_JOINERS = dict.fromkeys((0x200D, 0xFE0E, 0xFE0F))


def as_lines(found: Concordance, *, color: bool, width: int, context: int) -> Iterator[str]:
    """Yield a line an occurrence, the keywords below each other, with `context` columns to each side.

    `width` is the terminal's in columns, 0 for unlimited: what does not fit is left out, most of the context first.
    """
    keywords = [_apart(one.keyword) for one in found.occurrences]
    facts = _facts(found.occurrences, width // _PART)
    middle = max(map(width_of, keywords), default=0)
    if width:
        middle = min(middle, width // _PART)
        marks = width_of(marked("", ((0, 0),), color)) if not color else 0
        taken = middle + marks + len(_SEPARATOR) + max(map(width_of, facts), default=0)
        context = min(context, max(_LEAST_CONTEXT, (width - taken) // 2))
    for one, keyword, fact in zip(found.occurrences, keywords, facts, strict=True):
        left = right_aligned(ending(_apart(one.left), context), context)
        right = left_aligned(beginning(_apart(one.right), context), context + max(0, middle - width_of(keyword)))
        yield left + marked(keyword, ((0, len(keyword)),), color) + right + _SEPARATOR + fact


def _apart(text: str) -> str:
    """Return a text to align, without what joins or varies signs: terminals do not agree how wide that makes them."""
    return harmless(text).translate(_JOINERS)


def _facts(occurrences: Sequence[Occurrence], columns: int) -> list[str]:
    """Return when the article of each was published, and its name, at most `columns` wide."""
    days = [day_of(one.published, one.published_guessed) for one in occurrences]
    size = max(map(len, days), default=0)
    names = [harmless(one.article_id) + f" ({TITLE})" * (one.kind == TITLE) for one in occurrences]
    return [f"{day:{size}} "[not size :] + clipped_before(name, columns) for day, name in zip(days, names, strict=True)]


def summary(found: Concordance) -> str:
    """Return how many occurrences there are, in how many articles."""
    articles = counted(found.articles, "article")
    if found.articles != found.matched:
        articles = f"{found.articles:,} of {counted(found.matched, 'article')}"
    shown = "" if len(found.occurrences) == found.total else f" ({len(found.occurrences):,} shown)"
    return f"{counted(found.total, 'occurrence')}{shown} in {articles}, {found.took_ms:.0f} ms"


def as_table(counts: Counts) -> Iterator[str]:
    """Yield the lines of a table with a head."""
    rows = [(counts.by, "articles", "occurrences")]
    rows += [(_label(row, counts.by), f"{row.articles:,}", f"{row.occurrences:,}") for row in counts.rows]
    first, *others = (max(map(width_of, column)) for column in zip(*rows, strict=True))
    for label, *numbers in rows if counts.rows else ():
        cells = [right_aligned(number, size) for number, size in zip(numbers, others, strict=True)]
        yield _SEPARATOR.join([left_aligned(label, first), *cells])


def as_plot(counts: Counts, *, width: int, blocks: bool) -> Iterator[str]:
    """Yield a bar a row, at most `width` columns wide, of block characters or of ASCII.

    It stands for occurrences; if there are none at all, nothing of the text was asked for, and it does for articles.
    Periods between two that have none are drawn too, and where they are many, named.
    """
    labels = [clipped(_label(row, counts.by), _LONGEST_LABEL) for row in counts.rows]
    sizes = [row.occurrences if counts.occurrences else row.articles for row in counts.rows]
    numbers = [f"{size:,}" for size in sizes]
    first, last = max(map(width_of, labels), default=0), max(map(len, numbers), default=0)
    longest = max(_NARROWEST, width - first - last - 2)
    most = max(sizes, default=0)
    before = None
    for row, size, label, number in zip(counts.rows, sizes, labels, numbers, strict=True):
        if before is not None:
            yield from _empty(before, row, counts.by, last)
        before = row
        bar = _bar(size / max(1, most) * longest, blocks)
        yield f"{left_aligned(label, first)} {number:>{last}} {bar}".rstrip()


def _empty(one: CountRow, other: CountRow, by: str, width: int) -> Iterator[str]:
    missing = between(one.value, other.value) if by != "source" else ()
    if len(missing) > _MOST_EMPTY:
        yield f"... {counted(len(missing), by)} without ..."
    else:
        yield from (f"{value} {0:>{width}}" for value in missing)


def _bar(columns: float, blocks: bool) -> str:
    """Return a bar of about so many columns; what is more than nothing is seen."""
    if not blocks:
        return _PLAIN * max(round(columns), columns > 0)
    eighths = max(round(columns * 8), columns > 0)
    return _FULL * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _label(row: CountRow, by: str) -> str:
    return harmless(row.value) or _WITHOUT.get(by, "undated")
