"""A line of the dataset, without its pictures: all columns but `images`, `prompt` and `completion`."""

from collections.abc import Sequence

import msgspec

from photocast.corpus.nouns import Illustration, Origin, Pair, Place, Scene, Utterance, Verdict
from photocast.corpus.scrub import Replaced
from photocast.prompts import Prompts
from photocast.prompts.instruction import instruction

_ENDINGS = {"jpeg": "jpg", "": "jpg"}


class SampleTurn(msgspec.Struct, frozen=True):
    """What one speaker says before another one does."""

    speaker: str
    """`Speaker 1` is who speaks first."""
    role: str
    """`host`, `guest` or `unknown`, as the source predicts it."""
    text: str
    first: int
    """Number of the turn in the episode, from 0."""


class SampleScene(msgspec.Struct, frozen=True):
    """One picture that the talk calls for, and what came of it."""

    prompt: str
    first: int
    """First turn that it shows, by its number in the episode."""
    last: int
    image: int | None
    """Number of the picture in `images`, from 0; none for a gap."""
    gap: str
    """Why there is no picture; empty where there is one."""
    drawn: str
    """What the picture was made from in the end."""
    sha256: str
    """Of the picture's file."""
    format: str
    width: int
    height: int
    seed: int | None
    tries: tuple[str, ...]
    """What went wrong before, a line a try."""


class SampleOrigin(msgspec.Struct, frozen=True):
    """Where the talk is from."""

    dataset: str
    episode: str
    title: str
    podcast_title: str
    url: str
    language: str
    licence: str
    categories: tuple[str, ...]


class Made(msgspec.Struct, frozen=True):
    """Who made what, and from what they were asked."""

    window: str
    richness: float
    excerpt_model: str
    excerpt_prompts: str
    safety: Verdict
    quality: Verdict
    scenes_model: str
    scenes_prompts: str
    image_model: str
    instruction: str
    """Version of the prompts that `prompt` was rendered from."""


class Sample(msgspec.Struct, frozen=True):
    """An excerpt of real talk and what goes with it."""

    id: str
    podcast: str
    instruction: str
    """What a model is asked, after the pictures; the text of `prompt`."""
    transcript: str
    """The talk with its labels; the text of `completion`. A column called `text` would make TRL forget the prompt."""
    turns: tuple[SampleTurn, ...]
    scenes: tuple[SampleScene, ...]
    words: int
    """Without labels."""
    words_with_labels: int
    labels: int
    """Labelled turns in the source, before those of one speaker in a row were put together."""
    speakers: int
    licence: str
    origin: SampleOrigin
    episode_sha256: str
    """Of the whole episode's text."""
    place: Place
    """Where the excerpt lies in the episode's text, and its hash; of the source's words, also where `scrubbed`."""
    made: Made
    scrubbed: bool
    replaced: Replaced

    @property
    def pictures(self) -> tuple[SampleScene, ...]:
        """The scenes that have one, in order."""
        return tuple(scene for scene in self.scenes if scene.image is not None)

    def picture_name(self, scene: SampleScene) -> str:
        """What the file of a picture is called, such as `ab12-3-9-0.jpg`."""
        return f"{self.id}-{scene.image}.{_ENDINGS.get(scene.format.lower(), scene.format.lower())}"


def sample_of(pair: Pair, prompts: Prompts) -> Sample:
    """The line of a pair."""
    excerpt, origin = pair.staged.excerpt, pair.staged.excerpt.origin
    turns = turns_of(excerpt.turns, origin, excerpt.place.first)
    scenes = _scenes(pair)
    return with_text(
        Sample(
            id=pair.id,
            podcast=origin.podcast,
            instruction="",
            transcript="",
            turns=turns,
            scenes=scenes,
            words=0,
            words_with_labels=0,
            labels=sum(len(turn.sources) or 1 for turn in excerpt.turns),
            speakers=0,
            licence=origin.licence,
            origin=_origin(origin),
            episode_sha256=excerpt.episode_sha256,
            place=excerpt.place,
            made=_made(pair, prompts),
            scrubbed=False,
            replaced=Replaced(),
        ),
        turns,
        prompts,
    )


def with_text(sample: Sample, turns: tuple[SampleTurn, ...], prompts: Prompts) -> Sample:
    """The sample with other words in its turns, and with all that follows from them."""
    speakers = len({turn.speaker for turn in turns})
    words = sum(len(turn.text.split()) for turn in turns)
    transcript = "\n\n".join(f"{turn.speaker}: {turn.text}" for turn in turns)
    asked = instruction(
        prompts,
        pictures=len(sample.pictures),
        speakers=speakers,
        words=words,
        language=sample.origin.language.partition("-")[0].lower() or "en",
    )
    return msgspec.structs.replace(
        sample,
        instruction=asked,
        transcript=transcript,
        turns=turns,
        words=words,
        words_with_labels=len(transcript.split()),
        speakers=speakers,
    )


def turns_of(said: Sequence[Utterance], origin: Origin, first: int) -> tuple[SampleTurn, ...]:
    """The turns with speakers numbered by who is heard first, neighbouring ones of one speaker put together."""
    numbers: dict[str, str] = {}
    turns: list[SampleTurn] = []
    for at, one in enumerate(said, start=first):
        speaker = numbers.setdefault(one.speaker, f"Speaker {len(numbers) + 1}")
        if turns and turns[-1].speaker == speaker:
            turns[-1] = msgspec.structs.replace(turns[-1], text=f"{turns[-1].text} {one.text}")
        else:
            turns.append(SampleTurn(speaker, _role(one.speaker, origin), one.text, at))
    return tuple(turns)


def _role(label: str, origin: Origin) -> str:
    if label in origin.host_labels:
        return "host"
    return "guest" if label in origin.guest_labels else "unknown"


def _scenes(pair: Pair) -> tuple[SampleScene, ...]:
    """Every scene with its picture or its gap; pictures are counted in the order of the scenes."""
    came_of = {one.scene: one for one in pair.illustrations}
    scenes: list[SampleScene] = []
    for number, scene in enumerate(pair.staged.scenes):
        pictures = sum(one.image is not None for one in scenes)
        scenes.append(_scene(scene, came_of.get(number), pictures))
    return tuple(scenes)


def _scene(scene: Scene, came: Illustration | None, pictures: int) -> SampleScene:
    there = came is not None and came.image is not None
    return SampleScene(
        prompt=scene.prompt,
        first=scene.first,
        last=scene.last,
        image=pictures if there else None,
        gap="" if there else (came.gap if came and came.gap else "failed"),
        drawn=came.prompt if came else "",
        sha256=(came.image or "") if came else "",
        format=came.format if came else "",
        width=came.width if came else 0,
        height=came.height if came else 0,
        seed=came.seed if came else None,
        tries=came.tries if came else (),
    )


def _origin(origin: Origin) -> SampleOrigin:
    """All of the origin but the names of people."""
    return SampleOrigin(
        dataset=origin.dataset,
        episode=origin.episode,
        title=origin.title,
        podcast_title=origin.podcast_title,
        url=origin.url,
        language=origin.language,
        licence=origin.licence,
        categories=origin.categories,
    )


def _made(pair: Pair, prompts: Prompts) -> Made:
    excerpt = pair.staged.excerpt
    return Made(
        window=excerpt.window,
        richness=excerpt.richness,
        excerpt_model=excerpt.model,
        excerpt_prompts=excerpt.prompts,
        safety=excerpt.safety,
        quality=excerpt.quality,
        scenes_model=pair.staged.model,
        scenes_prompts=pair.staged.prompts,
        image_model=pair.model,
        instruction=prompts.version,
    )
