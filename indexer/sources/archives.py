"""Archives -> the articles of their members, which are read one after another and never written anywhere."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from zipfile import ZipInfo

from indexer.errors import NotAnArticle, SourceError
from indexer.sources.member_names import decoded_names
from indexer.sources.members import Budget, Members, within_budget
from indexer.sources.source import Reading, SourceFile
from indexer.sources.tars import TarMember, TarReader
from indexer.sources.zip_salvage import salvage
from indexer.sources.zips import open_zip, too_large, unpack

_UTF8 = 0x800
_UNICODE_PATH = b"\x75\x70"  # Info-ZIP's extra field 0x7075: version, CRC of the other name, name in UTF-8


def read_zip(file: SourceFile) -> Iterator[Reading | SourceError]:
    """Yield the articles of a ZIP archive; of one without a readable directory, what is found before the damage."""
    yield from _not_empty(_read_zip(file))


def read_tar(file: SourceFile) -> Iterator[Reading | SourceError]:
    """Yield the articles of a TAR archive, compressed or not; of a damaged one, what is found around the damage."""
    yield from _not_empty(_read_tar(file))


def _not_empty(outcomes: Iterator[Reading | SourceError]) -> Iterator[Reading | SourceError]:
    found = False
    for outcome in outcomes:
        found = True
        yield outcome
    if not found:
        raise NotAnArticle("an archive without files")


@within_budget
def _read_zip(file: SourceFile) -> Iterator[Reading | SourceError]:
    members = Members(file)
    try:
        archive = open_zip(file.data)
    except SourceError as error:
        yield error
        yield from _read_salvaged(file, members)
        return
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    names = decoded_names(map(_raw_name, entries))
    for entry in entries:
        name = names[_raw_name(entry)]
        reason = members.reason_to_skip(name)
        if reason:
            yield members.named(NotAnArticle(reason), name)
            continue
        try:
            data = unpack(archive, entry, file.options.max_bytes, members.budget)
        except SourceError as error:
            yield members.named(error, name)
        else:
            yield from members.read(name, data)


def _read_salvaged(file: SourceFile, members: Members) -> Iterator[Reading | SourceError]:
    for raw, data in salvage(file.data, file.options.max_bytes, members.budget):
        name = decoded_names([raw])[raw]
        if isinstance(data, SourceError):
            yield members.named(data, name)
        else:
            yield from members.read(name, data)


def _raw_name(entry: ZipInfo) -> bytes:
    """Return the name of an entry as it stands in the archive; the one that is said to be UTF-8, if there is one."""
    if entry.flag_bits & _UTF8:
        return entry.orig_filename.encode("utf-8", "surrogatepass")
    raw = entry.orig_filename.encode("cp437")  # which zipfile decoded it from
    at = entry.extra.find(_UNICODE_PATH)
    field = entry.extra[at + 4 : at + 4 + int.from_bytes(entry.extra[at + 2 : at + 4], "little")] if at >= 0 else b""
    return field[5:] if field[1:5] == zlib.crc32(raw).to_bytes(4, "little") else raw


@within_budget
def _read_tar(file: SourceFile) -> Iterator[Reading | SourceError]:
    members = Members(file)
    reader = TarReader(file.data, members.budget)
    names: dict[bytes, str] = {}
    try:
        for member in reader.members():
            if isinstance(member, SourceError):
                yield member
                continue
            if member.name not in names:
                names |= _names(member, file)
            yield from _read_member(member, names[member.name], reader, members, file.options.max_bytes)
    except SourceError as error:
        yield error


def _read_member(
    member: TarMember, name: str, reader: TarReader, members: Members, most_bytes: int
) -> Iterator[Reading | SourceError]:
    reason = members.reason_to_skip(name) or member.problem
    if reason:
        yield members.named(NotAnArticle(reason), name)
    elif member.size > most_bytes:
        yield members.named(SourceError(too_large(most_bytes)), name)
    else:
        yield from members.read(name, reader.read())


def _names(member: TarMember, file: SourceFile) -> dict[bytes, str]:
    """Return the name of a member; if it is not UTF-8 those of all, for which the archive is read once more."""
    try:
        return {member.name: member.name.decode("utf-8")}
    except UnicodeDecodeError:
        return decoded_names(dict.fromkeys([member.name, *_raw_names(file)]))


def _raw_names(file: SourceFile) -> Iterable[bytes]:
    raw: list[bytes] = []
    try:
        for member in TarReader(file.data, Budget(len(file.data))).members():
            if isinstance(member, TarMember):
                raw.append(member.name)
    except SourceError:
        pass  # is reported where the members are read
    return raw
