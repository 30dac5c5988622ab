"""The beginning of a query -> the words of the index that its last word may become, and titles that begin so."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.analysis.fold import fold
from indexer.analysis.scripts import runs
from indexer.analysis.stopwords import stopwords
from indexer.engines.base import Engine
from search.fields import begun, takes_text
from search.pinyin import begun as spelled_words

# Characters of a Chinese word, at most, that are typed when it is completed.
_LONGEST = 6
# Function words and what is typed already are left out.
_SURPLUS = 20
# Characters from which on a query may be the beginning of a title.
_SHORTEST_TITLE = 2
# What may stand before a field.
_SIGNS = "+-＋－(（"


@dataclass(frozen=True, slots=True)
class Completion:
    """A word of the index, in so many passages, and the query with it in place of its beginning; or a whole title.

    A field, or a value of one, is a word in 0 passages.
    """

    query: str
    word: str
    passages: int  # of the articles of that name, if it is a title
    is_title: bool = False


def completions(query: str, engine: Engine, limit: int) -> list[Completion]:
    """Return what the last word of a query may become; at most `limit`.

    First fields or values of one, then words, most frequent first, then titles. Latin letters begin a Latin word or the
    pinyin of a Chinese one.
    """
    last = _last(query)
    kept = query[: len(query) - len(last)]
    fields = [Completion(kept + word, word, 0) for word in begun(last)[:limit]]
    if not takes_text(last):
        return fields
    left = limit - len(fields)
    titles = _titles(query, engine, left // 2)
    return fields + _words(query, engine, left - len(titles)) + titles


def _last(query: str) -> str:
    """Return the last word of a query, without signs before it."""
    words = query.split()
    return words[-1].lstrip(_SIGNS) if words and not query[-1].isspace() else ""


def _titles(query: str, engine: Engine, limit: int) -> list[Completion]:
    """Return the titles that a query is the beginning of, those of most articles first."""
    from indexer.article_fields import title_key

    key = title_key(query)
    if len(key) < _SHORTEST_TITLE:
        return []
    found = dict(engine.terms("title", key, limit))
    articles = engine.articles_with("title", found)
    rows = {key: next(iter(engine.rows(ids[:1])), None) for key, ids in articles.items()}
    return [Completion(row.title, row.title, found[key], is_title=True) for key, row in rows.items() if row]


def _words(query: str, engine: Engine, limit: int) -> list[Completion]:
    folded = fold(query)
    found = runs(folded.key)
    if not found or folded.span(found[-1].start, found[-1].end)[1] != len(query):
        return []
    last = found[-1]
    if last.kind == "han":
        start, words = _han(last.text, engine, limit)
    else:
        start, words = 0, _latin(last.text, engine, limit)
    kept = query[: folded.span(last.start + start, last.end)[0]]
    return [Completion(kept + word, word, count) for word, count in words]


def _han(text: str, engine: Engine, limit: int) -> tuple[int, list[tuple[str, int]]]:
    """Return the words that the longest end of a run begins, and where it does."""
    for start in range(max(0, len(text) - _LONGEST), len(text)):
        begins = text[start:]
        words = [pair for pair in engine.terms("zh", begins, limit + _SURPLUS) if _is_worth(pair[0], begins)][:limit]
        if words:
            return start, words
    return 0, []


def _latin(text: str, engine: Engine, limit: int) -> list[tuple[str, int]]:
    words = [pair for pair in engine.terms("text", text, limit + _SURPLUS) if _is_worth(pair[0], text)]
    spelled = spelled_words(text, engine, limit) if len(text) > 1 else []
    return sorted([*words, *spelled], key=lambda pair: (-pair[1], pair[0]))[:limit]


def _is_worth(term: str, typed: str) -> bool:
    return term != typed and term not in stopwords()
