"""The codec under Whoosh's own searcher, beside Whoosh's own codec: same documents, scores, order and stored values."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import fields, index, query
from whoosh.analysis import RegexTokenizer, SpaceSeparatedTokenizer, StopFilter

from indexer.engines.whoosh.codec import WensouCodec

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")

TERMS = ["a", "ab", "abc", "b", "ba", "c", "中", "中国", "𠮷野"]
# Whoosh's own codec keeps a length in a byte, which holds these exactly; only there it can judge scores.
LENGTHS = [*range(11), 12, 13, 14, 16, 17, 18, 20]
DAY = datetime(2020, 2, 28)


def schema():
    return fields.Schema(
        name=fields.ID(stored=True, unique=True),
        text=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), stored=True),
        zh=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False, field_boost=1.5),
        gaps=fields.TEXT(analyzer=RegexTokenizer(r"\S+") | StopFilter(stoplist=["c", "中"], minsize=1)),
        title=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), stored=True, sortable=True),
        tags=fields.KEYWORD(stored=True),
        count=fields.NUMERIC(int, sortable=True),
        day=fields.NUMERIC(int, signed=False, sortable=True, default=0, shift_step=0),
        price=fields.NUMERIC(float, stored=True),
        when=fields.DATETIME(stored=True, sortable=True),
        good=fields.BOOLEAN(stored=True),
    )


terms = st.sampled_from(TERMS)
streams = (
    st.sampled_from(LENGTHS).flatmap(lambda length: st.lists(terms, min_size=length, max_size=length)).map(" ".join)
)
days = st.integers(0, 40).map(lambda number: DAY + timedelta(hours=number * 13))
numbers = st.integers(-300, 300)
documents = st.fixed_dictionaries(
    {},
    optional={
        "text": streams,
        "zh": streams,
        # A length counts what the filter lets through; these are those of `LENGTHS` whatever it takes away.
        "gaps": st.lists(terms, max_size=10).map(" ".join),
        "title": st.lists(terms, max_size=2).map(" ".join),
        "tags": st.lists(terms, max_size=3).map(" ".join),
        "count": st.one_of(numbers, st.lists(numbers, min_size=1, max_size=3)),
        "day": st.integers(1, 90),
        "price": st.floats(-1e6, 1e6),
        "when": days,
        "good": st.booleans(),
    },
)
text_fields = st.sampled_from(["text", "zh", "gaps", "title"])
ends = st.none() | numbers
dates = st.none() | days
leaves = st.one_of(
    st.builds(query.Term, text_fields, terms),
    st.builds(query.Term, st.just("tags"), terms),
    st.builds(query.Term, st.just("good"), st.booleans()),
    st.builds(query.Phrase, st.sampled_from(["text", "gaps"]), st.lists(terms, min_size=2, max_size=3), st.integers(1, 3)),
    st.builds(query.Prefix, text_fields, st.sampled_from(["", "a", "中", "x"])),
    st.builds(query.Wildcard, text_fields, st.sampled_from(["*b", "a?", "?", "*中*", "a*c"])),
    st.builds(query.FuzzyTerm, st.sampled_from(["text", "zh"]), st.sampled_from(["ab", "中国", "bac"])),
    st.builds(query.NumericRange, st.just("count"), ends, ends, st.booleans(), st.booleans()),
    st.builds(query.NumericRange, st.just("day"), st.none() | st.integers(0, 99), st.none() | st.integers(0, 99)),
    st.builds(query.NumericRange, st.just("price"), st.none() | st.floats(-9e5, 9e5), st.none() | st.floats(-9e5, 9e5)),
    st.builds(query.DateRange, st.just("when"), dates, dates, st.booleans(), st.booleans()),
    st.builds(query.TermRange, text_fields, terms, terms),
    st.builds(query.Every, st.none() | st.sampled_from(["text", "zh", "tags", "when", "title"])),
)  # fmt: skip
queries = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(query.And),
        st.lists(inner, min_size=1, max_size=3).map(query.Or),
        st.lists(inner, min_size=1, max_size=3).map(query.DisjunctionMax),
        st.builds(lambda one, other: query.And([one, query.Not(other)]), inner, inner),
        st.builds(query.AndMaybe, inner, inner),
        st.builds(query.Require, inner, inner),
    ),
    max_leaves=5,
)


def written(folder, made, **options):
    """Return an index of some documents, all in one segment."""
    folder.mkdir()
    found = index.create_in(folder, schema())
    writer = found.writer(**options)
    for number, document in enumerate(made):
        writer.add_document(name=str(number), **document)
    writer.commit()
    return found


@settings(max_examples=25)
@given(made=st.lists(documents, min_size=1, max_size=12), asked=st.lists(queries, min_size=1, max_size=8))
def test_whoosh_finds_and_scores_as_with_its_own_codec(made, asked):
    with tempfile.TemporaryDirectory() as folder:
        ours = written(Path(folder) / "ours", made, codec=WensouCodec())
        stock = written(Path(folder) / "stock", made)
        with ours.searcher() as own, stock.searcher() as other:
            for question in asked:
                try:
                    expected = answer(other, question)
                except (AssertionError, IndexError):  # Whoosh's own, in the operators over what finds nothing
                    continue
                assert answer(own, question) == pytest.approx(expected, rel=1e-5), question
                for name in ("count", "day", "when", "title"):
                    for reverse in (False, True):
                        by = {"limit": None, "sortedby": name, "reverse": reverse}
                        assert names(own.search(question, **by)) == names(other.search(question, **by))
            assert facts(own.reader()) == facts(other.reader())


def answer(searcher, question):
    return {hit.docnum: hit.score for hit in searcher.search(question, limit=None)}


def names(results):
    return [hit["name"] for hit in results]


def facts(reader):
    """Return everything else that a reader tells."""
    return {
        "stored": list(reader.all_stored_fields()),
        "terms": list(reader.all_terms()),
        "info": [
            (info.weight(), info.doc_frequency(), info.max_weight(), info.min_id(), info.max_id())
            for info in (reader.term_info(*term) for term in reader.all_terms() if term[0] != "zh")  # without its boost
        ],
        "postings": [(*rest, value or b"") for *rest, value in reader.iter_postings()],
        "frequencies": [(reader.frequency("text", term), reader.doc_frequency("zh", term)) for term in [*TERMS, "no"]],
        "lengths": [
            [reader.field_length(name)]
            + [reader.doc_field_length(number, name) or 0 for number in range(reader.doc_count_all())]
            for name in ("text", "zh", "gaps", "title", "tags", "name")
        ],
        "near": sorted(reader.terms_within("text", "ab", 1)),
    }
