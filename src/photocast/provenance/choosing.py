"""Whose certificate signs: one of the user's own, or the one that this machine made for itself."""

import os
import re
from pathlib import Path

from photocast.models.keys import config_folder
from photocast.provenance.certificate import FILE, own_certificate
from photocast.provenance.credentials import Credentials, read_credentials, read_pem
from photocast.schema import ConfigError

CERTIFICATE, KEY = "PHOTOCAST_C2PA_CERTIFICATE", "PHOTOCAST_C2PA_KEY"
"""Environment variables: PEM files with the certificate and its chain, and with the key."""

_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.DOTALL)


def find_credentials(certificate: Path | None = None, key: Path | None = None) -> Credentials:
    """What to sign with: the files named here, else those in the environment, else this machine's own.

    Raises:
        ConfigError: one of the two is named without the other, or they cannot be used.
        ModelError: the package `cryptography` is not installed.
    """
    certificate, key = certificate or _named(CERTIFICATE), key or _named(KEY)
    if certificate and key:
        return read_credentials(certificate, key)
    if certificate or key:
        named, missing = ("certificate", "key") if certificate else ("key", "certificate")
        why, do = f"only a {named} is named, no {missing}", f"Set {CERTIFICATE} and {KEY}, or neither"
        raise ConfigError("nothing can be signed", why, do)
    return own_certificate(config_folder())


def trusted_roots() -> bytes:
    """What this user trusts, in PEM: who issued the certificates that would sign here. Empty where there is none.

    Raises:
        ConfigError: a file cannot be read.
    """
    own = config_folder() / FILE
    files = (_named(CERTIFICATE), own if os.path.exists(own) else None)
    return b"".join(_root_in(path) for path in files if path)


def _root_in(path: Path) -> bytes:
    """The last certificate of a chain. One that stands alone has its issuer elsewhere, and is no root."""
    found = _BLOCK.findall(read_pem(path))
    return bytes(found[-1]) if len(found) > 1 else b""


def _named(variable: str) -> Path | None:
    return Path(value).expanduser() if (value := os.environ.get(variable, "").strip()) else None
