"""A selection of stories as a folder: an evaluation set that waits for its photos.

vist.json            which stories and photos, and by which rule they were chosen
NOTICE.txt           what may and may not be done with the folder
photos.jsonl         what came of each photo (`photos.py`)
sample_01_story_ID/  item.toml, human_story.txt, and 1_PHOTO.jpg … 5_PHOTO.jpg once they are fetched
"""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, ValidationError

from photocast.bench.vist.photos import Wanted
from photocast.runs import write_atomically
from photocast.schema import InputError
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion
from photocast.stories import HUMAN_STORY, ITEM_FILE
from photocast.stories.vist import Annotations, Story

SELECTION = "vist.json"
NOTICE = "NOTICE.txt"
_NOTICE = """The photos and the texts in this folder are not part of photocast, and must not be passed on with it.

The texts are annotations of VIST (Huang et al., Visual Storytelling, NAACL 2016; visionandlanguage.net/VIST). The
photos belong to the members of Flickr who took them. Each is under a Creative Commons licence of its own, many of them
without leave for commercial use or for changes, and VIST does not say which: look at the page of a photo before you use
it for anything but measuring. Whoever wants this evaluation set makes it again from vist.json, which holds ids and
addresses alone:

    photocast bench vist fetch FOLDER
"""
_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".gif"})


Name = Annotated[str, Field(pattern=r"^\w[\w.-]*$", max_length=100)]
"""Becomes part of a path, and comes from a file that may come from anybody."""


class Chosen(Record):
    """One story of a selection."""

    folder: Name
    story: Name
    album: str = ""
    photos: tuple[Name, ...]
    """Ids, in the order of the story."""


class Selection(Record):
    """`vist.json`: no text and no photo, so that it can be passed on."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    rule: str
    seed: int | None = None
    annotations_sha256: str
    stories: tuple[Chosen, ...] = Field(min_length=1)
    urls: dict[str, str]
    """Address by photo; a photo without one is left out."""
    rejected: dict[str, str] = Field(default_factory=dict)
    """Stories that the rule passed over, with the reason."""

    def wanted(self, folder: Path) -> tuple[Wanted, ...]:
        """The photos with the files that they become, each once, in the order of the stories."""
        files: dict[str, list[Path]] = {}
        for chosen in self.stories:
            for name, photo in zip(self.file_names(chosen), chosen.photos, strict=True):
                files.setdefault(photo, []).append(folder / chosen.folder / name)
        return tuple(Wanted(photo, self.urls.get(photo, ""), tuple(where)) for photo, where in files.items())

    def file_names(self, chosen: Chosen) -> tuple[str, ...]:
        """Names of the photo files of a story: the place in the story, and the id."""
        return tuple(
            f"{place}_{photo}{_suffix(self.urls.get(photo, ''))}" for place, photo in enumerate(chosen.photos, start=1)
        )


def _suffix(url: str) -> str:
    suffix = PurePosixPath(urlsplit(url).path).suffix.lower()
    return suffix if suffix in _SUFFIXES else ".jpg"


def write_selection(
    folder: Path,
    stories: Sequence[Story],
    annotations: Annotations,
    *,
    rule: str,
    seed: int | None = None,
    rejected: Mapping[str, str] | None = None,
) -> Selection:
    """Write the folder, without photos. The same selection may be written again; another one is refused.

    Raises:
        InputError: the folder holds another selection or other files, or cannot be written.
    """
    width = max(2, len(str(len(stories))))
    chosen = tuple(
        Chosen(folder=f"sample_{n:0{width}d}_story_{one.id}", story=one.id, album=one.album, photos=one.photos)
        for n, one in enumerate(stories, start=1)
    )
    photos = dict.fromkeys(photo for one in stories for photo in one.photos)
    selection = Selection(
        rule=rule,
        seed=seed,
        annotations_sha256=annotations.sha256,
        stories=chosen,
        urls={photo: url for photo in photos if (url := annotations.photos[photo].url)},
        rejected=dict(rejected or {}),
    )
    _check_free(folder, selection)
    write_atomically(folder / NOTICE, _NOTICE)
    for one, story in zip(chosen, stories, strict=True):
        place = folder / one.folder
        write_atomically(place / HUMAN_STORY, _human_story(story))
        write_atomically(place / ITEM_FILE, _item(selection, one))
    write_atomically(folder / SELECTION, selection.model_dump_json(indent=1) + "\n")
    return selection


def read_selection(folder: Path) -> Selection:
    """The selection in a folder.

    Raises:
        InputError: there is none, or it cannot be understood.
    """
    path = folder / SELECTION
    do = "Make the folder with photocast bench vist select"
    try:
        return Selection.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read {path}", (error.strerror or "the system refused").lower(), do) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(f"cannot use {path}", f"{where}: {first['msg'].lower()}", do) from error


def _check_free(folder: Path, selection: Selection) -> None:
    do = "Choose another folder with -o"
    if (folder / SELECTION).exists():
        if read_selection(folder) != selection:
            raise InputError(f"cannot write into {folder}", "it holds another selection of stories", do)
    elif folder.is_dir() and any(not one.name.startswith(".") for one in folder.iterdir()):
        unfinished = (folder / NOTICE).is_file()  # the selection is written last
        if not unfinished:
            raise InputError(f"cannot write into {folder}", "it holds other files", do)


def _human_story(story: Story) -> str:
    lines = (f"[Image {place}]: {text}\n" for place, text in enumerate(story.texts, start=1))
    return f"Story ID: {story.id}\n{'=' * 60}\n\n" + "\n".join(lines)


def _item(selection: Selection, chosen: Chosen) -> str:
    """No title: a writer is shown the photos of a story, and is told nothing of it."""
    names = ", ".join(f'"{name}"' for name in selection.file_names(chosen))
    return f"photos = [{names}]\n"
