"""The way in: runs a command, and turns every ending into a message and an exit code."""

import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from photocast.cli.commands import photocast
from photocast.cli.failure import CANCELLED, report

READER_GONE = 141  # what a shell shows for a program that SIGPIPE ended


def main() -> NoReturn:
    """Entry point of the `photocast` command."""
    signal.signal(signal.SIGTERM, _leave)
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = _reader_gone()
    sys.exit(code)


def run(args: Sequence[str]) -> int:
    """Run a command line; the exit code."""
    try:
        result = photocast.main(list(args), prog_name="photocast", standalone_mode=False)
    except BrokenPipeError:
        return _reader_gone()
    except (Exception, KeyboardInterrupt) as error:
        return report(error, as_json="--json" in args, debug="--debug" in args)
    return result if isinstance(result, int) else 0


def _reader_gone() -> int:
    """Whoever read our output has closed it: nothing is left to say, and nothing must try again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return READER_GONE


def _leave(number: int, frame: object) -> None:
    """Ends as Ctrl-C does, so that temporary folders are cleared away."""
    raise KeyboardInterrupt


__all__ = ["CANCELLED", "main", "run"]
