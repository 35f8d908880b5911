"""What a judge's answer says, read strictly: a verdict that has to be guessed is none."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from photocast.bench.judging.blinding import plain
from photocast.models.answers import json_objects

Side = Literal["first", "second"]

VERDICTS = {
    "first much better": 2,
    "first better": 1,
    "equal": 0,
    "second better": -1,
    "second much better": -2,
}
"""The five verdicts, and how much each prefers the conversation that is shown first."""

_SIDES: dict[str, Side] = {"first": "first", "second": "second"}
_VERDICT_LINE = re.compile(r"\W*verdict\W*?[:=]\s*(?P<verdict>.*)", re.IGNORECASE)
_LABELLED = re.compile(r"\W*(?P<label>reason|first|second)\W*?:\s*(?P<text>.+)", re.IGNORECASE)
_LONGEST_REASON = 2000
_MOST_QUOTES = 12


@dataclass(frozen=True, slots=True)
class Answer:
    """What a judge says of two conversations.

    Attributes:
        shown_first: 2 to -2, how much it prefers the one that was shown first.
        reason: in its own words.
        quotes: what it quotes, and of which conversation; not checked yet.
    """

    shown_first: int
    reason: str = ""
    quotes: tuple[tuple[Side, str], ...] = ()


def schema(*, evidence: bool) -> dict[str, Any]:
    """The JSON schema of an answer, for models that keep to one."""
    quote = {
        "conversation": {"type": "string", "enum": ["first", "second"]},
        "quote": {"type": "string"},
    }
    fields: dict[str, Any] = {"reason": {"type": "string"}}
    if evidence:
        fields["quotes"] = {"type": "array", "items": _object(quote)}
    return _object(fields | {"verdict": {"type": "string", "enum": list(VERDICTS)}})


def _object(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(fields), "required": list(fields), "additionalProperties": False}


def read_answer(text: str) -> Answer | None:
    """What an answer says; None where it holds no verdict, or two that differ.

    JSON may be fenced or stand behind other words; without JSON there must be a line `Verdict: …`, or nothing but a
    verdict. Case, blanks, hyphens and marks of emphasis do not matter, and no other words do for a verdict.
    """
    objects = [one for one in json_objects(text) if "verdict" in one]
    answers = [_of_object(one) for one in objects] if objects else [_of_lines(text.splitlines())]
    if any(one is None for one in answers):
        return None
    said = {one.shown_first for one in answers if one}
    return answers[-1] if len(said) == 1 else None


def check_quotes(answer: Answer, first: str, second: str) -> tuple[list[tuple[Side, str]], list[tuple[Side, str]]]:
    """The quotes that are in the text they are said to be from, word for word, and those that are not.

    Blanks and the form of quotation marks and dashes do not count; case and every other letter do. Dots at either end
    stand for what was left out.
    """
    texts = {"first": _comparable(first), "second": _comparable(second)}
    found: list[tuple[Side, str]] = []
    missing: list[tuple[Side, str]] = []
    for side, quote in answer.quotes:
        words = _comparable(quote).strip("\"' ")
        words = words.removeprefix("...").removesuffix("...").strip()
        (found if re.search(r"\w", words) and words in texts[side] else missing).append((side, quote))
    return found, missing


def _comparable(text: str) -> str:
    return " ".join(plain(text).split())


def _of_object(found: Mapping[str, Any]) -> Answer | None:
    verdict = _verdict(found["verdict"])
    reason, quotes = found.get("reason", ""), found.get("quotes", [])
    if verdict is None or not isinstance(reason, str) or not isinstance(quotes, list):
        return None
    return Answer(verdict, _short(reason), tuple(_quotes(quotes))[:_MOST_QUOTES])


def _quotes(given: Sequence[Any]) -> Iterator[tuple[Side, str]]:
    for one in given:
        if not isinstance(one, Mapping) or not isinstance(one.get("quote"), str):
            continue
        side = _SIDES.get(str(one.get("conversation", "")).strip().casefold())
        if side and one["quote"].strip():
            yield side, _short(one["quote"])


def _of_lines(lines: Sequence[str]) -> Answer | None:
    said = [found["verdict"] for line in lines if (found := _VERDICT_LINE.fullmatch(line))]
    written = [line for line in lines if line.strip()]
    if not said and len(written) == 1:
        said = written
    verdicts = {_verdict(one) for one in said}
    verdict = verdicts.pop() if len(verdicts) == 1 else None
    if verdict is None:
        return None
    labelled = [(found["label"].casefold(), found["text"]) for line in lines if (found := _LABELLED.fullmatch(line))]
    reason = next((text for label, text in labelled if label == "reason"), "")
    quotes = [(_SIDES[label], _short(text)) for label, text in labelled if label in _SIDES]
    return Answer(verdict, _short(reason), tuple(quotes)[:_MOST_QUOTES])


def _verdict(said: Any) -> int | None:
    if not isinstance(said, str):
        return None
    words = re.sub(r"[\s_-]+", " ", said.strip(" \t\r\n*_`\"'.")).casefold()
    return VERDICTS.get(words)


def _short(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_REASON]
