"""A model of diffusers that draws on this machine: `diffusers:` and a repository of the hub, or a folder."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any

from photocast.models.images.asked import Wish, wish_of
from photocast.models.images.drawn import Drawn, keep
from photocast.models.images.options import Options
from photocast.models.images.pipeline import PURPOSE, Pipeline, fetch, load
from photocast.models.images.store import PictureStore
from photocast.models.local.faults import is_out_of_memory, let_go
from photocast.models.local.installed import check_there, first_line
from photocast.models.local.place import Place, find_places, fingerprint
from photocast.models.local.quiet import quiet
from photocast.models.local.worker import Stopped, unless_stopped, worker
from photocast.models.names import Spec
from photocast.models.vision import Ending, Finish, Request, Usage
from photocast.schema import Fault, ModelError

_SEEDS = 2**32


def open_diffusers(spec: Spec, store: PictureStore) -> "LocalImages":
    """The model behind `diffusers:`. It is fetched and loaded when it is asked for the first time.

    Options: `size`, `steps`, `guidance`, `dtype`, `device`.

    Raises:
        ModelError: a package is missing, an option is unknown, or the name cannot be meant.
    """
    check_there("diffusers", extra="images", purpose=PURPOSE)
    options = Options.of(spec, ("size", "steps", "guidance", "dtype", "device"))
    place, adapter = find_places(spec.model)
    if adapter is not None:
        why = "a model that draws is used as it is, without an adapter"
        raise ModelError(Fault.REJECTED, f"{spec.name} cannot be opened", why, "Merge the adapter into a model")
    return LocalImages(place, options, store)


class LocalImages:
    """A pipeline of diffusers in this process. It is loaded once and kept, and draws one picture after the other."""

    host: str | None = None
    structured: bool = False
    context: int | None = None

    def __init__(self, place: Place, options: Options, store: PictureStore) -> None:
        self._place, self._options, self._store = place, options, store
        self.name = f"diffusers:{_identity(place)}{options.suffix}"
        self._pipeline: Pipeline | None = None
        self._exactly = self.name

    async def stream(self, request: Request) -> AsyncIterator[str | Ending]:
        """Yield the name of the picture once it is in the store, then the `Ending`; closing ends the model's work.

        Raises:
            ModelError: the model cannot be fetched or loaded, or cannot draw what was asked.
            AnswerLost: the picture is drawn, and the store does not take it.
        """
        wish, stop = wish_of(request, self.name), Event()
        job = worker().submit(self._answer, wish, stop)
        work = asyncio.wrap_future(job)
        try:
            await asyncio.wait([work])  # and not the work itself, which would be given up with whoever waits for it
            drawn, ending = work.result()
        finally:
            stop.set()
            job.cancel()
            if not work.done():
                await asyncio.wait([work])
            if not work.cancelled():
                work.exception()  # raised above, unless nobody waits any more
        if drawn is not None:
            yield drawn.text
        yield ending

    def _answer(self, wish: Wish, stop: Event) -> tuple[Drawn | None, Ending]:
        """Load the model if need be, and draw; runs in the thread that all local models share."""
        try:
            pipeline = self._load(stop)
            seed = secrets.randbelow(_SEEDS) if wish.seed is None else wish.seed
            picture = self._draw(pipeline, wish, seed, stop)
        except Stopped:
            return None, Ending()  # nobody is there to hear of it
        if picture is None:
            return None, Ending(Finish.FILTERED, answered_by=self._exactly, detail="the model's own safety checker")
        file = BytesIO()
        picture.save(file, "PNG")
        return keep(file.getvalue(), seed, self._store), Ending(usage=Usage(0, 0), answered_by=self._exactly)

    def _load(self, stop: Event) -> Pipeline:
        if self._pipeline is None:
            repository = str(self._place.repository)
            folder = self._place.folder or unless_stopped(lambda: fetch(repository), stop)
            self._pipeline = load(self.name, folder, self._options)
            if self._place.repository is not None:
                self._exactly = f"{self.name} at {folder.name[:12]}"
        if stop.is_set():
            raise Stopped
        return self._pipeline

    def _draw(self, pipeline: Pipeline, wish: Wish, seed: int, stop: Event) -> Any | None:
        """A picture of Pillow; None when the model's own filter keeps it back."""
        import torch

        def look(_pipeline: Any, _step: int, _time: Any, values: dict[str, Any]) -> dict[str, Any]:
            if stop.is_set():
                raise Stopped
            return values

        settings = _settings(self._options, wish)
        if unknown := set(settings) - pipeline.takes:
            why = f"a {pipeline.kind} does not take {' or '.join(sorted(unknown))}"
            raise ModelError(Fault.REJECTED, f"{self.name} cannot be asked this", why, "Leave it out")
        if "callback_on_step_end" in pipeline.takes:
            settings["callback_on_step_end"] = look
        random = torch.Generator("cpu").manual_seed(seed)  # and not the device's: every device draws other numbers
        try:
            with quiet():
                drawn = pipeline.run(prompt=wish.prompt, generator=random, **settings)
        except (MemoryError, RuntimeError, ValueError) as error:
            raise self._refusal(error, pipeline.device) from error
        flagged = getattr(drawn, "nsfw_content_detected", None)
        return None if flagged and flagged[0] else drawn.images[0]

    def _refusal(self, error: MemoryError | RuntimeError | ValueError, device: str) -> BaseException:
        if is_out_of_memory(error):
            let_go(error, device)
            why = f"a picture of this size was too much for {device}"
            do = "Ask for a smaller one (?size=), or take a smaller model"
            return ModelError(Fault.OUT_OF_MEMORY, f"{self.name} ran out of memory", why, do)
        if isinstance(error, ValueError):
            do = "Change what it complains about"
            return ModelError(Fault.REJECTED, f"{self.name} cannot draw this", first_line(error), do)
        return error


def _settings(options: Options, wish: Wish) -> dict[str, Any]:
    width, height = options.size or (None, None)
    said = {
        "negative_prompt": wish.negative or None,
        "width": width,
        "height": height,
        "num_inference_steps": options.steps,
        "guidance_scale": options.guidance,
    }
    return {name: value for name, value in said.items() if value is not None}


def _identity(place: Place) -> str:
    """As `Place.identity`, over the files of all parts: those of a pipeline lie in folders of their own."""
    folder: Path | None = place.folder
    return place.identity if folder is None else f"{folder.name}@{fingerprint(folder, folder.rglob('*'))}"
