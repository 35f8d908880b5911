"""From facts to a script."""

from photocast.writing.check import Problem, check
from photocast.writing.pocket import Draft, default_words, write

__all__ = ["Draft", "Problem", "check", "default_words", "write"]
