"""Names of people: none goes out in any shape, and all come back."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from photocast.prompts.stand_ins import StandIns

LETTERS = "abdegiklmnorstuvéåñøžšłбвгдежиклмнαβγδ"
WORDS = st.text(LETTERS, min_size=3, max_size=9).map(str.capitalize)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
SHAPES = (
    str,
    str.upper,
    str.lower,
    lambda name: f"{name}'s",
    lambda name: f"{name}’s",
    lambda name: f"{name}s",
    lambda name: f"the {name}es",
    lambda name: f"“{name}”,",
    lambda name: name.replace(" ", "_").lower() + ".jpg",
    lambda name: f"IMG_{name.replace(' ', '')}01",
    lambda name: f"@{name.replace(' ', '.').lower()}",
    lambda name: name.replace(" ", "\n"),
    lambda name: unicodedata.normalize("NFD", name),
    lambda name: "".join(one for one in unicodedata.normalize("NFD", name) if not unicodedata.combining(one)),
)


@given(st.lists(NAMES, min_size=1, max_size=4, unique=True), st.data())
@example(["Anna Smith", "Anna"], None)
def test_no_name_and_no_part_of_one_is_left_in_any_shape(names: list[str], data: st.DataObject | None) -> None:
    stand_ins = StandIns(names)
    for name in names:
        for part in (name, *name.split()):
            for shape in SHAPES:
                around = (
                    data.draw(st.sampled_from(["{}", "Look, {}!", "{} on the beach", "x {} y {}"])) if data else "{}"
                )
                hidden = stand_ins.hide(around.replace("{}", shape(part)))
                left = "".join(one for one in unicodedata.normalize("NFD", hidden) if not unicodedata.combining(one))
                plain = "".join(one for one in unicodedata.normalize("NFD", part) if not unicodedata.combining(one))
                assert plain.casefold() not in left.casefold().replace("person", ""), (hidden, part)
                assert "Person " in hidden


@given(st.lists(NAMES, min_size=1, max_size=30, unique_by=str.casefold), st.data())
def test_names_come_back_as_they_were_written(names: list[str], data: st.DataObject) -> None:
    stand_ins = StandIns(names)
    name = data.draw(st.sampled_from(names))
    assert stand_ins.show(stand_ins.hide(f"That’s {name}’s dog.")) == f"That’s {name}’s dog."


@given(NAMES, st.text(max_size=60))
def test_what_holds_no_name_stays_as_it_is(name: str, text: str) -> None:
    stand_ins = StandIns([name])
    if not any(one in LETTERS for one in unicodedata.normalize("NFKD", text).casefold()):
        assert stand_ins.hide(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("name", "text", "hidden"),
    [
        ("Anna", "Anna and Annabel", "Person A and Annabel"),
        (
            "Anne-Marie O'Brien",
            "Marie, ANNE, obrien, O’Brien’s, anne-marie",
            "Person A, Person A, Person A, Person A’s, Person A",
        ),
        ("Ludwig van Beethoven", "a van, and Beethoven", "a van, and Person A"),
        ("Aunt May", "My aunt came. It may rain. Aunt May! May?", "My aunt came. It may rain. Person A! Person A?"),
        ("May", "It may rain in May.", "It may rain in Person A."),
        ("Rose Miller", "rose_garden, miller, ROSE", "rose_garden, Person A, Person A"),
        ("Jo", "Jo, jo, John", "Person A, Person A, John"),
        ("J", "J is J.", "J is J."),
        ("bell hooks", "Hooks rang.", "Person A rang."),
        ("山田太郎", "山田太郎さんと海へ", "Person Aさんと海へ"),
        ("민수", "민수가 왔다", "Person A가 왔다"),
        ("Mr. X", "Mr. X, mr x", "Person A, Person A"),
        ("  Anna   Smith ", "anna\tsmith", "Person A"),
        ("", "nobody", "nobody"),
    ],
)
def test_names_of_all_kinds(name: str, text: str, hidden: str) -> None:
    assert StandIns([name]).hide(text) == hidden


def test_the_longest_name_is_meant() -> None:
    stand_ins = StandIns(["Anna", "Anna Smith", "Bo"])
    assert stand_ins.hide("Anna Smith and Anna, and Smith and Bo") == "Person B and Person A, and Person B and Person C"


def test_hiding_twice_changes_nothing() -> None:
    stand_ins = StandIns(["Person", "A B", "Cy"])
    assert stand_ins.hide("A B met Cy") == "Person B met Person C"
    assert StandIns(["Anna"]).hide("Person A and Anna") == "Person A and Person A"


def test_more_people_than_letters() -> None:
    stand_ins = StandIns([f"Name{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(60)])
    assert list(stand_ins)[24:29] == ["Person Y", "Person Z", "Person AA", "Person AB", "Person AC"]
    assert stand_ins.show(stand_ins.hide("Namebc here, nameac there")) == "Namebc here, Nameac there"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Person A's dog", "Anna's dog"),
        ("PERSON A! Person-A?", "Anna! Anna?"),
        ("two Person As", "two Annas"),
        ("Person Ax, person a, Person C", "Person Ax, person a, Person C"),
    ],
)
def test_how_models_write_a_stand_in(text: str, shown: str) -> None:
    assert StandIns(["Anna", "Bo"]).show(text) == shown
