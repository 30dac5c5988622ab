"""Judged queries -> how well a search answers them. `evaluating.evaluate` is the door."""
