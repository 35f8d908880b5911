"""What passes through the corpus: episodes of a podcast, windows and excerpts of their talk, scenes, pairs.

They are msgspec structs, since hundreds of thousands of them are read and written. Every one says where it is from in
a way that survives another run and another machine: ids are made of content, places are numbers of turns and of
characters in `PodcastEpisode.text`.
"""

import hashlib
from collections.abc import Sequence
from functools import cached_property

import msgspec

from photocast.corpus.noise import adverts_among
from photocast.corpus.spoken import Spoken, spoken_turns


class Utterance(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What one speaker says before another one does, in the words of the source."""

    speaker: str
    """Label in the source, such as `SPEAKER_00`, or a name."""
    text: str
    start: float | None = None
    """Seconds from the beginning of the episode."""
    end: float | None = None
    also: tuple[str, ...] = ()
    """Labels of others who are heard at the same time."""
    sources: tuple[int, ...] = ()
    """Which labelled turns of the source it was put together of (its `turnCount`, or their number in the file)."""


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where talk comes from: what identifies an episode, and what is known about it."""

    episode: str
    """First 16 hexadecimal digits of the MD5 of the audio's URL, as SPoRC 1.1 has it; of the text's name elsewhere."""
    podcast: str
    """First 12 hexadecimal digits of the MD5 of the feed's URL; of the podcast's name where there is no feed."""
    dataset: str
    """Such as `sporc-1.0`, `sporc-1.1` or `transcripts`."""
    title: str = ""
    podcast_title: str = ""
    url: str = ""
    language: str = ""
    """As the source states it; empty if it does not."""
    licence: str = ""
    hosts: tuple[str, ...] = ()
    """Names, as the source predicts them."""
    guests: tuple[str, ...] = ()
    host_labels: tuple[str, ...] = ()
    """Labels of the turns that hosts speak; empty where nobody knows."""
    guest_labels: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


class PodcastEpisode(msgspec.Struct, frozen=True, omit_defaults=True, dict=True):
    """An episode of a podcast with its talk: turns in the order of time, adjacent ones of one speaker put together."""

    origin: Origin
    turns: tuple[Utterance, ...]
    seconds: float | None = None
    main_speakers: int | None = None
    """Speakers with more than 5 % of the time, as the source counts them; None where it does not."""
    explicit: bool | None = None
    labels: int = 0
    """Labelled turns in the source, before adjacent ones of a speaker were put together."""
    mended: dict[str, int] = {}
    """What was wrong in the source and is not any more: how often, by kind (`empty_turn`, `reversed_times`, …)."""

    @property
    def id(self) -> str:
        """That of its origin."""
        return self.origin.episode

    @cached_property
    def text(self) -> str:
        """All that is said, a line a turn: what offsets count in."""
        return "\n".join(turn.text for turn in self.turns)

    @cached_property
    def text_sha256(self) -> str:
        """SHA-256 of the text in UTF-8: whoever rebuilds the corpus can tell whether the source is the same."""
        return sha256_text(self.text)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where each turn begins in the text, and last one past the text's line end: turn i is [o[i], o[i + 1] - 1)."""
        places = [0]
        for turn in self.turns:
            places.append(places[-1] + len(turn.text) + 1)
        return tuple(places)

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """Whitespace-separated words of each turn."""
        return tuple([len(turn.text.split()) for turn in self.turns])

    @cached_property
    def spoken(self) -> Spoken:
        """The words of the turns, as they are compared."""
        return spoken_turns([turn.text for turn in self.turns])

    @cached_property
    def adverts(self) -> tuple[bool, ...]:
        """Which turns read an advert out, see `noise.py`."""
        return tuple(adverts_among([turn.text for turn in self.turns], self.spoken.words))


class Place(msgspec.Struct, frozen=True):
    """A stretch of whole turns of an episode."""

    first: int
    """Number of the first turn, from 0."""
    last: int
    """Number of the last turn, which belongs to it."""
    start: int
    """First character in `PodcastEpisode.text`."""
    end: int
    """One past the last character."""
    sha256: str
    """Of the stretch of text in UTF-8."""


class Stretch(msgspec.Struct, frozen=True, omit_defaults=True):
    """Turns of an episode that follow each other, cut out letter by letter."""

    id: str
    """`<episode>-<first>-<last>`."""
    origin: Origin
    episode_sha256: str
    """Of the whole episode's text."""
    place: Place
    turns: tuple[Utterance, ...]
    words: int
    """Whitespace-separated words, without labels."""
    richness: float
    """How much of it could be photographed, see `richness.py`; higher is more. Of an excerpt, that of its window."""

    @property
    def text(self) -> str:
        """What is said, a line a turn."""
        return "\n".join(turn.text for turn in self.turns)


class Window(Stretch, frozen=True, omit_defaults=True):
    """A stretch that is about as long as an excerpt may be, with what is said around it."""


class Verdict(msgspec.Struct, frozen=True):
    """What a model said about a stretch of talk on one count."""

    ok: bool
    why: str = ""


class Excerpt(Stretch, frozen=True, omit_defaults=True):
    """A stretch that was chosen to go with pictures."""

    window: str
    """Id of the window it was marked in."""
    model: str
    """Who marked it."""
    prompts: str
    """Version of what the model was asked."""
    safety: Verdict
    quality: Verdict


class Scene(msgspec.Struct, frozen=True):
    """One picture that the talk calls for."""

    prompt: str
    """What is to be seen, for a text-to-image model."""
    first: int
    """First turn that it shows, by its number in the episode."""
    last: int


class StagedExcerpt(msgspec.Struct, frozen=True, omit_defaults=True):
    """An excerpt and the scenes that go with it, in the order of the talk."""

    excerpt: Excerpt
    scenes: tuple[Scene, ...]
    model: str
    prompts: str
    left_out: dict[str, int] = {}
    """Scenes that the model asked for and that could not be used: how many, by what was wrong."""

    @property
    def id(self) -> str:
        """That of the excerpt."""
        return self.excerpt.id


class Illustration(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of one scene: a picture, or a gap with its reason."""

    scene: int
    """Number of the scene, from 0."""
    prompt: str
    """What the picture was made from in the end; another one than the scene's where that was refused."""
    image: str | None = None
    """SHA-256 of the file, under which the store has it; None is a gap."""
    format: str = ""
    width: int = 0
    height: int = 0
    seed: int | None = None
    gap: str = ""
    """Why there is no picture: `filtered`, `blank`, `duplicate`, `off_prompt`, `failed`."""
    tries: tuple[str, ...] = ()
    """What went wrong before, a line a try."""


class Pair(msgspec.Struct, frozen=True, omit_defaults=True):
    """An excerpt of real talk and the pictures that go with it: a line of the dataset."""

    staged: StagedExcerpt
    illustrations: tuple[Illustration, ...]
    model: str
    """Who made the pictures."""

    @property
    def id(self) -> str:
        """That of the excerpt."""
        return self.staged.id

    @property
    def pictures(self) -> tuple[Illustration, ...]:
        """Those that are there, in order."""
        return tuple(one for one in self.illustrations if one.image)


class Dropped(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that a stage did not pass on, and why."""

    id: str
    reason: str
    """A fact in snake_case: `monologue`, `too_short`."""
    detail: str = ""


def count_words(turns: Sequence[Utterance]) -> int:
    """Whitespace-separated words of all turns; labels are none."""
    return sum(len(turn.text.split()) for turn in turns)


def sha256_text(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def cut(episode: PodcastEpisode, first: int, last: int) -> Place:
    """The place of turns `first` to `last` in an episode's text."""
    offsets = episode.offsets
    start, end = offsets[first], offsets[last + 1] - 1
    return Place(first, last, start, end, sha256_text(episode.text[start:end]))
