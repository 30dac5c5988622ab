"""pypinyin's tables -> how Han characters are read, without tones, in `indexer/vocabulary/data/readings.txt`.

    python -m benchmarks.readings [--out FILE]

pypinyin (MIT) lists every reading that dictionaries have for a character, the usual one first, and the readings of
47,111 words. Kept are those of search keys: of each character the usual reading, those that several words have, where
no word has it the second one too, and what surnames are read like. Tones are dropped, ü is v, as it is typed.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from pathlib import Path

from pypinyin.contrib.tone_convert import to_normal
from pypinyin.phrases_dict import phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

from indexer.analysis.fold import fold_key
from indexer.vocabulary.sounds import DATA_FILE

# Words that must have a reading: of one only, many are mistakes or archaic.
LEAST_WORDS = 2
# Surnames that are read otherwise than the words with their character.
SURNAMES = {"单": "shan", "区": "ou", "盖": "ge", "仇": "qiu", "查": "zha", "解": "xie", "朴": "piao", "尉": "yu"}
# Not interjections such as hm and ng, which nobody spells words with.
SYLLABLE = re.compile("[bcdfghjklmnpqrstwxyz]{0,2}[aeiouv][a-z]*")
HEADER = """\
# How Han characters are read: a syllable without its tone, ü as v, and the characters that are read so, in their order.
# Made by benchmarks/readings.py from the tables of pypinyin (MIT).
"""


def readings() -> dict[str, list[str]]:
    """Return the syllables of each character of search keys, the usual one first."""
    found = {chr(code): _of(chr(code), listed) for code, listed in pinyin_dict.items() if 0x4E00 <= code <= 0x9FFF}
    return {character: own for character, own in found.items() if fold_key(character) == character}


def _of(character: str, listed: str) -> list[str]:
    own = list(dict.fromkeys(map(to_normal, listed.split(","))))
    words = _WORDS[character]
    kept = [syllable for syllable in own[1:] if words[syllable] >= LEAST_WORDS] if words else own[1:2]
    found = dict.fromkeys([own[0], *kept, SURNAMES.get(character, own[0])])
    return [syllable for syllable in found if SYLLABLE.fullmatch(syllable)]


def _words() -> dict[str, Counter[str]]:
    """Return how many words have each reading of a character."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for word, spoken in phrases_dict.items():
        for character, syllables in zip(word, spoken, strict=False):
            counts[character][to_normal(syllables[0])] += 1
    return counts


_WORDS = _words()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DATA_FILE)
    options = parser.parse_args()
    characters: dict[str, list[str]] = defaultdict(list)
    for character, syllables in sorted(readings().items()):
        for syllable in syllables:
            characters[syllable].append(character)
    lines = (f"{syllable} {''.join(own)}\n" for syllable, own in sorted(characters.items()))
    options.out.write_text(HEADER + "".join(lines), "utf-8")
    print(f"{len(characters)} syllables, {sum(map(len, characters.values())):,} readings in {options.out}")


if __name__ == "__main__":
    main()
