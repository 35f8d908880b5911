"""What the user decided outlives a new look."""

from photocast.looking.keep import carry_over, is_users
from photocast.schema import FactSheet, Kind, Known, Observation, State


def seen(what: str, photo: str = "p01", **changes: object) -> Observation:
    slug = what.replace(" ", "-")
    one = Observation(
        id=f"{photo}.subject.{slug}",
        photos=(photo,),
        kind=Kind.SUBJECT,
        what=what,
        known=Known.SEEN,
        sources=("classifier",),
        confidence=0.8,
    )
    return one.model_copy(update=changes)


def test_struck_and_locked_stay_exactly() -> None:
    struck, locked = seen("dog", state=State.STRUCK), seen("old car", confidence=1.0, state=State.LOCKED)
    previous = FactSheet(observations=(struck, locked, seen("cat")))
    assert carry_over([seen("dog", confidence=0.95), seen("tree")], previous, ["p01"]) == (struck, seen("tree"), locked)


def test_an_edited_word_takes_the_place_of_what_it_corrects() -> None:
    edited = seen("dog").model_copy(update={"what": "rabbit"})
    assert is_users(edited)
    assert carry_over([seen("dog")], FactSheet(observations=(edited,)), ["p01"]) == (edited,)


def test_added_by_the_user_survives_and_machine_made_does_not() -> None:
    added = seen("boat", known=Known.TOLD, sources=("user",))
    assert carry_over([], FactSheet(observations=(added, seen("cat"))), ["p01"]) == (added,)


def test_the_brief_of_today_replaces_the_brief_of_yesterday() -> None:
    told = seen("x", id="album.note.x", kind=Kind.NOTE, known=Known.TOLD, sources=("user", "brief"))
    assert carry_over([], FactSheet(observations=(told,)), ["p01"]) == ()
    struck = told.model_copy(update={"state": State.STRUCK})
    assert carry_over([told], FactSheet(observations=(struck,)), ["p01"]) == (struck,)


def test_what_was_said_of_a_photo_that_is_gone_is_left_behind() -> None:
    locked = seen("dog", "p09", state=State.LOCKED)
    assert carry_over([], FactSheet(observations=(locked,)), ["p01"]) == ()
