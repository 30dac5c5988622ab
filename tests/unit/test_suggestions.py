"""What is suggested for words that an index does not hold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import build
from indexer.analysis.analyzer import default_analyzer
from indexer.engines.whoosh import WhooshEngine
from search.pinyin import begun, spelled
from search.suggestions import suggestions
from tests.texts import mixed_text

ARTICLES = {
    "a.txt": "習近平同特朗普通電話，談到關稅和北韓。",
    "b.txt": "特朗普说，人工智能会影响总统选举。重庆和新加坡的记者报道了事实。",
    "c.txt": "The president said tariffs on soybeans may change. Sanctions followed.",
    **{f"d{i}.txt": f"The government of Beijing. 巴基斯坦，第{i}天" for i in range(60)},
    "e.txt": "A goverment, misspelt. 巴基思坦，灵异小说",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("suggestions")
    for name, text in ARTICLES.items():
        (folder / name).write_text(f"无题\n\n{text}\n", "utf-8")
    build(folder, folder / "index")
    with_index = WhooshEngine(folder / "index")
    yield with_index
    with_index.close()


def suggested(query, engine):
    return [one.query for one in suggestions(query, engine, default_analyzer())]


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("习进平", "习近平"),  # sounds alike, and is cut apart
        ("習進平", "習近平"),  # what stays stays as it was typed
        ("特郎普", "特朗普"),
        ("特朗谱 关税", "特朗普 关税"),
        ("习进平同特朗普通电话", "习近平同特朗普通电话"),  # where 平同 is cut together
        ("人工智熊", "人工智能"),  # one other character of three and more
        ("美国总桶", "美国总统"),
        ("冲庆", "重庆"),  # 重 is read chong and zhong
        ("presidnet", "president"),
        ("Presdient", "president"),
        ("qresident", "president"),
        ("resident", "president"),
        ("tarifs", "tariffs"),
        ("sancshions", "sanctions"),  # two
        ("presidnet 习进平 said", "president 习近平 said"),
        ("“presidnet”", "“president”"),
        ("xijinping", "习近平"),
        ("xjp", "习近平"),
        ("goverment", "government"),  # held by one article, and 60 hold the other
        ("巴基思坦", "巴基斯坦"),
    ],
)
def test_the_first_suggestion_is_what_was_meant(engine, query, right):
    assert suggested(query, engine)[:1] == [right]


@pytest.mark.parametrize(
    "query",
    ["习近平", "特朗普通电话", "president", "tariff", "soybean", "关税", "government", "人民银行", "zzz", "2026", "的", "", "〇", "ab",
     "影响", "总统选举", "习近平 president", "🙂", "ＰＲＥＳＩＤＥＮＴ"],
)  # fmt: skip
def test_what_is_right_or_like_nothing_gets_no_suggestion(engine, query):
    assert suggested(query, engine) == []


def test_a_suggestion_says_what_it_is_for_and_in_how_many_passages_it_stands(engine):
    (one,) = suggestions("特郎普 关税", engine, default_analyzer())
    assert (one.typed, one.word, one.passages, one.query) == ("特郎普", "特朗普", 2, "特朗普 关税")


@pytest.mark.parametrize("query", ["二〇一九", "二〇一八年", "二零零一", "第〇六零天", "一千零一"])
def test_numbers_are_right(engine, query):
    assert suggested(query, engine) == []
    assert suggested(f"{query}特郎普{query}", engine) == [f"{query}特朗普{query}"]


def test_no_more_than_twenty_words_are_looked_at(engine):
    assert suggested("presidnet " * 19 + "tarifs", engine)[0].endswith("tariffs")
    assert not any(query.endswith("tariffs") for query in suggested("presidnet " * 20 + "tarifs", engine))
    assert any(query.endswith("特朗普") for query in suggested("冲庆 " * 19 + "特郎普", engine))
    assert not any(query.endswith("特朗普") for query in suggested("冲庆 " * 20 + "特郎普", engine))


def test_only_the_stretches_that_are_asked_for_are_looked_at(engine):
    (one,) = suggestions("presidnet tarifs", engine, default_analyzer(), [(10, 16)])
    assert one.query == "presidnet tariffs"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["xijinping"], ("习近平",)),
        (["xi", "jinping"], ("习近平",)),
        (["chongqing"], ("重庆",)),
        (["xjp"], ("新加坡", "习近平")),
        (["xj"], ()),
        (["xi"], ()),
        (["president"], ()),
        (["beijing"], ()),
        ([], ()),
        (["gan"] * 40, ()),
    ],
)
def test_latin_words_spell_words_of_the_index(engine, words, found):
    assert set(spelled(words, engine)) == set(found)


def test_what_a_spelling_begins_with(engine):
    assert [term for term, _ in begun("xij", engine, 5)] == ["习近平"]
    assert [term for term, _ in begun("chongq", engine, 5)] == ["重庆"]
    assert "特朗普" in [term for term, _ in begun("tlp", engine, 5)]
    assert begun("v", engine, 5) == []


@settings(max_examples=60)
@given(mixed_text | st.text("习进平特郎普的 presidnt-'.19", max_size=30))
def test_any_query_gets_suggestions_that_are_held(engine, query):
    for one in suggestions(query, engine, default_analyzer()):
        assert one.typed in query
        assert one.query != query
        assert one.passages > 0
