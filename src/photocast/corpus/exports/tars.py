"""Export as WebDataset: tar files that are read from beginning to end, such as from an object store."""

import tarfile
from io import BytesIO

import msgspec

from photocast.corpus.exports.written import Written
from photocast.corpus.packing import About, Sample, read_split, splits_in
from photocast.corpus.packing.columns import Row
from photocast.corpus.store import Store

_MEGA = 1_000_000


def write_webdataset(dataset: Store, about: About, out: Store) -> Written:
    """A tar file after the other for each split: of each sample `ID.json`, `ID.0.jpg`, `ID.1.jpg`, ….

    The same dataset gives the same bytes.
    """
    written, most = Written(), int(about.settings.get("shard_mb", 256)) * _MEGA
    for split in splits_in(dataset):
        tar = _Tar(out, split, written)
        for row in read_split(dataset, split):
            if tar.size > most:
                tar = tar.next()
            tar.add(row)
        tar.close()
    return written


class _Tar:
    """One file while it is filled."""

    def __init__(self, out: Store, split: str, written: Written, number: int = 0) -> None:
        self._out, self._split, self._written, self._number = out, split, written, number
        self._buffer = BytesIO()
        self._tar = tarfile.open(fileobj=self._buffer, mode="w", format=tarfile.USTAR_FORMAT)  # noqa: SIM115, it is closed in `close`

    @property
    def size(self) -> int:
        return self._buffer.tell()

    def add(self, row: Row) -> None:
        """Put a sample into it: what it says, and its pictures."""
        sample, pictures = row
        names = [f"{scene.image}.{sample.picture_name(scene).rpartition('.')[2]}" for scene in sample.pictures]
        self._put(f"{sample.id}.json", _said(sample, names))
        for name, data in zip(names, pictures, strict=True):
            self._put(f"{sample.id}.{name}", data)
        self._written.samples += 1

    def next(self) -> "_Tar":
        """Write it, and begin another."""
        self.close()
        return _Tar(self._out, self._split, self._written, self._number + 1)

    def close(self) -> None:
        """Write it."""
        self._tar.close()
        name = f"{self._split}-{self._number:06}.tar"
        self._out.write(name, self._buffer.getvalue())
        self._written.add(name)

    def _put(self, name: str, data: bytes) -> None:
        info = tarfile.TarInfo(name)  # of nobody, at no time, so that the bytes are the same everywhere
        info.size, info.mode = len(data), 0o644
        self._tar.addfile(info, BytesIO(data))


def _said(sample: Sample, names: list[str]) -> bytes:
    """All of the sample but its pictures, with what they are called."""
    return msgspec.json.encode(msgspec.to_builtins(sample) | {"images": names})
