"""An article as the index holds it: paragraph by paragraph, with what a query finds in it."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import ArticleUnknown, UsageError
from indexer.payload import load_text
from indexer.pipeline import build
from search import Searcher
from search.model import ArticleText
from search.whole import MarkedArticle
from search.whole_lines import as_indexed, as_text
from tests.cli.test_cli import wensou
from tests.commits import engine_of
from tests.conftest import SEEDS

TRUMP = "003_b4e59136c98cbdd1.txt"


def shown(article: ArticleText) -> str:
    """Put an article together as a page does: pieces of a paragraph with what parts them, paragraphs beside each other."""
    paragraphs = [""] * len({block.paragraph for block in article.blocks})
    for block in article.blocks:
        paragraphs[block.paragraph] += block.gap + block.text
    return "\n\n".join(paragraphs)


def covered(spans) -> set[int]:
    return {place for start, end in spans for place in range(start, end)}


def check_marks(article: ArticleText, marked: MarkedArticle) -> None:
    """Check that blocks stand where they say, and that all that is marked of the file is marked in them, and no more."""
    body = marked.article.body
    assert all(body.startswith(block.text, block.start) for block in article.blocks)
    spans = [(block.start + s, block.start + e) for block in article.blocks for s, e in block.spans]
    inside = covered((block.start, block.start + len(block.text)) for block in article.blocks)
    assert covered(spans) == covered(marked.spans) & inside
    assert all(body[at].isspace() for at in covered(marked.spans) - inside)
    assert article.title_spans == marked.title_spans
    assert article.occurrences == len(spans)


@pytest.fixture
def one(tmp_path):
    """A function that indexes one text, as a file of some format, and reads it."""

    def read(text: str, query: str = "", name: str = "a.txt", **options) -> ArticleText:
        folder = tmp_path / "own"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(text.encode())
        build(folder, tmp_path / "own-index")
        with Searcher(tmp_path / "own-index") as searcher:
            return searcher.read(name, query, **options)

    return read


@pytest.mark.parametrize("name", sorted(path.name for path in SEEDS.glob("*.txt")))
def test_a_seed_reads_as_its_file_does(seeds, name):
    article, told = seeds.read(name), seeds.show(name, "").article
    assert shown(article) == told.body
    assert all(told.body.startswith(block.text, block.start) for block in article.blocks)
    for own in ("title", "path", "url", "published", "published_at", "published_guessed", "author", "source", "tags"):
        assert getattr(article, own) == getattr(told, own)


@pytest.mark.parametrize("name", sorted(path.name for path in SEEDS.glob("*.txt")))
def test_every_character_of_every_passage_is_in_one_block(seeds, name):
    article = seeds.read(name)
    stored = [load_text(one.payload, one.passage_id, name) for one in engine_of(seeds).passages(name)]
    assert {passage.kind for passage in stored} == {block.kind for block in article.blocks}
    for passage in stored:
        own = [block for block in article.blocks if block.passage_id == passage.id]
        assert "\n\n".join(block.text for block in own) == passage.text
        assert {(block.kind, block.lang) for block in own} == {(passage.kind, passage.lang)}


@pytest.mark.parametrize("query", ["特朗普 通話", "Trump", "“同特朗普通电话”", "习?平", "川普~ 貿易", "xyzzy", "", " "])
@pytest.mark.parametrize("options", [{}, {"exact": True}, {"cross": "off"}])
def test_what_is_marked_is_what_show_marks(seeds, query, options):
    for path in SEEDS.glob("*.txt"):
        check_marks(seeds.read(path.name, query, **options), seeds.show(path.name, query, **options))


def test_a_paragraph_that_passages_share_is_known_as_one(one):
    sentences = [f"第{number}句说的是同一件事情的另外一个方面。" for number in range(60)]
    article = one("".join(sentences) + "\n\n另一段。", "方面")
    pieces = [block for block in article.blocks if block.paragraph == 0]
    assert len({piece.passage_id for piece in pieces}) == len(pieces) > 2
    assert "".join(piece.gap + piece.text for piece in pieces) == "".join(sentences)
    assert article.blocks[-1].text == "另一段。"
    assert article.occurrences == 60


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\n".join(f"第{i}行说的是一件很长的事情，而且后面还有更多的话要说。" for i in range(60)), "a.txt"),
        (" ".join(f"Sentence number {i} says something that goes on for a while." for i in range(99)), "a.txt"),
        ("  ".join(f"Sentence number {i} says something that goes on for a while." for i in range(99)), "a.md"),
        ("\r\n".join(f"Line number {i} says something that goes on for a while." for i in range(99)), "a.txt"),
        ("- " + "\n- ".join(f"Item number {i} says something that goes on." for i in range(99)), "a.md"),
    ],
)
def test_what_parts_passages_is_what_stood_there(one, text, name):
    whole = text.replace("\r\n", "\n")
    assert shown(one(text, name=name)) == (whole if whole[0] != "-" else whole[2:].replace("\n- ", "\n\n"))


def test_lines_of_items_and_code_are_kept(one):
    lines = [f"第{i}行说的是一件很长的事情，而且后面还有更多的话要说。" for i in range(60)]
    assert shown(one("- " + "\n  ".join(lines), name="a.md")) == "\n".join(lines)
    assert shown(one("```\n" + "\n    ".join(lines) + "\n```\n", name="b.md")) == "\n    ".join(lines)
    spaced = "<p>" + "&#32;".join(lines) + "</p>"
    assert shown(one(f"<title>T</title><body><article>{spaced}</article></body>", name="c.html")) == " ".join(lines)


def test_a_line_break_of_markup_parts_no_paragraph(one):
    items = "</p>\n<p>".join(
        "\n   ".join(f"Sentence number {i} says something that goes on." for i in range(60)) for _ in range(2)
    )
    article = one(f"<html><title>T</title><body><article><p>{items}</p></article></body></html>", name="a.html")
    assert {block.paragraph for block in article.blocks} == {0, 1}
    assert {block.gap for block in article.blocks} == {"", " "}


def test_a_long_article_is_read_in_parts(seeds):
    whole = seeds.read(TRUMP, "川普")
    ids = list(dict.fromkeys(block.passage_id for block in whole.blocks))
    assert whole.passages_total == len(ids) > 4
    for offset in range(len(ids) + 1):
        part = seeds.read(TRUMP, "川普", offset=offset, limit=2)
        own = [block for block in whole.blocks if block.passage_id in ids[offset : offset + 2]]
        assert [(block.gap, block.text, block.spans, block.start) for block in part.blocks] == [
            (block.gap, block.text, block.spans, block.start) for block in own
        ]
        numbers = [block.paragraph - own[0].paragraph for block in own]
        assert [block.paragraph for block in part.blocks] == numbers
        assert part.passages_total == len(ids)
        assert part.occurrences == sum(len(block.spans) for block in own)
    assert seeds.read(TRUMP, limit=0).blocks == ()
    for wrong in ({"offset": -1}, {"limit": -1}):
        with pytest.raises(UsageError, match="negative"):
            seeds.read(TRUMP, **wrong)


def test_an_article_without_text_has_no_blocks(one):
    article = one("---\ntitle: 只有标题\ndate: 2026-02-05\n---\n", "标题", name="a.md")
    assert (article.title, article.blocks, article.occurrences) == ("只有标题", (), 0)
    assert (article.published, article.title_spans) == (date(2026, 2, 5), ((2, 4),))


@pytest.mark.parametrize(
    "name", ["nothing", "", "../seeds", "\0", "\ud800", "a" * 100_000, str(SEEDS / TRUMP), TRUMP + "@0", f"./{TRUMP}"]
)
def test_only_an_id_names_an_article(seeds, name):
    with pytest.raises(ArticleUnknown, match="article_id"):
        seeds.read(name, "川普")


def test_other_methods_say_so_too(seeds):
    for asked in (lambda: seeds.show("nothing", ""), lambda: seeds.explain("川普", "nothing")):
        with pytest.raises(ArticleUnknown):
            asked()
    with pytest.raises(UsageError, match="Unknown option"):
        seeds.read(TRUMP, nothing=1)


def test_what_the_index_holds_is_read_whatever_became_of_the_file(archive, tmp_path):
    build(archive, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        before = searcher.read(TRUMP, "川普")
        (archive / TRUMP).unlink()
        assert searcher.read(TRUMP, "川普") == before
        assert before.occurrences > 0


def test_the_json_shape_is_plain(seeds):
    article = seeds.read(TRUMP, "川普")
    told = article.to_dict()
    assert list(told) == [field.name for field in fields(article)]
    assert (told["published"], told["tags"]) == ("2018-11-01", list(article.tags))
    assert [tuple(map(tuple, block["spans"])) for block in told["blocks"]] == [block.spans for block in article.blocks]
    assert {type(value) for block in told["blocks"] for value in block.values()} <= {str, int, list}


@pytest.mark.parametrize("query", ["川普", "trade tariffs", ""])
def test_lines_are_those_of_the_file(seeds, query):
    for path in SEEDS.glob("*.txt"):
        now = as_text(seeds.show(path.name, query), color=False)
        then = as_indexed(seeds.read(path.name, query), color=False)
        assert [line[12:] for line in then] == [line[12:] for line in now]


def test_the_command_shows_what_the_index_holds(archive, tmp_path):
    build(archive, tmp_path / "index")
    asked = (TRUMP, "--index", tmp_path / "index", "--query", "川普")
    now = wensou("show", *asked)
    (archive / TRUMP).unlink()
    then = wensou("show", *asked, "--indexed")
    assert len(now.stdout.splitlines()) == len(then.stdout.splitlines())
    assert "\ncaption     **特朗普**在社交媒體上透露" in then.stdout
    assert (then.returncode, then.stderr) == (0, now.stderr)
    assert wensou("show", *asked).returncode == 2
    as_json = json.loads(wensou("show", *asked, "--indexed", "--json").stdout)
    assert f"{as_json['occurrences']} occurrences, 1 in the title" in then.stderr
    unknown = wensou("show", archive / TRUMP, "--index", tmp_path / "index", "--indexed")
    assert (unknown.returncode, "article_id" in unknown.stderr) == (2, True)


@given(
    st.lists(
        st.text("中美川普特朗通话关税。，、a1Trump .\n\t\u3000é😀", max_size=90).filter(str.strip),
        min_size=1,
        max_size=9,
    )
)
def test_any_text_reads_as_its_passages(tmp_path_factory, paragraphs):
    """Over texts of all kinds: the blocks are the passages, in order, and marked as the file would be."""
    folder = tmp_path_factory.mktemp("any")
    (folder / "a.txt").write_text("\n\n".join(paragraphs), "utf-8", newline="")
    build(folder, folder / "index")
    with Searcher(folder / "index") as searcher:
        article, marked = searcher.read("a.txt", "川普 关税 Trump"), searcher.show("a.txt", "川普 关税 Trump")
        stored = [load_text(one.payload, one.passage_id, "a.txt") for one in engine_of(searcher).passages("a.txt")]
    passages = [passage for passage in stored if passage.text]
    assert {block.passage_id for block in article.blocks} == {passage.id for passage in passages}
    for passage in passages:
        own = [block for block in article.blocks if block.passage_id == passage.id]
        assert "\n\n".join(block.text for block in own) == passage.text
    check_marks(article, marked)
