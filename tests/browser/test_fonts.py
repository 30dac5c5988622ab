"""Each script is drawn in its own forms: what fonts Chromium used, as it tells its debugger."""

import pytest

from tests.conftest import lacking_browser

FORMS = {"zh-Hans": {"SC"}, "zh-Hant": {"TC", "HK"}}


def fonts(page, selector):
    """Return the CJK fonts with which the elements of a selector are drawn."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": selector})["nodeIds"]
    used = [font for node in nodes for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]]
    return {font["familyName"] for font in used if "CJK" in font["familyName"]}


@pytest.fixture
def page(request, visit):
    with visit() as opened:
        opened.goto("/?q=关税&ui=zh-Hans")
        if not fonts(opened, "main *"):
            lacking_browser(request.config, "nothing is drawn with a font named CJK; install fonts-noto-cjk")
        yield opened


@pytest.mark.parametrize("lang", FORMS)
@pytest.mark.parametrize(
    "address",
    [
        "/?q=关税&limit=50",
        "/?q=关税&limit=50&ui=zh-Hant",
        "/articles/made.jsonl%23{article}?q=关税",
        "/articles/made.jsonl%23mixed",
    ],
)
def test_text_is_drawn_in_the_forms_of_its_script(page, address, lang):
    article = {"zh-Hans": "hans%2F3", "zh-Hant": "hant%2F3"}[lang]
    page.goto(address.format(article=article))
    drawn = fonts(page, f"main [lang={lang}]")
    assert drawn
    assert {name.rpartition(" ")[2] for name in drawn} <= FORMS[lang]


@pytest.mark.parametrize("ui", ["en", *FORMS])
@pytest.mark.parametrize("address", ["/?q=关税", "/?q=鹽", "/", "/?q=习进平"])
def test_nothing_of_a_page_is_drawn_in_japanese_forms(page, address, ui):
    page.goto(f"{address}{'&' if '?' in address else '?'}ui={ui}")
    assert {name.rpartition(" ")[2] for name in fonts(page, "body *")} <= {"SC", "TC", "HK"}
