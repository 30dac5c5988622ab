"""The command as its users run it: in a process of its own, by exit code, standard output and standard error."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import SEEDS
from tests.stub_cluster import stub_node
from tests.texts import UNREADABLE

ROOT = SEEDS.parent


def wensou(*arguments, cwd=None, module=None, **environment):
    command = (
        [sys.executable, "-m", module] if module else [sys.executable, "-c", "from search.cli import main; main()"]
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WENSOU_", "NO_COLOR"))}
    return subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", cwd=cwd,
        env={**kept, "PYTHONPATH": str(ROOT), **environment}, check=False,
    )  # fmt: skip


def search(index, *arguments, **environment):
    return wensou("search", "--index", index, *arguments, **environment)


def test_found_nothing_and_wrong(seeds_index):
    assert search(seeds_index, "川普").returncode == 0
    for query in ("xyzzy", "", "。。。"):
        done = search(seeds_index, query)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr
    for arguments in (
        ["a", "--limit"],
        ["a", "--index"],
        ["--nope", "a"],
        ["a", "--limit", "x"],
        ["a", "--since", "never"],
        ["a", "--format", "x"],
    ):
        done = search(seeds_index, *arguments)
        assert (done.returncode, done.stdout) == (2, "")


def test_results_on_stdout_all_else_on_stderr(seeds_index):
    done = search(seeds_index, "川普", "TikTok", "--exact")
    assert "**川普**" in done.stdout
    assert "002_5104d3bfebe09562.txt" in done.stdout
    assert "1 of 1 article" not in done.stdout
    assert "1 of 1 article has all 2 words" in done.stderr


@pytest.mark.parametrize("word", ["+TikTok", "-n5x", "-", "--"])
def test_words_may_begin_with_signs(seeds_index, word):
    assert search(seeds_index, "川普", word).returncode == 0


def test_a_sign_before_a_word_leaves_out_what_holds_it(seeds_index):
    kept = search(seeds_index, "川普", "-北韓", "--exact", "--format", "vimgrep").stdout.splitlines()
    assert kept
    assert not any("003_" in line for line in kept)
    assert any("003_" in line for line in search(seeds_index, "特朗普", "--format", "vimgrep").stdout.splitlines())


def test_after_two_hyphens_all_is_query(seeds_index):
    done = search(seeds_index, "-n1", "--", "--json", "川普")
    assert "**川普**" in done.stdout


@pytest.mark.parametrize("arguments", [["-n", "1"], ["-n1"], ["--limit=1"], ["--limit", "1"]])
def test_options_go_anywhere(seeds_index, arguments):
    result = json.loads(search(seeds_index, "特朗普", *arguments, "Trump", "--json").stdout)
    assert (len(result["hits"]), result["query"]) == (1, "特朗普 Trump")


def test_json_has_the_one_shape(seeds_index):
    result = json.loads(search(seeds_index, "特朗普 通話", "--json").stdout)
    assert list(result) == [
        "query", "total", "passages_total", "total_is_exact", "took_ms", "notes", "facets", "cursor", "hits"]  # fmt: skip
    hit = next(hit for hit in result["hits"] if hit["article_id"].startswith("003"))
    assert list(hit) == [
        "rank", "article_id", "title", "title_lang", "title_spans", "path", "url", "published", "published_at",
        "published_guessed", "author", "source", "lang", "score", "snippets", "copies", "stories"]  # fmt: skip
    assert (hit["title_lang"], hit["lang"], hit["published"]) == ("zh-Hant", "zh-Hant", "2018-11-01")
    assert Path(hit["path"]) == SEEDS / hit["article_id"]
    for snippet in hit["snippets"]:
        assert list(snippet) == ["passage_id", "kind", "lang", "text", "spans", "start"]
        assert {snippet["text"][start:end] for start, end in snippet["spans"]} <= {"特朗普", "通話"}


def test_the_command_and_the_library_give_the_same(seeds_index, seeds):
    printed = json.loads(search(seeds_index, "特朗普 通話", "--json").stdout)
    own = json.loads(json.dumps(seeds.search("特朗普 通話").to_dict()))
    assert {**printed, "took_ms": 0} == {**own, "took_ms": 0}


def test_explanations_stand_below_hits_only_when_asked_for(seeds_index, seeds):
    lines = search(seeds_index, "川普", "--exact", "--explain").stdout.splitlines()
    assert any(line.startswith("     ") and "zh 川普: idf" in line for line in lines)
    assert f"   score {seeds.search('川普', exact=True).hits[0].score:.4f}" in lines
    assert "score" not in search(seeds_index, "川普", "--exact").stdout
    (hit,) = json.loads(search(seeds_index, "川普", "--exact", "--explain", "--json").stdout)["hits"]
    explanation = hit.pop("explanation")
    assert explanation == json.loads(json.dumps(seeds.explain("川普", hit["article_id"], exact=True).to_dict()))
    assert sum(reason["contribution"] for reason in explanation["reasons"]) == pytest.approx(hit["score"], rel=1e-6)
    assert json.loads(search(seeds_index, "川普", "--exact", "--json").stdout)["hits"] == [hit]


def test_vimgrep_names_the_place(seeds_index):
    for line in search(seeds_index, "北韓", "--exact", "--format", "vimgrep").stdout.splitlines():
        path, row, column, _ = line.split(":", 3)
        text = Path(path).read_bytes().split(b"\n")[int(row) - 1]
        assert text[int(column) - 1 :].decode().startswith("北韓")


def test_lines_of_json_are_hits_and_all_else_is_on_stderr(seeds_index):
    options = ("特朗普", "--facets", "lang", "-n", "2")
    done = search(seeds_index, *options, "--format", "jsonl", "--explain", "--fields", "rank,score")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [list(line) for line in lines] == [["rank", "score", "explanation"]] * 2
    (facets,) = [line for line in search(seeds_index, *options).stdout.splitlines() if line.startswith("lang: ")]
    assert facets in done.stderr.splitlines()
    assert "articles, " in done.stderr


def test_paths_are_for_xargs(seeds_index):
    done = search(seeds_index, "特朗普", "--format", "paths", "-0", "-n", "2")
    assert [Path(path).exists() for path in done.stdout.split("\0")[:-1]] == [True, True]
    assert search(seeds_index, "特朗普", "--format", "paths", "-n", "2").stdout == done.stdout.replace("\0", "\n")


def test_a_table_for_spreadsheets(seeds_index):
    lines = search(seeds_index, "北韓", "--exact", "--format", "csv", "--fields", "rank,article_id").stdout.splitlines()
    assert [line[:9] for line in lines] == ["rank,arti", "1,003_b4e"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--json", "--format", "csv"],
        ["--format", "vimgrep", "--explain"],
        ["--fields", "titel"],
        ["--null"],
    ],
)
def test_shapes_that_do_not_go_together(seeds_index, arguments):
    done = search(seeds_index, "北韓", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


def test_json_has_a_short_name(seeds_index):
    shapes = (("--json",), ("--format", "json"), ("--json", "--format", "json"))
    answers = [json.loads(search(seeds_index, "北韓", *arguments).stdout) for arguments in shapes]
    assert len({json.dumps({**answer, "took_ms": 0}) for answer in answers}) == 1


def test_more_like_an_article_needs_no_query(seeds_index):
    path = SEEDS / "003_b4e59136c98cbdd1.txt"
    done = search(seeds_index, "--like", path, "--format", "jsonl", "--fields", "article_id")
    found = [json.loads(line)["article_id"][:3] for line in done.stdout.splitlines()]
    assert found[:2] == ["000", "002"]
    assert "by these words: 特朗普, " in done.stderr
    assert search(seeds_index, "--like", "nowhere").returncode == 2


def test_context_is_how_much_is_quoted(seeds_index):
    texts = [
        search(seeds_index, "北韓", "--exact", "--format", "csv", "--fields", "snippet", "--context", size).stdout
        for size in ("0", "20", "1000")
    ]
    assert all("北韓" in text for text in texts)
    assert len(texts[1]) < 40 < len(texts[2])
    assert search(seeds_index, "北韓", "--context", "-1").returncode == 2


def test_colour_only_where_it_is_wanted(seeds_index):
    assert "\x1b[" not in search(seeds_index, "川普").stdout
    assert "\x1b[" in search(seeds_index, "川普", "--color", "always").stdout
    assert "\x1b[" not in search(seeds_index, "川普", "--color", "never").stdout


def test_escape_sequences_of_articles_are_harmless(tmp_path):
    (tmp_path / "a.md").write_text("# 標題\x1b]0;x\x07\n\n內文\x1b[2J\x9b31m\u202e鳳凰", "utf-8")
    wensou("index", tmp_path, "--index", tmp_path / "index")
    for arguments in (["--color", "always"], [], ["--format", "vimgrep"]):
        output = search(tmp_path / "index", "鳳凰", *arguments).stdout.replace("\x1b[1;31m", "")
        output = output.replace("\x1b[0m", "").replace("\x1b[1m", "").replace("\x1b[2m", "")
        assert "鳳凰" in output
        assert not set("\x1b\x07\x9b\u202e") & set(output)


def test_index_reports_as_text_and_json(archive, tmp_path):
    (archive / "bad.txt").write_bytes(UNREADABLE)
    first = wensou("index", archive, "--index", tmp_path / "i")
    assert (first.returncode, "5 added" in first.stdout) == (0, True)
    assert "bad.txt" in first.stderr
    report = json.loads(wensou("index", "--index", tmp_path / "i", "--json").stdout)
    on_clusters = {"rejected", "older", "cleaned"}
    own = {"run", "added", "replaced", "removed", "unchanged", "failed", "took_s", "skipped", "damaged"}
    assert set(report) == own | on_clusters
    assert not any(report[name] for name in on_clusters)
    assert (report["added"], report["unchanged"]) == (0, 5)
    assert [set(failure) for failure in report["failed"]] == [{"path", "reason"}]


def test_errors_say_what_to_do(archive, tmp_path):
    for arguments, advice in (
        (["index", tmp_path / "nothing"], "There is no file or folder"),
        (["search", "a", "--index", tmp_path / "none"], "wensou index FOLDER"),
        (["index", "--index", tmp_path / "new"], "wensou index FOLDER"),
        (["remove", archive, "--index", tmp_path / "none"], "wensou index FOLDER"),
        (["check", "--index", tmp_path / "none"], "wensou index FOLDER"),
    ):
        done = wensou(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert advice in done.stderr
        assert "Traceback" not in done.stderr


def test_names_of_files_command_no_terminal(tmp_path):
    (tmp_path / "a\x1b[2J\n.txt").write_bytes(UNREADABLE)
    done = wensou("index", tmp_path, "--index", tmp_path / "index")
    assert "not read:" in done.stderr
    assert "\x1b" not in done.stderr


def test_a_refused_first_run_leaves_no_index(tmp_path):
    assert wensou("index", cwd=tmp_path).returncode == 2
    assert wensou("index", tmp_path / "nothing", cwd=tmp_path).returncode == 2
    assert not (tmp_path / "index_data").exists()
    assert "No index" in wensou("search", "a", cwd=tmp_path).stderr


def test_a_folder_without_articles_is_said(tmp_path):
    (tmp_path / "empty").mkdir()
    done = wensou("index", tmp_path / "empty", "--index", tmp_path / "index")
    assert (done.returncode, "No articles found" in done.stderr) == (0, True)
    assert search(tmp_path / "index", "川普").returncode == 1


def test_settings_come_from_file_environment_and_flag(archive, tmp_path):
    (tmp_path / "wensou.toml").write_text('index = "from_file"\nexclude = ["000*"]\n', "utf-8")
    assert "4 added" in wensou("index", archive, cwd=tmp_path).stdout
    assert (tmp_path / "from_file").is_dir()
    wensou("index", archive, cwd=tmp_path, WENSOU_INDEX="from_environment")
    assert (tmp_path / "from_environment").is_dir()
    wensou("index", archive, "--index", "from_flag", cwd=tmp_path, WENSOU_INDEX="from_environment")
    assert (tmp_path / "from_flag").is_dir()
    (tmp_path / "wensou.toml").write_text('indx = "x"\n', "utf-8")
    done = wensou("search", "a", cwd=tmp_path)
    assert (done.returncode, "Did you mean index?" in done.stderr) == (2, True)


def test_the_default_place_is_index_data(archive, tmp_path):
    wensou("index", archive, cwd=tmp_path)
    assert (tmp_path / "index_data").is_dir()
    assert wensou("search", "川普", cwd=tmp_path).returncode == 0


def test_jieba_says_nothing(archive, tmp_path):
    done = wensou("index", archive, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    done = wensou("search", "川普", cwd=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (0, 2), done.stderr


def test_analyze_shows_each_step():
    assert "g20" in wensou("analyze", "出席G20峰會").stdout
    steps = json.loads(wensou("analyze", "出席G20峰會", "--json").stdout)
    assert list(steps) == ["folded", "runs", "zh", "en", "text"]
    assert steps["text"][-1] == {"term": "会", "start": 6, "end": 7}


def test_check_says_that_nothing_is_damaged_or_names_all_that_is(archive, tmp_path):
    index = tmp_path / "index"
    wensou("index", archive, "--index", index)
    done = wensou("check", "--index", index)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "5 articles, 51 passages in 1 segment: nothing is damaged\n"
    report = json.loads(wensou("check", "--json", cwd=tmp_path, WENSOU_INDEX=str(index)).stdout)
    assert report == {"articles": 5, "passages": 51, "segments": 1, "problems": []}
    damaged = [next(index.glob(f"*.{extension}")) for extension in ("postings", "documents")]
    for path in damaged:
        data = bytearray(path.read_bytes())
        data[100] ^= 1
        path.write_bytes(data)
    done = wensou("check", "--index", index)
    assert done.returncode == 2
    assert {line.split(":")[0] for line in done.stdout.splitlines()} == {path.name for path in damaged}
    assert f"2 problems in the index in {index}. Build it anew with: wensou index FOLDER --rebuild" in done.stderr
    done = wensou("check", "--index", index, "--json")
    assert (done.returncode, len(json.loads(done.stdout)["problems"])) == (2, 2)
    assert "5 added" in wensou("index", archive, "--rebuild", "--index", index).stdout
    assert wensou("check", "--index", index).returncode == 0


def test_modules_run_as_commands(archive, tmp_path):
    assert "5 added" in wensou(archive, "--index", tmp_path / "i", module="indexer").stdout
    assert "**川普**" in wensou("川普", "--index", tmp_path / "i", module="search").stdout


def test_help_ends_with_an_example():
    for command in ([], ["search"], ["concordance"], ["count"], ["index"], ["remove"], ["check"], ["analyze"]):
        done = wensou(*command, "--help")
        assert done.returncode == 0
        assert "Example: wensou" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="has no such terminals")
def test_a_terminal_shows_the_steps_of_a_run(archive, tmp_path):
    ours, theirs = os.openpty()
    command = [sys.executable, "-c", "from search.cli import main; main()", "index", archive, "--index", tmp_path / "i"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # how a terminal says that nobody writes to it any more
            while part := os.read(ours, 4096):
                shown += part
    os.close(ours)
    assert process.returncode == 0
    assert b"Reading" in shown
    assert b"Learning words" in shown
    assert b"100%" in shown


def test_a_closed_pipe_is_no_error(seeds_index):
    code = "from search.cli import main; main()"
    command = f"{sys.executable} -c '{code}' search 特朗普 Trump --index {seeds_index} 2>&1 | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT, check=False)
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_build_leaves_the_last_commit(archive, tmp_path, how):
    index = tmp_path / "index"
    wensou("index", archive, "--index", index)
    for number in range(400):
        (archive / f"new{number}.txt").write_text(f"第{number}號文章，說到鳳凰。" * 600, "utf-8")
    command = [sys.executable, "-c", "from search.cli import main; main()", "index", "--index", str(index)]
    build = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        # Whoever runs the tests in the background has Ctrl-C ignored, and so would the command.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while not (index / "MAIN_WRITELOCK").read_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    build.send_signal(how)
    _, errors = build.communicate(timeout=30)
    assert "Traceback" not in errors
    if how == signal.SIGINT:
        assert build.returncode == 2
        assert "Stopped" in errors
    assert search(index, "川普").returncode == 0
    assert search(index, "鳳凰").returncode == 1
    assert "400 added" in wensou("index", "--index", index).stdout
    assert search(index, "鳳凰").returncode == 0


def test_pages_go_on_by_cursor_and_passages_are_results(seeds_index):
    whole = search(seeds_index, "特朗普", "Trump", "--passages", "--json", "-n", "99")
    assert json.loads(whole.stdout)["cursor"] is None
    hits, cursor = [], []
    while True:
        options = ("--passages", "--json", "-n", "4", *cursor)
        page = json.loads(search(seeds_index, "特朗普", "Trump", *options).stdout)
        hits += page["hits"]
        if page["cursor"] is None:
            break
        cursor = ["--after", page["cursor"]]
    assert hits == json.loads(whole.stdout)["hits"]
    wrong = search(seeds_index, "川普", *cursor)
    assert (wrong.returncode, "another search" in wrong.stderr) == (2, True)
    for option in (["--passages"], cursor):
        wrong = search(seeds_index, "特朗普", "Trump", *option, "--explain")
        assert (wrong.returncode, "leave out --passages" in wrong.stderr) == (2, True)


@pytest.mark.parametrize("command", ["search", "concordance", "count"])
def test_asking_nothing_is_a_wrong_use_but_a_filter_alone_asks(seeds_index, command):
    for option in ((), ("--copies",)):
        done = wensou(command, *option, "--index", seeds_index)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Nothing is asked: give a query" in done.stderr
    assert wensou(command, "", "--index", seeds_index).returncode == 1
    for option in (
        ("--since", "2018"),
        ("--lang", "en"),
        ("--added-since", "0"),
        ("--like", "nowhere"),
        ("--kind", "body"),
    ):
        assert "Nothing is asked" not in wensou(command, *option, "--index", seeds_index).stderr


def test_completions_are_lines_and_json(seeds_index):
    done = wensou("complete", "特朗普", "xijinp", "--index", seeds_index)
    assert (done.returncode, done.stdout) == (0, "特朗普 习近平\t10\n")
    done = wensou("complete", "xijinp", "--json", "--index", seeds_index)
    assert json.loads(done.stdout) == [{"query": "习近平", "word": "习近平", "passages": 10, "is_title": False}]
    assert wensou("complete", "xyzzy", "--index", seeds_index).returncode == 1


def test_a_suggestion_is_searched_on_request(seeds_index):
    assert search(seeds_index, "习进平", "--cross", "off").returncode == 1
    done = search(seeds_index, "习进平", "--suggest")
    assert done.returncode == 0
    assert "Searched 习近平 instead of 习进平." in done.stderr


@pytest.mark.parametrize("options", [("--fresh", "30"), ("--fresh=30",), ("--fresh", "30d")])
def test_a_half_life_stands_behind_the_option_or_a_year_is_meant(seeds_index, options):
    def scores(*arguments):
        done = search(seeds_index, *arguments, "--json")
        assert done.returncode == 0, done.stderr
        return [hit["score"] for hit in json.loads(done.stdout)["hits"]]

    assert scores("特朗普") > scores("--fresh", "特朗普") > scores(*options, "特朗普")
    assert scores("--fresh", "特朗普") == scores("特朗普", "--fresh") == scores("特朗普", "--fresh", "365")
    wrong = search(seeds_index, "特朗普", "--fresh=soon")
    assert (wrong.returncode, "'soon' is no half-life" in wrong.stderr) == (2, True)


def test_what_is_for_clusters_is_refused_for_a_folder(seeds_index, tmp_path):
    for done, option in (
        (wensou("index", SEEDS, "--index", tmp_path / "new", "--shards", 2), "--shards"),
        (wensou("index", SEEDS, "--index", tmp_path / "new", "--replicas", 0), "--replicas"),
        (search(seeds_index, "川普", "--partial"), "--partial"),
        (wensou("info", "--index", seeds_index, "--ca", "ca.pem"), "--ca"),
    ):
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{option} is for an index on a cluster" in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_wrong_address_is_a_wrong_use(tmp_path):
    secret, capital, nameless = "http://anna:Secr3t@host/x", "http://host/A", "https://host"
    for address, *arguments in (
        (secret, "search", "川普"), (capital, "index", SEEDS), (nameless, "info"), (secret, "check"), (secret, "complete", "川"),
    ):  # fmt: skip
        done = wensou(*arguments, "--index", address, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("wensou: ")
        assert "Secr3t" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_cluster_that_does_not_answer_is_said_within_the_time(tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    started = time.monotonic()
    done = wensou("search", "川普", "--index", address, cwd=tmp_path, WENSOU_USER="anna", WENSOU_PASSWORD="Secr3t")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"wensou: No node of the cluster answers: {address[7:-2]}")
    assert "Secr3t" not in done.stderr
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    "arguments", [["search", "川普", "--json"], ["index", SEEDS, "--json"], ["info", "--json"], ["check"]]
)
def test_a_refused_password_is_said_and_not_shown(tmp_path, arguments):
    with stub_node(lambda asked: (401, "Unauthorized")) as node:
        address = f"http://127.0.0.1:{node.port}/x"
        done = wensou(*arguments, "--index", address, cwd=tmp_path, WENSOU_USER="anna", WENSOU_PASSWORD="Secr3t")
    assert (done.returncode, done.stdout) == (2, "")
    assert "does not accept the user and password" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "Secr3t" not in done.stderr
