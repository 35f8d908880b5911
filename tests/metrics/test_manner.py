"""Manner and compliance: what the word lists find, and what they leave."""

import pytest

from photocast.metrics import compliance, lexicons, manner
from photocast.metrics.compliance import Target
from photocast.metrics.reading import Phrases, Reading, plain_words
from photocast.schema import UndefinedMetric, parse_transcript
from photocast.testing import script_of


@pytest.mark.parametrize(
    ("text", "follows"),
    [
        ("Mm-hm.", True), ("Oh, wow.", True), ("Yeah, yeah, yeah.", True), ("I see!", True), ("Right…", True),
        ("I see a goat.", False), ("Goat.", False), ("Yeah yeah yeah yeah", False), ("—", False),
    ],
)  # fmt: skip
def test_back_channel(text: str, follows: bool) -> None:
    assert manner.backchannel_share(script_of(f"A: {text}", "B: A goat stood there.")) == (0.5 if follows else 0)


@pytest.mark.parametrize(
    ("text", "agrees"),
    [
        ("Exactly, it was.", True), ("Oh, absolutely.", True), ("That’s so true.", True), ("Well, yeah.", True),
        ("Oh.", False), ("No, exactly not.", False), ("Truely.", False), ("The right one", False),
    ],
)  # fmt: skip
def test_agreement_opening(text: str, agrees: bool) -> None:
    assert manner.agreement_opening_share(script_of("A: Yes, a goat.", f"B: {text}")) == float(agrees)


@pytest.mark.parametrize(
    ("text", "reacts"),
    [
        ("Wait, a goat?", True), ("Oh, no way!", True), ("Hold on. That goat?", True), ("Oh my God, yes.", True),
        ("I said wait.", False), ("Waiting for it.", False), ("Oh, the goat.", False),
    ],
)  # fmt: skip
def test_reaction_opening(text: str, reacts: bool) -> None:
    assert manner.reaction_opening_share(script_of("A: A goat.", f"B: {text}")) == float(reacts)


@pytest.mark.parametrize(
    ("text", "lag"),
    [
        ("Wait, what?", 0),  # a reaction
        ("Mm-hm.", 0),  # a back-channel
        ("The goat was ours", 1),  # "goat" is taken up after one word
        ("It was in the", 4),  # nothing is taken up: all four words; "it" and "the" carry no topic
        ("so " * 40, 25),  # no later than that
    ],
)
def test_reaction_lag(text: str, lag: int) -> None:
    assert manner.reaction_lag(script_of("A: The goat saw it.", f"B: {text}")) == lag


def test_reaction_lag_is_the_mean_over_the_answers() -> None:
    assert manner.reaction_lag(script_of("A: A goat.", "B: Yes.", "A: And in it was our house.")) == 3  # 0 and 6


def test_rates_by_hand() -> None:
    # um | you know | kind of: 3 in 9 words
    assert manner.filler_rate(script_of("A: Um, the goat, you know,", "B: it kind of stood.")) == pytest.approx(
        1000 / 3
    )
    # I still remember | took me back: 2 in 10 words
    talk = script_of("A: I still remember that goat.", "B: It took me back, honestly.")
    assert manner.recollection_rate(talk) == pytest.approx(200)
    # "remember when you" once, although "remember when" alone would be a recollection
    assert manner.shared_history_rate(script_of("A: Remember when you fell in?", "B: No.")) == pytest.approx(1000 / 6)
    # "looking through some old photos" and "this picture"; "the photos" alone is none
    talk = script_of("A: I was looking through some old photos", "B: and this picture, the photos")
    assert manner.meta_framing_rate(talk) == pytest.approx(1000 * 2 / 12)
    # photos, picture, photos
    assert compliance.image_reference_rate(talk) == pytest.approx(1000 * 3 / 12)


def test_phrases_are_counted_once_at_their_longest() -> None:
    phrases = Phrases({"you know", "you know what i mean", "i mean"})
    assert phrases.count(Reading(script_of("A: You know what I mean, you know."))) == 2
    assert not phrases.opens([])


def test_a_show_is_noticed_at_its_ends_only() -> None:
    show = script_of("A: Welcome back to the goat hour.", "B: Hi.", "A: Right.", "B: Bye. Thanks for listening!")
    assert (compliance.introduction(show), compliance.sign_off(show)) == (1, 1)
    talk = script_of("A: A goat.", "B: It is.", "A: They said welcome back.", "B: Did they?", "A: Yes.", "B: Oh.")
    assert (compliance.introduction(talk), compliance.sign_off(talk)) == (0, 0)


def test_stage_directions_beside_the_words_and_left_in_them() -> None:
    script = parse_transcript(
        "Ana: (laughing) A goat.\nBen: [door slams] I see [unclear thing] it all.\nAna: Two goats."
    )
    words = script.words()
    assert compliance.stage_direction_rate(script) == pytest.approx(1000 * 3 / words)
    assert compliance.stage_direction_rate(script_of("A: A goat (a small one).", "B: 3 * 4 * 5")) == 0


@pytest.mark.parametrize(
    ("text", "is_cut"),
    [("It was.", 0), ("It was…", 0), ("“Was it?”", 0), ("他说。", 0), ("It was the", 1), ("It was,", 1)],
)
def test_truncation(text: str, is_cut: int) -> None:
    assert compliance.truncated(script_of("A: Hm.", f"B: {text}")) == is_cut


def test_compliance_with_what_was_asked_for() -> None:
    script = script_of("Speaker 1: one two three", "Speaker 2: four five", "Host: six")
    assert compliance.label_validity(script, Target()) == pytest.approx(2 / 3)
    assert compliance.label_validity(script, Target(labels=("Host",))) == pytest.approx(1 / 3)
    assert compliance.length_ratio(script, Target(words=12)) == 0.5
    assert compliance.length_error(script, Target(words=12)) == 0.5
    assert compliance.length_error(script, Target(words=4)) == 0.5
    with pytest.raises(UndefinedMetric, match="no length was asked for"):
        compliance.length_ratio(script, Target())


LISTS = {name: value for name, value in vars(lexicons).items() if name.isupper() and isinstance(value, frozenset)}


@pytest.mark.parametrize("name", LISTS)
def test_word_lists_are_in_the_form_they_are_compared_in(name: str) -> None:
    for phrase in LISTS[name]:
        assert " ".join(plain_words(phrase)) == phrase
