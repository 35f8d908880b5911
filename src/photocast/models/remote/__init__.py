"""Models behind a wire: those of providers, and those of servers of one's own."""

from photocast.models.remote.model import RemoteModel, open_remote

__all__ = ["RemoteModel", "open_remote"]
