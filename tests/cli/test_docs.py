"""The documentation tells the truth: its example runs, its output is what comes out, every option is described."""

from __future__ import annotations

import re
import subprocess
import sys

import click
import pytest

from indexer.config import Settings, load_settings
from indexer.sources.source import SourceFile
from search.cli import wensou as group
from tests.cli.test_cli import wensou
from tests.conftest import SEEDS

ROOT = SEEDS.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_example_of_the_readme_runs(archive, tmp_path):
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    archive.rename(tmp_path / "seeds")
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        encoding="utf-8", check=True,
    )  # fmt: skip
    assert "002_5104d3bfebe09562.txt 川普" in done.stdout


def test_the_example_for_programs_that_use_whoosh_runs(archive, tmp_path):
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "indexing.md").read_text("utf-8"), re.DOTALL)
    wensou("index", archive, "--index", tmp_path / "index_data")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", example], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert "002_5104d3bfebe09562.txt@" in "".join(done.stdout.split(" "))


def test_the_output_in_the_readme_is_what_comes_out(archive, tmp_path):
    archive.rename(tmp_path / "seeds")
    block = re.search(r"\$ wensou index seeds\n(.*?)\n\n\$ wensou (search .*?)\n(.*?)```", README, re.DOTALL)
    report, command, output = block.groups()
    assert wensou("index", "seeds", cwd=tmp_path).stdout.split(", in ")[0] == report.split(", in ")[0]
    assert wensou(*command.split(), cwd=tmp_path).stdout.strip() == output.strip()


EXAMPLES = re.findall(
    r"^\| `(.+?)` \| ([\d ]*)\|", (ROOT / "docs" / "query-language.md").read_text("utf-8"), re.MULTILINE
)


@pytest.mark.parametrize(("query", "found"), EXAMPLES)
def test_every_example_of_the_query_language_finds_what_it_says(seeds, query, found):
    result = seeds.search(query, cross="off")
    assert sorted(hit.article_id[:3] for hit in result.hits) == found.split()
    assert {note.kind for note in result.notes} <= {"aliases", "all_words", "undated", "pinyin"}


def test_every_command_option_setting_and_note_is_described():
    pages = "".join(path.read_text("utf-8") for path in [ROOT / "README.md", *ROOT.glob("docs/*.md")])
    for name, command in group.commands.items():
        assert f"wensou {name}" in pages
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert any(f"`{option}" in pages for option in parameter.opts), f"{name} {parameter.opts}"
    from dataclasses import fields

    for field in fields(Settings):
        assert f"`{field.name}`" in pages or f"{field.name} = " in pages
    from indexer.engines.opensearch.settings import ClusterSettings

    for field in fields(ClusterSettings):
        assert re.search(rf"^{field.name} = ", pages, re.MULTILINE)
    source = "".join(path.read_text("utf-8") for path in (ROOT / "search").glob("*.py"))
    for kind in re.findall(r'[Nn]ote\(\s*"(\w+)"', source):
        assert f"`{kind}`" in pages


def test_links_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_module_that_the_architecture_names_is_there():
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    for name in set(re.findall(r"`((?:indexer|search|tests|benchmarks)/[\w./]*)`", text)):
        assert (ROOT / name).exists(), name


def test_the_template_of_a_source_reads_subtitles():
    (code,) = re.findall(
        r"```python\n(\"\"\"Subtitles.*?)```", (ROOT / "docs" / "sources.md").read_text("utf-8"), re.DOTALL
    )
    names = {}
    exec(code, names)
    file = SourceFile(
        "1\n00:01 --> 00:02\n特朗普通電話\n\n2\n00:03 --> 00:04\n講了很久\n".encode(), "a.srt", "/x/a.srt"
    )
    (reading,) = names["read"](file)
    assert reading.article.body == "特朗普通電話\n\n講了很久"
    for start, source in reading.article.offsets:
        assert file.decoded.text[source] == reading.article.body[start]


def test_the_settings_of_clusters_in_the_docs_are_the_defaults(tmp_path):
    (block,) = re.findall(
        r"```toml\n(\[opensearch\].*?)```", (ROOT / "docs" / "scale.md").read_text("utf-8"), re.DOTALL
    )
    (tmp_path / "wensou.toml").write_text(block, "utf-8")
    assert load_settings(tmp_path, {}) == Settings()
