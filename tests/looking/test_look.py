"""A whole look at real photos."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from photocast.album import Album
from photocast.looking import look
from photocast.schema import Brief, FactSheet, Kind, Known, Person, State, concepts

LOAF = Path(__file__).resolve().parents[2] / "examples/sourdough_loaf"
ABOUT = Brief(about="A loaf from scratch", people=(Person(name="Ana", who="my aunt"),))


@pytest.fixture(scope="module")
def loaf() -> Iterator[Album]:
    with Album.open(LOAF) as album:
        yield album


@pytest.fixture(scope="module")
def facts(loaf: Album) -> FactSheet:
    return look(loaf, ABOUT)


def whats(facts: FactSheet, kind: Kind, photo: str | None = None) -> list[str]:
    return [one.what for one in facts.usable() if one.kind is kind and photo in (None, one.photos[0])]


def test_a_loaf_is_made_indoors_of_dough(loaf: Album, facts: FactSheet) -> None:
    assert whats(facts, Kind.SUBJECT).count("dough") >= 5
    assert set(whats(facts, Kind.SETTING)) == {"indoors"}
    assert "dough" in whats(facts, Kind.RECURS)
    assert "loaf" in whats(facts, Kind.SUBJECT, loaf.photos[-1].id)
    assert "oven" in whats(facts, Kind.SUBJECT, loaf.photos[-2].id)


def test_hands_in_the_dough_are_nobody(facts: FactSheet) -> None:
    assert whats(facts, Kind.PEOPLE) == []


def test_names_of_files_and_the_brief_are_kept_apart_from_what_is_seen(facts: FactSheet) -> None:
    assert "oven example" in whats(facts, Kind.NAME)
    assert whats(facts, Kind.NOTE) == ["A loaf from scratch", "Ana, my aunt"]
    known = {one.kind: one.known for one in facts.observations}
    assert (known[Kind.NAME], known[Kind.NOTE], known[Kind.SUBJECT]) == (Known.METADATA, Known.TOLD, Known.SEEN)


def test_observations_are_well_formed(loaf: Album, facts: FactSheet) -> None:
    ids = [one.id for one in facts.observations]
    assert len(set(ids)) == len(ids)
    photos = {photo.id for photo in loaf.photos}
    for one in facts.observations:
        assert set(one.photos) <= photos
        assert one.sources
        assert one.confidence >= 0.5
        if one.kind in (Kind.SUBJECT, Kind.SCENE, Kind.RECURS):
            assert one.what in concepts()


def test_looking_twice_says_the_same_and_reports_progress(loaf: Album, facts: FactSheet) -> None:
    steps: list[tuple[int, int]] = []
    again = look(loaf, ABOUT, progress=lambda done, total: steps.append((done, total)))
    assert again == facts
    assert steps == [(done, len(loaf.photos)) for done in range(1, len(loaf.photos) + 1)]


def test_what_is_struck_is_struck_from_what_recurs_too(loaf: Album, facts: FactSheet) -> None:
    first = next(one for one in facts.observations if one.what == "dough" and one.kind is Kind.SUBJECT)
    struck = first.model_copy(update={"state": State.STRUCK})
    before = next(one for one in facts.observations if one.kind is Kind.RECURS and one.what == "dough")
    again = look(loaf, ABOUT, previous=FactSheet(observations=(struck,)))
    after = next(one for one in again.observations if one.kind is Kind.RECURS and one.what == "dough")
    assert struck in again.observations
    assert first.photos[0] in before.photos
    assert first.photos[0] not in after.photos


def test_another_brief_brings_other_notes(loaf: Album, facts: FactSheet) -> None:
    again = look(loaf, Brief(about="Sunday"), previous=facts)
    assert whats(again, Kind.NOTE) == ["Sunday"]


def test_the_white_dog_is_a_dog_in_every_photo_and_goes_home(shared: Path) -> None:
    with Album.open(shared / "albums/14_dog_at_the_beach") as album:
        facts = look(album, Brief())
    assert all("dog" in whats(facts, Kind.SUBJECT, photo.id) for photo in album.photos)
    assert not {"sheep", "bear", "toy"} & set(whats(facts, Kind.SUBJECT))
    assert whats(facts, Kind.CHANGE) == ["indoors"]


def test_a_walk_in_arezzo(shared: Path) -> None:
    with Album.open(shared / "albums/01_arezzo_walk") as album:
        facts = look(album, Brief())
    assert set(whats(facts, Kind.PLACE)) == {"Arezzo, Italy"}
    assert set(whats(facts, Kind.SEASON)) == {"autumn"}
    assert set(whats(facts, Kind.SETTING)) == {"outdoors"}
    assert whats(facts, Kind.SUBJECT).count("old building") >= 5


def test_a_photo_of_nothing_known_says_little(tmp_path: Path) -> None:
    from PIL import Image

    Image.linear_gradient("L").resize((400, 300)).convert("RGB").save(tmp_path / "IMG_0001.jpg")
    with Album.open(tmp_path) as album:
        facts = look(album, Brief())
    assert whats(facts, Kind.SUBJECT) == []
    assert whats(facts, Kind.PEOPLE) == []
    assert whats(facts, Kind.SIGN) == []
