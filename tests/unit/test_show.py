"""An article as it is read: from its id or its file, with the kinds of its blocks."""

from __future__ import annotations

import json

import pytest

from indexer.errors import SourceError, UsageError
from indexer.pipeline import build
from indexer.show import show
from tests.cli.test_cli import wensou


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
