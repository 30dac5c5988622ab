"""Are words found that were typed wrongly? Words of an index, spoiled, and what is suggested for them.

    python -m benchmarks.suggestions INDEX [--draws 300] [--seed 1] [--least 3] [--misses]

Draws different words of the index that at least so many passages hold, each as likely as any other, a third for each
way to spoil one: one character for another of the same sound (of two characters and more), one for any other character
of the index (of three and more), one letter of a Latin word of five letters and more left out, doubled, replaced or
exchanged with its neighbour. What is spoiled must not stand in the index. Prints for each way how often the right word
is the first suggestion and among the first three, and the time; then how often a word as it is gets a suggestion that
is rarer than itself. `--misses` lists the others.
"""

from __future__ import annotations

import argparse
import random
import statistics
import string
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.scripts import is_han
from indexer.engines.base import Request
from indexer.engines.whoosh import WhooshEngine
from indexer.nodes import Phrase, Term
from indexer.vocabulary.sounds import same_sound
from search.suggestions import suggestions

Spoil = Callable[[str, random.Random], str]


def other_sound(word: str, dice: random.Random) -> str:
    """Return a word with one character for another that sounds alike."""
    at = dice.randrange(len(word))
    others = [one for one in same_sound(word[at]) if one in _USUAL and one != word[at]]
    return word[:at] + dice.choice(others or [word[at]]) + word[at + 1 :]


def other_character(word: str, dice: random.Random) -> str:
    """Return a word with one character for any other."""
    at = dice.randrange(len(word))
    return word[:at] + dice.choice(_USUAL) + word[at + 1 :]


def mistyped(word: str, dice: random.Random) -> str:
    """Return a word with one letter too few, twice, replaced, or in its neighbour's place."""
    at = dice.randrange(len(word) - 1)
    letter = dice.choice(string.ascii_lowercase)
    return dice.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


WAYS: dict[str, tuple[str, int, Spoil]] = {
    "same sound": ("zh", 2, other_sound),
    "other character": ("zh", 3, other_character),
    "mistyped": ("text", 5, mistyped),
}
# Characters of the index that spoil words.
_USUAL: list[str] = []


def is_held(engine: WhooshEngine, word: str) -> bool:
    """Tell whether a word stands in the text of a passage."""
    if not is_han(word):
        return engine.passages_with("text", word) > 0
    pairs = tuple(map(str.__add__, word, word[1:]))
    return engine.search(Request(Phrase("text", pairs) if len(pairs) > 1 else Term("text", pairs[0]))).total > 0


def spoiled(word: str, spoil: Spoil, dice: random.Random, engine: WhooshEngine) -> str:
    """Return a word spoiled so that the index does not hold it."""
    while is_held(engine, wrong := spoil(word, dice)):
        pass
    return wrong


def is_fit(word: str, field: str, length: int) -> bool:
    """Tell whether a term is a word to draw."""
    return len(word) >= length and (word[0] in _USUAL if field == "zh" else word.isascii() and word.isalpha())


def quantiles(times: Sequence[float]) -> str:
    """Return median and 95th percentile of milliseconds."""
    return f"{statistics.median(times):.1f} / {statistics.quantiles(times, n=20)[-1]:.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("index", type=Path)
    parser.add_argument("--draws", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=int, default=3)
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    dice = random.Random(options.seed)
    engine, analyzer = WhooshEngine(options.index.resolve()), Analyzer()
    listed = {field: engine.terms(field, "", 10**9) for field in ("zh", "text")}
    _USUAL.extend(sorted({character for term, _ in listed["zh"] for character in term}))
    drawn: list[str] = []
    for way, (field, length, spoil) in WAYS.items():
        fit = sorted(term for term, count in listed[field] if count >= options.least and is_fit(term, field, length))
        words = dice.sample(fit, options.draws // len(WAYS))
        drawn += words
        places: list[int] = []
        times: list[float] = []
        for word in words:
            wrong = spoiled(word, spoil, dice, engine)
            started = time.process_time()
            found = [one.word for one in suggestions(wrong, engine, analyzer)]
            times.append((time.process_time() - started) * 1000)
            places.append(found.index(word) if word in found else -1)
            if options.misses and word not in found:
                print(f"  {word} as {wrong}: {' '.join(found)}")
        first, three = sum(place == 0 for place in places), sum(place >= 0 for place in places)
        print(f"{way}: of {len(words)} words (of {len(fit):,}) {first} first, {three} among three, {quantiles(times)}")
    rarer = []
    for word in drawn:
        (held,) = {engine.passages_with(field, word) for field in (("zh",) if is_han(word) else ("text",))}
        rarer += [(word, one.word) for one in suggestions(word, engine, analyzer) if one.passages < held]
    print(f"words as they are with a suggestion rarer than themselves: {len(rarer)} of {len(drawn)} {rarer[:5]}")


if __name__ == "__main__":
    main()
