"""Evidence that agrees, evidence that does not, and the company of other photos."""

from photocast.looking.fusion import Finding, Looked, find_subjects
from photocast.models import Box


def box(label: str, score: float) -> Box:
    return Box(label, score, 0.2, 0.2, 0.8, 0.8)


def said(findings: list[Finding]) -> dict[str, float]:
    return {one.concept: one.confidence for one in findings}


WEAK_DOG = Looked({"miniature poodle": 0.2, "Bedlington terrier": 0.08}, [])


def test_six_weak_dogs_are_one_certain_dog() -> None:
    alone = said(find_subjects([WEAK_DOG])[0])
    together = find_subjects([WEAK_DOG] * 6)
    assert "dog" not in alone
    assert all(said(photo)["dog"] >= 0.65 for photo in together)


def test_breeds_add_up_and_are_called_dog() -> None:
    (photo,) = find_subjects([Looked({"golden retriever": 0.3, "Irish setter": 0.3, "cocker spaniel": 0.25}, [])])
    assert list(said(photo)) == ["dog"]
    assert photo[0].confidence >= 0.9


def test_a_white_dog_is_neither_sheep_nor_bear() -> None:
    photos = [
        Looked({"miniature poodle": 0.6}, [box("sheep", 0.84)]),
        Looked({"Bedlington terrier": 0.5}, [box("bear", 0.99)]),
        Looked({"toy poodle": 0.7}, [box("dog", 0.9)]),
    ]
    for photo in find_subjects(photos):
        assert set(said(photo)) == {"dog"}
        assert photo[0].confidence >= 0.9


def test_a_rabbit_among_dogs_is_not_called_a_dog() -> None:
    dog = Looked({"Labrador retriever": 0.7}, [box("dog", 0.9)])
    rabbit = Looked({"hare": 0.25, "Angora": 0.1}, [box("dog", 0.67)])
    found = said(find_subjects([dog, dog, rabbit])[2])
    assert "dog" not in found
    assert "animal" in found


def test_the_general_thing_is_named_when_the_particular_is_unsure() -> None:
    (photo,) = find_subjects([Looked({"pickup": 0.3, "beach wagon": 0.2, "convertible": 0.2}, [])])
    assert list(said(photo)) == ["car"]
    (photo,) = find_subjects([Looked({"monastery": 0.4, "palace": 0.3, "church": 0.1}, [])])
    assert list(said(photo)) == ["old building"]


def test_a_truck_of_the_detector_is_a_vehicle() -> None:
    (photo,) = find_subjects([Looked({}, [box("truck", 0.9)])])
    assert list(said(photo)) == ["vehicle"]


def test_two_models_that_agree_are_surer_than_either() -> None:
    seen = said(find_subjects([Looked({"laptop": 0.45}, [])])[0])
    found = said(find_subjects([Looked({}, [box("laptop", 0.7)])])[0])
    both = find_subjects([Looked({"laptop": 0.45}, [box("laptop", 0.7)])])[0]
    assert said(both)["laptop"] > max(seen.get("laptop", 0), found["laptop"])
    assert both[0].sources == ("classifier", "detector")


def test_words_beside_a_photo_strengthen_what_is_there_and_add_nothing() -> None:
    faint = {"French loaf": 0.33}
    with_words, without = (
        said(find_subjects([Looked(faint, [], words)])[0]) for words in (frozenset({"loaf"}), frozenset[str]())
    )
    assert with_words["loaf"] > without.get("loaf", 0)
    assert find_subjects([Looked({}, [], frozenset({"loaf", "dog"}))]) == [[]]


def test_faint_insects_are_the_flowers_they_sit_on() -> None:
    (photo,) = find_subjects([Looked({"bee": 0.2, "cabbage butterfly": 0.2}, [box("potted plant", 0.7)])])
    assert list(said(photo)) == ["plant"]


def test_a_hydrant_and_a_honeycomb_are_never_named() -> None:
    assert find_subjects([Looked({"honeycomb": 0.9}, [box("fire hydrant", 0.95)])]) == [[]]


def test_things_of_a_kind_are_counted() -> None:
    (photo,) = find_subjects([Looked({}, [box("laptop", 0.97), box("laptop", 0.8), box("laptop", 0.4)])])
    assert photo[0].boxes == 2
