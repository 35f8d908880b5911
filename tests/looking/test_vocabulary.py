"""Classes, labels and the words they stand for fit together."""

import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from photocast.looking.fusion import Looked, find_subjects
from photocast.looking.hierarchy import classes, labels, masses, trust, wider
from photocast.models import coco_names, imagenet_names
from photocast.schema import concepts

ENTRIES = tomllib.loads(files("photocast.looking").joinpath("hierarchy.toml").read_text("utf-8"))


def test_every_class_is_one_of_the_models_and_stands_for_one_concept() -> None:
    seen = Counter(name for entry in ENTRIES.values() for name in entry.get("seen", ()))
    found = Counter(name for entry in ENTRIES.values() for name in entry.get("found", ()))
    assert set(seen) <= set(imagenet_names())
    assert set(found) <= set(coco_names())
    assert {count for counts in (seen, found) for count in counts.values()} == {1}
    assert len(seen) > 800
    assert "person" not in found


def test_every_concept_is_in_the_vocabulary() -> None:
    assert set(ENTRIES) <= set(concepts())
    assert all(kind in concepts() for concept in ENTRIES for kind in wider(concept))


def test_trust_is_a_share() -> None:
    assert trust("dog") == 1
    assert all(0 < trust(concept) <= 1 for concept in ENTRIES)


def test_mass_of_a_concept_is_that_of_its_classes_and_kinds() -> None:
    mass = masses({"church": 0.2, "palace": 0.1, "monastery": 0.3, "honeycomb": 0.3, "tabby": 0.001})
    assert mass["church"] == 0.2
    assert mass["old building"] == pytest.approx(0.6)
    assert mass["building"] == pytest.approx(0.6)
    assert set(mass) == {"church", "palace", "old building", "building"}


def test_each_certain_class_is_said_as_its_concept_or_something_wider() -> None:
    for name in imagenet_names():
        (photo,) = find_subjects([Looked({name: 0.99}, [])])
        expected = classes().get(name)
        assert len(photo) <= 1, name
        assert not photo or (expected and photo[0].concept in (expected, *wider(expected))), name


def test_labels_and_classes_speak_the_same_language() -> None:
    assert labels()["dog"] == classes()["beagle"]
    assert labels()["couch"] == classes()["studio couch"]
