"""Our analysis, ending in tantivy: what our engine does, by the peer that is fastest at it.

All term fields with the positions that ours has, the payload stored; asked the nodes that our planner makes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tantivy

from benchmarks.speed.corpus import read
from indexer.analysis.analyzer import default_analyzer
from indexer.engines.base import TERM_FIELDS
from indexer.model import ArticleRow, IndexEntry
from indexer.nodes import AllOf, Also, AnyOf, Boost, Node, Phrase, Prefix, Term
from indexer.payload import load_text
from search.grammar import parse
from search.highlight import Highlighter, spans_of
from search.planner import Filters, plan
from search.snippets import choose_window

_Articles = Iterable[tuple[ArticleRow, tuple[IndexEntry, ...]]]
_BUFFER_BYTES = 256_000_000
# A page is ten articles of at most three passages.
_ARTICLES = 10
_PASSAGES = 30


def open_index(folder: Path) -> Any:
    """Return an index of our fields in a folder, made if there is none."""
    builder = tantivy.SchemaBuilder()
    for name, positions in TERM_FIELDS.items():
        builder.add_text_field(name, tokenizer_name="terms", index_option="position" if positions else "freq")
    for name in ("article", "passage", "title"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("payload", stored=True)
    folder.mkdir(exist_ok=True)
    index = tantivy.Index(builder.build(), str(folder))
    index.register_tokenizer("terms", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


def write(index: Any, articles: _Articles) -> None:
    """Add articles in one commit, with as many threads as tantivy likes."""
    writer = index.writer(heap_size=_BUFFER_BYTES)
    for row, entries in articles:
        for entry in entries:
            document = tantivy.Document()
            for name, terms in entry.terms.items():
                if terms:
                    document.add_text(name, " ".join(terms))
            document.add_text("article", row.id)
            document.add_text("passage", entry.id)
            document.add_text("title", row.title)
            document.add_bytes("payload", entry.payload)
            writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def build_tantivy(source: Path, folder: Path) -> float:
    """Index a folder with the same processes reading as ours; return the seconds it took."""
    started = time.perf_counter()
    write(open_index(folder), read(source))
    return time.perf_counter() - started


class TantivySearcher:
    """Asks our planner's ranking of tantivy, groups passages by article, and quotes with our snippets."""

    def __init__(self, folder: Path) -> None:
        index = open_index(folder)
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()

    def search(self, query: str) -> list[tuple[str, list[str]]]:
        """Return the ten best articles with the quotations of their best passages."""
        planned = plan(parse(query), Filters(), default_analyzer())
        if planned.rank is None:
            return []
        highlighter = Highlighter(planned.sought())
        hits = self._searcher.search(self._query(planned.rank), _PASSAGES, count=False).hits
        articles: dict[str, list[str]] = {}
        for _, address in hits:
            document = self._searcher.doc(address)
            article = document.get_first("article")
            if article not in articles:
                if len(articles) == _ARTICLES:
                    break
                highlighter.marks(document.get_first("title"))
            quoted = articles.setdefault(article, [])
            if len(quoted) < 3:
                quoted.append(_quote(document, highlighter, article))
        return list(articles.items())

    def _query(self, node: Node) -> Any:
        match node:
            case Term(field, term):
                return tantivy.Query.term_query(self._schema, field, term)
            case Phrase(field, terms, False):
                return tantivy.Query.phrase_query(self._schema, field, list(terms))
            case Phrase(field, terms, True):
                return tantivy.Query.phrase_prefix_query(self._schema, field, list(terms))
            case Prefix(field, prefix):
                return tantivy.Query.regex_query(self._schema, field, f"{prefix}.*")
            case Boost(inner, weight):
                return tantivy.Query.boost_query(self._query(inner), weight)
            case AllOf(nodes):
                return tantivy.Query.boolean_query([(tantivy.Occur.Must, self._query(part)) for part in nodes])
            case AnyOf(nodes):
                return tantivy.Query.boolean_query([(tantivy.Occur.Should, self._query(part)) for part in nodes])
            case Also(inner, extras):
                clauses = [(tantivy.Occur.Should, self._query(extra)) for extra in extras]
                return tantivy.Query.boolean_query([(tantivy.Occur.Must, self._query(inner)), *clauses])
            case _:
                raise NotImplementedError(f"no query of tantivy is known for {node}")


def _quote(document: Any, highlighter: Highlighter, article: str) -> str:
    passage = load_text(bytes(document.get_first("payload")), document.get_first("passage"), article)
    marks = highlighter.marks(passage.text)
    start, end = choose_window(passage.text, marks)
    spans_of(mark for mark in marks if start <= mark.start and mark.end <= end)
    return passage.text[start:end]
