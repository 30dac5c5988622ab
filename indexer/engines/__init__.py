"""Engines: what stores terms and ranks passages. `base` is the port, the packages beside it its adapters."""
