"""What has been said before: word for word, in runs of words, or told again in others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from photocast.schema import Script, Turn
from photocast.writing.phrases import straight
from photocast.writing.problem import Problem

_RUN = 5
_REPEATED_SHARE = 0.5
_LEAST_WORDS = 8
"""Words of a turn from which having said the same before is no habit of speech."""
_TOLD_SHARE = 0.4
_LEAST_TOLD, _MOST_TOLD = 10, 80
"""Telling words of a turn that are enough to compare, and not so many that everything is among them."""
_FAR = 6
"""Turns apart: nearer ones share words because they answer each other."""
_LONGER = 2.5
"""How many times as many telling words the earlier turn may have."""
_STEM = 6
"""Letters by which words count as the same: `counted` and `counting`."""
_NOT_TELLING = frozenset(
    re.findall(
        r"\S+",
        "about actually after always back because been before being can't come could didn't does doesn't doing don't "
        "even ever every first from going gonna good have here into isn't it's just kind know like look looking make "
        "makes maybe mean more much never other over people really right said same says some something still take "
        "than that that's their them then there there's these they they're thing things think this those though three "
        "through time very want wasn't well we're we've were what when where which will with won't would yeah your "
        "you're you've",
    )
)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What is remembered of a turn."""

    id: str
    telling: frozenset[str]


def said_before(script: Script) -> Iterator[Problem]:
    """Turns that say what was said before by anybody, or by themselves.

    Half of the words stand in runs of five that have been said; or, in English, four of ten telling words were in one
    turn well before. What is told again in quite other words is not found.
    """
    runs: dict[tuple[str, ...], str] = {}
    heard: list[_Heard] = []
    for turn in script.turns:
        words = re.findall(r"[\w']+", straight(turn.text).casefold())
        telling = _telling(words) if script.language.startswith("en") else frozenset()
        where = _in_runs(turn, words, runs) or _told(telling, heard[: max(0, len(heard) - _FAR + 1)])
        if where:
            detail = f"it says again what was said in {where}; say something new"
            yield Problem(turn=turn.id, rule="said_before", detail=detail)
        heard.append(_Heard(turn.id, telling))


def _in_runs(turn: Turn, words: list[str], runs: dict[tuple[str, ...], str]) -> str | None:
    """The turn in which half of these words were said; remembers them."""
    here = list(zip(*(words[at:] for at in range(_RUN)), strict=False))
    before = [run for run in here if run in runs]
    twice = len(here) - len(set(here))
    where = runs[before[0]] if before else turn.id
    runs.update((run, turn.id) for run in here if run not in runs)
    is_again = len(words) >= _LEAST_WORDS and len(before) + twice >= _REPEATED_SHARE * len(here)
    return where if is_again else None


def _told(telling: frozenset[str], heard: list[_Heard]) -> str | None:
    """The turn that told the same."""
    if not _LEAST_TOLD <= len(telling) <= _MOST_TOLD:
        return None
    return next(
        (
            one.id
            for one in heard
            if len(telling & one.telling) >= _TOLD_SHARE * len(telling) and len(one.telling) <= _LONGER * len(telling)
        ),
        None,
    )


def _telling(words: list[str]) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in words if len(word) > 3 and word not in _NOT_TELLING)
