"""What a user may limit a search by, in every command and method alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple, TypedDict

from indexer.errors import UsageError
from indexer.manifest import Manifest
from search.added import after_run
from search.days import first_day, last_day
from search.fields import LANGUAGES
from search.freshness import freshness_of
from search.kinds import ALL_KINDS, KINDS
from search.model import Note
from search.planner import Filters

# What becomes of the other language, Chinese or English: what is found in it stands below all that the query itself
# finds, is not looked for, is all there is, or stands among the rest.
CROSS = ("auto", "off", "only", "mixed")


class Options(TypedDict, total=False):
    """Limits of a search; what is left out or None does not limit it."""

    lang: str | None  # of the passages looked at: zh, zh-Hant, zh-Hans, en, mixed
    since: date | str | None  # published from then on; 2026, 2026-02, 2026-02-05, 2026年2月5日
    until: date | str | None  # published up to then, all of the day, month or year included
    kinds: (
        Sequence[str] | None
    )  # of the passages looked at (`search.kinds`); without any all but boilerplate; "all" is all
    copies: bool  # whether all copies of one report are found, not only the earliest
    added_since: int | str | date | None  # came in after a run, or from a moment on (`search.added`)
    exact: bool  # whether only the words as typed are found: no other names, regional words or pinyin
    fresh: float | str | None  # days in which a score halves with an article's age (`search.freshness`)
    cross: str | None  # what becomes of the other language, one of CROSS
    like: str | None  # those like an article, by its id or the path of its file (`search.likeness`)


def check_list(name: str, value: object) -> None:
    """Raise UsageError for a text, or anything else, where names are listed."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise UsageError(f"{name} is a list of names, not {type(value).__name__}: {value!r}.")


class Limits(NamedTuple):
    """Options as they were read, and what is odd about them."""

    filters: Filters
    notes: tuple[Note, ...]


def limits_of(options: Options, manifest: Manifest, cross: str = "off") -> Limits:
    """Read options; `cross` is what becomes of the other language if they do not say.

    Raises UsageError for what cannot be meant.
    """
    unknown = sorted(options.keys() - Options.__annotations__.keys())
    if unknown:
        raise UsageError(f"Unknown option {unknown[0]!r}: use {', '.join(Options.__annotations__)}.")
    check_list("kinds", options.get("kinds") or ())
    lang, kinds = options.get("lang"), tuple(options.get("kinds") or ())
    if lang is not None and lang not in LANGUAGES:
        raise UsageError(f"Unknown language {lang!r}: use {', '.join(LANGUAGES)}.")
    cross = options.get("cross") or ("off" if options.get("exact") else cross)
    if cross not in CROSS:
        raise UsageError(f"Unknown cross {cross!r}: use {', '.join(CROSS)}.")
    for kind in kinds:
        if kind not in (*KINDS, ALL_KINDS):
            raise UsageError(f"Unknown kind {kind!r}: use {', '.join(KINDS)} or {ALL_KINDS}.")
    days = first_day(options.get("since")), last_day(options.get("until"))
    added = after_run(options.get("added_since"), manifest)
    copies, exact = bool(options.get("copies")), bool(options.get("exact"))
    fresh = freshness_of(options.get("fresh"), manifest)
    filters = Filters(lang, *days, kinds, copies, added.run, options.get("like"), exact, fresh, cross)
    return Limits(filters, added.notes)
