"""From facts to a script."""

from photocast.writing.check import Problem, check
from photocast.writing.pocket import Beat, Draft, default_words, redo, write

__all__ = ["Beat", "Draft", "Problem", "check", "default_words", "redo", "write"]
