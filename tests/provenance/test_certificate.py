"""The certificate that a machine makes for itself: once, whole, for its owner's eyes."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from photocast.provenance.certificate import FILE, own_certificate
from photocast.schema import ConfigError


def test_it_is_a_leaf_with_its_root_as_c2pa_wants_it(tmp_path: Path) -> None:
    made = own_certificate(tmp_path)
    leaf, root = x509.load_pem_x509_certificates(made.chain)
    leaf.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    assert made.algorithm == "es256"
    usages = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.EMAIL_PROTECTION]
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    left = leaf.not_valid_after_utc - datetime.now(UTC)
    assert timedelta(days=3640) < left < timedelta(days=3660)


def test_it_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = own_certificate(tmp_path / "new")
    assert own_certificate(tmp_path / "new") == first
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILE]
    assert stat.S_IMODE((tmp_path / "new" / FILE).stat().st_mode) == 0o600
    assert own_certificate(tmp_path / "other").chain != first.chain


def test_the_key_is_not_printed(tmp_path: Path) -> None:
    assert "PRIVATE" not in repr(own_certificate(tmp_path))


def test_threads_at_once_make_one(tmp_path: Path) -> None:
    start = Barrier(8)

    def run(_: int) -> bytes:
        start.wait()
        return own_certificate(tmp_path).chain

    with ThreadPoolExecutor(8) as pool:
        chains = set(pool.map(run, range(8)))
    assert len(chains) == 1
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_two_runs_at_once_make_one(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from photocast.provenance.certificate import own_certificate\n"
        "import cryptography.x509; print('ready', flush=True); sys.stdin.readline()\n"
        "print(own_certificate(Path(sys.argv[1])).chain.decode())"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        for _ in range(2)
    ]
    for one in started:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in started:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    first, second = (one.communicate()[0] for one in started)
    assert "CERTIFICATE" in first
    assert first == second
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps other people out in other ways")
def test_one_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    own_certificate(tmp_path)
    (tmp_path / FILE).chmod(0o644)
    with pytest.raises(ConfigError, match="other users") as caught:
        own_certificate(tmp_path)
    assert caught.value.do == f"Run: chmod 600 '{tmp_path / FILE}'"


def test_a_broken_one_is_left_as_it_is(tmp_path: Path) -> None:
    own_certificate(tmp_path)
    (tmp_path / FILE).write_bytes(b"-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n")
    with pytest.raises(ConfigError, match="no certificate in it"):
        own_certificate(tmp_path)
    assert b"broken" in (tmp_path / FILE).read_bytes()


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="a file, not a folder"):
        own_certificate(tmp_path / "file" / "below")
