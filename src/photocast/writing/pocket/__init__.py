"""The embedded writer `pocket`."""

from photocast.writing.pocket.compose import Beat
from photocast.writing.pocket.redo import redo
from photocast.writing.pocket.writer import default_words, write

__all__ = ["Beat", "default_words", "redo", "write"]
