"""Recipes: what is wrong with one is said before anything begins."""

from pathlib import Path

import pytest

from photocast.corpus.recipe import read_recipe
from photocast.schema import ConfigError, UsageError

WHOLE = '[source]\npath = "talk"\n'


def _recipe(folder: Path, text: str) -> Path:
    path = folder / "recipe.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_source_is_enough(tmp_path: Path) -> None:
    recipe = read_recipe(_recipe(tmp_path, WHOLE))
    assert recipe.source.path == str(tmp_path / "talk")
    assert recipe.window.words == (900, 1100)
    assert recipe.scenes.count == (2, 6)
    assert recipe.select.rules == "strict"


def test_values_can_be_changed(tmp_path: Path) -> None:
    changes = ["choose.windows=5", "excerpt.model=openai:gpt-5-mini", "window.words=[10, 20]", "pack.scrub=true"]
    recipe = read_recipe(_recipe(tmp_path, WHOLE), changes)
    assert recipe.choose.windows == 5
    assert recipe.excerpt.model == "openai:gpt-5-mini"
    assert recipe.window.words == (10, 20)
    assert recipe.pack.scrub


def test_urls_and_names_of_rule_sets_stay_as_they_are(tmp_path: Path) -> None:
    text = '[source]\npath = "s3://bucket/sporc"\n[select]\nrules = "mine.toml"\ncompare = ["paper", "other.toml"]\n'
    recipe = read_recipe(_recipe(tmp_path, text))
    assert recipe.source.path == "s3://bucket/sporc"
    assert recipe.select.rules == str(tmp_path / "mine.toml")
    assert recipe.select.compare == ("paper", str(tmp_path / "other.toml"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "`source` is missing"),
        ("[source]\n", "`source.path` is missing"),
        (WHOLE + "[choose]\nwindow = 3\n", "unknown key `choose.window`: the keys there are windows, per_podcast"),
        (WHOLE + "[chose]\nwindows = 3\n", "unknown key `chose`: the tables of a recipe are source, select"),
        (WHOLE + "[choose]\nwindows = 0\n", "`choose.windows` cannot be used: input should be greater"),
        (WHOLE + "[window]\nwords = [1100, 900]\n", r"`words` is \[1100, 900\]"),
        (WHOLE + "[window\n", "not valid TOML"),
        ("source = 3\n", "`source` cannot be used"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_recipe(_recipe(tmp_path, text))


@pytest.mark.parametrize("change", ["choose", "choose.windows", "windows=3", ".windows=3", "choose.=3"])
def test_a_change_has_a_form(tmp_path: Path, change: str) -> None:
    with pytest.raises(UsageError, match=r"TABLE\.KEY=VALUE"):
        read_recipe(_recipe(tmp_path, WHOLE), [change])


def test_no_recipe_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_recipe(tmp_path / "recipe.toml")
    (tmp_path / "recipe.toml").write_bytes("[source]\npath = 'é'".encode("latin-1"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_recipe(tmp_path / "recipe.toml")
