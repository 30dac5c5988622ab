"""All sources of names -> one table of them, `indexer/vocabulary/data/aliases.tsv`.

    python -m benchmarks.aliases [--out FILE]

Files written by hand come first, then extracts of CLDR and GeoNames (`benchmarks.alias_extracts` makes them, in the
same format) and opencc's words of Taiwan, set right by `corrections.txt`.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks.alias_merging import Merging, read_corrections
from benchmarks.alias_surroundings import facts_of
from indexer.vocabulary.alias_lines import Group, Name, key_of, read_groups
from indexer.vocabulary.alias_table import DATA_FILE, HEADER, lines_of
from indexer.vocabulary.user_aliases import by_key

FOLDER = DATA_FILE.parent
# File, kind of its names, source.
CURATED = (
    ("people.txt", "person", "curated"),
    ("organisations.txt", "organisation", "curated"),
    ("places.txt", "place", "curated"),
    ("terms.txt", "term", "curated"),
)
EXTRACTED = (
    ("cldr-places.txt", "place", "cldr"),
    ("cldr-terms.txt", "term", "cldr"),
    ("geonames.txt", "place", "geonames"),
)


def groups(folder: Path = FOLDER) -> list[Group]:
    """Return the groups of all sources, the files being in a folder. Raises UsageError, which names file and line."""
    merging = Merging()
    for group in _read(folder, CURATED):
        merging.keep(group)
    corrections = read_corrections(folder / "corrections.txt")
    for group in extracted_groups(folder):
        merging.add(corrections.correct(group))
    return merging.groups


def extracted_groups(folder: Path = FOLDER) -> Iterator[Group]:
    """Yield the groups of all sources but the files written by hand, as they are there."""
    yield from _read(folder, EXTRACTED)
    yield from opencc_groups()


def _read(folder: Path, files: Sequence[tuple[str, str, str]]) -> Iterator[Group]:
    for name, kind, source in files:
        if (folder / name).exists():
            yield from read_groups(folder / name, kind, source)


def opencc_groups() -> Iterator[Group]:
    """Yield the words of the Mainland with those of Taiwan, of opencc-python-reimplemented's tables."""
    spec = find_spec("opencc")
    assert spec is not None
    assert spec.origin is not None
    table = Path(spec.origin).parent / "dictionary" / "TWPhrases.txt"
    for word, others in re.findall(r"^(\S+)\t(.+)$", table.read_text("utf-8"), re.MULTILINE):
        names = {key_of(name): name for name in (*(Name(other, "TW") for other in others.split()), Name(word, "CN"))}
        long = [name for key, name in names.items() if len(key) > 1]
        yield Group(tuple(reversed(long)), "term", "opencc")


def compiled(found: Sequence[Group]) -> str:
    """Return the table of these groups."""
    own = by_key(found)
    return HEADER + "".join(lines_of(own, facts_of(own)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DATA_FILE)
    out: Path = parser.parse_args().out
    found = groups()
    text = compiled(found)
    out.write_text(text, "utf-8", newline="\n")
    print(f"{len(found):,} groups, {text.count(chr(10)) - 1:,} forms, {len(text.encode()):,} bytes in {out}")


if __name__ == "__main__":
    main()
