"""The lines of files larger than memory, compressed or not, with a limit on each line."""

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Literal

from photocast.schema import InputError

Damaged = Literal["stop", "keep"]
"""What to do about a file that ends in the middle: stop, or use what could be read."""

LONGEST = 32 << 20
"""Bytes of the longest line that is read. The longest episodes of SPoRC are some hundred kB."""
_PIECE = 1 << 18
"""Bytes that are read and inflated at a time: they stay in the cache of the processor."""
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


class Lines:
    """The lines of a file without their ends. It holds one piece of the file, or one line, at a time.

    Whether it is compressed is told by its first bytes, not by its name: browsers and proxies unpack on the way.

    Attributes:
        position: bytes of the file that were read.
        too_long: lines that were not, since they are longer than `LONGEST`.
        truncated: whether the file ends in the middle. Only `damaged="keep"` lets reading come that far.
    """

    def __init__(self, path: Path, *, damaged: Damaged = "stop", told: Callable[[int], None] | None = None) -> None:
        self._path = path
        self._damaged = damaged
        self._told = told
        self.position = self.too_long = 0
        self.truncated = False

    def __iter__(self) -> Iterator[bytes]:
        """Every line that is not blank.

        Raises:
            InputError: the file cannot be read, or ends in the middle.
        """
        for block in self.blocks():
            yield from (
                line for line in block.split(b"\n") if len(line) > 1
            )  # what ends in CR and LF is blank with one

    def blocks(self) -> Iterator[bytes]:
        """The same as they come out of the file, many lines together, each with its end, and blank ones among them."""
        pending: list[bytes] = []
        held = 0
        for piece in chain(self._pieces(), (b"\n",)):
            first = piece.find(b"\n") + 1
            held += first or len(piece)
            if not first:
                pending.append(piece)
                if held > LONGEST:
                    pending.clear()  # the line goes on to be counted, but not to be held
                continue
            behind = piece.rfind(b"\n") + 1
            if held > LONGEST + 1:
                self.too_long += 1
                block = piece[first:behind]
            else:
                block = b"".join((*pending, piece[:behind]))
            pending, held = [piece[behind:]], len(piece) - behind
            yield block

    def _pieces(self) -> Iterator[bytes]:
        try:
            with self._path.open("rb") as file:
                compressed = file.read(2) == _GZIP
                file.seek(0)
                pieces = self._inflated(file) if compressed else iter(lambda: self._read(file), b"")
                yield next(pieces, b"").removeprefix(_BOM)
                yield from pieces
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise InputError(f"cannot read {self._path}", why, "Check that it is there and may be read") from error

    def _read(self, file: BinaryIO) -> bytes:
        data = file.read(_PIECE)
        self.position += len(data)
        if self._told:
            self._told(self.position)
        return data

    def _inflated(self, file: BinaryIO) -> Iterator[bytes]:
        """The content of a gzip file: one member after the other, as `cat a.gz b.gz` makes them."""
        from isal import igzip_lib

        damage: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]
        data = self._read(file)
        while data:
            member = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
            while not member.eof:
                try:
                    piece = member.decompress(data, _PIECE)
                except damage as error:
                    return self._broken("is damaged", str(error))
                yield piece
                data = b""
                if member.needs_input and not member.eof:
                    data = self._read(file)
                    if not data:
                        return self._broken("is cut off", "the compressed data ends in the middle")
            data = self._behind(member, file)
        return None

    def _behind(self, member: Any, file: BinaryIO) -> bytes:
        """What follows a member: the next one, or nothing. Some tools fill up with zeros."""
        data = bytes(member.unused_data).lstrip(b"\0")
        while not data and (more := self._read(file)):
            data = more.lstrip(b"\0")
        return data

    def _broken(self, what: str, why: str) -> None:
        if self._damaged == "stop":
            raise InputError(
                f"{self._path} {what}",
                f"{why.rstrip('.')}, after {self.position:,} bytes",
                'Download it again, or write `damaged = "keep"` under [source] to use what can be read',
            )
        self.truncated = True
