"""ZIP and TAR: members as articles, their names, what is left out, damage, and bombs."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import sys
import tarfile
import time
import zipfile
import zlib
from hashlib import sha512
from pathlib import Path

import pytest

from indexer import build
from indexer.errors import DependencyError, NotAnArticle
from indexer.sources import members, read_articles
from indexer.sources.source import SourceFile
from tests.documents import epub, page, read, tarred, zipped

ARTICLES = {
    "甲/元首通話.md": "# 元首通話\n\n討論貿易。",
    "b.txt": "Trade talks.\n",
    "c.jsonl": '{"text": "一"}\n{"text": "二"}',
}
IDS = ["甲/元首通話.md", "b.txt", "c.jsonl#1", "c.jsonl#2"]


if sys.version_info >= (3, 14):
    from compression.zstd import compress as zstd
else:
    from backports.zstd import compress as zstd


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", zipped(ARTICLES)), ("a.tar", tarred(ARTICLES)), ("a.tar.gz", tarred(ARTICLES, "w:gz")),
        ("a.tgz", tarred(ARTICLES, "w:gz")), ("a.tar.bz2", tarred(ARTICLES, "w:bz2")), ("A.TAR.XZ", tarred(ARTICLES, "w:xz")),
        ("a.txz", tarred(ARTICLES, "w:xz")), ("a.tar.zst", zstd(tarred(ARTICLES))),
        ("a.tar", tarred(ARTICLES, format=tarfile.GNU_FORMAT)), ("a.tar", tarred(ARTICLES, format=tarfile.USTAR_FORMAT)),
    ],
)  # fmt: skip
def test_members_are_articles_named_after_archive_and_path(name, data):
    articles, reasons = read(data, name)
    assert not reasons
    assert list(articles) == [f"{name}/{inner}" for inner in IDS]
    assert articles[f"{name}/甲/元首通話.md"].title == "元首通話"


def test_a_place_is_one_in_the_member():
    (reading, _) = read_articles(SourceFile(zipped({"a.md": "# t\n\nbody", "b.txt": "x"}), "a.zip", "/x/a.zip"))
    assert reading.decoded.text == "# t\n\nbody"
    assert reading.article.path == "/x/a.zip/a.md"


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_hidden_members_and_those_of_other_formats_are_skipped_with_the_reason(pack):
    files = {"a.md": "x", ".git/b.md": "x", "__MACOSX/._a.md": "x", "p.png": "x", "README": "x", "e.txt": ""}
    articles, reasons = read(pack(files), "a.zip" if pack is zipped else "a.tar")
    assert len(articles) == 1
    assert all(isinstance(reason, NotAnArticle) for reason in reasons)
    assert [str(reason) for reason in reasons] == [
        ".git/b.md: hidden", "__MACOSX/._a.md: hidden", "p.png: format .png is not read",
        "README: a name without a suffix says no format", "e.txt: empty",
    ]  # fmt: skip


def test_members_that_are_not_read_are_counted_by_reason(tmp_path):
    (tmp_path / "in").mkdir()
    files = {"a.md": "x", "p.png": "x", "q.png": "x", "bad.docx": "PK"}
    (tmp_path / "in" / "a.zip").write_bytes(zipped({**files, "b.zip": zipped({"r.png": "x"})}))
    report = build(tmp_path / "in", tmp_path / "index")
    assert report.added == 1
    assert report.skipped_by_reason() == {"format .png is not read": 3}
    assert [Path(failure.path).relative_to(tmp_path).as_posix() for failure in (*report.failed, *report.skipped)] == [
        "in/a.zip/bad.docx", "in/a.zip/p.png", "in/a.zip/q.png", "in/a.zip/b.zip/r.png"]  # fmt: skip


def test_a_name_that_leads_out_of_the_archive_stays_below_it():
    names = ["../../etc/a.md", "/root/b.md", "..\\..\\c.md", "./d.md", "e\n\x1b.md"]
    for data, name in ((zipped(dict.fromkeys(names, "x")), "a.zip"), (tarred(dict.fromkeys(names, "x")), "a.tar")):
        articles, _ = read(data, name)
        assert [path.removeprefix(name) for path in articles] == [
            "/etc/a.md", "/root/b.md", "/c.md", "/d.md", "/e\ufffd\ufffd.md"]  # fmt: skip


def test_an_empty_archive_says_so():
    for data, name in ((zipped({}), "a.zip"), (zipped({"folder/": ""}), "a.zip"), (tarred({}), "a.tar")):
        _, (error,) = read(data, name)
        assert (type(error), str(error)) == (NotAnArticle, "an archive without files")


def test_the_same_name_twice_is_two_articles():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.md", "one")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.md", "two")
    assert list(read(out.getvalue(), "a.zip")[0]) == ["a.zip/a.md", "a.zip/a.md@2"]


def zipped_raw(names):
    """A ZIP archive of members with these bytes as names, without the flag of UTF-8."""
    stand_ins = {chr(ord("A") + i) * len(name): name for i, name in enumerate(names)}
    data = zipped(dict.fromkeys(stand_ins, "text"))
    for stand_in, name in stand_ins.items():
        data = data.replace(stand_in.encode(), name)
    return data


NAMES = ["中国国家主席习近平讲话.md", "美国总统特朗普谈贸易问题.md", "两国元首通话全文.md"]
TRADITIONAL = ["中國國家主席習近平講話.md", "美國總統談貿易問題.md", "兩國元首通話全文.md"]


@pytest.mark.parametrize(
    ("names", "charset"),
    [
        (NAMES, "gb18030"),
        (TRADITIONAL, "big5"),
        (TRADITIONAL, "utf-8"),
        (["café.md"], "cp437"),
        (["café.md"], "cp1252"),
    ],
)
def test_names_without_a_flag_are_decoded_by_the_evidence_of_all(names, charset):
    data = zipped_raw([name.encode(charset) for name in names])
    assert list(read(data, "a.zip")[0]) == [f"a.zip/{name}" for name in names]
    tar = tarred(dict.fromkeys(reversed(names), "x"), format=tarfile.GNU_FORMAT, encoding=charset)
    assert list(read(tar, "a.tar")[0]) == [f"a.tar/{name}" for name in reversed(names)]


def test_a_name_in_an_extra_field_goes_before_the_other():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("x.md")
        name = "元首.md".encode()
        info.extra = struct.pack("<HHBL", 0x7075, 5 + len(name), 1, zlib.crc32(b"x.md")) + name
        archive.writestr(info, "text")
    assert list(read(out.getvalue(), "a.zip")[0]) == ["a.zip/元首.md"]


def test_archives_in_archives_are_read_to_a_depth():
    inner = zipped({"a.md": "deep", "b.epub": epub({"one": page("<p>chapter</p>")})})
    two = tarred({"two.zip": inner}, "w:gz")
    articles, reasons = read(zipped({"one.tgz": two}), "a.zip")
    assert not reasons
    assert list(articles) == ["a.zip/one.tgz/two.zip/a.md", "a.zip/one.tgz/two.zip/b.epub#one"]
    articles, (reason,) = read(zipped({"zero.zip": zipped({"one.tgz": two})}), "a.zip")
    assert not articles
    assert str(reason) == "zero.zip/one.tgz/two.zip: files nested more than 3 deep are not looked into"


def test_what_is_no_file_is_skipped():
    special = {}
    for name, kind in (("l.md", tarfile.SYMTYPE), ("h.md", tarfile.LNKTYPE), ("d.md", tarfile.CHRTYPE),
                       ("p.md", tarfile.FIFOTYPE), ("f", tarfile.DIRTYPE)):  # fmt: skip
        special[name] = info = tarfile.TarInfo(name)
        info.type = kind
        info.linkname = "/etc/passwd"
    articles, reasons = read(tarred({**special, "a.md": "x"}), "a.tar")
    assert list(articles) == ["a.tar/a.md"]
    assert [str(reason) for reason in reasons] == ["l.md: a link", "h.md: a link", "d.md: a device", "p.md: a pipe"]


def test_sparse_members_are_skipped():
    header = bytearray(tarred({"s.md": "x" * 512})[:1024])
    header[156:157] = b"S"
    header[482] = 1
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header[:512])
    more = bytes(512)
    articles, (reason,) = read(bytes(header[:512]) + more + bytes(header[512:]) + tarred({"a.md": "x"}), "a.tar")
    assert (list(articles), str(reason)) == (["a.tar/a.md"], "s.md: sparse")
    sparse = {"GNU.sparse.major": "1", "GNU.sparse.name": "s.md"}
    info = tarfile.TarInfo("s.md")
    info.pax_headers = sparse
    articles, (reason,) = read(tarred({"s.md": info}), "a.tar")
    assert str(reason) == "s.md: sparse"


def test_encrypted_members_are_reported():
    data = bytearray(zipped({"a.md": "secret", "b.md": "open"}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    articles, (error,) = read(bytes(data), "a.zip")
    assert list(articles) == ["a.zip/b.md"]
    assert str(error) == "a.md: encrypted"
    assert not isinstance(error, NotAnArticle)


MANY = {f"{n:02}.md": f"text {n} " + sha512(b"%d" % n).hexdigest() * 3 for n in range(20)}


def test_a_zip_that_is_cut_off_is_read_up_to_there():
    data = zipped(MANY)
    articles, reasons = read(data[: len(data) // 2], "a.zip")
    assert 5 < len(articles) < 20
    assert articles["a.zip/03.md"].body == MANY["03.md"]
    assert "damaged ZIP file" in str(reasons[0])


def test_one_damaged_member_does_not_cost_the_others():
    data = bytearray(zipped(MANY))
    at = data.index(b"07.md") + 20
    data[at] ^= 0xFF
    articles, (error,) = read(bytes(data), "a.zip")
    assert len(articles) == 19
    assert str(error).startswith("07.md: damaged")


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_that_is_cut_off_is_read_up_to_there(mode):
    data = tarred({name: text * 200 for name, text in MANY.items()}, mode)
    articles, reasons = read(data[: len(data) * 2 // 3], "a.tar")
    assert len(articles) < 20
    assert mode == "w:bz2" or articles
    assert str(reasons[-1]) == "damaged: cut off"


def test_a_tar_is_read_around_damage():
    data = bytearray(tarred(MANY))
    data[1024 * 6 + 3] ^= 0xFF
    articles, (error,) = read(bytes(data), "a.tar")
    assert len(articles) == 19
    assert "header" in str(error)


def test_streams_one_after_another_are_read_as_one():
    data = tarred(MANY)
    half = len(data) // 2
    for compress, name in (
        (gzip.compress, "a.tgz"),
        (bz2.compress, "a.tar.bz2"),
        (lzma.compress, "a.txz"),
        (zstd, "a.tar.zst"),
    ):
        articles, reasons = read(compress(data[:half]) + compress(data[half:]), name)
        assert (len(articles), reasons) == (20, []), name


def test_a_fault_in_one_member_does_not_cost_the_others(monkeypatch):
    from indexer.sources import markdown

    def faulty(file):
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(markdown, "read", faulty)
    articles, (error,) = read(zipped({"a.md": "x", "b.txt": "y"}), "a.zip")
    assert list(articles) == ["a.zip/b.txt"]
    assert str(error) == "a.md: cannot be parsed: ZeroDivisionError: a fault"


def test_without_the_library_the_error_says_what_to_install(monkeypatch):
    data = zstd(tarred(MANY))
    library = "compression" if sys.version_info >= (3, 14) else "backports"
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(DependencyError, match=r"pip install 'wensou\[documents\]'"):
        list(read_articles(SourceFile(data, "a.tar.zst", "/x/a.tar.zst")))
    _, (error,) = read(zipped({"b.tar.zst": data}), "a.zip")
    assert "b.tar.zst: " in str(error)


ZEROS = b"a" + bytes(30 << 20)


def timed(read_it):
    started = time.process_time()
    result = read_it()
    assert time.process_time() - started < 10
    return result


@pytest.mark.parametrize("name", ["a.zip", "a.tgz", "a.tar.bz2", "a.txz", "a.tar.zst"])
def test_a_member_above_the_limit_is_refused_without_being_unpacked_whole(name):
    files = {"big.txt": ZEROS, "small.txt": "text"}
    tar = tarred(files)
    packed = {"a.zip": lambda: zipped(files), "a.tgz": lambda: gzip.compress(tar), "a.tar.bz2": lambda: bz2.compress(tar),
              "a.txz": lambda: lzma.compress(tar), "a.tar.zst": lambda: zstd(tar)}[name]()  # fmt: skip
    articles, (error,) = timed(lambda: read(packed, name, max_bytes=1 << 20))
    assert list(articles) == [f"{name}/small.txt"]
    assert str(error).startswith("big.txt: more than 1,048,576 bytes")


@pytest.fixture
def small_bounds(monkeypatch):
    monkeypatch.setattr(members, "_HARMLESS", 4 << 20)


@pytest.mark.parametrize("pack", [zipped, lambda files: tarred(files, "w:gz")])
def test_what_unpacks_to_too_much_is_read_no_further(small_bounds, pack):
    files = {"a.txt": "first", **{f"{n}.txt": bytes(1 << 20) for n in range(8)}, "z.txt": "last"}
    articles, reasons = timed(lambda: read(pack(files), "a.zip" if pack is zipped else "a.tgz"))
    assert len(articles) == 1
    assert "unpacks to more than" in str(reasons[-1])
    assert not isinstance(reasons[-1], NotAnArticle)


def test_archives_in_an_archive_share_its_bounds(small_bounds):
    inner = zipped({"0.txt": bytes(1 << 20)})
    data = zipped({f"{n}.zip": inner for n in range(12)} | {"z.txt": "last"})
    articles, reasons = timed(lambda: read(data, "a.zip"))
    assert not articles
    assert "unpacks to more than" in str(reasons[-1])


def test_entries_that_share_their_bytes_are_bounded_as_if_they_did_not(small_bounds):
    """As in David Fifield's bomb: each entry of the directory is the same deflated data."""
    data = zipped({"0.txt": bytes(1 << 20)})
    directory = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entries = b"".join(data[directory:end] for _ in range(1000))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1000, 1000, len(entries), directory, 0)
    _, reasons = timed(lambda: read(data[:directory] + entries + tail, "a.zip"))
    if "Overlapped entries" in str(reasons[-1]):  # newer Pythons unpack none of them
        assert {str(reason) for reason in reasons[1:]} == {str(reasons[-1])}
    else:
        assert len(reasons) < 100
        assert "unpacks to more than" in str(reasons[-1])


def test_too_many_entries_are_refused(monkeypatch):
    from indexer.sources import tars, zips

    monkeypatch.setattr(zips, "MOST_ENTRIES", 10)
    monkeypatch.setattr(tars, "MOST_ENTRIES", 2)
    for name, pack in (("a.zip", zipped), ("a.tar", tarred)):
        _, reasons = read(pack(MANY), name)
        assert "more than" in str(reasons[0 if pack is zipped else -1])


def test_a_tar_header_of_unbounded_length_takes_no_memory():
    info = tarfile.TarInfo("x")
    info.type, info.size = b"x", 1 << 40
    data = gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + bytes(8 << 20))
    articles, reasons = timed(lambda: read(data, "a.tgz"))
    assert not articles
    assert str(reasons[-1]) == "damaged: cut off"
