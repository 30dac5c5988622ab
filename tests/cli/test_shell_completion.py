"""What a shell is told to complete."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.cli.test_cli import wensou


def completed(line, cwd):
    """Return what bash would be offered for the last word of a line."""
    words = line.split(" ")
    environment = {
        **os.environ, "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1), "_WENSOU_COMPLETE": "bash_complete",
        "WENSOU_INDEX": str(cwd),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", "from search.cli import main; main()"], env=environment, capture_output=True, text=True,
        encoding="utf-8",
    )  # fmt: skip
    return [answer.partition(",")[2] for answer in done.stdout.splitlines() if answer]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("wensou se", "search"),
        ("wensou search --added", "--added-since"),
        ("wensou search tit", "title:"),
        ("wensou search 特朗普 la", "lang:"),
        ("wensou search lang:zh-Han", "lang:zh-Hant"),
        ("wensou search kind:qu", "kind:quote"),
        ("wensou search 特朗普 习近", "习近平"),
        ("wensou search xijinp", "习近平"),
    ],
)
def test_commands_options_fields_values_and_words_are_completed(seeds_index, line, offered):
    assert offered in completed(line, seeds_index)


def test_without_an_index_no_word_is_completed(tmp_path):
    assert completed("wensou search 习近", tmp_path) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_printed_for_each_shell(shell):
    done = wensou("completion", shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert "_WENSOU_COMPLETE" in done.stdout


def test_bash_reads_the_script():
    script = wensou("completion", "bash").stdout
    done = subprocess.run(["bash", "-c", f"{script}\ncomplete -p wensou"], capture_output=True, text=True)
    assert done.returncode == 0
    assert "wensou" in done.stdout
