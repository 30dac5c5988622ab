"""Where an index is: told from a folder or an address, opened by its engine only, with its user's files beside it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.engines.base import CANNOT
from indexer.engines.opening import beside, data_folder, exists, open_index, place_of, unable
from indexer.engines.opensearch.limits import CANNOT as CANNOT_ON_A_CLUSTER
from indexer.engines.opensearch.location import Location, location_of
from indexer.engines.opensearch.settings import ClusterSettings
from indexer.engines.whoosh import WhooshEngine
from indexer.errors import IndexMissing, UsageError
from search import Searcher
from search.cli import wensou as group
from search.info_command import _lines
from tests.conftest import SEEDS

ROOT = SEEDS.parent


def test_a_folder_is_told_from_an_address(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert place_of("http") == tmp_path / "http"
    assert place_of(Path("~")) == Path.home().resolve()
    settings = ClusterSettings(shards=5)
    place = place_of("https://a,b/x", settings)
    assert isinstance(place, Location)
    assert place.settings == settings
    assert place_of(place) is place


def test_an_address_that_became_a_path_is_refused():
    with pytest.raises(UsageError, match="a text of the form http://"):
        place_of(Path("http://host/x"))


def test_an_index_in_a_folder_is_opened_there(seeds_index, tmp_path):
    assert exists(seeds_index)
    assert not exists(tmp_path)
    assert open_index(seeds_index).passage_count() > 0
    with pytest.raises(IndexMissing):
        open_index(tmp_path)


def test_files_beside_an_index_are_in_its_folder_or_the_users_own(tmp_path):
    assert beside(tmp_path) == tmp_path
    location = location_of("http://a,b/文章")
    own = beside(location, {"WENSOU_DATA": str(tmp_path)}, "linux")
    assert own == tmp_path / f"文章-{location.digest}"
    assert beside(location_of("http://b,a/文章"), {"WENSOU_DATA": str(tmp_path)}, "linux") == own
    assert beside(location_of("http://a,b/other"), {"WENSOU_DATA": str(tmp_path)}, "linux") != own


def test_the_users_own_folder_is_where_the_system_keeps_data(tmp_path):
    assert data_folder({"XDG_DATA_HOME": str(tmp_path)}, "linux") == tmp_path / "wensou"
    assert data_folder({}, "linux") == Path.home() / ".local/share/wensou"
    assert data_folder({}, "darwin") == Path.home() / "Library/Application Support/wensou"
    assert data_folder({"LOCALAPPDATA": str(tmp_path)}, "win32") == tmp_path / "wensou" / "data"


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("search('{index}', '川普')", "opensearchpy urllib3 requests indexer.engines.opensearch.connection"),
        ("search('http://127.0.0.1:1/x', '川普')", "whoosh indexer.engines.whoosh"),
    ],
)
def test_an_engine_needs_nothing_of_the_other(seeds_index, code, unwanted):
    script = (
        "import sys\nfrom search import Searcher, WensouError\n"
        "def search(index, query):\n    try:\n        Searcher(index).search(query)\n"
        "    except (WensouError, ModuleNotFoundError) as error:\n        pass\n"
        f"{code.format(index=seeds_index)}\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & set(unwanted.split())


def test_an_answer_without_a_part_of_the_index_says_so(seeds_index, monkeypatch):
    monkeypatch.setattr(WhooshEngine, "unsearched", lambda engine: ("shard 1 of 3 of x", "shard 2 of 3 of x"))
    with Searcher(seeds_index, partial=True) as searcher:
        for notes in (searcher.search("川普").notes, searcher.count("川普").notes, searcher.concordance("川普").notes):
            (note,) = [note for note in notes if note.kind == "partial"]
            assert (
                note.text == "This is without shard 1 of 3 of x, shard 2 of 3 of x: no node that runs has a copy of it."
            )


def test_a_searcher_may_be_content_with_parts(monkeypatch):
    opened = []
    monkeypatch.setattr("search.searcher.open_index", lambda place: opened.append(place) or 1 / 0)
    for partial in (False, True):
        with suppress(ZeroDivisionError):
            Searcher(location_of("http://a/x", ClusterSettings(ca="ca.pem")), partial=partial)
    assert [place.settings for place in opened] == [
        ClusterSettings(ca="ca.pem"),
        ClusterSettings(ca="ca.pem", partial=True),
    ]


def test_what_an_engine_does_not_do_is_said_where_it_matters(seeds_index, monkeypatch):
    assert set(CANNOT) >= CANNOT_ON_A_CLUSTER.keys()
    assert unable(seeds_index, "checksums") == ""
    monkeypatch.setattr(WhooshEngine, "cannot", CANNOT_ON_A_CLUSTER)
    done = CliRunner().invoke(group, ["check", "--index", str(seeds_index)])
    assert done.exit_code == 0
    assert done.stderr == CANNOT_ON_A_CLUSTER["checksums"] + "\n"
    with Searcher(seeds_index) as searcher:
        found = searcher.info()
    assert found.cannot == tuple(CANNOT_ON_A_CLUSTER.values())
    assert [("limits", found.cannot[0]), ("", found.cannot[1])] == [*_lines(found)][-2:]
    assert found.to_dict()["cannot"] == list(found.cannot)
