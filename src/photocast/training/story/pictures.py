"""The pictures of stories: which are the same, and each of them as models see it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from photocast.album import small
from photocast.album.prepare import write_picture
from photocast.runs import sha256_of
from photocast.schema import InputError
from photocast.training.story.nouns import LeftOut, VisualStory


class Pictures:
    """Pictures by their content, prepared once however many samples show them.

    Args:
        folder: temporary; prepared pictures lie in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._digests: dict[Path, str] = {}

    def take(self, story: VisualStory) -> LeftOut | None:
        """Note what the pictures of a story hold; the reason, if one of them cannot be opened."""
        for frame in story.frames:
            if frame.image not in self._digests:
                try:
                    self._digests[frame.image] = sha256_of(frame.image)
                except OSError as error:
                    why = (error.strerror or "the system refused").lower()
                    return LeftOut(story.key, "picture_missing", f"cannot open {frame.image}: {why}")
        return None

    def digest(self, image: Path) -> str:
        """SHA-256 of the file that was brought."""
        return self._digests[image]

    def prepare(self, story: VisualStory, shown: Iterable[int]) -> LeftOut | None:
        """Make the pictures at these positions ready; the reason, if one of them is damaged.

        Raises:
            InputError: there is no room for them.
        """
        for at in shown:
            image = story.frames[at].image
            if self._path(image).exists():
                continue
            try:
                picture = small(image)
            except InputError as error:
                return LeftOut(story.key, "picture_damaged", f"{image.name}: {error.why}")
            write_picture(picture, self._path(image))
        return None

    def size(self, story: VisualStory, shown: Iterable[int]) -> int:
        """Bytes of prepared pictures together."""
        return sum(self._path(story.frames[at].image).stat().st_size for at in shown)

    def files(self, story: VisualStory, shown: Sequence[int]) -> list[bytes]:
        """Prepared pictures: JPEG, upright, the longest side at most 1024, without metadata."""
        return [self._path(story.frames[at].image).read_bytes() for at in shown]

    def _path(self, image: Path) -> Path:
        return self._folder / f"{self._digests[image]}.jpg"


def groups_of(stories: Sequence[VisualStory], pictures: Pictures) -> dict[str, str]:
    """The group of each story, by its key: stories that share a picture, directly or through others, are in one.

    Several people told the same photos of VIST, and one picture must not be in two splits. A group is called after the
    first of its stories by name.
    """
    parent = {story.key: story.key for story in stories}

    def head(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    first: dict[str, str] = {}
    for story in stories:
        for frame in story.frames:
            one, other = head(story.key), head(first.setdefault(pictures.digest(frame.image), story.key))
            parent[max(one, other)] = min(one, other)
    return {key: head(key) for key in parent}
