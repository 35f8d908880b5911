"""The transcript says every turn with its time, and is read back."""

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from photocast.corpus.sources.cues import turns_of_json
from photocast.publish.timed import visible_words
from photocast.publish.transcript_json import transcript_json
from photocast.schema import InputError, Script, Timeline
from publish.said import HELLO, said, talks

if TYPE_CHECKING:
    from tests.conftest import Golden


def test_a_turn_is_a_segment() -> None:
    script, timeline = said(("Maya", "One\n\ntwo.", 0.25, 1.5, ()), ("Theo", "“Two” 🐕", 1.25, 2.0006, ()))
    assert json.loads(transcript_json(script, timeline)) == {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Maya", "startTime": 0.25, "endTime": 1.5, "body": "One two."},
            {"speaker": "Theo", "startTime": 1.25, "endTime": 2.001, "body": "“Two” 🐕"},
        ],
    }


@given(talks())
def test_the_corpus_reads_every_turn(talk: tuple[Script, Timeline]) -> None:
    script, timeline = talk
    read = turns_of_json(transcript_json(script, timeline).encode())
    for turn, cue, found in zip(script.turns, timeline.cues, read, strict=True):
        assert found.turn_text.split() == visible_words(turn.text)
        assert found.start_time == pytest.approx(cue.start, abs=0.0005)
        assert found.end_time == pytest.approx(cue.end, abs=0.0011)
        assert found.start_time < found.end_time


def test_the_timeline_of_another_script_is_refused() -> None:
    script, _ = said(("Maya", "One.", 0.0, 1.0, ()))
    _, timeline = said(("Maya", "One.", 0.0, 1.0, ()), ("Maya", "Two.", 1.0, 2.0, ()))
    with pytest.raises(InputError, match="does not fit"):
        transcript_json(script, timeline)


def test_a_small_talk(golden: "Golden") -> None:
    golden.check("transcript.json", transcript_json(*said(*HELLO)))
