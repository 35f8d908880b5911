"""Names for things: ids of observations that stay the same when one looks again, and sets of words."""

import re
import unicodedata
from hashlib import sha256

from photocast.schema import Kind

ALBUM = "album"


def listed(text: str, apart: str = " ") -> frozenset[str]:
    """A set written as one string."""
    return frozenset(text.split(apart))


def identify(subject: str, kind: Kind, what: str) -> str:
    """`p03.subject.old-building`: the photo or the album, the kind, and what is said."""
    return f"{subject}.{kind.value}.{slug(what)}"


def slug(text: str) -> str:
    """Lower-case letters and digits with hyphens; long or wordless text ends in a few digits of its hash."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    short = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if short and len(short) <= 40:
        return short
    return f"{short[:32].strip('-')}-{sha256(text.encode()).hexdigest()[:6]}".lstrip("-")
