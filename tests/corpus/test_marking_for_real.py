"""Stage `excerpt` over a real connection, in batches, and with a model on this machine."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from photocast.corpus.asking import AskLater, AskNow, NotYet
from photocast.corpus.marking import Marking
from photocast.corpus.nouns import Dropped, Excerpt, Window
from photocast.models import Request
from photocast.models.asking import Asking, Run
from photocast.models.batches import collect_all, submit_all
from photocast.models.names import open_model
from photocast.testing import FakeProvider
from photocast.testing.annotators import PlantedAnnotator, annotator
from photocast.testing.talk import window_of

LINES = (
    "A: We drove up to the lake.",  # 6 words, 6 so far
    "B: In the snow?",  # 3, 9
    "A: In the snow, with the dog on my knees.",  # 9, 18
    "B: A cold day.",
)
WINDOW = window_of(*LINES)
SMALL = (9, 20)
MARK = {
    "why": "a dog in snow",
    "visual": True,
    "first": 1,
    "last": 3,
    "safety": {"unsafe": [], "why": ""},
    "quality": {"flaws": [], "why": ""},
}


@pytest.fixture(autouse=True)
def _a_journal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))


def asking(model: Any) -> Asking:
    return Asking(model.name, "excerpt", run=Run("corpus: test"), prompts="1", model=model)


def windows(number: int) -> list[Window]:
    return [
        window_of(
            *(f"{'AB'[at % 2]}: The dog of house {index} ran over the bridge, turn {at}." for at in range(12)),
            episode=f"{index:016x}",
        )
        for index in range(number)
    ]


def all_of(server: FakeProvider, items: list[Window], stage: Marking) -> list[Any]:
    model = open_model("openai:some", base_url=server.url)
    one = asking(model)
    now = AskNow(one)
    return one.all(lambda item: stage(item, now), items, "excerpt")


STAGE = Marking("openai:some", (40, 90))


def test_every_misbehaviour_is_counted_and_paid_for_once() -> None:
    bad = PlantedAnnotator(
        **dict.fromkeys(("not_visual", "unsafe", "poor", "outside", "misjudged"), 0.09),
        **dict.fromkeys(("retyped", "prose", "cut", "refused", "filtered"), 0.09),
        throttled=0.3,
        wrapped=0.3,
        repents=0.3,
    )
    items = windows(45)
    with FakeProvider(annotator(bad)) as server:
        made = all_of(server, items, STAGE)
        charges = server.charges
        assert all_of(server, items, STAGE) == made
        assert server.charges == charges
    reasons = Counter(one.reason if isinstance(one, Dropped) else "kept" for one in made)
    expected = ("not_visual", "unsafe", "poor_quality", "not_marked", "too_short", "refused", "no_answer", "kept")
    assert set(reasons) == set(expected)
    assert reasons["kept"] > 3
    for window, one in zip(items, made, strict=True):
        if not isinstance(one, Dropped):
            (excerpt,) = one
            at = excerpt.place.start - window.place.start
            assert window.text[at : at + len(excerpt.text)] == excerpt.text
            assert 40 <= excerpt.words <= 90


def test_an_annotator_is_good_unless_told_otherwise() -> None:
    with FakeProvider(annotator(PlantedAnnotator(throttled=1.0))) as server:
        made = all_of(server, windows(10), STAGE)
        assert not [one for one in made if isinstance(one, Dropped)]
        assert server.charges == 10
    assert len({one[0].place.first for one in made}) > 1


async def _at_once(seconds: float) -> None:
    """Waits for nothing."""


def test_questions_go_into_a_batch_and_are_answered_from_the_journal(tmp_path: Path) -> None:
    items = windows(6)
    with FakeProvider(annotator(PlantedAnnotator(prose=0.4))) as server:
        model = open_model("openai:some", base_url=server.url)

        def noted() -> tuple[list[Request], list[Any]]:
            later, made = AskLater(asking(model)), []
            for item in items:
                try:
                    made.append(asyncio.run(STAGE(item, later)))
                except NotYet:
                    continue
            return later.noted, made

        rounds = []
        while (found := noted())[0]:
            rounds.append(len(found[0]))
            submit_all(tmp_path, "openai:some", found[0], what="excerpt", base_url=server.url, price=None)
            collect_all(tmp_path, wait=True, price=None, pause=_at_once)
        charges = server.charges
        assert all_of(server, items, STAGE) == found[1]
        assert server.charges == charges == sum(rounds)
    assert rounds[0] == 6
    assert 0 < rounds[1] < 6
    assert Counter(isinstance(one, Dropped) for one in found[1])[True] == rounds[1]


@pytest.fixture(scope="module")
def reciting(tmp_path_factory: pytest.TempPathFactory) -> str:
    from photocast.models.tiny import Size, build_tiny
    from photocast.testing import torchvision_shim

    torchvision_shim.install()
    folder = tmp_path_factory.mktemp("tiny") / "model"
    return f"hf:{build_tiny('qwen3_vl', folder, recites=json.dumps(MARK), size=Size(context=8192))}"


@pytest.mark.slow
def test_a_model_on_this_machine_marks_an_excerpt(reciting: str) -> None:
    local = Asking(reciting, "excerpt", run=Run("corpus: test"), prompts="1")
    assert local.host is None
    (excerpt,) = asyncio.run(Marking(local.name, SMALL)(WINDOW, AskNow(local)))
    assert isinstance(excerpt, Excerpt)
    assert WINDOW.text[excerpt.place.start : excerpt.place.end] == excerpt.text
    assert excerpt.words == 18


def test_stages_load_nothing_heavy() -> None:
    code = "import sys, photocast.corpus.marking, photocast.corpus.scening; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "transformers", "jinja2", "pyarrow", "pydantic_ai"} & set(loaded)
