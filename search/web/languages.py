"""The languages of the interface: `Accept-Language` and `ui` -> what the page says, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from search.web.marks import harmless

# By the tags of BCP 47 that stand in `lang` and `ui`, each named in itself.
NAMES = {"en": "English", "zh-Hans": "简体", "zh-Hant": "繁體"}
DEFAULT = "en"
# Of Chinese without a script: where Traditional is written.
_TRADITIONAL = frozenset(("tw", "hk", "mo"))

Sentence = Markup | Mapping[str, Markup]


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the interface. A sentence is a text, or, if its number matters, one for `one` and `other`."""

    tag: str
    sentences: Mapping[str, Sentence]

    def say(self, key: str, **values: object) -> Markup:
        """Return a sentence as markup, with values escaped; `n` says which of two. Raises KeyError for no sentence."""
        sentence = self.sentences[key]
        if not isinstance(sentence, Markup):
            sentence = sentence["one" if values.get("n") == 1 else "other"]
        return sentence.format(**{name: harmless(value) for name, value in values.items()}) if values else sentence

    def named(self, group: str, value: str) -> str:
        """Return the name of a value such as a kind; the value itself if it has none."""
        sentence = self.sentences.get(f"{group}.{value}")
        return sentence if isinstance(sentence, Markup) else value


@cache
def language(tag: str) -> Language:
    """Return a language of NAMES."""
    import tomllib

    text = files("search.web").joinpath(f"languages/{tag}.toml").read_text("utf-8")
    groups = tomllib.loads(text).items()
    return Language(tag, {f"{group}.{key}": _sentence(said) for group, table in groups for key, said in table.items()})


def _sentence(said: str | dict[str, str]) -> Sentence:
    return Markup(said) if isinstance(said, str) else {form: Markup(text) for form, text in said.items()}


def chosen(wanted: str, accepted: str) -> Language:
    """Return the language of the interface: the one wanted, or else the best of an `Accept-Language`."""
    if wanted in NAMES:
        return language(wanted)
    ranked = sorted(filter(None, map(_weighed, accepted[:_LONGEST].split(","))), reverse=True, key=lambda pair: pair[0])
    return language(ranked[0][1] if ranked else DEFAULT)


# Browsers send some 50 characters; what is longer is cut, not refused.
_LONGEST = 500


def _weighed(part: str) -> tuple[float, str] | None:
    """Return how much a part of `Accept-Language` is wanted, and the language; None for another or none."""
    name, _, quality = part.partition(";")
    tag = _tag_of(name.strip().lower())
    try:
        weight = float(quality.strip().removeprefix("q=") or 1)
    except ValueError:
        return None
    return (weight, tag) if tag and 0 < weight <= 1 else None


def _tag_of(name: str) -> str:
    primary, *rest = name.split("-")
    if primary == "zh":
        is_traditional = "hant" in rest or ("hans" not in rest and not _TRADITIONAL.isdisjoint(rest))
        return "zh-Hant" if is_traditional else "zh-Hans"
    return "en" if primary == "en" else ""
