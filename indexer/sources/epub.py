"""EPUB -> an article a chapter, named after its item: `book.epub#chapter-2`; the book's title is their source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from indexer.errors import NotAnArticle, SourceError
from indexer.sources.encoding import Decoded
from indexer.sources.epub_package import Book, Chapter, read_book
from indexer.sources.members import within_budget
from indexer.sources.metadata import Metadata, metadata
from indexer.sources.parts import completed, html_article, overruled
from indexer.sources.source import Reading, SourceFile, content_hash
from indexer.sources.zips import Package

_AS_XML = "chapter.xhtml"  # the name by which HTML knows that a chapter is XML


@within_budget
def read(file: SourceFile) -> Iterator[Reading | SourceError]:
    """Yield the chapters of a book that have text, in the order of reading."""
    package = Package(file)
    book = read_book(package)
    about = metadata(book.values)
    found = False
    for chapter in book.chapters:
        try:
            reading = _chapter(package.part(chapter.path), chapter, book, about, file)
        except SourceError as error:
            yield SourceError(error.reason, chapter.path)
            found = True
        else:
            if reading.article.body:
                yield reading
                found = True
    if not found:
        raise NotAnArticle("a book without text")


def _chapter(data: bytes, chapter: Chapter, book: Book, about: Metadata, file: SourceFile) -> Reading:
    if chapter.path in book.encrypted:
        raise SourceError("encrypted (copy protection)")
    # An encoding asked for is that of text files: a book's parts say their own.
    options = replace(file.options, encoding="")
    part = SourceFile(data, f"{file.article_id}#{chapter.id}", _AS_XML, options)
    article = replace(html_article(part), path=file.path)
    article = overruled(article, about._replace(title=chapter.title, source=about.title))
    article = completed(article, Metadata(title=chapter.part_of or about.title))
    known_by = data + repr((chapter, about)).encode("utf-8", "replace")
    return Reading(replace(article, lang=article.lang or book.lang), content_hash(known_by), Decoded(""))
