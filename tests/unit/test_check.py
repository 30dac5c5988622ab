"""What `check` finds: every flipped byte by its checksum, and with right checksums whatever does not agree."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from whoosh.index import open_dir

from indexer import check
from indexer.engines.whoosh import WhooshEngine, durable
from indexer.engines.whoosh.codec import WensouCodec
from indexer.engines.whoosh.container import Container, ContainerWriter
from indexer.engines.whoosh.toc import read_commit
from indexer.errors import IndexMissing
from indexer.model import ArticleRow, FileState, IndexEntry

FILES = ("documents", "postings", "files1", "labels1")


def row(article_id, number=0):
    return ArticleRow(article_id, f"title of {article_id}", f"/x/{number}", "/x", 1, 2, 3, "hash", 1)


def entry(article_id, place, zh=(), text=("a", "b", "a"), day=0):
    return IndexEntry(
        f"{article_id}@{place}", {"zh": zh, "text": text, "en": text, "title_zh": ("题", "题"), "title_en": (article_id, "b")}, {"lang": ("en",), "kind": ("body",)},
        {"published": day} if day else {}, b"payload",
    )  # fmt: skip


def put(engine, articles):
    with engine.writer() as writer:
        for article_id, entries in articles.items():
            writer.put(row(article_id, article_id), entries)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A segment with every kind of section: high frequencies, and a passage of several slots."""
    folder = tmp_path_factory.mktemp("check") / "index"
    articles = {f"n{i:04}": [entry(f"n{i}", place) for place in range(2)] for i in range(600)}
    articles["多"] = [
        entry("多", 0, ("中",) * 300 + ("国",), ("a", "b", "c") * 200, 737_000),
        entry("多", 1, day=737_000),
    ]
    articles["少"] = [entry("少", 0, ("国", "人"), (), 738_000), entry("少", 1, ("国",), day=738_000)]
    engine = WhooshEngine(folder, create=True)
    put(engine, articles)
    engine.close()
    return folder


@pytest.fixture
def index(whole, tmp_path):
    return Path(shutil.copytree(whole, tmp_path / "index"))


def file_of(index, extension):
    (path,) = index.glob(f"MAIN_*.{extension}")
    return path


def change_section(path, name, change):
    """Write a file anew, its checksums right, with one array changed."""
    container = Container(path)
    arrays = {own: container.array(own).copy() for own in container.names()}
    arrays[name] = change(arrays[name])
    with ContainerWriter(path) as writer:
        for own, array in arrays.items():
            writer.add(own, array)


def test_a_whole_index_passes_after_any_history(tmp_path, monkeypatch):
    monkeypatch.setattr("indexer.engines.whoosh.tiers._SMALL", 20)
    engine = WhooshEngine(tmp_path, create=True)
    assert check(tmp_path) == type(check(tmp_path))(0, 0, 0, ())
    for batch in range(12):
        with engine.writer() as writer:
            for i in range(batch * 20, batch * 20 + 200 // (batch + 1)):
                writer.put(
                    row(f"n{i}"), [entry(f"n{i}", place, ("中",) * batch, day=batch) for place in range(1 + i % 3)]
                )
            for i in range(batch, 240, 41):
                writer.delete(f"n{i}")
            writer.touch(f"n{batch + 1}", FileState(9, 9, batch))
        report = check(tmp_path)
        assert not report.problems
        assert (report.articles, report.passages) == (len(list(engine.rows())), engine.passage_count())
    assert report.segments > 1
    with engine.writer(replace_all=True) as writer:
        writer.put(row("a"), [entry("a", 0)])
    assert check(tmp_path) == type(report)(1, 1, 1, ())
    engine.close()


def test_what_other_whoosh_programs_write_passes(index):
    with open_dir(str(index)).writer(codec=WensouCodec()) as writer:
        writer.add_document(article="w", passage="w@0", payload=b"", text="a b a", zh="中 " * 300, published=737_001)
        writer.add_document(article="w", passage="w@1", payload=b"", text="c", published=737_001)
        writer.delete_by_term("article", "多")
    report = check(index)
    assert (report.articles, report.problems) == (602, ())


def test_every_flipped_byte_is_named_by_its_section(index):
    for extension in FILES:
        path = file_of(index, extension)
        data, container = path.read_bytes(), Container(path)
        names = {entry: name for name, entry in reversed(container._entries.items())}  # some stand for one array
        for (kind, start, count, checksum), name in names.items():
            for at in {start, start + count * int(kind[2:]) - 1} if count else ():
                path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
                (problem,) = check(index).problems
                assert f"{path.name}: {name} has the checksum " in problem
                assert f"not {checksum:08x}" in problem
        path.write_bytes(data)
    assert not check(index).problems


@pytest.mark.parametrize("at", [0, 9, 13, 17, 25, 33, -1])
@pytest.mark.parametrize("extension", FILES)
def test_a_flipped_byte_of_header_or_directory_is_named(index, extension, at):
    path = file_of(index, extension)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    (problem,) = check(index).problems
    assert problem.startswith(path.name)


def test_every_flipped_byte_of_the_table_of_contents_is_named(index):
    (path,) = index.glob("_MAIN_*.toc")
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        (problem,) = check(index).problems
        assert problem.startswith(path.name)


def test_all_that_is_damaged_is_named(index, monkeypatch):
    monkeypatch.setattr("indexer.engines.whoosh.tiers._SMALL", 0)
    engine = WhooshEngine(index)
    put(engine, {f"m{i}": [entry(f"m{i}", 0)] for i in range(300)})
    engine.close()
    first, second = read_commit(index).segments
    for name in (first.names[0], second.names[1]):
        data = bytearray((index / name).read_bytes())
        data[70] ^= 1
        data[-1000] ^= 1
        (index / name).write_bytes(data)
    (index / second.names[2]).unlink()
    problems = check(index).problems
    assert {problem.split(":")[0].split(" ")[0] for problem in problems} == {first.names[0], *second.names[1:3]}
    assert any("is missing" in problem for problem in problems)


def test_a_file_that_the_disk_cannot_read_is_named(index, monkeypatch):
    path = file_of(index, "documents")
    opened = Path.open

    def failing(self, *arguments, **named):
        if self.name == path.name:
            raise OSError(5, "Input/output error", str(self))
        return opened(self, *arguments, **named)

    monkeypatch.setattr(Path, "open", failing)
    assert check(index).problems == (f"{path.name} cannot be read: Input/output error",)


# Any value is right for these: roots and states of files, and what terms of the same order and frequencies of unranked
# fields could as well be.
FREE = {
    "roots/data",
    "size",
    "modified_ns",
    "inode",
    "text/terms",
    "en/terms",
    "lang/terms",
    "kind/terms",
}
FREE |= {"zh/terms", "title_zh/terms", "title_en/terms", "lang/postings", "kind/postings"}


def test_every_number_that_follows_from_others_is_compared_with_them(index):
    for extension in FILES:
        path = file_of(index, extension)
        data = path.read_bytes()
        for name in [name for name in Container(path).names() if name not in FREE]:
            step = 256 if name in ("article/postings", "published/postings") else 1
            for at in (0, -1):
                change_section(path, name, lambda array, at=at, step=step: changed(array, at, step))
                problems = check(index).problems
                assert problems, f"{name} at {at}"
                assert any(problem.startswith("MAIN_") for problem in problems)
                path.write_bytes(data)


def changed(array, at, step):
    array[at] = (int(array[at]) + step) % (1 << 8 * array.itemsize)
    return array


@pytest.mark.parametrize(
    ("extension", "section", "change", "said"),
    [
        ("postings", "text/lengths", lambda a: np.roll(a, 1), "text: 1 unit with too few places for its length"),
        ("postings", "zh/lengths", lambda a: np.roll(a, 1), "with a length that is not that of its postings"),
        ("postings", "text/terms", lambda a: a[::-1].copy(), "no separator"),
        ("postings", "en/terms", lambda a: np.frombuffer(b"b\na\nc\n", "u1"), "terms do not rise at number 1"),
        ("postings", "zh/postings", lambda a: a | 0xFFFFFF00, "zh: 5 postings with a unit behind the last"),
        ("postings", "zh/overflow", lambda a: a[:0], "overflow does not name"),
        ("postings", "zh/overflow", lambda a: a[[0, 0]], "overflow gives a frequency"),
        ("postings", "title_zh/units", lambda a: a[::-1].copy(), "title_zh: units does not agree with first"),
        ("postings", "title_en/first", lambda a: a[:-1], "title_en: first does not divide the 1,204 passages"),
        ("postings", "title_en/totals", lambda a: a + 1, "title_en: totals are"),
        ("postings", "article/passages", lambda a: a + 1, "article: passages is not what the postings give"),
        ("documents", "articles/first", lambda a: a[:-1], "articles/first"),
        ("documents", "articles/term", lambda a: a[::-1].copy(), "rows with another id"),
        ("documents", "column/published", lambda a: a[:0], "column/published"),
        ("documents", "rows/data", lambda a: a[:-3], "rows/"),
        ("files1", "first", lambda a: a[:-1], "entries for"),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_said(index, extension, section, change, said):
    path = file_of(index, extension)
    change_section(path, section, change)
    problems = check(index).problems
    assert any(problem.startswith(path.name) and said in problem for problem in problems), problems


@pytest.mark.parametrize("section", ["articles/of", "rows/starts", "records/data"])
def test_a_section_that_is_not_there_is_said(index, section):
    path = file_of(index, "documents")
    container = Container(path)
    arrays = {name: container.array(name).copy() for name in container.names() if name != section}
    with ContainerWriter(path) as writer:
        for name, array in arrays.items():
            writer.add(name, array)
    assert any(section in problem for problem in check(index).problems)


def test_deletions_of_passages_that_are_not_there_are_said(index):
    commit = read_commit(index)
    commit.segments[0].deleted = np.array([5, 99_999], "<u4")
    durable.write_toc(index, commit.generation + 1, commit.segments, commit.meta)
    assert "deleted" in check(index).problems[0]


def test_an_article_in_two_segments_is_said(index):
    commit = read_commit(index)
    twin = "f" * 16
    for path in index.glob("MAIN_*.*"):
        shutil.copy(path, index / f"MAIN_{twin}{path.suffix}")
    other = type(commit.segments[0])(twin, commit.segments[0].passages)
    durable.write_toc(index, commit.generation + 1, [*commit.segments, other], commit.meta)
    problems = check(index).problems
    assert len(problems) == 602
    assert "the article n0000 is in two segments" in problems[0]


def test_a_check_changes_nothing_and_needs_an_index(index, tmp_path):
    before = {path.name: path.read_bytes() for path in index.iterdir()}
    check(index)
    assert {path.name: path.read_bytes() for path in index.iterdir()} == before
    with pytest.raises(IndexMissing, match="wensou index"):
        check(tmp_path / "nothing")


def test_files_that_a_writer_takes_away_meanwhile_are_no_damage(index, monkeypatch):
    from indexer.engines.whoosh import check as checking

    faults = checking._file_faults

    def overtaken(path):
        engine = WhooshEngine(index)
        with engine.writer(replace_all=True) as writer:
            writer.put(row("a"), [entry("a", 0)])
        engine.close()
        monkeypatch.setattr(checking, "_file_faults", faults)
        return faults(path)

    monkeypatch.setattr("indexer.engines.whoosh.commits.MOST_KEPT", 0)
    monkeypatch.setattr(checking, "_file_faults", overtaken)
    report = check(index)
    assert (report.articles, report.problems) == (1, ())
