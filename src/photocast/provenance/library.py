"""The door to the C2PA library: what it may do, which is nothing beyond this machine."""

from typing import Any

from photocast._optional import require


def c2pa() -> Any:
    """The package `c2pa`.

    Raises:
        ModelError: it is not installed.
    """
    return require("c2pa", extra="provenance", purpose="Marking files and reading marks")


def offline(roots: bytes = b"") -> Any:
    """A context of the library that opens no connection, and trusts these roots (PEM) alone."""
    settings = {
        "version": 1,
        "trust": {"user_anchors": roots.decode("ascii", "replace")} if roots else {},
        "verify": {
            "verify_trust": True,
            "verify_after_sign": True,
            "ocsp_fetch": False,
            "remote_manifest_fetch": False,
        },
        "builder": {"thumbnail": {"enabled": False}},
    }
    library = c2pa()
    return library.Context(settings=library.Settings.from_dict(settings))
