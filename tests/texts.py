"""Strategies for the texts that wensou meets: both scripts, English, digits, width forms, marks, and worse."""

from __future__ import annotations

from hypothesis import strategies as st

# A text in an encoding that no evidence leads to.
UNREADABLE = "Этот текст написан кириллицей, и прочесть его нельзя.".encode("koi8-r")

# Words of both scripts and regions, with leftover variants and opencc's phrases.
WORDS = [
    "特朗普",
    "川普",
    "習近平",
    "习近平",
    "臺灣",
    "台湾",
    "計畫",
    "计划",
    "乾隆",
    "皇帝",
    "瞭解",
    "甚麼",
    "什么",
    "著名",
    "看著",
    "反覆",
    "關係",
    "关系",
    "北韓",
    "農業發展銀行",
    "农业发展银行",
    "中華人民共和國",
    "人民",
    "共和国",
    "衞生",
    "牠們",
    "舖",
    "裏",
    "里面",
    "出醜狼藉",
    "二噁英",
    "以免藉口",
    "千鍾粟",
    "頭髮",
    "发展",
    "干净",
    "后来",
    "皇后",
    "面条",
    "鱼",
    "的",
    "了",
    "在",
    "是",
]
LATIN = [
    "Trump",
    "China's",
    "G20",
    "TikTok",
    "U.S.",
    "Covid-19",
    "C++",
    "C#",
    "e-mail",
    "1,200",
    "3.14",
    "5G",
    "iPhone",
    "naïve",
    "café",
    "O’Brien",
    "win-win",
    "the",
    "running",
    "soybeans",
]
MARKS = list("，。！？；：、「」『』“”（）,.!?;:'\"-–—…·/|") + ["\n", "\n\n", " ", "　", "\t", "\r\n", " ", "\u00a0"]
ODD = [
    "ＡＢＣ", "１２３", "①", "㎡", "℃", "ﬁ", "ß", "İ", "e\u0301", "\u200b", "\ufeff", "\u00ad", "가", "\u1112\u1161\u11ab",
    "カナ", "ｶﾞ", "か\u3099", "ひ", "ไทย", "Россия", "ελληνικά", "שלום", "👍🏽", "👨\u200d👩\u200d👧", "★", "€", "→", "𠮷", "㐀",
    "\ue000", "〇", "々", "豈", "﨑", "½", "™", "\x00", "\x1b[31m", "\ud7b0", "葛\U000e0100", "𝐀", "\uffff",
]  # fmt: skip

pieces = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(LATIN),
    st.sampled_from(MARKS),
    st.sampled_from(ODD),
    st.characters(exclude_categories=["Cs"]),
)
mixed_text = st.lists(pieces, max_size=30).map("".join)
