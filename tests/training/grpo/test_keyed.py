"""Lines that outlive a kill."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from photocast.training.grpo.keyed import KeyedLines
from photocast.training.grpo.rollouts import Rollout


def said(name: str, key: str = "k") -> Rollout:
    return Rollout(id=name, key=key, texts=("Ja, „so“.\n", "\ufffd海"), tokens=(4, 3), ended=(True, False))


def test_what_is_added_is_read(tmp_path: Path) -> None:
    lines = KeyedLines(tmp_path / "new" / "lines.jsonl", Rollout, "k")
    assert lines.read() == {}
    lines.add([said("a"), said("b")])
    lines.add([said("c")])
    assert lines.read() == {name: said(name) for name in "abc"}


@given(cut=st.integers(0, 400))
def test_a_line_that_was_torn_does_not_count_and_the_rest_does(tmp_path_factory: object, cut: int) -> None:
    folder: Path = tmp_path_factory.mktemp("torn")  # type: ignore[attr-defined]
    lines = KeyedLines(folder / "lines.jsonl", Rollout, "k")
    lines.add([said("a"), said("b"), said("c")])
    content = lines.path.read_bytes()[:cut]
    lines.path.write_bytes(content)
    there = lines.read()
    assert list(there) == list("abc")[: content.count(b"\n")]
    lines.add([said("z")])
    assert lines.read() == there | {"z": said("z")}


def test_lines_of_another_policy_are_passed_over_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    KeyedLines(path, Rollout, "old").add([said("a", "old")])
    new = KeyedLines(path, Rollout, "new")
    assert new.read() == {}
    new.add([said("a", "new")])
    assert list(new.read()) == ["a"]
    assert KeyedLines(path, Rollout, "old").read() == {"a": said("a", "old")}
