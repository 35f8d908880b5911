"""What a listener is told first."""

import re
from itertools import product
from pathlib import Path

import pytest

from photocast.schema import Delivery, Provenance, Script, Speaker, TranscriptError, Turn, parse_transcript
from photocast.speech.disclosure import announced, says_so
from photocast.writing.pocket.talk import Bit, grammar


def script_of(*texts: str, language: str = "en", provenance: Provenance | None = None, **first: int) -> Script:
    turns = [Turn(id=f"t{number:03d}", speaker="Ada", text=text) for number, text in enumerate(texts, start=1)]
    turns[0] = turns[0].model_copy(update={"delivery": Delivery(**first)})
    speakers = (Speaker(name="Ada"), Speaker(name="Leo"))
    return Script(title="A", speakers=speakers, turns=tuple(turns), language=language, provenance=provenance)


def written_by_machine() -> Provenance:
    return Provenance(writer="pocket", writer_version="1", disclosure="Made by a machine.")


def sayings(bit: Bit) -> list[tuple[str, ...]]:
    """All ways in which a bit can be said."""
    lines = [line.text for part in bit.parts for line in part.lines]
    ways = []
    for line in lines:
        pieces = [piece.split("|") if at % 2 else [piece] for at, piece in enumerate(re.split(r"\{([^{}]*)\}", line))]
        ways.append(["".join(way) for way in product(*pieces)])
    return list(product(*ways))


@pytest.mark.parametrize("bit", [bit for bit in grammar() if bit.type == "disclosure"], ids=lambda bit: bit.name)
def test_whatever_the_hosts_of_pocket_say_of_themselves_is_understood(bit: Bit) -> None:
    for texts in sayings(bit):
        assert says_so(script_of("Morning.", *texts, "Right. The bread.")), texts


@pytest.mark.parametrize(
    "text",
    [
        "I love that machine. They made it in Coventry.",
        "The computer says no, and we all went home.",
        "We wrote a program for it, years ago.",
        "It's an AI company, and I hear they make software.",
        "Your voice! I'd know it anywhere.",
    ],
)
def test_talk_of_machines_is_no_disclosure(text: str) -> None:
    assert not says_so(script_of(text))


def test_people_who_talked_are_never_taken_for_machines(shared: Path) -> None:
    found = sorted(shared.joinpath("transcripts", "raw_md_samples").glob("*.md"))
    read = 0
    for path in found:
        try:
            script = parse_transcript(path.read_text("utf-8"))
        except TranscriptError:
            continue
        read += 1
        assert not says_so(script), path.name
    assert read


def test_the_announcement_comes_first_and_leaves_time_after_it() -> None:
    heard = announced(script_of("Morning.", "Hello.", provenance=written_by_machine()))
    assert [turn.id for turn in heard.turns] == ["t000", "t001", "t002"]
    assert "conversation" in heard.turns[0].text
    assert "made by a machine" in heard.turns[0].text
    assert heard.turns[1].delivery.pause_before_ms == 700


def test_of_a_transcript_only_the_voices_are_the_machines() -> None:
    assert "conversation" not in announced(script_of("Morning.")).turns[0].text


def test_it_is_said_in_the_language_of_the_script_where_that_is_known() -> None:
    assert announced(script_of("Moin.", language="de-CH")).turns[0].text.startswith("Die folgenden Stimmen")
    assert announced(script_of("Hei.", language="fi")).turns[0].text.startswith("The voices")


def test_a_pause_that_somebody_set_stays() -> None:
    assert announced(script_of("Morning.", pause_before_ms=100)).turns[1].delivery.pause_before_ms == 100


def test_its_turn_takes_nobodys_name() -> None:
    script = script_of("Morning.")
    taken = script.model_copy(update={"turns": (script.turns[0].model_copy(update={"id": "t000"}),)})
    ids = [turn.id for turn in announced(taken).turns]
    assert len(set(ids)) == 2
