"""Settings: where they come from, and what a wrong one is told."""

from __future__ import annotations

import pytest

from indexer.config import Settings, all_cores, bytes_of, load_settings, memory_of
from indexer.engines.opensearch.settings import ClusterSettings
from indexer.errors import SettingsError


def test_nothing_set_gives_the_defaults(tmp_path):
    assert load_settings(tmp_path, {}) == Settings(index="index_data")


def test_the_environment_wins_over_the_file(tmp_path):
    (tmp_path / "wensou.toml").write_text('index = "a"\njobs = 3\nexclude = ["x", "y"]\n', "utf-8")
    settings = load_settings(tmp_path, {"WENSOU_INDEX": "b", "OTHER": "c"})
    assert settings == Settings(index="b", jobs=3, exclude=("x", "y"))
    assert load_settings(tmp_path, {"WENSOU_JOBS": "2", "WENSOU_EXCLUDE": "p:q"}).exclude == ("p", "q")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('indexx = "a"', "Did you mean index"),
        ('zzz = "a"', "Known are"),
        ("jobs = 'two'", "a whole number"),
        ("index = 3", "a text"),
        ("jobs = -3", "jobs"),
        ("exclude = 'a'", "a list"),
        ("index = ", "cannot be read"),
        ("fields = 3", "a table"),
        ("[fields]\ntitel = ['a']", "Did you mean title"),
        ("[fields]\ntitle = 'a'", "a list of texts"),
        ("opensearch = 3", "a table"),
        ("[opensearch]\nshard = 3", "Did you mean shards"),
        ("[opensearch]\nshards = 'many'", "shards must be a whole number"),
        ("[opensearch]\nshards = 0", "shards must be at least 1"),
        ("[opensearch]\nbulk = 'much'", "is no size"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, text, message):
    (tmp_path / "wensou.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=message):
        load_settings(tmp_path, {})


def test_further_names_of_fields_are_a_table(tmp_path):
    (tmp_path / "wensou.toml").write_text('[fields]\ntitle = ["kop", "Titel"]\n', "utf-8")
    assert load_settings(tmp_path, {}).fields == {"title": ("kop", "Titel")}


def test_how_a_cluster_is_used_is_a_table(tmp_path):
    (tmp_path / "wensou.toml").write_text('[opensearch]\nshards = 6\nreplicas = 0\nca = "ca.pem"\n', "utf-8")
    assert load_settings(tmp_path, {}).opensearch == ClusterSettings(shards=6, replicas=0, ca="ca.pem")
    assert load_settings(tmp_path, {"WENSOU_CA": "b.pem"}).opensearch == ClusterSettings(
        shards=6, replicas=0, ca="b.pem"
    )


def test_a_wrong_variable_is_named(tmp_path):
    with pytest.raises(SettingsError, match="WENSOU_JOBS"):
        load_settings(tmp_path, {"WENSOU_JOBS": "many"})


@pytest.mark.parametrize(
    ("size", "number"), [("512M", 1 << 29), ("1.5g", 3 << 29), ("2 GiB", 1 << 31), ("200000k", 204800000)]
)
def test_a_size_of_memory_is_read(size, number):
    assert bytes_of(size) == number


@pytest.mark.parametrize("size", ["much", "", "-1G", "1T", "64M"])
def test_what_is_no_size_is_named(size):
    with pytest.raises(SettingsError, match=r"512M|128M"):
        memory_of(size)


def test_there_is_a_core():
    assert all_cores() >= 1
