"""A folder and two ports -> one OpenSearch process, run by an ordinary user, that can be killed and started again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEAP = "512m"
# A node without load ends within two seconds of SIGTERM.
STOP_S = 20
LOG_LINES = 25
# The inner shell becomes the program and has its id, written before that begins; the outer shell waits until it is.
_IN_BACKGROUND = """
/bin/sh -c 'echo $$ >"$0.new" && mv "$0.new" "$0" && exec "$@"' "$0" "$@" &
until [ -e "$0" ]; do kill -0 $! || exit; sleep 0.02; done
"""


@dataclass(frozen=True, slots=True)
class Node:
    """One node. Its folder, beside the unpacked distribution `home`, holds configuration, data, logs and `pid`."""

    name: str
    folder: Path
    http_port: int
    transport_port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def pid(self) -> int | None:
        """The id of its process, or None if that has ended. Another program that got the id since is not it."""
        try:
            pid = int((self.folder / "pid").read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return None
        return pid if f"{self.folder.parent}/" in _command_line(pid) else None

    @property
    def log_tail(self) -> str:
        """The last lines that it wrote."""
        return "\n".join((self.folder / "out.log").read_text("utf-8", "replace").splitlines()[-LOG_LINES:])

    def prepare(self, settings: Mapping[str, str]) -> None:
        """Make its folder: the distribution's configuration with these settings, writable for the ordinary user."""
        config, logs = self.folder / "config", self.folder / "logs"
        shutil.copytree(self.folder.parent / "home" / "config", config)
        for name in ("data", "logs", "tmp"):
            (self.folder / name).mkdir()
        own = {
            "node.name": self.name,
            "path.data": str(self.folder / "data"),
            "path.logs": str(logs),
            "http.port": str(self.http_port),
            "transport.port": str(self.transport_port),
        }
        lines = [f"{name}: {value}\n" for name, value in {**own, **settings}.items()]
        (config / "opensearch.yml").write_text("".join(lines), "utf-8")
        options = config / "jvm.options"
        if options.exists():  # the log of the garbage collector would be in the home, which is shared
            options.write_text(options.read_text("utf-8").replace("=logs/", f"={logs}/"), "utf-8")
        owner = ordinary_user()
        if owner:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, owner["user"], owner["group"])

    def start(self, java_home: Path) -> None:
        """Start its process, which is nobody's child: it outlives whoever started it. Its id is there on return."""
        (self.folder / "pid").unlink(missing_ok=True)
        environment = {
            "PATH": os.environ.get("PATH") or os.defpath,
            "OPENSEARCH_JAVA_HOME": str(java_home),
            "OPENSEARCH_JAVA_OPTS": f"-Xms{HEAP} -Xmx{HEAP}",
            "OPENSEARCH_PATH_CONF": str(self.folder / "config"),
            "OPENSEARCH_TMPDIR": str(self.folder / "tmp"),
        }
        program = self.folder.parent / "home" / "bin" / "opensearch"
        with (self.folder / "out.log").open("ab") as log:
            subprocess.run(
                ["/bin/sh", "-c", _IN_BACKGROUND, self.folder / "pid", program],
                cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True, check=True, **ordinary_user(),
            )  # fmt: skip

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to its process, and to what that has started, if it runs."""
        pid = self.pid
        if pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(os.getpgid(pid), number)

    def has_ended(self, within_s: float) -> bool:
        """Wait for its end; return whether it came."""
        deadline = time.monotonic() + within_s
        while self.pid is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def stop(nodes: list[Node], within_s: float = STOP_S) -> None:
    """End all processes: SIGTERM, and SIGKILL for what is there after that time."""
    for node in nodes:
        node.signal(signal.SIGTERM)
    deadline = time.monotonic() + within_s
    for node in nodes:
        if not node.has_ended(max(0.0, deadline - time.monotonic())):
            node.signal(signal.SIGKILL)
            node.has_ended(STOP_S)


def ordinary_user() -> dict[str, Any]:
    """Return whom `Popen` shall run a node as: nobody instead of root, whom OpenSearch refuses; else who we are."""
    if os.geteuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _command_line(pid: int) -> str:
    """Return how a process was called, nothing if there is none (or only its exit status)."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            return ""
    found = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout
