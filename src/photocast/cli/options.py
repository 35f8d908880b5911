"""Options that several commands share."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

albums = click.argument("album", nargs=-1, required=True, metavar="ALBUM...", type=click.Path(path_type=Path))
"""A folder, a zip or a glob; or several files."""

episode = click.argument("episode", type=click.Path(path_type=Path))
"""An episode folder."""


def examples(*lines: str) -> str:
    """The end of a command's help: command lines to begin with, as they are."""
    return "\n".join(["\b", "Examples:" if len(lines) > 1 else "Example:", *(f"  {line}" for line in lines)])


def common(command: F) -> F:
    """`--json` and `--debug`, which every command has."""
    command = click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")(command)
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")(command)


local = click.option(
    "--local", is_flag=True, help="Fail if anything tries to open a connection beyond this machine, or a program."
)


def reading(command: F) -> F:
    """How an album is opened."""
    return _all(
        command,
        click.option("--keep", multiple=True, metavar="NAME", help="Use this photo although it would be set aside."),
        click.option(
            "--order", type=click.Choice(["time", "name", "given"]), help="Order of the photos.  [default: time]"
        ),
    )


def talk(command: F) -> F:
    """What the conversation is to be like."""
    return _all(
        command,
        click.option(
            "--hosts", metavar="HOSTS", help='A number from 2 to 4, or "Ada: curious, dry; Leo: warm".  [default: 2]'
        ),
        click.option("--length", metavar="LENGTH", help="5m, 90s or 800w.  [default: what the album has to say]"),
        click.option(
            "--style",
            type=click.Choice(["banter", "story", "interview", "bedtime", "paper"]),
            help="Manner of the conversation; paper is that of SPoRC-VIST and needs a model.  [default: banter]",
        ),
        click.option("--language", metavar="CODE", help="Such as de; pocket knows English alone.  [default: en]"),
        click.option(
            "--playful",
            type=click.FloatRange(0, 1),
            metavar="X",
            help="0 keeps to facts; 1 lets the hosts invent freely about themselves.  [default: 0.4]",
        ),
        click.option(
            "--delivery/--no-delivery",
            default=None,
            help="Whether a model also writes how turns are said, such as excited or with a laugh; pocket cannot.  "
            "[default: it does not]",
        ),
        click.option("--seed", type=int, metavar="N", help="Another number, another conversation.  [default: 0]"),
        click.option(
            "--disclosure/--no-disclosure",
            default=None,
            help="Whether the hosts say that they are made by a machine; the page always does.  [default: they do]",
        ),
    )


def writer(command: F) -> F:
    """Who writes, and under which conditions."""
    return _all(
        conditions(command),
        click.option(
            "--model",
            metavar="NAME",
            help="Who writes: pocket, or a model such as openai:gpt-5-mini, hf:Qwen/Qwen3-VL-8B-Instruct or "
            "ollama:qwen3-vl; photocast models lists them.  [default: as configured, else pocket]",
        ),
    )


def conditions(command: F) -> F:
    """Under which conditions a model writes."""
    return _all(
        command,
        click.option("--base-url", metavar="URL", help="Server that speaks the provider's protocol, such as vLLM."),
        click.option(
            "--way",
            type=click.Choice(["direct", "facts"]),
            help="Whether a model sees the photos while it writes, or first writes down facts that you can edit.  "
            "[default: direct up to 48 photos]",
        ),
        click.option(
            "--allow",
            multiple=True,
            type=Several(["names", "places", "times", "captions", "filenames"]),
            callback=lambda context, option, values: tuple(word for words in values for word in words),
            metavar="WHAT",
            help="What may be sent beside the pixels: names, places, times, captions, filenames.  [default: nothing]",
        ),
        click.option("--max-cost", type=float, metavar="USD", help="Stop before a call that could go beyond this."),
        click.option(
            "--prompts", type=click.Path(path_type=str), metavar="DIR", help="Folder with prompts of your own."
        ),
    )


def speech(command: F) -> F:
    """Who speaks, and what is written of it."""
    return _all(
        command,
        click.option(
            "--engine",
            metavar="NAME",
            help="Who speaks, such as kokoro, piper:VOICE.onnx, server or openai:MODEL; photocast voices lists them.  "
            "[default: kokoro where it is installed, else espeak]",
        ),
        click.option("--speech-url", metavar="URL", help="Server that speaks the interface of the engine's provider."),
        click.option(
            "--voice",
            "voices",
            multiple=True,
            metavar="SPEAKER=VOICE",
            help="Who has which voice; see photocast voices.",
        ),
        click.option("--speed", type=click.FloatRange(0.5, 2), default=1.0, metavar="X", help="1.2 is a fifth faster."),
        click.option(
            "--format",
            "kind",
            type=click.Choice(["mp3", "m4a", "opus", "wav"]),
            default="mp3",
            help="Of the audio.  [default: mp3]",
        ),
        click.option("--no-marks", is_flag=True, help="Put in no watermark, and no C2PA mark."),
    )


yes = click.option("--yes", is_flag=True, help="Do not ask before starting, nor before sending.")


class Several(click.ParamType[tuple[str, ...]]):
    """Words out of a list, apart by commas."""

    name = "words"

    def __init__(self, choices: Sequence[str]) -> None:
        self._choices = choices

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The words of one value."""
        words = tuple(word.strip() for word in str(value).split(",") if word.strip())
        for word in words:
            if word not in self._choices:
                self.fail(f"{word!r} is not one of {', '.join(self._choices)}", param, ctx)
        return words


def told(command: F) -> F:
    """What the user tells about the photos, and where the brief comes from."""
    return _all(
        command,
        click.option("--about", metavar="TEXT", help="What the album is about, in your words."),
        click.option(
            "--people", type=click.Path(path_type=Path), metavar="FILE", help="TOML file: who is in the photos."
        ),
        click.option(
            "--brief",
            "brief_file",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="TOML file with any of these settings; flags count more, photocast.toml less.",
        ),
    )


def _all(command: F, *options: Callable[[F], F]) -> F:
    for option in reversed(options):  # decorators apply from the bottom up; `--help` shows them as listed
        command = option(command)
    return command
