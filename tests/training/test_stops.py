"""Strings that end an answer are found however it is cut into pieces."""

from hypothesis import given
from hypothesis import strategies as st

from photocast.training.serving.stops import Stops

letters = st.text("ab", max_size=12)


def test_by_hand() -> None:
    stops = Stops(["END", "\n\n"])
    assert [stops.hear(piece) for piece in ("One E", "N", "ough\n", "E", "ND more")] == ["One ", "", "ENough", "\n", ""]
    assert stops.met


@given(pieces=st.lists(letters), stops=st.lists(st.text("ab", min_size=1, max_size=4), max_size=3))
def test_as_if_it_were_in_one_piece(pieces: list[str], stops: list[str]) -> None:
    text = "".join(pieces)
    ends = [text.index(stop) for stop in stops if stop in text]
    listening, said = Stops(stops), ""
    for piece in pieces:
        said += listening.hear(piece)
        if listening.met:
            break
    assert listening.met == bool(ends)
    assert said + listening.rest() == text[: min(ends, default=len(text))]
