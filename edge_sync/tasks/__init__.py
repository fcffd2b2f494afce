from edge_sync.tasks.publishing import publish, refresh

__all__ = ["publish", "refresh"]
