"""EML -> the article of a mail, and those of its attachments: `mail.eml/report.pdf`."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message

from indexer.errors import NotAnArticle, SourceError
from indexer.model import Article
from indexer.sources.encoding import Decoded
from indexer.sources.mail_headers import header, header_text, sender
from indexer.sources.mail_parts import content, parsed, parts, text_of
from indexer.sources.members import Members, within_budget
from indexer.sources.metadata import Metadata, metadata
from indexer.sources.parts import html_article, joined, overruled, without_places
from indexer.sources.plain import plain_article
from indexer.sources.source import Reading, SourceFile, content_hash

# Of two forms of one mail the HTML is read, which knows its headings and quotations, unless it holds so much less.
_LEAST_SHARE = 0.5
_ENCLOSED = "message/rfc822"


@within_budget
def read(file: SourceFile) -> Iterator[Reading | SourceError]:
    """Yield the article of a mail, then those of its attachments as far as their formats are read."""
    message = parsed(file.data)
    mail = _Mail(file)
    mail.take(message)
    lang = header(message, "Content-Language").partition(",")[0]
    bodies = mail.bodies or [plain_article("", file.article_id, file.path, Metadata())]
    article = replace(overruled(joined(bodies), _metadata(message)), lang=lang)
    if article.body or article.has_headline:
        yield Reading(article, content_hash(file.data), Decoded(""))
    elif not mail.attachments:
        raise NotAnArticle("a mail without text")
    members = Members(file)
    for number, part in enumerate(mail.attachments, 1):
        data = content(part)
        members.budget.spend(len(data))
        yield from members.read(_name(part, number), data)


class _Mail:
    """Sorts the parts of a mail: the articles of its text, and its attachments."""

    def __init__(self, file: SourceFile) -> None:
        self.bodies: list[Article] = []
        self.attachments: list[Message] = []
        self._file = file

    def take(self, part: Message) -> None:
        kind = part.get_content_type()
        if kind == "multipart/alternative":
            self._take_best(parts(part))
        elif kind == "multipart/related":
            self._take_related(parts(part))
        elif part.is_multipart() and kind != _ENCLOSED:
            for one in parts(part):
                self.take(one)
        elif _is_attached(part) or kind not in ("text/plain", "text/html"):
            self.attachments.append(part)
        else:
            self.bodies.append(self._article(part))

    def _take_best(self, alternatives: list[Message]) -> None:
        """Take what one of several forms of a mail has."""
        forms: list[_Mail] = []
        for part in alternatives:
            form = _Mail(self._file)
            form.take(part)
            forms.append(form)
        if not forms:
            return
        longest = max(form.length for form in forms)
        # They stand in rising order of what the sender thinks of them.
        best = next(form for form in reversed(forms) if form.length >= longest * _LEAST_SHARE)
        self.bodies += best.bodies
        for form in forms:
            self.attachments += form.attachments

    def _take_related(self, related: list[Message]) -> None:
        """Take the page that the first part is, and leave out what it shows inline, except for whole documents."""
        for number, part in enumerate(related):
            if number == 0 or _is_attached(part):
                self.take(part)

    @property
    def length(self) -> int:
        return sum(len(body.body) for body in self.bodies)

    def _article(self, part: Message) -> Article:
        file = self._file
        text = text_of(part, file.options.encoding)
        if part.get_content_type() == "text/html":
            options = replace(file.options, encoding="utf-8")
            return html_article(SourceFile(text.encode("utf-8", "replace"), file.article_id, file.path, options))
        return without_places(plain_article(text, file.article_id, file.path, Metadata()))


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_file_name(part))


def _file_name(part: Message) -> str:
    try:
        return header_text(part.get_filename() or "")
    except (ValueError, LookupError, TypeError):  # a name in an unknown charset
        return ""


def _name(part: Message, number: int) -> str:
    kind = part.get_content_type()
    suffix = ".eml" if kind == _ENCLOSED else mimetypes.guess_extension(kind) or ""
    name = _file_name(part).replace("\\", "/").rpartition("/")[2]
    return name or f"part-{number}{suffix}"


def _metadata(message: Message) -> Metadata:
    return metadata(
        {
            "title": header(message, "Subject"),
            "date": header(message, "Date"),
            "author": sender(message),
            "keywords": header(message, "Keywords"),
            "url": header(message, "Archived-At").strip("<>"),
        }
    )
