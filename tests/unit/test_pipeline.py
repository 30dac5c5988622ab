"""Bringing an index up to date: what changed, what is gone, what must not be lost."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

import pytest

from indexer import BuildOptions, build, check, remove
from indexer.errors import IndexDamaged, IndexMissing, IndexStale, IndexUnusable, RootError, UsageError
from indexer.pipeline import opened
from indexer.status import STATUS_FILE
from search import Searcher
from tests.texts import UNREADABLE


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index"


def numbers(report):
    return report.added, report.replaced, report.removed, report.unchanged, len(report.failed)


def found(index, query):
    with Searcher(index) as searcher:
        return {hit.article_id for hit in searcher.iterate(query, copies=True, exact=True)}


def written(index):
    """Return when each file of the index was written, less those that tell of the run: lock and status."""
    files = (path for path in index.iterdir() if "LOCK" not in path.name and path.name != STATUS_FILE)
    return {path.name: path.stat().st_mtime_ns for path in files}


def test_a_second_run_touches_nothing(archive, index):
    assert numbers(build(archive, index)) == (5, 0, 0, 0, 0)
    files = written(index)
    report = build((), index)
    assert numbers(report) == (0, 0, 0, 5, 0)
    assert report.run == 1
    assert written(index) == files


def test_new_changed_and_vanished_files_are_seen(archive, index):
    build(archive, index)
    (archive / "new.md").write_text("# 新聞\n\n獨角獸出現", "utf-8")
    changed = next(archive.glob("000*"))
    changed.write_text(changed.read_text("utf-8").replace("习近平", "麒麟兽"), "utf-8")
    next(archive.glob("004*")).unlink()
    assert numbers(build((), index)) == (1, 1, 1, 3, 0)
    assert found(index, "独角兽") == {"new.md"}
    assert found(index, "麒麟獸") == {changed.name}
    assert found(index, '"mutual respect"') == set()


def test_a_touched_file_is_read_once_but_not_replaced(archive, index, monkeypatch):
    build(archive, index)
    os.utime(next(archive.glob("000*")), (1, 1))
    assert numbers(build((), index)) == (0, 0, 0, 5, 0)
    monkeypatch.setattr("indexer.workers.read_batch", lambda *arguments: pytest.fail("read once more"))
    assert numbers(build((), index)) == (0, 0, 0, 5, 0)


def test_verify_finds_what_size_and_time_hide(archive, index):
    build(archive, index)
    path = next(archive.glob("004*"))
    status = path.stat()
    path.write_bytes(path.read_bytes().replace(b"mutual respect", b"mutual disgust"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert numbers(build((), index)) == (0, 0, 0, 5, 0)
    assert numbers(build((), index, BuildOptions(verify=True))) == (0, 1, 0, 4, 0)
    assert found(index, '"mutual disgust"') == {path.name}


def test_only_the_roots_named_are_compared(archive, index, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("鳳凰", "utf-8")
    build([archive, other], index)
    (other / "a.txt").write_text("孔雀飛", "utf-8")
    next(archive.glob("000*")).unlink()
    assert numbers(build(archive, index)) == (0, 0, 1, 4, 0)
    assert found(index, "凤凰") == {"other:a.txt"}
    assert numbers(build((), index)) == (0, 1, 0, 4, 0)


def test_two_roots_with_the_same_files_are_told_apart(archive, index, tmp_path):
    copy = Path(shutil.copytree(archive, tmp_path / "copy" / "archive"))
    build([archive, copy], index)
    name = next(archive.glob("004*")).name
    assert found(index, '"mutual respect"') == {name, f"archive:{name}"}


def test_a_part_of_a_root_can_be_brought_up_to_date_alone(archive, index):
    (archive / "sub").mkdir()
    (archive / "sub" / "a.txt").write_text("鳳凰", "utf-8")
    build(archive, index)
    (archive / "sub" / "a.txt").write_text("孔雀飛", "utf-8")
    next(archive.glob("000*")).unlink()
    assert numbers(build(archive / "sub", index, BuildOptions(prune=True))) == (0, 1, 0, 0, 0)
    assert found(index, "孔雀") == {"sub/a.txt"}


def test_paths_within_each_other_are_one_root(archive, index):
    (archive / "sub").mkdir()
    (archive / "sub" / "a.txt").write_text("鳳凰", "utf-8")
    assert numbers(build([archive / "sub", archive, archive], index)) == (6, 0, 0, 0, 0)
    assert found(index, "凤凰") == {"sub/a.txt"}


def test_a_part_keeps_the_patterns_of_its_root(archive, index):
    (archive / "drafts").mkdir()
    (archive / "drafts" / "a.txt").write_text("鳳凰", "utf-8")
    build(archive, index, BuildOptions(exclude=("drafts/*",)))
    assert numbers(build(archive / "drafts", index)) == (0, 0, 0, 0, 0)
    assert numbers(build((), index, BuildOptions(exclude=("",)))) == (1, 0, 0, 5, 0)
    assert numbers(build((), index, BuildOptions(exclude=("004*",)))) == (0, 0, 1, 5, 0)


def test_a_folder_around_a_root_is_refused_with_advice(archive, index, tmp_path):
    build(archive, index)
    with pytest.raises(UsageError, match="wensou remove"):
        build(tmp_path, index)


def test_a_missing_root_stops_the_run_unless_pruned(archive, index):
    build(archive, index)
    shutil.rmtree(archive)
    with pytest.raises(RootError, match="--prune"):
        build((), index)
    with pytest.raises(RootError, match="--prune"):
        build((), index, BuildOptions(rebuild=True))
    with pytest.raises(RootError, match="--prune"):
        build(archive, index)
    assert len(found(index, "习近平")) == 4
    assert numbers(build((), index, BuildOptions(prune=True))) == (0, 0, 5, 0, 0)
    with pytest.raises(UsageError, match="no folder"):
        build((), index)


def test_losing_most_articles_stops_the_run_unless_pruned(archive, index):
    build(archive, index)
    for path in sorted(archive.glob("0*"))[:3]:
        path.unlink()
    for options in (BuildOptions(), BuildOptions(rebuild=True)):
        with pytest.raises(RootError, match="3 of the 5 articles"):
            build((), index, options)
    assert len(found(index, "习近平")) == 4
    assert numbers(build((), index, BuildOptions(prune=True))) == (0, 0, 3, 2, 0)


def test_losing_most_records_of_a_file_stops_the_run(tmp_path, index):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "一"}\n{"text": "二"}\n{"text": "三"}\n', "utf-8")
    assert numbers(build(path, index)) == (3, 0, 0, 0, 0)
    path.write_text('{"text": "一"}\n', "utf-8")
    with pytest.raises(RootError, match="--prune"):
        build((), index)
    assert numbers(build(tmp_path / "a.jsonl", index, BuildOptions(prune=True))) == (0, 0, 2, 1, 0)
    path.write_text('{"text": "一"}\n{"text": "四"}\n{"text": "三"}\n{"text": "五"}\n', "utf-8")
    assert numbers(build((), index)) == (3, 0, 0, 1, 0)
    path.write_text('{"text": "零"}\n{"text": "一"}\n{"text": "四"}\n{"text": "五"}\n', "utf-8")
    assert numbers(build((), index)) == (0, 3, 0, 1, 0)


def test_an_unreadable_file_is_reported_and_stops_nothing(archive, index):
    (archive / "bad.txt").write_bytes(UNREADABLE)
    (archive / "bad.jsonl").write_text('{"text": "好"}\nnot json\n', "utf-8")
    report = build(archive, index)
    assert numbers(report) == (6, 0, 0, 0, 2)
    assert {Path(failure.path).name for failure in report.failed} == {"bad.txt", "bad.jsonl"}


def test_a_file_that_can_no_longer_be_read_keeps_its_article(archive, index):
    build(archive, index)
    path = next(archive.glob("004*"))
    path.write_bytes(UNREADABLE)
    assert numbers(build((), index)) == (0, 0, 0, 4, 1)
    assert found(index, '"mutual respect"') == {path.name}


def test_an_unreadable_folder_keeps_its_articles(archive, index, monkeypatch):
    (archive / "sub").mkdir()
    (archive / "sub" / "a.txt").write_text("鳳凰", "utf-8")
    build(archive, index)
    scandir, refused = os.scandir, {"sub"}

    def refusing(folder):
        if Path(folder).name in refused:
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    report = build((), index)
    assert numbers(report) == (0, 0, 0, 6, 1)
    assert report.failed[0].reason == "Permission denied"
    refused.add("archive")
    with pytest.raises(RootError, match="cannot be read"):
        build((), index)


def test_excluded_hidden_and_unknown_files_are_passed_over_and_remembered(archive, index):
    for name in ("draft.txt", ".hidden.txt", "picture.png", "sub/draft.txt"):
        (archive / name).parent.mkdir(exist_ok=True)
        (archive / name).write_text("x", "utf-8")
    assert numbers(build(archive, index, BuildOptions(exclude=("draft*",)))) == (5, 0, 0, 0, 0)
    assert numbers(build((), index)) == (0, 0, 0, 5, 0)


def test_links_in_a_circle_end(archive, index):
    (archive / "again").symlink_to(archive, target_is_directory=True)
    (archive / "dangling.txt").symlink_to(archive / "nothing")
    assert numbers(build(archive, index)) == (5, 0, 0, 0, 0)


def test_an_index_inside_the_archive_is_not_indexed(archive):
    build(archive, archive / "index")
    (archive / "index" / "note.txt").write_text("x", "utf-8")
    assert numbers(build((), archive / "index")) == (0, 0, 0, 5, 0)


def test_names_that_are_not_utf8_are_indexed(archive, index):
    (archive / os.fsdecode("壞名".encode("big5") + b".txt")).write_text("鳳凰", "utf-8")
    assert numbers(build(archive, index)) == (6, 0, 0, 0, 0)
    assert numbers(build((), index)) == (0, 0, 0, 6, 0)
    (name,) = found(index, "凤凰")
    assert "\\x" in name


def test_an_article_without_text_is_found_by_its_title(archive, index):
    (archive / "empty.md").write_text("---\ntitle: 鳳凰\n---\n", "utf-8")
    build(archive, index)
    with Searcher(index) as searcher:
        (hit,) = searcher.search("凤凰").hits
    assert (hit.title, hit.title_spans, hit.snippets) == ("鳳凰", ((0, 2),), ())


def test_removing_a_root_forgets_it(archive, index):
    build(archive, index)
    assert numbers(remove(archive, index)) == (0, 0, 5, 0, 0)
    with pytest.raises(UsageError, match="no folder"):
        build((), index)
    with pytest.raises(UsageError, match="does not follow"):
        remove(archive, index)


def test_a_changed_analysis_is_noticed_with_the_command_that_mends_it(archive, index, tmp_path):
    build(archive, index)
    words = tmp_path / "words.txt"
    words.write_text("當勞侵\n", "utf-8")
    with pytest.raises(IndexStale, match="wensou index --rebuild"):
        build((), index, BuildOptions(user_dictionary=words))
    assert build((), index, BuildOptions(user_dictionary=words, rebuild=True)).added == 5
    words.write_text("當勞侵\n眾新聞\n", "utf-8")
    with Searcher(index) as searcher:
        assert "stale" in {note.kind for note in searcher.search("当劳侵").notes}


def test_a_first_run_that_did_not_finish_is_said(archive, index, monkeypatch):
    monkeypatch.setattr("indexer.pipeline.read_files", lambda *arguments: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        build(archive, index)
    with pytest.raises(IndexMissing, match="did not finish"):
        Searcher(index)


@pytest.mark.parametrize(
    "oddity", ["<div>\n<![foo bar]>\n</div>", "---\ndate: !!timestamp foo\n---\n", "---\na: !!int ''\n---\n"]
)
def test_odd_markup_and_metadata_cost_nothing_else(archive, index, oddity):
    (archive / "odd.md").write_text(f"{oddity}\n鳳凰", "utf-8")
    assert numbers(build(archive, index)) == (6, 0, 0, 0, 0)


def test_what_no_one_foresaw_costs_one_file(archive, index, monkeypatch):
    def broken(*arguments):
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr("indexer.sources.markdown.read", broken)
    (archive / "odd.md").write_text("鳳凰", "utf-8")
    report = build(archive, index)
    assert numbers(report) == (5, 0, 0, 0, 1)
    assert "ZeroDivisionError: surprise" in report.failed[0].reason


def test_what_analysis_cannot_bear_costs_one_file(archive, index, monkeypatch):
    import indexer.entries

    analysed = indexer.entries.analysed

    def broken(articles, *arguments):
        if any(article.row.id == "odd.md" for article in articles):
            raise ZeroDivisionError("surprise")
        return analysed(articles, *arguments)

    monkeypatch.setattr(indexer.entries, "analysed", broken)
    (archive / "odd.md").write_text("鳳凰", "utf-8")
    report = build(archive, index)
    assert numbers(report) == (5, 0, 0, 0, 1)
    assert report.failed[0].path.endswith("odd.md")
    assert "ZeroDivisionError: surprise" in report.failed[0].reason


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # Whoosh's, when it cannot read one
def test_a_rebuild_mends_a_damaged_index(archive, index):
    build(archive, index)
    for toc in index.glob("_*.toc"):
        toc.write_bytes(b"")
    for options in (BuildOptions(), BuildOptions(rebuild=True)):  # which cannot know its folders any more
        with pytest.raises(IndexDamaged, match="wensou index FOLDER --rebuild"):
            build((), index, options)
    assert build(archive, index, BuildOptions(rebuild=True)).added == 5
    assert len(found(index, "习近平")) == 4
    gc.collect()  # while the warning is ignored


def test_missing_things_are_named(archive, index, tmp_path):
    with pytest.raises(RootError, match="nothing"):
        build(tmp_path / "nothing", index)
    assert not index.exists()
    with pytest.raises(IndexMissing, match="wensou index"):
        Searcher(index)
    with pytest.raises(UsageError, match="wensou index FOLDER"):
        build((), index)
    build(archive, index)
    (index / "wensou.format").unlink()
    with pytest.raises(IndexUnusable):
        build(archive, index)


def test_many_processes_give_the_same_index(archive, tmp_path):
    for number in range(150):
        (archive / f"n{number}.txt").write_text(f"第{number}號文章，說到鳳凰與 number {number}。", "utf-8")
    (archive / "bad.txt").write_bytes(UNREADABLE)
    reports = [build(archive, tmp_path / str(jobs), BuildOptions(jobs=jobs)) for jobs in (1, 2)]
    assert numbers(reports[0]) == numbers(reports[1]) == (155, 0, 0, 0, 1)
    answers = []
    for jobs in (1, 2):
        with Searcher(tmp_path / str(jobs)) as searcher:
            answers.append([(hit.article_id, hit.score) for hit in searcher.iterate("鳳凰 number 5 特朗普")])
    assert answers[0] == answers[1]


def test_files_of_others_in_the_index_folder_are_left_alone(archive, index):
    index.mkdir()
    for name in ("MAIN_report.docx", "MAIN_x.txt", "_MAIN_notes.toc.txt"):
        (index / name).write_text("mine", "utf-8")
    build(archive, index)
    build(archive, index, BuildOptions(rebuild=True))
    assert {path.name for path in index.iterdir()} >= {"MAIN_report.docx", "MAIN_x.txt", "_MAIN_notes.toc.txt"}


def test_spilled_segments_become_one(archive, index, monkeypatch):
    for number in range(40):
        (archive / f"more{number}.txt").write_text(f"第{number}篇文章。", "utf-8")
    build(archive, tmp := index.parent / "whole")
    monkeypatch.setattr("indexer.workers._BATCH", 1)
    build(archive, index, BuildOptions(memory_bytes=0))
    with opened(index) as one, opened(tmp) as other:
        assert sorted(row.id for row in one.rows()) == sorted(row.id for row in other.rows())
    assert not check(index).problems
    assert len(list(index.glob("*.postings"))) == 1


def test_a_rebuild_of_a_damaged_index_keeps_what_it_follows(archive, index, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("另一個資料夾。", "utf-8")
    build([archive, other], index)
    (postings,) = index.glob("*.postings")
    data = bytearray(postings.read_bytes())
    data[100] ^= 1
    postings.write_bytes(data)
    report = build(archive, index, BuildOptions(rebuild=True))
    assert report.added == 6


def test_a_line_that_cannot_be_read_keeps_its_article_and_is_reported_again(tmp_path, index):
    file = tmp_path / "archive" / "a.jsonl"
    file.parent.mkdir()
    lines = [f'{{"id": "{i}", "text": "第{i}篇"}}' for i in range(3)]
    file.write_text("\n".join(lines), "utf-8")
    build(file.parent, index)
    file.write_text("\n".join([*lines[:2], lines[2][:9]]), "utf-8")
    for _ in range(2):
        report = build(file.parent, index)
        assert (report.removed, len(report.failed)) == (0, 1)
