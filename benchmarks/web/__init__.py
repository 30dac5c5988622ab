"""What serving an index over HTTP takes: `python -m benchmarks.web INDEX`."""
