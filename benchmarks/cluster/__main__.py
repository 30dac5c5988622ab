"""Three OpenSearch nodes on this machine: `up` starts them or finds those that run, `down` ends and removes them.

    python -m benchmarks.cluster up|down|status|kill NODE|restart NODE [--state FILE]

`up` prints an address a line. Where the cluster is stands in a file of this checkout, or the one WENSOU_CLUSTER names.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from benchmarks.cluster import running
from benchmarks.cluster.cluster import Cluster, guard
from benchmarks.cluster.distribution import ClusterFailed, ClusterUnavailable


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    options = _parser().parse_args()
    try:
        if options.action == "guard":
            guard(Path(options.name))
        elif options.action == "up":
            print(*running.up(options.state).addresses, sep="\n")
        elif options.action == "down":
            print("The cluster has ended." if running.down(options.state) else "No cluster runs.", file=sys.stderr)
        else:
            return _act(options.action, options.name, options.state)
    except (ClusterUnavailable, ClusterFailed) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["up", "down", "status", "kill", "restart", "guard"])
    parser.add_argument("name", nargs="?", default="", help="the node to kill or restart: n1, n2 or n3")
    parser.add_argument("--state", type=Path, default=running.state_file(), help="where the cluster is written down")
    return parser


def _act(action: str, name: str, state: Path) -> int:
    """Do what needs a running cluster; return the exit code."""
    cluster = running.running(state)
    if cluster is None:
        print("No cluster runs. Start one with: make cluster", file=sys.stderr)
        return 1
    if action == "status":
        _show(cluster)
    elif name not in cluster.nodes:
        print(f"No node {name!r}; there are {', '.join(cluster.nodes)}.", file=sys.stderr)
        return 2
    elif action == "kill":
        cluster.kill(name)
    else:
        cluster.restart(name)
        cluster.wait()
    return 0


def _show(cluster: Cluster) -> None:
    for node in cluster.nodes.values():
        print(node.name, node.address, node.pid or "dead", node.folder, sep="\t")


if __name__ == "__main__":
    sys.exit(main())
