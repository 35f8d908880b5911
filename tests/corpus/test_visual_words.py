"""The lexicon of visual words: ours, and a user's own."""

import gzip
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from photocast.corpus import visual_words as room
from photocast.corpus.visual_words import read_lexicon, visual_words
from photocast.schema import InputError

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/build_visual_words.py"
DATA = Path(room.__file__).parent / "data"
DO = "Give two columns, a word and its weight from 0 to 1, or name them Word and Visual.mean or Conc.M"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that makes the table; it runs where the files of WordNet are."""
    spec = importlib.util.spec_from_file_location("build_visual_words", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("word", ["dog", "kitchen", "snow", "bride", "cyclist", "child", "bread", "hand"])
def test_what_a_camera_can_see(word: str) -> None:
    assert visual_words()[word] >= 0.6


def test_figurative_uses_take_away_from_a_thing() -> None:
    assert 0.4 <= visual_words()["bridge"] < 0.6  # gaps are bridged, and cards played


@pytest.mark.parametrize(
    "word",
    [
        *("idea", "software", "think", "policy", "internet", "program"),
        *("line", "way", "like", "set", "run", "kind", "point", "can", "will", "thing", "saw", "left", "john"),
    ],
)
def test_what_no_camera_can_see(word: str) -> None:
    assert visual_words().get(word, 0.0) < 0.2


def test_some_people_can_be_told_by_their_looks() -> None:
    words = visual_words()
    assert words["bride"] > words["mother"] > words["scientist"]


def test_an_action_weighs_less_than_a_thing() -> None:
    words = visual_words()
    assert 0.1 <= words["eat"] < words["red"] < words["dog"]


@pytest.mark.parametrize(
    ("lemma", "form"),
    [
        ("dog", "dogs"),
        ("child", "children"),
        ("woman", "women"),
        ("policeman", "policemen"),
        ("tomato", "tomatoes"),
        ("berry", "berries"),
        ("kitchen", "kitchens"),
    ],
)
def test_a_plural_weighs_what_its_noun_weighs(lemma: str, form: str) -> None:
    assert visual_words()[form] == visual_words()[lemma]


@pytest.mark.parametrize(
    ("lemma", "forms"),
    [
        ("eat", ["eats", "ate", "eaten"]),
        ("kneel", ["kneels", "knelt", "kneeling"]),
        ("carve", ["carves", "carved"]),
        ("swim", ["swims", "swam", "swum"]),
        ("wolf", ["wolves"]),
        ("bus", ["buses"]),
    ],
)
def test_a_form_that_other_words_share_stays_near_its_lemma(lemma: str, forms: list[str]) -> None:
    # `eats` and `kneel` are nouns too, and `carved` is an adjective.
    for form in forms:
        assert visual_words()[form] == pytest.approx(visual_words()[lemma], abs=0.1)


def test_a_form_of_the_verb_alone_leaves_the_noun_out() -> None:
    assert visual_words()["ship"] > 2 * visual_words()["shipped"]


def test_keys_are_single_words_in_small_letters_and_weights_within_bounds() -> None:
    assert all(word == word.strip().lower() and " " not in word and "_" not in word for word in visual_words())
    assert all(0.1 <= weight <= 1 for weight in visual_words().values())


def test_the_table_is_small_read_once_and_cannot_be_changed() -> None:
    assert (DATA / "visual.tsv.gz").stat().st_size <= 300_000
    assert visual_words() is visual_words()
    with pytest.raises(TypeError):
        visual_words()["idea"] = 1.0  # type: ignore[index]


def test_the_licence_lies_beside_the_table() -> None:
    assert "WordNet 3.0 Copyright 2006 by Princeton University" in (DATA / "WORDNET-LICENSE.txt").read_text("ascii")


@pytest.mark.slow
def test_the_table_is_what_the_script_makes(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not script.WORDNET.exists():
        pytest.skip(f"{script.WORDNET} is missing: apt-get install wordnet-base")
    monkeypatch.setattr(script, "DATA", tmp_path)
    script.main()
    made, shipped = (gzip.decompress((folder / "visual.tsv.gz").read_bytes()) for folder in (tmp_path, DATA))
    assert made == shipped  # the table, not its packing: releases of zlib pack differently
    assert (tmp_path / "WORDNET-LICENSE.txt").read_bytes() == (DATA / "WORDNET-LICENSE.txt").read_bytes()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Word,Auditory.mean,Visual.mean\nA CAPPELLA,4.8,1.5\nDOG,2.4,5\n", {"a cappella": 0.3, "dog": 1.0}),
        ("Word\tBigram\tConc.M\ndog\t0\t5\nidea\t0\t1\nsea\t0\t3\n", {"dog": 1.0, "idea": 0.0, "sea": 0.5}),
        ("dog,0.9\nidea,0\n", {"dog": 0.9, "idea": 0.0}),
        ("word;weight\ndog;1\n\nDog;0.5\n", {"dog": 1.0}),
        ('\ufeffword,weight\r\n"dog",0.25\r\n', {"dog": 0.25}),
    ],
    ids=["lancaster", "brysbaert", "no header", "semicolons, blank lines, twice", "quotes and a byte order mark"],
)
def test_a_lexicon_of_the_users_own(text: str, expected: dict[str, float], tmp_path: Path) -> None:
    path = tmp_path / "words"
    path.write_bytes(text.encode())
    assert read_lexicon(path) == expected


@pytest.mark.parametrize(
    ("data", "what", "why"),
    [
        (b"", "cannot use {path}", "it is empty"),
        (b"\n \n", "cannot use {path}", "it is empty"),
        (b"word,weight\n", "cannot use {path}", "it holds no words"),
        (b"dog,0.9\nidea\n", "cannot read {path}, line 2", "a word and a number from 0 to 1 were expected"),
        (b"dog,0.9\n,0.1\n", "cannot read {path}, line 2", "a word and a number from 0 to 1 were expected"),
        (b"dog,0.9\nidea,low\n", "cannot read {path}, line 2", "a word and a number from 0 to 1 were expected"),
        (b"dog,0.9\nidea,nan\n", "cannot read {path}, line 2", "a word and a number from 0 to 1 were expected"),
        (b"dog,4.9\n", "cannot read {path}, line 1", "a word and a number from 0 to 1 were expected"),
        (b"Word,Conc.M\ndog,0.5\n", "cannot read {path}, line 2", "a word and a number from 1 to 5 were expected"),
        (b"Word,Conc.M\n\nidea,6\n", "cannot read {path}, line 3", "a word and a number from 1 to 5 were expected"),
        (b"dog,\xe9\n", "cannot read {path}", "it is not written in UTF-8"),
    ],
)
def test_a_lexicon_that_cannot_be_used(data: bytes, what: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_lexicon(path)
    assert (caught.value.what, caught.value.why) == (what.format(path=path), why)
    assert caught.value.do


@pytest.mark.parametrize("first", ["Word,Touch,Taste", "dog", "Visual.mean,Conc.M"])
def test_a_lexicon_whose_columns_say_nothing(first: str, tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text(f"{first}\ndog,1,2\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read_lexicon(path)
    assert caught.value.why == f"its first line is {first.replace(',', ', ')!r}: no column says which number is meant"
    assert caught.value.do == DO


def test_a_lexicon_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_lexicon(tmp_path / "words.csv")
