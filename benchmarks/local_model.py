"""What photocast adds to a model that runs on this machine: time beside a plain loop over transformers, and memory.

Run `OMP_NUM_THREADS=1 python benchmarks/local_model.py` (about three minutes on one core, no network). Two random
Qwen3-VL models are built: the tiny one of the tests, of which nearly all is overhead, and one of 64 million weights,
for which a token costs a hundredth of what it costs a real model of 8 billion. Both are asked about five photos for 200
tokens, in turn by `LocalVision.stream` and by a plain loop: Pillow, the processor, `generate` without a streamer. The
questions have the same tokens and both answer the same text, which is checked.

- ours: the whole `stream`, from the call to its `Ending`, the model being loaded.
- plain: the loop.
- added: ours over plain in seconds of the processor, of pairs that were measured one after the other; the median pair.
  Seconds of the clock, as the other columns have them, tell little about a few per cent on a machine with other work.
- outside: share of ours that is spent neither in `generate` nor in the processor: reading photos, waiting, passing on.
- first: to the first piece of text.
- told, taken: memory that `needs` told, and the most that the whole process had while it loaded the model and answered.
"""

import asyncio
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from photocast.models import Ending, Image, Request, Sampling
from photocast.models.local import LocalVision, needs, open_local
from photocast.models.names import parse_name
from photocast.models.tiny import Size, build_tiny
from photocast.testing import torchvision_shim

PHOTOS = sorted((Path(__file__).resolve().parents[1] / "examples" / "sourdough_loaf").glob("*.jpg"))[:5]
TOKENS, IMAGE_TOKENS, ROUNDS = 200, 256, 7
WORDS = "Write the conversation of two friends about these photos, about 800 words, with the names of the speakers."
MODELS = {"tiny": Size(context=8192), "64 million": Size(hidden=768, layers=12, context=8192)}


def main() -> None:
    if len(sys.argv) > 1:
        torchvision_shim.install()
        print(f"{sys.argv[1]:>12} {measured(MODELS[sys.argv[1]])}")
        return
    print("       model   ours s  plain s   added  outside  first s     told    taken", flush=True)
    for name in MODELS:  # each in a process of its own, for the memory
        subprocess.run([sys.executable, __file__, name], check=True)


def measured(size: Size) -> str:
    with TemporaryDirectory() as folder:
        return row(build_tiny("qwen3_vl", Path(folder) / "model", size=size))


def row(folder: Path) -> str:
    spec = parse_name(f"hf:{folder}?image_tokens={IMAGE_TOKENS}&device=cpu")
    told = needs(spec, photos=len(PHOTOS), max_tokens=TOKENS).memory or 0
    model = open_local(spec)
    with peak() as taken:
        asyncio.run(stream(model))
    inside = Inside(model)
    ours, theirs, added, outside, firsts = [], [], [], [], []
    for _ in range(ROUNDS):
        inside.seconds, begin = 0.0, time.process_time()
        seconds, first, text = asyncio.run(stream(model))
        outside.append(1 - inside.seconds / seconds)
        middle = time.process_time()
        plain_seconds, plain_text = plain(model)
        assert plain_text == text, "the two did not do the same work"
        added.append((middle - begin) / (time.process_time() - middle) - 1)
        ours.append(seconds)
        theirs.append(plain_seconds)
        firsts.append(first)
    middles = [statistics.median(column) for column in (ours, theirs, added, outside, firsts)]
    shown = "{:8.2f} {:8.2f} {:7.1%} {:8.1%} {:8.2f}".format(*middles)
    return f"{shown} {told / 1e6:5.0f} MB {taken[0] / 1e6:5.0f} MB"


async def stream(model: LocalVision) -> tuple[float, float, str]:
    """Seconds in all, seconds to the first piece, and the answer."""
    parts = (*(Image(photo.stem, photo) for photo in PHOTOS), WORDS)
    request = Request(parts, sampling=Sampling(temperature=0.0, max_tokens=TOKENS))
    begin = time.perf_counter()
    first, pieces = 0.0, []
    async for piece in model.stream(request):
        first = first or time.perf_counter() - begin
        if isinstance(piece, Ending):
            assert piece.usage.output_tokens == TOKENS, "the random model found an end"
        else:
            pieces.append(piece)
    return time.perf_counter() - begin, first, "".join(pieces)


def plain(model: LocalVision) -> tuple[float, str]:
    """The same with transformers alone, as its documentation shows it."""
    import torch
    from PIL import Image as Picture

    loaded: Any = model._loaded
    pixels = IMAGE_TOKENS * 32 * 32
    begin = time.perf_counter()
    content: list[dict[str, Any]] = [{"type": "image", "image": small(Picture.open(photo), pixels)} for photo in PHOTOS]
    chat = [{"role": "user", "content": [*content, {"type": "text", "text": WORDS}]}]
    limits = {"size": {"shortest_edge": 4096, "longest_edge": pixels}}
    inputs = loaded.processor.apply_chat_template(
        chat,
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        processor_kwargs={"images_kwargs": limits},
    )
    with torch.inference_mode():
        ids = loaded.model.generate(**inputs, do_sample=False, max_new_tokens=TOKENS)
    text = loaded.processor.tokenizer.decode(ids[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
    return time.perf_counter() - begin, text


def small(picture: Any, pixels: int) -> Any:
    """As `read_photo` makes it: another filter would be other pixels, and perhaps another answer."""
    from photocast.models.local.photos import Fit, read_photo

    return read_photo(Path(picture.filename), Fit(pixels, IMAGE_TOKENS * 32))


class Inside:
    """Adds up the seconds that a loaded model spends in `generate` and in its processor."""

    def __init__(self, model: LocalVision) -> None:
        loaded: Any = model._loaded
        self.seconds = 0.0
        loaded.model.generate = self._timed(loaded.model.generate)
        loaded.processor.apply_chat_template = self._timed(loaded.processor.apply_chat_template)

    def _timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            begin = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds += time.perf_counter() - begin

        return timed


@contextmanager
def peak() -> Iterator[list[int]]:
    """The most bytes of memory that the process has within the block: Linux alone tells, elsewhere it stays 0."""
    statm = Path("/proc/self/statm")
    most, over = [0], threading.Event()

    def watch() -> None:
        while statm.exists() and not over.wait(0.005):
            most[0] = max(most[0], int(statm.read_text().split()[1]) * 4096)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


if __name__ == "__main__":
    main()
