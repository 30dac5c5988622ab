"""What cannot be done with an index on a cluster as with one in a folder, and what a command says of it."""

CANNOT = {
    "checksums": "The cluster keeps the checksums itself: its health was asked, and what it counts was compared.",
    "complete at once": "Words are completed by a request to the cluster, which takes more than the 10 ms of a folder.",
}
