"""All sources of names -> one table of them, `indexer/vocabulary/data/aliases.tsv`.

    python -m benchmarks.aliases [--out FILE]

The sources, first wins: files written by hand, then extracts (`benchmarks.alias_extracts` makes them), in one format.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from indexer.vocabulary.alias_lines import Group, read_groups
from indexer.vocabulary.alias_table import DATA_FILE, HEADER, lines_of
from indexer.vocabulary.user_aliases import by_key

FOLDER = DATA_FILE.parent
# File, kind of its names, source.
FILES = (
    ("people.txt", "person", "curated"),
    ("organisations.txt", "organisation", "curated"),
    ("places.txt", "place", "curated"),
    ("terms.txt", "term", "curated"),
)


def groups(folder: Path = FOLDER) -> list[Group]:
    """Return the groups of all sources in a folder. Raises UsageError, which names file and line."""
    return [
        group
        for name, kind, source in FILES
        if (folder / name).exists()
        for group in read_groups(folder / name, kind, source)
    ]


def compiled(found: Sequence[Group]) -> str:
    """Return the table of these groups."""
    return HEADER + "".join(lines_of(by_key(found)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DATA_FILE)
    options = parser.parse_args()
    found = groups()
    text = compiled(found)
    options.out.write_text(text, "utf-8", newline="\n")
    print(f"{len(found):,} groups, {text.count(chr(10)) - 1:,} forms, {len(text.encode()):,} bytes in {options.out}")


if __name__ == "__main__":
    main()
