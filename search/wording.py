"""A note, or what may be done about it -> a sentence in a language of the interface."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from indexer.engines.base import MOST_COUNTED
from search.model import Action, Note, Value, Wording

# What notes are written in, and what they are translated to.
ENGLISH = "en"
TRANSLATED = ("zh-Hans", "zh-Hant")


def said(what: Note | Action, language: str) -> str:
    """Return what a note says, without its advice, or what an action does, in English or one of TRANSLATED.

    It is plain text, which holds words of queries and articles: to be escaped wherever it is shown as anything else.
    """
    return Wording(what.message, what.values).text({} if language == ENGLISH else translations(language))


@cache
def translations(language: str) -> Mapping[str, str]:
    """Return the sentences of a language by English message, with the same fields. Raises ValueError for others."""
    import tomllib  # which English does without
    from importlib.resources import files

    if language not in TRANSLATED:
        raise ValueError(f"Notes are in {ENGLISH}, {', '.join(TRANSLATED)}, not in {language!r}.")
    return tomllib.loads(files("search").joinpath(f"data/notes.{language}.toml").read_text("utf-8"))


def at_least(count: Value) -> Wording:
    return Wording("at least {count}", {"count": count})


def up_to(count: int) -> Value:
    """Return how many an engine counted, which stops at MOST_COUNTED."""
    return count if count < MOST_COUNTED else at_least(count)


def articles(count: int, *, is_exact: bool = True) -> Wording:
    counted = Wording("{count} article" if count == 1 else "{count} articles", {"count": count})
    return counted if is_exact else at_least(counted)


def passages(count: int) -> Wording:
    return Wording("{count} passage" if count == 1 else "{count} passages", {"count": count})


def meaning(word: str, names: Sequence[str]) -> Wording:
    """Return that a word was taken to mean others."""
    return Wording("{typed} = {names:, }", {"typed": word, "names": tuple(names)})


def as_typed(words: Iterable[str]) -> Action:
    """Return how words that were found in other forms too are searched without these."""
    return Action("Only as typed: {words:, }", {"exact": "1"}, {"words": tuple(words)})
