"""Does each form of a name find the articles that hold another form, and nothing that only looks like one?

    python -m benchmarks.names [--every 1] [--verbose] [--json FILE]

Writes an article of two sentences for each form of the names in `data/names.tsv`, and one for each trap of
`data/traps.tsv`, builds an index of all with the ordinary pipeline, and asks for each form with the defaults of
`Searcher.search`. Found is the part of the pairs (form asked, article that holds another form of the same name) where
the article is among the results. Forms that differ only in script, width or case count as one. A stray is an article
of another name, or of a trap, that does not hold the form asked. The same is asked without the other language and
without other forms, where the search can do so (`cross`, `exact`). `--every N` takes each N-th name of a kind;
`--verbose` lists what was missed and astray.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import signature
from itertools import product
from pathlib import Path
from typing import Any

from indexer import BuildOptions, build
from indexer.analysis.fold import fold_key
from search import Searcher
from search.options import Options

DATA = Path(__file__).parent / "data"
# Region of each column of the file, and the language of the articles in which its forms stand.
REGIONS = {"CN": "zh-Hans", "HK": "zh-Hant", "TW": "zh-Hant", "en": "en"}
ALL = 10**6


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a name: as its first region writes it, and all regions that write it so but for script."""

    text: str
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """What a person, place, organisation or term is called."""

    kind: str
    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Trap:
    """A query, and the text of an article that it must not find."""

    query: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A form that was asked, and an article with another form of the same name."""

    kind: str
    asked: Form
    other: Form
    is_found: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of all questions; strays are queries with the texts that they should not have found."""

    pairs: Sequence[Pair]
    caught: Sequence[Trap]
    strays: Sequence[tuple[str, str]]


def key_of(text: str) -> str:
    """Return what two forms share if they differ only in script, width or case."""
    return fold_key(text).lower()


def rows(path: Path) -> list[list[str]]:
    """Return the columns of each line that is no comment."""
    lines = path.read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def read_names(path: Path = DATA / "names.tsv", every: int = 1) -> list[Name]:
    """Return each `every`-th name of each kind."""
    by_kind: dict[str, list[Name]] = defaultdict(list)
    for kind, *columns in rows(path):
        texts: dict[str, str] = {}
        regions: dict[str, list[str]] = defaultdict(list)
        for region, column in zip(REGIONS, columns, strict=True):
            for text in column.split("|"):
                texts.setdefault(key_of(text), text)
                regions[key_of(text)].append(region)
        forms = tuple(Form(text, tuple(regions[key])) for key, text in texts.items())
        by_kind[kind].append(Name(kind, forms))
    return [name for names in by_kind.values() for name in names[::every]]


def read_traps(path: Path = DATA / "traps.tsv") -> list[Trap]:
    """Return all traps."""
    return [Trap(*row) for row in rows(path)]


def read_carriers(path: Path = DATA / "carriers.tsv") -> dict[tuple[str, str], list[str]]:
    """Return the sentences that names are put into, by kind and language."""
    carriers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for kind, language, text in rows(path):
        carriers[kind, language].append(text)
    return carriers


def article_texts(names: Sequence[Name], traps: Sequence[Trap]) -> list[str]:
    """Return the text of an article for each form in order, then those of the traps."""
    carriers = read_carriers()
    texts: list[str] = []
    for name in names:
        for form in name.forms:
            fitting = carriers[name.kind, REGIONS[form.regions[0]]]
            texts.append(fitting[len(texts) % len(fitting)].replace("{}", form.text))
    return [*texts, *(trap.text for trap in traps)]


@contextmanager
def indexed(texts: Sequence[str]) -> Iterator[Searcher]:
    """Build an index of articles for a while."""
    with tempfile.TemporaryDirectory() as folder:
        articles, index = Path(folder, "articles.jsonl"), Path(folder, "index")
        # Numbers for ids: what an article is called must not help to find it.
        lines = [json.dumps({"id": str(number), "text": text}) + "\n" for number, text in enumerate(texts)]
        articles.write_text("".join(lines), "utf-8")
        build(articles, index, BuildOptions(jobs=1))
        with Searcher(index) as searcher:
            yield searcher


def found(searcher: Searcher, query: str, **options: Any) -> set[int]:
    """Return the numbers of all articles that a query finds."""
    # Copies too: articles that differ in a few words are all wanted.
    hits = searcher.search(query, limit=ALL, copies=True, **options).hits
    return {int(hit.article_id.partition("#")[2]) for hit in hits}


def ask(searcher: Searcher, names: Sequence[Name], traps: Sequence[Trap], **options: Any) -> Answers:
    """Ask everything of an index of `article_texts`; `options` are those of `Searcher.search`."""
    keys = [key_of(text) for text in article_texts(names, traps)]
    pairs: list[Pair] = []
    strays: list[tuple[str, str]] = []
    first = 0
    for name in names:
        own = range(first, first := first + len(name.forms))
        for number, form in zip(own, name.forms, strict=True):
            results = found(searcher, form.text, **options)
            others = zip(own, name.forms, strict=True)
            pairs += [Pair(name.kind, form, other, place in results) for place, other in others if place != number]
            astray = sorted(place for place in results.difference(own) if key_of(form.text) not in keys[place])
            strays += [(form.text, keys[place]) for place in astray]
    caught = [trap for place, trap in enumerate(traps, first) if place in found(searcher, trap.query, **options)]
    return Answers(pairs, caught, strays)


def share(pairs: Sequence[Pair]) -> float:
    """Return the part of pairs that are found."""
    return sum(pair.is_found for pair in pairs) / max(1, len(pairs))


def figures(answers: Answers) -> dict[str, Any]:
    """Return what is printed: shares of pairs found by kind and by regions, and numbers."""
    by_kind: dict[str, list[Pair]] = defaultdict(list)
    by_regions: dict[str, list[Pair]] = defaultdict(list)
    for pair in answers.pairs:
        by_kind[pair.kind].append(pair)
        for asked, other in product(pair.asked.regions, pair.other.regions):
            by_regions[f"{asked}>{other}"].append(pair)
    return {
        "pairs": len(answers.pairs),
        "found": round(share(answers.pairs), 4),
        "kinds": {kind: round(share(pairs), 4) for kind, pairs in by_kind.items()},
        "regions": {regions: round(share(pairs), 4) for regions, pairs in sorted(by_regions.items())},
        "strays": len(answers.strays),
        "caught": len(answers.caught),
    }


def listing(answers: Answers) -> Iterator[str]:
    """Yield a line for each pair that was missed, each stray and each trap that was found."""
    for pair in answers.pairs:
        if not pair.is_found:
            yield f"  missed ({pair.kind}): {pair.asked.text} -> {pair.other.text}"
    for query, text in answers.strays:
        yield f"  stray: {query} -> {text}"
    for trap in answers.caught:
        yield f"  caught: {trap.query} -> {trap.text} ({trap.why})"


def modes() -> dict[str, dict[str, Any]]:
    """Return the options of each way to ask that the search has: as set out, in one language, and literally."""
    known = {*signature(Searcher.search).parameters, *Options.__annotations__}
    ways: dict[str, dict[str, Any]] = {"one language": {"cross": "off"}, "literally": {"exact": True}}
    return {"as set out": {}} | {way: asking for way, asking in ways.items() if known.issuperset(asking)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    names, traps = read_names(every=options.every), read_traps()
    results: dict[str, Any] = {"names": len(names), "traps": len(traps)}
    with indexed(article_texts(names, traps)) as searcher:
        for mode, asking in modes().items():
            answers = ask(searcher, names, traps, **asking)
            results[mode] = figures(answers)
            if options.verbose:
                print(mode, *listing(answers), sep="\n")
    text = json.dumps(results, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
