"""The Python API with a model: what is sent is told first, turns are heard, money has an end, and nothing is lost."""

import asyncio
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from photocast import Album, Episode, Studio
from photocast.models import Ending, Finish, Request, Usage
from photocast.pipeline import Front, as_told
from photocast.schema import (
    BudgetError,
    ConfigError,
    FactSheet,
    Fault,
    InputError,
    Kind,
    ModelError,
    Person,
    UsageError,
    Way,
)
from photocast.testing import ScriptedModel
from photocast.writing import Event, Heard, TakenBack

TALK = """\
Ada: Is it ready? [p01]
Leo: It's dough, and it was dough an hour ago.
Ada: So it is nearly—
Leo: It is exactly as ready as dough is, and I say that as somebody who has waited for buses. [p02]
Ada: You could poke it.
Leo: Nobody is poking it. You poked the last one, and then it was a plate.
Ada: A good plate. [p03]
Leo: It was a very good plate, I'll give you that.
"""
GERMAN = """\
Ada: Das ist doch der Teig von gestern, und er ist immer noch nicht fertig. [p01]
Leo: Ich habe es dir gesagt, das dauert. Du hast mir nicht geglaubt, und jetzt ist es zu spät.
Ada: Aber wir haben doch die ganze Nacht gewartet, und es war kalt in der Küche. [p02]
Leo: Ja, und das Brot wird davon auch nicht besser, wenn man es immer nur ansieht. [p03]
"""
OTHER = TALK.replace("plate", "doorstop").replace("poke", "tap").replace("buses", "trains")
NOTES = "p01: a bowl of wet dough (0.9)\np02: a hand that folds it (0.6)\np03: a loaf (0.95)"
HOSTS, LENGTH = "Ada: impatient; Leo: patient", "60w"
DOWN = ModelError(Fault.REJECTED, "the server is closed", "it is Sunday", "Come back on Monday")


@pytest.fixture(autouse=True)
def _a_journal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))


@pytest.fixture(scope="session")
def facts(album: Album) -> FactSheet:
    """What the embedded eyes see, looked up once."""
    studio = Studio()
    return studio.look(album, studio.plan(album))


def answer(request: Request) -> tuple[str, Ending]:
    """What a good model says to anything it is asked."""
    words = {"look": NOTES, "script": TALK, "redo": "t004 Leo: As ready as dough. [p02]"}.get(request.purpose)
    if words is None:
        words = '{"questions": ["Who got up at five for p01?", "Why p03?"]}'
    return words, Ending(usage=Usage(100, len(words.split())), bytes_sent=1000)


def remote(answers: Callable[[Request], object] | list[object] = answer) -> ScriptedModel:
    """A model that is somewhere else."""
    return ScriptedModel(answers, name="scripted:test", host="models.example")  # type: ignore[arg-type]


def written(album: Album, facts: FactSheet, studio: Studio) -> Episode:
    return studio.write(album, studio.plan(album, hosts=HOSTS, length=LENGTH), facts)


def texts(episode: Episode) -> list[str]:
    return [turn.text for turn in episode]


def test_every_step_with_a_model_that_looks_first(album: Album, facts: FactSheet, tmp_path: Path) -> None:
    model = remote()
    studio = Studio(model=model, way="facts", price=(1000, 10_000), allow=["times"])
    plan = studio.plan(album, hosts=HOSTS, length=LENGTH)
    assert (plan.writer.model, plan.writer.because) == ("scripted:test", "as the caller says")
    assert plan.sending is None

    plan = studio.preflight(album, plan, facts)
    assert plan.sending is not None
    assert (plan.sending.host, plan.sending.photos, plan.sending.calls) == ("models.example", ("p01", "p02", "p03"), 3)
    assert plan.sending.cost is not None
    assert model.requests == []  # nothing was sent so far

    closer = studio.look_closer(album, plan, facts)
    assert [one.what for one in closer.observations if one.kind is Kind.DETAIL] == [
        *("a bowl of wet dough", "a hand that folds it"),
        "a loaf",
    ]
    heard: list[Event] = []
    episode = studio.write(album, plan, closer, on_turn=heard.append)
    assert [one.turn for one in heard if isinstance(one, Heard)] == list(episode)
    assert [len(request.images) for request in model.requests] == [3, 0]

    use = episode.report.model
    assert use is not None
    assert (use.model, use.host, use.way, use.calls, use.from_journal) == (
        *("scripted:test", "models.example", "facts"),
        *(2, 0),
    )
    tokens_out = len(NOTES.split()) + len(TALK.split())
    assert (use.input_tokens, use.output_tokens, use.bytes_sent) == (200, tokens_out, 2000)
    assert use.usd == pytest.approx(200 * 0.001 + tokens_out * 0.01)
    assert use.prices.startswith("your own: $1000 in")
    assert episode.report.bytes_sent == 2000
    assert episode.report.writer == "facts"

    (changed,) = episode.redo("t004", "shorter", lock=True)
    assert (changed.text, changed.locked, changed.photos) == ("As ready as dough.", True, ("p02",))
    assert [turn.locked for turn in episode].count(True) == 1
    episode.save(tmp_path / "loaf")
    assert "As ready as dough." in (tmp_path / "loaf" / "script.md").read_text("utf-8")
    assert episode.report.model is not None
    assert episode.report.model.calls == 3


def test_the_same_again_is_answered_from_the_journal(album: Album, facts: FactSheet) -> None:
    first = written(album, facts, Studio(model=remote(), price=(1, 1)))
    silent = remote([])
    again = written(album, facts, Studio(model=silent, price=(1, 1)))
    assert again.script == first.script
    assert silent.requests == []
    use = again.report.model
    assert use is not None
    assert (use.calls, use.from_journal, use.usd, use.bytes_sent) == (0, 1, 0.0, 0)


def saved(album: Album, facts: FactSheet, folder: Path) -> Episode:
    episode = written(album, facts, Studio(model=remote()))
    episode.redo("t004", "shorter", lock=True)
    episode.save(folder)
    return Episode.open(folder)


def test_an_episode_of_a_model_without_a_name_to_open_is_handed_to_it(
    album: Album, facts: FactSheet, tmp_path: Path
) -> None:
    episode = saved(album, facts, tmp_path / "loaf")
    before = episode.script
    for work in (episode.rewrite, lambda: episode.redo("t002"), episode.preflight):
        with pytest.raises(ModelError, match="test cannot be used as a model: no such file") as failed:
            work()
        assert failed.value.exit_code == 3
    assert episode.script == before

    sizes: list[tuple[int, int]] = []

    def measured(request: Request) -> str:
        for image in request.images:
            with Image.open(image.path) as picture:
                sizes.append(picture.size)
        return OTHER

    model = remote(measured)
    episode.hand_to(Studio(model=model, allow=["places"], seed=7))
    assert episode.plan.writer.allow == ("places",)
    plan = episode.preflight()
    assert plan.sending is not None
    assert plan.sending.photos == ("p01", "p02", "p03")
    assert model.requests == []
    heard: list[Event] = []
    episode.rewrite(episode.plan.brief.model_copy(update={"seed": 7}), on_turn=heard.append)
    assert "As ready as dough." in texts(episode)  # it is locked
    assert any("doorstop" in text for text in texts(episode))
    assert len(heard) == 8
    assert [max(size) for size in sizes] == [1024] * 3
    assert not [image for image in model.requests[0].images if image.path.exists()]  # they were made for the call
    episode.save(tmp_path / "loaf")
    assert Episode.open(tmp_path / "loaf").script == episode.script


def test_the_facts_are_looked_up_once_and_no_photo_is_planned_twice(
    album: Album, facts: FactSheet, tmp_path: Path
) -> None:
    studio = Studio(model=remote(), way="facts")
    plan = studio.preflight(album, studio.plan(album, hosts=HOSTS, length=LENGTH), facts)
    studio.write(album, plan, studio.look_closer(album, plan, facts)).save(tmp_path / "loaf")
    episode = Episode.open(tmp_path / "loaf")
    assert episode.plan.writer.way is Way.FACTS
    model = remote(lambda request: OTHER)
    episode.hand_to(Studio(model=model, way="facts"))
    again = episode.preflight()
    assert again.sending is not None
    assert (again.sending.photos, again.sending.photo_bytes, again.sending.concerns) == ((), 0, ())
    one = episode.preflight_redo("t004", "shorter")
    assert one.sending is not None
    assert (one.sending.photos, one.sending.calls) == ((), 1)
    assert model.requests == []
    episode.rewrite(episode.plan.brief.model_copy(update={"seed": 8}))
    assert [len(request.images) for request in model.requests] == [0]


def test_waiting_counts_once_however_often_it_is_planned(album: Album, facts: FactSheet, tmp_path: Path) -> None:
    studio = Studio(model=remote())
    plain = studio.plan(album, hosts=HOSTS, length=LENGTH)
    once = studio.preflight(album, plain, facts)
    assert once.sending is not None
    # two seconds a call, a second for 60 tokens
    assert once.seconds - plain.seconds == pytest.approx(2 * 2 + once.sending.output_tokens / 60, abs=0.06)
    assert studio.preflight(album, once, facts) == once
    studio.write(album, once, facts).save(tmp_path / "loaf")
    episode = Episode.open(tmp_path / "loaf")
    episode.hand_to(Studio())
    assert episode.preflight().seconds == pytest.approx(plain.seconds, abs=0.11)


def test_money_has_an_end(album: Album, facts: FactSheet) -> None:
    model = remote()
    with pytest.raises(BudgetError, match="more than --max-cost leaves") as failed:
        written(album, facts, Studio(model=model, price=(1000, 10_000), max_cost=0.01))
    assert (failed.value.exit_code, model.requests) == (6, [])


def test_what_was_paid_before_the_end_is_not_paid_again(album: Album, facts: FactSheet) -> None:
    model = remote()
    studio = Studio(model=model, way="facts", price=(1000, 10_000))
    plan = studio.plan(album, hosts=HOSTS, length=LENGTH)
    look = studio.preflight(album, plan, facts, task="look").sending
    assert look is not None
    assert look.cost is not None
    enough = Studio(model=model, way="facts", price=(1000, 10_000), max_cost=look.cost.high_usd)
    closer = enough.look_closer(album, plan, facts)
    with pytest.raises(BudgetError, match="paid"):
        enough.write(album, plan, closer)
    assert [request.purpose for request in model.requests] == ["look"]

    assert studio.look_closer(album, plan, facts) == closer
    episode = studio.write(album, plan, closer)
    assert [request.purpose for request in model.requests] == ["look", "script"]
    assert episode.report.model is not None
    assert (episode.report.model.calls, episode.report.model.from_journal) == (1, 1)


def test_what_may_have_been_paid_is_asked_again_when_that_is_wanted(album: Album, facts: FactSheet) -> None:
    def interrupted(request: Request) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        written(album, facts, Studio(model=remote(interrupted), price=(1, 10)))
    model = remote()
    with pytest.raises(BudgetError, match="was not asked again"):
        written(album, facts, Studio(model=model, price=(1, 10)))
    assert model.requests == []
    lost: list[int] = []
    front = Front(repeat=lambda attempts: lost.append(len(attempts)) is None)
    episode = written(album, facts, Studio(model=model, price=(1, 10), front=front))
    assert lost == [1]
    assert episode.report.model is not None
    assert episode.report.model.possibly_paid_usd > 0


def test_a_price_that_nobody_knows_keeps_no_limit(album: Album, facts: FactSheet) -> None:
    with pytest.raises(BudgetError, match="the price of scripted:test is not known"):
        written(album, facts, Studio(model=remote(), max_cost=5.0))
    free = written(album, facts, Studio(model=ScriptedModel([TALK]), max_cost=0.0))  # on this machine
    assert free.report.model is not None
    assert free.report.model.usd == 0.0


@pytest.mark.parametrize(
    ("wrong", "error", "why"),
    [
        ({"way": "fast"}, UsageError, "'direct' or 'facts'"),
        ({"allow": ["faces"]}, UsageError, "'names'"),
        ({"max_cost": -1}, UsageError, "greater than or equal to 0"),
        ({"price": (1,)}, UsageError, "two numbers"),
        ({"model": "nobody"}, ModelError, "there is no model 'nobody'"),
        ({"model": "scripted:nowhere.json"}, ModelError, "no such file"),
        ({"prompts": "nowhere"}, ConfigError, "not a folder"),
    ],
)
def test_a_studio_that_cannot_be(wrong: dict[str, object], error: type[Exception], why: str) -> None:
    with pytest.raises(error, match=why):
        Studio(**({"model": ScriptedModel([])} | wrong))  # type: ignore[arg-type]


def test_it_runs_where_a_loop_is_running(album: Album, facts: FactSheet) -> None:
    async def main() -> Episode:
        studio = Studio(model=remote(), way="facts")
        plan = studio.plan(album, hosts=HOSTS, length=LENGTH)
        episode = studio.write(album, plan, studio.look_closer(album, plan, facts))
        episode.redo("t004", "shorter")
        return episode

    assert "As ready as dough." in texts(asyncio.run(main()))


def test_two_studios_in_two_threads(album: Album, facts: FactSheet) -> None:
    """Both at once, with one journal, and in each its own words."""
    made: dict[str, Episode] = {}
    start = threading.Barrier(2)

    def make(name: str, talk: str) -> None:
        said = ScriptedModel(
            lambda request: talk if request.purpose == "script" else NOTES, name=name, host="x.example"
        )
        studio = Studio(model=said, way="facts")
        plan = studio.plan(album, hosts=HOSTS, length=LENGTH)
        start.wait()
        made[name] = studio.write(album, plan, studio.look_closer(album, plan, facts))

    threads = [threading.Thread(target=make, args=pair) for pair in (("a:one", TALK), ("a:other", OTHER))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert any("plate" in text for text in texts(made["a:one"]))
    assert any("doorstop" in text for text in texts(made["a:other"]))
    for name, episode in made.items():
        assert episode.report.model is not None
        assert (episode.report.model.model, episode.report.model.calls) == (name, 2)


@pytest.mark.parametrize("failure", [DOWN, "Nothing to say.", "", Ending(Finish.REFUSED)])
def test_an_episode_is_as_it_was_when_writing_fails(
    failure: object, album: Album, facts: FactSheet, tmp_path: Path
) -> None:
    episode = saved(album, facts, tmp_path / "loaf")
    before = (episode.script, episode.facts)
    files = {path: path.read_bytes() for path in (tmp_path / "loaf").rglob("*") if path.is_file()}
    heard: list[Event] = []
    episode.hand_to(Studio(model=remote(lambda request: failure)))
    plan = episode.plan
    with pytest.raises(ModelError):
        episode.rewrite(episode.plan.brief.model_copy(update={"seed": 9}), on_turn=heard.append)
    assert (episode.script, episode.facts, episode.plan) == (*before, plan)
    assert {path: path.read_bytes() for path in files} == files
    with pytest.raises((ModelError, InputError)):  # the one when it says nothing that could be the turn
        episode.redo("t002")
    assert episode.script == before[0]


def test_turns_that_do_not_count_are_taken_back(album: Album, facts: FactSheet) -> None:
    heard: list[Event] = []
    studio = Studio(model=remote([GERMAN, TALK]))
    plan = studio.plan(album, hosts=HOSTS, length=LENGTH)
    episode = studio.write(album, plan, facts, on_turn=heard.append)
    (back,) = [one for one in heard if isinstance(one, TakenBack)]
    at = heard.index(back)
    assert [one.turn.id for one in heard[:at] if isinstance(one, Heard)] == list(back.ids)
    assert [one.turn for one in heard[at + 1 :] if isinstance(one, Heard)] == list(episode)


def test_answers_to_the_models_questions_are_facts_it_is_told(album: Album, facts: FactSheet) -> None:
    model = remote()
    studio = Studio(model=model)
    plan = studio.plan(album, hosts=HOSTS, length=LENGTH)
    questions = studio.questions(album, plan, facts)
    assert questions == ("Who got up at five for p01?", "Why p03?")
    studio.write(album, plan, as_told(plan.album, facts, dict(zip(questions, ("Nobody", "The crust"), strict=True))))
    words = " ".join(part for part in model.requests[-1].parts if isinstance(part, str))
    assert "told: “Nobody”" in words
    assert "told: “The crust”" in words


def test_names_come_back_and_never_leave(album: Album, facts: FactSheet) -> None:
    model = remote([TALK.replace("You poked", "Person A poked")])
    studio = Studio(model=model)
    plan = studio.plan(album, hosts=HOSTS, length=LENGTH, people=[Person(name="Rosalinde")])
    told = as_told(plan.album, facts, {"What was the occasion?": "Rosalinde's first loaf"})
    episode = studio.write(album, plan, told)
    assert any("Rosalinde poked the last one" in text for text in texts(episode))
    (request,) = model.requests[:1]
    words = " ".join([request.system, *(one for one in request.parts if isinstance(one, str))])
    assert "Person A's first loaf" in words
    assert "Rosalinde" not in words


def test_an_album_that_is_closed_can_be_shown_to_nobody(album: Album, facts: FactSheet, tmp_path: Path) -> None:
    for photo in album.photos:
        shutil.copy(album.page_image(photo.id), tmp_path / f"{photo.id}.jpg")
    with Album.open(sorted(tmp_path.glob("*.jpg")), order="given") as closing:
        studio = Studio(model=remote())
        plan = studio.plan(closing, hosts=HOSTS, length=LENGTH)
        episode = studio.write(closing, plan, facts)
    for work in (
        lambda: studio.write(closing, plan, facts),
        lambda: studio.preflight(closing, plan, facts),
        lambda: episode.redo("t004", "shorter"),
        episode.rewrite,
    ):
        with pytest.raises(UsageError, match="their album is closed"):
            work()


def test_pocket_leaves_the_words_of_a_model_alone(album: Album, facts: FactSheet, tmp_path: Path) -> None:
    episode = saved(album, facts, tmp_path / "loaf")
    episode.hand_to(Studio())
    before = episode.script
    for turn in ("t001", "t002"):
        with pytest.raises(UsageError, match="needs a language model"):
            episode.redo(turn)
    assert episode.script == before
    episode.rewrite()  # all of it anew is another thing
    assert episode.script.provenance is not None
    assert episode.script.provenance.model is None


def test_who_wrote_a_turn_anew_is_said(album: Album, facts: FactSheet, tmp_path: Path) -> None:
    studio = Studio(seed=2)
    episode = studio.write(album, studio.plan(album, length="300w"), facts)
    turn = episode[3]
    episode.hand_to(Studio(model=remote([f"{turn.id} {turn.speaker}: In a word, dough."])))
    (changed,) = episode.redo(turn.id, "shorter")
    assert changed.text == "In a word, dough."
    page = episode.save(tmp_path / "loaf").read_text("utf-8")
    assert "No language model" not in page
    assert "the language model scripted:test wrote some of it anew" in page
    assert "trainedAlgorithmicMedia" in page
    by = episode.script.provenance
    assert by is not None
    assert (by.writer, by.model) == ("pocket", "scripted:test")

    again = Episode.open(tmp_path / "loaf")
    words = ["Dough, in short.", "Or dough."]
    again.hand_to(Studio(model=remote([f"{turn.id} {turn.speaker}: {text}" for text in words])))
    again.redo(turn.id)
    assert again.script.provenance == by  # it is said already
    other = ScriptedModel([f"{turn.id} {turn.speaker}: Just dough."], name="scripted:other")
    again.hand_to(Studio(model=other))
    again.redo(turn.id)
    assert again.script.provenance is not None
    assert again.script.provenance.model == "scripted:test, scripted:other"
