"""Article -> passages short enough to rank and quote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import NamedTuple

from indexer.analysis.analyzer import run_spans
from indexer.language import Counts, Letters, language
from indexer.model import Article, Block, Passage
from indexer.sentences import sentence_ends

# In Han characters; a Latin word counts as 8/3 of one, so that 400 characters stand for 150 words.
LONGEST = 400
SHORTEST = 200
_WORD_SIZE = 8 / 3

_CLAUSE_END = re.compile(r"[，、：,:—…]+['\"”’」』）)\]]*\s*")


class _Span(NamedTuple):
    """A stretch of the body that is not cut further, or a passage being put together from such."""

    kind: str
    start: int
    end: int
    counts: Counts
    size: float

    @classmethod
    def of(cls, kind: str, start: int, end: int, counts: Counts) -> _Span:
        return tuple.__new__(cls, (kind, start, end, counts, counts[0] + counts[3] * _WORD_SIZE))


def cut_passages(article: Article) -> tuple[Passage, ...]:
    """Cut an article; one without text has one empty passage. Where they stand in its file is not looked for.

    The passages are in order and do not overlap; none begins or ends inside a word or a Han run.
    """
    letters = Letters(article.body)
    spans = list(_sentences(letters, article.blocks))
    whole = Counts._make(map(sum, zip(Counts(0, 0, 0, 0), *[span.counts for span in spans], strict=True)))
    return tuple(
        Passage(
            id=f"{article.id}@{number}",
            article_id=article.id,
            kind=span.kind,
            lang=language(span.counts, whole, article.lang),
            text=article.body[span.start : span.end],
            start=span.start,
            end=span.end,
        )
        for number, span in enumerate(_trimmed(article.body, _packed(spans)) or [_Span.of("body", 0, 0, whole)])
    )


def _trimmed(body: str, spans: Sequence[_Span]) -> list[_Span]:
    return [span._replace(end=span.start + len(body[span.start : span.end].rstrip())) for span in spans]


def _sentences(body: Letters, blocks: Iterable[Block]) -> Iterator[_Span]:
    """Cut blocks, which white space parts, into sentences; those too long at clause marks, else between runs."""
    ends = iter([*sentence_ends(body.text), len(body.text)])
    end = 0
    for kind, start, stop in blocks:
        while start < stop:
            while end <= start:
                end = next(ends)
            span = _span(body, kind, start, min(end, stop))
            if span.size > LONGEST:
                yield from _pieces(body, span)
            elif span.size or not body.text[start : span.end].isspace():
                yield span
            start = span.end


def _pieces(body: Letters, sentence: _Span) -> Iterator[_Span]:
    text = body.text[sentence.start : sentence.end]
    spans = run_spans(text)
    inside = {place for start, end in spans for place in range(start + 1, end)}
    ends = {match.end() for match in _CLAUSE_END.finditer(text)} - inside
    for clause in _cut(body, sentence, sorted(ends)):
        if clause.size <= LONGEST:
            yield clause
        else:
            yield from _evenly(list(_cut(body, clause, _starts_within(spans, clause, sentence.start))))


def _starts_within(spans: Sequence[tuple[int, int]], clause: _Span, offset: int) -> list[int]:
    """Return where runs begin inside a clause, from its own start."""
    starts = (offset + start - clause.start for start, _ in spans)
    return [start for start in starts if 0 < start < clause.end - clause.start]


def _cut(body: Letters, span: _Span, ends: Sequence[int]) -> Iterator[_Span]:
    start = span.start
    for end in [*(span.start + end for end in ends), span.end]:
        if start < end:
            yield _span(body, span.kind, start, end)
        start = end


def _packed(spans: Sequence[_Span]) -> list[_Span]:
    """Join spans into passages: one kind and language each, of like size, not above LONGEST if it can be helped."""
    return [passage for section in _sections(spans) for passage in _evenly(section)]


def _sections(spans: Sequence[_Span]) -> list[list[_Span]]:
    """Group spans that may share a passage; headings go with what follows them."""
    sections: list[list[_Span]] = []
    last: _Span | None = None
    for span in spans:
        if last is not None and _go_together(last, span):
            sections[-1].append(span)
        else:
            sections.append([span])
        last = span
    return sections


def _go_together(last: _Span, span: _Span) -> bool:
    if last.kind == "heading" and last.size < SHORTEST:
        return True
    one_kind = last.kind == span.kind or {last.kind, span.kind} == {"heading", "body"}
    return one_kind and _same_language(last, span)


def _evenly(section: Sequence[_Span]) -> Iterator[_Span]:
    """Cut a section into the fewest passages, of like size, and before a heading where a passage is long enough."""
    left = sum(span.size for span in section)
    passage: _Span | None = None
    after_heading = False
    for span in section:
        target = left / max(1, ceil(left / LONGEST))
        overfull = passage is not None and passage.size + span.size > LONGEST
        if passage is not None and (overfull or (not after_heading and _is_full(passage, span, target))):
            yield passage
            left -= passage.size
            passage = None
        passage = span if passage is None else _joined(passage, span)
        after_heading = span.kind == "heading"
    if passage is not None:
        yield passage


def _is_full(passage: _Span, span: _Span, target: float) -> bool:
    if span.kind == "heading" and passage.size >= SHORTEST:
        return True
    return passage.size + span.size / 2 > target


def _joined(passage: _Span, span: _Span) -> _Span:
    kind = span.kind if passage.kind == "heading" else passage.kind
    return _Span.of(kind, passage.start, span.end, passage.counts.plus(span.counts))


def _same_language(one: _Span, other: _Span) -> bool:
    """Tell whether both are Chinese or both are not; what holds no letters goes with anything."""
    return not one.size or not other.size or _is_chinese(one.counts) == _is_chinese(other.counts)


def _is_chinese(counts: Counts) -> bool:
    return counts.han > counts.words


def _span(body: Letters, kind: str, start: int, end: int) -> _Span:
    return _Span.of(kind, start, end, body.count(start, end))
