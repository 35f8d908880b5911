"""A picture is paid for once: through the journal as it is, which holds the name of the picture and not the picture."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from photocast.models import Finish, Request, Usage, VisionModel
from photocast.models.asking import Asking, NoAnswer, Run
from photocast.models.budget import Budget
from photocast.models.calls import Calls
from photocast.models.images import PictureFolder, missing, open_image_model, picture_request, read_drawn
from photocast.models.prices import Price, picture_price, price_of
from photocast.runs import Journal, State
from photocast.schema import AnswerLost, BudgetError, ModelError
from photocast.testing import Draw, Fail, FakeProvider, drawing

Ask = Callable[[VisionModel, Request], Any]
NAME = "bedrock:stability.sd3-5-large-v1:0"
BOAT = picture_request("a red boat", seed=3)
EIGHT_CENTS = picture_price(0.08)
WORKER = Path(__file__).with_name("draw_worker.py")


@pytest.fixture(autouse=True)
def credentials(amazon: None) -> None:
    """None, and a region."""


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "state") as opened:
        yield opened


@pytest.fixture
def paid(journal: Journal, store: PictureFolder) -> Callable[..., Calls]:
    """The model of a server, with its journal and a purse, in a run of its own."""

    def calls(server: FakeProvider, *, price: Price | None = EIGHT_CENTS, **more: Any) -> Calls:
        model = open_image_model(NAME, more.pop("store", store), base_url=server.url)
        return Calls(model, journal, journal.begin("draw"), price=price, **more)

    return calls


def test_a_picture_is_drawn_once_and_named_twice(ask: Ask, paid: Any, store: PictureFolder, journal: Journal) -> None:
    with FakeProvider() as server:
        first, second = paid(server), paid(server)
        drawn = ask(first, BOAT).drawn
        assert ask(second, BOAT).drawn == drawn
        assert server.charges == 1
    assert (first.spent.usd, second.spent.usd, second.spent.from_journal) == (0.08, 0.0, 1)
    assert store.has(drawn.image)
    assert store.get(drawn.image) not in journal.path.read_bytes()


def test_what_a_filter_kept_back_is_not_asked_again(ask: Ask, paid: Any) -> None:
    with FakeProvider(drawing(without=["boat"])) as server:
        first, second = paid(server), paid(server)
        heard, again = ask(first, BOAT), ask(second, BOAT)
        assert server.charges == 1
    for one in (heard, again):
        assert (one.drawn, one.ending.finish, one.ending.detail) == (None, Finish.FILTERED, "Filter reason: prompt")
    assert (first.spent.usd, first.spent.possibly_paid_usd) == (0.0, 0.08)  # nobody says whether that is charged
    assert (second.spent.possibly_paid_usd, second.spent.from_journal) == (0.0, 1)


def test_numbers_of_pictures_can_be_kept_back(ask: Ask, paid: Any) -> None:
    with FakeProvider(drawing(filtered={2})) as server:
        calls = paid(server)
        ends = [ask(calls, picture_request("a boat", seed=seed)).ending.finish for seed in (1, 2, 3)]
    assert ends == [Finish.DONE, Finish.FILTERED, Finish.DONE]


def test_a_picture_that_is_gone_is_missing_and_not_drawn_again(ask: Ask, paid: Any, store: PictureFolder) -> None:
    with FakeProvider() as server:
        drawn = ask(paid(server), BOAT).drawn
        path = store.path(drawn.image)
        assert path is not None
        path.unlink()
        again = ask(paid(server), BOAT).drawn
        assert server.charges == 1
    assert again == drawn
    assert "not where pictures are kept" in str(missing(again, store))


def test_what_fails_on_the_way_is_tried_again(ask: Ask, paid: Any) -> None:
    waits: list[str] = []
    with FakeProvider() as server:
        server.queue(Fail("rate_limited", retry_after=0), Fail("unavailable", retry_after=0))
        calls = paid(server, waiting=lambda seconds, why: waits.append(why))
        assert ask(calls, BOAT).drawn
        assert server.charges == 1
    assert len(waits) == 2
    assert "wants fewer requests" in waits[0]
    assert calls.spent.usd == 0.08


def test_half_a_picture_may_have_been_paid_for(ask: Ask, paid: Any, journal: Journal) -> None:
    with FakeProvider(Draw(kind="half")) as server:
        calls = paid(server, patience=0)
        with pytest.raises(ModelError, match="not what it promises"):
            ask(calls, BOAT)
    (attempt,) = journal.find(BOAT.key(calls.name)).result()
    # What was sent stayed on this machine, so nobody can charge for it.
    assert (attempt.state, attempt.possibly_paid) == (State.FAILED, 0.0)


def test_a_picture_that_could_not_be_kept_may_have_been_paid_for(
    ask: Ask, paid: Any, journal: Journal, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with FakeProvider() as server:
        calls = paid(server, store=PictureFolder(tmp_path / "file"))
        with pytest.raises(AnswerLost):
            ask(calls, BOAT)
        assert server.charges == 1
    (attempt,) = journal.find(BOAT.key(calls.name)).result()
    assert (attempt.state, attempt.possibly_paid) == (State.FAILED, 0.08)
    assert calls.spent.possibly_paid_usd == 0.08


def test_a_budget_stops_before_the_picture_that_it_does_not_have(ask: Ask, paid: Any) -> None:
    with FakeProvider() as server:
        calls = paid(server, budget=Budget(0.2))
        for seed in (1, 2):
            ask(calls, picture_request("a boat", seed=seed))
        with pytest.raises(BudgetError, match="it may cost up to"):
            ask(calls, picture_request("a boat", seed=3))
        assert server.charges == 2


def _worker(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, WORKER, *map(str, args)], capture_output=True, text=True, check=False)


def test_death_between_the_file_and_the_journal_loses_nothing(store: PictureFolder, tmp_path: Path) -> None:
    """The picture is an orphan, and the call is lost, and shown as such; asked again it is there, and that is all."""
    with FakeProvider() as server:
        died = _worker(tmp_path / "state", store.folder, server.url, "dies")
        assert died.returncode == -signal.SIGKILL
        (orphan,) = store.folder.rglob("*.png")
        with Journal(tmp_path / "state") as journal:
            (lost,) = journal.runs()
            assert (lost.calls, lost.lost, lost.possibly_paid) == (0, 1, 0.08)
        again = _worker(tmp_path / "state", store.folder, server.url)
        assert again.returncode == 0, again.stderr
        once_more = _worker(tmp_path / "state", store.folder, server.url)
        assert server.charges == 2
    assert once_more.stdout == again.stdout
    drawn = read_drawn(again.stdout.splitlines()[0])
    assert drawn is not None
    assert store.path(drawn.image) == orphan
    assert [path for path in store.folder.rglob("*") if path.is_file()] == [orphan]


def test_many_are_asked_at_once_and_a_second_try_has_another_seed(store: PictureFolder) -> None:
    """Through the same `Asking` as every other stage that asks models."""
    with FakeProvider() as server:
        server.queue(Draw(kind="blank"))
        model = open_image_model(NAME, store, base_url=server.url)
        asking = Asking(model.name, "image", run=Run("draw"), prompts="1", model=model, price=EIGHT_CENTS)  # type: ignore[arg-type]

        def read(text: str) -> Any:
            drawn = read_drawn(text)
            return None if drawn is None or len(store.get(drawn.image)) < 300 else drawn

        heard = asyncio.run(asking.hear(BOAT, read, again=""))
        seeds = [request.json["seed"] for request in server.requests]
    assert not isinstance(heard.found, NoAnswer)
    assert seeds == [3, 4]
    assert heard.usd == pytest.approx(0.16)


def test_prices() -> None:
    known = price_of(f"{NAME}?aspect=16:9")
    assert known is not None
    assert "from memory" in known.table
    assert (known.worst(BOAT), known.cost(Usage(0, 0))) == (0.08, 0.08)
    assert price_of("bedrock:stability.no-such-model-v9:0") is None
    own = picture_price(0.05)
    assert (own.worst(BOAT), own.table) == (0.05, "your own: $0.05 a picture")


def test_what_runs_here_is_free(amazon: None, store: PictureFolder) -> None:
    free = price_of(open_image_model(NAME, store, base_url="http://127.0.0.1:9"))
    elsewhere = price_of(open_image_model(NAME, store, base_url="https://pictures.example"))
    amazons = price_of(open_image_model(NAME, store))
    assert free is not None
    assert amazons is not None
    assert (free.worst(BOAT), elsewhere, amazons.worst(BOAT)) == (0.0, None, 0.08)
