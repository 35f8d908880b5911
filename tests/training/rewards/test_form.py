"""Labels, what was forbidden, and length: values worked out by hand."""

import pytest

from photocast.training.rewards import Asked, compliance, labels, length, length_limit

TWO = Asked(speakers=2)
PLAIN = "Speaker 1: Look at it go.\nSpeaker 2: It went into the tree."


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        (PLAIN, TWO, 1.0),
        (PLAIN.replace("\n", "\n\n"), TWO, 1.0),
        (f"Sure, a talk of two people.\n\n{PLAIN}", TWO, 2 / 3),  # two of three lines have a label
        (PLAIN, Asked(speakers=3), 2 / 3),  # two of three speakers are heard
        (PLAIN, Asked(speakers=1), 1 / 2),  # one of two lines is by somebody who was asked for
        (PLAIN, Asked(), 1.0),
        (f"{PLAIN}\nSpeaker 3: No.", TWO, 2 / 3),
        ("Speaker 1: I went.\nSpeaker 1: I went again.", TWO, 1 / 2),
        ("Ada: Look at it go.\nLeo: It went into the tree.\nAda: So it did.", TWO, 0.0),
        ("**Speaker 1:** Look at it go.\n\n**Speaker 2:** It went into the tree.", TWO, 1.0),
        ("Speaker 1:\nLook at it go.\n\nSpeaker 2:\nIt went into the tree.", TWO, 1.0),
        ("Speaker 1: Look.\nIt goes.\nSpeaker 2: It went.", TWO, 2 / 3),
        ("Speaker 1:\nSpeaker 2:\n", TWO, 0.0),
        ("Nobody says anything here.", TWO, 0.0),
        ("", TWO, 0.0),
    ],
)
def test_labels(text: str, asked: Asked, expected: float) -> None:
    assert labels(text, asked) == pytest.approx(expected)


SENTENCE = "We walked along the river until the light was gone. "  # 10 words


def talk(*turns: str) -> str:
    return "\n".join(f"Speaker {at % 2 + 1}: {turn}" for at, turn in enumerate(turns))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (talk(SENTENCE * 12, SENTENCE * 13), 1.0),
        # 1 picture word in 250 is 4 in 1,000: 1 - 4/10, and four kept
        (talk(SENTENCE * 12, SENTENCE * 12 + "That photo was on the wall of his own kitchen."), (0.6 + 4) / 5),
        (talk("In this photo you see a dog.", SENTENCE), 4 / 5),  # 59 in 1,000
        (talk(f"Welcome back to the show! {SENTENCE}", SENTENCE), 4 / 5),
        (talk(SENTENCE, f"{SENTENCE} Thanks for listening."), 4 / 5),
        (talk(f"[laughs softly] {SENTENCE}", SENTENCE), 4 / 5),
        (talk(SENTENCE, "We walked along the"), 4 / 5),
        (talk("Welcome back to the show, here is a photo.", "[music] Thanks for listening to the"), 0.0),
        ("Nobody says anything here.", 0.0),
    ],
)
def test_compliance(text: str, expected: float) -> None:
    assert compliance(text, TWO) == pytest.approx(expected)


def test_compliance_knows_english_alone() -> None:
    german = talk("Und dann sind wir noch einmal an den Fluss gegangen, weil das Licht so schön war und der Hund. " * 3)
    assert compliance(german, Asked(language="de")) is None
    assert compliance(german, Asked(language="en")) == 0.0


@pytest.mark.parametrize(("words", "expected"), [(10, 1.0), (5, 0.5), (15, 0.5), (1, 0.1), (20, 0.0), (500, 0.0)])
def test_length(words: int, expected: float) -> None:
    assert length(f"Speaker 1: {'well ' * words}", Asked(words=10)) == pytest.approx(expected)


def test_length_without_a_length_or_without_words() -> None:
    assert length(PLAIN, Asked()) is None
    assert length("speaker 1 says a hundred words and nobody is found who says them", Asked(words=13)) == 0.0
    assert length(PLAIN, Asked(words=10, language="ja")) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a" * 40, 1.0), ("a" * 60, 0.5), ("a" * 80, 0.0), ("a" * 4000, 0.0), ("山" * 10, 1.0), ("山" * 15, 0.5), ("", 1)],
)
def test_length_limit(text: str, expected: float) -> None:
    """Four letters of ASCII are a token, as is each other letter: 10 tokens are the limit, 20 the end."""
    assert length_limit(text, Asked(limit=10)) == pytest.approx(expected)
