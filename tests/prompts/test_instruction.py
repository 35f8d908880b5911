from photocast.prompts import Prompts
from photocast.prompts.instruction import instruction, span


def test_spans_begin_at_hundreds() -> None:
    assert [span(words) for words in (42, 100, 742, 799, 800, 1049)] == [
        "50 to 100",
        "100 to 200",
        "700 to 800",
        "700 to 800",
        "800 to 900",
        "1000 to 1100",
    ]


def test_it_says_how_many_pictures_people_and_words() -> None:
    text = instruction(Prompts(), pictures=3, speakers=4, words=950)
    assert text.startswith("Take the 3 pictures as one story, in their order, and write how 4 people talk about it")
    assert "for about 900 to 1000 words." in text
    assert "Speaker 1, Speaker 2, Speaker 3, Speaker 4." in text
    assert "language" not in text


def test_other_languages_are_named() -> None:
    assert "the code pt" in instruction(Prompts(), pictures=2, speakers=2, words=500, language="pt")
