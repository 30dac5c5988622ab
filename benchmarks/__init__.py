"""What is measured, and on what; results in docs/performance.md and docs/relevance.md."""
