"""OpenAI's batches: a file of requests, a batch that names it and carries our name, two files of results.

Source: the client library openai 3.57.0, `resources/batches.py` and `resources/files.py`.
"""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from photocast.models.batches.api import Job, Limits, Line, NoSuchJob, Result, Unreadable

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import Batch

    from photocast.models.batches.wire import Wire

_ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
_ROW = b'{"custom_id":"%%b","method":"POST","url":"%b","body":%%b}\n' % _ENDPOINT.encode()
_OVER = frozenset({"completed", "failed", "expired", "cancelled"})
_NOT_RUN = {"batch_expired": "expired", "batch_cancelled": "cancelled"}
_TOKEN = "photocast"
_KEPT_SECONDS = 30 * 24 * 3600
"""After so long the provider removes the requests, with the photos in them, and the results: the most it allows."""


class OpenAIBatches:
    """`BatchApi` for OpenAI, and for servers that speak its interface."""

    limits = Limits(requests=50_000, bytes=200_000_000, envelope=160)

    def __init__(self, name: str, client: "AsyncOpenAI", wire: "Wire") -> None:
        self.name, self.wire = name, wire
        self._client = client

    async def upload(self, lines: Sequence[Line]) -> str:
        """The file of requests."""
        rows = b"".join(_ROW % (one.id.encode(), one.body) for one in lines)
        file = await self._client.files.create(
            file=("batch.jsonl", rows),
            purpose="batch",
            expires_after={"anchor": "created_at", "seconds": _KEPT_SECONDS},
        )
        return file.id

    async def create(self, uploaded: str, token: str) -> str:
        """The batch, with our name among its metadata."""
        batch = await self._client.batches.create(
            input_file_id=uploaded, endpoint=_ENDPOINT, completion_window="24h", metadata={_TOKEN: token}
        )
        return batch.id

    async def look(self, job: str) -> Job:
        """The batch as it is now."""
        from openai import NotFoundError

        try:
            return _job(await self._client.batches.retrieve(job))
        except NotFoundError:
            raise NoSuchJob(self.name, job) from None

    async def recent(self) -> AsyncIterator[Job]:
        """The list of batches."""
        async for batch in self._client.batches.list(limit=100):
            yield _job(batch)

    async def results(self, job: Job) -> AsyncIterator[Result | Unreadable]:
        """The lines of both files."""
        from openai import NotFoundError

        for file in job.sources:
            try:
                async with self._client.files.with_streaming_response.content(file) as content:
                    async for row in content.iter_lines():
                        if row.strip():
                            yield _result(row)
            except NotFoundError:
                raise NoSuchJob(self.name, f"{job.id} with {file}") from None


def _job(batch: "Batch") -> Job:
    counts = batch.request_counts
    errors = [one.message or "" for one in (batch.errors and batch.errors.data) or []]
    return Job(
        id=batch.id,
        word=batch.status,
        over=batch.status in _OVER,
        created=datetime.fromtimestamp(batch.created_at, UTC),
        total=counts.total if counts else 0,
        done=counts.completed + counts.failed if counts else 0,
        token=(batch.metadata or {}).get(_TOKEN, ""),
        refused=("; ".join(errors[:3]) or "no reason is given") if batch.status == "failed" else "",
        sources=tuple(file for file in (batch.output_file_id, batch.error_file_id) if file),
    )


def _result(row: str) -> Result | Unreadable:
    try:
        line: dict[str, Any] = json.loads(row)
        response, error = line.get("response"), line.get("error") or {}
        if not response:
            code = str(error.get("code") or "")
            return Result(str(line["custom_id"]), 0, json.dumps(error).encode(), _NOT_RUN.get(code, code or "failed"))
        return Result(str(line["custom_id"]), int(response["status_code"]), json.dumps(response["body"]).encode())
    except (ValueError, KeyError, TypeError, AttributeError):
        return Unreadable(row[:80])
