"""What a plan says will be sent and may cost, by hand, and beside what is really asked."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PIL import Image as Pictures

from photocast.models import Image, Request
from photocast.models.prices import set_price
from photocast.models.tokens import image_tokens, request_tokens, text_tokens
from photocast.pipeline.front import Front
from photocast.pipeline.model_pen import MOST_DIRECT, ModelPen
from photocast.schema import (
    AlbumRecord,
    Brief,
    Concern,
    FactSheet,
    Kind,
    Known,
    Observation,
    Permission,
    Person,
    Photo,
    Plan,
    Script,
    Sending,
    Speaker,
    State,
    Turn,
    UsageError,
    Way,
    Writer,
)
from photocast.testing import ScriptedModel

AWAY = "models.example"
PRICE = (1000.0, 10_000.0)
"""A tenth of a cent for a token in, a cent for a token out."""
Made = tuple[Plan, FactSheet, Mapping[str, Path]]
TALK = "Ada: It's the sea. [p01]\nLeo: It was, back then."


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("picture") / "p.jpg"
    Pictures.linear_gradient("L").resize((1024, 768)).convert("RGB").save(path)
    return path


@pytest.fixture
def album(picture: Path) -> Callable[..., Made]:
    """An album of so many photos, for a conversation of so many words, with what is known of it."""

    def album(count: int, words: int = 300, facts: tuple[Observation, ...] = (), **brief: object) -> Made:
        photos = tuple(
            Photo(id=f"p{n:02d}", source=f"{n}.jpg", sha256=f"{n}", width=1024, height=768) for n in range(1, count + 1)
        )
        asked = Brief.model_validate({"words": words} | brief)
        plan = Plan(brief=asked, album=AlbumRecord(title="by the sea", photos=photos), words=words, seconds=1)
        return plan, FactSheet(observations=facts), {photo.id: picture for photo in photos}

    return album


@pytest.fixture(autouse=True)
def _a_journal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))


def answer(request: Request) -> str:
    """Notes when it is to look, else a conversation."""
    if request.purpose == "look":
        return "\n".join(f"{image.photo}: a wave" for image in request.images)
    return TALK


def pen(
    host: str | None = AWAY, structured: bool = False, model: ScriptedModel | None = None, **writer: object
) -> ModelPen:
    conditions = Writer.model_validate({"model": "scripted:test", "price": PRICE} | writer)
    model = model or ScriptedModel(answer, name="scripted:test", host=host, structured=structured)
    return ModelPen(conditions, label="a test", model=model, front=Front())


def asked(made: Made, structured: bool = False, **writer: object) -> list[Request]:
    """What a model is really asked, save for repairs."""
    model = ScriptedModel(answer, name="scripted:test", host=AWAY, structured=structured)
    writes = pen(model=model, **writer)
    writes.look(*made)
    writes.write(*made)
    return [request for request in model.requests if request.purpose in {"look", "script"}]


def sending(made: Made, **conditions: object) -> Sending:
    found = pen(**conditions).preflight(*made)  # type: ignore[arg-type]
    assert found is not None
    return found


def observation(photo: str, kind: Kind, what: str, known: Known = Known.SEEN, **more: object) -> Observation:
    fields = {"id": f"{photo}.{kind}.{what}", "photos": (photo,), "kind": kind, "what": what, "known": known}
    return Observation.model_validate(fields | {"sources": ("by hand",), "confidence": 0.9} | more)


@pytest.mark.parametrize(
    ("count", "words", "calls"),
    [
        (1, 300, 2),  # one part, one repair
        (16, 300, 2),
        (17, 300, 3),  # at most 16 photos a part
        (48, 300, 4),
        (49, 300, 12),  # facts: 49 / 8 looks, 49 / 16 parts, one repair
        (1, 900, 2),
        (1, 901, 3),  # at most 900 words a part
        (48, 3000, 5),
    ],
)
def test_calls_by_the_number_of_photos_and_words(
    album: Callable[..., Made], count: int, words: int, calls: int
) -> None:
    told = sending(album(count, words))
    assert told.calls == calls
    assert len(told.photos) == count


def test_the_way_is_direct_up_to_48_photos(album: Callable[..., Made]) -> None:
    def way(count: int, asked: Way | None = None, **brief: object) -> Way:
        return pen(way=asked).way_for(album(count, **brief)[0])

    assert MOST_DIRECT == 48
    assert [way(count) for count in (1, 16, 17, 48)] == [Way.DIRECT] * 4
    assert way(49) is way(300) is Way.FACTS
    assert way(49, style="paper") is Way.DIRECT  # its conditions show the photos
    assert way(1, Way.FACTS) is Way.FACTS
    assert way(300, Way.DIRECT) is Way.DIRECT


@pytest.mark.parametrize("host", [AWAY, None])
def test_photos_are_sent_once_and_counted_by_their_bytes(
    album: Callable[..., Made], picture: Path, host: str | None
) -> None:
    told = sending(album(20), host=host, way="facts")
    assert told.photos == tuple(f"p{n:02d}" for n in range(1, 21))
    assert told.photo_bytes == 20 * picture.stat().st_size
    assert told.host == host


def test_photos_without_a_picture_are_not_sent(album: Callable[..., Made]) -> None:
    plan, facts, images = album(9)
    left = {photo: path for photo, path in images.items() if photo != "p02"}
    for way in Way:
        told = sending((plan, facts, left), way=way)
        assert "p02" not in told.photos
        assert len(told.photos) == 8


def test_tokens_of_one_photo_by_hand(album: Callable[..., Made]) -> None:
    made = album(1, 100)
    (request,) = asked(made)
    name, photo, words = request.parts
    assert (name, isinstance(photo, Image), isinstance(words, str)) == ("p01\n", True, True)
    texts = sum(text_tokens(text).expected for text in (request.system, str(name), str(words)))
    tokens = 20 + texts + image_tokens("scripted:test", 1024, 768).expected  # 20: what a template puts around it
    told = sending(made)
    assert told.input_tokens == 2 * tokens + 140  # a repair as well, which reads 100 words at 1.4 tokens
    # 1.4 tokens a word, a tenth more for names and marks; the repair writes a fifth of the words
    assert told.output_tokens == pytest.approx(154 + 31, abs=2)


def test_json_takes_more_words(album: Callable[..., Made]) -> None:
    plain, held = sending(album(1, 100)), sending(album(1, 100), structured=True)
    assert held.output_tokens == pytest.approx(2 * plain.output_tokens, rel=0.02)  # 2.2 for 1.1
    assert held.input_tokens > plain.input_tokens  # the schema is sent along


@pytest.mark.parametrize("structured", [False, True])
@pytest.mark.parametrize(("count", "way"), [(3, "direct"), (18, "direct"), (11, "facts"), (3, "facts")])
def test_what_is_planned_is_what_is_asked(album: Callable[..., Made], count: int, way: str, structured: bool) -> None:
    made = album(count)
    told, requests = sending(made, way=way, structured=structured), asked(made, way=way, structured=structured)
    assert {image.photo for request in requests for image in request.images} == set(told.photos)
    assert len(requests) == told.calls - 1  # and a repair
    tokens = sum(request_tokens("scripted:test", request).expected for request in requests)
    assert tokens <= told.input_tokens <= 2.6 * tokens


def test_costs_by_hand(album: Callable[..., Made]) -> None:
    made = album(1, 100)
    cost = sending(made).cost
    assert cost is not None
    (request,) = asked(made)
    tokens = request_tokens("scripted:test", request)
    # low: the one certain call, all as expected
    assert cost.low_usd == pytest.approx(tokens.expected / 1000 + 1.55, abs=0.011)  # 154 or 155 tokens out
    # high: both at their worst, answers as long as they may be, and what was said read once more, taken twice
    assert cost.high_usd == pytest.approx(2 * (tokens.worst / 1000 + request.sampling.max_tokens / 100) + 0.28)
    assert cost.table == set_price(*PRICE).table


@pytest.mark.parametrize("count", [1, 16, 17, 48, 49, 120])
@pytest.mark.parametrize("structured", [False, True])
def test_low_is_never_above_high_and_more_photos_cost_more(
    album: Callable[..., Made], count: int, structured: bool
) -> None:
    less, more = (sending(album(n), structured=structured).cost for n in (count, count + 30))
    assert less is not None
    assert more is not None
    assert 0 < less.low_usd <= less.high_usd
    assert less.low_usd < more.low_usd
    assert less.high_usd < more.high_usd


def test_nobody_knows_and_nothing_to_pay(album: Callable[..., Made]) -> None:
    assert sending(album(2), price=None).cost is None  # a name that no table has
    home = sending(album(2), host=None).cost
    assert home is not None
    assert (home.low_usd, home.high_usd) == (0.0, 0.0)


PRIVATE = (
    observation("p01", Kind.PRIVATE, "a screen"),
    observation("p02", Kind.PRIVATE, "a page full of text", state=State.LOCKED),
    observation("p02", Kind.PRIVATE, "what may be a number plate", state=State.STRUCK),
    observation("p09", Kind.PRIVATE, "a screen"),
    observation("p01", Kind.SUBJECT, "dog"),
)


def test_concerns_are_of_photos_that_leave(album: Callable[..., Made]) -> None:
    assert sending(album(3, 300, PRIVATE)).concerns == (
        Concern(photo="p01", what="a screen"),
        Concern(photo="p02", what="a page full of text"),
    )
    assert sending(album(3, 300, PRIVATE), host=None).concerns == ()
    again = pen(way="facts").preflight(*album(3, 300, PRIVATE), task="write")
    assert again is not None
    assert (again.photos, again.concerns) == ((), ())  # no photo is sent a second time


TOLD = (
    observation("p01", Kind.PLACE, "Arezzo, Italy", Known.METADATA),
    observation("p01", Kind.TIME, "morning", Known.METADATA),
    observation("p01", Kind.SUBJECT, "dog"),
    observation("p01", Kind.NOTE, "Rosa hates swans", Known.TOLD, photos=("p01", "p02")),
)
ROSA = (Person(name="Rosa"),)


def test_what_is_told_and_what_is_kept(album: Callable[..., Made]) -> None:
    made = album(2, 300, TOLD, people=ROSA)
    shut = sending(made)
    assert shut.words == ("as you wrote it: “Person A hates swans”",)
    assert [line.partition(":")[0] for line in shut.withheld] == [
        "names of 1 person (“Person A” stands in)",
        "places",
        "times of day, seasons and gaps",
        "names of files and of the folder",  # by the sea
    ]
    assert all("--allow" in line for line in shut.withheld)
    some = sending(made, allow=(Permission.NAMES, Permission.PLACES))
    assert some.words == ("as you wrote it: “Rosa hates swans”", "names of people", "places")
    assert [line.partition(":")[0] for line in some.withheld] == [
        "times of day, seasons and gaps",
        "names of files and of the folder",
    ]
    assert sending(made, host=None).withheld == ()  # nothing leaves, so nothing is kept back
    facts = sending(made, way="facts")
    assert "the fact sheet" in facts.words[-1]


def test_the_look_alone_the_writing_alone_and_both(album: Callable[..., Made]) -> None:
    made = album(11)
    asking = pen(way="facts")
    look, write, both = (asking.preflight(*made, task=task) for task in ("look", "write", "make"))  # type: ignore[arg-type]
    assert look is not None
    assert write is not None
    assert both is not None
    assert (look.calls, write.calls, both.calls) == (2, 2, 4)
    assert (len(look.photos), len(write.photos), len(both.photos)) == (11, 0, 11)
    assert look.output_tokens == 11 * 130
    for name in ("input_tokens", "output_tokens", "photo_bytes"):
        assert getattr(look, name) + getattr(write, name) == getattr(both, name)
    direct = pen()
    assert direct.preflight(*made, task="look") is None  # it sees the photos while it writes
    assert direct.preflight(*made, task="write") == direct.preflight(*made)


@pytest.mark.parametrize("way", ["direct", "facts"])
def test_questions_are_a_call_more(album: Callable[..., Made], way: str) -> None:
    made = album(11)
    asking = pen(way=way)
    plain, with_questions = (asking.preflight(*made, task=task) for task in ("make", "interview"))  # type: ignore[arg-type]
    assert plain is not None
    assert with_questions is not None
    assert (with_questions.calls, with_questions.photos) == (plain.calls + 1, plain.photos)
    assert with_questions.cost is not None
    assert plain.cost is not None
    assert with_questions.cost.low_usd > plain.cost.low_usd
    model = ScriptedModel(['{"questions": ["Why p01?"]}'], host=AWAY)
    pen(model=model, way=way).questions(*made)
    asked_for = request_tokens("scripted:test", model.requests[0]).expected
    assert with_questions.input_tokens - plain.input_tokens == asked_for


def test_one_turn_is_one_call_with_its_photos(album: Callable[..., Made]) -> None:
    plan, facts, images = album(11)
    turns = tuple(
        Turn(id=f"t{n:03d}", speaker="AdaLeo"[n % 2 * 3 :][:3], text="It was quite wet. " * n, photos=(f"p{n:02d}",))
        for n in range(1, 6)
    )
    script = Script(
        title="by the sea",
        speakers=(Speaker(name="Ada"), Speaker(name="Leo")),
        turns=(*turns, turns[0].model_copy(update={"id": "t009", "locked": True})),
    )
    one = pen().preflight_redo(script, plan, facts, images, "t003", "shorter")
    assert (one.calls, one.photos) == (1, ("p03",))
    assert one.output_tokens == pytest.approx(12 * 1.4 * 1.1, abs=1)  # twelve words
    whole = sending((plan, facts, images))
    assert one.input_tokens < whole.input_tokens / 2
    assert pen(way="facts").preflight_redo(script, plan, facts, images, "t003", None).photos == ()
    for turn, why in (("t099", "there is no turn t099"), ("t009", "t009 is locked")):
        with pytest.raises(UsageError, match=why):
            pen().preflight_redo(script, plan, facts, images, turn, None)
