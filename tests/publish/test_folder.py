"""An episode comes back as it was written, and as it was edited."""

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from photocast.publish import EpisodeFolder, Kept
from photocast.schema import InputError, Script, Speaker, State, TranscriptError

if TYPE_CHECKING:
    from tests.publish.conftest import Made

NAMES = ["facts.json", "index.html", "outline.json", "photos", "plan.json", "report.json", "script.json", "script.md"]


def write(folder: Path, made: "Made") -> tuple[Kept, ...]:
    return (
        EpisodeFolder(folder)
        .write(script=made.script, facts=made.facts, plan=made.plan, report=made.report, images=made.images)
        .kept
    )


def write_again(folder: Path) -> tuple[Kept, ...]:
    """As `photocast page` does: read, and write what was read."""
    read = EpisodeFolder(folder).read()
    return (
        EpisodeFolder(folder)
        .write(script=read.script, facts=read.facts, plan=read.plan, report=read.report, images=read.images)
        .kept
    )


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_an_episode_comes_back_as_it_was_written(tmp_path: Path, made: "Made") -> None:
    assert write(tmp_path / "trip", made) == ()
    assert sorted(path.name for path in (tmp_path / "trip").iterdir() if path.name != ".photocast") == NAMES
    read = EpisodeFolder(tmp_path / "trip").read()
    assert (read.script, read.facts, read.plan, read.report) == (made.script, made.facts, made.plan, made.report)
    assert read.edited == frozenset()
    assert {name: path.read_bytes() for name, path in read.images.items()} == {
        name: path.read_bytes() for name, path in made.images.items()
    }


def test_the_same_episode_is_written_in_the_same_bytes(tmp_path: Path, made: "Made") -> None:
    for name in ("one", "two"):
        write(tmp_path / name, made)
    for path in (tmp_path / "one").rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


def test_a_script_edited_by_hand_is_read_and_its_file_left_as_it_is(tmp_path: Path, made: "Made") -> None:
    write(tmp_path, made)
    change(tmp_path / "script.md", "How many is all?", "How   many, exactly, is all?")
    edited = (tmp_path / "script.md").read_bytes()

    read = EpisodeFolder(tmp_path).read()
    assert read.edited == {"script.md"}
    assert read.script.turns[1].text == "How many, exactly, is all?"
    assert read.script.turns[4] == made.script.turns[4]

    assert write_again(tmp_path) == ()
    assert (tmp_path / "script.md").read_bytes() == edited
    assert "How many, exactly, is all?" in (tmp_path / "index.html").read_text("utf-8")
    assert Script.model_validate_json((tmp_path / "script.json").read_text("utf-8")) == read.script


def test_another_script_does_not_destroy_an_edited_one(tmp_path: Path, made: "Made") -> None:
    write(tmp_path, made)
    change(tmp_path / "script.md", "How many is all?", "My own line.")
    edited = (tmp_path / "script.md").read_bytes()
    other = made.but(script=made.script.model_copy(update={"title": "Another day"}))
    assert write(tmp_path, other) == (Kept("script.md", "script.before-1.md"),)
    assert (tmp_path / "script.before-1.md").read_bytes() == edited
    assert EpisodeFolder(tmp_path).read().script.title == "Another day"


def test_an_edit_that_was_taken_over_is_not_destroyed_later(tmp_path: Path, made: "Made") -> None:
    write(tmp_path / "trip", made)
    change(tmp_path / "trip" / "script.md", "How many is all?", "My own line.")
    assert write_again(tmp_path / "trip") == write_again(tmp_path / "trip") == ()
    assert write(tmp_path / "trip", made) == (Kept("script.md", "script.before-1.md"),)
    assert "My own line." in (tmp_path / "trip" / "script.before-1.md").read_text("utf-8")
    assert "My own line." not in (tmp_path / "trip" / "script.md").read_text("utf-8")
    assert write(tmp_path / "trip", made) == ()


def test_an_edit_that_was_taken_over_does_not_hide_a_later_one_in_script_json(tmp_path: Path, made: "Made") -> None:
    write(tmp_path, made)
    change(tmp_path / "script.md", "How many is all?", "My own line.")
    write_again(tmp_path)
    change(tmp_path / "script.json", '"locked": false', '"locked": true')
    assert EpisodeFolder(tmp_path).read().edited == {"script.json"}
    assert EpisodeFolder(tmp_path).read().script.turns[0].locked


def test_an_episode_copied_without_its_hidden_folder_is_said(tmp_path: Path, made: "Made") -> None:
    write(tmp_path, made)
    shutil.rmtree(tmp_path / ".photocast")
    with pytest.raises(InputError, match=r"looks like an episode, but \.photocast"):
        write_again(tmp_path)


def test_an_edited_script_that_cannot_be_read_is_kept_as_well(tmp_path: Path, made: "Made") -> None:
    write(tmp_path, made)
    (tmp_path / "script.md").write_text("all gone but this")
    assert write(tmp_path, made) == (Kept("script.md", "script.before-1.md"),)
    assert (tmp_path / "script.before-1.md").read_text() == "all gone but this"


def test_a_struck_observation_is_read_and_its_file_left_as_it_is(tmp_path: Path, made: "Made") -> None:
    write(tmp_path, made)
    line = next(line for line in (tmp_path / "facts.json").read_text().splitlines() if "p01.scene.leaves" in line)
    change(tmp_path / "facts.json", line, line.replace('"open"', '"struck"'))
    edited = (tmp_path / "facts.json").read_bytes()
    facts = {one.id: one for one in EpisodeFolder(tmp_path).read().facts.observations}
    assert facts["p01.scene.leaves"].state is State.STRUCK
    assert write_again(tmp_path) == ()
    assert (tmp_path / "facts.json").read_bytes() == edited
    assert "struck out since" in (tmp_path / "index.html").read_text("utf-8")


def test_a_photo_taken_out_of_the_folder_is_not_on_the_page(tmp_path: Path, made: "Made") -> None:
    write(tmp_path, made)
    (tmp_path / "photos" / "p03.jpg").unlink()
    write_again(tmp_path)
    page = (tmp_path / "index.html").read_text("utf-8")
    assert 'id="p03"' not in page
    assert "#p03" not in page
    assert len(re.findall(r"<img ", page)) == 5


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "why"),
    [
        ("facts.json", '"observations": [', '"observations": [[', 23, "not valid JSON"),
        ("facts.json", '"known": "seen"', '"known": "heard"', 4, "observations.0.known: input should be"),
        ("facts.json", '"confidence": 0.97', '"confidence": 97', 4, "less than or equal to 1"),
        ("facts.json", '"state": "open"', '"state": "open", "colour": "red"', 4, "observations.0.colour: extra"),
        ("script.json", '"speaker": "Theo"', '"speaker": "Thea"', 1, "turn t002 is spoken by 'Thea'"),
        ("plan.json", '"way": null', '"way": "sideways"', None, "writer.way: input should be 'direct' or 'facts'"),
        ("report.json", "{", "", 2, "not valid JSON"),
    ],
)
def test_json_that_cannot_be_read_is_said_with_its_place(
    tmp_path: Path, made: "Made", name: str, old: str, new: str, line: int | None, why: str
) -> None:
    write(tmp_path, made)
    path = tmp_path / name
    change(path, old, new)
    broken = path.read_bytes()
    with pytest.raises(InputError) as refused:
        EpisodeFolder(tmp_path).read()
    place = re.fullmatch(rf"cannot read {re.escape(str(path))}, line (\d+), column (\d+)", refused.value.what)
    assert place
    if line is not None:
        assert int(place[1]) == line
    else:
        assert old.split(":")[0] in broken.decode().splitlines()[int(place[1]) - 1]
    assert why in refused.value.why
    assert path.read_bytes() == broken


def test_the_place_of_a_wrong_value_is_where_it_stands(tmp_path: Path, made: "Made") -> None:
    write(tmp_path, made)
    change(tmp_path / "facts.json", '"confidence": 0.52', '"confidence": 52')
    with pytest.raises(InputError) as refused:
        EpisodeFolder(tmp_path).read()
    line, column = map(int, re.findall(r"line (\d+), column (\d+)", refused.value.what)[0])
    assert (tmp_path / "facts.json").read_text().splitlines()[line - 1][column - 1 :].startswith("52,")


def test_markdown_that_cannot_be_read_is_said_with_its_line(tmp_path: Path, made: "Made") -> None:
    write(tmp_path, made)
    change(tmp_path / "script.md", "**Theo:** How many", "**Theresa:** How many")
    with pytest.raises(TranscriptError) as refused:
        EpisodeFolder(tmp_path).read()
    assert refused.value.what == f"cannot read {tmp_path / 'script.md'}"
    assert re.search(r"line \d+", refused.value.why)


def test_a_script_in_another_encoding_is_said(tmp_path: Path, made: "Made") -> None:
    write(tmp_path, made)
    text = (tmp_path / "script.md").read_text("utf-8")
    (tmp_path / "script.md").write_bytes(text.encode("utf-16"))
    with pytest.raises(InputError) as refused:
        EpisodeFolder(tmp_path).read()
    assert "UTF-8" in refused.value.do


def test_a_turn_about_a_photo_that_is_not_there_is_said(tmp_path: Path, made: "Made") -> None:
    write(tmp_path, made)
    change(tmp_path / "script.md", "t006 p01", "t006 p41")
    with pytest.raises(InputError) as refused:
        EpisodeFolder(tmp_path).read()
    assert "turn t006" in refused.value.what
    assert "p41" in refused.value.why
    assert "p01 to p06" in refused.value.why


@pytest.mark.parametrize("name", ["facts.json", "plan.json", "report.json"])
def test_a_missing_file_is_said(tmp_path: Path, made: "Made", name: str) -> None:
    write(tmp_path, made)
    (tmp_path / name).unlink()
    with pytest.raises(InputError) as refused:
        EpisodeFolder(tmp_path).read()
    assert refused.value.what == f"cannot read {tmp_path / name}"
    assert refused.value.why == "it is missing"


def test_without_script_md_the_script_is_read_from_json(tmp_path: Path, made: "Made") -> None:
    write(tmp_path, made)
    (tmp_path / "script.md").unlink()
    assert EpisodeFolder(tmp_path).read().script == made.script


def test_the_outline_of_the_writer_comes_back(tmp_path: Path, made: "Made") -> None:
    outline = made.script.speakers  # any records will do: what an outline is made of is the writer's business
    EpisodeFolder(tmp_path).write(
        script=made.script, facts=made.facts, plan=made.plan, report=made.report, images={}, outline=outline
    )
    assert EpisodeFolder(tmp_path).outline(Speaker) == outline
    (tmp_path / "outline.json").write_text("[{]")
    with pytest.raises(InputError) as refused:
        EpisodeFolder(tmp_path).outline(Speaker)
    assert "outline.json" in refused.value.what


def test_the_advice_about_a_broken_outline_works(tmp_path: Path, made: "Made") -> None:
    write(tmp_path, made)
    (tmp_path / "outline.json").write_text("[1]", "utf-8")
    with pytest.raises(InputError, match=r"Delete it, and then run photocast write"):
        EpisodeFolder(tmp_path).outline(Speaker)
    (tmp_path / "outline.json").unlink()
    assert EpisodeFolder(tmp_path).outline(Speaker) == ()


def test_a_folder_without_an_episode_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        EpisodeFolder(tmp_path).read()
    assert "not an episode" in refused.value.what


def test_writing_beside_something_else_is_refused_before_the_work(tmp_path: Path, made: "Made") -> None:
    (tmp_path / "taxes.ods").write_text("important")
    with pytest.raises(InputError):
        EpisodeFolder(tmp_path).check()
    with pytest.raises(InputError):
        write(tmp_path, made)
    assert [path.name for path in tmp_path.iterdir()] == ["taxes.ods"]


def test_scripts_can_rely_on_the_shape_of_script_json(tmp_path: Path, made: "Made") -> None:
    write(tmp_path, made)
    turn = json.loads((tmp_path / "script.json").read_text("utf-8"))["turns"][4]
    assert (turn["id"], turn["speaker"], turn["photos"]) == ("t005", "Maya", ["p01"])
    assert turn["text"].startswith("And whoever saved these")
