"""A C2PA mark, put into a file: who made it, with what, and a hash of everything else in it."""

import io
import os
import secrets
import shutil
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from photocast import __version__
from photocast.provenance.credentials import Credentials
from photocast.provenance.library import c2pa, offline
from photocast.runs import cannot_write
from photocast.schema import ConfigError, InputError, UsageError

KINDS = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
"""What can carry a mark, by the end of its name. Opus cannot: C2PA has no place for it in an Ogg file."""

_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


class Source(StrEnum):
    """How a file came about, in the words of the IPTC."""

    TRAINED = _IPTC + "trainedAlgorithmicMedia"
    """A trained model made it: speech by Kokoro, a drawn picture."""
    ALGORITHMIC = _IPTC + "algorithmicMedia"
    """A program made it that learned from nothing: speech by espeak."""
    COMPOSITE = _IPTC + "compositeWithTrainedAlgorithmicMedia"
    """Real things with some that a trained model made: a film of photos with synthetic speech."""
    RESIZED = _IPTC + "algorithmicallyEnhanced"
    """A picture of the user's, made smaller and without its metadata; no machine drew anything into it."""


def sign(path: Path, *, title: str, credentials: Credentials, source: Source = Source.TRAINED) -> None:
    """Put a mark into a file, in place. Tags and chapters stay; if anything fails, so does the file as it was.

    No authority for time stamps is asked and no connection is opened: the time in the mark is that of this machine's
    clock. The whole file is held in memory for a moment.

    Args:
        path: the file; its name says what kind it is.
        title: what the mark calls it.
        credentials: what it is signed with.
        source: how it came about.

    Raises:
        UsageError: files of this kind carry no marks.
        InputError: it cannot be read or written, is not what its name says, or carries a mark already.
        ConfigError: C2PA does not accept the certificate.
        ModelError: the package `c2pa` is not installed.
    """
    kind = _kind(path)
    data = _read(path)
    _check_unmarked(path, kind, data)
    _exchange(path.resolve(), _signed(path, kind, data, _manifest(title, kind, source), credentials))


def is_marked(path: Path) -> bool:
    """Whether a file carries a mark, of whoever's.

    Raises:
        UsageError: files of this kind carry no marks.
        InputError: it cannot be read, or is not what its name says.
        ModelError: the package `c2pa` is not installed.
    """
    return _carries_mark(path, _kind(path), _read(path))


def _kind(path: Path) -> str:
    if kind := KINDS.get(path.suffix.lower()):
        return kind
    do = f"Sign one of {', '.join(KINDS)}"
    raise UsageError(
        f"{path} cannot be signed", f"a file {path.suffix or 'without an ending'} carries no C2PA mark", do
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        why = (error.strerror or "the system refused").lower()
        raise InputError(f"{path} cannot be read", why, "Check the name and who may read it") from error


def _check_unmarked(path: Path, kind: str, data: bytes) -> None:
    """A second mark would take the place of the first, which may be somebody else's."""
    if _carries_mark(path, kind, data):
        why, do = "it carries a mark already, and a new one would take its place", "Sign the file as it was before that"
        raise InputError(f"{path} cannot be signed", why, do)


def _carries_mark(path: Path, kind: str, data: bytes) -> bool:
    library = c2pa()
    try:
        library.Reader(kind, io.BytesIO(data), context=offline()).close()
    except library.C2paError.ManifestNotFound:
        return False
    except (library.C2paError.NotSupported, library.C2paError.Io) as error:
        raise _not_what_it_says(path, error) from error
    except library.C2paError as error:
        if "asset could not be parsed" in str(error):
            raise _not_what_it_says(path, error) from error
    return True


def _manifest(title: str, kind: str, source: Source) -> dict[str, Any]:
    made = {
        "action": "c2pa.created",
        "digitalSourceType": source.value,
        "when": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return {
        "claim_generator_info": [{"name": "photocast", "version": __version__}],
        "title": title,
        "format": kind,
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [made]}}],
    }


def _signed(path: Path, kind: str, data: bytes, manifest: dict[str, Any], credentials: Credentials) -> bytes:
    library, out = c2pa(), io.BytesIO()
    try:
        info = library.C2paSignerInfo(credentials.algorithm, credentials.chain, credentials.key, None)
        with library.Signer.from_info(info) as signer, library.Builder(manifest, context=offline()) as builder:
            builder.sign(signer, kind, io.BytesIO(data), out)
    except library.C2paError.Signature as error:
        why = f"C2PA does not accept the certificate of {credentials.signer}: {_said(error)}"
        do = "Use one for signing, with the extended key usage emailProtection, issued by another certificate"
        raise ConfigError("nothing can be signed", why, do) from error
    except library.C2paError as error:
        raise _not_what_it_says(path, error) from error
    return out.getvalue()


def _exchange(path: Path, data: bytes) -> None:
    """Put `data` in the place of the file, which stays readable for the same people: it may be private."""
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.partial")
    try:
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            shutil.copymode(path, part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


def _not_what_it_says(path: Path, error: Exception) -> InputError:
    why = f"it cannot be read as {path.suffix.lower()} ({_said(error)})"
    return InputError(f"{path} cannot be signed", why, "Check that it plays or opens, and what its name says")


def _said(error: Exception) -> str:
    return str(error).partition(": ")[2] or str(error)
