"""An index after a run -> `learnt.tsv` beside it: the words that its articles say to be translations of each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.analysis.analyzer import Analyzer
from indexer.bilingual.accepting import Judge
from indexer.bilingual.aligning import Lines, aligned, lines_of
from indexer.bilingual.brackets import PREFIX as BRACKET
from indexer.bilingual.brackets import Bracket
from indexer.bilingual.line_words import regional_words, translated_words
from indexer.bilingual.rough_sounds import sounds_like
from indexer.bilingual.state import Counted, Said, State
from indexer.bilingual.twins import PREFIX as PAGE
from indexer.bilingual.twins import page_hash, page_term, twins
from indexer.bilingual.word_model import Pair
from indexer.engines.base import Engine
from indexer.errors import IndexUnusable
from indexer.learning import MARKS
from indexer.vocabulary.alias_lines import LEARNT_FILE
from indexer.vocabulary.cedict import dictionary_version
from indexer.vocabulary.learnt import BRACKETS, PAGES, REGIONS, LearntPair, read_struck, written
from indexer.vocabulary.translations import key_of, stems_of, translations
from indexer.whole_files import write_whole

# Distinct lines of each pair of languages: a bound for time. 30,000 are some 1,400 pages, read and counted in 4 s.
_ENOUGH = 30_000
# Pages that are looked up together: each time all files are looked through.
_AT_ONCE = 1000
# Of the pages that counted, one in so many that has changed or gone makes all be counted anew.
_STALE = 8
# Lines that hold both words.
_LEAST_LINES = 3
# Of 100 drawn at random at or above, 97 and 92 are right; see docs/vocabulary.md.
_LEAST_PAGES, _LEAST_REGIONS = 0.1, 0.4
_LEAST_SOUND = 0.78
# Raised when brackets are judged otherwise, by whatever part of it.
_JUDGE = 1
# Articles of a page in all its languages: of a file of many articles, none is a page.
_MOST_OF_PAGE = 100
_ENGLISH, _MAINLAND = "en", "CN"
_CHINESE = (_MAINLAND, "TW", "HK", "zh")
_WRITING = {"en": _ENGLISH, "zh-Hans": _MAINLAND, "zh-Hant": "TW"}  # of a page whose path does not say
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]+")


@dataclass(frozen=True, slots=True)
class Settled:
    """A run: the index's name and run before it, the run after it, and the paths of files that it changed.

    `marks` are those of pages and brackets of the articles that it put or removed; None if they are not known.
    """

    identity: str
    before: int
    after: int
    touched: Collection[str]
    marks: Collection[str] | None = None
    anew: bool = False


class _Twin(NamedTuple):
    """Two files that may be one page: what they teach, their paths, and a hash of these."""

    kind: str
    one: str
    other: str
    hash: int


def learn_words(engine: Engine, folder: Path, analyzer: Analyzer, run: Settled) -> None:
    """Bring `learnt.tsv` up to date with the index in a folder after a run. Only what is new of its pages is read.

    What the user struck stays struck. Raises IndexUnusable if a file cannot be written.
    """
    engine.refresh()
    try:
        _learn_words(engine, folder, analyzer, run)
    except OSError as error:
        raise IndexUnusable(
            f"The index in {folder} is up to date, but the words that it teaches cannot be written: {error}. "
            "Mend that, and learn them with: wensou index"
        ) from error


def _learn_words(engine: Engine, folder: Path, analyzer: Analyzer, run: Settled) -> None:
    path = folder / LEARNT_FILE
    state = State.load(folder)
    marks = run.marks
    if run.anew or (state.identity, state.run) != (run.identity, run.before):
        state, marks = State(), None
    elif path.exists() and run.before == run.after and not run.touched:
        return
    _count_pages(engine, state, analyzer, run, marks)
    _judge_brackets(engine, state, analyzer, marks)
    found = [*_of_pages(state), *_of_brackets(state)]
    struck = read_struck(path)
    left_out = {pair.name for pair in struck}
    data = written([*struck, *(pair for pair in found if pair.name not in left_out)])
    if found or path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # that of an index on a cluster need not be there
        if not path.exists() or path.read_bytes() != data:
            write_whole(path, data)
    if folder.exists():
        state.identity, state.run = run.identity, run.after
        state.save(folder)


def _count_pages(engine: Engine, state: State, analyzer: Analyzer, run: Settled, marks: Collection[str] | None) -> None:
    """Count the pages that are new, or changed; of those that have `marks`, or all."""
    pages = None if marks is None else {mark for mark in marks if mark.startswith(PAGE)}
    looked_up = None if pages is None else set(map(page_hash, pages))
    by_kind = _by_kind(_twins(engine, pages))
    for kind in (*by_kind, *(state.counted.keys() - by_kind.keys())):
        own = by_kind.get(kind, [])
        counted = state.counted.setdefault(kind, Counted())
        changed = {twin.hash for twin in own if twin.one in run.touched or twin.other in run.touched}
        there = {twin.hash for twin in own}
        gone = {
            twin
            for twin, page in counted.twins.items()
            if twin not in there and (looked_up is None or page in looked_up)
        }
        counted.stale += len(gone) + len(changed & counted.twins.keys())
        for twin in gone:
            del counted.twins[twin]
        if counted.stale * _STALE > len(counted.twins):
            counted = state.counted[kind] = Counted()
            own = _by_kind(_twins(engine, None)).get(kind, [])
        new = [twin for twin in own if twin.hash in changed or twin.hash not in counted.twins]
        _count(engine, state, counted, analyzer, sorted(new, key=lambda twin: twin.hash))


def _by_kind(found: Iterable[_Twin]) -> Mapping[str, list[_Twin]]:
    by_kind: dict[str, list[_Twin]] = {}
    for twin in found:
        by_kind.setdefault(twin.kind, []).append(twin)
    return by_kind


def _twins(engine: Engine, pages: Collection[str] | None) -> Iterator[_Twin]:
    """Yield the files that may be one page in two languages, those with one article each, of some pages or all."""
    files = Counter[str]()
    if pages is None:
        for file in engine.files():
            files[file.path] += file.articles
    elif pages:
        few = (page for page, count in engine.frequent_terms(MARKS, sorted(pages), 1).items() if count <= _MOST_OF_PAGE)
        articles = {name for own in engine.articles_with(MARKS, few).values() for name in own}
        files.update(row.path for row in engine.rows(sorted(articles)))
    found = twins(path for path, articles in files.items() if articles == 1)
    unnamed = {row.path: row.title_lang for row in engine.rows_of({own[""] for own in found.values() if "" in own})}
    for own in found.values():
        by_language = _with_languages(own, unnamed)
        for language in _CHINESE:
            if _ENGLISH in by_language and language in by_language:
                yield _twin(_ENGLISH, by_language[_ENGLISH], by_language[language])
        for language in ("TW", "HK"):
            if _MAINLAND in by_language and language in by_language:
                yield _twin(language, by_language[_MAINLAND], by_language[language])


def _with_languages(pages: Mapping[str, str], languages: Mapping[str, str]) -> Mapping[str, str]:
    """Return the pages with that whose path names no language under its own."""
    path = pages.get("")
    return pages if path is None else {_WRITING.get(languages[path], ""): path, **pages}


def _twin(kind: str, one: str, other: str) -> _Twin:
    digest = blake2b(f"{one}\n{other}".encode("utf-8", "replace"), digest_size=8).digest()
    return _Twin(kind, one, other, int.from_bytes(digest))


def _count(engine: Engine, state: State, counted: Counted, analyzer: Analyzer, new: Sequence[_Twin]) -> None:
    """Count the lines of pages that are new, in an order that no folder decides, until there are enough."""
    lines: list[tuple[str, str]] = []
    pages: list[int] = []
    for start in range(0, len(new), _AT_ONCE):
        if len(counted.lines) >= _ENOUGH:
            break
        some = new[start : start + _AT_ONCE]
        rows = {row.path: row for row in engine.rows_of({path for twin in some for path in twin[1:3]})}
        passages = engine.passages_of([rows[path].id for twin in some for path in twin[1:3]])
        for twin in some:
            if len(counted.lines) >= _ENOUGH:
                break
            counted.twins[twin.hash] = page_hash(page_term(twin.one))
            beside = [*_new_lines(counted, *(lines_of(rows[path], next(passages)) for path in twin[1:3]))]
            if beside:
                lines += beside
                pages += [len(state.articles)] * len(beside)
                state.articles.append(rows[twin.one].id)
    if lines:
        words = translated_words if new[0].kind == _ENGLISH else regional_words
        counted.model.add(*words(lines, analyzer), np.array(pages, np.int32))
        if new[0].kind == _ENGLISH:
            _note_writings(counted, (line for line, _ in lines))


def _new_lines(counted: Counted, one: Lines, other: Lines) -> Iterator[tuple[str, str]]:
    for pair in aligned(one, other):
        own = int.from_bytes(blake2b("\n".join(pair).encode("utf-8", "replace"), digest_size=8).digest())
        if pair[0] != pair[1] and own not in counted.lines:
            counted.lines.add(own)
            yield pair


def _note_writings(counted: Counted, lines: Iterable[str]) -> None:
    """Note how new stems are mostly written."""
    words = Counter(word.lower() for line in lines for word in _WORD.findall(line))
    for word, _ in words.most_common():
        stems = stems_of(word)
        if len(stems) == 1:
            counted.written.setdefault(stems[0], word)


def _of_pages(state: State) -> Iterator[LearntPair]:
    for kind, counted in state.counted.items():
        least = _LEAST_PAGES if kind == _ENGLISH else _LEAST_REGIONS
        for one, other, lines, certainty, page in _whole_words(counted.model.pairs(least, _LEAST_LINES)):
            article = state.articles[page]
            if kind == _ENGLISH:
                yield LearntPair(other, counted.written.get(one, one), PAGES, lines, certainty, article, one)
            else:
                yield LearntPair(one, f"{other}@{kind}", REGIONS, lines, certainty, article, other)


def _whole_words(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """Leave out parts of words, which search cuts them into, where the whole is as sure: 务器 of 服务器, server."""
    of_one: dict[str, list[Pair]] = {}
    for pair in pairs:
        of_one.setdefault(pair.one, []).append(pair)
    for pair in pairs:
        if not any(
            pair.other in whole.other and pair.other != whole.other and pair.certainty <= whole.certainty
            for whole in of_one[pair.one]
        ):
            yield pair


def _judge_brackets(engine: Engine, state: State, analyzer: Analyzer, marks: Collection[str] | None) -> None:
    """Judge the brackets in the index that are among `marks`, or all."""
    judge_name = f"{_JUDGE} {dictionary_version()}"
    if marks is None or state.judge != judge_name:
        state.brackets, state.judge = {}, judge_name
        terms: Collection[str] = engine.frequent_terms(MARKS, [BRACKET], 1)
    else:
        terms = [mark for mark in marks if mark.startswith(BRACKET)]
    judge = Judge(translations(), analyzer, sounds_like, _LEAST_SOUND)
    accepted = {term: tuple(judge.accepted(Bracket.of_term(term))) for term in terms}
    articles = engine.articles_with(MARKS, [term for term, own in accepted.items() if own])
    for term, own in accepted.items():
        state.brackets.pop(term, None)
        if own and articles[term]:
            state.brackets[term] = Said(own, len(articles[term]), articles[term][0])


def _of_brackets(state: State) -> Iterator[LearntPair]:
    """Yield what is said in brackets, each pair once, with the number of articles that say so."""
    seen: Counter[tuple[str, str]] = Counter()
    best: dict[tuple[str, str], tuple[float, str, str]] = {}
    for term in sorted(state.brackets):
        for one in state.brackets[term].accepted:
            name = one.chinese, " ".join(key_of(stems_of(one.english)))
            seen[name] += state.brackets[term].articles
            best[name] = max(best.get(name, (0.0, "", "")), (one.certainty, one.english, term))
    for (chinese, key), (certainty, english, term) in best.items():
        if key:
            article = state.brackets[term].first
            yield LearntPair(chinese, english, BRACKETS, seen[chinese, key], min(certainty, 1.0), article, key)
