from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.corpus.nouns import Origin, PodcastEpisode, Utterance, cut
from photocast.corpus.sources.records import TurnRecord
from photocast.corpus.sources.turns import UNKNOWN, put_together


def together(
    *turns: TurnRecord, seconds: float | None = 100.0
) -> tuple[tuple[Utterance, ...], float | None, dict[str, int]]:
    notes = Counter[str]()
    talk, length = put_together(turns, seconds, lambda what: notes.update((what,)))
    return talk, length, dict(notes)


def said(*turns: TurnRecord, seconds: float | None = 100.0) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in together(*turns, seconds=seconds)[0]]


def test_adjacent_turns_of_a_speaker_become_one() -> None:
    talk, _, notes = together(
        TurnRecord(["A", "B"], " Hello.", 0.0, 1.0, 0),
        TurnRecord(["A", "C", "B"], "How are you? ", 1.5, 3.0, 1),
        TurnRecord(["B"], "Fine.", 2.5, 2.9, 2),
        TurnRecord("A", "Good.", 4.0, 5.0, 3),
    )
    assert talk == (
        Utterance("A", "Hello. How are you?", 0.0, 3.0, ("B", "C"), (0, 1)),
        Utterance("B", "Fine.", 2.5, 2.9, (), (2,)),
        Utterance("A", "Good.", 4.0, 5.0, (), (3,)),
    )
    assert notes == {}


def test_time_decides_and_the_number_only_where_there_is_none() -> None:
    """Numbers 2 and 3 are swapped in time; 4 has no time and stays behind 3; 6 and 5 begin at once."""
    order = said(
        TurnRecord("A", "one", 1.0, 2.0, 1),
        TurnRecord("B", "three", 5.0, 6.0, 2),
        TurnRecord("C", "two", 3.0, 4.0, 3),
        TurnRecord("D", "two and a half", None, None, 4),
        TurnRecord("F", "five", 8.0, 9.0, 6),
        TurnRecord("E", "four", 8.0, 9.0, 5),
    )
    assert [text for _, text in order] == ["one", "two", "two and a half", "three", "four", "five"]


def test_without_any_times_the_numbers_decide() -> None:
    assert [text for _, text in said(TurnRecord("A", "b", None, None, 1), TurnRecord("B", "a", None, None, 0))] == [
        "a",
        "b",
    ]


def test_without_numbers_the_file_decides() -> None:
    talk, *_ = together(TurnRecord("A", "a", 1, 2), TurnRecord("B", "b", 1, 2))
    assert [turn.sources for turn in talk] == [(0,), (1,)]


@pytest.mark.parametrize(
    ("label", "speaker", "also"),
    [
        (["A"], "A", ()),
        (["B", "A"], "B", ("A",)),
        ("A", "A", ()),
        ('["A", "B"]', "A", ("B",)),
        ("['A', 'B']", "A", ("B",)),
        ([], UNKNOWN, ()),
        ("", UNKNOWN, ()),
        (None, UNKNOWN, ()),
        ("SPEAKER_DATA_UNAVAILABLE", UNKNOWN, ()),
        ([None, "A", "A", 3, ["x"]], "A", ()),
        ("[A", "[A", ()),
    ],
)
def test_labels_in_any_form(label: Any, speaker: str, also: tuple[str, ...]) -> None:
    talk, _, notes = together(TurnRecord(label, "text", 0.0, 1.0, 0))
    assert (talk[0].speaker, talk[0].also) == (speaker, also)
    assert notes == ({"no_speaker": 1} if speaker == UNKNOWN else {})


def test_what_is_mended_is_counted() -> None:
    talk, seconds, notes = together(
        TurnRecord("A", "", 0.0, 1.0, 0),
        TurnRecord("A", "  ", 0.0, 1.0, 1),
        TurnRecord("A", None, 0.0, 1.0, 2),
        TurnRecord("A", "one\r\n two", 1.0, 2.0, 3),
        TurnRecord("B", "three", 3.0, 3.0, 4),
        TurnRecord("A", "four", -5.0, 5.0, 5),
        TurnRecord("B", "five", 900.0, 901.0, 6),
        TurnRecord("B", "five", 900.0, 901.0, 6),
        TurnRecord("A", "six \ud83d", 7.0, 8.0, 6),
    )
    assert notes == {
        "empty_turn": 3,
        "line_break": 1,
        "reversed_times": 1,
        "clock_skew": 2,
        "duplicate_turn": 1,
        "duplicate_number": 1,
        "half_character": 1,
    }
    assert talk == (
        Utterance("A", "one two", 1.0, 2.0, (), (3,)),
        Utterance("B", "three", 3.0, None, (), (4,)),
        Utterance("A", "four", None, None, (), (5,)),
        Utterance("B", "five", None, None, (), (6,)),
        Utterance("A", "six \ufffd", 7.0, 8.0, (), (6,)),
    )
    assert seconds == 100.0


def test_most_turns_behind_the_end_prove_the_length_wrong() -> None:
    talk, seconds, notes = together(
        TurnRecord("A", "a", 1.0, 2.0, 0), TurnRecord("B", "b", 300.0, 301.0, 1), TurnRecord("A", "c", 400.0, 401.0, 2)
    )
    assert seconds is None
    assert notes == {"wrong_duration": 1}
    assert [turn.start for turn in talk] == [1.0, 300.0, 400.0]


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
TIMES = st.one_of(st.none(), st.floats(), st.integers(-5, 200), st.sampled_from(["12.5", "x", True]))
LABELS = st.one_of(st.none(), st.sampled_from(["A", "B", "", "['A']"]), st.lists(st.sampled_from(["A", "B", "C"])))
TURNS = st.lists(
    st.builds(TurnRecord, LABELS, st.one_of(st.none(), TEXTS), TIMES, TIMES, st.integers(0, 30)), max_size=25
)


@given(TURNS, st.one_of(st.none(), st.floats(1, 300)))
def test_nothing_is_lost_and_nothing_said_twice(turns: list[TurnRecord], seconds: float | None) -> None:
    talk, _, notes = together(*turns, seconds=seconds)
    for one, next_one in pairwise(talk):
        assert one.speaker != next_one.speaker
    copies = {(turn.turn_count, " ".join((turn.turn_text or "").split())) for turn in turns}
    words = Counter(word for _, text in copies for word in text.split())
    assert Counter(word for turn in talk for word in turn.text.split()) >= words - Counter()  # copies differ in blanks
    assert sum(len(turn.sources) for turn in talk) + notes.get("empty_turn", 0) + notes.get("duplicate_turn", 0) == len(
        turns
    )
    assert all(turn.start is None or turn.start >= 0 for turn in talk)


@given(TURNS)
def test_offsets_cut_to_the_turns(turns: list[TurnRecord]) -> None:
    talk, *_ = together(*turns)
    episode = PodcastEpisode(Origin("e", "p", "d"), talk)
    assert episode.text.split("\n") == ([turn.text for turn in talk] or [""])
    for first in range(len(talk)):
        for last in range(first, len(talk)):
            place = cut(episode, first, last)
            assert episode.text[place.start : place.end] == "\n".join(turn.text for turn in talk[first : last + 1])


@given(TURNS, st.randoms())
def test_the_order_of_lines_does_not_matter(turns: list[TurnRecord], chance: Any) -> None:
    numbered = [
        TurnRecord(turn.speaker, turn.turn_text, turn.start_time, turn.end_time, at) for at, turn in enumerate(turns)
    ]
    shuffled = list(numbered)
    chance.shuffle(shuffled)
    assert together(*numbered) == together(*shuffled)
