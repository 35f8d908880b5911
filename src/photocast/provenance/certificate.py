"""A certificate that this machine makes for itself.

Nobody else trusts it, and nobody should: anybody can make one with any name in it. It proves one thing, and only to
whoever has this machine's root: that a file is as it was when somebody with this key signed it.
"""

import os
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from photocast._optional import require
from photocast.provenance.credentials import Credentials, read_credentials
from photocast.runs import cannot_write
from photocast.schema import ConfigError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.x509 import CertificateBuilder, KeyUsage

FILE = "own-certificate.pem"
"""The key, its certificate and the root, in one file: so that it is whole or absent."""

_DAYS = 3650
_SIGNER, _ROOT = "photocast on this machine", "photocast, made by this machine for itself"


def own_certificate(folder: Path) -> Credentials:
    """The certificate of this machine in `folder`, made if there is none yet, for ten years.

    Raises:
        ConfigError: it has expired, cannot be read, can be read by other users, or cannot be written.
        ModelError: the package `cryptography` is not installed.
    """
    require("cryptography", extra="provenance", purpose="Signing files")
    path = folder / FILE
    if not os.path.exists(path):  # unlike Path.exists, it is silent where the folder may not be looked into
        _put(path, _made())
    if sys.platform != "win32" and path.stat().st_mode & 0o077:
        why = "other users of this computer can read it, and there is a key in it"
        raise ConfigError(f"{path} is not used", why, f"Run: chmod 600 '{path}'")
    return read_credentials(path, path)


def _put(path: Path, pem: bytes) -> None:
    """Put the file there whole, unless another run was quicker: then that one's counts."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
            os.link(part, path)  # a rename would put ours over the one that another run has already signed with
        except FileExistsError:
            pass
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        why = cannot_write(path, error).why
        do = "Free some space or change who may write there, or set PHOTOCAST_CONFIG to another folder"
        raise ConfigError(f"cannot write {path}", why, do) from error


def _made() -> bytes:
    """A new key, its certificate, and the root that issued it.

    C2PA takes no certificate that signed itself, hence the root. The key of the root is forgotten here: nothing else is
    ever to be issued with it.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

    above, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = (
        _begun(_ROOT, above.public_key(), above)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    leaf = (
        _begun(_SIGNER, key.public_key(), above)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)  # C2PA wants one
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + b"".join(one.sign(above, hashes.SHA256()).public_bytes(pem) for one in (leaf, root))


def _begun(name: str, key: "EllipticCurvePublicKey", issuer: "EllipticCurvePrivateKey") -> "CertificateBuilder":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    now = datetime.now(UTC)

    def called(common: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COMMON_NAME, common),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "photocast"),
            ]
        )

    return (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called(_ROOT))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # a clock that is set back an hour must not stop the work
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> "KeyUsage":
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
