"""Clips made while the conversation is still being written, and heard as soon as they are there."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Self

from photocast.models.speech import Line, Samples, SpeechEngine
from photocast.schema import PhotocastError
from photocast.speech.clips import Clips
from photocast.speech.speaking import clip_of


class Ahead:
    """Speaks lines as they come, several at once, and hands their sound on in the order of the lines.

    A line that cannot be spoken is left out here: whoever speaks the whole script later hears of it.
    """

    def __init__(
        self,
        engine: SpeechEngine,
        clips: Clips,
        *,
        at_once: int = 2,
        heard: Callable[[Samples], None] = lambda sound: None,
    ) -> None:
        """Begin, with nothing to say yet.

        Args:
            engine: which speaks.
            clips: where they are kept; those that are there are not made again.
            at_once: how many are made side by side.
            heard: is given each clip in order, in a thread of its own; it may take as long as the clip plays.
        """
        self._engine, self._clips, self._heard = engine, clips, heard
        self._pool = ThreadPoolExecutor(at_once)
        self._begun: list[Future[Samples]] = []
        self._waiting: SimpleQueue[Future[Samples] | None] = SimpleQueue()
        self._listener = Thread(target=self._listen, daemon=True)
        self._failed: BaseException | None = None
        self._listener.start()

    def warm_up(self) -> None:
        """Have the engine loaded before there is anything to say; what it says then is neither kept nor heard."""
        self._pool.submit(lambda: next(iter(self._engine.speak(Line("Well", self._engine.voices[0].id)))))

    def say(self, line: Line, *, aloud: bool = True) -> None:
        """Have a line made, and heard after those before it unless it is not `aloud`."""
        clip = self._pool.submit(clip_of, self._engine, line, self._clips)
        self._begun.append(clip)
        if aloud:
            self._waiting.put(clip)

    def finish(self, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Wait until every clip is made; they may still be playing. Those that cannot be made are left out."""
        for done, clip in enumerate(self._begun, start=1):
            wait([clip])
            progress(done, len(self._begun))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait until all has been heard; when something went wrong, stop after the clip that is being heard."""
        self._pool.shutdown(cancel_futures=kind is not None)
        self._waiting.put(None)
        self._listener.join()
        if self._failed and kind is None:
            raise self._failed

    def _listen(self) -> None:
        while (clip := self._waiting.get()) is not None:
            if self._failed:
                continue
            try:
                sound = clip.result()
            except Exception:  # cancelled, or whatever it is: speaking the whole script says so again
                continue
            try:
                self._heard(sound)
            except PhotocastError as error:
                self._failed = error
