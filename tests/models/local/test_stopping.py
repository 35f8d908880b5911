"""Nobody has to wait for an answer that nobody wants any more.

The model here would talk for hours: a test that does not stop it never ends.
"""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from photocast.models import Request, Sampling
from photocast.models.local.generate import Stopped, generate
from photocast.models.local.load import load
from photocast.models.local.options import Options
from photocast.models.local.prompt import prepare
from photocast.models.tiny import Size
from photocast.testing.torchvision_shim import folder_for_subprocesses

FOREVER = Sampling(temperature=0.0, max_tokens=50_000_000)


@pytest.fixture(scope="module")
def endless(tiny: Any) -> Path:
    """A model that knows no end: its only ending tokens are never the likeliest."""
    folder: Path = tiny("qwen3_vl", size=Size(context=100_000_000))
    return folder


def test_closing_the_stream_stops_the_model(endless: Path, opened: Any, ask: Any) -> None:
    model = opened(endless)

    async def first_piece() -> str:
        stream = model.stream(Request(("?",), sampling=FOREVER))
        piece = await anext(stream)
        await stream.aclose()
        return str(piece)

    assert asyncio.run(first_piece())
    assert ask(model, "?").text  # the model is free again


def test_cancelling_the_task_stops_the_model(endless: Path, opened: Any, ask: Any) -> None:
    model = opened(endless)

    async def cancelled() -> None:
        heard = asyncio.Event()

        async def listen() -> None:
            async for _ in model.stream(Request(("?",), sampling=FOREVER)):
                heard.set()

        task = asyncio.create_task(listen())
        await heard.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert ask(model, "?").text


def test_a_question_that_waits_for_its_turn_can_be_taken_back(endless: Path, opened: Any) -> None:
    model = opened(endless)

    async def second_is_cancelled() -> None:
        first = model.stream(Request(("?",), sampling=FOREVER))
        await anext(first)
        second = asyncio.create_task(anext(model.stream(Request(("!",), sampling=FOREVER))))
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        assert await anext(first)  # was not disturbed
        await first.aclose()

    asyncio.run(second_is_cancelled())


def test_reading_the_question_can_be_stopped_between_layers(tiny: Any, photos: Any) -> None:
    loaded = load("it", tiny(), None, Options())
    question = prepare(loaded.processor, Request((*photos, "?")), image_tokens=64, context=None, name="it")
    stop, heard = Event(), []
    passed = []

    def stop_after_first_layer(*_: object) -> None:
        passed.append(True)
        stop.set()

    first = loaded.model.get_decoder().layers[0]
    hook = first.register_forward_hook(stop_after_first_layer)
    with pytest.raises(Stopped):
        generate(loaded, question, Sampling(), heard.append, stop)
    hook.remove()
    assert passed == [True]
    assert heard == []


@pytest.mark.slow
def test_ctrl_c_ends_the_program(endless: Path, tmp_path: Path) -> None:
    code = """
import asyncio, sys
from photocast.models import Request, Sampling
from photocast.models.names import open_model

async def main():
    request = Request(("?",), sampling=Sampling(0.0, max_tokens=10**7))
    async for piece in open_model("hf:" + sys.argv[1]).stream(request):
        print("heard", flush=True)

try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
    env = {"PYTHONPATH": str(folder_for_subprocesses(tmp_path)), "PATH": "", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", code, str(endless)],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "heard\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert out.endswith("interrupted\n")
    assert err == ""
    assert process.returncode == 0


@pytest.mark.slow
def test_a_program_that_walks_away_from_a_stream_still_ends(endless: Path, run_python: Any) -> None:
    code = """
import asyncio, sys
from photocast.models import Request, Sampling
from photocast.models.names import open_model

async def main():
    stream = open_model("hf:" + sys.argv[1]).stream(Request(("?",), sampling=Sampling(0.0, max_tokens=10**7)))
    print(len(await anext(stream)) > 0)

asyncio.run(main())
"""
    ran = run_python(code, endless)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "True\n", "")
