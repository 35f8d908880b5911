"""Every rule by hand: what it counts, and where its bounds are."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.corpus.noise import adverts_among, count_marks, is_advert
from photocast.corpus.nouns import Origin, PodcastEpisode, Utterance
from photocast.corpus.rules import ON_FACTS, ON_TALK, Talk
from photocast.corpus.rules.on_words import looping, repeated_share
from photocast.corpus.sources.source import Facts
from photocast.corpus.spoken import spoken_turns

ORIGIN = Origin("e1", "p1", "sporc-1.0", language="en", host_labels=("A",), guest_labels=("B",))
FRENCH = "Nous étions dans la cuisine et ma grand-mère faisait cuire le pain comme tous les dimanches matin. "
ENGLISH = "We were in the kitchen and my grandmother was baking the bread as she did every Sunday morning. "


def facts(**changes: object) -> Facts:
    known = Facts(origin=ORIGIN, seconds=1800.0, main_speakers=2, explicit=False)
    return msgspec.structs.replace(known, **changes)


def origin(**changes: object) -> Origin:
    return msgspec.structs.replace(ORIGIN, **changes)


def talk(*lines: str, **changes: object) -> Talk:
    """Turns written as `A: words`."""
    turns = tuple(Utterance(*line.split(": ", 1)) for line in lines)
    return Talk(msgspec.structs.replace(PodcastEpisode(ORIGIN, turns), **changes))


def words(number: int) -> str:
    return " ".join(["word"] * number)


def shares(*numbers: int) -> Talk:
    """Speakers A, B, ... with so many words."""
    return talk(*(f"{'ABCDEF'[at]}: {words(number)}" for at, number in enumerate(numbers)))


def reason(rule: str, seen: Facts | Talk, **parameters: object) -> str | None:
    broken = (ON_FACTS | ON_TALK)[rule](seen, **parameters)
    return broken.reason if broken else None


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("diarized", {}, None),
        ("diarized", {"diarized": False}, "not_diarized"),
        ("main_speakers", {"main_speakers": 2}, None),
        ("main_speakers", {"main_speakers": 3}, "not_two_main_speakers"),
        ("main_speakers", {"main_speakers": 1}, "not_two_main_speakers"),
        ("main_speakers", {"main_speakers": None}, None),
        ("roles", {}, None),
        ("roles", {"origin": origin(host_labels=())}, "no_host_identified"),
        ("roles", {"origin": origin(guest_labels=())}, "no_guest_identified"),
        ("roles", {"origin": origin(guest_labels=("C", "A"))}, "host_is_guest"),
        ("stated_language", {"origin": origin(language="en-US")}, None),
        ("stated_language", {"origin": origin(language=" EN_gb ")}, None),
        ("stated_language", {"origin": origin(language="")}, None),
        ("stated_language", {"origin": origin(language="fr")}, "language"),
        ("stated_language", {"origin": origin(language="enm")}, "language"),
        ("duration", {"seconds": None}, None),
        ("not_explicit", {}, None),
        ("not_explicit", {"explicit": None}, None),
        ("not_explicit", {"explicit": True}, "explicit"),
    ],
)
def test_rules_on_facts(rule: str, changes: dict[str, object], expected: str | None) -> None:
    assert reason(rule, facts(**changes)) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(299.9, "too_short"), (300, None), (7200, None), (7200.1, "too_long")]
)
def test_duration(seconds: float, expected: str | None) -> None:
    assert reason("duration", facts(seconds=seconds), least=300, most=7200) == expected


def test_another_number_of_main_speakers() -> None:
    assert reason("main_speakers", facts(), number=3) == "not_three_main_speakers"
    assert reason("main_speakers", facts(), number=9) == "not_9_main_speakers"


@pytest.mark.parametrize(("number", "expected"), [(9, "too_short"), (10, None), (20, None), (21, "too_long")])
def test_length(number: int, expected: str | None) -> None:
    assert reason("length", shares(number), least=10, most=20) == expected


def test_turns_in_all_and_in_1000_words() -> None:
    seen = shares(125, 125, 125, 125)  # 4 turns, 8 in 1,000 words
    assert reason("turns", seen, least=4, per_1000_words=8) is None
    assert reason("turns", seen, least=5, per_1000_words=8) == "few_turns"
    assert reason("turns", seen, least=4, per_1000_words=8.1) == "few_turns"


def test_main_voices_count_words_where_the_source_counts_nobody() -> None:
    three = shares(50, 44, 6)
    assert reason("main_voices", three) == "not_two_main_speakers"
    assert reason("main_voices", shares(50, 45, 5)) is None  # 5 % is not more than 5 %
    assert reason("main_voices", talk(*("A: a", "B: b", "C: c"), main_speakers=2)) is None


def test_roles_are_heard() -> None:
    assert reason("roles_heard", shares(95, 5)) is None
    assert reason("roles_heard", shares(96, 4)) == "guest_not_heard"
    assert reason("roles_heard", shares(4, 96)) == "host_not_heard"


def test_bystanders_and_monologues() -> None:
    assert reason("bystanders", shares(45, 45, 5, 5)) is None
    assert reason("bystanders", shares(44, 45, 5, 6)) == "other_voices"
    assert reason("monologue", shares(85, 15)) is None
    assert reason("monologue", shares(15, 85, 0)) is None
    assert reason("monologue", shares(14, 86)) == "monologue"


def test_what_the_published_code_counts() -> None:
    """Six turns; `Too short.` has 10 characters and `[Music]` begins with music. Speaker 1 is B, who speaks first."""
    lines = ("B: Eleven char", "A: Too short.", "A: [Music] and more of it", "A: Twelve chars", "B: Eleven char")
    seen = talk(*lines, "C: Eleven char")
    # 4 x len("Speaker 1: ") + 11 + 12 + 11 + 11 + 3 x len("\n\n") = 44 + 45 + 6
    bounds = {"turns": 4, "least": 95, "most": 95}
    assert reason("published", seen, **bounds) is None
    assert reason("published", seen, **bounds | {"turns": 5}) == "few_turns"
    assert reason("published", seen, **bounds | {"least": 96, "most": 99}) == "too_short"
    assert reason("published", seen, **bounds | {"least": 1, "most": 94}) == "too_long"


def test_the_published_code_does_not_put_turns_together() -> None:
    """`Some of it. And more of it.` was two labelled turns: 2 x 11 for labels, 11 + 15 characters, one blank line."""
    turns = (Utterance("A", "Some of it. And more of it.", sources=(0, 1)),)
    seen = Talk(PodcastEpisode(ORIGIN, turns))
    assert reason("published", seen, turns=2, least=50, most=50) is None


def test_spoken_language_is_that_of_the_middle() -> None:
    assert reason("spoken_language", talk(f"A: {ENGLISH * 20}")) is None
    assert reason("spoken_language", talk(f"A: {FRENCH * 20}")) == "language"
    assert reason("spoken_language", talk(f"A: {ENGLISH * 9}", f"B: {FRENCH * 20}", f"A: {ENGLISH * 9}")) == "language"
    assert reason("spoken_language", talk(f"A: {FRENCH * 20}"), languages=("fr", "en")) is None
    assert reason("spoken_language", talk("A: 11")) == "language"  # nothing to tell it by


def test_sentence_ends() -> None:
    seen = talk("A: " + "so it goes on. " * 4 + words(84))  # 4 ends in 100 words
    assert reason("punctuation", seen, per_100_words=4) is None
    assert reason("punctuation", seen, per_100_words=4.1) == "unpunctuated"
    assert reason("punctuation", talk("A: It cost 3.50 at a.m.b.com"), per_100_words=1) == "unpunctuated"


def test_marks_of_what_was_not_heard() -> None:
    seen = talk("A: " + "[inaudible] (crosstalk) " + words(398))  # 2 in 400 words
    assert reason("inaudible", seen, per_1000_words=5) is None
    assert reason("inaudible", seen, per_1000_words=4.9) == "inaudible"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("so I said [unintelligible 00:03:56.21] and", 1),
        ("[Music]", 1),
        ("♪ music playing ♪ [BLANK_AUDIO]", 2),
        ("(speaking in foreign language)", 1),
        ("[laughs] [laughter] (sighs)", 0),
        ("I love music (not all of it) [sic]", 0),
    ],
)
def test_marks(text: str, number: int) -> None:
    assert count_marks(text) == number


def test_plausible_words() -> None:
    half = "the zebra " * 10
    assert reason("plausible_words", talk(f"A: {half}"), least=0.5, most=0.5) is None
    assert reason("plausible_words", talk(f"A: {half}"), least=0.51) == "gibberish"
    assert reason("plausible_words", talk(f"A: {half}"), most=0.49) == "gibberish"
    marks = "the zebra ## "  # 8 of 10 characters are in words
    assert reason("plausible_words", talk(f"A: {marks * 10}"), letters=0.8) is None
    assert reason("plausible_words", talk(f"A: {marks * 10}"), letters=0.81) == "gibberish"


def test_loops() -> None:
    """`thank you` four times in a row are 8 words in a loop; three times is none."""
    ids = np.array([9, 1, 2, 1, 2, 1, 2, 1, 2, 8])
    assert looping(ids).tolist() == [False] + [True] * 8 + [False]
    assert not looping(ids[2:]).any()
    seen = talk("A: " + " ".join(map(str, range(792))) + " thank you thank you thank you thank you")
    assert reason("repetition", seen, looped=0.01) is None
    assert reason("repetition", seen, looped=0.0099) == "repetition"


def test_runs_of_four_said_before() -> None:
    """Of 8 words, a b c d a b c d, there are five runs of four, and one of them comes twice."""
    assert repeated_share(np.array([0, 1, 2, 3, 0, 1, 2, 3])) == pytest.approx(1 / 5)
    assert repeated_share(np.array([0, 1, 2])) == 0
    assert reason("repetition", talk("A: a b c d a b c d"), repeated=0.2) is None
    assert reason("repetition", talk("A: a b c d a b c d"), repeated=0.19) == "repetition"


@given(st.lists(st.integers(0, 5), max_size=60))
def test_a_loop_stays_one_when_more_is_said(ids: list[int]) -> None:
    before = looping(np.array(ids, np.int64))
    after = looping(np.array([*ids, 9, 8, 7], np.int64))
    assert after[: len(ids)].tolist() == before.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "This episode is brought to you by Casper.",
        "And now a word from our sponsors.",
        "Enter the promo code bread.",
        "Go to skillshare dot com slash bread for two months.",
        "Use code BREAD for 20% off your mattress.",
        "Get twenty percent off at checkout.",
        "If you haven’t heard about Anchor, it’s the easiest way to make a podcast.",
        "Support for this podcast comes from listeners like you.",
        "Our sponsor today has a free trial.",
    ],
)
def test_adverts(text: str) -> None:
    assert is_advert(text)


@pytest.mark.parametrize(
    "text",
    [
        "I write code for a living, and the code is on github.com/nodejs.",
        "They sponsored my visa when I came to Ohio.",
        "The show was about a bakery, and he took 10 percent off.",
        "We had a free trial of the gym.",
        "He got off the bus at the first house.",
        "Brought to you by a Mac right now.",
        "",
    ],
)
def test_no_adverts(text: str) -> None:
    assert not is_advert(text)


def test_adverts_have_a_share_of_the_words() -> None:
    advert = "And now a word from our sponsors ok ok ok"  # 10 words
    assert reason("adverts", talk(f"A: {advert}", f"B: {words(90)}")) is None
    assert reason("adverts", talk(f"A: {advert}", f"B: {words(89)}")) == "adverts"


SIGNS = ["promo code", "use code", "Sign up at foo.com", "our Sponsor", "made possible by", "% off", "slash", "dot com"]
ODD = [
    "check out",
    "today’s",
    "the show is",
    "free trial",
    "money-back guarantee",
    "anchor.fm",
    "ΑΣ",
    "İ",
    "\n",
    "1",
    "",
]
SAID = st.sampled_from([*SIGNS, *ODD])


@given(st.lists(st.lists(SAID, max_size=4).map(" ".join), max_size=4))
def test_adverts_of_an_episode_are_those_of_its_turns(texts: list[str]) -> None:
    assert adverts_among(texts, spoken_turns(texts).words) == [is_advert(text) for text in texts]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(1, 5), st.lists(st.integers(0, 3), max_size=9))
def test_loops_are_found_wherever_they_begin(phrase: list[int], rounds: int, before: list[int]) -> None:
    """By the definition: every word of a stretch that repeats after `size` words for three times `size` words."""
    ids = [*before, *phrase * rounds]
    expected = [False] * len(ids)
    for size in range(1, 13):
        for first in range(len(ids) - 4 * size + 1):
            if all(ids[at] == ids[at + size] for at in range(first, first + 3 * size)):
                expected[first : first + 4 * size] = [True] * (4 * size)
    assert looping(np.array(ids, np.int64)).tolist() == expected


def test_runs_of_four_in_a_vocabulary_that_two_numbers_cannot_square() -> None:
    ids = np.array([0, 1, 2, 3, 0, 1, 2, 3])
    assert repeated_share(ids * (1 << 40)) == repeated_share(ids * 60_000) == repeated_share(ids)


@given(st.lists(st.sampled_from(["A: hello there. ", "B: ", "A: [inaudible]", "C: 12 ♪ é", "B: you you"]), max_size=6))
def test_no_talk_is_too_odd_for_a_rule(lines: Sequence[str]) -> None:
    seen = talk(*lines)
    for rule in ON_TALK:
        found = reason(rule, seen)
        assert found is None or found.replace("_", "").isalnum()


def test_every_rule_says_what_it_needs() -> None:
    for names, need in ((ON_FACTS, "Needs: facts."), (ON_TALK, "Needs: talk.")):
        for rule in names.values():
            assert need in (rule.__doc__ or ""), rule
