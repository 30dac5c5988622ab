"""The embedded engine: a Whoosh index. Nothing outside this package imports whoosh."""

from indexer.engines.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
