"""Stories of anybody's, a JSON object a line: comics, illustrated books, teaching material."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from photocast.schema import InputError
from photocast.training.story.nouns import LeftOut, VisualStory

_FORM = "docs/story_instruct.md shows the form"


def read_lines(file: Path, licence: str) -> Iterator[VisualStory | LeftOut]:
    """The stories of a file, in its order; one of which a picture is missing is left out.

    Args:
        file: UTF-8, a JSON object a line. Pictures are relative to its folder and do not leave it.
        licence: of stories that state none.

    Raises:
        InputError: the file cannot be read, is empty, or a line is no story.
    """
    seen: dict[str, int] = {}
    for number, line in _lines(file):
        story = _story(file, number, line, licence)
        if (first := seen.setdefault(story.id, number)) != number:
            raise _broken(file, number, f"line {first} has the same id, {story.id!r}", "Give each story its own id")
        missing = [frame.image for frame in story.frames if not frame.image.is_file()]
        yield LeftOut(story.key, "picture_missing", f"there is no file {missing[0]}") if missing else story


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        lines = file.read_bytes().decode("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not text in UTF-8" if isinstance(error, UnicodeDecodeError) else (error.strerror or "").lower()
        raise InputError(f"cannot read the stories {file}", why or "it cannot be opened", "Check it") from error
    found = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        raise InputError(f"cannot use the stories {file}", "the file is empty", _FORM.capitalize())
    yield from found


def _story(file: Path, number: int, line: str, licence: str) -> VisualStory:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _broken(file, number, f"it is not JSON ({error})") from error
    try:
        story = VisualStory.model_validate(said)
    except ValidationError as error:
        raise _broken(file, number, _fault(error.errors(include_url=False)[0])) from error
    if story.source:
        raise _broken(file, number, "`source` is for readers to say", "Take it out; the name of the file is the source")
    frames = [frame.model_copy(update={"image": _inside(file, number, frame.image)}) for frame in story.frames]
    update = {"frames": tuple(frames), "source": file.stem, "licence": story.licence or licence}
    return story.model_copy(update=update)


def _inside(file: Path, number: int, image: Path) -> Path:
    """The picture as an absolute path: whoever wrote the file must not name others on this machine."""
    folder = Path(os.path.abspath(file.parent))
    path = Path(os.path.normpath(folder / image))
    if not path.is_relative_to(folder):
        why = f"the picture {image} lies outside of the folder of the file"
        raise _broken(file, number, why, "Put pictures beside the file or in folders below")
    return path


def _fault(fault: Mapping[str, Any]) -> str:
    where = ".".join(map(str, fault["loc"]))
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def _broken(file: Path, number: int, why: str, do: str = f"Correct it; {_FORM}") -> InputError:
    return InputError(f"{file}, line {number}, cannot be used", why, do)
