"""Both stages that ask about talk, part by part, over a real connection."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from photocast.corpus.asked import make_asked
from photocast.corpus.marking import Marking
from photocast.corpus.nouns import Excerpt, PodcastEpisode, StagedExcerpt, Window, sha256_text
from photocast.corpus.parts import Count, Part
from photocast.corpus.scening import Scening
from photocast.corpus.store import LocalStore
from photocast.models.asking import Asking, Run
from photocast.models.names import open_model
from photocast.testing import FakeProvider
from photocast.testing.annotators import PlantedAnnotator, annotator
from photocast.testing.talk import episode_of, window_of

LINES = tuple(f"{'AB'[at % 2]}: The dog ran over the bridge with a kettle, turn {at}." for at in range(14))


@pytest.fixture(autouse=True)
def _a_journal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))


def windows() -> list[Window]:
    return [window_of(f"B: House {at}.", *LINES, episode=f"{at:016x}") for at in range(8)]


def episode(window: Window) -> PodcastEpisode:
    lines = [f"{turn.speaker}: {turn.text}" for turn in window.turns]
    return episode_of(*lines, "Z: And that was that.", episode=window.origin.episode)


def test_from_windows_to_scenes_and_nothing_twice(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "corpus")
    before = Part("choose", "0", "key", Window)
    before.write(store, windows(), [], [Count("choose", 8, 8, 8)])
    with FakeProvider(annotator(PlantedAnnotator(name="6", poor=0.3, prose=0.2))) as server:

        def staged() -> tuple[list[Excerpt], list[StagedExcerpt], list[Count], bytes]:
            model = open_model("openai:some", base_url=server.url)
            asking = Asking(model.name, "corpus", run=Run("corpus: test"), prompts="1", model=model)
            given: dict[str, Any] = {"send": None, "agree": lambda plan: None, "told": lambda *told: None}
            marked = make_asked(store, [before], Marking(asking.name, (60, 120)), Excerpt, asking, **given)
            assert isinstance(marked, tuple)
            (scenes,) = make_asked(store, marked, Scening(asking.name), StagedExcerpt, asking, **given)
            counts = [marker.counts[0] for one in (*marked, scenes) if (marker := one.marker(store))]
            return list(marked[0].read(store)), list(scenes.read(store)), counts, store.read(scenes.file)

        excerpts, found, counts, data = staged()
        charges = server.charges
        assert staged() == (excerpts, found, counts, data)
        for name in [*store.names("excerpt"), *store.names("scenes")]:
            store.delete(name)  # the journal has all that was paid for
        assert staged() == (excerpts, found, counts, data)
        assert server.charges == charges
    assert [(one.taken, one.kept + sum(one.dropped.values())) for one in counts] == [(8, 8), (counts[0].kept,) * 2]
    assert counts[0].dropped
    assert 0 < len(found) <= len(excerpts) < 8
    of_id = {one.id: one for one in map(episode, windows())}
    for excerpt in excerpts:
        source, place = of_id[excerpt.origin.episode], excerpt.place
        assert source.text_sha256 == excerpt.episode_sha256
        assert source.text[place.start : place.end] == excerpt.text
        assert sha256_text(excerpt.text) == place.sha256
    assert msgspec.json.decode(msgspec.json.encode(found), type=list[StagedExcerpt]) == found
