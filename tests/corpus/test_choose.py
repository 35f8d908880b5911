"""Choosing: copies of windows and of episodes, the richest, and that the order of windows does not matter."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photocast.corpus.choose import Choice, choose, choose_settings
from photocast.corpus.embedded import ABSTRACT, SCENES, Embedded
from photocast.corpus.near_duplicates import Clusters, Shelf, buckets, shingles, sign
from photocast.corpus.nouns import Dropped, Origin, Place, PodcastEpisode, Utterance, Window
from photocast.corpus.recipe import ChooseTable
from photocast.corpus.spoken import spoken_text
from photocast.corpus.window import Windows

VOCABULARY = [a + b for a in ("ba", "de", "ki", "lo", "mu") for b in ("n", "rt", "st", "ll", "mp", "ng", "x", "sh")]


def said(seed: int, words: int = 200) -> str:
    return " ".join(random.Random(seed).choices(VOCABULARY, k=words))


def changed(text: str, number: int, seed: int = 0) -> str:
    """With so many words replaced by words that stand nowhere else."""
    words = text.split()
    for place in random.Random(seed).sample(range(len(words)), number):
        words[place] = f"odd{'abcdefghij'[place % 10]}{'abcdefghij'[place // 10 % 10]}"
    return " ".join(words)


def window(name: str, text: str, rich: float = 0.1, *, podcast: str = "", episode: str = "", title: str = "") -> Window:
    origin = Origin(episode or f"e-{name}", podcast or f"p-{name}", "transcripts", title=title)
    place = Place(0, 0, 0, len(text), "")
    return Window(name, origin, "", place, (Utterance("A", text),), len(text.split()), rich)


def chosen(found: Sequence[Window], /, **table: float) -> Choice:
    return choose(lambda: iter(found), ChooseTable(**table))  # type: ignore[arg-type]


def fates(choice: Choice) -> dict[str, tuple[str, str]]:
    return {one.id: (one.reason, one.detail) for one in choice.dropped}


def test_the_richest_first_and_the_lower_id_of_equals() -> None:
    windows = [window("a", said(1), 0.2), window("c", said(2), 0.3), window("b", said(3), 0.2)]
    assert chosen(windows).kept == ("c", "a", "b")


def test_only_so_many() -> None:
    windows = [window(name, said(at), at / 10) for at, name in enumerate("abc")]
    choice = chosen(windows, windows=2)
    assert choice.kept == ("c", "b")
    assert choice.dropped == (Dropped("a", "not_among_richest"),)
    assert (choice.count.taken, choice.count.kept, choice.count.made) == (3, 2, 2)


def test_only_so_many_of_a_podcast() -> None:
    windows = [window(name, said(at), at / 10, podcast="p") for at, name in enumerate("abc")]
    choice = chosen([*windows, window("d", said(9), 0.05)], per_podcast=1)
    assert choice.kept == ("c", "d")
    assert fates(choice) == {"a": ("podcast_full", ""), "b": ("podcast_full", "")}


def test_of_windows_with_the_same_words_the_richest_stays() -> None:
    text = said(1)
    shouted = text.upper().replace(" ", ", ")
    others = [window(f"x{at}", said(10 + at), episode=f"e{at // 2}") for at in range(4)]
    windows = [window("a", text, 0.1, episode="e0"), window("b", shouted, 0.2, episode="e1"), *others]
    choice = chosen(windows)
    assert fates(choice) == {"a": ("duplicate_window", "b")}


def test_of_windows_with_nearly_the_same_words_the_richest_stays() -> None:
    """One word in 200 is in five of 196 runs: Jaccard 191 / 201."""
    text = said(1)
    others = [window(f"x{at}", said(10 + at), episode=f"e{at // 2}") for at in range(4)]
    copy = window("b", changed(text, 1), 0.3, episode="e1")
    choice = chosen([window("a", text, 0.1, episode="e0"), copy, *others])
    assert fates(choice) == {"a": ("near_duplicate_window", "b")}


def test_similarity_decides_and_not_its_estimate() -> None:
    """Ten words in a row replaced: 14 of 196 runs differ, 182 / 210 = .8667."""
    text = said(1)
    words = text.split()
    copy = " ".join([*words[:90], *(f"q{'abcdefghij'[at]}" for at in range(10)), *words[100:]])
    windows = [window("a", text), window("b", copy)]
    assert len(chosen(windows, near_duplicate=0.8666).kept) == 1
    assert len(chosen(windows, near_duplicate=0.8667).kept) == 2


def test_an_episode_that_is_mostly_another_one_goes_as_a_whole() -> None:
    shared = [said(at) for at in range(2)]
    first = [window(f"a{at}", text, 0.2, episode="e1") for at, text in enumerate([*shared, said(7)])]
    again = [window(f"b{at}", text, 0.1, episode="e2") for at, text in enumerate([*shared, said(8)])]
    choice = chosen([*again, *first])
    assert choice.kept == ("a0", "a1", "a2")
    assert fates(choice) == {f"b{at}": ("near_duplicate_episode", "e1") for at in range(3)}


def test_half_of_an_episode_is_not_most_of_it() -> None:
    first = [window(f"a{at}", said(at), 0.2, episode="e1") for at in range(2)]
    again = [window("b0", said(0), 0.1, episode="e2"), window("b1", said(9), 0.1, episode="e2")]
    assert fates(chosen([*first, *again])) == {"b0": ("duplicate_window", "a0")}


def test_copies_of_a_copy_go_with_the_one_that_stays() -> None:
    windows = [window(name, said(1), rich) for name, rich in (("a", 0.1), ("b", 0.3), ("c", 0.2))]
    assert fates(chosen(windows)) == dict.fromkeys("ac", ("near_duplicate_episode", "e-b"))


def test_an_id_that_comes_twice_is_kept_once() -> None:
    windows = [window("a", said(1)), window("a", said(2), 0.2), window("b", said(3), episode="e-a")]
    choice = chosen(windows)
    assert choice.kept == ("a", "b")
    assert fates(choice) == {"a": ("duplicate_window", "a")}


@pytest.mark.parametrize("text", ["", "hello", "one two three four", "12 34", "🍞"])
def test_short_and_odd_texts(text: str) -> None:
    windows = [window("a", text), window("b", text), window("c", said(1))]
    assert len(chosen(windows).kept) == 2


def test_nothing_is_chosen_from_nothing() -> None:
    assert chosen([]).kept == ()


@st.composite
def corpora(draw: st.DrawFn) -> list[Window]:
    """Windows of few episodes and podcasts, many of them copies with some words changed."""
    number = draw(st.integers(1, 14))
    return [
        window(
            f"w{at}",
            changed(said(draw(st.integers(0, 3)), 60), draw(st.integers(0, 4)), at),
            draw(st.sampled_from([0.1, 0.2, 0.3])),
            podcast=draw(st.sampled_from(["p", "q"])),
            episode=draw(st.sampled_from(["e1", "e2", "e3", "e4"])),
        )
        for at in range(number)
    ]


@settings(deadline=None, max_examples=40)
@given(corpora(), st.randoms(use_true_random=False), st.integers(1, 8), st.integers(1, 4))
def test_order_does_not_matter_and_nothing_gets_lost(
    windows: list[Window], shuffled: random.Random, number: int, per_podcast: int
) -> None:
    table = ChooseTable(windows=number, per_podcast=per_podcast)
    first = choose(lambda: iter(windows), table)

    def otherwise() -> object:
        again = list(windows)
        shuffled.shuffle(again)
        return iter(again)

    assert choose(otherwise, table) == first  # type: ignore[arg-type]
    gone = [one.id for one in first.dropped]
    assert sorted([*first.kept, *gone]) == sorted(one.id for one in windows)
    assert first.count.taken == len(windows) == first.count.kept + sum(first.count.dropped.values())
    by_id = {one.id: one for one in windows}
    assert len(first.kept) <= number
    assert max(Counter(by_id[name].origin.podcast for name in first.kept).values(), default=0) <= per_podcast
    for one, other in combinations(first.kept, 2):
        assert _jaccard(by_id[one].text, by_id[other].text) < table.near_duplicate


def _jaccard(one: str, other: str) -> float:
    sets = [{tuple(words[at : at + 5]) for at in range(len(words) - 4)} for words in (one.split(), other.split())]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def test_true_similarity_by_hand(tmp_path: Path) -> None:
    """a b c d e f and b c d e f g have the runs 1, 2 and 2, 3."""
    with (tmp_path / "shelf").open("w+b") as file:
        shelf = Shelf(file)
        shelf.put(0, shingles(b"a b c d e f"))
        shelf.put(1, shingles(b"b c d e f g"))
        assert shelf.jaccard(0, 1) == pytest.approx(1 / 3)
        assert shelf.jaccard(1, 1) == 1


def test_runs_of_words_have_the_same_numbers_everywhere() -> None:
    """Written down once: another version, or another machine, must give the same."""
    assert [hex(number) for number in shingles(b"a b c d e f").tolist()] == [
        "0x7b284d3aa85361e0",
        "0xbf5ad1321458ac0a",
    ]
    assert len(shingles(b"")) == 0
    assert len(shingles(b"a b")) == 1


def test_signatures_estimate_similarity() -> None:
    text = said(1, 1000)
    rows = sign([shingles(spoken_text(one)) for one in (text, changed(text, 30), said(2, 1000))])
    assert (rows[0] == rows[1]).mean() == pytest.approx(_jaccard(text, changed(text, 30)), abs=0.15)
    assert (rows[0] == rows[2]).mean() < 0.05
    assert {tuple(group.tolist()) for group in buckets(rows, np.array([2, 1, 0]))} == {(1, 2)}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_clusters_are_what_is_joined(pairs: list[tuple[int, int]]) -> None:
    clusters = Clusters(10)
    groups = [{number} for number in range(10)]
    for one, other in pairs:
        clusters.join(one, other)
        both = groups[one] | groups[other]
        for number in both:
            groups[number] = both
    assert [clusters.root(number) for number in range(10)] == [min(group) for group in groups]


class Letters:
    """Encodes a text as how often each letter comes in it: enough to tell one text from another."""

    name = "letters"

    def fits(self, text: str) -> bool:
        return len(text) < 80

    def texts(self, texts: Sequence[str]) -> np.ndarray:  # type: ignore[type-arg]
        rows = np.array([[text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts])
        return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1)).astype(np.float32)


def test_an_encoder_scores_scenes_above_abstract_talk() -> None:
    scorer = Embedded(Letters())
    assert scorer.score("\n".join(SCENES)) > scorer.score("\n".join(ABSTRACT))
    assert scorer.score("") == 0
    assert "letters" in scorer.name


def test_a_scorer_ranks_the_richest_again() -> None:
    class Title:
        name = "title"

        def score(self, text: str) -> float:
            return float(len(text))

    texts = [said(at, 50 + 10 * at) for at in range(12)]
    windows = [window(f"w{at:02}", text, 1 - at / 100) for at, text in enumerate(texts)]
    choice = choose(lambda: iter(windows), ChooseTable(windows=2), Title())
    assert choice.kept == ("w07", "w06")  # the longest of the eight richest
    assert choice.count.dropped == {"not_among_richest": 10}
    assert choose_settings(ChooseTable(), Title()) != choose_settings(ChooseTable())


def test_settings_do_not_depend_on_the_size_of_parts() -> None:
    assert choose_settings(ChooseTable(part_size=1)) == choose_settings(ChooseTable(part_size=2))
    assert choose_settings(ChooseTable(windows=1)) != choose_settings(ChooseTable(windows=2))


def test_planted_copies_in_real_talk(real_episodes: list[PodcastEpisode]) -> None:
    """Copies in which 3 % of the words are others, J about .75, are found, and real windows are not dropped for it."""
    made = [Windows()(one) for one in real_episodes[:80]]
    windows = [one for found in made if not isinstance(found, Dropped) for one in found]
    copies = [
        window(f"copy-{one.id}", changed(one.text, round(0.03 * one.words), at), 0.0)
        for at, one in enumerate(windows[::2])
    ]
    choice = chosen([*windows, *copies], windows=9999, per_podcast=9999)
    found = {one.id for one in choice.dropped if one.reason.startswith(("near", "duplicate"))}
    assert len(found & {one.id for one in copies}) >= 0.97 * len(copies)
    assert len(found - {one.id for one in copies}) <= 3
