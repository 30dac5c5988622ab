"""A real OpenSearch cluster on this machine, for tests and benchmarks: three nodes, started, killed and removed."""

from benchmarks.cluster.cluster import Cluster, start
from benchmarks.cluster.distribution import ClusterFailed, ClusterUnavailable
from benchmarks.cluster.running import borrowed, state_file

__all__ = ["Cluster", "ClusterFailed", "ClusterUnavailable", "borrowed", "start", "state_file"]
