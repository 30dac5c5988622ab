"""The address of an index on a cluster, as `https://HOST:9200,HOST2:9200/NAME` -> its hosts and its name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn
from urllib.parse import unquote

from indexer.engines.opensearch.settings import DEFAULTS, ClusterSettings
from indexer.errors import UsageError

DEFAULT_PORT = 9200
EXAMPLE = "http://HOST:9200,HOST2:9200/NAME"
# OpenSearch allows 255 bytes; the index behind the alias has a stamp at the end of its name.
_LONGEST_NAME = 200
# What OpenSearch refuses in names of indexes, and % as it would be read as an escape of the address.
_REFUSED = frozenset('\\/*?"<>| ,#:%')
_ADDRESS = re.compile(r"(https?)://([^/?#]*)/?(.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"(\[[^\[\]]+\]|[^:\[\]\s]+)(?::(\d{1,5}))?")


class Host(NamedTuple):
    """A node's name, or its number without brackets, and its port."""

    name: str
    port: int

    def __str__(self) -> str:
        return f"[{self.name}]:{self.port}" if ":" in self.name else f"{self.name}:{self.port}"


@dataclass(frozen=True, slots=True)
class Location:
    """Where an index is: nodes of one cluster, in the order given, and a name that holds no secret.

    `settings` say how it is asked and made; two locations with other settings are of the same index.
    """

    hosts: tuple[Host, ...]
    name: str
    is_tls: bool = False
    settings: ClusterSettings = field(default=DEFAULTS, compare=False)

    def __str__(self) -> str:
        return f"{'https' if self.is_tls else 'http'}://{self.named_hosts}/{self.name}"

    @property
    def named_hosts(self) -> str:
        """The hosts as messages name them."""
        return ",".join(map(str, self.hosts))

    @property
    def digest(self) -> str:
        """A name for folders: the same for any order of the hosts, with and without TLS."""
        import hashlib  # for this only, as ipaddress below: commands start sooner without

        text = "\n".join([self.name, *sorted(map(str, self.hosts))])
        return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def is_address(text: str) -> bool:
    """Tell whether a text is meant as the address of a cluster, not as the name of a folder."""
    return _ADDRESS.match(text) is not None


def location_of(address: str, settings: ClusterSettings = DEFAULTS) -> Location:
    """Read an address. Raises UsageError, which repeats nothing that may be a password."""
    match = _ADDRESS.fullmatch(address.strip())
    if match is None:
        raise UsageError(f"An index on a cluster is named like {EXAMPLE}.")
    scheme, hosts, path = match.groups()
    if "@" in hosts or "@" in path.partition("/")[0]:
        raise UsageError(
            "The address of an index holds no user and password: set WENSOU_USER and WENSOU_PASSWORD, or name a file "
            f"with them in WENSOU_CREDENTIALS. The address is {EXAMPLE}."
        )
    listed = tuple(dict.fromkeys(_host(host) for host in hosts.split(",")))
    return Location(listed, _name(path), scheme.lower() == "https", settings)


def _host(text: str) -> Host:
    match = _HOST.fullmatch(text.strip())
    port = int(match[2] or DEFAULT_PORT) if match else 0
    if match is None or not 0 < port < 1 << 16:
        raise UsageError(f"{text.strip()!r} is no host with a port. An index on a cluster is named like {EXAMPLE}.")
    if not match[1].startswith("["):
        return Host(match[1].lower(), port)
    import ipaddress

    try:
        return Host(str(ipaddress.IPv6Address(match[1][1:-1])), port)
    except ValueError as error:
        raise UsageError(f"{match[1]} is no IPv6 address: {error}.") from None


def _name(path: str) -> str:
    name = unquote(path.removesuffix("/"))
    if not name:
        raise UsageError(f"The address names no index: {EXAMPLE}.")
    if "/" in name:
        raise UsageError(
            f"{name!r} is no name of an index. A path before the name cannot be asked for: let the cluster, or a "
            f"proxy of it, answer at the root of a host, {EXAMPLE}."
        )
    if refused := sorted(_REFUSED.intersection(name)):
        _refuse(name, f"OpenSearch allows no {' '.join(refused)!r} in it")
    if name != name.lower():
        _refuse(name, "OpenSearch allows no capital letters in it")
    if name[0] in "._-+":
        _refuse(name, "it must not begin with . _ - or +")
    if any(not character.isprintable() for character in name):
        _refuse(name, "it has a character that cannot be seen")
    if len(name.encode("utf-8", "surrogateescape")) > _LONGEST_NAME:
        _refuse(f"{name[:20]}…", f"it has more than {_LONGEST_NAME} bytes")
    return name


def _refuse(name: str, reason: str) -> NoReturn:
    raise UsageError(f"{name!r} cannot be the name of an index: {reason}.")
