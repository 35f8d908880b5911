"""What is written about: folders of albums, or a split of a dataset, one question each."""

import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from photocast.album import Album
from photocast.album.order import natural
from photocast.models import Image, Request, Sampling
from photocast.prompts import Prompts
from photocast.prompts.instruction import instruction
from photocast.schema import InputError

MOST_PHOTOS = 16
"""Photos in one question, as `photocast make` has it: beyond, it writes in parts, and these are single questions."""


@dataclass(frozen=True)
class Question:
    """How albums are asked about.

    Attributes:
        prompts: ours, or a user's own.
        speakers: how many talk.
        words: how long the talk is to be.
        language: code of the language that they speak.
        sampling: how answers are drawn; the same seed for every question, as `photocast make` has it.
    """

    prompts: Prompts
    speakers: int = 2
    words: int = 750
    language: str = "en"
    sampling: Sampling = field(default_factory=Sampling)

    @property
    def settings(self) -> dict[str, Any]:
        """All that decides about an answer beside the model, the pictures and the words of a dataset."""
        drawn = self.sampling
        return {
            "prompts": self.prompts.version,
            "speakers": self.speakers,
            "words": self.words,
            "language": self.language,
            "sampling": [drawn.temperature, drawn.top_p, drawn.max_tokens, drawn.seed],
        }


class Source(Protocol):
    """Items in an order that does not change."""

    def ids(self) -> list[str]:
        """Of all items, each once.

        Raises:
            InputError: there is none, or it cannot be read.
        """
        ...

    def requests(self, wanted: Collection[str], scratch: Path) -> Iterator[tuple[str, Request | str]]:
        """The question about each item that is wanted, in the order of `ids`; or why none can be asked.

        Args:
            wanted: ids.
            scratch: where its pictures lie until they have been shown.
        """
        ...


def open_source(path: Path, question: Question, *, split: str = "test") -> Source:
    """A dataset that photocast has packed, or else a folder of albums.

    Raises:
        InputError: there is no such folder.
    """
    if not path.is_dir():
        raise InputError(f"cannot read {path}", "it is no folder", "Name a folder of albums, or a packed dataset")
    return DatasetSource(path, question, split) if (path / "dataset.json").is_file() else AlbumSource(path, question)


@dataclass(frozen=True)
class AlbumSource:
    """A folder of albums, each a folder; its name is the id. It is opened as `photocast make` opens it."""

    folder: Path
    question: Question

    def ids(self) -> list[str]:
        """Names of the folders in natural order."""
        found = [one.name for one in self.folder.iterdir() if one.is_dir() and not one.name.startswith(".")]
        if not found:
            do = "Name a folder that holds a folder for each album"
            raise InputError(f"there is nothing to write about in {self.folder}", "no folder is in it", do)
        return sorted(found, key=natural)

    def requests(self, wanted: Collection[str], scratch: Path) -> Iterator[tuple[str, Request | str]]:
        """The question about each album; an album that cannot be opened has a reason."""
        for name in self.ids():
            if name in wanted:
                yield name, self._request(name, scratch / name)

    def _request(self, name: str, scratch: Path) -> Request | str:
        try:
            with Album.open(self.folder / name) as album:
                if len(album.photos) > MOST_PHOTOS:
                    return f"it has {len(album.photos)} photos, and one question shows {MOST_PHOTOS}"
                scratch.mkdir(parents=True)
                photos = [photo.id for photo in album.photos]
                shown = [
                    Image(one, Path(shutil.copy(album.model_image(one), scratch / f"{one}.jpg"))) for one in photos
                ]
        except InputError as error:
            return f"{error.what}: {error.why}"
        asked = instruction(
            self.question.prompts,
            pictures=len(shown),
            speakers=self.question.speakers,
            words=self.question.words,
            language=self.question.language,
        )
        return Request((*shown, asked), sampling=self.question.sampling, purpose="script")


@dataclass(frozen=True)
class DatasetSource:
    """A split of a packed dataset; every sample is asked about in its own words, as it would be trained on."""

    folder: Path
    question: Question
    split: str

    def ids(self) -> list[str]:
        """Of the samples, as they lie in the dataset."""
        found = [sample.id for sample, _ in self._rows(pictures=False)]
        if not found:
            why = f"it has no split {self.split!r} with samples in it"
            raise InputError(f"there is nothing to write about in {self.folder}", why, "Name another with --split")
        return found

    def requests(self, wanted: Collection[str], scratch: Path) -> Iterator[tuple[str, Request | str]]:
        """The question of each sample."""
        for sample, pictures in self._rows(pictures=True):
            if sample.id in wanted:
                yield sample.id, self._request(sample, pictures, scratch / sample.id)

    def _rows(self, *, pictures: bool) -> Iterator[tuple[Any, Sequence[bytes]]]:
        from photocast.corpus import open_store
        from photocast.corpus.packing import read_split

        return read_split(open_store(self.folder), self.split, pictures=pictures)

    def _request(self, sample: Any, pictures: Sequence[bytes], scratch: Path) -> Request:
        scratch.mkdir(parents=True)
        shown = []
        for scene, data in zip(sample.pictures, pictures, strict=True):
            path = scratch / sample.picture_name(scene)
            path.write_bytes(data)
            shown.append(Image(path.stem, path))
        return Request((*shown, sample.instruction), sampling=self.question.sampling, purpose="script")
