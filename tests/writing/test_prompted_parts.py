"""How a conversation is divided into questions to a model."""

from hypothesis import given
from hypothesis import strategies as st

from photocast.writing import Part, in_parts
from photocast.writing.prompted.parts import MOST_PHOTOS, MOST_WORDS, halved

ALBUMS = st.integers(1, 400).map(lambda count: [f"p{at:02d}" for at in range(1, count + 1)])


@given(ALBUMS, st.integers(60, 12_000))
def test_each_photo_is_in_one_part_and_the_limits_are_kept(photos: list[str], words: int) -> None:
    parts = in_parts(photos, words)
    assert [photo for part in parts for photo in part.photos] == photos
    assert sum(part.words for part in parts) == words
    assert all(len(part.photos) <= MOST_PHOTOS and part.words <= MOST_WORDS for part in parts)
    assert [(part.number, part.of) for part in parts] == [(at, len(parts)) for at in range(1, len(parts) + 1)]
    sizes, lengths = [len(part.photos) for part in parts], [part.words for part in parts]
    assert max(sizes) - min(sizes) <= 1
    assert max(lengths) - min(lengths) <= 1
    assert parts[0].photos


@given(ALBUMS, st.integers(60, 12_000))
def test_there_are_no_more_parts_than_needed(photos: list[str], words: int) -> None:
    fewer = len(in_parts(photos, words)) - 1
    assert fewer == 0 or len(photos) > fewer * MOST_PHOTOS or words > fewer * MOST_WORDS


def test_an_album_for_one_question_stays_whole() -> None:
    photos = tuple(f"p{at:02d}" for at in range(1, 17))
    assert in_parts(photos, 800) == (Part(1, 1, photos, 800),)


@given(ALBUMS.filter(lambda photos: len(photos) > 1), st.integers(60, 900))
def test_halves_make_up_the_whole(photos: list[str], words: int) -> None:
    left, right = halved(Part(1, 1, tuple(photos), words))
    assert [*left.photos, *right.photos] == photos
    assert left.words + right.words == words
    assert abs(len(left.photos) - len(right.photos)) <= 1
