"""How fast wensou indexes and searches, beside its peers in the same run; `python -m benchmarks.speed`."""
