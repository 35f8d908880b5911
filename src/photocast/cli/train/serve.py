"""`photocast train serve MODEL`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.cli.screen import Screen

_LOOPBACK = "127.0.0.1"


@click.command(
    epilog=options.examples(
        "photocast train serve sporc-8b/",
        "photocast train serve 'hf:Qwen/Qwen3-VL-8B-Instruct+runs/sporc-8b/final' --name sporc-8b",
        "photocast train serve sporc-8b/ --engine vllm --vllm ~/vllm/bin/vllm -- --tensor-parallel-size 2",
    )
)
@click.argument("model")
@click.argument("more", nargs=-1, metavar="[-- VLLM OPTIONS]")
@click.option("--engine", type=click.Choice(["transformers", "vllm"]), default="transformers", show_default=True)
@click.option("--name", metavar="NAME", help="What the model is called by those who ask.  [default: its folder]")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any that is free."
)
@click.option("--host", metavar="ADDRESS", help="With --allow-others and a key.  [default: this machine alone]")
@click.option("--allow-others", is_flag=True, help="Listen where other machines can ask, unencrypted.")
@click.option("--api-key-env", metavar="VARIABLE", help="Environment variable that holds the key to ask with.")
@click.option("--vllm", "program", metavar="PATH", help="vLLM's program, in its own environment.  [default: vllm]")
@click.option("--print-command", is_flag=True, help="Print how vLLM would be started, and end.")
@options.common
def serve(
    model: str,
    more: tuple[str, ...],
    engine: str,
    name: str | None,
    port: int,
    host: str | None,
    allow_others: bool,
    api_key_env: str | None,
    program: str | None,
    print_command: bool,
    as_json: bool,
) -> None:
    """Let other programs ask a model, through OpenAI's interface.

    MODEL is a folder, or a name with hf: as for --model. With transformers the model is asked as photocast itself asks
    it: the same prompts, size of pictures and sampling, one question at a time. vLLM answers many at once, on a GPU,
    and is started with the pictures as large as in training.
    """
    from photocast.cli.screen import Screen

    _check_flags(engine, more, program, print_command)
    screen = Screen(as_json=as_json)
    address, key = _address(host, allow_others), _key(api_key_env)
    said = name or _name_of(model)
    if engine == "vllm":
        _serve_with_vllm(screen, model, said, address, port, key, program, more, print_command)
    else:
        _serve(screen, model, said, address, port, key)


def _serve(screen: "Screen", model: str, name: str, host: str, port: int, key: str | None) -> None:
    from photocast.models.local import open_local
    from photocast.models.names import parse_name
    from photocast.training.serving.server import Served, Server, warm_up

    opened = open_local(parse_name(model if model.startswith("hf:") else f"hf:{model}"))
    served = Served(opened, name, key)
    server = Server(served, host, port)
    try:
        screen.note(f"  loading {opened.name}")
        warm_up(opened)
        asked_as = f"--model '{served.asked_as}' --base-url {server.url}"
        screen.say(f"{server.url} has {name}", f"  photocast make ALBUM {asked_as}")
        screen.document({"url": server.url, "name": name, "model": opened.name, "asked_as": served.asked_as})
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        pass  # how serving ends
    finally:
        server.close()
    screen.note("", "Ended.")


def _serve_with_vllm(
    screen: "Screen",
    model: str,
    name: str,
    host: str,
    port: int,
    key: str | None,
    program: str | None,
    more: tuple[str, ...],
    print_command: bool,
) -> None:
    import shlex

    from photocast.schema import ConfigError
    from photocast.training.serving.vllm import find_vllm, start, vllm_command

    if host != _LOOPBACK and key is None:
        why = "whoever reaches it there could use the model"
        raise ConfigError(f"cannot listen at {host} without a key", why, "Name one with --api-key-env")
    found = (program or "vllm") if print_command else find_vllm(program)
    bare = model.removeprefix("hf:")
    command = vllm_command(bare, name=name, host=host, port=port, program=found, more=more)
    screen.note(*(f"  note: {note}" for note in command.notes))
    if print_command:
        screen.say(shlex.join(command.words))
        screen.document({"command": list(command.words), "notes": list(command.notes)})
        return
    screen.note(f"  {shlex.join(command.words)}")
    start(command, key)


def _check_flags(engine: str, more: tuple[str, ...], program: str | None, print_command: bool) -> None:
    from photocast.schema import UsageError

    if engine != "vllm" and (more or program or print_command):
        what = "options of vLLM were given without it"
        raise UsageError(what, "--vllm, --print-command and what follows -- are for it", "Add --engine vllm")


def _address(host: str | None, allow_others: bool) -> str:
    from photocast.schema import UsageError

    if host in {None, _LOOPBACK, "localhost", "::1"}:
        return host or _LOOPBACK
    if not allow_others:
        what = f"cannot listen at {host} as it stands"
        raise UsageError(what, "other machines could ask the model there", "Add --allow-others, and a key")
    return str(host)


def _key(variable: str | None) -> str | None:
    from photocast._secrets import remember
    from photocast.schema import ConfigError

    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not key:
        raise ConfigError("there is no key to ask with", f"{variable} is not set", f"Set {variable} to a long secret")
    return remember(key)


def _name_of(model: str) -> str:
    """The name of a folder; of a training's `final`, that of the training."""
    bare = model.removeprefix("hf:").partition("?")[0]
    path = Path(bare).expanduser()
    if not path.is_dir():
        return bare.partition("+")[0]
    path = path.resolve()
    return path.parent.name if path.name == "final" else path.name
