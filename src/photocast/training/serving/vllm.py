"""The command line of `vllm serve` for a trained folder, with pictures as large as in training.

vLLM needs another torch than training does, and lives in an environment of its own; it is started, never imported.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from photocast.models.local.device import TOKENS_ON_ACCELERATOR
from photocast.models.local.hub import ADAPTER_FILES, MODEL_FILES, cached, fetch
from photocast.models.local.kind import read_processor, read_settings
from photocast.models.local.memory import context_of
from photocast.models.local.photos import fit_to
from photocast.models.local.place import Place, find_places
from photocast.models.local.quiet import quiet
from photocast.models.local.trained import trained_image_tokens
from photocast.models.local.weights import read_json
from photocast.schema import ConfigError

PHOTOS = 16
"""Of one question, as `photocast make` asks at most."""
_WORDS, _ANSWER = 1500, 2048
"""Tokens of a prompt without its photos, and of an answer."""
_NOT_HANDED_ON = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
"""Variables of this environment that would mix it with vLLM's."""
KEY_VARIABLE = "VLLM_API_KEY"
"""Where vLLM looks for the key; on a command line every user of the machine could read it."""


@dataclass(frozen=True)
class Command:
    """A command line, and what is said beside it."""

    words: tuple[str, ...]
    notes: tuple[str, ...] = ()


def vllm_command(
    model: str, *, name: str, host: str, port: int, program: str = "vllm", more: tuple[str, ...] = ()
) -> Command:
    """How vLLM is to be started.

    Args:
        model: what stands behind `hf:`, without options.
        name: that the model is served under.
        host: to listen at.
        port: to listen at.
        program: vLLM's own.
        more: words that are added at the end, where they count more.

    Raises:
        ModelError: the model cannot be found, fetched or read.
    """
    place, on_it = find_places(model)
    base = _folder(place, MODEL_FILES)
    adapter = _folder(on_it, ADAPTER_FILES) if on_it is not None else None
    tokens = trained_image_tokens(adapter, base) or TOKENS_ON_ACCELERATOR
    with quiet():
        fit = fit_to(read_processor(base, place.said), tokens)
    longest = PHOTOS * tokens + _WORDS + _ANSWER
    options = {
        "--served-model-name": f"{name}-base" if adapter else name,
        "--host": host,
        "--port": str(port),
        "--limit-mm-per-prompt": json.dumps({"image": PHOTOS}),
        "--mm-processor-kwargs": json.dumps(fit.settings),
        "--max-model-len": str(min(longest, context_of(read_settings(base, place.said)) or longest)),
        "--generation-config": "vllm",  # or a generation_config.json would change how answers are drawn
    }
    lora = _lora(adapter, name) if adapter is not None else Command(())
    words = [word for option, value in options.items() for word in (option, value)]
    return Command((program, "serve", str(base), *words, *lora.words, *more), lora.notes)


def find_vllm(program: str | None) -> str:
    """Where vLLM's program is.

    Args:
        program: as the user says; by default the first `vllm` in the PATH.

    Raises:
        ConfigError: there is none.
    """
    found = shutil.which(program or "vllm")
    if found is None:
        why = f"there is no program {program}" if program else "there is no program `vllm` in the PATH"
        do = "Install vllm in an environment of its own and name its program: --vllm ENVIRONMENT/bin/vllm"
        raise ConfigError("vLLM cannot be started", why, do)
    return found


def start(command: Command, key: str | None) -> NoReturn:
    """Become vLLM: this process is replaced by it, so that whoever stops one stops the other."""
    handed_on = {name: value for name, value in os.environ.items() if name not in _NOT_HANDED_ON}
    if key is not None:
        handed_on[KEY_VARIABLE] = key
    os.execve(command.words[0], list(command.words), handed_on)


def _lora(adapter: Path, name: str) -> Command:
    settings = read_json(adapter / "adapter_config.json", adapter.name)
    rank = max([int(settings["r"]), *map(int, (settings.get("rank_pattern") or {}).values())])
    words = ("--enable-lora", "--max-lora-rank", str(_allowed(rank)), "--lora-modules", f"{name}={adapter}")
    if not isinstance(settings.get("target_modules"), str):
        return Command(words)
    note = (
        "the adapter names its matrices by a pattern, and vLLM may want their names: should it refuse the adapter, "
        "merge it with photocast train merge and serve the result"
    )
    return Command(words, (note,))


def _allowed(rank: int) -> int:
    """The next of the few ranks that vLLM takes."""
    return next((size for size in (8, 16, 32, 64, 128, 256, 320, 512) if size >= rank), rank)


def _folder(place: Place, patterns: tuple[str, ...]) -> Path:
    if place.folder is not None:
        return place.folder
    repository = str(place.repository)
    return cached(repository, patterns) or fetch(repository, patterns)
