"""Transcripts made alike: nothing of their form is left, and their words are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.bench.judging.blinding import blinded, cut
from photocast.schema import Script, parse_transcript
from photocast.testing import script_of

TALK = [("Maya", "Is that a goat?"), ("Leo", "It is a dog, Maya."), ("Maya", "A small goat, then.")]
PLAIN = "Speaker 1: Is that a goat?\nSpeaker 2: It is a dog, Maya.\nSpeaker 1: A small goat, then."
FORMS = {
    "inline": "\n".join(f"{name}: {text}" for name, text in TALK),
    "bold": "\n\n".join(f"**{name}:** {text}" for name, text in TALK),
    "titled": "# The Goat\n\n" + "\n\n".join(f"**Host {1 + at % 2} ({n})**: {t}" for at, (n, t) in enumerate(TALK)),
    "label on a line": "\n\n".join(f"[{name}]\n{text}" for name, text in TALK),
    "header": "Model: gpt-9\nGenerated: today\n========\n" + "\n".join(f"{name}: {text}" for name, text in TALK),
    "directions": "\n".join(f"{name} (laughing): [sighs] {text}" for name, text in TALK),
    "bullets": "\n".join(f"- {name}: *{text}*" for name, text in TALK),
    "subtitles": "WEBVTT\n\n"
    + "\n\n".join(f"{at}\n00:00:0{at}.000 --> 00:00:0{at}.900\n{name}: {text}" for at, (name, text) in enumerate(TALK)),
}


@pytest.mark.parametrize("form", FORMS)
def test_one_talk_looks_the_same_whatever_form_it_came_in(form: str) -> None:
    shown = blinded(parse_transcript(FORMS[form]))
    assert (shown.text, shown.words) == (PLAIN, 13)  # 4 + 5 + 4 words


def test_what_was_done_is_told_and_names_of_persons_stay() -> None:
    shown = blinded(parse_transcript("A: **Wow** — “so” [p01] big 🐶\nB: Right, A."))
    assert shown.text == 'Speaker 1: Wow -- "so" big\nSpeaker 2: Right, A.'
    assert shown.changes == (
        "typography: 1 turn",
        "emoji and invisible characters: 1 turn",
        "markup: 1 turn",
        "stage directions: 1 turn",
        "left: the name A, said 1 time",
    )


def test_speakers_are_numbered_as_they_first_speak_also_where_they_are_mentioned() -> None:
    shown = blinded(parse_transcript("Speaker 2: Hello Speaker 1, I am speaker 2.\nSpeaker 1: Fine, Speaker 7."))
    assert shown.text == "Speaker 1: Hello Speaker 2, I am Speaker 1.\nSpeaker 2: Fine, Speaker 7."


def test_a_role_of_somebody_with_a_name_becomes_their_number() -> None:
    shown = blinded(parse_transcript("Host 1 (Ada): So, Host 2?\nHost 2 (Leo): Yes, Ada.\nHost 1 (Ada): Good."))
    assert shown.text == "Speaker 1: So, Speaker 2?\nSpeaker 2: Yes, Ada.\nSpeaker 1: Good."


def test_a_turn_of_nothing_but_form_goes() -> None:
    shown = blinded(script_of("A: hello", "B: ***", "A: bye"))
    assert (shown.text, shown.words) == ("Speaker 1: hello\nSpeaker 1: bye", 2)


def test_numbers_and_degrees_are_no_markup() -> None:
    text = "it is 5*3 at 20° in snake_case, 10:30 sharp, and #1"
    assert blinded(script_of(f"A: {text}")).text == f"Speaker 1: {text}"


def test_an_excerpt_ends_both_where_they_are_nearest_in_length() -> None:
    first = script_of("A: " + "a " * 10, "B: " + "b " * 10, "A: " + "c " * 10)  # ends after 10, 20, 30 words
    second = script_of("A: " + "a " * 7, "B: " + "b " * 7, "A: " + "c " * 4)  # after 7, 14, 18
    assert [len(turns) for turns in cut(first, second, 19)] == [2, 3]  # target 18: 20 is nearer than 10; 18 itself
    assert [len(turns) for turns in cut(first, second, 8)] == [1, 1]
    assert [len(turns) for turns in cut(first, second, 1)] == [1, 1]
    assert blinded(first, cut(first, second, 8)[0]).words == 10


MARKS = (
    *("**", "*", "_", "`", "# ", "[laughs] ", "(sighs) ", "Speaker 2: ", "Ada: ", "Host 1: ", "🐶", "—", "“", "> ", ""),
)
WORDS = ("goat", "dog", "Ada", "hill", "wet,", "Right?", "ran", "the", "20", "so...")
marks = st.sampled_from(MARKS)
words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
turns = st.builds(lambda mark, said, end: f"{mark}{said} {end}", marks, words, marks)
names = st.sampled_from(["Ada", "Host 1", "Speaker 2", "Leo"])
scripts = st.lists(st.tuples(names, turns), min_size=1, max_size=6).map(
    lambda said: script_of(*(f"{name}: {text}" for name, text in said))
)


@given(scripts)
def test_nothing_of_label_form_or_markup_survives(script: Script) -> None:
    """Every line is a number and words; no other label, no markup, no direction, and one typography."""
    shown = blinded(script)
    speakers: list[str] = []
    for line in shown.text.splitlines():
        label, said = line.split(": ", 1)
        assert re.fullmatch(r"Speaker \d", label)
        speakers += [] if label in speakers else [label]
        assert not any(said.startswith(f"{speaker.name}:") for speaker in script.speakers)
        assert not re.search(r"(?:Host|Speaker) \d\s*:", said)
        assert not re.search(r"[*`\[\]“”’—–…🐶]|^[#>] |^_|_$|laughs|sighs", said)
    assert speakers == sorted(speakers)
    assert shown.words == sum(len(line.split(": ", 1)[1].split()) for line in shown.text.splitlines())


@given(scripts)
def test_blinding_twice_changes_nothing_more(script: Script) -> None:
    once = blinded(script)
    if once.text:
        again = blinded(parse_transcript(once.text))
        assert (again.text, again.words) == (once.text, once.words)


plain_turns = st.tuples(st.sampled_from(["Ada", "Leo", "Maya"]), words)


@given(st.lists(plain_turns, min_size=1, max_size=8))
def test_words_of_plain_talk_are_all_kept(said: list[tuple[str, str]]) -> None:
    script = script_of(*(f"{name}: {text}" for name, text in said))
    shown = blinded(script)
    assert shown.words == script.words()
    assert [line.split(": ", 1)[1] for line in shown.text.splitlines()] == [text for _, text in said]
