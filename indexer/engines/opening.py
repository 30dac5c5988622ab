"""Where an index is, a folder or a cluster -> the engine that keeps it. Each is loaded when it is asked for."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.engines.opensearch.location import EXAMPLE, Location, is_address, location_of
from indexer.engines.opensearch.settings import DEFAULTS, ClusterSettings
from indexer.errors import IndexUnusable, UsageError

if TYPE_CHECKING:
    from indexer.engines.base import Engine, Writer
    from indexer.model import CheckReport

Place = Path | Location


def place_of(index: str | Place, settings: ClusterSettings = DEFAULTS) -> Place:
    """Return the folder or the address that is named; `settings` are those of an address. Raises UsageError."""
    if isinstance(index, Location):
        return index
    if isinstance(index, str) and is_address(index):
        return location_of(index, settings)
    if re.match(r"https?:/", str(index), re.IGNORECASE):
        raise UsageError(f"The address of an index is a text of the form {EXAMPLE}, not a path.")
    return Path(index).expanduser().resolve()


def _engine_of(place: Place) -> Any:
    """Return the class whose indexes are at such places; neither needs the other one's libraries."""
    if isinstance(place, Location):
        return import_module("indexer.engines.opensearch.engine").OpenSearchEngine
    return import_module("indexer.engines.whoosh").WhooshEngine


def open_index(place: Place, *, create: bool = False, discard_damaged: bool = False) -> Engine:
    """Open an index, to be closed. With `create` an empty one is made where there is none.

    With `discard_damaged`, what cannot be read is taken for empty, and begun anew by the next commit.
    Raises IndexMissing, IndexUnusable, IndexStale or IndexDamaged.
    """
    if isinstance(place, Location):
        from indexer.engines.opensearch.engine import OpenSearchEngine

        return OpenSearchEngine(place, create=create, discard_damaged=discard_damaged)
    from indexer.engines.whoosh import WhooshEngine

    return WhooshEngine(place, create=create, discard_damaged=discard_damaged)


def exists(place: Place) -> bool:
    """Tell whether there is an index."""
    return bool(_engine_of(place).exists(place))


def has_meta(place: Place) -> bool:
    """Tell whether an index, damaged or of an older format, still says what it follows."""
    return bool(_engine_of(place).has_meta(place))


def check(place: Place) -> CheckReport:
    """Report all damage: of a folder by its checksums, of a cluster by its health and by what it counts.

    Raises IndexMissing, IndexUnusable or IndexStale if there is no index to check.
    """
    report: CheckReport = _engine_of(place).check(place)
    return report


def unable(place: Place, what: str) -> str:
    """Return what a command says of what the engine there does not do, one of `base.CANNOT`; empty if it does it."""
    return str(_engine_of(place).cannot.get(what, ""))


def writer_of(location: Location) -> Writer | None:
    """Return who writes to an index on a cluster, of several the one that began first; None where nobody is known to.

    One in a folder is asked by `indexer.status`.
    """
    from indexer.engines.opensearch.lock import writers

    with suppress(IndexUnusable):
        return min(writers(location), key=lambda writer: writer.since, default=None)
    return None


def beside(place: Place, environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return the folder of files that belong to an index and are no part of it: aliases.toml, learnt.tsv.

    Of an index in a folder it is that one; of one on a cluster it is the user's own, on this machine, below WENSOU_DATA
    or where the system keeps data of programs. It need not be there.
    """
    return data_folder(environment, platform) / f"{place.name}-{place.digest}" if isinstance(place, Location) else place


def data_folder(environment: Mapping[str, str], platform: str) -> Path:
    """Return the folder for data of clusters' indexes: WENSOU_DATA, else the user's own one of the system."""
    if own := environment.get("WENSOU_DATA"):
        return Path(own).expanduser()
    if platform == "win32" and (local := environment.get("LOCALAPPDATA")):
        return Path(local) / "wensou" / "data"
    if platform == "darwin":
        return Path("~/Library/Application Support/wensou").expanduser()
    return Path(environment.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "wensou"
