"""What docs/api.md says of the API is so."""

import contextlib
import io
import json
import re
from pathlib import Path

import pytest

from search.web.operations import OPERATIONS, ROOT
from search.web.parameters import LIMIT_MOST, PARAMETERS, QUERY_CHARS
from search.web.problems import KINDS
from search.web.settings import DEFAULTS

TEXT = (Path(__file__).parent.parent.parent / "docs" / "api.md").read_text("utf-8")


def rows(heading):
    """The cells of the table below a heading."""
    section = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_route_is_there():
    paths = [re.findall(r"`(.*)`", row[0])[0] for row in rows("Routes")[1:]]
    assert sorted(paths) == sorted([*(ROOT + one.path for one in OPERATIONS), f"{ROOT}/openapi.json"])


def test_every_parameter_is_there_in_order():
    assert [name for row in rows("Parameters") for name in re.findall(r"`(.*?)`", row[0])] == [
        one.name for one in PARAMETERS
    ]


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda one: one.name)
def test_a_parameter_is_as_it_is_read(parameter):
    (row,) = [row for row in rows("Parameters") if f"`{parameter.name}`" in row[0]]
    said = " ".join(row[1:])
    assert {"flag": "flag", "names": "names"}.get(parameter.kind, "") in row[1]
    assert (parameter.kind in ("flag", "names")) == (row[1] in ("flag", "names"))
    assert set(parameter.choices) <= set(re.findall(r"`(.*?)`", said))
    if parameter.kind == "number":
        assert row[1] == f"{parameter.least} to {parameter.most:,}; {parameter.default}"
    if parameter.kind == "text":
        assert f"at most {parameter.most:,} characters" in row[1]


def test_the_bounds_of_a_request_are_those_that_are_kept():
    lines = (Path(__file__).parent.parent.parent / "docs" / "serve.md").read_text("utf-8").splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    bounds = {row[0]: row[1] for row in table}
    assert bounds["a query"] == f"{QUERY_CHARS:,} characters"
    assert bounds["hits of a page"] == f"{LIMIT_MOST:,}"
    assert bounds["a request that is not whole"] == f"{DEFAULTS.request_s:g} s"
    assert bounds["connections at once"] == f"{DEFAULTS.connections:,}"
    assert bounds["questions that wait"] == f"{DEFAULTS.waiting:,}"
    assert bounds["an answer"] == f"{DEFAULTS.timeout_s:g} s"
    assert bounds["hits of an export"] == f"{DEFAULTS.export_most:,}"
    assert bounds["exports at once"] == f"{DEFAULTS.exports:,}"


def test_every_problem_is_there():
    assert [(row[0].strip("`"), int(row[1])) for row in rows("Problems")[1:]] == [
        (one.type, one.status) for one in KINDS
    ]


def test_the_problem_shown_is_the_one_that_is_told(client):
    shown = json.loads(re.findall(r"```json\n(.*?)```", TEXT, re.S)[0])
    assert client.get(f"{ROOT}/search?limit=1000").json() == shown


def test_the_examples_run(client, monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", lambda url: contextlib.closing(io.BytesIO(client.get(url).content)))
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        for code in re.findall(r"```python\n(.*?)```", TEXT, re.S):
            exec(code, names)
    assert "2018-11-01" in printed.getvalue()
    whole = client.get(f"{ROOT}/search?q=的").json()
    assert [hit["article_id"] for hit in names["hits"](q="的", limit=1)] == [hit["article_id"] for hit in whole["hits"]]
