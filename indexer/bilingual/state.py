"""`learnt.counts` beside the index: what was counted of its pages so far, so that only new ones are read."""

from __future__ import annotations

import io
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from indexer.bilingual.accepting import Accepted
from indexer.bilingual.word_model import Model
from indexer.whole_files import write_whole

FILE_NAME = "learnt.counts"
_FORMAT = 2
_ARRAYS = ("cells", "forth", "back", "counts", "pages")


@dataclass
class Counted:
    """What was counted of the lines beside each other in two languages.

    `lines` are hashes of those that count, each once; `twins` of the pairs of files that they are from, with that of
    their page; `stale` is how many of these have changed or gone since; `written` has for stems how they are mostly
    written.
    """

    model: Model = field(default_factory=Model)
    lines: set[int] = field(default_factory=set)
    twins: dict[int, int] = field(default_factory=dict)
    stale: int = 0
    written: dict[str, str] = field(default_factory=dict)


class Said(NamedTuple):
    """What a text with another one in brackets tells, in how many articles it stands, and the first of these."""

    accepted: tuple[Accepted, ...]
    articles: int
    first: str


@dataclass
class State:
    """What was counted for each pair of languages up to a run of an index; `articles` are the ids that pages have.

    `brackets` are those that tell something, by their terms, as a `judge` has judged them, by its name.
    """

    identity: str = ""
    run: int = 0
    articles: list[str] = field(default_factory=list)
    counted: dict[str, Counted] = field(default_factory=dict)
    judge: str = ""
    brackets: dict[str, Said] = field(default_factory=dict)

    def save(self, folder: Path) -> None:
        """Write the file whole."""
        arrays: dict[str, NDArray[np.generic]] = {
            "head": _of_texts([str(_FORMAT), self.identity, str(self.run), self.judge, *self.counted]),
            "articles": _of_texts(self.articles),
            "brackets": _of_texts([json.dumps(self.brackets, ensure_ascii=False)]),
        }
        for name, own in self.counted.items():
            arrays |= {f"{name}.{field}": getattr(own.model, field) for field in _ARRAYS}
            arrays |= {f"{name}.words{i}": _of_texts(words) for i, words in enumerate(own.model.words)}
            arrays[f"{name}.lines"], arrays[f"{name}.twins"] = _of_hashes(own.lines), _of_hashes(own.twins)
            arrays[f"{name}.pages_of"] = np.fromiter(own.twins.values(), np.uint64, len(own.twins))
            arrays[f"{name}.stale"] = np.array([own.stale])
            arrays[f"{name}.written"] = _of_texts([*own.written, *own.written.values()])
        data = io.BytesIO()
        np.savez(data, allow_pickle=False, **arrays)  # not compressed: that saves half, and each run waits for it
        write_whole(folder / FILE_NAME, data.getvalue())

    @classmethod
    def load(cls, folder: Path) -> State:
        """Read the file; where there is none, or it is damaged or of another version, nothing was counted."""
        try:
            data = (folder / FILE_NAME).read_bytes()
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                form, identity, run, judge, *names = _texts(arrays["head"])
                if form != str(_FORMAT):
                    return cls()
                counted = {name: _read(arrays, name) for name in names}
                (brackets,) = _texts(arrays["brackets"])
                said = {term: _said(*own) for term, own in json.loads(brackets).items()}
                return cls(identity, int(run), _texts(arrays["articles"]), counted, judge, said)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return cls()


def _read(arrays: np.lib.npyio.NpzFile, name: str) -> Counted:
    words = _texts(arrays[f"{name}.words0"]), _texts(arrays[f"{name}.words1"])
    model = Model(words, *(arrays[f"{name}.{field}"] for field in _ARRAYS))
    texts = _texts(arrays[f"{name}.written"])
    half = len(texts) // 2
    return Counted(
        model,
        set(arrays[f"{name}.lines"].tolist()),
        dict(zip(arrays[f"{name}.twins"].tolist(), arrays[f"{name}.pages_of"].tolist(), strict=True)),
        int(arrays[f"{name}.stale"][0]),
        dict(zip(texts[:half], texts[half:], strict=True)),
    )


def _said(accepted: list[list[Any]], articles: int, first: str) -> Said:
    return Said(tuple(Accepted(*one) for one in accepted), articles, first)


def _of_texts(texts: list[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(texts).encode("utf-8", "replace"), np.uint8)


def _texts(array: NDArray[np.uint8]) -> list[str]:
    return array.tobytes().decode("utf-8").split("\n") if len(array) else []


def _of_hashes(hashes: Collection[int]) -> NDArray[np.uint64]:
    return np.fromiter(hashes, np.uint64, len(hashes))
