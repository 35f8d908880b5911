"""Export as a recipe: all that is needed to make a dataset again, and nothing that was said."""

from collections.abc import Iterator

import msgspec

from photocast.corpus.exports.quoting import Talk
from photocast.corpus.exports.written import Written
from photocast.corpus.nouns import Place, Verdict
from photocast.corpus.packing import About, Sample, SampleScene, SampleTurn, read_split, splits_in
from photocast.corpus.parts import Count
from photocast.corpus.store import Store
from photocast.schema import InputError

LINES = "samples.jsonl"
HEAD = "recipe.json"
_FORMAT = 1
_DO = "Name the folder that photocast corpus export … recipe wrote"


class OutlineScene(msgspec.Struct, frozen=True, omit_defaults=True):
    """A scene, and what its picture was."""

    prompt: str
    """Empty where it was `withheld`."""
    first: int
    last: int
    drawn: str = ""
    """What the picture was made from, where that is not the prompt."""
    sha256: str = ""
    format: str = ""
    width: int = 0
    height: int = 0
    seed: int | None = None
    gap: str = ""
    tries: tuple[str, ...] = ()
    withheld: bool = False
    """The prompt repeated the talk, and is not passed on."""


class Outline(msgspec.Struct, frozen=True):
    """A sample without its talk: where that is, and what was made of it."""

    id: str
    split: str
    dataset: str
    """Name and version of the source."""
    episode: str
    episode_sha256: str
    place: Place
    voices: tuple[int, ...]
    """Who speaks, turn by turn, by number: to see whether the source still tells voices apart in the same way."""
    window: str
    richness: float
    excerpt_model: str
    excerpt_prompts: str
    safety: Verdict
    quality: Verdict
    scenes_model: str
    scenes_prompts: str
    image_model: str
    scenes: tuple[OutlineScene, ...]


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a recipe is of."""

    name: str
    photocast: str
    settings: dict[str, object]
    funnel: list[Count]
    samples: int
    pictures: bool
    """Whether the pictures come with it."""
    scrubbed: bool
    format: int = _FORMAT


def write_recipe(dataset: Store, about: About, out: Store, *, pictures: bool = False) -> Written:
    """`samples.jsonl`, a line a sample, and `recipe.json`; with `pictures` also these, under their hashes."""
    written, lines = Written(), []
    for split in splits_in(dataset):
        for sample, files in read_split(dataset, split, pictures=pictures):
            outline = outline_of(sample, split)
            written.note("prompt_withheld", sum(scene.withheld for scene in outline.scenes))
            lines.append(msgspec.json.encode(outline) + b"\n")
            for scene, file in zip(sample.pictures, files, strict=False):
                name = shipped_name(scene.sha256)
                out.write(name, file)
                written.add(name)
    written.samples = len(lines)
    head = Head(
        name=about.name,
        photocast=about.photocast,
        settings=about.settings,
        funnel=about.funnel,
        samples=len(lines),
        pictures=pictures,
        scrubbed=about.census.scrubbed > 0,
    )
    out.write(LINES, b"".join(lines))
    out.write(HEAD, msgspec.json.format(msgspec.json.encode(head), indent=1) + b"\n")
    return written.plus(LINES).plus(HEAD)


def write_recipe_with_pictures(dataset: Store, about: About, out: Store) -> Written:
    """The same with the pictures."""
    return write_recipe(dataset, about, out, pictures=True)


def shipped_name(sha256: str) -> str:
    """Where a picture is that comes with a recipe."""
    return f"pictures/{sha256}"


def read_head(recipe: Store) -> Head:
    """What a recipe is of.

    Raises:
        InputError: there is none, or one that this photocast does not understand.
    """
    if not recipe.has(HEAD):
        raise InputError(f"{recipe.where} is not a recipe of a dataset", f"it has no {HEAD}", _DO)
    try:
        head = msgspec.json.decode(recipe.read(HEAD), type=Head)
    except msgspec.MsgspecError as error:
        raise _unreadable(recipe, error) from error
    if head.format != _FORMAT:
        why = f"it has format {head.format}, and this one reads {_FORMAT}"
        raise InputError(f"the recipe in {recipe.where} is of another photocast", why, _DO)
    return head


def read_outlines(recipe: Store) -> Iterator[Outline]:
    """The lines of a recipe.

    Raises:
        InputError: there is none, or one that this photocast does not understand.
    """
    head = read_head(recipe)
    try:
        lines = [msgspec.json.decode(line, type=Outline) for line in recipe.read(LINES).splitlines()]
    except msgspec.MsgspecError as error:
        raise _unreadable(recipe, error) from error
    if head.samples != len(lines):
        why = f"it has {len(lines)} of {head.samples} samples"
        raise InputError(f"the recipe in {recipe.where} is not whole", why, _DO)
    return iter(lines)


def _unreadable(recipe: Store, error: msgspec.MsgspecError) -> InputError:
    return InputError(f"the recipe in {recipe.where} cannot be read", str(error), _DO)


def outline_of(sample: Sample, split: str) -> Outline:
    """A sample without its talk. What models wrote of the talk is checked, and withheld where it repeats it."""
    talk, made = Talk(turn.text for turn in sample.turns), sample.made
    return Outline(
        id=sample.id,
        split=split,
        dataset=sample.origin.dataset,
        episode=sample.origin.episode,
        episode_sha256=sample.episode_sha256,
        place=sample.place,
        voices=voices_of(sample.turns),
        window=made.window,
        richness=made.richness,
        excerpt_model=made.excerpt_model,
        excerpt_prompts=made.excerpt_prompts,
        safety=_checked(made.safety, talk),
        quality=_checked(made.quality, talk),
        scenes_model=made.scenes_model,
        scenes_prompts=made.scenes_prompts,
        image_model=made.image_model,
        scenes=tuple(_scene(scene, talk) for scene in sample.scenes),
    )


def voices_of(turns: tuple[SampleTurn, ...]) -> tuple[int, ...]:
    """The numbers of the speakers, turn by turn."""
    return tuple(int(turn.speaker.rpartition(" ")[2]) for turn in turns)


def _scene(scene: SampleScene, talk: Talk) -> OutlineScene:
    quoted = talk.is_quoted_in(scene.prompt) or talk.is_quoted_in(scene.drawn)
    return OutlineScene(
        prompt="" if quoted else scene.prompt,
        first=scene.first,
        last=scene.last,
        drawn="" if quoted or scene.drawn == scene.prompt else scene.drawn,
        sha256=scene.sha256,
        format=scene.format,
        width=scene.width,
        height=scene.height,
        seed=scene.seed,
        gap=scene.gap,
        tries=tuple(one for one in scene.tries if not talk.is_quoted_in(one)),
        withheld=quoted,
    )


def _checked(verdict: Verdict, talk: Talk) -> Verdict:
    return Verdict(verdict.ok, "" if talk.is_quoted_in(verdict.why) else verdict.why)
