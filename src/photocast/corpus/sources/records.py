"""Records of SPoRC as they are found: fields that hold a list, a JSON string or a sentinel, and lines that are none.

Field names are the columns of SPoRC 1.1; in the JSON of SPoRC 1.0 they are in camel case.
"""

import ast
import json
import math
from typing import Any, TypeVar

import msgspec

SENTINELS = frozenset(
    {
        "NO_HOST_PREDICTED",
        "NO_GUEST_PREDICTED",
        "NO_NEITHER_IDENTIFIED",
        "SPEAKER_DATA_UNAVAILABLE",
        "NO_INFERRED_ROLE",
        "NO_INFERRED_SPEAKER",
    }
)
"""What SPoRC writes where it knows nothing."""
UNAVAILABLE = "SPEAKER_DATA_UNAVAILABLE"

BAD_JSON = "bad_json"
WRONG_ENCODING = "wrong_encoding"
MISSING_COLUMNS = "missing_columns"

_LONGEST_LIST = 100_000
"""Characters of a list in a string; more is no list of names."""
_YES = frozenset({"1", "1.0", "true", "yes", "explicit"})
_NO = frozenset({"0", "0.0", "false", "no", "clean"})

_encode = msgspec.json.Encoder().encode
R = TypeVar("R", bound=msgspec.Struct)


def _camel(name: str) -> str:
    if name == "mp3_url":
        return "mp3url"
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)


class TurnRecord(msgspec.Struct, rename=_camel, omit_defaults=True, gc=False):
    """A labelled turn. Any field may be absent, or of another type than it should be."""

    speaker: Any = None
    turn_text: Any = None
    start_time: Any = None
    end_time: Any = None
    turn_count: Any = None
    inferred_speaker_role: Any = None


class EpisodeRecord(msgspec.Struct, rename=_camel, omit_defaults=True):
    """What is needed of an episode, without its transcript."""

    mp3_url: Any = None
    ep_title: Any = None
    pod_title: Any = None
    rss_url: Any = None
    language: Any = None
    licence: Any = None
    license: Any = None
    explicit: Any = None
    duration_seconds: Any = None
    host_predicted_names: Any = None
    guest_predicted_names: Any = None
    main_ep_speakers: Any = None
    num_main_speakers: Any = None
    host_speaker_labels: Any = None
    guest_speaker_labels: Any = None
    category1: Any = None
    category2: Any = None
    category3: Any = None
    category4: Any = None
    category5: Any = None
    category6: Any = None
    category7: Any = None
    category8: Any = None
    category9: Any = None
    category10: Any = None
    episode_id: Any = None
    """Only in SPoRC 1.1."""
    podcast_id: Any = None


class JoinedRecord(EpisodeRecord, omit_defaults=True):
    """An episode that brings its turns along."""

    turns: list[TurnRecord] | None = None


class LineReader:
    """Reads lines of one kind of record, and says what is wrong with those that are none."""

    def __init__(self, kind: type[R]) -> None:
        self._kind = kind
        self._decoder = msgspec.json.Decoder(kind)

    def __call__(self, line: bytes) -> Any:
        """The record, or the reason why there is none."""
        try:
            return self._decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return self._second_look(line)

    def all(self, lines: bytes) -> list[Any]:
        """The records of many lines with their ends, or reasons."""
        try:
            return self._decoder.decode_lines(lines)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return [self(line) for line in lines.split(b"\n")[:-1]]

    def _second_look(self, line: bytes) -> Any:
        """Python writes `NaN` and halves of surrogate pairs, which no other reader takes for JSON."""
        try:
            found = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError:
            return WRONG_ENCODING
        except (ValueError, RecursionError):
            return BAD_JSON
        if not isinstance(found, dict):
            return BAD_JSON
        if not isinstance(found.get("turns", []), list):
            return MISSING_COLUMNS
        if "turns" in found:
            found["turns"] = [turn if isinstance(turn, dict) else {} for turn in found["turns"]]
        return msgspec.convert(found, self._kind)


def as_line(record: msgspec.Struct) -> bytes:
    """A record as a line of JSON."""
    try:
        return _encode(record)
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(record), ensure_ascii=False)
        return _encode(msgspec.convert(json.loads(whole_characters(text)), type(record)))


def is_utf8(line: bytes) -> bool:
    """Whether a line can be decoded at all: readers that need only some fields do not look at the others."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def as_text(value: Any) -> str:
    """Text without blanks around it; empty for anything else and for sentinels."""
    if not isinstance(value, str):
        return ""
    text = value.strip()
    return "" if text in SENTINELS else whole_characters(text)


def whole_characters(text: str) -> str:
    """The text with halves of surrogate pairs replaced, which UTF-8 cannot hold."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def as_number(value: Any) -> float | None:
    """A finite number, also out of a string."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return float(value) if math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def as_flag(value: Any) -> bool | None:
    """Yes or no in any of the ways that feeds say it."""
    if value is None or isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    return True if word in _YES else False if word in _NO else None


def as_names(value: Any) -> tuple[str, ...]:
    """Names out of a list, a string with one name or a list in it, or the keys of a map; none for sentinels."""
    value = _unpacked(value)
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple | dict):
        return ()
    return tuple(dict.fromkeys(name for one in value if (name := as_text(one))))


def as_labels(value: Any) -> tuple[str, ...]:
    """Labels out of a map from names to labels."""
    value = _unpacked(value)
    if not isinstance(value, dict):
        return ()
    return tuple(dict.fromkeys(label for labels in value.values() for label in as_names(labels)))


def _unpacked(value: Any) -> Any:
    """A list or map out of a string that holds one, in JSON or as Python prints it."""
    if not isinstance(value, str) or value[:1] not in "[{" or len(value) > _LONGEST_LIST or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        pass
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value
