"""What notes say in each language, and what may be done about them."""

import ast
import string
from pathlib import Path

import pytest

from search.model import Action, Note, Wording
from search.wording import TRANSLATED, said, translations

SEARCH = Path(__file__).parent.parent.parent / "search"
# Which argument is a message.
CALLS = {"Note": 1, "Wording": 0, "Action": 0, "_Looser": 0, "_note": 1, "_noted": 1, "_unmatched": 0}


def strings(node, tree):
    """Yield the texts that an argument may be: names, items and attributes are looked up in the whole module."""
    match node:
        case ast.Constant(str(text)):
            yield text
        case ast.IfExp(_, one, other):
            yield from strings(one, tree)
            yield from strings(other, tree)
        case ast.Tuple(elts=nodes) | ast.Dict(values=nodes):
            for one in nodes:
                yield from strings(one, tree)
        case ast.Subscript(value=ast.Name(name)) | ast.Name(name):
            for one in ast.walk(tree):
                if isinstance(one, ast.Assign) and any(getattr(to, "id", "") == name for to in one.targets):
                    yield from strings(one.value, tree)


def calls(tree):
    """Yield the arguments that are messages, but for those that one of CALLS passes on, and of what is worded again."""
    for top in ast.walk(tree):
        if isinstance(top, ast.FunctionDef) and top.name in CALLS:
            for node in ast.walk(top):
                node.is_passed_on = True
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and not hasattr(call, "is_passed_on"):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name in CALLS and getattr(call.args[CALLS[name]], "attr", "") != "message":
                yield call.args[CALLS[name]]


def messages():
    """Return every message in the code. Each must stand there in full, or be a constant of its module."""
    found = set()
    for path in sorted(SEARCH.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for argument in calls(tree):
            texts = [*strings(argument, tree)]
            assert texts, f"{path}:{argument.lineno}: which message?"
            found.update(texts)
    return found


def fields(template):
    """Return the fields of a template, and whether each joins several texts."""
    return {(name, bool(joint)) for _, name, joint, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_has_a_translation_with_the_same_fields_and_none_is_left_over(language):
    found = messages()
    known = translations(language)
    assert found - known.keys() == set()
    assert known.keys() - found == set()
    for message, translation in known.items():
        assert fields(translation) == fields(message), message


def test_a_note_is_its_message_filled_in_and_then_its_advice():
    note = Note("copies", "Listed: {count}, {words:, }.", {"count": 1234, "words": ("a", "b")}, "To see: --copies")
    assert note.text == "Listed: 1,234, a, b. To see: --copies"
    assert note.to_dict() == {"kind": "copies", "text": note.text}
    assert said(note, "en") == "Listed: 1,234, a, b."


def test_what_stands_in_a_field_is_never_read_as_one():
    for language in ("en", *TRANSLATED):
        assert "{count} %s {0.__class__}" in said(
            Wording("Search {query}", {"query": "{count} %s {0.__class__}"}), language
        )


def test_parts_of_a_sentence_are_translated_too():
    part = Wording("{forms:, } ({typed}, the same person)", {"forms": ("特朗普", "Trump"), "typed": "川普"})
    note = Note("aliases", "Also searched: {names:; }.", {"names": (part, part)})
    assert (
        said(note, "en")
        == "Also searched: 特朗普, Trump (川普, the same person); 特朗普, Trump (川普, the same person)."
    )
    assert said(note, "zh-Hans") == "同时搜索了：特朗普、Trump（与“川普”为同一人）；特朗普、Trump（与“川普”为同一人）。"
    assert (
        said(note, "zh-Hant")
        == "同時搜尋了：特朗普、Trump（與「川普」為同一人）；特朗普、Trump（與「川普」為同一人）。"
    )


def test_another_language_is_an_error_that_names_those_there_are():
    with pytest.raises(ValueError, match="en, zh-Hans, zh-Hant"):
        said(Action("Show boilerplate", {}), "../fr")
