"""How an index on a cluster is made and asked: what `[opensearch]` in `wensou.toml` may say."""

from __future__ import annotations

from dataclasses import dataclass

# The variable that wins over `ca`.
CA = "WENSOU_CA"


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """The fields' names are the keys of `[opensearch]`.

    `shards` and `replicas` are those of an index that is made; `refresh_s` is how often it shows, in seconds, what a
    run has written so far, 0 for only at the end; `bulk` is the size of the requests that articles are sent in;
    `timeout_s` is how long a cluster has to answer, in seconds; `ca` is a file of certificates to trust instead of
    the system's. `partial` allows answers without the parts of an index that have no copy left.
    """

    shards: int = 3
    replicas: int = 1
    refresh_s: int = 0
    bulk: str = "8M"
    timeout_s: int = 30
    ca: str = ""
    partial: bool = False


DEFAULTS = ClusterSettings()
