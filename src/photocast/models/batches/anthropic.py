"""Anthropic's message batches: one request that holds all requests, and a file of results. It keeps no name of ours.

Source: the client library anthropic 2.14.0, `resources/messages/batches.py`.
"""

import json
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from photocast.models.batches.api import Job, Limits, Line, NoSuchJob, Result, Unreadable

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic.types.messages import MessageBatch

    from photocast.models.batches.wire import Wire

_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""The status that goes with each type of error: docs.claude.com, API reference, errors."""
_NOT_RUN = {"expired": "expired", "canceled": "cancelled"}


class AnthropicBatches:
    """`BatchApi` for Anthropic."""

    limits = Limits(requests=100_000, bytes=256_000_000, envelope=64)

    def __init__(self, name: str, client: "AsyncAnthropic", wire: "Wire") -> None:
        self.name, self.wire = name, wire
        self._client = client

    async def upload(self, lines: Sequence[Line]) -> bytes:
        """The body of the request to come; nothing is sent yet."""
        rows = b",".join(b'{"custom_id":"%b","params":%b}' % (one.id.encode(), one.body) for one in lines)
        return b'{"requests":[%b]}' % rows

    async def create(self, uploaded: bytes, token: str) -> str:
        """The batch. The body goes as it is: the library would look through every word of it."""
        from anthropic.types.messages import MessageBatch

        headers = {"content-type": "application/json"}
        if self.wire.betas:
            headers["anthropic-beta"] = ",".join(sorted(self.wire.betas))
        batch = await self._client.post(
            "/v1/messages/batches", cast_to=MessageBatch, content=uploaded, options={"headers": headers}
        )
        return batch.id

    async def look(self, job: str) -> Job:
        """The batch as it is now."""
        from anthropic import NotFoundError

        try:
            return _job(await self._client.messages.batches.retrieve(job))
        except NotFoundError:
            raise NoSuchJob(self.name, job) from None

    async def recent(self) -> AsyncIterator[Job]:
        """The list of batches."""
        async for batch in self._client.messages.batches.list(limit=100):
            yield _job(batch)

    async def results(self, job: Job) -> AsyncIterator[Result | Unreadable]:
        """The lines of the file of results."""
        if not job.sources:
            raise NoSuchJob(self.name, f"{job.id} with results")  # they were archived
        decoder = await self._client.messages.batches.results(job.id)
        try:
            async for row in decoder.http_response.aiter_lines():  # the decoder stops at a line that it cannot read
                if row.strip():
                    yield _result(row)
        finally:
            await decoder.close()


def _job(batch: "MessageBatch") -> Job:
    counts = batch.request_counts
    done = counts.succeeded + counts.errored + counts.expired + counts.canceled
    return Job(
        id=batch.id,
        word=batch.processing_status,
        over=batch.processing_status == "ended",
        created=batch.created_at,
        total=counts.processing + done,
        done=done,
        sources=(batch.results_url,) if batch.results_url else (),
    )


def _result(row: str) -> Result | Unreadable:
    try:
        line: dict[str, Any] = json.loads(row)
        result = line["result"]
        kind = result["type"]
        if kind == "succeeded":
            return Result(str(line["custom_id"]), 200, json.dumps(result["message"]).encode())
        if kind == "errored":
            error = result["error"]
            status = _STATUS.get(error["error"]["type"], 500)
            return Result(str(line["custom_id"]), status, json.dumps(error).encode())
        return Result(str(line["custom_id"]), 0, json.dumps(result).encode(), _NOT_RUN.get(kind, str(kind)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Unreadable(row[:80])
