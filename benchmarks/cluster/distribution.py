"""What a cluster is made of: a Java that OpenSearch runs on, and the pinned distribution, checked."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VERSION = "3.4.0"
# Of the file on Maven Central, which is Apache-2.0 and has no plugins: what is not in it, the engine must not need.
SHA256 = "6540e95fe8bfaedc3eb1c58e829912ea2203af2ac1f88f76411c20a2fc5254a6"
ARTIFACT = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
# OpenSearch 3 is compiled for it.
OLDEST_JAVA = 21
JAVA_FOLDERS = (Path("/usr/lib/jvm"), Path("/Library/Java/JavaVirtualMachines"))


class ClusterUnavailable(Exception):
    """Something a cluster needs is not on this machine; the message says what to install."""


class ClusterFailed(Exception):
    """A cluster could be had, but did not come up or is not what was published."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """A Java home and a checked zip of OpenSearch."""

    java_home: Path
    archive: Path


def find() -> Distribution:
    """Return what a cluster needs, downloaded by Maven the first time. Raises ClusterUnavailable, ClusterFailed."""
    return Distribution(find_java(), fetch(cache_folder() / f"opensearch-{VERSION}.zip"))


def cache_folder() -> Path:
    """Return the folder of this user's cache that keeps the download."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wensou"


def find_java() -> Path:
    """Return the home of the first Java new enough: JAVA_HOME, the one on the path, then the newest installed."""
    for home in _java_homes():
        if _java_version(home) >= OLDEST_JAVA:
            return home
    raise ClusterUnavailable(f"No Java {OLDEST_JAVA} or newer here. Install one, or set JAVA_HOME to one.")


def _java_homes() -> Iterator[Path]:
    if named := os.environ.get("JAVA_HOME"):
        yield Path(named)
    if found := shutil.which("java"):
        yield Path(found).resolve().parent.parent
    installed = [path for folder in JAVA_FOLDERS for path in (*folder.glob("*"), *folder.glob("*/Contents/Home"))]
    yield from sorted(installed, key=_java_version, reverse=True)


def _java_version(home: Path) -> int:
    """Return the feature release that a Java home states in its `release` file, 0 if there is no Java."""
    if not (home / "bin" / "java").exists() or not (home / "release").exists():
        return 0
    found = re.search(r'^JAVA_VERSION="(\d+)', (home / "release").read_text("utf-8"), re.MULTILINE)
    return int(found[1]) if found else 0


def fetch(path: Path) -> Path:
    """Return the path, where the checked zip then is."""
    if path.exists():
        _check(path, f"Remove {path}")
        return path
    maven = shutil.which("mvn")
    if maven is None:
        raise ClusterUnavailable(f"No Maven (mvn) here to download OpenSearch {VERSION} with. Install Maven.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        downloaded = _download(maven, Path(scratch))
        _check(downloaded, "Remove org/opensearch/distribution from Maven's local repository")
        downloaded.replace(path)
    return path


def _download(maven: str, folder: Path) -> Path:
    command = [maven, "-q", "-B", COPY, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
    run = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    found = sorted(folder.glob("*.zip"))
    if run.returncode or not found:
        last = "\n".join((run.stdout + run.stderr).splitlines()[-10:])
        raise ClusterUnavailable(f"Maven did not download {ARTIFACT}:\n{last}")
    return found[0]


def _check(path: Path, advice: str) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise ClusterFailed(f"{path.name} has the SHA-256 {found}, and not {SHA256}. {advice} and try again.")
