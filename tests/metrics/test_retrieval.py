"""A transcript finds the captions of its own album, or does not; ties are nobody's victory."""

import re
from math import log, sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.metrics.reading import content_words
from photocast.metrics.retrieval import caption_recall, caption_retrieval
from photocast.schema import UndefinedMetric, parse_transcript

texts = st.lists(st.sampled_from(["bus", "tire", "loaf", "dog", "sea"]), max_size=6).map(" ".join)


def test_content_words() -> None:
    assert content_words("Yeah, I think that's the OLD bus from 1999, isn't it? The bus's door…") == [
        "old",
        "bus",
        "bus's",
        "door",
    ]


def test_ranks_by_hand() -> None:
    # Weights of words: two of four texts have "bus" and two "dog": both weigh 1 + ln(5/3). One has "tire", one "sea":
    # 1 + ln(5/2). First transcript: bus, bus, sea. Captions: "bus tire", "dog sea".
    common, rare = 1 + log(5 / 3), 1 + log(5 / 2)
    first = 2 * common**2 / sqrt(4 * common**2 + rare**2) / sqrt(common**2 + rare**2)
    other = rare**2 / sqrt(4 * common**2 + rare**2) / sqrt(common**2 + rare**2)
    assert first > other
    found = caption_retrieval(["the bus, a bus by the sea", "dog"], ["bus tire", "dog sea"])
    assert found.ranks == (1, 1)


def test_a_transcript_that_is_nearer_to_another_album_is_second() -> None:
    found = caption_retrieval(["loaf loaf dog", "loaf"], ["dog", "loaf"])
    assert found.ranks == (2, 1)
    assert found.reciprocal_ranks == (0.5, 1)
    assert found.mrr == 0.75
    assert (found.recall_at(1), found.recall_at(2)) == (0.5, 1)


def test_who_shares_no_word_is_in_the_middle() -> None:
    found = caption_retrieval(["nothing alike", "dog", "sea"], ["bus", "dog", "sea"])
    assert found.ranks == (2, 1, 1)  # three captions equally far: ranks 1, 2, 3, of which the middle is 2


def test_two_albums_with_one_caption_share_a_rank() -> None:
    assert caption_retrieval(["a dog", "a dog", "a bus"], ["dog", "dog", "bus"]).ranks == (1.5, 1.5, 1)


@given(st.lists(st.tuples(texts, texts), min_size=2, max_size=7))
def test_the_order_of_albums_does_not_matter(albums: list[tuple[str, str]]) -> None:
    ranks = caption_retrieval(*zip(*albums, strict=True)).ranks
    backwards = caption_retrieval(*zip(*albums[::-1], strict=True)).ranks
    assert ranks == backwards[::-1]
    assert all(1 <= rank <= len(albums) for rank in ranks)


@given(st.lists(texts, min_size=2, max_size=7))
def test_captions_that_are_all_the_same_say_nothing(transcripts: list[str]) -> None:
    ranks = caption_retrieval(transcripts, ["dog sea"] * len(transcripts)).ranks
    assert ranks == ((1 + len(transcripts)) / 2,) * len(transcripts)


def test_recall_by_hand() -> None:
    found = caption_recall(["old bus, old tires", "sea"], ["an old bus in a yard", "the sea, a dog"])
    # own: old, bus of old, bus, yard; sea of sea, dog. Others: none of sea, dog; none of three.
    assert found.own == pytest.approx((2 / 3, 1 / 2))
    assert found.others == (0, 0)
    assert found.lift == pytest.approx((2 / 3, 1 / 2))


def test_recall_of_others_leaves_out_the_own() -> None:
    found = caption_recall(["dog", "bus", "sea"], ["dog", "dog bus", "sea"])
    assert found.own == (1, 0.5, 1)
    assert found.others == (0.25, 0, 0)  # of "dog bus" half, of "sea" nothing: (1/2 + 0) / 2


@pytest.mark.parametrize("figure", [caption_retrieval, caption_recall])
def test_one_album_alone_cannot_be_told_apart(figure: object) -> None:
    with pytest.raises(UndefinedMetric, match="fewer than two albums"):
        figure(["a dog"], ["a dog"])  # type: ignore[operator]


@pytest.mark.parametrize("figure", [caption_retrieval, caption_recall])
def test_every_transcript_needs_a_caption(figure: object) -> None:
    with pytest.raises(ValueError, match="2 transcripts"):
        figure(["a dog", "a bus"], ["a dog"])  # type: ignore[operator]


def test_a_caption_of_nothing_has_no_recall() -> None:
    with pytest.raises(UndefinedMetric, match="caption 2"):
        caption_recall(["a dog", "a bus"], ["a dog", "the and of"])


def test_the_stories_of_the_paper_are_found_again(shared: Path) -> None:
    # 25 of the paper's 50 stories. Over 49 of them R@1 was measured independently as .755 and .592.
    folders = sorted((shared / "paper").iterdir())
    captions = [_caption(folder / "human_story.txt") for folder in folders]
    found = {size: caption_retrieval(_spoken(folders, size), captions) for size in ("32b", "235b")}
    assert len(folders) == 25
    assert found["32b"].recall_at(1) == 21 / 25
    assert found["235b"].recall_at(1) == 16 / 25
    assert found["32b"].mrr > found["235b"].mrr > 0.7
    shuffled = caption_retrieval(_spoken(folders, "32b"), captions[1:] + captions[:1])
    assert shuffled.recall_at(1) <= 2 / 25  # what chance would do: 1/25


def _caption(file: Path) -> str:
    text = file.read_text("utf-8")
    return " ".join(re.findall(r"^\[Image \d+\]: (.*)$", text, re.MULTILINE)) or text


def _spoken(folders: list[Path], size: str) -> list[str]:
    scripts = [parse_transcript((folder / f"transcript_{size}.txt").read_text("utf-8")) for folder in folders]
    return [" ".join(turn.text for turn in script.turns) for script in scripts]
