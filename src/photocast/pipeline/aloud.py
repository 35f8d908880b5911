"""Turns are spoken while a writer still writes the next ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from photocast.models.speech import Samples, SpeechEngine, open_engine
from photocast.pipeline.front import Stages
from photocast.pipeline.speech import CLIPS, SPEAKING, SpeechWishes
from photocast.schema import UsageError
from photocast.speech import Clips
from photocast.speech.ahead import Ahead
from photocast.speech.casting import next_free
from photocast.speech.delivered import line_of

if TYPE_CHECKING:
    from photocast.writing import Event


class Aloud:
    """Hears what a writer tells, and has it spoken.

    Attributes:
        voices: who got which voice so far, by the name of the speaker.
    """

    def __init__(self, ahead: Ahead, clips: Clips, wishes: SpeechWishes, engine: SpeechEngine) -> None:
        """Args: ahead: makes the clips; clips: where they go; wishes: voices and speed; engine: which speaks."""
        self.voices = dict(wishes.voices)
        self._ahead, self._clips, self._engine = ahead, clips, engine
        self._speed = wishes.speed if engine.abilities.speed else 1.0

    @property
    def made(self) -> int:
        """Clips that were made so far; the others were there."""
        return self._clips.new

    def tell(self, event: "Event") -> None:
        """Speak a turn that is there. One that takes the place of another is made and not heard again."""
        from photocast.writing import TakenBack

        if isinstance(event, TakenBack):
            return
        known = [voice.id for voice in self._engine.voices]
        for name in (*event.cast, event.turn.speaker):
            if name not in self.voices:
                self.voices[name] = next_free(known, self.voices)
        line = line_of(event.turn, self.voices[event.turn.speaker], self._engine.abilities, self._speed)
        self._ahead.say(line, aloud=not event.again)

    def finish(self, stages: Stages) -> None:
        """Wait until all that was told is made into clips."""
        self._ahead.finish(lambda done, total: stages(SPEAKING, done, total))


@contextmanager
def speaking_ahead(
    folder: Path, wishes: SpeechWishes, *, agreed: bool, heard: Callable[[Samples, int], None] | None = None
) -> Iterator[Aloud | None]:
    """While the block lasts, turns are made into the clips of the episode folder; at its end all have been heard.

    Args:
        folder: of the episode, which need not be there yet.
        wishes: engine, voices and speed.
        agreed: whether words may leave this machine unasked. Otherwise an engine elsewhere does not speak ahead.
        heard: is given each clip and its rate, in order, and may take as long as it plays.

    Yields:
        What hears the writer; None where nobody speaks ahead.

    Raises:
        UsageError: there is no such engine or voice, or it is elsewhere and something is to be heard at once.
        ModelError: what `heard` raised.
    """
    engine = open_engine(wishes.engine, base_url=wishes.base_url, local=wishes.local)
    if engine.host and heard and not agreed:
        why = f"words would be sent to {engine.host} while they are written, and that is never done unasked"
        raise UsageError("nobody has agreed", why, "Add --yes, or leave out --stream")
    if (engine.host and not agreed) or not engine.voices:
        yield None
        return
    hear = heard or (lambda sound, rate: None)
    clips = Clips(folder / CLIPS)
    with Ahead(engine, clips, heard=lambda sound: hear(sound, engine.rate)) as ahead:
        if engine.host is None:
            ahead.warm_up()
        yield Aloud(ahead, clips, wishes, engine)
