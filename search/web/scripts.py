"""A query as typed -> the script it is drawn in, as `lang` has it."""

from __future__ import annotations

from markupsafe import Markup

from indexer.language import count
from search.web.languages import Language
from search.web.marks import harmless


def script_of(text: str, said: Language) -> str:
    """Return the script that the characters of a text are of: if none is only of one, that of the interface.

    Empty without Han characters. The index tells languages apart (`indexer.language`); here each character has a form.
    """
    counts = count(text)
    if not counts.han:
        return ""
    if counts.traditional == counts.simplified:
        return "zh-Hant" if said.tag == "zh-Hant" else "zh-Hans"
    return "zh-Hant" if counts.traditional > counts.simplified else "zh-Hans"


def typed(text: str, said: Language) -> Markup:
    """Return a text as it was typed, apart from what is said around it."""
    script = script_of(text, said)
    lang = Markup(' lang="{}"').format(script) if script else ""
    return Markup("<bdi{}>{}</bdi>").format(lang, harmless(text))
