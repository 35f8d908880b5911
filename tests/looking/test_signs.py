"""Words on signs: only those that read as words."""

import pytest

from photocast.looking.signs import is_words, signs
from photocast.models import Line


@pytest.mark.parametrize("text", ["PASSPORT", "Carlsberg", "Tanzania Tea", "usability", "our Best.", "EXIT", "Café"])
def test_words(text: str) -> None:
    assert is_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "E-14522",
        "A1338",
        "Before$",
        "obep.is",
        "www.x.org",
        "a@b.org",
        "ama",
        "rhThgm",
        "STRTNG",
        "aaaargh",
        "1,2",
        "",
        "VegaSnight",
    ],
)
def test_no_words(text: str) -> None:
    assert not is_words(text)


def line(text: str, confidence: float, high: float = 0.1) -> Line:
    return Line(text, confidence, 0.1, 0.1, 0.5, 0.1 + high)


def test_the_two_largest_sure_lines_are_said() -> None:
    lines = [line("small print", 0.99, 0.01), line("OPEN", 0.99), line("bakery", 0.97, 0.2), line("Kitchen", 0.8)]
    found = list(signs("p02", [*lines, line("menu", 0.99, 0.05)]))
    assert [one.what for one in found] == ["bakery", "OPEN"]
    assert [one.id for one in found] == ["p02.sign.bakery", "p02.sign.open"]
