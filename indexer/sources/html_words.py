"""Names and headings that pages give to their parts -> what those parts are."""

from __future__ import annotations

import re


def _whole_words(words: str) -> re.Pattern[str]:
    """Match any of some words where it is a whole word of a class, as in `site-footer` and `footer_links`."""
    return re.compile(rf"(?:^|[\s_-])(?:{words})(?=$|[\s_-])", re.IGNORECASE)


# What stands around a main text, from the class names of WordPress, MediaWiki, news sites of both scripts and others.
FURNITURE = _whole_words(
    "nav|navi|navbar|navigation|menus?|submenu|bread-?crumbs?|crumbs?|foot|footer|masthead|topbar|toolbar|tools?|banner"
    "|sidenav|aside|complementary|contentinfo|search|share|shares|sharing|sharedaddy|bdsharebuttonbox|social|sns"
    "|respond|related|relates?|jp-relatedposts|recommend|recommended|recommendations?|xiangguan|tuijian|popular|trending"
    "|hot|rank|ranking|ads?|adsense|advert|advertisement|sponsor|sponsored|promo|promotion|outbrain|taboola|newsletter"
    "|subscribe|subscription|signup|login|register|cookies?|consent|gdpr|popup|modal|overlay|dialog|widget-area|tagcloud"
    "|pagination|pager|paging|page-?nav|prev-?next|copy-?right|skip-link|screen-reader-text|sr-only|noprint|editsection"
    "|author-?(?:bio|box|info)|post-?meta|entry-?meta|byline-?social|catlinks|navbox|toc"
)
# Of these there may be more than of the main text.
LONG_FURNITURE = _whole_words("comments?|commentlist|disqus|replies|side-?bar")
# A header of the page, unless an article begins with it.
HEADER = re.compile(r"(?:^|\s)(?:(?:site-?|page-?)?header|head|top)(?=$|\s)", re.IGNORECASE)
MAIN = re.compile(
    r"(?:^|\s)(?:main|entry|hentry|article-?(?:body|content|text|detail)|artibody|endText|zhengwen|TRS_Editor|RichText"
    r"|(?:post|entry|story|news|text|detail|page|main|body)-?(?:body|content|text|article|detail)"
    r"|mw-(?:parser-output|content-text)|rich_media_content)(?=$|\s)",
    re.IGNORECASE,
)
CAPTION = re.compile(
    r"(?:^|[\s_-])(?:wp-caption-text|caption|(?:img|image|pic|photo)[_-]?(?:caption|desc|note|txt))(?=$|\s)",
    re.IGNORECASE,
)
# No main text, however long.
LEGAL = re.compile(
    r"©|\(c\)\s*\d{4}|copyright|all rights reserved|\bcookies?\b|版[权權]所有|ICP[备備]|公网安备|不得[转轉][载載]",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"\W*(?:(?:相[关關]|延伸|推[荐薦]|更多|精[选選彩]|[热熱][门門点點]|最[热熱新]|往期|猜你)"
    r"(?:文章|新[闻聞]|[阅閱][读讀]|[报報][道導]|[链鏈连連][接結结]|推[荐薦]|[内內]容|[资資][讯訊]|回[顾顧]|[专專][题題]|喜[欢歡])*"
    r"|related(?: (?:articles?|stories|posts?|content|news|links?|topics?|coverage|reading))?"
    r"|read (?:more|next|also)|also read|see also|further reading|more (?:from|on|stories|news|in|about)\b.{0,40}"
    r"|you (?:may|might) (?:also )?(?:like|be interested in).{0,20}|recommended.{0,30}|trending.{0,20}"
    r"|most (?:read|popular|viewed)|latest (?:news|stories|posts|articles)|don.t miss)\W*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[^:：|]{2,20}[:：|]")


def is_related_heading(text: str) -> bool:
    """Tell whether a line says that links to other articles follow."""
    return _RELATED.fullmatch(text) is not None


def is_related_label(text: str) -> bool:
    """Tell whether a line begins so, and goes on behind a colon."""
    label = _LABEL.match(text)
    return label is not None and is_related_heading(label[0])
