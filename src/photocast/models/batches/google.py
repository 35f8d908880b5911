"""Google's batch mode of the Gemini API: a file of requests, a job with our name, a file of results.

Source: the client library google-genai 2.34.0, `batches.py` and `files.py`.
"""

import io
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from photocast.models.batches.api import Job, Limits, Line, NoSuchJob, Result, Unreadable

if TYPE_CHECKING:
    from google.genai import Client
    from google.genai.types import BatchJob

    from photocast.models.batches.wire import Wire

_ROW = b'{"key":"%b","request":%b}\n'
_OVER = frozenset({"succeeded", "partially_succeeded", "failed", "cancelled", "expired"})
_CODES = {
    3: (400, "INVALID_ARGUMENT"),
    4: (504, "DEADLINE_EXCEEDED"),
    5: (404, "NOT_FOUND"),
    7: (403, "PERMISSION_DENIED"),
    8: (429, "RESOURCE_EXHAUSTED"),
    9: (400, "FAILED_PRECONDITION"),
    14: (503, "UNAVAILABLE"),
    16: (401, "UNAUTHENTICATED"),
}
"""Status and name that go with the codes of google/rpc/code.proto; all others are errors of the server."""
_CANCELLED = 1


class GoogleBatches:
    """`BatchApi` for the Gemini API."""

    limits = Limits(requests=100_000, bytes=250_000_000, envelope=60)
    """Google takes files of 2 GB; the limits are ours, so that a batch fits into memory."""

    def __init__(self, name: str, client: "Client", wire: "Wire") -> None:
        self.name, self.wire = name, wire
        self._client = client.aio

    async def upload(self, lines: Sequence[Line]) -> str:
        """The file of requests, which Google removes after two days."""
        from google.genai.types import UploadFileConfig

        rows = io.BytesIO(b"".join(_ROW % (one.id.encode(), one.body) for one in lines))
        file = await self._client.files.upload(file=rows, config=UploadFileConfig(mime_type="application/jsonl"))
        return str(file.name)

    async def create(self, uploaded: str, token: str) -> str:
        """The job, with our name to be shown."""
        from google.genai.types import CreateBatchJobConfig

        config = CreateBatchJobConfig(display_name=token)
        job = await self._client.batches.create(model=self.wire.spec.model, src=uploaded, config=config)
        return str(job.name)

    async def look(self, job: str) -> Job:
        """The job as it is now."""
        from google.genai.errors import ClientError

        try:
            return _job(await self._client.batches.get(name=job))
        except ClientError as error:
            if error.code == 404:
                raise NoSuchJob(self.name, job) from None
            raise

    async def recent(self) -> AsyncIterator[Job]:
        """The list of jobs."""
        from google.genai.types import ListBatchJobsConfig

        async for job in await self._client.batches.list(config=ListBatchJobsConfig(page_size=100)):
            yield _job(job)

    async def results(self, job: Job) -> AsyncIterator[Result | Unreadable]:
        """The lines of the file of results."""
        from google.genai.errors import ClientError

        for file in job.sources:
            try:
                content = await self._client.files.download(file=file)
            except ClientError as error:
                if error.code == 404:
                    raise NoSuchJob(self.name, f"{job.id} with {file}") from None
                raise
            for row in content.splitlines():
                if row.strip():
                    yield _result(row)


def _job(job: "BatchJob") -> Job:
    word = job.state.name.removeprefix("JOB_STATE_").lower() if job.state else "unspecified"
    file = job.dest.file_name if job.dest else None
    return Job(
        id=str(job.name),
        word=word,
        over=word in _OVER,
        created=job.create_time or datetime.now(UTC),
        total=0,
        token=job.display_name or "",
        sources=(file,) if file else (),
    )


def _result(row: bytes) -> Result | Unreadable:
    try:
        line: dict[str, Any] = json.loads(row)
        if "response" in line:
            return Result(str(line["key"]), 200, json.dumps(line["response"]).encode())
        error = line["error"]
        if error.get("code") == _CANCELLED:
            return Result(str(line["key"]), 0, json.dumps(error).encode(), "cancelled")
        status, name = _CODES.get(error.get("code"), (500, "INTERNAL"))
        told = {"error": {**error, "code": status, "status": name}}
        return Result(str(line["key"]), status, json.dumps(told).encode())
    except (ValueError, KeyError, TypeError, AttributeError):
        return Unreadable(row[:80].decode("utf-8", "replace"))
