"""An index -> queries as users type them, of its own titles and texts."""

from __future__ import annotations

import random
from itertools import chain
from pathlib import Path

from benchmarks.speed.corpus import StreamBuilder
from benchmarks.speed.queries import typed_queries
from indexer.analysis.analyzer import default_analyzer
from indexer.engines.opening import open_index
from indexer.payload import load_passage

# Articles whose words are counted, to know which are common, and of which phrases are drawn.
_ARTICLES = 1500


def queries_of(index: Path, count: int, seed: int) -> list[str]:
    """Draw `count` queries of each kind of `benchmarks.speed.queries.typed_queries`, mixed."""
    engine = open_index(index)
    rows = sorted(engine.rows(), key=lambda row: row.id)
    chosen = random.Random(seed).sample(rows, min(_ARTICLES, len(rows)))
    passages = engine.passages_of([row.id for row in chosen])
    texts = [load_passage(one.payload, one.passage_id, "").text for one in chain.from_iterable(passages)]
    engine.close()
    builder = StreamBuilder()
    for text in texts:
        builder.add(default_analyzer().terms(text).zh)
    titles = [(row.title, row.title_lang) for row in chosen]
    drawn = [*chain.from_iterable(typed_queries(titles, texts, builder.streams(), count, seed).values())]
    random.Random(seed).shuffle(drawn)
    return drawn
