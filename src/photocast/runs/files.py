"""Files that are whole or absent, and their hashes."""

import errno
import hashlib
import os
import secrets
import tempfile
from pathlib import Path

from photocast.schema import InputError

_WHY = {
    errno.ENOSPC: ("the disk is full", "Free some space, or choose a folder on another disk"),
    errno.EDQUOT: ("your share of the disk is used up", "Free some space, or choose a folder on another disk"),
    errno.EFBIG: ("the file would be larger than this system allows", "Choose a folder on another disk"),
    errno.EACCES: ("you may not write there", "Choose another folder, or change who may write to this one"),
    errno.EPERM: ("you may not write there", "Choose another folder, or change who may write to this one"),
    errno.EROFS: ("the disk can only be read", "Choose a folder on another disk"),
    errno.ENOTDIR: ("a part of its path is a file, not a folder", "Choose another folder"),
    errno.EEXIST: ("a part of its path is a file, not a folder", "Choose another folder"),
    errno.ENAMETOOLONG: ("its name is too long for this disk", "Choose a shorter name"),
}


def write_atomically(path: Path, data: str | bytes) -> None:
    """Put `data` into `path`, creating its folder: afterwards the file is the old one or the new one, never a part.

    Raises:
        InputError: the disk is full, or the place may not be written to; nothing is left behind.
    """
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("xb") as file:
                file.write(data.encode("utf-8") if isinstance(data, str) else data)
                file.flush()
                os.fsync(file.fileno())  # or a power cut could leave the new name with no bytes behind it
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> InputError:
    """The refusal of the system to write `path`, as what, why and do."""
    why, do = _WHY.get(error.errno or 0, ((error.strerror or "the system refused").lower(), "Choose another folder"))
    return InputError(f"cannot write {path}", why, do)


def cannot_write_temporary(error: OSError) -> InputError:
    """The same of the folder for temporary files, which is chosen in another way."""
    refused = cannot_write(Path(tempfile.gettempdir()), error)
    return InputError(refused.what, refused.why, "Set TMPDIR to a folder with space that you may write to")


def sha256_of(path: Path) -> str:
    """SHA-256 of the bytes of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of_bytes(data: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
