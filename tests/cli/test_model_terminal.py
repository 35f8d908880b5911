"""On a terminal with a model: what is sent is shown and agreed to, turns appear as they come, questions are asked."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from photocast.testing import FakeProvider, Hang, Say

TALK = (
    "Ada: Is it ready? [p01]\nLeo: It's dough. [p02]\nAda: Is it nearly—\nLeo: No, and I say that as a friend. [p03]\n"
)
HOSTS = ("--hosts", "Ada; Leo", "--length", "60w")


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(TALK) as server:
        yield server


def _on_a_terminal(answers: dict[str, str], env: dict[str, str], *args: str | Path) -> tuple[int, str]:
    """Exit code, and all that the terminal showed; an answer is typed when its words appear."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "photocast", *map(str, args)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"COLUMNS": "120", "TERM": "xterm", **env},
    )
    os.close(theirs)
    shown, waiting = "", dict(answers)
    try:
        while part := os.read(ours, 65536):
            shown += part.decode("utf-8", "replace")
            for words in [words for words in waiting if words in shown]:
                os.write(ours, waiting.pop(words).encode())
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(ours)
    assert not waiting, shown
    return process.wait(), shown


def _away(provider: FakeProvider) -> tuple[dict[str, str], tuple[str, ...]]:
    """A provider that is not on this machine, as far as photocast can tell: it is behind a proxy."""
    env = {"HTTP_PROXY": provider.url, "PHOTOCAST_API_KEY": "k-of-the-tests-123456"}
    return env, ("--model", "openai:any", "--base-url", "http://models.example/v1")


def test_no_is_the_answer_of_whoever_presses_enter(few: Path, tmp_path: Path, provider: FakeProvider) -> None:
    env, flags = _away(provider)
    code, shown = _on_a_terminal(
        {"Send this to models.example? [y/N]": "\n"}, env, "make", few, "-o", tmp_path / "out", *HOSTS, *flags
    )
    assert code == 130
    assert "3 photos of at most 1024 pixels, no metadata" in shown
    assert provider.requests == []
    assert not (tmp_path / "out").exists()


def test_turns_appear_as_they_are_written(few: Path, tmp_path: Path, provider: FakeProvider) -> None:
    env, flags = _away(provider)
    code, shown = _on_a_terminal(
        {"Send this to models.example? [y/N]": "y\n"}, env, "make", few, "-o", tmp_path / "out", *HOSTS, *flags
    )
    assert code == 0, shown
    first, last = shown.index("t001  Ada: Is it ready?"), shown.index("t004  Leo: No, and I say that as a friend.")
    assert first < last < shown.index("Three loaves")
    assert shown.rstrip().endswith(str(tmp_path / "out" / "index.html"))


def test_three_questions_are_asked_and_answers_are_facts(few: Path, tmp_path: Path, provider: FakeProvider) -> None:
    provider.queue(
        Say(json.dumps({"questions": ["Who got up at five for p01?", "What went wrong before p02?", "Why p03?"]}))
    )
    answers = {
        "Who got up at five for p01?": "Nobody did\n",
        "What went wrong before p02?": "\n",
        "Why p03?": "The crust\n",
    }
    flags = ("--model", "openai:any", "--base-url", provider.url, "--interview", "--yes")
    code, shown = _on_a_terminal(answers, {}, "make", few, "-o", tmp_path / "out", *HOSTS, *flags)
    assert code == 0, shown
    assert "told: “Nobody did”" in provider.requests[1].asked.text
    told = [
        (one["what"], one["photos"])
        for one in json.loads((tmp_path / "out" / "facts.json").read_text("utf-8"))["observations"]
        if one["kind"] == "note"
    ]
    assert told == [("Nobody did", ["p01"]), ("The crust", ["p03"])]


def test_pocket_has_questions_too(few: Path, tmp_path: Path) -> None:
    code, shown = _on_a_terminal(
        {"What was the occasion": "the first loaf that rose\n", "show first": "\n"},
        {},
        *("make", few, "-o", tmp_path / "out", "--interview", "--yes"),
    )
    assert code == 0, shown
    assert "the first loaf that rose" in (tmp_path / "out" / "facts.json").read_text("utf-8")


def test_a_killed_run_pays_for_no_answer_twice_and_says_what_may_have_been_paid(
    few: Path, tmp_path: Path, provider: FakeProvider
) -> None:
    """Killed in the second of two calls: the first is not made again, and the second only when that is wanted."""
    state = {"PHOTOCAST_STATE": str(tmp_path / "state")}
    env, _ = _away(provider)
    brief = tmp_path / "brief.toml"
    brief.write_text("price = [1.0, 10.0]\nmodel = 'openai:any'\nbase_url = 'http://models.example/v1'\n", "utf-8")
    args = ("make", few, "-o", tmp_path / "out", *HOSTS, "--way", "facts", "--brief", brief)
    notes = "p01: a bowl of dough (0.9)\np02: a hand (0.9)\np03: a loaf (0.9)"
    provider.queue(notes, Hang())
    process = subprocess.Popen(
        [sys.executable, "-m", "photocast", *map(str, args), "--yes"],
        env=os.environ | env | state,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    while len(provider.requests) < 2:  # bounded by the limit that every test has
        os.sched_yield()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "out").exists()

    code, shown = _on_a_terminal({"Send this to": "y\n", "Send it again? [y/N]": "n\n"}, env | state, *args)
    assert code == 6
    assert "may have been paid, up to $" in " ".join(shown.split())
    assert len(provider.requests) == 2  # neither the answered nor the lost question was sent

    code, shown = _on_a_terminal({"Send this to": "y\n", "Send it again? [y/N]": "y\n"}, env | state, *args)
    assert code == 0, shown
    assert len(provider.requests) == 3
    assert "1 answered before and not paid again" in " ".join(shown.split())
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))["model"]
    assert (report["calls"], report["from_journal"]) == (1, 1)
    assert report["possibly_paid_usd"] > 0
