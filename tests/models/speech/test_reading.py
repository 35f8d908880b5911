"""What a voice is given to read."""

from hypothesis import given
from hypothesis import strategies as st

from photocast.models.speech.reading import has_words, readable, stretches


def test_pictographs_markup_and_addresses() -> None:
    assert readable("So *good* 😀 👩‍👩‍👧!") == "So good !"
    assert readable("See https://www.example.com/a/b?c=1 now") == "See example dot com now"
    assert readable("a\n\n b\u200b") == "a b"


def test_numbers_and_dates_are_left_to_the_engine() -> None:
    text = "On 12 Jun 2026, $3.50, 15 km, 20°C"
    assert readable(text) == text


def test_sentences_are_parted_and_short_ones_stay() -> None:
    assert stretches("Wait. Which one? That one, over there—", 300) == ["Wait.", "Which one?", "That one, over there—"]
    assert stretches("…", 300) == []


@given(st.text("ab ,.;!?—é\n", max_size=400), st.integers(10, 60))
def test_every_letter_is_in_one_stretch_and_none_is_too_long(text: str, most: int) -> None:
    parts = stretches(text, most)
    assert [one for one in "".join(parts) if one.isalnum()] == [one for one in text if one.isalnum()]
    assert all(len(part) <= most and has_words(part) for part in parts)


def test_a_word_of_five_hundred_letters() -> None:
    assert "".join(stretches("x" * 500, 300)) == "x" * 500
