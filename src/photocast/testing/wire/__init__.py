"""How questions, answers and errors look in the interfaces of the providers."""

from photocast.testing.wire.anthropic import ANTHROPIC
from photocast.testing.wire.gemini import GEMINI
from photocast.testing.wire.interface import Asked, Interface, Told
from photocast.testing.wire.openai import OPENAI
from photocast.testing.wire.pictures import BEDROCK, OPENAI_PICTURES

INTERFACES: tuple[Interface, ...] = (OPENAI, ANTHROPIC, GEMINI, BEDROCK, OPENAI_PICTURES)

__all__ = ["INTERFACES", "Asked", "Interface", "Told"]
