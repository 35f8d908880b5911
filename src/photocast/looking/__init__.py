"""From an album to its fact sheet: what is seen, recorded and told, and how sure it is."""

from photocast.looking.asked import AT_ONCE, Seen, look_request, look_with
from photocast.looking.look import look

__all__ = ["AT_ONCE", "Seen", "look", "look_request", "look_with"]
