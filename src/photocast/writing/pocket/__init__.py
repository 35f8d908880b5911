"""The embedded writer `pocket`."""

from photocast.writing.pocket.writer import Draft, default_words, write

__all__ = ["Draft", "default_words", "write"]
