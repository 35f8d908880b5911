"""What a mark is signed with: a key, and the certificates that say whose it is."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photocast._optional import require
from photocast.schema import ConfigError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


@dataclass(frozen=True)
class Credentials:
    """A key and its certificates, in PEM. Printing it does not show the key."""

    chain: bytes
    """The certificate of the key first, then that of whoever issued it, and so on."""
    key: bytes = field(repr=False)
    """PKCS #8, without a password."""
    algorithm: str
    """As C2PA names it, such as es256."""
    signer: str
    """The name in the certificate."""


def read_credentials(certificate: Path, key: Path) -> Credentials:
    """Read a certificate with its chain, and its key, from PEM files; one file may hold both.

    Raises:
        ConfigError: a file cannot be read or is no PEM, the certificate is not valid today, or the key is another's.
        ModelError: the package `cryptography` is not installed.
    """
    certificates, private = _certificates(certificate), _private_key(key)
    leaf = certificates[0]
    _check_dates(leaf, certificate)
    if leaf.public_key() != private.public_key():
        why = f"the certificate in {certificate} is that of another key"
        raise ConfigError(f"{key} cannot be used to sign", why, "Name the key that the certificate was made for")
    return Credentials(_pem(certificates), _pkcs8(private), _algorithm(private, key), _name(leaf))


def _certificates(path: Path) -> list["Certificate"]:
    require("cryptography", extra="provenance", purpose="Signing files")
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(read_pem(path))
    except ValueError as error:
        why = "there is no certificate in it that can be read"
        raise ConfigError(
            f"{path} cannot be used to sign", why, "Name a PEM file with the certificate first"
        ) from error


def _private_key(path: Path) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    what, do = f"{path} cannot be used to sign", "Name a PEM file with the key, without a password"
    data = read_pem(path)
    try:
        return load_pem_private_key(data, password=None)
    except TypeError:  # the message of cryptography; the cause is left out, as it is of what holds a key
        raise ConfigError(what, "its key is locked with a password", do) from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigError(what, "there is no private key in it that can be read", do) from None


def read_pem(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        why = (error.strerror or "the system refused").lower()
        raise ConfigError(f"{path} cannot be read", why, "Check the name and who may read it") from error


def _check_dates(leaf: "Certificate", path: Path) -> None:
    now, do = datetime.now(UTC), "Put a valid certificate in its place, or move it away"
    if leaf.not_valid_after_utc < now:
        why = f"the certificate expired on {leaf.not_valid_after_utc:%Y-%m-%d}"
        raise ConfigError(f"{path} cannot be used to sign", why, do)
    if leaf.not_valid_before_utc > now:
        why = f"the certificate is valid from {leaf.not_valid_before_utc:%Y-%m-%d} on"
        raise ConfigError(f"{path} cannot be used to sign", why, f"{do}, or set the clock of this machine")


def _algorithm(private: Any, path: Path) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name in _CURVES:
        return _CURVES[private.curve.name]
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(private, rsa.RSAPrivateKey):
        return "ps256"
    do = "Use a key on the curve P-256, P-384 or P-521, or Ed25519, or RSA"
    raise ConfigError(f"{path} cannot be used to sign", "C2PA does not know this kind of key", do)


def _pem(certificates: list["Certificate"]) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def _pkcs8(private: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _name(leaf: "Certificate") -> str:
    from cryptography.x509.oid import NameOID

    names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else leaf.subject.rfc4514_string()
