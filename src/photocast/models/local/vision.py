"""A model of transformers that runs on this machine."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

from photocast.models.local.adapter import check_adapter
from photocast.models.local.device import free_memory
from photocast.models.local.faults import is_out_of_memory, let_go, ran_out
from photocast.models.local.generate import generate
from photocast.models.local.hub import ADAPTER_FILES, MODEL_FILES, cached, fetch
from photocast.models.local.installed import check_there
from photocast.models.local.kind import read_settings
from photocast.models.local.load import Loaded, load
from photocast.models.local.memory import context_of, kept_bytes, photos_that_fit
from photocast.models.local.options import Options, parse_options
from photocast.models.local.place import Place, find_places
from photocast.models.local.prompt import Question, prepare
from photocast.models.local.worker import Stopped, unless_stopped, worker
from photocast.models.names import Spec
from photocast.models.vision import Ending, Request, Sampling, Usage


def open_local(spec: Spec) -> "LocalVision":
    """The model behind `hf:`, ready to be asked. It is fetched and loaded when it is asked for the first time.

    Raises:
        ModelError: torch or transformers is missing, an option is unknown, or the name cannot be meant.
    """
    check_there()
    options = parse_options(spec.options, spec.name)
    base, adapter = find_places(spec.model)
    if adapter is not None and adapter.folder is not None:
        check_adapter(adapter.folder, adapter.said)
    return LocalVision(base, adapter, options)


class LocalVision:
    """A model of transformers in this process. Its photos, and what it says about them, stay on this machine.

    It is loaded once and kept. Requests are answered one after the other, whoever asks.
    """

    host: str | None = None
    structured: bool = False
    logprobs: bool = True
    """Tells how likely its tokens were."""

    def __init__(self, base: Place, adapter: Place | None, options: Options) -> None:
        self._base, self._adapter, self._options = base, adapter, options
        parts = [place.identity for place in (base, adapter) if place is not None]
        self.name = f"hf:{'+'.join(parts)}{options.suffix}"
        self.context: int | None = _context(base)
        self._loaded: Loaded | None = None
        self._exactly = self.name

    async def stream(self, request: Request) -> AsyncIterator[str | Ending]:
        """Yield the answer piece by piece, and last an `Ending`. Closing the iterator ends the model's work.

        Raises:
            ModelError: the model cannot be fetched or loaded, cannot see photos, or has no room for the question.
        """
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        stop = Event()

        def told(piece: str) -> None:
            try:
                loop.call_soon_threadsafe(pieces.put_nowait, piece)
            except RuntimeError:  # the loop is gone, and with it whoever listened
                stop.set()

        job = worker().submit(self._answer, request, told, stop)
        answered = asyncio.wrap_future(job)
        answered.add_done_callback(lambda _: pieces.put_nowait(None))
        try:
            while (piece := await pieces.get()) is not None:
                yield piece
            yield await answered
        finally:
            stop.set()
            job.cancel()
            if not answered.done():
                await asyncio.wait([answered])
            if not answered.cancelled():
                answered.exception()  # raised above, unless nobody listens any more

    def _answer(self, request: Request, told: Callable[[str], None], stop: Event) -> Ending:
        """Load the model if need be, and answer; runs in the thread that all local models share."""
        try:
            loaded = self._load(stop)
            with self._room(loaded, request) as free:
                question = prepare(
                    loaded.processor, request, image_tokens=loaded.image_tokens, context=self.context, name=self.name
                )
                if free is not None and kept_bytes(loaded.shape, question.tokens, loaded.dtype) > free:
                    raise MemoryError  # a system that hands out more than it has would end the program later
                drawn = generate(loaded, question, _with_room(request.sampling, question, self.context), told, stop)
        except Stopped:
            return Ending()
        usage = Usage(question.tokens, drawn.tokens)
        return Ending(drawn.finish, usage, answered_by=self._exactly, logprobs=drawn.logprobs)

    def _load(self, stop: Event) -> Loaded:
        if self._loaded is None:
            folder = _folder(self._base, MODEL_FILES, stop)
            adapter = _folder(self._adapter, ADAPTER_FILES, stop) if self._adapter is not None else None
            self._loaded = load(self.name, folder, adapter, self._options)
            self.context = self._loaded.context or self.context
            if self._base.repository is not None:
                self._exactly = f"{self.name} at {folder.name[:12]}"
        if stop.is_set():
            raise Stopped
        return self._loaded

    @contextmanager
    def _room(self, loaded: Loaded, request: Request) -> Iterator[int | None]:
        """Gives the free memory, and says what would fit when it is not enough for the photos."""
        free = free_memory(loaded.device)
        try:
            yield free
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            let_go(error, loaded.device)
            fit, each = None, loaded.image_tokens
            if free is not None and loaded.shape is not None:
                fit = photos_that_fit(loaded.shape, free, loaded.dtype, each=each, answer=request.sampling.max_tokens)
            raise ran_out(self.name, loaded.device, len(request.images), each, free=free, fit=fit) from error


def _with_room(sampling: Sampling, question: Question, context: int | None) -> Sampling:
    """The sampling with no more new tokens than the question leaves room for."""
    if context is None:
        return sampling
    return replace(sampling, max_tokens=min(sampling.max_tokens, context - question.tokens))


def _folder(place: Place, patterns: tuple[str, ...], stop: Event) -> Path:
    """Where the files are, fetched if need be."""
    if place.folder is not None:
        return place.folder
    repository = str(place.repository)
    here = cached(repository, patterns)
    return here if here is not None else unless_stopped(lambda: fetch(repository, patterns), stop)


def _context(base: Place) -> int | None:
    """Tokens that a question and its answer may have together, if that can be told without asking anyone."""
    folder = base.folder or cached(str(base.repository), MODEL_FILES)
    return context_of(read_settings(folder, base.said)) if folder is not None else None
