"""A title for the album out of the name of its folder."""

import re

from photocast.album.text import plain

FALLBACK = "photos"


def title_of(name: str) -> str:
    """Turn the name of a folder or file, without its extension, into words: `05_sourdough_loaf` → `sourdough loaf`.

    Numbering in front goes: up to three digits before a mark, or with a leading zero. A year stays, and so does the
    number of `3 days in Rome`.
    """
    unnumbered = re.sub(r"^(?:\d{1,3}\s*[_.)-]+\s*|0\d{1,2}\s+)(?=.*[^\W\d_])", "", name)
    return plain(re.sub(r"[_\s]+", " ", unnumbered), limit=120).strip(" -.") or FALLBACK
