"""Keys that must not show up anywhere: whoever reads one registers it, and whoever prints an error hides them all."""

_MASK = "[key]"
_SHORTEST = 6
"""Letters below which hiding would take words apart."""
_known: set[str] = set()


def remember(secret: str) -> str:
    """Register a key; returns it."""
    if len(secret) >= _SHORTEST:
        _known.add(secret)
    return secret


def redact(text: str) -> str:
    """The text without any key that was registered."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, _MASK)
    return text
