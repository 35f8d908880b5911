"""People are counted, and nothing else is said of them."""

from photocast.looking.people import count_people
from photocast.models import Box


def person(score: float, *, wide: float = 0.3, high: float = 0.8) -> Box:
    return Box("person", score, 0.1, 0.1, 0.1 + wide, 0.1 + high)


def counted(boxes: list[Box], present: float = 0.9, outside: float = 0.1) -> str | None:
    count = count_people(boxes, present, outside)
    return count.what if count else None


def test_counts_are_worded() -> None:
    assert counted([person(0.9)]) == "one person"
    assert counted([person(0.9), person(0.8)]) == "two people"
    assert counted([person(0.9)] * 3) == "three people"
    assert counted([person(0.9)] * 5) == "a group"
    assert counted([person(0.9)] * 9) == "a crowd"


def test_a_hand_in_a_kitchen_is_nobody() -> None:
    assert counted([person(0.95)], present=0.05) is None


def test_somebody_small_outdoors_counts_though_the_glimpse_misses_them() -> None:
    assert counted([person(0.85, wide=0.1, high=0.3)], present=0.1, outside=0.95) is None
    assert counted([person(0.85)], present=0.1, outside=0.95) == "one person"


def test_an_inkling_of_more_people_lowers_the_confidence() -> None:
    sure = count_people([person(0.9)], 0.9, 0.1)
    less = count_people([person(0.9), person(0.4)], 0.9, 0.1)
    assert sure
    assert less
    assert less.confidence < sure.confidence


def test_no_boxes_no_people() -> None:
    assert counted([]) is None
    assert counted([Box("dog", 0.99, 0, 0, 1, 1)]) is None


def test_one_face_before_a_faint_audience_is_a_group() -> None:
    assert counted([person(0.9), *[person(0.4, wide=0.05, high=0.1)] * 6]) == "a group"
