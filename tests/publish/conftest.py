"""An episode to publish: six photos of a dog on its way to the sea."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from photocast.runs import Figure, PhotoCount, Report
from photocast.schema import (
    AlbumRecord,
    Brief,
    Claim,
    Delivery,
    FactSheet,
    Kind,
    Known,
    Observation,
    Photo,
    Place,
    Plan,
    Provenance,
    Reason,
    Script,
    SetAside,
    Source,
    Speaker,
    Turn,
)

TALK = """
Maya: Okay, so I should say this up front, so nobody feels tricked. It’s [the same dog|album.recurs.dog]. In all of them.
Theo: How many is all?
Maya p01 p02 p03 p04 p05 p06: Six.
Theo: I have no problem with six.
Maya p01: And whoever saved these called the folder [“dog at the beach”|album.name.folder]. Which, fine, great, I’m in, I like a beach. And then it opens on… [leaves|p01.scene.leaves]. There’s [leaves on the ground|p01.scene.leaves]. There’s a, like, a whole [hedge situation|p01.subject.undergrowth].
Theo p01: Maybe that’s the car park.
Maya p02: Second one, [woods|p02.scene.woods]. There’s [a rock|p02.subject.rock], [the dog|p02.subject.dog] is on the rock, the dog is extremely pleased about the—
Theo: You’d be pleased.
Maya: I would be pleased! But where’s my beach?
Theo p03: [Pebbles|p03.subject.pebbles]. Third one. I’m counting pebbles.
Maya p03: You can’t count pebbles.
Theo p03: I’ve been to Brighton, I’m counting pebbles. [We had this neighbour when I was a kid, right, drove three hours to the sea every August and never once got out of the car. Had a flask. Looked at it through the windscreen, drove home. Loved it.|] So I think everyone’s got, you know, their own amount of beach. And for this dog, pebbles might be plenty.
Maya p04: It’s not plenty. Look at four. That’s [wet rock|p04.subject.rock], and I’d say that’s a face that has just heard something.
Theo: Heard what?
Maya p05: Well. Five.
Theo p05: Oh, [there it is|p05.subject.sea].
Maya p05: There it is! [Actual sea|p05.subject.sea]. Took them four photos, and it’s sort of behind the dog, like it’s not the important part.
Theo p05: It isn’t the important part.
Maya: No.
Theo p06: And then [an hour goes by|p06.gap]—
Maya p06: [An hour and a bit|p06.gap].
Theo p06: —and it’s [a blanket|p06.subject.blanket]. [Indoors|p06.setting]. That’s a dog with nothing left.
Maya p05: [One photo of the sea|p05.subject.sea]. One. I think your neighbour would’ve understood.
Theo: He’d have stayed in the car.
Maya (laughing): With the flask.
"""  # noqa: E501
_LINE = re.compile(r"(?P<who>\w+)(?P<photos>(?: p\d\d)*)(?: \((?P<manner>\w+)\))?: (?P<text>.*)")
_CLAIM = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")
_ALL = tuple(f"p{number:02d}" for number in range(1, 7))


@dataclass(frozen=True)
class Made:
    """All that an episode is written from."""

    script: Script
    facts: FactSheet
    plan: Plan
    report: Report
    images: Mapping[str, Path]

    def but(self, **changes: object) -> "Made":
        return replace(self, **changes)  # type: ignore[arg-type]


def dog_script() -> Script:
    turns = []
    for number, line in enumerate(TALK.strip().splitlines(), start=1):
        found = _LINE.fullmatch(line)
        assert found
        text, claims = _claims(found["text"])
        turns.append(
            Turn(
                id=f"t{number:03d}",
                speaker=found["who"],
                text=text,
                photos=tuple(found["photos"].split()),
                claims=claims,
                delivery=Delivery(manner=found["manner"]),
            )
        )
    return Script(
        title="Dog at the beach",
        speakers=(
            Speaker(name="Maya", character="has come for a beach"),
            Speaker(name="Theo", character="easy to please"),
        ),
        turns=tuple(turns),
        provenance=Provenance(
            writer="pocket",
            writer_version="1",
            seed=0,
            disclosure="A machine wrote this conversation from six photos. Maya and Theo do not exist.",
        ),
    )


def _claims(marked: str) -> tuple[str, tuple[Claim, ...]]:
    known = {one.id: one for one in dog_facts().observations}
    text, claims, at = "", [], 0
    for found in _CLAIM.finditer(marked):
        text += marked[at : found.start()]
        source = Source(known[found[2]].known) if found[2] else Source.INVENTED
        observations = (found[2],) if found[2] else ()
        claims.append(Claim(start=len(text), end=len(text) + len(found[1]), source=source, observations=observations))
        text, at = text + found[1], found.end()
    return text + marked[at:], tuple(claims)


def dog_facts() -> FactSheet:
    def seen(name: str, confidence: float, *sources: str) -> Observation:
        photo, kind, what = name.split(".")
        return Observation(
            id=name,
            photos=(photo,),
            kind=Kind(kind),
            what=what,
            known=Known.SEEN,
            sources=sources,
            confidence=confidence,
        )

    dogs = [seen(f"{photo}.subject.dog", 0.97, "detector", "classifier") for photo in _ALL]
    return FactSheet(
        observations=(
            *dogs,
            Observation(
                id="album.recurs.dog",
                photos=_ALL,
                kind=Kind.RECURS,
                what="dog",
                known=Known.SEEN,
                sources=("detector",),
                confidence=0.95,
                quantity=6,
            ),
            Observation(
                id="album.name.folder",
                photos=("p01",),
                kind=Kind.CAPTION,
                what="dog at the beach",
                known=Known.TOLD,
                sources=("folder",),
                confidence=1,
            ),
            seen("p01.scene.leaves", 0.8, "classifier"),
            seen("p01.subject.undergrowth", 0.52, "classifier"),
            seen("p02.scene.woods", 0.83, "classifier"),
            seen("p02.subject.rock", 0.78, "classifier", "detector"),
            seen("p03.subject.pebbles", 0.64, "classifier"),
            seen("p04.subject.rock", 0.81, "classifier"),
            seen("p05.subject.sea", 0.93, "classifier", "colour"),
            seen("p06.subject.blanket", 0.71, "detector"),
            seen("p06.setting.indoors", 0.9, "colour").model_copy(update={"id": "p06.setting"}),
            Observation(
                id="p06.gap",
                photos=("p06",),
                kind=Kind.GAP,
                what="an hour later",
                known=Known.METADATA,
                sources=("exif",),
                confidence=1,
                quantity=4020,
            ),
        )
    )


def dog_album() -> AlbumRecord:
    began = datetime(2024, 4, 13, 14, 32)
    minutes = (0, 18, 31, 40, 52, 119)
    return AlbumRecord(
        title="dog_at_the_beach",
        photos=tuple(
            Photo(
                id=name,
                source=f"{place:02d}_{place - 1:02d}.jpg",
                sha256=f"{place:064x}",
                width=900,
                height=600,
                taken_at=began + timedelta(minutes=minutes[place - 1]),
                place=Place(city="Whitstable", country="United Kingdom"),
            )
            for place, name in enumerate(_ALL, start=1)
        ),
        set_aside=(
            SetAside(source="IMG_0007.jpg", reason=Reason.BLURRED, detail="Sharpness 12, and 40 is needed."),
            SetAside(source="notes.txt", reason=Reason.UNSUPPORTED, detail="It is text."),
        ),
    )


def made_with(images: Mapping[str, Path]) -> Made:
    script, album = dog_script(), dog_album()
    return Made(
        script=script,
        facts=dog_facts(),
        plan=Plan(brief=Brief(), album=album, writer="pocket", words=script.words(), seconds=4.0),
        report=Report(
            photocast="0.1.0",
            python="3.11.7",
            platform="Linux x86_64",
            writer="pocket",
            seed=0,
            photos=PhotoCount(found=8, used=6, set_aside=2),
            seconds={"look": 1.5, "write": 0.25},
            style=(Figure(name="turn-length CV", value=1.3, low=0.89, high=1.46, reference="Changelog, five shows"),),
        ),
        images=images,
    )


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A drawing for each photo, of different shapes."""
    folder = tmp_path_factory.mktemp("pictures")
    for number, name in enumerate(_ALL):
        picture = Image.new(
            "RGB", [(900, 600), (600, 900), (700, 700)][number % 3], (40 * number, 120, 200 - 30 * number)
        )
        ImageDraw.Draw(picture).ellipse((100, 100, 400, 400), fill=(250, 230 - 30 * number, 90))
        picture.save(folder / f"{name}.jpg", quality=85)
    return {name: folder / f"{name}.jpg" for name in _ALL}


@pytest.fixture
def made(pictures: dict[str, Path]) -> Made:
    return made_with(pictures)


@pytest.fixture(scope="session")
def made_of_photos(shared: Path) -> Made:
    """The same with the photos it was written about."""
    files = sorted((shared / "albums" / "14_dog_at_the_beach").glob("*.jpg"))
    return made_with(dict(zip(_ALL, files, strict=True)))
