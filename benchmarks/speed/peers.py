"""Streams of terms -> engines that rank them, ours and its peers, behind one small port. One field, nothing stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from whoosh import fields, query, scoring
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.index import create_in

from benchmarks.speed.corpus import Streams
from benchmarks.speed.judge import Answer
from benchmarks.speed.queries import KINDS, WordQuery
from indexer.engines.base import Request
from indexer.engines.bm25 import K1, B
from indexer.engines.whoosh import WhooshEngine
from indexer.model import ArticleRow, IndexEntry
from indexer.nodes import AllOf, AnyOf, Node, Phrase, Prefix, Term

K = 10


def load(library: str, module: str = "") -> ModuleType | None:
    """Import an optional peer, or our module that uses it; None if it is not installed, which `missing` reports."""
    try:
        return import_module(module or library)
    except ModuleNotFoundError as error:
        if error.name != library:
            raise
        return None


def load_tantivy_chain() -> ModuleType | None:
    """Import what ends our analysis in tantivy, if there is tantivy."""
    return load("tantivy", "benchmarks.speed.tantivy_chain")


def missing(library: str) -> str:
    return f"{library} is not installed and left out; to compare with it: pip install {library}"


def row_of(article_id: str) -> ArticleRow:
    """Return the row of an article of nothing but an id."""
    return ArticleRow(article_id, "", article_id, "", 0, 0, 0, "", 1)


class Wensou:
    """Our engine through its port. Every passage is an article; `text` has the words with positions."""

    name = "wensou"
    kinds = KINDS

    def __init__(self, streams: Streams, folder: Path) -> None:
        self._engine = WhooshEngine(folder, create=True)
        with self._engine.writer() as writer:
            for passage in range(len(streams)):
                terms = tuple(streams.stream(passage))
                entry = IndexEntry(f"{passage}#0", {"zh": terms, "text": terms})
                writer.put(row_of(f"{passage:08d}"), (entry,))
        self.counts_exactly = True

    def search(self, asked: WordQuery) -> Answer:
        ranking = self._engine.search(Request(rank=node_of(asked), limit=K, per_article=1))
        self.counts_exactly &= ranking.total_is_exact
        return Answer(
            tuple((int(article.article_id), article.score) for article in ranking.articles),
            ranking.total if ranking.total_is_exact else None,
        )


def node_of(asked: WordQuery) -> Node:
    """Return a question as the port has it."""
    match asked.kind:
        case "AND":
            return AllOf(tuple(Term("zh", term) for term in asked.terms))
        case "phrase":
            return Phrase("text", asked.terms)
        case "prefix":
            return Prefix("zh", asked.terms[0])
        case _:
            return AnyOf(tuple(Term("zh", term) for term in asked.terms))


class Tantivy:
    """tantivy, one segment, one thread. Its k1 = 1.2 and b = .75 cannot be set, nor a prefix be scored.

    `search_counting` also counts what matches, as ours does, and so cannot skip what will not be among the best.
    """

    name = "tantivy"
    kinds = KINDS

    def __init__(self, streams: Streams, folder: Path, tantivy: Any) -> None:
        self._tantivy = tantivy
        folder.mkdir(parents=True)
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("words", tokenizer_name="words", index_option="position")
        builder.add_unsigned_field("number", fast=True)
        self._schema = builder.build()
        index = tantivy.Index(self._schema, str(folder))
        words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        index.register_tokenizer("words", words)
        # One thread with room for everything writes one segment.
        writer = index.writer(heap_size=2_000_000_000, num_threads=1)
        for passage in range(len(streams)):
            document = tantivy.Document()
            document.add_text("words", " ".join(streams.stream(passage)))
            document.add_unsigned("number", passage)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()
        self.segments = self._searcher.num_segments

    def search(self, asked: WordQuery) -> Answer:
        return self._search(asked, counting=False)

    def search_counting(self, asked: WordQuery) -> Answer:
        return self._search(asked, counting=True)

    def _search(self, asked: WordQuery, counting: bool) -> Answer:
        hits = self._searcher.search(self._query(asked), K, count=counting).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        return Answer(tuple((number, score) for number, (score, _) in zip(numbers, hits, strict=True)))

    def _query(self, asked: WordQuery) -> Any:
        query_type, schema = self._tantivy.Query, self._schema
        if asked.kind == "phrase":
            return query_type.phrase_query(schema, "words", list(asked.terms))
        if asked.kind == "prefix":
            return query_type.regex_query(schema, "words", f"{asked.terms[0]}.*")
        occur = self._tantivy.Occur.Must if asked.kind == "AND" else self._tantivy.Occur.Should
        return query_type.boolean_query([(occur, query_type.term_query(schema, "words", term)) for term in asked.terms])


class Fts5:
    """SQLite FTS5, optimised into one segment, without its copy of the text. Its k1 and b cannot be set."""

    name = "SQLite FTS5"
    kinds = KINDS

    def __init__(self, streams: Streams, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._connection = sqlite3.connect(folder / "fts5.db")
        # Every character but white space is part of a token, so that ours stay whole.
        tokenizer = "unicode61 remove_diacritics 0 categories ''L* M* N* P* S* C*''"
        self._connection.execute(f"CREATE VIRTUAL TABLE passages USING fts5(words, content='', tokenize='{tokenizer}')")
        with self._connection:
            self._connection.executemany(
                "INSERT INTO passages (rowid, words) VALUES (?, ?)",
                ((passage + 1, " ".join(streams.stream(passage))) for passage in range(len(streams))),
            )
            self._connection.execute("INSERT INTO passages (passages) VALUES ('optimize')")

    def search(self, asked: WordQuery) -> Answer:
        rows = self._connection.execute(
            "SELECT rowid, rank FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?", (_match(asked), K)
        ).fetchall()
        return Answer(tuple((rowid - 1, -rank) for rowid, rank in rows))


def _match(asked: WordQuery) -> str:
    quoted = [f'"{term}"' for term in asked.terms]
    match asked.kind:
        case "phrase":
            return " + ".join(quoted)
        case "prefix":
            return f"{quoted[0]} *"
        case "AND":
            return " AND ".join(quoted)
        case _:
            return " OR ".join(quoted)


class Bm25s:
    """bm25s over NumPy, all scores worked out beforehand; OR is all that it has."""

    name = "bm25s"
    kinds = KINDS[:2]

    def __init__(self, streams: Streams, bm25s: Any) -> None:
        self._retriever = bm25s.BM25(method="lucene", k1=K1, b=B)
        ids = [
            streams.numbers[start:end].tolist()
            for start, end in zip(streams.starts[:-1], streams.starts[1:], strict=True)
        ]
        vocabulary = {term: number for number, term in enumerate(streams.terms)}
        self._retriever.index((ids, vocabulary), show_progress=False)

    def search(self, asked: WordQuery) -> Answer:
        numbers, scores = self._retriever.retrieve([list(asked.terms)], k=K, show_progress=False)
        return Answer(tuple(zip(numbers[0].tolist(), scores[0].tolist(), strict=True)))


class StockWhoosh:
    """Whoosh as it comes, with our terms."""

    name = "stock Whoosh"
    kinds = KINDS

    def __init__(self, streams: Streams, folder: Path) -> None:
        folder.mkdir(parents=True)
        index = create_in(folder, fields.Schema(words=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True)))
        writer = index.writer(limitmb=512)
        for passage in range(len(streams)):
            writer.add_document(words=" ".join(streams.stream(passage)))
        writer.commit()
        self._searcher = index.searcher(weighting=scoring.BM25F(B=B, K1=K1))

    def search(self, asked: WordQuery) -> Answer:
        return Answer(tuple((number, score) for score, number in self._searcher.search(_whoosh(asked), limit=K).top_n))


def _whoosh(asked: WordQuery) -> Any:
    match asked.kind:
        case "phrase":
            return query.Phrase("words", list(asked.terms))
        case "prefix":
            return query.Prefix("words", asked.terms[0])
        case kind:
            together: Callable[..., Any] = query.And if kind == "AND" else query.Or
            return together([query.Term("words", term) for term in asked.terms])
