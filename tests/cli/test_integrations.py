"""The examples for other programs run, and give what they say."""

import re
import subprocess
import sys

from tests.conftest import SEEDS

ROOT = SEEDS.parent


def test_the_retriever_for_langchain_finds_passages(seeds_index, seeds, tmp_path):
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "integrations.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "index_data").symlink_to(seeds_index)
    checked = (
        "    many = WensouRetriever(searcher=searcher, options={'lang': 'en'}).batch(['Trump', 'tariffs'])\n"
        "    assert all(one.metadata['score'] > 0 and one.metadata['start'] >= 0 for found in many for one in found)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", example + checked], cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "LANGSMITH_TRACING": "false"},
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines() if "@" in line.split("\t")[0]]
    expected = seeds.search("川普 关税", 3, passages=True, context=600).hits
    assert [line[:2] for line in lines] == [[hit.snippets[0].passage_id, hit.title] for hit in expected]


def test_the_retriever_has_twenty_lines(seeds):
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "integrations.md").read_text("utf-8"), re.DOTALL)
    own = example[example.index("class ") : example.index("with Searcher")]
    assert len([line for line in own.splitlines() if line.strip()]) <= 20
