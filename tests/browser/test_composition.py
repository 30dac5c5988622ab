"""While an input method composes nothing acts: its keys are its own. What it has composed is searched by Enter."""

import pytest

# What Chromium calls a key that an input method has taken.
TAKEN = {"windowsVirtualKeyCode": 229, "nativeVirtualKeyCode": 229}
PAUSE_MS = 150  # of typing, after which the script asks for completions
PINYIN = "guan'shui"


class Composing:
    """An input method, as the browser's debugger plays it."""

    def __init__(self, page):
        self._page = page
        self._session = page.context.new_cdp_session(page)

    def compose(self, text):
        self._session.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        )

    def key(self, key):
        """Press a key that the method takes."""
        for sort in ("rawKeyDown", "keyUp"):
            self._session.send("Input.dispatchKeyEvent", {"type": sort, "key": key, "code": key, **TAKEN})

    def commit(self, text):
        self._session.send("Input.insertText", {"text": text})


@pytest.fixture
def page(visit):
    with visit() as opened:
        opened.goto("/?q=tariff")
        yield opened


def test_keys_of_an_input_method_do_nothing_and_enter_then_searches(page):
    address, field = page.url, page.locator("#q")
    field.fill("")
    method = Composing(page)
    for length in range(1, len(PINYIN) + 1):
        method.compose(PINYIN[:length])
        for key in ("Enter", "/", "j", "k", "n", "p", "?", "ArrowDown", "ArrowUp"):
            method.key(key)
        assert field.input_value() == PINYIN[:length]
    assert page.evaluate("document.activeElement.id") == "q"
    assert not page.get_by_role("dialog").is_visible()
    assert not page.get_by_role("listbox").is_visible()
    assert page.url == address
    method.commit("关税")
    assert (field.input_value(), page.url) == ("关税", address)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=%E5%85%B3%E7%A8%8E*")
    assert page.title().startswith("关税")


def test_keys_that_are_taken_while_nothing_is_typed_in_do_nothing(page):
    page.evaluate("document.activeElement.blur()")
    method = Composing(page)
    for key in "/jknp?":
        method.key(key)
    assert page.evaluate("document.activeElement.localName") == "body"
    assert not page.get_by_role("dialog").is_visible()
    page.keyboard.press("j")  # which is not taken
    assert page.evaluate("document.activeElement.localName") == "a"


def test_only_what_was_composed_is_completed(page):
    page.locator("#q").fill("")
    method = Composing(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    method.compose("tarif")
    page.wait_for_timeout(3 * PAUSE_MS)
    assert not asked
    method.compose("guan")
    with page.expect_response("**/complete?*") as asked:
        method.commit("关")
    assert "q=%E5%85%B3" in asked.value.url
    page.get_by_role("listbox").get_by_role("option", name="关税").first.wait_for()
