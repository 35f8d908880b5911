"""What is said when something goes wrong: what, why, and what to do about it."""

import json
import shutil
import sys
import tempfile
import traceback
from dataclasses import asdict, dataclass

import click

from photocast._secrets import redact
from photocast.cli.plain import folded, plain

CANCELLED = 130
BUG = 1


@dataclass(frozen=True)
class Failure:
    """An ending that is not a result."""

    what: str
    why: str
    do: str
    exit_code: int


def report(error: BaseException, *, as_json: bool, debug: bool) -> int:
    """Tell about an error: in words on stderr, and with `--json` as a document on stdout. Returns the exit code."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    failure = failure_of(error)
    if debug:
        print(redact(_trace(error)), file=sys.stderr, end="")
    if as_json:
        print(redact(json.dumps({"error": asdict(failure)}, indent=2, ensure_ascii=False)))
    for line in (f"error: {failure.what}: {failure.why}.", f"do: {failure.do}."):
        line = plain(redact(line))
        print(folded(line, shutil.get_terminal_size().columns) if sys.stderr.isatty() else line, file=sys.stderr)
    return failure.exit_code


def failure_of(error: BaseException) -> Failure:
    """The failure that an error stands for."""
    from photocast.schema.errors import PhotocastError

    if isinstance(error, PhotocastError):
        return Failure(error.what, error.why, error.do, error.exit_code)
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return Failure("cancelled", "you stopped it; nothing is half-written", "Run the same command again", CANCELLED)
    if isinstance(error, click.ClickException):
        return _usage(error)
    if isinstance(error, OSError):
        return _system(error)
    return _bug(error)


def _usage(error: click.ClickException) -> Failure:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "photocast"
    message = error.format_message().rstrip(".")
    return Failure(f"cannot run {command}", message[:1].lower() + message[1:], f"See {command} --help", 2)


def _system(error: OSError) -> Failure:
    where = f"cannot use {error.filename}" if error.filename else "the system refused"
    return Failure(where, (error.strerror or str(error)).lower(), "Check the place, its space and its permissions", 4)


def _bug(error: BaseException) -> Failure:
    with tempfile.NamedTemporaryFile(
        "w", prefix="photocast-bug-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(redact(_trace(error)))
    kind = type(error).__name__
    return Failure(
        "photocast made a mistake",
        f"{kind}: {str(error).strip().rstrip('.') or 'no message'}",
        f"Please report it with {file.name}, which says where; it may name your files",
        BUG,
    )


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
