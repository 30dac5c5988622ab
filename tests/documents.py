"""Files of the formats that are read, made for tests: as small as their formats allow."""

from __future__ import annotations

import io
import tarfile
import zipfile

from indexer.errors import SourceError
from indexer.sources import read_articles
from indexer.sources.source import ReadOptions, SourceFile


def pdf(pages, info="", trailer=""):
    """A PDF of pages of lines: (x, y, size, text). Han text is set in a font that is not embedded, as print shops do."""
    fonts = (
        "/L 3 0 R /G 4 0 R /T 5 0 R",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        _han_font("STSong-Light", "UniGB-UCS2-H", "GB1"),
        _han_font("MSung-Light", "UniCNS-UCS2-H", "CNS1"),
    )
    kids = " ".join(f"{6 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        *fonts[1:],
    ]
    for i, lines in enumerate(pages):
        content = "\n".join(_shown(*line) for line in lines)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {7 + 2 * i} 0 R"
            f" /Resources << /Font << {fonts[0]} >> >> >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    objects.append(f"<< {info} >>")
    out = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    start = len(out)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R {trailer} >>\n".encode()
    return out + f"startxref\n{start}\n%%EOF\n".encode()


ENCRYPTED = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'00' * 32}> /U <{'11' * 32}> >> /ID [<00> <00>]"


def _han_font(name, encoding, ordering):
    return (
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /{encoding} /DescendantFonts [<< /Type /Font"
        f" /Subtype /CIDFontType0 /BaseFont /{name} /DW 1000 /CIDSystemInfo << /Registry (Adobe)"
        f" /Ordering ({ordering}) /Supplement 0 >> /FontDescriptor << /Type /FontDescriptor /FontName /{name}"
        " /Flags 6 /FontBBox [0 -120 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93"
        " >> >>] >>"
    )


def _shown(x, y, size, text):
    if text.isascii():
        shown, font = "(" + "".join(f"\\{c}" if c in "()\\" else c for c in text) + ")", "L"
    else:
        traditional = any(c in text for c in "國話貿頁們灣對這")
        shown, font = f"<{text.encode('utf-16-be').hex()}>", "T" if traditional else "G"
    return f"BT /{font} {size} Tf 1 0 0 1 {x} {y} Tm {shown} Tj ET"


def lines(*texts, x=72, top=780, size=11, leading=16):
    """Lines of a page, one under another."""
    return [(x, top - i * leading, size, text) for i, text in enumerate(texts)]


def zipped(files, **options):
    """A ZIP archive of names and contents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(files, mode="w", **options):
    """A TAR archive of names and contents; in place of a content a TarInfo of something else than a file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, **options) as archive:
        for name, content in files.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            content = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def paragraph(text, style="", inside=""):
    """A paragraph of Word's XML."""
    style = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{style}<w:r><w:t xml:space="preserve">{text}</w:t></w:r>{inside}</w:p>'


STYLES = """<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="a3"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="mine"><w:name w:val="My own"/><w:basedOn w:val="1"/></w:style>
<w:style w:type="paragraph" w:styleId="loop"><w:name w:val="Loop"/><w:basedOn w:val="loop"/></w:style>
<w:style w:type="paragraph" w:styleId="cap"><w:name w:val="caption"/></w:style>
<w:style w:type="paragraph" w:styleId="q"><w:name w:val="Intense Quote"/></w:style>"""


def docx(body, core="", **parts):
    """A Word document of paragraphs in XML; `parts` are further parts of the folder word."""
    document = f"<w:document {_W}><w:body>{body}</w:body></w:document>"
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": '<Relationships><Relationship Type="http://x/officeDocument" Target="word/document.xml"/>'
            "</Relationships>",
            "word/document.xml": document,
            "word/styles.xml": f"<w:styles {_W}>{STYLES}</w:styles>",
            "docProps/core.xml": '<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t">'
            f"{core}</cp:coreProperties>",
            **{f"word/{name}.xml": f"<w:x {_W}>{content}</w:x>" for name, content in parts.items()},
        }
    )


def page(body, title=""):
    """A page of XHTML."""
    return f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{title}</title></head><body>{body}</body></html>'


CONTAINER = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'


def epub(chapters, metadata="<dc:title>書名</dc:title>", contents="", **files):
    """A book of chapters, names and XHTML; `contents` is the navigation document's body."""
    items = "".join(f'<item id="{n}" href="{n}.xhtml" media-type="application/xhtml+xml"/>' for n in chapters)
    spine = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "OPS/book.opf": f'<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>{metadata}</metadata>'
            f'<manifest><item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>{items}'
            f"</manifest><spine>{spine}</spine></package>",
            "OPS/nav.xhtml": page(contents),
            **{f"OPS/{name}.xhtml": content for name, content in chapters.items()},
            **files,
        }
    )


def read(data, name, **options):
    """Read a file: its articles by id, and the reasons for what was not read, of the file itself last."""
    articles, reasons = {}, []
    try:
        for outcome in read_articles(SourceFile(data, name, f"/x/{name}", ReadOptions(**options))):
            if isinstance(outcome, SourceError):
                reasons.append(outcome)
            else:
                assert outcome.article.id not in articles
                articles[outcome.article.id] = outcome.article
    except SourceError as error:
        reasons.append(error)
    return articles, reasons


def only(data, name, **options):
    """Read a file that holds one article and nothing else."""
    articles, reasons = read(data, name, **options)
    assert not reasons
    return next(iter(articles.values()))


def blocks(article, *kinds):
    """The text of an article's blocks, of some kinds or of all."""
    return [article.body[block.start : block.end] for block in article.blocks if not kinds or block.kind in kinds]
