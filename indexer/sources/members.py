"""Files within a file, of an archive or attached to a mail -> their articles, within bounds for them together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import wraps

from indexer.errors import NotAnArticle, SourceError, WensouError
from indexer.sources import is_readable, read_articles, unknown_format
from indexer.sources.source import Reading, ReadOptions, SourceFile

# An archive in an archive in an archive is read, no deeper: 42.zip has six levels of sixteen files each.
_MOST_LEVELS = 3
# Of all members, nested archives included. Real archives of articles hold some hundred MB; at 100 MB a second, which
# bzip2 does not reach, this is still read in a minute.
MOST_UNPACKED = 4 << 30
# How many times its size a file may unpack to, once that is beyond harmless. Text shrinks to a third or a fifth, pages
# of one template that repeat each other to a fiftieth; DEFLATE's bound is a 1032nd, where only bombs come near.
MOST_TIMES = 200
_HARMLESS = 64 << 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


_Read = Callable[[SourceFile], Iterator[Reading | SourceError]]


class Budget:
    """Counts what is unpacked from one file, whatever is nested in it. Beyond the bounds `spend` raises TooMuch."""

    def __init__(self, packed_bytes: int) -> None:
        self._left = min(MOST_UNPACKED, max(_HARMLESS, MOST_TIMES * packed_bytes))

    def spend(self, unpacked_bytes: int) -> None:
        self._left -= unpacked_bytes
        if self._left < 0:
            raise TooMuch(
                f"unpacks to more than {MOST_UNPACKED:,} bytes or {MOST_TIMES} times its size: the rest is not read"
            )


class TooMuch(Exception):
    """A file unpacks to more than it may; nothing more of it is to be read, nor of what it is in."""


class _Member(SourceFile):
    """A file within another one."""

    def __init__(self, data: bytes, article_id: str, path: str, options: ReadOptions, level: int, budget: Budget):
        super().__init__(data, article_id, path, options)
        self.level = level
        self.budget = budget


def budget_of(file: SourceFile) -> Budget:
    """Return what may be unpacked from a file: of a member, what is left to the file that it is in."""
    return file.budget if isinstance(file, _Member) else Budget(len(file.data))


def within_budget(read: _Read) -> _Read:
    """Let a source yield an error where too much is unpacked, unless its file is in another, which has to know it."""

    @wraps(read)
    def bounded(file: SourceFile) -> Iterator[Reading | SourceError]:
        try:
            yield from read(file)
        except TooMuch as error:
            if isinstance(file, _Member):
                raise
            yield SourceError(str(error))

    return bounded


class Members:
    """Reads the members of one file. Raises NotAnArticle if that is nested too deep."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._level = file.level + 1 if isinstance(file, _Member) else 1
        if self._level > _MOST_LEVELS:
            raise NotAnArticle(f"files nested more than {_MOST_LEVELS} deep are not looked into")
        self.budget = budget_of(file)
        self._taken: Counter[str] = Counter()

    def reason_to_skip(self, name: str) -> str:
        """Return why a member is not read, if its name says so."""
        parts = member_path(name).split("/")
        if any(part.startswith(".") for part in parts) or parts[0] == "__MACOSX":
            return "hidden"
        return "" if is_readable(parts[-1]) else str(unknown_format(parts[-1]))

    def named(self, error: SourceError, name: str) -> SourceError:
        """Return an error of a member, or of one within that, as one of the file."""
        kind = NotAnArticle if isinstance(error, NotAnArticle) else SourceError
        return kind(error.reason, "/".join(filter(None, (member_path(name), error.member))))

    def read(self, name: str, data: bytes) -> Iterator[Reading | SourceError]:
        """Yield the articles of a member, and in place of what is not read a named error."""
        reason = self.reason_to_skip(name)
        if reason:
            yield self.named(NotAnArticle(reason), name)
            return
        try:
            for outcome in read_articles(self._member(name, data)):
                yield self.named(outcome, name) if isinstance(outcome, SourceError) else outcome
        except TooMuch:
            raise
        except SourceError as error:
            yield self.named(error, name)
        except WensouError as error:
            yield self.named(SourceError(str(error)), name)
        except Exception as error:  # a fault in one member must not cost the others
            yield self.named(SourceError(f"cannot be parsed: {type(error).__name__}: {error}"), name)

    def _member(self, name: str, data: bytes) -> _Member:
        path = member_path(name)
        self._taken[path] += 1
        # The same name twice in one file: both are kept.
        unique = path if self._taken[path] == 1 else f"{path}@{self._taken[path]}"
        file = self._file
        return _Member(
            data, f"{file.article_id}/{unique}", f"{file.path}/{path}", file.options, self._level, self.budget
        )


def member_path(name: str) -> str:
    """Return the name of a member as a path that stays below the file: `../` and drives mean nothing in an id."""
    name = _CONTROL.sub("\ufffd", name)
    if "/" not in name:
        name = name.replace("\\", "/")
    return "/".join(part for part in name.split("/") if part not in ("", ".", "..")) or "unnamed"
