"""What the two ways of writing with a model cost: all photos in one prompt, or facts first and then words alone.

Run `python benchmarks/ways.py [MODEL ...]`. Nothing is sent: tokens are estimated as `photocast plan` does it, prices
come from the table that it names. The photos are those of `examples/`, as often as it takes, at 1,024 pixels. "Again"
is `photocast write` after the facts were edited, and "redo" one turn that is about one photo.
"""

import os
import sys
from pathlib import Path

from photocast import Album
from photocast.models import Image, Usage
from photocast.models.names import open_model
from photocast.models.prices import price_of
from photocast.models.tokens import expected_tokens
from photocast.pipeline.estimate import estimated, looking, writing
from photocast.prompts import Prompts
from photocast.schema import AlbumRecord, Brief, FactSheet, Kind, Known, Observation, Photo, Script, Speaker, Turn
from photocast.writing import Work, default_words

MODELS = ("openai:gpt-5-mini", "google:gemini-2.5-flash", "anthropic:claude-haiku-4-5")
COUNTS = (5, 10, 30, 48, 100, 300)
EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "sourdough_loaf"
NOTE = "two hands fold a wet dough in a steel bowl, flour on the left one"
NOTES_A_PHOTO = 6


def main(models: list[str]) -> None:
    for name in ("OPENAI_API_KEY", "GOOGLE_API_KEY", "ANTHROPIC_API_KEY"):
        os.environ.setdefault(name, "no-key-is-needed-to-count")
    with Album.open(EXAMPLES) as photos:
        pictures = [photos.model_image(photo.id) for photo in photos.photos]
        for model in models:
            print(f"\n{model}; {getattr(price_of(model), 'table', 'no price')}\n")
            print("| photos | direct: tokens in, out | $ | again | redo | facts: tokens in, out | $ | again | redo |")
            print("|---|---|---|---|---|---|---|---|---|")
            for count in COUNTS:
                print(row(model, count, pictures))


def row(name: str, count: int, pictures: list[Path]) -> str:
    album, facts = album_of(count)
    images = {photo.id: pictures[at % len(pictures)] for at, photo in enumerate(album.photos)}
    cells: list[str] = []
    for looks in (False, True):
        work = work_of(name, album, facts, images if not looks else {})
        model = open_model(name)
        price = price_of(model)
        assert price is not None, f"the price of {name} is not known"
        seen = {photo: Image(photo, path) for photo, path in images.items()} if looks else {}
        first = estimated(model, price, work, [*looking(model, work, seen), *writing(work)])
        again = estimated(model, price, work, list(writing(work)))
        redo = work.turns(script_of(album), {"t002": "shorter"}, "redo")
        turn = price.cost(Usage(expected_tokens(model.name, redo), 60))
        assert first.cost is not None
        assert again.cost is not None
        cells += [
            f"{first.input_tokens:,}, {first.output_tokens:,}",
            *(f"{usd:.4f}" for usd in (first.cost.low_usd, again.cost.low_usd, turn)),
        ]
    return f"| {count} | {' | '.join(cells)} |"


def work_of(name: str, album: AlbumRecord, facts: FactSheet, images: dict[str, Path]) -> Work:
    brief = Brief(about="the first loaf that rose")
    return Work(
        album=album,
        facts=facts,
        brief=brief,
        words=default_words(album, brief),
        images={photo: Image(photo, path) for photo, path in images.items()},
        prompts=Prompts(),
        structured=True,
        allow=(),
    )


def album_of(count: int) -> tuple[AlbumRecord, FactSheet]:
    photos = tuple(
        Photo(id=f"p{number:02d}", source=f"{number}.jpg", sha256=f"{number:064d}", width=1600, height=1200)
        for number in range(1, count + 1)
    )
    notes = tuple(
        Observation(
            id=f"{photo.id}.detail.{number}", photos=(photo.id,), kind=Kind.DETAIL, what=NOTE, known=Known.SEEN,
            sources=("a model",), confidence=0.9,
        )
        for photo in photos
        for number in range(NOTES_A_PHOTO)
    )  # fmt: skip
    return AlbumRecord(title="loaf", photos=photos), FactSheet(observations=notes)


def script_of(album: AlbumRecord) -> Script:
    text = "It is exactly as ready as dough is, and I say that as somebody who has waited for a bus in the rain."
    turns = tuple(
        Turn(
            id=f"t{number:03d}",
            speaker="AB"[number % 2],
            text=text,
            photos=(album.photos[0].id,) if number == 2 else (),
        )
        for number in range(1, 41)
    )
    return Script(title="loaf", speakers=(Speaker(name="A"), Speaker(name="B")), turns=turns)


if __name__ == "__main__":
    main(sys.argv[1:] or list(MODELS))
