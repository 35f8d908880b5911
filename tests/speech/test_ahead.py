"""Lines are spoken as they come, and heard in their order."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from photocast.models.speech import Line, Samples
from photocast.models.speech.tones import Tones
from photocast.schema import Fault, ModelError
from photocast.speech import Clips
from photocast.speech.ahead import Ahead

LONG, SHORT = "Extraordinarily", "Ah"


def seconds(sound: Samples) -> float:
    return round(len(sound) / Tones.rate, 2)


def lasts(text: str) -> float:
    """As tones are made: each letter .06 s, each word .04 s more."""
    return round(0.06 * len(text) + 0.04, 2)


def test_what_was_said_first_is_heard_first(tmp_path: Path) -> None:
    heard: list[float] = []
    texts = [LONG * 20, SHORT, LONG, SHORT * 3]
    with Ahead(Tones(), Clips(tmp_path), at_once=4, heard=lambda sound: heard.append(seconds(sound))) as ahead:
        for text in texts:
            ahead.say(Line(text, "tones:low"))
    assert heard == [lasts(text) for text in texts]


def test_a_line_that_cannot_be_spoken_is_left_out(tmp_path: Path) -> None:
    heard: list[float] = []
    with Ahead(Tones(), Clips(tmp_path), heard=lambda sound: heard.append(seconds(sound))) as ahead:
        for text in (SHORT, "…", LONG):
            ahead.say(Line(text, "tones:low"))
    assert heard == [lasts(SHORT), lasts(LONG)]


def test_a_line_that_is_not_aloud_is_made_and_not_heard(tmp_path: Path) -> None:
    heard: list[float] = []
    with Ahead(Tones(), Clips(tmp_path), heard=lambda sound: heard.append(seconds(sound))) as ahead:
        ahead.say(Line(LONG, "tones:low"), aloud=False)
        ahead.say(Line(SHORT, "tones:low"))
    assert heard == [lasts(SHORT)]
    assert len(list(tmp_path.iterdir())) == 2


def test_waiting_for_clips_tells_how_many_there_are(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with Ahead(Tones(), Clips(tmp_path)) as ahead:
        for text in (SHORT, "…", LONG):
            ahead.say(Line(text, "tones:low"))
        ahead.finish(lambda done, total: told.append((done, total)))
        assert told == [(1, 3), (2, 3), (3, 3)]
        assert len(list(tmp_path.iterdir())) == 2


def test_a_player_that_fails_is_told_at_the_end_and_asked_no_more(tmp_path: Path) -> None:
    asked: list[float] = []

    def broken(sound: Samples) -> None:
        asked.append(seconds(sound))
        raise ModelError(Fault.BROKEN_INSTALL, "the sound was not played", "there is no card", "Plug it in")

    def spoken() -> None:
        with Ahead(Tones(), Clips(tmp_path), heard=broken) as ahead:
            for text in (SHORT, LONG):
                ahead.say(Line(text, "tones:low"))

    with pytest.raises(ModelError, match="the sound was not played"):
        spoken()
    assert asked == [lasts(SHORT)]
    assert len(list(tmp_path.iterdir())) == 2, "clips are kept whether or not they can be played"


def test_what_went_wrong_elsewhere_is_what_is_raised(tmp_path: Path) -> None:
    def spoken() -> None:
        with Ahead(Tones(), Clips(tmp_path)) as ahead:
            ahead.say(Line(SHORT, "tones:low"))
            raise KeyError("the writer failed")

    with pytest.raises(KeyError):
        spoken()


class Slow(Tones):
    """Loads until it is let go."""

    def __init__(self) -> None:
        self.go = Event()

    def speak(self, line: Line) -> Iterator[Samples]:
        self.go.wait()
        return super().speak(line)


def test_stopped_while_the_engine_loads_nothing_is_heard_and_nothing_is_thrown_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Samples] = []
    thrown: list[object] = []
    monkeypatch.setattr("threading.excepthook", thrown.append)
    engine = Slow()

    def stopped() -> None:
        with Ahead(engine, Clips(tmp_path), at_once=1, heard=heard.append) as ahead:
            ahead.warm_up()
            ahead.say(Line(SHORT, "tones:low"))
            ahead._begun[0].add_done_callback(lambda clip: engine.go.set())  # it is done when it is cancelled
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert heard == []
    assert thrown == []


def test_warming_up_is_neither_heard_nor_kept(tmp_path: Path) -> None:
    heard: list[float] = []
    with Ahead(Tones(), Clips(tmp_path), heard=lambda sound: heard.append(seconds(sound))) as ahead:
        ahead.warm_up()
        ahead.finish()
    assert heard == []
    assert list(tmp_path.iterdir()) == []
