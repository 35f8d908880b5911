"""What a long episode costs in words: what each part is told, and how much of that is what has been said so far.

Run: python benchmarks/parts.py

Episodes of 1, 2, 4 and 8 parts of 900 words, with 8 photos to a part, are written by a model that recites turns of the
pocket writer about the photos of `photocast demo`; only what is asked is looked at. A token is taken for four
characters. Pictures come on top, once each: a photo is in one part.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from photocast.album import Album
from photocast.looking import look
from photocast.models import Image, Request
from photocast.models.fake import ScriptedModel
from photocast.prompts import Prompts
from photocast.schema import AlbumRecord, Brief, FactSheet, Host, Photo
from photocast.writing import Work, write, write_with
from photocast.writing.prompted.parts import MOST_WORDS

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "src/photocast/demo/dog_at_the_beach"
PARTS = (1, 2, 4, 8)
PHOTOS_A_PART = 8
CHARACTERS_A_TOKEN = 4
SAID = "What has been said so far:\n\n"
BEHIND_SAID = "\n\nGo on from there"


def main() -> None:
    lines = list(talk(MOST_WORDS * max(PARTS)))
    print(f"| parts | words | asked in all, tokens | of it said before | the last part alone |\n{'|---' * 5}|")
    for parts in PARTS:
        asked = [tokens(request) for request in requests(parts, lines)]
        whole, said = sum(all_of_it for all_of_it, _ in asked), sum(before for _, before in asked)
        last, last_said = asked[-1]
        print(
            f"| {parts} | {parts * MOST_WORDS} | {whole:,} | {said:,}, {said / whole:.0%} | "
            f"{last:,}, of it said before {last_said / last:.0%} |"
        )
    print("\n| part of 8 | tokens | said before |\n|---|---|---|")
    for number, (all_of_it, before) in enumerate(asked, start=1):
        print(f"| {number} | {all_of_it:,} | {before:,}, {before / all_of_it:.0%} |")


def talk(words: int) -> Iterator[str]:
    """Turns of the pocket writer, as many as have so many words."""
    with Album.open(DEMO) as album:
        record = AlbumRecord(title=album.title, photos=album.photos, set_aside=album.set_aside)
        facts = look(album, Brief())
    seed = said = 0
    while said < words:
        for turn in write(record, facts, Brief(seed=seed, words=900)).script.turns:
            said += len(turn.text.split())
            yield turn.text
        seed += 1


def requests(parts: int, lines: list[str]) -> list[Request]:
    """What a model is asked for an episode of so many parts, repairs left out."""
    photos = tuple(
        Photo(id=f"p{at:02d}", source=f"{at}.jpg", sha256=f"{at:064d}", width=8, height=6)
        for at in range(1, parts * PHOTOS_A_PART + 1)
    )
    left = iter(lines)

    def recite(request: Request) -> str:
        answer: list[str] = []
        while sum(len(line.split()) - 2 for line in answer) < MOST_WORDS - 10 and (line := next(left, None)):
            photo = request.images[len(answer) % len(request.images)].photo
            answer.append(f"{('Maya', 'Theo')[len(answer) % 2]}: {line} [{photo}]")
        return "\n".join(answer)

    with TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.jpg"
        picture.write_bytes(b"not looked at")
        brief = Brief(cast=(Host(name="Maya"), Host(name="Theo")))
        work = Work(
            album=AlbumRecord(title="walk", photos=photos),
            facts=FactSheet(observations=()),
            brief=brief,
            words=parts * MOST_WORDS,
            images={photo.id: Image(photo.id, picture) for photo in photos},
            prompts=Prompts(),
            structured=False,
            allow=(),
        )
        model = ScriptedModel(lambda request: "" if request.purpose == "repair" else recite(request))
        asyncio.run(write_with(model, work))
    return [request for request in model.requests if request.purpose == "script"]


def tokens(request: Request) -> tuple[int, int]:
    """Of all words that are sent, and of what has been said before."""
    text = "\n".join([request.system, *(part for part in request.parts if isinstance(part, str))])
    said = text.partition(SAID)[2].partition(BEHIND_SAID)[0]
    return len(text) // CHARACTERS_A_TOKEN, len(said) // CHARACTERS_A_TOKEN


if __name__ == "__main__":
    main()
