"""`photocast judge A B` as a command: plans, sending, going on, and a storm of kill -9."""

import asyncio
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, Process, create_subprocess_exec
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from photocast.bench.judging.votes import VOTES, Status, read_votes
from photocast.testing import Behaviour, Fail, FakeProvider, Received, Say
from photocast.testing.judges import PlantedJudge, panel

LINE = json.dumps({"reason": "it flows", "verdict": "first better"})
ITEMS = 12


@pytest.fixture(autouse=True)
def _a_journal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))


def talks(folder: Path, marker: str, items: int = ITEMS) -> Path:
    folder.mkdir()
    for number in range(items):
        (folder / f"i{number:02}.md").write_text(f"Ada: {marker} {number}, look.\nLeo: I am looking.", "utf-8")
    return folder


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, str]:
    return str(talks(tmp_path / "ours", "zebra")), str(talks(tmp_path / "theirs", "lemur"))


def at(server: FakeProvider) -> dict[str, str]:
    return {"OLLAMA_HOST": server.url}


def args(two: tuple[str, str], tmp_path: Path, *more: str, judges: str = "ollama:x") -> tuple[str, ...]:
    return ("judge", *two, "--judges", judges, "--criteria", "overall", "-o", str(tmp_path / "out"), *more)


def test_a_panel_from_end_to_end(run: Any, two: tuple[str, str], tmp_path: Path) -> None:
    """In a process of its own, with three judges; then again, when nothing is left to be asked."""
    judges = {name: PlantedJudge(name, marker="zebra", quality=0.9) for name in ("gpt-x", "gemini-y", "claude-z")}
    command = args(two, tmp_path, "--identical", "2", judges=",".join(f"ollama:{name}" for name in judges))
    with FakeProvider(panel(judges)) as server:
        found = run(*command, env=at(server))
        again = run(*command, "--json", env=at(server))
    assert found.code == 0, found.err
    assert "12 pairs, both orders: overall" in found.err
    assert "nothing leaves it" in found.err
    (row,) = (line for line in found.out.splitlines() if line.startswith("overall: ours over theirs  "))
    assert row.split()[4:6] == ["12", "72"]
    for name in judges:
        assert f"ollama:{name}" in found.out
    document = again.document
    assert [one["ties"]["value"] for one in document["controls"]] == [1, 1, 1]
    assert len(server.requests) == 3 * (2 * ITEMS + 2)
    assert [plan["calls"] for plan in document["plan"]] == [0, 0, 0]
    assert document["results"][0]["overall"]["votes"] == 72
    assert Path(document["html"]).is_file()
    assert (document["warnings"], document["alone"]) == ([], [])
    assert len(read_votes(tmp_path / "out")) == 3 * (2 * ITEMS + 2)


def test_a_dry_run_sends_nothing_writes_nothing_and_needs_no_key(
    inside: Any, two: tuple[str, str], tmp_path: Path
) -> None:
    command = args(two, tmp_path, "--dry-run", judges="openai:gpt-5-mini,google:gemini-2.5-flash,openai:gpt-5")
    found = inside(*command)
    assert (found.code, found.out) == (0, "")
    assert "  openai:gpt-5-mini: 24 questions to ask, 0 answered" in found.err
    assert "    Sends    24 transcripts without names, to api.openai.com" in found.err
    assert "    Sends    24 transcripts without names, to generativelanguage.googleapis.com" in found.err
    assert "warning: the panel is of 2 families; 3 or more are less of one mind" in found.err
    assert found.err.count("Costs    about $") == 3
    assert "  All      at most $" in found.err
    document = inside(*command, "--json").document
    mini, gemini, large = document["plan"]
    assert [plan["calls"] for plan in document["plan"]] == [24, 24, 24]
    assert 0 < mini["usd"] < large["usd"] < large["most_usd"]
    assert gemini["input_tokens"] > 24 * 300
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "state").exists()


def test_batches_are_half_the_price_and_only_where_there_are_some(
    inside: Any, two: tuple[str, str], tmp_path: Path
) -> None:
    whole, half = (
        inside(*args(two, tmp_path, "--dry-run", "--json", *more, judges="openai:gpt-5-mini")).document["plan"][0]
        for more in ((), ("--batch",))
    )
    assert half["usd"] == pytest.approx(whole["usd"] / 2)
    assert half["prices"].endswith("half of it, as for batches")
    refused = inside(*args(two, tmp_path, "--batch"))
    assert refused.code == 2
    assert "ollama:x cannot be asked in a batch" in refused.err


def test_a_panel_in_batches_from_end_to_end(inside: Any, two: tuple[str, str], tmp_path: Path) -> None:
    """Submitted, brought in, and read by the same command again, which asks nothing one by one."""
    with FakeProvider(panel({"gpt-x": PlantedJudge("gpt-x", marker="zebra", quality=1.0)})) as server:
        command = args(two, tmp_path, "--batch", "--yes", "--base-url", server.url, judges="openai:gpt-x")
        submitted = inside(*command, "--json")
        too_early = inside(*(one for one in command if one != "--batch"))
        collected = inside("collect", tmp_path / "out")
        asked_before = len(server.requests)
        found = inside(*command, "--json")
    assert submitted.code == 0, submitted.err
    assert submitted.document["waiting"] == 2 * ITEMS
    assert too_early.code == 6
    assert "submitted in a batch" in too_early.err
    assert collected.code == 0, collected.err
    assert found.document["results"][0]["overall"]["rate"] == 1
    assert found.document["results"][0]["overall"]["votes"] == 2 * ITEMS
    assert len(server.requests) == asked_before


@pytest.mark.parametrize("server", ["http://127.0.0.1:1", "openai:z=http://127.0.0.1:1"])
def test_a_server_is_that_of_one_judge(inside: Any, two: tuple[str, str], tmp_path: Path, server: str) -> None:
    found = inside(*args(two, tmp_path, "--base-url", server, "--dry-run", judges="openai:x,openai:y"))
    assert found.code == 2
    assert "Write --base-url JUDGE=URL" in found.err


def test_nothing_is_sent_unasked(inside: Any, two: tuple[str, str], tmp_path: Path) -> None:
    found = inside(*args(two, tmp_path, judges="openai:gpt-5-mini"), env={"OPENAI_API_KEY": "sk-nobody"})
    assert found.code == 2
    assert "transcripts would be sent to api.openai.com, and that is never done unasked" in found.err
    assert "do: Look at what is sent with --dry-run, and add --yes." in found.err
    assert not (tmp_path / "out").exists()


def test_local_excludes_judges_elsewhere(inside: Any, two: tuple[str, str], tmp_path: Path) -> None:
    command = args(two, tmp_path, "--local", "--yes", judges="openai:gpt-5-mini")
    found = inside(*command, env={"OPENAI_API_KEY": "sk-nobody"})
    assert found.code == 2
    assert "--local and these judges exclude each other" in found.err


def test_what_judges_are_shown(inside: Any, two: tuple[str, str], tmp_path: Path) -> None:
    """The photos of the album, prepared, for grounding; and no name of a system, a host or a file."""
    for number in range(ITEMS):
        (tmp_path / "albums" / f"i{number:02}").mkdir(parents=True)
        Image.new("RGB", (64, 48), (20 * number, 0, 0)).save(tmp_path / "albums" / f"i{number:02}" / "secret_name.jpg")
    with FakeProvider(LINE) as server:
        command = ("judge", *two, "--judges", "ollama:x", "--albums", str(tmp_path / "albums"))
        found = inside(*command, "--shuffled", "--evidence", "-o", str(tmp_path / "out"), "--json", env=at(server))
    assert found.code == 0
    assert len(server.requests) == 2 * ITEMS * 6  # five criteria and the control
    with_photos = [one.asked for one in server.requests if one.asked.images]
    assert len(with_photos) == 2 * 2 * ITEMS
    assert all("pictures" in one.text for one in with_photos)
    for one in server.requests:
        assert not any(word in one.body for word in (b"ours", b"theirs", b"Ada", b"Leo:", b"secret", b"i0"))
    votes = read_votes(tmp_path / "out")
    assert {vote.item for vote in votes if vote.criterion == "grounding_shuffled"} >= {"i00~i01", "i11~i00"}
    assert [one["criterion"] for one in found.document["controls"]] == ["grounding_shuffled"]
    pinned = json.loads((tmp_path / "out" / "request.json").read_text("utf-8"))
    assert (pinned["prompts"], pinned["evidence"], pinned["shuffled"]) == (1, True, True)
    assert pinned["blinding"]["ours"]["i00"] == {"words": 6, "changes": []}


def test_items_whose_photos_cannot_be_shown_are_left_out_and_listed(
    inside: Any, two: tuple[str, str], tmp_path: Path
) -> None:
    for number in range(2):
        (tmp_path / "albums" / f"i{number:02}").mkdir(parents=True)
    Image.new("RGB", (64, 48)).save(tmp_path / "albums" / "i00" / "p.jpg")
    (tmp_path / "albums" / "i01" / "human_story.txt").write_text("A day.", "utf-8")
    with FakeProvider(LINE) as server:
        command = ("judge", *two, "--judges", "ollama:x", "--albums", str(tmp_path / "albums"))
        found = inside(*command, "--criteria", "grounding", "-o", str(tmp_path / "out"), "--json", env=at(server))
    assert len(server.requests) == 2
    assert any(one.startswith("i01: it has no photos") for one in found.document["alone"])
    assert any(one.startswith("i05: the albums have no such item") for one in found.document["alone"])


def test_more_can_be_asked_and_nothing_else(inside: Any, two: tuple[str, str], tmp_path: Path) -> None:
    with FakeProvider(LINE) as server:
        inside(*args(two, tmp_path), env=at(server))
        inside(*args(two, tmp_path, "--repeats", "2"), env=at(server))
        refused = inside(*args(two, tmp_path, "--excerpt", "4"), env=at(server))
        assert len(server.requests) == 2 * 2 * ITEMS
    assert refused.code == 4
    assert "excerpt was not given and is 4" in refused.err


def test_a_judge_that_always_prefers_the_first_is_shown_as_such(
    inside: Any, two: tuple[str, str], tmp_path: Path
) -> None:
    with FakeProvider(LINE) as server:
        found = inside(*args(two, tmp_path), env=at(server))
    assert "0.00 [0.00, 0.00]  +1.00 [+1.00, +1.00]" in found.out
    assert "Models do not tell ours from theirs (overall: 0.50 [0.50, 0.50]" in found.out


def test_judges_without_a_verdict_are_no_result(inside: Any, two: tuple[str, str], tmp_path: Path) -> None:
    with FakeProvider("I like both.") as server:
        found = inside(*args(two, tmp_path, "--json"), env=at(server))
    assert found.code == 5
    (judge,) = found.document["judges"]
    assert judge["counts"] == {"ok": 0, "unreadable": 24, "refused": 0, "failed": 0}
    assert len(server.requests) == 48
    assert all(vote.raw.count("I like both.") == 2 for vote in read_votes(tmp_path / "out"))


def test_a_provider_that_fails_ends_the_run_and_it_goes_on_later(
    inside: Any, two: tuple[str, str], tmp_path: Path
) -> None:
    with FakeProvider(LINE) as server:
        server.queue(*[LINE] * 5, Fail("wrong_key"))
        found = inside(*args(two, tmp_path, "--at-once", "1"), env=at(server))
        assert found.code == 3
        assert "error: " in found.err
        assert len(read_votes(tmp_path / "out")) == 5
        assert inside(*args(two, tmp_path), env=at(server)).code == 0
    assert server.charges == 24
    assert len(read_votes(tmp_path / "out")) == 24


def test_a_provider_that_is_asked_too_much_is_waited_for(inside: Any, two: tuple[str, str], tmp_path: Path) -> None:
    with FakeProvider(LINE) as server:
        server.queue(*[Fail("rate_limited", retry_after=0.1)] * 8)
        found = inside(*args(two, tmp_path), env=at(server))
    assert found.code == 0
    assert "waiting" in found.err
    assert (server.charges, len(server.requests)) == (24, 32)


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--criteria", "humour"), 2, "there is no criterion 'humour'"),
        (("--criteria", "grounding"), 2, "Name their folder with --albums"),
        (("--family", "nobody=gpt"), 2, "'nobody' is none of ours, theirs"),
        (("--family", "ours"), 2, "cannot use --family ours"),
        (("--max-cost", "nan"), 2, "--max-cost cannot be nan"),
        (("--judges", "opena:x"), 3, "there is no model 'opena:x'"),
        (("--albums", "nowhere"), 4, "nowhere"),
    ],
)
def test_flags_that_cannot_be_meant(
    inside: Any, two: tuple[str, str], tmp_path: Path, more: tuple[str, ...], code: int, said: str
) -> None:
    found = inside(*args(two, tmp_path, *more))
    assert (found.code, found.out) == (code, "")
    assert said in found.err
    assert "photocast made a mistake" not in found.err


def test_judges_of_the_family_of_a_contestant_are_named(inside: Any, two: tuple[str, str], tmp_path: Path) -> None:
    command = args(two, tmp_path, "--dry-run", "--family", "ours=GPT", judges="openai:gpt-5,anthropic:claude-opus-4-5")
    assert "warning: openai:gpt-5 is of the family of ours (gpt)" in inside(*command).err


def test_people_and_excerpts_in_one_command(inside: Any, two: tuple[str, str], tmp_path: Path) -> None:
    """The preliminary study of the paper: excerpts by people against generated ones, about the same pictures."""
    run = tmp_path / "may" / "systems" / "pocket"
    run.parent.mkdir(parents=True)
    shutil.copytree(two[1], run)
    with FakeProvider(LINE) as server:
        command = ("judge", f"people={two[0]}", f"{tmp_path / 'may'}:pocket", "--judges", "ollama:x", "--excerpt", "3")
        found = inside(*command, "--criteria", "overall", "-o", str(tmp_path / "out"), "--json", env=at(server))
    assert found.document["results"][0]["systems"] == ["people", "pocket"]
    assert {vote.words for vote in read_votes(tmp_path / "out")} == {(3, 3)}  # `zebra 0, look.`, and no second turn


class Storm:
    """A panel on loopback that has whoever asks killed at a random one of the questions to come."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.settled: set[str] = set()
        """Answers that are in the journal; to be asked for one of these again is what must not happen."""
        self.paid_twice: list[str] = []
        self.kill: Callable[[], None] = lambda: None
        self._judges = {name: PlantedJudge(name, marker="zebra", quality=0.8, unreadable=0.1) for name in "xyz"}

    def __call__(self, received: Received) -> Behaviour:
        asked = received.asked
        said = self._judges[asked.model].say(asked.text, as_json=asked.schema is not None)
        name = f"{asked.model} {received.json['seed']} {hash(asked.text)}"  # repeats differ in their seeds alone
        self.asked[name] += 1
        self.paid_twice += [name] if name in self.settled else []
        self.kill()
        return Say(f"{said.text}\n\n{name}" if said.text[0] != "{" else f"{name}\n{said.text}")


async def _judging(command: tuple[str, ...], env: dict[str, str]) -> Process:
    return await create_subprocess_exec(
        *(sys.executable, "-m", "photocast", *command), env=os.environ | env, stdin=DEVNULL, stdout=DEVNULL
    )


def _answers(state: Path, to: Path) -> list[str]:
    """The answers in a copy of the journal: looking must not mend what the next process has to mend."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    for file in state.glob("journal.sqlite*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, to)
    with sqlite3.connect(to / "journal.sqlite") as copy:
        rows = copy.execute("SELECT answer FROM attempts WHERE state = 'answered'").fetchall()
    copy.close()
    return [row[0] for row in rows]


def _names(answers: list[str]) -> list[str]:
    return [next(line for line in text.splitlines() if line[:2] in {"x ", "y ", "z "}) for text in answers]


def _murder(process: Process, chance: random.Random) -> Callable[[], None]:
    left = iter(range(chance.randint(8, 22), -1, -1))

    def kill() -> None:
        if next(left, 1) == 0 and process.returncode is None:
            os.kill(process.pid, signal.SIGKILL)

    return kill


@pytest.mark.parametrize("kills", [3, pytest.param(15, marks=pytest.mark.slow)], ids=["breeze", "storm"])
def test_a_storm_of_kills_loses_no_vote_and_pays_for_none_twice(
    two: tuple[str, str], tmp_path: Path, kills: int
) -> None:
    storm, chance, died = Storm(), random.Random(kills), 0
    more = ("--repeats", str(1 + kills // 4), "--at-once", "2")
    command = args(two, tmp_path, *more, judges="ollama:x,ollama:y,ollama:z")
    with FakeProvider(storm) as server:
        while True:
            before = _votes(tmp_path)
            process = asyncio.run(_until_dead(command, at(server), storm, chance, murder=died < kills))
            after = _votes(tmp_path)
            assert before <= after, "a vote is gone"
            if process == 0:
                break
            assert process == -signal.SIGKILL
            died += 1
            storm.settled |= set(_names(_answers(tmp_path / "state", tmp_path / "copy")))
    assert died == kills
    assert storm.settled
    assert storm.paid_twice == []
    questions = 3 * 2 * ITEMS * (1 + kills // 4)
    lines = [json.loads(line) for line in (tmp_path / "out" / VOTES).read_text("utf-8").splitlines()]
    keys = [(one["item"], one["order"], one["judge"], one["repeat"]) for one in lines]
    assert len(keys) == len(set(keys)) == questions
    assert {one["status"] for one in lines} == {Status.OK, Status.UNREADABLE}
    answers = _answers(tmp_path / "state", tmp_path / "copy")
    assert len(answers) == len(set(_names(answers)))  # one for every question, and for every one asked again
    assert sum(storm.asked.values()) > len(answers), "nobody was killed while a question was under way"


async def _until_dead(
    command: tuple[str, ...], env: dict[str, str], storm: Storm, chance: random.Random, *, murder: bool
) -> int:
    process = await _judging(command, env)
    storm.kill = _murder(process, chance) if murder else lambda: None
    return await process.wait()


def _votes(tmp_path: Path) -> set[str]:
    file = tmp_path / "out" / VOTES
    return {vote.model_dump_json() for vote in read_votes(file)} if file.exists() else set()
