"""Terms of an index by their beginning, by characters and by likeness, with how many passages hold them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.judge import Archive, edits
from tests.contract.test_engine import batches, commit, terms

FIELDS = ("zh", "text", "title_en")
places = st.lists(st.text("abc中国𠮷x", max_size=4), max_size=3)


def fits(term, allowed, free, is_open):
    if len(term) < len(allowed) or (len(term) > len(allowed) and not is_open):
        return False
    return sum(character not in own for character, own in zip(term, allowed, strict=False)) <= free


def assert_best(found, counts, limit):
    """Check that what is found is of the terms with most passages."""
    assert dict(found).items() <= counts.items()
    assert [count for _, count in found] == sorted(counts.values(), reverse=True)[:limit]


def check(engine, archive, asked):
    prefix, allowed, free, is_open, distance, kept, limit = asked
    for field in FIELDS:
        streams = [set(entry.terms.get(field, ())) for entry in archive.entries]
        counts = {term: sum(term in stream for stream in streams) for term in set().union(*streams)}

        def those(keep, counts=counts):
            return {term: count for term, count in counts.items() if keep(term)}

        assert_best(engine.terms(field, prefix, limit), those(lambda term: term.startswith(prefix)), limit)
        like = engine.terms_like(field, allowed, limit, free=free, is_open=is_open)
        assert_best(like, those(lambda term: fits(term, allowed, free, is_open)), limit)
        near = engine.terms_near(field, prefix, limit, distance=distance, kept=kept)
        wanted = those(lambda term: term.startswith(prefix[:kept]) and edits(term, prefix) <= distance)
        assert_best(near, wanted, limit)
        for none in (0, -1):
            assert engine.terms(field, prefix, none) == []
            assert engine.terms_like(field, allowed, none) == []
            assert engine.terms_near(field, prefix, none, distance=1, kept=0) == []
        for term in (prefix, "a", "中国"):
            assert engine.passages_with(field, term) == counts.get(term, 0)
            assert engine.holds(field, term) == (term in counts)


@settings(max_examples=80)
@given(
    batches=batches,
    asked=st.lists(
        st.tuples(
            st.just("") | terms | st.text("abc中国x", max_size=3), places, st.integers(0, 2), st.booleans(),
            st.integers(0, 2), st.integers(0, 2), st.integers(1, 4)
        ), min_size=1, max_size=4,
    ),
)  # fmt: skip
def test_terms_are_those_of_what_is_not_deleted(engine_class, batches, asked):
    with tempfile.TemporaryDirectory() as folder:
        engine, archive = engine_class(Path(folder), create=True), Archive(engine_class.precision)
        for batch in batches:
            commit(engine, archive, batch)
            for one in asked:
                check(engine, archive, one)
        engine.close()
