"""From files to an album: find, check, decode, order, set aside.

This room decodes pictures; import it where an album is opened, not where a command line starts.
"""

from photocast.album.again import for_models, small
from photocast.album.album import Album
from photocast.album.open import MAX_PHOTOS

__all__ = ["MAX_PHOTOS", "Album", "for_models", "small"]
