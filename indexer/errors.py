"""Everything that wensou raises on purpose.

WensouError
├── UsageError          the request cannot be carried out as given
│   ├── ArticleUnknown  the index has no such article
│   ├── ParameterError  a parameter of a question is unknown or has a wrong value
│   └── SettingsError   a setting is unknown or has a wrong value
├── SourceError         a file cannot be read as articles; reported, never fatal to a build
│   └── NotAnArticle    there is no article in it: empty, binary or of a format that is not read; only counted
├── RootError           a folder is missing, unreadable or lost most of its articles
├── IndexUnusable       something about the index
│   ├── IndexMissing    there is none
│   ├── IndexDamaged    there is one, but it cannot be read
│   ├── IndexLocked     another process is writing to it
│   ├── CommitGone      an older commit of it is not kept any more
│   ├── IndexStale      it was built with another analysis or an older format
│   ├── PartMissing     a part of it has no copy left on the cluster
│   ├── ClusterUnreachable  no node of the cluster answers
│   └── ClusterRefuses  the cluster does not do what it is asked
│       └── AccessDenied    it does not let this user
├── Busy                a server is asked more than it can answer
│   └── TookTooLong     an answer took longer than a server allows
└── DependencyError     an installed library is not the one wensou needs
"""

from __future__ import annotations


class WensouError(Exception):
    """Base of all: the message says what, where, and what to do."""


class UsageError(WensouError):
    """The request cannot be carried out as given."""


class ArticleUnknown(UsageError):
    """The index has no such article."""


class SettingsError(UsageError):
    """A setting is unknown or has a wrong value."""


class ParameterError(UsageError):
    """A parameter of a question, its `name`, is unknown or has a wrong value."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class SourceError(WensouError):
    """A file cannot be read as articles, for a `reason`; of a file within another one `member` is its path in that."""

    def __init__(self, reason: str, member: str = "") -> None:
        super().__init__(f"{member}: {reason}" if member else reason)
        self.reason = reason
        self.member = member


class NotAnArticle(SourceError):
    """A file holds no article: it is empty, binary or of a format that is not read."""


class RootError(WensouError):
    """A folder is missing, unreadable or lost most of its articles."""


class IndexUnusable(WensouError):
    """Something about the index. `found` is what is wrong, without where and what to do."""

    def __init__(self, message: str, found: str = "") -> None:
        super().__init__(message)
        self.found = found or message


class IndexMissing(IndexUnusable):
    """There is no index at that place."""


class IndexDamaged(IndexUnusable):
    """There is an index, but it cannot be read."""


class IndexLocked(IndexUnusable):
    """Another process is writing to the index."""


class CommitGone(IndexUnusable):
    """An older commit of the index is not kept any more."""


class IndexStale(IndexUnusable):
    """The index was built with another analysis or an older format."""


class PartMissing(IndexUnusable):
    """A part of the index has no copy left on the cluster."""


class ClusterUnreachable(IndexUnusable):
    """No node of the cluster answers, or none that can be trusted."""


class ClusterRefuses(IndexUnusable):
    """The cluster does not do what it is asked: `status` is that of HTTP, `kind` the type that it gives its error."""

    def __init__(self, message: str, found: str = "", *, status: int = 0, kind: str = "") -> None:
        super().__init__(message, found)
        self.status = status
        self.kind = kind


class AccessDenied(ClusterRefuses):
    """The cluster does not know the user, or does not allow it this."""


class Busy(WensouError):
    """A server is asked more than it can answer."""


class TookTooLong(Busy):
    """An answer took longer than a server allows."""


class DependencyError(WensouError):
    """An installed library is not the one that wensou needs."""
