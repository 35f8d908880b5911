"""The templates: whole, in force as the user wants them, and changed only with their version."""

import hashlib
import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest

from photocast.prompts import VERSION, Fact, Prompts, ToldPhoto
from photocast.schema import ConfigError, Host, Turn
from photocast.writing.prompted.parts import Part

PHOTOS = [
    ToldPhoto("p01", (Fact("p01.subject.dog", "dog"), Fact("p01.place.lisbon", "taken in Lisbon"))),
    ToldPhoto("p02", ()),
]
TURN = Turn(id="t001", speaker="Ada", text="It's the same dog.", photos=("p01",), locked=True)
SHARED: dict[str, Any] = {
    "hosts": [Host(name="Ada", character="curious"), Host(name="Leo")],
    "photos": PHOTOS,
    "notes": [Fact("album.note.x", "told: “Mum's 70th”")],
}


def test_a_change_of_a_template_raises_the_version(golden: Any) -> None:
    """If this fails, a template has changed: raise `VERSION`, run `pytest --update-golden` and read the difference."""
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sorted(Prompts().texts().items())}
    golden.check("prompts.json", json.dumps({"version": VERSION, "templates": hashes}, indent=2) + "\n")


@pytest.mark.parametrize(
    ("direct", "structured", "said", "number", "playful", "language"),
    list(
        itertools.product((True, False), (True, False), ("", "Ada: Hm."), (1, 2, 3), (0.0, 0.2, 0.5, 1.0), ("en", "de"))
    ),
)
def test_the_script_prompt_is_tidy_in_every_case(
    direct: bool, structured: bool, said: str, number: int, playful: float, language: str
) -> None:
    prompts = Prompts()
    text = prompts.render(
        "script",
        part=Part(number, 3, ("p01", "p02"), 300),
        style=prompts.style("banter"),
        playful=playful,
        disclosure=True,
        language=language,
        direct=direct,
        facts_only=not direct,
        later="p03, p04" if number < 3 else "",
        said=said,
        locked=[TURN],
        structured=structured,
        example="p01",
        **SHARED,
    )
    assert "\n\n\n" not in text
    assert not re.search(r"[{}]|None|Undefined| $", text, re.MULTILINE)
    assert ("JSON" in text) == structured
    assert ("Ada: Hm." in text) == bool(said)
    assert ("bring it to its end" in text) == (number == 3)
    assert ("p03, p04" in text) == (number < 3)
    assert "p01.place.lisbon: taken in Lisbon" in text
    assert ("code de" in text) == (language == "de")


@pytest.mark.parametrize("structured", [True, False])
def test_the_other_prompts_are_tidy(structured: bool) -> None:
    prompts = Prompts()
    texts = [
        prompts.render("system"),
        prompts.render("paper", part=Part(1, 1, ("p01",), 800), facts_only=True, said="", **SHARED),
        prompts.render("look", photos=["p01", "p02"], notes=SHARED["notes"], structured=structured),
        prompts.render("questions", direct=False, structured=structured, photos=PHOTOS, notes=()),
        prompts.render(
            "turns",
            whole=True,
            turns=[TURN],
            wanted=[{"id": "t001", "speaker": "Ada", "why": "shorter"}],
            direct=False,
            language="en",
            structured=structured,
            photo_marks=True,
            photos=PHOTOS,
            notes=(),
        ),
    ]
    for text in texts:
        assert "\n\n\n" not in text
        assert not re.search(r"[{}]|None|Undefined| $", text, re.MULTILINE)


def test_one_template_of_the_users_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "look.jinja").write_text("Look at {{ photos|length }} photos.", "utf-8")
    (tmp_path / "styles.toml").write_text('banter = "Gruff."\n', "utf-8")
    mine, ours = Prompts(tmp_path), Prompts()
    assert mine.render("look", photos=["p01"]) == "Look at 1 photos."
    assert mine.render("system") == ours.render("system")
    assert (mine.style("banter"), mine.style("story")) == ("Gruff.", ours.style("story"))
    assert ours.version == str(VERSION)
    assert re.fullmatch(rf"{VERSION}, look\.jinja [0-9a-f]{{8}}, styles\.toml [0-9a-f]{{8}}", mine.version)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("{% for x in photos %}", "line 1"),
        ("one\n{{ photos|nosuch }}", "line 2"),
        ("{{ nothing_of_that_name }}", "nothing_of_that_name"),
        ("{{ photos.__class__.__mro__ }}", "look.jinja"),
        ("{{ ''.__class__.__base__.__subclasses__() }}", "look.jinja"),
    ],
)
def test_a_template_that_is_wrong_or_reaches_out_is_refused(source: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "look.jinja").write_text(source, "utf-8")
    with pytest.raises(ConfigError) as refused:
        Prompts(tmp_path).render("look", photos=["p01"])
    assert says in str(refused.value)


def test_a_folder_that_holds_no_template_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"system\.jinja"):
        Prompts(tmp_path)
    with pytest.raises(ConfigError, match="not a folder"):
        Prompts(tmp_path / "nowhere")
    (tmp_path / "styles.toml").write_text("banter = ", "utf-8")
    with pytest.raises(ConfigError, match="not valid TOML"):
        Prompts(tmp_path).style("banter")


@pytest.mark.parametrize(("direct", "structured"), [(True, True), (False, False)])
def test_a_whole_prompt_reads_well(direct: bool, structured: bool, golden: Any) -> None:
    """A file to be read by whoever changes the wording: what a model gets, from the first word to the last."""
    prompts = Prompts()
    script = prompts.render(
        "script",
        part=Part(1, 1, ("p01", "p02"), 320),
        style=prompts.style("banter"),
        playful=0.4,
        disclosure=True,
        language="en",
        direct=direct,
        later="",
        said="",
        locked=(),
        structured=structured,
        example="p01",
        **SHARED,
    )
    golden.check(f"prompt_{'direct' if direct else 'facts'}.txt", f"{prompts.render('system')}\n\n-----\n\n{script}\n")
