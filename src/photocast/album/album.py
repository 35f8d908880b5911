"""The album that the rest of photocast works with."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import PrivateAttr

from photocast.album.find import Source
from photocast.album.open import MAX_PHOTOS, Pictures, Progress, open_album
from photocast.album.prepare import model_path, page_path
from photocast.schema import AlbumRecord


class Album(AlbumRecord):
    """Photos in order, with their prepared pictures in a temporary folder.

    The folder goes with `close`, at the end of a `with` block, or at the latest with the program.
    """

    _pictures: Pictures = PrivateAttr()

    @classmethod
    def open(
        cls,
        source: Source,
        *,
        keep: Sequence[str] = (),
        limit: int = MAX_PHOTOS,
        order: str = "time",
        title: str | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Read the photos of a folder, a list of files, a glob or a zip.

        Every file that is not used is in `set_aside`, with the reason.

        Args:
            source: where the photos are; folders are read with the folders in them.
            keep: names of photos to use even if they are copies, blurred or too many.
            limit: how many photos the album may hold, 1 to 300; of more, the best spread over time is chosen.
            order: `time`, `name`, or `given`, as the list or the zip has them.
            title: instead of the one made of the folder's name.
            progress: called with the number of files done and of all files.

        Raises:
            InputError: there is nothing to open, or no photo that can be used.
            UsageError: `keep`, `limit` or `order` cannot be meant.
        """
        opened = open_album(source, keep, limit, order, title, progress)
        album = cls(title=opened.title, photos=opened.photos, set_aside=opened.set_aside)
        album._pictures = opened.pictures
        return album

    def model_image(self, photo_id: str) -> Path:
        """The photo for a model: upright sRGB JPEG, the longest side at most 1024, no metadata."""
        return model_path(self._folder(photo_id), photo_id)

    def page_image(self, photo_id: str) -> Path:
        """The photo for a page: upright sRGB JPEG, the longest side at most 1600, no metadata."""
        return page_path(self._folder(photo_id), photo_id)

    def close(self) -> None:
        """Delete the prepared pictures; what the album says of its photos stays."""
        self._pictures.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _folder(self, photo_id: str) -> Path:
        if all(photo.id != photo_id for photo in self.photos):
            raise KeyError(photo_id)
        return self._pictures.folder
