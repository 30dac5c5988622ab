"""What serving an index over HTTP takes, the clients on the same machine.

    python -m benchmarks.web INDEX [--parts overhead,rate,commits,half-open,memory,ready] [options]

INDEX is the folder of an index; it is not changed, as what commits are made to is a copy. Servers listen at free ports
of 127.0.0.1 and end with their part. Exits with 1 if an answer failed or was of two commits; a target that is missed is
only printed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from benchmarks.speed.figures import Section
from benchmarks.speed.machine import commit, describe
from benchmarks.threads import drawn
from benchmarks.web import parts
from benchmarks.web.parts import Options, Space

PARTS: dict[str, Callable[[Space], Section]] = {
    "overhead": parts.overhead,
    "rate": parts.rate,
    "commits": parts.commits,
    "half-open": parts.half_open,
    "memory": parts.memory,
    "ready": parts.ready,
}
# Queries of each kind that are drawn.
_QUERIES = 30
_HELP = {
    "clients": "that ask at once",
    "threads": "of the server",
    "seconds": "that clients ask",
    "commit_seconds": "that clients ask while another process commits",
    "commit_every": "seconds, beside the time that it takes",
    "many": "queries before memory is looked at",
    "runs": "of what is started anew",
    "seed": "for all that is drawn",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("--parts", default=",".join(PARTS))
    for field in fields(Options):
        parser.add_argument(
            f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default, help=_HELP[field.name]
        )
    arguments = parser.parse_args()
    options = Options(**{field.name: getattr(arguments, field.name) for field in fields(Options)})
    machine = describe()
    print(f"{machine['cpu']}, {machine['cores']} cores, load {machine['load_before']:.1f}, {commit()}", flush=True)
    queries = drawn(arguments.index, _QUERIES, options.seed)
    is_wrong = False
    for name in arguments.parts.split(","):
        with tempfile.TemporaryDirectory() as scratch:
            section = PARTS[name](Space(arguments.index, queries, Path(scratch), options))
        print("\n".join(section.render()), flush=True)
        is_wrong = is_wrong or bool(section.deviations)
    sys.exit(is_wrong)


if __name__ == "__main__":
    main()
