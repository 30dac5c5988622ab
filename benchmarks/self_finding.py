"""Does every article find itself? Draws from real articles, searched in quotes in both scripts.

    python benchmarks/self_finding.py INDEX [--draws 2000] [--seed 1] [--json FILE]

Each draw is 1 to 12 Han characters or 1 to 6 words that stand next to each other in one sentence of an article of the
index. It is searched as it stands and converted to the other script; each search must find the article, and whatever
is highlighted in it must fold to the draw. Prints what failed, and the share that did not.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import opencc

from indexer.analysis.fold import fold_key
from indexer.engines.whoosh import WhooshEngine
from indexer.payload import load_passage
from indexer.sentences import split_sentences
from search import Searcher
from search.grammar import parse
from search.planner import Filters, plan

HAN = re.compile(r"[\u3400-\u9fff]+")
# What separates stretches of words; the comma of 65,279 is part of a number.
BREAK = re.compile(r"(?:(?<!\d),|,(?!\d)|[^\w'’ ,])+")
WORD = re.compile(r"[A-Za-z0-9]+(?:['’][A-Za-z]+)?")


def draw(text: str, dice: random.Random) -> str | None:
    """Return 1 to 12 Han characters that stand together, or 1 to 6 words with white space between, of one sentence."""
    sentence = dice.choice(split_sentences(text) or [""])
    runs = HAN.findall(sentence)
    if runs:
        run = dice.choice(runs)
        length = min(dice.randint(1, 12), len(run))
        start = dice.randint(0, len(run) - length)
        return run[start : start + length]
    stretches = [stretch for stretch in BREAK.split(sentence) if WORD.search(stretch)]
    if not stretches:
        return None
    words = dice.choice(stretches).split()
    length = min(dice.randint(1, 6), len(words))
    start = dice.randint(0, len(words) - length)
    drawn = " ".join(words[start : start + length])
    return drawn if WORD.search(drawn) else None


def other_script(text: str, converters: tuple[opencc.OpenCC, opencc.OpenCC]) -> str:
    """Return `text` in Simplified if that changes it, else in Traditional."""
    simplified = converters[0].convert(text)
    return simplified if simplified != text else converters[1].convert(text)


def letters(text: str) -> str:
    """Return the letters and digits of a key."""
    return "".join(character for character in fold_key(text) if character.isalnum())


def place_of(searcher: Searcher, query: str, article_id: str) -> int | None:
    """Return where an article stands among all hits, from 0, without making the quotations of those before it."""
    commit = searcher._current.commit
    planned = plan(parse(query), Filters(), commit.lexicon.analyzer)
    request = replace(planned.request(sort="relevance", limit=10**9, offset=0), per_article=1, counts=())
    found = [article.article_id for article in commit.engine.search(request).articles]
    return found.index(article_id) if article_id in found else None


def check(searcher: Searcher, query: str, drawn: str, article_id: str) -> str:
    """Return what is wrong with the answer to a quoted query, or nothing."""
    place = place_of(searcher, f'"{query}"', article_id)
    if place is None:
        return "not found"
    (hit,) = searcher.search(f'"{query}"', limit=1, offset=place).hits
    if hit.article_id != article_id:
        return f"the page at {place} holds {hit.article_id}"
    texts = [(hit.title, hit.title_spans), *((one.text, one.spans) for one in hit.snippets)]
    shown = [text[start:end] for text, spans in texts for start, end in spans]
    # Highlights that overlap are shown as one, so one can be longer than the draw, but of its letters only.
    wrong = [text for text in shown if not _is_of(letters(text), letters(drawn))]
    return f"highlighted {wrong[0]!r}" if wrong else ("" if shown else "nothing highlighted")


def _is_of(shown: str, drawn: str) -> bool:
    return drawn in shown and set(shown) == set(drawn)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("index", type=Path)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, dest="out")
    options = parser.parse_args()
    dice = random.Random(options.seed)
    converters = opencc.OpenCC("t2s"), opencc.OpenCC("s2t")
    engine = WhooshEngine(options.index.resolve())
    ids = sorted(row.id for row in engine.rows())
    failures: list[dict[str, str]] = []
    done = 0
    started = time.monotonic()
    with Searcher(options.index) as searcher:
        while done < options.draws:
            article_id = dice.choice(ids)
            passage = dice.choice(list(engine.passages(article_id)))
            drawn = draw(load_passage(passage.payload, passage.passage_id, article_id).text, dice)
            if drawn is None:
                continue
            done += 1
            if done % 200 == 0:
                print(f"{done} draws, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
            for query in {drawn, other_script(drawn, converters)}:
                problem = check(searcher, query, drawn, article_id)
                if problem:
                    failures.append({"article": article_id, "query": query, "drawn": drawn, "problem": problem})
                    print(f"{article_id}: {query!r}: {problem}", flush=True)
    took = time.monotonic() - started
    failed = len({(one["article"], one["drawn"]) for one in failures})
    print(f"{done - failed} of {done} draws found their article in both scripts, highlighted right ({took:.0f} s)")
    if options.out:
        figures = {"draws": done, "failed": failed, "failures": failures, "took_s": round(took, 1)}
        options.out.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
