from pathlib import Path

import msgspec
import pytest

from photocast.corpus.exports import Rebuilt, export, rebuild
from photocast.corpus.nouns import Illustration, PodcastEpisode
from photocast.corpus.packing import pack
from photocast.corpus.parts import Count
from photocast.corpus.recipe import PackTable
from photocast.corpus.store import LocalStore
from photocast.testing.pairs import EpisodesSource, MadePairs, drawn


@pytest.fixture(scope="module")
def bare(dataset: LocalStore, tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    store = LocalStore(tmp_path_factory.mktemp("recipe"))
    export(dataset, "recipe", store)
    return store


@pytest.fixture
def full(dataset: LocalStore, tmp_path: Path) -> LocalStore:
    store = LocalStore(tmp_path / "recipe-with-pictures")
    export(dataset, "recipe-with-pictures", store)
    return store


def _rebuilt(recipe: LocalStore, episodes: tuple[PodcastEpisode, ...], tmp_path: Path) -> Rebuilt:
    return rebuild(recipe, EpisodesSource(episodes), LocalStore(tmp_path / "scratch"))


def _changed(episode: PodcastEpisode, turn: int, **changes: str) -> PodcastEpisode:
    turns = list(episode.turns)
    turns[turn] = msgspec.structs.replace(turns[turn], **changes)
    return PodcastEpisode(episode.origin, tuple(turns), episode.seconds, episode.main_speakers)


def test_the_same_pairs_and_the_same_dataset(full: LocalStore, made: MadePairs, folder: Path, tmp_path: Path) -> None:
    kept: dict[str, bytes] = {}
    source = EpisodesSource(made.episodes[::-1])
    found = rebuild(full, source, LocalStore(tmp_path), keep=lambda one, file: kept.update({one.image or "": file}))
    assert {pair.id: pair for pair in found.pairs} == {pair.id: pair for pair in made.pairs}
    assert found.count.dropped == found.count.noted == {}
    assert kept == made.files
    again = MadePairs(found.pairs, kept, made.episodes)
    funnel = [Count("read", 26, 26, 26)]
    pack(found.pairs, again.fetch, LocalStore(tmp_path / "again"), PackTable(), funnel=funnel)
    for path in (path for path in folder.rglob("*") if path.is_file()):
        assert (tmp_path / "again" / path.relative_to(folder)).read_bytes() == path.read_bytes()


def test_what_differs_is_counted(bare: LocalStore, made: MadePairs, tmp_path: Path) -> None:
    first, second, third, fourth, *rest = made.episodes
    changed = (
        _changed(first, 0, text="Welcome, everybody, to a new show."),  # before the excerpt, which moves
        _changed(second, 5, text="Something else."),
        _changed(third, 5, speaker="SPEAKER_00"),
        *rest,
    )
    found = _rebuilt(bare, changed, tmp_path)
    assert found.count.dropped == {"excerpt_changed": 2, "speakers_changed": 1, "episode_missing": 1}
    assert {one.id.partition("-")[0] for one in found.dropped} == {first.id, second.id, third.id, fourth.id}
    assert found.count.taken == found.count.kept + sum(found.count.dropped.values()) == 26


def test_a_change_behind_the_excerpt_is_noted(bare: LocalStore, made: MadePairs, tmp_path: Path) -> None:
    last = len(made.episodes[0].turns) - 1
    changed = _changed(made.episodes[0], last, text="And that was it.")
    found = _rebuilt(bare, (changed, *made.episodes[1:]), tmp_path)
    assert found.count.dropped == {}
    assert found.count.noted == {
        "episode_changed": 1,
        "picture_not_there": sum(len(pair.pictures) for pair in made.pairs),
    }


def test_an_episode_that_ends_before_the_excerpt_does(bare: LocalStore, made: MadePairs, tmp_path: Path) -> None:
    short = PodcastEpisode(made.episodes[0].origin, made.episodes[0].turns[:4])
    assert _rebuilt(bare, (short, *made.episodes[1:]), tmp_path).count.dropped == {"excerpt_changed": 1}


def test_another_version_of_the_source_is_noted(bare: LocalStore, made: MadePairs, tmp_path: Path) -> None:
    origin = msgspec.structs.replace(made.episodes[0].origin, dataset="made-up-2")
    newer = PodcastEpisode(origin, made.episodes[0].turns)
    found = _rebuilt(bare, (newer, *made.episodes[1:]), tmp_path)
    assert found.count.noted["other_version_of_source"] == 1


def test_pictures_are_drawn_again(bare: LocalStore, made: MadePairs, tmp_path: Path) -> None:
    kept: dict[str, bytes] = {}

    def draw(one: Illustration) -> bytes | None:
        colour, thing = one.prompt.lower().split()[:2]
        if colour == "red":
            return None
        return drawn(colour, thing, (one.seed or 0) + (colour == "blue"))  # blue ones come out otherwise

    source = EpisodesSource(made.episodes)
    keep = lambda one, file: kept.update({one.image or "": file})  # noqa: E731
    found = rebuild(bare, source, LocalStore(tmp_path), draw=draw, keep=keep)
    pictures = [one for pair in made.pairs for one in pair.pictures]
    red, blue = (sum(one.prompt.startswith(colour) for one in pictures) for colour in ("Red", "Blue"))
    assert found.count.noted == {"picture_failed": red, "picture_changed": blue}
    assert sum(len(pair.pictures) for pair in found.pairs) == len(pictures) - red
    assert all(
        (one.width, one.height, one.format) == (448, 256, "jpeg") for pair in found.pairs for one in pair.pictures
    )
    again = MadePairs(found.pairs, kept, made.episodes)
    packed = pack(found.pairs, again.fetch, LocalStore(tmp_path / "again"))
    assert packed.count.kept > 20


def test_a_damaged_picture_of_the_recipe_is_not_used(full: LocalStore, made: MadePairs, tmp_path: Path) -> None:
    name = full.names("pictures")[0]
    full.write(name, b"something else")
    found = rebuild(full, EpisodesSource(made.episodes), LocalStore(tmp_path / "scratch"))
    uses = sum(f"pictures/{one.image}" == name for pair in made.pairs for one in pair.pictures)
    assert found.count.noted == {"picture_not_there": uses}
