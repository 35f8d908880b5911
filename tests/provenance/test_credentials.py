"""A certificate of the user's own: what is taken, and what is said of what is not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from photocast.provenance.choosing import CERTIFICATE, KEY, find_credentials
from photocast.provenance.credentials import read_credentials
from photocast.provenance.marks import sign
from photocast.provenance.verify import verify
from photocast.schema import ConfigError

DAY = timedelta(days=1)
KEYS: dict[str, Callable[[], Any]] = {
    "es256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "es384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "es512": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ps256": lambda: rsa.generate_private_key(65_537, 2048),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}


def _issue(name: str, issuer: str, public: Any, signing: Any, *, ca: bool, days: tuple[int, int], eku: bool) -> Any:
    now = datetime.now(UTC)
    begun = (
        x509.CertificateBuilder()
        .subject_name(_called(name))
        .issuer_name(_called(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * DAY)
        .not_valid_after(now + days[1] * DAY)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.KeyUsage(not ca, False, False, False, False, ca, False, False, False), critical=True)
    )
    if eku:
        begun = begun.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return begun.sign(signing, hashes.SHA256())


def _called(name: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ada's")]
    return x509.Name(parts)


def _write(folder: Path, key: Any, *, days: tuple[int, int] = (-1, 30), eku: bool = True) -> tuple[Path, Path]:
    root = ec.generate_private_key(ec.SECP256R1())
    leaf = _issue("Ada", "Ada's root", key.public_key(), root, ca=False, days=days, eku=eku)
    above = _issue("Ada's root", "Ada's root", root.public_key(), root, ca=True, days=(-2, 40), eku=False)
    certificate, private = folder / "chain.pem", folder / "key.pem"
    certificate.write_bytes(leaf.public_bytes(Encoding.PEM) + above.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, private


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_users_own_certificate_signs(
    algorithm: str, tmp_path: Path, make: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = _write(tmp_path, KEYS[algorithm]())
    monkeypatch.setenv(CERTIFICATE, str(certificate))
    monkeypatch.setenv(KEY, str(key))
    credentials = find_credentials()
    assert (credentials.algorithm, credentials.signer) == (algorithm, "Ada")
    path = make(".mp3")
    sign(path, title="Lisbon", credentials=credentials)
    mark = verify(path).c2pa
    assert (mark.state, mark.trusted, mark.signer) == ("valid", True, "Ada")
    monkeypatch.delenv(CERTIFICATE)
    mark = verify(path).c2pa
    assert (mark.state, mark.trusted, mark.reasons) == ("valid", False, ())


def test_what_is_named_in_the_call_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = _write(tmp_path, KEYS["es384"]())
    monkeypatch.setenv(CERTIFICATE, str(tmp_path / "missing.pem"))
    monkeypatch.setenv(KEY, str(tmp_path / "missing.pem"))
    assert find_credentials(certificate, key).algorithm == "es384"


def test_a_certificate_without_its_key_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CERTIFICATE, str(_write(tmp_path, KEYS["es256"]())[0]))
    with pytest.raises(ConfigError, match="only a certificate is named, no key"):
        find_credentials()


@pytest.mark.parametrize(("days", "said"), [((-9, -2), "expired on"), ((2, 9), "valid from")])
def test_a_certificate_that_is_not_valid_today(days: tuple[int, int], said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=said):
        read_credentials(*_write(tmp_path, KEYS["es256"](), days=days))


def test_a_key_of_another_certificate(tmp_path: Path) -> None:
    certificate, _ = _write(tmp_path, KEYS["es256"]())
    (tmp_path / "other").mkdir()
    _, key = _write(tmp_path / "other", KEYS["es256"]())
    with pytest.raises(ConfigError, match="that of another key"):
        read_credentials(certificate, key)


def test_a_key_with_a_password(tmp_path: Path) -> None:
    private = KEYS["es256"]()
    certificate, key = _write(tmp_path, private)
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    with pytest.raises(ConfigError, match="locked with a password"):
        read_credentials(certificate, key)


def test_a_kind_of_key_that_c2pa_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not know this kind of key"):
        read_credentials(*_write(tmp_path, dsa.generate_private_key(2048)))


@pytest.mark.parametrize("which", [0, 1])
def test_files_that_are_broken_or_missing(which: int, tmp_path: Path) -> None:
    files = _write(tmp_path, KEYS["es256"]())
    files[which].write_bytes(b"nothing of the kind")
    with pytest.raises(ConfigError, match=r"there is no (certificate|private key) in it"):
        read_credentials(*files)
    files[which].unlink()
    with pytest.raises(ConfigError, match="no such file"):
        read_credentials(*files)


def test_a_certificate_that_c2pa_does_not_accept_leaves_the_file(tmp_path: Path, make: Callable[[str], Path]) -> None:
    path = make(".wav")
    before = path.read_bytes()
    credentials = read_credentials(*_write(tmp_path, KEYS["es256"](), eku=False))
    with pytest.raises(ConfigError, match="C2PA does not accept the certificate of Ada"):
        sign(path, title="Lisbon", credentials=credentials)
    assert path.read_bytes() == before
