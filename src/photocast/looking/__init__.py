"""Photos become a fact sheet: what is seen, recorded and told, each with its sources and a confidence."""

from photocast.looking.look import look

__all__ = ["look"]
