"""What a writer of a cluster sends, and when."""

from __future__ import annotations

import pytest

from indexer.engines.opensearch.bulk import Operation
from indexer.engines.opensearch.documents import article_of, dumped
from indexer.engines.opensearch.writer import ClusterWriter, Plan
from indexer.model import IndexEntry
from tests.contract.test_engine import row


class Sent(list):
    """A lock, and requests, that only note what is done."""

    def begin(self):
        self.append("begun")

    def send(self, operations):
        self.append([*operations])


def article(name, times=100):
    return row(name), [IndexEntry(f"{name}@0", {"text": ("x",) * times}, {"kind": ("body",)})]


SIZE = Operation("a", dumped(*article("a")).source).size


@pytest.fixture
def sent():
    return Sent()


def writer(sent, held_bytes):
    plan = Plan(held_bytes=held_bytes, bulk_bytes=int(2.9 * SIZE))
    return ClusterWriter(None, "index-0", sent, sent, plan, None)


def names(sent):
    return [[operation.article_id for operation in one] for one in sent if one != "begun"]


def test_nothing_is_sent_while_little_waits_and_then_what_waited_longest(sent):
    own = writer(sent, 6 * SIZE)
    for name in "abcd":
        own.put(*article(name))
    assert not sent
    for name in "efgh":
        own.put(*article(name))
    assert names(sent) == [["a", "b"], ["c", "d"]]
    assert sent[0] == "begun"


def test_an_article_larger_than_a_request_goes_alone(sent):
    own = writer(sent, 0)
    own.put_packed([dumped(*article("a", 4000)), dumped(*article("b"))])
    assert names(sent) == [["a"], ["b"]]


def test_what_was_put_last_waits_behind_the_others_and_what_is_deleted_not_at_all(sent):
    own = writer(sent, 3.5 * SIZE)
    for name in "abac":
        own.put(*article(name))
    own.delete("c")
    own.put(*article("d"))
    own.put(*article("e"))
    assert names(sent) == [["b", "a"]]


def test_an_article_that_waits_goes_out_with_its_new_labels(sent):
    own = writer(sent, 3 * SIZE)
    own.put(*article("a"))
    own.relabel("a", {"kind": [("teaser",)]})
    own.put(*article("b", 4000))
    ((only,), *_) = (one for one in sent if one != "begun")
    assert article_of(only.source).entries[0].keywords == {"kind": ("teaser",)}
    assert only.article_id == "a"
