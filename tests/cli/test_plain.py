"""Lines on a terminal."""

import pytest

from photocast.cli.plain import folded
from photocast.cli.shown import names


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("  Sends    nothing", "  Sends    nothing"),
        ("  Sends    nothing: the writer runs here", "  Sends    nothing: the writer\n           runs here"),
        ("  ok    eyes   whole, 8 MB, four", "  ok    eyes   whole, 8 MB,\n               four"),
        ("error: no such file: a-very-long-name.jpg", "error: no such file:\n       a-very-long-name.jpg"),
        ("do: Check the path, or give a folder.", "do: Check the path, or give a\n    folder."),
        ("a folder of mine/with spaces/index.html", "a folder of mine/with spaces/index.html"),
        ("  many    labels    and    little room", "  many    labels    and    little room"),
    ],
)
def test_a_long_line_is_folded_between_words(line: str, shown: str) -> None:
    assert folded(line, 30) == shown


@pytest.mark.parametrize(
    ("people", "said"), [([], ""), (["Ada"], "Ada"), (["Ada", "Leo"], "Ada and Leo"), (["A", "B", "C"], "A, B and C")]
)
def test_names_read_as_a_sentence(people: list[str], said: str) -> None:
    assert names(people) == said
