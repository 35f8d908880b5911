"""What people say is right: a JSON object a line."""

from collections.abc import Hashable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import Field, ValidationError

from photocast.schema import InputError, UsageError
from photocast.schema.record import Record

EMOTIONS = ("joy", "sadness", "anger", "fear", "disgust", "surprise", "neutral")
"""Six that are told apart in faces everywhere, and none of them. Ekman, Cognition and Emotion 6:169 (1992)."""
ABSENT = "absent"
"""What may be answered beside the list: no such character is there."""
_FORMS = "docs/rubric.md shows the form"


class EmotionNote(Record):
    """What a character feels in a text, or in a photo."""

    item: str = Field(pattern=r"\S")
    character: str = Field(pattern=r"\S")
    """A name, or words that tell who is meant."""
    emotion: str = Field(pattern=r"\S")
    system: str | None = None
    """The system whose text this is about; None for the texts of all."""
    photo: str | None = None
    """Name of the file, or id as in `p01`: the photo alone is shown then, and no text."""

    @property
    def about(self) -> Hashable:
        """What tells this note from others."""
        return (self.item, self.character, self.system, self.photo)

    @property
    def label(self) -> str:
        """What is right."""
        return self.emotion


class CharacterNote(Record):
    """Whether a text keeps a character the same."""

    item: str = Field(pattern=r"\S")
    character: str = Field(pattern=r"\S")
    consistent: bool
    attribute: str | None = Field(default=None, pattern=r"\S")
    """What it is about, such as age or name; None for all of it."""
    system: str | None = None

    @property
    def about(self) -> Hashable:
        """What tells this note from others."""
        return (self.item, self.character, self.system, self.attribute)

    @property
    def label(self) -> str:
        """What is right."""
        return "yes" if self.consistent else "no"


class _Note(Protocol):
    @property
    def about(self) -> Hashable: ...

    @property
    def label(self) -> str: ...


N = TypeVar("N", EmotionNote, CharacterNote)


def read_emotions(file: Path, emotions: Sequence[str] = EMOTIONS) -> list[EmotionNote]:
    """The annotations of a file, with emotions in lower case.

    Raises:
        UsageError: the list of emotions has fewer than two, or one of them twice, or `absent`.
        InputError: the file cannot be read, or a line is no annotation, or names an emotion that is not in the list.
    """
    if len(set(emotions)) < max(2, len(emotions)) or ABSENT in emotions:
        why = "it needs two different words or more, and none of them may be absent"
        raise UsageError("cannot use the list of emotions", why, "Write for example --emotions joy,grief,calm")
    found = []
    for number, note in _read(file, EmotionNote):
        emotion = note.emotion.strip().casefold()
        if emotion not in emotions:
            near = get_close_matches(emotion, emotions, n=1)
            do = f"Did you mean {near[0]}?" if near else "Change it, or give a list of your own with --emotions"
            raise _broken(file, number, f"{note.emotion!r} is none of {', '.join(emotions)}", do.rstrip("."))
        found.append(note.model_copy(update={"emotion": emotion}))
    return _each_once(file, found)


def read_characters(file: Path) -> list[CharacterNote]:
    """The annotations of a file.

    Raises:
        InputError: the file cannot be read, or a line is no annotation.
    """
    return _each_once(file, [note for _, note in _read(file, CharacterNote)])


def _read(file: Path, kind: type[N]) -> Iterator[tuple[int, N]]:
    try:
        lines = file.read_bytes().decode("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not text in UTF-8" if isinstance(error, UnicodeDecodeError) else (error.strerror or "").lower()
        raise InputError(f"cannot read the annotations {file}", why or "it cannot be opened", "Check it") from error
    if not any(line.strip() for line in lines):
        raise InputError(f"cannot use the annotations {file}", "the file is empty", _FORMS[0].upper() + _FORMS[1:])
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield number, kind.model_validate_json(line)
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                where = ".".join(map(str, first["loc"]))
                raise _broken(file, number, f"{where}: {first['msg']}" if where else first["msg"]) from error


def _each_once(file: Path, notes: Sequence[N]) -> list[N]:
    """Without what is said twice.

    Raises:
        InputError: two lines say different things about the same.
    """
    labels: dict[Hashable, str] = {}
    for note in notes:
        if labels.setdefault(note.about, note.label) != note.label:
            why = f"{note.character} of {note.item} is both {labels[note.about]} and {note.label}"
            raise InputError(f"cannot use the annotations {file}", why, "Leave one of the two lines")
    return list({note.about: note for note in notes}.values())


def _broken(file: Path, number: int, why: str, do: str = f"Correct it; {_FORMS}") -> InputError:
    return InputError(f"{file}, line {number}, cannot be used", why, do)
