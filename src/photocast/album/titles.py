"""A title for the album out of the name of its folder."""

import re

from photocast.album.text import plain

FALLBACK = "photos"


def title_of(name: str) -> str:
    """Turn the name of a folder or file, without its extension, into words: `05_sourdough_loaf` → `sourdough loaf`.

    Numbering of up to three digits in front goes; a year stays.
    """
    words = plain(re.sub(r"[_\s]+", " ", name), limit=120)
    unnumbered = re.sub(r"^\d{1,3}[\s.)-]+(?=\S*[^\W\d])", "", words)
    return unnumbered.strip(" -.") or FALLBACK
