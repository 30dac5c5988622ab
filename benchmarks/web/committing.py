"""An index -> one that another process changes every few seconds; an answer -> whether it is of one commit."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from threading import Event, Thread
from typing import Self

from benchmarks.web.server import COMMAND, environment

# All articles of a commit have this word, and the number of the commit in their titles.
WORD = "zqxcommitmark"
ARTICLES = 20


class Writer:
    """Rewrites some articles, and runs `wensou index` over them, every `every_s` seconds until the end of the block."""

    def __init__(self, index: Path, folder: Path, every_s: float, seed: int) -> None:
        self._index, self._folder, self._every_s = index, folder, every_s
        self._dice = random.Random(seed)
        self._done = Event()
        self._thread = Thread(target=self._write)
        self.commits = 0
        self.failures: list[str] = []

    def __enter__(self) -> Self:
        self._folder.mkdir(exist_ok=True)
        self._commit()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._done.wait(self._every_s):
            self._commit()

    def _commit(self) -> None:
        for number in range(ARTICLES):
            words = " ".join(str(self._dice.randrange(10**9)) for _ in range(60))  # no two are copies
            text = f"# 第{self.commits}次提交\n\n{WORD} {words}\n"
            (self._folder / f"{number}.md").write_text(text, "utf-8")
        command = [*COMMAND, "index", str(self._folder), "--index", str(self._index), "--jobs", "1"]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True)
        self.commits += 1
        if done.returncode:
            self.failures.append(done.stderr)


def mixed(body: bytes) -> str:
    """Return what is wrong with an answer to WORD, which has all articles of one commit; empty if nothing is."""
    answer = json.loads(body)
    if answer["query"] != WORD:
        return ""
    titles = {hit["title"] for hit in answer["hits"]}
    numbers = [hit["article_id"] for hit in answer["hits"]]
    if answer["total"] == len(set(numbers)) == len(numbers) == ARTICLES and len(titles) == 1:
        return ""
    return f"mixed: {answer['total']} articles, {len(numbers)} hits, titles {sorted(titles)}"
