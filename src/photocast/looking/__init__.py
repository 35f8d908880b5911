"""From an album to its fact sheet: what is seen, recorded and told, and how sure it is."""

from photocast.looking.asked import Seen, look_with
from photocast.looking.look import look

__all__ = ["Seen", "look", "look_with"]
