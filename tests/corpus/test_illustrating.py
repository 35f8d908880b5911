"""Pictures for scenes: retries, gaps, and nothing paid for twice. Everything goes over loopback."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from photocast.corpus.asking import AskLater, AskNow, NotYet
from photocast.corpus.illustrating import Illustrating
from photocast.corpus.inspection import Inspection
from photocast.corpus.kept import KeptPictures
from photocast.corpus.nouns import Dropped, Excerpt, Origin, Pair, Place, Scene, StagedExcerpt, Utterance, Verdict
from photocast.corpus.store import LocalStore
from photocast.models.asking import Asking, Run
from photocast.models.images import open_image_model
from photocast.models.names import open_model
from photocast.runs import sha256_of_bytes
from photocast.testing import FakeProvider
from photocast.testing.behaviours import Behaviour, Draw
from photocast.testing.server import Received

SCENES = ("a red boat on a lake", "a dog under a table", "bread on a board")
RISKY = "bread"
Answer = Callable[[Received], Behaviour]


def staged() -> StagedExcerpt:
    turns = (Utterance("A", "We had a boat."), Utterance("B", "And a dog."))
    excerpt = Excerpt(
        id="e-0-1",
        origin=Origin("e", "p", "transcripts"),
        episode_sha256="0",
        place=Place(0, 1, 0, 25, "0"),
        turns=turns,
        words=7,
        richness=0.1,
        window="e-0-1",
        model="any",
        prompts="1",
        safety=Verdict(True),
        quality=Verdict(True),
    )
    return StagedExcerpt(excerpt, tuple(Scene(prompt, 0, 1) for prompt in SCENES), "any", "1")


class Studio:
    """A server that draws, and rewords; and a stage that asks it."""

    def __init__(self, folder: Path, server: FakeProvider) -> None:
        self.store, self.server = LocalStore(folder), server
        self.kept = KeptPictures(self.store)

    def draw(self, *, later: bool = False, seed: int = 0) -> Pair | Dropped:
        run = Run("test")
        model = open_image_model("openai:draws", self.kept, base_url=self.server.url)
        painter = Asking("openai:draws", "image", run=run, prompts="", model=model)
        writes = open_model("openai:writes", base_url=self.server.url)
        words = Asking("openai:writes", "reword", run=run, prompts="1", model=writes)
        stage = Illustrating(painter.name, self.kept, Inspection(), "Photograph. ", seed=seed)
        asked = [AskLater(one) if later else AskNow(one) for one in (painter, words)]
        made = asyncio.run(stage(staged(), *asked))
        return made if isinstance(made, Dropped) else made[0]

    @property
    def prompts(self) -> list[str]:
        """What was drawn, or was not, in the order of the questions."""
        return [one.asked.text for one in self.server.requests if one.asked.text.startswith("Photograph")]


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Studio]]:
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))
    servers: list[FakeProvider] = []

    def opened(answer: Answer | Behaviour) -> Studio:
        server = FakeProvider(answer)
        server.__enter__()
        servers.append(server)
        return Studio(tmp_path / "corpus", server)

    yield opened
    for server in servers:
        server.__exit__(None, None, None)


def test_every_scene_has_its_picture(studio: Callable[..., Studio]) -> None:
    made = studio(Draw()).draw()
    assert isinstance(made, Pair)
    assert [one.prompt for one in made.illustrations] == list(SCENES)
    assert all(one.image and not one.gap and not one.tries for one in made.illustrations)
    assert len({one.image for one in made.illustrations}) == len({one.seed for one in made.illustrations}) == 3


def test_files_are_named_after_their_bytes(studio: Callable[..., Studio]) -> None:
    room = studio(Draw())
    made = room.draw()
    assert isinstance(made, Pair)
    for one in made.pictures:
        assert sha256_of_bytes(room.kept.of(one)) == one.image
    assert len(room.store.names("pictures")) == 3


def test_a_second_run_pays_for_nothing(studio: Callable[..., Studio]) -> None:
    room = studio(Draw())
    first = room.draw()
    assert room.server.charges == 3
    assert room.draw() == first
    assert room.server.charges == 3


def test_another_seed_gives_other_pictures(studio: Callable[..., Studio]) -> None:
    room = studio(Draw())
    first, second = room.draw(), room.draw(seed=1)
    assert isinstance(first, Pair)
    assert isinstance(second, Pair)
    assert not {one.image for one in first.pictures} & {one.image for one in second.pictures}


def _refusing(reworded: str | None) -> Answer:
    """Refuses prompts with the risky word in them; asked for other words, it has these, or none."""

    def answer(received: Received) -> Behaviour:
        if not received.asked.text.startswith("Photograph"):
            return json.dumps({"prompt": reworded}) if reworded else "I would rather not."
        return Draw(filtered="Filter reason: prompt") if RISKY in received.asked.text else Draw()

    return answer


def test_a_refused_picture_is_tried_in_other_words(studio: Callable[..., Studio]) -> None:
    made = studio(_refusing("a loaf on a board")).draw()
    assert isinstance(made, Pair)
    last = made.illustrations[-1]
    assert last.image
    assert last.prompt == "a loaf on a board"
    assert [one.partition(":")[0] for one in last.tries] == ["filtered"]


def test_what_stays_refused_is_a_gap(studio: Callable[..., Studio]) -> None:
    room = studio(_refusing("more bread, of another kind"))
    made = room.draw()
    assert isinstance(made, Pair)
    last = made.illustrations[-1]
    assert (last.image, last.gap, len(last.tries)) == (None, "filtered", 3)
    assert len([one for one in room.prompts if RISKY in one]) == 3
    asked = len(room.server.requests)
    assert room.draw() == made
    assert len(room.server.requests) == asked  # neither refusals nor other words are asked for again


def test_without_other_words_it_is_tried_with_another_seed(studio: Callable[..., Studio]) -> None:
    made = studio(_refusing(None)).draw()
    assert isinstance(made, Pair)
    assert made.illustrations[-1].gap == "filtered"
    assert made.illustrations[-1].prompt == SCENES[-1]


def test_a_blank_picture_is_drawn_again(studio: Callable[..., Studio]) -> None:
    room = studio(Draw())
    room.server.queue(Draw(kind="blank"), Draw(), Draw(kind="blank"), Draw(kind="blank"), Draw(kind="blank"))
    made = room.draw()
    assert isinstance(made, Pair)
    assert [one.gap for one in made.illustrations] == ["", "blank", ""]
    assert made.illustrations[0].tries == ("blank",)
    assert made.illustrations[1].tries == ("blank", "blank", "blank")


def test_where_there_is_no_picture_at_all_nothing_is_made(studio: Callable[..., Studio]) -> None:
    made = studio(Draw(kind="blank")).draw()
    assert made == Dropped("e-0-1", "no_pictures", "blank, blank, blank")


def test_a_file_that_is_gone_is_drawn_again_from_the_same_seed(studio: Callable[..., Studio]) -> None:
    room = studio(Draw())
    first = room.draw()
    assert isinstance(first, Pair)
    for name in room.store.names("pictures"):
        room.store.delete(name)
    assert room.draw() == first
    assert room.server.charges == 6
    assert room.draw() == first
    assert room.server.charges == 6


def test_what_would_be_drawn_is_known_before(studio: Callable[..., Studio]) -> None:
    room = studio(Draw())
    with pytest.raises(NotYet):
        room.draw(later=True)
    assert room.server.requests == []
