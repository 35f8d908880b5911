"""How questions, answers and errors look in the interfaces of the providers."""

from photocast.testing.wire.anthropic import ANTHROPIC
from photocast.testing.wire.gemini import GEMINI
from photocast.testing.wire.interface import Asked, Interface, Told
from photocast.testing.wire.openai import OPENAI

INTERFACES: tuple[Interface, ...] = (OPENAI, ANTHROPIC, GEMINI)

__all__ = ["INTERFACES", "Asked", "Interface", "Told"]
