"""Words, phrases and values of articles -> searches of every kind, the same for the same seed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from typing import Any

from opencc import OpenCC

from benchmarks.speed.operator_queries import Drawing, operator_queries
from indexer.engines.base import FACETS, Engine
from indexer.model import ArticleRow
from indexer.payload import load_text

# Articles that queries are drawn from.
_READ = 2000
# Times that a kind is drawn from before it counts as exhausted.
_TRIES = 20
_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)+")
_BY_DATE: Mapping[str, Any] = {"sort": "date"}


@dataclass(frozen=True)
class Question:
    """A search of a kind: what is typed, and the named arguments of `Searcher.search`."""

    kind: str
    query: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind}: {self.query!r}{f' {dict(self.options)}' if self.options else ''}"


def questions_of(engine: Engine, count: int, seed: int) -> list[Question]:
    """Draw so many searches from the articles of an index, evenly of all kinds."""
    return questions(*drawing_of(engine, seed), count)


def drawing_of(engine: Engine, seed: int) -> tuple[Drawing, list[str]]:
    """Return what draws from the articles of an index, and some of their texts."""
    rows = sorted(engine.rows(), key=lambda row: row.id)
    texts = [text for row in rows[:: max(1, len(rows) // _READ)] for text in _texts(engine, row)]
    return Drawing(rows, texts, seed), texts


def questions(drawing: Drawing, texts: Sequence[str], count: int) -> list[Question]:
    """Draw so many different searches, or as many as there are, evenly of all kinds."""
    by_kind = [_drawn(kind, draw, count) for kind, draw in _kinds(drawing, texts, count).items()]
    by_kind += [_drawn(kind, partial(_asked, drawing, options), count) for kind, options in _options(drawing).items()]
    return list(islice(_in_turn(by_kind), count))


def _texts(engine: Engine, row: ArticleRow) -> Iterator[str]:
    for one in engine.passages(row.id)[:1]:
        yield load_text(one.payload, one.passage_id, one.article_id).text


Draw = Callable[[], tuple[str, Mapping[str, Any]]]


def _kinds(drawing: Drawing, texts: Sequence[str], count: int) -> dict[str, Draw]:
    """Return what draws queries; every second one is not searched for in the other language."""
    names = list(dict.fromkeys(name for text in texts for name in _NAME.findall(text))) or [drawing.latin()]
    traditional, simplified = OpenCC("s2t"), OpenCC("t2s")
    plain: dict[str, Callable[[], str]] = {
        "one word, Chinese": drawing.word,
        "one word, English": drawing.latin,
        "words, English": lambda: f"{drawing.latin()} {drawing.latin()} {drawing.latin()}",
        "name": lambda: drawing.one_of(names),
        "title": lambda: drawing.value(lambda row: row.title),
        "traditional": lambda: traditional.convert(f"{drawing.phrase()} {drawing.word()}"),
        "simplified": lambda: simplified.convert(f"{drawing.phrase()} {drawing.word()}"),
    }
    crossing = cycle([{}, {"cross": "off"}])
    drawn = {kind: partial(_with, draw, crossing) for kind, draw in plain.items()}
    operators = operator_queries(drawing, min(count, _TRIES))
    return drawn | {kind: partial(_with, partial(next, cycle(own)), crossing) for kind, own in operators.items()}


def _options(drawing: Drawing) -> dict[str, Mapping[str, Any]]:
    days = sorted((drawing.day(), drawing.day()))
    return {
        "found in the other language only": {"cross": "only"},
        "both languages mixed": {"cross": "mixed"},
        "exact": {"exact": True},
        "passages in traditional Chinese": {"lang": "zh-Hant"},
        "passages in English": {"lang": "en"},
        "between days": {"since": days[0], "until": days[1]},
        "headings": {"kinds": ("heading",)},
        "all copies": {"copies": True},
        "by date": _BY_DATE,
        "oldest first": {"sort": "date-asc"},
        "by title": {"sort": "title"},
        "passages as hits": {"passages": True},
        "all facets": {"facets": FACETS},
        "stories": {"stories": True},
        "fresh": {"fresh": 365},
        "second page": {"offset": 10},
    }


def _asked(drawing: Drawing, options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return two words, or one, with options."""
    return f"{drawing.word()} {drawing.word()}" if drawing.chance() else drawing.latin(), options


def _with(draw: Callable[[], str], options: Iterator[Mapping[str, Any]]) -> tuple[str, Mapping[str, Any]]:
    return draw(), next(options)


def _drawn(kind: str, draw: Draw, count: int) -> Iterator[Question]:
    """Yield different searches of a kind until there seem to be no more."""
    seen = set()
    for _ in range(count * _TRIES):
        query, options = draw()
        if query not in seen:
            seen.add(query)
            yield Question(kind, query, options)


def _in_turn(all_of: Iterable[Iterator[Question]]) -> Iterator[Question]:
    waiting = list(all_of)
    while waiting:
        for one in list(waiting):
            if question := next(one, None):
                yield question
            else:
                waiting.remove(one)
