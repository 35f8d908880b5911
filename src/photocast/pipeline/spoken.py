"""Settings as people type them: `5m` of talk, hosts in a line."""

import re

from photocast.schema import WORDS_PER_MINUTE, Host, UsageError

_LENGTH = re.compile(r"(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>m|min|minutes?|s|sec|seconds?|w|words?)", re.IGNORECASE)
_FEWEST, _MOST = 60, 6000
_MOST_HOSTS = 4


def parse_length(text: str) -> int:
    """Words that `5m`, `90s` or `800w` ask for, at the usual speaking rate.

    Raises:
        UsageError: it is no length, or one beyond what can be written.
    """
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        raise UsageError(
            f"cannot read the length {text!r}", "it is not a number with a unit", "Write it as 5m, 90s or 800w"
        )
    number = float(match["number"].replace(",", "."))
    per_unit = {"m": WORDS_PER_MINUTE, "s": WORDS_PER_MINUTE / 60, "w": 1.0}[match["unit"][0].lower()]
    words = round(number * per_unit)
    if not _FEWEST <= words <= _MOST:
        raise UsageError(
            f"cannot write {text.strip()}",
            f"that is {words} words, and an episode has {_FEWEST} to {_MOST}",
            f"Ask for {_FEWEST}w to {_MOST // WORDS_PER_MINUTE}m",
        )
    return words


def parse_hosts(text: str) -> tuple[int, tuple[Host, ...]]:
    """How many hosts, and those named, from `3` or from `Ada: curious, dry; Leo: warm`.

    One name alone makes two hosts: the writer casts the second.

    Raises:
        UsageError: it names nobody, too many, or somebody twice.
    """
    if re.fullmatch(r"\s*\d+\s*", text):
        return _counted(int(text)), ()
    cast = tuple(_host(part) for part in text.split(";") if part.strip())
    return _counted(max(2, len(cast)) if cast else 0), _distinct(cast)


def _host(text: str) -> Host:
    name, _, character = text.partition(":")
    if not name.strip() or len(name.strip()) > 40 or len(character.strip()) > 200:
        raise UsageError(
            f"cannot read the host {text.strip()!r}",
            "a host is a name of up to 40 letters, and after a colon a character of up to 200",
            'Write --hosts "Ada: curious, dry; Leo: warm"',
        )
    return Host(name=name.strip(), character=character.strip() or None)


def _counted(number: int) -> int:
    if not 2 <= number <= _MOST_HOSTS:
        raise UsageError(
            f"cannot seat {number} hosts", f"a conversation here has 2 to {_MOST_HOSTS}", "Ask for --hosts 2, 3 or 4"
        )
    return number


def _distinct(cast: tuple[Host, ...]) -> tuple[Host, ...]:
    names = [host.name.casefold() for host in cast]
    if len(set(names)) != len(names):
        raise UsageError(
            "cannot tell the hosts apart", "two of them share a name", "Give each host a name of their own"
        )
    return cast


def read_length(length: str | int | None) -> int | None:
    """Words from what a caller gave: a number of words, a text as in `parse_length`, or nothing."""
    return parse_length(length if isinstance(length, str) else f"{length}w") if length is not None else None
