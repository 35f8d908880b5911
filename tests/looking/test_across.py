"""What returns, and what changes from one photo to the next."""

from photocast.looking.change import changes
from photocast.looking.recur import recurring
from photocast.schema import Kind, Known, Observation, Photo

PHOTOS = [Photo(id=f"p{n:02d}", source=f"{n}.jpg", sha256="0", width=9, height=9) for n in range(1, 6)]


def one(photo: int, what: str, kind: Kind = Kind.SUBJECT, confidence: float = 0.9) -> Observation:
    identity = f"p{photo:02d}"
    return Observation(
        id=f"{identity}.{kind}.{what}",
        photos=(identity,),
        kind=kind,
        what=what,
        known=Known.SEEN,
        sources=("classifier",),
        confidence=confidence,
    )


def test_a_wider_thing_recurs_only_when_it_gathers_more() -> None:
    found = {each.what: each for each in recurring([one(1, "dough"), one(2, "dough"), one(3, "loaf"), one(4, "dog")])}
    assert found["dough"].quantity == 2
    assert found["food"].photos == ("p01", "p02", "p03")
    assert "dog" not in found
    assert {each.what for each in recurring([one(n, "dog") for n in range(1, 6)])} == {"dog"}


def test_the_first_photo_of_a_recurring_thing_is_where_it_shows_best() -> None:
    (dog,) = recurring([one(1, "dog", confidence=0.6), one(2, "dog", confidence=0.98)])
    assert dog.photos == ("p02", "p01")
    assert dog.id == "album.recurs.dog"


def test_changes_are_between_sure_neighbours() -> None:
    inside, outside = ("indoors", Kind.SETTING), ("outdoors", Kind.SETTING)
    found = list(changes(PHOTOS, [one(1, *outside), one(2, *inside), one(3, *inside), one(5, *outside)]))
    assert [(each.what, each.photos) for each in found] == [("indoors", ("p02", "p01"))]
    assert not list(changes(PHOTOS, [one(1, *outside), one(2, *inside, 0.6)]))


def test_a_new_city_and_nightfall() -> None:
    before = [one(1, "Arezzo, Italy", Kind.PLACE), one(1, "afternoon", Kind.TIME)]
    after = [one(2, "Siena, Italy", Kind.PLACE), one(2, "night", Kind.TIME)]
    assert [each.what for each in changes(PHOTOS, [*before, *after])] == ["Siena, Italy", "night"]
