"""Batches of the fake provider: files, jobs that are over after some looks, and results in whatever order is wanted."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from photocast.testing.behaviours import Behaviour, Drop, Fail, Raw, Say, Trouble
from photocast.testing.wire import Asked, Interface
from photocast.testing.wire.anthropic import ANTHROPIC
from photocast.testing.wire.gemini import GEMINI
from photocast.testing.wire.openai import OPENAI

if TYPE_CHECKING:
    from photocast.testing.server import Received

Ends: TypeAlias = Literal["completed", "expired", "cancelled", "failed"]
"""How a job ends: with all results, with some, or refused before it began (OpenAI alone)."""
Row: TypeAlias = dict[str, Any]
"""A line of results."""
_PREFIXES: dict[Interface, str] = {OPENAI: "batch_", ANTHROPIC: "msgbatch_", GEMINI: "g"}
_CREATED = "2026-11-26T04:00:00Z"
_RPC = {"INVALID_ARGUMENT": 3, "NOT_FOUND": 5, "RESOURCE_EXHAUSTED": 8, "FAILED_PRECONDITION": 9, "UNAVAILABLE": 14}
_FILES = re.compile(rb'name="file"; filename="[^"]*"\r\n(?:[\w-]+: [^\r]*\r\n)*\r\n(.*?)\r\n--', re.DOTALL)


class Charging(Protocol):
    """The provider whose batches these are."""

    def decide(self, received: "Received") -> Behaviour:
        """What is said to one question, as if it had come by itself."""
        ...

    def charge(self) -> None:
        """Count an answer."""
        ...


@dataclass
class FakeJob:
    """A batch on the provider's side."""

    id: str
    interface: Interface
    requests: list[Row]
    """As they came, each with its `custom_id`."""
    metadata: Mapping[str, str]
    file: str
    created: int
    looks: int = 0
    results: list[Row] | None = None
    """None as long as it is not over."""
    ends: Ends = "completed"


@dataclass
class FakeBatches:
    """How batches behave. All of it may be changed while the server runs."""

    provider: Charging
    looks: int = 1
    """A job is over at this look, counted from 1."""
    ends: Ends = "completed"
    run_before_end: int | None = None
    """Requests that are run before a job expires or is cancelled; None is half of them."""
    arrange: Callable[[list[Row]], list[Row]] = lambda rows: rows
    """Changes the results on their way: their order, what is twice, what nobody asked for."""
    at: Callable[[str], None] = lambda stage: None
    """Told of every step before it is answered: `file`, `create`, `created`, `look`, `list`, `results`."""
    trouble: list[Trouble | Literal["drop"]] = field(default_factory=list)
    """What goes wrong with the next requests about batches, one each; `drop` closes the connection."""
    cut_results: int | None = None
    """Bytes after which results end, as if the connection had been lost behind a proxy that does not tell."""
    lists: bool = True
    """Whether new jobs are in the list of jobs."""
    created: int = 0
    """Seconds since 1970 at which jobs are created; 0 is now."""
    jobs: dict[str, FakeJob] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    _number: Any = field(default_factory=lambda: count(1))

    def interface(self, received: "Received") -> Interface | None:
        """Whose batches a request is about; none when it is about something else."""
        path = received.path.partition("?")[0]
        if re.search(r"/v1/messages/batches(/|$)", path):
            return ANTHROPIC
        if re.search(r"/v1beta/(files|batches)(/|$)|:batchGenerateContent$", path):
            return GEMINI
        return OPENAI if re.search(r"/v1/(files|batches)(/|$)", path) else None

    def answer(self, received: "Received") -> Behaviour:
        """Do what a request about batches asks for."""
        interface = self.interface(received)
        assert interface is not None
        if self.trouble:
            trouble = self.trouble.pop(0)
            return Drop() if trouble == "drop" else self.refuse(trouble, interface)
        if interface is GEMINI:
            return self._gemini(received)
        return self._openai(received) if interface is OPENAI else self._anthropic(received)

    def end_all(self) -> None:
        """Let every job be over now."""
        for job in self.jobs.values():
            if job.results is None:
                self._end(job)

    def refuse(self, trouble: Trouble, interface: Interface) -> Raw:
        """An error in the provider's own words."""
        status, body = interface.error(trouble, Asked("any", "", (), None, False), "the key")
        return _json(body, status)

    def _openai(self, received: "Received") -> Behaviour:
        path = received.path.partition("?")[0]
        if received.method == "POST" and path.endswith("/files"):
            self.at("file")
            return self._stored(received.body)
        if received.method == "POST" and path.endswith("/batches"):
            self.at("create")
            return self._created_openai(received.json)
        if path.endswith("/batches"):
            self.at("list")
            return _json(_page([self._openai_job(one) for one in self._listed(OPENAI)]))
        if path.endswith("/content"):
            self.at("results")
            return self._content(path.split("/")[-2])
        return self._looked_at(path.split("/")[-1], OPENAI, self._openai_job)

    def _anthropic(self, received: "Received") -> Behaviour:
        path = received.path.partition("?")[0]
        if received.method == "POST":
            self.at("create")
            job = self._begin(ANTHROPIC, received.json["requests"], {}, "")
            return _json(self._anthropic_job(job))
        if path.endswith("/batches"):
            self.at("list")
            return _json(_page([self._anthropic_job(one) for one in self._listed(ANTHROPIC)]))
        if path.endswith("/results"):
            self.at("results")
            job = self.jobs[path.split("/")[-2]]
            return _lines(self.arrange(list(job.results or ())), self.cut_results)
        return self._looked_at(path.split("/")[-1], ANTHROPIC, self._anthropic_job)

    def _gemini(self, received: "Received") -> Behaviour:
        path, _, query = received.path.partition("?")
        if "/upload/" in path:
            return self._uploaded(received, query)
        if received.method == "POST":
            self.at("create")
            batch = received.json["batch"]
            rows = [json.loads(line) for line in self.files[batch["inputConfig"]["fileName"]].splitlines()]
            model = path.split("/")[-1].partition(":")[0]
            job = self._begin(GEMINI, [{**row, "model": model} for row in rows], {"name": batch["displayName"]}, "")
            return _json(_gemini_job(job))
        if path.endswith("/batches"):
            self.at("list")
            return _json({"operations": [_gemini_job(one) for one in self._listed(GEMINI)]})
        if path.endswith(":download"):
            self.at("results")
            job = self.jobs[path.split("/")[-1].removesuffix(":download").removeprefix("output-of-")]
            return _lines(self.arrange(list(job.results or ())), self.cut_results)
        return self._looked_at(path.split("/")[-1], GEMINI, _gemini_job)

    def _uploaded(self, received: "Received", query: str) -> Behaviour:
        """The steps of an upload: where to, and the file in pieces."""
        if "upload_id=" not in query:
            where = f"http://{received.header['host']}/upload/v1beta/files?upload_id={next(self._number)}"
            return _json({}, headers=(("X-Goog-Upload-URL", where),))
        name, final = f"files/in{query.partition('=')[2]}", "finalize" in received.header["x-goog-upload-command"]
        self.files[name] = self.files.get(name, b"") + received.body
        if not final:
            return _json({}, headers=(("X-Goog-Upload-Status", "active"),))
        self.at("file")
        file = {"name": name, "mimeType": "application/jsonl"}
        return _json({"file": file}, headers=(("X-Goog-Upload-Status", "final"),))

    def _stored(self, body: bytes) -> Behaviour:
        name = f"file-{next(self._number)}"
        found = _FILES.search(body)
        assert found is not None, "no file came"
        self.files[name] = found[1]
        return _json(_file(name, len(found[1])))

    def _created_openai(self, asked: Mapping[str, Any]) -> Behaviour:
        rows = [json.loads(line) for line in self.files[asked["input_file_id"]].splitlines()]
        job = self._begin(OPENAI, rows, asked.get("metadata") or {}, asked["input_file_id"])
        return _json(self._openai_job(job))

    def _begin(self, interface: Interface, rows: list[Row], metadata: Mapping[str, str], file: str) -> FakeJob:
        import time

        name = f"{_PREFIXES[interface]}{next(self._number)}"
        job = FakeJob(name, interface, rows, metadata, file, self.created or int(time.time()))
        self.jobs[name] = job
        self.at("created")
        return job

    def _listed(self, interface: Interface) -> list[FakeJob]:
        """The newest first."""
        return [job for job in reversed(self.jobs.values()) if job.interface is interface] if self.lists else []

    def _looked_at(self, name: str, interface: Interface, shown: Callable[[FakeJob], Row]) -> Behaviour:
        self.at("look")
        if name not in self.jobs:
            return self.refuse("unknown_model", interface)
        job = self.jobs[name]
        job.looks += 1
        if job.looks >= self.looks and job.results is None:
            self._end(job)
        return _json(shown(job))

    def _end(self, job: FakeJob) -> None:
        """Answer all requests, or those that are run before it ends otherwise."""
        job.ends = self.ends
        half = len(job.requests) // 2 if self.run_before_end is None else self.run_before_end
        run = {"completed": len(job.requests), "failed": 0}.get(job.ends, half)
        tell = {OPENAI: _openai_row, ANTHROPIC: _anthropic_row, GEMINI: _gemini_row}[job.interface]
        job.results = [tell(row, self._said(job, row)) for row in job.requests[:run]]
        if job.ends != "failed" and job.interface is not GEMINI:
            job.results += [_not_run(row, job) for row in job.requests[run:]]

    def _said(self, job: FakeJob, row: Row) -> tuple[int, Row]:
        """Status and body of one answer."""
        from photocast.testing.server import Received

        path, body = _question(job.interface, row)
        received = Received("POST", path, (), json.dumps(body).encode(), 0)
        behaviour, asked = self.provider.decide(received), received.asked
        if isinstance(behaviour, str):
            behaviour = Say(behaviour)
        if isinstance(behaviour, Fail):
            return job.interface.error(behaviour.trouble, asked, "the key")
        if isinstance(behaviour, Raw):
            return behaviour.status, json.loads(behaviour.body)
        assert isinstance(behaviour, Say), "in a batch nothing hangs or drops"
        self.provider.charge()
        return 200, job.interface.whole(asked, behaviour)

    def _content(self, name: str) -> Behaviour:
        if name in self.files:
            return Raw(self.files[name], "application/octet-stream")
        kind, _, job = name.partition("-of-")
        rows = self.arrange(list(self.jobs[job].results or ()))
        return _lines([row for row in rows if _is_good(row) == (kind == "output")], self.cut_results)

    def _openai_job(self, job: FakeJob) -> Row:
        over = job.results is not None
        good = sum(_is_good(row) for row in job.results or ())
        bad = len(job.results or ()) - good
        refused = {"data": [{"code": "invalid_json_line", "line": 1, "message": "This line is not parseable."}]}
        return {
            "id": job.id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "errors": {"object": "list", **refused} if job.ends == "failed" else None,
            "input_file_id": job.file,
            "completion_window": "24h",
            "status": job.ends if over else "in_progress",
            "output_file_id": f"output-of-{job.id}" if good else None,
            "error_file_id": f"error-of-{job.id}" if bad else None,
            "created_at": job.created,
            "request_counts": {"total": len(job.requests), "completed": good, "failed": bad},
            "metadata": dict(job.metadata) or None,
        }

    def _anthropic_job(self, job: FakeJob) -> Row:
        from datetime import UTC, datetime

        kinds = [row["result"]["type"] for row in job.results or ()]
        counts = {kind: kinds.count(kind) for kind in ("succeeded", "errored", "canceled", "expired")}
        over = job.results is not None
        return {
            "id": job.id,
            "type": "message_batch",
            "processing_status": "ended" if over else "in_progress",
            "request_counts": {"processing": 0 if over else len(job.requests), **counts},
            "ended_at": _CREATED if over else None,
            "created_at": datetime.fromtimestamp(job.created, UTC).isoformat(),
            "expires_at": _CREATED,
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": f"/v1/messages/batches/{job.id}/results" if over else None,
        }


def _question(interface: Interface, row: Row) -> tuple[str, Row]:
    """Path and body of a request, if it had come by itself."""
    if interface is OPENAI:
        return row["url"], row["body"]
    if interface is ANTHROPIC:
        return "/v1/messages", row["params"]
    return f"/v1beta/models/{row['model']}:generateContent", row["request"]


def _gemini_row(row: Row, said: tuple[int, Row]) -> Row:
    status, body = said
    if status == 200:
        return {"key": row["key"], "response": body}
    return {
        "key": row["key"],
        "error": {"code": _RPC.get(body["error"]["status"], 13), "message": body["error"]["message"]},
    }


def _gemini_job(job: FakeJob) -> Row:
    from datetime import UTC, datetime

    ends = {"completed": "SUCCEEDED"}.get(job.ends, job.ends.upper())
    state = "RUNNING" if job.results is None else ends
    created = datetime.fromtimestamp(job.created, UTC).isoformat().replace("+00:00", "Z")
    metadata: Row = {"displayName": job.metadata["name"], "state": f"BATCH_STATE_{state}", "createTime": created}
    if job.results:
        metadata["output"] = {"responsesFile": f"files/output-of-{job.id}"}
    refused = {"error": {"code": 3, "message": "The file cannot be read."}} if state == "FAILED" else {}
    return {"name": f"batches/{job.id}", "metadata": metadata, "done": job.results is not None, **refused}


def _openai_row(row: Row, said: tuple[int, Row]) -> Row:
    status, body = said
    response = {"status_code": status, "request_id": "req_fake", "body": body}
    return {"id": "batch_req_fake", "custom_id": row["custom_id"], "response": response, "error": None}


def _anthropic_row(row: Row, said: tuple[int, Row]) -> Row:
    status, body = said
    result = {"type": "succeeded", "message": body} if status == 200 else {"type": "errored", "error": body}
    return {"custom_id": row["custom_id"], "result": result}


def _not_run(row: Row, job: FakeJob) -> Row:
    if job.interface is ANTHROPIC:
        return {"custom_id": row["custom_id"], "result": {"type": job.ends.replace("ll", "l")}}
    error = {"code": f"batch_{job.ends}", "message": f"This request was not run: the batch {job.ends}."}
    return {"id": "batch_req_fake", "custom_id": row["custom_id"], "response": None, "error": error}


def _is_good(row: Row) -> bool:
    return bool(row.get("response")) and row["response"]["status_code"] == 200


def _json(body: Row, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Raw:
    return Raw(json.dumps(body).encode(), "application/json", status, headers)


def _lines(rows: list[Row], cut: int | None) -> Raw:
    return Raw("".join(json.dumps(row) + "\n" for row in rows).encode()[:cut], "application/x-jsonl")


def _page(rows: list[Row]) -> Row:
    ends = {"first_id": rows[0]["id"], "last_id": rows[-1]["id"]} if rows else {"first_id": None, "last_id": None}
    return {"object": "list", "data": rows, "has_more": False, **ends}


def _file(name: str, size: int) -> Row:
    head = {"id": name, "object": "file", "bytes": size, "created_at": 1_780_000_000, "filename": "batch.jsonl"}
    return {**head, "purpose": "batch", "status": "processed"}
