"""An article as it is read: from its id or its file, with the kinds of its blocks."""

from __future__ import annotations

import json

import pytest

from indexer.errors import SourceError, UsageError
from indexer.model import Article, Block
from indexer.pipeline import build
from indexer.show import show
from search import Searcher
from search.whole import MarkedArticle
from search.whole_lines import as_text
from tests.cli.test_cli import wensou
from tests.conftest import SEEDS


@pytest.fixture
def index(archive, tmp_path):
    (archive / "many.jsonl").write_text('{"id": "a", "text": "鳳凰"}\n{"id": "b", "text": "麒麟"}\n', "utf-8")
    build(archive, tmp_path / "index")
    return tmp_path / "index"


def test_an_article_is_shown_by_its_id_or_its_file(index, archive):
    name = "000_205596a8ddddb7dd.txt"
    by_id, by_path = show(name, index), show(str(archive / name), index)
    assert by_id == by_path
    assert by_id.title == "习近平同特朗普通电话 呼吁扩大合作"
    assert {block.kind for block in by_id.blocks} == {"heading", "body", "teaser", "boilerplate"}
    assert show("many.jsonl#b", index).body == "麒麟"


def test_what_cannot_be_shown_is_said(index, archive):
    with pytest.raises(UsageError, match="article_id"):
        show("nothing", index)
    with pytest.raises(UsageError, match=r"many\.jsonl#a"):
        show(str(archive / "many.jsonl"), index)
    (archive / "000_205596a8ddddb7dd.txt").unlink()
    with pytest.raises(SourceError, match="up to date"):
        show("000_205596a8ddddb7dd.txt", index)


def test_the_command_prints_blocks_with_their_kinds(index):
    shown = wensou("show", "003_b4e59136c98cbdd1.txt", "--index", index)
    assert shown.returncode == 0
    assert "\nboilerplate 請加入成為眾新聞的月費訂戶" in shown.stdout
    assert "\ncaption     特朗普在社交媒體上透露" in shown.stdout
    assert "published   2018-11-01" in shown.stdout
    as_json = json.loads(wensou("show", "003_b4e59136c98cbdd1.txt", "--index", index, "--json").stdout)
    assert (as_json["published"], as_json["blocks"][-1]["kind"]) == ("2018-11-01", "boilerplate")
    assert wensou("show", "nothing", "--index", index).returncode == 2


@pytest.mark.parametrize("query", ["特朗普 通話", "Trump", "“同特朗普通电话”", "习?平", "xyzzy", ""])
def test_what_is_marked_is_what_a_concordance_finds(seeds, query):
    every = seeds.concordance(query, kinds=["all"], titles=True, cross="auto").occurrences
    for path in SEEDS.glob("*.txt"):
        found = seeds.show(path.name, query)
        own = [one for one in every if one.article_id == path.name]
        assert [start for start, _ in found.spans] == sorted(one.start for one in own if one.passage_id)
        assert [start for start, _ in found.title_spans] == sorted(one.start for one in own if not one.passage_id)
        inside = {
            start + s for block in found.article.blocks for start in [block.start] for s, _ in found.spans_in(block)
        }
        assert inside == {start for start, _ in found.spans}


def test_what_a_search_in_the_other_language_found_is_marked_unless_told(index):
    article = "003_b4e59136c98cbdd1.txt"  # in Chinese
    with Searcher(index) as searcher:
        (hit,) = [hit for hit in searcher.search("trade Tariffs").hits if hit.article_id == article]
        quoted = {snippet.text[start:end] for snippet in hit.snippets for start, end in snippet.spans}
        shown = searcher.show(article, "trade Tariffs")
        assert quoted <= {shown.article.body[start:end] for start, end in shown.spans} != set()
        assert searcher.show(article, "trade Tariffs", cross="off").spans == ()
        assert searcher.show(article, "Trump", exact=True).spans == ()
    asked = ("show", article, "--index", index, "--query", "Trump")
    assert (wensou(*asked).returncode, wensou(*asked, "--exact", "--cross", "off").returncode) == (0, 1)


def test_the_command_marks_what_a_query_finds(index):
    article = ("003_b4e59136c98cbdd1.txt", "--index", index)
    plain, shown = wensou("show", *article), wensou("show", *article, "--query", "特朗普 通話")
    assert "**" not in plain.stdout
    assert "\ntitle       **特朗普**習近平" in shown.stdout
    assert "再次與**特朗普**會晤" in shown.stdout
    assert shown.stdout.replace("**", "") == plain.stdout
    as_json = json.loads(wensou("show", *article, "--query", "特朗普 通話", "--json").stdout)
    spans = [block["text"][start:end] for block in as_json["blocks"] for start, end in block["spans"]]
    assert set(spans) == {"特朗普", "通話"}
    assert f"{len(spans)} occurrences, 1 in the title" in shown.stderr
    assert "\x1b[1;31m特朗普\x1b[0m" in wensou("show", *article, "--query", "特朗普", "--color", "always").stdout
    missing = wensou("show", *article, "--query", "xyzzy")
    assert (missing.returncode, missing.stdout) == (1, plain.stdout)
    assert wensou("show", *article, "--query", "。").returncode == 1


def test_what_is_marked_goes_on_over_a_line_end():
    article = Article("a", "題", "一鳳\n凰二\n\n三", "/x/a", blocks=(Block("body", 0, 5), Block("body", 7, 8)))
    lines = list(as_text(MarkedArticle(article, ((1, 4), (7, 8))), color=False))
    assert lines[-5:] == ["", "body        一**鳳**", "            **凰**二", "", "body        **三**"]
