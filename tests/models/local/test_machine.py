"""A model in a process of its own: what it opens, prints, reaches for and does when the machine lets it down."""

import sys
from pathlib import Path
from typing import Any

import pytest

ASK = """
import asyncio, sys
from pathlib import Path
from photocast.models import Image, Request, Sampling
from photocast.models.names import open_model
from photocast.schema import ModelError

async def ask(name, *photos, **sampling):
    parts = (*(Image(photo, Path(photo)) for photo in photos), "?")
    pieces = [piece async for piece in open_model(name).stream(Request(parts, sampling=Sampling(**sampling)))]
    return "".join(pieces[:-1])

def said(name, *photos, **sampling):
    try:
        return asyncio.run(ask(name, *photos, **sampling))
    except ModelError as error:
        return f"{error.fault}: {error}"
"""


def test_opening_a_model_loads_no_library(tiny: Any, run_python: Any) -> None:
    code = """
import sys
from photocast.models.names import open_model
open_model("hf:" + sys.argv[1])
open_model("hf:Qwen/Qwen3-VL-8B-Instruct?quantize=4bit")
print({"torch", "transformers", "peft"} & set(sys.modules))
"""
    ran = run_python(code, tiny())
    assert (ran.stdout, ran.stderr) == ("set()\n", "")


@pytest.mark.slow
def test_nothing_is_reached_for_and_nothing_printed(tiny: Any, adapter: Path, photos: Any, run_python: Any) -> None:
    code = (
        ASK
        + """
from photocast._guard import local_only
with local_only() as guard:
    print(len(said("hf:" + sys.argv[1], *sys.argv[2:], max_tokens=5)) > 0)
print(guard.attempts)
"""
    )
    ran = run_python(code, f"{tiny()}+{adapter}", *(photo.path for photo in photos))
    assert (ran.stdout, ran.stderr) == ("True\n()\n", "")


@pytest.mark.slow
def test_a_torchvision_that_does_not_work_is_named(tiny: Any, run_python: Any, tmp_path: Path) -> None:
    broken = tmp_path / "torchvision"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')\n")
    ran = run_python(ASK + "print(said('hf:' + sys.argv[1]))", tiny(), path=tmp_path)
    assert ran.stdout.startswith("broken_install: torchvision does not work here: torchvision ")
    assert "operator torchvision::nms does not exist" in ran.stdout
    import torch

    minor = int(torch.__version__.split(".")[1])
    assert f"pip install --force-reinstall --no-deps 'torchvision==0.{minor + 15}.*'" in ran.stdout
    assert ran.stderr == ""


HIDE_TORCHVISION = """
from importlib.machinery import PathFinder

find = PathFinder.find_spec

@staticmethod  # some ask an instance of it
def find_other(name, *args):
    return None if name.partition(".")[0] == "torchvision" else find(name, *args)

PathFinder.find_spec = find_other
"""


@pytest.mark.slow
def test_a_family_that_needs_torchvision_says_so_and_one_that_does_not_works(
    tiny: Any, photos: Any, script: str, run_python: Any, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(HIDE_TORCHVISION)
    code = ASK + "print(said('hf:' + sys.argv[1], sys.argv[3]))\nprint(said('hf:' + sys.argv[2], sys.argv[3]))"
    models = tiny("qwen3_vl", recites=script), tiny("gemma3", recites=script)
    ran = run_python(code, *models, photos[0].path, path=tmp_path)
    missing, _, answer = ran.stdout.partition("\n")
    assert missing.startswith("not_installed: ")
    assert "Torchvision" in missing
    assert "pip install" in missing
    assert answer == script + "\n"
    assert ran.stderr == ""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the limit on a process's memory is set as Linux has it")
def test_too_little_memory_is_told_and_the_process_lives_on(
    tiny: Any, photos: Any, script: str, run_python: Any
) -> None:
    """The process may have 300 MB more than it has when the libraries are loaded and a first answer was given."""
    code = (
        ASK
        + """
import resource
small, large, photo = sys.argv[1:]
print(said("hf:" + small, photo))
now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + 300_000_000, resource.RLIM_INFINITY))
print(said("hf:" + large, photo))
print(said(f"hf:{small}?image_tokens=16000", *[photo] * 25))
print(said("hf:" + small, photo))
"""
    )
    from photocast.models.tiny import Size

    small = tiny("qwen3_vl", recites=script, size=Size(context=10_000_000))
    large = tiny("qwen3_vl", size=Size(hidden=1024, layers=12))
    ran = run_python(code, small, large, photos[0].path, env={"OMP_NUM_THREADS": "1"})
    assert ran.stderr == ""
    first, loading, generating, last = ran.stdout.replace(script, "SCRIPT").split("\n")[:4]
    assert (first, last) == ("SCRIPT", "SCRIPT")
    assert loading.startswith("out_of_memory: ")
    assert "its weights alone take" in loading
    assert generating.startswith("out_of_memory: ")
    assert "Use fewer photos" in generating
