"""What a shell is told to complete."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.cli.test_cli import wensou


def completed(line, cwd):
    """Return what bash would be offered for the last word of a line."""
    return [answer.partition(",")[2] for answer in answered(line, cwd).stdout.splitlines() if answer]


def answered(line, cwd):
    words = line.split(" ")
    environment = {
        **os.environ, "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1), "_WENSOU_COMPLETE": "bash_complete",
        "WENSOU_INDEX": str(cwd),
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-c", "from search.cli import main; main()"], env=environment, capture_output=True, text=True,
        encoding="utf-8",
    )  # fmt: skip


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
        ("wensou search --sort d", "date"),
        ("wensou search 特朗普 --lang z", "zh-Hans"),
        ("wensou search --format ", "csv"),
        ("wensou search --facets ", "lang"),
        ("wensou search --facets lang,ye", "lang,year"),
        ("wensou search --fields title,sn", "title,snippets"),
        ("wensou concordance 习近", "习近平"),
        ("wensou count --by y", "year"),
    ],
)
def test_commands_options_fields_values_and_words_are_completed(seeds_index, line, offered):
    assert offered in completed(line, seeds_index)


def test_a_list_does_not_offer_what_stands_in_it(seeds_index):
    assert completed("wensou search --facets lang,la", seeds_index) == []


@pytest.mark.parametrize("option", ["--sort d", "--lang z", "--format ", "--index ", "--facets lang,ye", "-n "])
def test_nothing_is_said_at_the_prompt(option, seeds_index):
    assert answered(f"wensou search {option}", seeds_index).stderr == ""


def test_a_folder_is_completed_by_the_shell(seeds_index):
    assert answered("wensou search --index se", seeds_index).stdout == "dir,se\n"


def test_an_option_without_its_value_is_an_error_elsewhere():
    done = wensou("search", "a", "--sort")
    assert (done.returncode, "requires an argument" in done.stderr) == (2, True)


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
