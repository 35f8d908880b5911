"""Windows: where they are cut, which are taken, and what they may not have; and how rich talk is."""

import pickle
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.corpus.nouns import Dropped, Origin, PodcastEpisode, Utterance, Window, count_words, sha256_text
from photocast.corpus.richness import Lexicon, Seen, lexicon, richness
from photocast.corpus.spoken import spoken_letters, spoken_turns, spoken_words
from photocast.corpus.stages import Stage
from photocast.corpus.visual_words import visual_words
from photocast.corpus.window import Gates, Windows
from photocast.schema import InputError

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+")
OPEN = Gates(adverts=99, marks=99, least_share=0, longest_turn=1)


def episode(*texts: str, labels: str = "AB") -> PodcastEpisode:
    turns = tuple(Utterance(labels[at % len(labels)], text) for at, text in enumerate(texts))
    return PodcastEpisode(Origin("e1", "p1", "transcripts"), turns)


def _lower(text: str) -> str:
    return text.lower().replace("’", "'")


@pytest.fixture
def words(tmp_path: Path) -> str:
    """A lexicon in which only dogs and boats can be seen."""
    path = tmp_path / "seen.csv"
    path.write_text("dog,1\nboat,0.5\n", "utf-8")
    return str(path)


def taken(stage: Windows, found: PodcastEpisode) -> list[tuple[int, int]]:
    made = stage(found)
    assert not isinstance(made, Dropped), made
    return [(one.place.first, one.place.last) for one in made]


def dropped(stage: Windows, found: PodcastEpisode) -> str:
    made = stage(found)
    assert isinstance(made, Dropped)
    assert made.reason == "no_window"
    return made.detail


def test_richness_is_the_mean_weight_of_words(words: str) -> None:
    """A Dog's boat: 1 + .5 in the four runs of letters a, dog, s, boat."""
    seen = lexicon(words).seen("A Dog's 2 boat!")
    assert seen == Seen(1.5, 4)
    assert richness([seen]) == 0.375
    assert richness([seen, Seen(0.0, 11)]) == 0.1
    assert richness([]) == 0


def test_the_lexicon_of_our_own_knows_a_dog_from_a_reason() -> None:
    found = lexicon().weights
    assert found == visual_words()
    assert found["dogs"] > 0.5 > found.get("reason", 0.0)


@given(st.text())
def test_ascii_or_not_letters_are_found_alike(text: str) -> None:
    plain = text.encode("ascii", "ignore").decode()
    assert spoken_letters(plain) == spoken_letters(f"{plain} é")[:-1]


def test_words_as_they_are_compared() -> None:
    assert spoken_words("It’s 5 Up-to-date “dogs”, ok?") == ["it's", "5", "up", "to", "date", "dogs", "ok"]
    assert spoken_letters("It’s 5") == ["it", "s"]


@given(st.lists(st.text("aB1'’ _-.|²Éσ Σß\nİ\x1f", max_size=12), max_size=5))
def test_words_of_turns_are_those_of_each(texts: list[str]) -> None:
    said = spoken_turns(texts)
    words = [said.words[number] for number in said.ids]
    by_turn = [words[first:behind] for first, behind in pairwise(said.ends.tolist())]
    assert by_turn == [spoken_words(text) for text in texts]
    assert [" ".join(turn) for turn in by_turn] == [" ".join(_WORD.findall(_lower(text))) for text in texts]
    assert len(set(said.words)) == len(said.words)


@given(st.lists(st.text("aB1'’ _-.²É", max_size=12), min_size=1, max_size=5), st.floats(0.01, 1))
def test_what_is_seen_in_turns_is_what_is_seen_in_each(texts: list[str], weight: float) -> None:
    known = Lexicon({"a": weight, "b": 0.3}, "")
    weights, words = known.seen_before(spoken_turns(texts))
    alone = [known.seen(text) for text in texts]
    assert np.diff(weights) == pytest.approx([one.weight for one in alone])
    assert np.diff(words).tolist() == [one.words for one in alone]


def test_the_longest_window_from_each_turn_on(words: str) -> None:
    """Turns of 3 words, windows of 5 to 8: two turns each, for three have 9."""
    stage = Windows((5, 8), 9, words, OPEN)
    found = episode("a a a", "b b b", "c c dog", "d d d", "e e e")
    assert taken(stage, found) == [(1, 2), (3, 4)]  # both windows with the dog are as rich; the earlier is taken


def test_the_richest_are_taken_and_come_in_order(words: str) -> None:
    found = episode("a boat", "a a", "b b", "b b", "c dog", "dog dog", "d d", "a boat")
    assert taken(Windows((4, 4), 1, words, OPEN), found) == [(4, 5)]
    assert taken(Windows((4, 4), 3, words, OPEN), found) == [(0, 1), (4, 5), (6, 7)]
    assert taken(Windows((4, 4), 9, words, OPEN), found) == [(0, 1), (2, 3), (4, 5), (6, 7)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("a " * 4, "b " * 4), [(0, 1)]),  # as few as may be
        (("a " * 5, "b " * 5), [(0, 1)]),  # as many as may be
        (("a " * 4, "b " * 3), None),
        (("a " * 5, "b " * 6), None),
        (("a " * 20, "b " * 20), None),  # turns are never cut
    ],
)
def test_bounds_of_words(words: str, texts: Sequence[str], expected: list[tuple[int, int]] | None) -> None:
    stage, found = Windows((8, 10), 1, words, OPEN), episode(*texts)
    if expected:
        assert taken(stage, found) == expected
    else:
        assert dropped(stage, found).startswith("no_fit")


def test_both_main_speakers_talk(words: str) -> None:
    found = episode("a " * 9, "b")
    assert taken(Windows((10, 10), 1, words, Gates(least_share=0.1, longest_turn=1)), found) == [(0, 1)]
    assert dropped(Windows((10, 10), 1, words, Gates(least_share=0.11, longest_turn=1)), found) == "one_sided: 1 of 1"
    assert dropped(Windows((10, 10), 1, words), episode("a " * 5, "b " * 5, labels="A")) == "one_sided: 1 of 1"


def test_no_turn_is_most_of_a_window(words: str) -> None:
    found = episode("a " * 6, "b " * 4)
    assert taken(Windows((10, 10), 1, words, Gates(longest_turn=0.6)), found) == [(0, 1)]
    assert dropped(Windows((10, 10), 1, words, Gates(longest_turn=0.59)), found) == "long_turn: 1 of 1"


def test_what_could_not_be_heard(words: str) -> None:
    found = episode("a a a a", "b [inaudible] (crosstalk) [Music]")
    assert taken(Windows((8, 8), 1, words, Gates(marks=3)), found) == [(0, 1)]
    assert dropped(Windows((8, 8), 1, words), found) == "inaudible: 1 of 1"


def test_adverts_are_stepped_around(words: str) -> None:
    found = episode("a dog dog", "use promo code dog", "a a a a", "b b b", "c c c c")
    assert taken(Windows((6, 8), 9, words), found) == [(2, 3)]
    assert dropped(Windows((6, 8), 9, words), episode("a dog dog", "use promo code dog")) == "advert: 1 of 1"


def test_the_reason_is_what_most_windows_fail_at(words: str) -> None:
    """Of turns 0-1 and 1-2 too little is heard; in 2-4 and 3-4 B says too little. The alphabet decides."""
    found = episode("a a", "b [music] [noise] [static]", "a a", "b", "a a a")
    stage = Windows((4, 6), 9, words, Gates(least_share=0.3, longest_turn=1))
    assert dropped(stage, found) == "inaudible: 2 of 4"
    assert dropped(Windows((4, 6), 9, words, Gates(marks=3, least_share=0.45)), found) == "one_sided: 4 of 4"


def test_settings_depend_on_what_is_in_the_lexicon(tmp_path: Path, words: str) -> None:
    copy = tmp_path / "copy.csv"
    copy.write_text("boat,0.5\ndog,1\n", "utf-8")
    assert Windows(lexicon=words).settings == Windows(lexicon=str(copy)).settings
    assert Windows(lexicon=words).settings != Windows().settings
    assert msgspec.json.encode(Windows().settings)
    with pytest.raises(InputError):
        _ = Windows(lexicon=str(tmp_path / "none.csv")).settings


def test_it_is_a_stage_that_can_be_sent(words: str) -> None:
    stage: Stage[PodcastEpisode, Window] = Windows((2, 4), 1, words, OPEN)
    assert pickle.loads(pickle.dumps(stage)) == stage
    assert stage.name == "window"


TURNS = st.lists(
    st.tuples(st.sampled_from("AABBC"), st.lists(st.sampled_from(["so", "dogs", "é", "[music]", "🍞"]), min_size=1)),
    max_size=40,
)


@given(TURNS, st.integers(1, 12), st.integers(0, 12), st.integers(1, 4))
def test_windows_hold_what_they_promise(turns: list[tuple[str, list[str]]], least: int, more: int, number: int) -> None:
    spoken = tuple(Utterance(label, " ".join(words)) for label, words in turns)
    found = PodcastEpisode(Origin("e1", "p1", "transcripts"), spoken)
    made = Windows((least, least + more), number, gates=OPEN)(found)
    assert isinstance(made, Dropped) or 0 < len(made) <= number
    windows = [] if isinstance(made, Dropped) else made
    assert all(before.place.last < after.place.first for before, after in pairwise(windows))
    for one in windows:
        place = one.place
        assert least <= one.words == count_words(one.turns) <= least + more
        assert one.turns == found.turns[place.first : place.last + 1]
        assert one.text == found.text[place.start : place.end]
        assert place.sha256 == sha256_text(one.text)
        assert one.episode_sha256 == found.text_sha256
        assert one.id == f"e1-{place.first}-{place.last}"
        assert one.richness == richness([lexicon().seen(one.text)])


def test_real_episodes(real_episodes: list[PodcastEpisode]) -> None:
    stage = Windows()
    made = [stage(one) for one in real_episodes[:60]]
    windows = [one for found in made if not isinstance(found, Dropped) for one in found]
    assert len(windows) > 120
    assert all(900 <= one.words <= 1100 and 0 < one.richness < 0.2 for one in windows)
