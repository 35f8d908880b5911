"""A visual story: pictures in order, with what people wrote and noted of each.

The records are also the form in which anybody brings stories of their own, a line each: docs/story_instruct.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from photocast.schema.record import Record
from photocast.stories.notes import EMOTIONS

Task = Literal["caption", "continuation", "generation", "emotion", "consistency"]
TASKS: tuple[Task, ...] = ("caption", "continuation", "generation", "emotion", "consistency")
"""Of Lin & Chen, arXiv:2407.02586, in the order of the recipe."""
MOST_PICTURES = 24
"""That a question may show. With 256 tokens each, as the recipe has it, they leave 2,048 of 8,192 for words."""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _of_the_list(emotion: str) -> str:
    said = emotion.strip().casefold()
    if said not in EMOTIONS:
        raise ValueError(f"{emotion!r} is none of {', '.join(EMOTIONS)}")
    return said


Text = Annotated[str, Field(pattern=r"\S"), AfterValidator(_one_line)]
"""Words on one line; a text that is not there is left out or null, never empty."""


class Shown(Record):
    """A character in one picture."""

    name: Text
    """A name, or words that tell who is meant: the girl in green."""
    emotion: Annotated[str, AfterValidator(_of_the_list)] | None = None
    """What the character feels there, out of `photocast.stories.notes.EMOTIONS`."""
    look: Mapping[Text, Text] = Field(default_factory=dict)
    """What can be seen of the character, such as {"hair": "red", "coat": "green"}."""


class Frame(Record):
    """One picture of a story."""

    image: Path
    """Absolute once it is read; in a file, relative to it."""
    caption: Text | None = None
    """What is to be seen, without the story in mind."""
    text: Text | None = None
    """What the story says here."""
    characters: tuple[Shown, ...] = ()

    @model_validator(mode="after")
    def _has_each_character_once(self) -> Self:
        names = [one.name.casefold() for one in self.characters]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"{twice[0]} is noted twice in one picture: put both notes into one")
        return self


class Kept(Record):
    """What people say of a whole story: whether it keeps a character the same."""

    character: Text
    consistent: bool
    attribute: Text | None = None
    """What it is about, such as age; None for all of the character."""


class VisualStory(Record):
    """Pictures in order, with what people wrote and noted of them."""

    id: Text
    frames: tuple[Frame, ...] = Field(min_length=1)
    story: Text | None = None
    """The whole story, where it is not told picture by picture."""
    kept: tuple[Kept, ...] = ()
    licence: str = ""
    """As the source states it; empty where it does not."""
    source: str = ""
    """Where it comes from; readers say it."""

    @property
    def key(self) -> str:
        """What tells it from all others."""
        return f"{self.source}/{self.id}"

    @property
    def texts(self) -> tuple[str, ...] | None:
        """What it says at each picture; None unless it says something at all of them."""
        found = tuple(frame.text for frame in self.frames if frame.text)
        return found if len(found) == len(self.frames) else None

    @property
    def whole(self) -> str | None:
        """All that it says; None when a part of it is missing."""
        return self.story or (" ".join(self.texts) if self.texts else None)

    @property
    def names(self) -> tuple[str, ...]:
        """Of its characters, in the order in which they come."""
        return tuple(dict.fromkeys(one.name for frame in self.frames for one in frame.characters))

    def find(self, name: str) -> dict[int, Shown]:
        """The character by position of the pictures in which it is noted, from 0."""
        return {at: one for at, frame in enumerate(self.frames) for one in frame.characters if one.name == name}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A story, or a note on one, that cannot be used."""

    what: str
    """Which one."""
    reason: str
    """In one or two words with underscores, to be counted by."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Lacks:
    """A story does not have what a task needs."""

    reason: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A sample to be: everything but the words of the question and the bytes of the pictures.

    Attributes:
        task: which of the five.
        story: that it is made of.
        number: tells it from others of the same task and story.
        shown: positions of the pictures in the story, from 0.
        values: what the template of the question is rendered with.
        answer: out of the data, never invented.
        label: the same in the closed form that rewards compare; empty for open answers.
        made: what was changed to make a wrong statement of a right one; empty where nothing was.
    """

    task: Task
    story: VisualStory
    number: int
    shown: tuple[int, ...]
    answer: str
    values: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    made: str = ""
