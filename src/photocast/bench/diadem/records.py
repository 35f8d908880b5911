"""Predictions and references as they come: one JSON object a line."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, ValidationError, model_validator

from photocast.schema import InputError

_NONE = re.compile(r"[\"'“”*\s]*none[.\"'“”*\s]*", re.IGNORECASE)
_SPOKEN = re.compile(r"\s*(?P<speaker>[^:：\s][^:：]*)[:：](?P<said>.*)")
_SENTENCE_ENDS = re.compile(r"\w{4}[.!?]\s+[A-Z]|[。！？]\s*\S")
_GOES_ON = re.compile(r"\s*[\"“][^\"“”]*[\"”][\s,;]*\w")
_NO_NAME = re.compile(r"[/\\\x00]")
_LONGEST_SPEAKER = 100


def _as_id(value: Any) -> str:
    """An id may be a number, as in official predictions. It names a folder of frames."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not text.strip() or text in {".", ".."} or _NO_NAME.search(text):
        raise ValueError("is a number, or a text without a slash")
    return text


def _as_flag(value: Any) -> Any:
    if isinstance(value, int | bool) and value in (0, 1):
        return bool(value)
    raise ValueError("is 0 or 1, true or false")


VideoId = Annotated[str, BeforeValidator(_as_id)]
Flag = Annotated[bool, BeforeValidator(_as_flag)]
Count = Annotated[int, Strict(), Field(ge=0)]


class _Line(BaseModel):
    """An object of a file of others, who may put more into it than is read here."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    video_id: VideoId


class Reference(_Line):
    """What is said in a clip, by whom, and what kind of clip it is."""

    gt_dialogues: tuple[str, ...]
    """Lines of `speaker: utterance`."""
    speaker_num: Count | None = None
    """0 means that people speak at the same time."""
    people_num_in_screen: Count | None = None
    is_single_shot: Flag | None = None
    has_off_screen_speaker: Flag | None = None
    has_same_sex_speakers: Flag | None = None
    only_opposite_sex_speakers: Flag | None = None


class Spoken(BaseModel):
    """One line of a prediction, in two fields."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    speaker: str
    utterance: str

    @property
    def line(self) -> str:
        """Both in one line; the first colon is the one between them."""
        return f"{re.sub('[:：]', ' ', self.speaker)}: {self.utterance}"


class Prediction(_Line):
    """What a captioner says of a clip: a text, or its lines."""

    pred: str | None = None
    """A caption in prose, lines of `speaker: utterance`, or the word None."""
    dialogues: tuple[str | Spoken, ...] | None = None

    @model_validator(mode="after")
    def _either(self) -> "Prediction":
        if (self.pred is None) == (self.dialogues is None):
            raise ValueError("a prediction has either pred or dialogues")
        return self

    @property
    def caption(self) -> str | None:
        """The text; None where there are lines."""
        return self.pred

    def lines(self) -> list[str]:
        """The lines of `speaker: utterance`.

        Raises:
            InputError: there is a text, and it is not in this form.
        """
        if self.dialogues is not None:
            return [one if isinstance(one, str) else one.line for one in self.dialogues]
        lines = [line for line in (self.pred or "").splitlines() if line.strip()]
        if says_nothing(self.pred or ""):
            return []
        for line in lines:
            if not _is_spoken(line):
                raise _prose(self.video_id, line)
        return lines


def says_nothing(text: str) -> bool:
    """Whether a text says that nobody speaks: it is empty, or the word None."""
    return not text.strip() or _NONE.fullmatch(text) is not None


def read_references(file: Path) -> dict[str, Reference]:
    """The references of a file by the id of the clip, in order.

    Raises:
        InputError: it cannot be read, is empty, or a line in it is not as it should be.
    """
    return _read(file, Reference)


def read_predictions(file: Path) -> dict[str, Prediction]:
    """The predictions of a file by the id of the clip, in order.

    Raises:
        InputError: it cannot be read, is empty, or a line in it is not as it should be.
    """
    return _read(file, Prediction)


L = TypeVar("L", Reference, Prediction)


def _read(file: Path, kind: type[L]) -> dict[str, L]:
    found: dict[str, L] = {}
    where: dict[str, int] = {}
    for number, value in _objects(file):
        try:
            one = kind.model_validate(value)
        except ValidationError as error:
            raise _wrong(file, number, _first(error)) from error
        if one.video_id in found:
            raise _wrong(file, number, f"video_id {one.video_id!r} was in line {where[one.video_id]} already")
        found[one.video_id], where[one.video_id] = one, number
    if not found:
        raise InputError(f"{file} is empty", "there is no clip in it", "Write one JSON object a line")
    return found


def _objects(file: Path) -> Iterator[tuple[int, Any]]:
    """The objects of a file with the numbers of their lines."""
    try:
        text = file.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {file}", (error.strerror or str(error)).lower(), "Check its name") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"cannot read {file}", "it is not UTF-8 text", "Name a file with one JSON object a line"
        ) from (error)
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, _parsed(file, number, line)


def _parsed(file: Path, number: int, line: str) -> Any:
    def no_number(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no number")

    try:
        value = json.loads(line, parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        raise _wrong(file, number, f"it is not JSON: {error}") from error
    if not isinstance(value, Mapping):
        raise _wrong(file, number, "it is no JSON object")
    return value


def _first(error: ValidationError) -> str:
    """The first problem in words, with the field it is in."""
    one = error.errors(include_url=False)[0]
    said = one["msg"].removeprefix("Value error, ")
    field = ".".join(str(part) for part in one["loc"] if not str(part).startswith(("Spoken", "str")))
    return f"{field}: {said[:1].lower()}{said[1:]}" if field else said


def _wrong(file: Path, number: int, why: str) -> InputError:
    return InputError(f"{file}, line {number}, cannot be used", why.rstrip("."), "Correct that line")


def _is_spoken(line: str) -> bool:
    """Whether a line is `speaker: utterance`, and not a sentence of a caption that has a colon or quotes somebody."""
    found = _SPOKEN.fullmatch(line)
    if not found or len(found["speaker"].strip()) > _LONGEST_SPEAKER:
        return False
    return not _SENTENCE_ENDS.search(found["speaker"]) and not _GOES_ON.match(found["said"])


def _prose(video: str, line: str) -> InputError:
    shown = line.strip() if len(line.strip()) <= 60 else f"{line.strip()[:60]}…"
    return InputError(
        f"the prediction for video {video} has no lines of speaker: utterance",
        f"its pred looks like a caption in prose: {shown!r}",
        "Name a model that takes the lines out of captions with --extract-with MODEL, or write them into dialogues",
    )
