"""When turns are heard, worked out by hand, and what holds for all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.schema import Delivery, Script, Speaker, Turn
from photocast.speech.timing import LEAD_S, TAIL_S, timed


def script_of(*lines: str, **delivery: Delivery) -> Script:
    parted = [line.split(": ", 1) for line in lines]
    names = list(dict.fromkeys(name for name, _ in parted))
    turns = (
        Turn(id=f"t{number:03}", speaker=name, text=text, delivery=delivery.get(f"t{number:03}", Delivery()))
        for number, (name, text) in enumerate(parted, 1)
    )
    return Script(title="A talk", speakers=tuple(Speaker(name=name) for name in names), turns=tuple(turns))


def starts(script: Script, *seconds: float) -> list[float]:
    return [cue.start for cue in timed(script, seconds).cues]


def test_an_answer_comes_sooner_than_a_remark() -> None:
    assert starts(script_of("A: Is that a bag?", "B: It is a bag."), 2, 1) == pytest.approx([0.4, 2.6])
    assert starts(script_of("A: That is a bag.", "B: It is a fine bag."), 2, 1) == pytest.approx([0.4, 2.68])


def test_whoever_interrupts_is_heard_before_the_end() -> None:
    assert starts(script_of("A: The dog is on the—", "B: You would be pleased."), 2, 2) == pytest.approx([0.4, 2.22])


def test_a_word_in_between_lies_over_the_end_of_what_goes_on() -> None:
    """B's half second begins .25 s before A's 4 s end: half of the shorter clip at most."""
    found = starts(script_of("A: Third one, I am counting.", "B: Mm-hm.", "A: And then it rained."), 4, 0.5, 2)
    assert found[1] == pytest.approx(0.4 + 4 - 0.25)
    assert found[2] == pytest.approx(found[1] + 0.5 + 0.28)


def test_a_short_answer_is_no_back_channel() -> None:
    found = starts(script_of("A: I would be rubbing my hands.", "B: You haven't.", "A: I know."), 4, 0.5, 1)
    assert found[1] == pytest.approx(0.4 + 4 + 0.28)
    found = starts(script_of("A: Which one is it?", "B: Right.", "A: That one then."), 4, 0.5, 1)
    assert found[1] == pytest.approx(0.4 + 4 + 0.2)


def test_what_the_script_says_is_done() -> None:
    said = {"t002": Delivery(overlap_ms=500), "t003": Delivery(pause_before_ms=1500)}
    found = starts(script_of("A: One two three.", "B: Four five six.", "A: Seven.", **said), 3, 3, 1)
    assert found == pytest.approx([0.4, 2.9, 7.4])


def test_silence_before_and_after() -> None:
    timeline = timed(script_of("A: Six."), [1.0])
    assert timeline.cues[0].start == LEAD_S
    assert timeline.seconds == pytest.approx(LEAD_S + 1 + TAIL_S)


turns = st.lists(
    st.tuples(
        st.sampled_from("ABC"),
        st.sampled_from(
            ["Mm-hm.", "What is that?", "It was the—", "— and then it rained for a week.", "A long remark."]
        ),
        st.floats(0.1, 30),
        st.none() | st.integers(0, 60_000),
        st.none() | st.integers(0, 60_000),
    ),
    min_size=1,
    max_size=30,
)


@given(turns)
def test_turns_keep_their_order_and_nobody_talks_over_themselves(made: list[tuple[str, str, float, int, int]]) -> None:
    said = {
        f"t{number:03}": Delivery(pause_before_ms=pause, overlap_ms=overlap)
        for number, (*_, pause, overlap) in enumerate(made, 1)
    }
    script = script_of(*(f"{name}: {text}" for name, text, *_ in made), **said)
    timeline = timed(script, [seconds for _, _, seconds, *_ in made])
    heard: dict[str, float] = {}
    for cue, turn, (_, _, seconds, *_) in zip(timeline.cues, script.turns, made, strict=True):
        assert cue.end - cue.start == pytest.approx(seconds)
        assert cue.start >= heard.get(turn.speaker, 0.0)
        heard[turn.speaker] = cue.end
