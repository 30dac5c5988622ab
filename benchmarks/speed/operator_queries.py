"""Titles, texts and rows of articles -> queries with every operator, the same for the same seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence

from indexer.analysis.analyzer import default_analyzer
from indexer.analysis.stopwords import stopwords
from indexer.model import ArticleRow

_HAN = re.compile("[\u4e00-\u9fd5]{4,}")
_LATIN = re.compile("[a-z]{5,12}")
_YEAR = re.compile("(?:19|20)[0-9]{2}年")

Draw = Callable[[], str]


class Drawing:
    """Draws words, phrases and values of fields from articles."""

    def __init__(self, rows: Sequence[ArticleRow], texts: Sequence[str], seed: int) -> None:
        dice = self._dice = random.Random(seed)
        titles = dice.sample([row.title for row in rows], min(len(rows), 2000))
        self._words = _different(
            word for title in titles for word in default_analyzer().terms(title).zh if _is_telling(word)
        ) or ["中国"]
        self._latin = _different(word for text in (*titles, *texts) for word in _LATIN.findall(text.lower())) or [
            "china"
        ]
        self._runs = _different(run for text in texts for run in _HAN.findall(text)) or ["人民共和国"]
        self._years = _different(year for text in texts for year in _YEAR.findall(text)) or ["2020年"]
        self._rows = rows

    def word(self) -> str:
        return self._dice.choice(self._words)

    def latin(self) -> str:
        return self._dice.choice(self._latin)

    def phrase(self) -> str:
        """Return four characters that stand side by side."""
        run = self._dice.choice(self._runs)
        start = self._dice.randrange(len(run) - 3)
        return run[start : start + 4]

    def number(self) -> str:
        return self._dice.choice(self._years)

    def one_of(self, values: Sequence[str]) -> str:
        return self._dice.choice(values)

    def value(self, of: Callable[[ArticleRow], str], otherwise: str = "") -> str:
        """Return something that the rows say; where they say nothing, something else, or a word."""
        for row in self._dice.choices(self._rows, k=50):
            if value := of(row).replace('"', "").replace("\\", "").strip():
                return value
        return otherwise or self.word()

    def part(self, of: Callable[[ArticleRow], str]) -> str:
        """Return six characters of something that the rows say, without white space."""
        value = "".join(self.value(of).split())
        start = self._dice.randrange(max(1, len(value) - 6))
        return value[start : start + 6]

    def day(self) -> str:
        return self.value(lambda row: row.published.isoformat() if row.published else "", "2020-01-01")

    def chance(self) -> bool:
        return self._dice.random() < 0.5


def operator_queries(drawing: Drawing, count: int) -> dict[str, list[str]]:
    """Draw `count` different queries of each kind, or as many as there are."""
    return {kind: _different(draw() for _ in range(count)) for kind, draw in _kinds(drawing).items()}


def _kinds(drawing: Drawing) -> dict[str, Draw]:
    return {**_combined(drawing), **_alike(drawing), **_fields(drawing)}


def _combined(drawing: Drawing) -> dict[str, Draw]:
    word, latin, phrase = drawing.word, drawing.latin, drawing.phrase
    return {
        "words": lambda: f"{word()} {word()} {latin()}",
        "phrase": lambda: f'"{phrase()}"',
        "two phrases": lambda: f'"{phrase()}" "{phrase()}"',
        "AND": lambda: f"{word()} AND {word()}",
        "OR": lambda: f"{word()} OR {latin()}",
        "word -word": lambda: f"{word()} -{word()}",
        "NOT alone": lambda: f"NOT {word() if drawing.chance() else latin()}",
        "+word word": lambda: f"+{word()} {latin()}",
        "brackets": lambda: f"({word()} OR {latin()}) AND ({word()} OR ({word()} NOT {latin()}))",
        "near": lambda: f'"{word()} {word()}"~20',
        "number": drawing.number,
    }


def _alike(drawing: Drawing) -> dict[str, Draw]:
    word, latin = drawing.word, drawing.latin
    return {
        "prefix, Latin": lambda: f"{latin()[:3]}*",
        "prefix, one letter": lambda: f"{latin()[:1]}*",
        "prefix, Chinese": lambda: f"{word()[: 1 + drawing.chance()]}*",
        "wildcard, Latin": lambda: _with_gap(latin(), "*" if drawing.chance() else "?"),
        "wildcard, ending": lambda: f"*{latin()[-3:]}",
        "wildcard, Chinese": lambda: _with_gap(drawing.phrase()[:3], "?"),
        "fuzzy, 1 edit": lambda: f"{_misspelt(latin())}~1",
        "fuzzy, 2 edits": lambda: f"{_misspelt(latin())}~2",
    }


def _fields(drawing: Drawing) -> dict[str, Draw]:
    word, value = drawing.word, drawing.value
    return {
        "title:": lambda: f"title:{word()}",
        "body:": lambda: f"body:{word()}",
        "tag:": lambda: f'tag:"{value(lambda row: next(iter(row.tags), ""))}"',
        "author:": lambda: f'author:"{value(lambda row: row.author)}"',
        "source:": lambda: f'source:"{value(lambda row: row.source)}"',
        "lang:": lambda: f"lang:{'zh' if drawing.chance() else 'en'} {word()}",
        "kind:": lambda: f"kind:{'heading' if drawing.chance() else 'body'} {word()}",
        "path:, a folder": lambda: f"path:{value(lambda row: row.id).split('/')[0]}/",
        "path:, a part": lambda: f"path:{drawing.part(lambda row: row.id)}",
        "url:": lambda: f"url:{drawing.part(lambda row: row.url)}",
        "date:, words": lambda: f"date:{'..'.join(sorted((drawing.day(), drawing.day())))} {word()}",
        "date: alone": lambda: f"date:{drawing.day()[:4]}..",
        "a filter alone": lambda: "*" if drawing.chance() else f"lang:{'zh' if drawing.chance() else 'en'}",
    }


def _with_gap(word: str, sign: str) -> str:
    """Return a word with a sign in place of what is in its middle."""
    return word[: len(word) // 2] + sign + word[len(word) // 2 + 1 :]


def _misspelt(word: str) -> str:
    """Return a word with two neighbours exchanged."""
    return word[:2] + word[3] + word[2] + word[4:]


def _is_telling(word: str) -> bool:
    return len(word) > 1 and word not in stopwords()


def _different(drawn: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(drawn))
