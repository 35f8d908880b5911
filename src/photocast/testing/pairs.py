"""Pairs of talk and pictures, made here and free to use: small datasets to test packing, training and looking with.

In every pair people talk about things of a colour, and the pictures show just those things in just those colours, drawn
with Pillow. Whoever learns to look at the pictures can therefore name the colours; whoever does not can only guess.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import md5
from io import BytesIO
from pathlib import Path
from random import Random

from photocast.corpus.nouns import (
    Dropped,
    Illustration,
    Origin,
    Pair,
    PodcastEpisode,
    Scene,
    StagedExcerpt,
    Utterance,
)
from photocast.corpus.packing import Packed, pack
from photocast.corpus.parts import Count
from photocast.corpus.recipe import PackTable
from photocast.corpus.sources.source import Early, SourcePart, Told
from photocast.corpus.store import LocalStore, Store
from photocast.runs import sha256_of_bytes
from photocast.schema import InputError
from photocast.testing.talk import excerpt_from, window_in

COLOURS: Mapping[str, str] = {
    "red": "#c0392b",
    "blue": "#2b6cb0",
    "green": "#3a8a3a",
    "yellow": "#e2b93b",
    "purple": "#7d4e9e",
    "orange": "#dd7a2c",
    "white": "#f4f1ea",
    "black": "#2a2826",
}
THINGS = ("boat", "kite", "door", "bucket", "lamp")
_PLACES = ("harbour", "hill", "old street", "beach", "garden", "market")
_HOSTS = ("Mara Lindqvist", "Tobias Okafor", "Ines Calloway")
_GUESTS = ("Bram Vandermeer", "Yuki Halloran", "Petra Sandoval")
_OPENERS = (
    "So we got to the {place} before anybody else was up, and the fog was still hanging over everything.",
    "I keep thinking about that morning at the {place}, honestly, it comes back at odd moments.",
)
_NAMED = (
    "And right there was this {colour} {thing}. I mean properly {colour}, you could not look anywhere else.",
    "The first thing anybody noticed was the {thing}. Somebody had painted it {colour} all over, top to bottom.",
    "Then around the corner comes {a} {colour} {thing}, and I just stopped where I was.",
)
_ANSWERS = (
    "{A} {colour} {thing}? At the {place}? You are making that up.",
    "Wait, the {colour} one? {guest}, I have walked past that {thing} a hundred times.",
    "Oh, I love that. There is something about {a} {colour} {thing} that makes you slow down.",
)
_SMALL = ("Yeah.", "No way.", "Right, right.", "Mm-hm.", "Go on.", "Ha!")
_LONG = (
    "My grandfather would have said it brings luck, and then he would have told us about the year the ice came up to "
    "the wall, which he did every single time, and nobody had the heart to stop him because it was a good story.",
    "What nobody tells you is how quiet it gets. You hear the ropes, and a dog somewhere, and your own boots, and for "
    "a while that is the whole world and you do not miss any of the rest of it.",
)


@dataclass(frozen=True)
class MadePairs:
    """Pairs, their pictures, and the episodes that they are cut out of."""

    pairs: tuple[Pair, ...]
    files: Mapping[str, bytes]
    """Pictures by their SHA-256."""
    episodes: tuple[PodcastEpisode, ...]

    def fetch(self, one: Illustration) -> bytes:
        """The file of a picture."""
        try:
            return self.files[one.image or ""]
        except KeyError as error:
            raise InputError(f"there is no picture {one.image}", "it was never drawn", "Draw it") from error


@dataclass(frozen=True)
class EpisodesSource:
    """A source of talk that is in memory."""

    episodes: tuple[PodcastEpisode | Dropped, ...]
    dataset: str = "made-up-1"
    hosted: str | None = None

    def parts(self, store: Store, early: Early, told: Told) -> Sequence[SourcePart]:
        """All of it is one part."""
        return (SourcePart("00000", (), "made up"),)

    def counts(self, store: Store) -> Sequence[Count]:
        """Nothing is counted beforehand."""
        return ()

    def read(self, store: Store, part: SourcePart) -> Iterator[PodcastEpisode | Dropped]:
        """The episodes."""
        return iter(self.episodes)


def make_pairs(count: int = 12, *, podcasts: int = 6, exchanges: int = 6, seed: int = 0) -> MadePairs:
    """Make pairs up.

    Every seventh pair has a gap, every eleventh a picture fewer than most.

    Args:
        count: how many.
        podcasts: in how many podcasts; pair i is in podcast i modulo this.
        exchanges: how often somebody speaks and is answered about each picture, which sets the length of the talk.
        seed: another one gives other talk and other colours.
    """
    files: dict[str, bytes] = {}
    made = [_made(number, number % podcasts, exchanges, Random(f"{seed} {number}"), files) for number in range(count)]
    return MadePairs(tuple(pair for pair, _ in made), files, tuple(episode for _, episode in made))


def write_dataset(folder: Path, pairs: MadePairs | None = None, settings: PackTable | None = None) -> Packed:
    """Pack made-up pairs into a folder, for whoever needs a dataset to train on or to look at."""
    made = pairs or make_pairs()
    funnel = [Count("read", len(made.episodes), len(made.episodes), len(made.episodes))]
    return pack(made.pairs, made.fetch, LocalStore(folder), settings, funnel=funnel)


@cache
def drawn(colour: str, thing: str, number: int = 0) -> bytes:
    """A picture of a thing in a colour as JPEG, the same bytes every time; `number` moves the thing about."""
    from PIL import Image, ImageDraw

    width, height = 448, 256
    sky, ground = (((214, 226, 232), (168, 160, 140)), ((236, 222, 200), (120, 132, 118)))[number % 2]
    image = Image.new("RGB", (width, height), sky)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 170, width, height), fill=ground)
    left, top, paint = 110 + 37 * (number % 5), 60 + 9 * (number % 3), COLOURS[colour]
    shapes = {
        "boat": lambda: draw.polygon(
            [(left, top + 80), (left + 170, top + 80), (left + 130, top + 125), (left + 40, top + 125)], paint
        ),
        "kite": lambda: draw.polygon(
            [(left + 60, top - 40), (left + 110, top + 20), (left + 60, top + 100), (left + 10, top + 20)], paint
        ),
        "door": lambda: draw.rectangle((left + 30, top - 20, left + 110, top + 120), paint),
        "bucket": lambda: draw.polygon(
            [(left + 10, top + 30), (left + 130, top + 30), (left + 105, top + 125), (left + 35, top + 125)], paint
        ),
        "lamp": lambda: draw.ellipse((left, top - 20, left + 120, top + 100), paint),
    }
    shapes[thing]()
    out = BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _made(
    number: int, podcast: int, exchanges: int, chance: Random, files: dict[str, bytes]
) -> tuple[Pair, PodcastEpisode]:
    scenes = [(chance.choice(list(COLOURS)), thing) for thing in chance.sample(THINGS, 4 if number % 11 == 10 else 5)]
    origin = _origin(number, podcast)
    turns, shown = _talk(scenes, origin, exchanges, chance)
    episode = PodcastEpisode(origin, turns, seconds=float(9 * len(turns)), main_speakers=2, labels=len(turns) + 3)
    last = len(turns) - 1
    window = window_in(episode, 1, last - 1, richness=1.5)  # all turns but the first and the last
    excerpt = excerpt_from(window, marked_in=f"{episode.id}-0-{last}", model="made-up-marker")
    staged = StagedExcerpt(
        excerpt,
        tuple(
            Scene(f"{colour.capitalize()} {thing} in soft daylight, seen from the side", *turns)
            for (colour, thing), turns in zip(scenes, shown, strict=True)
        ),
        model="made-up-scenes",
        prompts="1",
    )
    came = tuple(
        _illustration(at, scene, staged.scenes[at], number, files, gap=number % 7 == 3 and at == 2)
        for at, scene in enumerate(scenes)
    )
    return Pair(staged, came, model="made-up-pictures"), episode


def _origin(number: int, podcast: int) -> Origin:
    host, guest = _HOSTS[podcast % len(_HOSTS)], _GUESTS[number % len(_GUESTS)]
    return Origin(
        episode=md5(f"made up episode {number}".encode()).hexdigest()[:16],
        podcast=md5(f"made up podcast {podcast}".encode()).hexdigest()[:12],
        dataset="made-up-1",
        title=f"Colours we walked past, part {number + 1}, with {guest}",
        podcast_title=f"Out Early {podcast + 1}",
        url=f"https://example.org/{podcast}/{number}.mp3",
        language="en",
        licence="CC0-1.0",
        hosts=(host,),
        guests=(guest,),
        host_labels=("SPEAKER_00",),
        guest_labels=("SPEAKER_01",),
        categories=("Leisure",),
    )


def _talk(
    scenes: Sequence[tuple[str, str]], origin: Origin, exchanges: int, chance: Random
) -> tuple[tuple[Utterance, ...], list[tuple[int, int]]]:
    """Turns, and from which to which of them each scene is talked about; a turn before and one after are not used."""
    place = chance.choice(_PLACES)
    said = ["Welcome back, everybody.", chance.choice(_OPENERS).format(place=place)]
    shown = []
    for colour, thing in scenes:
        first = len(said)
        article = "an" if colour == "orange" else "a"
        words = {
            "a": article,
            "A": article.capitalize(),
            "colour": colour,
            "thing": thing,
            "place": place,
            "guest": origin.guests[0].split()[0],
        }
        said += [chance.choice(_NAMED).format(**words), chance.choice(_ANSWERS).format(**words)]
        for at in range(exchanges - 1):
            said += [chance.choice(_LONG if at % 3 == 1 else _SMALL), chance.choice(_SMALL if at % 2 else _LONG)]
        shown.append((first, len(said) - 1))
    said.append("And we will be right back.")
    turns = tuple(
        Utterance(f"SPEAKER_0{at % 2}", text, 9.0 * at, 9.0 * at + 8, sources=(at,)) for at, text in enumerate(said)
    )
    return turns, shown


def _illustration(
    at: int, scene: tuple[str, str], asked: Scene, number: int, files: dict[str, bytes], *, gap: bool
) -> Illustration:
    if gap:
        return Illustration(at, asked.prompt, gap="filtered", tries=("refused: prompt",))
    file = drawn(*scene, number)
    sha256 = sha256_of_bytes(file)
    files[sha256] = file
    return Illustration(at, asked.prompt, sha256, "jpeg", 448, 256, seed=number)
