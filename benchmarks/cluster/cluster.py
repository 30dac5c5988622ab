"""A distribution -> three nodes that are one cluster, with an address each; nothing of them is left when they stop."""

from __future__ import annotations

import http.client
import json
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from contextlib import ExitStack, suppress
from pathlib import Path

from benchmarks.cluster.distribution import ClusterFailed, Distribution, find
from benchmarks.cluster.nodes import Node, stop

ROOT = Path(__file__).parent.parent.parent
PREFIX = "wensou-cluster-"
# Three nodes are green within 25 s on two idle cores; a busy machine takes several times that.
START_S = 240
# Below the ports that Linux (32768 on) and macOS (49152 on) give to outgoing connections: a node that was killed finds
# its ports free when it is started again.
PORTS = range(20000, 32000)


class Cluster:
    """Nodes in one folder. `start` makes one; `load` finds one that `save` wrote down."""

    def __init__(self, folder: Path, java_home: Path, nodes: list[Node]) -> None:
        self.folder = folder
        self.nodes = {node.name: node for node in nodes}
        self._java_home = java_home
        self._started: set[str] = set()
        self._guard: subprocess.Popen[bytes] | None = None

    @property
    def addresses(self) -> list[str]:
        """The nodes' addresses, as http://127.0.0.1:PORT, in the order of their names."""
        return [node.address for node in self.nodes.values()]

    def pid(self, name: str) -> int | None:
        """Return the id of a node's process, None if it does not run."""
        return self.nodes[name].pid

    def kill(self, name: str) -> None:
        """End a node as a crash of its machine would: SIGKILL, waited for."""
        self._started.discard(name)
        self.nodes[name].signal(signal.SIGKILL)
        self.nodes[name].has_ended(START_S)

    def restart(self, name: str) -> None:
        """Start a node, that was killed or still runs, on its old ports and data. `wait` waits for it."""
        stop([self.nodes[name]])
        self._started.add(name)
        self.nodes[name].start(self._java_home)

    def mend(self) -> None:
        """Start the nodes again that do not run, and wait for green."""
        for name, node in self.nodes.items():
            if node.pid is None:
                self.restart(name)
        self.wait()

    def wait(self, status: str = "green", within_s: float = START_S, index: str = "") -> None:
        """Wait until each running node says that the cluster has this status, and exactly the running nodes.

        With an `index`, or a pattern of several, it is their status: others may have lost their only copy.

        Raises ClusterFailed if a node ends meanwhile that was started here and not killed, or time is up.
        """
        deadline = time.monotonic() + within_s
        running = [node for node in self.nodes.values() if node.name in self._started or node.pid is not None]
        of_index = f"/{index}" if index else ""
        query = f"_cluster/health{of_index}?wait_for_status={status}&wait_for_nodes={len(running)}&timeout=5s"
        for node in running:
            while not _is_answered(f"{node.address}/{query}"):
                if node.pid is None:
                    raise ClusterFailed(f"{node.name} has ended. The last it wrote:\n{node.log_tail}")
                if time.monotonic() > deadline:
                    raise ClusterFailed(f"{node.name} is not {status} in {within_s} s. It wrote:\n{node.log_tail}")

    def stop(self) -> None:
        """End all nodes and remove their folder."""
        self._started.clear()
        stop(list(self.nodes.values()))
        remove(self.folder)
        self._end_guard(b"")

    def save(self, path: Path) -> None:
        """Write down where the cluster is, and let it outlive this process."""
        nodes = [
            {"name": node.name, "http_port": node.http_port, "transport_port": node.transport_port}
            for node in self.nodes.values()
        ]
        state = {
            "addresses": self.addresses,
            "folder": str(self.folder),
            "java_home": str(self._java_home),
            "nodes": nodes,
        }
        path.write_text(json.dumps(state, indent=1) + "\n", "utf-8")
        self._end_guard(b"keep")

    @classmethod
    def load(cls, path: Path) -> Cluster:
        """Return the cluster that was written down there; its nodes need not run any more. Raises ValueError."""
        try:
            state = json.loads(path.read_text("utf-8"))
            folder = Path(state["folder"])
            nodes = [Node(n["name"], folder / n["name"], n["http_port"], n["transport_port"]) for n in state["nodes"]]
            return cls(folder, Path(state["java_home"]), nodes)
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path} does not say where a cluster is") from error

    def _start(self, archive: Path) -> None:
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.cluster", "guard", self.folder],
            cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        _unpack(archive, self.folder)
        for node in self.nodes.values():
            node.prepare(_settings(list(self.nodes.values())))
            self._started.add(node.name)
            node.start(self._java_home)
        self.wait()

    def _end_guard(self, word: bytes) -> None:
        if self._guard:
            self._guard.communicate(word)
            self._guard = None


def start(distribution: Distribution | None = None, count: int = 3) -> Cluster:
    """Start so many nodes and wait for green. They end with this process, however it ends, unless `save` was called.

    Raises ClusterUnavailable or ClusterFailed, and leaves nothing behind then.
    """
    distribution = distribution or find()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    ports = iter(_free_ports(2 * count))
    nodes = [Node(f"n{i + 1}", folder / f"n{i + 1}", next(ports), next(ports)) for i in range(count)]
    cluster = Cluster(folder, distribution.java_home, nodes)
    try:
        cluster._start(distribution.archive)
    except BaseException:
        cluster.stop()
        raise
    return cluster


def guard(folder: Path) -> None:
    """Wait until the process that starts a cluster says `keep` or ends; then, unless it did, end what it started."""
    if sys.stdin.read() != "keep" and folder.exists():
        stop([Node(path.parent.name, path.parent, 0, 0) for path in folder.glob("*/pid")])
        remove(folder)


def remove(folder: Path) -> None:
    """Remove the folder of a cluster, and no other."""
    if folder.name.startswith(PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def _settings(nodes: list[Node]) -> dict[str, str]:
    seeds = [f"127.0.0.1:{node.transport_port}" for node in nodes]
    return {
        "cluster.name": nodes[0].folder.parent.name,
        "network.host": "127.0.0.1",
        "discovery.seed_hosts": json.dumps(seeds),
        "cluster.initial_cluster_manager_nodes": json.dumps([node.name for node in nodes]),
        # A disk that is nearly full is no reason to put no shard on it; mapped files need a system setting.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        "node.store.allow_mmap": "false",
    }


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack a distribution as `home`, readable by any user."""
    folder.chmod(0o755)
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder / "unpacked")
    (unpacked,) = (folder / "unpacked").iterdir()
    unpacked.rename(folder / "home")
    (folder / "unpacked").rmdir()
    for path in (folder / "home" / "bin").iterdir():
        path.chmod(0o755)


def _free_ports(count: int) -> list[int]:
    """Return ports of the loopback interface that nothing listens on."""
    found: list[int] = []
    with ExitStack() as stack:
        for port in random.Random().sample(PORTS, len(PORTS)):
            probe = stack.enter_context(socket.socket())
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found.append(port)
            if len(found) == count:
                return found
    raise ClusterFailed(f"No {count} free ports from {PORTS.start} to {PORTS.stop}.")


def _is_answered(url: str) -> bool:
    """Ask for health; False if it is not as asked for, or not yet said. No proxy is asked for this machine."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10) as response:
            return not json.load(response)["timed_out"]
    except urllib.error.HTTPError as error:
        error.close()
    except (OSError, http.client.HTTPException):
        pass
    time.sleep(0.1)  # the port is not open yet, or there is no cluster yet that could be waited for
    return False
