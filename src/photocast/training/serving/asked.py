"""A question in OpenAI's form, made into a request to a local model; what cannot be honoured is refused, not ignored.

The form is that of `POST /v1/chat/completions` (https://platform.openai.com/docs/api-reference/chat/create). A model of
ours is asked one question at a time: rules, if any, then the words and pictures of one user.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, Literal

from PIL import Image as Picture
from pydantic import Field, ValidationError

from photocast.models import Image, Request, Sampling
from photocast.schema.record import Record

MOST_PICTURES = 64
LARGEST_PICTURE = 20 * 2**20
"""Bytes of a picture."""
MOST_PIXELS = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_DATA = re.compile(r"data:image/(?:jpeg|png|webp);base64,", re.IGNORECASE)
_USUAL = Sampling()
_ORDER = "This server takes one optional system message and then one user message"

_NO_SCHEMA = (
    "This model cannot be held to a schema; photocast does not ask for one where ?structured=no stands behind its name"
)


class Refused(Exception):
    """A question that is not answered, in the terms of OpenAI's errors."""

    def __init__(self, status: HTTPStatus, message: str, *, code: str | None = None, param: str | None = None) -> None:
        super().__init__(status, message, code, param)
        self.status, self.message, self.code, self.param = status, message, code, param

    @property
    def document(self) -> dict[str, Any]:
        """What is sent."""
        kind = "invalid_request_error" if self.status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}


@dataclass(frozen=True)
class Asked:
    """A question, and in which form it is to be answered."""

    request: Request
    stops: tuple[str, ...]
    """The answer ends before any of these."""
    stream: bool
    usage: bool
    """Whether a stream ends with the tokens used."""


class _Words(Record):
    type: Literal["text"]
    text: str


class _Address(Record):
    url: str
    detail: Literal["auto", "low", "high"] = "auto"
    """Taken and not followed: pictures are as large as the model was trained with."""


class _Shown(Record):
    type: Literal["image_url"]
    image_url: _Address


class _Message(Record):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | tuple[Annotated[_Words | _Shown, Field(discriminator="type")], ...]


class _Streaming(Record):
    include_usage: bool = False


class _Plain(Record):
    type: Literal["text"]


class _Question(Record):
    """Defaults are those of `photocast make`; what is missing here and changes an answer is refused by its name."""

    model: str
    messages: tuple[_Message, ...]
    temperature: float = Field(default=_USUAL.temperature, ge=0, le=2)
    top_p: float = Field(default=_USUAL.top_p, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    stop: Annotated[str, Field(min_length=1)] | tuple[Annotated[str, Field(min_length=1)], ...] = ()
    stream: bool = False
    stream_options: _Streaming = _Streaming()
    n: Literal[1] = 1
    frequency_penalty: float = Field(default=0, ge=0, le=0)
    presence_penalty: float = Field(default=0, ge=0, le=0)
    response_format: _Plain | None = None
    user: str | None = None
    """Names who asks; not used."""


def read_question(body: Any, model: str, folder: Path) -> Asked:
    """Make a request of the JSON that was sent; pictures are written into a folder.

    Args:
        body: the document.
        model: the name that the model is served under.
        folder: for pictures; they are needed until the answer is over.

    Raises:
        Refused: it is none, asks for another model, or for something that is not done here.
    """
    question = _checked(body)
    if question.model != model:
        why = f"The model {question.model!r} does not exist; this server has {model!r}"
        raise Refused(HTTPStatus.NOT_FOUND, why, code="model_not_found", param="model")
    rules, asked = _two(question.messages)
    sampling = Sampling(
        temperature=question.temperature,
        top_p=question.top_p,
        max_tokens=question.max_completion_tokens or question.max_tokens or _USUAL.max_tokens,
        seed=question.seed,
    )
    request = Request(tuple(_parts(asked, folder)), rules, sampling)
    stops = (question.stop,) if isinstance(question.stop, str) else question.stop
    return Asked(request, stops, question.stream, question.stream_options.include_usage)


def _checked(body: Any) -> _Question:
    if not isinstance(body, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, "The body is no JSON object")
    said = {name: value for name, value in body.items() if value is not None}
    try:
        return _Question.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        param = ".".join(map(str, first["loc"]))
        if first["loc"][0] == "response_format":
            raise Refused(HTTPStatus.BAD_REQUEST, _NO_SCHEMA, code="invalid_value", param=param) from error
        if first["type"] == "extra_forbidden":
            why = f"This server does not know {param!r}, and would have to ignore it"
            raise Refused(HTTPStatus.BAD_REQUEST, why, code="unknown_parameter", param=param) from error
        why = f"{param} cannot be used: {first['msg']}"
        raise Refused(HTTPStatus.BAD_REQUEST, why, code="invalid_value", param=param) from error


def _two(messages: tuple[_Message, ...]) -> tuple[str, _Message]:
    """The rules and the question."""
    *before, last = messages or (None,)
    if (
        last is None
        or last.role != "user"
        or len(before) > 1
        or any(m.role in {"user", "assistant", "tool"} for m in before)
    ):
        raise Refused(HTTPStatus.BAD_REQUEST, _ORDER, code="invalid_value", param="messages")
    (rules,) = before or ("",)
    if isinstance(rules, str):
        return rules, last
    return rules.content if isinstance(rules.content, str) else _joined(rules.content), last


def _joined(parts: tuple[_Words | _Shown, ...]) -> str:
    if any(isinstance(part, _Shown) for part in parts):
        why = "A system message cannot hold pictures"
        raise Refused(HTTPStatus.BAD_REQUEST, why, code="invalid_value", param="messages")
    return "\n\n".join(part.text for part in parts if isinstance(part, _Words))


def _parts(message: _Message, folder: Path) -> Iterator[str | Image]:
    if isinstance(message.content, str):
        yield message.content
        return
    if sum(isinstance(part, _Shown) for part in message.content) > MOST_PICTURES:
        raise _bad_picture(f"There are more than {MOST_PICTURES} pictures")
    for number, part in enumerate(message.content, start=1):
        if isinstance(part, _Words):
            yield part.text
            continue
        path = folder / f"{number}.jpg"
        path.write_bytes(_picture(part.image_url.url))
        yield Image(f"p{number:02d}", path)


def _picture(url: str) -> bytes:
    """The bytes of a picture that came with the question; nothing is ever fetched for anybody.

    The size that a file claims is looked at before it is decoded, which could take all memory.
    """
    head = _DATA.match(url)
    if head is None:
        raise _bad_picture("A picture has to come with the question: data:image/jpeg;base64,… (or png, webp)")
    if len(url) > LARGEST_PICTURE * 4 // 3 + 100:
        raise _bad_picture(f"A picture is larger than {LARGEST_PICTURE // 2**20} MiB")
    try:
        data = base64.b64decode(url[head.end() :], validate=True)
        with Picture.open(BytesIO(data), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height <= MOST_PIXELS:
                picture.draft("RGB", (1, 1))
                picture.load()
    except (OSError, SyntaxError, ValueError, Picture.DecompressionBombError) as error:
        raise _bad_picture("A picture cannot be read") from error
    if width * height > MOST_PIXELS:
        raise _bad_picture(f"A picture has more than {MOST_PIXELS:,} pixels")
    return data


def _bad_picture(why: str) -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, why, code="invalid_image", param="messages")
